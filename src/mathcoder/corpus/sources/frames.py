"""Sources as a frame for Daft: files are read and cut in order, and many processes make rows of the pieces.

The rows are those of `read_source`, whatever the number of processes and the engine.
"""

from __future__ import annotations

import asyncio
import os
import pickle
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

import daft
from daft.io.source import DataSource, DataSourceTask
from daft.recordbatch import RecordBatch
from daft.schema import Schema

from mathcoder.corpus.sources.flow import Window, held
from mathcoder.corpus.sources.paths import found
from mathcoder.corpus.sources.piece import Piece
from mathcoder.corpus.sources.pieces import cut, parts, rows_of
from mathcoder.corpus.sources.row import Row
from mathcoder.corpus.sources.spec import SourceSpec
from mathcoder.runs.processes import die_with_parent

if TYPE_CHECKING:
    from daft.io.pushdowns import Pushdowns

__all__ = ["COLUMNS", "input_places", "read_frame"]

# Without their types, which know nothing of pyarrow's.
arrow: Any = import_module("pyarrow")
_schema: Any = Schema
_batch: Any = RecordBatch

COLUMNS = ("id", "text", "source", "url", "path", "title", "licence", "language", "meta", "problem")
"""The columns of the frame, all of text."""

_BATCH_BYTES, _BATCH_ITEMS = 2 << 20, 64
_ROW = daft.DataType.struct(
    {name: daft.DataType.string() for name in COLUMNS}
    | {"window": daft.DataType.int64(), "weight": daft.DataType.int64()}
)
_ITEMS = arrow.schema([("item", arrow.large_binary()), ("window", arrow.int64()), ("weight", arrow.int64())])
_values = attrgetter(*COLUMNS[:-1], "drop_reason")


def input_places(specs: Sequence[SourceSpec]) -> list[str]:
    """Every file that sources name, a local path or an address, each once and sorted.

    Raises:
        OSError, ValueError: as `read_frame`.
    """
    places = [place for spec in specs for place in found(spec)]
    return sorted(
        {name for place in places for name in (place.files if place.files is not None else [place.name])}
    )


