"""Two runs held against one another: pairing, intervals, McNemar's test, and what makes them incomparable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from recorded_run import ASKED, RECORDED, recorded_rows, sampled, with_all_outcomes, write_run

from mathcoder.evaluation.compare import Comparison, compare, mismatches
from mathcoder.evaluation.rows import EvalRow, Run
from mathcoder.evaluation.scoring import score_rows

ROWS = recorded_rows()
GSM8K = [row for row in ROWS if row.benchmark == "gsm8k"]


def run_of(rows: Sequence[EvalRow], **asked: Any) -> Run:
    return Run(Path("runs/made"), ASKED | asked, tuple(rows))


def one(problem: int, correct: bool | None, sample: int = 0, answer: str = "") -> EvalRow:
    """A recorded row with another grade."""
    outcome = {True: "right", False: "wrong", None: "ungradable"}[correct]
    return replace(
        GSM8K[0],
        problem=str(problem),
        sample=sample,
        answer=answer or ("25" if correct else "26"),
        correct=correct,
        outcome=outcome,
    )


def compared(grades: Sequence[tuple[bool | None, bool | None]]) -> Comparison:
    first = run_of([one(number, grade) for number, (grade, _) in enumerate(grades)])
    second = run_of([one(number, grade) for number, (_, grade) in enumerate(grades)])
    (found,) = compare(first, second)
    return found


GRADES = st.lists(st.tuples(st.sampled_from([True, False, None]), st.booleans()), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("fixed", "broken", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (5, 0, 0.0625),  # 2 / 2⁵
        (0, 6, 0.03125),  # 2 / 2⁶
        (10, 2, 0.03857421875),  # 2 (1 + 12 + 66) / 2¹²
        (4, 4, 1.0),
    ],
)
def test_mcnemar_by_hand(fixed: int, broken: int, p: float):
    found = compared([(False, True)] * fixed + [(True, False)] * broken + [(True, True)])
    assert (len(found.fixed), len(found.broken)) == (fixed, broken)
    assert found.p == pytest.approx(p, rel=1e-12)


@given(GRADES)
def test_mcnemar_is_the_binomial_tail(grades: list[tuple[bool | None, bool]]):
    found = compared(grades)
    fewer, total = min(len(found.fixed), len(found.broken)), len(found.fixed) + len(found.broken)
    tail = Fraction(2 * sum(comb(total, k) for k in range(fewer + 1)), 2**total)
    assert found.p == pytest.approx(float(min(tail, Fraction(1))))


@example([(True, False)] * 4 + [(True, True)] + [(False, False)] * 3 + [(False, True)] * 4)
@given(GRADES)
def test_the_runs_the_other_way_round(grades: list[tuple[bool | None, bool]]):
    found = compared(grades)
    turned = compared([(second, first) for first, second in grades])
    assert turned.difference == -found.difference
    assert turned.interval == (-found.interval[1], -found.interval[0])
    assert turned.p == found.p
    assert [change.problem for change in turned.fixed] == [change.problem for change in found.broken]
    assert (turned.first, turned.second) == (found.second, found.first)
    assert turned.ungradable == found.ungradable[::-1]
    counts = found.both_right, found.both_wrong, len(found.fixed), len(found.broken)
    assert sum(counts) == found.first.total == len(grades)
    assert found.difference == pytest.approx((counts[2] - counts[3]) / len(grades))


@pytest.mark.parametrize(
    ("grades", "interval"),
    [
        ([(False, True)], (1.0, 1.0)),
        ([(True, True)] * 9, (0.0, 0.0)),
        # Drawn twice: 0 and 1 come each in a quarter of the cases, far from 2.5%.
        ([(False, True), (True, True)], (0.0, 1.0)),
    ],
)
def test_intervals_by_hand(grades: list[tuple[bool, bool]], interval: tuple[float, float]):
    assert compared(grades).interval == interval


def test_the_interval_is_that_of_problems_drawn_again():
    """Another generator, another way to draw: whole problems, one by one."""
    grades = [(False, True)] * 30 + [(True, False)] * 12 + [(True, True)] * 80 + [(False, False)] * 28
    found = compared(grades)
    pairs = np.array(grades, dtype=float)
    drawn = pairs[np.random.default_rng(7).integers(len(pairs), size=(20_000, len(pairs)))].mean(axis=1)
    expected = np.percentile(drawn[:, 1] - drawn[:, 0], (2.5, 97.5))
    assert found.difference == pytest.approx(0.12)
    assert found.interval == pytest.approx(expected, abs=0.008)


def test_problems_of_one_run_only_are_counted_and_left_out():
    first = run_of([one(1, True), one(2, True), one(3, False)])
    second = run_of([one(4, True), one(3, True), one(2, False), one(5, True), one(6, True)])
    (found,) = compare(first, second)
    assert (found.only_first, found.only_second) == (1, 3)
    assert (found.first.count, found.first.total) == (1, 2)
    assert [change.problem for change in found.fixed] == ["3"]
    assert [change.problem for change in found.broken] == ["2"]


def test_each_benchmark_and_all_together():
    first, second = run_of(ROWS), run_of([row for row in ROWS if row.correct or row.benchmark == "svamp"])
    found = compare(first, second)
    assert [comparison.benchmark for comparison in found] == ["gsm8k", "svamp", "all"]
    assert [comparison.first.total for comparison in found] == [35, 40, 75]
    assert [comparison.only_first for comparison in found] == [5, 0, 5]
    assert [one.benchmark for one in compare(first, second, "svamp")] == ["svamp"]
    assert [one.benchmark for one in compare(first, run_of(GSM8K))] == ["gsm8k"]
    assert score_rows(ROWS)["accuracy"]["count"] == compare(first, first)[-1].first.count


def test_ungradable_is_not_right_and_told():
    found = compared([(None, True), (True, None), (None, None), (True, True)])
    assert found.ungradable == (2, 2)
    assert (found.first.count, found.second.count) == (2, 2)
    assert (found.both_right, found.both_wrong, len(found.fixed), len(found.broken)) == (1, 1, 1, 1)


def test_several_samples_share_a_score_and_vote():
    """Two of three are right in the first run, one of three in the second: the vote changes."""
    first = [one(1, True, 0, "25"), one(1, True, 1, "25.0"), one(1, False, 2, "7")]
    second = [one(1, False, 0, "7"), one(1, True, 1, "25"), one(1, False, 2, "7")]
    (found,) = compare(run_of(first), run_of(second))
    assert found.by == "majority"
    assert (found.first.value, found.second.value) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    ((change,), ()) = found.broken, found.fixed
    assert (change.first, change.second, change.reference) == ("25", "7", "25")


def test_votes_weigh_what_their_verification_was_worth():
    """One answer that was verified (1.0) outweighs two that were found wrong (0.2 each)."""
    rows = [replace(one(1, False, n, "7"), check="false") for n in (0, 1)]
    rows.append(replace(one(1, True, 2, "25"), check="true"))
    (found,) = compare(run_of([one(1, False)]), run_of(rows))
    assert (found.by, len(found.fixed)) == ("majority", 1)


def test_votes_are_those_of_the_scores():
    rows = sampled(with_all_outcomes(ROWS), 3)
    found = compare(run_of(rows), run_of(rows))[-1]
    assert found.both_right == score_rows(rows)["maj"]["count"]
    assert found.first.count == pytest.approx(score_rows(rows)["accuracy"]["count"])


@pytest.mark.parametrize(
    ("rows", "benchmark", "says"),
    [
        ([one(7, True)], None, "have no problem in common"),
        (GSM8K, "svamp", "have no problem of svamp in common"),
        ([], None, "have no problem in common"),
    ],
)
def test_nothing_to_compare(rows: list[EvalRow], benchmark: str | None, says: str):
    with pytest.raises(ValueError, match=says) as error:
        compare(run_of([row for row in ROWS if row.problem != "7"]), run_of(rows), benchmark)
    assert "\n" not in str(error.value)


def settings(**changed: Any) -> dict[str, Any]:
    return {"settings": ASKED["settings"] | changed}


@pytest.mark.parametrize(
    ("rows", "asked", "expected"),
    [
        (ROWS, {}, []),
        (ROWS, {"model": "another"}, []),
        (ROWS, settings(limit=50), []),  # the problems say it themselves
        (GSM8K, {}, [("benchmarks", "gsm8k, svamp", "gsm8k")]),
        (ROWS[3:], {}, [("problems of gsm8k", "40", "37")]),
        (
            ROWS,
            {"inputs": ASKED["inputs"] | {"svamp": {"sha256": "ab" * 32}}},
            [("hash of svamp", "5f5f5f5f5f5f", "abababababab")],
        ),
        (ROWS, {"inputs": None}, [("hash of gsm8k", "5f5f5f5f5f5f", "?"), ("hash of svamp", "5f5f5f5f5f5f", "?")]),
        (
            [replace(ROWS[0], question="Another?"), *ROWS[1:]],
            {},
            [("questions of the same id in gsm8k", "40", "1 of them differ")],
        ),
        (ROWS, settings(rule="mathcoder"), [("grading rule", "strict", "mathcoder")]),
        (ROWS, settings(votes=8), [("votes", "1", "8")]),
        (
            ROWS,
            settings(asking={"style": "words", "dialect": "tools", "shots": 4}),
            [("style", "code", "words"), ("dialect", "markdown", "tools"), ("worked examples", "0", "4")],
        ),
        (ROWS, {"finished": False}, [("finished", "yes", "no")]),
        (ROWS, {"versions": {"mathcoder": "9"}}, [("version of mathcoder", "0.1.0", "9")]),
    ],
)
def test_what_the_runs_differ_in(rows: list[EvalRow], asked: dict[str, Any], expected: list[tuple[str, ...]]):
    found = mismatches(run_of(ROWS), run_of(rows, **asked))
    assert [(each.what, each.first, each.second) for each in found] == expected


def test_runs_on_disk(tmp_path: Path):
    """One that is finished and one that is not, and JSON of what comes out."""
    changed = [replace(row, correct=False, outcome="wrong") if row.problem == "741" else row for row in ROWS]
    first = write_run(tmp_path / "first", recorded_rows(RECORDED))
    second = write_run(tmp_path / "second", changed[:60], finished=False)
    found = [comparison.to_json() for comparison in compare(first, second)]
    assert json.loads(json.dumps(found))[0]["broken"] == [
        {
            "benchmark": "gsm8k",
            "problem": "741",
            "question": ROWS[0].question,
            "reference": "25",
            "first": "25",
            "second": "25",
        }
    ]
    assert found[0]["difference"] == -1 / 40
    assert [entry["only_first"] for entry in found] == [0, 20, 20]
