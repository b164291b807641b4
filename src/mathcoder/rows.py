"""Files of rows: JSON Lines and JSON, plain or gzipped, and Parquet.

A row is whatever JSON value stands in its place; what it means is the reader's business. A row that cannot be
read becomes a `BadRow` and reading goes on.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any, cast

__all__ = ["BadRow", "Rows", "decoded", "json_file", "json_lines", "parquet_rows"]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read: the line of the file (the row of an array or Parquet) and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


# What a reader yields: the row's number and the decoded row, or the BadRow that stands in its place.
Rows = Iterator[tuple[int, object] | BadRow]

_ROWS_AT_ONCE = 500
_DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)
_DAMAGED_REASON = "the gzip data is damaged or cut off; rows from here on are lost, get the file again"


def json_lines(path: Path) -> Rows:
    """The rows of a `.jsonl` or `.jsonl.gz` file; blank lines are skipped.

    Raises:
        OSError: the file cannot be opened.
    """
    with _opened(path) as file:
        line = 0
        while True:
            line += 1
            try:
                data = file.readline()
            except _DAMAGED:
                yield BadRow(str(path), line, _DAMAGED_REASON)
                return
            if not data:
                return
            if not data.strip():
                continue
            try:
                yield line, decoded(data.rstrip(b"\r\n"))
            except ValueError as error:
                yield BadRow(str(path), line, str(error))


def json_file(path: Path) -> Rows:
    """The rows of a `.json` or `.json.gz` file: one object, an array, or, as many such files are, JSON Lines.

    Raises:
        OSError: the file cannot be opened.
    """
    try:
        with _opened(path) as file:
            data = file.read()
    except _DAMAGED:
        yield BadRow(str(path), 1, _DAMAGED_REASON)
        return
    try:
        value = decoded(data)
    except ValueError as error:
        if _is_json(data.lstrip().split(b"\n", 1)[0]):
            yield from json_lines(path)
        else:
            yield BadRow(str(path), 1, str(error))
        return
    yield from enumerate(cast("list[object]", value) if isinstance(value, list) else [value], start=1)


def parquet_rows(path: Path) -> Rows:
    """The rows of a Parquet file, some hundreds at a time.

    Raises:
        OSError: the file cannot be opened.
    """
    arrow: Any = import_module("pyarrow")  # it has no types
    parquet: Any = import_module("pyarrow.parquet")
    line = 0
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
                for row in batch.to_pylist():
                    line += 1
                    yield line, row
    except arrow.ArrowException as error:
        yield BadRow(str(path), line + 1, f"not readable as Parquet: {str(error).splitlines()[0]}")


def decoded(data: bytes) -> object:
    """The value in UTF-8 JSON.

    Raises:
        ValueError: it is not JSON or not text; the message is one line.
    """
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text)
        if "\\ud" in text.lower():
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start + 1} is not UTF-8; save the file as UTF-8") from None
    except UnicodeEncodeError:
        raise ValueError("a string holds half of a surrogate pair (\\ud800 to \\udfff)") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        raise ValueError(f"not JSON at {place}: {error.msg}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


@contextmanager
def _opened(path: Path) -> Generator[IO[bytes]]:
    with gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb") as file:
        yield cast("IO[bytes]", file)


def _is_json(data: bytes) -> bool:
    try:
        decoded(data)
    except ValueError:
        return False
    return True
