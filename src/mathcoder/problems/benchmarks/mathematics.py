"""DeepMind mathematics: generated questions from arithmetic to calculus, a sample of 1,000. Only files have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark
from mathcoder.problems.benchmarks._published import mathcoder

BENCHMARK = Benchmark(
    name="mathematics",
    title="Mathematics (DeepMind)",
    about="Generated questions; the answer is a number, an expression or a list.",
    paper="arXiv:1904.01557",
    licence="Apache-2.0",
    sizes={"test": 1000},
    kind="math",
    published=mathcoder(46.9, 54.7, 74.4, 55.8, 62.5, 75.9, 71.6, 74.2, 20.6),
)
