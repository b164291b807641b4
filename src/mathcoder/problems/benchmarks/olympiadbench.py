"""OlympiadBench, the part in English, of mathematics, without pictures or proofs. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Fields, Hub, Row, columns
from mathcoder.problems.benchmarks._published import qwen


def _row(row: Row) -> Fields:
    fields = columns(id="id", question="question", subject="subfield")(row)
    return fields | {"answer": ",".join(row["final_answer"]), "solution": "\n".join(row["solution"])}


BENCHMARK = Benchmark(
    name="olympiadbench",
    title="OlympiadBench",
    about="Problems of mathematical olympiads whose answer is a number, an expression, a tuple or an interval.",
    paper="arXiv:2402.14008",
    licence="MIT",
    sizes={"test": 674},
    kind="math",
    hub=Hub("Hothan/OlympiadBench", _row, ("OE_TO_maths_en_COMP",), {"test": "train"}),
    published=qwen(41.6),
    meta={"subfield": "subject"},
)
