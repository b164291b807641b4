"""The symbolic translator: the computations of a text as Python, by parsing alone. No model, no execution.

It reads a text once from start to end, remembers what the text defines, and decides for each pair of sides of
a chain what it is: a definition, an equation, or a computation with a claim. Only the last becomes a program.
The same text gives the same computations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mathcoder.computation import Computation
from mathcoder.translation.context import Context, Definition, Equation, as_functions
from mathcoder.translation.evaluate import agree
from mathcoder.translation.kinds import kind_of
from mathcoder.translation.lexer import Unreadable
from mathcoder.translation.program import step_program
from mathcoder.translation.scan import Piece, scan
from mathcoder.translation.statements import Side, Statement, statements
from mathcoder.translation.steps import antiderivative_agrees, claimable, decimal_slack, function_definition, normalised, promising
from mathcoder.translation.tree import Call, Constant, Name, Tree, canonical, free_names, heads, replaced

__all__ = ["Skipped", "SymbolicTranslator", "Translation", "translate"]

_FUNCTIONS = frozenset("fghFGH")
_ASKED = re.compile(r"probab", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A formula that gave no computation, and why."""

    span: tuple[int, int]
    reason: str


@dataclass(frozen=True, slots=True)
class Translation:
    """What a text gave: its computations in order, and what gave none."""

    computations: tuple[Computation, ...]
    skipped: tuple[Skipped, ...]


def translate(text: str) -> list[Computation]:
    """The computations of a text, in order; see `SymbolicTranslator`."""
    return list(SymbolicTranslator().translate(text).computations)


class SymbolicTranslator:
    """Finds computations by parsing. It holds no state between texts and can be used from any thread."""

    def translate(self, text: str) -> Translation:
        """The computations of one text, Markdown or LaTeX with formulas in `$`, `\\(`, `\\[` or environments."""
        reader = _Reader(text)
        reader.read()
        found = sorted(reader.found, key=lambda computation: computation.span)
        return Translation(tuple(found), tuple(reader.skipped))

    def translate_many(self, texts: Iterable[str]) -> Iterator[Translation]:
        """The same for a stream of texts, one after the other."""
        return map(self.translate, texts)


