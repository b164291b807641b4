"""Reads a text once from start to end: remembers what it defines, and makes a computation of each claim.

For each pair of sides of a chain it decides what that is: a definition, an equation, or a computation with a
claim. Only the last becomes a program, whose output `verification` then holds against the claim.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from mathcoder.computation import Computation
from mathcoder.translation import equations, questions
from mathcoder.translation.context import Context, Definition, Equation, as_functions, closed, written_out
from mathcoder.translation.evaluate import agree
from mathcoder.translation.kinds import kind_of
from mathcoder.translation.lexer import Unreadable
from mathcoder.translation.program import modular_program, step_program
from mathcoder.translation.scan import Piece, scan
from mathcoder.translation.statements import Side, Statement, statements
from mathcoder.translation.steps import (
    antiderivative_agrees,
    as_vector,
    claimable,
    closeness,
    function_definition,
    is_share,
    normalised,
    promising,
    vector_claim,
)
from mathcoder.translation.tree import Call, Constant, Name, Number, Tree, canonical, free_names, replaced
from mathcoder.translation.units import converted

__all__ = ["Reader", "Skipped"]

_FUNCTIONS = frozenset("fghFGHO")  # O: of an order of growth
_EQUAL = ("=", "approx")
_NEAR = 80  # characters between two formulas of which the second goes on with the first
_CHANCE = re.compile(r"probab", re.IGNORECASE)
_IS = re.compile(r"\s*(?:is|be|equals|=|was|are)\s*(?:equal to\s*)?(?:about\s*)?(-?\$?\s*\d[\d,]*(?:\.\d+)?)?")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A formula that gave no computation, and why."""

    span: tuple[int, int]
    reason: str


