"""Show a run: what it came to, or the solutions that you ask for, in full.

RUN is a folder that `mathcoder evaluate` has made or is still making; nothing in it is changed. Without filters a
table says what the run came to. With filters the solutions that pass all of them are shown: the question, every
block, the answer, the reference and the verdict.

    mathcoder show runs/gsm8k
    mathcoder show runs/gsm8k --wrong --limit 10
    mathcoder show runs/gsm8k --error-type NameError --benchmark svamp
    mathcoder show runs/gsm8k --text "how many apples" --outcome truncated --outcome invalid
    mathcoder show runs/gsm8k --id gsm8k/741
    mathcoder show runs/gsm8k --wrong --json
"""

from __future__ import annotations

import enum
import json
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mathcoder.cli.common import Failure

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from mathcoder.cli.trace import Trace
    from mathcoder.evaluation.rows import EvalRow, Run

_AT_ONCE = 5  # solutions that are shown where no limit is given
_STYLES = {"right": "green", "wrong": "red", "ungradable": "yellow"}


class OutcomeName(enum.StrEnum):
    """`mathcoder.evaluation.rows.Outcome`, as the command line takes it."""

    right = "right"
    wrong = "wrong"
    ungradable = "ungradable"
    invalid = "invalid"
    truncated = "truncated"
    failed = "failed"


def command(
    run: Annotated[Path, typer.Argument(help="The run's folder.")],
    wrong: Annotated[bool, typer.Option("--wrong", help="The wrong ones; short for --outcome wrong.")] = False,
    outcome: Annotated[
        list[OutcomeName] | None,
        typer.Option(help=f"Those with this outcome: {', '.join(OutcomeName)}. May be repeated.", metavar="NAME"),
    ] = None,
    error: Annotated[bool, typer.Option("--error", help="Those in which a block of code raised.")] = False,
    error_type: Annotated[
        str | None, typer.Option(help="Those in which a block raised this, such as NameError.", metavar="TYPE")
    ] = None,
    benchmark: Annotated[str | None, typer.Option(help="Those of this benchmark.", metavar="NAME")] = None,
    text: Annotated[
        str | None,
        typer.Option(help="Those with all these words in the question, a block or the answer.", metavar="WORDS"),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--id", help="The one with this id, or all samples of this problem.", metavar="ID"),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(help=f"At most N solutions; default: {_AT_ONCE}, with --json all.", metavar="N", min=1),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one row a line.")] = False,
) -> int:
    from rich.console import Console

    from mathcoder.evaluation.rows import read_run

    try:
        found = read_run(run)
    except (OSError, ValueError) as failure:
        raise Failure(str(failure), 2) from failure
    outcomes = {one.value for one in outcome or ()} | ({"wrong"} if wrong else set[str]())
    rows = list(found.rows)
    if benchmark is not None:
        rows = _of_benchmark(found, benchmark)
    if name is not None:
        rows = _with_id(found, rows, name)
    if outcomes:
        rows = [row for row in rows if row.outcome in outcomes]
    if error or error_type is not None:
        rows = [row for row in rows if _raised(row, error_type)]
    if text is not None:
        words = text.casefold().split()
        rows = [row for row in rows if all(word in _read(row) for word in words)]
    if as_json:
        for row in rows[:limit]:
            # JSON escapes all that could drive a terminal but this one.
            print(json.dumps(row.to_json()).replace("\x7f", "\\u007f"))
        return 0
    console = Console(highlight=False)
    if not (outcomes or error or any(given is not None for given in (error_type, benchmark, text, name, limit))):
        _print_summary(console, found)
    else:
        _print_solutions(console, rows[: limit or _AT_ONCE], len(rows), len(found.rows))
    return 0


# Filters.


def _of_benchmark(run: Run, name: str) -> list[EvalRow]:
    rows = [row for row in run.rows if row.benchmark == name]
    if not rows:
        names = ", ".join(_benchmarks(run)) or "no rows yet"
        raise Failure(f"no row of the benchmark {name!r} in {run.folder}; it has {names}", 2)
    return rows


def _with_id(run: Run, rows: Sequence[EvalRow], name: str) -> list[EvalRow]:
    """The row, or the samples of the problem, with its benchmark before it or not."""
    found = [row for row in rows if name in (row.id, row.problem, row.id.rpartition("#")[0])]
    if not found:
        from difflib import get_close_matches

        near = get_close_matches(name, [row.id for row in rows], 1)
        hint = f"did you mean {near[0]}?" if near else "an id is BENCHMARK/PROBLEM or the problem's alone"
        raise Failure(f"no row {name!r} in {run.folder}; {hint}", 2)
    return found


# What the last line of a traceback starts with, and what ends a block that left none.


def _raised(row: EvalRow, error_type: str | None) -> bool:
    """Whether a block of its code raised, and where a type is given, an error of that type."""
    from mathcoder.solving.text import error_shown

    shown = (error_shown(block.content) for block in row.solution.blocks if block.type == "execution")
    types = [name.casefold() for name in shown if name is not None]
    return bool(types) if error_type is None else error_type.casefold() in types


def _read(row: EvalRow) -> str:
    """All that `--text` looks through."""
    blocks = (block.content for block in row.solution.blocks)
    return "\n".join((row.question, row.reference, row.answer or "", *blocks)).casefold()


# The solutions.


def _print_solutions(console: Console, rows: Sequence[EvalRow], passed: int, total: int) -> None:
    from mathcoder.cli.trace import Trace

    trace = Trace(console)
    for row in rows:
        _print_one(console, trace, row)
    if not passed:
        console.print(f"None of the {total:,} solutions passes these filters.")
        return
    more = "; --limit shows more" if len(rows) < passed else ""
    console.print(f"{len(rows):,} of {passed:,} shown{more}. The run has {total:,} solutions.", style="dim")


