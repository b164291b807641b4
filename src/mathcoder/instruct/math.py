r"""MATH's worked solutions as solutions with code: a step that its text tells is computed instead.

The text goes on as its author wrote it. Where a computation stands whose code was verified, the text stops before
its result, the code runs, and the text goes on with the whole formula. The last step computed is equivalent to
the gold answer; no text before it tells the answer, and no code has it as a literal: `verification` sees to that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mathcoder.computation import Computation
from mathcoder.grading import Grader, Pair
from mathcoder.instruct.math_derived import Derived, Rejected, batches
from mathcoder.instruct.math_places import Formula, Place, formulas, is_boxed, tells
from mathcoder.instruct.math_text import with_code
from mathcoder.problems import Problem
from mathcoder.solution import Solution
from mathcoder.translation import SymbolicTranslator
from mathcoder.verification import Verification, Verifier

__all__ = ["Derived", "Rejected", "derive_math"]

_MOST_BLOCKS = 3
_ANOTHER = re.compile(r"\n\s*(?:-\s*)?(?:\\text\w*\{)?OR\b")
_BOX = re.compile(r"\\(?:boxed|fbox)\b")
_FIGURE = re.compile(
    r"\[asy\]|\\includegraphics|\b(?:diagram|figure|picture|graph|table) (?:above|below)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Read:
    """A problem whose solution states its answer as the result of a step that can be run."""

    problem: Problem
    text: str
    found: tuple[Computation, ...]  # their spans are places in `text`
    final: frozenset[int]  # which of them come to the answer


def derive_math(
    problems: Iterable[Problem], verifier: Verifier, grader: Grader, batch: int = 256
) -> Iterator[Derived | Rejected]:
    """One result for each problem, in order. The same problems give the same results.

    Args:
        problems: rows of MATH with their solutions in LaTeX.
        verifier: runs the code of the steps.
        grader: decides which steps come to the answer.
        batch: problems whose steps run together.

    Raises:
        ValueError: a problem is of a test split; the message is one line.
    """
    for some in batches(problems, batch):
        yield from _derive(some, verifier, grader)


def _derive(problems: Sequence[Problem], verifier: Verifier, grader: Grader) -> Iterator[Derived | Rejected]:
    translator = SymbolicTranslator()
    read = [_read(problem, translator) for problem in problems]
    read = _with_answers(read, grader)
    steps = (step for one in read if isinstance(one, _Read) for step in one.found)
    verdicts = verifier.verify_many(steps)
    for one in read:
        if isinstance(one, Rejected):
            yield one
        else:
            yield _assemble(one, [verification for _, verification in zip(one.found, verdicts, strict=False)])


def _read(problem: Problem, translator: SymbolicTranslator) -> _Read | Rejected:
    """The steps of a solution up to its box."""
    text = _ANOTHER.split(problem.solution or "")[0].strip()
    if not _BOX.search(text) or not problem.answer:
        return Rejected(problem, "no boxed answer")
    if _FIGURE.search(text):
        return Rejected(problem, "the solution shows a figure")
    whole = f"{problem.question}\n\n{text}"
    start = len(whole) - len(text)
    last = [match.start() for match in _BOX.finditer(text)][-1]
    found = tuple(
        Computation(step.conditions, step.expression, step.result, step.code, _moved(step.span, -start), step.kind)
        for step in translator.translate(whole).computations
        if start <= step.span[0] <= start + last
    )
    return _Read(problem, text, found, frozenset()) if found else Rejected(problem, "no step can be read")


def _moved(span: tuple[int, int], by: int) -> tuple[int, int]:
    return span[0] + by, span[1] + by


def _with_answers(read: Sequence[_Read | Rejected], grader: Grader) -> list[_Read | Rejected]:
    """Which steps come to the answer; problems without one need not run."""
    pairs = [Pair(step.result, one.problem.answer) for one in read if isinstance(one, _Read) for step in one.found]
    grades = grader.grade_many(pairs)
    answered: list[_Read | Rejected] = []
    for one in read:
        if isinstance(one, _Read):
            right = [grade.correct for _, grade in zip(one.found, grades, strict=False)]
            final = frozenset(i for i, correct in enumerate(right) if correct)
            one = (
                _Read(one.problem, one.text, one.found, final)
                if final
                else Rejected(one.problem, "no step comes to the answer")
            )
        answered.append(one)
    return answered


def _assemble(one: _Read, verdicts: Sequence[Verification]) -> Derived | Rejected:
    """The solution with the last step that comes to the answer, and some before it, as code."""
    problem, pieces = one.problem, formulas(one.text)
    why = "the step that comes to the answer is not verified"
    for number in sorted(one.final, key=lambda i: one.found[i].span):
        step, verification = one.found[number], verdicts[number]
        if verification.verdict != "verified":
            continue
        last = Place.find(step, verification.output, pieces)
        if last is None:
            why = "the step that comes to the answer has no place of its own"
            continue
        if _holds_answer(step.code, problem):
            why = "the code holds the answer as a number"
            continue
        if not is_boxed(one.text, last):
            why = "the box holds the result of another step"
            continue
        before = f"{one.text[: last.start]} ${last.head}$"
        if _BOX.search(before) or tells(before, problem.answer):
            return Rejected(problem, "the text tells the answer before it is computed")
        earlier = _earlier(one, verdicts, number, last, pieces)
        for first in range(len(earlier) + 1):  # fewer steps where they stand too close
            if written := with_code(one.text, [*earlier[first:], last], problem.id):
                return Derived(problem, Solution(written, problem.answer, "answer"))
        why = "the text cannot be cut before the step"
    return Rejected(problem, why)


def _holds_answer(code: str, problem: Problem) -> bool:
    """Whether code writes down the number that is the answer; a number of the question may be equal to it."""
    answer = re.fullmatch(r"-?([\d.]+)", re.sub(r"[\s$,!\\]", "", problem.answer))
    if answer is None:
        return False
    number = re.compile(rf"(?<![\w.]){re.escape(answer[1])}(?![\w]|\.\d)")
    return bool(number.search(re.sub(r"#.*", "", code))) and not number.search(problem.question)


def _earlier(
    one: _Read, verdicts: Sequence[Verification], final: int, last: Place, pieces: Sequence[Formula]
) -> list[Place]:
    """Steps before the last one, one for a formula, those that compute most."""
    places: dict[int, Place] = {}
    for number, (step, verification) in enumerate(zip(one.found, verdicts, strict=True)):
        if number == final or verification.verdict != "verified":
            continue
        place = Place.find(step, verification.output, pieces)
        if place is None or place.end > last.start or place.start in places:
            continue
        codes = {last.step.code, *(other.step.code for other in places.values())}
        if step.code in codes or tells(f"{one.text[: place.start]} ${place.head}$", step.result):
            continue
        places[place.start] = place
    chosen = sorted(places.values(), key=lambda place: -len(place.step.expression))[: _MOST_BLOCKS - 1]
    return sorted(chosen, key=lambda place: place.start)
