"""A derivation: a problem solved step by step with named values, each computed exactly.

A derivation is data, not text: what the question states (`Given`), the steps that compute from it (`Step`), and
which step is the answer. Its code is written from that, and so is the `Solution` that a model learns from. No
model and no sandbox is needed to make one; the execution of its code is handed to `Derivation.solution`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from mathcoder.instruct.expression import Expression, Name, Number, Operation, decimal_text
from mathcoder.solution import Block, Solution

__all__ = ["Derivation", "Given", "Step"]

_PLANNED = 4  # values that a plan names


@dataclass(frozen=True, slots=True)
class Given:
    """A number that the question states.

    Attributes:
        name: a Python variable: `friends`.
        value: exact.
        spans: where the question says it, as (start, end) in characters; several where it repeats itself.
        comment: a few words of the question for a comment in the code; may be empty.
    """

    name: str
    value: Fraction
    spans: tuple[tuple[int, int], ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One computation.

    Attributes:
        name: a Python variable from the words of the sentence: `clips_in_may`.
        expression: over numbers and the names of givens and earlier steps; see `read_expression`.
        value: what the expression comes to, exact.
        text: the sentence it comes from, without annotation; it may tell values.
        comment: the sentence for a comment in the code, without values that are computed; may be empty.
    """

    name: str
    expression: Expression
    value: Fraction
    text: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Derivation:
    """A problem and the steps to its answer.

    Attributes:
        problem_id: of the problem it solves.
        question: of the problem.
        givens: in the order in which the question states them; each is used by a step.
        steps: in the order of their computation. The last one need not be the answer.
        answer: as the solution states it in its box.
        answer_name: the step whose value is the answer.
        conclusion: the last sentence, with `{answer}` where the answer stands, and without other values that
            are computed; empty for a plain one.
        unsure: the steps in which a number may as well stand for another value that is equal here.

    Raises:
        ValueError: a name is not a Python name, is defined twice, or is used before it has a value; or
            `answer_name` is no step. The message is one line that begins with the id of the problem.
    """

    problem_id: str
    question: str
    givens: tuple[Given, ...]
    steps: tuple[Step, ...]
    answer: str
    answer_name: str
    conclusion: str = ""
    unsure: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known: set[str] = set()
        for item in (*self.givens, *self.steps):
            if not item.name.isidentifier() or item.name in known:
                raise ValueError(f"{self.problem_id}: {item.name!r} is no Python name, or is defined twice")
            if isinstance(item, Step):
                for name in names(item.expression):
                    if name not in known:
                        raise ValueError(f"{self.problem_id}: {item.name} uses {name} before it has a value")
            known.add(item.name)
        if all(step.name != self.answer_name for step in self.steps):
            raise ValueError(f"{self.problem_id}: the answer {self.answer_name} is none of the steps")

    def values(self) -> dict[str, Fraction]:
        """The exact value of each given and each step, computed anew.

        Raises:
            ValueError: a step divides by zero or its value is too large; the message is one line.
        """
        values = {given.name: given.value for given in self.givens}
        for step in self.steps:
            values[step.name] = step.expression.evaluate(values)
        return values

    def evaluate(self) -> Fraction:
        """The exact value of the answer, computed anew from the givens. Raises as `values` does."""
        return self.values()[self.answer_name]

    @property
    def told(self) -> bool:
        """Whether the answer enters as a literal: its step computes nothing, or a number in the code is it.

        Numbers that a note explains (`Number.note`) and numbers that the question states may equal the answer.
        """
        steps = {step.name: step for step in self.steps}
        answer = steps[self.answer_name]
        last: Expression = answer.expression
        while isinstance(last, Name) and last.name in steps:
            last = steps[last.name].expression
        if not isinstance(last, Operation):
            return True
        leaves = [leaf for step in self.steps for leaf in step.expression.leaves()]
        return any(isinstance(leaf, Number) and not leaf.note and leaf.value == answer.value for leaf in leaves)

    def without_comments(self) -> Derivation:
        """The same without words of the question in its code; what explains a number stays."""
        givens = tuple(replace(given, comment="") for given in self.givens)
        return replace(self, givens=givens, steps=tuple(replace(step, comment="") for step in self.steps))

    def code(self) -> str:
        """One Python program that prints the answer."""
        return self.codes()[0]

    def codes(self, seed: int | None = None) -> tuple[str, ...]:
        """The code as blocks that run one after another in one session.

        Args:
            seed: None for one block; else blocks of one or two steps each, cut by chance. What the question
                states is named in the first block that uses it. Each block prints the value of its last step.
        """
        return tuple(self._written(part) for part in self._parts(seed))

    def solution(self, executions: str | Sequence[str], seed: int | None = None) -> Solution:
        r"""The solution: a plan in words, code, its execution, and a last sentence with `\boxed{answer}`.

        Words before a block of code tell nothing that it computes.

        Args:
            executions: what the blocks of `codes(seed)` printed, in order; one string is one block's.
            seed: as for `codes`.

        Raises:
            ValueError: there are not as many executions as blocks of code.
        """
        parts = self._parts(seed)
        printed = [executions] if isinstance(executions, str) else list(executions)
        if len(printed) != len(parts):
            raise ValueError(
                f"{self.problem_id}: {len(parts)} blocks of code, but {len(printed)} executions; "
                "give what each block of codes(seed) printed"
            )
        blocks: list[Block] = []
        for i, (part, output) in enumerate(zip(parts, printed, strict=True)):
            blocks.append(Block("text", self._plan(part, first=i == 0, last=i == len(parts) - 1)))
            blocks.append(Block("code", self._written(part)))
            blocks.append(Block("execution", output.rstrip("\n")))
        box = f"\\boxed{{{self.answer}}}"
        blocks.append(Block("text", (self.conclusion or "The answer is {answer}.").replace("{answer}", box)))
        return Solution(tuple(blocks), self.answer, "answer")

    # How it is written.

    def _parts(self, seed: int | None) -> list[tuple[Step, ...]]:
        """The steps up to the answer, in groups."""
        last = next(i for i, step in enumerate(self.steps) if step.name == self.answer_name)
        steps = self.steps[: last + 1]
        if seed is None:
            return [steps]
        chance = random.Random(f"{seed} {self.problem_id}")
        parts: list[tuple[Step, ...]] = []
        while steps:
            size = chance.choice((1, 2))
            parts.append(steps[:size])
            steps = steps[size:]
        return parts

    def _plan(self, part: tuple[Step, ...], first: bool, last: bool) -> str:
        """What the block of code will find, in the words of its names."""
        words = [re.sub(r"(?:_\d+)+$", "", step.name).replace("_", " ") for step in part]
        distinct = list(dict.fromkeys(reversed(words)))[::-1]
        listed = ", then ".join(
            f"the {name}" for name in [*distinct[: _PLANNED - 1], *distinct[_PLANNED - 1 :][-1:]]
        )
        if first and last:
            return f"Find {listed}."
        return f"{'First' if first else 'Last' if last else 'Next'}, find {listed}."

    def _written(self, part: tuple[Step, ...]) -> str:
        earlier = self.steps[: self.steps.index(part[0])]
        named = {name for step in earlier for name in names(step.expression)}
        used = {name for step in part for name in names(step.expression)} - named
        lines = [
            _line(given.name, Number(given.value), given.comment) for given in self.givens if given.name in used
        ]
        for step in part:
            if step.comment:
                lines.append(f"# {_one_line(step.comment)}")
            notes = [leaf.note for leaf in step.expression.leaves() if isinstance(leaf, Number) and leaf.note]
            lines.append(_line(step.name, step.expression, "; ".join(dict.fromkeys(notes))))
        lines.append(f"print({self._printed(part[-1])})")
        return "\n".join(lines)

    def _printed(self, step: Step) -> str:
        """The name, rounded where a float would show digits that the exact value has not."""
        shown = decimal_text(step.value)
        if shown is None or _as_python_prints(self, step) in (shown, f"{shown}.0"):
            return step.name
        return f"round({step.name}, {max(2, len(shown.partition('.')[2]))})"


def names(expression: Expression) -> Iterator[str]:
    """The names an expression uses, left to right, perhaps several times."""
    return (leaf.name for leaf in expression.leaves() if isinstance(leaf, Name))


def _line(name: str, expression: Expression, comment: str) -> str:
    note = f"  # {_one_line(comment)}" if comment else ""
    return f"{name} = {expression.python()}{note}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _as_python_prints(derivation: Derivation, last: Step) -> str:
    """What Python's whole numbers and floats make of the code, without running it."""
    try:
        values: dict[str, int | float] = {given.name: _plain(given.value) for given in derivation.givens}
        for step in derivation.steps:
            values[step.name] = _computed(step.expression, values)
            if step is last:
                break
        return str(values[last.name])
    except (ArithmeticError, ValueError):
        return ""


def _plain(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else value.numerator / value.denominator


def _computed(tree: Expression, values: dict[str, int | float]) -> int | float:
    if isinstance(tree, Number):
        return _plain(tree.value)
    if isinstance(tree, Name):
        return values[tree.name]
    left, right = _computed(tree.left, values), _computed(tree.right, values)
    match tree.operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case "//":
            return left // right
        case "%":
            return left % right
        case "**":
            if abs(right) > 64:
                raise ValueError("a large power")
            return left**right
