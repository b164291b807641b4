"""A pipeline of three stages on recorded solutions; run as a program it is one to be killed.

python block_rows.py FOLDER [SHORTEST [PARTITIONS]]
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import daft
from daft import DataType, col

from mathcoder.runs.committed import StageResult
from mathcoder.runs.run import Run
from mathcoder.runs.shards import ShardLimits
from mathcoder.runs.stages import Source, Stage, run_stages

SOLUTIONS = Path(__file__).parents[2] / "examples" / "data" / "mathcoder_l70b.jsonl"
LIMITS = ShardLimits(rows=150, memory=40_000)
COPIES = 5


def solutions(partitions: int = 1) -> Callable[[], daft.DataFrame]:
    """The recorded solutions a few times over, and not in the order of their ids."""
    rows = [json.loads(line) for line in SOLUTIONS.read_text(encoding="utf-8").splitlines()]
    several = [
        {"id": f"{row['id']}/{copy}", "problem": row["problem"], "blocks": json.dumps(row["blocks"])}
        for copy in range(COPIES)
        for row in rows
    ]
    size = -(-len(several) // partitions)
    parts = [daft.from_pylist(several[start : start + size]) for start in range(0, len(several), size)]
    return lambda: reduce(daft.DataFrame.concat, reversed(parts))


@daft.func(return_dtype=DataType.int64())
def length(problem: str) -> int:
    time.sleep(0.0002)
    return len(problem)


def measured(frame: daft.DataFrame) -> daft.DataFrame:
    return frame.with_column("length", length(col("problem")))


def without_short(shortest: int) -> Callable[[daft.DataFrame], daft.DataFrame]:
    too_short = daft.functions.when(col("length") < shortest, "short").otherwise(None)
    return lambda frame: frame.with_column("drop_reason", too_short)


BLOCK = DataType.struct({"id": DataType.string(), "type": DataType.string(), "content": DataType.string()})


@daft.func(return_dtype=DataType.list(BLOCK))
def blocks_of(name: str, blocks: str) -> list[dict[str, Any]]:
    return [
        {"id": f"{name}#{index}", "type": block["type"], "content": block["content"]}
        for index, block in enumerate(json.loads(blocks))
    ]


def split(frame: daft.DataFrame) -> daft.DataFrame:
    made = frame.with_column("block", blocks_of(col("id"), col("blocks"))).explode("block")
    return made.select(*(col("block").get(name).alias(name) for name in ("id", "type", "content")), "drop_reason")


def stages(shortest: int) -> list[Stage]:
    return [
        Stage("measure", ["problem"], ["length"], measured),
        Stage("short", ["length"], [], without_short(shortest), {"shortest": shortest}),
        Stage("split", ["blocks"], ["type", "content"], split, makes_rows=True),
    ]


def run_all(folder: Path, shortest: int = 200, partitions: int = 1, **options: Any) -> tuple[StageResult, ...]:
    """Run the pipeline in a folder."""
    options = {"stages": stages(shortest), "limits": LIMITS} | options
    with Run(folder, kind="test", recipe=f"shortest: {shortest}\n", inputs=[SOLUTIONS]) as run:
        return run_stages(run, Source(solutions(partitions)), **options)


def files(folder: Path) -> dict[str, bytes]:
    """What must be the same however a run came about: data, rejected rows, counts; all names."""
    found: dict[str, bytes] = {}
    for path in sorted((folder / "stages").rglob("*")):
        if path.is_file():
            name = str(path.relative_to(folder))
            found[name] = path.read_bytes()
            if path.name == "stage.json":
                facts = json.loads(found[name])
                del facts["seconds"]
                found[name] = json.dumps(facts).encode()
    return found


if __name__ == "__main__":
    folder, *numbers = sys.argv[1:]
    run_all(Path(folder), *map(int, numbers))
