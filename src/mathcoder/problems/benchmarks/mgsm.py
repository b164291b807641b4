"""MGSM: 250 questions of the GSM8K test in eleven languages, which are the subjects. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Hub, columns

_LANGUAGES = ("bn", "de", "en", "es", "fr", "ja", "ru", "sw", "te", "th", "zh")


BENCHMARK = Benchmark(
    name="mgsm",
    title="MGSM",
    about="250 questions of the GSM8K test in English and ten other languages.",
    paper="arXiv:2210.03057",
    licence="CC-BY-4.0",
    sizes={"test": 2750},
    kind="number",
    languages=_LANGUAGES,
    hub=Hub("juletxara/mgsm", columns(question="question", answer="answer_number"), _LANGUAGES),
    meta={"lang": "subject"},
)
