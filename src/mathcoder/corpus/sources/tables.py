"""Files of rows: Parquet, JSON Lines and JSON; each row in bounded memory, each bad row with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import IO, Any, cast

from mathcoder.corpus.sources.paths import DAMAGED, opened, why_damaged
from mathcoder.corpus.sources.spec import Limits
from mathcoder.rows import BadRow, decoded, json_file

__all__ = ["Record", "is_table", "records"]

Record = dict[str, Any]

_LINES = tuple(name + packed for name in (".jsonl", ".ndjson") for packed in ("", ".gz", ".zst"))
_PARQUET = (".parquet", ".pq")
_BATCH_ROWS = 64  # web pages are large: few are held at a time
_BLANK_LINES = 1_000_000  # on end: a damaged file, or one made to keep a reader busy
_CHUNK = 1 << 20


def is_table(path: Path) -> bool:
    """Whether a file's name says that it is one of rows."""
    return path.name.lower().endswith((*_LINES, *_PARQUET, ".json", ".json.gz"))


def records(path: Path, limits: Limits) -> Iterator[tuple[int, Record] | BadRow]:
    """The rows of a file and their numbers, from 1 (of JSON Lines: the lines'); a BadRow for each bad one."""
    name = path.name.lower()
    if name.endswith(_PARQUET):
        yield from _parquet(path, limits)
        return
    try:
        if name.endswith(".json"):
            size = path.stat().st_size
            if size > limits.file_bytes:
                yield BadRow(str(path), 1, f"larger than {limits.file_bytes:,} bytes; save it as JSON Lines")
                return
            rows = json_file(path)
        else:
            rows = _json_lines(path, limits)
        for row in rows:
            if isinstance(row, BadRow) or isinstance(row[1], dict):
                yield cast("tuple[int, Record] | BadRow", row)
            else:
                yield BadRow(
                    str(path), row[0], f"the row is a {type(row[1]).__name__}, not an object with columns"
                )
    except OSError as error:
        yield BadRow(str(path), 1, why_damaged(error))


def _json_lines(path: Path, limits: Limits) -> Iterator[tuple[int, object] | BadRow]:
    number = blank = 0
    try:
        with opened(path, limits) as file:
            while data := file.readline(limits.line_bytes + 1):
                number += 1
                if len(data) > limits.line_bytes:
                    _pass_over_line(file, data)
                    yield BadRow(str(path), number, f"the line is longer than {limits.line_bytes:,} bytes")
                elif data.strip():
                    blank = 0
                    yield _value(data, path, number)
                elif (blank := blank + 1) > _BLANK_LINES:
                    raise ValueError(f"more than {_BLANK_LINES:,} blank lines on end; the rest is not read")
    except (OSError, ValueError, *DAMAGED) as error:
        yield BadRow(str(path), number + 1, why_damaged(error))


def _value(data: bytes, path: Path, number: int) -> tuple[int, object] | BadRow:
    try:
        return number, decoded(data.rstrip(b"\r\n"))
    except ValueError as error:
        return BadRow(str(path), number, str(error))


def _pass_over_line(file: IO[bytes], data: bytes) -> None:
    while data and not data.endswith(b"\n"):
        data = file.readline(_CHUNK)


def _parquet(path: Path, limits: Limits) -> Iterator[tuple[int, Record] | BadRow]:
    # Imported where Parquet is read: it takes half a second, and has no types.
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    number = 0
    try:
        with path.open("rb") as raw, parquet.ParquetFile(raw) as file:
            for batch in file.iter_batches(batch_size=_BATCH_ROWS):
                for at in range(batch.num_rows):
                    number += 1
                    row = batch.slice(at, 1)
                    if row.nbytes > limits.line_bytes:
                        yield BadRow(str(path), number, f"the row is larger than {limits.line_bytes:,} bytes")
                        continue
                    try:
                        yield number, row.to_pylist()[0]
                    except UnicodeDecodeError as error:
                        yield BadRow(str(path), number, f"byte {error.start + 1} of a text is not UTF-8")
    except (arrow.ArrowException, OSError) as error:
        yield BadRow(str(path), number + 1, f"not readable as Parquet: {(str(error).splitlines() or [''])[0]}")
