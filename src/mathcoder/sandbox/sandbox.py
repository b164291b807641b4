"""The parent's side: `Sandbox` starts the warm interpreter, hands code to its children, and never trusts them."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import json
import os
import shutil
import signal
import site
import socket
import struct
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import warnings
import weakref
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, get_args

from mathcoder.sandbox import confine, png, wire
from mathcoder.sandbox.child import READY
from mathcoder.sandbox.confine import Layer, Level
from mathcoder.sandbox.execution import Execution, Limits, SandboxError, Status
from mathcoder.sandbox.zygote import ANSWER, REQUEST, settings

_GRACE = 0.5  # seconds between the interrupt in the code and the end of its process
_BATCH_SECONDS = 0.05  # how much work a shared child is given at a time
_BATCH_MOST = 64
_SNIPPETS_PER_CHILD = 500
_IMAGE_BYTES = 1_000_000
_MAX_PIXEL_BYTES = 4 * 4_000_000
_STATUSES: frozenset[Any] = frozenset(get_args(Status))
_SCRATCH_CHECK = 0.05  # seconds between looks at a scratch directory that no file system bounds
_warned = False

T = TypeVar("T")


class _Child:
    """A confined process and the socket to it. Made by `_Zygote.fork`."""

    def __init__(self, sock: socket.socket, number: int):
        self.sock = sock
        self.number = number
        self.pid = 0  # known once the fork was answered
        self.snippets = 0
        self._greeted = False

    def call(self, call: dict[str, Any]) -> bytes:
        """Send a call; the nonce that its replies carry.

        Raises:
            SandboxError: the child could not be confined.
            wire.BrokenChannel: it is gone.
        """
        nonce = os.urandom(wire.NONCE_BYTES)
        if not self._greeted:
            self.sock.settimeout(60)
            try:
                greeting = self.sock.recv(200)
            except OSError as error:
                raise wire.BrokenChannel(str(error)) from error
            if greeting != READY:
                raise SandboxError(f"a child could not be confined ({greeting.decode(errors='replace') or 'no answer'})")
            self._greeted = True
        wire.send_call(self.sock, nonce, call)
        return nonce


class _Zygote:
    """The warm interpreter process: forks children and ends them. Calls may come from any thread."""

    def __init__(self, limits: Limits, without: Collection[Layer]):
        self.directory = tempfile.mkdtemp(prefix="mathcoder-")
        os.chmod(self.directory, 0o711)
        ours, theirs = socket.socketpair()
        self._sock = ours
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._unanswered: deque[Callable[[int], None]] = deque()
        log = tempfile.TemporaryFile()
        config = settings(limits, sorted(without), _readable(), self.directory, str(font_cache()))
        root = str(Path(__file__).resolve().parents[2])
        paths = [root, *(p for p in sys.path if p.endswith(("site-packages", "dist-packages")))]
        start = (
            f"import sys; before = sys.path[:]; sys.path += {paths!r}\n"
            "from mathcoder.sandbox.zygote import main\n"
            f"sys.path.remove({root!r})\nmain()"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", start, str(theirs.fileno()), config],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env=_ENVIRONMENT,
            start_new_session=True,
        )
        theirs.close()
        try:
            message = self._greeting(log)
        except BaseException:
            self.close()
            raise
        finally:
            log.close()
        self.layers = frozenset[str](message["layers"])
        self.missing: dict[str, str] = message["missing"]

    def _greeting(self, log: Any) -> dict[str, Any]:
        self._sock.settimeout(120)
        try:
            (length,) = struct.unpack("!I", self._exactly(4))
            message: dict[str, Any] = json.loads(self._exactly(length))
        except (SandboxError, OSError) as error:
            log.seek(0)
            last = log.read().decode(errors="replace").strip().rpartition("\n")[2]
            raise SandboxError(f"the sandbox did not start: {last or error}") from error
        if "failed" in message:
            raise SandboxError(f"the sandbox did not start: {message['failed']}")
        return message

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            try:
                part = self._sock.recv(size - len(data))
            except OSError as error:
                raise SandboxError("the sandbox's interpreter does not answer") from error
            if not part:
                raise SandboxError("the sandbox's interpreter is gone")
            data += part
        return data

    def fork(self) -> _Child:
        """Ask for a child without waiting until it is there.

        Raises:
            SandboxError: the interpreter is gone.
        """
        ours, theirs = socket.socketpair()
        child = _Child(ours, next(self._numbers))

        def answered(pid: int) -> None:
            child.pid = pid

        with theirs:
            self._request(b"f", child.number, answered, theirs)
        return child

    def end(self, child: _Child, wait: bool = False) -> int | None:
        """Kill and reap a child. With `wait`, its wait status (None if it never was)."""
        child.sock.close()
        bounded = "namespaces" in self.layers
        status: list[int] = []
        try:
            with self._lock:
                while child.pid == 0:  # its fork is among the requests not answered yet
                    self._settle()
            if child.pid < 0:
                return None
            self._request(b"e", child.pid, status.append)
            if wait or not bounded:
                with self._lock:
                    while not status:
                        self._settle()
        except SandboxError:
            return None  # the interpreter is gone, and its children with it
        if not bounded:
            _remove(os.path.join(self.directory, str(child.number)))
        return status[0] if status else None

    def _request(
        self, kind: bytes, number: int, answered: Callable[[int], None], descriptor: socket.socket | None = None
    ) -> None:
        with self._lock:
            if len(self._unanswered) > 64:  # keep both directions from filling up
                while self._unanswered:
                    self._settle()
            try:
                fds = [descriptor.fileno()] if descriptor else []
                socket.send_fds(self._sock, [REQUEST.pack(kind, number)], fds)
            except OSError as error:
                raise SandboxError("the sandbox's interpreter is gone") from error
            self._unanswered.append(answered)

    def _settle(self) -> None:
        answer = ANSWER.unpack(self._exactly(ANSWER.size))[0]
        self._unanswered.popleft()(answer)

    def close(self) -> None:
        self._sock.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _remove(self.directory)


class Session:
    """An interpreter state kept from block to block, as in a notebook. Made by `Sandbox.session`.

    A block that is interrupted keeps the variables. If its process has to be ended, the next block starts in
    a new one, without them; the `Execution` says so. One block at a time.
    """

    def __init__(self, sandbox: Sandbox):
        self._sandbox = sandbox
        self._child: _Child | None = sandbox._take()  # pyright: ignore[reportPrivateUsage]

    def run(self, code: str, timeout: float | None = None) -> Execution:
        """Run one block.

        Args:
            code: Python source.
            timeout: wall-clock seconds; default that of the sandbox's limits.

        Raises:
            SandboxError: the sandbox itself failed, or the session is closed.
        """
        if self._child is None:
            self._child = self._sandbox._take()  # pyright: ignore[reportPrivateUsage]
        execution, alive = self._sandbox._cell(self._child, code, timeout)  # pyright: ignore[reportPrivateUsage]
        if not alive:
            self._child = None
        return execution

    async def arun(self, code: str, timeout: float | None = None) -> Execution:
        """`run` for asyncio. Cancelling it ends the process."""
        try:
            return await self._sandbox._in_thread(self.run, code, timeout)  # pyright: ignore[reportPrivateUsage]
        except asyncio.CancelledError:
            self.close()
            raise

    def close(self) -> None:
        """End the process. Calling it twice is fine."""
        child, self._child = self._child, None
        if child is not None:
            self._sandbox._end(child)  # pyright: ignore[reportPrivateUsage]

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

    Raises:
        SandboxError: it cannot start, or a layer that `require` needs is missing.

    Example:
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
    ):
        self.limits = limits or Limits()
        self.workers = workers or _cores()
        self._without = without
        self._spare = spare
        self._lock = threading.Lock()
        self._spares: deque[_Child] = deque()
        self._threads: ThreadPoolExecutor | None = None
        self._zygote = _Zygote(self.limits, without)
        self._finalizer = weakref.finalize(self, _close_holder, [self._zygote])
        if lacking := confine.lacking(require, self.layers):
            self.close()
            why = "; ".join(f"{layer}: {self._zygote.missing[layer]}" for layer in lacking)
            raise SandboxError(f"level {require!r} is required, but there is no {why}")
        _warn_once(self._zygote)
        self._refill()

    @property
    def layers(self) -> frozenset[str]:
        """The layers of containment in force."""
        return self._zygote.layers

    def run(self, code: str, timeout: float | None = None) -> Execution:
        """Run one snippet in a process of its own."""
        child = self._take()
        execution, alive = self._cell(child, code, timeout)
        if alive:
            self._end(child)
        return execution

    def session(self) -> Session:
        """A new session; close it or use it in a `with` statement."""
        return Session(self)

    def map(self, codes: Iterable[str], timeout: float | None = None) -> Iterator[Execution]:
        """Run unrelated snippets on all cores; executions come in order, as they are ready.

        Snippets that pass the static gate share processes, each in a fresh namespace; the others, and those
        that broke a shared process, run alone. The executions do not depend on the number of workers.
        """
        source = _Source(codes)
        runners = [_Runner(self, timeout or self.limits.timeout) for _ in range(self.workers)]
        free: deque[_Runner] = deque(runners)
        pending: deque[Future[list[Execution]]] = deque()
        pool = ThreadPoolExecutor(self.workers)
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
                while len(pending) < 4 * self.workers and (batch := source.take()):
                    pending.append(pool.submit(work, batch))
                if not pending:
                    return
                yield from pending.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
            for runner in runners:
                runner.close()

    async def arun(self, code: str, timeout: float | None = None) -> Execution:
        """`run` for asyncio. Cancelling it ends the process."""
        async with self.asession() as session:
            return await session.arun(code, timeout)

    @contextlib.asynccontextmanager
    async def asession(self) -> AsyncIterator[Session]:
        """`session` for asyncio: `async with sandbox.asession() as session: await session.arun(code)`."""
        session = await self._in_thread(self.session)
        try:
            yield session
        finally:
            session.close()

    async def amap(self, codes: Iterable[str], timeout: float | None = None) -> AsyncIterator[Execution]:
        """`map` for asyncio."""
        executions = self.map(codes, timeout)
        try:
            while (execution := await self._in_thread(next, executions, None)) is not None:
                yield execution
        finally:
            await self._in_thread(executions.close)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownArgumentType]

    def close(self) -> None:
        """End every process of the sandbox. Calling it twice is fine."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        while self._spares:
            self._spares.popleft().sock.close()
        self._finalizer()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _in_thread(self, function: Callable[..., T], *args: Any) -> T:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(128, thread_name_prefix="sandbox")
        return await asyncio.get_running_loop().run_in_executor(self._threads, functools.partial(function, *args))

    def _take(self) -> _Child:
        """A child that has run nothing yet."""
        if not self._finalizer.alive:
            raise SandboxError("the sandbox is closed")
        with self._lock:
            child = self._spares.popleft() if self._spares else None
        if child is None:
            child = self._fork()
        self._refill()
        return child

    def _fork(self) -> _Child:
        try:
            return self._zygote.fork()
        except SandboxError:
            self._restart()
            return self._zygote.fork()

    def _restart(self) -> None:
        """The warm interpreter is gone (killed from outside): start another."""
        with self._lock:
            if self._zygote.process.poll() is None:
                with contextlib.suppress(SandboxError):
                    self._zygote.fork().sock.close()
                    return  # another thread was here first
            self._finalizer()
            self._spares.clear()
            self._zygote = _Zygote(self.limits, self._without)
            self._finalizer = weakref.finalize(self, _close_holder, [self._zygote])

    def _refill(self) -> None:
        while len(self._spares) < self._spare:
            child = self._fork()
            with self._lock:
                self._spares.append(child)

    def _end(self, child: _Child, wait: bool = False) -> int | None:
        return self._zygote.end(child, wait)

    def _cell(self, child: _Child, code: str, timeout: float | None) -> tuple[Execution, bool]:
        """Run one cell in `child`; whether the child is still of use."""
        timeout = timeout or self.limits.timeout
        start = time.perf_counter()
        try:
            nonce = child.call({"code": code, "timeout": timeout})
        except wire.BrokenChannel:
            return self._died(child, time.perf_counter() - start), False
        return self._reply(child, nonce, timeout, start)[:2]

    def _reply(
        self, child: _Child, nonce: bytes, timeout: float, start: float
    ) -> tuple[Execution, bool, str | None]:
        """The next reply of `child`: an execution, whether it lives on, and why the gate refused, if it did."""
        deadline = time.monotonic() + timeout + _GRACE
        body = 12 * self.limits.output + 300_000  # JSON escapes a character to at most twelve
        pixels = self.limits.images * _MAX_PIXEL_BYTES
        try:
            if "namespaces" not in self.layers:
                self._watch_scratch(child, deadline)
            reply, raw = wire.receive_reply(child.sock, nonce, deadline, body, pixels)
        except wire.Late:
            self._end(child)
            why = f"TimeoutError: ran longer than {timeout:g} s and had to be ended; its variables are gone"
            return Execution("", why, "timeout", time.perf_counter() - start), False, None
        except wire.BrokenChannel as broken:
            return self._died(child, time.perf_counter() - start, str(broken)), False, None
        except _DiskLimit:
            self._end(child)
            why = f"OSError: wrote more than {self.limits.disk} bytes of files and was ended; its variables are gone"
            return Execution("", why, "output_limit", time.perf_counter() - start), False, None
        if "own_process" in reply:
            return Execution(""), True, str(reply["own_process"])
        return self._execution(reply, raw, time.perf_counter() - start), True, None

    def _died(self, child: _Child, seconds: float, broken: str = "") -> Execution:
        status = self._end(child, wait=True)
        code = os.waitstatus_to_exitcode(status) if status is not None else 0
        if code == -signal.SIGXCPU:
            return Execution("", "TimeoutError: out of processor time", "timeout", seconds)
        why = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        if code == -signal.SIGKILL and broken:
            why = broken
        return Execution("", f"ProcessDied: {why}; its variables are gone", "killed", seconds)

    def _execution(self, reply: dict[str, Any], raw: bytes, elapsed: float) -> Execution:
        status: Any = reply.get("status")
        images: list[bytes] = []
        for figure in list(reply.get("figures") or ())[: self.limits.images]:
            with contextlib.suppress(ValueError, TypeError, struct.error):
                width, height = figure
                size = width * height * 4
                image = png.encode(width, height, raw[:size])
                raw = raw[size:]
                if len(image) <= _IMAGE_BYTES:
                    images.append(image)
        return Execution(
            _text(reply.get("output"))[: self.limits.output],
            _text(reply.get("error")),
            status if status in _STATUSES else "killed",
            min(_number(reply.get("seconds")), elapsed),
            int(_number(reply.get("peak_memory"))),
            tuple(images),
        )

    def _watch_scratch(self, child: _Child, deadline: float) -> None:
        directory = os.path.join(self._zygote.directory, str(child.number))
        while not wire.readable(child.sock, min(_SCRATCH_CHECK, deadline - time.monotonic())):
            if time.monotonic() >= deadline:
                return
            if _size(directory) > self.limits.disk:
                raise _DiskLimit