def _print_one(console: Console, trace: Trace, row: EvalRow) -> None:
    from rich.rule import Rule

    from mathcoder.solving import Solved

    console.print(Rule(_said(f"{row.id} · {row.outcome}", "bold"), style="dim", align="left"))
    trace.problem(row.question)
    trace.solution(row.solution)
    trace.answer(Solved(replace(row.solution, answer=row.answer)))
    console.print(_said("Reference: ", "bold") + _said(row.reference or "none"))
    verdict = _said("Verdict: ", "bold") + _said(row.outcome, f"bold {_style(row.outcome)}")
    facts = (("decided by:", row.rule), ("check", row.check), ("level", row.level), ("subject", row.subject))
    for fact, value in facts:
        if value:
            verdict += _said(f" · {fact} {value}", "dim")
    console.print(verdict)
    if row.scores:
        letters = (f"{chr(ord('A') + place)} {score:.2f}" for place, score in enumerate(row.scores))
        console.print(_said("Log-likelihoods: ", "bold") + _said("  ".join(letters)))
    if row.note:
        console.print(_said(row.note, "yellow"))
    console.print()


def _said(text: str, style: str = "") -> Text:
    """Text that cannot drive the terminal and is not read as markup."""
    from rich.text import Text

    from mathcoder.cli.trace import printable

    return Text(printable(text), style=style)


# The summary.


def _print_summary(console: Console, run: Run) -> None:
    console.print(_said(str(run.asked.get("model", "a model")), "bold"))
    settings = run.asked.get("settings", {})
    flat = {**settings, **settings.get("asking", {}), **settings.get("options", {})}
    shown = ("style", "dialect", "shots", "votes", "temperature", "limit")
    facts = [f"{fact} {flat[fact]}" for fact in shown if flat.get(fact) is not None]
    if started := run.asked.get("started"):
        facts.append(f"started {str(started).replace('T', ' ').replace('+00:00', ' UTC')}")
    console.print(_said(" · ".join(facts), "dim"))
    if not run.scores or run.asked.get("finished") is False:
        so_far = (
            f"not finished: {len(run.rows):,} solutions so far; the command that started it goes on from there"
        )
        console.print(_said(so_far, "yellow"))
    console.print()
    if run.rows:
        _print_table(console, run)
    _print_ways_on(console, run)


def _print_table(console: Console, run: Run) -> None:
    """A line for each benchmark. Accuracy is there where scores are; the rest is counted from the rows."""
    from rich.table import Table

    from mathcoder.evaluation.rows import OUTCOMES

    wide = console.width >= 100
    groups = {name: [row for row in run.rows if row.benchmark == name] for name in _benchmarks(run)}
    scores = dict(run.scores.get("benchmarks", {}))
    if len(groups) > 1:
        groups["all"], scores["all"] = list(run.rows), run.scores.get("all")
    seen = {row.outcome for row in run.rows}
    outcomes = [outcome for outcome in OUTCOMES if outcome in seen]
    table = Table(box=None, pad_edge=False, padding=(0, 3 if wide else 1, 0, 0), header_style="bold")
    table.add_column("benchmark", overflow="fold")
    for column in (
        "n",
        *(("accuracy", "95%") if run.scores else ()),
        *outcomes,
        *(("tokens", "rounds") if wide else ()),
    ):
        table.add_column(column, justify="right", no_wrap=True)
    for name, rows in groups.items():
        cells = [_said(name), _said(f"{len(rows):,}")]
        if run.scores:
            cells += _accuracy(scores.get(name))
        counts = Counter(row.outcome for row in rows)
        cells += [_said(f"{counts[one]:,}" if counts[one] else "-", _style(one)) for one in outcomes]
        if wide:
            costs = [row.solution.cost for row in rows]
            cells.append(_said(f"{sum(cost.completion_tokens for cost in costs):,}"))
            cells.append(_said(f"{sum(cost.rounds for cost in costs) / len(costs):.1f}"))
        table.add_row(*cells)
    console.print(table)
    console.print()


def _benchmarks(run: Run) -> list[str]:
    """In the order of the rows."""
    return list(dict.fromkeys(row.benchmark for row in run.rows))


def _accuracy(part: dict[str, Any] | None) -> list[Text]:
    """In percent, with its interval; nothing for a benchmark without scores."""
    if not part or not part["accuracy"]["total"]:
        return [_said(""), _said("")]
    share = part["accuracy"]
    low, high = share["interval"]
    value = f"{100 * share['count'] / share['total']:.1f}%"
    return [_said(value, "bold"), _said(f"{100 * low:.1f}–{100 * high:.1f}")]


def _style(outcome: str) -> str:
    return _STYLES.get(outcome, "yellow")


def _print_ways_on(console: Console, run: Run) -> None:
    from rich.table import Table

    command = shlex.join(["mathcoder", "show", str(run.folder)])
    console.print(_said("The solutions: ") + _said(command, "bold") + _said(" with"), soft_wrap=True)
    ways = {
        "--wrong": "the wrong ones",
        "--error": "those in which code raised",
        "--text WORDS": "those with these words",
        "--id ID": "one of them",
        "--help": "all filters",
    }
    table = Table.grid(padding=(0, 3, 0, 0))
    for options, what in ways.items():
        table.add_row(_said(f"  {options}", "bold"), _said(what))
    console.print(table)
    console.print()
    report = run.folder / "report.html"
    if report.exists():
        console.print(_said("To look at:    ") + _said(str(report), "bold"), soft_wrap=True)
