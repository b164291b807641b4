"""MathQA: AQuA rewritten, with five choices in one string. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Fields, Hub, Row


def _row(row: Row) -> Fields:
    fields = {"question": row["Problem"], "answer": row["correct"], "options": [row["options"]]}
    return fields | {"solution": row["Rationale"], "subject": row["category"]}


BENCHMARK = Benchmark(
    name="mathqa",
    title="MathQA",
    about="Word problems with five choices in lower case.",
    paper="arXiv:1905.13319",
    licence="Apache-2.0",
    sizes={"train": 29837, "dev": 4475, "test": 2985},
    kind="choice",
    hub=Hub("swiss-ai/math_qa", _row, splits={"train": "train", "dev": "validation", "test": "test"}),
)
