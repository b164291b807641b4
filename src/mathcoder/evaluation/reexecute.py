"""Executes what a dataset holds again and says of each row whether it still holds.

Computations are verified (`mathcoder.verification`). Solutions are replayed block by block, each in a session of
its own, and what comes out is held against what was recorded (`mathcoder.solving.replay`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from math import isclose
from typing import Any

from mathcoder.computation import Computation
from mathcoder.evaluation.recognise import Content, recognise
from mathcoder.grading import is_equivalent
from mathcoder.rows import BadRow
from mathcoder.sandbox import Sandbox
from mathcoder.solving.replay import CONSISTENT, Comparison, Outcome, Replayed, replay
from mathcoder.solving.text import valid_text
from mathcoder.verification import Verification, Verifier
from mathcoder.verification.dataset import DataRow

__all__ = ["HOLDS", "SILENT", "VERDICTS", "Checked", "reexecute"]

VERDICTS = (
    "same",  # every block came out as it was recorded, errors included
    "printed otherwise",  # the same but for how numbers are written, or their last digits
    "verified",
    "answer differs",  # the answer was what the last block printed, and no longer is
    "output differs",
    "error differs",
    "now errs",
    "now works",  # an error or a timeout was recorded
    "timeout",
    "after a timeout",  # the recording's interpreter was still busy, so what it recorded then says little
    "mismatch",
    "error",
    "trivial",
    "unverifiable",
    "not recorded",  # there is code and it runs, but no output was recorded
    "errs, not recorded",
    "no code",
)
"""Verdicts of rows, of computations and of solutions. Where a row has several parts, the worst one's."""

HOLDS = frozenset({"same", "printed otherwise", "verified"})
"""Verdicts of a row that is what it says."""

SILENT = frozenset({"not recorded", "no code"})
"""Verdicts of a row that says nothing which could fail."""

_AT_ONCE = 2_048  # rows; no stream of results goes on from one lot to the next


@dataclass(frozen=True, slots=True)
class Checked:
    """A row and what became of it.

    Attributes:
        verdict: one of `VERDICTS`.
        reason: one line, where it does not hold.
        parts: for each computation its `verdict`, `reason`, what is `stated` (LaTeX), `code` and `output`; for
            each solution its `verdict` and `reason`, and of the first block that differs the `code`, what was
            `recorded` and what comes `now`.
    """

    row: DataRow
    verdict: str
    reason: str
    parts: tuple[dict[str, Any], ...] = ()

    def kept(self) -> dict[str, Any]:
        """What `reexecute` takes in `done`, with the row's digest as `id`."""
        outcome = {"verdict": self.verdict, "reason": self.reason, "parts": list(self.parts)}
        return {"id": self.row.sha256} | outcome


