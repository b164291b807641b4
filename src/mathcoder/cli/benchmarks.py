"""List the benchmarks, or tell all about one: sizes, licence, how it is asked and graded, what others publish.

Of most sets the rows are not in the package. The column `here` says how many of the test can be had on this
machine, and from where: the package, or the folder that MATHCODER_DATA names.

    mathcoder benchmarks
    mathcoder benchmarks gsm8k
    mathcoder benchmarks math --json
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mathcoder.cli.common import Failure

if TYPE_CHECKING:
    from rich.console import Console

    from mathcoder.problems import Benchmark

_GRADED = {
    "number": "as a number",
    "math": "as a LaTeX expression",
    "choice": "as the letter of an option",
    "text": "as text",
    "mixed": "by its options where it has some, else as a number, an expression or text",
    "none": "by people: the set states no answers",
}


def command(
    name: Annotated[str | None, typer.Argument(help="A benchmark; default: list them all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    from mathcoder.problems import BENCHMARKS, BenchmarkError, find_benchmark

    try:
        chosen = [find_benchmark(name)] if name is not None else list(BENCHMARKS.values())
        found = [_facts(benchmark) for benchmark in chosen]
        example = _example(chosen[0]) if name is not None else None
    except BenchmarkError as error:
        raise Failure(str(error), 2) from error
    if as_json:
        print(json.dumps(found if name is None else found[0] | {"example": example}, ensure_ascii=False, indent=2))
        return 0
    from rich.console import Console

    console = Console(highlight=False)
    if name is None:
        _print_table(console, found)
    else:
        _print_one(console, found[0], example)
    return 0


def _facts(benchmark: Benchmark) -> dict[str, Any]:
    """All that is known of it, as JSON values."""
    from dataclasses import asdict

    from mathcoder.problems import rows_here

    here = {split: {"rows": rows, "from": source} for split, (rows, source) in rows_here(benchmark).items()}
    hub = benchmark.hub
    return {
        "name": benchmark.name,
        "title": benchmark.title,
        "about": benchmark.about,
        "paper": benchmark.paper,
        "licence": benchmark.licence,
        "languages": list(benchmark.languages),
        "kind": benchmark.kind,
        "instruction": benchmark.instruction,
        "sizes": dict(benchmark.sizes),
        "here": here,
        "hub": hub and {"name": hub.name, "configs": [c for c in hub.configs if c], "splits": dict(hub.splits)},
        "published": [asdict(figure) for figure in benchmark.published],
    }


def _example(benchmark: Benchmark) -> dict[str, str] | None:
    """The first problem that is here, as it is asked."""
    from mathcoder.problems import load, rows_here

    here = rows_here(benchmark)
    if not here:
        return None
    split = "test" if "test" in here else next(iter(here))
    (problem,) = load(benchmark, split, limit=1)
    return {"id": problem.id, "asked": benchmark.ask(problem), "answer": problem.answer}


def _print_table(console: Console, found: list[dict[str, Any]]) -> None:
    from rich.table import Table

    gap = 1 if console.width < 100 else 3
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="bold")
    for column in ("name", "kind", "test", "here", "from", "splits", "licence"):
        table.add_column(column, justify="right" if column in ("test", "here") else "left")
    for facts in found:
        here = facts["here"].get("test")
        cells = (
            facts["name"],
            facts["kind"],
            f"{facts['sizes']['test']:,}",
            f"{here['rows']:,}" if here else "-",
            here["from"] if here else "hub" if facts["hub"] else "",
            " ".join(facts["sizes"]),
            facts["licence"],
        )
        table.add_row(*cells, style=None if here else "dim")
    console.print(table)
    total = sum(facts["here"]["test"]["rows"] for facts in found if "test" in facts["here"])
    console.print(f"{len(found)} benchmarks; {total:,} test rows here. Never train on test rows.")


def _print_one(console: Console, facts: dict[str, Any], example: dict[str, str] | None) -> None:
    from rich.table import Table
    from rich.text import Text

    console.print(Text(f"{facts['title']} ({facts['name']})", style="bold"))
    console.print(Text(facts["about"] + "\n"))
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for split, size in facts["sizes"].items():
        here = facts["here"].get(split)
        where = f"{here['rows']:,} here, from {here['from']}" if here else "none here"
        table.add_row(split, Text(f"{size:,} rows; {where}"))
    table.add_row("licence", Text(facts["licence"]))
    table.add_row("paper", Text(facts["paper"]))
    table.add_row("languages", Text(", ".join(facts["languages"])))
    table.add_row("hub", Text(facts["hub"]["name"] if facts["hub"] else "no data set known"))
    table.add_row("graded", Text(_GRADED[facts["kind"]]))
    console.print(table)
    if example:
        _print_example(console, example)
    if facts["published"]:
        figures = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("published", "%", "how", "where"):
            figures.add_column(column, justify="right" if column == "%" else "left", overflow="fold")
        for figure in facts["published"]:
            cells = (figure["model"], f"{figure['score']:.1f}", figure["setting"], figure["source"])
            figures.add_row(*map(Text, cells))
        console.print()
        console.print(figures)


def _print_example(console: Console, example: dict[str, str]) -> None:
    from rich.text import Text

    from mathcoder.cli.trace import printable

    console.print(Text(f"\nasked, {printable(example['id'])}", style="bold"))
    console.print(Text(printable(example["asked"])))
    console.print(Text.assemble(("answer ", "bold"), printable(example["answer"]) or "(none stated)"))
