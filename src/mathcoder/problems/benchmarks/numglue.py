"""NumGLUE: eight kinds of numeric questions, some with two choices inside the question. Only files have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark
from mathcoder.problems.options import in_question

BENCHMARK = Benchmark(
    name="numglue",
    title="NumGLUE",
    about="Arithmetic that needs knowledge of the world; the part that MAmmoTH's authors test on.",
    paper="arXiv:2204.05660",
    licence="Apache-2.0",
    sizes={"test": 1042},
    kind="mixed",
    tidy=in_question,
    meta={"type": "subject"},
)
