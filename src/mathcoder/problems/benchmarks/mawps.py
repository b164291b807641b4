"""MAWPS: four old sets of word problems in one (AddSub, MultiArith, SingleEq, SingleOp). Only files have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark
from mathcoder.problems.benchmarks._published import harness

BENCHMARK = Benchmark(
    name="mawps",
    title="MAWPS",
    about="Word problems of one equation; the choice of rows is that of the common test harness, not the paper's.",
    paper="https://aclanthology.org/N16-1136",
    licence="not stated",
    sizes={"test": 2065},
    kind="number",
    published=harness(95.5, 95.7),
    meta={"subset": "subject"},
)
