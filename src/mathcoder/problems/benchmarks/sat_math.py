"""SAT mathematics of May 2023, the questions without figures; choices in one string. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Fields, Hub, Published, Row
from mathcoder.problems.benchmarks._published import deepseek


def _row(row: Row) -> Fields:
    return {"question": row["Question"], "answer": row["Answer"], "options": [row["Possible Answers"]]}


BENCHMARK = Benchmark(
    name="sat_math",
    title="SAT, mathematics (May 2023)",
    about="The 32 multiple choice questions without figures of one SAT test.",
    paper="arXiv:2310.10631",
    licence="not stated",
    sizes={"test": 32},
    kind="choice",
    hub=Hub("mcaleste/sat_multiple_choice_math_may_23", _row, splits={"test": "train"}),
    published=(Published("Llemma-34B", 71.9, "4-shot", "arXiv:2310.10631"), *deepseek(84.4, 71.9)),
)
