"""The standard: labelled computations from real texts, and how many of them come to their verdict.

`standard/cases.jsonl` was written before the code that is tested here. So was `standard/holdout.jsonl`, which was
run only when that code was done: of its 60 rows 59 came to their verdict then, precision 27/28, recall 27/27.
A row: id, computation, label, class, source (the row or the book that the step is taken from).
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mathcoder.computation import Computation
from mathcoder.verification import VERDICTS, Verifier

STANDARD = Path(__file__).parent / "standard"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (STANDARD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("name", "least"), [("cases", 320), ("holdout", 60)])
def test_the_rows_are_sound(name: str, least: int):
    found = rows(name)
    assert len(found) >= least
    assert len({row["id"] for row in found}) == len(found)
    assert all(row["label"] in VERDICTS and row["class"] and row["source"] for row in found)
    computations = [Computation.from_json(row["computation"]) for row in found]
    assert len(set(computations)) == len(found)
    share = Counter(row["label"] for row in found)["verified"] / len(found)
    assert 0.4 < share < 0.55


@pytest.mark.parametrize(
    ("name", "precision", "recall", "exact"), [("cases", 0.996, 1.0, 0.998), ("holdout", 1.0, 1.0, 1.0)]
)
def test_the_figures_hold(name: str, precision: float, recall: float, exact: float):
    found = rows(name)
    with Verifier(timeout=2.0) as verifier:
        verdicts = list(verifier.verify_many(Computation.from_json(row["computation"]) for row in found))
    pairs = Counter((row["label"], got.verdict) for row, got in zip(found, verdicts, strict=True))
    kept = sum(count for (_, got), count in pairs.items() if got == "verified")
    meant = sum(count for (label, _), count in pairs.items() if label == "verified")
    right = pairs["verified", "verified"]
    assert round(right / kept, 3) >= precision, pairs
    assert round(right / meant, 3) >= recall, pairs
    assert round(sum(count for (label, got), count in pairs.items() if label == got) / len(found), 3) >= exact, (
        pairs
    )
