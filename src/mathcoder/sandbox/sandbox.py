"""`Sandbox`, which starts the warm interpreter and hands out its children, and `Session`, which keeps one."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import threading
import warnings
import weakref
from collections import deque
from collections.abc import AsyncGenerator, Callable, Collection, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from mathcoder.sandbox import batch, confine
from mathcoder.sandbox.confine import Layer, Level
from mathcoder.sandbox.execution import Execution, Limits, SandboxError
from mathcoder.sandbox.interpreter import Interpreter
from mathcoder.sandbox.process import Child

_TRIES = 3
_warned = False

T = TypeVar("T")


class Session:
    """An interpreter state kept from block to block, as in a notebook. Made by `Sandbox.session`.

    A block that is interrupted keeps the variables. If its process has to be ended, the next block starts in
    a new one, without them; the `Execution` says so. One block at a time.
    """

    def __init__(self, sandbox: Sandbox):
        self._sandbox = sandbox
        self._child: Child | None = sandbox.take()
        self._busy = False
        self._closed = False

    @property
    def timeout(self) -> float:
        """Seconds that a block may take by default, by the clock of the sandbox's limits."""
        return self._sandbox.limits.timeout

    def run(self, code: str, timeout: float | None = None) -> Execution:
        """Run one block.

        Args:
            code: Python source.
            timeout: seconds, by the clock of the sandbox's limits; default: theirs.

        Raises:
            SandboxError: the sandbox itself failed, or the session is closed.
        """
        if self._closed:
            raise SandboxError("the session is closed")
        self._busy = True
        try:
            for _ in range(_TRIES):
                child = self._child = self._child or self._sandbox.take()
                execution, alive = child.run(code, timeout or self.timeout)
                if not alive:
                    self._child = None
                # A child that never came up, because the warm interpreter was killed, has run nothing.
                if alive or child.greeted or self._closed:
                    return execution
            raise SandboxError("the sandbox's children do not start; is the machine out of memory or processes?")
        finally:
            self._busy = False

    async def arun(self, code: str, timeout: float | None = None) -> Execution:
        """`run` for asyncio. Cancelling it ends the process."""
        try:
            return await self._sandbox.in_thread(self.run, code, timeout)
        except asyncio.CancelledError:
            self.close()
            raise

    def close(self) -> None:
        """End the process, also while a block runs in another thread. Calling it twice is fine."""
        self._closed = True
        child, self._child = self._child, None
        if child is not None:
            child.interpreter.kill(child) if self._busy else child.interpreter.end(child)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Sandbox:
    """Runs untrusted Python: fast, contained, with state where wanted. A context manager.

    Args:
        limits: what one execution may use.
        workers: processes that `map` uses at once; default: the cores of this process.
        require: refuse to start below this level of containment (`confine.Level`).
        without: layers to leave out, for measuring and testing them.
        spare: children forked ahead, so that a session starts at once.
        preload: more modules that the warm interpreter imports once, for all its children. They are imported
            before any layer is in force: name only what you trust.

    Raises:
        SandboxError: it cannot start, or a layer that `require` needs is missing.

    Examples:
        >>> with Sandbox() as sandbox, sandbox.session() as session:
        ...     session.run("x = 20")
        ...     session.run("x + 1").output
        '21\\n'
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        workers: int | None = None,
        require: Level = "rlimits",
        without: Collection[Layer] = (),
        spare: int = 2,
        preload: Sequence[str] = (),
    ):
        self.limits = limits or Limits()
        self.workers = workers or _cores()
        self._without = without
        self._spare = spare
        self._lock = threading.Lock()
        self._spares: deque[Child] = deque()
        self._threads: ThreadPoolExecutor | None = None
        self._preload = tuple(preload)
        self._interpreter = Interpreter(self.limits, without, self._preload)
        self._finalizer = weakref.finalize(self, _close_holder, [self._interpreter])
        if lacking := confine.lacking(require, self.layers):
            self.close()
            why = "; ".join(f"{layer}: {self._interpreter.missing[layer]}" for layer in lacking)
            raise SandboxError(f"level {require!r} is required, but there is no {why}")
        _warn_once(self._interpreter, without)
        self._refill()

    @property
    def layers(self) -> frozenset[str]:
        """The layers of containment in force."""
        return self._interpreter.layers

    @property
    def missing(self) -> dict[str, str]:
        """For each layer why it is not in force, "" where it is."""
        return self._interpreter.missing

    def run(self, code: str, timeout: float | None = None) -> Execution:
        """Run one snippet in a process of its own."""
        with self.session() as session:
            return session.run(code, timeout)

    def session(self) -> Session:
        """A new session; close it or use it in a `with` statement."""
        return Session(self)

    def map(self, codes: Iterable[str], timeout: float | None = None) -> Generator[Execution, None, None]:
        """Run unrelated snippets on all cores; executions come in order, as they are ready.

        Snippets that pass the static gate share processes, each in a fresh namespace; the others, and those
        that broke a shared process, run alone. The executions do not depend on the number of workers.
        """
        return batch.run_all(self, codes, timeout or self.limits.timeout)

    async def arun(self, code: str, timeout: float | None = None) -> Execution:
        """`run` for asyncio. Cancelling it ends the process."""
        async with self.asession() as session:
            return await session.arun(code, timeout)

    @contextlib.asynccontextmanager
    async def asession(self) -> AsyncGenerator[Session]:
        """`session` for asyncio: `async with sandbox.asession() as session: await session.arun(code)`."""
        session = await self.in_thread(self.session)
        try:
            yield session
        finally:
            session.close()

    async def amap(self, codes: Iterable[str], timeout: float | None = None) -> AsyncGenerator[Execution, None]:
        """`map` for asyncio."""
        executions = self.map(codes, timeout)
        try:
            while True:
                execution = await self.in_thread(_next, executions)
                if execution is None:
                    return
                yield execution
        finally:
            await self.in_thread(executions.close)

    def close(self) -> None:
        """End every process of the sandbox. Calling it twice is fine."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            for child in self._spares:
                child.sock.close()
            self._spares.clear()
        self._finalizer()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def in_thread(self, function: Callable[..., T], *args: Any) -> T:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(128, thread_name_prefix="sandbox")
        return await asyncio.get_running_loop().run_in_executor(self._threads, functools.partial(function, *args))

    def take(self) -> Child:
        """A child that has run nothing yet; starts another warm interpreter if the last one was killed."""
        if not self._finalizer.alive:
            raise SandboxError("the sandbox is closed")
        with self._lock:
            try:
                return self._next()
            except SandboxError:
                self._restart()
                return self._next()

    def _next(self) -> Child:
        if not self._interpreter.alive:
            raise SandboxError("the sandbox's interpreter is gone")
        child = self._spares.popleft() if self._spares else self._interpreter.fork()
        self._refill()
        return child

    def _restart(self) -> None:
        for child in self._spares:
            child.sock.close()
        self._spares.clear()
        self._finalizer()
        self._interpreter = Interpreter(self.limits, self._without, self._preload)
        self._finalizer = weakref.finalize(self, _close_holder, [self._interpreter])

    def _refill(self) -> None:
        while len(self._spares) < self._spare:
            self._spares.append(self._interpreter.fork())


def _next(executions: Generator[Execution, None, None]) -> Execution | None:
    return next(executions, None)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _warn_once(interpreter: Interpreter, without: Collection[Layer]) -> None:
    global _warned
    lacking = [layer for layer in confine.lacking("full", interpreter.layers) if layer not in without]
    if lacking and not _warned:
        _warned = True
        why = "; ".join(f"{layer} ({interpreter.missing[layer]})" for layer in lacking)
        warnings.warn(f"the sandbox runs without {why}; see `mathcoder doctor`", RuntimeWarning, stacklevel=3)


def _close_holder(holder: list[Interpreter]) -> None:
    holder.pop().close()
