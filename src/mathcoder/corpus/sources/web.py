"""Web pages: WARC files, folders of HTML, and tables with a column of HTML or of extracted text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from mathcoder.corpus.sources import columns
from mathcoder.corpus.sources.paths import read_whole, wanted
from mathcoder.corpus.sources.row import Row, dropped, kept
from mathcoder.corpus.sources.spec import SourceSpec
from mathcoder.corpus.sources.tables import Record, is_table, records
from mathcoder.extraction import html_to_text
from mathcoder.rows import BadRow

__all__ = ["page_row", "read_web"]

_HTML = (".html", ".htm", ".xhtml", ".html.gz", ".htm.gz")
_WARC = (".warc", ".warc.gz", ".arc", ".arc.gz")
_HEAD = 2_000  # characters: where a page says what it is
_LANG = re.compile(r"<html\b[^<>]*?\s(?:xml:)?lang\s*=\s*[\"']?([a-zA-Z]{2,3})\b", re.IGNORECASE)
_MARKUP = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def read_web(spec: SourceSpec, places: Sequence[Path]) -> Iterator[Row]:
    """The pages at `places`."""
    for path in wanted(spec, places, _is_web, "web pages"):
        if isinstance(path, Row):
            yield path
        elif path.name.lower().endswith(_WARC):
            from mathcoder.corpus.sources.warc import warc_pages

            yield from warc_pages(spec, path)
        elif is_table(path):
            for row in records(path, spec.limits):
                if isinstance(row, BadRow):
                    yield dropped(spec, row.reason, f"{row.file}:{row.line}")
                else:
                    yield _row(spec, row[1], f"{path}:{row[0]}")
        elif path.name.lower().endswith(_HTML):
            yield _file(spec, path)
        else:
            what = "WARC, HTML, Parquet and JSON Lines can be read"
            yield dropped(spec, f"{path.suffix or 'no suffix'}: no web pages; {what}", str(path))


def _is_web(path: Path) -> bool:
    return is_table(path) or path.name.lower().endswith((*_HTML, *_WARC))


def page_row(
    spec: SourceSpec,
    page: str | bytes,
    path: str,
    facts: columns.Facts,
) -> Row:
    """The row of a page of HTML; bytes are decoded as the page says."""
    if len(page) > spec.limits.page_bytes:
        return dropped(
            spec, f"a page of more than {spec.limits.page_bytes:,} bytes", path, url=facts.url, meta=facts.meta
        )
    try:
        document = html_to_text(page)
    except (ValueError, LookupError, RecursionError, OverflowError) as error:
        reason = f"cannot be read as HTML: {error}"
        return dropped(spec, reason, path, url=facts.url, meta=facts.meta)
    head = page[:_HEAD]
    declared = _LANG.search(head if isinstance(head, str) else head.decode("latin-1"))
    lost = {"lost": list(document.dropped[:20])} if document.dropped else {}
    return kept(
        spec,
        document.text,
        path,
        url=facts.url,
        title=facts.title or document.title,
        licence=facts.licence,
        language=facts.language or (declared[1] if declared else None),
        meta=facts.meta | lost,
    )


def _file(spec: SourceSpec, path: Path) -> Row:
    try:
        page = read_whole(path, spec.limits, spec.limits.page_bytes)
    except ValueError as error:
        return dropped(spec, str(error), str(path))
    return page_row(spec, page, str(path), columns.Facts(None, None, None, None, {}))


def _row(spec: SourceSpec, record: Record, path: str) -> Row:
    fields = spec.fields
    html = None if fields.text and not fields.html else columns.column(record, fields.html, columns.HTML)
    text = None if html or fields.html else columns.column(record, fields.text, columns.TEXT)
    name = html or text
    facts = columns.facts(spec, record, (name,))
    if name is None:
        reason = columns.no_column(record, fields.html or fields.text, "HTML or text")
        return dropped(spec, reason, path, url=facts.url)
    if html and isinstance(record[html], bytes):
        return page_row(spec, record[html], path, facts)
    try:
        content = columns.text_of(record, name)
    except ValueError as error:
        return dropped(spec, str(error), path, url=facts.url, meta=facts.meta)
    if html or (fields.text is None and _MARKUP.match(content[:_HEAD])):
        return page_row(spec, content, path, facts)
    return kept(
        spec,
        content.strip(),
        path,
        url=facts.url,
        title=facts.title,
        licence=facts.licence,
        language=facts.language,
        meta=facts.meta,
    )
