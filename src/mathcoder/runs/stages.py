"""The stage runner: Daft programs one after another, each one's rows kept on disk, none lost on the way.

A stage gets a frame and returns it with `drop_reason` set where a row is to go (null: it is kept). The runner
writes kept and dropped rows apart, checks that every row that went in came out, and commits the stage as a whole.
A stage whose inputs, parameters and version are those of a stage on disk is not run again.

Rows have a text column `id`, each its own; `drop_reason` is the runner's.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import daft

from mathcoder.runs.committed import StageResult, aside_of, commit, committed
from mathcoder.runs.engine import start_engine
from mathcoder.runs.run import Run, versions
from mathcoder.runs.shards import ShardLimits
from mathcoder.runs.stage_output import check_rows, read_shards, write_output, write_table

__all__ = ["Source", "Stage", "StageError", "Step", "run_stages"]

Progress = Callable[[str, int, float], None]
"""Called with a stage's name, the rows that came out of it so far, and its seconds."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_DROP = "drop_reason"


class StageError(ValueError):
    """A stage that cannot be run or breaks its contract; the message is one line that names it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the first stage's rows come from.

    Attributes:
        read: makes the frame from the run's inputs, lazily. Called when the engine has started. The frame is
            computed more than once (the rows, then their ids) and must come out the same.
        params: what it depends on besides the inputs, JSON values: columns, a limit.
        version: raised when the same inputs and parameters come to give other rows.
    """

    read: Callable[[], daft.DataFrame]
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    version: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """What a survey of all rows came to.

    Attributes:
        apply: the step, which knows what was seen.
        tables: small tables to keep beside the stage's rows, as `NAME.parquet`.
    """

    apply: Callable[[daft.DataFrame], daft.DataFrame]
    tables: Mapping[str, daft.DataFrame] = field(default_factory=dict[str, daft.DataFrame])


@dataclass(frozen=True, slots=True)
class Stage:
    """One step.

    Attributes:
        name: small letters, digits, "-" and "_"; its folder is called after it.
        columns_in: the columns it needs.
        columns_out: the columns it makes. The others go through, unless it makes rows: then these are all that
            the stages after it may need.
        apply: the step. Same frame, same rows, in whatever order; what it calls for money or minutes should be
            remembered by content, because a stage that was stopped begins again. Leave it out where there is a
            `survey`.
        params: what its result depends on, JSON values. Not how fast it comes: workers, batch sizes.
        version: raised when the same parameters come to give another result.
        makes_rows: it splits rows or makes new ones. That none of those that went in is lost cannot be checked.
        by_shard: no row's result depends on other rows (but by way of the survey), so it is applied to one shard
            of the stage before it at a time. Daft's native engine reads ahead of what is taken from it without
            bound, up to all of its input; so only such stages run on more data than fits into memory.
        survey: where all rows have to be seen before one can be judged (which are copies of which): it gets the
            frame of all and gives the step.
    """

    name: str
    columns_in: Sequence[str]
    columns_out: Sequence[str]
    apply: Callable[[daft.DataFrame], daft.DataFrame] | None = None
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    version: int = 1
    makes_rows: bool = False
    by_shard: bool = False
    survey: Callable[[daft.DataFrame], Step] | None = None

    def key(self, before: str, limits: ShardLimits) -> str:
        """A sha256 of everything the result depends on; `before` stands for the rows that go in."""
        return _sha256(
            [before, self.name, self.params, self.version, self.makes_rows, [limits.rows, limits.size], _code()]
        )


def run_stages(
    run: Run,
    source: Source,
    stages: Sequence[Stage],
    *,
    engine: str = "native",
    progress: Progress | None = None,
    limits: ShardLimits | None = None,
) -> tuple[StageResult, ...]:
    """Run the stages that have not been run on these inputs with these parameters, and name what each gave.

    The rows of the last are in `results[-1].files`; `mathcoder.runs.stage_output.read_shards` makes a frame of
    them. What was killed or stopped (Ctrl-C) goes on, in the same run, with the first stage that is not finished,
    and ends with the same files.

    Args:
        engine: see `mathcoder.runs.engine.start_engine`.
        limits: of the shards; another `rows` or `size` runs every stage again.

    Raises:
        StageError: columns are missing, a stage failed, or it lost rows.
        EngineError: the engine cannot be had.
    """
    limits = limits or ShardLimits()
    _check_stages(stages)
    start_engine(engine)
    frame = source.read()
    _check_columns(stages, frame.column_names)
    key = _sha256([[item.key() for item in run.inputs], source.params, source.version])
    results: list[StageResult] = []
    for number, stage in enumerate(stages, 1):
        key = stage.key(key, limits)
        folder = run.stage_folder(number, stage.name)
        result = committed(folder, key)
        if result:
            run.log("stage reused", stage=stage.name, key=key, kept=result.kept, dropped=result.dropped)
        else:
            files = results[-1].files if results else []
            before = read_shards(files) if results else frame
            parts = [read_shards([file]) for file in files] if stage.by_shard else []
            result = _Work(run, stage, key, folder, limits, progress).done(before, parts or [before])
        results.append(result)
    _remove_others(run, {result.folder for result in results})
    run.log("finished", kept=results[-1].kept)
    return tuple(results)


