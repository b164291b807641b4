"""What the symbolic translator makes of formulas: the code, what it prints, and what it claims."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mathcoder.grading import Grader
from mathcoder.sandbox import Sandbox
from mathcoder.translation import SymbolicTranslator, translate

# A text with one computation: its kind, and what the code prints.
STEPS = [
    ("She baked 3 trays * 12 cookies = 36 cookies.", "arithmetic", "36"),
    ("Natalia sold 48/2 = <<48/2=24>>24 clips in May.", "arithmetic", "24.0"),
    ("It costs $12*3 = $36 in all.", "arithmetic", "36"),
    ("Of these 20% * 50 = 10 dollars.", "arithmetic", "10.0"),
    (r"$\frac{1}{2} + \frac{1}{3} = \frac{5}{6}$", "arithmetic", "5/6"),
    (r"$2\frac{1}{3} + 1 = \frac{10}{3}$", "arithmetic", "10/3"),
    (r"$\sqrt{50} = 5\sqrt{2}$", "arithmetic", "5*sqrt(2)"),
    (r"$\sqrt{2} \approx 1.414$", "arithmetic", "1.41421356237310"),
    (r"$10000(1.06)^5 \approx 13382$", "arithmetic", "13382"),
    (r"$9^5 = 59{,}049$", "arithmetic", "59049"),
    (r"$(x + 1)(x - 3) = x^2 - 2x - 3$", "algebra", "x**2 - 2*x - 3"),
    (r"\( x^2 - 5x + 6 = (x - 2)(x - 3) \)", "algebra", "(x - 3)*(x - 2)"),
    (r"\[ \frac{x^2 - 1}{x - 1} = x + 1 \]", "algebra", "x + 1"),
    (r"$\frac{d}{dx}\left(x^3 + 2x\right) = 3x^2 + 2$", "derivative", "3*x**2 + 2"),
    (r"$\frac{\partial}{\partial x}(x^2 y) = 2xy$", "derivative", "2*x*y"),
    (r"$\int_0^1 x^2\,dx = \frac{1}{3}$", "integral", "1/3"),
    (r"$\int \frac{dx}{x} = \ln|x| + C$", "integral", "C + log(Abs(x))"),
    (r"$\int_0^1\int_0^2 xy\,dy\,dx = 1$", "integral", "1"),
    (r"$\left.\frac{x^3}{3}\right|_0^1 = \frac13$", "integral", "1/3"),
    (r"$\left[x^2 + x\right]_{1}^{2} = 4$", "integral", "4"),
    (r"$\lim_{x \to 0} \frac{\sin x}{x} = 1$", "limit", "1"),
    (r"$\lim_{n\to\infty} \frac{2n + 1}{n} = 2$", "limit", "2"),
    (r"$\lim_{x \to 0^{+}} \frac{|x|}{x} = 1$", "limit", "1"),
    (r"$\sum_{i=1}^{n} i = \frac{n(n+1)}{2}$", "sum", "n**2/2 + n/2"),
    (r"$\sum_{n=1}^{\infty} \frac{1}{n^2} = \frac{\pi^2}{6}$", "sum", "pi**2/6"),
    (r"$\sum_{n=0}^{\infty} x^n = \frac{1}{1-x}$", "sum", "1/(1 - x)"),
    (r"$\prod_{k=1}^{5} k = 120$", "product", "120"),
    (r"$\begin{vmatrix} 1 & 2 \\ 3 & 4 \end{vmatrix} = -2$", "matrix", "-2"),
    (r"$\langle 1,2,3 \rangle \cdot \langle 4,5,6 \rangle = 32$", "vector", "32"),
    (r"$\langle 1,0,0 \rangle \times \langle 0,1,0 \rangle = \langle 0, 0, 1\rangle$", "vector", "(0, 0, 1)"),
    (r"$3^{100} \equiv 4 \pmod 7$", "modular", "4"),
    (r"$17 \bmod 5 = 2$", "modular", "2"),
    (r"$\gcd(345, 135) = 15$", "modular", "15"),
    (r"$\binom{10}{3} = 120$", "combinatorics", "120"),
    (r"$\frac{5!}{2!\,3!} = 10$", "combinatorics", "10"),
    (r"The probability is $\frac{3}{6} \cdot \frac{2}{5} = \frac{1}{5}$.", "probability", "1/5"),
    (r"$3\text{ cm} \times 4\text{ cm} = 12\text{ cm}^2$", "units", "12"),
    (r"$\sin^2 x + \cos^2 x = 1$", "trigonometry", "1"),
    (r"$\sin(2x) = 2\sin x \cos x$", "trigonometry", "2*sin(x)*cos(x)"),
    (r"$\cos 60^\circ = \frac12$", "trigonometry", "1/2"),
    ("$$\\begin{aligned} (a+b)^2 & = (a+b)(a+b) \\\\ & = a^2 + 2ab + b^2 \\end{aligned}$$", "algebra",
     "a**2 + 2*a*b + b**2"),
]  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader() as grader:
        yield grader


@pytest.mark.parametrize(("text", "kind", "printed"), STEPS)
def test_a_step(sandbox: Sandbox, text: str, kind: str, printed: str) -> None:
    computation = translate(text)[-1]
    execution = sandbox.run(computation.code)
    assert (computation.kind, execution.output.strip(), execution.error) == (kind, printed, "")
    start, end = computation.span
    place = "".join(text[start:end].replace("&", "").split())
    assert "".join(computation.result.strip("()").split(",")[0].split()) in place


# What stands before a step and what it needs of it: its conditions, and what the code prints.
CONDITIONS = [
    (r"Let $f(x) = x^2 + 1$. Then $f(3) = 10$.", ["f(x) = x^2 + 1"], "10"),
    (r"Let $f(x) = x^3$. Then $f'(x) = 3x^2$.", ["f(x) = x^3"], "3*x**2"),
    (r"If $f(x) = x^3$ then $f'(2) = 12$.", ["f(x) = x^3"], "12"),
    (r"For $y = x^4$ we get $\frac{dy}{dx} = 4x^3$.", ["y = x^4"], "4*x**3"),
    (r"With $u = \sin x$, $du = \cos x\,dx$.", [r"u = \sin x"], "cos(x)"),
    (r"Let $r = 3$. The area is $\pi r^2 = 9\pi$.", ["r = 3"], "9*pi"),
    (r"where $r$ is 3 cm, so $2\pi r = 6\pi$", ["r = 3"], "6*pi"),
    (r"for $n$ = 5 there are $n! = 120$", ["n = 5"], "120"),
    (r"$a = 2$ and $b = a + 1$, so $a b = 6$", ["a = 2", "b = a + 1"], "6"),
    (r"$g(x) = x + 1$, $f(x) = g(x)^2$ and $f(2) = 9$", ["g(x) = x + 1", "f(x) = g(x)^2"], "9"),
    (r"$2x + 3 = 13$, so $x = 5$", ["2x + 3 = 13"], "5"),
    (r"$x^2 - 5x + 6 = 0$ has the solutions $x = 3$ and $x = 2$.", ["x^2 - 5x + 6 = 0"], "[2, 3]"),
    (r"From $x^2 = 49$ the length is $x = 7$.", ["x^2 = 49"], "7"),
    (r"$x^2 + y^2 = 25$ gives $\frac{dy}{dx} = -\frac{x}{y}$", ["x^2 + y^2 = 25"], "-x/y"),
    (r"$\mathbf{r}(t) = t^2\mathbf{i} + 3t\mathbf{j}$, $\mathbf{r}'(t) = 2t\mathbf{i} + 3\mathbf{j}$",
     [r"\mathbf{r}(t) = t^2\mathbf{i} + 3t\mathbf{j}"], "(2*t, 3)"),
    ("**Exercise.** Find the derivative of $y = x^2 e^x$.\n\n**Solution.**\n\n$2xe^x + x^2e^x$", ["y = x^2 e^x"],
     "x**2*exp(x) + 2*x*exp(x)"),
    ("**Exercise.** Evaluate $\\int_0^2 x\\,dx$.\n\n**Solution.**\n\n2", [], "2"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "conditions", "printed"), CONDITIONS)
def test_conditions(sandbox: Sandbox, text: str, conditions: list[str], printed: str) -> None:
    computation = translate(text)[-1]
    execution = sandbox.run(computation.code)
    assert (list(computation.conditions), execution.output.strip(), execution.error) == (conditions, printed, "")


@pytest.mark.parametrize(("text"), [text for text, *_ in STEPS] + [text for text, *_ in CONDITIONS])
def test_what_is_printed_is_what_is_claimed(sandbox: Sandbox, grader: Grader, text: str) -> None:
    for computation in translate(text):
        output = sandbox.run(computation.code).output.strip().replace("Abs(x)", "|x|")
        assert grader.grade(output, computation.result).correct, (computation, output)


def test_a_system_of_equations(sandbox: Sandbox) -> None:
    text = r"We have $x + y = 5$ and $x - y = 1$. Adding, $2x = 6$, so $x = 3$ and $y = 2$."
    found = {computation.kind: computation for computation in translate(text)}
    assert found["system"].conditions == ("x + y = 5", "x - y = 1")
    assert (found["system"].expression, found["system"].result) == ("(x, y)", "(3, 2)")
    assert sandbox.run(found["system"].code).output == "(3, 2)\n"
    assert found["equation"].conditions == ("2x = 6",)


UNITS = [
    (r"$3\text{ km} = 3000\text{ m}$", "1 km = 1000 m"),
    (r"$90\text{ min} = 1.5\text{ hours}$", "1 hours = 60 min"),
    (r"$60\text{ mi/h} = 88\text{ ft/s}$", "1 mi/h = 22/15 ft/s"),
    (r"$4\text{ yd}^3 = 108\text{ ft}^3$", "1 yd^3 = 27 ft^3"),
]


@pytest.mark.parametrize(("text", "condition"), UNITS)
def test_from_one_unit_into_another(sandbox: Sandbox, grader: Grader, text: str, condition: str) -> None:
    (computation,) = translate(text)
    assert (computation.kind, computation.conditions) == ("units", (condition,))
    assert grader.grade(sandbox.run(computation.code).output.strip(), computation.result).correct


def test_a_wrong_conversion_is_no_step() -> None:
    assert translate(r"$5\text{ kg} = 50\text{ g}$") == []


# No step: definitions, equations, notation, and what a reader would not call computed.
NOTHING = [
    ("Let $f(x) = x^2$.", "a definition"),
    ("$x^2 + y^2 = 25$", "equation"),
    (r"$\frac{1}{x} = x^{-1}$", "the same on both sides"),
    ("$a + b = b + a$", "the same on both sides"),
    ("$0.5 = \\frac12$", "the same on both sides"),
    (r"$\sqrt{x} = x^{1/2}$", "the same on both sides"),
    (r"$x = \pm 3$", "unreadable: \\pm"),
    (r"$A = \{1, 2\}$", "unreadable: \\set {"),
    (r"$g(3) = 7$", "unknown function"),
    (r"$\iint_D f\,dA = 3$", "unreadable: integral over a region"),
    (r"$1 + 2 + \dots + n = 5$", "unreadable: \\dots"),
]


@pytest.mark.parametrize(("text", "reason"), NOTHING)
def test_no_step(text: str, reason: str) -> None:
    translation = SymbolicTranslator().translate(text)
    assert translation.computations == ()
    assert reason in [skipped.reason for skipped in translation.skipped]


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and the other one $6 = more",
        "At 6:00+18 hours = 00:00",
        "16,0000/10=16000 cars",
        "7/4t=70",
        "x = 5 * 4 + y = 20",
        "```\n2 + 2 = 4\n```",
    ],
)
def test_prose_that_is_no_arithmetic(text: str) -> None:
    assert translate(text) == []


def test_a_claim_that_is_wrong_is_kept_for_the_verdict() -> None:
    assert [c.result for c in translate("He has 2 * 6 = 13 apples.")] == ["13"]


def test_code_is_short_and_readable() -> None:
    text = r"Let $f(x) = x^2 + 3x$ and $a = 2$. Then $f'(a) = 7$."
    assert translate(text)[-1].code.splitlines() == [
        "from sympy import diff, Lambda, symbols",
        "",
        'x = symbols("x")',
        "f = Lambda(x, x**2 + 3*x)  # f(x) = x^2 + 3x",
        "a = 2  # a = 2",
        "print(diff(f(x), x).subs(x, a))",
    ]


def test_names_that_python_or_sympy_has(sandbox: Sandbox) -> None:
    text = r"$N = 3$, $\lambda = 2$, $E = 5$: $N\lambda E + \pi = 30 + \pi$ and $(\lambda + E)^2 = 49$"
    for computation in translate(text):
        assert sandbox.run(computation.code).error == ""


def test_what_a_section_defines_ends_with_it() -> None:
    text = "$f(x) = x^2$\n\n## Next\n\n$f(3) = 9$"
    assert translate(text) == []


def test_the_same_text_gives_the_same_computations() -> None:
    text = "\n\n".join(text for text, *_ in (*STEPS, *CONDITIONS))
    assert translate(text) == translate(text)


def test_a_comment_cannot_leave_its_line() -> None:
    text = "Let $f(x) = x^2 + 1 %\u2028\x0c\n import os$. Then $f(3) = 10$. Let $r = 3$, so $r^2 = 9$."
    for computation in translate(text):
        assert all(
            line.startswith(("from ", "f = ", "r = ", "x = ", "print("))
            for line in computation.code.split("\n")
            if line
        )
