"""Equations of SVAMP and ASDiv: read, worked out, written as Python. Their test rows are only measured."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.grading import Grader
from mathcoder.instruct.equations import Wanted, derive_equations, read_equations, wanted_of
from mathcoder.instruct.math_derived import Derived, Rejected
from mathcoder.problems import BenchmarkError, Problem, load
from mathcoder.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=2) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(workers=2) as grader:
        yield grader


CLOSED: list[tuple[str, Wanted, Fraction, str]] = [
    ("( 4.0 - 3.0 )", "value", Fraction(1), "step_1 = 4.0 - 3.0\n"),
    ("9+7=16", "value", Fraction(16), "step_1 = 9 + 7\nprint(step_1)"),
    ("17=21-4", "value", Fraction(17), "step_1 = 21 - 4\n"),
    ("8-6=2; 2+3=5; 8+2+5=15", "value", Fraction(15), "step_3 = 8 + step_1 + step_2\n"),
    ("450+(450*0.04)=468", "value", Fraction(468), "step_1 = 450 + 450*0.04\n"),
    ("94/8=11 r6", "quotient", Fraction(11), "step_1 = floor(94/8)\n"),
    ("94/8=11 r6", "remainder", Fraction(6), "step_1 = 94 % 8\n"),
    ("94/8=11 r6", "ceiling", Fraction(12), "floor("),
    ("153-72=81; 81:72=9:8", "ratio", Fraction(9, 8), "step_2 = step_1/72\n"),
    ("9:5=72:40", "value", Fraction(40), "72/("),
    ("GCD(45,81,63)=9", "value", Fraction(9), "gcd(gcd(45, 81), 63)"),
    ("LCM[5,11]=55; 55/5=11", "value", Fraction(11), "step_2 = step_1/5\n"),
    ("11 (day) * 24 (hour/day) * 60 (min/hour) = 15840 (min)", "value", Fraction(15840), "11*24*60\n"),
    ("3200 (m)*3=9600 m; 9600/1000 (m/km) = 9.6 (km)", "value", Fraction("9.6"), "step_1/1000\n"),
    ("(400^(1/2)/2)*(400^(1/2)/2)*3.14=314", "value", Fraction(314), "**"),
]


@pytest.mark.parametrize(
    ("text", "wanted", "value", "code"), CLOSED, ids=[f"{text} {wanted}" for text, wanted, _, _ in CLOSED]
)
def test_steps(text: str, wanted: Wanted, value: Fraction, code: str, sandbox: Sandbox):
    equations = read_equations(text)
    assert float(equations.value(wanted)) == pytest.approx(float(value), rel=1e-12)
    program = equations.code(wanted)
    assert code in program
    execution = sandbox.run(program)
    assert execution.ok, execution.error
    if wanted == "ratio":
        assert execution.output.strip() == f"{value.numerator}:{value.denominator}"
    else:
        assert float(execution.output) == pytest.approx(float(value), rel=1e-12)


SOLVED = [
    ("x:The number; 5x-28=232", "52"),
    ("x:Speed of sailor in still water; y:Speed of current; 8/(x+y)=40/60; 8/(x-y)=1", "10, 2"),
    ("n:The unknown number; 5n+7=2n+6", "-1/3"),
    ("x:Dollars at 12%; y:Dollars at 10%; 12%X+10%Y=130; 12%Y+10%X=134", "500, 700"),
    ("(8h)/2=32", "8"),
]


@pytest.mark.parametrize(("text", "solution"), SOLVED)
def test_unknowns(text: str, solution: str, sandbox: Sandbox):
    equations = read_equations(text)
    with pytest.raises(ValueError, match="has to be solved for; run the code"):
        equations.value()
    execution = sandbox.run(equations.code())
    assert execution.output.strip() == solution, execution.error


BAD = [
    "",
    ";;",
    "7",
    "5, 7, 10, 14",
    "50 skittles(Bryan) > 20 skittles(Ben)",
    "hh:mm=12:50",
    "Rachel is the 3rd.",
    "1:2:3=4",
    "x+1=2=3",
    "__import__('os')",
    "(" * 600 + "1" + ")" * 300,
    "9" * 2_000,
    "1+1=2;" * 21,
]


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:20])
def test_what_is_not_read(text: str):
    with pytest.raises(ValueError, match=r"\A[^\n]{1,250}\Z"):
        read_equations(text)


WANTED = st.sampled_from(["value", "quotient", "remainder", "ceiling", "ratio"])
TOKENS = st.sampled_from([*"0123456789+-*/^()=;:,.%xyE ", " r", "GCD(", "LCM[", "]", "x:The y;", "\\frac{", "}"])


@given(st.lists(TOKENS, max_size=25).map("".join) | st.text(max_size=40), WANTED)
def test_any_text_is_read_or_refused(text: str, wanted: Wanted):
    with contextlib.suppress(ValueError):
        equations = read_equations(text)
        compile(equations.code(wanted), "<equations>", "exec")
        equations.value(wanted)


def test_a_told_result_is_not_in_the_code():
    assert "31" not in read_equations("20+11=31; 31*3=93").code()
    assert "93" not in read_equations("20+11=31; 31*3=93").code()


def test_a_solution_of_a_train_row(sandbox: Sandbox, grader: Grader):
    row = Problem("asdiv/1", "How many boxes?", "12", "94/8=11 r6", subject="Ceil-Division", split="train")
    wrong = replace(row, id="asdiv/2", answer="11")
    good, bad = derive_equations([row, wrong], sandbox, grader)
    assert isinstance(good, Derived)
    assert [block.type for block in good.solution.blocks] == ["text", "code", "execution", "text"]
    assert good.solution.blocks[-1].content == "The answer is \\boxed{12}."
    assert isinstance(bad, Rejected)
    assert bad.reason == "the code prints another answer"


def test_rows_of_the_test_split_are_refused(sandbox: Sandbox, grader: Grader):
    row = Problem("svamp/1", "How many?", "1", "( 4.0 - 3.0 )", split="test")
    with pytest.raises(ValueError, match=r"^svamp/1: rows of the split test are for measuring; leave them out$"):
        list(derive_equations([row], sandbox, grader))


@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize(("benchmark", "share"), [("svamp", 1.0), ("asdiv", 0.88)])
def test_the_test_rows_are_parsed(benchmark: str, share: float, sandbox: Sandbox, grader: Grader):
    """The share of rows whose code prints the answer; the rest are comparisons, lists, and combined unknowns."""
    try:
        problems = load(benchmark, "test", source="data")
    except BenchmarkError as error:
        pytest.skip(f"MATHCODER_DATA has no rows of {benchmark}: {error}")
    counts: Counter[bool] = Counter()
    codes: list[str] = []
    for problem in problems:
        try:
            codes.append(read_equations(problem.solution or "").code(wanted_of(problem)))
        except ValueError:
            codes.append("")
    for problem, execution in zip(problems, sandbox.map(codes), strict=True):
        counts[bool(grader.grade(execution.output.strip(), problem.answer).correct)] += 1
    assert counts[True] >= share * counts.total()
