"""Stages on real rows: none is lost, none is run twice, and a killed run ends like one that was not."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import block_rows
import daft
import pyarrow.parquet as parquet
import pytest
from block_rows import files, run_all, without_short
from daft import DataType, col, lit
from daft.functions import when

from mathcoder.runs.engine import EngineError, start_engine
from mathcoder.runs.run import Run
from mathcoder.runs.shards import ShardLimits
from mathcoder.runs.stages import Source, Stage, StageError, Step, run_stages


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was not disturbed."""
    folder = tmp_path_factory.mktemp("runs") / "undisturbed"
    run_all(folder)
    return folder


def events(folder: Path) -> list[str]:
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    return [" ".join([line["event"], *([line["stage"]] if "stage" in line else [])]) for line in lines]


def test_rows_and_counts(finished: Path):
    first, second, third = run_all(finished)
    rows = block_rows.solutions()().to_pylist()
    short = {row["id"] for row in rows if len(row["problem"]) < 200}
    assert (first.rows_in, first.kept, first.dropped) == (len(rows), len(rows), {})
    assert (second.rows_in, second.kept, second.dropped) == (
        len(rows),
        len(rows) - len(short),
        {"short": len(short)},
    )
    blocks = sum(len(json.loads(row["blocks"])) for row in rows if row["id"] not in short)
    assert (third.rows_in, third.kept, third.dropped) == (second.kept, blocks, {})
    rejected = [row for file in second.rejected for row in parquet.read_table(file).to_pylist()]
    assert {row["id"] for row in rejected} == short
    assert {row["drop_reason"] for row in rejected} == {"short"}
    ids = [row["id"] for file in third.files for row in parquet.read_table(file).to_pylist()]
    assert ids == sorted(ids)
    assert [Path(file).name for file in third.files[:2]] == ["part-00000.parquet", "part-00001.parquet"]
    assert max(parquet.read_metadata(file).num_rows for file in third.files) == 150


def test_a_second_time_everything_is_reused(finished: Path):
    before = files(finished)
    times = {path: path.stat().st_mtime_ns for path in (finished / "stages").rglob("*")}
    assert all(result.reused for result in run_all(finished))
    assert files(finished) == before
    assert {path: path.stat().st_mtime_ns for path in (finished / "stages").rglob("*")} == times
    assert events(finished)[-5:-1] == [
        "resumed",
        *(f"stage reused {name}" for name in ("measure", "short", "split")),
    ]


@pytest.mark.parametrize("partitions", [3, 16])
def test_partitions_and_memory_make_no_difference(finished: Path, tmp_path: Path, partitions: int):
    limits = ShardLimits(rows=150, memory=10_000 if partitions == 3 else 1 << 30)
    run_all(tmp_path / "run", partitions=partitions, limits=limits)
    assert files(tmp_path / "run") == files(finished)


def test_killed_at_any_moment_it_ends_the_same(finished: Path, tmp_path: Path):
    folder, program = tmp_path / "run", [sys.executable, block_rows.__file__, str(tmp_path / "run")]
    moments, kills = random.Random(20), 0
    while kills < 8:
        process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.2, 0.6))
        process.kill()
        kills += process.wait() == -signal.SIGKILL
        assert process.returncode in (0, -signal.SIGKILL)
        if process.returncode == 0:  # it came to its end first
            assert files(folder) == files(finished)
            shutil.rmtree(folder)
    subprocess.run(program, check=True, timeout=60)
    assert files(folder) == files(finished)
    assert events(folder)[-1] == "finished"


@pytest.mark.parametrize("name", ["a b", "run[1]", "s*r?", "br{a,b}", "p%20#é"])
def test_any_name_of_a_folder(finished: Path, tmp_path: Path, name: str):
    run_all(tmp_path / name)
    assert files(tmp_path / name) == files(finished)


