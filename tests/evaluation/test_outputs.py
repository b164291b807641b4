"""Recorded outputs: the folders as their authors publish them, made here of rows that they really published."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mathcoder.evaluation import OutputSet, Recorded, read_outputs
from mathcoder.solving.formats import Record, read_records, write_row

RECORDED = Path(__file__).parents[2] / "examples/data/mathcoder_l70b.jsonl"
MODEL = "MathCoder-L-70b"
RUN = "20230919-0351"
WHOLE = f"GSM8K_test_result-{RUN}.jsonl"
CORRECT = f"GSM8K_test_result-{RUN}-correct.jsonl"
WRONG = f"GSM8K_test_result-{RUN}-wrong.jsonl"

RECORDS = [row for row in read_records(RECORDED) if isinstance(row, Record) and row.meta["benchmark"] == "GSM8K"]
RIGHT = [record for record in RECORDS if record.meta["correct"]]
OTHERS = [record for record in RECORDS if not record.meta["correct"]]


def published(record: Record) -> dict[str, Any]:
    """The row of a solution in the authors' files: which model and benchmark it is of, the folders say."""
    return write_row(replace(record, meta={"completion": record.meta["completion"]}), layout="recorded")


def write(path: Path, records: list[Record], *bad: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(published(record), ensure_ascii=False) for record in records]
    text = "".join(f"{line}\n" for line in [*lines, *bad])
    with (
        gzip.open(path, "wt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open("w", encoding="utf-8") as file
    ):
        file.write(text)


def told(rows: list[Recorded]) -> list[tuple[str, str, str | None, bool | None]]:
    return [(row.record.problem, row.completion, row.record.reference, row.label) for row in rows]


def as_recorded(records: list[Record], labelled: bool = True) -> list[tuple[str, str, str | None, bool | None]]:
    return [
        (record.problem, record.meta["completion"], record.reference, record.meta["correct"] if labelled else None)
        for record in records
    ]


def only(found: tuple[list[OutputSet], Any, str]) -> OutputSet:
    (output_set,), bad, _ = found
    assert bad == []
    return output_set


@pytest.mark.parametrize(
    ("files", "rows", "partial"),
    [
        ({WHOLE: RECORDS}, as_recorded(RECORDS, labelled=False), ""),
        ({WHOLE: RECORDS, CORRECT: RIGHT, WRONG: OTHERS}, as_recorded(RECORDS), ""),
        ({CORRECT: RIGHT, WRONG: OTHERS}, as_recorded([*RIGHT, *OTHERS]), ""),
        ({CORRECT: RIGHT}, as_recorded(RIGHT), "only right ones"),
        ({WRONG: OTHERS}, as_recorded(OTHERS), "only wrong ones"),
        # an empty file says that there were none
        ({CORRECT: RIGHT, WRONG: []}, as_recorded(RIGHT), ""),
        (
            {WHOLE: [*OTHERS, *RIGHT], WRONG: OTHERS},
            [*as_recorded(OTHERS), *as_recorded(RIGHT, labelled=False)],
            "some labels missing",
        ),
        ({WHOLE: RIGHT, CORRECT: RIGHT}, as_recorded(RIGHT), ""),
    ],
    ids=["whole", "whole and parts", "parts", "right", "wrong", "no wrong ones", "whole and wrong", "all right"],
)
@pytest.mark.parametrize("packed", ["", ".gz"])
def test_one_run(files: dict[str, list[Record]], rows: list[Any], partial: str, packed: str, tmp_path: Path):
    for name, records in files.items():
        write(tmp_path / f"outs/{MODEL}/GSM8K/{name}{packed}", records)
    found = only(read_outputs(tmp_path))
    assert (found.model, found.benchmark, found.run, found.partial) == (MODEL, "GSM8K", RUN, partial)
    assert told(found.solutions) == rows
    assert [row.id for row in found.solutions] == [
        f"{MODEL}/GSM8K/{RUN}/{number}" for number in range(1, len(rows) + 1)
    ]


def test_one_file_of_a_folder(tmp_path: Path):
    write(tmp_path / MODEL / "GSM8K" / CORRECT, RIGHT)
    write(tmp_path / MODEL / "GSM8K" / WRONG, OTHERS)
    found = only(read_outputs(tmp_path / MODEL / "GSM8K" / CORRECT))
    assert (found.model, found.benchmark, found.partial) == (MODEL, "GSM8K", "only right ones")


@pytest.mark.parametrize("inside", ["", MODEL, f"{MODEL}/GSM8K"])
def test_from_within_the_folder(inside: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write(tmp_path / MODEL / "GSM8K" / WHOLE, RECORDS[:3])
    monkeypatch.chdir(tmp_path / inside)
    for path in (".", f"../{Path.cwd().name}"):
        found = only(read_outputs(path))
        assert (found.model, found.benchmark, len(found.solutions)) == (MODEL, "GSM8K", 3)


def test_runs_models_and_benchmarks_are_kept_apart(tmp_path: Path):
    places = {
        f"{MODEL}/simuleq/simuleq_test_result-20230918-1804.jsonl": 4,
        f"{MODEL}/GSM8K/GSM8K_test_result-20230920-0000-correct.jsonl.gz": 2,
        f"{MODEL}/GSM8K/{WHOLE}": 3,
        f"MathCoder-L-7b/GSM8K/{WHOLE}": 5,
        f"{MODEL}/GSM8K/GSM8K_test_result.jsonl": 1,
    }
    for place, count in places.items():
        write(tmp_path / place, RECORDS[:count])
    sets, bad, _ = read_outputs(tmp_path)
    assert bad == []
    assert [(one.benchmark, one.model, one.run, len(one.solutions)) for one in sets] == [
        ("GSM8K", MODEL, "", 1),
        ("GSM8K", MODEL, RUN, 3),
        ("GSM8K", MODEL, "20230920-0000", 2),
        ("GSM8K", "MathCoder-L-7b", RUN, 5),
        ("simuleq", MODEL, "20230918-1804", 4),
    ]
    names = [row.id for one in sets for row in one.solutions]
    assert len(set(names)) == len(names)


def test_bad_lines_are_told_and_the_rest_is_read(tmp_path: Path):
    write(tmp_path / MODEL / "GSM8K" / WHOLE, RECORDS[:3], "{", '{"id": 1}', "\n", "[]")
    (tmp_path / "notes.jsonl").write_text('{"problem": "x", "blocks": []}\n')
    (tmp_path / "README.md").write_text("not a row")
    (only_set,), bad, _ = read_outputs(tmp_path)
    assert len(only_set.solutions) == 3
    where = [(Path(row.file).name, row.line, row.reason[:30]) for row in bad]
    assert where == [
        (WHOLE, 4, "not JSON at column 2: Expectin"),
        (WHOLE, 5, "unknown layout: needs one of s"),
        (WHOLE, 8, "row must be an object, not lis"),
        ("notes.jsonl", 0, "notes:1: neither in MODEL/BENC"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("notes.txt", "", "no .jsonl file in it; name the folder that holds MODEL/BENCHMARK/"),
        ("empty.jsonl", "", "no recorded solution could be read from it"),
        (f"{MODEL}/GSM8K/{WHOLE}", "", "no recorded solution could be read from it"),
        (f"{MODEL}/GSM8K/{WHOLE}", "{\n", "no recorded solution could be read from it (first: "),
    ],
)
def test_nothing_to_read(name: str, content: str, says: str, tmp_path: Path):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    with pytest.raises(ValueError, match="no ") as raised:
        read_outputs(tmp_path)
    assert str(raised.value).startswith(f"{tmp_path}: {says}")
    assert "\n" not in str(raised.value)


def test_absent(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        read_outputs(tmp_path / "absent.jsonl")


def test_limit_and_content(tmp_path: Path):
    write(tmp_path / MODEL / "GSM8K" / CORRECT, RIGHT)
    write(tmp_path / MODEL / "GSM8K" / WRONG, OTHERS)
    (whole,), _, digest = read_outputs(tmp_path)
    (part,), _, same = read_outputs(tmp_path, limit=4)
    assert part.solutions == whole.solutions[:4]
    assert part.partial == "", "the first few of a whole are no choice of right ones"
    assert digest == same
    write(tmp_path / MODEL / "GSM8K" / WRONG, OTHERS[:-1])
    assert read_outputs(tmp_path)[2] != digest


def test_what_a_run_keeps_is_not_read(tmp_path: Path):
    write(tmp_path / MODEL / "GSM8K" / WHOLE, RECORDS)
    before = read_outputs(tmp_path)
    runs = tmp_path / "runs/table"
    runs.mkdir(parents=True)
    (runs / "rows.jsonl").write_text('{"key": {}}\n')
    assert read_outputs(tmp_path, apart_from=runs) == before
    assert len(read_outputs(tmp_path)[1]) == 1


def trace(record: Record, **changed: object) -> str:
    return json.dumps(write_row(record, "trace") | changed)


def test_traces_say_themselves_what_they_are_of(tmp_path: Path):
    path = tmp_path / "traces.jsonl"
    rows = [trace(record) for record in RECORDS[:4]]
    rows += [trace(RECORDS[0], run="later"), trace(RECORDS[1]), trace(RECORDS[2], model=None)]
    path.write_text("\n".join(rows))
    sets, bad, _ = read_outputs(path)
    assert [(one.run, one.partial, told(one.solutions)) for one in sets] == [
        ("", "", as_recorded(RECORDS[:4])),
        ("later", "", as_recorded(RECORDS[:1])),
    ]
    names = [row.id for one in sets for row in one.solutions]
    assert len(set(names)) == 5, "the same solution of two runs"
    assert [row.reason for row in bad] == [
        f"{RECORDS[1].id}: occurs twice in one run; the first is kept",
        f"{RECORDS[2].id}: neither in MODEL/BENCHMARK/ nor with model and benchmark",
    ]


@pytest.mark.parametrize(
    ("labels", "partial"),
    [
        ([True] * 20, "only right ones"),
        ([False] * 20, "only wrong ones"),
        ([True] * 19, ""),
        ([True] * 20 + [False], ""),
        ([True] * 20 + [None], "some labels missing"),
        ([None] * 20, ""),
    ],
)
def test_traces_that_are_a_part(labels: list[bool | None], partial: str, tmp_path: Path):
    path = tmp_path / "traces.jsonl"
    rows = [trace(RECORDS[number], id=f"row {number}", correct=label) for number, label in enumerate(labels)]
    path.write_text("\n".join(rows))
    assert only(read_outputs(path)).partial == partial


def test_the_file_of_the_examples():
    sets, bad, _ = read_outputs(RECORDED)
    assert bad == []
    assert [(one.model, one.benchmark, one.partial, len(one.solutions)) for one in sets] == [
        (MODEL, "GSM8K", "", 40),
        (MODEL, "SVAMP", "", 40),
    ]
