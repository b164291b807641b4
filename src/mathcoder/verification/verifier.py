"""`Verifier`: runs, compares and examines the code of computations, many at once.

Computations go through in chunks. Of a chunk all programs run together, then the changed programs that those
still open ask for, in rounds; while one chunk runs, the next is looked into.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from mathcoder.computation import Computation
from mathcoder.grading import Grader, Pair
from mathcoder.sandbox import Execution, Limits, Sandbox
from mathcoder.verification.examine import Examination, Outcome, examine
from mathcoder.verification.printed import Reading, claimed, differ, is_prose, readings
from mathcoder.verification.program import Program, TooLarge
from mathcoder.verification.stated import Stated
from mathcoder.verification.verdict import Verdict, Verification

__all__ = ["WARM", "Verifier"]

WARM = "mathcoder.verification.warm"
"""A module for `Sandbox(preload=...)`, where a sandbox is given: its children then start with SymPy's tables."""

_FIRST, _CHUNK = 16, 256  # computations whose programs run together, at first and at most
_CHANGED = 1.0  # seconds that a changed program may take, which says nothing if it does not end
_CHUNKS_AT_ONCE = 2
_OUTPUT = 100_000  # characters that a program may print
_KEPT = 2_000  # characters of it that a verification holds


@dataclass(slots=True)
class _Open:
    """A computation whose output agrees with its claim, while its code is examined."""

    examination: Examination
    way: str
    value: str
    output: str
    asked: str = ""
    verification: Verification | None = None


class Verifier:
    """Verifies computations. A context manager; calls may come from any thread.

    Args:
        workers: processes that run code at once; default: the cores of this process. Verdicts do not depend on it.
        timeout: seconds of processor time for one run of a snippet or of a changed one.
        memory: bytes that a snippet may use.
        sandbox: the sandbox to run in, with its own limits of memory and output; it is not closed here. Default:
            one of its own.

    Raises:
        SandboxError: the sandbox cannot start.

    Examples:
        >>> with Verifier() as verifier:
        ...     verifier.verify(Computation(("4 boxes of 6",), r"4 \\times 6", "24", "print(4 * 6)")).verdict
        'verified'
    """

    def __init__(
        self,
        *,
        workers: int | None = None,
        timeout: float = 5.0,
        memory: int = 512 << 20,
        sandbox: Sandbox | None = None,
    ):
        self._timeout = timeout
        self._owned = sandbox is None
        limits = Limits(timeout=timeout, memory=memory, output=_OUTPUT, images=0, clock="processor")
        self._sandbox = sandbox or Sandbox(limits, workers=workers, preload=[WARM])
        self._grader = Grader(workers=workers)

    def verify(self, computation: Computation) -> Verification:
        """The verdict on one computation. See `verify_many` for more than a few."""
        return self._chunk([computation])[0]

    def verify_many(self, computations: Iterable[Computation]) -> Iterator[Verification]:
        """Verdicts in the order of `computations`, as they are ready, over all cores.

        The input is taken as needed, up to some hundreds ahead.
        """
        source = iter(computations)
        size = _FIRST
        pending: deque[Future[list[Verification]]] = deque()
        with ThreadPoolExecutor(_CHUNKS_AT_ONCE, thread_name_prefix="verifier") as pool:
            try:
                while True:
                    while len(pending) < _CHUNKS_AT_ONCE and (chunk := list(itertools.islice(source, size))):
                        pending.append(pool.submit(self._chunk, chunk))
                        size = min(4 * size, _CHUNK)
                    if not pending:
                        return
                    yield from pending.popleft().result()
            finally:
                for left in pending:
                    left.cancel()

    def close(self) -> None:
        """End the processes. Calling it twice is fine."""
        self._grader.close()
        if self._owned:
            self._sandbox.close()

    def __enter__(self) -> Verifier:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _chunk(self, chunk: Sequence[Computation]) -> list[Verification]:
        executions = list(self._sandbox.map([computation.code for computation in chunk], self._timeout))
        found = [_failed(execution) for execution in executions]
        outputs = [execution.output.strip() for execution in executions]
        agreed = self._compare(chunk, outputs, found)
        states = [
            None if reading is None else _start(computation, reading, output)
            for computation, reading, output in zip(chunk, agreed, outputs, strict=True)
        ]
        self._examine([state for state in states if state is not None])
        return [
            (state.verification if state is not None else verification) or _UNKNOWN
            for state, verification in zip(states, found, strict=True)
        ]

    def _compare(
        self, chunk: Sequence[Computation], outputs: Sequence[str], found: list[Verification | None]
    ) -> list[Reading | None]:
        """The reading of each output that agrees with its claim; where there is none, `found` says why."""
        agreed: list[Reading | None] = [None] * len(chunk)
        unread: set[int] = set()
        left: list[tuple[int, list[Reading]]] = []
        for place, computation in enumerate(chunk):
            if found[place] is not None:
                continue
            if why := _not_comparable(computation, outputs[place]):
                found[place] = Verification("unverifiable", outputs[place][:_KEPT], why)
            else:
                left.append((place, readings(outputs[place])))
        while left:  # the next way to read an output only where the last one did not agree
            pairs = [Pair(ways[0].text, claimed(chunk[place].result)) for place, ways in left]
            grades = list(self._grader.grade_many(pairs))
            for (place, ways), grade in zip(left, grades, strict=True):
                agreed[place] = ways[0] if grade.correct else None
                if grade.correct is None:
                    unread.add(place)
            left = [(place, ways[1:]) for place, ways in left if agreed[place] is None and ways[1:]]
        for place, computation in enumerate(chunk):
            if found[place] is None and agreed[place] is None:
                found[place] = _disagreement(outputs[place], claimed(computation.result), place in unread)
        return agreed

    def _examine(self, states: Sequence[_Open]) -> None:
        """Run the changed programs that the examinations ask for, a round at a time."""
        asking = [state for state in states if _advance(state, None)]
        while asking:
            codes = [state.asked for state in asking]
            executions = self._sandbox.map(codes, min(self._timeout, _CHANGED))
            outcomes = [_outcome(state, execution) for state, execution in zip(asking, executions, strict=True)]
            asking = [state for state, outcome in zip(asking, outcomes, strict=True) if _advance(state, outcome)]


