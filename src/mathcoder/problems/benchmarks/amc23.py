"""AMC 12 of 2023: American competitions, without the choices they had. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Hub, columns

BENCHMARK = Benchmark(
    name="amc23",
    title="AMC 2023",
    about="American competitions for schools, rewritten so that the answer is a whole number.",
    paper="https://maa.org",
    licence="not stated",
    sizes={"test": 40},
    kind="number",
    hub=Hub("math-ai/amc23", columns(id="id", question="question", answer="answer")),
)
