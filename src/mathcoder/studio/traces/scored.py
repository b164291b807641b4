"""The scores of a run: as its `scores.json` has them, and of a run that goes on, as far as it is."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, cast

from mathcoder.evaluation import OUTCOMES, Share
from mathcoder.problems import BENCHMARKS
from mathcoder.studio.traces.source import json_file

__all__ = ["scores_of"]


def scores_of(folder: Path, base: sqlite3.Connection) -> dict[str, Any]:
    """The scores by benchmark, then those over all if there are several.

    `final` is whether they are those that the run wrote down; while it goes on they are the accuracy so far, by
    the same rule: the mean over problems of the share of right samples.

    Raises:
        ValueError: `scores.json` is damaged; one line.
    """
    scores = json_file(folder / "scores.json")
    rows = base.execute("SELECT count(*) FROM rows").fetchone()[0]
    parts, whole = scores.get("benchmarks"), scores.get("all")
    if isinstance(parts, dict) and isinstance(whole, dict):
        try:
            final = sum(cast("dict[str, int]", whole["outcomes"]).values()) == rows
            named = cast("dict[str, dict[str, Any]]", parts)
            shown = [{"name": name, "title": _title(name), **part} for name, part in named.items()]
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"scores.json: not the scores of an evaluation ({error!r})") from error
        if final:
            return {
                "final": True,
                "parts": [*shown, _all(cast("dict[str, Any]", whole))] if len(shown) > 1 else shown,
            }
    shown = _so_far(base)
    return {"final": False, "parts": shown}


def _title(name: str) -> str:
    return BENCHMARKS[name].title if name in BENCHMARKS else name


def _all(part: dict[str, Any]) -> dict[str, Any]:
    return {"name": "", "title": "all of them", **part}


def _so_far(base: sqlite3.Connection) -> list[dict[str, Any]]:
    found = base.execute(
        "SELECT benchmark, count(*), sum(share) FROM ("
        " SELECT benchmark, avg(outcome = 'right') AS share FROM rows GROUP BY benchmark, problem"
        ") GROUP BY benchmark"
    ).fetchall()
    outcomes: dict[str, dict[str, int]] = {}
    for benchmark, outcome, count in base.execute(
        "SELECT benchmark, outcome, sum(count) FROM groups WHERE count > 0 GROUP BY benchmark, outcome"
    ):
        outcomes.setdefault(benchmark, dict.fromkeys(OUTCOMES, 0))[outcome] = count
    parts = [
        {"name": name, "title": _title(name), **_part(problems, right, outcomes[name])}
        for name, problems, right in found
    ]
    if len(parts) > 1:
        together = {one: sum(counts[one] for counts in outcomes.values()) for one in OUTCOMES}
        parts.append(_all(_part(sum(row[1] for row in found), sum(row[2] for row in found), together)))
    return parts


def _part(problems: int, right: float, outcomes: dict[str, int]) -> dict[str, Any]:
    share = Share(right, problems)
    accuracy = {"count": right, "total": problems, "interval": list(share.interval())}
    return {"problems": problems, "accuracy": accuracy, "outcomes": outcomes}
