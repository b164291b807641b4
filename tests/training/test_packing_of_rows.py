"""Packing: every token in one row, no row too long, little padding, and the same for the same seed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.training.packing import (
    Packing,
    Pieces,
    best_fit,
    cut,
    next_fit,
    padding_share,
    permutation,
)


def pieces(*lengths: int) -> Pieces:
    zeros = np.zeros(len(lengths), dtype=np.int64)
    return Pieces(zeros, np.arange(len(lengths)), zeros, np.array(lengths, dtype=np.int64))


def rows(packing: Packing) -> list[list[tuple[int, int, int]]]:
    """Document, start and stop of the pieces of each row."""
    parts = list(
        zip(packing.document.tolist(), packing.start.tolist(), packing.stop.tolist(), strict=True),
    )
    return [parts[first:end] for first, end in pairwise(packing.offsets.tolist())]


def sizes(packing: Packing) -> list[list[int]]:
    return [[stop - start for _, start, stop in row] for row in rows(packing)]


lengths_of_documents = st.lists(st.integers(1, 70), max_size=60)


@given(lengths_of_documents, st.integers(1, 32), st.integers(0, 3), st.sampled_from([1, 3, 16, 1 << 14]))
def test_every_token_is_in_one_row(lengths: list[int], context: int, seed: int, window: int):
    for packing in (
        best_fit(pieces(*lengths), context, seed=seed, window=window),
        next_fit(pieces(*lengths), context),
    ):
        made = rows(packing)
        assert sorted((name, at) for row in made for name, start, stop in row for at in range(start, stop)) == [
            (name, at) for name, length in enumerate(lengths) for at in range(length)
        ]
        assert all(row and row == sorted(row) for row in made)
        totals = [sum(row) for row in sizes(packing)]
        assert all(total <= context for total in totals)
        assert packing.lengths.tolist() == totals
        assert (len(packing), packing.tokens) == (len(made), sum(lengths))
        # A document has as few pieces as it can.
        assert len(packing.stop) == sum(-(-length // context) for length in lengths)


@given(lengths_of_documents, st.integers(1, 32), st.sampled_from([0, 0.01, 0.2]), st.sampled_from([7, 1 << 14]))
def test_texts_are_cut_only_where_padding_would_be_too_much(
    lengths: list[int], context: int, most: float, window: int
):
    whole = best_fit(pieces(*lengths), context, seed=0, window=window)
    packing = best_fit(pieces(*lengths), context, seed=0, window=window, most_padding=most)
    made = rows(packing)
    assert sorted((name, at) for row in made for name, start, stop in row for at in range(start, stop)) == [
        (name, at) for name, length in enumerate(lengths) for at in range(length)
    ]
    assert all(row and row == sorted(row) and all(start < stop for _, start, stop in row) for row in made)
    assert max(packing.lengths, default=0) <= context
    if window > len(whole.stop):
        assert len(packing) <= max(-(-sum(lengths) // context), sum(lengths) / (context * (1 - most)))
        if padding_share(whole, context) <= most:
            assert made == rows(whole)


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (None, [[6], [6, 4], [7], [7], [8]]),
        (0.3, [[6], [6, 4], [7], [7], [8]]),
        (0.05, [[3, 7], [3, 7], [6, 4], [8]]),  # 38 tokens; the 6 goes where there is most room
    ],
)
def test_the_emptiest_row_fills_the_others(most: float | None, expected: list[list[int]]):
    packing = best_fit(pieces(6, 7, 7, 6, 4, 8), 10, seed=0, most_padding=most)
    assert sorted(sizes(packing)) == expected


@given(lengths_of_documents, st.integers(1, 32), st.integers(0, 3))
def test_best_fit_leaves_no_two_rows_that_fit_into_one(lengths: list[int], context: int, seed: int):
    packing = best_fit(pieces(*lengths), context, seed=seed)
    shortest = sorted(packing.lengths.tolist())[:2]
    assert len(shortest) < 2 or sum(shortest) > context
    again = best_fit(pieces(*lengths), context, seed=seed)
    assert rows(again) == rows(packing)


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ((6, 5, 4, 5), [[5, 5], [6, 4]]),
        ((3, 7, 8, 2), [[3, 7], [8, 2]]),
        ((5, 2, 3, 6, 4), [[5, 2, 3], [6, 4]]),
        ((7, 6, 3), [[6], [7, 3]]),  # 3 goes into the fullest row that has room for it
        ((23,), [[3], [10], [10]]),
        ((), []),
    ],
)
def test_best_fit(lengths: tuple[int, ...], expected: list[list[int]]):
    assert sorted(sizes(best_fit(pieces(*lengths), 10, seed=0))) == expected


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ((6, 5, 4, 5), [[6], [5, 4], [5]]),
        ((5, 5, 1), [[5, 5], [1]]),
        ((4, 23, 7), [[4], [10], [10], [3, 7]]),
        ((), []),
    ],
)
def test_next_fit(lengths: tuple[int, ...], expected: list[list[int]]):
    assert sizes(next_fit(pieces(*lengths), 10)) == expected


def test_a_piece_that_starts_later_is_cut_there():
    one = Pieces(*(np.array([value]) for value in (2, 7, 5, 30)))
    made = cut(one, 10)
    assert [made.source.tolist(), made.document.tolist()] == [[2] * 3, [7] * 3]
    assert list(zip(made.start.tolist(), made.stop.tolist(), strict=True)) == [(5, 15), (15, 25), (25, 30)]


def test_rows_are_shuffled_within_their_window_only():
    documents = pieces(*[7] * 300)
    packing = best_fit(documents, 10, seed=1, window=100)
    order = packing.document.tolist()
    assert [sorted(order[at : at + 100]) for at in (0, 100, 200)] == [
        list(range(at, at + 100)) for at in (0, 100, 200)
    ]
    assert order[:100] != sorted(order[:100])
    assert order != best_fit(documents, 10, seed=2, window=100).document.tolist()


def test_padding_share():
    assert padding_share(next_fit(pieces(6, 5, 4, 5), 10), 10) == pytest.approx(1 / 3)
    assert padding_share(next_fit(pieces(), 10), 10) == 0


def test_little_padding_on_lengths_as_texts_have_them():
    lengths = np.maximum(1, np.random.default_rng(5).lognormal(6, 1.2, 20_000)).astype(int).tolist()
    for context in (1024, 2048, 8192):
        assert padding_share(best_fit(pieces(*lengths), context, seed=0), context) < 0.01
        assert padding_share(next_fit(pieces(*lengths), context), context) > 0.05


def test_an_order_is_the_same_everywhere():
    """Written down once: an order that changed would change every run that goes on after an update."""
    assert permutation(10, "documents", 0, "books", 0).tolist() == PERMUTATION
    assert sorted(permutation(1000, "a").tolist()) == list(range(1000))
    assert permutation(1000, "a").tolist() != permutation(1000, "b").tolist()


PERMUTATION = [3, 2, 7, 5, 9, 0, 4, 8, 1, 6]
