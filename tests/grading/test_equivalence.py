"""What counts as the same answer: the strict rule as a table. Every bug that was found is a row of it."""

from __future__ import annotations

import pytest

from mathcoder.grading import is_equivalent

SAME = [
    ("a**3 + 3*a**2*b", "a^3+3a^2b", "expression"),
    ("x*y**2", "xy^2", "expression"),
    ("factorial(n)", "n!", "expression"),
    ("binomial(n, k)", r"\frac{n!}{k!(n-k)!}", "expression"),
    ("sin(x)**2/2 + C", r"-\frac12\cos^2 x + C", "expression"),
    ("C + log(x)", r"\ln|x| + C", "expression"),
    # answer, reference, what decides
    ("18", "18", "same text"),
    (" 18 ", "$18$", "same text"),
    ("18.0", "18", "number"),
    ("18.", "18", "same text"),
    ("016", "16", "number"),
    ("45", "045", "number"),
    ("1,234", "1234", "number"),
    (r"1{,}234", "1,234", "number"),
    (r"29,\!322,\!216", "29322216", "number"),
    ("-0.5", r"-\frac{1}{2}", "expression"),
    (r"\frac12", "1/2", "expression"),
    (r"\dfrac{9}{7}", r"\tfrac97", "expression"),
    (r"\frac 59", "5/9", "expression"),
    (r"1\frac{4}{5}", "9/5", "expression"),
    ("2 1/2", "2.5", "expression"),
    ("½", "0.5", "expression"),
    ("١٢", "12", "same text"),
    ("１２", "12", "same text"),
    (r"0.\overline{3}", r"\frac{1}{3}", "expression"),
    # Decimals of exact values: four right digits, rounded or cut off
    ("0.3333", r"\frac{1}{3}", "decimal"),
    ("0.6667", "2/3", "decimal"),
    ("0.6666", "2/3", "decimal"),
    ("7.211", r"2\sqrt{13}", "decimal"),
    ("22.91", r"5\sqrt{21}", "decimal"),
    ("-1.732", r"-\sqrt 3", "decimal"),
    # Decimal references: at their own precision
    ("1/3", "0.33", "decimal"),
    ("0.3349", "0.33", "decimal"),
    (r"\frac{\pi}{3}", "1.0472", "decimal"),
    (r"\frac{1750}{3}", "583.3333", "decimal"),
    ("14053029.666666667", "14053029.666666666", "decimal"),
    # Noise of floating-point numbers
    ("59.99999999999999", "60", "decimal"),
    ("0.30000000000000004", "0.3", "decimal"),
    ("1.2e-16", "0", "decimal"),
    # Powers of ten
    ("8.7e8", r"8.7 \times 10^8", "number"),
    ("0.0025", r"2.5\times 10^{-3}", "number"),
    # Percent, money, units
    ("50", r"50\%", "percent"),
    ("0.5", r"50\%", "percent"),
    (r"33\frac{1}{3}\%", "1/3", "percent"),
    (r"\$18.00", "18", "number"),
    ("$18", "18 dollars", "number"),
    ("45 cents", r"\$0.45", "number"),
    ("Rs. 500", "500", "number"),
    ("16 (oranges)", "16", "number"),
    ("5 cm", "5", "number"),
    (r"5\text{ cm}", "0.05 m", "number"),
    ("21900 (g)", "21.9 (kilograms of sand)", "number"),
    (r"144{m}^3", r"144\mbox{m}^3", "number"),
    ("12 m/s", r"12\,\mathrm{m}/\mathrm{s}", "number"),
    ("5 hours and 30 minutes", "5.5 hours", "number"),
    ("90", r"90^\circ", "number"),
    (r"\pi", r"180^\circ", "unit"),
    # Names
    ("x = 5", "5", "number"),
    ("5", "x=5", "number"),
    ("y=2x+1", "2x+1", "expression"),
    (r"f(x)=\frac{1}{x}", "1/x", "expression"),
    (r"\sin x=\frac34", "3/4", "equation"),
    ("a=b=-2", "-2,-2", "set"),
    # Expressions
    (r"11\sqrt2", r"11\sqrt{2}", "expression"),
    ("(x-1)(x+1)", "x^2-1", "expression"),
    ("3-13x", "-13x+3", "expression"),
    ("ab+5b+2a+10", "(a+5)(b+2)", "expression"),
    (r"\sqrt{1/n}", r"\frac{1}{\sqrt n}", "expression"),
    (r"\frac{\sin x}{\cos x}", r"\tan x", "expression"),
    (r"\frac{8i}{6-7i}", r"\frac{48 i-56}{85}", "expression"),
    (r"e^{i\pi}", "-1", "expression"),
    (r"\sqrt{5-\sqrt{21}}+\sqrt{\sqrt{21}+5}", r"\sqrt{14}", "expression"),
    (r"\log_2 8", "3", "expression"),
    (r"2\ln 3", "log(9)", "expression"),
    ("12!", "479001600", "expression"),
    (r"\binom{5}{2}", "10", "expression"),
    ("27^{2/3}", "9", "expression"),
    ("-20*x", "-20x", "expression"),
    ("Fraction(243, 8)", r"\frac{243}{8}", "expression"),
    ("-11 + 27*I", "-11+27i", "expression"),
    ("x**2 - 9", "x^2-9", "expression"),
    # Equations
    ("2x+4y=6", "x+2y=3", "equation"),
    ("y=5x+2", "5x-y+2=0", "equation"),
    (r"y=\frac{1}{2}x", "x=2y", "equation"),
    # Lists, sets, tuples
    ("-2,1", "1,-2", "set"),
    ("1 and -2", r"\{-2, 1\}", "set"),
    ("x=1 or x=-2", "1,-2", "set"),
    (r"1\pm\sqrt{19}", r"1+\sqrt{19},1-\sqrt{19}", "set"),
    ("5;10", "$5$;$10$", "list"),
    ("(1.0,4.5)", r"(1,\frac{9}{2})", "interval"),
    (r"\left( 3, \frac{\pi}{2} \right)", r"(3,\pi/2)", "interval"),
    ("x=1, y=2", "(1,2)", "interval"),
    ("[73]", "73", "number"),
    ("[2,1]", "(2,1)", "interval"),
    (r"(-1,-9),(4 \pm 2 \sqrt{2}, 8)", r"(-1,-9),(4+2\sqrt{2},8),(4-2\sqrt{2},8)", "set"),
    # Intervals
    (r"x<3", r"(-\infty,3)", "interval"),
    (r"-2\le x<2", "[-2,2)", "interval"),
    (r"x \in [1,2]", "[1,2]", "list"),
    ("x<1 or x>2", r"(-\infty,1)\cup(2,\infty)", "interval"),
    (r"[3,5)\cup[5,7]", "[3,7]", "interval"),
    (r"\{x | x > 3\}", r"(3,\infty)", "interval"),
    ("all real numbers", r"\mathbb{R}", "interval"),
    ("no solution", r"\emptyset", "set"),
    # Matrices
    (r"\begin{pmatrix}0&1\1&0\end{pmatrix}", r"\begin{bmatrix} 0 & 1 \\ 1 & 0 \end{bmatrix}", "matrix"),
    (r"\frac{1}{6}\begin{pmatrix}2\\-1\end{pmatrix}", r"\begin{pmatrix}1/3\\-1/6\end{pmatrix}", "matrix"),
    (r"\begin{pmatrix}1\\2\end{pmatrix}", "(1,2)", "matrix"),
    # Bases, ratios, dates, times
    ("2516_{8}", "2516_8", "base"),
    ("2516", "2516_8", "base"),
    ("3:1", "6:2", "ratio"),
    ("3/1", "3:1", "ratio"),
    ("3:30 PM", "3:30 p.m.", "text"),
    ("December 25, 2020", "25 December 2020", "text"),
    # Words
    ("even", r"\text{even}", "text"),
    ("The Spanish Club.", "Spanish club", "text"),
    ("Yes", "yes.", "text"),
    # What only Math-Verify can
    (r"\int_0^1 x\,dx", "0.5", "math-verify"),
    (r"\sum_{n=1}^{10} n", "55", "math-verify"),
]

