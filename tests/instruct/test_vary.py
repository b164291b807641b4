"""Problems with other numbers: question and program change together, and what may not change stays."""

from __future__ import annotations

import contextlib
import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.instruct.derivation import Derivation
from mathcoder.instruct.gsm8k import derive
from mathcoder.instruct.quantities import quantities, spelled
from mathcoder.instruct.vary import Change, can_vary, vary
from mathcoder.instruct.vary_exact import printed_value
from mathcoder.instruct.vary_names import FEMALE, MALE
from mathcoder.problems import Problem, load
from mathcoder.sandbox import Sandbox

_JUDGED = Path(__file__).parent / "varied_rows.jsonl"


def _derived(question: str, solution: str, answer: str) -> Derivation:
    derivation = derive(Problem("made/1", question, answer, f"{solution}\n#### {answer}"))
    assert isinstance(derivation, Derivation)
    return derivation


_LAMPS = _derived(
    "Amina's shop sells 40 lamps in June and half as many in July. Each lamp costs $12. What does the shop take?",
    "The shop sold 40/2 = <<40/2=20>>20 lamps in July.\nIt sold 40+20 = <<40+20=60>>60 lamps.\n"
    "Amina took 60*12 = $<<60*12=720>>720.",
    "720",
)


# The evaluator of its own.


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("a = 48  # clips\nb = a / 2\nprint(a + b)", Fraction(72)),
        ("a = 0.1\nb = 0.2\nprint(round(a + b, 2))", Fraction("0.3")),
        ("a = 7\nprint(a // 2 + a % 2 - -1)", Fraction(5)),
        ("a = 1 / 3\nprint(a * 3)", Fraction(1)),
        ("a = 2\nprint(a ** 10)", Fraction(1024)),
    ],
)
def test_printed_value(code: str, value: Fraction) -> None:
    assert printed_value(code) == value


