"""Read documents of a corpus: the rows of the dataset, or what a stage kept or dropped, and why.

RUN is a folder of `mathcoder corpus build`, finished or not; nothing in it is changed. ID is that of a row or of
its document; a document that was dropped is shown with the reason.

    mathcoder corpus show runs/corpus --random
    mathcoder corpus show runs/corpus 0f3a9c2b71d84e6610a2b3c4
    mathcoder corpus show runs/corpus --source textbooks --form interleaved --limit 3
    mathcoder corpus show runs/corpus --rejected --reason "too short"
    mathcoder corpus show runs/corpus --stage verify --random --seed 7 --json
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from mathcoder.cli.common import Failure

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from mathcoder.publishing.look import FinishedStage, StagedRun

_AT_ONCE = 5  # rows that are shown where no limit is given
_MOST = 4_000  # characters of a text that are shown where no id is given
_FORMS = ("document", "steps", "interleaved")
_STYLES = {"verified": "green", "mismatch": "red", "error": "red"}  # the others: yellow


class _Place(NamedTuple):
    """Where a row is: the files that hold it, and what they are called."""

    name: str
    files: tuple[Path, ...]


class _Wanted(NamedTuple):
    """Which rows are asked for; None: any."""

    source: str | None
    form: str | None
    reason: str | None

    def takes(self, row: Mapping[str, Any]) -> bool:
        return (
            (self.source is None or row.get("source") == self.source)
            and (self.form is None or row.get("form") == self.form)
            and (self.reason is None or self.reason.casefold() in str(row.get("drop_reason") or "").casefold())
        )


def command(
    run: Annotated[Path, typer.Argument(help="The run's folder.")],
    name: Annotated[str | None, typer.Argument(help="The id of a row, or of a document.", metavar="ID")] = None,
    source: Annotated[str | None, typer.Option(help="Those of this source.", metavar="NAME")] = None,
    form: Annotated[
        str | None, typer.Option(help=f"Those in this form: {', '.join(_FORMS)}.", metavar="NAME")
    ] = None,
    rejected: Annotated[bool, typer.Option("--rejected", help="Those that were dropped.")] = False,
    stage: Annotated[
        str | None,
        typer.Option(help="Those that this stage kept, or dropped; default: the dataset.", metavar="NAME"),
    ] = None,
    reason: Annotated[
        str | None, typer.Option(help="Those that were dropped with this in the reason.", metavar="TEXT")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help=f"At most N rows; default: {_AT_ONCE}.", metavar="N", min=1)
    ] = None,
    at_random: Annotated[bool, typer.Option("--random", help="Any of them, not the first.")] = False,
    seed: Annotated[int | None, typer.Option(help="The same ones each time.", metavar="N")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one row a line, whole.")] = False,
) -> int:
    from rich.console import Console

    from mathcoder.publishing.look import StagedRun, rows_by_id

    if form is not None and form not in _FORMS:
        raise Failure(f"--form: {form!r} is none; give one of {', '.join(_FORMS)}", 2)
    wanted = _Wanted(source, form, reason)
    generator = random.Random(seed) if at_random or seed is not None else None
    try:
        found = StagedRun(run, "corpus")
        places = _places(found, stage, rejected or reason is not None)
        if name is not None:
            chosen, passed = _with_id(found, places, name, wanted)
        else:
            chosen, passed = _chosen(places, wanted, limit or _AT_ONCE, generator)
        shown = [
            (place, row)
            for place, ids in chosen
            for row in sorted(rows_by_id(place.files, ids).values(), key=lambda row: ids.index(row["id"]))
        ]
    except (OSError, ValueError) as failure:
        raise Failure(str(failure), 2) from failure
    if as_json:
        for place, row in shown:
            # JSON escapes all that could drive a terminal but this one.
            print(json.dumps({"in": place.name, **row}, default=str).replace("\x7f", "\\u007f"))
        return 0
    console = Console(highlight=False)
    for place, row in shown:
        _print_row(console, place.name, row, None if name is not None else _MOST)
    if not shown:
        names = " and ".join(place.name for place in places) or "the rejected ones, of which there are none,"
        _print(console, f"No row of {names} passes these filters.")
    elif name is None:
        more = "; --limit shows more" if len(shown) < passed else ""
        _print(console, f"{len(shown):,} of {passed:,} shown{more}.", "dim")
    return 0


# Which rows.


def _places(run: StagedRun, stage: str | None, rejected: bool) -> list[_Place]:
    if stage is None:
        if rejected:
            return [_dropped(each) for each in run.stages if each.dropped]
        if run.dataset:
            return [_Place("dataset", run.dataset)]
    if not run.stages:
        raise ValueError(f"{run.folder}: no stage is finished yet; wait for the first")
    there = run.stages[-1] if stage is None else run.stage(stage)
    if there is None:
        names = ", ".join(each.name for each in run.stages)
        raise ValueError(f"{run.folder}: no stage {stage!r} is finished; there are {names}")
    return [_dropped(there) if rejected else _Place(f"kept by {there.name}", there.data)]


def _dropped(stage: FinishedStage) -> _Place:
    return _Place(f"dropped by {stage.name}", stage.rejected)


def _with_id(
    run: StagedRun, places: Sequence[_Place], name: str, wanted: _Wanted
) -> tuple[list[tuple[_Place, list[str]]], int]:
    """The row, or the rows of the document; where it is nowhere in the places, where it was dropped."""
    from mathcoder.publishing.look import rows_by_id

    ids = [name, *(f"{name}.{form}" for form in _FORMS)]
    also = [_dropped(stage) for stage in run.stages if stage.dropped]
    for each in (places, also):
        found = [
            (place, there)
            for place in each
            if (there := sorted(key for key, row in rows_by_id(place.files, ids).items() if wanted.takes(row)))
        ]
        if found:
            return found, sum(len(there) for _, there in found)
    raise ValueError(f"{run.folder}: no row or document {name!r}; `mathcoder corpus show RUN --json` lists ids")


def _chosen(
    places: Sequence[_Place], wanted: _Wanted, limit: int, generator: random.Random | None
) -> tuple[list[tuple[_Place, list[str]]], int]:
    """The ids of so many rows, the first or any, and how many pass in all."""
    kept: list[tuple[_Place, str]] = []
    passed = 0
    for place, name in _passing(places, wanted):
        passed += 1
        if len(kept) < limit:
            kept.append((place, name))
        elif generator and (at := generator.randrange(passed)) < limit:  # each is kept with the same chance
            kept[at] = place, name
    return [(place, [name for there, name in kept if there is place]) for place in places], passed


def _passing(places: Sequence[_Place], wanted: _Wanted) -> Iterator[tuple[_Place, str]]:
    from mathcoder.publishing.look import rows

    for place in places:
        for row in rows(place.files, ["id", "source", "form", "drop_reason"]):
            if wanted.takes(row):
                yield place, row["id"]


# A row.


def _print_row(console: Console, place: str, row: Mapping[str, Any], most: int | None) -> None:
    from rich.rule import Rule

    from mathcoder.solving.text import shorten_middle

    console.print(Rule(_said(f"{row['id']} · {place}", "bold"), style="dim", align="left"))
    if row.get("drop_reason"):
        _print(console, str(row["drop_reason"]), "yellow")
    facts = [str(row[name]) for name in ("title", "source", "form") if row.get(name)]
    facts += [f"{row['tokens']:,} tokens"] if row.get("tokens") is not None else []
    facts += [f"{name} {row[name]}" for name in ("language", "licence") if row.get(name)]
    if row.get("recall_score") is not None:
        facts.append(f"recall score {row['recall_score']:.3f}")
    _print(console, " · ".join(facts), "dim")
    _print(console, str(row.get("url") or row.get("path") or ""), "dim")
    console.print()
    text = str(row.get("text") or "")
    _print(console, text if most is None else shorten_middle(text, most))
    console.print()
    if row.get("computations"):
        _print_computations(console, row)


def _print_computations(console: Console, row: Mapping[str, Any]) -> None:
    """A line each where their code is in the text; else also the code."""
    from mathcoder.cli.readable import readable

    if row.get("form"):
        for one in row["computations"]:
            line = _said(f"{one['verdict']} ", _STYLES.get(one["verdict"], "yellow"))
            line += _said(f"{readable(one['expression'] or '')} = {readable(one['result'] or '')}")
            line += _said(f" · {one['kind']} · {one['translator']} · {one['reason']}", "dim")
            console.print(line)
        console.print()
        return
    from mathcoder.cli.computations import Shown
    from mathcoder.computation import Computation
    from mathcoder.verification import Verification

    shown = Shown(console, str(row.get("text") or ""))
    for one in row["computations"]:
        parts = (tuple(one["conditions"] or ()), one["expression"] or "", one["result"] or "", one["code"] or "")
        computation = Computation(*parts, (one["start"] or 0, one["end"] or 0), one["kind"] or "")
        verdict = one.get("verdict")
        verification = Verification(verdict, one["output"] or "", one["reason"] or "") if verdict else None
        shown.computation(computation, verification)


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(_said(text, style))


def _said(text: str, style: str = "") -> Text:
    """Text that cannot drive the terminal and is not read as markup."""
    from rich.text import Text

    from mathcoder.cli.trace import printable

    return Text(printable(text), style=style)
