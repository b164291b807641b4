"""What a solution answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mathcoder.grading import extract_answer, is_equivalent
from mathcoder.grading.extract import Kind
from mathcoder.problems import load
from mathcoder.solution import Block, Solution

CASES: list[tuple[str, Kind | None, str | None]] = [
    (r"So $x=\boxed{4}$.", None, "4"),
    (r"So $x=\boxed{4}$ or $x=\boxed{-1}$.", None, "4, -1"),
    (r"\boxed{1}, \boxed{2}, and \boxed{3}", None, "1, 2, 3"),
    (r"First \boxed{A} is wrong. The right one is \boxed{B}.", None, "B"),
    (r"\boxed{2} is even. And then the answer is \boxed{3}", None, "3"),
    (r"Nested \boxed{\frac{1}{2}}", None, r"\frac{1}{2}"),
    (r"Cut off \boxed{5", None, None),
    ("He pays 3 * 6 = 18 dollars.\n#### 18", None, "18"),
    ("#### 1\nNo:\n#### 2", None, "2"),
    ("The answer is: $\\frac{3}{4}$.", None, r"\frac{3}{4}"),
    ("Therefore, the final answer is 42.", None, "42"),
    ("42", None, "42"),
    ("There are 7 apples left.", None, "There are 7 apples left"),
    ("There are 7 apples left.", "number", "7"),
    ("From $1,250 he has $-3.50 left", "number", "-3.50"),
    ("nothing", "number", None),
    ("The answer is (C).", "choice", "C"),
    ("I think option B is right", "choice", "B"),
    ("Because of that:\n(D) 15", "choice", "D"),
    ("**A**", "choice", "A"),
    ("A man has two dogs. Answer: B", "choice", "B"),
    ("", None, None),
]


@pytest.mark.parametrize(("text", "kind", "answer"), CASES)
def test_of_a_text(text: str, kind: Kind | None, answer: str | None):
    assert extract_answer(text, kind) == answer


def solution(*blocks: tuple[str, str]) -> Solution:
    return Solution(tuple(Block(type_, content) for type_, content in blocks))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("blocks", "answer"),
    [
        ([("text", r"\boxed{1}"), ("code", "2"), ("execution", "2"), ("text", r"So \boxed{2}.")], "2"),
        ([("text", r"We guess \boxed{82}."), ("code", "73"), ("execution", "73"), ("text", "73")], "73"),
        (
            [
                ("text", r"\boxed{5}"),
                ("text", "That was easy, was it not? I am glad that we are done with it all."),
            ],
            "5",
        ),
        ([("text", "Let us see."), ("code", "print(7)"), ("execution", "7")], None),
        ([], None),
    ],
)
def test_of_a_solution(blocks: list[tuple[str, str]], answer: str | None):
    assert extract_answer(solution(*blocks)) == answer


def test_the_answer_that_a_solution_carries_is_the_last_resort():
    assert extract_answer(Solution((Block("code", "7"),), "7")) == "7"


def test_worked_solutions_of_gsm8k_say_their_answer():
    problems = load("gsm8k")
    assert all(extract_answer(problem.solution or "") == problem.answer for problem in problems)


def test_worked_solutions_of_math_say_their_answer(data_dir: Path):
    problems = [problem for problem in load("math", "train") if problem.answer]
    assert len(problems) > 7_000
    same = [is_equivalent(extract_answer(problem.solution or ""), problem.answer).correct for problem in problems]
    assert same.count(True) / len(same) > 0.995


def test_recorded_solutions_say_what_their_authors_found():
    path = Path(__file__).parents[2] / "examples/data/mathcoder_l70b.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found = [extract_answer(solution(*((b["type"], b["content"]) for b in row["blocks"]))) for row in rows]
    same = [is_equivalent(a, row["completion"]).correct for a, row in zip(found, rows, strict=True)]
    assert same.count(True) == len(rows) - 3  # two end with an output, one in the middle of a comment
