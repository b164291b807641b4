"""Runs what a row holds again and puts what comes out beside what is stored. The code is the run's own, never the
browser's; it runs in the sandbox."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mathcoder.computation import Computation
from mathcoder.solving.text import valid_text
from mathcoder.studio.corpora.document import solution_of

if TYPE_CHECKING:
    from mathcoder.sandbox import Execution, Sandbox

__all__ = ["computation_again", "solution_again"]

_TIMEOUT = 10.0  # seconds for a program, or for a block of a solution
_KEPT = 20_000  # characters of an output


def computation_again(row: Mapping[str, Any], number: int, sandbox: Sandbox) -> dict[str, Any]:
    """Run one computation of a row and verify it as the corpus did.

    Raises:
        LookupError: the row has no such computation.
        SandboxError: the sandbox failed.
    """
    from mathcoder.verification import Verifier

    steps: list[dict[str, Any]] = row.get("computations") or []
    if not 0 <= number < len(steps):
        raise LookupError(f"the row has {len(steps)} computations and none with the number {number}")
    one = steps[number]
    computation = Computation(
        tuple(one["conditions"] or ()),
        one["expression"] or "",
        one["result"] or "",
        one["code"] or "",
        (one["start"] or 0, one["end"] or 0),
        one["kind"] or "",
    )
    with sandbox.session() as session:
        execution = session.run(computation.code, _TIMEOUT)
    with Verifier(workers=1, sandbox=sandbox) as verifier:
        found = verifier.verify(computation)
    stored = {name: one.get(name) for name in ("output", "verdict", "reason")}
    now = _said(execution) | {"verdict": found.verdict, "reason": valid_text(found.reason)}
    # As a verification keeps it: without space around it.
    same = valid_text(found.output) == (stored["output"] or "") and found.verdict == stored["verdict"]
    return {"stored": stored, "now": now, "same": same}


def solution_again(row: Mapping[str, Any], sandbox: Sandbox) -> dict[str, Any]:
    """Run the code blocks of a row's solution, in one session.

    Raises:
        ValueError: its solution cannot be read.
        SandboxError: the sandbox failed.
    """
    from mathcoder.solving.replay import CONSISTENT, replay_solution

    blocks = [
        {
            "index": one.index,
            "code": one.code,
            "stored": one.recorded,
            "now": _said(one.execution),
            "outcome": one.outcome,
            "same": one.outcome in CONSISTENT,
        }
        for one in replay_solution(solution_of(row), sandbox, _TIMEOUT)
    ]
    return {"blocks": blocks, "same": all(block["same"] for block in blocks)}


def _said(execution: Execution) -> dict[str, Any]:
    text = valid_text(execution.shown)
    return {
        "output": text[:_KEPT],
        "left_out": max(0, len(text) - _KEPT),
        "status": execution.status,
        "seconds": round(execution.seconds, 3),
        "images": [f"data:image/png;base64,{b64encode(image).decode()}" for image in execution.images],
    }
