"""Puts programs together: imports, symbols, what is known, and one line that computes and prints."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mathcoder.translation.context import Definition, called, written_out
from mathcoder.translation.lexer import Unreadable
from mathcoder.translation.steps import rounded_to
from mathcoder.translation.tree import Call, Constant, Name, Number, Tree, free_names, heads, walk
from mathcoder.translation.writer import Writer, safe, shown_name

__all__ = ["implicit_program", "modular_program", "solve_program", "step_program", "system_program"]

_PLAIN_HEADS = frozenset("+ - * / ^ mod".split())
_TRIGONOMETRIC = frozenset("sin cos tan cot sec csc sinh cosh tanh coth sech csch".split())
_DONE = frozenset("integral derivative limit sum product prime at matrix vector dot cross det norm".split())
_ODD_NAME = re.compile(r"_(?:bar|hat|vec|tilde)$")


def step_program(tree: Tree, result: Tree, known: Sequence[Definition], approximate: bool) -> str:
    """A program that prints what `tree` comes to, in about the form of `result`.

    Raises:
        Unreadable: it cannot be written.
    """
    plain = _is_plain(tree, result, known)
    approximate = approximate or (not plain and _is_decimal(result) and not free_names(result))
    writer = Writer(plain=plain, numeric=approximate, functions={d.name for d in known if d.parameters})
    lines = _known(writer, known)
    text = writer.expression(tree)
    if plain and approximate and (places := rounded_to(result)) is not None:
        text = f"round({text}{f', {places}' if places else ''})"
    if not plain:
        text = _worked(writer, text, tree, written_out(tree, known), result, approximate)
        text = _completed(writer, text, tree, result)
    return _whole(writer, [*lines, f"print({text})"])


def solve_program(
    left: Tree, right: Tree, name: str, known: Sequence[Definition], positive: bool, many: bool, approximate: bool
) -> str:
    """A program that solves an equation for `name` and prints the solutions, or the one there is.

    Args:
        positive: only positive solutions count.
        many: the text gives more than one.

    Raises:
        Unreadable: it cannot be written.
    """
    writer = Writer(functions={d.name for d in known if d.parameters})
    lines = _known(writer, known)
    x = writer.variable(Name(name))
    writer.imports |= {"Eq", "solve"}
    lines.append(f"solutions = solve(Eq({writer.expression(left)}, {writer.expression(right)}), {x})")
    if approximate:
        writer.use("N")
        lines.append("print([N(solution) for solution in solutions])" if many else "print(N(solutions[0]))")
    else:
        lines.append("print(solutions)" if many else "print(solutions[0])")
    if "abs" in heads(left) | heads(right) or positive:
        return _whole(writer, lines, x, "positive" if positive else "real")
    return _whole(writer, lines)


def system_program(equations: Sequence[tuple[Tree, Tree]], names: Sequence[str]) -> str:
    """A program that solves equations for several unknowns, of which there is one solution, and prints it.

    Raises:
        Unreadable: it cannot be written.
    """
    writer = Writer()
    unknowns = ", ".join(writer.variable(Name(name)) for name in names)
    sides = [
        f"{writer.use('Eq')}({writer.expression(left)}, {writer.expression(right)})" for left, right in equations
    ]
    solution = f"solution = {writer.use('solve')}([{', '.join(sides)}], [{unknowns}])"
    return _whole(writer, [solution, f"print(tuple(solution[unknown] for unknown in ({unknowns})))"])


def implicit_program(left: Tree, right: Tree, y: str, x: str) -> str:
    """A program that prints the derivative of `y` by `x` where an equation ties them.

    Raises:
        Unreadable: it cannot be written.
    """
    writer = Writer()
    names = writer.variable(Name(y)), writer.variable(Name(x))
    whole = left if right == Number("0") else Call("+", (left, Call("-", (right,))))
    return _whole(writer, [f"print({writer.use('idiff')}({writer.expression(whole)}, {names[0]}, {names[1]}))"])


def modular_program(tree: Tree, modulus: Tree) -> str:
    """A program that prints the residue of a number.

    Raises:
        Unreadable: it cannot be written.
    """
    writer = Writer(plain=True)
    match tree:
        case Call("^", (base, exponent)):
            power = ", ".join(writer.expression(part) for part in (base, exponent, modulus))
            return _whole(writer, [f"print(pow({power}))"])
        case _:
            text, tightness, _ = writer.write(tree)
            text = text if tightness > 1 else f"({text})"
            return _whole(writer, [f"print({text} % {writer.expression(modulus)})"])


def _is_decimal(tree: Tree) -> bool:
    return any(isinstance(node, Number) and "." in node.text for node in walk(tree))


def _is_plain(tree: Tree, result: Tree, known: Sequence[Definition]) -> bool:
    """Whether Python's own numbers do: no names but known ones, no roots, no fractions that have to stay exact."""
    trees = [tree, *(definition.tree for definition in known)]
    names = {definition.name for definition in known}
    if any(definition.parameters for definition in known) or free_names(result):
        return False
    nodes = [node for part in trees for node in walk(part)]
    for node in nodes:
        match node:
            case Constant():
                return False
            case Name(name) if name not in names:
                return False
            case Number(text) if len(text) > 15:
                return False
            case Call("^", (_, exponent)) if not isinstance(exponent, Number) or "." in exponent.text:
                return False
            case Call(head) if head not in _PLAIN_HEADS:
                return False
            case _:
                pass
    divides = any(isinstance(node, Call) and node.head in ("/", "^") for node in nodes)
    return not divides or _is_decimal(result) or isinstance(result, Number)


