"""How far reading may be ahead of what the rows are for.

Daft's native engine takes whatever a source gives, and holds it until the next step is ready, without bound: a
reader that is faster than what follows would have the whole corpus in memory. So a source asks for room before it
gives more, and room is made when the rows that came of what it gave have been let go of: the text of each batch of
rows is in a buffer that says when it is freed.
"""

from __future__ import annotations

import asyncio
import threading
import time
import weakref
from collections.abc import AsyncIterator
from importlib import import_module
from itertools import count
from typing import Any, ClassVar

__all__ = ["Window", "held"]

_WINDOW_BYTES = 48 << 20
# Seconds.
_POLL = 0.005
_BEAT = 0.5
_PATIENCE = 10.0


class Window:
    """What one reading of a source has given and not got back, in bytes.

    Whoever collects all rows lets go of none: when all that was given has come to the end of the engine's work and
    nothing of it was let go of for ten seconds, the window stays open.
    """

    _open: ClassVar[dict[int, Window]] = {}
    _numbers: ClassVar[count[int]] = count(1)

    def __init__(self) -> None:
        self.number = next(self._numbers)
        self._given = self._done = self._freed = 0
        self._lock = threading.Lock()
        self._changed = time.monotonic()
        self._limited = True
        self._open[self.number] = self

    async def room(self, weight: int) -> AsyncIterator[None]:
        """Wait until there is room, and take it.

        Yields every half second that it waits: the source should give an empty batch then. An engine whose rows
        nobody takes any more lets go of those it holds when something comes, and not before.
        """
        began = time.monotonic()
        while self._is_full(weight):
            if time.monotonic() - began > _BEAT:
                yield
                began = time.monotonic()
            await asyncio.sleep(_POLL)
        self._given += weight

    def _is_full(self, weight: int) -> bool:
        if self._done >= self._given and time.monotonic() - self._changed > _PATIENCE:
            self._limited = False
        out = self._given - self._freed
        return self._limited and out > 0 and out + weight > _WINDOW_BYTES

    def close(self) -> None:
        """Stop counting."""
        self._open.pop(self.number, None)

    @classmethod
    def done(cls, number: int, weight: int) -> None:
        """Rows have come to the end of the engine's work."""
        if window := cls._open.get(number):
            with window._lock:
                window._done += weight
                window._changed = time.monotonic()

    @classmethod
    def freed(cls, number: int, weight: int) -> None:
        """Rows have been let go of."""
        if window := cls._open.get(number):
            with window._lock:
                window._freed += weight
                window._changed = time.monotonic()


class _Buffer(bytearray):
    """Bytes that can be watched."""


def held(rows: Any) -> Any:
    """Rows that say when they are freed: a pyarrow struct array with the fields `text`, `window` and `weight`."""
    arrow: Any = import_module("pyarrow")
    text = rows.field("text")
    validity, offsets, data = text.buffers()
    watched = _Buffer(data or b"")
    for number, weight in _weights(rows).items():
        Window.done(number, weight)
        weakref.finalize(watched, Window.freed, number, weight).atexit = False
    buffers = [validity, offsets, arrow.py_buffer(watched)]
    fields = {field.name: rows.field(field.name) for field in rows.type}
    fields["text"] = arrow.Array.from_buffers(text.type, len(text), buffers, text.null_count, text.offset)
    return arrow.StructArray.from_arrays(list(fields.values()), list(fields))


def _weights(rows: Any) -> dict[int, int]:
    """The weight of the rows of each window."""
    weights: dict[int, int] = {}
    for number, weight in zip(rows.field("window").to_pylist(), rows.field("weight").to_pylist(), strict=True):
        if weight:
            weights[number] = weights.get(number, 0) + weight
    return weights
