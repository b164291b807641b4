"""A table reproduced from recorded outputs: labels, both rules, workers, and what was done before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from mathcoder.evaluation import (
    OutputSet,
    Reproduced,
    SetResult,
    Share,
    explain,
    read_outputs,
    reproduce,
    summarise,
)
from mathcoder.evaluation.reproduce import published_score
from mathcoder.grading import Grader
from mathcoder.grading.mathcoder_rule import is_correct
from mathcoder.sandbox import Execution, Limits, Sandbox, Session

RECORDED = Path(__file__).parents[2] / "examples/data/mathcoder_l70b.jsonl"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(timeout=4, clock="processor")) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader() as grader:
        yield grader


@pytest.fixture(scope="module")
def traces(data_dir: Path) -> list[OutputSet]:
    sets, bad, _ = read_outputs(data_dir / "traces/lce_traces.jsonl.gz")
    assert bad == []
    return sets


class Idle:
    """Stands in for a sandbox where only the grades matter: every block comes out empty."""

    workers = 1

    def session(self) -> Any:
        return nullcontext(self)

    def run(self, code: str, timeout: float | None = None) -> Execution:
        return Execution("")


@pytest.fixture(scope="module")
def graded(traces: list[OutputSet], grader: Grader) -> list[Reproduced]:
    """Every trace, graded and not executed."""
    return list(reproduce(traces, cast("Sandbox", Idle()), grader))


def by_id(rows: list[Reproduced]) -> dict[str, Reproduced]:
    found = {row.id: row for row in rows}
    assert len(found) == len(rows)
    return found


def test_every_recorded_label_comes_out_under_their_rule(traces: list[OutputSet]):
    labelled = [(one, row) for one in traces for row in one.solutions if row.label is not None]
    other = [
        row.id
        for one, row in labelled
        if is_correct(row.completion, row.record.reference or "", one.benchmark) is not row.label
    ]
    assert len(labelled) == 2718
    assert other == []


def test_every_difference_has_a_reason(graded: list[Reproduced]):
    differing = [row for row in graded if row.ours is not row.theirs]
    assert len(graded) == 2813
    assert 0 < len(differing) < 60
    assert [row.id for row in differing if not explain(row)] == []
    assert [row.id for row in graded if row.ours is row.theirs and explain(row)] == []


def test_a_part_is_no_accuracy(traces: list[OutputSet], graded: list[Reproduced]):
    results = summarise(traces, graded)
    assert [(result.benchmark, result.model, result.theirs.total, result.partial) for result in results] == [
        ("GSM8K", "MathCoder-L-70b", 403, ""),
        ("GSM8K", "MathCoder-L-7b", 403, ""),
        ("MATH", "MathCoder-L-7b", 366, "only right ones"),
        ("MATH-minival(=MATH-500)", "MathCoder-CL-34b", 153, "some labels missing"),
        ("mathematics", "MathCoder-L-70b", 298, ""),
        ("mathematics", "MathCoder-L-7b", 298, ""),
        ("simuleq", "MathCoder-L-70b", 162, ""),
        ("simuleq", "MathCoder-L-7b", 162, ""),
        ("SVAMP", "MathCoder-L-70b", 284, ""),
        ("SVAMP", "MathCoder-L-7b", 284, ""),
    ]
    assert sum(result.label_agrees.total for result in results) == 2718
    assert all(result.label_agrees.count == result.label_agrees.total for result in results)
    whole = [result for result in results if not result.partial]
    # A part of each set: its accuracy, with its interval, is near that of the paper by either rule.
    for result in whole:
        for share in (result.recorded, result.theirs, result.ours):
            low, high = share.interval(3)
            assert result.published is not None
            assert low <= result.published / 100 <= high, result


def test_the_whole_pipeline_on_a_part_of_each_set(data_dir: Path, sandbox: Sandbox, grader: Grader):
    sets, _, _ = read_outputs(data_dir / "traces/lce_traces.jsonl.gz", limit=15)
    alone = by_id(list(reproduce(sets, sandbox, grader, workers=1)))
    assert len(alone) == 150
    assert by_id(list(reproduce(sets, sandbox, grader, workers=3))) == alone
    results = summarise(sets, alone.values())
    same = sum(result.executions.count for result in results)
    executed = sum(result.executions.total for result in results)
    assert executed > 250
    assert same / executed > 0.98


class Counting(Sandbox):
    """Counts the solutions that are executed."""

    sessions = 0

    def session(self) -> Session:
        self.sessions += 1
        return super().session()


def test_what_was_done_is_not_executed_again(grader: Grader):
    sets, _, _ = read_outputs(RECORDED, limit=10)
    with Counting() as sandbox:
        rows = by_id(list(reproduce(sets, sandbox, grader)))
        assert sandbox.sessions == len(rows) == 20
        done = sorted(rows)[:13]
        left = by_id(list(reproduce(sets, sandbox, grader, skip=done)))
        assert sandbox.sessions == 27
        assert left == {name: row for name, row in rows.items() if name not in done}
        assert list(reproduce(sets, sandbox, grader, skip=rows)) == []
        assert sandbox.sessions == 27


def test_the_file_of_the_examples(sandbox: Sandbox, grader: Grader):
    sets, _, _ = read_outputs(RECORDED)
    rows = list(reproduce(sets, sandbox, grader))
    assert [Reproduced.from_json(row.to_json()) for row in rows] == rows
    results = summarise(sets, rows)
    assert [(result.benchmark, result.published) for result in results] == [("GSM8K", 83.9), ("SVAMP", 84.9)]
    for result in results:
        assert result.recorded == result.theirs
        assert result.label_agrees == Share(40, 40)
        assert result.executions.count == result.executions.total > 40
        assert result.to_json()["theirs"] == {
            "count": result.theirs.count,
            "total": 40,
            "interval": result.theirs.interval(),
        }


@pytest.mark.parametrize(
    ("model", "benchmark", "score"),
    [
        # table 2 of arXiv 2310.03731
        ("MathCoder-L-7b", "GSM8K", 64.2),
        ("MathCoder-L-7b", "MATH", 23.3),
        ("MathCoder-L-70b", "GSM8K", 83.9),
        ("MathCoder-L-70b", "MATH", 45.1),
        ("MathCoder-CL-34b", "MATH", 45.2),
        ("MathCoder-L-70b", "SVAMP", 84.9),
        ("MathCoder-L-70b", "simuleq", 77.0),
        ("MathCoder-L-7b", "mathematics", 46.9),
        ("mathcoder-l-7b", "Mathematics", 46.9),
        # which it does not have
        ("MathCoder-CL-34b", "MATH-minival(=MATH-500)", None),
        ("MathCoder-CL-34b", "minival", None),
        ("MathCoder-L-70b", "no such set", None),
        ("no such model", "GSM8K", None),
    ],
)
def test_published_figures(model: str, benchmark: str, score: float | None):
    assert published_score(model, benchmark) == score


ROW = Reproduced("1", "M", "GSM8K", "", "1", "1", "1", True, True, True, "number", {})


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, ""),
        ({"theirs": False, "ours": False, "rule": "kind"}, ""),
        ({"ours": None, "rule": "time limit"}, "ours cannot grade it: time limit"),
        ({"theirs": False, "ours": None, "rule": "no reference"}, "ours cannot grade it: no reference"),
        ({"theirs": False}, "theirs compares what is left of the text after its clean-up"),
        (
            {"ours": False, "rule": "decimal", "answer": "0.33", "reference": r"\frac{1}{3}"},
            "a decimal with too few right digits, less than 0.01 away",
        ),
        ({"ours": False, "rule": "no answer", "answer": None}, "ours finds no answer in the solution's text"),
        (
            {"ours": False, "rule": "expression", "answer": r"\frac{27}{50}", "reference": r"\frac{6}{11}"},
            "other values, less than 0.01 apart",
        ),
        ({"ours": False, "rule": "base", "answer": "664_7", "reference": "664"}, "theirs stops reading at a"),
        (
            {"ours": False, "rule": "kind", "answer": "3", "reference": "3:1"},
            "ours compares as kind, theirs a part",
        ),
        ({"ours": False, "rule": "equation", "answer": "x=0", "reference": "x+4=0"}, "ours reads another value"),
    ],
)
def test_explain(changed: dict[str, Any], why: str):
    assert explain(replace(ROW, **changed)).startswith(why)
    assert bool(explain(replace(ROW, **changed))) is bool(why)


def test_a_set_without_rows_is_a_line_of_nothing():
    (result,) = summarise([OutputSet("M", "GSM8K", "")], [])
    assert isinstance(result, SetResult)
    assert (result.ours, result.executions, result.ungradable) == (Share(0, 0), Share(0, 0), 0)
