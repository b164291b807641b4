"""Shards: the same rows give the same bytes, in whatever order and batches they come."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mathcoder.runs import shards
from mathcoder.runs.shards import ShardLimits, SortedShards

SCHEMA = pa.schema(
    [
        ("id", pa.large_string()),
        ("text", pa.large_string()),
        ("score", pa.float64()),
        ("conditions", pa.list_(pa.string())),
        ("place", pa.struct([("start", pa.int64()), ("file", pa.string())])),
    ]
)
TEXTS = st.none() | st.text(max_size=30)
ROW = st.tuples(
    TEXTS,
    st.none() | st.floats(allow_nan=False),
    st.none() | st.lists(TEXTS, max_size=3),
    st.none() | st.fixed_dictionaries({"start": st.none() | st.integers(-9, 9), "file": TEXTS}),
)


def written(rows: list[dict[str, Any]], limits: ShardLimits, cuts: random.Random) -> dict[str, bytes]:
    """Write rows in some order, cut into some batches."""
    rows = cuts.sample(rows, len(rows))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "data"
        with SortedShards(target, SCHEMA, limits) as out:
            while rows:
                size = cuts.randint(1, len(rows))
                table = pa.Table.from_pylist(rows[:size], schema=SCHEMA)
                out.add(table.slice(0, size // 2))  # also what does not begin where its memory does
                out.add(table.slice(size // 2))
                rows = rows[size:]
            found = out.finish()
        files = {path.name: path.read_bytes() for path in sorted(target.iterdir())}
        assert {shard.file: shard.size for shard in found} == {name: len(data) for name, data in files.items()}
        return files


def rows_of(data: bytes) -> list[dict[str, Any]]:
    return parquet.read_table(pa.BufferReader(data)).to_pylist()


@settings(max_examples=60)
@given(st.dictionaries(st.text(max_size=6), ROW, max_size=60), st.integers(0, 99), st.integers(1, 30))
def test_order_and_batches_make_no_difference(made: dict[str, Any], seed: int, most: int):
    rows = [{"id": name, **dict(zip(SCHEMA.names[1:], row, strict=True))} for name, row in made.items()]
    cuts = random.Random(seed)
    files = written(rows, ShardLimits(rows=most), cuts)
    for memory in (1, 700, 1 << 20):
        assert written(rows, ShardLimits(rows=most, memory=memory), cuts) == files
    assert [row for data in files.values() for row in rows_of(data)] == sorted(rows, key=lambda row: row["id"])
    assert all(len(rows_of(data)) == most for data in list(files.values())[:-1])


def test_groups_and_shards_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shards, "GROUP_BYTES", 20_000)
    noise = random.Random(3)
    rows = [
        {"id": f"{n:05}", "text": noise.randbytes(noise.choice([5, 400, 15_000])).hex(), "conditions": ["x" * 900]}
        for n in range(300)
    ]
    files = written(rows, ShardLimits(size=100_000), noise)
    assert written(rows, ShardLimits(size=100_000, memory=50_000), noise) == files
    assert len(files) > 5
    for data in files.values():
        metadata = parquet.read_metadata(pa.BufferReader(data))
        sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
        assert len(data) < 100_000 + 30_000 + 20_000  # a group and the footer
        start = 0
        for size in sizes:
            group = rows_of(data)[start : start + size]
            start += size
            assert size == 1 or sum(len(row["text"]) for row in group) <= 20_000


def test_no_rows_make_one_shard():
    files = written([], ShardLimits(), random.Random(0))
    assert {name: rows_of(data) for name, data in files.items()} == {"part-00000.parquet": []}


@pytest.mark.parametrize("memory", [1, 1 << 20])
@pytest.mark.parametrize(
    ("ids", "message"), [(["b", "a", "b"], "two rows have the id 'b'"), (["a", None], "no id")]
)
def test_ids(tmp_path: Path, ids: list[str | None], message: str, memory: int):
    def write() -> None:
        with SortedShards(tmp_path / "data", SCHEMA, ShardLimits(memory=memory)) as out:
            for name in ids:
                out.add(pa.Table.from_pylist([{"id": name}], schema=SCHEMA))
            out.finish()

    with pytest.raises(ValueError, match=message):
        write()
    assert not (tmp_path / "data" / ".spool.arrow").exists()


def test_limits():
    with pytest.raises(ValueError, match="limits of shards must be at least 1"):
        ShardLimits(rows=0)
