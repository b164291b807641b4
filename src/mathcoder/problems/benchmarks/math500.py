"""MATH-500: the part of the MATH test that was held out in PRM800K. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Hub, columns
from mathcoder.problems.benchmarks._published import harness

BENCHMARK = Benchmark(
    name="math500",
    title="MATH-500",
    about="500 problems of the MATH test, drawn at random.",
    paper="arXiv:2305.20050",
    licence="MIT",
    sizes={"test": 500},
    kind="math",
    hub=Hub(
        "HuggingFaceH4/MATH-500",
        columns(
            id="unique_id",
            question="problem",
            answer="answer",
            solution="solution",
            level="level",
            subject="subject",
        ),
    ),
    published=harness(50.0, 45.8),
)
