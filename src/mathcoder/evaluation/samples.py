"""The rows of a run as the samples of its problems: how many are right, and what most of them answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import TypeAlias, cast

from mathcoder.evaluation.rows import EvalRow
from mathcoder.evaluation.scores import Share
from mathcoder.grading import majority_vote
from mathcoder.solving.verify import WEIGHTS

__all__ = ["Problems", "accuracy", "by_problem", "share_right", "voted"]

Problems: TypeAlias = dict[str, dict[str, list[EvalRow]]]  # benchmark: problem: its samples


def by_problem(rows: Iterable[EvalRow]) -> Problems:
    """The rows by benchmark and problem, both in the order in which they come."""
    problems: Problems = {}
    for row in rows:
        problems.setdefault(row.benchmark, {}).setdefault(row.problem, []).append(row)
    return problems


def accuracy(problems: Iterable[Sequence[EvalRow]]) -> Share:
    """The mean over problems of the share of samples that are right; ungradable ones are not right."""
    shares = [share_right(samples) for samples in problems]
    return Share(sum(shares), len(shares))


def share_right(samples: Sequence[EvalRow]) -> float:
    """How many of a problem's samples are right, 0 to 1."""
    return fmean(row.correct is True for row in samples)


def voted(samples: Sequence[EvalRow]) -> EvalRow:
    """The row whose answer most samples agree on; the first row where none has an answer.

    A vote counts what its verification was worth, where there was one.
    """
    if len(samples) == 1:
        return samples[0]
    weights: Mapping[str, float] = cast("Mapping[str, float]", WEIGHTS)
    checked = any(row.check for row in samples)
    vote = majority_vote(
        [row.answer for row in samples],
        weights=[weights[row.check or "uncertain"] for row in samples] if checked else None,
    )
    return samples[vote.classes[0][0]] if vote.classes else samples[0]
