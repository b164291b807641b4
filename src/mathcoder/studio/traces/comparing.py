"""Two runs problem by problem, from their indexes: the figures are `mathcoder.evaluation.compare`'s own."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from mathcoder.evaluation import EvalRow, Run, compare, mismatches
from mathcoder.studio.traces.index import TraceIndex
from mathcoder.studio.traces.source import json_file
from mathcoder.studio.traces.votes import light_rows

__all__ = ["KINDS", "Compared", "Comparisons", "compare_runs"]

Kind = Literal["fixed", "broken", "both wrong", "both right"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""What became of a problem: right in the second run only, in the first only, in none, in both."""

_CHARS = 300  # of a question or an answer in a list


@dataclass(frozen=True, slots=True)
class Pair:
    """A problem that both runs have: of each, the sample that it counts by."""

    kind: Kind
    first: EvalRow
    second: EvalRow

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values, its texts cut."""
        first, second = self.first, self.second
        return {
            "kind": self.kind,
            "benchmark": first.benchmark,
            "problem": first.problem,
            "question": first.question[:_CHARS],
            "reference": first.reference[:_CHARS],
            "same": (first.question, first.reference) == (second.question, second.reference),
            "first": _short(first),
            "second": _short(second),
        }


def _short(row: EvalRow) -> dict[str, Any]:
    answer = None if row.answer is None else row.answer[:_CHARS]
    return {"id": row.id, "answer": answer, "outcome": row.outcome}


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison: its figures, by benchmark and over all, what the runs differ in, and its problems."""

    figures: tuple[dict[str, Any], ...]
    mismatches: tuple[dict[str, str], ...]
    pairs: tuple[Pair, ...]

    def page(
        self, kinds: Sequence[str], benchmark: str | None, text: str, start: int, count: int
    ) -> dict[str, Any]:
        """Some of the problems, in the order of the first run, and how many there are of each kind.

        Args:
            kinds: of `KINDS`; all if empty.
            text: what occurs in the question or the name of the problem, in whatever case.
        """
        text = text.strip().casefold()
        among = [
            pair
            for pair in self.pairs
            if (benchmark is None or pair.first.benchmark == benchmark)
            and (not text or text in pair.first.question.casefold() or text in pair.first.problem.casefold())
        ]
        counts = Counter(pair.kind for pair in among)
        shown = [pair for pair in among if not kinds or pair.kind in kinds]
        return {
            "total": len(shown),
            "kinds": {kind: counts[kind] for kind in KINDS},
            "pairs": [pair.to_json() for pair in shown[start : start + count]],
        }


def compare_runs(first: TraceIndex, second: TraceIndex) -> Compared:
    """What the second run changed.

    Raises:
        ValueError: the runs have no problem in common, or one cannot be read; one line.
    """
    (one, ours), (other, theirs) = _light_run(first), _light_run(second)
    found = compare(one, other)
    fixed, broken = ({(change.benchmark, change.problem) for change in changes} for changes in _changed(found))
    pairs: list[Pair] = []
    for key, before in ours.items():
        if (after := theirs.get(key)) is not None:
            unchanged = "both right" if before.correct is True else "both wrong"
            kind: Kind = "fixed" if key in fixed else "broken" if key in broken else unchanged
            pairs.append(Pair(kind, before, after))
    return Compared(
        figures=tuple(_figures(comparison.to_json()) for comparison in found),
        mismatches=tuple(asdict(mismatch) for mismatch in mismatches(one, other)),
        pairs=tuple(pairs),
    )


def _changed(found: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """The changes of all benchmarks; the last entry of several is over all of them."""
    return [change for one in found for change in one.fixed], [change for one in found for change in one.broken]


def _figures(comparison: dict[str, Any]) -> dict[str, Any]:
    return comparison | {name: len(comparison[name]) for name in ("fixed", "broken")}


def _light_run(index: TraceIndex) -> tuple[Run, dict[tuple[str, str], EvalRow]]:
    """A run without its solutions, and of each problem the sample that it counts by."""
    with index.reading() as base:
        rows = light_rows(base)
        chosen = {place for (place,) in base.execute("SELECT place FROM rows WHERE chosen")}
    run = Run(index.folder, json_file(index.folder / "run.json"), tuple(row for _, row in rows))
    return run, {(row.benchmark, row.problem): row for place, row in rows if place in chosen}


class Comparisons:
    """The last few comparisons, made one at a time in the background: those of large runs take seconds."""

    _MOST = 4

    def __init__(self) -> None:
        self._pool, self._lock = ThreadPoolExecutor(1, "comparison"), threading.Lock()
        self._known = OrderedDict[tuple[Path, Path], tuple[tuple[int, int], Future[Compared]]]()

    def of(self, first: TraceIndex, second: TraceIndex, versions: tuple[int, int], wait: float) -> Compared | None:
        """A comparison; None while it is being made. While runs grow it may be of the versions before.

        Args:
            versions: of the two indexes.
            wait: seconds for which it is waited for.

        Raises:
            ValueError: as `compare_runs`.
        """
        key = first.path, second.path
        with self._lock:
            known = self._known.get(key)
            if known is None or (known[0] != versions and known[1].done()):
                known = versions, self._pool.submit(compare_runs, first, second)
            self._known[key] = known
            self._known.move_to_end(key)
            while len(self._known) > self._MOST:
                self._known.popitem(last=False)
        try:
            return known[1].result(wait)
        except TimeoutError:
            return None
