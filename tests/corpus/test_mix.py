"""The mix: budgets by limit and weight, and documents that stay or go whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.corpus.mix import Sized, beyond, budgets

HAVE = {"web": 1000, "books": 300, "code": 200}


@pytest.mark.parametrize(
    ("most", "weights", "total", "expected"),
    [
        ({}, {}, None, HAVE),
        ({"web": 400}, {}, None, {"web": 400, "books": 300, "code": 200}),
        ({"web": 4000}, {}, None, HAVE),
        ({}, {"web": 1, "books": 1}, None, {"web": 300, "books": 300, "code": 200}),
        ({}, {"web": 5, "books": 1, "code": 2}, None, {"web": 500, "books": 100, "code": 200}),
        ({}, {"web": 2, "books": 1}, 500, {"web": 200, "books": 100, "code": 200}),
        ({}, {"web": 2, "books": 1}, 100, {"web": 0, "books": 0, "code": 100}),
        ({}, {}, 750, {"web": 500, "books": 150, "code": 100}),
    ],
)
def test_budgets(most, weights, total, expected):
    assert budgets(HAVE, most, weights, total) == expected


def test_a_source_that_gave_nothing_takes_nothing_from_the_others():
    assert budgets({"web": 100, "books": 0}, {}, {"web": 1, "books": 1}, None) == {"web": 100, "books": 0}


SIZES = st.lists(st.integers(1, 500), min_size=1, max_size=60)


@given(SIZES, st.integers(0, 20_000), st.integers(0, 20_000), st.integers(0, 5))
def test_a_larger_budget_is_never_passed_and_fills_up(sizes, one, other, seed):
    documents = [Sized(f"{number:03}", "web", size) for number, size in enumerate(sizes)]
    for budget in (one, other):
        out = beyond(documents, {"web": budget}, seed)
        used = sum(document.tokens for document in documents if document.document not in out)
        assert used <= budget
        assert all(used + document.tokens > budget for document in documents if document.document in out)
        assert beyond(reversed(documents), {"web": budget}, seed) == out


def test_sources_do_not_compete():
    documents = [Sized("a", "web", 10), Sized("b", "books", 10), Sized("c", "books", 10)]
    out = beyond(documents, {"web": 10, "books": 15}, 0)
    assert "a" not in out
    assert list(out.values()) == ["mix: beyond the 15 tokens of 'books'"]
