"""The addresses of trainings: `/trainings/NAME`, its `curves` and what it `solved`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import APIRouter, HTTPException

from mathcoder.studio.trainings.about import about_run
from mathcoder.studio.trainings.measured import Measured
from mathcoder.studio.trainings.solved import solution_at, solved_grid
from mathcoder.training.facts import read_facts
from mathcoder.training.metrics import METRICS
from mathcoder.training.run_folder import TrainingRun

if TYPE_CHECKING:
    from mathcoder.studio.context import Studio

__all__ = ["routes"]

T = TypeVar("T")

_POINTS = 1_200  # of a curve, at most
_MOST_KEPT = 16  # runs whose curves are held


def routes(studio: Studio) -> APIRouter:
    """What is answered on runs of training. Nothing is written and nothing is executed."""
    router, trainings = APIRouter(prefix="/trainings"), _Trainings(studio)
    router.add_api_route("", trainings.runs)
    router.add_api_route("/{name}", trainings.about)
    router.add_api_route("/{name}/curves", trainings.curves)
    router.add_api_route("/{name}/solved", trainings.solved)
    router.add_api_route("/{name}/solved/{step}/{problem}", trainings.solution)
    return router


class _Trainings:
    def __init__(self, studio: Studio):
        self._studio = studio
        self._kept = _Kept()

    def runs(self) -> list[dict[str, Any]]:
        """All runs of training, the newest first."""
        found = [info for info in self._studio.runs() if info.kind == "training"]
        return [
            {"name": info.name, "title": info.title, "state": info.state, "changed": info.changed}
            for info in sorted(found, key=lambda info: -info.changed)
        ]

    def about(self, name: str) -> dict[str, Any]:
        """What is known of a run besides its curves."""
        info = self._studio.run(name, "training")
        return _or_one_line(lambda: about_run(TrainingRun(info.folder))) | {"state": info.state}

    def curves(self, name: str, seen: str = "") -> dict[str, Any]:
        """What was measured; only `version` and `state` where that version is what was seen before."""
        info = self._studio.run(name, "training")
        measured = self._kept.of(info.folder)
        if seen and seen == _or_one_line(measured.version):
            return {"state": info.state, "version": seen}
        steps = _or_one_line(lambda: read_facts(info.folder)).get("steps", 0)
        return _or_one_line(lambda: measured.facts(_POINTS)) | {"state": info.state, "steps": steps}

    def solved(self, name: str) -> dict[str, Any]:
        """Which problems were solved when, right or wrong."""
        info = self._studio.run(name, "training")
        return _or_one_line(lambda: solved_grid(TrainingRun(info.folder)))

    def solution(self, name: str, step: int, problem: int) -> dict[str, Any]:
        """One solution."""
        info = self._studio.run(name, "training")
        found = _or_one_line(lambda: solution_at(TrainingRun(info.folder), step, problem))
        if found is None:
            raise HTTPException(404, f"{name}: problem {problem} was not solved after step {step}")
        return found


class _Kept:
    """The curves of the runs that were looked at last."""

    def __init__(self) -> None:
        self._measured: OrderedDict[Path, Measured] = OrderedDict()
        self._lock = Lock()

    def of(self, folder: Path) -> Measured:
        with self._lock:
            measured = self._measured.pop(folder, None) or Measured(folder / METRICS)
            self._measured[folder] = measured
            if len(self._measured) > _MOST_KEPT:
                self._measured.popitem(last=False)
            return measured


def _or_one_line(read: Callable[[], T]) -> T:
    """What is read of a run.

    Raises:
        HTTPException: it is damaged, or cannot be read; one line.
    """
    try:
        return read()
    except ValueError as error:
        raise HTTPException(422, str(error)) from None
    except OSError as error:
        raise HTTPException(422, f"{error.filename or 'a file'}: {error.strerror or error}") from None
