"""Several servers of one model: who is asked next, and who is left alone for a while."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mathcoder.models.faults import Fault

__all__ = ["Lease", "Pool"]

_FIRST_OUT, _LONGEST_OUT = 1.0, 60.0  # seconds that a server is left out, doubled each time
_LOOK = 0.1  # seconds between two looks for a server, while none can be asked


@dataclass(slots=True)
class _Server:
    url: str
    in_flight: int = 0
    taken: int = 0
    failures: int = 0  # in a row
    times_out: int = 0
    out: bool = False
    tried: bool = False  # it is out, and one request is finding out whether it is back
    until: float = 0.0  # asked by nobody before


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send one request to a server, to be given back."""

    server: _Server
    trial: bool

    @property
    def url(self) -> str:
        return self.server.url


class Pool:
    """Base URLs of one model. The one with the fewest requests in flight is asked first.

    A server that fails `eject_after` times in a row is left out, for a second at first, then for twice as long
    each time, a minute at most; then a single request tries it. One that asks to be left alone, with Retry-After,
    is. Where no server can be asked, requests wait for the first that comes back. May be used by any number of
    event loops and threads.

    Args:
        urls: base URLs.
        eject_after: failures in a row.
        clock: seconds, never going back.
    """

    def __init__(self, urls: Sequence[str], *, eject_after: int = 3, clock: Callable[[], float] = time.monotonic):
        self._servers = [_Server(url) for url in urls]
        self._eject_after = eject_after
        self._clock = clock
        self._lock = threading.Lock()
        self._failed_trials = 0
        self._last_reason = ""

    async def take(self) -> Lease:
        """A server to ask, as soon as there is one.

        Raises:
            Fault: all were out, and one that was tried again, by whomever, still does not work.
        """
        failed = self._failed_trials
        while (lease := self._choose()) is None:
            if self._failed_trials > failed:
                raise Fault(self._last_reason)
            await asyncio.sleep(_LOOK)
        return lease

    def _choose(self) -> Lease | None:
        with self._lock:
            now = self._clock()
            ready = [server for server in self._servers if server.until <= now and not server.tried]
            if not ready:
                return None
            server = min(ready, key=lambda server: (server.in_flight, server.taken))
            server.in_flight += 1
            server.taken += 1
            server.tried = server.out
            return Lease(server, server.out)

    def answers(self, lease: Lease) -> None:
        """It has begun to reply: others may ask it too."""
        if lease.server.out:
            with self._lock:
                lease.server.out = lease.server.tried = False

    def give_back(self, lease: Lease, fault: Fault | None = None, *, worked: bool = True) -> None:
        """The request is over: `fault` where it failed, not `worked` where it was left before anything came."""
        server = lease.server
        with self._lock:
            server.in_flight -= 1
            if lease.trial:
                server.tried = False
            if fault is None and not worked:
                pass  # nothing is known
            elif fault is None or not fault.broken:
                server.failures = server.times_out = 0
                server.out = False
            else:
                self._count(server, lease, fault)
            if fault is not None and fault.after:
                server.until = max(server.until, self._clock() + fault.after)

    def _count(self, server: _Server, lease: Lease, fault: Fault) -> None:
        server.failures += 1
        self._last_reason = f"{server.url}: {fault}" if len(self._servers) > 1 else str(fault)
        if server.out and lease.trial:
            self._failed_trials += 1
        elif server.out or server.failures < self._eject_after:
            return  # one of many that were under way when it went out says nothing new
        server.out = True
        server.until = self._clock() + min(_FIRST_OUT * 2 ** min(server.times_out, 10), _LONGEST_OUT)
        server.times_out += 1
