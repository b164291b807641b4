"""Files made to exhaust or crash a reader: a reason in bounded time and memory, and the next file is read."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest

from mathcoder.corpus.sources import Limits, Row, SourceSpec, read_source

GOOD = b'{"text": "good"}\n'
SECONDS = 8.0  # each takes less than two on an idle machine


def rows(kind: str, *paths: Path, limits: Limits | None = None) -> list[Row]:
    return list(read_source(SourceSpec("s", kind, tuple(map(str, paths)), limits=limits or Limits())))  # type: ignore[arg-type]


@contextmanager
def bounded(megabytes: int) -> Iterator[None]:
    start = time.process_time()
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * 1_000_000
        assert time.process_time() - start < SECONDS
    finally:
        tracemalloc.stop()


def broken_gzip() -> bytes:
    whole = gzip.compress(GOOD * 10_000 + bytes(range(256)) * 100)
    return whole[: len(whole) // 2]


def broken_parquet(path: Path) -> None:
    parquet.write_table(arrow.table({"text": ["a" * 1_000] * 1_000}), path)
    path.write_bytes(path.read_bytes()[:-20])


# A file's name, its content, and what the first reason says.
DAMAGED: list[tuple[str, bytes, str]] = [
    ("a.jsonl.gz", broken_gzip(), "damaged or cut off"),
    ("a.jsonl.gz", b"not gzip", "damaged or cut off"),
    ("a.jsonl.zst", b"not zstd", "cannot be read"),
    ("a.parquet", b"PAR1", "not readable as Parquet"),
    ("a.jsonl", b'{"text": "\xff"}\n', "byte 11 is not UTF-8"),
    ("a.jsonl", b'{"text": "\\ud800"}\n', "half of a surrogate pair"),
    ("a.jsonl", b"[" * 100_000 + b"\n", "nested too deeply"),
    ("a.jsonl", b'{"text"\n', "not JSON at column 8"),
    ("a.json", b"[1, ", "not JSON"),
]


@pytest.mark.parametrize(("name", "content", "reason"), DAMAGED)
@pytest.mark.parametrize("kind", ["text", "web", "code"])
def test_damaged_tables(name: str, content: bytes, reason: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "b.jsonl").write_bytes(b'{"text": "import sympy\\nprint(sympy)"}\n')
    found = rows(kind, tmp_path / name, tmp_path / "b.jsonl")
    assert found[-1].drop_reason is None
    assert any(reason in (row.drop_reason or "") for row in found)


def test_a_parquet_file_that_is_cut_off(tmp_path: Path) -> None:
    broken_parquet(tmp_path / "a.parquet")
    [row] = rows("text", tmp_path)
    assert (row.drop_reason or "").startswith("not readable as Parquet")


def test_a_line_of_a_gigabyte(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(GOOD + b'{"text": "')
        file.truncate(1 << 30)  # a hole: it takes no place on the disk
        file.seek(0, 2)
        file.write(b'"}\n' + GOOD)
    with bounded(megabytes=40):
        first, long, last = rows("text", path, limits=Limits(line_bytes=10_000_000))
    assert (first.text, last.text) == ("good", "good")
    assert (long.path, long.drop_reason) == (f"{path}:2", "the line is longer than 10,000,000 bytes")


def test_a_gzip_file_that_unpacks_to_a_gigabyte(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b" " * 16_000_000, 9) * 64)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b"\n" * 16_000_000, 9) * 64)
    (tmp_path / "c.html.gz").write_bytes(gzip.compress(b" " * 16_000_000, 9) * 64)
    with bounded(megabytes=80):
        bomb, blank, page = rows("web", tmp_path, limits=Limits(line_bytes=1_000_000))
    assert "far more than its size on disk" in (bomb.drop_reason or "")
    assert "more than 1,000,000 blank lines" in (blank.drop_reason or "")
    assert page.drop_reason == "larger than 10,000,000 bytes"


def test_a_crawl_that_unpacks_to_a_gigabyte(tmp_path: Path) -> None:
    chunk, head = b" " * 16_000_000, "WARC/1.0\r\nWARC-Type: {}\r\nContent-Length: {}\r\n\r\n"
    for name, kind in (("a", "response"), ("b", "request")):
        packed = (
            gzip.compress(head.format(kind, 64 * len(chunk)).encode() + chunk, 9) + gzip.compress(chunk, 9) * 63
        )
        (tmp_path / f"{name}.warc.gz").write_bytes(packed)
    with bounded(megabytes=40):
        found = rows("web", tmp_path)
    assert len(found) == 2
    assert all("far more than its size on disk" in (row.drop_reason or "") for row in found)


def test_a_large_row_of_parquet(tmp_path: Path) -> None:
    parquet.write_table(arrow.table({"text": ["good", "x" * 5_000_000, "good"]}), tmp_path / "a.parquet")
    found = rows("text", tmp_path, limits=Limits(line_bytes=1_000_000))
    assert [row.text for row in found] == ["good", "", "good"]
    assert found[1].drop_reason == "the row is larger than 1,000,000 bytes"


def test_parquet_that_is_not_utf8(tmp_path: Path) -> None:
    bad = arrow.array([b"good", b"\xff\xfe", b"good"]).cast(arrow.binary()).view(arrow.string())
    parquet.write_table(arrow.table({"text": bad}), tmp_path / "a.parquet")
    found = rows("text", tmp_path)
    assert [row.text for row in found] == ["good", "", "good"]
    assert "not UTF-8" in (found[1].drop_reason or "")


N = 100_000
PAGES: dict[str, Callable[[], str]] = {
    "nested": lambda: "<div>" * N + "x" + "</div>" * N,
    "never closed": lambda: "<b><table><tr><td>" * N,
    "attributes": lambda: "<p " + "a=b " * N + ">x</p>",
    "one formula": lambda: "<p>$" + "{" * N + "</p>",
}


@pytest.mark.parametrize("name", PAGES)
def test_pages(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"html": PAGES[name]()}) + "\n" + json.dumps({"html": "<p>good</p>"}) + "\n")
    start = time.process_time()
    found = rows("web", path)
    assert time.process_time() - start < SECONDS
    assert [row.text for row in found][1:] == ["good"]


PROGRAMS: dict[str, str] = {
    "parentheses": "import sympy\n" + "(" * N,
    "a chain": "import sympy\nx = " + "+".join("1" * N),
    "blocks": "import sympy\n" + "".join(" " * n + "if x:\n" for n in range(90)),
    "attributes": "import sympy\nx" + ".a" * N,
    "imports": "import " + "a, " * N + "\nprint 1",
    "blanks": "import sympy\nprint 1\n" + " " * N + "\n" * N,
    "tags": "<jupyter_start>" + "<jupyter_code>" * N,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(PROGRAMS[name])
    (tmp_path / "b.py").write_text("import sympy\nprint(sympy)\n")
    start = time.process_time()
    found = rows("code", tmp_path)
    assert time.process_time() - start < SECONDS
    assert len(found) == 2
    assert found[1].drop_reason is None
