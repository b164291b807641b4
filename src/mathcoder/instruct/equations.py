"""Equations as SVAMP (`( 4.0 - 3.0 )`) and ASDiv (`9+7=16`, `74/12=6 r2`, `x:The number; 5x-28=232`) state them.

They are read as formulas, without the units in them. What stands behind an equals sign is a told result and never
goes into the code; a later formula that uses it uses the variable of the step that gave it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from mathcoder.grading import Grader
from mathcoder.instruct.math_derived import Derived, Rejected, batches, one_block, ran
from mathcoder.instruct.mathqa import written
from mathcoder.instruct.mathqa_value import Value, exact_value
from mathcoder.problems import Problem
from mathcoder.sandbox import Sandbox
from mathcoder.translation.lexer import Unreadable, tokens
from mathcoder.translation.parser import FormulaParser
from mathcoder.translation.tree import Call, Name, Number, Tree, free_names, walk
from mathcoder.translation.writer import Writer

__all__ = ["Equations", "Wanted", "derive_equations", "read_equations", "wanted_of"]

Wanted: TypeAlias = Literal["value", "quotient", "remainder", "ceiling", "ratio"]
"""What is asked for: of a division with a remainder one of its parts, of a ratio its lowest terms."""

_LONGEST, _MOST = 1_000, 20

_BY_TYPE: dict[str, Wanted] = {
    "Surplus": "remainder",
    "Floor-Division": "quotient",
    "Ceil-Division": "ceiling",
}


def wanted_of(problem: Problem) -> Wanted:
    """What a problem of ASDiv asks for, by its type and the form of its answer."""
    return "ratio" if ":" in problem.answer else _BY_TYPE.get(problem.subject or "", "value")


@dataclass(frozen=True, slots=True)
class Equations:
    """The steps of one problem.

    Attributes:
        steps: formulas to be worked out in order, by their variables `step_1`, `step_2`...
        equations: left and right sides of equations with unknowns; the values of `steps` may stand in them.
        unknowns: their names.
        division: whether the last step is a division with a remainder.
        ratio: whether the last step is a ratio.
        third: of a proportion what stands to the unknown as the ratio says: 72 in 9:5 = 72:40.
    """

    steps: tuple[tuple[str, Tree], ...]
    equations: tuple[tuple[Tree, Tree], ...] = ()
    unknowns: tuple[str, ...] = ()
    division: bool = False
    ratio: bool = False
    third: Tree | None = None

    def value(self, wanted: Wanted = "value") -> Value:
        """What the last step comes to, exactly where its operations allow it; of a ratio the quotient.

        Raises:
            ValueError: there are unknowns, which only the code solves for; or it has no value. One line.
        """
        if self.equations:
            raise ValueError(f"{', '.join(self.unknowns)} has to be solved for; run the code")
        values: dict[str, Value] = {}
        for name, tree in self._wanted(wanted):
            values[name] = exact_value(tree, values)
        return list(values.values())[-1]

    def code(self, wanted: Wanted = "value") -> str:
        """Python that prints what is asked for; of unknowns all of them, a solution a line.

        Raises:
            ValueError: it cannot be written; the message is one line.
        """
        if self.equations:
            return self._solving()
        code = written(dict(self._wanted(wanted)))
        if wanted != "ratio":
            return code
        name, lines = self.steps[-1][0], code.splitlines()[:-1]
        lines += [
            f"{name} = Fraction({name}).limit_denominator(10**6)",
            f'print(f"{{{name}.numerator}}:{{{name}.denominator}}")',
        ]
        return "\n".join(["from fractions import Fraction", "", *lines])

    def _wanted(self, wanted: Wanted) -> list[tuple[str, Tree]]:
        *before, (name, last) = self.steps
        if wanted in ("quotient", "remainder", "ceiling"):
            if not self.division or not isinstance(last, Call):
                raise ValueError(f"no division with a remainder, so there is no {wanted}")
            top, bottom = last.args
            floor = Call("floor", (last,))
            up = Call("-", (Call("floor", (Call("/", (Call("-", (top,)), bottom)),)),))
            last = {"quotient": floor, "remainder": Call("mod", (top, bottom)), "ceiling": up}[wanted]
        if wanted == "ratio" and not self.ratio:
            raise ValueError("no ratio")
        if wanted == "value" and self.third is not None:
            last = Call("/", (self.third, last))
        return [*before, (name, last)]

    def _solving(self) -> str:
        writer = Writer()
        try:
            lines: list[str] = []
            for name, tree in self.steps:
                text, _, kind = writer.write(tree)
                lines.append(f"{name} = {text}")
                writer.types[name] = kind
            names = ", ".join(writer.variable(Name(name)) for name in self.unknowns)
            eq = writer.use("Eq")
            sides = [f"{eq}({writer.expression(a)}, {writer.expression(b)})" for a, b in self.equations]
        except (Unreadable, RecursionError) as reason:
            raise ValueError(f"the equations cannot be written: {reason}") from None
        lines.append(f"solutions = {writer.use('solve')}([{', '.join(sides)}], [{names}], dict=True)")
        lines += ["for solution in solutions:", f'    print(*(solution[name] for name in ({names},)), sep=", ")']
        spaced = names.replace(",", "")
        head = [
            f"from sympy import {', '.join(sorted({*writer.imports, 'symbols'}, key=str.lower))}",
            "",
            f'{names} = symbols("{spaced}")',
        ]
        return "\n".join([*head, *lines])


# Reading.

_LABEL = re.compile(r"\s*([A-Za-z])\s*:\s*[A-Z].*", re.DOTALL)
_UNIT = re.compile(r"\s*\((?!r\b)[A-Za-z][A-Za-z .']*(?:/[A-Za-z]+)?\)")
_WORD = re.compile(r"(?<=[\d)])\s+(?!r\s?\d)[A-Za-z]+\b(?:\s+[a-z]+\b)*")
_DIVISION = re.compile(r"(.+)=\s*-?\d+\s*r\s*\d+\s*")
_COMMON = re.compile(r"\b(GCD|LCM)\s*[\[(]([\d,\s]{1,200})[\])]")
_POWER = re.compile(r"\^\(([^()]{1,50})\)")


def read_equations(text: str) -> Equations:
    """The equations of one problem.

    Raises:
        ValueError: they are of no form that is read: a comparison, a list, a time of day, something too long or
            too deep; the message is one line.
    """
    if len(text) > _LONGEST:
        raise ValueError(f"equations of {len(text)} characters; at most {_LONGEST} are read")
    parts = [part for part in text.split(";") if part.strip()]
    labels = [match[1] for part in parts if (match := _LABEL.fullmatch(part))]
    parts = [part for part in parts if not _LABEL.fullmatch(part)]
    if not 0 < len(parts) <= _MOST:
        raise ValueError(f"{len(parts)} equations; from 1 to {_MOST} are read")
    reader = _Reader(labels)
    for part in parts:
        reader.read(part)
    return reader.done()


class _Reader:
    """Takes in one equation after the other."""

    def __init__(self, labels: Sequence[str]):
        self.labels = labels
        self.steps: list[tuple[str, Tree]] = []
        self.told: dict[Fraction, str] = {}  # results that were told, and the variables that have them
        self.equations: list[tuple[Tree, Tree]] = []
        self.division = self.ratio = False
        self.third: Tree | None = None

    def read(self, part: str) -> None:
        if re.search(r"[<>]|\bequals\b|hh:mm|%\s*\(", part):
            raise ValueError(f"no equation, but a comparison or a time: {part.strip()[:60]!r}")
        self.division = self.ratio = False
        if division := _DIVISION.fullmatch(part):
            tree = self.tree(division[1])
            if not isinstance(tree, Call) or tree.head != "/" or len(tree.args) != 2:
                raise ValueError(f"no division before a remainder: {part.strip()[:60]!r}")
            self.step(tree, None)
            self.division = True
            return
        sides = [side for side in part.split("=") if side.strip()]
        if ":" in part:
            self.take_ratio(sides, part)
            return
        trees = [self.tree(side) for side in sides]
        names = frozenset[str]().union(*map(free_names, trees)) - {name for name, _ in self.steps}
        if names or self.labels:
            if len(trees) != 2:
                raise ValueError(f"no equation of two sides: {part.strip()[:60]!r}")
            self.equations.append((trees[0], trees[1]))
            return
        computed = [tree for tree in trees if isinstance(tree, Call)]
        told = [tree for tree in trees if isinstance(tree, Number)]
        if not computed:
            raise ValueError(f"nothing is computed: {part.strip()[:60]!r}")
        self.step(computed[0], told[0] if told else None)

    def take_ratio(self, sides: Sequence[str], part: str) -> None:
        """`75:125 = 3:5`, or a proportion whose last number is unknown: `9:5 = 72:40`."""
        ratios = [side.split(":") for side in sides]
        if not 1 <= len(ratios) <= 2 or any(len(ratio) != 2 for ratio in ratios):
            raise ValueError(f"no ratio of two numbers: {part.strip()[:60]!r}")
        top, bottom = (self.tree(text) for text in ratios[0])
        self.step(Call("/", (top, bottom)), None)
        self.ratio = True
        self.third = self.tree(ratios[1][0]) if len(ratios) == 2 else None

    def step(self, tree: Tree, told: Tree | None) -> None:
        name = f"step_{len(self.steps) + 1}"
        self.steps.append((name, tree))
        if isinstance(told, Number):
            self.told[told.value] = name

    def tree(self, text: str) -> Tree:
        """A side as a formula, with variables for results that were told before."""
        unknown = {label.lower() for label in self.labels} | set(self.labels)
        text = _UNIT.sub(lambda match: match[0] if match[0].strip(" ()") in unknown else "", text)
        text = text if self.labels else _WORD.sub("", text)
        text = _POWER.sub(r"^{\1}", _COMMON.sub(lambda match: f"\\{match[1].lower()}({match[2]})", text))
        try:
            tree = FormulaParser(tokens(text)).formula()
            if sum(1 for _ in walk(tree)) > 500:
                raise ValueError("a formula with too many parts")
            return self._with_results(tree)
        except (Unreadable, RecursionError) as reason:
            raise ValueError(f"no formula: {text.strip()[:60]!r}: {reason or 'too deep'}") from None

    def _with_results(self, tree: Tree) -> Tree:
        match tree:
            case Number() if tree.value in self.told:
                return Name(self.told[tree.value])
            case Name(name) if name not in self.labels and name.lower() in self.labels:
                return Name(name.lower())
            case Call("gcd" | "lcm" as head, (first, second, *rest)) if rest:
                return self._with_results(Call(head, (Call(head, (first, second)), *rest)))
            case Call(head, args):
                return Call(head, tuple(map(self._with_results, args)))
            case _:
                return tree

    def done(self) -> Equations:
        names = frozenset[str]().union(*(free_names(side) for pair in self.equations for side in pair))
        unknowns = tuple(sorted(names - {name for name, _ in self.steps}))
        if odd := [name for name in unknowns if not re.fullmatch(r"[A-Za-z]\w{0,20}", name)]:
            raise ValueError(f"no name of an unknown: {odd[0][:40]!r}")
        return Equations(tuple(self.steps), tuple(self.equations), unknowns, self.division, self.ratio, self.third)


def derive_equations(
    problems: Iterable[Problem], sandbox: Sandbox, grader: Grader, batch: int = 256
) -> Iterator[Derived | Rejected]:
    """One result for each problem solved by equations, in order; kept where the code prints the answer.

    Raises:
        ValueError: a problem is of a test split; the message is one line.
    """
    for some in batches(problems, batch):
        codes = [_code(problem) for problem in some]
        for problem, code, execution in zip(some, codes, ran(codes, sandbox), strict=True):
            if code is None or execution is None:
                yield Rejected(problem, "the equations cannot be read")
                continue
            output = execution.output.strip()
            if not execution.ok:
                yield Rejected(problem, f"the code ended with {execution.status}")
            elif output != problem.answer and not grader.grade(output, problem.answer).correct:
                yield Rejected(problem, "the code prints another answer")
            else:
                plan = (
                    "Solve the equations." if "solve(" in code else "Work out the quantities one after the other."
                )
                yield one_block(problem, plan, code, output)


def _code(problem: Problem) -> str | None:
    try:
        return read_equations(problem.solution or "").code(wanted_of(problem))
    except ValueError:
        return None
