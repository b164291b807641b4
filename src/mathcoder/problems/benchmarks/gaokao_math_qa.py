"""Gaokao, multiple choice, as collected by AGIEval; rarely several are right. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Hub
from mathcoder.problems.benchmarks._published import deepseek
from mathcoder.problems.benchmarks._rows import agieval

BENCHMARK = Benchmark(
    name="gaokao_math_qa",
    title="Gaokao, choices (AGIEval)",
    about="Multiple choice questions of Chinese university entrance exams.",
    paper="arXiv:2304.06364",
    licence="not stated",
    sizes={"test": 351},
    kind="choice",
    languages=("zh",),
    instruction="请选出正确的选项，并回答其字母。",
    hub=Hub("hails/agieval-gaokao-mathqa", agieval),
    published=deepseek(35.3, 26.2),
)
