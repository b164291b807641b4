"""One spelling for an answer's text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.grading.clean import clean, plain_words

CASES = [
    ("$18$", "18"),
    (r"\(18\)", "18"),
    (r"\[ 18 \]", "18"),
    ("$$18$$.", "18"),
    ("$18", "$18"),
    (r"\$18.50", "$18.50"),
    ("$5$;$10$", "5 ; 10"),
    ("$1,200 and $300", "$1,200 and $300"),
    (r"1{,}234", "1234"),
    (r"1\,234", "1234"),
    (r"29,\!322", "29,322"),
    (r"\left( 3, \frac{\pi}{2} \right)", r"( 3, \frac{\pi}{2} )"),
    (r"\dfrac{1}{2}", r"\frac{1}{2}"),
    (r"\boxed{8} minutes", "8 minutes"),
    ("**18**", "18"),
    ("2**3", "2**3"),
    ("5!", "5!"),
    ("The answer is 18.", "18"),
    ("Solution is: $k=4$.", "k=4"),
    ("= 5", "5"),
    ("−5", "-5"),
    ("x²", "x^{2}"),
    ("x¹⁰", "x^{10}"),
    ("3×4", r"3\times 4"),
    ("50\\%", "50%"),
    ("30°", r"30^\circ"),
    ("1\u200b2", "12"),
    ("1\x002", "1 2"),
    ("５", "5"),
    (r"\mathbf{2 6 6}", "266"),
    ("Eq(q, 2)", "q = 2"),
    ("(1/2 <= x) & (x <= 4/3)", "1/2 <= x <= 4/3"),
    (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}"),
    ("", ""),
    ("...", "..."),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_clean(text: str, expected: str):
    assert clean(text) == expected


@pytest.mark.parametrize("text", [text for text, _ in CASES])
def test_what_is_clean_stays(text: str):
    assert clean(clean(text)) == clean(text)


@given(st.text(max_size=60))
def test_any_text_becomes_one_printable_line(text: str):
    assert all(char.isprintable() for char in clean(text))


@given(st.text(alphabet=r"\{}$()[],.;:0123456789abcxyz+-*/^_=<> %", max_size=40))
def test_any_formula_becomes_one_printable_line(text: str):
    assert "\n" not in clean(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Spanish Club.", ("spanish", "club")),
        (r"\text{even}", ("even",)),
        ("Mrs. Hilt", ("mrs", "hilt")),
        ("A cat, a dog", ("cat", "dog")),
        ("两条", ("两条",)),
        ("", ()),
    ],
)
def test_words(text: str, words: tuple[str, ...]):
    assert plain_words(text) == words
