"""Compare runs problem by problem.

Each run is held against the first: the difference in accuracy with its interval, whether it may be chance, and the
problems that changed. RUN is a folder that `mathcoder evaluate` has made.

    mathcoder compare runs/before runs/after
    mathcoder compare runs/before runs/after --benchmark gsm8k --changed 20
    mathcoder compare runs/small runs/medium runs/large --json
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from string import ascii_uppercase
from typing import TYPE_CHECKING, Annotated

import typer

from mathcoder.cli.common import Failure, unreadable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from mathcoder.evaluation.compare import Change, Comparison, Mismatch
    from mathcoder.evaluation.rows import Run

_WIDE = 100  # columns of a terminal from which on the table tells also what did not change


def command(
    runs: Annotated[list[Path], typer.Argument(help="Two folders or more.", metavar="RUN")],
    benchmark: Annotated[str | None, typer.Option(help="Only this one.", metavar="NAME")] = None,
    changed: Annotated[
        int,
        typer.Option(help="Show so many problems that were fixed, and so many that broke.", metavar="N", min=0),
    ] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    from rich.console import Console

    from mathcoder.evaluation.compare import compare, mismatches

    if not 2 <= len(runs) <= len(ascii_uppercase):
        raise Failure(f"needs 2 to {len(ascii_uppercase)} runs, not {len(runs)}; name their folders", 2)
    first, *others = read_runs(runs)
    try:
        found = [(run, compare(first, run, benchmark), mismatches(first, run)) for run in others]
    except ValueError as error:
        raise Failure(str(error), 2) from error
    if as_json:
        pairs = [
            {
                "first": str(first.folder),
                "second": str(run.folder),
                "mismatches": [{"what": one.what, "first": one.first, "second": one.second} for one in differ],
                "benchmarks": [comparison.to_json() for comparison in comparisons],
            }
            for run, comparisons, differ in found
        ]
        print(json.dumps({"comparisons": pairs}))
        return 0
    console = Console(highlight=False)
    _print_names(console, [first, *others])
    for letter, (_, comparisons, differ) in zip(ascii_uppercase[1:], found, strict=False):
        print_comparison(console, comparisons, differ, letter)
        for comparison in comparisons:
            if comparison.benchmark != "all":
                _print_changes(console, comparison, letter, changed)
    return 0


def read_runs(folders: Sequence[Path]) -> list[Run]:
    """The evaluations in folders.

    Raises:
        Failure: there is none, or it holds no row.
    """
    from mathcoder.evaluation.rows import read_run

    runs: list[Run] = []
    for folder in folders:
        try:
            runs.append(read_run(folder))
        except (OSError, ValueError) as error:
            raise unreadable(folder, error) from error
        if not runs[-1].rows:
            raise Failure(f"{folder}: the run has no row yet; wait, or run the evaluation again", 2)
    return runs


def _print_names(console: Console, runs: Sequence[Run]) -> None:
    """The letters that stand for the runs from here on."""
    from rich.text import Text

    for letter, run in zip(ascii_uppercase, runs, strict=False):
        model = _line(str(run.asked.get("model", "?")))
        console.print(Text.assemble((letter, "bold"), f"  {model}", (f"  {_line(str(run.folder))}", "dim")))


def print_comparison(
    console: Console, comparisons: Sequence[Comparison], differ: Sequence[Mismatch], letter: str
) -> None:
    """The table of one pair, what the difference may mean, and what stands in the way of comparing."""
    from rich.table import Table
    from rich.text import Text

    wide = console.width >= _WIDE
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("benchmark")
    unchanged = ("both right", "both wrong") if wide else ()
    for name in ("problems", "A", letter, f"{letter} − A", "95%", "fixed", "broken", *unchanged):
        table.add_column(name, justify="right", no_wrap=True)
    for one in comparisons:
        low, high = one.interval
        table.add_row(
            Text(_line(one.benchmark)),
            f"{one.first.total:,}",
            f"{100 * one.first.value:.1f}",
            f"{100 * one.second.value:.1f}",
            f"[bold]{_points(one.difference)}[/bold]",
            f"{_points(low)} to {_points(high)}",
            f"{len(one.fixed):,}",
            f"{len(one.broken):,}",
            *((f"{one.both_right:,}", f"{one.both_wrong:,}") if wide else ()),
        )
    console.print()
    console.print(table)
    console.print()
    for one in comparisons:
        console.print(Text(f"{_line(one.benchmark)}: {in_words(one)}"))
    for note in _notes(comparisons, differ, letter):
        console.print(Text(_line(note), style="yellow"))
    voted = comparisons[-1].by == "majority"
    console.print(
        Text(
            f"A, {letter}: right {'samples' if voted else 'answers'} in percent. 95%: interval of the difference, "
            "bootstrap over problems. fixed, broken, p (McNemar's exact test): by "
            f"{'the majority of samples' if voted else 'the one sample of each problem'}.",
            style="dim",
        )
    )


def _points(share: float) -> str:
    return f"{100 * share:+.1f}".replace("-", "−")


def in_words(comparison: Comparison) -> str:
    """What McNemar's test says about fixed and broken, for a person who has not heard of it."""
    p = comparison.p
    if not comparison.fixed and not comparison.broken:
        return "no problem changed"
    if p < 0.001:
        return "the difference is hardly chance (p < 0.001)"
    if p < 0.05:
        return f"the difference is probably not chance (p = {p:.3f})"
    return f"the difference may well be chance (p = {p:.2f})"


