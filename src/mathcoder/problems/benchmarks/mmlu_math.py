"""MMLU, the mathematics of it: five of its subjects, four choices. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Hub
from mathcoder.problems.benchmarks._rows import mmlu

_SUBJECTS = "abstract_algebra college_mathematics elementary_mathematics formal_logic high_school_mathematics"

BENCHMARK = Benchmark(
    name="mmlu_math",
    title="MMLU, mathematics",
    about="The mathematical subjects of MMLU and formal logic, four choices each.",
    paper="arXiv:2009.03300",
    licence="MIT",
    sizes={"test": 974},
    kind="choice",
    hub=Hub("cais/mmlu", mmlu, tuple(_SUBJECTS.split())),
)
