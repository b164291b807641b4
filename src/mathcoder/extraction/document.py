"""What every reader gives back: a text whose formulas are LaTeX, and what was lost on the way."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Document"]


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its formulas as `$...$` and `$$...$$`.

    Args:
        text: paragraphs parted by a blank line.
        title: of the page, module or book part; "" where there is none.
        path: the file it came from; "" for a text that came as a value.
        dropped: one line for each part that could not be read, and why.
    """

    text: str
    title: str = ""
    path: str = ""
    dropped: tuple[str, ...] = ()
