"""Shows computations on a terminal: where each stands, what it states, its code, its verdict; then a summary."""

from __future__ import annotations

import bisect
import re
import time
from collections import Counter

from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from mathcoder.cli.readable import readable
from mathcoder.cli.trace import printable
from mathcoder.computation import Computation
from mathcoder.solving.text import shorten_middle
from mathcoder.translation import Translation
from mathcoder.verification import VERDICTS, Verification

__all__ = ["Shown"]

_STYLES = {"verified": "green", "mismatch": "red", "error": "red"}  # the others: yellow
_CODE = 1500  # characters of a program that are shown
_REASONS = 8  # rows of what was skipped
_DETAILS = 6  # of each
_COUNT = 14  # characters for how many, and the space around
_ENOUGH = 10_000  # bytes from which on a rate says something


class Shown:
    """Writes computations to a console and counts them. Their text is never read as markup.

    Args:
        console: where to.
        text: that they stand in.
    """

    def __init__(self, console: Console, text: str):
        self._console = console
        self._lines = [match.end() for match in re.finditer("\n", text)]
        self._verdicts: Counter[tuple[str, str]] = Counter()
        self._start = time.perf_counter()

    def count(self, computation: Computation, verification: Verification | None) -> None:
        """Take it into the summary."""
        self._verdicts[computation.kind, verification.verdict if verification else "found"] += 1

    def computation(self, computation: Computation, verification: Verification | None) -> None:
        """Place, kind and verdict; what is stated; the code; why it is not verified."""
        line = bisect.bisect_right(self._lines, computation.span[0]) + 1
        head = Text(f"line {line}", style="bold")
        head.append(f" · {printable(computation.kind)}", style="dim")
        if verification is not None:
            head.append(" · ", style="dim")
            head.append(verification.verdict, style=_STYLES.get(verification.verdict, "yellow"))
        self._console.print(head)
        stated = Text(printable(readable(computation.expression)), style="bold")
        stated.append(f" = {printable(readable(computation.result))}", style="bold")
        self._indented(stated)
        if computation.conditions:
            given = "; ".join(printable(readable(condition)) for condition in computation.conditions)
            self._indented(Text(f"where {given}", style="dim"))
        code = printable(shorten_middle(computation.code.strip("\n"), _CODE))
        self._indented(Syntax(code, "python", background_color="default", word_wrap=True), 4)
        if verification is not None and verification.verdict != "verified":
            self._indented(Text(printable(verification.reason), style=_STYLES.get(verification.verdict, "yellow")))
        self._console.print()

    def _indented(self, what: Text | Syntax, by: int = 2) -> None:
        """Without spaces at the ends of lines, which would be copied along."""
        options = self._console.options.update(width=max(20, self._console.width - by))
        for segments in self._console.render_lines(what, options, pad=False):
            line = Text(" " * by)
            for segment in segments:
                line.append(segment.text, segment.style)
            line.rstrip()
            self._console.print(line, soft_wrap=True)

    def summary(self, translation: Translation, dropped: tuple[str, ...], size: int, seconds: float) -> None:
        """Verdicts by kind, what was skipped by reason, and how long it took.

        Args:
            translation: all of it.
            dropped: what of the file could not be read.
            size: of the text, bytes.
            seconds: that translating it took.
        """
        total = self._verdicts.total()
        if total:
            self._console.print(self._by_kind())
            self._console.print()
        if translation.skipped:
            self._console.print(_skipped(translation, self._console.width))
            self._console.print()
        for line in dropped[:3]:
            self._console.print(Text(f"not read: {printable(line)}", style="yellow"))
        if len(dropped) > 3:
            self._console.print(Text(f"not read: {len(dropped) - 3} more", style="yellow"))
        found = len(translation.computations)
        rate = f" ({size / 1000 / max(seconds, 1e-9):,.0f} kB/s)" if size >= _ENOUGH else ""
        spent = f"{size / 1000:,.1f} kB translated in {seconds:.2f} s{rate}"
        verified = sum(count for (_, verdict), count in self._verdicts.items() if verdict == "verified")
        if any(verdict != "found" for _, verdict in self._verdicts):
            taken = time.perf_counter() - self._start
            spent += (
                f", {total:,} verified in {taken:.1f} s" if total != verified else f", verified in {taken:.1f} s"
            )
            head = f"{verified:,} of {total:,} computations verified ({verified / total:.0%})"
        else:
            head = f"{found:,} computation{'' if found == 1 else 's'}"
        rest = f"; {found - total:,} more were not looked at" if found > total else ""
        self._console.print(Text(f"{head}{rest}", style="bold"))
        self._console.print(Text(spent, style="dim"))

    def _by_kind(self) -> Table:
        verdicts = [name for name in ("found", *VERDICTS) if any(name == one for _, one in self._verdicts)]
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("kind")
        for verdict in verdicts:
            table.add_column(verdict, justify="right", style=_STYLES.get(verdict, ""))
        totals = Counter[str]()
        for (kind, _), count in self._verdicts.items():
            totals[kind] += count
        for kind, _ in totals.most_common():
            counts = [self._verdicts[kind, verdict] for verdict in verdicts]
            table.add_row(Text(printable(kind)), *(f"{count:,}" if count else "" for count in counts))
        if len(totals) > 1:
            sums = [sum(self._verdicts[kind, verdict] for kind in totals) for verdict in verdicts]
            table.add_row("all", *(f"{count:,}" for count in sums), style="bold")
        return table


def _skipped(translation: Translation, width: int) -> Table:
    """Reasons with how often, the most frequent first, and their most frequent details."""
    reasons: dict[str, Counter[str]] = {}
    for skip in translation.skipped:
        reason, _, detail = skip.reason.partition(": ")
        reasons.setdefault(reason, Counter())[detail] += 1
    ordered = sorted(reasons.items(), key=lambda item: -item[1].total())
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("skipped", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("", style="dim", no_wrap=True)
    names = [Text(printable(reason)) for reason, _ in ordered[:_REASONS]]
    for name in names:
        name.truncate(max(10, width // 2), overflow="ellipsis")
    room = width - max(len("other reasons"), *map(len, names)) - _COUNT
    for name, (_, details) in zip(names, ordered, strict=False):
        several = ", ".join(f"{detail} {count:,}" for detail, count in details.most_common(_DETAILS) if detail)
        told = Text(printable(several))
        told.truncate(max(0, room), overflow="ellipsis")
        table.add_row(name, f"{details.total():,}", told)
    if rest := sum(details.total() for _, details in ordered[_REASONS:]):
        table.add_row("other reasons", f"{rest:,}", "")
    return table
