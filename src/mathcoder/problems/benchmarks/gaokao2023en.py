"""Gaokao 2023 in English: exam questions of all kinds, few with choices. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Hub, columns
from mathcoder.problems.benchmarks._published import qwen
from mathcoder.problems.benchmarks._tidy import stray_answer

BENCHMARK = Benchmark(
    name="gaokao2023en",
    title="Gaokao 2023, in English",
    about="Questions of Chinese and American exams, translated where Chinese.",
    paper="arXiv:2401.08190",
    licence="not stated",
    sizes={"test": 385},
    kind="mixed",
    hub=Hub(
        "MARIO-Math-Reasoning/Gaokao2023-Math-En",
        columns(question="question", answer="answer"),
        splits={"test": "train"},
    ),
    published=qwen(66.8),
    tidy=stray_answer,
)
