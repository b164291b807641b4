"""Build instruction data from a recipe.

The run folder holds each stage's rows, those that were rejected with their reasons, the data set with its card,
and a report. What was stopped or killed goes on with the same command, and ends with the same files.

    mathcoder instruct build recipes/instruct-gsm8k.yaml
    mathcoder instruct build recipes/mathcodeinstruct-80k.yaml --dry-run
    mathcoder instruct build my.yaml --output runs/my --limit 100
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mathcoder.cli.common import AsJson, DryRun, Engine, Recipe, RunFolder, Workers

if TYPE_CHECKING:
    from rich.console import Console

    from mathcoder.instruct.recipe import InstructRecipe
    from mathcoder.publishing.dataset import Built


def command(
    recipe: Recipe,
    output: RunFolder = None,
    limit: Annotated[
        int | None, typer.Option(help="The first N problems of each source.", metavar="N", min=1)
    ] = None,
    engine: Engine = "native",
    workers: Workers = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> int:
    from rich.console import Console

    from mathcoder.cli.building import built_with, read_with, stage_facts
    from mathcoder.instruct.build import build
    from mathcoder.instruct.recipe import load_instruct_recipe

    console = Console(stderr=as_json, highlight=False)
    asked = read_with(lambda: load_instruct_recipe(recipe))
    if dry_run:
        return _plan(console, asked, limit, as_json)
    folder = output or Path("runs") / recipe.stem
    built = built_with(
        console,
        folder,
        lambda progress: build(asked, folder, limit=limit, engine=engine, workers=workers, progress=progress),
    )
    if as_json:
        places = {"run": str(built.run), "dataset": str(built.dataset), "report": str(built.report)}
        print(json.dumps(places | {"stages": stage_facts(built.stages)}, ensure_ascii=True))
    else:
        _say(console, built)
    return 0


def _say(console: Console, built: Built) -> None:
    from rich.text import Text

    from mathcoder.cli.building import print_places, print_stages

    print_stages(console, built.stages)
    console.print(Text(f"{built.stages[-1].kept:,} solutions", style="bold"))
    print_places(console, built)


def _plan(console: Console, recipe: InstructRecipe, limit: int | None, as_json: bool) -> int:
    from dataclasses import asdict

    from mathcoder.cli.building import print_plan
    from mathcoder.instruct.plan import plan

    with console.status("looking at the problems"):
        planned = plan(recipe, limit=limit)
    if as_json:
        print(json.dumps(asdict(planned), ensure_ascii=True))
        return 1 if planned.problems else 0
    print_plan(console, planned.facts, planned.notes, planned.problems)
    return 1 if planned.problems else 0
