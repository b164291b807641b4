"""A run folder of solutions that MathCoder-L-70b really wrote, for tests of what reads one.

Their answers are extracted and graded here. Made up, and the same each time, is what was not recorded: tokens,
seconds, levels, and the few solutions that are cut off, have no answer or cannot be graded.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mathcoder.evaluation.rows import EvalRow, Outcome, Run, read_run, write_attempts
from mathcoder.evaluation.scoring import score_run
from mathcoder.grading import extract_answer, is_equivalent
from mathcoder.solution import Block, Cost, Solution
from mathcoder.solving.formats import Record, read_records

RECORDED = Path(__file__).parents[2] / "examples/data/mathcoder_l70b.jsonl"
RAISED = "Traceback (most recent call last):\n  Cell In[1], line 1\nZeroDivisionError: division by zero"
ASKED: dict[str, Any] = {
    "kind": "evaluate",
    "model": "MathCoder-L-70b",
    "benchmarks": ["gsm8k", "svamp"],
    "settings": {
        "split": "test",
        "limit": 40,
        "asking": {"style": "code", "dialect": "markdown", "shots": 0},
        "options": {"rounds": 16, "temperature": 0.0},
        "votes": 1,
        "rule": "strict",
        "price": None,
    },
    "versions": {"python": "3.11.2", "mathcoder": "0.1.0"},
    "inputs": {name: {"rows": 40, "source": "package", "sha256": "5f" * 32} for name in ("gsm8k", "svamp")},
    "prompt": "Solve the problem.",
    "started": "2026-11-24T10:00:00+00:00",
    "seconds": 12.3,
    "finished": True,
}


def recorded_rows(path: Path = RECORDED, model: str = "MathCoder-L-70b") -> list[EvalRow]:
    """One row for each recorded solution of a model, as it is."""
    records = (row for row in read_records(path) if isinstance(row, Record) and row.meta["model"] == model)
    return [graded(record) for record in records]


def graded(record: Record) -> EvalRow:
    benchmark = record.meta["benchmark"].lower()
    problem = record.id.rpartition("/")[2]
    kind = "number" if benchmark in ("gsm8k", "svamp") else None
    answer = extract_answer(record.solution, kind)
    grade = is_equivalent(answer, record.reference)
    outcomes: dict[bool | None, Outcome] = {True: "right", False: "wrong", None: "ungradable"}
    return EvalRow(
        id=f"{benchmark}/{problem}",
        benchmark=benchmark,
        problem=problem,
        sample=0,
        question=record.problem,
        reference=record.reference or "",
        solution=record.solution,
        answer=answer,
        correct=grade.correct,
        rule=grade.rule,
        outcome="invalid" if answer is None else outcomes[grade.correct],
    )


def with_all_outcomes(rows: Sequence[EvalRow]) -> list[EvalRow]:
    """The rows with costs and levels, and some of them with what recorded ones rarely have."""
    made = [costed(row) for row in rows]
    for place in (3, 44, 61):
        made[place] = truncated(made[place])
    for place in (7, 50):
        made[place] = invalid(made[place])
    made[11] = replace(made[11], reference="", correct=None, rule="no reference", outcome="ungradable")
    for place in (15, 70):
        made[place] = repaired(made[place])
    return made


def costed(row: EvalRow) -> EvalRow:
    """With levels and subjects for the first set, by the number of blocks and the names in the question."""
    written = sum(len(block.content) for block in row.solution.blocks if block.type != "execution") // 4
    rounds = 1 + sum(block.type == "code" for block in row.solution.blocks)
    cost = Cost(len(row.question) // 4 * rounds, written, rounds, round(written / 60, 3), round(rounds / 50, 3))
    row = replace(row, solution=replace(row.solution, ended="answer", cost=cost))
    if row.benchmark != "gsm8k":
        return row
    subject = "Money" if "$" in row.question else "Counting & comparing"
    return replace(row, level=str(min(rounds, 5)), subject=subject)


def truncated(row: EvalRow) -> EvalRow:
    cut = Solution(row.solution.blocks[:2], None, "rounds", row.solution.cost)
    return replace(row, solution=cut, answer=None, correct=False, rule="no answer", outcome="truncated")


def invalid(row: EvalRow) -> EvalRow:
    blocks = (*row.solution.blocks[:3], Block("text", "I cannot tell."))
    solution = Solution(blocks, None, "no_answer", row.solution.cost)
    return replace(row, solution=solution, answer=None, correct=False, rule="no answer", outcome="invalid")


def repaired(row: EvalRow) -> EvalRow:
    """With an error before its first code."""
    failed = (Block("code", "1 / 0"), Block("execution", RAISED))
    return replace(row, solution=replace(row.solution, blocks=(*failed, *row.solution.blocks)))


def sampled(rows: Sequence[EvalRow], samples: int) -> list[EvalRow]:
    """Several samples of each problem; the last one of a few is another."""
    made: list[EvalRow] = []
    for place, row in enumerate(rows):
        for sample in range(samples):
            one = replace(row, id=f"{row.id}#{sample}", sample=sample)
            last = sample == samples - 1 and place % 3 == 0
            made.append(invalid(one) if last else one)
    return made


def write_run(folder: Path, rows: Sequence[EvalRow], finished: bool = True, **asked: Any) -> Run:
    """A run folder; one that is not finished has no table and no scores."""
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(ASKED | {"finished": finished} | asked))
    lines = [json.dumps({"key": {}}), *(json.dumps(row.to_json()) for row in rows)]
    (folder / "rows.jsonl").write_text("".join(f"{line}\n" for line in lines))
    if finished:
        write_attempts(folder / "attempts.parquet", rows)
        (folder / "scores.json").write_text(json.dumps(score_run(rows)))
    return read_run(folder)