class _DiskLimit(Exception):
    pass


class _Source:
    """Cuts the snippets of a `map` into batches of about `_BATCH_SECONDS`, so that work is spread evenly."""

    def __init__(self, codes: Iterable[str]):
        self._codes = iter(codes)
        self._seconds_each = _BATCH_SECONDS  # the first batches are single snippets

    def take(self) -> list[str]:
        size = int(_BATCH_SECONDS / self._seconds_each)
        return list(itertools.islice(self._codes, max(1, min(size, _BATCH_MOST))))

    def learn(self, count: int, seconds: float) -> None:
        self._seconds_each = (self._seconds_each + max(seconds, 1e-6) / count) / 2


class _Runner:
    """One worker of `map`: a shared child, replaced when it is worn or broken."""

    def __init__(self, sandbox: Sandbox, timeout: float):
        self._sandbox = sandbox
        self._timeout = timeout
        self._child: _Child | None = None

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
            self._child = self._sandbox._take()  # pyright: ignore[reportPrivateUsage]
        child = self._child
        done: list[Execution | None] = []
        try:
            nonce = child.call({"codes": codes, "timeout": self._timeout})
        except wire.BrokenChannel:
            self.close()
            return [None]
        for _ in codes:
            execution, alive, refused = self._sandbox._reply(  # pyright: ignore[reportPrivateUsage]
                child, nonce, self._timeout, time.perf_counter()
            )
            # Memory that earlier snippets hold, or a crash of theirs, must not be held against this one.
            alone = refused is not None or execution.status in ("memory", "killed")
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
            self._sandbox._end(child)  # pyright: ignore[reportPrivateUsage]


