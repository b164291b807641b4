from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.solution import Block, Cost, Ended, Solution, final_answer, last_boxed

blocks = st.builds(Block, st.sampled_from(["text", "code", "execution"]), st.text())
counts = st.integers(0, 2**53)
seconds = st.floats(0, 1e9)
solutions = st.builds(
    Solution,
    st.lists(blocks).map(tuple),
    st.none() | st.text(),
    st.sampled_from(get_args(Ended)),
    st.builds(Cost, counts, counts, counts, seconds, seconds),
)


@given(solutions)
def test_json_round_trip_is_exact(solution: Solution):
    assert Solution.from_json(json.loads(json.dumps(solution.to_json()))) == solution


def test_only_blocks_are_needed():
    assert Solution.from_json({"blocks": []}) == Solution(())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"blocks": None}, "solution.blocks must be a list, not null"),
        ({"blocks": [{"type": "text"}]}, "solution.blocks[0].content is missing"),
        ({"blocks": ["x"]}, "solution.blocks[0] must be an object, not str"),
        ({"blocks": [{"type": "tool", "content": ""}]}, "solution.blocks[0].type must be one of"),
        (
            {"blocks": [{"type": "text", "content": 5}]},
            "solution.blocks[0].content must be a string, not int",
        ),
        ({"blocks": [{"type": "text", "content": "", "n": 1}]}, "solution.blocks[0] has the unknown key 'n'"),
        ({"answer": 42}, "solution.answer must be a string or null, not int"),
        ({"ended": "stop"}, "solution.ended must be one of answer"),
        ({"ended": ["answer"]}, "solution.ended must be one of answer"),
        ({"cost": []}, "solution.cost must be an object, not list"),
        ({"cost": {"rounds": True}}, "solution.cost.rounds must be a whole number"),
        ({"cost": {"rounds": -1}}, "solution.cost.rounds must be a whole number of 0 or more, not -1"),
        ({"cost": {"model_seconds": "1"}}, "solution.cost.model_seconds must be a number"),
        ({"cost": {"model_seconds": float("nan")}}, "solution.cost.model_seconds must be a number"),
        ({"cost": {"sandbox_seconds": 10**400}}, "solution.cost.sandbox_seconds must be a number"),
        ({"cost": {"dollars": 1}}, "solution.cost has the unknown key 'dollars'"),
        ({"reward": 1}, "solution has the unknown key 'reward'"),
    ],
)
def test_a_wrong_value_is_named(change: dict[str, object], message: str):
    with pytest.raises(ValueError, match="solution") as caught:
        Solution.from_json({"blocks": []} | change)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [None, [], "x"])
def test_a_solution_is_an_object(data: object):
    with pytest.raises(ValueError, match="solution must be an object"):
        Solution.from_json(data)


def test_blocks_are_needed():
    with pytest.raises(ValueError, match=r"solution\.blocks is missing"):
        Solution.from_json({})


BOXED = [
    (r"so \boxed{42}.", "42"),
    (r"\boxed{\frac{3}{4}}", r"\frac{3}{4}"),
    (r"\boxed{1} and then \boxed{2}", "2"),
    (r"\fbox{7}", "7"),
    (r"\boxed{ x^{2} }", "x^{2}"),
    (r"\boxed {5}", "5"),
    (r"$\boxed 5$", "5"),
    (r"it is \boxed 5.", "5"),
    (r"\(\boxed 5\) apples", "5"),
    (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
    (r"\boxed{\left\{1,2\right.}", r"\left\{1,2\right."),
    (r"\boxed{\boxed{5}}", "5"),
    ("\\boxed{a\nb}", "a\nb"),
    (r"\\boxed{5}", "5"),
    (r"x\\\boxed{5}", "5"),
    (r"\boxed{3} then \boxed{", "3"),
    (r"\boxed{3} then \boxed{4", "3"),
    (r"\boxed{4 and \boxed{5}", "5"),
    (r"placed in \boxed{}, is 2", None),
    (r"\boxed{}", None),
    (r"\boxed", None),
    (r"\boxedtext{5}", None),
    ("boxed{5}", None),
    ("}{", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "inside"), BOXED)
def test_last_boxed(text: str, inside: str | None):
    assert last_boxed(text) == inside


@given(st.text(alphabet="ab{}\\$ ").filter(lambda text: last_boxed(rf"\boxed{{{text}}}") is not None))
def test_a_box_is_balanced(text: str):
    inside = last_boxed(rf"\boxed{{{text}}}")
    assert inside is not None
    bare = inside.replace("\\\\", "").replace("\\{", "").replace("\\}", "")
    assert bare.count("{") == bare.count("}")


def test_many_unclosed_boxes_are_read_in_one_pass():
    assert last_boxed(r"\boxed{" * 200_000) is None


ANSWERS = [
    ([("text", "42")], "42"),
    ([("text", r"$\frac{3}{4}$")], r"\frac{3}{4}"),
    ([("text", r"\(p-q\).")], "p-q"),
    ([("text", "True")], "True"),
    ([("text", r"So \boxed{5}"), ("text", "6")], "6"),
    ([("text", r"So \boxed{5}"), ("text", "That is all.")], "5"),
    ([("text", "The answer is 42.")], "42"),
    ([("text", "The answer is: $3.5$ dollars. Good.")], "$3.5$ dollars"),
    ([("text", "The answer is 1. No, the answer is 2.")], "2"),
    ([("text", "$18")], "18"),
    ([("text", r"The answer is \(2\) and \(3\)")], r"\(2\) and \(3\)"),
    ([("text", "**The final answer is \\(7\\)**")], "7"),
    ([("text", r"\boxed{1}"), ("code", "2"), ("execution", "2"), ("text", r"\boxed{2}")], "2"),
    ([("text", r"\boxed{1}"), ("code", "2"), ("execution", "2")], "1"),
    ([("text", "1"), ("code", "2"), ("execution", "2")], None),
    ([("text", r"\boxed{1}"), ("code", "2"), ("execution", "2"), ("text", "Let me see.")], "1"),
    ([("text", "Let me see whether this can be solved in some other way at all")], None),
    ([("code", r"'\boxed{5}'"), ("execution", r"\boxed{5}")], None),
    ([("text", " ")], None),
    ([], None),
]


@pytest.mark.parametrize(("pairs", "answer"), ANSWERS)
def test_final_answer(pairs: list[tuple[str, str]], answer: str | None):
    assert final_answer([Block(kind, content) for kind, content in pairs]) == answer  # type: ignore[arg-type]


def test_final_answers_of_real_solutions(data_dir: Path):
    with gzip.open(data_dir / "traces" / "lce_traces.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["correct"] and row["blocks"][-1]["type"] == "text"]
    found = [final_answer([Block(**block) for block in row["blocks"]]) for row in rows]
    same = sum(answer == row["completion"] for answer, row in zip(found, rows, strict=True))
    assert len(rows) == 2015
    assert found.count(None) <= 1
    assert same >= 1782  # the others differ in a unit, a $ or a last digit


def test_the_nouns_import_nothing_heavy():
    code = "import sys, mathcoder.solution; print(*(set(sys.modules) & {'numpy', 'pyarrow', 'sympy', 'openai'}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"
