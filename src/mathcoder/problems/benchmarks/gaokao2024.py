"""Gaokao 2024 in Chinese: choices, of which several may be right, and open questions. Only files have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark
from mathcoder.problems.options import in_question

BENCHMARK = Benchmark(
    name="gaokao2024",
    title="Gaokao 2024",
    about="Questions of the Chinese university entrance exams of 2024; of some choices several are right.",
    paper="https://github.com/QwenLM/Qwen2.5-Math",
    licence="not stated",
    sizes={"test": 119},
    kind="mixed",
    languages=("zh",),
    tidy=in_question,
)
