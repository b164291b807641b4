"""Voting between answers, and the chance that one of k samples is right."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Vote", "majority_vote", "pass_at_k"]


@dataclass(frozen=True, slots=True)
class Vote:
    """What a vote came to.

    Attributes:
        answer: the first of the largest class of equivalent answers; None where nobody answered.
        share: the weight of that class among all voters, those without an answer included; 0 to 1.
        classes: for each class, in order of its weight, the positions of its answers.
    """

    answer: str | None
    share: float
    classes: tuple[tuple[int, ...], ...]


def majority_vote(
    answers: Sequence[str | None],
    equivalent: Callable[[str, str], bool] | None = None,
    *,
    weights: Sequence[float] | None = None,
) -> Vote:
    """The answer that most agree on, where equivalent answers count together (maj@k).

    An answer joins the first class whose first answer it is equivalent to; of classes of the same size the one
    that was seen first wins, so that the result does not depend on anything but the answers and their order.
    Source: self-consistency, arXiv 2203.11171, with equivalence in the place of equal strings.

    Args:
        answers: one for each sample, None where a sample has no answer.
        equivalent: whether two answers are the same; default: `is_equivalent` by the strict rule.
        weights: what each vote counts, 0 or more; default: 1.

    Raises:
        ValueError: there are not as many weights as answers, or one is negative.
    """
    if weights is None:
        weights = [1.0] * len(answers)
    if len(weights) != len(answers) or min(weights, default=0.0) < 0:
        raise ValueError(f"{len(answers)} answers need as many weights of 0 or more, not {list(weights)}")
    if equivalent is None:
        from mathcoder.grading.grader import is_equivalent

        def equivalent_by_rule(answer: str, other: str) -> bool:
            # A decimal may meet an exact value, so that the question is not symmetric.
            return any(is_equivalent(*pair).correct for pair in ((answer, other), (other, answer)))

        equivalent = equivalent_by_rule
    classes: list[list[int]] = []
    for place, answer in enumerate(answers):
        if answer is None:
            continue
        for members in classes:
            first = answers[members[0]]
            if first == answer or (first is not None and equivalent(answer, first)):
                members.append(place)
                break
        else:
            classes.append([place])
    sizes = [sum(weights[place] for place in members) for members in classes]
    # The sort is stable: of classes that weigh the same the one that was seen first stays first.
    ordered = [members for _, members in sorted(zip(sizes, classes, strict=True), key=lambda item: -item[0])]
    if not ordered:
        return Vote(None, 0.0, ())
    share = max(sizes) / sum(weights) if sum(weights) else 0.0
    return Vote(answers[ordered[0][0]], share, tuple(map(tuple, ordered)))


def pass_at_k(samples: int, correct: int, k: int) -> float:
    """The unbiased estimate of the chance that at least one of `k` samples is right (arXiv 2107.03374).

    Args:
        samples: how many were drawn for the problem.
        correct: how many of them are right.
        k: at most `samples`.

    Raises:
        ValueError: the numbers do not fit together.
    """
    if not 0 <= correct <= samples or not 1 <= k <= samples:
        raise ValueError(
            f"pass@{k} of {samples} samples with {correct} right: needs 1 <= k <= samples >= correct >= 0"
        )
    return 1.0 - math.comb(samples - correct, k) / math.comb(samples, k)
