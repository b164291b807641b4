"""The rows of a run as its files hold them, read on from where a reader stopped. Nothing here writes."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, cast

__all__ = ["Source", "Stamp", "json_file", "rows_file", "stamp_of"]

_EDGE = 65_536  # bytes of what was read, from both its ends, by which it is known again
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a file is known to be the same without a look into it."""

    name: str
    inode: int
    size: int
    changed: int


def rows_file(folder: Path) -> Path | None:
    """The file that holds the rows of a run; None where there is none yet.

    Raises:
        ValueError: it is a link that leads out of the folder.
    """
    for name in ("rows.jsonl", "attempts.parquet"):
        path = folder / name
        if path.is_file():
            if not path.resolve().is_relative_to(folder.resolve()):
                raise ValueError(f"{path}: a link that leads out of the run's folder is not followed")
            return path
    return None


def json_file(path: Path) -> dict[str, Any]:
    """The object that a file holds; an empty one where it is not there.

    Raises:
        ValueError: it holds something else; one line.
    """
    try:
        value: object = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{path.name}: cannot be read ({error})") from error
    if not isinstance(value, dict):
        raise ValueError(f"{path.name}: not a JSON object")
    return cast("dict[str, Any]", value)


class Source:
    """One file of rows, opened. A context manager.

    A place in it is a number: of bytes in a log, of rows in a table. `total` is the place of its end.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path):
        self._file: BinaryIO = path.open("rb")
        self._table: Any = None
        if path.suffix == ".parquet":
            try:
                self._table = import_module("pyarrow.parquet").ParquetFile(self._file)
            except BaseException:
                self._file.close()
                raise
        self.stamp = stamp_of(path, self._file)
        self.total: int = self._table.metadata.num_rows if self._table else self.stamp.size

    def edges(self, place: int) -> str:
        """A hash of what stands before a place: of its first bytes and its last ones."""
        if self._table:
            return ""
        self._file.seek(0)
        digest = hashlib.sha256(self._file.read(min(place, _EDGE)))
        self._file.seek(max(0, place - _EDGE))
        digest.update(self._file.read(min(place, _EDGE)))
        return digest.hexdigest()

    def goes_on_from(self, stamp: Stamp, place: int, edges: str) -> bool:
        """Whether the file is the one that was read up to a place, perhaps with more rows after it."""
        if stamp == self.stamp:
            return True
        grown = stamp.name == self.stamp.name and stamp.inode == self.stamp.inode and stamp.size != self.stamp.size
        return grown and self._table is None and place <= self.stamp.size and self.edges(place) == edges

    def batches(self, place: int) -> Iterator[tuple[int, list[bytes]]]:
        """The rows after a place as JSON, some at a time, each time with the place after them.

        Only lines that are whole are given; the first line of a log, which says what was asked, is none.
        """
        yield from self._of_table(place) if self._table else self._of_log(place)

    def _of_log(self, place: int) -> Iterator[tuple[int, list[bytes]]]:
        self._file.seek(place)
        lines: list[bytes] = []
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            if place:
                lines.append(line)
            place += len(line)
            if len(lines) == _BATCH:
                yield place, lines
                lines = []
        if lines:
            yield place, lines

    def _of_table(self, place: int) -> Iterator[tuple[int, list[bytes]]]:
        start = 0
        for batch in self._table.iter_batches(batch_size=_BATCH):
            new = start + len(batch) > place
            rows: list[dict[str, Any]] = batch.slice(max(0, place - start)).to_pylist() if new else []
            start += len(batch)
            if rows:
                yield start, [json.dumps(_whole(row), default=str).encode() for row in rows]

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the table as the log has it; one that cannot be is left to whom reads it."""
    try:
        return row | {"solution": json.loads(row["solution"])}
    except (KeyError, TypeError, ValueError, RecursionError):
        return row


def stamp_of(path: Path, file: BinaryIO | None = None) -> Stamp:
    """The stamp of a path, or of the file that was opened there."""
    found = os.fstat(file.fileno()) if file else path.stat()
    return Stamp(path.name, found.st_ino, found.st_size, found.st_mtime_ns)
