"""Figures from rows."""

from __future__ import annotations

import pytest

from mathcoder.evaluation.rows import EvalRow, Outcome
from mathcoder.evaluation.scoring import score_rows, score_run
from mathcoder.solution import Block, Cost, Solution

RAISED = "Traceback (most recent call last)\n  ...\nNameError: name 'x' is not defined"


def row(
    problem: str,
    answer: str | None = "1",
    correct: bool | None = True,
    *,
    sample: int = 0,
    outcome: Outcome | None = None,
    outputs: tuple[str, ...] = (),
    check: str | None = None,
    benchmark: str = "gsm8k",
    level: str | None = None,
) -> EvalRow:
    blocks = [block for output in outputs for block in (Block("code", "x"), Block("execution", output))]
    found: Outcome = outcome or {True: "right", False: "wrong", None: "ungradable"}[correct]  # type: ignore[assignment]
    return EvalRow(
        id=f"{benchmark}/{problem}#{sample}",
        benchmark=benchmark,
        problem=problem,
        sample=sample,
        question="?",
        reference="1",
        solution=Solution(tuple(blocks), answer, "answer", Cost(100, 10, 1 + len(outputs), 2.0, 0.5)),
        answer=answer,
        correct=correct,
        rule="number",
        outcome=found,
        check=check,
        level=level,
    )


def test_what_became_of_every_solution_is_told():
    rows = [
        row("a"),
        row("b", "2", False),
        row("c", "?", None),
        row("d", None, False, outcome="invalid"),
        row("e", None, False, outcome="truncated"),
    ]
    scores = score_rows(rows)
    assert scores["accuracy"]["count"] == 1
    assert scores["accuracy"]["total"] == 5
    assert scores["outcomes"] == {
        "right": 1,
        "wrong": 1,
        "ungradable": 1,
        "invalid": 1,
        "truncated": 1,
        "failed": 0,
    }
    assert scores["maj"] is None
    assert scores["pass"] == {}


def test_samples_are_averaged_and_voted_on():
    rows = [row("a", answer, answer == "1", sample=n) for n, answer in enumerate(["1", "2", "1.0", "3"])]
    rows[2] = row("a", "1.0", True, sample=2)
    rows += [row("b", "2", False, sample=n) for n in range(4)]
    scores = score_rows(rows)
    assert scores["accuracy"]["count"] == pytest.approx(0.5)
    assert (scores["maj"]["count"], scores["maj"]["total"]) == (1, 2)
    assert scores["pass"] == {"1": pytest.approx(0.25), "2": pytest.approx(5 / 12), "4": pytest.approx(0.5)}


def test_a_vote_counts_what_its_verification_was_worth():
    answers = [("2", "false"), ("2", "false"), ("1", "true")]
    rows = [row("a", answer, answer == "1", sample=n, check=check) for n, (answer, check) in enumerate(answers)]
    assert score_rows(rows)["maj"]["count"] == 1


def test_nobody_answered():
    rows = [row("a", None, False, sample=n, outcome="invalid") for n in range(2)]
    assert score_rows(rows)["maj"]["count"] == 0


def test_code_tokens_seconds_cost():
    rows = [
        row("a", outputs=(RAISED, "1")),
        row("b", "2", False, outputs=(RAISED,)),
        row("c", outputs=("1",)),
        row("d"),
    ]
    scores = score_rows(rows, price=(1.0, 10.0))
    assert scores["code"]["with_code"]["count"] == 3
    assert {name: scores["code"][name] for name in ("blocks", "errors", "repaired")} == {
        "blocks": 4,
        "errors": 2,
        "repaired": 1,
    }
    assert scores["tokens"] == {"prompt": 400, "completion": 40, "per_problem": 110}
    assert scores["cost"] == pytest.approx((400 * 1.0 + 40 * 10.0) / 1e6)
    assert scores["seconds"]["per_problem"] == pytest.approx(2.5)


def test_by_benchmark_and_level():
    rows = [row("a", level="1"), row("b", "2", False, level="1"), row("c", level="2", benchmark="math")]
    scores = score_run(rows)
    assert list(scores["benchmarks"]) == ["gsm8k", "math"]
    assert scores["benchmarks"]["gsm8k"]["by_level"]["1"]["count"] == 1
    assert scores["benchmarks"]["math"]["title"] == "MATH"
    assert scores["benchmarks"]["math"]["published"][0]["model"] == "MathCoder-L-7b"
    assert scores["all"]["problems"] == 3


def test_nothing_is_scored_as_nothing():
    assert score_rows([])["accuracy"] == {"count": 0, "total": 0, "interval": [0.0, 1.0]}
