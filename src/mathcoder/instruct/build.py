"""Builds instruction data from a recipe: the stages one after another, then the data set."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

from mathcoder.instruct.layouts import schema_json
from mathcoder.instruct.recipe import InstructRecipe
from mathcoder.instruct.splits import Split
from mathcoder.instruct.stages import benchmark_questions, instruct_problems, instruct_source, instruct_stages
from mathcoder.publishing.dataset import Built, dataset_aside
from mathcoder.publishing.tokens import TokenCounter
from mathcoder.runs.recipe import resolved
from mathcoder.runs.run import Run
from mathcoder.runs.stages import StageResult, run_stages

__all__ = ["build"]


def build(
    recipe: InstructRecipe,
    output: str | Path,
    *,
    limit: int | None = None,
    engine: str = "native",
    workers: int | None = None,
    progress: Callable[[str, int, float], None] | None = None,
) -> Built:
    """Build instruction data. What was killed or stopped goes on where it was, with the same recipe and folder.

    Args:
        recipe: from `load_instruct_recipe`.
        output: the folder of the run; made if it is not there.
        limit: problems of each source, at most.
        engine: `native`, `ray` or `ray://HOST:PORT`.
        workers: processes at once; default: the cores. Nothing that comes out depends on it.
        progress: called with the name of the stage, the rows that came out of it so far, and its seconds.

    Raises:
        ValueError: problems cannot be had or are of a test split, a stage failed (`StageError`), licences exclude
            each other, or another process is at work in the folder.
    """
    workers = workers or len(os.sched_getaffinity(0))
    TokenCounter(recipe.check.tokenizer)
    rows = instruct_problems(recipe, limit)
    items = benchmark_questions(recipe.decontaminate)
    seeds = {"vary": recipe.seed_of_variation, "split": recipe.write.seed}
    with Run(output, kind="instruct", recipe=resolved(recipe), seeds=seeds) as run:
        stages = instruct_stages(recipe, rows, run.folder / "calls", items, workers=workers)
        results = run_stages(run, instruct_source(rows), stages, engine=engine, progress=progress)
        dataset = _dataset(run.folder, recipe, results)
        from mathcoder.instruct.report import write_report

        return Built(run.folder, dataset, write_report(run.folder), results)


def _dataset(run: Path, recipe: InstructRecipe, results: Sequence[StageResult]) -> Path:
    """A file for each split, rows ordered by id."""
    from mathcoder.instruct.card import write_card
    from mathcoder.publishing.look import StagedRun

    with dataset_aside(run) as folder:
        write_splits(results[-1].files, folder / "data")
        (folder / "schema.json").write_text(schema_json(), encoding="utf-8")
        write_card(folder, StagedRun(run, "instruct"), recipe)
    return run / "dataset"


def write_splits(files: Sequence[str], folder: Path) -> None:
    """Write the rows of shards into `train-NNNNN.parquet` and `validation-NNNNN.parquet`, in their order."""
    compute: Any = import_module("pyarrow.compute")
    parquet: Any = import_module("pyarrow.parquet")
    for number, file in enumerate(files):
        table = parquet.read_table(file)
        for split in get_args(Split):
            rows = table.filter(compute.equal(table["split"], split))
            if rows.num_rows or not number:
                parquet.write_table(rows, str(folder / f"{split}-{number:05}.parquet"), compression="zstd")
