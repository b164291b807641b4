"""Which of two problems is harder, as a model judges: each pair is shown in both orders.

A model prefers what is shown first, or last. A verdict counts only where both orders give the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from mathcoder.instruct.asking import Reply, replies
from mathcoder.instruct.interpolate import Interpolated
from mathcoder.instruct.prompting import chat, without_thoughts
from mathcoder.models.base import Model, Request
from mathcoder.problems import Problem

__all__ = ["Between", "Judged", "between", "judge"]


@dataclass(frozen=True, slots=True)
class Judged:
    """How many pairs were judged how.

    Attributes:
        first: pairs whose first problem is the harder one, in both orders.
        second: pairs whose second problem is.
        undecided: pairs of which the two orders say different things.
        unread: pairs with a reply that says neither, or that the model failed on.
    """

    first: int = 0
    second: int = 0
    undecided: int = 0
    unread: int = 0

    @property
    def decided(self) -> int:
        return self.first + self.second

    @property
    def first_share(self) -> float | None:
        """Of the pairs that are decided, those whose first problem is the harder one; None where none is."""
        return self.first / self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class Between:
    """Where new problems lie. MathCoder reports 83.2% harder than the easy one, 95.6% easier than the hard one.

    Attributes:
        easy: pairs of a new problem and its easy parent.
        hard: pairs of a new problem's hard parent and it.
    """

    easy: Judged
    hard: Judged

    @property
    def harder_than_easy(self) -> float | None:
        return self.easy.first_share

    @property
    def easier_than_hard(self) -> float | None:
        return self.hard.first_share


def judge(
    pairs: Iterable[tuple[Problem, Problem]],
    model: Model,
    *,
    max_tokens: int = 512,
    temperature: float = 0.0,
    seed: int = 0,
    concurrency: int = 16,
) -> Judged:
    """Ask a model which problem of each pair is the harder one, twice for each pair.

    Args:
        pairs: taken as they are needed.
        model: who is asked, with chat messages; better another one than that which wrote the problems.
        max_tokens: most tokens of a reply.
        temperature: 0 is greedy.
        seed: of the sampler.
        concurrency: requests at a time.

    Raises:
        ValueError: `concurrency` is below 1.
        BudgetExceeded: some were not answered.
    """

    def requests() -> Iterator[Request]:
        for one, other in pairs:
            for first, second in ((one, other), (other, one)):
                messages = chat("judge", {"first": first.question, "second": second.question})
                yield Request(messages, max_tokens=max_tokens, temperature=temperature, seed=seed)

    counts = {"first": 0, "second": 0, "undecided": 0, "unread": 0}
    told = replies(requests(), model, concurrency)
    while both := list(islice(told, 2)):
        counts[_verdict(*map(_harder, both))] += 1
    return Judged(**counts)


def between(new: Iterable[Interpolated], model: Model, *, concurrency: int = 16) -> Between:
    """Judge kept new problems against their parents; others are passed over. Raises as `judge` does."""
    kept = [each for each in new if each.kept]
    easy = judge(((each.problem(), each.parents.easy) for each in kept), model, concurrency=concurrency)
    hard = judge(((each.parents.hard, each.problem()) for each in kept), model, concurrency=concurrency)
    return Between(easy, hard)


_SAID = re.compile(r"\bharder\b\W*(?:(?:problem|one|is|the)\W+)*((?-i:[AB]))\b", re.IGNORECASE)
_ALONE = re.compile(r"\W*(?:problem\W+)?([AB])\W*", re.IGNORECASE)


def _harder(reply: Reply) -> str | None:
    """The letter that a reply ends with; None where it says none."""
    text = without_thoughts(reply.text).strip()
    said = [found[1] for found in _SAID.finditer(text)]
    alone = _ALONE.fullmatch(text.rpartition("\n")[2])
    letter = said[-1] if said else alone[1].upper() if alone else None
    return None if reply.fault else letter


def _verdict(shown: str | None, turned: str | None) -> str:
    if shown is None or turned is None:
        return "unread"
    if shown == turned:
        return "undecided"
    return "first" if shown == "A" else "second"
