"""What a corpus came to: rows from stage to stage, tokens by source and form, verdicts, the licence.

RUN is a folder of `mathcoder corpus build`, finished or not; nothing in it is changed.

    mathcoder corpus stats runs/corpus
    mathcoder corpus stats runs/corpus --json | jq .sources
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mathcoder.cli.common import Failure

if TYPE_CHECKING:
    from rich.console import Console

    from mathcoder.corpus.contents import Contents, Held
    from mathcoder.publishing.look import StagedRun

_REASONS = 4  # of a stage that are shown
_STYLES = {"verified": "green", "mismatch": "red", "error": "red"}  # the others: yellow


def command(
    run: Annotated[Path, typer.Argument(help="The run's folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    from rich.console import Console

    from mathcoder.corpus.contents import contents_of
    from mathcoder.publishing.look import StagedRun

    try:
        found = StagedRun(run, "corpus")
        last = found.stage("mix")
        contents = contents_of(last.data) if last else None
        verdicts = _verdicts(found)
    except (OSError, ValueError) as failure:
        raise Failure(str(failure), 2) from failure
    facts: dict[str, Any] = {
        "run": str(run),
        "finished": bool(found.dataset),
        "stages": [
            {
                "stage": stage.name,
                "rows_in": stage.rows_in,
                "kept": stage.kept,
                "dropped": dict(stage.dropped),
                "seconds": stage.seconds,
            }
            for stage in found.stages
        ],
        "verdicts": dict(verdicts),
        **(_counted(contents) if contents else {}),
    }
    if as_json:
        # JSON escapes all that could drive a terminal but this one.
        print(json.dumps(facts).replace("\x7f", "\\u007f"))
        return 0
    console = Console(highlight=False)
    _print_stages(console, found)
    if contents:
        _print_held(console, "source", contents.sources, contents.whole)
        _print_held(console, "form", contents.forms, contents.whole)
    if verdicts:
        total = verdicts.total()
        rows = ([name, f"{count:,}", f"{count / total:.1%}"] for name, count in verdicts.most_common())
        _table(console, ("verdict", "computations", "share"), rows, _STYLES)
    if contents:
        _print_licence(console, facts["licence"])
    if not found.dataset:
        _say(console, "not finished: the command that started it goes on from there", "yellow")
    return 0


def _verdicts(run: StagedRun) -> Counter[str]:
    """Of all computations that were verified, also those that were not kept."""
    from mathcoder.publishing.look import rows

    stage = run.stage("verify")
    verdicts: Counter[str] = Counter()
    for row in rows(stage.data, ["computations.verdict"]) if stage else ():
        verdicts.update(str(computation["verdict"]) for computation in row["computations"] or ())
    return verdicts


def _counted(contents: Contents) -> dict[str, Any]:
    from dataclasses import asdict

    from mathcoder.publishing.licences import LicenceConflict, licence_of_whole

    licence: dict[str, Any] = {
        "stated": [
            {"licence": name, "tokens": tokens}
            for name, tokens in Counter(contents.tokens_by_licence).most_common()
        ]
    }
    try:
        licence |= asdict(licence_of_whole(contents.tokens_by_licence))
    except LicenceConflict as conflict:
        licence |= {"licence": None, "conflict": str(conflict)}
    return {
        **asdict(contents.whole),
        "sources": {name: asdict(held) for name, held in contents.sources.items()},
        "forms": {name: asdict(held) for name, held in contents.forms.items()},
        "languages": dict(contents.languages),
        "translators": dict(contents.translators),
        "licence": licence,
    }


def _print_stages(console: Console, run: StagedRun) -> None:
    rows: list[list[str]] = []
    for stage in run.stages:
        reasons = sorted(stage.dropped.items(), key=lambda item: -item[1])
        shown = [f"{reason} {count:,}" for reason, count in reasons[:_REASONS]]
        if rest := sum(count for _, count in reasons[_REASONS:]):
            shown.append(f"{len(reasons) - _REASONS} other reasons {rest:,}")
        dropped = sum(stage.dropped.values())
        rows.append(
            [
                stage.name,
                f"{stage.rows_in:,}",
                f"{stage.kept:,}",
                f"{dropped:,}" if dropped else "-",
                f"{stage.seconds:,.1f} s",
                ", ".join(shown),
            ]
        )
    _table(console, ("stage", "rows in", "kept", "dropped", "time", "for"), rows, last_left=True)


def _print_held(console: Console, what: str, parts: Mapping[str, Held], whole: Held) -> None:
    rows = [
        [name, *_held(held), f"{held.tokens / max(1, whole.tokens):.1%}"]
        for name, held in sorted(parts.items(), key=lambda item: -item[1].tokens)
    ]
    _table(
        console,
        (what, "documents", "rows", "tokens", "share of tokens"),
        [*rows, ["all", *_held(whole), "100.0%"]],
    )


def _held(held: Held) -> list[str]:
    return [f"{held.documents:,}", f"{held.rows:,}", f"{held.tokens:,}"]


def _print_licence(console: Console, licence: Mapping[str, Any]) -> None:
    if conflict := licence.get("conflict"):
        _say(console, f"Licence of the whole: none; {conflict}", "red")
        return
    _say(console, f"Licence of the whole: {licence['name']}", "bold")
    for condition in licence["conditions"]:
        _say(console, f"  {condition}")


def _table(
    console: Console,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    styles: Mapping[str, str] | None = None,
    last_left: bool = False,
) -> None:
    """A table, its first column text and the others numbers. No cell is read as markup."""
    from rich.table import Table
    from rich.text import Text

    from mathcoder.cli.trace import printable

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    for place, name in enumerate(head):
        left = place == 0 or (last_left and place == len(head) - 1)
        table.add_column(name, justify="left" if left else "right", no_wrap=not left, overflow="fold")
    for row in rows:
        style = (styles or {}).get(row[0], "yellow" if styles else "")
        table.add_row(*(Text(printable(" ".join(cell.split())), style=style) for cell in row))
    console.print(table)
    console.print()


def _say(console: Console, text: str, style: str = "") -> None:
    from rich.text import Text

    from mathcoder.cli.trace import printable

    console.print(Text(printable(text), style=style))
