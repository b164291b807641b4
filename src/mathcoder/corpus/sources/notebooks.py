"""Notebooks as Markdown: prose as it is, code and what it printed in fences.

Two forms are read: Jupyter's JSON (nbformat 3 and 4), and StarCoder's text with `<jupyter_...>` tags. The JSON is
read without nbformat: its validation refuses notebooks that are plain to read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

__all__ = ["Cell", "is_tagged", "looks_like_notebook", "markdown", "read_notebook", "read_tagged"]

_TAG = re.compile(r"<jupyter_(start|text|code|output)>|<(empty_output)>")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_FENCE = re.compile(r"^[ \t]*(`{3,})", re.MULTILINE)
_IMAGES = ("image/png", "image/jpeg", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a notebook: `text`, `code`, or an `output`, in LaTeX or plain."""

    kind: str
    content: str


def looks_like_notebook(content: str) -> bool:
    """Whether a text is a notebook's JSON, by its first characters and names."""
    return content.lstrip()[:1] == "{" and ('"cells"' in content or '"worksheets"' in content)


def is_tagged(content: str) -> bool:
    """Whether a text is a notebook in StarCoder's form."""
    return "<jupyter_start>" in content[:2_000]


def read_tagged(content: str) -> list[Cell]:
    """The cells of a notebook in StarCoder's form."""
    marks = list(_TAG.finditer(content))
    ends = [mark.start() for mark in marks[1:]] + [len(content)]
    cells: list[Cell] = []
    for mark, end in zip(marks, ends, strict=True):
        body = content[mark.end() : end].strip("\n")
        kind = mark[1]
        if kind in ("text", "code", "output") and body.strip():
            cells.append(Cell(kind, _ANSI.sub("", body) if kind == "output" else body))
    return cells


def read_notebook(content: str) -> tuple[list[Cell], str]:
    """The cells of a notebook, and the language of its code, in lower case; "python" where it does not say.

    Raises:
        ValueError: it is not JSON, or not a notebook; the message is one line.
    """
    try:
        book: Any = json.loads(content)
    except json.JSONDecodeError as error:
        raise ValueError(f"not a notebook: no JSON at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise ValueError("not a notebook: nested too deeply") from None
    sheets: list[Any] = _list(_of(book, "worksheets")) or [book]
    given = [cell for sheet in sheets for cell in _list(_of(sheet, "cells"))]
    if not given:
        raise ValueError("not a notebook, or one without cells")
    return [part for cell in given for part in _cells(cell)], _language(book)


def _language(book: object) -> str:
    metadata = _of(book, "metadata")
    name = _of(_of(metadata, "language_info"), "name") or _of(_of(metadata, "kernelspec"), "language")
    return name.lower() if isinstance(name, str) and name else "python"


def _cells(cell: object) -> Iterator[Cell]:
    kind = _of(cell, "cell_type")
    source = _joined(_of(cell, "source") or _of(cell, "input")).strip("\n")
    if kind == "heading":
        level = _of(cell, "level")
        yield Cell("text", "#" * (level if isinstance(level, int) and 0 < level < 7 else 1) + " " + source)
    elif kind == "markdown" and source.strip():
        yield Cell("text", source)
    elif kind == "code":
        if source.strip():
            yield Cell("code", source)
        for output in _list(_of(cell, "outputs")):
            yield from _output(output)


def _output(output: object) -> Iterator[Cell]:
    # In nbformat 3 an output holds by short names what stands by its type under "data" in nbformat 4.
    data = _of(output, "data") or output
    latex = _joined(_of(data, "text/latex") or _of(data, "latex")).strip()
    if latex.startswith("$"):
        yield Cell("formula", latex)
        return
    if any(_of(data, image) for image in (*_IMAGES, "png", "jpeg", "svg")):
        return
    if _of(output, "output_type") in ("error", "pyerr"):
        text = f"{_joined(_of(output, 'ename'))}: {_joined(_of(output, 'evalue'))}"
    else:
        text = _joined(_of(data, "text/plain") or _of(data, "text"))
    text = _ANSI.sub("", text).strip("\n")
    if text.strip():
        yield Cell("output", text)


def markdown(cells: list[Cell], output_chars: int) -> str:
    """The cells as one text; what a cell put out is cut to `output_chars` characters."""
    parts: list[str] = []
    for cell in cells:
        if cell.kind in ("text", "formula"):
            parts.append(cell.content[: output_chars if cell.kind == "formula" else None])
        elif cell.kind == "code":
            parts.append(_fenced("python", cell.content))
        else:
            parts.append(_fenced("output", _cut(cell.content, output_chars)))
    return "\n\n".join(parts)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}\n[{len(text) - most} more characters]"


def _fenced(name: str, content: str) -> str:
    ticks = max((len(found) for found in _FENCE.findall(content)), default=2) + 1
    fence = "`" * max(3, ticks)
    return f"{fence}{name}\n{content}\n{fence}"


def _of(value: object, name: str) -> Any:
    return cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None


def _list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _joined(value: object) -> str:
    if isinstance(value, list):
        return "".join(str(part) for part in cast("list[object]", value))
    return value if isinstance(value, str) else ""
