"""WARC files: the HTML responses in them, gzipped or not, cut off or malformed in places.

fastwarc reads them. Its lenient mode looks for the next record after a malformed one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO, cast

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from resiliparse.parse.encoding import bytes_to_str

from mathcoder.corpus.sources.paths import file_name, most_unpacked, opened, why_damaged
from mathcoder.corpus.sources.piece import Piece, problem
from mathcoder.corpus.sources.row import Facts
from mathcoder.corpus.sources.spec import Limits

__all__ = ["is_warc", "warc_pages"]

_WARC = (".warc", ".warc.gz", ".arc", ".arc.gz")
_HTML = ("text/html", "application/xhtml+xml")


def is_warc(name: str) -> bool:
    """Whether a file's name says that it is a web archive."""
    return file_name(name).endswith(_WARC)


def warc_pages(path: str, limits: Limits) -> Iterator[Piece]:
    """The pages of a WARC file; a response that is no HTML page is a problem, a request nothing at all."""
    seen: Counter[str] = Counter()
    try:
        yield from _records(path, limits, seen, lenient=False)
    except (OSError, ValueError) as error:
        before, why = seen.total(), why_damaged(error)
        try:
            yield from _records(path, limits, seen, lenient=True)
        except (OSError, ValueError) as worse:
            why = why_damaged(worse)
        lost = "what follows is lost" if seen.total() == before else "it is passed over"
        yield problem(path, f"{why} after record {before}; {lost}")
        return
    if not seen["response"]:
        there = ", ".join(f"{kind}: {count}" for kind, count in sorted(seen.items())) or "none"
        yield problem(path, f"no response records; there are: {there}")


def _records(path: str, limits: Limits, seen: Counter[str], *, lenient: bool) -> Iterator[Piece]:
    """The responses after the records already seen; those seen are counted, of each kind.

    Raises:
        OSError: a malformed record; a lenient reading goes on after it where it can.
        ValueError: the last record is cut off, or there is more in the file than the limits allow.
    """
    before, number, size, cut = seen.total(), 0, 0, False
    most = most_unpacked(path, limits)
    with opened(path, limits, unpack=False) as file:
        for record in ArchiveIterator(cast("BinaryIO", file), parse_http=False, quirks_mode=lenient):
            number += 1
            size += record.content_length
            if size > most:
                raise ValueError(f"unpacks to more than {most:,} bytes, far more than its size on disk")
            if number <= before:
                continue
            seen[record.headers.get("WARC-Type") or "unknown"] += 1
            if int(record.record_type) == int(WarcRecordType.response):
                yield _response(limits, record, f"{path}:{number}")
            else:
                cut = record.consume() < record.content_length
    if cut:
        raise ValueError("the file is cut off")


def _response(limits: Limits, record: WarcRecord, path: str) -> Piece:
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ") or None
    date = record.headers.get("WARC-Date")
    meta: dict[str, object] = {"date": date} if date else {}
    facts, size = Facts(url, meta=meta), record.content_length
    if size > limits.page_bytes:
        return problem(path, f"a response of {size:,} bytes, over the limit", facts)
    try:
        page = _payload(limits, record)
    except (OSError, ValueError, AttributeError) as error:
        return problem(path, why_damaged(error), facts)
    if record.headers.get("WARC-Truncated"):
        meta["truncated"] = record.headers.get("WARC-Truncated")
    return Piece("page", path, data=page, facts=facts)


def _payload(limits: Limits, record: WarcRecord) -> str | bytes:
    """The page of a response, decoded as its header says where that is true.

    Raises:
        ValueError: it is not a page, or not all there; the message is the reason to drop it.
    """
    size = record.content_length
    record.freeze()
    whole = record.content_length >= size
    record.parse_http(auto_decode="all", quirks_mode=True)  # pyright: ignore[reportUnknownMemberType]
    if not record.is_http_parsed:
        raise ValueError("a response without HTTP headers")
    headers = record.http_headers
    if headers.status_code != 200:
        raise ValueError(f"HTTP status {headers.status_code}")
    kind = (record.http_content_type or "").lower()
    if kind not in _HTML:
        raise ValueError(f"not HTML: {kind or 'no content type'}")
    most = limits.page_bytes
    page = record.reader.read(most + 1)
    if len(page) > most:
        raise ValueError(f"a page that unpacks to more than {most:,} bytes")
    if not whole:
        raise ValueError("the record is cut off; what followed is lost")
    return _by_header(page, record.http_charset)


def _by_header(page: bytes, charset: str | None) -> str | bytes:
    """HTTP's charset goes before the page's own (RFC 9110, WHATWG HTML 13.2.3), unless the bytes disprove it."""
    if not charset or page.startswith((b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")):
        return page
    try:
        return bytes_to_str(page, charset, errors="strict")
    except (LookupError, ValueError):
        return page
