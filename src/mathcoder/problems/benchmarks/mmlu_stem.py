"""MMLU, science and engineering: eighteen of its subjects, four choices. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Hub
from mathcoder.problems.benchmarks._published import deepseek, llemma
from mathcoder.problems.benchmarks._rows import mmlu

_SUBJECTS = """abstract_algebra astronomy college_biology college_chemistry college_computer_science
college_mathematics college_physics computer_security conceptual_physics electrical_engineering
elementary_mathematics high_school_biology high_school_chemistry high_school_computer_science
high_school_mathematics high_school_physics high_school_statistics machine_learning"""

BENCHMARK = Benchmark(
    name="mmlu_stem",
    title="MMLU, STEM",
    about="The subjects of MMLU from science and engineering, four choices each.",
    paper="arXiv:2009.03300",
    licence="MIT",
    sizes={"test": 3018},
    kind="choice",
    hub=Hub("cais/mmlu", mmlu, tuple(_SUBJECTS.split())),
    published=(*llemma(49.0, 63.9), *deepseek(56.5, 52.9)),
)
