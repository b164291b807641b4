"""Files of rows: Parquet, JSON Lines and JSON. Blocks of rows are cut in bounded memory, then rows read from each.

A row that cannot be read is a BadRow with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import IO, Any, cast

from mathcoder.corpus.sources.paths import DAMAGED, file_name, opened, read_whole, why_damaged
from mathcoder.corpus.sources.piece import Piece, Record, problem
from mathcoder.corpus.sources.spec import Limits
from mathcoder.rows import BadRow, decoded

__all__ = ["blocks", "is_table", "is_whole_json", "json_rows", "rows_in"]

_LINES = tuple(name + packed for name in (".jsonl", ".ndjson") for packed in ("", ".gz", ".zst"))
_JSON = (".json", ".json.gz", ".json.zst")
_PARQUET = (".parquet", ".pq")
_BATCH_ROWS = 64  # web pages are large: few are held at a time
_BLOCK_BYTES = 1 << 20
_BLANK_LINES = 1_000_000  # on end: a damaged file, or one made to keep a reader busy
_CHUNK = 1 << 20

Numbered = tuple[int, Record]


def is_table(name: str) -> bool:
    """Whether a file's name says that it is one of rows."""
    return file_name(name).endswith((*_LINES, *_PARQUET, *_JSON))


def is_whole_json(name: str) -> bool:
    """Whether a file of rows is one JSON value, so that it cannot be cut."""
    return file_name(name).endswith(_JSON)


def blocks(name: str, limits: Limits) -> Iterator[Piece]:
    """A file of rows in pieces of about a megabyte, or of one row that is larger."""
    return _parquet(name, limits) if file_name(name).endswith(_PARQUET) else _json_lines(name, limits)


def rows_in(piece: Piece) -> Iterator[Numbered | BadRow]:
    """The rows of a block and their numbers, from 1 (of JSON Lines: the lines')."""
    data = cast("bytes", piece.data)
    return _from_arrow(piece, data) if piece.form == "rows" else _from_lines(piece.path, piece.number, data)


def json_rows(name: str, limits: Limits) -> Iterator[Numbered | BadRow]:
    """The rows of a JSON file: an object, an array of them, or, as many such files are, JSON Lines.

    Raises:
        ValueError: it cannot be read or is too large; one line.
    """
    data = read_whole(name, limits, limits.file_bytes)
    try:
        value = decoded(data)
    except ValueError:
        if not _is_json(data.lstrip().partition(b"\n")[0]):
            raise
        yield from _from_lines(name, 1, data)
        return
    rows = cast("list[object]", value) if isinstance(value, list) else [value]
    for number, row in enumerate(rows, start=1):
        yield _checked(name, number, row)


def _json_lines(name: str, limits: Limits) -> Iterator[Piece]:
    number = blank = 0
    first, held = 1, bytearray()  # the lines from `first` to the present one

    def block() -> Iterator[Piece]:
        if held.strip():
            yield Piece("lines", name, first, bytes(held))
        held.clear()

    try:
        with opened(name, limits) as file:
            while line := file.readline(limits.line_bytes + 1):
                if len(line) > limits.line_bytes:
                    yield from block()
                    number += 1
                    first = number + 1
                    _pass_over_line(file, line)
                    yield problem(f"{name}:{number}", f"the line is longer than {limits.line_bytes:,} bytes")
                    continue
                if len(held) + len(line) > _BLOCK_BYTES:
                    yield from block()
                    first = number + 1
                number += 1
                held += line
                blank = 0 if line.strip() else blank + 1
                if blank > _BLANK_LINES:
                    raise ValueError(f"more than {_BLANK_LINES:,} blank lines on end; the rest is not read")
    except (OSError, ValueError, *DAMAGED) as error:
        yield from block()
        yield problem(f"{name}:{number + 1}", why_damaged(error))
        return
    yield from block()


def _pass_over_line(file: IO[bytes], data: bytes) -> None:
    while data and not data.endswith(b"\n"):
        data = file.readline(_CHUNK)


def _from_lines(name: str, first: int, data: bytes) -> Iterator[Numbered | BadRow]:
    for number, line in enumerate(data.split(b"\n"), start=first):
        if line.strip():
            try:
                yield _checked(name, number, decoded(line.rstrip(b"\r")))
            except ValueError as error:
                yield BadRow(name, number, str(error))


def _is_json(data: bytes) -> bool:
    try:
        decoded(data)
    except ValueError:
        return False
    return True


def _checked(name: str, number: int, row: object) -> Numbered | BadRow:
    if isinstance(row, dict):
        return number, cast("Record", row)
    return BadRow(name, number, f"the row is a {type(row).__name__}, not an object with columns")


def _parquet(name: str, limits: Limits) -> Iterator[Piece]:
    # Imported where Parquet is read: it takes half a second, and has no types.
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    number = 1
    try:
        with opened(name, limits) as raw, parquet.ParquetFile(raw, buffer_size=_CHUNK) as file:
            for batch in file.iter_batches(batch_size=_BATCH_ROWS):
                small = batch.nbytes <= min(limits.line_bytes, 8 * _BLOCK_BYTES)
                step = batch.num_rows if small else 1
                for at in range(0, batch.num_rows, max(1, step)):
                    part = batch.slice(at, step)
                    if part.nbytes > limits.line_bytes:
                        reason = f"the row is larger than {limits.line_bytes:,} bytes"
                        yield problem(f"{name}:{number}", reason)
                    else:
                        yield Piece("rows", name, number, _as_stream(arrow, part))
                    number += part.num_rows
    except (arrow.ArrowException, OSError) as error:
        reason = f"not readable as Parquet: {(str(error).splitlines() or [''])[0]}"
        yield problem(f"{name}:{number}", reason)


def _as_stream(arrow: Any, batch: Any) -> bytes:
    sink = arrow.BufferOutputStream()
    with arrow.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def _from_arrow(piece: Piece, data: bytes) -> Iterator[Numbered | BadRow]:
    arrow: Any = import_module("pyarrow")
    with arrow.ipc.open_stream(data) as stream:
        batch = stream.read_next_batch()
    for at in range(batch.num_rows):
        number = piece.number + at
        try:
            yield number, batch.slice(at, 1).to_pylist()[0]
        except UnicodeDecodeError as error:
            yield BadRow(piece.path, number, f"byte {error.start + 1} of a text is not UTF-8")
