"""GSM8K's worked solutions become derivations: each annotated calculation a step, each number explained.

    >>> derived = derive(problem)
    >>> derived.code() if isinstance(derived, Derivation) else derived.reason

No model is asked, and the gold answer is only compared with: a solution is kept when its steps, computed exactly,
give it. `gsm8k_lines` says what is read as a calculation and `gsm8k_linking` where its numbers come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from mathcoder.grading import is_equivalent
from mathcoder.instruct.derivation import Derivation, Step, names
from mathcoder.instruct.expression import Expression, Operation, decimal_text
from mathcoder.instruct.gsm8k_derived import HUNDRED, conversion
from mathcoder.instruct.gsm8k_ledger import Ledger, Unexplained
from mathcoder.instruct.gsm8k_lines import Calculation, calculations, final_answer_line
from mathcoder.instruct.gsm8k_linking import Linker, addends
from mathcoder.instruct.gsm8k_words import conclusion, step_comment
from mathcoder.instruct.naming import step_names
from mathcoder.instruct.quantities import number_value
from mathcoder.problems import Problem

__all__ = ["Rejected", "derive", "derive_all"]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A problem that gave no derivation, and why: `reason` is one of a few, `detail` says what of this row."""

    problem_id: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Read:
    """A step, what the solution says of it, and whether its numbers may as well stand for others."""

    step: Step
    conclusion: str = ""
    unsure: bool = False


def derive_all(problems: Iterable[Problem]) -> Iterator[Derivation | Rejected]:
    """`derive` for each problem, in order."""
    return map(derive, problems)


def derive(problem: Problem) -> Derivation | Rejected:
    """The derivation that a problem's worked solution gives, or why it gives none."""
    body, told = final_answer_line(problem.solution or "")
    if not body or not told:
        return Rejected(problem.id, "no worked solution")
    ledger = Ledger(problem.question)
    shares = [quantity.value for quantity in ledger.stated if quantity.kind in ("part", "fraction")]
    found = calculations(body, {part for share in shares for part in (share, 1 - share)})
    if not found:
        return Rejected(problem.id, "no calculation in the solution")
    linker = Linker(ledger)
    steps: list[_Read] = []
    unexplained: Unexplained | None = None
    after = 0  # how many steps stand before the last calculation that is not explained
    for calculation in found:
        try:
            steps.append(_read(calculation, linker))
        except Unexplained as error:
            unexplained, after = error, len(steps)
        except ValueError as error:
            return Rejected(problem.id, "a calculation cannot be computed", str(error))
    reached = [i for i, read in enumerate(steps) if i >= after and _is_answer(read.step.value, problem.answer)]
    if reached:
        return _finished(problem, ledger, steps[: reached[-1] + 1])
    if steps and after < len(steps) and (last := _converted(problem, ledger)) is not None:
        return _finished(problem, ledger, [*steps, _Read(last)])
    if unexplained is not None:
        return Rejected(problem.id, "a number is not explained", str(unexplained.value))
    return Rejected(problem.id, "the steps do not give the answer", problem.answer)


def _read(calculation: Calculation, linker: Linker) -> _Read:
    ledger, sentence = linker.ledger, calculation.sentence
    expression = linker.linked(calculation.expression, sentence, calculation.value_start)
    values = {result.name: result.value for result in ledger.results}
    values |= {given.name: given.value for given in ledger.givens()}
    value = expression.evaluate(values)
    wording = step_names(sentence, calculation.start, calculation.value_end, calculation.value_start)
    name = ledger.add(wording, value, calculation.stated, sentence, addends(calculation.expression))
    step = Step(name, expression, value, sentence, step_comment(calculation))
    return _Read(step, conclusion(calculation), ledger.unsure)


def _finished(problem: Problem, ledger: Ledger, steps: list[_Read]) -> Derivation | Rejected:
    last = steps[-1]
    kept = _needed(steps)
    used = {name for read in kept for name in names(read.step.expression)}
    derivation = Derivation(
        problem.id,
        problem.question,
        tuple(given for given in ledger.givens() if given.name in used),
        tuple(read.step for read in kept),
        decimal_text(last.step.value) or problem.answer,
        last.step.name,
        last.conclusion,
        tuple(_unsure(kept)),
    )
    if derivation.told:
        return Rejected(problem.id, "the answer is told, not computed", problem.answer)
    return derivation


def _unsure(steps: list[_Read]) -> Iterator[str]:
    """The steps with a number that may be another, or with a product whose factors stand on the same number.

    Miles a day times days, where both come from one 3 of the question, has mistaken one 3 for another.
    """
    stands_on: dict[str, set[str]] = {}
    for read in steps:
        if read.unsure or _multiplies_itself(read.step.expression, stands_on):
            yield read.step.name
        stands_on[read.step.name] = _sources(read.step.expression, stands_on)


def _sources(tree: Expression, stands_on: Mapping[str, set[str]]) -> set[str]:
    """The numbers of the question that an expression stands on."""
    return {source for name in names(tree) for source in stands_on.get(name, {name})}


def _multiplies_itself(tree: Expression, stands_on: Mapping[str, set[str]]) -> bool:
    if not isinstance(tree, Operation):
        return False
    both = _sources(tree.left, stands_on) & _sources(tree.right, stands_on)
    inside = _multiplies_itself(tree.left, stands_on) or _multiplies_itself(tree.right, stands_on)
    return inside or (tree.operator == "*" and bool(both))


def _needed(steps: list[_Read]) -> list[_Read]:
    """The last step and those it stands on."""
    wanted = {steps[-1].step.name}
    kept: list[_Read] = []
    for read in reversed(steps):
        if read.step.name in wanted:
            kept.insert(0, read)
            wanted |= set(names(read.step.expression))
    return kept


def _converted(problem: Problem, ledger: Ledger) -> Step | None:
    """A last step that the solution takes in words: from dollars to the cents that are asked for."""
    asked = re.split(r"(?<=[.!?])\s+", problem.question.strip())[-1]
    value = number_value(re.sub(r"[^\d.,]", "", problem.answer))
    expression = conversion(ledger, value, asked)
    if expression is None and re.search(r"percent|%", asked):
        shares = [result for result in ledger.results if result.value * 100 == value]
        expression = Operation("*", ledger.result(shares[-1]), HUNDRED) if shares else None
    return None if expression is None else Step(ledger.add([], value, value, asked), expression, value, asked)


def _is_answer(value: Fraction, answer: str) -> bool:
    text = decimal_text(value) or f"{value.numerator}/{value.denominator}"
    return bool(is_equivalent(text, answer).correct)
