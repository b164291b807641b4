"""ASDiv: word problems of primary school in many types. Answers are stated with units, which are taken off."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Fields, Hub, Row
from mathcoder.problems.benchmarks._published import harness
from mathcoder.problems.benchmarks._tidy import without_units


def _row(row: Row) -> Fields:
    question = f"{row['body']} {row['question']}"
    return {"question": question, "answer": row["answer"], "solution": row["formula"]}


BENCHMARK = Benchmark(
    name="asdiv",
    title="ASDiv",
    about="Word problems of primary school; most answers are numbers, some names, times, ratios or several.",
    paper="arXiv:2106.15772",
    licence="CC-BY-NC-4.0",
    sizes={"test": 2305},
    kind="mixed",
    hub=Hub("EleutherAI/asdiv", _row, splits={"test": "validation"}),
    published=harness(92.0, 90.1),
    tidy=without_units,
    meta={"grade": "level", "type": "subject"},
)
