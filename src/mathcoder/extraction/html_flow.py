"""The text of a web page: formulas between delimiters are found when a paragraph is complete.

Until then a `\\[` and its `\\]` may stand in different pieces, parted by a line break or a tag.
"""

from __future__ import annotations

import re

from mathcoder.extraction.flow import Flow
from mathcoder.extraction.html_math import Delimiters, Formula, in_text

__all__ = ["WebFlow"]

_SOFT = "\x0b"
_MAYBE = re.compile(r"[\\$`]|\[(?:math|tex|;)")


class _Done(str):
    """A piece in which no formula is to be found any more."""

    __slots__ = ()


class WebFlow(Flow):
    def __init__(self, delimiters: Delimiters) -> None:
        super().__init__()
        self._delimiters = delimiters

    def text(self, words: str) -> None:
        if words:
            self._line.append(words)

    def done(self, words: str) -> None:
        """Words that stay as they are."""
        self._line.append(_Done(words))

    def math(self, latex: str) -> None:
        count = len(self._line)
        super().math(latex)
        self._line[count:] = map(_Done, self._line[count:])

    def script(self, sign: str, words: str) -> None:
        count = max(0, len(self._line) - 1)
        super().script(sign, words)
        self._line[count:] = [
            _Done(piece) if piece.startswith(("$", " $")) else piece for piece in self._line[count:]
        ]

    def soft_break(self) -> None:
        """A line break that a formula may go across."""
        self._line.append(_SOFT)

    def take(self, other: Flow) -> None:
        """The blocks of another flow, as blocks of this one."""
        other.end()
        for block in other.blocks:
            self.block(block)

    def gap(self) -> None:
        """A blank between words."""
        if self._line:
            self._line.append(" ")

    def end(self) -> None:
        if self._line or self._lines:
            super().end()

    def newline(self) -> None:
        pieces, self._line = self._line, []
        if not pieces:
            return
        whole = "".join(pieces)
        if not _MAYBE.search(whole) and _SOFT not in whole:
            self._line = [whole]
            super().newline()
            return
        raw: list[str] = []
        for piece in pieces:
            if isinstance(piece, _Done):
                self._found("".join(raw))
                raw = []
                self._line.append(piece)
            else:
                raw.append(piece)
        self._found("".join(raw))
        super().newline()

    def _found(self, raw: str) -> None:
        if not _MAYBE.search(raw):
            self._plain(raw)
            return
        for part in in_text(raw, self._delimiters):
            if not isinstance(part, Formula):
                self._plain(part.replace("$", r"\$") if "$" in part else part)
            elif part.display:
                self._shown(part.latex.replace(_SOFT, "\n"))
            else:
                super().math(part.latex.replace(_SOFT, " "))

    def _plain(self, words: str) -> None:
        lines = words.split(_SOFT)
        for line in lines[:-1]:
            self._line.append(line)
            super().newline()
        if lines[-1]:
            self._line.append(lines[-1])

    def _shown(self, latex: str) -> None:
        super().newline()
        lines = [line for line in (" ".join(line.split()) for line in latex.strip().splitlines()) if line]
        if lines:
            body = "\n".join(lines)
            self._lines.append(f"$$\n{body}\n$$" if len(lines) > 1 else f"$${body}$$")
