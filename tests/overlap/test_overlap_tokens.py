"""What is the same text and what is not, and where tokens stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.overlap import tokens
from mathcoder.overlap.tokens import gram_hashes, tokens_of

SAME = [
    (r"\frac{1}{2}", r"\dfrac12"),
    (r"\frac{1}{2}", r"\tfrac 1 2"),
    (r"\frac{1}{2}", r"\frac1{2}"),
    (r"\frac{1}{2}", "1/2"),
    (r"\frac{12}{5}", "12/5"),
    (r"\frac123", r"\frac{1}{2}3"),
    (r"\sqrt12", r"\sqrt{1}2"),
    (r"\left( x + 1 \right)^2", "(x+1)^{2}"),
    (r"$x_1 + x_{2}$", r"\(x1+x_2\)"),
    (r"2 \cdot 3", "2*3"),
    (r"2 \times 3", "2 × 3"),
    (r"a\,b\!c\quad d", "a b c d"),
    (r"1{,}000", "1,000"),
    (r"1,\!000", "1,000"),
    (r"\alpha + \varepsilon", "α + ε"),
    (r"\text{ if } n", "if n"),
    (r"\mathbf{v}", "v"),
    (r"\displaystyle x", "x"),
    ("x² − 1", "x^2 - 1"),
    ("１２ apples", "12 Apples"),
    ("𝐱 + 𝟏", "x + 1"),
    ("**Find** the _sum_.", "find the sum"),
    ("# you may not\n# use", "you may not use"),
    ("a well-known fact", "a well known fact"),
    ("one\n-----\ntwo", "one two"),
    ("\\[\nx = 3\n\\]", "$$x=3$$"),
    (r"\begin{align} x &= 3 \\ y &= 4 \end{align}", "align x = 3 y = 4 align"),
]
OTHER = [
    ("3 apples", "4 apples"),
    ("12", "1 2"),
    (r"\frac{12}{3}", r"\frac{1}{23}"),
    (r"\sqrt{12}", r"\sqrt12"),
    ("1,000", "1000"),
    ("3.14", "314"),
    ("x + 1", "x - 1"),
    ("x = 1", "x 1"),
    (r"\alpha", r"\beta"),
    ("turn left", "turn"),
    ("数学", "数字"),
    ("ab", "a b"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_ways_of_writing_are_the_same(one: str, other: str) -> None:
    assert tokens(one).hashes.tolist() == tokens(other).hashes.tolist()
    assert len(tokens(one).hashes)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_content_is_not_the_same(one: str, other: str) -> None:
    assert tokens(one).hashes.tolist() != tokens(other).hashes.tolist()


@pytest.mark.parametrize(
    "text", ["", " ", "$$", "\\", "{}", "***", "-----", "\x00", "😀", "\ud800", r"\left\right"]
)
def test_no_tokens(text: str) -> None:
    assert not len(tokens(text).hashes)


def test_spans_are_characters_of_the_text() -> None:
    text = "Größe 𝐱 ≈ \\frac12 数学 ½x"
    found = tokens(text)
    spans = [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]
    assert spans == ["Größe", "𝐱", "1", "2", "数", "学", "x"]


@given(st.lists(st.text(st.sampled_from("ab1 2\\frac{}$+-=.,\né数ß"), max_size=30), max_size=5))
def test_a_text_has_the_same_tokens_alone_and_among_others(texts: list[str]) -> None:
    together = tokens_of(texts)
    for index, text in enumerate(texts):
        alone, mine = tokens(text), together.text == index
        assert together.hashes[mine].tolist() == alone.hashes.tolist()
        assert together.starts[mine].tolist() == alone.starts.tolist()
        assert together.ends[mine].tolist() == alone.ends.tolist()


@given(st.lists(st.integers(0, 3), max_size=40), st.integers(1, 20))
def test_equal_runs_have_equal_hashes_and_no_others(values: list[int], n: int) -> None:
    hashes = gram_hashes(np.array(values, np.uint64), n)
    runs = [tuple(values[place : place + n]) for place in range(len(values) - n + 1)]
    assert len(hashes) == len(runs)
    assert len(set(hashes.tolist())) == len(set(runs))
    assert len(set(zip(hashes.tolist(), runs, strict=True))) == len(set(runs))


def test_a_huge_text_is_cut_between_words_and_forgets_nothing() -> None:
    words = [f"word{place} {place}" for place in range(200_000)]
    text = " ".join(words)
    found = tokens(text)
    assert len(found.hashes) == 3 * 200_000
    assert text[found.starts[-1] : found.ends[-1]] == "199999"
    assert np.all(np.diff(found.starts) > 0)
    middle = len(found.starts) // 2
    piece = text[found.starts[middle] : found.ends[middle + 99]]
    assert found.hashes[middle : middle + 100].tolist() == tokens(piece).hashes.tolist()


def test_a_huge_text_without_a_blank() -> None:
    found = tokens("a" * 1_000_000)
    assert int(found.starts[0]) == 0
    assert int(found.ends[-1]) == 1_000_000
