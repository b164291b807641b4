"""The life of one confined child: read a call, run the code, reply, until the channel closes.

A child is either a session (one namespace kept from call to call) or, after its first `batch` call, a process
shared by snippets that pass the gate. All modules used here are loaded before the child is confined.
"""

from __future__ import annotations

import os
import random
import resource
import sys
from typing import Any

from mathcoder.sandbox import gate, wire
from mathcoder.sandbox.cell import Cells, Outcome
from mathcoder.sandbox.execution import Limits

READY = b"R"


def serve(channel: int, limits: Limits, captured: int) -> None:
    """Answer calls on descriptor `channel`; `captured` reads what is written to descriptors 1 and 2."""
    baseline = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    cells = Cells(limits.timeout, limits.output, captured, limits.images)
    namespace = cells.namespace()
    _seed()
    shared = False
    os.write(channel, READY)
    while (received := wire.read_call(channel)) is not None:
        nonce, call = received
        cells.timeout = call["timeout"]
        if "codes" not in call:
            _reply(channel, nonce, cells.run(call["code"], namespace), baseline)
            continue
        if not shared:
            gate.guard()
            shared = True
        for code in call["codes"]:
            _seed()
            try:
                outcome = cells.run(code, cells.namespace(), gate.check)
            except gate.OwnProcess as reason:
                wire.write_reply(channel, nonce, {"own_process": str(reason)})
                continue
            _reply(channel, nonce, outcome, baseline)


def _reply(channel: int, nonce: bytes, outcome: Outcome, baseline: int) -> None:
    reply: dict[str, Any] = {
        "output": outcome.output,
        "error": outcome.error,
        "status": outcome.status,
        "seconds": outcome.seconds,
        "peak_memory": max(0, outcome.peak_rss - baseline),
        "figures": [(width, height) for width, height, _ in outcome.figures],
    }
    wire.write_reply(channel, nonce, reply, b"".join(pixels for _, _, pixels in outcome.figures))


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
            directory = os.environ["MPLCONFIGDIR"]
            os.makedirs(directory, exist_ok=True)
            for file, content in self._files.items():
                with open(os.path.join(directory, file), "wb") as target_file:
                    target_file.write(content)