@dataclass(frozen=True, slots=True)
class _Work:
    """A stage that has to be run."""

    run: Run
    stage: Stage
    key: str
    folder: Path
    limits: ShardLimits
    progress: Progress | None

    def done(self, before: daft.DataFrame, parts: Sequence[daft.DataFrame]) -> StageResult:
        """Run the stage on the parts of what came before it, and commit it.

        Raises:
            StageError: it failed; nothing of it is kept.
        """
        aside = aside_of(self.folder)
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        self.run.log("stage started", stage=self.stage.name, key=self.key)
        try:
            self._make(before, parts, aside)
        except KeyboardInterrupt:
            self.run.log("stage stopped", stage=self.stage.name)
            time.sleep(1)  # Daft's threads are still ending; an interpreter that ended under them would abort
            raise
        except Exception as error:
            message = _one_line(error)
            self.run.log("stage failed", stage=self.stage.name, error=message)
            raise StageError(f"stage '{self.stage.name}': {message}") from error
        finally:
            if not (aside / "stage.json").exists():
                shutil.rmtree(aside, ignore_errors=True)
        result = committed(self.folder, self.key)
        if result is None:
            raise StageError(f"stage '{self.stage.name}': {self.folder} was changed while it was written")
        counts = {"rows_in": result.rows_in, "kept": result.kept, "dropped": result.dropped}
        self.run.log("stage done", stage=self.stage.name, **counts, seconds=result.seconds)
        return replace(result, reused=False)

    def _make(self, before: daft.DataFrame, parts: Sequence[daft.DataFrame], aside: Path) -> None:
        started = time.monotonic()
        stage, progress = self.stage, self.progress

        def report(rows: int) -> None:
            if progress:
                progress(stage.name, rows, time.monotonic() - started)

        report(0)
        step = stage.survey(before) if stage.survey else Step(stage.apply) if stage.apply else None
        assert step is not None  # _check_stages
        for name, table in step.tables.items():
            write_table(table, aside / f"{name}.parquet")
        made = (_applied(stage, step, part) for part in parts)
        output = write_output(made, aside, self.limits, report)
        rows_in = check_rows(before, output, stage.makes_rows)
        facts = output.facts() | {
            "stage": stage.name,
            "key": self.key,
            "rows_in": rows_in,
            "seconds": round(time.monotonic() - started, 3),
            "params": dict(stage.params),
            "version": stage.version,
            "versions": versions(),
        }
        commit(self.folder, facts)


def _check_stages(stages: Sequence[Stage]) -> None:
    if not stages:
        raise StageError("there are no stages; give one at least")
    seen: set[str] = set()
    for stage in stages:
        if not _NAME.fullmatch(stage.name) or stage.name in seen:
            raise StageError(f"stage '{stage.name}': the name is taken or not of small letters, digits, - and _")
        seen.add(stage.name)
        if (stage.apply is None) == (stage.survey is None):
            raise StageError(f"stage '{stage.name}': it needs either apply or survey")
        try:
            _sha256(stage.params)
        except (TypeError, ValueError) as error:
            raise StageError(f"stage '{stage.name}': its params are not JSON values ({error})") from None


def _check_columns(stages: Sequence[Stage], columns: Sequence[str]) -> None:
    """That every stage will find the columns it needs, before any of them runs."""
    if "id" not in columns:
        raise StageError(f"the source has no column 'id'; it has {', '.join(columns)}")
    if _DROP in columns:
        raise StageError(f"the source has a column '{_DROP}'; give it another name")
    there = set(columns)
    for stage in stages:
        if missing := sorted(set(stage.columns_in) - there):
            raise StageError(
                f"stage '{stage.name}' needs {_named(missing)}, which nothing before it makes; "
                f"there are {', '.join(sorted(there))}"
            )
        there = (set[str]() if stage.makes_rows else there) | set(stage.columns_out) | {"id"}


def _applied(stage: Stage, step: Step, frame: daft.DataFrame) -> daft.DataFrame:
    """What a stage makes of a frame, not computed yet; it has the columns that the stage declares."""
    made = step.apply(frame.with_column(_DROP, daft.lit(None).cast(daft.DataType.string())))
    wanted = {"id", _DROP, *stage.columns_out}
    if missing := sorted(wanted - set(made.column_names)):
        raise ValueError(f"its frame lacks {_named(missing)}; it has {', '.join(made.column_names)}")
    for name in ("id", _DROP):
        if made.schema()[name].dtype != daft.DataType.string():
            raise ValueError(f"its column '{name}' is {made.schema()[name].dtype}; it must be text")
    return made


def _named(columns: Sequence[str]) -> str:
    return ("the column " if len(columns) == 1 else "the columns ") + ", ".join(f"'{name}'" for name in columns)


def _remove_others(run: Run, ours: set[Path]) -> None:
    """Remove stages of an earlier recipe, and what was cut off."""
    for path in (run.folder / "stages").iterdir():
        if path not in ours:
            run.log("stage removed", folder=path.name)
            shutil.rmtree(path)


def _code() -> str:
    return versions().get("mathcoder", "")


def _sha256(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _one_line(error: Exception) -> str:
    """An error's message; of the many that Daft gives for a batch, the first, without the names of its layers."""
    head, *several = re.split(r"\n\s*\d+: ", str(error))
    text = " ".join(re.sub(r"DaftError::\w+ ", "", several[0] if several else head).split())
    more = f" (and {len(several) - 1} more like it)" if len(several) > 1 else ""
    return (text[:500] or type(error).__name__) + more
