"""The Hungarian national exam of 2023: no references, people grade. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Fields, Hub, Row


def _row(row: Row) -> Fields:
    return {"question": row["Question"], "answer": ""}


BENCHMARK = Benchmark(
    name="hungarian_exam",
    title="Hungarian national exam (May 2023)",
    about="The final exam of Hungarian high schools, held after the data of older models was collected.",
    paper="https://huggingface.co/datasets/keirp/hungarian_national_hs_finals_exam",
    licence="not stated",
    sizes={"test": 33},
    kind="none",
    instruction="Show all steps of the solution.",
    hub=Hub("keirp/hungarian_national_hs_finals_exam", _row),
)