def test_a_shard_at_a_time_makes_no_difference(finished: Path, tmp_path: Path):
    sizes: list[int] = []

    def seen(stage: Stage) -> Stage:
        def apply(frame: daft.DataFrame) -> daft.DataFrame:
            sizes.append(frame.count_rows())
            return stage.apply(frame)

        return replace(stage, apply=apply, by_shard=True)

    run_all(tmp_path / "run", stages=[seen(stage) for stage in block_rows.stages(200)])
    assert files(tmp_path / "run") == files(finished)
    assert sizes[0] == 80 * block_rows.COPIES
    assert max(sizes[1:]) == 150


@pytest.mark.parametrize("after", ["short", "split"])
def test_interrupted_it_goes_on(finished: Path, tmp_path: Path, after: str):
    def interrupt(stage: str, rows: int, _: float) -> None:
        if stage == after and rows:
            raise KeyboardInterrupt

    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        run_all(folder, progress=interrupt)
    assert events(folder)[-1] == f"stage stopped {after}"
    results = run_all(folder)
    assert [result.reused for result in results] == [True, after == "split", False]
    assert files(folder) == files(finished)


def test_a_kill_before_a_finished_stage_was_put_in_place(finished: Path, tmp_path: Path):
    folder = tmp_path / "run"
    run_all(folder)
    last = folder / "stages" / "03-split"
    last.rename(last.with_name(".03-split.partial"))
    assert [result.reused for result in run_all(folder)] == [True, True, True]
    assert files(folder) == files(finished)


def test_only_what_a_change_touches_runs_again(finished: Path, tmp_path: Path):
    folder = tmp_path / "run"
    run_all(folder, 100)
    assert [result.reused for result in run_all(folder, 200)] == [True, False, False]
    assert files(folder) == files(finished)
    assert 'recipe_changed": true' in (folder / "log.jsonl").read_text(encoding="utf-8")
    (folder / "stages" / "03-split" / "data" / "part-00001.parquet").unlink()
    assert [result.reused for result in run_all(folder, 200)] == [True, True, False]
    assert files(folder) == files(finished)
    fewer = block_rows.stages(200)[:2]
    run_all(folder, stages=fewer)
    assert sorted(path.name for path in (folder / "stages").iterdir()) == ["01-measure", "02-short"]


def test_what_a_key_depends_on():
    stage = Stage("a", ["x"], ["y"], lambda frame: frame, {"p": 1})
    limits = ShardLimits()
    others = [
        stage.key("other", limits),
        stage.key("before", ShardLimits(rows=7)),
        Stage("b", ["x"], ["y"], lambda frame: frame, {"p": 1}).key("before", limits),
        Stage("a", ["x"], ["y"], lambda frame: frame, {"p": 2}).key("before", limits),
        Stage("a", ["x"], ["y"], lambda frame: frame, {"p": 1}, version=2).key("before", limits),
    ]
    key = stage.key("before", limits)
    assert len({key, *others}) == 6
    assert key == Stage("a", [], [], without_short(3), {"p": 1}).key("before", ShardLimits(memory=5))


ROWS: list[dict[str, Any]] = [{"id": name, "text": name * 3, "n": index} for index, name in enumerate("dbac")]


def small(folder: Path, *stages: Stage, rows: list[dict[str, Any]] = ROWS) -> Any:
    with Run(folder, kind="test", recipe="") as run:
        return run_stages(run, Source(lambda: daft.from_pylist(rows)), stages)


def drop(frame: daft.DataFrame, reason: Any) -> daft.DataFrame:
    return frame.with_column("drop_reason", reason)


@daft.func(return_dtype=DataType.int64())
def fails(n: int) -> int:
    if n > 1:
        raise ValueError(f"row {n}\nis bad")
    return n


def twice(frame: daft.DataFrame) -> daft.DataFrame:
    return frame.concat(frame)


def renamed(frame: daft.DataFrame) -> daft.DataFrame:
    return frame.with_column("id", col("id") + "#1")


