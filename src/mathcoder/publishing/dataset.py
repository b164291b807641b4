"""The data set that a run of stages ends with: made aside, then put in its place; and what a build came to."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mathcoder.runs.stages import StageResult

__all__ = ["Built", "dataset_aside"]


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to.

    Attributes:
        run: the folder of the run.
        dataset: the folder to publish: README.md, schema.json, data/.
        report: a page to look at.
        stages: what each stage gave.
    """

    run: Path
    dataset: Path
    report: Path
    stages: tuple[StageResult, ...]


@contextmanager
def dataset_aside(run: Path) -> Generator[Path]:
    """A folder with an empty `data/`, which becomes the run's `dataset` when the body has succeeded.

    The one that was there before goes. What a kill leaves begins with a dot and ends in `.partial`, which a run
    removes when it is opened.
    """
    place, aside, old = (run / name for name in ("dataset", ".dataset.partial", ".dataset.old.partial"))
    for left in (aside, old):
        shutil.rmtree(left, ignore_errors=True)
    (aside / "data").mkdir(parents=True)
    yield aside
    if place.exists():
        place.rename(old)
    aside.rename(place)
    shutil.rmtree(old, ignore_errors=True)
