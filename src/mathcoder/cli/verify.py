"""Execute everything in a dataset again and tell what no longer holds.

DATASET (.jsonl, .json, also .gz, or .parquet) has solutions with recorded outputs, as MathCoder, ToRA,
OpenMathInstruct and others publish them, or computations with their results, as MathCoder2 has them. The shape of
a row says which. A certificate tells what the dataset was and what came out; --check holds the dataset against one
and ends with 1 if it does not agree.

    mathcoder verify examples/data/mathcoder_l70b.jsonl
    mathcoder verify solutions.jsonl.gz --output verified.jsonl --certificate solutions.certificate.json
    mathcoder verify solutions.jsonl.gz --check solutions.certificate.json
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mathcoder.cli.common import Counter, Failure, Require, RequiredLevel, open_sandbox, say_rejected, unreadable

if TYPE_CHECKING:
    from rich.console import Console

    from mathcoder.evaluation.reexecute import Checked
    from mathcoder.rows import BadRow
    from mathcoder.runs import RowLog
    from mathcoder.verification.certificate import Certificate, Notary
    from mathcoder.verification.dataset import DataRow


def command(
    dataset: Annotated[Path, typer.Argument(help="Solutions or computations.")],
    output: Annotated[
        Path | None,
        typer.Option(help="A .jsonl file for every row with its verdict; goes on after a kill.", metavar="FILE"),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="Where the certificate goes, a .json file.", metavar="FILE")
    ] = None,
    check: Annotated[
        Path | None, typer.Option(help="A certificate; its limits and number of rows are taken.", metavar="FILE")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first N rows.", metavar="N", min=1)] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            help="Seconds of processor time for each piece of code; default: 10.", metavar="SECONDS", min=0.01
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Pieces of code at once; default: all cores.", metavar="N", min=1)
    ] = None,
    show: Annotated[int, typer.Option(help="Show N rows that no longer hold.", metavar="N", min=0)] = 3,
    rejected: Annotated[
        Path | None,
        typer.Option(help="Where rows that cannot be read go; default: DATASET.rejected.jsonl, here."),
    ] = None,
    require: Require = RequiredLevel.rlimits,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    from rich.console import Console

    from mathcoder.sandbox import Limits, SandboxError
    from mathcoder.verification.certificate import Certificate
    from mathcoder.verification.dataset import read_dataset

    console = Console(stderr=as_json, highlight=False)
    try:
        read_dataset(dataset)
        dataset.open("rb").close()
    except (OSError, ValueError) as error:
        raise unreadable(dataset, error) from error
    try:
        then = None if check is None else Certificate.read(check)
    except (OSError, ValueError) as error:
        raise unreadable(check or dataset, error) from error
    first = limit if limit is not None or then is None else then.first
    limits = Limits(timeout=timeout or _seconds(then), clock="processor")
    job = _Job(dataset, first, limits, workers, require, output)
    try:
        if output is not None and output.resolve() == dataset.resolve():
            raise Failure("--output is the dataset itself; name another file", 2)
        found = job.run(console, show)
        say_rejected(console, dataset, found.bad, rejected)
        if not found.certificate.rows:
            raise Failure(f"{dataset}: no row with a solution or a computation could be read from it")
        if certificate is not None:
            _write(found.certificate, certificate)
    except SandboxError as error:
        raise Failure(f"{error}; `mathcoder doctor` tells more") from error
    differences = [] if then is None else then.differences(found.certificate)
    others = [] if then is None else then.other_versions(found.certificate)
    if as_json:
        _print_json(dataset, found, None if then is None else not differences, [*differences, *others])
        return 1 if differences else 0
    _print(console, found)
    if then is not None:
        _print_check(console, check, differences, others)
    return 1 if differences else 0


def _seconds(then: Certificate | None) -> float:
    seconds = 10.0 if then is None else then.limits.get("timeout")
    if not isinstance(seconds, (int, float)) or not 0 < seconds < 1e6:
        raise Failure(f"the certificate's time limit is {seconds!r}; give --timeout", 2)
    return float(seconds)


def _write(certificate: Certificate, path: Path) -> None:
    try:
        certificate.write(path)
    except OSError as error:
        reason = error.strerror or error
        raise Failure(f"{path}: {reason}; give --certificate a file that can be written") from error


@dataclass(slots=True)
class _Found:
    """What came out."""

    certificate: Certificate
    bad: list[BadRow]
    shown: list[Checked]
    seconds: float
    before: int = 0  # rows that were done before the command was stopped


@dataclass(slots=True)
class _Job:
    """One dataset and how it is executed."""

    dataset: Path
    first: int | None
    limits: Any
    workers: int | None
    require: RequiredLevel
    output: Path | None
    bad: list[BadRow] = field(default_factory=list["BadRow"])

    def run(self, console: Console, show: int) -> _Found:
        from mathcoder.evaluation.reexecute import HOLDS, SILENT
        from mathcoder.verification.certificate import Notary

        asked = {"timeout": self.limits.timeout, "memory": self.limits.memory, "clock": self.limits.clock}
        notary = Notary(self.dataset.name, asked, self.first)
        shown: list[Checked] = []
        start = time.perf_counter()
        with ExitStack() as stack:
            log = stack.enter_context(self._log(asked)) if self.output else None
            before = len(log.done) if log else 0
            counter = stack.enter_context(Counter(console, "starting the sandbox"))
            for number, checked in enumerate(self._checked(log, notary), start=1):
                if checked.verdict not in HOLDS | SILENT and len(shown) < show:
                    shown.append(checked)
                if number % 20 == 0:
                    counter.say(f"{number:,}{f' of {self.first:,}' if self.first else ''} rows executed")
            found = _Found(notary.certificate(), self.bad, shown, time.perf_counter() - start, before)
            if log is not None and found.certificate.rows:
                self._write(log)
        return found

    def _checked(self, log: RowLog | None, notary: Notary) -> Iterator[Checked]:
        """Every row that can be read, its verdict noted."""
        from mathcoder.evaluation.reexecute import reexecute
        from mathcoder.rows import BadRow
        from mathcoder.verification import Verifier

        with (
            open_sandbox(self.limits, self.require, self.workers) as sandbox,
            Verifier(workers=self.workers, timeout=self.limits.timeout, sandbox=sandbox) as verifier,
        ):
            done = dict(log.done) if log else None
            for item in reexecute(self._rows(), verifier, sandbox, workers=self.workers, done=done):
                if isinstance(item, BadRow):
                    self.bad.append(replace(item, file=str(self.dataset)))
                    notary.reject()
                    continue
                notary.add(item.row.canonical, item.verdict)
                if log is not None and item.row.sha256 not in log.done:
                    log.append(item.kept())
                yield item

    def _rows(self) -> Iterator[DataRow | BadRow]:
        from mathcoder.verification.dataset import read_dataset

        try:
            yield from islice(read_dataset(self.dataset), self.first)
        except (OSError, ValueError) as error:
            raise unreadable(self.dataset, error) from error

    def _log(self, asked: dict[str, Any]) -> RowLog:
        """What is done, beside the output, until all is."""
        from mathcoder.runs import RowLog
        from mathcoder.verification.certificate import versions

        assert self.output is not None
        path = self.output.with_name(f"{self.output.name}.partial")
        try:
            return RowLog(path, {"kind": "verify", "limits": asked, "versions": versions()})
        except (OSError, ValueError) as error:
            raise unreadable(path, error) from error

    def _write(self, log: RowLog) -> None:
        """Every row with its verdict, in order, whole or not at all; the log is not needed any more."""
        from mathcoder.files import written_aside
        from mathcoder.rows import BadRow

        assert self.output is not None
        try:
            with written_aside(self.output) as aside, aside.open("w", encoding="utf-8") as target:
                for row in self._rows():
                    if not isinstance(row, BadRow) and (outcome := log.done.get(row.sha256)):
                        told = {key: value for key, value in outcome.items() if key != "id"}
                        print(json.dumps(row.value | told, ensure_ascii=False, default=str), file=target)
        except OSError as error:
            reason = error.strerror or error
            raise Failure(f"{self.output}: {reason}; give --output a file that can be written") from error
        log.close()
        log.path.unlink(missing_ok=True)


# What is printed.


def _print_json(dataset: Path, found: _Found, agrees: bool | None, differences: list[str]) -> None:
    from mathcoder.evaluation.reexecute import HOLDS

    verdicts = found.certificate.verdicts
    summary: dict[str, Any] = {
        "file": str(dataset),
        "rows": found.certificate.rows,
        "rejected": found.certificate.rejected,
        "hold": sum(count for verdict, count in verdicts.items() if verdict in HOLDS),
        "verdicts": verdicts,
        "certificate": found.certificate.to_json(),
        "seconds": round(found.seconds, 3),
    }
    if agrees is not None:
        summary |= {"agrees": agrees, "differences": differences}
    print(json.dumps(summary, ensure_ascii=False))


def _print(console: Console, found: _Found) -> None:
    from rich.table import Table

    from mathcoder.evaluation.reexecute import HOLDS, SILENT, VERDICTS

    verdicts, rows = found.certificate.verdicts, found.certificate.rows
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("verdict")
    table.add_column("rows", justify="right")
    table.add_column("share", justify="right")
    for verdict in VERDICTS:
        if count := verdicts.get(verdict, 0):
            style = "green" if verdict in HOLDS else "dim" if verdict in SILENT else "yellow"
            table.add_row(verdict, f"{count:,}", f"{count / rows:.2%}", style=style)
    console.print(table)
    for checked in found.shown:
        _print_row(console, checked)
    if found.shown:
        console.print()
    told = rows - sum(verdicts.get(verdict, 0) for verdict in SILENT)
    hold = sum(verdicts.get(verdict, 0) for verdict in HOLDS)
    share = f"[bold]{hold:,} of {told:,}[/bold] rows hold ({hold / told:.2%})" if told else "no row can be checked"
    rate = (rows - found.before) / max(found.seconds, 1e-9)
    again = f", {found.before:,} were done before" if found.before else ""
    console.print(f"{share}; {rows:,} rows in {found.seconds:.1f} s ({rate:,.0f} a second){again}")
    digests = found.certificate
    console.print(f"rows {digests.rows_sha256[:16]}, verdicts {digests.verdicts_sha256[:16]}", style="dim")


def _print_check(console: Console, check: Path | None, differences: list[str], others: list[str]) -> None:
    from rich.text import Text

    if differences:
        console.print(Text(f"the dataset does not agree with {check}:", style="bold red"))
    else:
        console.print(Text(f"the dataset agrees with {check}", style="bold green"))
    for line in [*differences, *others]:
        console.print(Text(f"  {line}", style="red" if line in differences else "dim"))


def _print_row(console: Console, checked: Checked) -> None:
    from rich.syntax import Syntax
    from rich.text import Text

    from mathcoder.cli.readable import readable
    from mathcoder.cli.trace import printable
    from mathcoder.solving.text import shorten_middle

    name = str(checked.row.value.get("id", f"row {checked.row.line}"))
    console.print(Text(f"\n{printable(name)}: {checked.verdict}", style="bold"))
    part: dict[str, Any] = next(part for part in checked.parts if part["verdict"] == checked.verdict)
    if "stated" in part:
        console.print(Text(printable(readable(part["stated"]))))
    if checked.reason:
        console.print(Text(printable(checked.reason), style="yellow"))
    code = part.get("code", "")
    if code:
        code = printable(shorten_middle(code.strip("\n"), 800))
        console.print(Syntax(code, "python", background_color="default", word_wrap=True))
    for key in ("recorded", "now"):
        if key in part:
            text = printable(shorten_middle(part[key], 400)) or "(nothing)"
            console.print(Text.assemble((f"{key}: ", "yellow"), text))