def reexecute(
    rows: Iterable[DataRow | BadRow],
    verifier: Verifier,
    sandbox: Sandbox,
    *,
    workers: int | None = None,
    timeout: float | None = None,
    done: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[Checked | BadRow]:
    """Execute rows again, several at once; results come in the order of the rows.

    A row of no known shape becomes a `BadRow` in its place.

    Args:
        rows: taken as they are needed, some thousands ahead.
        verifier: for computations.
        sandbox: for solutions; its clock counts.
        workers: solutions at once; default: the sandbox's. The results do not depend on it.
        timeout: seconds for one block of a solution; default: the sandbox's limit.
        done: what became of rows before, by their digest: `verdict`, `reason`, `parts`. They are not executed.

    Raises:
        SandboxError: the sandbox failed.
    """
    done = done or {}
    source = iter(rows)
    while lot := [_prepared(row, done) for row in islice(source, _AT_ONCE)]:
        contents = [content for _, content in lot if isinstance(content, Content)]
        verifications = verifier.verify_many(one for content in contents for one in content.computations)
        replays = replay((one for c in contents for one in c.solutions), sandbox, workers=workers, timeout=timeout)
        with closing(verifications), closing(replays):  # type: ignore[type-var]
            for row, content in lot:
                if isinstance(row, BadRow):
                    yield row
                elif not isinstance(content, Content):
                    yield Checked(row, content["verdict"], content["reason"], tuple(content["parts"]))
                else:
                    yield _checked(
                        row,
                        [_of_computation(*one) for one in zip(content.computations, verifications, strict=False)]
                        + [_of_solution(one) for one in islice(replays, len(content.solutions))],
                    )


def _prepared(
    row: DataRow | BadRow, done: Mapping[str, Mapping[str, Any]]
) -> tuple[DataRow | BadRow, Content | Mapping[str, Any]]:
    if isinstance(row, BadRow):
        return row, {}
    if done and (before := done.get(row.sha256)):
        return row, before
    try:
        return row, recognise(row.value, f"row {row.line}")
    except ValueError as error:
        return BadRow("", row.line, str(error)), {}


def _checked(row: DataRow, parts: Sequence[dict[str, Any]]) -> Checked:
    """The verdict of the worst part."""
    if not parts:
        return Checked(row, "no code", "")
    worst = max(parts, key=lambda part: (part["verdict"] not in HOLDS, -VERDICTS.index(part["verdict"])))
    return Checked(row, worst["verdict"], worst["reason"], tuple(parts))


def _of_computation(computation: Computation, verification: Verification) -> dict[str, Any]:
    return {
        "verdict": str(verification.verdict),
        "reason": valid_text(verification.reason),
        "stated": f"{computation.expression} = {computation.result}",
        "code": computation.code,
        "output": valid_text(verification.output),
    }


# Solutions.

_VERDICT_OF: dict[Outcome, str] = {
    "other output": "output differs",
    "other error type": "error differs",
    "error now, output then": "now errs",
    "output now, error then": "now works",
    "timeout now": "timeout",
    "timeout then": "now works",
    "after a recorded timeout": "after a timeout",
}


def _of_solution(replayed: Replayed) -> dict[str, Any]:
    comparisons = replayed.comparisons
    recorded = [one for one in comparisons if one.outcome != "not recorded"]
    if not comparisons:
        return {"verdict": "no code", "reason": ""}
    if not recorded:
        failed = next((one for one in comparisons if one.execution.error), None)
        if failed is None:
            return {"verdict": "not recorded", "reason": ""}
        return _difference("errs, not recorded", failed)
    first = next((one for one in recorded if one.outcome not in CONSISTENT and not _same_numbers(one)), None)
    if first is None:
        same = all(one.outcome in CONSISTENT for one in recorded)
        return {"verdict": "same" if same else "printed otherwise", "reason": ""}
    if _answer_is_lost(replayed.record.solution.answer, recorded[-1]):
        return _difference("answer differs", first)
    return _difference(_VERDICT_OF.get(first.outcome, "output differs"), first)


def _difference(verdict: str, block: Comparison) -> dict[str, Any]:
    now = valid_text(block.execution.shown.strip())
    if block.recorded is None:
        return {
            "verdict": verdict,
            "reason": f"block {block.index}: {_short(now)}",
            "code": block.code,
            "now": now,
        }
    then = block.recorded.strip()
    reason = f"block {block.index}: {_short(then)}, now {_short(now)}"
    return {"verdict": verdict, "reason": reason, "code": block.code, "recorded": then, "now": now}


_SHORT = 60


def _short(text: str) -> str:
    """The last line, which of a traceback names the error."""
    line = " ".join(re.sub(r"^-{9,}", "", (text.splitlines() or ["nothing"])[-1].strip()).split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"


_FLOAT = re.compile(r"-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|-?\.\d+(?:[eE][-+]?\d+)?")
_NUMPY = re.compile(r"\bnp\.(?:float|int|uint|complex)\d*\(([^()]*)\)|\bnp\.(True|False)_\b")


def _same_numbers(block: Comparison) -> bool:
    """Whether only the writing of numbers differs: `np.float64(0.5)` and `0.5`, or the sixteenth digit."""
    if block.outcome not in ("other output", "differs after a difference") or block.execution.error:
        return False
    then, now = (
        _NUMPY.sub(lambda match: match[1] or match[2], text)
        for text in ((block.recorded or "").strip(), block.execution.shown.strip())
    )
    if "".join(_FLOAT.sub("#", then).split()) != "".join(_FLOAT.sub("#", now).split()):
        return False
    numbers = zip(_FLOAT.findall(then), _FLOAT.findall(now), strict=False)
    return all(one == other or _close(one, other) for one, other in numbers)


def _close(one: str, other: str) -> bool:
    """Two numbers that are equal as far as floats are; whole numbers have to be equal."""
    if not re.search(r"[.eE]", one + other):
        return int(one) == int(other)
    return isclose(float(one), float(other), rel_tol=1e-9, abs_tol=1e-12)


def _answer_is_lost(answer: str | None, last: Comparison) -> bool:
    """Whether the answer was what the last block printed, and is not what it prints now."""
    if not answer or last.recorded is None or last.outcome in CONSISTENT:
        return False
    then, now = ((text.strip().splitlines() or [""])[-1] for text in (last.recorded, last.execution.shown))
    return is_equivalent(answer, then).correct is True and is_equivalent(answer, now).correct is not True
