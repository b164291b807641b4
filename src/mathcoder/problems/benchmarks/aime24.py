"""AIME 2024: two American invitational exams; answers are whole numbers to 999. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Hub, columns

BENCHMARK = Benchmark(
    name="aime24",
    title="AIME 2024",
    about="Two American invitational exams; an answer is a whole number from 000 to 999.",
    paper="https://maa.org",
    licence="not stated",
    sizes={"test": 30},
    kind="number",
    hub=Hub(
        "HuggingFaceH4/aime_2024",
        columns(id="id", question="problem", answer="answer", solution="solution"),
        splits={"test": "train"},
    ),
)