@dataclass(slots=True)
class Reader:
    """One text; `read` fills `found` and `skipped`."""

    text: str
    found: list[Computation] = field(default_factory=list[Computation])
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    context: Context = field(default_factory=Context)
    question: questions.Question = field(default_factory=questions.Question)
    last: Side | None = None  # of the last chain
    last_end: int = 0
    named: tuple[str, int] | None = None  # a bare name, and where its formula ended

    def read(self) -> None:
        for piece in scan(self.text):
            match piece.kind:
                case "heading":
                    self.flush()
                    self.context.forget()
                case "label":
                    self.label(piece)
                case "dropped":
                    self.skip(piece.start, piece.end, piece.text)
                case "formula" | "arithmetic":
                    self.formula(piece)
                case _:
                    pass
        self.flush()

    def flush(self) -> None:
        """Equations whose solutions were all read become computations."""
        self.found.extend(equations.solved(self.context))

    def label(self, piece: Piece) -> None:
        if piece.text.startswith(("Example", "Exercise", "Problem", "Question", "Checkpoint")):
            self.flush()
            self.context.forget(functions=False)
        self.question.label(piece.text, piece.end)
        if found := self.question.state == "answer" and questions.plain_answer(self.text, piece.end):
            latex, start, end = found
            for statement in statements(latex):
                claim = statement.sides[0]
                if claim.tree is not None:
                    self.answer(replace(claim, start=start, end=end), claim.tree)

    def skip(self, start: int, end: int, reason: str) -> None:
        self.skipped.append(Skipped((start, end), reason))

    # One formula.

    def formula(self, piece: Piece) -> None:
        names = _FUNCTIONS | set(self.context.functions)
        try:
            chains = [self.joined(chain, piece) for chain in statements(piece.text, names)]
            self.in_words(chains, piece)
            for statement in chains:
                self.statement(statement, piece.start)
        except Unreadable as reason:
            self.skip(piece.start, piece.end, str(reason))

    def joined(self, chain: Statement, piece: Piece) -> Statement:
        """A chain that begins with a relation goes on with what was said last."""
        last, self.last = self.last, (chain.sides[-1] if chain.sides[-1].tree is not None else None)
        near = piece.start - self.last_end < _NEAR
        self.last_end = piece.end
        if chain.relations and chain.sides[0].why == "nothing there" and last is not None and near:
            return Statement((replace(last, start=chain.sides[0].start, end=0), *chain.sides[1:]), chain.relations)
        return chain

    def in_words(self, chains: list[Statement], piece: Piece) -> None:
        """`where $r$ is $3$`, `for $n$ = 5`: a value given in words."""
        if self.named is not None:
            name, end = self.named
            between = _IS.fullmatch(self.text, end + 1, max(end + 1, piece.start - 1))
            if between and not between[1] and len(chains) == 1 and len(chains[0].sides) == 1:
                side = chains[0].sides[0]
                if side.tree is not None and not free_names(side.tree):
                    self.context.define(Definition(name, side.tree, f"{name} = {side.latex}", end))
        self.named = None
        if len(chains) == 1 and len(chains[0].sides) == 1 and isinstance(tree := chains[0].sides[0].tree, Name):
            after = _IS.match(self.text, piece.end + 1, piece.end + 60)
            if after and after[1] and (digits := re.sub(r"[$,\s]", "", after[1])):
                self.context.define(Definition(tree.name, Number(digits), f"{tree.name} = {digits}", piece.start))
            else:
                self.named = (tree.name, piece.end)

    def statement(self, statement: Statement, offset: int) -> None:
        """Take in one chain: its steps, and what it defines."""
        sides = [None if side.tree is None else normalised(side.tree, self.context) for side in statement.sides]
        for side, tree in zip(statement.sides, sides, strict=True):
            if tree is None and side.why != "nothing there":
                self.skip(offset + side.start, offset + side.end, "unreadable: " + side.why)
        if not self.congruence(statement, sides, offset):
            self.differential(statement, sides, offset)
            self.steps(statement, sides, offset)
            self.define(statement, sides, offset)
        if len(sides) == 1 and sides[0] is not None:
            self.alone(statement.sides[0], sides[0], offset)
        elif self.question.state == "answer":
            self.question.state = ""

    def alone(self, side: Side, tree: Tree, offset: int) -> None:
        """A formula without a relation: what an exercise asks for, or what answers it."""
        start = offset + side.start
        if not self.text[self.question.place : start].strip(" \n\t$\\([-a.)"):
            self.answer(replace(side, start=start, end=offset + side.end), tree)
        self.question.ask(Definition("", tree, side.latex, offset + side.start))

    def answer(self, claim: Side, right: Tree) -> None:
        """Hold a formula against what the exercise before it asked for."""
        for asked in self.question.answered():
            if asked.name:
                for words, tree in questions.derivatives(asked):
                    if agree(
                        replaced(tree, {asked.name: asked.tree}), right, as_functions({asked.name: asked})
                    ) and not isinstance(right, Number):
                        side = Side(words, tree, "", asked.place, asked.place)
                        self.keep(side, tree, claim, right, [asked], False, (asked.place, claim.end))
                        return
            elif promising(asked.tree, right) or agree(asked.tree, right, {}):
                self.step(
                    Side(asked.text, asked.tree, "", asked.place, asked.place), asked.tree, claim, right, False, 0
                )
                return

    # Definitions and equations.

    def define(self, statement: Statement, sides: list[Tree | None], offset: int) -> None:
        first, side = sides[0], statement.sides[0]
        if len(sides) < 2 or statement.relations[0] not in _EQUAL or first is None:
            return
        if isinstance(first, Name):
            self.define_value(first.name, statement, sides, offset)
            return
        for body, other in zip(sides[1:], statement.sides[1:], strict=True):
            named = function_definition(first, side, body)
            if named is not None and body is not None:
                text = f"{side.latex} = {other.latex}"
                definition = Definition(named[0], as_vector(body), text, offset + side.start, named[1])
                self.context.define(definition)
                self.question.ask(definition)
                break

    def define_value(self, name: str, statement: Statement, sides: list[Tree | None], offset: int) -> None:
        side = statement.sides[0]
        readable = [
            (tree, other)
            for tree, other in zip(sides[1:], statement.sides[1:], strict=True)
            if tree is not None and name not in free_names(tree) and claimable(tree, self.context)
        ]
        if not readable:
            return
        tree, other = readable[-1]
        if not free_names(tree):
            claim = equations.Claim(
                name, tree, other.latex, offset + side.start, offset + other.end, "approx" in statement.relations
            )
            found = equations.system(claim, self.context)
            if found is not None:
                self.found.append(found)
            else:
                equations.take_solution(claim, self.context)
            self.context.claims[name] = claim
        tree, other = readable[0]
        definition = Definition(name, as_vector(tree), f"{side.latex} = {other.latex}", offset + side.start)
        self.context.define(definition)
        self.question.ask(definition)

    def equation(self, left: Tree, right: Tree, text: str, start: int) -> None:
        if free_names(left) | free_names(right):
            self.context.equations.append(Equation(left, right, text, start))

    # Steps.

    def steps(self, statement: Statement, sides: list[Tree | None], offset: int) -> None:
        for place, relation in enumerate(statement.relations):
            left = sides[place]
            if left is None or relation not in _EQUAL:
                continue
            approximate = False
            for other in range(place + 1, len(sides)):
                if statement.relations[other - 1] not in _EQUAL:
                    break
                approximate = approximate or statement.relations[other - 1] == "approx"
                right = sides[other]
                if right is None or not claimable(right, self.context):
                    continue
                if self.step(statement.sides[place], left, statement.sides[other], right, approximate, offset):
                    break

    def step(self, side: Side, left: Tree, claim: Side, right: Tree, approximate: bool, offset: int) -> bool:
        """One pair of sides: a computation if both agree. False if only known values were put in: then what
        stands behind is the claim."""
        start, end = offset + side.start, offset + claim.end
        if side.units and claim.units and self.conversion(side, left, claim, right, approximate, (start, end)):
            return True
        if isinstance(left, Constant | Number) or canonical(left) == canonical(right) or self.is_given(left):
            self.skip(start, end, "the same on both sides")
            return True
        left, shown, claimed = vector_claim(left, right, claim.latex)
        needed, why = self.needed(left, shown, approximate)
        if needed is None:
            why = self.no_step(side, left, claim, right, (start, end), why)
            if why:
                self.skip(start, end, why)
            return True
        if canonical(written_out(left, needed)) == canonical(shown):
            self.skip(start, end, "the same on both sides")
            return False
        self.keep(side, left, replace(claim, latex=claimed), shown, needed, approximate, (start, end))
        return True

    def conversion(
        self, side: Side, left: Tree, claim: Side, right: Tree, approximate: bool, place: tuple[int, int]
    ) -> bool:
        """`3 km = 3000 m`; whether it is one, and right."""
        found = converted(left, side.units, claim.units)
        if found is None or not agree(found[0], right, {}, closeness(left, right, approximate)):
            return False
        try:
            code = step_program(found[0], right, [], approximate)
        except Unreadable:
            return False
        self.found.append(Computation((found[1],), side.latex, claim.latex, code, place, "units"))
        return True

    def is_given(self, tree: Tree) -> bool:
        """Whether a side is a name for which the text gave a number: nothing is computed from that."""
        definition = self.context.value(tree.name) if isinstance(tree, Name) else None
        return definition is not None and isinstance(definition.tree, Number)

    def keep(
        self,
        side: Side,
        left: Tree,
        claim: Side,
        right: Tree,
        needed: list[Definition],
        approximate: bool,
        place: tuple[int, int],
    ) -> None:
        """Write the program of a step whose sides agree."""
        start, end = place
        try:
            code = step_program(left, right, needed, approximate)
        except Unreadable as reason:
            self.skip(start, end, f"no program: {reason}")
            return
        chance = is_share(right) and _CHANCE.search(self.text, max(0, start - 400), end) is not None
        kind = kind_of(left, bool(side.units or claim.units), chance)
        conditions = tuple(definition.text for definition in needed)
        self.found.append(Computation(conditions, side.latex, claim.latex, code, (start, end), kind))

    def no_step(self, side: Side, left: Tree, claim: Side, right: Tree, place: tuple[int, int], why: str) -> str:
        """Sides that do not agree: a derivative of an equation, or an equation. "" if it gave a computation."""
        found = equations.implicit(left, right, (side.latex, claim.latex), place, self.context)
        if found is not None:
            self.found.append(found)
            return ""
        if isinstance(left, Name) or function_definition(left, side, right):
            return "a definition"
        if why == "equation":
            self.equation(left, right, f"{side.latex} = {claim.latex}", place[0])
        return why

    def needed(self, left: Tree, right: Tree, approximate: bool) -> tuple[list[Definition] | None, str]:
        """The definitions under which both sides agree, as far as can be seen; None and why if there are none."""
        why, maybe = "unknown function", None
        close = closeness(left, right, approximate)
        for chosen in self.context.choices(left):
            functions = as_functions(chosen)
            seen = antiderivative_agrees(left, right, functions)
            if seen is None:
                seen = agree(left, right, functions, close)
            if seen:
                return list(chosen.values()), ""
            if seen is None and maybe is None and promising(left, right):
                maybe = list(chosen.values())
            known = self.context.known(_wanted(left, chosen) - free_names(right))
            if known:
                values = closed(known)
                inner = {name: (names, replaced(body, values)) for name, (names, body) in functions.items()}
                put = agree(replaced(left, values), right, inner, close)
                if put or (put is None and maybe is not None and free_names(left) & set(known)):
                    return [*known.values(), *chosen.values()], ""
            why = "unknown" if seen is None else "equation"
        if why == "equation" and not free_names(left) | free_names(right):
            return [], ""  # numbers that differ: the verdict will say so
        return maybe, why

    def congruence(self, statement: Statement, sides: list[Tree | None], offset: int) -> bool:
        """`3^{100} \\equiv 1 \\pmod 7`; whether the chain is one."""
        last = sides[-1]
        if not (isinstance(last, Call) and last.head == "pmod"):
            return False
        trees = [*sides[:-1], last.args[0]]
        for (left, right), (side, claim) in zip(pairwise(trees), pairwise(statement.sides), strict=True):
            if left is None or not isinstance(right, Number) or (isinstance(left, Number) and left == right):
                continue
            modulus = last.args[1]
            if free_names(left) or not isinstance(modulus, Number) or not 0 <= right.value < modulus.value:
                continue
            try:
                code = modular_program(left, modulus)
            except Unreadable:
                continue
            place = (offset + side.start, offset + claim.end)
            conditions = (f"modulo {modulus.text}",)
            self.found.append(
                Computation(conditions, f"{side.latex} \\bmod {modulus.text}", right.text, code, place, "modular")
            )
        return True

    def differential(self, statement: Statement, sides: list[Tree | None], offset: int) -> None:
        """`du = 2x dx` where u is known: its derivative."""
        match sides:
            case [Call("*", (Name("d"), Name(u))), Call("*", (*factors, Name("d"), Name(x)))] if (
                factors and u != x
            ):
                definition = self.context.value(u)
            case _:
                return
        if definition is None or x not in free_names(definition.tree):
            return
        right: Tree = factors[0] if len(factors) == 1 else Call("*", tuple(factors))
        claim = statement.sides[1]
        latex = re.sub(r"\s*d\s*" + re.escape(claim.latex[-1]) + "$", "", claim.latex)
        left = Call("derivative", (Name(u), Name(x), Number("1")))
        words = f"\\frac{{d{u}}}{{d{x}}}"
        shown = Side(latex, right, "", claim.start, claim.end)
        side = Side(words, left, "", statement.sides[0].start, statement.sides[0].end)
        self.step(side, left, shown, right, False, offset)


def _wanted(tree: Tree, chosen: dict[str, Definition]) -> frozenset[str]:
    inner = [free_names(definition.tree) - set(definition.parameters) for definition in chosen.values()]
    return free_names(tree).union(*inner)
