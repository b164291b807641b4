"""Keeps the indexes of runs up to date in the background, and says how far they are."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mathcoder.studio.traces.index import About, TraceIndex, remove_index
from mathcoder.studio.traces.source import rows_file, stamp_of
from mathcoder.studio.traces.votes import Work

__all__ = ["Indexes", "Indexing", "State"]

_AGAIN = 10.0  # seconds after which what failed is tried again
_KEPT = 60 * 86_400.0  # seconds for which an index that nobody opens is kept

Phase = Literal["ready", "waiting", "rows", "votes", "failed"]


@dataclass(frozen=True, slots=True)
class State:
    """How far an index is.

    Attributes:
        phase: "ready": it is as the run is; "waiting": for another index; "rows", "votes": what is looked at;
            "failed": it could not be made, `error` says why.
        done: the share of that, 0 to 1.
        about: what it holds already.
    """

    phase: Phase
    done: float
    about: About
    error: str = ""

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values."""
        about = {name: getattr(self.about, name) for name in ("rows", "bad", "why", "version")}
        return {"phase": self.phase, "done": round(self.done, 4), "error": self.error, **about}


class Indexing:
    """The index of one run with the thread that works on it. `turn`: held by the one that works."""

    def __init__(self, folder: Path, turn: threading.Lock, cache: Path | None = None):
        self.index = TraceIndex(folder, cache)
        self._turn, self._lock, self._idle = turn, threading.Lock(), threading.Event()
        self._idle.set()
        self._phase: Phase = "waiting"
        self._done = 0.0
        self._failed: tuple[object, str, float] | None = None

    def state(self, wait: float = 0.0) -> State:
        """How far it is; work begins if the run has changed since.

        Args:
            wait: seconds for which a small run is waited for.
        """
        if not self._is_current():
            self._begin()
            self._idle.wait(wait)
        about = self.index.about()
        with self._lock:
            if not self._idle.is_set():
                return State(self._phase, self._done, about)
            if self._failed:
                return State("failed", 0.0, about, self._failed[1])
        return State("ready", 1.0, about)

    def _stamp(self) -> object:
        """By what the run is known to be unchanged."""
        try:
            path = rows_file(self.index.folder)
            return None if path is None else stamp_of(path)
        except (OSError, ValueError) as error:
            return str(error)

    def _is_current(self) -> bool:
        if not self._idle.is_set():
            return False
        stamp = self._stamp()
        if self._failed and time.monotonic() - self._failed[2] < _AGAIN:
            return self._failed[0] == stamp  # it would fail again
        about = self.index.about()
        return about.made and about.stamp == stamp and about.counted

    def _begin(self) -> None:
        with self._lock:
            if self._idle.is_set():
                self._idle.clear()
                self._phase, self._done = "waiting", 0.0
                threading.Thread(target=self._work, name=f"index of {self.index.folder.name}", daemon=True).start()

    def _work(self) -> None:
        stamp, failed = self._stamp(), None
        try:
            with self._turn:
                self.index.extend(self._progress)
        except (OSError, ValueError, sqlite3.Error) as error:
            failed = stamp, str(error), time.monotonic()
        finally:
            with self._lock:
                self._failed = failed
                self._idle.set()

    def _progress(self, phase: Work, done: float) -> bool:
        with self._lock:
            self._phase, self._done = phase, done
        return True


class Indexes:
    """The indexes of all runs that were asked for; one is worked on at a time.

    Args:
        cache: where they are kept; default: below the user's cache folder.
    """

    def __init__(self, cache: Path | None = None):
        self._cache, self._turn, self._lock = cache, threading.Lock(), threading.Lock()
        self._open: dict[Path, Indexing] = {}

    def of(self, folder: Path) -> Indexing:
        """The index of the run in a folder."""
        with self._lock:
            if folder not in self._open:
                self._open[folder] = found = Indexing(folder, self._turn, self._cache)
                _tidy(found.index.path)
            return self._open[folder]


def _tidy(path: Path) -> None:
    """Remove indexes beside `path` that nobody has opened for long; they can be made again."""
    with contextlib.suppress(OSError):
        if path.exists():
            os.utime(path)
        for other in path.parent.glob("*.sqlite"):
            if time.time() - other.stat().st_mtime > _KEPT:
                remove_index(other)
