"""What Python and SymPy print, held against results as texts state them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mathcoder.grading import Grader
from mathcoder.verification.printed import claimed, differ, readings


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader() as grader:
        yield grader


def agrees(grader: Grader, output: str, result: str) -> bool:
    return any(grader.grade(reading.text, claimed(result)).correct for reading in readings(output))


@pytest.mark.parametrize(
    ("output", "result"),
    [
        # Numbers.
        ("24", "24"),
        ("24.0", "24"),
        ("1e3", "1000"),
        ("1e-05", "0.00001"),
        ("1.23000000000000e+15", r"1.23 \times 10^{15}"),
        ("95,040", "95040"),
        ("0.875", r"\frac{7}{8}"),
        ("7/8", "0.875"),
        ("Fraction(7, 8)", r"\frac78"),
        ("Decimal('0.75')", "0.75"),
        ("np.float64(5.25)", "5.25"),
        ("3.3333333333333335", r"\frac{10}{3}"),
        ("31.194368846011486", r"\approx 31.19"),
        ("31.194368846011486", r"x \approx 31.19"),
        ("0.3333333333", r"\frac{1}{3} \approx 0.33"),
        ("43", "43\\%"),
        ("0.43", "43\\%"),
        ("43.0%", "43\\%"),
        ("$36.00", "\\$36"),
        # Sentences.
        ("Total: 72", "72"),
        ("Natalia sold 24 clips in May", "24"),
        ("The answer is 24.", "24"),
        ("He receives $11 in change.", "\\$11"),
        ("a = 3\nx = 5", "5"),
        ("x^2 + y^2 = 13", "13"),
        ("98/pi = 31.19", "31.19"),
        ("working...\n\n24\n", "24"),
        # Expressions.
        ("x**2/2 + 3*x", r"\frac{x^2}{2} + 3x"),
        ("sqrt(2)*pi/4", r"\frac{\sqrt{2}\pi}{4}"),
        ("exp(x)", "e^x"),
        ("x*exp(-x**2)", "x e^{-x^2}"),
        ("log(x)", r"\ln x"),
        ("oo", r"\infty"),
        ("-oo", r"-\infty"),
        ("8*sqrt(2)", r"8\sqrt{2}"),
        ("1/(2*sqrt(x))", r"\frac{1}{2\sqrt{x}}"),
        ("-2*x*sin(x**2 - y**2)", r"-2x\sin(x^2 - y^2)"),
        ("Abs(x)", "|x|"),
        ("E**2", "e^2"),
        ("D*E*(sqrt(3) + 3)/3", r"DE \cdot \left(1 + \frac{1}{\sqrt{3}}\right)"),
        ("log(2)/log(8)", r"\frac13"),
        ("tan(x)**2 + 1", r"\sec^2 x"),
        ("Eq(y, 2*x + 1)", "y = 2x + 1"),
        # Complex numbers.
        ("5 - 12*I", "5-12i"),
        ("(5-12j)", "5-12i"),
        ("-1/5 - 2*I/5", r"-\frac{1}{5} - \frac{2}{5}i"),
        ("(-0.2-0.39999999999999997j)", r"-\frac{1}{5} - \frac{2}{5}i"),
        ("-32 + 32*sqrt(3)*I", r"-32 + 32i\sqrt{3}"),
        ("1j", "i"),
        # Lists, sets, tuples, dicts.
        ("[2, 3]", "2, 3"),
        ("[2, 3]", "x = 2, 3"),
        ("[2, 3]", r"\{2, 3\}"),
        ("[3, 2]", "2, 3"),
        ("[-1/2]", r"-\frac12"),
        ("{-1/2}", r"-\frac12"),
        ("{2, 3}", "2, 3"),
        ("(3/16, 11/16)", r"\left(\frac{3}{16}, \frac{11}{16}\right)"),
        ("{c1: 3/16, c2: 11/16}", r"\left(\frac{3}{16}, \frac{11}{16}\right)"),
        ("{x: 2, y: 3}", "x = 2, y = 3"),
        ("{x: 2, y: 3}", "(2, 3)"),
        ("[{x: 2, y: 3}]", "(2, 3)"),
        ("{x: 5}", "x = 5"),
        ("[(2, 3)]", "(2, 3)"),
        ("[(2, 3), (3, 2)]", "(2, 3), (3, 2)"),
        ("[{x: 2, y: 3}, {x: 3, y: 2}]", "(2, 3), (3, 2)"),
        ("2 3", "2, 3"),
        ("[7/2 - sqrt(41)/2, sqrt(41)/2 + 7/2]", r"\frac{7 \pm \sqrt{41}}{2}"),
        ("[-2, 2]", r"\pm 2"),
        ("EmptySet", r"\emptyset"),
        ("[]", r"\emptyset"),
        ("[2.0, 3.0]", "2, 3"),
        ("[2. 3.]", "2, 3"),
        # Matrices.
        ("Matrix([[1, 2], [3, 4]])", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"),
        ("Matrix([[1, 2], [3, 4]])", r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}"),
        ("[[1, 2], [3, 4]]", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"),
        ("[[1 2]\n [3 4]]", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"),
        ("[[ 1. -2.]\n [ 3.  4.]]", r"\begin{pmatrix} 1 & -2 \\ 3 & 4 \end{pmatrix}"),
        ("array([[1, 2],\n       [3, 4]])", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"),
        ("Matrix([[x**2, sin(x)], [0, 1/2]])", r"\begin{pmatrix} x^2 & \sin x \\ 0 & \frac12 \end{pmatrix}"),
        ("Matrix([[3], [4]])", r"\begin{pmatrix} 3 \\ 4 \end{pmatrix}"),
        ("Matrix([[3], [4]])", "(3, 4)"),
        # Intervals and truth.
        ("Interval(0, 5)", "[0, 5]"),
        ("Interval.open(0, 5)", "(0, 5)"),
        ("Interval.Ropen(0, oo)", r"[0, \infty)"),
        ("Union(Interval.open(0, 5), Interval.open(5, oo))", r"(0,5) \cup (5,\infty)"),
        ("(0 < x) & (x < 5)", "0 < x < 5"),
        ("True", r"\text{True}"),
        ("False", "false"),
    ],
)
def test_a_printed_value_agrees_with_the_stated_one(grader: Grader, output: str, result: str):
    assert agrees(grader, output, result), [reading.text for reading in readings(output)]


@pytest.mark.parametrize(
    ("output", "result"),
    [
        ("2*c_n*hyper((1/2, -n), (3/2,), 1)", "1"),
        ("Integral(x, (x, 0, 1))", "1"),
        ("25", "24"),
        ("24.01", "24"),
        ("3.73", r"\frac{56}{15}"),
        ("0.3", r"\approx 0.33"),
        ("0.34", r"\frac{1}{3} \approx 0.33"),
        ("31.61", r"\approx 31.19"),
        ("24 of 48", "24"),
        ("x**2", "x^3"),
        ("[2, 4]", "2, 3"),
        ("[2]", "2, 3"),
        ("{x: 3, y: 2}", "x = 2, y = 3"),
        ("Matrix([[1, 2], [4, 3]])", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"),
        ("Matrix([[1, 2, 3, 4]])", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"),
        ("Interval(0, 5)", "(0, 5)"),
        ("oo", r"-\infty"),
        ("True", "False"),
        ("5 + 12*I", "5-12i"),
        ("24\n25", "24"),
        ("<function f at 0x7f0000000018>", "24"),
        ("", "24"),
    ],
)
def test_another_value_does_not(grader: Grader, output: str, result: str):
    assert not agrees(grader, output, result), [reading.text for reading in readings(output)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("24", "25", True),
        ("24", "24.0", False),
        ("24", "24.000000000000004", False),
        ("0.1", "0.2", True),
        ("x + 1", "1 + x", False),
        ("x + 1", "x + 2", True),
        ("24", "no solution here", None),
        ("True", "False", True),
        (r"\{2, 3\}", r"\{2, 4\}", True),
        (r"\{2, 3\}", r"\{3, 2\}", False),
        ("1e999999999", "24", None),
    ],
)
def test_differ(before: str, after: str, expected: bool | None):
    assert differ(before, after) is expected


@pytest.mark.parametrize(
    "output", ["9" * 10_000_000, "(" * 100_000, "=" * 100_000, "a = " * 50_000, "1e999999999999"]
)
def test_long_and_strange_outputs_are_read_in_bounded_time(output: str):
    assert len(readings(output)) < 10
