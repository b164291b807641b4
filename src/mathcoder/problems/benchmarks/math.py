"""MATH: competition problems in seven subjects and five levels; answers are LaTeX. Files and the hub have it."""

from __future__ import annotations

from mathcoder.problems.benchmark import Benchmark, Fields, Hub, Row, columns
from mathcoder.problems.benchmarks._published import llemma, mathcoder, mathcoder2
from mathcoder.problems.benchmarks._tidy import plain_level
from mathcoder.solution import last_boxed

_SUBJECTS = "algebra counting_and_probability geometry intermediate_algebra number_theory prealgebra precalculus"


def _row(row: Row) -> Fields:
    fields = columns(question="problem", level="level", subject="type", solution="solution")(row)
    return fields | {"answer": last_boxed(row["solution"]) or ""}


BENCHMARK = Benchmark(
    name="math",
    title="MATH",
    about="Competition problems of seven subjects and five levels; two train rows state no answer.",
    paper="arXiv:2103.03874",
    licence="MIT",
    sizes={"train": 7500, "test": 5000},
    kind="math",
    hub=Hub("EleutherAI/hendrycks_math", _row, tuple(_SUBJECTS.split()), {"train": "train", "test": "test"}),
    published=(
        *mathcoder(23.3, 29.9, 45.1, 30.2, 35.9, 45.2, 44.0, 45.9, 16.9),
        *mathcoder2(38.4, 21.4),
        *llemma(25.0, 33.6),
    ),
    tidy=plain_level,
)
