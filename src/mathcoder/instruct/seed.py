"""MathCodeInstruct's first step (arXiv 2310.03731, section 2.2): a teacher solves problems whose answer is known.

A solution is kept where every block of its code ran and its answer is equivalent to the truth: nothing is
repaired, and the truth is never shown to the model. Of many solutions of one problem the most diverse stay.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from mathcoder.grading import Grader
from mathcoder.instruct.asking import SAMPLED, Drawn, Origin, check_training, sampled
from mathcoder.instruct.diversity import diverse
from mathcoder.models.base import Model
from mathcoder.problems import Problem
from mathcoder.sandbox import Sandbox
from mathcoder.solution import Solution
from mathcoder.solving.dialects import Dialect
from mathcoder.solving.loop import Options

__all__ = ["Seeded", "check_samples", "seed_solutions"]


@dataclass(frozen=True, slots=True)
class Seeded:
    """One attempt of a teacher at a problem.

    Attributes:
        reason: why it is not kept, "" where it is: "wrong answer", "not graded: ...", "not diverse", or the fault
            of a `Drawn` sample.
    """

    problem: Problem
    solution: Solution
    origin: Origin
    reason: str = ""

    @property
    def kept(self) -> bool:
        return not self.reason


def seed_solutions(
    problems: Sequence[Problem],
    model: Model,
    *,
    dialect: Dialect,
    sandbox: Sandbox,
    grader: Grader,
    samples: int = 4,
    keep: int = 2,
    options: Options = SAMPLED,
    concurrency: int = 64,
) -> Generator[Seeded, None, None]:
    """All attempts at the problems, in order, each kept or with the reason why not.

    Args:
        problems: with their answers; none of the split test.
        model: the teacher. A `CachedModel` is not asked again for what it answered.
        dialect: how it writes.
        sandbox: where its code runs.
        grader: holds its answers against the truth.
        samples: solutions of each problem.
        keep: most solutions of a problem that stay, each of another shape (`diverse`).
        options: limits and sampling. Sample n is drawn with their seed plus n.
        concurrency: requests at the model at a time.

    Raises:
        ValueError: before any work: a problem is of the split test or has no answer, a number is below 1, or
            several samples are asked for at temperature 0. The message is one line.
        BudgetExceeded: in the place of the first problem that was not asked whole.
        SandboxError: the sandbox failed.

    Examples:
        >>> with Sandbox() as sandbox, Grader() as grader:
        ...     for seeded in seed_solutions(problems, model, dialect=dialect, sandbox=sandbox, grader=grader):
        ...         print(seeded.problem.id, seeded.reason or "kept")
    """
    check_training(problems)
    check_samples(samples, options, concurrency, least=1)
    if keep < 1:
        raise ValueError(f"keep is {keep}: at least one solution of a problem stays")
    for problem in problems:
        if not problem.answer.strip():
            raise ValueError(f"{problem.id} states no answer, so that no solution can be judged; leave it out")

    def seeded() -> Generator[Seeded, None, None]:
        groups = sampled(
            problems,
            model,
            dialect=dialect,
            sandbox=sandbox,
            samples=samples,
            options=options,
            concurrency=concurrency,
        )
        for problem, group in groups:
            reasons = _reasons(problem, group, grader, keep)
            for sample, reason in zip(group, reasons, strict=True):
                yield Seeded(problem, sample.solution, sample.origin, reason)

    return seeded()


def check_samples(samples: int, options: Options, concurrency: int, *, least: int) -> None:
    """Nothing, where so many samples make sense.

    Raises:
        ValueError: there are fewer than `least`, or several at temperature 0, or `concurrency` is below 1; the
            message is one line.
    """
    if concurrency < 1:
        raise ValueError(f"concurrency is {concurrency}: it must be 1 or more")
    if samples < least:
        raise ValueError(f"samples is {samples}: it must be {least} or more")
    if samples > 1 and options.temperature <= 0:
        raise ValueError(
            f"{samples} samples at temperature 0 are {samples} times the same; set a temperature above 0"
        )


def _reasons(problem: Problem, samples: Sequence[Drawn], grader: Grader, keep: int) -> list[str]:
    reasons = [sample.fault or _wrong(problem, sample, grader) for sample in samples]
    right = [place for place, reason in enumerate(reasons) if not reason]
    chosen = {right[index] for index in diverse([samples[place].solution for place in right], keep)}
    for place in right:
        if place not in chosen:
            reasons[place] = "not diverse"
    return reasons


def _wrong(problem: Problem, sample: Drawn, grader: Grader) -> str:
    grade = grader.grade(sample.answer, problem.answer, problem.options)
    if grade.correct is None:
        return f"not graded: {grade.rule}"
    return "" if grade.correct else "wrong answer"
