"""How models write solutions: three dialects, by name."""

from __future__ import annotations

from typing import Any

from mathcoder.solving.dialects.base import Dialect, Examples, Piece, Splitter, Transcript, Turn
from mathcoder.solving.dialects.markdown import MarkdownDialect
from mathcoder.solving.dialects.mathcoder import MathCoderDialect
from mathcoder.solving.dialects.tools import ToolsDialect

__all__ = [
    "DIALECTS",
    "Dialect",
    "Examples",
    "MarkdownDialect",
    "MathCoderDialect",
    "Piece",
    "Splitter",
    "ToolsDialect",
    "Transcript",
    "Turn",
    "dialect_named",
]

DIALECTS: dict[str, type[MathCoderDialect] | type[MarkdownDialect] | type[ToolsDialect]] = {
    "mathcoder": MathCoderDialect,
    "markdown": MarkdownDialect,
    "tools": ToolsDialect,
}


def dialect_named(name: str, *, system: str | None = None, **options: Any) -> Dialect:
    """The dialect of a name.

    Args:
        name: of `DIALECTS`.
        system: the instruction before the question, "" for none; None: the dialect's own.
        options: `examples`, and what else it has.
    """
    asked: dict[str, Any] = options if system is None else options | {"system": system}
    return DIALECTS[name](**asked)
