"""Items of benchmarks that were found in a run's rows: where, how much of each, and what the item asks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from mathcoder.publishing.look import FinishedStage, StagedRun, batches, rows
from mathcoder.publishing.page import short
from mathcoder.studio.corpora.places import signature

__all__ = ["Found", "evidence", "found_in", "question_of"]

_STAGES = ("contamination", "decontaminate")
_NAME, _SHORT, _PASSAGE = 400, 600, 8_000  # characters of an item's id, and of a passage
_MOST_IGNORED = 100


@dataclass(frozen=True, slots=True)
class Found:
    """An item in a text.

    Attributes:
        item: its id.
        start, end: characters of the text.
        share: of the item's n-grams.
        passage: what stands there.
        known: it still does: the text that is looked at was not cut.
    """

    item: str
    start: int
    end: int
    share: float
    passage: str
    known: bool

    def said(self) -> dict[str, Any]:
        """JSON values, with the item's question; null where the item is not in the package."""
        return {
            "item": short(self.item, _NAME),
            "share": self.share,
            "passage": short(self.passage, _PASSAGE),
            "known": self.known,
            "question": question_of(self.item),
        }


def _stage(run: StagedRun) -> tuple[FinishedStage, Path] | None:
    for name in _STAGES:
        stage = run.stage(name)
        table = stage.table("evidence") if stage else None
        if stage and table:
            return stage, table
    return None


def found_in(run: StagedRun, name: str, text: str) -> list[Found]:
    """What was found in a row.

    Args:
        name: its id, or that of its document.
        text: of the row as it is looked at.
    """
    if (there := _stage(run)) is None:
        return []
    dataset: Any = import_module("pyarrow.dataset")
    table = dataset.dataset(str(there[1]), format="parquet").to_table(filter=dataset.field("id") == name)
    found: list[Found] = []
    for row in table.to_pylist():
        start, end, passage = int(row["start"] or 0), int(row["end"] or 0), str(row["passage"])
        known = 0 <= start < end and text[start:end] == passage
        found.append(Found(str(row["item"]), start, end, float(row["share"] or 0), passage, known))
    return found


def evidence(run: StagedRun, benchmark: str | None, start: int, size: int) -> dict[str, Any]:
    """What was looked for, what was found, and some of the passages.

    Args:
        benchmark: only its items.
        start: passages that are left out before.
        size: passages at most.

    Raises:
        LookupError: the run has no such stage.
        ValueError: a file is not readable.
    """
    from mathcoder.instruct.report_contamination import looked_for

    if (there := _stage(run)) is None:
        raise LookupError("this run has not looked for items of benchmarks")
    stage, table = there
    counts = _counts(signature([table])[0])
    before = run.before(stage.name)
    wanted = (row for row in rows([table]) if benchmark is None or str(row["item"]).partition("/")[0] == benchmark)
    ignored = stage.table("ignored")
    return {
        "stage": stage.name,
        "place": f"kept:{before.name}" if before else None,
        "params": {name: value for name, value in stage.params.items() if isinstance(value, int | float)},
        "rows": counts["rows"],
        "items": counts["items"],
        "passages": counts["passages"],
        "benchmarks": counts["benchmarks"],
        "looked_for": dict(looked_for(stage) or {}),
        "dropped": sum(stage.dropped.values()),
        "ignored": list(islice(rows([ignored]), _MOST_IGNORED)) if ignored else [],
        "total": counts["passages"] if benchmark is None else counts["benchmarks"].get(benchmark, 0),
        "found": [
            {
                "id": row["id"],
                "item": short(row["item"], _NAME),
                "share": row["share"],
                "passage": short(row["passage"], _SHORT),
            }
            for row in islice(wanted, start, start + size)
        ],
    }


@lru_cache(maxsize=64)
def _counts(stamp: tuple[str, int, int]) -> dict[str, Any]:
    ids: set[str] = set()
    items: Counter[str] = Counter()
    for batch in batches([Path(stamp[0])], ["id", "item"]):
        ids.update(batch.column("id").to_pylist())
        items.update(batch.column("item").to_pylist())
    benchmarks: Counter[str] = Counter()
    for item, number in items.items():
        benchmarks[item.partition("/")[0]] += number
    return {
        "rows": len(ids),
        "items": len(items),
        "passages": items.total(),
        "benchmarks": dict(benchmarks.most_common()),
    }


def question_of(item: str) -> str | None:
    """What an item of a benchmark asks; None where the benchmark is not on this machine. No network is used."""
    return _questions(item.partition("/")[0]).get(item)


@lru_cache(maxsize=64)
def _questions(benchmark: str) -> dict[str, str]:
    from mathcoder.problems import BENCHMARKS, load, named_questions, rows_here

    if benchmark not in BENCHMARKS or "test" not in rows_here(BENCHMARKS[benchmark]):
        return {}
    return named_questions(benchmark, load(benchmark))
