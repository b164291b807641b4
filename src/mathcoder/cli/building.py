"""What the commands that build a data set share: a line for each stage, one line for a failure, the funnel."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rich.console import Console

from mathcoder.cli.common import Failure, Failures, say_live, studio_command, system_failure
from mathcoder.cli.trace import printable

if TYPE_CHECKING:
    from mathcoder.publishing.dataset import Built
    from mathcoder.runs.stages import StageResult

__all__ = ["Stages", "built_with", "print_places", "print_plan", "print_stages", "read_with", "stage_facts"]

T = TypeVar("T")

_REASONS, _WIDE = 5, 60  # reasons of a stage, and their characters, that are shown


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


def read_with(read: Callable[[], T]) -> T:
    """What reads a recipe, its faults a line each.

    Raises:
        Failure: it cannot be used.
    """
    from mathcoder.runs.recipe import RecipeError

    try:
        return read()
    except RecipeError as error:
        raise Failures(error.lines, 2) from error
    except ValueError as error:
        raise Failure(str(error), 2) from error


def built_with(console: Console, output: Path, build: Callable[[Callable[[str, int, float], None]], T]) -> T:
    """What builds, with its progress shown; Ctrl-C ends the process at once, with what to do.

    Raises:
        Failure: it failed.
    """
    say_live(console, output)
    with Stages(console) as stages:
        try:
            return build(stages.report)
        except OSError as error:
            raise system_failure(error) from error
        except ValueError as error:
            raise Failure(str(error)) from error
        except KeyboardInterrupt:
            stages.stop()
            console.print(f"stopped; the same command goes on where {output} was", style="yellow")
            print("mathcoder: interrupted", file=sys.stderr)
            sys.stdout.flush()
            os._exit(130)  # the engine's threads are still reading, and abort a process that ends under them


def print_places(console: Console, built: Built) -> None:
    """Where the data set and its report are, and what shows them."""
    from rich.text import Text

    places = (("data set", built.dataset), ("report", built.report), ("studio", studio_command(built.run)))
    for label, place in places:
        console.print(Text(f"{label:<9}{place}"), soft_wrap=True)


def print_plan(console: Console, facts: Mapping[str, str], notes: Sequence[str], problems: Sequence[str]) -> None:
    """What a recipe would take, what should be known, and what stands in its way."""
    from rich.text import Text

    for name, value in facts.items():
        console.print(Text(f"{name:<22}{value}"), soft_wrap=True)
    for line in notes:
        console.print(Text(line, style="yellow"), soft_wrap=True)
    for line in problems:
        console.print(Text(f"problem: {line}", style="red"), soft_wrap=True)
    if not problems:
        console.print(Text("nothing stands in the way", style="green"))


def print_stages(console: Console, stages: Sequence[StageResult]) -> None:
    """The funnel: what went into each stage, what stayed, and why the rest did not."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("stage", no_wrap=True)
    for name in ("in", "kept", "dropped"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("dropped for", style="dim", no_wrap=True, overflow="ellipsis", max_width=_WIDE)
    table.add_column("seconds", justify="right", no_wrap=True)
    for stage in stages:
        dropped = sum(stage.dropped.values())
        table.add_row(
            stage.name,
            f"{stage.rows_in:,}",
            f"{stage.kept:,}",
            f"{dropped:,}" if dropped else "",
            Text(printable(_reasons(stage))),
            "as before" if stage.reused else f"{stage.seconds:.1f}",
        )
    console.print(table)


def _reasons(stage: StageResult) -> str:
    ordered = sorted(stage.dropped.items(), key=lambda item: -item[1])
    named = [f"{reason[:40]} {count:,}" for reason, count in ordered[:_REASONS]]
    rest = sum(count for _, count in ordered[_REASONS:])
    return ", ".join([*named, *([f"other {rest:,}"] if rest else [])])


def stage_facts(stages: Sequence[StageResult]) -> list[dict[str, Any]]:
    """The funnel as JSON values."""
    return [
        {
            "stage": stage.name,
            "rows_in": stage.rows_in,
            "kept": stage.kept,
            "dropped": stage.dropped,
            "seconds": stage.seconds,
            "reused": stage.reused,
        }
        for stage in stages
    ]
