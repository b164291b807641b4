"""Broken and hostile files through the frame: each is a row with its problem, and the rest is read."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest
from pdf_files import pdf
from source_frames import frame_rows, measured

from mathcoder.corpus.sources import Kind, Limits, SourceSpec

GOOD = b'{"text": "good"}\n'
N = 100_000
GIGABYTE = gzip.compress(GOOD) + gzip.compress(b"a" * (16 << 20)) * 64  # a megabyte, packed


def _line(path: Path) -> None:
    """A line of a gigabyte between two good ones; a hole, which takes no place on the disk."""
    with path.open("wb") as file:
        file.write(GOOD + b'{"text": "')
        file.truncate(1 << 30)
        file.seek(0, 2)
        file.write(b'"}\n' + GOOD)


def _cut(data: bytes, less: int) -> bytes:
    return data[:-less]


def _warc(*pages: bytes) -> bytes:
    records: list[bytes] = []
    for page in pages:
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
        head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\n"
        records.append(gzip.compress(head + b"Content-Length: %d\r\n\r\n" % len(http) + http + b"\r\n\r\n"))
    return b"".join(records)


def _parquet(path: Path) -> None:
    parquet.write_table(arrow.table({"text": ["x" * 1_000] * 1_000}), path)
    path.write_bytes(_cut(path.read_bytes(), 20))


def _schema(path: Path) -> None:
    parquet.write_table(arrow.table({"score": [0.5], "label": ["a"]}), path)


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            with archive.open(f"{number}.md", "w", force_zip64=True) as file:
                for _ in range(60):
                    file.write(b"0" * 10_000_000)


def _bytes(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data) and None


# The kind of a source; the name of a file in it, what makes it, and what its problem says.
FAULTS: list[tuple[Kind, str, Callable[[Path], None], str]] = [
    ("text", "a.jsonl", _line, "the line is longer than 50,000,000 bytes"),
    (
        "text",
        "b.jsonl.gz",
        _bytes(_cut(gzip.compress(GOOD), 8)),
        "damaged or cut off",
    ),
    ("text", "c.jsonl", _bytes(b'{"text": "caf\xe9"}\n' + GOOD), "byte 14 is not UTF-8"),
    ("text", "d.parquet", _parquet, "not readable as Parquet"),
    ("text", "e.parquet", _schema, "no column holds a text or a question"),
    ("text", "f.jsonl.gz", _bytes(GIGABYTE), "far more than its size on disk"),
    ("text", "g.txt", _bytes(b"caf\xe9"), "byte 4 is not UTF-8"),
    ("text", "h.jsonl", _bytes(b"[" * N + b"\n"), "nested too deeply"),
    ("web", "a.warc.gz", _bytes(_cut(_warc(b"<p>good", b"<p>" + bytes(range(256)) * 99), 200)), "cut off"),
    ("web", "b.html.gz", _bytes(GIGABYTE), "larger than 10,000,000 bytes"),
    ("web", "c.html.gz", _bytes(b"<p>not gzip"), "damaged or cut off"),
    ("textbook", "a.pdf", _bytes(pdf("x", locked=True)), "locked by a password"),
    ("textbook", "b.pdf", _bytes(_cut(pdf("x"), 400)), "a damaged PDF"),
    ("textbook", "c.zip", _zip, "the archive unpacks to more than 2,000,000,000 bytes"),
    ("textbook", "d.md", _bytes(b"caf\xe9"), "byte 4 is not UTF-8"),
    ("textbook", "e.tar.gz", _bytes(b"not gzip"), "a damaged archive: not a gzip file"),
    ("code", "a.py", _bytes(b"caf\xe9"), "byte 4 is not UTF-8"),
    ("code", "b.ipynb", _bytes(b'{"cells": ' + b"[" * N), "not a notebook"),
]
BESIDE: dict[Kind, tuple[str, str]] = {
    "text": ("z.jsonl", GOOD.decode()),
    "web": ("z.html", "<p>good"),
    "textbook": ("z.md", "good"),
    "code": ("z.py", "import sympy\nprint(sympy)\n"),
}


def faulty(folder: Path, faults: list[tuple[Kind, str, Callable[[Path], None], str]]) -> list[SourceSpec]:
    """A source of each kind: its faulty files, and a good one after them."""
    for kind, name, make, _ in faults:
        (folder / kind).mkdir(exist_ok=True)
        make(folder / kind / name)
    kinds = sorted({kind for kind, *_ in faults})
    for kind in kinds:
        name, content = BESIDE[kind]
        (folder / kind / name).write_text(content)
    return [SourceSpec(kind, kind, (str(folder / kind),)) for kind in kinds]


@pytest.mark.heavy
def test_every_fault_is_a_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    found = measured(*faulty(tmp_path, FAULTS))
    rows: list[dict[str, Any]] = found["rows"]
    for kind, name, _, reason in FAULTS:
        path = str(tmp_path / kind / name)
        said = [row["problem"] or "" for row in rows if row["path"].startswith(path)]
        assert any(reason in each for each in said), (kind, name, said)
        assert all("\n" not in each for each in said)
    kept = [Path(row["path"]).name for row in rows if row["problem"] is None]
    texts = ["a.jsonl:1", "a.jsonl:3", "b.jsonl.gz:1", "c.jsonl:2", "f.jsonl.gz:1", "z.jsonl:1"]
    assert sorted(kept) == sorted(["a.warc.gz:1", *texts, "z.html", "z.md", "z.py"])
    assert len({row["id"] for row in rows}) == len(rows)
    assert found["parent"] < 500
    assert found["child"] < 500


def test_a_hundred_thousand_nested_tags(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    deep = ["<div>" * N + "x" + "</div>" * N, "<p>$" + "{" * N, "<b><table><tr><td>" * N]
    path.write_text("".join(json.dumps({"html": page}) + "\n" for page in [*deep, "<p>good</p>"]))
    rows = frame_rows(SourceSpec("s", "web", (str(path),)))
    assert len(rows) == 4
    assert all(row["problem"] or row["text"] for row in rows)
    assert rows[-1]["text"] == "good"


def test_pages_and_chapters_in_another_encoding_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<p>caf\xe9 \\(x\\)")
    (tmp_path / "b.tex").write_bytes(b"\\documentclass{article}\\begin{document}caf\xe9 $x$\\end{document}")
    page, chapter = frame_rows(
        SourceSpec("w", "web", (str(tmp_path / "a.html"),)),
        SourceSpec("b", "textbook", (str(tmp_path / "b.tex"),)),
    )
    assert (page["text"], chapter["text"]) == ("café $x$", "café $x$")


def test_an_archive_of_more_text_than_a_file_may_have(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(5):
            archive.writestr(f"{number}.md", f"{number} " + "x" * 400)
    spec = SourceSpec("s", "textbook", (str(tmp_path / "a.zip"),), limits=Limits(file_bytes=1_000))
    rows = frame_rows(spec)
    assert [bool(row["text"]) for row in rows] == [True, True, False, False, False]
    assert rows[-1]["problem"] == f"more than 1,000 characters in {tmp_path}/a.zip"
