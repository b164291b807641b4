"""Results of the ablations: from what each arm left in its folder to differences, a table and a plot.

A difference is that of what the paper says is better minus the other: below zero, for a loss, where the paper's
finding is seen here. What arms are compared on was written down before any of them was trained (docs/claims.md).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ablations_arms import ARMS, BASELINE, facts_of, folder_of, rows_of
from ablations_statistics import Difference, Pilot, difference, pilot
from mathcoder.files import written_aside

PRIMARY = ("code", "answer")
SECONDARY = ("solved", "runs")
OUTCOMES = {
    "code": "loss on code, nats a token",
    "answer": "loss on the answer, nats a token",
    "solved": "problems solved, share",
    "runs": "generations whose code ran without error, share",
}


@dataclass(frozen=True)
class Claim:
    """A claim of a paper: that `better` is better than `other`, looked at in `outcomes`."""

    key: str
    words: str
    better: str
    other: str
    outcomes: tuple[str, ...] = (*PRIMARY, *SECONDARY)


CLAIMS = (
    Claim("execution", "No loss on execution blocks", "code", "execution-loss"),
    Claim("integrated", "Code-integrated solutions", "code", "text-only", ("answer", "solved")),
    Claim("problems", "New problems beside the seeds", "new-problems", "code"),
    Claim("pretraining", "Verified code beside the text", "after-code", "after-text"),
)


@dataclass(frozen=True)
class Outcome:
    """One line of the table."""

    claim: Claim
    name: str
    better: float
    other: float
    found: Difference
    detectable: float


def values(arm: str, seed: int, output: Path, name: str) -> dict[str, tuple[float, int]]:
    """By held-out solution: nats and tokens, or whether it is so and 1. Where there is none it is left out."""
    folder = folder_of(arm, seed, output)
    if name in PRIMARY:
        rows = [row for row in _rows(folder / "losses.jsonl") if name in row.get("tokens", {})]
        return {row["id"]: (row["nats"][name], row["tokens"][name]) for row in rows}
    rows = _rows(folder / "solved.jsonl")
    if name == "solved":
        return {row["id"]: (float(row["right"]), 1) for row in rows}
    return {row["id"]: (float(row["executed"] > 0 and row["errors"] == 0), 1) for row in rows}


@cache
def _rows(path: Path) -> list[dict[str, Any]]:
    return rows_of(path)


def outcome(claim: Claim, name: str, seeds: Sequence[int], output: Path, known: Pilot) -> Outcome:
    """A claim in one outcome.

    Raises:
        ValueError: the arms do not have the same tokens in a solution: then it cannot be paired.
    """
    arms = [[values(arm, seed, output, name) for seed in seeds] for arm in (claim.better, claim.other)]
    ids = sorted(set.intersection(*(set(found) for arm in arms for found in arm)))
    if not ids:
        raise ValueError(f"{claim.key}: no held-out solution has the outcome {name} in all runs")
    sums, counts = (
        np.array([[[found[id][part] for id in ids] for found in arm] for arm in arms]) for part in (0, 1)
    )
    if (counts != counts[0, 0]).any():
        raise ValueError(f"{claim.key}, {name}: the same block has other tokens in another arm")
    weights = counts[0, 0]
    better, other = (float(each.sum() / weights.sum() / len(seeds)) for each in sums)
    found = difference(sums[0] - sums[1], weights)
    return Outcome(claim, name, better, other, found, known.detectable(len(seeds)))


def write_pilot(output: Path, seeds: Sequence[int]) -> dict[str, Pilot]:
    """What two seeds of the baseline tell, kept from the first time on: it is known before the other arms."""
    path = output / "pilot.json"
    if not path.exists():
        one, other = ([values(BASELINE, seed, output, name) for name in OUTCOMES] for seed in seeds[:2])
        told: dict[str, Any] = {}
        for name, first, second in zip(OUTCOMES, one, other, strict=True):
            ids = sorted(set(first) & set(second))
            columns = ([found[id][part] for id in ids] for found, part in ((first, 0), (second, 0), (first, 1)))
            told[name] = asdict(pilot(*columns))
        with written_aside(path) as aside:
            aside.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return {name: Pilot(**found) for name, found in json.loads(path.read_text(encoding="utf-8")).items()}


def results(output: Path, seeds: Sequence[int]) -> list[Outcome]:
    """All claims in all their outcomes."""
    known = write_pilot(output, seeds)
    return [
        outcome(claim, name, seeds, output, known[name])
        for claim in CLAIMS
        for name in OUTCOMES
        if name in claim.outcomes
    ]


def write_results(output: Path, seeds: Sequence[int], found: Sequence[Outcome], about: str) -> None:
    """`results.json`: all that table and plot are made of, and what each run was trained on."""
    names = [*ARMS, *(arm.before for arm in ARMS.values() if arm.before)]
    whole = {
        "about": about,
        "seeds": list(seeds),
        "outcomes": [
            {
                "claim": each.claim.key,
                "outcome": each.name,
                "better": {"arm": each.claim.better, "mean": each.better},
                "other": {"arm": each.claim.other, "mean": each.other},
                "difference": asdict(each.found),
                "detectable": each.detectable,
                "shown": each.found.shown,
            }
            for each in found
        ],
        "runs": {name: {str(seed): facts_of(name, seed, output) for seed in seeds} for name in names},
    }
    with written_aside(output / "results.json") as aside:
        aside.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
