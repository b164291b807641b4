"""Code-based self-verification: the model checks its own answer with code (arXiv 2308.07921).

The model is asked, in the dialect it solves in, to test an answer by other means than those it was found by;
what it says in the end, true, false or uncertain, weighs the answer's vote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from mathcoder.grading import Vote, extract_answer, majority_vote
from mathcoder.models.base import Model
from mathcoder.sandbox import Sandbox
from mathcoder.solution import Solution
from mathcoder.solving.dialects import Dialect
from mathcoder.solving.loop import Options, Solved, asolve

__all__ = ["WEIGHTS", "Check", "Verdict", "averify", "question", "question_after", "verified_vote"]

Verdict = Literal["true", "false", "uncertain"]

WEIGHTS: Mapping[Verdict, float] = {"true": 1.0, "uncertain": 0.5, "false": 0.2}
"""What a vote counts after verification: the order is the paper's, the numbers are ours."""


@dataclass(frozen=True, slots=True)
class Check:
    """A verification: how it was done and what it came to. "uncertain" too where it came to nothing."""

    verdict: Verdict
    solution: Solution

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values; `from_json` gives back an equal check."""
        return {"verdict": self.verdict, "solution": self.solution.to_json()}

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Check:
        if row["verdict"] not in get_args(Verdict):
            raise ValueError(f"verdict must be one of {', '.join(get_args(Verdict))}, not {row['verdict']!r}")
        return cls(row["verdict"], Solution.from_json(row["solution"]))


def question(problem: str, answer: str) -> str:
    """What the model is asked in order to verify an answer."""
    return (
        f"A problem, and an answer that somebody gave to it. Is the answer right?\n\n"
        f"Problem: {problem}\n\nAnswer: {answer}\n\n"
        "Check it with Python code, in another way than by solving the problem once more: put the answer back "
        "into the conditions, or count by brute force. End with \\boxed{True} if the code shows that it is right, "
        "\\boxed{False} if the code shows that it is wrong, and \\boxed{Uncertain} otherwise."
    )


def question_after(problem: str, wrong: str) -> str:
    """The problem, asked once more after its answer was found to be wrong."""
    return f"{problem}\n\n(An earlier answer, {wrong}, was checked with code and found to be wrong.)"


async def averify(
    problem: str, answer: str, model: Model, dialect: Dialect, sandbox: Sandbox, options: Options
) -> Check:
    """Let a model verify an answer with code. A check that ran no code is "uncertain".

    Raises:
        SandboxError: the sandbox failed.
    """
    asked = question(problem, answer)
    async with aclosing(asolve(asked, model, dialect=dialect, sandbox=sandbox, options=options)) as events:
        async for event in events:
            if isinstance(event, Solved):
                return Check(_verdict(event.solution), event.solution)
    raise AssertionError("the last event of a solution is Solved")


def _verdict(solution: Solution) -> Verdict:
    ran = any(block.type == "execution" for block in solution.blocks)
    said = (extract_answer(solution) or "").strip().rstrip(".").lower()
    return cast("Verdict", said) if ran and said in ("true", "false") else "uncertain"


def verified_vote(
    answers: Sequence[str | None], checks: Sequence[Check | None], weights: Mapping[Verdict, float] = WEIGHTS
) -> Vote:
    """Verification-guided weighted majority voting: each answer counts as its own check turned out."""
    weighed = [weights[check.verdict if check else "uncertain"] for check in checks]
    return majority_vote(answers, weights=weighed)
