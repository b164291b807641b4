"""The documents, planted copies and planted items of `bench/`, and one answer on both of Daft's runners."""

from __future__ import annotations

import gzip
import importlib.util
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import daft
import pytest

from mathcoder.overlap import contamination, decontaminated, near_duplicates


@dataclass
class Bench:
    texts: dict[str, str]
    copies: dict[str, tuple[str, str]]
    items: dict[str, str]
    planted: dict[str, str]
    questions: list[str]

    def frame(self) -> daft.DataFrame:
        return daft.from_pydict({"id": list(self.texts), "text": list(self.texts.values())})

    def items_frame(self) -> daft.DataFrame:
        return daft.from_pydict({"id": list(self.items), "text": list(self.items.values())})


@pytest.fixture(scope="module")
def bench(data_dir: Path) -> Bench:
    def read(name: str) -> str:
        return gzip.decompress((data_dir / "bench" / name).read_bytes()).decode()

    documents = [json.loads(line) for line in read("corpus.jsonl.gz").splitlines()]
    items = [json.loads(line) for line in read("bench.jsonl.gz").splitlines()]
    return Bench(
        {row["id"]: row["text"] for row in documents},
        {copy: tuple(value) for copy, value in json.loads(read("truth.json.gz")).items()},
        {row["id"]: f"{row['query']} {row['label']}" for row in items},
        json.loads(read("planted.json.gz")),
        [row["query"] for row in items],
    )


@pytest.fixture(scope="module")
def evidence(bench: Bench) -> daft.DataFrame:
    return contamination(bench.frame(), bench.items_frame()).evidence


def test_planted_copies_are_found(bench: Bench) -> None:
    rows = near_duplicates(bench.frame()).to_pydict()
    found = dict(zip(rows["id"], rows["cluster"], strict=True))
    missed = [
        (copy, kind)
        for copy, (original, kind) in bench.copies.items()
        if copy not in found or found[copy] != found.get(original)
    ]
    assert not [copy for copy, kind in missed if kind == "exact"]
    assert len(missed) <= 10  # of 597


def test_planted_items_are_found(bench: Bench, evidence: daft.DataFrame) -> None:
    rows = evidence.to_pydict()
    assert set(bench.planted.items()) <= set(zip(rows["item"], rows["id"], strict=True))
    for name, start, end, share, passage in zip(
        *(rows[key] for key in ("id", "start", "end", "share", "passage")), strict=True
    ):
        assert bench.texts[name][start:end] == passage
        assert 0.8 <= share <= 1


def test_hardly_a_document_is_flagged_in_error(bench: Bench, evidence: daft.DataFrame) -> None:
    """What is flagged without a planted item has another item's whole question, but for signs and spacing."""

    def bare(text: str) -> str:
        return "".join(filter(str.isalnum, text.lower()))

    questions = [bare(question) for question in bench.questions]
    others = set(evidence.to_pydict()["id"]) - set(bench.planted.values())
    texts = [bare(bench.texts[name]) for name in others]
    wrong = [text for text in texts if not any(question in text for question in questions)]
    assert len(wrong) <= 20


def test_nothing_is_left_after_the_cut(bench: Bench, evidence: daft.DataFrame) -> None:
    cut = decontaminated(bench.frame(), evidence, action="cut")
    assert contamination(cut, bench.items_frame()).evidence.count_rows() == 0


def test_math_test_questions_among_math_train(data_dir: Path) -> None:
    """Questions of MATH test that are in MATH train: all that stand there word for word are found."""
    rows = [
        json.loads(line) for line in gzip.decompress((data_dir / "eval/math.jsonl.gz").read_bytes()).splitlines()
    ]
    train = {row["id"]: row for row in rows if row["split"] == "train"}
    test = {row["id"]: row["question"] for row in rows if row["split"] == "test"}
    texts = [f"{row['question']}\n\n{row['solution']}" for row in train.values()]
    items = daft.from_pydict({"id": list(test), "text": list(test.values())})
    evidence = contamination(daft.from_pydict({"id": list(train), "text": texts}), items).evidence.to_pydict()
    found = set(zip(evidence["id"], evidence["item"], strict=True))
    asked: dict[str, set[str]] = {}
    for name, row in train.items():
        asked.setdefault(" ".join(row["question"].split()), set()).add(name)
    same = {(name, item) for item, text in test.items() for name in asked.get(" ".join(text.split()), ())}
    assert same
    assert same <= found
    assert len({name for name, _ in found}) <= 30  # of 7,500


_SCRIPT = """
import gzip, json, sys
import daft
runner, folder = sys.argv[1:]
daft.set_runner_ray() if runner == "ray" else daft.set_runner_native()
from mathcoder.overlap import contamination, near_duplicates
lines = gzip.open(folder + "/corpus.jsonl.gz", "rt").read().splitlines()[::4]
rows = [json.loads(line) for line in lines]
parts = 5 if runner == "ray" else 1
frame = daft.from_pydict({"id": [r["id"] for r in rows], "text": [r["text"] for r in rows]}).into_partitions(parts)
items = [json.loads(line) for line in gzip.open(folder + "/bench.jsonl.gz", "rt")]
items = daft.from_pydict({"id": [r["id"] for r in items], "text": [r["query"] for r in items]})
found = contamination(frame, items, frequent=0, frequent_least=5)
tables = [near_duplicates(frame), found.evidence, found.ignored]
print(json.dumps([table.to_pydict() for table in tables]))
"""


@pytest.mark.heavy
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="ray is not installed")
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("only_ray")
def test_ray_gives_the_same_tables(data_dir: Path) -> None:
    def tables(runner: str) -> Any:
        command = [sys.executable, "-c", _SCRIPT, runner, str(data_dir / "bench")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=250, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return json.loads(done.stdout[done.stdout.index("[{") :])

    native = tables("native")
    assert all(len(next(iter(table.values()))) for table in native)
    assert tables("ray") == native