_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",  # its threads do not survive a fork, and its buffers break memory limits
    "MKL_NUM_THREADS": "1",
}


def font_cache() -> Path:
    """Where matplotlib's font list is kept between runs (`mathcoder doctor` builds it)."""
    base = os.environ.get("MATHCODER_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "mathcoder"
    )
    return Path(base) / "matplotlib"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _readable() -> list[str]:
    """Directories of the interpreter and its libraries."""
    paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    paths.add(os.path.join(sys.base_prefix, "lib"))
    if site.ENABLE_USER_SITE:
        paths.add(site.getusersitepackages())
    return sorted(form for path in paths for form in {path, os.path.realpath(path)} if os.path.isdir(form))


def _warn_once(zygote: _Zygote) -> None:
    global _warned
    lacking = confine.lacking("full", zygote.layers)
    if lacking and not _warned:
        _warned = True
        why = "; ".join(f"{layer} ({zygote.missing[layer]})" for layer in lacking)
        warnings.warn(f"the sandbox runs without {why}; see `mathcoder doctor`", RuntimeWarning, stacklevel=3)


def _close_holder(holder: list[_Zygote]) -> None:
    holder.pop().close()


def _remove(directory: str) -> None:
    """Delete a directory that hostile code may have filled."""
    try:
        os.rmdir(directory)
    except FileNotFoundError:
        return
    except OSError:
        subprocess.run(["chmod", "-R", "u+rwX", "--", directory], check=False, stderr=subprocess.DEVNULL)
        if subprocess.run(["rm", "-rf", "--", directory], check=False, stderr=subprocess.DEVNULL).returncode:
            shutil.rmtree(directory, ignore_errors=True)


def _size(directory: str) -> int:
    """Bytes of the files under `directory`, as disk blocks."""
    total, todo = 0, [directory]
    while todo:
        with contextlib.suppress(OSError), os.scandir(todo.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
                    total += 512 * entry.stat(follow_symlinks=False).st_blocks
    return total


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e15 else 0.0
