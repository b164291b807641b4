"""AsciiMath as LaTeX: the examples of its documentation, and what people type."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from mathcoder.extraction import asciimath_to_latex

CASES = [
    ("sum_(i=1)^n i^3=((n(n+1))/2)^2", r"\sum_{i = 1}^{n} i^{3} = \left( \frac{n(n + 1)}{2} \right)^{2}"),
    ("x/y", r"\frac{x}{y}"),
    ("(a+b)/(c+d)", r"\frac{a + b}{c + d}"),
    ("sqrt(x)/2", r"\frac{\sqrt{x}}{2}"),
    ("root(3)(x)", r"\sqrt[3]{x}"),
    ("int_0^1 f(x)dx", r"\int_{0}^{1} f(x) d x"),
    ("lim_(x->oo) 1/x=0", r"\lim_{x \to \infty} \frac{1}{x} = 0"),
    ("[[a,b],[c,d]]", r"\begin{bmatrix} a & b \\ c & d \end{bmatrix}"),
    ("{(x, if x>0),(0, if x=0):}", r"\begin{cases} x & \text{ if } x > 0 \\ 0 & \text{ if } x = 0 \end{cases}"),
    ("abs(x/2)", r"\left| \frac{x}{2} \right|"),
    ('"speed" <= 3', r"\text{speed} \le 3"),
    ("alpha xx beta", r"\alpha \times \beta"),
    ("f'(x)", "f'(x)"),
    ("a_n^2", "a_{n}^{2}"),
    ("RR^n", r"\mathbb{R}^{n}"),
    ("2x", "2x"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_formulas(source: str, expected: str) -> None:
    assert asciimath_to_latex(source) == expected


@given(st.text(alphabet="()[]{}:,x12/^_|+-= sqrtfac\"'", max_size=60))
def test_nothing_typed_raises(source: str) -> None:
    assert isinstance(asciimath_to_latex(source), str)
