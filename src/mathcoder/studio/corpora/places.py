"""Where rows of a run are: in the data set, or among those that a stage kept or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mathcoder.publishing.look import StagedRun

__all__ = ["DATASET", "DROPPED", "Place", "place_named", "places", "signature"]

DATASET, DROPPED = "dataset", "dropped"


@dataclass(frozen=True, slots=True)
class Place:
    """Files of rows.

    Attributes:
        name: "dataset", "kept:STAGE", "dropped:STAGE", or "dropped" for those of all stages.
        rows: how many there are, where that is told without reading them.
        files: each with the stage that wrote it; "" for the data set.
    """

    name: str
    rows: int | None
    files: tuple[tuple[str, Path], ...]


def places(run: StagedRun) -> list[Place]:
    """All there are, the data set first; a place that holds no row is left out."""
    found: list[Place] = []
    if run.dataset:
        found.append(Place(DATASET, None, tuple(("", path) for path in run.dataset)))
    if any(stage.dropped for stage in run.stages):
        total = sum(sum(stage.dropped.values()) for stage in run.stages)
        files = tuple((stage.name, path) for stage in run.stages if stage.dropped for path in stage.rejected)
        found.append(Place(DROPPED, total, files))
    for stage in reversed(run.stages):
        if stage.kept:
            kept = tuple((stage.name, path) for path in stage.data)
            found.append(Place(f"kept:{stage.name}", stage.kept, kept))
        if stage.dropped:
            gone = tuple((stage.name, path) for path in stage.rejected)
            found.append(Place(f"{DROPPED}:{stage.name}", sum(stage.dropped.values()), gone))
    return found


def place_named(run: StagedRun, name: str) -> Place:
    """The place of that name.

    Raises:
        LookupError: there is none; one line.
    """
    for place in places(run):
        if place.name == name:
            return place
    raise LookupError(f"this run has no rows in {name!r}; its stage is not finished, or there is no such stage")


def signature(files: Sequence[Path]) -> tuple[tuple[str, int, int], ...]:
    """What tells files from others, and from what stood in their place before.

    Raises:
        OSError: a file is not there.
    """
    return tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