@dataclass(slots=True)
class _Reader:
    text: str
    context: Context = field(default_factory=Context)
    found: list[Computation] = field(default_factory=list[Computation])
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    previous: tuple[Statement, Piece] | None = None

    def read(self) -> None:
        for piece in scan(self.text):
            match piece.kind:
                case "heading":
                    self.context.forget()
                case "label":
                    if piece.text.startswith(("Example", "Exercise", "Problem")):
                        self.context.forget(functions=False)
                case "dropped":
                    self.skip(piece.start, piece.end, piece.text)
                case "formula" | "arithmetic":
                    self.formula(piece)
                case _:
                    pass

    def skip(self, start: int, end: int, reason: str) -> None:
        self.skipped.append(Skipped((start, end), reason))

    def formula(self, piece: Piece) -> None:
        names = _FUNCTIONS | set(self.context.functions)
        try:
            for statement in statements(piece.text, names):
                self.stated(piece)
                self.statement(statement, piece.start)
                self.previous = (statement, piece)
        except Unreadable as reason:
            self.skip(piece.start, piece.end, str(reason))

    def stated(self, piece: Piece) -> None:
        """`$r$ is $3$`: a value given in words."""

    def statement(self, statement: Statement, offset: int) -> None:
        """Take in one chain: its definition, then its steps."""
        sides = [self.normal(side) for side in statement.sides]
        for side, tree in zip(statement.sides, sides, strict=True):
            if tree is None and side.why != "nothing there":
                self.skip(offset + side.start, offset + side.end, "unreadable: " + side.why)
        self.steps(statement, sides, offset)
        self.define(statement, sides, offset)

    def normal(self, side: Side) -> Tree | None:
        return None if side.tree is None else normalised(side.tree, self.context)

    # Definitions.

    def define(self, statement: Statement, sides: list[Tree | None], offset: int) -> None:
        if len(sides) < 2 or statement.relations[0] not in ("=", "approx"):
            return
        match sides[0], statement.sides[0]:
            case Name(name), side:
                for tree, other in zip(sides[1:], statement.sides[1:], strict=True):
                    if tree is not None and name not in free_names(tree) and claimable(tree, self.context):
                        text = f"{side.latex} = {other.latex}"
                        self.context.define(Definition(name, tree, text, offset + side.start))
                        return
            case Tree_, side if (named := function_definition(Tree_, side, sides[1])) and sides[1] is not None:
                text = f"{side.latex} = {statement.sides[1].latex}"
                self.context.define(Definition(named[0], sides[1], text, offset + side.start, named[1]))
            case _:
                pass

    # Steps.

    def steps(self, statement: Statement, sides: list[Tree | None], offset: int) -> None:
        for place, relation in enumerate(statement.relations):
            left = sides[place]
            if left is None or relation not in ("=", "approx"):
                continue
            approximate = False
            for other in range(place + 1, len(sides)):
                if statement.relations[other - 1] not in ("=", "approx"):
                    break
                approximate = approximate or statement.relations[other - 1] == "approx"
                right = sides[other]
                if right is None or not claimable(right, self.context):
                    continue
                self.step(statement.sides[place], left, statement.sides[other], right, approximate, offset)
                break

    def step(self, side: Side, left: Tree, claim: Side, right: Tree, approximate: bool, offset: int) -> None:
        start, end = offset + side.start, offset + claim.end
        if isinstance(left, Constant) or canonical(left) == canonical(right):
            return self.skip(start, end, "the same on both sides")
        needed, why = self.needed(left, right)
        if needed is None:
            if why == "equation":
                self.context.equations.append(Equation(left, right, f"{side.latex} = {claim.latex}", start))
            return self.skip(start, end, why)
        values = {d.name: d.tree for d in needed if not d.parameters}
        if canonical(replaced(left, values)) == canonical(right):
            return self.skip(start, end, "the same on both sides")
        try:
            code = step_program(left, right, needed, approximate)
        except Unreadable as reason:
            return self.skip(start, end, f"no program: {reason}")
        probable = _ASKED.search(self.text, max(0, start - 400), end) is not None
        kind = kind_of(left, bool(side.units or claim.units), probable)
        conditions = tuple(definition.text for definition in needed)
        self.found.append(Computation(conditions, side.latex, shown_claim(claim, right), code, (start, end), kind))
        return None

    def needed(self, left: Tree, right: Tree) -> tuple[list[Definition] | None, str]:
        """The definitions under which both sides agree, as far as can be seen; None and why if there are none."""
        why, maybe = "unknown function", None
        for chosen in self.context.choices(left):
            functions = as_functions(chosen)
            seen = antiderivative_agrees(left, right, functions)
            if seen is None:
                seen = agree(left, right, functions, closeness(left, right))
            if seen:
                return list(chosen.values()), ""
            if seen is None and maybe is None and promising(left, right):
                maybe = list(chosen.values())
            known = self.context.known(self.wanted(left, chosen) - free_names(right))
            if known:
                values = closed(known)
                inner = {name: (parameters, replaced(body, values)) for name, (parameters, body) in functions.items()}
                if agree(replaced(left, values), right, inner, closeness(left, right)):
                    return [*known.values(), *chosen.values()], ""
            why = "unknown" if seen is None else "equation" if free_names(left) else "the sides differ"
        if maybe is None and why == "the sides differ" and not free_names(right):
            return [], ""  # numbers that differ: the verdict will say so
        return maybe, why

    def wanted(self, tree: Tree, chosen: dict[str, Definition]) -> frozenset[str]:
        inner = [free_names(definition.tree) - set(definition.parameters) for definition in chosen.values()]
        return free_names(tree).union(*inner)


def closed(known: dict[str, Definition]) -> dict[str, Tree]:
    """Values with their own names replaced, in an order in which each needs only those before it."""
    values: dict[str, Tree] = {}
    for name, definition in known.items():
        values[name] = replaced(definition.tree, values)
    return values


def closeness(tree: Tree, claim: Tree) -> float:
    """How far values may differ that still count as the same: half of the last place of a decimal, or what
    a look at an integral or a limit can tell."""
    rough = 2e-2 if heads(tree) & {"integral", "limit"} else 1e-6
    return max(decimal_slack(claim), rough)


def shown_claim(claim: Side, tree: Tree) -> str:
    """The claim as it is kept: LaTeX, a vector as a list in brackets."""
    latex = claim.latex
    if isinstance(tree, Call) and tree.head == "vector":
        latex = re.sub(r"\\(?:left|right)?\s*\\?langle", "(", latex).replace("\\rangle", ")")
    return latex
