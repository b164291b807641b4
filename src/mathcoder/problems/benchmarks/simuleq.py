"""SimulEq: word problems of two equations; of several unknowns one is the answer. Only files have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark
from mathcoder.problems.benchmarks._published import mathcoder

BENCHMARK = Benchmark(
    name="simuleq",
    title="SimulEq",
    about="Word problems of two unknowns; the reference is one number even where the question asks for more.",
    paper="https://aclanthology.org/P14-1026",
    licence="not stated",
    sizes={"test": 514},
    kind="number",
    published=mathcoder(47.5, 62.3, 77.0, 49.6, 60.7, 65.8, 59.3, 63.6, 14.2),
)