@pytest.mark.parametrize(
    "code",
    [
        "",
        "print(a)",
        "a = 1",
        "a = 1 / 0\nprint(a)",
        "import os\nprint(1)",
        "a = open('x')\nprint(a)",
        "a = 9 ** 64 ** 64\nprint(a)",
        "a = 9 ** 64\nb = a ** 64\nprint(b ** 64)",
        "for i in range(3): pass\nprint(1)",
        "print(1, 2)",
        "a = True\nprint(a)",
        "a = (" + "(" * 400 + "1" + ")" * 401 + "\nprint(a)",
        "a = 1\n" * 8_000 + "print(a)",
    ],
)
def test_what_is_no_such_program(code: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        printed_value(code)


@given(st.text(alphabet="ab12 =+-*/().\n#print,", max_size=80))
def test_any_text_is_a_program_or_a_value_error(code: str) -> None:
    with contextlib.suppress(ValueError):
        printed_value(code)


# Question and program together.


def test_the_numbers_change_in_question_and_program() -> None:
    (varied,) = vary(_LAMPS, seed=3)
    assert varied.parent_id == "made/1"
    assert varied.derivation.problem_id == "made/1/varied/3/0"
    for change in varied.changes:
        assert change in (Change(change.name, "40", change.new), Change(change.name, "12", change.new))
        assert f"{change.name} = {change.new}  #" in varied.derivation.code()
        assert change.new in varied.question
        assert not re.search(rf"\b{change.old}\b", varied.question)
    assert printed_value(varied.derivation.code()) == varied.derivation.evaluate() == int(varied.derivation.answer)


def test_same_seed_same_problems() -> None:
    assert vary(_LAMPS, 8, 5) == vary(_LAMPS, 8, 5)
    assert vary(_LAMPS, 8, 5) != vary(_LAMPS, 9, 5)
    questions = {varied.question for varied in vary(_LAMPS, 8, 5)}
    assert len(questions) == 5
    assert _LAMPS.question not in questions


def test_persons_get_other_names_everywhere() -> None:
    found = vary(_LAMPS, 2, 4, rename=True)
    assert len(found) == 4
    for varied in found:
        text = f"{varied.question} {varied.derivation.code()} {varied.derivation.solution('1').blocks[-1].content}"
        assert "amina" not in text.lower()
        (name,) = (name for name in FEMALE if re.search(rf"\b{name}'s shop", varied.question))
        assert f"{name} took" in text
        assert [quantities(varied.question[s:e]) != [] for g in varied.derivation.givens for s, e in g.spans]
        assert printed_value(varied.derivation.code()) == varied.derivation.evaluate()


def test_the_tables_of_names_are_apart() -> None:
    assert not set(FEMALE) & set(MALE)
    assert all(re.fullmatch(r"[A-Z][a-z]+", name) for name in (*FEMALE, *MALE))


# What stays. Each question has one number that may change, 40, and one that may not.


@pytest.mark.parametrize(
    ("question", "solution", "answer", "stays"),
    [
        ("In 1998 a club had 40 members. How many years before 2040 is that, and members?",
         "It is 40 + 1998 = <<40+1998=2038>>2038.", "2038", "1998"),
        ("Room 12 has 40 seats and room 15 has 25. How many seats are there?",
         "There are 40 + 25 = <<40+25=65>>65 seats.", "65", "Room 12"),
        ("A shop has 40 eggs and 2 dozen buns. How many eggs and buns are there?",
         "There are 2*12 = <<2*12=24>>24 buns.\nThat is 40+24 = <<40+24=64>>64.", "64", "2 dozen"),
        ("There are 40 pens, 3/4 of them blue. How many are blue?",
         "There are 40*3/4 = <<40*3/4=30>>30 blue pens.", "30", "3/4"),
        ("A pen costs $1 and a book 40 dollars. What do both cost?",
         "They cost 40 + 1 = <<40+1=41>>41 dollars.", "41", "$1 "),
        ("There are 60 minutes in an hour. A film has 40 minutes more than that. How long is it?",
         "It is 60 + 40 = <<60+40=100>>100 minutes.", "100", "60 minutes"),
    ],
)  # fmt: skip
def test_numbers_that_stay(question: str, solution: str, answer: str, stays: str) -> None:
    derivation = _derived(question, solution, answer)
    found = [varied for seed in range(6) for varied in vary(derivation, seed, 3)]
    assert found
    assert all(stays in varied.question for varied in found)


def test_a_percentage_stays_one_and_a_part_stays_below_its_whole() -> None:
    derivation = _derived(
        "A wood has 200 trees. 35% of them are oaks. How many of the trees are not?",
        "There are 200*35/100 = <<200*35/100=70>>70 oaks.\nSo 200 - 70 = <<200-70=130>>130 are not.",
        "130",
    )
    found = [varied for seed in range(10) for varied in vary(derivation, seed, 3)]
    assert found
    for varied in found:
        stated = {quantity.kind: quantity.value for quantity in quantities(varied.question)}
        assert 0 < stated["percent"] < 100
        values = varied.derivation.values()
        assert all(value.denominator == 1 for value in values.values())


def test_a_number_that_may_be_another_leaves_the_problem_out() -> None:
    derivation = _derived(
        "Jo buys 4 pens for $4 each and walks 4 miles. What do the pens cost?",
        "They cost 4*4 = $<<4*4=16>>16.",
        "16",
    )
    assert derivation.unsure
    assert not can_vary(derivation)
    assert vary(derivation, 1, 5) == []


@pytest.mark.parametrize(("value", "words"), [(0, "zero"), (21, "twenty-one"), (40, "forty"), (99, "ninety-nine")])
def test_spelled(value: int, words: str) -> None:
    assert spelled(value) == words
    assert [quantity.value for quantity in quantities(f"there are {words} of them")] == [value]


# The rows that were read by hand.


@pytest.fixture(scope="module")
def parents(data_dir: Path) -> dict[str, Derivation]:
    wanted = {json.loads(line)["id"].partition("/varied")[0] for line in _JUDGED.read_text().splitlines()}
    problems = load("gsm8k", "train", data_dir / "eval" / "gsm8k.jsonl.gz")
    results = [derive(problem) for problem in problems if problem.id in wanted]
    return {result.problem_id: result for result in results if isinstance(result, Derivation)}


def test_the_judged_rows_are_still_what_is_made(parents: dict[str, Derivation]) -> None:
    rows = [json.loads(line) for line in _JUDGED.read_text(encoding="utf-8").splitlines()]
    assert sum(row["right"] for row in rows) / len(rows) >= 0.95
    for row in rows:
        parent, _, rest = row["id"].partition("/varied/")
        (varied,) = vary(parents[parent], int(rest.split("/")[0]), 1)
        assert varied.derivation.problem_id == row["id"]
        assert [[change.old, change.new] for change in varied.changes] == row["changes"]
        assert varied.derivation.answer == row["answer"]


def test_real_programs_print_what_two_evaluators_say(parents: dict[str, Derivation]) -> None:
    varied = [found.derivation for parent in parents.values() for found in vary(parent, 11, 2)]
    assert len(varied) > 300
    with Sandbox() as sandbox:
        executions = list(sandbox.map(derivation.code() for derivation in varied))
    for derivation, execution in zip(varied, executions, strict=True):
        assert printed_value(derivation.code()) == derivation.evaluate()
        assert abs(float(execution.output) - float(derivation.evaluate())) < 1e-6
        assert derivation.evaluate() == Fraction(derivation.answer)


def test_values_keep_their_kind(parents: dict[str, Derivation]) -> None:
    for parent in parents.values():
        old = parent.values()
        for varied in vary(parent, 5, 2):
            for name, new in varied.derivation.values().items():
                assert (old[name].denominator == 1) <= (new.denominator == 1)
                assert (old[name] > 0) == (new > 0)
                assert old[name] / 10 <= new <= old[name] * 10