OTHER = [
    ("x^2 + C", "x^3 + C"),
    ("a + b + C + 1", "a + b + C"),
    ("(xy)^2", "xy^2"),
    ("factorial(n)", "n + 1"),
    # answer, reference
    ("17", "18"),
    ("-18", "18"),
    ("18", "81"),
    ("0.333", r"\frac{1}{3}"),
    ("0.3334", r"\frac{1}{3}"),
    ("7.21", r"2\sqrt{13}"),
    ("3333", "10000/3"),
    ("18.0001", "18"),
    ("0.34", "0.33"),
    ("583.33", "583.3333"),
    ("-0.33", "0.33"),
    ("0.0018", "0.0"),
    ("0.5%", "0.5"),
    ("10 euros", "$10"),
    ("5 cm", "5 m"),
    ("5 cm", "5 kg"),
    (r"3\text{ cm}", r"3\text{ boxes}"),
    ("16 apples", "16 (oranges)"),
    ("x=5", "y=5"),
    ("k<-1", "m<-1"),
    ("1/432", "1/108"),
    ("1/2004!", "1/2006!"),
    ("x+y=2", "x+y=3"),
    ("x+y=0", "x-y=0"),
    ("2x", "2y"),
    ("5x", "5"),
    (r"\sqrt{x^2}", "x"),
    ("(x+1)^2", "x^2+1"),
    (r"e^{-100}", "0"),
    ("(1,2)", "[1,2]"),
    ("(1,2)", "(2,1)"),
    ("10;5", "5;10"),
    ("1", "1,-2"),
    ("12,6", "12"),
    ("1,2,3", "1,2"),
    ("(-2,2]", "-2<x<2"),
    ("x>3", "x<3"),
    ("3", "3:1"),
    ("1:3", "3:1"),
    ("1111_2", "15"),
    ("2516_8", "2516_7"),
    ("3:30 AM", "3:30 PM"),
    ("True", "yes"),
    ("28, 28_9", "28_9"),
    ("xyz", "x"),
    ("", "5"),
    ("0", "5x-7y+11z+4=0"),
    ("The Aardvarks win.", "The Bees don't win."),
    ("is less than mg always", "is greater than mg always"),
    (r"\int_0^1 x\,dx", "0.6"),
    ("Traceback (most recent call last): NameError: name 'x' is not defined", "5"),
]


