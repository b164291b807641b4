"""Reproduce a published table from recorded outputs.

Every code block of the recorded solutions is executed again, every answer graded by the rule of the paper's code
and by our strict one, and the paper's table is printed beside both. OUTPUTS is the folder that the authors publish
(MODEL/BENCHMARK/..._test_result-....jsonl) or a file of trace rows. A run that was stopped goes on where it was.

    mathcoder reproduce mathcoder --outputs MathCoder/outs
    mathcoder reproduce mathcoder --outputs MathCoder/outs --limit 100
    mathcoder reproduce mathcoder --outputs traces.jsonl.gz --output runs/table --workers 8
"""

from __future__ import annotations

import enum
import json
import os
import time
from collections import Counter as Tally
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mathcoder.cli.common import Counter, Failure, Require, RequiredLevel, open_sandbox, say_rejected, unreadable

if TYPE_CHECKING:
    from rich.console import Console

    from mathcoder.evaluation import Reproduced, SetResult, Share


class Paper(enum.StrEnum):
    mathcoder = "mathcoder"


def command(
    paper: Annotated[Paper, typer.Argument(help="Whose table.")],
    outputs: Annotated[Path, typer.Option(help="The recorded outputs, a folder or a file.")],
    limit: Annotated[
        int | None,
        typer.Option(help="Only the first N solutions of each model and benchmark.", metavar="N", min=1),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="The run's folder; default: runs/reproduce-PAPER.", metavar="DIR")
    ] = None,
    timeout: Annotated[
        float,
        typer.Option(
            help="Seconds of processor time that a block may take. The authors' code waits 6 s.", min=0.01
        ),
    ] = 5.0,
    workers: Annotated[
        int | None, typer.Option(help="Solutions at once; default: all cores.", metavar="N", min=1)
    ] = None,
    require: Require = RequiredLevel.rlimits,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    from rich.console import Console

    from mathcoder.evaluation import Reproduced, read_outputs, reproduce, summarise
    from mathcoder.grading import Grader
    from mathcoder.runs import RowLog
    from mathcoder.sandbox import Limits, SandboxError

    console = Console(stderr=as_json)
    folder = output or Path(f"runs/reproduce-{paper.value}")
    with Counter(console, f"reading {outputs}"):
        try:
            sets, bad, digest = read_outputs(outputs, limit, folder)
        except (OSError, ValueError) as error:
            raise unreadable(outputs, error) from error
    total = sum(len(output_set.solutions) for output_set in sets)
    key = {"paper": paper.value, "outputs": digest, "limit": limit, "timeout": timeout}
    try:
        log = RowLog(folder / "rows.jsonl", key)
    except OSError as error:
        raise Failure(
            f"{folder}: {error.strerror or error}; give --output a folder that can be written"
        ) from error
    except ValueError as error:
        raise Failure(str(error), 2) from error
    say_rejected(console, outputs, bad, folder / "rejected.jsonl")
    start, before = time.perf_counter(), len(log.done)
    if before:
        console.print(f"{before:,} of {total:,} solutions were done before", style="dim", highlight=False)
    with log:
        if before < total:
            try:
                with (
                    open_sandbox(Limits(timeout=timeout, clock="processor"), require, workers) as sandbox,
                    Grader(workers=workers) as grader,
                    Counter(console, "starting the sandbox") as counter,
                ):
                    for row in reproduce(sets, sandbox, grader, skip=log.done, workers=workers, timeout=timeout):
                        log.append(row.to_json())
                        counter.say(f"{len(log.done):,} of {total:,} solutions")
            except SandboxError as error:
                raise Failure(f"{error}; the same command goes on where this one stopped") from error
            except OSError as error:
                raise Failure(
                    f"{log.path}: {error.strerror or error}; make room and give the command again"
                ) from error
        ids = [row.id for output_set in sets for row in output_set.solutions]
        rows = [Reproduced.from_json(row) for row in log.finish(ids)]
    results = summarise(sets, rows)
    seconds = time.perf_counter() - start
    summary = {"key": key, "sets": [result.to_json() for result in results], "differences": differences(rows)}
    _write(folder / "summary.json", json.dumps(summary, indent=1) + "\n")
    if as_json:
        print(json.dumps(summary | {"seconds": round(seconds, 3)}))
        return 0
    print_results(console, results)
    _print_differences(console, rows)
    done = len(rows) - before
    console.print(
        f"\n{done:,} solutions in {seconds:.1f} s on {workers or len(os.sched_getaffinity(0))} workers; "
        f"every row is in {folder / 'rows.jsonl'}",
        highlight=False,
    )
    return 0


