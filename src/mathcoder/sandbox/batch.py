"""`Sandbox.map`: unrelated snippets on all cores, in shared processes where the gate lets them."""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from mathcoder.sandbox.execution import Execution
from mathcoder.sandbox.process import Child

if TYPE_CHECKING:
    from mathcoder.sandbox.sandbox import Sandbox

_BATCH_SECONDS = 0.05  # how much work a shared child is given at a time
_BATCH_MOST = 256
_SNIPPETS_PER_CHILD = 500


def run_all(sandbox: Sandbox, codes: Iterable[str], timeout: float) -> Generator[Execution, None, None]:
    """Executions of `codes`, in order, as they are ready; see `Sandbox.map`."""
    source = _Source(codes)
    runners = [_Runner(sandbox, timeout) for _ in range(sandbox.workers)]
    free: deque[_Runner] = deque(runners)
    pending: deque[Future[list[Execution]]] = deque()
    pool = ThreadPoolExecutor(sandbox.workers)
    lock = threading.Lock()

    def work(batch: list[str]) -> list[Execution]:
        with lock:
            runner = free.popleft()
        try:
            start = time.perf_counter()
            done = runner.run(batch)
            source.learn(len(batch), time.perf_counter() - start)
            return done
        finally:
            with lock:
                free.append(runner)

    try:
        while True:
            # Enough ahead that no worker waits for a slow batch at the head.
            while len(pending) < 4 * sandbox.workers and (batch := source.take()):
                pending.append(pool.submit(work, batch))
            if not pending:
                return
            yield from pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
        for runner in runners:
            runner.close()


class _Source:
    """Cuts the snippets of a `map` into batches of about `_BATCH_SECONDS`, so that work is spread evenly."""

    def __init__(self, codes: Iterable[str]):
        self._codes = iter(codes)
        self._size = 1

    def take(self) -> list[str]:
        return list(itertools.islice(self._codes, self._size))

    def learn(self, count: int, seconds: float) -> None:
        """Towards the size that takes `_BATCH_SECONDS`: down at once, up by a factor of 8 at most."""
        fitting = int(_BATCH_SECONDS * count / max(seconds, 1e-6))
        self._size = max(1, min(fitting, self._size * 8, _BATCH_MOST))


class _Runner:
    """One worker of `map`: a shared child, replaced when it is worn or broken."""

    def __init__(self, sandbox: Sandbox, timeout: float):
        self._sandbox = sandbox
        self._timeout = timeout
        self._child: Child | None = None

    def run(self, codes: list[str]) -> list[Execution]:
        """One execution for each of `codes`."""
        executions: list[Execution | None] = []
        while len(executions) < len(codes):
            executions += self._shared(codes[len(executions) :])
        return [
            execution if execution is not None else self._sandbox.run(code, self._timeout)
            for code, execution in zip(codes, executions, strict=True)
        ]

    def _shared(self, codes: list[str]) -> list[Execution | None]:
        """Executions from the shared child up to the first snippet that broke it; None: must run alone."""
        if self._child is None:
            self._child = self._sandbox.take()
        child = self._child
        done: list[Execution | None] = []
        for execution, alive, refused in child.run_shared(codes, self._timeout):
            # Memory that earlier snippets hold, or a crash of theirs, must not be held against this one.
            alone = refused or execution.status in ("memory", "killed")
            done.append(None if alone else execution)
            if not alive:
                self._child = None
                return done
            if execution.status not in ("ok", "error", "denied"):
                self.close()
                return done
        child.snippets += len(codes)
        if child.snippets >= _SNIPPETS_PER_CHILD or self._swollen(done):
            self.close()
        return done

    def _swollen(self, done: list[Execution | None]) -> bool:
        peak = max((execution.peak_memory for execution in done if execution), default=0)
        return peak > self._sandbox.limits.memory // 2

    def close(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.interpreter.end(child)
