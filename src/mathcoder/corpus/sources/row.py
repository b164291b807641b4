"""A document as a row: its text, where it is from, and why it was dropped if it was."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from mathcoder.corpus.sources.spec import SourceSpec

__all__ = ["Facts", "Row", "document_id", "dropped", "kept", "unlike"]

_TEXT_CHARS = 24  # 96 bits: no chance collision in any corpus
_PLACE_CHARS = 16  # 64 bits: none among a million copies of one text
_REASON_CHARS = 500


@dataclass(frozen=True, slots=True)
class Row:
    """A document of a source.

    Args:
        id: `TEXT-PLACE`, see `document_id`.
        text: "" where nothing could be read.
        source: the recipe's name for it.
        url: where it was published; null if that is not known.
        path: the file it was read from, a path or an address: `FILE`, `FILE:ROW` of a table or `ARCHIVE!MEMBER`.
        title: null if it has none.
        licence: null if none is stated.
        language: as the source states it; null if it does not.
        meta: a JSON object, as text: what else the row held, and what the reader noted.
        drop_reason: one line; null if the document is kept.
    """

    id: str
    text: str
    source: str
    url: str | None
    path: str
    title: str | None
    licence: str | None
    language: str | None
    meta: str
    drop_reason: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a document beside its text."""

    url: str | None = None
    title: str | None = None
    licence: str | None = None
    language: str | None = None
    meta: Mapping[str, object] = field(default_factory=dict[str, object])


def document_id(kind: str, text: str, *place: str | None) -> str:
    """The id of a document: `TEXT-PLACE`, the beginnings of two SHA-256.

    Copies of a text differ in PLACE alone, so that they lie side by side where rows are sorted by id.

    Args:
        kind: of its source; part of TEXT.
        text: the document's.
        place: its source's name, path and url: PLACE.
    """
    what, where = "\0".join((kind, text)), "\0".join(part or "" for part in place)
    return f"{_sha256(what)[:_TEXT_CHARS]}-{_sha256(where)[:_PLACE_CHARS]}"


def kept(spec: SourceSpec, text: str, path: str, facts: Facts | None = None, reason: str | None = None) -> Row:
    """The row of a text; one without text is dropped.

    Args:
        reason: to drop it, although it could be read.
    """
    facts, text = facts or Facts(), _encodable(text)
    if not text.strip():
        return dropped(spec, "no text", path, facts)
    return _row(spec, text, text, path, facts, reason)


def dropped(spec: SourceSpec, reason: str, path: str, facts: Facts | None = None) -> Row:
    """The row that stands for what could not be read."""
    reason = _encodable(" ".join(reason.split()))
    return _row(spec, "", f"\0{reason}", path, facts or Facts(), reason[:_REASON_CHARS])


def unlike(spec: SourceSpec, row: Row, number: int) -> Row:
    """The row of the `number`th document that has the path and the text of others: its path says so."""
    facts = Facts(row.url, row.title, row.licence, row.language, json.loads(row.meta))
    text = row.text or f"\0{row.drop_reason}"
    return _row(spec, row.text, text, f"{row.path}#{number}", facts, row.drop_reason)


def _row(spec: SourceSpec, text: str, identity: str, path: str, facts: Facts, reason: str | None) -> Row:
    path, url = _encodable(path), _encodable(facts.url) if facts.url else None
    return Row(
        id=document_id(spec.kind, identity, spec.name, path, url),
        text=text,
        source=spec.name,
        url=url,
        path=path,
        title=_encodable(facts.title).strip() or None if facts.title else None,
        licence=_encodable(facts.licence or spec.licence or "") or None,
        language=_encodable(facts.language).lower() if facts.language and text else None,
        meta=_encodable(json.dumps(_plain(facts.meta), ensure_ascii=False, allow_nan=False)),
        drop_reason=reason,
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _encodable(text: str) -> str:
    """The text with each half of a surrogate pair, which no file can hold, replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _plain(value: object) -> object:
    """The value as JSON has it: dates as text, NaN as null, bytes by their number."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in cast("Mapping[Any, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in cast("list[object]", value)]
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int | bool) else str(value)
