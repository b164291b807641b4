"""SVAMP: simple word problems, varied so that shallow tricks fail. The whole set is in the package."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Fields, Hub, Row, columns
from mathcoder.problems.benchmarks._published import harness, mathcoder


def _row(row: Row) -> Fields:
    stop = "" if row["Body"].rstrip().endswith((".", "?", "!")) else "."
    question = f"{row['Body'].rstrip()}{stop} {row['Question']}"
    return columns(id="ID", answer="Answer", solution="Equation")(row) | {"question": question}


BENCHMARK = Benchmark(
    name="svamp",
    title="SVAMP",
    about="Word problems of one unknown, made from others by small changes; the hub cuts the test set in two.",
    paper="arXiv:2103.07191",
    licence="MIT",
    sizes={"test": 1000},
    kind="number",
    hub=Hub("ChilleD/SVAMP", _row, splits={"test": "train+test"}),
    published=(*mathcoder(71.5, 76.9, 84.9, 70.7, 78.0, 82.5, 78.6, 81.9, 69.6), *harness(87.2, 83.5)),
    meta={"type": "subject"},
)
