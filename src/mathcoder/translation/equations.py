"""Equations and what a text says solves them: `x^2 - 5x + 6 = 0`, later `x = 2` or `x = 3`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mathcoder.computation import Computation
from mathcoder.translation.context import Context, Definition, Equation, closed
from mathcoder.translation.evaluate import Unknown, agree, value
from mathcoder.translation.lexer import Unreadable
from mathcoder.translation.program import implicit_program, solve_program, system_program
from mathcoder.translation.steps import closeness
from mathcoder.translation.tree import Call, Name, Number, Tree, canonical, free_names, replaced, walk

__all__ = ["Claim", "implicit", "solved", "system", "take_solution"]


@dataclass(frozen=True, slots=True)
class Claim:
    """`name` is `tree`, as the text says it from `start` to `end`."""

    name: str
    tree: Tree
    latex: str
    start: int
    end: int
    approximate: bool = False


def take_solution(claim: Claim, context: Context) -> bool:
    """Keep a claim with the earliest equation that it solves; whether there is one."""
    if free_names(claim.tree) & {claim.name}:
        return False
    for equation in context.equations:
        left, right = _known_put_in(equation, claim, context)
        if claim.name not in free_names(left) | free_names(right) or _states_it(equation, claim):
            continue
        put = {claim.name: claim.tree}
        if agree(replaced(left, put), replaced(right, put), {}, closeness(left, claim.tree)):
            if all(canonical(claim.tree) != canonical(other.tree) for other in equation.solutions):
                equation.solutions.append(claim)
            return True
    return False


def system(claim: Claim, context: Context) -> Computation | None:
    """Two linear equations in two unknowns, of which the text has now given both."""
    for name, other in context.claims.items():
        if name == claim.name:
            continue
        names = frozenset((name, claim.name))
        put = {name: other.tree, claim.name: claim.tree}
        pair = [
            equation for equation in context.equations if _is_linear(equation, names) and _holds(equation, put)
        ]
        if len(pair) < 2 or any(equation.start > min(claim.start, other.start) for equation in pair[:2]):
            continue
        first, second = (other, claim) if name < claim.name else (claim, other)
        sides = [(equation.left, equation.right) for equation in pair[:2]]
        try:
            code = system_program(sides, (first.name, second.name))
        except Unreadable:
            return None
        texts = tuple(equation.text for equation in pair[:2])
        for equation in pair[:2]:
            context.equations.remove(equation)
        span = (min(equation.start for equation in pair[:2]), max(claim.end, other.end))
        unknowns = f"({first.name}, {second.name})"
        return Computation(texts, unknowns, f"({first.latex}, {second.latex})", code, span, "system")
    return None


def _is_linear(equation: Equation, names: frozenset[str]) -> bool:
    """Whether an equation is linear in two unknowns, and has nothing else in it."""
    if free_names(equation.left) | free_names(equation.right) != names:
        return False
    whole = Call("+", (equation.left, Call("-", (equation.right,))))
    one = min(names)
    return degree_in(replaced(whole, dict.fromkeys(names, Name(one))), one) == 1


def _holds(equation: Equation, values: dict[str, Tree]) -> bool:
    return bool(agree(replaced(equation.left, values), replaced(equation.right, values), {}, 1e-6))


def _known_put_in(equation: Equation, claim: Claim, context: Context) -> tuple[Tree, Tree]:
    known = _known(equation, claim.name, claim.tree, context)
    values = closed(known)
    return replaced(equation.left, values), replaced(equation.right, values)


def _known(equation: Equation, name: str, tree: Tree, context: Context) -> dict[str, Definition]:
    names = free_names(equation.left) | free_names(equation.right)
    known = context.known(names - {name} - free_names(tree))
    return {key: found for key, found in known.items() if name not in free_names(found.tree) and key != name}


def _states_it(equation: Equation, claim: Claim) -> bool:
    """Whether the equation itself already says what the unknown is."""
    return any(
        side == Name(claim.name) and claim.name not in free_names(other)
        for side, other in ((equation.left, equation.right), (equation.right, equation.left))
    )


def solved(context: Context) -> Iterator[Computation]:
    """Computations for the equations that have solutions, which are then forgotten."""
    pending = [equation for equation in context.equations if equation.solutions]
    for equation in pending:
        for name in dict.fromkeys(claim.name for claim in equation.solutions):
            claims = [claim for claim in equation.solutions if claim.name == name]
            yield from _solution(equation, name, claims, context)
        equation.solutions.clear()


def _solution(equation: Equation, name: str, claims: list[Claim], context: Context) -> Iterator[Computation]:
    known = list(_known(equation, name, claims[0].tree, context).values())
    degree = degree_in(Call("+", (equation.left, Call("-", (equation.right,)))), name)
    claims = _in_order(claims[:1] if degree == 1 else claims)
    positive = len(claims) == 1 and degree != 1 and _is_positive(claims[0].tree)
    if len(claims) == 1 and degree not in (1, None) and not positive:
        return
    approximate = any(claim.approximate for claim in claims)
    try:
        code = solve_program(equation.left, equation.right, name, known, positive, len(claims) > 1, approximate)
    except Unreadable:
        return
    result = ", ".join(claim.latex for claim in claims)
    conditions = (*(definition.text for definition in known), equation.text)
    span = (min(equation.start, claims[0].start), max(claim.end for claim in claims))
    yield Computation(conditions, f"{equation.text}, {name}", result, code, span, "equation")


def _in_order(claims: list[Claim]) -> list[Claim]:
    """Solutions from the smallest to the largest, as SymPy gives them."""
    try:
        return sorted(claims, key=lambda claim: value(claim.tree, {}, {}).real)
    except Unknown:
        return claims


def _is_positive(tree: Tree) -> bool:
    try:
        found = value(tree, dict.fromkeys(free_names(tree), 0.7), {})
    except Unknown:
        return False
    return found.real > 0 and abs(found.imag) < 1e-9


def degree_in(tree: Tree, name: str) -> int | None:
    """The degree of a polynomial in one variable; None for what is none."""
    match tree:
        case Name(other):
            return int(other == name)
        case Call("+", args):
            return _most(degree_in(arg, name) for arg in args)
        case Call("-", (arg,)):
            return degree_in(arg, name)
        case Call("*", args):
            degrees = [degree_in(arg, name) for arg in args]
            return None if None in degrees else sum(degree or 0 for degree in degrees)
        case Call("/", (top, bottom)) if name not in free_names(bottom):
            return degree_in(top, name)
        case Call("^", (base, Number(text))) if text.isdigit() and len(text) < 3:
            degree = degree_in(base, name)
            return None if degree is None else degree * int(text)
        case _:
            return None if name in free_names(tree) else 0


def _most(degrees: Iterator[int | None]) -> int | None:
    found = list(degrees)
    return None if None in found else max(degree or 0 for degree in found)


def implicit(
    tree: Tree, claim: Tree, latex: tuple[str, str], place: tuple[int, int], context: Context
) -> Computation | None:
    """The derivative of a variable that an equation defines: `x^2 + y^2 = 1`, `\\frac{dy}{dx} = -x/y`."""
    match tree:
        case Call("derivative", (Name(y), Name(x), Number("1"))):
            pass
        case _:
            return None
    for equation in reversed(context.equations):
        names = free_names(equation.left) | free_names(equation.right)
        if names != frozenset((x, y)) or any(
            isinstance(node, Call) and node.head in ("derivative", "prime") for node in walk(equation.left)
        ):
            continue
        whole = Call("+", (equation.left, Call("-", (equation.right,))))
        slopes = [Call("derivative", (whole, Name(name), Number("1"))) for name in (x, y)]
        if not agree(Call("-", (Call("/", (slopes[0], slopes[1])),)), claim, {}, 1e-6):
            continue
        try:
            code = implicit_program(equation.left, equation.right, y, x)
        except Unreadable:
            return None
        return Computation((equation.text,), latex[0], latex[1], code, place, "derivative")
    return None
