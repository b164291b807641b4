"""Rows to Parquet shards: sorted by id, named by number, the same bytes for the same rows.

Rows come in any order and in batches of any size. Daft's native sort holds the whole table in memory (three
times over), so it is not used for this: rows are sorted a bounded amount at a time, spooled to one file, and
merged from there. What is written depends on the rows and on nothing else.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Shard", "ShardLimits", "SortedShards"]

arrow: Any = import_module("pyarrow")
compute: Any = import_module("pyarrow.compute")
parquet: Any = import_module("pyarrow.parquet")

GROUP_ROWS = 8192
GROUP_BYTES = 32 << 20  # of values, not compressed
_BATCH_BYTES = 1 << 20  # of a batch in the spool; one of each sorted run is held while they are merged


@dataclass(frozen=True, slots=True)
class ShardLimits:
    """How large a shard may be, and how many rows are held.

    Attributes:
        rows: of a shard, at most.
        size: bytes of a shard's file; the row group (at most 8,192 rows or 32 MiB) that passes it is its last.
        memory: bytes of rows that are sorted at a time; about three times as much is in use. The files do not
            depend on it.
    """

    rows: int = 200_000
    size: int = 256 << 20
    memory: int = 128 << 20

    def __post_init__(self) -> None:
        if min(self.rows, self.size, self.memory) < 1:
            raise ValueError(f"limits of shards must be at least 1: {self}")


@dataclass(frozen=True, slots=True)
class Shard:
    """A file that was written: its name, its rows, its bytes."""

    file: str
    rows: int
    size: int


class SortedShards:
    """Takes rows in any order and writes them as shards. A context manager.

    Args:
        folder: made; `part-00000.parquet` and so on are written to it, at least one.
        schema: a pyarrow schema with a text column `id`.
        limits: of the shards.
    """

    def __init__(self, folder: Path, schema: Any, limits: ShardLimits):
        self.folder, self.schema, self.limits = folder, schema, limits
        self.rows = 0
        self._held: list[Any] = []
        self._held_bytes = 0
        self._spool: Any = None
        self._runs: list[range] = []
        folder.mkdir(parents=True)

    def add(self, rows: Any) -> None:
        """Take a pyarrow table.

        Raises:
            ValueError: a row has no id.
        """
        if not rows.num_rows:
            return
        rows = rows.select(self.schema.names).cast(self.schema)
        if rows["id"].null_count:
            raise ValueError("a row has no id; every row needs one of its own")
        self.rows += rows.num_rows
        self._held.append(rows)
        self._held_bytes += rows.nbytes
        if self._held_bytes >= self.limits.memory:
            self._spill()

    def finish(self) -> tuple[Shard, ...]:
        """Write the shards.

        Raises:
            ValueError: two rows have the same id.
        """
        writer = _Writer(self.folder, self.schema, self.limits)
        try:
            for rows in _unique(self._sorted_rows()):
                writer.add(rows)
            return writer.finish()
        finally:
            writer.close()
            self.close()

    def close(self) -> None:
        """Remove the spool. Calling it twice is fine."""
        if self._spool is not None:
            self._spool.close()
            self._spool = None
        self._spool_path.unlink(missing_ok=True)

    def __enter__(self) -> SortedShards:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _spool_path(self) -> Path:
        return self.folder / ".spool.arrow"

    def _take_held(self) -> Any:
        rows = _in_order(self._held, self.schema)
        self._held, self._held_bytes = [], 0
        return rows

    def _spill(self) -> None:
        """Put what is held into the spool as a sorted run."""
        if self._spool is None:
            options = arrow.ipc.IpcWriteOptions(compression="lz4")
            self._spool = arrow.ipc.new_file(str(self._spool_path), self.schema, options=options)
        rows = self._take_held()
        start = self._runs[-1].stop if self._runs else 0
        length = max(1, min(GROUP_ROWS, _BATCH_BYTES * rows.num_rows // max(1, rows.nbytes)))
        batches = rows.to_batches(max_chunksize=length)
        for batch in batches:
            self._spool.write_batch(batch)
        self._runs.append(range(start, start + len(batches)))

    def _sorted_rows(self) -> Iterator[Any]:
        if not self._runs:
            yield self._take_held()
            return
        if self._held:
            self._spill()
        self._spool.close()
        with arrow.OSFile(str(self._spool_path)) as file:
            spool = arrow.ipc.open_file(file)
            yield from _merge([(spool.get_batch(index) for index in run) for run in self._runs], self.schema)


def _merge(runs: Iterable[Iterator[Any]], schema: Any) -> Iterator[Any]:
    """Sorted runs of batches, as sorted tables.

    Every step takes all rows up to the least of the runs' last ids at hand, which uses one batch up at least.
    """
    heads = [(next(run), run) for run in runs]
    while heads:
        least = min(_id(batch, batch.num_rows - 1) for batch, _ in heads)
        pieces: list[Any] = []
        rest: list[tuple[Any, Iterator[Any]]] = []
        for batch, run in heads:
            taken = bisect.bisect_right(
                range(batch.num_rows), least, key=lambda index, batch=batch: _id(batch, index)
            )
            pieces.append(arrow.Table.from_batches([batch.slice(0, taken)]))
            left = batch.slice(taken) if taken < batch.num_rows else next(run, None)
            if left is not None:
                rest.append((left, run))
        heads = rest
        yield _in_order(pieces, schema)


def _id(batch: Any, index: int) -> str:
    return batch.column("id")[index].as_py()


def _in_order(tables: list[Any], schema: Any) -> Any:
    """The rows of all, sorted by id (by code points, which is also the order of the bytes)."""
    rows = arrow.concat_tables(tables) if tables else schema.empty_table()
    return rows.take(compute.sort_indices(rows["id"])).combine_chunks()


def _unique(tables: Iterable[Any]) -> Iterator[Any]:
    last: str | None = None
    for rows in tables:
        ids = rows["id"]
        if rows.num_rows:
            again = compute.equal(ids.slice(1), ids.slice(0, rows.num_rows - 1))
            where = compute.index(again, True).as_py()
            twice = last if ids[0].as_py() == last else ids[where].as_py() if where >= 0 else None
            if twice is not None:
                raise ValueError(f"two rows have the id '{twice}'; every row needs one of its own")
            last = ids[rows.num_rows - 1].as_py()
        yield rows


class _Writer:
    """Cuts sorted rows into row groups and shards at places that only the rows decide."""

    def __init__(self, folder: Path, schema: Any, limits: ShardLimits):
        self._folder, self._schema, self._limits = folder, schema, limits
        self._pending = schema.empty_table()
        self._shards: list[Shard] = []
        self._file: Any = None
        self._parquet: Any = None
        self._rows = 0

    def add(self, rows: Any) -> None:
        pending = arrow.concat_tables([self._pending, rows])
        weights = np.cumsum(_weights(pending))
        start, before = 0, 0
        while True:
            most = min(GROUP_ROWS, self._limits.rows - self._rows)
            fits = int(np.searchsorted(weights, before + GROUP_BYTES, side="right")) - start
            length = max(1, min(most, fits))
            if start + length >= pending.num_rows:  # the next rows may still belong to this group
                break
            self._write(pending.slice(start, length))
            start += length
            before = int(weights[start - 1])
        self._pending = pending.slice(start)

    def finish(self) -> tuple[Shard, ...]:
        if self._pending.num_rows or not (self._shards or self._parquet):
            self._write(self._pending)
        self._end_shard()
        return tuple(self._shards)

    def close(self) -> None:
        for opened in (self._parquet, self._file):
            if opened is not None:
                opened.close()
        self._parquet = self._file = None

    def _write(self, group: Any) -> None:
        if self._parquet is None:
            self._file = arrow.OSFile(str(self._folder / self._name()), "wb")
            self._parquet = parquet.ParquetWriter(
                self._file, self._schema, compression="zstd", compression_level=3, version="2.6"
            )
        self._parquet.write_table(group.combine_chunks(), row_group_size=GROUP_ROWS)
        self._rows += group.num_rows
        if self._rows >= self._limits.rows or self._file.tell() >= self._limits.size:
            self._end_shard()

    def _end_shard(self) -> None:
        if self._parquet is None:
            return
        self.close()
        name = self._name()
        self._shards.append(Shard(name, self._rows, (self._folder / name).stat().st_size))
        self._rows = 0

    def _name(self) -> str:
        return f"part-{len(self._shards):05}.parquet"


def _weights(rows: Any) -> NDArray[np.int64]:
    """About how many bytes each row's values take; of the values alone, however they lie in memory."""
    total = np.zeros(rows.num_rows, dtype=np.int64)
    for column in rows.columns:
        total += _array_weights(column.combine_chunks())
    return total


def _array_weights(values: Any) -> NDArray[np.int64]:
    if isinstance(values, arrow.ChunkedArray):  # one without chunks
        return np.zeros(len(values), dtype=np.int64)
    kind, types = values.type, arrow.types
    if (
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_binary(kind)
        or types.is_large_binary(kind)
    ):
        return _numbers(compute.binary_length(values)) + 8
    if types.is_list(kind) or types.is_large_list(kind):
        lengths = _numbers(compute.list_value_length(values))
        inner = np.concatenate(([0], np.cumsum(_array_weights(values.flatten()))))
        ends = np.cumsum(lengths)
        return inner[ends] - inner[ends - lengths] + 8
    if types.is_struct(kind):
        return sum((_array_weights(field) for field in values.flatten()), np.full(len(values), 8, dtype=np.int64))
    return np.full(len(values), 8, dtype=np.int64)


def _numbers(values: Any) -> NDArray[np.int64]:
    return compute.fill_null(values, 0).to_numpy(zero_copy_only=False).astype(np.int64)
