"""`mathcoder grade`, on rows as people have them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from command import RECORDED, mathcoder, the_line

from mathcoder.solving.formats import Record, read_records

CHOICES = ["26", "27", "28"]

# a row, whether it is right, and what decided
GOOD: list[tuple[dict[str, Any], bool | None, str]] = [
    ({"answer": "18", "reference": "18"}, True, "same text"),
    ({"answer": "0.5", "reference": r"\frac{1}{2}"}, True, "expression"),
    ({"answer": "0.33", "reference": r"\frac{1}{3}"}, False, "decimal"),
    ({"answer": None, "reference": "4"}, False, "no answer"),
    ({"answer": 4, "reference": 4.0}, True, "number"),
    ({"answer": 1e22, "reference": "10000000000000000000000"}, True, "number"),
    ({"answer": "b", "reference": "B", "options": CHOICES}, True, "choice"),
    ({"answer": "27", "reference": "B", "options": CHOICES}, True, "choice"),
    ({"answer": "28", "reference": "B", "options": CHOICES}, False, "choice"),
    ({"answer": "7", "reference": "", "id": "ζ\u2028"}, None, "no reference"),
    ({"answer": r"\int_0^1 x\,dx", "reference": r"\frac12", "options": None}, True, "math-verify"),
]
# a line, and part of the reason
BAD = [
    ("{", "not JSON at column 2"),
    ("[1, 2]", "a row must be an object, not list"),
    ('{"answer": "4"}', "'reference' is missing; the row has 'answer'"),
    ("{}", "'answer' is missing; the row has no keys"),
    ('{"answer": "4", "reference": null}', "'reference' is null; the row has"),
    ('{"answer": true, "reference": "4"}', "'answer' is bool, not text or a number"),
    ('{"answer": ["4"], "reference": "4"}', "'answer' is list, not text or a number"),
    ('{"answer": "4", "reference": "A", "options": "26"}', "'options' must be a list of texts"),
    ('{"answer": "4", "reference": "A", "options": [26]}', "'options' must be a list of texts"),
    ('{"answer": "\\ud800", "reference": "4"}', "half of a surrogate pair"),
]


def lines(rows: list[Any]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def graded(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def test_grades_what_it_can_and_tells_the_rest(tmp_path: Path):
    good = lines([row for row, *_ in GOOD])
    bad = "".join(f"{line}\n" for line, _ in BAD).encode()
    (tmp_path / "answers.jsonl").write_bytes(b"\n" + good + bad + b"\xff\n")
    done = mathcoder("grade", "answers.jsonl", "--output", "graded.jsonl", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    rejected = [json.loads(line) for line in (tmp_path / "answers.jsonl.rejected.jsonl").read_text().splitlines()]
    assert [row["line"] for row in rejected] == list(range(len(GOOD) + 2, len(GOOD) + len(BAD) + 3))
    for row, (_, reason) in zip(rejected, [*BAD, ("", "byte 1 is not UTF-8")], strict=True):
        assert row["file"] == "answers.jsonl"
        assert reason in row["reason"]
        assert row["reason"].isprintable()
    assert graded(tmp_path / "graded.jsonl") == [
        row | {"correct": is_right, "rule": rule} for row, is_right, rule in GOOD
    ]
    assert "11 rows could not be read; see answers.jsonl.rejected.jsonl" in done.stdout
    table = [line.split() for line in done.stdout.splitlines()]
    assert ["right", "7", "63.6%"] in [words[:3] for words in table]
    assert ["wrong", "3", "27.3%"] in [words[:3] for words in table]
    assert ["ungradable", "1", "9.1%", "no", "reference", "1"] in table
    assert done.stdout.splitlines()[-1].startswith("11 answers in ")


def test_json(tmp_path: Path):
    path = tmp_path / "answers.json.gz"
    path.write_bytes(gzip.compress(json.dumps([row for row, *_ in GOOD] + [5]).encode()))
    done = mathcoder("grade", path, "--json", "--rejected", "bad.jsonl", cwd=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        "file": str(path),
        "answers": 11,
        "right": 7,
        "wrong": 3,
        "ungradable": 1,
        "rules": {
            "right": {"number": 2, "choice": 2, "same text": 1, "expression": 1, "math-verify": 1},
            "wrong": {"decimal": 1, "no answer": 1, "choice": 1},
            "ungradable": {"no reference": 1},
        },
        "rejected": 1,
    }
    assert json.loads((tmp_path / "bad.jsonl").read_text())["line"] == 12
    assert "1 rows could not be read; see bad.jsonl" in done.stderr


@pytest.mark.parametrize(
    ("rule", "answer", "reference", "verdict"),
    [
        ("strict", "0.33", r"\frac{1}{3}", "wrong"),
        ("mathcoder", "0.33", r"\frac{1}{3}", "right"),
        ("mathcoder", "0.3", r"\frac{1}{3}", "wrong"),
        ("strict", "3", "3:1", "wrong"),
        ("mathcoder", "3", "3:1", "right"),
    ],
)
def test_rules(rule: str, answer: str, reference: str, verdict: str, tmp_path: Path):
    path = tmp_path / "answers.jsonl"
    path.write_bytes(lines([{"answer": answer, "reference": reference}]))
    done = mathcoder("grade", path, "--rule", rule, "--json")
    assert json.loads(done.stdout)[verdict] == 1


def test_recorded_solutions_are_graded_by_their_own_keys(tmp_path: Path):
    """The keys of a file need no change; nor is one of them lost."""
    packed, out = tmp_path / "outputs.jsonl.gz", tmp_path / "graded.jsonl"
    packed.write_bytes(gzip.compress(RECORDED.read_bytes()))
    keys = ("--answer-key", "completion", "--reference-key", "answer")
    done = mathcoder("grade", packed, *keys, "--limit", "50", "--json", "--output", out)
    records = [row for row in read_records(RECORDED) if isinstance(row, Record)][:50]
    summary = json.loads(done.stdout)
    assert (summary["answers"], summary["ungradable"]) == (50, 0)
    assert summary["right"] == sum(record.meta["correct"] for record in records)
    rows = graded(out)
    assert [row["id"] for row in rows] == [record.id for record in records]
    assert [row["correct"] for row in rows] == [record.meta["correct"] for record in records]


@pytest.mark.parametrize("workers", ["1", "3"])
def test_order_does_not_depend_on_workers(workers: str, tmp_path: Path):
    rows = [row for row, *_ in GOOD] * 3
    path, out = tmp_path / "answers.jsonl", tmp_path / "graded.jsonl"
    path.write_bytes(lines(rows))
    assert mathcoder("grade", path, "--workers", workers, "--output", out).returncode == 0
    assert [row["correct"] for row in graded(out)] == [is_right for _, is_right, _ in GOOD] * 3


def test_nothing_good_leaves_earlier_grades_alone(tmp_path: Path):
    path, out = tmp_path / "answers.jsonl", tmp_path / "graded.jsonl"
    path.write_bytes(lines([{"prediction": "1", "gold": "1"}]))
    out.write_text("earlier\n")
    done = mathcoder("grade", path, "--output", out, "--rejected", tmp_path / "bad.jsonl", "--json")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"mathcoder: {path}: no row with 'answer' and 'reference' could be read from it"
    )
    assert out.read_text() == "earlier\n"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["answers.jsonl", "bad.jsonl", "graded.jsonl"]


@pytest.mark.parametrize("option", ["--output", "--rejected"])
def test_a_place_that_cannot_be_written(option: str, tmp_path: Path):
    path = tmp_path / "answers.jsonl"
    path.write_bytes(lines([{"answer": "1", "reference": "1"}]) + b"{\n")
    done = mathcoder("grade", path, option, tmp_path / "absent/out.jsonl", cwd=tmp_path)
    line = the_line(done)
    assert f"absent/out.jsonl: No such file or directory; give {option} a file that can be written" in line
    assert done.returncode == 1
