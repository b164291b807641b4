"""Voting by equivalence, and pass@k."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.grading import Vote, majority_vote, pass_at_k


@pytest.mark.parametrize(
    ("answers", "vote"),
    [
        (["0.5", r"\frac{1}{2}", "3", "1/2"], Vote("0.5", 0.75, ((0, 1, 3), (2,)))),
        (["1", "2", "2", "1"], Vote("1", 0.5, ((0, 3), (1, 2)))),
        (["2", "1", "1"], Vote("1", 2 / 3, ((1, 2), (0,)))),
        ([None, "7", None], Vote("7", 1 / 3, ((1,),))),
        ([None, None], Vote(None, 0.0, ())),
        ([], Vote(None, 0.0, ())),
        (["1,-2", "x=-2 or x=1", "(1,-2)"], Vote("1,-2", 1.0, ((0, 1, 2),))),
    ],
)
def test_majority(answers: list[str | None], vote: Vote):
    assert majority_vote(answers) == vote


def test_another_equivalence():
    assert majority_vote(["a", "B", "A"], lambda a, b: a.lower() == b.lower()).classes == ((0, 2), (1,))


@given(st.lists(st.sampled_from(["1", "1.0", "2", "4/2", None]), max_size=12))
def test_every_vote_is_counted_once(answers: list[str | None]):
    vote = majority_vote(answers)
    assert sorted(itertools.chain(*vote.classes)) == [n for n, answer in enumerate(answers) if answer is not None]
    assert [len(members) for members in vote.classes] == sorted(map(len, vote.classes), reverse=True)


@pytest.mark.parametrize(
    ("samples", "correct", "k", "chance"),
    [(1, 1, 1, 1.0), (1, 0, 1, 0.0), (4, 2, 1, 0.5), (4, 2, 2, 5 / 6), (4, 2, 3, 1.0), (200, 100, 1, 0.5)],
)
def test_pass_at_k(samples: int, correct: int, k: int, chance: float):
    assert pass_at_k(samples, correct, k) == pytest.approx(chance)


def test_pass_at_k_is_unbiased():
    """The mean over all ways to draw k of n is the share of draws that hold a right one."""
    right = [True, False, False, True, False, False]
    draws = list(itertools.combinations(right, 3))
    assert pass_at_k(6, 2, 3) == pytest.approx(sum(map(any, draws)) / len(draws))
    chooser = random.Random(0)
    worlds = [sum(chooser.random() < 0.3 for _ in range(10)) for _ in range(20_000)]
    mean = sum(pass_at_k(10, correct, 4) for correct in worlds) / len(worlds)
    assert mean == pytest.approx(1 - 0.7**4, abs=0.01)


@pytest.mark.parametrize(("samples", "correct", "k"), [(4, 5, 1), (4, -1, 1), (4, 2, 0), (4, 2, 5)])
def test_numbers_that_do_not_fit(samples: int, correct: int, k: int):
    with pytest.raises(ValueError, match="needs 1 <= k <= samples >= correct >= 0"):
        pass_at_k(samples, correct, k)


@pytest.mark.parametrize(
    ("answers", "weights", "vote"),
    [
        (["1", "1", "2"], [0.2, 0.2, 1.0], Vote("2", 1 / 1.4, ((2,), (0, 1)))),
        (["1", None], [0.5, 0.5], Vote("1", 0.5, ((0,),))),
        (["1", "2"], [0.0, 0.0], Vote("1", 0.0, ((0,), (1,)))),
    ],
)
def test_weighted(answers: list[str | None], weights: list[float], vote: Vote):
    found = majority_vote(answers, weights=weights)
    assert (found.answer, found.classes) == (vote.answer, vote.classes)
    assert found.share == pytest.approx(vote.share)


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0]])
def test_weights_that_do_not_fit(weights: list[float]):
    with pytest.raises(ValueError, match="2 answers need as many weights of 0 or more"):
        majority_vote(["1", "2"], weights=weights)
