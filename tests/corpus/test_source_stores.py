"""Sources on object stores and web servers: the rows of a folder, and clear words when nothing is there."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import daft
import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest
from daft.io import HTTPConfig, IOConfig, S3Config
from pdf_files import pdf
from source_frames import frame_rows, source_rows
from store_stand_in import store

from mathcoder.corpus.sources import Kind, Limits, SourceSpec, remote
from mathcoder.corpus.sources.frames import input_places


def _parquet() -> bytes:
    out = io.BytesIO()
    parquet.write_table(arrow.table({"text": [f"row {n}" for n in range(300)]}), out)
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        info = tarfile.TarInfo("n.md")
        info.size = 7
        archive.addfile(info, io.BytesIO(b"# N\n\n$x"))
    return out.getvalue()


def _warc() -> bytes:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>a page</p>"
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\n"
    return gzip.compress(head + b"Content-Length: %d\r\n\r\n" % len(page) + page + b"\r\n\r\n") * 3


OBJECTS: dict[str, bytes] = {
    "t/a.jsonl": b"".join(b'{"text": "line %d"}\n' % n for n in range(5_000)),
    "t/deep/b [1].jsonl.gz": gzip.compress(b'{"text": "packed"}\n' * 100),
    "t/deep/c.parquet": _parquet(),
    "t/deep/d.css": b"p {}",
    "t/.git/e.jsonl": b'{"text": "hidden"}\n',
    "w/a.warc.gz": _warc(),
    "w/b.html": b"<title>B</title><p>\\(x\\)",
    "book/main.tex": rb"\documentclass{book}\begin{document}\input{parts/one}\end{document}",
    "book/parts/one.tex": rb"\chapter{One} Let $x^2=4$.",
    "book/scan.pdf": pdf("A proof of it"),
    "book/more.tar.gz": _tar(),
    "bad/a.jsonl.gz": gzip.compress(b'{"text": "x"}\n' * 1_000 + bytes(range(256)) * 400)[:-2_000],
    "bad/b.parquet": _parquet()[:-20],
}

# The kind of a source and its paths below the bucket or folder.
PLACES: list[tuple[Kind, tuple[str, ...]]] = [
    ("text", ("t",)),
    ("text", ("t/**/*.jsonl*", "t/deep/c.parquet")),
    ("web", ("w/a.warc.gz", "w/*.html")),
    ("text", ("t/deep/b [1].jsonl.gz",)),
    ("textbook", ("book",)),
    ("text", ("bad",)),
]


@pytest.fixture(scope="module")
def bucket() -> Generator[str]:
    """The objects on a store that Daft knows how to reach, as it would a real one."""
    before = daft.context.get_context().daft_planning_config.default_io_config
    with store(OBJECTS) as address:
        config = S3Config(endpoint_url=address, anonymous=True, region_name="us-east-1", num_tries=1)
        daft.set_planning_config(default_io_config=IOConfig(s3=config))
        yield "s3://bucket"
    daft.set_planning_config(default_io_config=before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same objects as files."""
    root = tmp_path_factory.mktemp("objects")
    for key, data in OBJECTS.items():
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return str(root)


def sources(root: str) -> list[SourceSpec]:
    return [
        SourceSpec(f"{kind} {number}", kind, tuple(f"{root}/{name}" for name in names))
        for number, (kind, names) in enumerate(PLACES)
    ]


def moved(rows: list[dict[str, Any]], root: str) -> list[dict[str, Any]]:
    """The rows without what depends on where their files are, in an order of their own."""
    moved = [
        {**row, "id": row["id"][:24] * bool(row["text"]), "path": row["path"].removeprefix(root)} for row in rows
    ]
    return sorted(moved, key=lambda row: json.dumps(row).replace(root, ""))


def test_the_rows_are_those_of_a_folder(bucket: str, folder: str) -> None:
    local = source_rows(*sources(folder))
    far = source_rows(*sources(bucket))
    assert frame_rows(*sources(bucket)) == far
    assert len(local) > 10_000
    assert {"a page", "$x$", "A proof of it", "packed", "row 299"} <= {row["text"] for row in local}
    assert moved(far, bucket) == moved(local, folder)
    assert not any("mathcoder-book-" in json.dumps(row) for row in far)


def test_what_is_read_is_named(bucket: str) -> None:
    assert input_places([SourceSpec("s", "text", (f"{bucket}/t",))]) == [
        f"{bucket}/t/a.jsonl",
        f"{bucket}/t/deep/b [1].jsonl.gz",
        f"{bucket}/t/deep/c.parquet",
        f"{bucket}/t/deep/d.css",
    ]


@pytest.mark.parametrize("name", ["none.jsonl", "none/*.jsonl", "none"])
def test_nothing_there(name: str, bucket: str) -> None:
    with pytest.raises(FileNotFoundError, match=r"'s': there is nothing at s3://bucket/none.*; check its paths"):
        source_rows(SourceSpec("s", "text", (f"{bucket}/{name}",)))


def test_a_book_that_is_too_large_to_fetch(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OBJECTS, "book/parts/two.tex", b"x" * 2_000)
    spec = SourceSpec("s", "textbook", (f"{bucket}/book",), limits=Limits(file_bytes=1_000))
    reasons = {row["path"]: row["problem"] for row in source_rows(spec)}
    assert reasons[f"{bucket}/book"] == "larger than 1,000 bytes"


@pytest.mark.parametrize("ranges", [True, False])
def test_a_web_server(ranges: bool, tmp_path: Path) -> None:
    with store(OBJECTS, ranges=ranges) as address:
        names = ("t/a.jsonl", "t/deep/c.parquet?download=1")
        texts = SourceSpec("s", "text", tuple(f"{address}/b/{name}" for name in names))
        book = SourceSpec("b", "textbook", (f"{address}/b/book/scan.pdf",))
        found = frame_rows(texts, book)
        assert all(row["problem"] is None for row in found)
        assert len(found) == 5_301
        assert (found[-1]["text"], found[-1]["path"]) == ("A proof of it", f"{address}/b/book/scan.pdf")
        with pytest.raises(FileNotFoundError, match="there is nothing at"):
            source_rows(SourceSpec("s", "text", (f"{address}/b/none.jsonl",)))
        with pytest.raises(ValueError, match=r"source 's': .*a web server has no list of its files"):
            source_rows(SourceSpec("s", "text", (f"{address}/b/*.jsonl",)))


def test_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_config", lambda: IOConfig(http=HTTPConfig(num_tries=1)))
    with store({}) as address:
        pass
    with pytest.raises(ConnectionError, match=r"'s': http.* cannot be reached: Connection refused") as caught:
        source_rows(SourceSpec("s", "text", (f"{address}/b/a.jsonl",)))
    assert "\n" not in str(caught.value)