def _notes(comparisons: Sequence[Comparison], differ: Sequence[Mismatch], letter: str) -> list[str]:
    """What was left out, what could not be graded, and in what else the runs differ."""
    notes: list[str] = []
    for one in comparisons:
        if one.benchmark == "all":
            continue
        if one.only_first or one.only_second:
            notes.append(
                f"{one.benchmark}: left out, {one.only_first:,} problems only in A and {one.only_second:,} "
                f"only in {letter}"
            )
        if any(one.ungradable):
            counts = f"{one.ungradable[0]:,} answers of A and {one.ungradable[1]:,} of {letter}"
            notes.append(f"{one.benchmark}: {counts} could not be graded and count as not right")
    for other in differ:
        values = f"{_answer(other.first)} in A, {_answer(other.second)} in {letter}"
        notes.append(f"the runs differ in more than the model: {other.what}, {values}")
    return notes


def _print_changes(console: Console, comparison: Comparison, letter: str, most: int) -> None:
    """Problems that one of the two has right, in turn one that was fixed and one that broke."""
    from rich.text import Text

    fixed, broken = comparison.fixed[:most], comparison.broken[:most]
    if not fixed and not broken:
        return
    console.print(
        Text(
            f"\nChanged: {len(fixed):,} of {len(comparison.fixed):,} fixed and {len(broken):,} of "
            f"{len(comparison.broken):,} broken",
            style="bold",
        )
    )
    for one, other in zip_longest(fixed, broken):
        for change, word, style in ((one, "fixed", "green"), (other, "broken", "red")):
            if change is not None:
                _print_change(console, change, Text(f"{word:6} ", style=style), letter)


def _print_change(console: Console, change: Change, word: Text, letter: str) -> None:
    from rich.text import Text

    question = change.question.strip().partition("\n")[0]
    head = Text.assemble(word, (f"{_line(change.benchmark)}/{_line(change.problem)}  ", "bold"), _line(question))
    console.print(head, no_wrap=True, overflow="ellipsis")
    answers = (("A", change.first), (letter, change.second), ("reference", change.reference))
    console.print(Text("       " + "   ".join(f"{name}: {_answer(text)}" for name, text in answers)))


def _line(text: str) -> str:
    from mathcoder.cli.trace import printable

    return printable(" ".join(text.split()))


def _answer(text: str | None) -> str:
    from mathcoder.solving.text import shorten_middle

    return "none" if text is None else _line(shorten_middle(text, 60)) or "(empty)"
