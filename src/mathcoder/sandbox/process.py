"""The parent's side of one child: what is sent to it, what it answers, and how it died. Nothing is trusted."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast, get_args

from mathcoder.sandbox import png, wire
from mathcoder.sandbox.child import READY
from mathcoder.sandbox.execution import Execution, Limits, SandboxError, Status

if TYPE_CHECKING:
    from mathcoder.sandbox.interpreter import Interpreter

_GRACE = 0.5  # seconds between the interrupt in the code and the end of its process
_IMAGE_BYTES = 1_000_000
_MAX_PIXEL_BYTES = 4 * 4_000_000
_BATCH_BYTES = 4_000_000  # of the replies to a batch that are told at once, above one full output
_STATUSES: frozenset[Any] = frozenset(get_args(Status))


class Child:
    """A confined process and the socket to it. Made by `Interpreter.fork`."""

    def __init__(self, sock: socket.socket, number: int, interpreter: Interpreter, limits: Limits):
        self.sock = sock
        self.number = number
        self.interpreter = interpreter
        self.limits = limits
        self.pid = 0  # known once the fork was answered
        self.killed = False
        self.status: int | None = None  # wait status, known once the kill was answered
        self.over_disk = False
        self.snippets = 0
        self.greeted = False
        self.confined_in = 0.0  # seconds that putting on the layers took

    def _call(self, call: dict[str, Any], timeout: float) -> bytes:
        """Send a call; the nonce that its replies carry.

        Raises:
            SandboxError: the child could not be confined.
            wire.BrokenChannel: it is gone.
        """
        nonce = os.urandom(wire.NONCE_BYTES)
        if not self.greeted:
            try:
                self.sock.settimeout(60)
                greeting = self.sock.recv(200)
            except OSError as error:
                raise wire.BrokenChannel(str(error)) from error
            if not greeting:
                raise wire.BrokenChannel("the process is gone")
            if len(greeting) != READY.size or greeting[:1] != b"R":
                raise SandboxError(f"a child could not be confined ({greeting.decode(errors='replace')})")
            self.confined_in = READY.unpack(greeting)[1]
            self.greeted = True
        wire.send_call(self.sock, nonce, call, self.limits.wall(timeout) + _GRACE)
        return nonce

    def run(self, code: str, timeout: float) -> tuple[Execution, bool]:
        """Run one cell; whether the child is still of use.

        Raises:
            SandboxError: the child could not be confined.
        """
        start = time.perf_counter()
        try:
            nonce = self._call({"code": code, "timeout": timeout}, timeout)
        except wire.BrokenChannel as broken:
            return self._died(start, str(broken)), False
        reply = self._receive(nonce, timeout, start)
        if isinstance(reply, Execution):
            return reply, False
        return self._execution(*reply, time.perf_counter() - start), True

    def run_shared(self, codes: list[str], timeout: float) -> Iterator[tuple[Execution, bool, bool]]:
        """Run snippets that share this process, each in a fresh namespace, up to the first that breaks it.

        Yields:
            An execution, whether the child is still of use, and whether the gate refused the snippet.
        """
        start = time.perf_counter()
        try:
            nonce = self._call({"codes": codes, "timeout": timeout}, timeout)
        except wire.BrokenChannel as broken:
            yield self._died(start, str(broken)), False, False
            return
        left = len(codes)
        while left:
            start = time.perf_counter()
            reply = self._receive(nonce, timeout, start)
            if isinstance(reply, Execution):
                yield reply, False, False
                return
            done = reply[0].get("done")
            for fields in _objects(done)[:left]:
                left -= 1
                if "own_process" in fields:
                    yield Execution(""), True, True
                else:
                    yield self._execution(fields, b"", time.perf_counter() - start), True, False

    def _receive(self, nonce: bytes, timeout: float, start: float) -> tuple[dict[str, Any], bytes] | Execution:
        """The next reply; where none came, what that is as an execution. Then the child is gone."""
        deadline = time.monotonic() + self.limits.wall(timeout) + _GRACE
        body = _BATCH_BYTES + 12 * self.limits.output  # JSON escapes a character to at most twelve
        pixels = self.limits.images * _MAX_PIXEL_BYTES
        try:
            return wire.receive_reply(self.sock, nonce, deadline, body, pixels)
        except wire.Late:
            self.interpreter.end(self)
            why = f"TimeoutError: ran longer than {timeout:g} s and had to be ended; its variables are gone"
            return Execution("", why, "timeout", time.perf_counter() - start)
        except wire.BrokenChannel as broken:
            return self._died(start, str(broken))

    def _died(self, start: float, broken: str) -> Execution:
        status = self.interpreter.end(self, wait=True)
        seconds = time.perf_counter() - start
        if self.over_disk:
            why = (
                f"OSError: wrote more than {self.limits.disk} bytes of files and was ended; its variables are gone"
            )
            return Execution("", why, "output_limit", seconds)
        code = os.waitstatus_to_exitcode(status) if status is not None else -signal.SIGKILL
        if code == -signal.SIGXCPU:
            return Execution("", "TimeoutError: out of processor time", "timeout", seconds)
        if code == -signal.SIGKILL:  # ended by us, for what it wrote to the channel, or by the system
            why = broken
        elif code < 0:
            why = f"signal {-code}" + (f" ({signal.strsignal(-code)})" if signal.strsignal(-code) else "")
        else:
            why = f"exit code {code}"
        return Execution("", f"ProcessDied: {why}; its variables are gone", "killed", seconds)

    def _execution(self, reply: dict[str, Any], raw: bytes, elapsed: float) -> Execution:
        status = reply.get("status")
        figures = reply.get("figures")
        images: list[bytes] = []
        for width, height in _sizes(figures)[: self.limits.images]:
            size = width * height * 4
            with contextlib.suppress(ValueError):
                images.append(png.encode(width, height, raw[:size], _IMAGE_BYTES))
            raw = raw[size:]
        return Execution(
            _text(reply.get("output"))[: self.limits.output],
            _text(reply.get("error")),
            cast("Status", status) if isinstance(status, str) and status in _STATUSES else "killed",
            min(_number(reply.get("seconds")), elapsed),
            int(_number(reply.get("peak_memory"))),
            tuple(images),
        )


def _objects(value: object) -> list[dict[str, Any]]:
    """The items of a list in a reply. Anything but objects is an object without fields."""
    items = cast("list[object]", value) if isinstance(value, list) else [None]
    return [cast("dict[str, Any]", item) if isinstance(item, dict) else {} for item in items] or [{}]


def _sizes(figures: object) -> list[tuple[int, int]]:
    """Widths and heights that a child told, those that can be true."""
    sizes: list[tuple[int, int]] = []
    for size in cast("list[object]", figures) if isinstance(figures, list) else ():
        match size:
            case [int(width), int(height)] if 0 < width <= 20_000 and 0 < height <= 20_000:
                sizes.append((width, height))
            case _:
                return sizes
    return sizes


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e15 else 0.0
