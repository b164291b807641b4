"""TabMWP: word problems about a table, some with choices. Only files have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark

BENCHMARK = Benchmark(
    name="tabmwp",
    title="TabMWP",
    about="Word problems about a small table; models are usually measured on 1,000 of the test rows (test1k).",
    paper="arXiv:2209.14610",
    licence="CC-BY-NC-SA-4.0",
    sizes={"train": 23059, "dev": 7686, "test": 7686},
    kind="mixed",
    meta={"grade": "level", "ques_type": "subject"},
)
