"""Code that computes its result and code that only prints it, each next to the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mathcoder.computation import Computation
from mathcoder.verification import Verifier

HALF = (("Natalia sold 48 clips in April", "and half as many in May"), "48/2", "24")
LARGER = (("the numbers are 3 and 7",), r"\max(3, 7)", "7")
SMALLER = (("the numbers are 3 and 7",), r"\min(3, 7)", "3")
SINE = ((), r"\frac{d}{dx} \sin(x)", r"\cos(x)")
ROOTS = ((), "x^2 - 5x + 6 = 0", "2, 3")
PRODUCT = ((), "(x + 2)(x + 5)", "x^2 + 7x + 10")
AREA = ((), r"\int_0^3 2x \, dx", "9")
PERMUTED = (("the letters of the word MISSISSIPPI",), r"\frac{11!}{4!4!2!}", "34650")
LETTERS = (("the word BANANA",), r"\text{number of its letters}", "6")
TWELFTHS = (("12 people share 12 cakes",), r"\frac{12}{12}", "1")
EQUAL = (("one box of 1 kg",), r"1 \times 1", "1")

COMPUTED = [
    (HALF, "print(48 / 2)"),
    (HALF, "print(0.5 * 48)"),
    (HALF, "print(48 >> 1)"),
    (HALF, "april = int('48')\nprint(april // 2)"),
    (HALF, "print(eval('48/2'))"),
    (HALF, "april = 48\nmay = april / 2\nassert may == 24\nprint(may)"),
    (HALF, "april = 48\nmay = april / 2\nprint('right' if may == 24 else 'wrong')\nprint(may)"),
    (HALF, "for may in range(48):\n    if 2 * may == 48:\n        print(may)"),
    (HALF, "def may(april):\n    return april / 2\n\nprint(f'{may(48):.0f} clips')"),
    (HALF, "x = 48\nwhile True:\n    x -= 1\n    if 2 * x == 48:\n        break\nprint(x)"),
    (HALF, "print(sum(1 for k in range(1, 49) if k % 2 == 0))"),
    (HALF, "import numpy as np\nprint(np.array([48]) / 2)"),
    (HALF, "from sympy import *\nx = symbols('x')\nprint(solve(Eq(2*x, 48), x))"),
    (LARGER, "print(max(3, 7))"),
    (LARGER, "a, b = 3, 7\nprint(a if a > b else b)"),
    (SMALLER, "print(min(3, 7))"),
    (SMALLER, "print(sorted([7, 3])[0])"),
    (SINE, "from sympy import *\nx = symbols('x')\nprint(diff(sin(x), x))"),
    (ROOTS, "from sympy import *\nx = symbols('x')\nprint(solve(x**2 - 5*x + 6, x))"),
    (ROOTS, "from sympy import *\nprint(solve('x**2 - 5*x + 6'))"),
    (ROOTS, "d = (5**2 - 4*6)**0.5\nprint((5 - d)/2, (5 + d)/2)"),
    (ROOTS, "print([x for x in range(-10, 10) if x*x - 5*x + 6 == 0])"),
    (PRODUCT, "from sympy import *\nx = symbols('x')\nprint(expand((5 + x)*(2 + x)))"),
    (PRODUCT, "from sympy import *\nx = symbols('x')\na = x + 2\nb = x + 5\nprint((a*b).expand())"),
    (AREA, "from sympy import *\nx = symbols('x')\nprint(integrate(2*x, (x, 0, 3)))"),
    (AREA, "n = 100000\nprint(round(sum(2*(k + 0.5)*3/n*3/n for k in range(n)), 6))"),
    (PERMUTED, "from math import factorial as f\nprint(f(11) // (f(4)*f(4)*f(2)))"),
    (
        PERMUTED,
        "from math import factorial\nfrom collections import Counter\nword = 'MISSISSIPPI'\n"
        "n = factorial(len(word))\nfor c in Counter(word).values():\n    n //= factorial(c)\nprint(n)",
    ),
    (LETTERS, "print(len('BANANA'))"),
    (TWELFTHS, "print(12 / 12)"),
    (TWELFTHS, "people = 12\ncakes = 12\nprint(cakes / people)"),
    (EQUAL, "print(1 * 1)"),
    (((), r"5 \times 1", "5"), "print(5 * 1)"),
    (((), "10 - 5", "5"), "print(10 - 5)"),
    (((), "|-5|", "5"), "print(abs(-5))"),
    ((("2, 3 and 4",), r"\text{mean of } 2, 3, 4", "3"), "print((2 + 3 + 4) / 3)"),
    ((("2, 2 and 5",), r"\text{mean}", "3"), "print((2 + 2 + 5) / 3)"),
    ((("2 hours",), r"2 \text{ hours in seconds}", "7200"), "print(2 * 60 * 60)"),
    ((("1 year",), r"\text{months in 1 year}", "12"), "years = 1\nprint(years * 12)"),
    ((("72 km/h",), r"72 \text{ km/h in m/s}", "20"), "print(72 / 3.6)"),
    ((("a circle of radius 5",), r"2 \pi \cdot 5", r"10\pi"), "from sympy import pi\nprint(2*pi*5)"),
    ((("20% off a price of 50 dollars",), r"50 - 0.2 \cdot 50", "40"), "print(50 * 0.8)"),
    ((("20% off a price of 50 dollars",), r"50 - 0.2 \cdot 50", "40"), "print(50 * (1 - 20/100))"),
    ((("4 1/2 hours at 60 miles per hour",), r"4\frac{1}{2} \cdot 60", "270"), "print(4.5 * 60)"),
    ((("two dozen eggs",), r"2 \cdot 12", "24"), "print(2 * 12)"),
    ((("1,250 and 305",), r"1{,}250 - 305", "945"), "print(1250 - 305)"),
    (
        ((), r"\lim_{x \to 0} \frac{\sin x}{x}", "1"),
        "from sympy import *\nx = symbols('x')\nprint(limit(sin(x)/x, x, 0))",
    ),
    (
        ((), r"\frac{d}{dx} x^n", "n x^{n-1}"),
        "from sympy import *\nx, n = symbols('x n')\nprint(simplify(diff(x**n, x)))",
    ),
    (((), r"\int e^x \, dx", "e^x"), "from sympy import *\nx = symbols('x')\nprint(integrate(exp(x), x))"),
    (
        ((), "ax + b = 0", r"-\frac{b}{a}"),
        "from sympy import *\na, b, x = symbols('a b x')\nprint(solve(a*x + b, x)[0])",
    ),
    ((("f(x) = x^2",), "f(3)", "9"), "f = lambda x: x**2\nprint(f(3))"),
    (((), "17 > 4 \\text{ is prime}", "True"), "from sympy import isprime\nprint(isprime(17))"),
    (((), "1^{18}", "1"), "print(1**18)"),
    ((("r = 7",), r"\frac{44}{7} r", "44"), "r = 7\nprint(44/7*r)"),
    (((), r"\cos(\arccos x)", "x"), "from sympy import *\nx = symbols('x')\nprint(simplify(cos(acos(x))))"),
    ((("-5, 3 and -17",), r"\text{the smallest}", "-17"), "print(min([-5, 3, -17]))"),
    ((("0.22, 1.34 and -2",), r"\text{the second largest}", "0.22"), "print(sorted([0.22, 1.34, -2])[1])"),
    ((("563.5097",), r"563.5097 \text{ to the nearest hundredth}", "563.51"), "print(round(563.5097, 2))"),
    (
        (("0.\\overline{7} - 0.\\overline{4}",), "", r"\frac{1}{3}"),
        "from fractions import Fraction as F\nprint(F(7, 9) - F(4, 9))",
    ),
    ((("4 pieces a day for two weeks",), r"4 \cdot 14", "56"), "days = 14\nprint(4 * days)"),
    ((("\\$120,\\!000 and \\$3,\\!000 in taxes",), "", "0.025"), "print(3000 / 120000)"),
    ((("a convex hexagon",), r"(n - 2) \cdot 180", "720"), "n = 6\nprint((n - 2) * 180)"),
    (((), r"\log_327", "3"), "import math\nprint(round(math.log(27, 3), 9))"),
    (
        (("y = 2x",), r"\cos y", r"2\cos^2 x - 1"),
        "from sympy import *\nx = symbols('x')\ny = 2*x\nprint(expand_trig(cos(y)))",
    ),
    (
        (("roots 5 - 4i and 5 + 4i",), "", "x^2 - 10x + 41"),
        "from sympy import *\nx = symbols('x')\nr, s = 5 - 4*I, 5 + 4*I\nprint(expand((x - r)*(x - s)))",
    ),
    (HALF, "days = 7\nweeks = 4\nunused = days * weeks + 6 + 9\nunused\napril = 48\nmay = april / 2\nmay"),
    (((), r"1 \div 2", "0.5"), "print(1 / 2)"),
    (((), r"\text{days in 2 weeks}", "14"), "import datetime\nprint(datetime.timedelta(weeks=2).days)"),
]

PRINTED = [
    (HALF, "print(24)"),
    (HALF, "print('24')"),
    (HALF, "print(f'{24}')"),
    (HALF, "print('abc24'[3:])"),
    (HALF, "print(24.0)"),
    (HALF, "print(-(-24))"),
    (HALF, "print(+24)"),
    (HALF, "print(0x18)"),
    (HALF, "print(2.4e1)"),
    (HALF, "print(*[24])"),
    (HALF, "april = 48\nprint(april and 24)"),
    (HALF, "april = 48\nprint(24 if april > 2 else april)"),
    (HALF, "april = 48\nprint('24' if april / 2 == 24 else '0')"),
    (HALF, "if 48 / 2 == 24:\n    print('24')"),
    (HALF, "if 48 / 2 == 24:\n    print(24)"),
    (HALF, "may = 24\nif 48 / 2 == may:\n    print(may)"),
    (HALF, "april = 48\nmay = 24\nprint(april - may)"),
    (HALF, "april = 48\nprint(april - 24)"),
    (HALF, "april = 48\nprint(24 + april - april)"),
    (HALF, "april = 48\nprint(24 + (april > 100))"),
    (HALF, "april = 48\nprint(max(24, 0))"),
    (HALF, "april = 48\nprint([0, april, 24][2])"),
    (HALF, "april = 48\nprint({april: 24}[april])"),
    (HALF, "try:\n    print(april / 2)\nexcept NameError:\n    print(24)"),
    (HALF, "try:\n    may = 48 / 0\nexcept:\n    may = 24\nprint(may)"),
    (HALF, "def may(april):\n    if april == 48:\n        return 24\n    return april / 2\nprint(may(48))"),
    (HALF, "def may(april=48):\n    return 24\nprint(may())"),
    (HALF, "print(round(23.6))"),
    (HALF, "print(4800 // 200)"),
    (HALF, "print(20 + 4)"),
    (HALF, "print(2 * 2 * 2 * 3)"),
    (HALF, "print(len([1] * 24))"),
    (HALF, "print(len('x' * 24))"),
    (HALF, "n = 0\nwhile n < 24:\n    n += 1\nprint(n)"),
    (HALF, "print(bytes([50, 52]).decode())"),
    (HALF, "print(ord('\\x18'))"),
    (HALF, "print(int('24', 10))"),
    (HALF, "print(eval('24'))"),
    (HALF, "exec('print(24)')"),
    (HALF, "import json\nprint(json.loads('24'))"),
    (HALF, "from sympy import *\nx = symbols('x')\nprint(solve(Eq(x, 24), x)[0])"),
    (HALF, "from sympy import *\nprint(simplify(24))"),
    (HALF, "from sympy import *\nx = symbols('x')\nprint((x - x + 24))"),
    (HALF, "from sympy import *\nx = symbols('x')\nprint(limit(24 + 0*x, x, 48))"),
    (HALF, "april = 48\nprint(f'Half of {april} is {24}')"),
    (HALF, "april = 48\nprint(april * 2)\nprint(24)"),
    (LARGER, "print(7)"),
    (LARGER, "a = 3\nb = 7\nprint(b)"),
    (LARGER, "a = 3\nb = 7\nif max(a, b) == 7:\n    print(b)"),
    (LARGER, "a = 3\nprint(7 + a - a)"),
    (SINE, "from sympy import *\nx = symbols('x')\nprint(cos(x))"),
    (SINE, "print('cos(x)')"),
    (SINE, "from sympy import *\nx = symbols('x')\nif diff(sin(x), x) == cos(x):\n    print(cos(x))"),
    (SINE, "from sympy import *\nx = symbols('x')\nif diff(sin(x), x) == cos(x):\n    print('cos(x)')"),
    (SINE, "from sympy import *\nx = symbols('x')\nprint(diff(integrate(cos(x), x), x))"),
    (SINE, "from sympy import *\nx = symbols('x')\nprint('cos(x)' if diff(sin(x), x) == cos(x) else 'no')"),
    (ROOTS, "print([2, 3])"),
    (ROOTS, "from sympy import *\nx = symbols('x')\nprint(solve((x - 2)*(x - 3), x))"),
    (ROOTS, "print([x for x in range(10) if x in (2, 3)])"),
    (ROOTS, "x1, x2 = 2, 3\nassert x1**2 - 5*x1 + 6 == 0\nprint(x1, x2)"),
    (PRODUCT, "from sympy import *\nx = symbols('x')\nprint(x**2 + 7*x + 10)"),
    (PRODUCT, "from sympy import *\nx = symbols('x')\nprint(Poly([1, 7, 10], x).as_expr())"),
    (PRODUCT, "from sympy import *\nprint(sympify('x**2 + 7*x + 10'))"),
    (AREA, "print(4 + 5)"),
    (AREA, "from sympy import *\nx = symbols('x')\nprint(integrate(9, (x, 0, 1)))"),
    (PERMUTED, "word = 'MISSISSIPPI'\nprint(34650)"),
    (LETTERS, "word = 'BANANA'\nprint(6)"),
    (LETTERS, "print(len('abcdef'))"),
    (TWELFTHS, "people, cakes = 12, 12\nprint(1)"),
    (EQUAL, "print(1)"),
    (((), r"\frac{3}{6}", r"\frac{1}{2}"), "print(1 / 2)"),
    (((), r"\frac{3}{6}", r"\frac{1}{2}"), "print(0.5)"),
    (((), r"\frac{3}{6}", r"\frac{1}{2}"), "from fractions import Fraction\nprint(Fraction(1, 2))"),
    (((), r"0.3 \cdot 100", "30%"), "print('30%')"),
    (PRODUCT, "from sympy import *\nx = symbols('x')\nprint(expand((x + 4)*(x + 3) - 2))"),
    (((), "(x+2)(3x-6)", "3x^2-12"), "from sympy import *\nx = symbols('x')\nprint(3*expand(x**2 - 4))"),
    (((), "x^2 - 9 = 0", "-3, 3"), "from sympy import *\nx = symbols('x')\nprint(solve((x - 3)*(x + 3), x))"),
    ((("w(a) = 65 - 8770a",), "w(0)", "65"), "a = 3\nw = 65 - 8770*a\nprint(65 + 0*w)"),
    (((), "2^{10}", "1024"), "print(1e3 + 24)"),
]


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with Verifier() as verifier:
        yield verifier


@pytest.mark.parametrize(("claim", "code"), COMPUTED)
def test_code_that_computes_is_verified(verifier: Verifier, claim: tuple[tuple[str, ...], str, str], code: str):
    verification = verifier.verify(Computation(*claim, code))
    assert verification.verdict == "verified", verification
    assert " gives " in verification.reason


@pytest.mark.parametrize(("claim", "code"), PRINTED)
def test_code_that_only_prints_is_trivial(verifier: Verifier, claim: tuple[tuple[str, ...], str, str], code: str):
    verification = verifier.verify(Computation(*claim, code))
    assert verification.verdict == "trivial", verification
    assert verification.reason


def test_the_reason_names_the_change(verifier: Verifier):
    verification = verifier.verify(Computation(*HALF, "print(48 / 2)"))
    assert verification.reason == "48 changed to 49 gives 24.5"
    assert verification.output == "24.0"
