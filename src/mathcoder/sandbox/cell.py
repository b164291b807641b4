"""Runs a block of code as a notebook cell does, inside a confined child.

Knows nothing of processes, sockets or limits of the kernel: it keeps a namespace, captures output in order,
shows the value of a trailing expression as IPython's plain-text formatter does, and turns whatever happens
into a status.
"""

from __future__ import annotations

import ast
import contextlib
import io
import itertools
import linecache
import os
import re
import resource
import signal
import sys
import time
import traceback
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mathcoder.sandbox.execution import Clock, Status
from mathcoder.sandbox.gate import OwnProcess

_ERROR_CHARS = 20_000
_MAX_PIXELS = 4_000_000


class TimeLimit(BaseException):
    """Raised in the code when its time is up. A BaseException, so that `except Exception` lets it through."""


class OutputLimit(BaseException):
    """Raised by a write that is over the limit."""


@dataclass
class Outcome:
    """What one cell came to; `figures` are (width, height, RGBA bytes)."""

    output: str
    error: str
    status: Status
    seconds: float
    peak_rss: int
    figures: list[tuple[int, int, bytes]]


class Stream(io.TextIOBase):
    """stdout and stderr: one buffer in memory, with what was written to descriptors 1 and 2 in its place."""

    encoding = "utf-8"  # pyright: ignore[reportAssignmentType, reportIncompatibleVariableOverride]
    errors = "replace"  # pyright: ignore[reportAssignmentType, reportIncompatibleVariableOverride]

    def __init__(self, limit: int, descriptor: int | None):
        self._limit = limit
        self._descriptor = descriptor
        self._parts: list[str] = []
        self._room = limit
        self.over = False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1

    def write(self, text: str, /) -> int:
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] - code can pass anything
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._descriptor is not None:
            self._drain()
        self._add(text)
        return len(text)

    def _drain(self) -> None:
        try:
            raw = os.read(self._descriptor or 0, 1 << 16)
        except BlockingIOError:
            return
        self._add(raw.decode("utf-8", "replace"))

    def _add(self, text: str) -> None:
        if len(text) > self._room:
            self._parts.append(text[: self._room])
            self._room = 0
            self.over = True
            raise OutputLimit
        self._parts.append(text)
        self._room -= len(text)

    def take(self) -> str:
        """All that was written since the last take."""
        if self._descriptor is not None:
            with contextlib.suppress(OutputLimit):
                self._drain()
        text = "".join(self._parts)
        self._parts, self._room, self.over = [], self._limit, False
        return text


