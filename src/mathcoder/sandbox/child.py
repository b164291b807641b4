"""The life of one confined child: read a call, run the code, reply, until the channel closes.

A child is either a session (one namespace kept from call to call) or, after its first `batch` call, a process
shared by snippets that pass the gate. All modules used here are loaded before the child is confined.
"""

from __future__ import annotations

import logging
import os
import random
import resource
import struct
import sys
import time
from typing import Any

from mathcoder.sandbox import gate, wire
from mathcoder.sandbox.cell import Cells, Outcome
from mathcoder.sandbox.execution import Limits

READY = struct.Struct("!cd")  # b"R", and the seconds that the layers took
_TELL_SECONDS = 0.003


def serve(channel: int, limits: Limits, captured: int, confined_in: float) -> None:
    """Answer calls on descriptor `channel`; `captured` reads what is written to descriptors 1 and 2."""
    baseline = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    cells = Cells(limits.timeout, limits.output, captured, limits.images, limits.clock)
    namespace = cells.namespace()
    _seed()
    guard: gate.Guard | None = None
    os.write(channel, READY.pack(b"R", confined_in))
    while (received := wire.read_call(channel)) is not None:
        nonce, call = received
        cells.timeout = call["timeout"]
        if "codes" in call:
            guard = guard or gate.Guard()
            _run_shared(channel, nonce, cells, guard, call["codes"], baseline)
        else:
            outcome = cells.run(call["code"], namespace)
            reply = _fields(outcome, baseline) | {
                "figures": [(width, height) for width, height, _ in outcome.figures]
            }
            wire.write_reply(channel, nonce, reply, b"".join(pixels for _, _, pixels in outcome.figures))


def _run_shared(
    channel: int, nonce: bytes, cells: Cells, guard: gate.Guard, codes: list[str], baseline: int
) -> None:
    """Run snippets one after the other; what is done is told every few milliseconds, not one by one."""
    done: list[dict[str, Any]] = []
    told = time.perf_counter()
    symbolic = sys.modules["sympy.core.random"].rng
    for code in codes:
        symbolic.setstate(_random_state)  # the only generator that a snippet past the gate can reach
        guard.met = False
        try:
            outcome = cells.run(code, cells.namespace(), gate.check)
            done.append({"own_process": "text evaluated as code"} if guard.met else _fields(outcome, baseline))
        except gate.OwnProcess as reason:
            done.append({"own_process": str(reason)})
        now = time.perf_counter()
        if now - told > _TELL_SECONDS or len(done) == len(codes):
            wire.write_reply(channel, nonce, {"done": done})
            codes = codes[len(done) :]
            done, told = [], now


def _fields(outcome: Outcome, baseline: int) -> dict[str, Any]:
    return {
        "output": outcome.output,
        "error": outcome.error,
        "status": outcome.status,
        "seconds": outcome.seconds,
        "peak_memory": max(0, outcome.peak_rss - baseline),
    }


_random_state = random.Random(0).getstate()


def _seed() -> None:
    """The same code gives the same output: every generator that a snippet can reach starts from 0."""
    random.setstate(_random_state)
    if symbolic := sys.modules.get("sympy.core.random"):
        symbolic.rng.setstate(_random_state)
    if numeric := sys.modules.get("numpy.random"):
        numeric.seed(0)


class FontCache:
    """Puts matplotlib's font list, which takes seconds to build, into the scratch directory before its import."""

    def __init__(self, files: dict[str, bytes]):
        self._files = files

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "matplotlib":
            sys.meta_path.remove(self)  # pyright: ignore[reportArgumentType]
            logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # it speaks of paths and delays
            directory = os.environ["MPLCONFIGDIR"]
            os.makedirs(directory, exist_ok=True)
            for file, content in self._files.items():
                with open(os.path.join(directory, file), "wb") as target_file:
                    target_file.write(content)
