"""Distilling: when answers agree, which solution is kept, and what is said of all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_student import Plan, Student

from mathcoder.grading import Grader
from mathcoder.instruct.distil import Agreement, AgreementRule, Distilled, agreement, distil
from mathcoder.instruct.interpolate import draw_parents, interpolate
from mathcoder.instruct.question_checks import KnownItems
from mathcoder.instruct.seed import seed_solutions
from mathcoder.models import Budget, BudgetedModel, BudgetExceeded, CachedModel, ModelError, open_model
from mathcoder.overlap import ItemIndex
from mathcoder.problems import Problem, load
from mathcoder.sandbox import Sandbox
from mathcoder.solving import DIALECTS, Options
from mathcoder.solving.formats import Record, read_records

MARKDOWN = DIALECTS["markdown"]()
HALF: Plan = ("print(1 / 2)", r"So \boxed{0.5}")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader() as grader:
        yield grader


def new(number: int = 1, **more: object) -> Problem:
    return Problem(f"new/{number}", f"Question {number}?", "", **({"split": "train"} | more))


# Agreement.

AGREEMENTS: list[tuple[list[str | None], AgreementRule, bool, tuple[int, ...]]] = [
    (["1/2", "0.5", r"\frac{1}{2}"], "all", True, (0, 1, 2)),
    (["1/2", "0.5", "2"], "all", False, (0, 1)),
    (["1/2", "0.5", "2"], "majority", True, (0, 1)),
    (["2", "1/2", "0.5"], "majority", True, (1, 2)),
    (["1", "2", "3"], "majority", False, (0,)),
    (["1/2", None, "0.5"], "all", False, (0, 2)),
    (["1/2", None, "0.5"], "majority", True, (0, 2)),
    (["1", None, " "], "majority", False, (0,)),
    (["1", "1", "2", "2"], "majority", False, (0, 1)),
    (["1", "1", "2", "1"], "majority", True, (0, 1, 3)),
    ([None, None, None], "all", False, ()),
    ([], "all", False, ()),
    (["x+1", "1+x", "x + 1"], "all", True, (0, 1, 2)),
]


@pytest.mark.parametrize(("answers", "rule", "agreed", "places"), AGREEMENTS)
def test_answers_agree_by_equivalence(
    answers: list[str | None], rule: AgreementRule, agreed: bool, places: tuple[int, ...], grader: Grader
):
    found = agreement(answers, grader, rule)
    assert found == Agreement(agreed, answers[places[0]] if places else None, places, len(answers))


def test_choices_agree_with_their_texts(grader: Grader):
    assert agreement(["B", "(B)", "6"], grader, choices=("5", "6")).agreed
    assert not agreement(["B", "(B)", "5"], grader, choices=("5", "6")).agreed


@given(st.lists(st.sampled_from(["1/2", "0.5", "2", "2.0", None]), min_size=1, max_size=5), st.randoms())
def test_the_order_of_answers_does_not_matter_and_all_is_stricter(answers: list[str | None], chance):
    with Grader() as grader:
        mixed = list(answers)
        chance.shuffle(mixed)
        for rule in ("all", "majority"):
            assert agreement(answers, grader, rule).agreed == agreement(mixed, grader, rule).agreed
        assert agreement(answers, grader, "majority").agreed or not agreement(answers, grader, "all").agreed


# What is kept.

FAILS: Plan = ("print(nothing)", r"So \boxed{\frac12}")
WORDS: Plan = (None, r"So \boxed{0.5}")
OTHER: Plan = ("print(7)", r"So \boxed{7}")
CUT: Plan = ("print(7)", None)
GONE = ModelError("the server is gone")
NAME = "a block failed: NameError"

CASES: list[tuple[list[Plan], AgreementRule, str, tuple[str, ...]]] = [
    ([HALF, HALF, HALF], "all", "", ("", "another was chosen", "another was chosen")),
    ([FAILS, WORDS, HALF], "all", "", (NAME, "no code", "")),
    ([HALF, OTHER, HALF], "all", "2 of 3 agree", ("2 of 3 agree",) * 3),
    ([HALF, OTHER, HALF], "majority", "", ("", "another answer", "another was chosen")),
    ([OTHER, HALF, HALF], "majority", "", ("another answer", "", "another was chosen")),
    ([FAILS, FAILS, WORDS], "all", "no solution that ran", (NAME, NAME, "no code")),
    ([CUT, CUT, CUT], "majority", "no answer", ("not finished: tokens",) * 3),
    ([HALF, CUT, HALF], "all", "2 of 3 agree", ("2 of 3 agree", "not finished: tokens", "2 of 3 agree")),
    ([HALF, GONE, HALF], "all", f"model error: {GONE}", (f"model error: {GONE}",) * 3),
    ([HALF, GONE, HALF], "majority", "", ("", f"model error: {GONE}", "another was chosen")),
]


@pytest.mark.parametrize(("plans", "rule", "reason", "reasons"), CASES)
def test_a_problem_is_kept_with_one_solution_or_has_its_reason(
    plans: list[Plan],
    rule: AgreementRule,
    reason: str,
    reasons: tuple[str, ...],
    sandbox: Sandbox,
    grader: Grader,
):
    model = Student({"Question 1?": plans})
    (found,) = distil([new()], model, dialect=MARKDOWN, sandbox=sandbox, grader=grader, rule=rule)
    assert (found.reason, found.reasons) == (reason, reasons)
    assert found.kept == (not reason)
    assert [sample.origin.sample for sample in found.samples] == [0, 1, 2]
    if found.kept:
        assert found.chosen == reasons.index("")
        assert found.problem.answer == "0.5"
        assert found.samples[found.chosen].solution.answer == "0.5"
    else:
        assert (found.chosen, found.problem) == (None, new())


def test_the_stated_answer_is_not_looked_at(sandbox: Sandbox, grader: Grader):
    stated = Problem("new/1", "Question 1?", "99", split="train")
    model = Student({"Question 1?": [HALF, HALF]})
    (found,) = distil([stated], model, dialect=MARKDOWN, sandbox=sandbox, grader=grader, samples=2)
    assert found.problem.answer == "0.5"
    assert not any("99" in prompt for prompt in model.told)


BAD = [
    ([new(split="test")], {}, "new/1 is of the split test"),
    ([new()], {"samples": 1}, "samples is 1: it must be 2 or more"),
    ([new()], {"rule": "most"}, "rule must be one of all, majority, not 'most'"),
    ([new()], {"options": Options()}, "3 samples at temperature 0"),
]


@pytest.mark.parametrize(("problems", "more", "said"), BAD)
def test_what_cannot_be_distilled_is_said_before_any_work(
    problems: list[Problem], more: dict[str, object], said: str, sandbox: Sandbox, grader: Grader
):
    model = Student({})
    with pytest.raises(ValueError, match=said):
        distil(problems, model, dialect=MARKDOWN, sandbox=sandbox, grader=grader, **more)
    assert model.asked == 0


def test_a_cache_makes_it_resumable(sandbox: Sandbox, grader: Grader, tmp_path: Path):
    problems = [new(n) for n in range(4)]
    student = Student({each.question: [HALF, FAILS, HALF] for each in problems})

    def run(budget: Budget) -> Iterator[Distilled]:
        model = CachedModel(BudgetedModel(student, budget), tmp_path)
        return distil(problems, model, dialect=MARKDOWN, sandbox=sandbox, grader=grader, concurrency=1)

    first: list[Distilled] = []
    with pytest.raises(BudgetExceeded):
        first.extend(run(Budget(max_tokens=180)))  # 10 a request, two requests a solution
    assert len(first) < 4
    second = list(run(Budget()))
    assert [(each.problem.id, each.chosen) for each in second] == [(each.id, 0) for each in problems]
    assert student.asked == 4 * 3 * 2


# Real samples.


def recorded(data_dir: Path) -> list[tuple[str, list[str | None], str]]:
    """GSM8K questions with the recorded answers of MathCoder-L-7b, L-70b and ToRA-70B, and the truth."""
    answers: dict[str, dict[str, str | None]] = {}
    truths: dict[str, str] = {}
    for name in ("traces/lce_traces.jsonl.gz", "qa/tora_gsm8k_traces.jsonl.gz"):
        for record in read_records(data_dir / name):
            assert isinstance(record, Record)
            if record.meta["benchmark"] == "GSM8K":
                answers.setdefault(record.problem, {})[record.meta["model"]] = record.solution.answer
                truths[record.problem] = record.reference or ""
    return [(problem, list(told.values()), truths[problem]) for problem, told in answers.items() if len(told) == 3]


def test_agreement_of_recorded_solutions_is_nearly_always_right(grader: Grader, data_dir: Path):
    rows = recorded(data_dir)
    assert len(rows) == 403
    right = Counter[str]()
    for _, answers, truth in rows:
        for rule in ("all", "majority"):
            found = agreement(answers, grader, rule)
            right[rule] += found.agreed
            right[f"{rule} right"] += found.agreed and bool(grader.grade(found.answer, truth).correct)
        right["first"] += bool(grader.grade(answers[0], truth).correct)
    assert right["all right"] / right["all"] > right["majority right"] / right["majority"] > 0.9
    assert right["all"] < right["majority"]
    assert right["all right"] / right["all"] > right["first"] / len(rows)


def test_recorded_questions_are_found_among_benchmark_items(data_dir: Path):
    """They are test items: the check that new problems pass, and decontamination, must find every one."""
    items = list(load("gsm8k", "test", source="data"))
    known = KnownItems(ItemIndex.of([item.id for item in items], [item.question for item in items], 8))
    assert [question for question, _, _ in recorded(data_dir) if not known.inside(question)] == []


# The whole chain.


@pytest.mark.heavy
def test_all_three_steps_with_the_embedded_model(sandbox: Sandbox, grader: Grader, tmp_path: Path, data_dir: Path):
    """The small model is almost never right: what it writes is kept or has a reason, at each step, and adds up."""
    easy, hard = (list(load(name, "train", source="data", limit=3)) for name in ("gsm8k", "math"))
    model = open_model("embedded", cache=tmp_path)
    options = Options(temperature=0.7, tokens=160, rounds=2)
    how = {"dialect": MARKDOWN, "sandbox": sandbox, "grader": grader, "samples": 2, "options": options}
    seeds = list(seed_solutions(easy, model, **how))
    assert len(seeds) == 6
    items = [*easy, *hard]
    known = KnownItems(ItemIndex.of([item.id for item in items], [item.question for item in items], 8))
    written = list(interpolate(draw_parents(easy, hard, 3, seed=1), model, known=known, max_tokens=160))
    assert len(written) == 3
    assert all(each.kept or each.reason for each in written)
    problems = [each.problem() for each in written if each.kept] or [
        Problem("new", easy[0].question, "", split="train")
    ]
    distilled = list(distil(problems, model, **how))
    assert len(distilled) == len(problems)
    for each in distilled:
        assert each.kept == (each.reason == "")
        assert each.reasons.count("") == each.kept
        assert len(each.reasons) == len(each.samples) == 2
    asked = CachedModel(None, tmp_path)
    again = list(distil(problems, asked, **how))
    assert [each.reasons for each in again] == [each.reasons for each in distilled]
