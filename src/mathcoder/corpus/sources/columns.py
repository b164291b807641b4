"""What the columns of a row mean, by the names that published sets give them.

OpenWebMath: url, text, date, metadata. FineWeb: text, id, url, language, and counts. Matrix: text, meta.
The Stack: content, lang, max_stars_repo_path, max_stars_repo_licenses. StarCoder: content, max_stars_repo_path.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from mathcoder.corpus.sources.piece import Record
from mathcoder.corpus.sources.row import Facts
from mathcoder.corpus.sources.spec import SourceSpec

__all__ = ["column", "facts", "no_column", "text_of"]

HTML = ("html", "raw_html", "html_content", "page_html")
TEXT = ("text", "content", "markdown", "raw_content", "body")
CODE = ("content", "code", "source_code", "text", "body")
QUESTION = ("question", "problem", "query", "instruction", "prompt")
SOLUTION = ("solution", "worked_solution", "rationale", "response", "output", "completion")
ANSWER = ("answer", "final_answer", "expected_answer", "target")
PATH = ("path", "max_stars_repo_path", "file_path", "filename")

_URL = ("url", "source_url", "link", "uri")
_TITLE = ("title", "headline")
_LICENCE = ("licence", "license", "max_stars_repo_licenses", "licenses", "license_type")
_LANGUAGE = ("language", "lang")
_INSIDE = ("metadata", "meta")


def column(record: Record, given: str | None, names: tuple[str, ...]) -> str | None:
    """The column that was `given`, or the first of `names` that the row has a value in."""
    if given is not None:
        return given if given in record else None
    return next((name for name in names if record.get(name) not in (None, "", [])), None)


def no_column(record: Record, given: str | None, what: str) -> str:
    """The reason to drop a row that has no such column: it names those that are there."""
    there = ", ".join(sorted(map(str, record))[:20]) or "none"
    if given is not None:
        return f"no column {given!r}; the columns are: {there}"
    return f"no column holds {what}; name it in the source's fields; the columns are: {there}"


def text_of(record: Record, name: str) -> str:
    """The text in a column.

    Raises:
        ValueError: it holds something else.
    """
    value = record[name]
    if value is None:
        return ""
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValueError(f"column {name!r}: byte {error.start + 1} is not UTF-8") from None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise ValueError(f"column {name!r} holds a {type(value).__name__}, not a text")
    return value


def facts(spec: SourceSpec, record: Record, used: tuple[str | None, ...]) -> Facts:
    """What a row says beside the columns `used` for the text; the rest of it is the meta."""
    fields, inside = spec.fields, _inside(record)
    url = _fact(record, inside, fields.url, _URL)
    title = _fact(record, inside, fields.title, _TITLE)
    licence = _fact(record, inside, fields.licence, _LICENCE)
    language = _fact(record, inside, fields.language, _LANGUAGE)
    taken = {*used, *(name for name, _ in (url, title, licence, language) if name)}
    meta = {name: value for name, value in record.items() if name not in taken and value is not None}
    return Facts(url[1], title[1], licence[1], language[1], meta)


def _fact(
    record: Record, inside: Mapping[str, object], given: str | None, names: tuple[str, ...]
) -> tuple[str | None, str | None]:
    """The column it stands in, if it is one of the row itself, and the fact."""
    name = column(record, given, names)
    if name is not None:
        return name, _stated(record[name])
    if given is None:
        return None, next((text for name in names if (text := _stated(inside.get(name)))), None)
    return None, None


def _stated(value: object) -> str | None:
    if isinstance(value, list | tuple):
        return ", ".join(sorted(str(each) for each in cast("list[object]", value))) or None
    return value.strip() or None if isinstance(value, str) else None


def _inside(record: Record) -> Mapping[str, object]:
    """The row's own metadata, an object or one written as JSON."""
    for name in _INSIDE:
        value: object = record.get(name)
        if isinstance(value, str) and value.lstrip().startswith("{"):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                continue
        if isinstance(value, Mapping):
            return cast("Mapping[str, object]", value)
    return {}
