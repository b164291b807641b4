"""Build a corpus from a recipe.

The run folder holds each stage's rows, those that were rejected with their reasons, the data set with its card,
and a report. What was stopped or killed goes on with the same command, and ends with the same files.

    mathcoder corpus build recipes/quickstart.yaml
    mathcoder corpus build recipes/mathcode-pile.yaml --dry-run
    mathcoder corpus build my.yaml --output runs/my --limit 100 --source books=/data/books
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mathcoder.cli.common import AsJson, DryRun, Engine, Failure, Recipe, RunFolder, Workers

if TYPE_CHECKING:
    from rich.console import Console

    from mathcoder.corpus.recipe import CorpusRecipe
    from mathcoder.publishing.dataset import Built


def command(
    recipe: Recipe,
    output: RunFolder = None,
    limit: Annotated[
        int | None, typer.Option(help="The first N documents of each source.", metavar="N", min=1)
    ] = None,
    engine: Engine = "native",
    workers: Workers = None,
    source: Annotated[
        list[str] | None,
        typer.Option(help="Read a source from elsewhere; may be repeated.", metavar="NAME=PATH"),
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> int:
    from rich.console import Console

    from mathcoder.cli.building import built_with, read_with
    from mathcoder.corpus.build import build
    from mathcoder.corpus.recipe import load_corpus_recipe, with_paths

    console = Console(stderr=as_json, highlight=False)
    elsewhere = dict(_elsewhere(one) for one in source or [])
    asked = read_with(lambda: with_paths(load_corpus_recipe(recipe), elsewhere))
    if dry_run:
        return _plan(console, asked, limit, as_json)
    folder = output or Path("runs") / recipe.stem
    built = built_with(
        console,
        folder,
        lambda progress: build(asked, folder, limit=limit, engine=engine, workers=workers, progress=progress),
    )
    if as_json:
        print(json.dumps(_facts(built), ensure_ascii=True))
    else:
        print_built(console, built)
    return 0


def _elsewhere(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if not equals or not path:
        raise Failure(f"--source {text}: write NAME=PATH", 2)
    return name, path


def print_built(console: Console, built: Built) -> None:
    """The funnel of a corpus, what came out, and where it is."""
    from rich.text import Text

    from mathcoder.cli.building import print_places, print_stages

    print_stages(console, built.stages)
    read = built.stages[0]
    if lost := sum(read.dropped.values()):
        console.print(
            Text(f"{lost:,} inputs could not be used: mathcoder corpus show {built.run} --stage read --rejected"),
            style="yellow",
            soft_wrap=True,
        )
    console.print(Text(f"{_contents(built)}", style="bold"))
    print_places(console, built)


def _contents(built: Built) -> str:
    from mathcoder.corpus.contents import contents_of

    whole = contents_of([Path(file) for file in built.stages[-1].files]).whole
    return f"{whole.documents:,} documents in {whole.rows:,} rows, {whole.tokens:,} tokens"


def _facts(built: Built) -> dict[str, Any]:
    from mathcoder.cli.building import stage_facts

    return {
        "run": str(built.run),
        "dataset": str(built.dataset),
        "report": str(built.report),
        "stages": stage_facts(built.stages),
    }


def _plan(console: Console, recipe: CorpusRecipe, limit: int | None, as_json: bool) -> int:
    from dataclasses import asdict

    from mathcoder.corpus.plan import plan

    with console.status("looking at the sources"):
        planned = plan(recipe, limit=limit)
    if as_json:
        print(json.dumps(asdict(planned), ensure_ascii=True))
    else:
        _say_plan(console, planned)
    return 1 if planned.problems else 0


def _say_plan(console: Console, planned: Any) -> None:
    from rich.table import Table
    from rich.text import Text

    from mathcoder.cli.building import print_plan

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("source")
    table.add_column("kind")
    for name in ("files", "size", "documents", "tokens"):
        table.add_column(name, justify="right")
    table.add_column("", style="dim")
    for one in planned.sources:
        table.add_row(
            Text(one.name),
            one.kind,
            f"{one.files:,}" if one.files else "",
            _size(one.size) if one.size else "",
            _about(one.documents, one.exact),
            _about(one.tokens, one.exact),
            Text(one.note),
        )
    console.print(table)
    console.print()
    print_plan(console, planned.facts, planned.notes, planned.problems)


def _about(count: int | None, exact: bool) -> str:
    return "" if count is None else f"{'' if exact else '~'}{count:,}"


def _size(size: int) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size = round(size / 1000)
    return f"{size:,} TB"
