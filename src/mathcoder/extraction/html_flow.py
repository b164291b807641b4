"""The text of a web page: formulas between delimiters are found when a paragraph is complete.

Until then a `\\[` and its `\\]` may stand in different pieces, parted by a line break or a tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mathcoder.extraction.flow import Flow
from mathcoder.extraction.html_math import Delimiters, Formula, in_text

__all__ = ["WebFlow"]

_SOFT = "\x0b"
_TAGGED = re.compile(r"\[(?:math|tex|latex|;)")


class WebFlow(Flow):
    """
    Args:
        delimiters: says what the page configures, when it is asked.
    """

    def __init__(self, delimiters: Callable[[], Delimiters]) -> None:
        super().__init__()
        self._delimiters = delimiters
        self._settled = 0  # pieces of the line in which no formula is to be found any more

    def text(self, words: str) -> None:
        self._line.append(words)

    def done(self, words: str) -> None:
        """Words that stay as they are."""
        self._settle()
        self._line.append(words)
        self._settled += 1

    def math(self, latex: str) -> None:
        self._settle()
        super().math(latex)
        self._settled = len(self._line)

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

    def newline(self) -> None:
        self._settle()
        super().newline()
        self._settled = 0

    def _settle(self) -> None:
        raw = "".join(self._line[self._settled :])
        if not ("\\" in raw or "$" in raw or "`" in raw or ("[" in raw and _TAGGED.search(raw))):
            if _SOFT in raw:
                del self._line[self._settled :]
                self._plain(raw)
            self._settled = len(self._line)
            return
        del self._line[self._settled :]
        for part in in_text(raw, self._delimiters):
            if not isinstance(part, Formula):
                self._plain(part.replace("$", r"\$"))
            elif part.display:
                self.display(part.latex.replace(_SOFT, "\n"))
            else:
                super().math(part.latex.replace(_SOFT, " "))
            self._settled = len(self._line)

    def _plain(self, words: str) -> None:
        *lines, last = words.split(_SOFT)
        for line in lines:
            self._line.append(line)
            self._settled = len(self._line)
            self.newline()
        if last:
            self._line.append(last)
