"""Gaokao, blanks to fill in, as collected by AGIEval; two blanks are parted by a semicolon. Only files have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark
from mathcoder.problems.benchmarks._published import deepseek

BENCHMARK = Benchmark(
    name="gaokao_math_cloze",
    title="Gaokao, blanks (AGIEval)",
    about="Blanks to fill in, of Chinese university entrance exams.",
    paper="arXiv:2304.06364",
    licence="not stated",
    sizes={"test": 118},
    kind="math",
    languages=("zh",),
    published=deepseek(20.3, 11.9),
)
