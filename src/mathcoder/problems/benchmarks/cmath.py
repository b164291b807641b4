"""CMATH: word problems of Chinese primary schools, by school year. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Hub, columns
from mathcoder.problems.benchmarks._published import deepseek

BENCHMARK = Benchmark(
    name="cmath",
    title="CMATH",
    about="Word problems of Chinese primary schools, one to six years of school; fractions and percentages too.",
    paper="arXiv:2306.16636",
    licence="CC-BY-4.0",
    sizes={"dev": 600, "test": 1098},
    kind="number",
    languages=("zh",),
    hub=Hub(
        "weitianwen/cmath",
        columns(question="question", answer="golden", level="grade"),
        splits={"dev": "validation", "test": "test"},
    ),
    published=deepseek(71.7, 56.1),
    meta={"grade": "level"},
)
