"""How models write solutions: three dialects, by name."""

from __future__ import annotations

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
]

DIALECTS: dict[str, type[MathCoderDialect] | type[MarkdownDialect] | type[ToolsDialect]] = {
    "mathcoder": MathCoderDialect,
    "markdown": MarkdownDialect,
    "tools": ToolsDialect,
}