WRONG: list[tuple[str, Any, bool, str]] = [
    (
        "filters",
        lambda frame: frame.where(col("id") != "b"),
        False,
        "it loses rows: 4 rows went in, 3 were kept and 0 dropped; 'b' is gone. Return every row and set its "
        "drop_reason",
    ),
    (
        "renames",
        renamed,
        False,
        "it loses rows: 4 rows went in, 4 were kept and 0 dropped; 'a' is gone. Return every row and set its "
        "drop_reason",
    ),
    ("doubles", twice, False, "two rows have the id 'a'; every row needs one of its own"),
    ("doubles-made", twice, True, "two rows have the id 'a'; every row needs one of its own"),
    (
        "adds",
        lambda frame: frame.concat(renamed(frame)),
        False,
        "it makes rows: 4 rows went in, 8 were kept and 0 dropped; 'a#1' is new. Declare makes_rows=True if that "
        "is meant",
    ),
    (
        "both",
        lambda frame: frame.concat(drop(frame.where(col("id") == "c"), lit("no"))),
        True,
        "it both keeps and drops a row 'c'; ids must be unique",
    ),
    (
        "forgets",
        lambda frame: frame.select("id", "text"),
        False,
        "its frame lacks the column 'drop_reason'; it has id, text",
    ),
    ("flags", lambda frame: drop(frame, col("n") > 1), False, "its column 'drop_reason' is Bool; it must be text"),
    (
        "no-id",
        lambda frame: frame.with_column("id", lit(None).cast(DataType.string())),
        False,
        "a row has no id; every row needs one of its own",
    ),
    (
        "raises",
        lambda frame: frame.with_column("m", fails(col("n"))),
        False,
        "ValueError: row 2 is bad (and 1 more like it)",
    ),
]


@pytest.mark.parametrize(("name", "apply", "makes_rows", "message"), WRONG, ids=[row[0] for row in WRONG])
def test_a_stage_that_breaks_its_contract(tmp_path: Path, name: str, apply: Any, makes_rows: bool, message: str):
    good = Stage("good", [], [], lambda frame: frame)
    with pytest.raises(StageError) as caught:
        small(tmp_path / "run", good, Stage(name, [], [], apply, makes_rows=makes_rows))
    assert str(caught.value) == f"stage '{name}': {message}"
    assert [path.name for path in (tmp_path / "run" / "stages").iterdir()] == ["01-good"]
    assert events(tmp_path / "run")[-1] == f"stage failed {name}"


def test_ids_that_come_in_twice(tmp_path: Path):
    rows = [{"id": "a", "n": 1}, {"id": "a", "n": 2}]
    with pytest.raises(StageError, match="stage 'all': two rows have the id 'a'"):
        small(tmp_path / "run", Stage("all", [], [], lambda frame: frame), rows=rows)
    with pytest.raises(StageError, match="stage 'first': the rows do not add up: 2 rows went in, 1 were kept"):
        small(tmp_path / "run", Stage("first", [], [], lambda frame: frame.distinct("id")), rows=rows)


def test_columns_are_checked_before_any_work(tmp_path: Path):
    made = Stage("words", ["text"], ["word"], lambda frame: pytest.fail("it ran"), makes_rows=True)
    lacking = "needs the columns 'n', 'tokens', which nothing before it makes; there are id, word"
    with pytest.raises(StageError, match=f"stage 'count' {lacking}"):
        small(tmp_path / "run", made, Stage("count", ["n", "tokens", "word"], [], made.apply))
    with pytest.raises(StageError, match="the source has no column 'id'; it has text"):
        small(tmp_path / "run", made, rows=[{"text": "a"}])
    with pytest.raises(StageError, match="the source has a column 'drop_reason'"):
        small(tmp_path / "run", made, rows=[{"id": "a", "drop_reason": None}])
    with pytest.raises(
        StageError, match=re.escape("its frame lacks the columns 'x', 'y'; it has id, text, n, drop_reason")
    ):
        small(tmp_path / "run", Stage("none", [], ["y", "x"], lambda frame: frame))


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ([], "there are no stages"),
        ([Stage("A b", [], [], twice)], "stage 'A b': the name is taken or not of small letters"),
        ([Stage("a", [], [], twice), Stage("a", [], [], twice)], "stage 'a': the name is taken"),
        ([Stage("a", [], [], twice, {"p": Path("x")})], "stage 'a': its params are not JSON values"),
        ([Stage("a", [], [], twice, {"p": float("nan")})], "stage 'a': its params are not JSON values"),
    ],
)
def test_stages_that_cannot_be_run(tmp_path: Path, stages: list[Stage], message: str):
    with pytest.raises(StageError, match=message):
        small(tmp_path / "run", *stages)


