"""SAT mathematics as collected by AGIEval: four choices. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Hub
from mathcoder.problems.benchmarks._rows import agieval

BENCHMARK = Benchmark(
    name="sat_math_agieval",
    title="SAT, mathematics (AGIEval)",
    about="Multiple choice questions of published SAT tests.",
    paper="arXiv:2304.06364",
    licence="not stated",
    sizes={"test": 220},
    kind="choice",
    hub=Hub("hails/agieval-sat-math", agieval),
)
