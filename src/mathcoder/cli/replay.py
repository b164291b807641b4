"""Execute recorded solutions again and tell what came out the same.

Reads MathCoder's published outputs, MathCodeInstruct rows, chat messages with tool calls and our own records,
as .jsonl, .json (also .gz) or .parquet. Rows that cannot be read go to a file of rejected rows.

    mathcoder replay examples/data/mathcoder_l70b.jsonl
    mathcoder replay outputs.jsonl --differences 5
    mathcoder replay outputs.jsonl --limit 100 --json
"""

from __future__ import annotations

import json
import time
from collections import Counter as Tally
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mathcoder.cli.common import Counter, Failure, RequiredLevel, open_sandbox, say_rejected, unreadable

if TYPE_CHECKING:
    from rich.console import Console

    from mathcoder.solving.formats import BadRow, Record
    from mathcoder.solving.replay import Comparison


def command(
    file: Annotated[Path, typer.Argument(help="Recorded solutions.")],
    limit: Annotated[
        int | None, typer.Option(help="Replay only the first N solutions.", metavar="N", min=1)
    ] = None,
    differences: Annotated[
        int, typer.Option(help="Show this many blocks that came out otherwise.", metavar="N", min=0)
    ] = 3,
    timeout: Annotated[
        float, typer.Option(help="Seconds that each block may run.", metavar="SECONDS", min=0.01)
    ] = 10.0,
    workers: Annotated[
        int | None, typer.Option(help="Solutions at once; default: all cores.", metavar="N", min=1)
    ] = None,
    rejected: Annotated[
        Path | None,
        typer.Option(help="Where rows that cannot be read go; default: FILE.rejected.jsonl, here."),
    ] = None,
    require: Annotated[
        RequiredLevel, typer.Option(help="Refuse to run with less containment.")
    ] = RequiredLevel.rlimits,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    from rich.console import Console

    from mathcoder.sandbox import Limits
    from mathcoder.solving.replay import CONSISTENT, OUTCOMES, replay

    console = Console(stderr=as_json)
    bad: list[BadRow] = []
    records = _good(file, limit, bad)
    first = next(records, None)
    outcomes: Tally[str] = Tally()
    shown: list[tuple[str, Comparison]] = []
    solutions = 0
    start = time.perf_counter()
    if first is not None:
        with (
            open_sandbox(Limits(timeout=timeout), require, workers) as sandbox,
            Counter(console, "starting the sandbox") as counter,
        ):
            start = time.perf_counter()
            for replayed in replay(_chain(first, records), sandbox, workers=workers):
                solutions += 1
                for comparison in replayed.comparisons:
                    outcomes[comparison.outcome] += 1
                    if comparison.outcome not in CONSISTENT and comparison.outcome != "not recorded":
                        shown.append((replayed.record.id, comparison))
                of = f" of {limit}" if limit else ""
                counter.say(f"{solutions}{of} solutions, {sum(outcomes.values())} blocks executed")
    seconds = time.perf_counter() - start
    say_rejected(console, file, bad, rejected)
    if not solutions:
        raise Failure(f"{file}: no solution could be read from it")
    consistent = sum(outcomes[outcome] for outcome in CONSISTENT)
    if as_json:
        summary = {
            "file": str(file),
            "solutions": solutions,
            "blocks": sum(outcomes.values()),
            "rejected": len(bad),
            "consistent": consistent,
            "outcomes": {outcome: outcomes[outcome] for outcome in OUTCOMES if outcomes[outcome]},
            "seconds": round(seconds, 3),
        }
        print(json.dumps(summary))
        return 0
    print_table(console, outcomes, solutions, seconds)
    for name, comparison in shown[:differences]:
        _print_difference(console, name, comparison)
    return 0


def _good(file: Path, limit: int | None, bad: list[BadRow]) -> Iterator[Record]:
    from mathcoder.solving.formats import BadRow, read_records

    count = 0
    try:
        for row in read_records(file):
            if isinstance(row, BadRow):
                bad.append(row)
                continue
            yield row
            count += 1
            if count == limit:
                return
    except (OSError, ValueError) as error:
        raise unreadable(file, error) from error


def _chain(first: Record, rest: Iterator[Record]) -> Iterator[Record]:
    yield first
    yield from rest


def print_table(console: Console, outcomes: Tally[str], solutions: int, seconds: float) -> None:
    """How many blocks came out how, and the share that is consistent with what was recorded."""
    from rich.table import Table

    from mathcoder.solving.replay import CONSISTENT, OUTCOMES

    blocks = sum(outcomes.values())
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("what came out")
    table.add_column("blocks", justify="right")
    table.add_column("share", justify="right")
    for outcome in OUTCOMES:
        if count := outcomes[outcome]:
            style = "green" if outcome in CONSISTENT else "dim" if outcome == "not recorded" else "yellow"
            table.add_row(outcome, f"{count:,}", f"{count / blocks:.2%}", style=style)
    console.print(table)
    recorded = blocks - outcomes["not recorded"]
    consistent = sum(outcomes[outcome] for outcome in CONSISTENT)
    share = f"{consistent / recorded:.2%}" if recorded else "none recorded"
    console.print(
        f"{solutions:,} solutions, {blocks:,} blocks in {seconds:.1f} s "
        f"({blocks / max(seconds, 1e-9):.0f} a second); "
        f"consistent with what was recorded: [bold]{share}[/bold]",
        highlight=False,
    )


def _print_difference(console: Console, name: str, comparison: Comparison) -> None:
    from rich.syntax import Syntax
    from rich.text import Text

    from mathcoder.cli.trace import printable
    from mathcoder.solving.text import shorten_middle

    console.print(Text(f"\n{printable(name)}, block {comparison.index}: {comparison.outcome}", style="bold"))
    console.print(Syntax(printable(shorten_middle(comparison.code, 800)), "python", background_color="default"))
    for label, text in (("recorded", comparison.recorded or ""), ("now", comparison.execution.shown)):
        console.print(
            Text(f"{label}: ", style="yellow"), Text(printable(shorten_middle(text.strip(), 400)) or "(nothing)")
        )
