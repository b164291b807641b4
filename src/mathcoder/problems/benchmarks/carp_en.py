"""CARP, translated: algebra of Chinese middle schools; answers are LaTeX. Only files have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark

BENCHMARK = Benchmark(
    name="carp_en",
    title="CARP, in English",
    about="Algebra of Chinese middle schools that takes much computing.",
    paper="arXiv:2306.02408",
    licence="not stated",
    sizes={"test": 976},
    kind="math",
)
