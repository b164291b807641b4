"""Pages from WARC files and folders: decoded rightly, and what is no page is said."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from mathcoder.corpus.sources import Limits, Row, SourceSpec, read_source


def pages(path: Path, limits: Limits | None = None) -> list[Row]:
    return list(read_source(SourceSpec("crawl", "web", (str(path),), limits=limits or Limits())))


def record(
    body: bytes, headers: str = "Content-Type: text/html", kind: str = "response", status: int = 200
) -> bytes:
    http = f"HTTP/1.1 {status} X\r\n{headers}\r\n\r\n".encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://a.org/x\r\nContent-Type: application/http\r\n"
    )
    return f"{head}Content-Length: {len(http)}\r\n\r\n".encode() + http + b"\r\n\r\n"


def warc(folder: Path, *records: bytes, packed: bool = True) -> Path:
    path = folder / ("a.warc.gz" if packed else "a.warc")
    path.write_bytes(b"".join(gzip.compress(each) if packed else each for each in records))
    return path


# HTTP headers and the bytes of a page that says "é".
CHARSETS = [
    ("Content-Type: text/html; charset=utf-8", "<p>é</p>".encode()),
    ("Content-Type: text/html; charset=iso-8859-1", "<p>é</p>".encode("latin-1")),
    ("Content-Type: text/html; charset=iso-8859-1", "<meta charset=utf-8><p>é</p>".encode("latin-1")),
    ("Content-Type: text/html; charset=utf-8", "<meta charset=iso-8859-1><p>é</p>".encode("latin-1")),
    ("Content-Type: text/html; charset=none-such", "<meta charset=iso-8859-1><p>é</p>".encode("latin-1")),
    ("Content-Type: text/html", "<meta charset=windows-1252><p>é</p>".encode("cp1252")),
    ("Content-Type: application/xhtml+xml", "<p>é</p>".encode()),
    ("Content-Type: text/html\r\nContent-Encoding: gzip", gzip.compress("<p>é</p>".encode())),
    ("Content-Type: text/html\r\nTransfer-Encoding: chunked", b"9\r\n" + "<p>é</p>".encode() + b"\r\n0\r\n\r\n"),
]


@pytest.mark.parametrize(("headers", "body"), CHARSETS)
@pytest.mark.parametrize("packed", [True, False])
def test_the_charset_of_a_page(headers: str, body: bytes, packed: bool, tmp_path: Path) -> None:
    [row] = pages(warc(tmp_path, record(body, headers), packed=packed))
    assert (row.text, row.url, row.drop_reason) == ("é", "http://a.org/x", None)


# A record that is no page, and what is said of it.
NO_PAGES = [
    (record(b"%PDF", "Content-Type: application/pdf"), "not HTML: application/pdf"),
    (record(b"<p>x</p>", status=404), "HTTP status 404"),
    (record(b""), "no text"),
    (record(b"<p>" + b"x" * 3_000 + b"</p>"), "over the limit"),
    (
        record(gzip.compress(b" " * 100_000), "Content-Type: text/html\r\nContent-Encoding: gzip"),
        "unpacks to more",
    ),
    (b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n", "HTTP"),
]


@pytest.mark.parametrize(("bad", "reason"), NO_PAGES)
def test_what_is_no_page(bad: bytes, reason: str, tmp_path: Path) -> None:
    path = warc(tmp_path, record(b"<p>1</p>"), bad, record(b"", kind="request"), record(b"<p>2</p>"))
    first, none, last = pages(path, Limits(page_bytes=2_000))
    assert (first.text, none.text, last.text) == ("1", "", "2")
    assert none.drop_reason is not None
    assert reason in none.drop_reason


def test_a_malformed_record_is_passed_over(tmp_path: Path) -> None:
    path = warc(tmp_path, record(b"<p>1</p>"), b"no record\r\n\r\n", record(b"<p>2</p>"), packed=False)
    found = pages(path)
    assert [row.text for row in found] == ["1", "2", ""]
    assert "after record 1; it is passed over" in (found[-1].drop_reason or "")


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_that_is_cut_off(packed: bool, tmp_path: Path) -> None:
    path = warc(tmp_path, record(b"<p>1</p>"), record(b"<p>" + b"1 2 3 " * 1_000 + b"</p>"), packed=packed)
    path.write_bytes(path.read_bytes()[:-40])
    first, *rest = pages(path)
    assert first.text == "1"
    assert rest
    assert all(row.text == "" and row.drop_reason for row in rest)


def test_a_folder_of_pages(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<html lang=en><title>A</title><p>one \\(x^2\\)</p>")
    (tmp_path / "b.htm").write_bytes(b"")
    (tmp_path / "style.css").write_bytes(b"p {}")
    a, b, rest = pages(tmp_path)
    assert (a.text, a.title, a.language, json.loads(a.meta)) == ("one $x^2$", "A", "en", {})
    assert b.drop_reason == "no text"
    assert rest.drop_reason == "1 files in the folder are not web pages (.css: 1)"
