"""Web pages: WARC files, folders of HTML, and tables with a column of HTML or of extracted text."""

from __future__ import annotations

import re
from dataclasses import replace

from mathcoder.corpus.sources import columns
from mathcoder.corpus.sources.paths import file_name, read_whole, suffix_of
from mathcoder.corpus.sources.piece import Reader, Record
from mathcoder.corpus.sources.row import Facts, Row, dropped, kept
from mathcoder.corpus.sources.spec import SourceSpec
from mathcoder.corpus.sources.tables import is_table
from mathcoder.corpus.sources.warc import is_warc
from mathcoder.extraction import html_to_text

__all__ = ["READER", "page_row"]

_HTML = (".html", ".htm", ".xhtml", ".html.gz", ".htm.gz")
_HEAD = 2_000  # characters: where a page says what it is
_LANG = re.compile(r"<html\b[^<>]*?\s(?:xml:)?lang\s*=\s*[\"']?([a-zA-Z]{2,3})\b", re.IGNORECASE)
_MARKUP = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def _is_web(name: str) -> bool:
    return is_table(name) or is_warc(name) or file_name(name).endswith(_HTML)


def page_row(spec: SourceSpec, page: str | bytes, path: str, facts: Facts) -> Row:
    """The row of a page of HTML; bytes are decoded as the page says."""
    if len(page) > spec.limits.page_bytes:
        return dropped(spec, f"a page of more than {spec.limits.page_bytes:,} bytes", path, facts)
    try:
        document = html_to_text(page)
    except (ValueError, LookupError, RecursionError, OverflowError) as error:
        return dropped(spec, f"cannot be read as HTML: {error}", path, facts)
    head = page[:_HEAD]
    declared = _LANG.search(head if isinstance(head, str) else head.decode("latin-1"))
    lost = {"lost": list(document.dropped[:20])} if document.dropped else {}
    more = replace(
        facts,
        title=facts.title or document.title,
        language=facts.language or (declared[1] if declared else None),
        meta={**facts.meta, **lost},
    )
    return kept(spec, document.text, path, more)


def _file(spec: SourceSpec, name: str) -> Row:
    if not file_name(name).endswith(_HTML):
        what = "WARC, HTML, Parquet and JSON Lines can be read"
        return dropped(spec, f"{suffix_of(name) or 'no suffix'}: no web pages; {what}", name)
    try:
        page = read_whole(name, spec.limits, spec.limits.page_bytes)
    except ValueError as error:
        return dropped(spec, str(error), name)
    return page_row(spec, page, name, Facts())


def _record(spec: SourceSpec, record: Record, path: str) -> Row:
    fields = spec.fields
    html = None if fields.text and not fields.html else columns.column(record, fields.html, columns.HTML)
    text = None if html or fields.html else columns.column(record, fields.text, columns.TEXT)
    name = html or text
    facts = columns.facts(spec, record, (name,))
    if name is None:
        return dropped(spec, columns.no_column(record, fields.html or fields.text, "HTML or text"), path, facts)
    if html and isinstance(record[html], bytes):
        return page_row(spec, record[html], path, facts)
    try:
        content = columns.text_of(record, name)
    except ValueError as error:
        return dropped(spec, str(error), path, facts)
    if html or (fields.text is None and _MARKUP.match(content[:_HEAD])):
        return page_row(spec, content, path, facts)
    return kept(spec, content.strip(), path, facts)


READER = Reader(_is_web, "web pages", _record, _file)
