"""College Math: exercises of free college textbooks. Only files have it; each row has the licence of its book."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark
from mathcoder.problems.benchmarks._published import qwen

BENCHMARK = Benchmark(
    name="college_math",
    title="College Math",
    about="Exercises of free textbooks, from algebra to vector calculus and probability.",
    paper="arXiv:2403.02884",
    licence="differs by row",
    sizes={"test": 2818},
    kind="math",
    published=qwen(46.8),
    meta={"topic": "subject"},
)
