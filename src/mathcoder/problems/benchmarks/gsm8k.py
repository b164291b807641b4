"""GSM8K: word problems of primary school. The test is in the package; files and the hub have train too."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Fields, Hub, Published, Row
from mathcoder.problems.benchmarks._published import llemma, mathcoder, mathcoder2


def _row(row: Row) -> Fields:
    answer = row["answer"].rpartition("#### ")[2].strip()
    return {"question": row["question"], "answer": answer, "solution": row["answer"]}


BENCHMARK = Benchmark(
    name="gsm8k",
    title="GSM8K",
    about="Word problems of primary school that take two to eight steps.",
    paper="arXiv:2110.14168",
    licence="MIT",
    sizes={"train": 7473, "test": 1319},
    kind="number",
    hub=Hub("openai/gsm8k", _row, ("main",), {"train": "train", "test": "test"}),
    published=(
        *mathcoder(64.2, 72.6, 83.9, 67.8, 74.1, 81.7, 77.3, 79.9, 54.1),
        *mathcoder2(69.9, 54.8),
        *llemma(51.5, 58.8, "8-shot"),
        Published("GPT-4", 92.0, "5-shot", "arXiv:2303.08774"),
    ),
)