def differences(rows: list[Reproduced]) -> dict[str, int]:
    """How many rows the two rules grade otherwise, by class."""
    from mathcoder.evaluation import explain

    classes = Tally(why for row in rows if (why := explain(row)))
    return dict(sorted(classes.items(), key=lambda item: (-item[1], item[0])))


def _write(path: Path, text: str) -> None:
    from mathcoder.files import written_aside

    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8")


def print_results(console: Console, results: list[SetResult]) -> None:
    """The table: the paper's figure beside what comes out here. A set that is a part is not given as accuracy."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("benchmark")
    table.add_column("model")
    for name in ("n", "paper", "label", "their rule", "strict", "±", "executions same"):
        table.add_column(name, justify="right")
    for result in results:
        if result.partial:
            continue
        low, high = result.ours.interval()
        published = "" if result.published is None else f"{result.published:.1f}"
        table.add_row(
            result.benchmark,
            result.model,
            f"{result.ours.total:,}",
            published,
            _percent(result.recorded),
            _percent(result.theirs),
            f"[bold]{_percent(result.ours)}[/bold]",
            f"{50 * (high - low):.1f}",
            _percent(result.executions, 2),
        )
    if table.row_count:
        console.print(table)
    for result in results:
        if result.partial:
            console.print(
                f"{result.benchmark} of {result.model} ({result.partial}, no accuracy): of {result.ours.total:,} "
                f"{result.theirs.count:,} right by their rule, {result.ours.count:,} by the strict one; "
                f"executions same {_percent(result.executions, 2)}%",
                style="dim",
                highlight=False,
            )
    agree = sum(result.label_agrees.count for result in results)
    of = sum(result.label_agrees.total for result in results)
    if of:
        console.print(
            f"\nThe recorded label comes out again under their rule on {agree:,} of {of:,} rows.", highlight=False
        )
    console.print(
        "paper: the published accuracy in percent. label: as recorded with these rows. "
        "±: half of the 95% interval of strict.",
        style="dim",
        highlight=False,
    )


def _percent(share: Share, places: int = 1) -> str:
    return f"{100 * share.value:.{places}f}" if share.total else ""


def _print_differences(console: Console, rows: list[Reproduced]) -> None:
    from rich.table import Table
    from rich.text import Text

    from mathcoder.cli.trace import printable
    from mathcoder.evaluation import explain

    classes: dict[str, list[Reproduced]] = {}
    for row in rows:
        if why := explain(row):
            classes.setdefault(why, []).append(row)
    if not classes:
        return
    count = sum(map(len, classes.values()))
    console.print(f"\nThe two rules differ on {count:,} of {len(rows):,} rows:", style="bold", highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("rows", justify="right")
    for name in ("strict says", "why", "for example"):
        table.add_column(name)
    for why, found in sorted(classes.items(), key=lambda item: -len(item[1])):
        first = min(found, key=lambda row: len(row.completion) + len(row.reference))
        verdict = {True: "right", False: "wrong", None: "no grade"}[first.ours]
        answer, reference = (printable(text)[:40] for text in (first.answer or first.completion, first.reference))
        table.add_row(str(len(found)), verdict, why, Text(f"{answer}  for  {reference}"))
    console.print(table)
