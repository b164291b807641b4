"""AQuA-RAT: algebra with five choices. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Hub, columns

BENCHMARK = Benchmark(
    name="aqua",
    title="AQuA-RAT",
    about="Algebraic word problems with five choices, from exams for graduate schools.",
    paper="arXiv:1705.04146",
    licence="Apache-2.0",
    sizes={"train": 97467, "dev": 254, "test": 254},
    kind="choice",
    hub=Hub(
        "deepmind/aqua_rat",
        columns(question="question", answer="correct", options="options", solution="rationale"),
        ("raw",),
        {"train": "train", "dev": "validation", "test": "test"},
    ),
)