@pytest.mark.parametrize(("answer", "reference", "rule"), SAME)
def test_same(answer: str, reference: str, rule: str):
    grade = is_equivalent(answer, reference)
    assert (grade.correct, grade.rule) == (True, rule)


@pytest.mark.parametrize(("answer", "reference"), OTHER)
def test_other(answer: str, reference: str):
    assert is_equivalent(answer, reference).correct is False


# A decimal may stand for an exact value, and an exact value for a decimal reference: two rules, not one.
ONE_WAY = frozenset(("decimal", "percent"))


@pytest.mark.parametrize(("answer", "reference"), [row[:2] for row in SAME if row[2] not in ONE_WAY])
def test_equal_both_ways(answer: str, reference: str):
    assert is_equivalent(reference, answer).correct is True


@pytest.mark.parametrize(("answer", "reference"), [(a, b) for a, b in OTHER if a and "." not in a + b])
def test_unequal_both_ways(answer: str, reference: str):
    assert is_equivalent(reference, answer).correct is not True


OPTIONS = ("$61", "$65", "$67.40", "$70", "$78.20")
CHOICES = [
    ("E", "E", True),
    ("(E)", "E", True),
    ("e)", "E", True),
    (r"\text{(E)}", "E", True),
    ("E. 78.20", "E", True),
    ("E) $78.20", "E", True),
    ("78.2", "E", True),
    ("$78.20", "E", True),
    ("option E", "E", True),
    ("D", "E", False),
    ("70", "E", False),
    ("78.3", "E", False),
    ("D. 78.20", "E", False),
    ("nothing of these", "E", False),
]


@pytest.mark.parametrize(("answer", "reference", "right"), CHOICES)
def test_multiple_choice(answer: str, reference: str, right: bool):
    assert is_equivalent(answer, reference, options=OPTIONS).correct is right


@pytest.mark.parametrize(
    ("answer", "reference", "right"),
    [("A, C and D", "ACD", True), ("DCA", "ACD", True), ("AC", "ACD", False), ("B", "C. 1-i", False)],
)
def test_letters_without_options(answer: str, reference: str, right: bool):
    assert is_equivalent(answer, reference).correct is right


@pytest.mark.parametrize(
    ("answer", "reference", "grade"),
    [
        (None, "5", (False, "no answer")),
        ("  ", "5", (False, "no answer")),
        ("5", "", (None, "no reference")),
        ("5", None, (None, "no reference")),
        ("5", "x" * 20_000, (None, "too long")),
        ("x" * 20_000, "5", (False, "too long")),
        ("x" * 20_000, "x" * 20_000, (True, "same text")),
        (r"\oint_C z \star", r"\oint_D z \star", (None, "unreadable")),
        (r"9^{9^{9^{9}}}", "5", (None, "time limit")),
    ],
)
def test_what_cannot_be_graded_is_not_wrong(answer: str | None, reference: str | None, grade: tuple[bool, str]):
    assert tuple(getattr(is_equivalent(answer, reference), name) for name in ("correct", "rule")) == grade
