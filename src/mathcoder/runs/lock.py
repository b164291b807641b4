"""The lock of a run's folder: one process at a time is at work in it. The system lets go of it when that ends."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

__all__ = ["Lock", "RunLocked", "is_locked"]

_NAME = "lock"
_PATIENCE = (0.02, 0.05, 0.1, 0.0)  # seconds between tries: who looks (`is_locked`) holds it for a moment


class RunLocked(ValueError):
    """Another process is at work in the run."""


class Lock:
    """Holds a folder until it is closed. A context manager.

    Raises:
        RunLocked: another process, or another lock of this one, holds it.
        OSError: the folder is not there or cannot be written.
    """

    def __init__(self, folder: Path):
        self._file = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if not any(_taken(self._file, seconds) for seconds in _PATIENCE):
                holder = os.pread(self._file, 20, 0).decode("ascii", "replace").strip() or "unknown"
                raise RunLocked(
                    f"{folder}: process {holder} is at work in it; wait for it or stop it, or name another folder"
                )
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
        except BaseException:
            os.close(self._file)
            raise
        _HELD.add(self._file)

    def close(self) -> None:
        """Let others have the folder. Calling it twice is fine."""
        if self._file in _HELD:
            _HELD.discard(self._file)
            os.close(self._file)
        self._file = -1

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_locked(folder: Path) -> bool:
    """Whether a process is at work in a run; nothing is written, and no link is followed."""
    try:
        file = os.open(folder / _NAME, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return isinstance(error, BlockingIOError)
    finally:
        os.close(file)
    return False


def _taken(file: int, seconds: float) -> bool:
    """Whether the lock could be taken; if not, after so many seconds."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(seconds)
        return False
    return True


# Locks of this process. A forked child closes its copies: otherwise a child that outlives a killed parent would
# keep the run locked.
_HELD: set[int] = set()


def _let_go_in_child() -> None:
    for file in _HELD:
        os.close(file)
    _HELD.clear()


os.register_at_fork(after_in_child=_let_go_in_child)
