"""GSM-Hard: the GSM8K test with large numbers put in. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Hub, columns

BENCHMARK = Benchmark(
    name="gsm_hard",
    title="GSM-Hard",
    about="The GSM8K test with larger numbers, which do not always make sense: a count may come out negative.",
    paper="arXiv:2211.10435",
    licence="Apache-2.0",
    sizes={"test": 1319},
    kind="number",
    hub=Hub("reasoning-machines/gsm-hard", columns(question="input", answer="target"), splits={"test": "train"}),
)