def read_frame(
    specs: Sequence[SourceSpec], *, workers: int | None = None, limit: int | None = None
) -> daft.DataFrame:
    """The documents of sources, lazily, in the columns `COLUMNS`; `problem` is what `Row` calls `drop_reason`.

    Memory is bounded for one who takes the rows batch by batch and lets go of them, however slowly. One who keeps
    more than 48 MB of them waits ten seconds once, until the reader gives up waiting for them.

    Args:
        specs: sources, each with a name of its own.
        workers: processes that make the rows; default: the cores.
        limit: rows of each source at most, the first ones in order of reading; all made by one thread.

    Raises:
        FileNotFoundError: a path of a source names nothing.
        ConnectionError: a store cannot be reached.
        ValueError: an address that cannot be read, or two sources have one name.
    """
    names = [spec.name for spec in specs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two sources have the name {twice!r}; give each its own")
    if limit is not None and limit < 1:
        raise ValueError(f"the limit of rows is {limit}; it must be 1 at least")
    work = _Work(tuple(specs), tuple(tuple(parts(spec)) for spec in specs), limit, _io_config())
    processes = 1 if limit is not None else workers or len(os.sched_getaffinity(0))
    makers = daft.cls(_Maker, use_process=True, max_concurrency=processes)
    rows = makers(work.specs, work.io_config).rows(*[daft.col(name) for name in _ITEMS.names])
    frame = _Documents(work).read().select(rows.alias("row")).explode("row")
    return frame.select(_passed(daft.col("row")).alias("row")).select(*map(_column, COLUMNS))


def _column(name: str) -> daft.Expression:
    """A field of the rows. All but the text are copied: a field alone would keep the whole row in memory."""
    value = daft.col("row").get(name)
    return (value if name == "text" else value + daft.lit("")).alias(name)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be read: the sources and, of each, its parts."""

    specs: tuple[SourceSpec, ...]
    parts: tuple[tuple[Piece, ...], ...]
    limit: int | None
    io_config: Any

    def alone(self) -> Iterator[_Work]:
        """Each part as work of its own; with a limit, each source."""
        for spec, listed in zip(self.specs, self.parts, strict=True):
            for some in [listed] if self.limit is not None else [(part,) for part in listed]:
                yield _Work((spec,), (some,), self.limit, self.io_config)

    def items(self) -> Iterator[tuple[str, Piece | Row, int]]:
        """A source's name with a piece, or, where there is a limit, with a row, and the weight of it."""
        for spec, listed in zip(self.specs, self.parts, strict=True):
            pieces = (piece for part in listed for piece in cut(spec, part))
            if self.limit is None:
                yield from ((spec.name, piece, piece.weight) for piece in pieces)
            else:
                rows = (row for piece in pieces for row in rows_of(spec, piece))
                yield from ((spec.name, row, len(row.text) + 1) for row in islice(rows, self.limit))


class _Documents(DataSource):
    """Gives what rows are to be made of."""

    def __init__(self, work: _Work) -> None:
        self._work = work

    @property
    def name(self) -> str:
        return "documents"

    @property
    def schema(self) -> Schema:
        return _schema.from_pyarrow_schema(_ITEMS)

    async def get_tasks(self, pushdowns: Pushdowns) -> AsyncIterator[DataSourceTask]:
        # The native engine starts several tasks at once but takes their rows in order: those of a later task would
        # fill the window while the first waits for room in it. A cluster sees to its memory itself.
        if daft.runners.get_or_create_runner().name == "native":
            yield _Reading(self._work, True)
        else:
            for work in self._work.alone():
                yield _Reading(work, False)


class _Reading(DataSourceTask):
    """Reads what is to be read, in order; in a thread of its own, because the engine's must not wait."""

    def __init__(self, work: _Work, limited: bool) -> None:
        self._work, self._limited = work, limited

    @property
    def schema(self) -> Schema:
        return _schema.from_pyarrow_schema(_ITEMS)

    async def read(self) -> AsyncIterator[RecordBatch]:
        window = Window() if self._limited else None
        if not window:
            _use(self._work.io_config)
        batches = _batches(self._work)
        try:
            while batch := await asyncio.to_thread(next, batches, None):
                if window:
                    async for _ in window.room(sum(weight for _, weight in batch)):
                        yield _batch.from_arrow_table(_ITEMS.empty_table())
                number = window.number if window else 0
                items = [(item, number, weight) for item, weight in batch]
                yield _batch.from_arrow_table(arrow.table(list(zip(*items, strict=True)), schema=_ITEMS))
        finally:
            if window:
                window.close()


def _batches(work: _Work) -> Iterator[list[tuple[bytes, int]]]:
    """Some items at a time, each with its weight."""
    batch: list[tuple[bytes, int]] = []
    size = 0
    for name, item, weight in work.items():
        batch.append((pickle.dumps((name, item)), weight))
        size += weight
        if len(batch) >= _BATCH_ITEMS or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _columns(rows: Sequence[Row]) -> list[Any]:
    columns = list(zip(*map(_values, rows), strict=True)) or [()] * len(COLUMNS)
    return [arrow.array(values, arrow.large_string()) for values in columns]


class _Maker:
    """Makes the rows of pieces, in a process of its own."""

    def __init__(self, specs: Sequence[SourceSpec], io_config: Any) -> None:
        die_with_parent()
        _use(io_config)
        self._specs = {spec.name: spec for spec in specs}

    @daft.method.batch(return_dtype=daft.DataType.list(_ROW))
    def rows(self, items: daft.Series, windows: daft.Series, weights: daft.Series) -> Any:
        made: list[Row] = []
        ends, marks = [0], list[int]()
        for pickled, weight in zip(items.to_pylist(), weights.to_pylist(), strict=True):
            name, item = pickle.loads(pickled)  # of our own making, in this run
            made += [item] if isinstance(item, Row) else rows_of(self._specs[name], item)
            marks += [weight] + [0] * (len(made) - ends[-1] - 1)
            ends.append(len(made))
        window = windows.to_pylist()[:1] * len(made)
        numbers = [arrow.array(values, arrow.int64()) for values in (window, marks)]
        rows = arrow.StructArray.from_arrays([*_columns(made), *numbers], [*COLUMNS, "window", "weight"])
        return arrow.LargeListArray.from_arrays(arrow.array(ends, arrow.int64()), rows)


@daft.func.batch(return_dtype=_ROW, use_process=False)
def _passed(rows: daft.Series) -> Any:
    """The rows as they are, in memory that says when it is freed."""
    return held(cast("Any", rows).to_arrow())


def _io_config() -> Any:
    return daft.context.get_context().daft_planning_config.default_io_config


def _use(io_config: Any) -> None:
    """Read stores in this process as in the one that asked."""
    daft.set_planning_config(default_io_config=io_config)
