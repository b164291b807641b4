"""OCWCourses, also called Minerva Math: undergraduate courses of MIT. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Hub, columns
from mathcoder.problems.benchmarks._published import deepseek, llemma, qwen

BENCHMARK = Benchmark(
    name="ocwcourses",
    title="OCWCourses (Minerva)",
    about="Problems of undergraduate courses at MIT; numbers, some of them rounded, and expressions.",
    paper="arXiv:2206.14858",
    licence="CC-BY-NC-SA-4.0",
    sizes={"test": 272},
    kind="math",
    hub=Hub("math-ai/minervamath", columns(question="question", answer="answer")),
    published=(*llemma(11.8, 17.6), *deepseek(15.4, 10.3), *qwen(37.1)),
    meta={"course": "subject"},
)
