"""Build a corpus from a recipe.

The run folder holds each stage's rows, those that were rejected with their reasons, the data set with its card,
and a report. What was stopped or killed goes on with the same command, and ends with the same files.

    mathcoder corpus build recipes/quickstart.yaml
    mathcoder corpus build recipes/mathcode-pile.yaml --dry-run
    mathcoder corpus build my.yaml --output runs/my --limit 100 --source books=/data/books
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mathcoder.cli.common import Failure, Failures

if TYPE_CHECKING:
    from rich.console import Console

    from mathcoder.corpus.build import Built
    from mathcoder.corpus.recipe import CorpusRecipe
    from mathcoder.runs.stages import StageResult

_REASONS, _WIDE = 5, 60  # reasons of a stage, and their characters, that are shown


def command(
    recipe: Annotated[Path, typer.Argument(help="A YAML file.")],
    output: Annotated[
        Path | None, typer.Option(help="Folder of the run; default: runs/ and the recipe's name.", metavar="DIR")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help="The first N documents of each source.", metavar="N", min=1)
    ] = None,
    engine: Annotated[str, typer.Option(help="native, ray, or ray://HOST:PORT.")] = "native",
    workers: Annotated[
        int | None, typer.Option(help="Processes at once; default: the cores.", metavar="N", min=1)
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(help="Read a source from elsewhere; may be repeated.", metavar="NAME=PATH"),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check the recipe and what it needs, and say what it would take.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    from rich.console import Console

    from mathcoder.corpus.recipe import load_corpus_recipe, with_paths
    from mathcoder.runs.recipe import RecipeError

    console = Console(stderr=as_json, highlight=False)
    try:
        asked = load_corpus_recipe(recipe)
        asked = with_paths(asked, dict(_elsewhere(one) for one in source or []))
    except RecipeError as error:
        raise Failures(error.lines, 2) from error
    except ValueError as error:
        raise Failure(str(error), 2) from error
    if dry_run:
        return _plan(console, asked, limit, as_json)
    built = _build(console, asked, output or Path("runs") / recipe.stem, limit, engine, workers)
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


def _build(
    console: Console,
    recipe: CorpusRecipe,
    output: Path,
    limit: int | None,
    engine: str,
    workers: int | None,
) -> Built:
    from mathcoder.corpus.build import build

    with Stages(console) as stages:
        try:
            return build(recipe, output, limit=limit, engine=engine, workers=workers, progress=stages.report)
        except OSError as error:
            named = error.filename and error.strerror
            raise Failure(f"{error.filename}: {error.strerror}" if named else str(error)) from error
        except ValueError as error:
            raise Failure(str(error)) from error
        except KeyboardInterrupt:
            stages.stop()
            console.print(f"stopped; the same command goes on where {output} was", style="yellow")
            print("mathcoder: interrupted", file=sys.stderr)
            sys.stdout.flush()
            os._exit(130)  # the engine's threads are still reading, and abort a process that ends under them


class Stages:
    """A line for each stage while it runs, on a terminal; nothing elsewhere. A context manager."""

    def __init__(self, console: Console):
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description:<14}"),
            TextColumn("{task.fields[rows]:>12,} rows"),
            TimeElapsedColumn(),
        )
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._tasks: dict[str, Any] = {}

    def report(self, stage: str, rows: int, seconds: float) -> None:
        """Told by the runner."""
        if stage not in self._tasks:
            for task in self._tasks.values():
                self._bar.update(task, total=1, completed=1)
            self._tasks[stage] = self._bar.add_task(stage, total=None, rows=0)
        self._bar.update(self._tasks[stage], rows=rows)

    def stop(self) -> None:
        """Take the lines away."""
        self._bar.stop()

    def __enter__(self) -> Stages:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def print_built(console: Console, built: Built) -> None:
    """The funnel of a corpus, what came out, and where it is."""
    from rich.table import Table
    from rich.text import Text

    from mathcoder.cli.trace import printable

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("stage", no_wrap=True)
    for name in ("in", "kept", "dropped"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("dropped for", style="dim", no_wrap=True, overflow="ellipsis", max_width=_WIDE)
    table.add_column("seconds", justify="right", no_wrap=True)
    for stage in built.stages:
        seconds = "as before" if stage.reused else f"{stage.seconds:.1f}"
        dropped = sum(stage.dropped.values())
        table.add_row(
            stage.name,
            f"{stage.rows_in:,}",
            f"{stage.kept:,}",
            f"{dropped:,}" if dropped else "",
            Text(printable(_reasons(stage))),
            seconds,
        )
    console.print(table)
    read = built.stages[0]
    if lost := sum(read.dropped.values()):
        console.print(
            Text(f"{lost:,} inputs could not be used: mathcoder corpus show {built.run} --stage read --rejected"),
            style="yellow",
            soft_wrap=True,
        )
    console.print(Text(f"{_contents(built)}", style="bold"))
    for label, path in (("data set", built.dataset), ("report", built.report)):
        console.print(Text(f"{label:<9}{path}"), soft_wrap=True)


def _reasons(stage: StageResult) -> str:
    ordered = sorted(stage.dropped.items(), key=lambda item: -item[1])
    named = [f"{reason[:40]} {count:,}" for reason, count in ordered[:_REASONS]]
    rest = sum(count for _, count in ordered[_REASONS:])
    return ", ".join([*named, *([f"other {rest:,}"] if rest else [])])


def _contents(built: Built) -> str:
    from mathcoder.corpus.contents import contents_of

    whole = contents_of([Path(file) for file in built.stages[-1].files]).whole
    return f"{whole.documents:,} documents in {whole.rows:,} rows, {whole.tokens:,} tokens"


def _facts(built: Built) -> dict[str, Any]:
    return {
        "run": str(built.run),
        "dataset": str(built.dataset),
        "report": str(built.report),
        "stages": [
            {
                "stage": stage.name,
                "rows_in": stage.rows_in,
                "kept": stage.kept,
                "dropped": stage.dropped,
                "seconds": stage.seconds,
                "reused": stage.reused,
            }
            for stage in built.stages
        ],
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
    for name, value in planned.facts.items():
        console.print(Text(f"{name:<22}{value}"), soft_wrap=True)
    for line in planned.notes:
        console.print(Text(line, style="yellow"), soft_wrap=True)
    for line in planned.problems:
        console.print(Text(f"problem: {line}", style="red"), soft_wrap=True)
    if not planned.problems:
        console.print(Text("nothing stands in the way", style="green"))


def _about(count: int | None, exact: bool) -> str:
    return "" if count is None else f"{'' if exact else '~'}{count:,}"


def _size(size: int) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size = round(size / 1000)
    return f"{size:,} TB"
