"""A piece of a source: as much as is read at one go, and becomes rows apart from all that is around it.

Reading a source is two things: to find and cut its pieces, in order, which is input and output; and to make rows
of each, which is work that many processes can share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from mathcoder.corpus.sources.row import Facts, Row
from mathcoder.corpus.sources.spec import SourceSpec

__all__ = ["Form", "Piece", "Reader", "Record", "problem"]

Record = dict[str, Any]
"""A row of a table: its columns by name."""

Form = Literal["lines", "rows", "page", "file", "book", "problem"]

_LEAST_WEIGHT = 1_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a source.

    Args:
        form: lines of JSON, rows of Parquet, a page of HTML, a file that is read whole, a folder that is one book,
            or a problem: what a reader could not read.
        path: where it is.
        number: of its first line or row, from 1.
        data: the lines; the rows as an Arrow stream; the page; the problem's reason.
        facts: what is known of its document.
        files: of a book.
        size: of a file, as a measure of what will come of it.
        shown: what a row calls its path, if it is not `path`.
    """

    form: Form
    path: str
    number: int = 1
    data: bytes | str = b""
    facts: Facts = field(default_factory=Facts)
    files: tuple[str, ...] = ()
    size: int = 0
    shown: str | None = None

    @property
    def name(self) -> str:
        """What its rows call it."""
        return self.shown or self.path

    @property
    def weight(self) -> int:
        """About how many bytes it and its rows take."""
        return max(len(self.data), self.size, _LEAST_WEIGHT)


def problem(path: str, reason: str, facts: Facts | None = None) -> Piece:
    """The piece that stands for what could not be read."""
    return Piece("problem", path, data=reason, facts=facts or Facts())


@dataclass(frozen=True, slots=True)
class Reader:
    """How a kind of source is read.

    Args:
        wanted: whether a file's name says that it is of the kind.
        what: such files, as a person says it.
        record: the row of a table's row; its text is the path.
        file: the row of a file.
    """

    wanted: Callable[[str], bool]
    what: str
    record: Callable[[SourceSpec, Record, str], Row]
    file: Callable[[SourceSpec, str], Row]
