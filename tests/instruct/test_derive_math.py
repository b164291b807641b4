"""MATH's worked solutions with code in place of told results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.grading import Grader
from mathcoder.instruct.math import derive_math
from mathcoder.instruct.math_derived import Derived, Rejected
from mathcoder.instruct.math_places import formulas, tells
from mathcoder.problems import BenchmarkError, Problem, load
from mathcoder.verification import Verifier


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with Verifier(workers=2) as verifier:
        yield verifier


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(workers=2) as grader:
        yield grader


def problem(solution: str, answer: str, question: str = "What is it?") -> Problem:
    return Problem("math/train/1", question, answer, solution, split="train", benchmark="math")


def one(row: Problem, verifier: Verifier, grader: Grader) -> Derived | Rejected:
    (result,) = derive_math([row], verifier, grader)
    return result


def test_a_told_result_is_computed_instead(verifier: Verifier, grader: Grader):
    text = (
        r"The area of the wall is $9\cdot12=108$ square feet. The area of the window is $2\cdot4=8$ square feet. "
        r"Thus, the area to paint is $108-8=\boxed{100}$ square feet."
    )
    result = one(problem(text, "100"), verifier, grader)
    assert isinstance(result, Derived)
    assert [block.type for block in result.solution.blocks] == ["text", "code", "execution"] * 3 + ["text"]
    contents = [block.content for block in result.solution.blocks]
    assert contents[0] == r"The area of the wall is $9\cdot12$."
    assert contents[2::3] == ["108", "8", "100"]
    assert contents[3].endswith(r"The area of the window is $2\cdot4$.")
    assert contents[-1].endswith(r"$108-8=\boxed{100}$ square feet.")
    assert result.solution.answer == "100"


CUTS = [
    # what the text says, what stands before the code, what stands behind it
    (r"Since $3+4=\boxed{7}$, it is prime.", r" $3+4$.", r"Since $3+4=\boxed{7}$, it is prime."),
    (r"There are $2^4=\boxed{16}$ ways.", r" $2^4$.", r"There are $2^4=\boxed{16}$ ways."),
    (
        r"There are 4 and then 3, giving $4\cdot3=\boxed{12}$.",
        r"There are 4 and then 3. ",
        r"This gives $4\cdot3=",
    ),
    (r"Now $a = 7$, $b = 4$ and $a+b=\boxed{11}$.", r"Now $a = 7$, $b = 4$. ", r"So $a+b=\boxed{11}$."),
    (
        r"We know that Mr. Bo has $3\cdot4=\boxed{12}$.",
        r" $3\cdot4$.",
        r"Mr. Bo has $3\cdot4=\boxed{12}$.",
    ),
    (r"Then $x=5+3=\boxed{8}$.", r"Then $x=5+3$.", r"$x=5+3=\boxed{8}$."),
    (r"We have $2x=30.$ Hence $x=\boxed{15}$.", r"We have $2x=30.$ Solve this for $x$.", r"Hence $x=\boxed{15}$."),
    (r"We have $2x=30$, so $x=\boxed{15}$.", r"We have $2x=30$. Solve this for $x$.", r"So $x=\boxed{15}$."),
]


@pytest.mark.parametrize(("text", "before", "behind"), CUTS, ids=[text for text, _, _ in CUTS])
def test_where_the_text_is_cut(text: str, before: str, behind: str, verifier: Verifier, grader: Grader):
    result = one(problem(text, text.split("boxed{")[1].split("}")[0]), verifier, grader)
    assert isinstance(result, Derived), result.reason
    first, _, _, last = [block.content for block in result.solution.blocks]
    assert before in first
    assert behind in last


REJECTED = [
    ("The answer is 5 because I say so: $\\boxed{5}$.", "5", "no step can be read"),
    ("There are $3+4=7$ in all.", "7", "no boxed answer"),
    ("[asy] draw((0,0)--(1,1)); [/asy] It is $3+4=\\boxed{7}$.", "7", "the solution shows a figure"),
    ("We get $3+4=7$ and so $\\boxed{8}$.", "8", "no step comes to the answer"),
    ("It is $12$, for it is the sum $3+9=\\boxed{12}$.", "12", "the text tells the answer before it is computed"),
    ("We have $1+1=2$, so $6/3=\\boxed{2}$ too.", "2", "the text tells the answer before it is computed"),
    ("It is $\\boxed{4}$ or $2+3=\\boxed{5}$.", "5", "the text tells the answer before it is computed"),
    ("It is the quotient $17/1=\\boxed{17}$.", "17", "the code holds the answer as a number"),
    ("We have $1+1=2$, so $a^2/a-1=\\boxed{2}$.", "2", "the box holds the result of another step"),
]


@pytest.mark.parametrize(("text", "answer", "reason"), REJECTED, ids=[reason for _, _, reason in REJECTED])
def test_what_is_rejected(text: str, answer: str, reason: str, verifier: Verifier, grader: Grader):
    result = one(problem(text, answer), verifier, grader)
    assert isinstance(result, Rejected)
    assert result.reason == reason


def test_rows_of_a_test_split_are_refused(verifier: Verifier, grader: Grader):
    row = replace(problem(r"It is $3+4=\boxed{7}$.", "7"), split="test")
    with pytest.raises(
        ValueError, match=r"^math/train/1: rows of the split test are for measuring; leave them out$"
    ):
        one(row, verifier, grader)


@pytest.mark.parametrize(
    ("text", "result", "told"),
    [
        (r"So $a = 12$.", "12", True),
        (r"So $a = 3 + 12$.", "12", False),
        (r"There are 12 ways.", "12", True),
        (r"There are 112 ways, or 12.5.", "12", False),
        (r"It is 7.", "7", True),
        (r"Take 7 of them.", "7", False),
        (r"So $x = \dfrac{1}{2}$.", r"\frac12", True),
        (r"Costs $a=12{,}000$.", "12", False),
    ],
)
def test_what_a_text_tells(text: str, result: str, told: bool):
    assert tells(text, result) is told


@given(st.text(alphabet="ab12 .,=$\\[](){}^_\n", max_size=80))
def test_any_text_has_formulas_and_tells(text: str):
    for formula in formulas(text):
        assert text[formula.inner : formula.inner + len(formula.inside)] == formula.inside
    assert tells(text, "1") in (True, False)


@pytest.mark.heavy
@pytest.mark.usefixtures("data_dir")
def test_real_rows(verifier: Verifier, grader: Grader):
    try:
        rows = load("math", "train", source="data")[::250]
    except BenchmarkError as error:
        pytest.skip(f"MATHCODER_DATA has no rows of MATH: {error}")
    results = list(derive_math(rows, verifier, grader))
    assert [result.problem for result in results] == rows
    derived = [result for result in results if isinstance(result, Derived)]
    assert len(derived) > len(rows) // 4
    for result in derived:
        blocks = result.solution.blocks
        assert [block.type for block in blocks] == ["text", "code", "execution"] * (len(blocks) // 3) + ["text"]
        assert all(block.content for block in blocks)
        assert not any("\\boxed" in block.content for block in blocks[:-1])
        assert "\\boxed" in blocks[-1].content
        for block in blocks:
            assert block.content.replace("\\$", "").count("$") % 2 == 0
    assert results == list(derive_math(rows, verifier, grader, batch=7))
