"""What the converters of annotated sets give: a problem with its solution, or with why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mathcoder.problems import Problem
from mathcoder.sandbox import Execution, Sandbox
from mathcoder.solution import Block, Solution

__all__ = ["Derived", "Rejected", "batches", "one_block", "ran"]


@dataclass(frozen=True, slots=True)
class Derived:
    """A problem with the solution that was made of its annotated one."""

    problem: Problem
    solution: Solution


@dataclass(frozen=True, slots=True)
class Rejected:
    """A problem that gave no solution, and why: a few words, the same for all problems of that kind."""

    problem: Problem
    reason: str


def batches(problems: Iterable[Problem], size: int, only: str | None = None) -> Iterator[list[Problem]]:
    """The problems in lists of `size`.

    Args:
        only: the split that may become solutions; None for any but `test`.

    Raises:
        ValueError: a problem is of another split; the message is one line.
    """
    source = iter(problems)
    while some := list(islice(source, size)):
        for problem in some:
            if problem.split == "test" or problem.split != (only or problem.split):
                raise ValueError(
                    f"{problem.id}: rows of the split {problem.split} are for measuring; leave them out"
                )
        yield some


def ran(codes: Sequence[str | None], sandbox: Sandbox) -> list[Execution | None]:
    """The executions of programs, run together; None where there is none."""
    executions = sandbox.map([code for code in codes if code is not None])
    return [None if code is None else next(executions) for code in codes]


def one_block(problem: Problem, plan: str, code: str, output: str, told: str = "") -> Derived:
    """A problem whose solution is one block of code between a plan and the answer, before which `told` is said."""
    blocks = (
        Block("text", plan),
        Block("code", code),
        Block("execution", output),
        Block("text", f"{told} The answer is \\boxed{{{problem.answer}}}.".strip()),
    )
    return Derived(problem, Solution(blocks, problem.answer, "answer"))
