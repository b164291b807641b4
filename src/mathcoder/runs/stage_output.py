"""The rows of one stage, from the frame to the disk: kept and dropped apart, and none of them lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any, Literal, cast

import daft

from mathcoder.runs.shards import Shard, ShardLimits, SortedShards

__all__ = ["Output", "check_rows", "read_shards", "write_output", "write_table"]

arrow: Any = import_module("pyarrow")
compute: Any = import_module("pyarrow.compute")


def read_shards(files: Iterable[str]) -> daft.DataFrame:
    """A frame of Parquet files whose names are taken as they are; Daft alone would see patterns in them."""
    return daft.read_parquet([re.sub(r"[\[\]{}*?]", r"[\g<0>]", file) for file in files])


@dataclass(frozen=True, slots=True)
class Output:
    """What was written: the shards of kept and dropped rows, and how many were dropped by reason.

    A reason is counted by what stands before its first ": "; behind it are the particulars of the row.
    """

    folder: Path
    data: tuple[Shard, ...]
    rejected: tuple[Shard, ...]
    reasons: dict[str, int]

    @property
    def kept(self) -> int:
        return sum(shard.rows for shard in self.data)

    @property
    def dropped(self) -> int:
        return sum(self.reasons.values())

    def ids(self, kind: str) -> daft.DataFrame:
        """The ids of the rows of a kind, `data` or `rejected`."""
        shards = self.data if kind == "data" else self.rejected
        return read_shards(str(self.folder / kind / shard.file) for shard in shards).select("id")

    def facts(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "kept": self.kept,
            "dropped": self.reasons,
            "data": [asdict(shard) for shard in self.data],
            "rejected": [asdict(shard) for shard in self.rejected],
        }


def write_output(
    frames: Iterator[daft.DataFrame], folder: Path, limits: ShardLimits, report: Callable[[int], None]
) -> Output:
    """Compute frames of one schema, once each, and write their rows to `data` and `rejected` in `folder`.

    Args:
        frames: at least one. The next is asked for when the last has been computed.
        report: called with the number of rows so far.

    Raises:
        ValueError: two kept or two dropped rows have the same id, or a row has none.
        Exception: what the frames' own functions raise.
    """
    first = next(frames)
    schema: Any = cast("Any", first).schema().to_pyarrow_schema()  # pyarrow has no types
    without = arrow.schema([part for part in schema if part.name != "drop_reason"])
    reasons: Counter[str] = Counter()
    with (
        SortedShards(folder / "data", without, limits) as kept,
        SortedShards(folder / "rejected", schema, limits) as dropped,
    ):
        for rows in _tables(chain([first], frames)):
            stays = compute.is_null(rows["drop_reason"])
            kept.add(rows.filter(stays))
            gone = rows.filter(compute.invert(stays))
            dropped.add(gone)
            reasons.update(reason.partition(": ")[0] for reason in gone["drop_reason"].to_pylist())
            report(kept.rows + dropped.rows)
        return Output(folder, kept.finish(), dropped.finish(), dict(sorted(reasons.items())))


def write_table(frame: daft.DataFrame, path: Path) -> None:
    """Write a small frame to a Parquet file."""
    parquet: Any = import_module("pyarrow.parquet")
    parquet.write_table(cast("Any", frame).to_arrow(), str(path), compression="zstd")


def _tables(frames: Iterable[Any]) -> Iterator[Any]:
    for frame in frames:
        for batch in frame.to_arrow_iter(results_buffer_size=1):
            yield arrow.Table.from_batches([batch])


def check_rows(before: daft.DataFrame, output: Output, makes_rows: bool) -> int:
    """Check that every row that went in came out once, or, where rows are made, that no other is dropped.

    Returns:
        how many rows went in.

    Raises:
        ValueError: it is not so; the message counts and names the first row.
    """
    ids, data, rejected = before.select("id"), output.ids("data"), output.ids("rejected")
    rows_in = ids.count_rows()
    if both := output.dropped and _first(rejected, data, "semi"):
        raise ValueError(f"it both keeps and drops a row '{both}'; ids must be unique")
    if makes_rows:
        return rows_in
    counts = f"{rows_in:,} rows went in, {output.kept:,} were kept and {output.dropped:,} dropped"
    out = data.concat(rejected)
    if lost := _first(ids, out, "anti"):
        raise ValueError(f"it loses rows: {counts}; '{lost}' is gone. Return every row and set its drop_reason")
    if other := _first(out, ids, "anti"):
        raise ValueError(f"it makes rows: {counts}; '{other}' is new. Declare makes_rows=True if that is meant")
    if output.kept + output.dropped != rows_in:
        raise ValueError(f"the rows do not add up: {counts}; ids of rows that go in must be unique")
    return rows_in


def _first(ids: daft.DataFrame, others: daft.DataFrame, how: Literal["anti", "semi"]) -> str | None:
    """The least of the ids that are not (`semi`: that are) among others."""
    found = ids.join(others, on="id", how=how).agg(daft.col("id").min()).to_pydict()["id"]
    return found[0] if found else None
