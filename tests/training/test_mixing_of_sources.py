"""Mixing: tokens of every source exactly, in proportion all the way, and in a new order each time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.training.mixing import budgets, mixed
from mathcoder.training.packing import Pieces

HAVE = {"web": 1000, "books": 300, "code": 200}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, HAVE),
        ({"epochs": 2.5}, {"web": 2500, "books": 750, "code": 500}),
        ({"tokens": 100}, {"web": 67, "books": 20, "code": 13}),
        ({"tokens": 3001}, {"web": 2001, "books": 600, "code": 400}),
        ({"weights": {"web": 1, "books": 1, "code": 1}}, {"web": 200, "books": 200, "code": 200}),
        ({"weights": {"web": 5, "books": 3, "code": 1}}, {"web": 500, "books": 300, "code": 100}),
        ({"weights": {"web": 5, "books": 3, "code": 1}, "epochs": 2}, {"web": 1000, "books": 600, "code": 200}),
        ({"weights": {"web": 1, "books": 1, "code": 1}, "tokens": 1000}, {"web": 334, "books": 333, "code": 333}),
        ({"weights": {"web": 0.1, "books": 0.7, "code": 0.2}, "tokens": 10}, {"web": 1, "books": 7, "code": 2}),
    ],
)
def test_budgets(asked: dict[str, Any], expected: dict[str, int]):
    assert budgets(HAVE, **asked) == expected


def test_a_source_without_tokens():
    assert budgets({"web": 10, "books": 0}) == {"web": 10, "books": 0}
    with pytest.raises(ValueError, match="source 'books' has no tokens to train on"):
        budgets({"web": 10, "books": 0}, weights={"web": 1, "books": 1})
    with pytest.raises(ValueError, match="source 'solutions' has no tokens to train on"):
        budgets({"solutions": 0})


def order(pieces: Pieces) -> list[tuple[int, int, int]]:
    assert not pieces.start.any()
    return list(zip(pieces.source.tolist(), pieces.document.tolist(), pieces.stop.tolist(), strict=True))


sources = st.lists(
    st.tuples(st.lists(st.integers(0, 50), min_size=1, max_size=40).filter(any), st.floats(0.01, 3)),
    min_size=1,
    max_size=6,
)


@given(sources, st.integers(0, 3))
def test_shares_hold_all_the_way(asked: list[tuple[list[int], float]], seed: int):
    lengths = {str(at): np.array(one, dtype=np.int64) for at, (one, _) in enumerate(asked)}
    budget = {str(at): max(1, round(share * sum(one))) for at, (one, share) in enumerate(asked)}
    pieces = mixed(lengths, budget, seed=seed)
    total, longest = sum(budget.values()), int(pieces.stop.max())
    had, done = [0] * len(asked), 0
    for source, _, stop in order(pieces):
        had[source] += stop
        done += stop
        for number, count in enumerate(had):
            assert abs(count - done * budget[str(number)] / total) <= longest
    assert had == list(budget.values())
    assert order(mixed(lengths, budget, seed=seed)) == order(pieces)


@given(sources, st.integers(0, 3))
def test_every_document_before_one_comes_again(asked: list[tuple[list[int], float]], seed: int):
    lengths = {str(at): np.array(one, dtype=np.int64) for at, (one, _) in enumerate(asked)}
    budget = {str(at): max(1, round(share * sum(one))) for at, (one, share) in enumerate(asked)}
    made = order(mixed(lengths, budget, seed=seed))
    for number, (one, _) in enumerate(asked):
        there = [(document, stop) for source, document, stop in made if source == number]
        usable = sum(bool(length) for length in one)
        for at in range(0, len(there), usable):
            documents = [document for document, _ in there[at : at + usable]]
            assert len(set(documents)) == len(documents)
        # Whole documents but for the last, and none that is empty.
        assert all(stop == one[document] > 0 for document, stop in there[:-1])
        assert 0 < there[-1][1] <= one[there[-1][0]]


def test_a_source_keeps_its_order_whatever_comes_beside_it():
    lengths = {"a": np.full(50, 7), "b": np.full(80, 3)}
    both = order(mixed(lengths, {"a": 700, "b": 240}, seed=4))
    alone = order(mixed({"a": lengths["a"]}, {"a": 350}, seed=4))
    assert [row for row in both if row[0] == 0][:50] == alone
    first, second = both_epochs(both)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second
    assert alone != order(mixed({"a": lengths["a"]}, {"a": 350}, seed=5))


def both_epochs(made: list[tuple[int, int, int]]) -> tuple[list[int], list[int]]:
    documents = [document for source, document, _ in made if source == 0]
    return documents[:50], documents[50:]
