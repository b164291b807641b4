"""Builds a corpus from a recipe: the stages one after another, then the data set with its card, and the report."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from mathcoder.corpus.recipe import CorpusRecipe, source_specs
from mathcoder.corpus.stages import benchmark_items, clean_rules, corpus_source, corpus_stages
from mathcoder.publishing.dataset import Built, dataset_aside
from mathcoder.publishing.tokens import TokenCounter
from mathcoder.runs.recipe import resolved
from mathcoder.runs.run import Run
from mathcoder.runs.shards import ShardLimits
from mathcoder.runs.stages import StageResult, run_stages

__all__ = ["build"]

# Small ones: a stage reads a shard of the stage before it at a time, four to five times as large in memory.
_SHARDS = ShardLimits(rows=50_000, size=48 << 20, memory=96 << 20)


def build(
    recipe: CorpusRecipe,
    output: str | Path,
    *,
    limit: int | None = None,
    engine: str = "native",
    workers: int | None = None,
    progress: Callable[[str, int, float], None] | None = None,
) -> Built:
    """Build a corpus. What was killed or stopped goes on where it was, with the same recipe and folder.

    Args:
        recipe: from `load_corpus_recipe`.
        output: the folder of the run; made if it is not there.
        limit: documents of each source, at most.
        engine: `native`, `ray` or `ray://HOST:PORT`.
        workers: processes at once; default: the cores. Nothing that comes out depends on it.
        progress: called with the name of the stage, the rows that came out of it so far, and its seconds.

    Raises:
        FileNotFoundError: a path of a source names nothing.
        ValueError: something that the recipe names cannot be had, a stage failed (`StageError`), licences exclude
            each other, or another process is at work in the folder.
    """
    from mathcoder.corpus.sources.frames import input_places

    workers = workers or len(os.sched_getaffinity(0))
    clean_rules(recipe)
    TokenCounter(recipe.write.tokenizer)
    items = benchmark_items(recipe.contamination)
    places = input_places(source_specs(recipe))
    named = [path for path in (recipe.recall and recipe.recall.model, *_files(recipe)) if path]
    with Run(
        output, kind="corpus", recipe=resolved(recipe), inputs=[*places, *named], seeds={"mix": recipe.mix.seed}
    ) as run:
        stages = corpus_stages(recipe, run.folder / "calls", items, limit=limit, workers=workers)
        source = corpus_source(recipe, places)
        results = run_stages(run, source, stages, engine=engine, progress=progress, limits=_SHARDS)
        dataset = _dataset(run.folder, recipe, results)
        from mathcoder.corpus.report import write_report

        report = write_report(run.folder)
        return Built(run.folder, dataset, report, results)


def _files(recipe: CorpusRecipe) -> Sequence[str]:
    return recipe.contamination.files if recipe.contamination else ()


def _dataset(run: Path, recipe: CorpusRecipe, results: Sequence[StageResult]) -> Path:
    from mathcoder.corpus.card import card_facts, write_card
    from mathcoder.corpus.schema import schema_json
    from mathcoder.publishing.look import StagedRun

    with dataset_aside(run) as folder:
        for file in results[-1].files:
            _linked(Path(file), folder / "data" / Path(file).name)
        (folder / "schema.json").write_text(schema_json(), encoding="utf-8")
        write_card(folder, card_facts(StagedRun(run, "corpus"), recipe))
    return run / "dataset"


def _linked(source: Path, target: Path) -> None:
    """The file under a second name; a copy where the file system has no such links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
