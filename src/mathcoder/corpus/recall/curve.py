"""Precision and recall of scores, at the thresholds that reach each recall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Point", "curve_of", "measured", "threshold_at"]

_STEPS = 100


class Point(NamedTuple):
    """What a threshold does: a text is let through if its score is the threshold or more."""

    threshold: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def measured(scores: Sequence[float], truths: Sequence[bool], threshold: float) -> Point:
    """Precision and recall at a threshold; precision is 1 where nothing is let through.

    Raises:
        ValueError: nothing is related.
    """
    related = sum(truths)
    if not related:
        raise ValueError("no text is related: there is no recall")
    passed = [truth for score, truth in zip(scores, truths, strict=True) if score >= threshold]
    return Point(threshold, sum(passed) / len(passed) if passed else 1.0, sum(passed) / related)


def curve_of(scores: Sequence[float], truths: Sequence[bool]) -> tuple[Point, ...]:
    """For each hundredth of recall a threshold that reaches it, from high thresholds to low.

    It is half-way from the score that is needed to the next lower one, which a text that was not seen may have.

    Raises:
        ValueError: nothing is related.
    """
    related = sum(truths)
    if not related:
        raise ValueError("no text is related: there is no recall")
    ranked = sorted(zip(scores, truths, strict=True), reverse=True)
    points: list[Point] = []
    found = step = 0
    for place, (score, truth) in enumerate(ranked, start=1):
        found += truth
        below = ranked[place][0] if place < len(ranked) else 0.0
        if below == score and place < len(ranked):
            continue  # a threshold lets all of one score through
        if found * _STEPS // related > step:
            middle = (score + below) / 2
            points.append(Point(middle if middle > below else score, found / place, found / related))
            step = found * _STEPS // related
    return tuple(points)


def threshold_at(curve: Sequence[Point], recall: float) -> float:
    """The highest threshold of a curve that reaches a recall.

    Raises:
        ValueError: the recall is not above 0 and at most 1.
    """
    if not 0 < recall <= 1:
        raise ValueError(f"recall is {recall}: it must be above 0 and at most 1")
    return next(point.threshold for point in curve if point.recall >= recall - 1e-9)
