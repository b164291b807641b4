"""TensorBoard and trackio: views of `metrics.jsonl`, on this machine.

Both are made anew from its lines when a run begins or goes on, so that neither shows a step twice, or one that was
given up. Nobody is told anything: trackio's own ways out (a Space, a server, a webhook, asking the Hub who is
logged in) are closed while it begins.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any, Literal, Protocol

from mathcoder.training.metrics import flat

__all__ = ["TensorBoard", "Tracker", "TrackerError", "Trackio", "open_trackers"]

_WAYS_OUT = ("TRACKIO_SPACE_ID", "TRACKIO_SERVER_URL", "TRACKIO_BUCKET_ID", "TRACKIO_WEBHOOK_URL", "SYSTEM")


class TrackerError(Exception):
    """A tracker cannot be had; the message is one line."""


class Tracker(Protocol):
    """Somebody who is shown each line of metrics."""

    def show(self, line: Mapping[str, Any]) -> None: ...

    def close(self) -> None: ...


def open_trackers(
    names: Iterable[Literal["tensorboard", "trackio"]], folder: Path, name: str, lines: Sequence[Mapping[str, Any]]
) -> list[Tracker]:
    """Those trackers, with the lines that there are.

    Args:
        folder: of the run; they are kept in `tensorboard/` and `trackio/` in it.
        name: of the run.

    Raises:
        TrackerError: one cannot be had.
    """
    found: list[Tracker] = []
    for which in names:
        place = folder / which
        shutil.rmtree(place, ignore_errors=True)
        tracker = TensorBoard(place) if which == "tensorboard" else Trackio(place, name)
        found.append(tracker)
        for line in lines:
            tracker.show(line)
    return found


class TensorBoard:
    """Files that `tensorboard --logdir` shows.

    Raises:
        TrackerError: it is not installed.
    """

    def __init__(self, folder: Path):
        try:
            library: Any = import_module("torch.utils.tensorboard")
        except ImportError:
            raise TrackerError(
                "tensorboard is not installed; pip install tensorboard, or take it out of track.trackers"
            ) from None
        self._writer = library.SummaryWriter(str(folder))
        self._start: float | None = None  # when the run would have begun, had it never been stopped

    def show(self, line: Mapping[str, Any]) -> None:
        if self._start is None:
            self._start = time.time() - line["seconds"]
        for name, value in flat(line).items():
            self._writer.add_scalar(name, value, line["step"], walltime=self._start + line["seconds"])
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()


class Trackio:
    """A data base that `trackio show` shows, with TRACKIO_DIR set to its folder.

    Raises:
        TrackerError: it is not installed, or this process keeps another run's already: it has one place a process.
    """

    def __init__(self, folder: Path, name: str):
        folder = folder.resolve()
        os.environ["TRACKIO_DIR"] = str(folder)  # it looks when it is imported
        fresh = "trackio" not in sys.modules
        try:
            self._library: Any = import_module("trackio")
            place: Any = import_module("trackio.utils").TRACKIO_DIR
        except ImportError:
            raise TrackerError(
                "trackio is not installed; pip install trackio, or take it out of track.trackers"
            ) from None
        if not fresh and Path(place).resolve() != folder:
            raise TrackerError(f"trackio keeps {place} in this process; train in a new one, or without trackio")
        with _shut():
            self._run = self._library.init(
                project=re.sub(r"[^\w.-]+", "-", name).strip("-.") or "mathcoder",
                name=name,
                embed=False,
                auto_log_cpu=False,
                auto_log_gpu=False,
            )

    def show(self, line: Mapping[str, Any]) -> None:
        self._run.log({**flat(line), "tokens": line["tokens"]}, step=line["step"])

    def close(self) -> None:
        with _shut():
            self._library.finish()


@contextmanager
def _shut() -> Generator[None]:
    """No network for trackio, and nothing printed by it."""
    constants: Any = import_module("huggingface_hub.constants")
    offline, before = constants.HF_HUB_OFFLINE, {name: os.environ.pop(name, None) for name in _WAYS_OUT}
    constants.HF_HUB_OFFLINE = True  # else it asks who is logged in
    try:
        with redirect_stdout(StringIO()):
            yield
    finally:
        constants.HF_HUB_OFFLINE = offline
        os.environ.update({name: value for name, value in before.items() if value is not None})
