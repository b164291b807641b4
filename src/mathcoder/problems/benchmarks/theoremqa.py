"""TheoremQA: questions of science and finance that need a theorem. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Hub, columns
from mathcoder.problems.benchmarks._tidy import bare_letter

BENCHMARK = Benchmark(
    name="theoremqa",
    title="TheoremQA",
    about="University questions that need a theorem; numbers, lists, True or False.",
    paper="arXiv:2305.12524",
    licence="MIT",
    sizes={"test": 800},
    kind="mixed",
    hub=Hub("TIGER-Lab/TheoremQA", columns(question="Question", answer="Answer")),
    tidy=bare_letter,
    meta={"field": "subject"},
)