def _known(writer: Writer, known: Sequence[Definition]) -> list[str]:
    """Lines that say what is known: values that functions need, functions, other values."""
    needed = frozenset[str]().union(*(free_names(d.tree) - set(d.parameters) for d in known if d.parameters))
    first = [d for d in known if not d.parameters and d.name in needed]
    functions = _callers_last([d for d in known if d.parameters])
    rest = [d for d in known if not d.parameters and d.name not in needed]
    lines: list[str] = []
    for definition in [*first, *functions, *rest]:
        name = safe(definition.name)
        if definition.parameters:
            names = [writer.variable(Name(parameter)) for parameter in definition.parameters]
            inside = names[0] if len(names) == 1 else f"({', '.join(names)})"
            lines.append(f"{name} = {writer.use('Lambda')}({inside}, {writer.expression(definition.tree)})")
        else:
            text, _, kind = writer.write(definition.tree)
            lines.append(f"{name} = {text}")
            writer.types[name] = kind
        lines[-1] += f"  # {comment(definition.text)}"
    return lines


def _callers_last(functions: list[Definition]) -> list[Definition]:
    """Functions in an order in which each calls only those before it."""
    ordered: list[Definition] = []
    left = list(functions)
    while left:
        names = {d.name for d in left}
        ready = [d for d in left if not called(d.tree) & (names - {d.name})]
        if not ready:
            raise Unreadable("functions that call one another")
        ordered += ready
        left = [d for d in left if d not in ready]
    return ordered