def test_all_rows_dropped(tmp_path: Path):
    nothing = Stage("nothing", [], [], lambda frame: drop(frame, lit("no")))
    first, second = small(tmp_path / "run", nothing, Stage("rest", ["text"], [], lambda frame: frame))
    assert (first.kept, first.dropped, second.rows_in, second.kept) == (0, {"no": 4}, 0, 0)
    assert parquet.read_schema(second.files[0]).names == ["id", "text", "n"]


def test_nothing_is_told_to_anyone():
    code = "import mathcoder.runs.stages, daft.scarf_telemetry as told; assert told.opted_out()"
    wanted = {name: value for name, value in os.environ.items() if name not in QUIET}
    for environment in (wanted, wanted | {"DO_NOT_TRACK": "0"}):
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)


QUIET = {"DO_NOT_TRACK", "SCARF_NO_ANALYTICS", "DAFT_ANALYTICS_ENABLED"}


def test_engines():
    start_engine()
    start_engine("native")
    with pytest.raises(EngineError, match="engine 'spark' is not known; choose native, ray or ray://HOST:PORT"):
        start_engine("spark")
    with pytest.raises(EngineError, match=r"needs Ray, which is not installed|has started 'native'"):
        start_engine("ray://127.0.0.1:1")


def test_a_survey_sees_all_rows_and_its_step_one_shard_at_a_time(tmp_path: Path):
    seen: list[int] = []

    def survey(frame: daft.DataFrame) -> Step:
        counts = frame.groupby("text").agg(col("id").count().alias("count"))
        many = counts.where(col("count") > lit(1)).sort("text").collect()
        common = many.to_pydict()["text"]

        def apply(part: daft.DataFrame) -> daft.DataFrame:
            seen.append(part.count_rows())
            return drop(part, when(col("text").is_in(common), lit("common: as others")))

        return Step(apply, {"counts": many})

    rows = [{"id": f"{n:02}", "text": f"text {n % 7}" if n < 14 else f"text {n}"} for n in range(20)]
    stages = [
        Stage("all", ["text"], ["text"], without_reason),
        Stage("common", ["text"], ["text"], survey=survey, by_shard=True),
    ]
    with Run(tmp_path / "run", kind="test", recipe="") as run:
        _, result = run_stages(run, Source(lambda: daft.from_pylist(rows)), stages, limits=ShardLimits(rows=8))
    assert (result.kept, result.dropped) == (6, {"common": 14})
    assert seen == [8, 8, 4]
    table = parquet.read_table(result.folder / "counts.parquet").to_pylist()
    assert table == [{"text": f"text {n}", "count": 2} for n in range(7)]


def without_reason(frame: daft.DataFrame) -> daft.DataFrame:
    return frame


@pytest.mark.parametrize("step", [{}, {"apply": without_reason, "survey": Step}])
def test_a_stage_has_a_step_or_a_survey(tmp_path: Path, step: dict[str, Any]):
    with (
        Run(tmp_path / "run", kind="test", recipe="") as run,
        pytest.raises(StageError, match="either apply or survey"),
    ):
        run_stages(run, Source(lambda: daft.from_pylist([{"id": "a"}])), [Stage("one", [], [], **step)])
