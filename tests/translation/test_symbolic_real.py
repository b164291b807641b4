"""The symbolic translator on real texts, and its steps proven."""

from __future__ import annotations

import gzip
import json
import tarfile
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from mathcoder.computation import Computation
from mathcoder.extraction import read_book
from mathcoder.translation import SymbolicTranslator, translate
from mathcoder.verification import Verifier


def solutions(path: Path, count: int) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = (row for row in map(json.loads, file) if row["split"] == "train")
        return [f"{row['question']}\n\n{row['solution']}" for row in islice(rows, count)]


def verdicts(texts: list[str]) -> tuple[Counter[str], list[Computation]]:
    with Verifier() as verifier:
        found = [computation for text in texts for computation in translate(text)]
        verified = list(verifier.verify_many(found))
    return Counter(one.verdict for one in verified), found


@pytest.mark.parametrize(("name", "fewest"), [("gsm8k", 330), ("math", 200)])
def test_nearly_all_steps_of_worked_solutions_are_proven(data_dir: Path, name: str, fewest: int) -> None:
    counts, found = verdicts(solutions(data_dir / f"eval/{name}.jsonl.gz", 150))
    assert len(found) >= fewest
    assert counts["verified"] >= 0.96 * len(found)


@pytest.fixture(scope="module")
def calculus(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("calculus")
    with tarfile.open(data_dir / "textbooks/openstax-calculus-cnxml-a.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    return [document.text for document in read_book(folder)]


def test_a_calculus_book_has_a_thousand_steps_of_many_kinds(calculus: list[str]) -> None:
    translations = list(SymbolicTranslator().translate_many(calculus))
    kinds = Counter(computation.kind for found in translations for computation in found.computations)
    assert kinds.total() > 1_200
    assert all(kinds[kind] > 100 for kind in ("integral", "derivative", "limit", "algebra", "trigonometry"))
    assert all(kinds[kind] > 20 for kind in ("sum", "equation", "function", "vector"))


def test_each_computation_stands_in_its_text(calculus: list[str]) -> None:
    for text in calculus:
        found = SymbolicTranslator().translate(text)
        assert list(found.computations) == sorted(found.computations, key=lambda computation: computation.span)
        for computation in found.computations:
            start, end = computation.span
            assert 0 <= start < end <= len(text)
            assert end - start < 6_000
        assert all(0 <= skipped.span[0] <= skipped.span[1] <= len(text) for skipped in found.skipped)
