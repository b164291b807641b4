"""A document as a row: its text, where it is from, and why it was dropped if it was."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from mathcoder.corpus.sources.spec import SourceSpec

__all__ = ["Row", "document_id", "dropped", "kept"]

_ID_CHARS = 24  # 96 bits: no chance collision in any corpus


@dataclass(frozen=True, slots=True)
class Row:
    """A document of a source.

    Args:
        id: of a text: the same for the same kind and text. Of a row without text: of its place and reason.
        text: "" where nothing could be read.
        source: the recipe's name for it.
        url: where it was published; null if that is not known.
        path: the file it was read from: `FILE`, `FILE:ROW` of a table or `ARCHIVE!MEMBER`.
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


def document_id(kind: str, text: str) -> str:
    """The id of a text: the beginning of the SHA-256 of its source's kind and of the text."""
    return hashlib.sha256(f"{kind}\0{text}".encode()).hexdigest()[:_ID_CHARS]


def kept(
    spec: SourceSpec,
    text: str,
    path: str,
    *,
    url: str | None = None,
    title: str | None = None,
    licence: str | None = None,
    language: str | None = None,
    meta: Mapping[str, object] | None = None,
    drop_reason: str | None = None,
) -> Row:
    """The row of a text; one without text is dropped."""
    text = _encodable(text)
    if not text.strip():
        return dropped(spec, "no text", path, url=url, title=title, licence=licence, meta=meta)
    return Row(
        id=document_id(spec.kind, text),
        text=text,
        source=spec.name,
        url=_encodable(url) if url else None,
        path=_encodable(path),
        title=_encodable(title).strip() or None if title else None,
        licence=_encodable(licence or spec.licence or "") or None,
        language=_encodable(language).lower() if language else None,
        meta=_json(meta or {}),
        drop_reason=drop_reason,
    )


def dropped(
    spec: SourceSpec,
    reason: str,
    path: str,
    *,
    url: str | None = None,
    title: str | None = None,
    licence: str | None = None,
    meta: Mapping[str, object] | None = None,
) -> Row:
    """The row that stands for what could not be read."""
    reason, path = _encodable(" ".join(reason.split())), _encodable(path)
    return Row(
        id=document_id(spec.kind, f"\0{spec.name}\0{path}\0{url or ''}\0{reason}"),
        text="",
        source=spec.name,
        url=_encodable(url) if url else None,
        path=path,
        title=_encodable(title).strip() or None if title else None,
        licence=_encodable(licence or spec.licence or "") or None,
        language=None,
        meta=_json(meta or {}),
        drop_reason=reason[:500],
    )


def _encodable(text: str) -> str:
    """The text with each half of a surrogate pair, which no file can hold, replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _json(meta: Mapping[str, object]) -> str:
    return _encodable(json.dumps(_plain(meta), ensure_ascii=False, allow_nan=False))


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