_TOO_DEEP = "the code is too deep to be looked into"
_UNKNOWN = Verification("unverifiable", "", "it was not looked into")


def _failed(execution: Execution) -> Verification | None:
    """The verdict on code that did not run to its end."""
    if execution.status == "ok":
        return None
    lines = [line for line in execution.error.splitlines() if line.strip()]
    why = lines[-1].strip() if lines else execution.status
    if execution.status not in ("error", "timeout") and execution.status not in why:
        why = f"{execution.status}: {why}"
    verdict: Verdict = "timeout" if execution.status == "timeout" else "error"
    return Verification(verdict, execution.output.strip()[:_KEPT], why[:300])


def _not_comparable(computation: Computation, output: str) -> str:
    if not output:
        return "nothing was printed"
    claim = claimed(computation.result)
    if not claim:
        return "no result is stated"
    if len(claim) > _KEPT:
        return "the stated result is too long to be compared"
    if is_prose(claim) and not any(char.isdigit() or char == "\\" for char in claim.replace("\\text", "")):
        return "" if " " not in claim and "\\" not in claim else "the stated result is words"
    return "" if readings(output) else "the output is too long to be compared"


def _disagreement(output: str, claim: str, unread: bool) -> Verification:
    if unread or all(is_prose(reading.text) for reading in readings(output)):
        return Verification("unverifiable", output[:_KEPT], "the output and the stated result cannot be compared")
    last = output.splitlines()[-1].strip()
    return Verification("mismatch", output[:_KEPT], f"{last[:100]} is printed, {claim[:100]} is stated")


def _start(computation: Computation, reading: Reading, output: str) -> _Open:
    state = _Open(_nothing(), reading.way, reading.text, output[:_KEPT])
    try:
        state.examination = examine(Program(computation.code), Stated(computation), reading.text)
    except TooLarge as error:
        state.verification = Verification("unverifiable", state.output, str(error))
    except RecursionError:
        state.verification = Verification("unverifiable", state.output, _TOO_DEEP)
    return state


def _nothing() -> Examination:
    yield from ()
    return "unverifiable", ""


def _advance(state: _Open, outcome: Outcome | None) -> bool:
    """Whether the examination asks for another run; else its verdict is set."""
    if state.verification is not None:
        return False
    try:
        state.asked = next(state.examination) if outcome is None else state.examination.send(outcome)
    except StopIteration as finished:
        verdict, reason = finished.value
        state.verification = Verification(verdict, state.output, reason)
        return False
    except TooLarge as error:
        state.verification = Verification("unverifiable", state.output, str(error))
        return False
    except RecursionError:
        state.verification = Verification("unverifiable", state.output, _TOO_DEEP)
        return False
    return True


def _outcome(state: _Open, execution: Execution) -> Outcome:
    """What a changed program's output says, read as the first program's was."""
    if not execution.ok:
        return Outcome(None)
    found = readings(execution.output.strip())
    if not found:
        return Outcome(None, silent=not execution.output.strip())
    reading = next((reading for reading in found if reading.way == state.way), found[0])
    return Outcome(differ(state.value, reading.text), reading.text)
