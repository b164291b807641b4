"""Broken and hostile texts: a reason for each formula, no exception, and no work without bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.translation import SymbolicTranslator, translate

N = 100_000

# A text, and the reason that is given for it; None where there is no formula in it.
TEXTS = {
    "nested braces in dollars": ("$" + "{" * N + "}" * N + " = 1$", "too long"),
    "nested braces": ("$$" + "{" * N + "x" + "}" * N + "=1$$", "too long"),
    "nested brackets": ("$$" + "(" * 1400 + "x" + ")" * 1400 + "=1$$", "unreadable: too deep"),
    "nested fractions": ("$$" + r"\frac{1}{" * 200 + "1" + "}" * 200 + "=1$$", "unreadable: too deep"),
    "a tower of powers": ("$$" + "9^{" * 40 + "9" + "}" * 40 + "=1$$", "unreadable: too deep"),
    "a formula of ten megabytes": ("$$" + "x+1" * 3_400_000 + "=2$$", "too long"),
    "the same in single dollars": ("$" + "x+1" * 3_400_000 + "=2$", "too long"),
    "environments that never end": (r"\begin{align}" * 20_000, "never closed"),
    "brackets that never end": (r"\[" * N + r"\(" * N, "never closed"),
    "dollars": ("$" * 200_001, None),
    "backslashes": ("\\" * 300_000, None),
    "text that never ends": ("$$" + r"\text{" * 300 + "=1$$", "unreadable: \\text"),
    "many tokens": ("$$" + "1+" * 5_000 + "1=2$$", "too long"),
    "a number of many digits": ("$$" + "1" * 19_000 + "+1 = 2$$", "unreadable: large number"),
    "prose of operators": ("12 * " * 50_000 + "= 3", None),
    "prose of equals signs": ("=" * 500_000, None),
    "annotations that never end": ("<<" * N + "=", None),
    "labels that never end": ("**A" * N, None),
    "many primes": ("$f" + "'" * 9_000 + "(x) = 1$", None),
    "unbalanced": (r"$\frac{1}{2 = \left( 3 \right. = ]$", "unreadable: } missing"),
    "a control character": ("$x\x00 + 1 = 2$", "unreadable: \x00"),
    "a large factorial": ("$99999999! = 1$", "unknown"),
    "a large power": ("$9^{9^{9^{9}}} = 1$", "unknown"),
    "functions that call one another": ("$g(x) = h(x)$ $h(x) = g(x)$ $g(3) = 4$", "unknown"),
    "a function that calls itself": ("$f(x) = f(x - 1)$ $f(3) = 1$", "unknown function"),
    "values that double": (
        "".join(f"$x_{{{i}}} = x_{{{i - 1}}} + x_{{{i - 1}}}$ " for i in range(1, 60)) + "$x_{59} = 5$",
        "a definition",
    ),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("text", "reason"), TEXTS.values(), ids=TEXTS)
def test_hostile(text: str, reason: str | None) -> None:
    translation = SymbolicTranslator().translate(text)
    assert translation.computations == ()
    reasons = [skipped.reason for skipped in translation.skipped]
    assert reason in reasons if reason else True


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", [r"$\sum_{i=1}^{1000000000000} i = 5$", r"$\prod_{i=1}^{2000} i^i = 5$"])
def test_large_work_is_left_to_the_sandbox(text: str) -> None:
    assert len(translate(text)) <= 1


PIECES = st.sampled_from(
    r"$ $$ \( \) \[ \] { } ( ) [ ] \frac \sqrt \int \sum \lim \left \right | _ ^ x y f d dx = \approx + - * / & "
    r"\\ \begin{align} \end{align} \begin{pmatrix} \end{pmatrix} 1 2.5 1,000 ' ! \% , . \text{a} \to \infty \sin "
    "\n \n\n **Exercise.** **Solution.** ## ``` is where 3 cm".split(" ")
)


@given(st.lists(PIECES, max_size=40).map(" ".join))
def test_any_sequence_of_pieces_is_read(text: str) -> None:
    translation = SymbolicTranslator().translate(text)
    for computation in translation.computations:
        start, end = computation.span
        assert 0 <= start <= end <= len(text)
        compile(computation.code, "step", "exec")
    for skipped in translation.skipped:
        assert skipped.reason


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    SymbolicTranslator().translate(f"${text}$ {text} = 5")