def comment(text: str) -> str:
    """Words of the text as one comment."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= 80 else text[:77] + "..."


def _whole(writer: Writer, lines: list[str], assumed: str = "", assumption: str = "positive") -> str:
    if any(_ODD_NAME.search(name) for name in writer.symbols):
        raise Unreadable("a name that cannot be printed")
    names = sorted(writer.symbols)
    imports = sorted(writer.imports | ({"symbols"} if names else set()), key=lambda name: (name.lower(), name))
    head = [f"from sympy import {', '.join(imports)}", ""] if imports else []
    if assumed:
        names.remove(assumed)
        head.append(f'{assumed} = symbols("{shown_name(assumed)}", {assumption}=True)')
    if names:
        head.append(f'{", ".join(names)} = symbols("{" ".join(map(shown_name, names))}")')
    return "\n".join([*head, *lines]) + "\n"


def _worked(writer: Writer, text: str, tree: Tree, whole: Tree, result: Tree, approximate: bool) -> str:
    """The expression in an operation that brings it into the form of the result.

    Args:
        text: the expression as it was written.
        whole: its tree with all that is known put in.
    """
    if approximate and not free_names(result):
        places = rounded_to(result)
        if places is None:
            return f"{writer.use('N')}({text})"
        return f"round({writer.use('N')}({text}){f', {places}' if places else ''})"
    if isinstance(result, Call) and result.head == "vector":
        return _vector(writer, text, tree)
    names = free_names(whole)
    found, wanted = heads(whole), heads(result)
    if (found | heads(tree)) & _DONE:
        return text
    if not names:
        if found & {"sqrt", "root"} and "/" in found:
            return f"{writer.use('radsimp')}({text})"
        if found <= _PLAIN_HEADS:
            return text
        return (
            text if found & {"factorial", "binomial", "gcd", "lcm", "abs"} else f"{writer.use('simplify')}({text})"
        )
    if found & _TRIGONOMETRIC or wanted & _TRIGONOMETRIC:
        angles = _angles(whole)
        if angles == _angles(result) and "^" not in found:
            return f"{writer.use('expand' if _outermost(result) == '+' else 'simplify')}({text})"
        sums = any(isinstance(angle, Call) and angle.head in ("+", "*") for angle in angles - _angles(result))
        return f"{writer.use('expand_trig' if sums else 'trigsimp')}({text})"
    if found & {"ln", "log", "lg"}:
        return f"{writer.use('expand_log' if _outermost(result) == '+' else 'simplify')}({text})"
    operation = {"*": "factor", "^": "factor", "/": "cancel", "+": "expand"}.get(_outermost(result), "simplify")
    if operation == "expand" and "/" in found and "/" not in wanted:
        operation = "cancel"
    if operation == "expand" and "/" in found & wanted and len(names) == 1 and not found & {"sqrt", "root"}:
        operation = "apart"
    return f"{writer.use(operation)}({text})"


def _vector(writer: Writer, text: str, tree: Tree) -> str:
    """A vector as a tuple; SymPy takes limits and integrals of one component at a time."""
    match tree:
        case Call("limit" | "integral" as head, (body, name, *_)):
            inner = writer.expression(body)
            outer = text[len(head if head == "limit" else "integrate") + 1 + len(inner) :]
            function = writer.use("limit" if head == "limit" else "integrate")
            return f"tuple({function}(entry{outer} for entry in {inner})" if name else text
        case _:
            return f"tuple({text})"


def _angles(tree: Tree) -> set[Tree]:
    return {node.args[0] for node in walk(tree) if isinstance(node, Call) and node.head in _TRIGONOMETRIC}


def _completed(writer: Writer, text: str, tree: Tree, result: Tree) -> str:
    """What books write and SymPy does not: logarithms of absolute values, a constant, the usual case."""
    found = heads(tree)
    if found & {"integral", "sum"} and free_names(result) and any(map(_has_cases, walk(tree))):
        case = "case, *others: case[0]" if Constant("oo") in walk(tree) else "*cases: cases[-1][0]"
        text = f"{text}.replace({writer.use('Piecewise')}, lambda {case})"
    if "integral" not in found:
        return text
    if any(
        isinstance(node, Call) and node.head in ("ln", "log") and "abs" in heads(node) for node in walk(result)
    ):
        writer.imports |= {"log", "Abs"}
        text = f"{text}.replace(log, lambda u: log(Abs(u)))"
    constants = sorted((free_names(result) - free_names(tree)) & {"C", "K", "c"})
    if constants and any(
        isinstance(node, Call) and node.head == "integral" and len(node.args) == 2 for node in walk(tree)
    ):
        writer.symbols.add(constants[0])
        text = f"{text} + {constants[0]}"
    return text


def _has_cases(tree: Tree) -> bool:
    """Whether SymPy may tell cases apart: a sum or an integral with limits, of terms with other variables."""
    match tree:
        case Call("integral" | "sum", (body, Name(name), _, _)):
            return bool(free_names(body) - {name})
        case _:
            return False


def _outermost(tree: Tree) -> str:
    while isinstance(tree, Call) and tree.head == "-":
        tree = tree.args[0]
    return tree.head if isinstance(tree, Call) else ""