class Cells:
    """The cells of one process. Each namespace given to `run` is one interpreter state."""

    def __init__(
        self,
        timeout: float,
        output_limit: int,
        descriptor: int | None = None,
        images: int = 4,
        clock: Clock = "wall",
    ):
        self.timeout = timeout
        self._timer = signal.ITIMER_REAL if clock == "wall" else signal.ITIMER_PROF
        self._stream = Stream(output_limit, descriptor)
        self._images = images
        self._counter = itertools.count(1)
        self._late = False
        signal.signal(signal.SIGALRM if clock == "wall" else signal.SIGPROF, self._alarm)

    def _alarm(self, *_: object) -> None:
        self._late = True
        raise TimeLimit

    def namespace(self) -> dict[str, Any]:
        """A fresh one, with `display` as notebooks have it. Its cells are numbered from 1."""
        self._counter = itertools.count(1)
        return {"__name__": "__main__", "__doc__": None, "display": self._display}

    def _display(self, *values: object) -> None:
        for value in values:
            self._stream.write(shown(value) + "\n")

    def run(
        self, code: str, namespace: dict[str, Any], check: Callable[[ast.Module], None] | None = None
    ) -> Outcome:
        """Run one cell. `check` sees the syntax tree first.

        Raises:
            OwnProcess: from `check`, or from a guarded function that the code called.
        """
        stream = self._stream
        sys.stdout = sys.stderr = stream
        name = f"<cell {next(self._counter)}>"
        status: Status = "ok"
        error = ""
        figures: list[tuple[int, int, bytes]] = []
        self._late = False
        linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
        start = time.perf_counter()
        try:
            try:
                tree = ast.parse(code, name)
                if check is not None:
                    check(tree)
                signal.setitimer(self._timer, self.timeout)
                value = _execute(tree, name, code, namespace)
                if value is not None:
                    stream.write(shown(value) + "\n")
                figures = self._figures()
            except OwnProcess:
                signal.setitimer(self._timer, 0)
                stream.take()
                raise
            except BaseException as raised:  # noqa: BLE001 - whatever the code raises is its outcome
                status, error = self._explain(raised, name, code)
                with contextlib.suppress(Exception):
                    figures = self._figures()
            seconds = time.perf_counter() - start
            signal.setitimer(self._timer, 0)
        except TimeLimit:  # came while something above was being written down
            seconds = time.perf_counter() - start
        if self._late:
            status, error = "timeout", f"TimeoutError: stopped after {self.timeout:g} s"
        elif stream.over:
            status, error = "output_limit", "OutputLimit: wrote more than is kept; the rest is lost"
        usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return Outcome(
            stream.take(),
            error,
            status,
            seconds,
            usage if sys.platform == "darwin" else usage * 1024,
            figures,
        )

    def _explain(self, raised: BaseException, name: str, code: str) -> tuple[Status, str]:
        if isinstance(raised, TimeLimit | OutputLimit):
            return "error", ""  # told apart by the flags that came with them
        if isinstance(raised, SystemExit) and raised.code in (None, 0):
            return "ok", ""
        lines = code.splitlines(keepends=True)
        if isinstance(raised, SyntaxError) and raised.filename == name and not raised.text:
            raised.text = "".join(lines[(raised.lineno or 1) - 1 : raised.lineno])
        try:
            error = _traceback(raised, name)
        except Exception as second:  # noqa: BLE001 - a hostile __str__ or __repr__
            error = f"{type(raised).__name__}: (its message could not be read: {type(second).__name__})"
        if isinstance(raised, MemoryError):
            return "memory", error
        return ("denied" if isinstance(raised, PermissionError) else "error"), error

    def _figures(self) -> list[tuple[int, int, bytes]]:
        """Open matplotlib figures as pixels, as a notebook shows them at the end of a cell."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return []
        figures: list[tuple[int, int, bytes]] = []
        for number in pyplot.get_fignums():
            if len(figures) < self._images:
                canvas = pyplot.figure(number).canvas
                canvas.draw()
                width, height = (int(side) for side in canvas.get_width_height(physical=True))
                if width * height <= _MAX_PIXELS:
                    figures.append((width, height, bytes(canvas.buffer_rgba())))
        pyplot.close("all")
        return figures


def _execute(tree: ast.Module, name: str, code: str, namespace: dict[str, Any]) -> object:
    """Run the module; the value of a trailing expression, if it is to be shown."""
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or _silenced(code):
        exec(compile(tree, name, "exec"), namespace)
        return None
    # The trailing expression becomes an assignment, so that the cell is compiled and run as one piece.
    target = ast.copy_location(ast.Name(_LAST, ast.Store()), last)
    tree.body[-1] = ast.copy_location(ast.Assign([target], last.value), last)
    namespace.pop(_LAST, None)
    exec(compile(tree, name, "exec"), namespace)
    value = namespace.pop(_LAST, None)
    if value is not None:
        namespace["_"] = value
    return value


_LAST = "<value of the cell>"  # no name that code can have


def _silenced(code: str) -> bool:
    """Whether the cell ends with a semicolon, which keeps a notebook from showing the value."""
    last = code.rstrip().rpartition("\n")[2]
    return ";" in last and last.partition("#")[0].rstrip().endswith(";")


def shown(value: object) -> str:
    """`value` as IPython's plain-text formatter shows it."""
    from IPython.lib.pretty import pretty  # pyright: ignore[reportUnknownVariableType]

    return pretty(value, max_width=79, newline="\n", max_seq_length=1000)


# Library files by their name below the interpreter's directories: the same on every machine.
_LIBRARY = re.compile(r'File "/[^"\n]*?/(?=site-packages/|dist-packages/|mathcoder/|python3\.\d+/(?!site-|dist-))')


def _traceback(raised: BaseException, name: str) -> str:
    first: types.TracebackType | None = raised.__traceback__
    while first is not None and first.tb_frame.f_code.co_filename != name:
        first = first.tb_next
    report = traceback.TracebackException(type(raised), raised, first, limit=-30, compact=True)
    text = _LIBRARY.sub('File "', "".join(report.format()).rstrip("\n"))
    if len(text) > _ERROR_CHARS:
        text = f"{text[: _ERROR_CHARS // 2]}\n[...]\n{text[-_ERROR_CHARS // 2 :]}"
    return text
