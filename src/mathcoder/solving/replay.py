"""Re-executes recorded solutions and tells which outputs came out the same.

Each code block is run again, in order, in one session per solution, and what comes out is put beside what was
recorded. `consistent` means: the same output, or the same type of error, or both ran out of time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import Literal, get_args

from mathcoder.sandbox import Execution, Sandbox
from mathcoder.solution import Solution
from mathcoder.solving.formats import Record

__all__ = [
    "CONSISTENT",
    "OUTCOMES",
    "Comparison",
    "Outcome",
    "Replayed",
    "compare",
    "is_timeout",
    "replay",
    "replay_solution",
]

Outcome = Literal[
    "same output",
    "same error type",
    "both timed out",
    "not recorded",  # the solution ends with this code, or its execution was lost
    "after a recorded timeout",  # the recording's interpreter was still busy with an earlier block
    "differs after a difference",  # an earlier block of the solution already came out otherwise
    "other error type",
    "error now, output then",
    "output now, error then",
    "other output",
    "timeout now",
    "timeout then",
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
CONSISTENT: frozenset[Outcome] = frozenset(("same output", "same error type", "both timed out"))

_ANSI = re.compile(r"\x1b?\[[0-9;]*m")
# What IPython itself says in the middle of an output: no output of the code.
_NOISE = re.compile(
    r"The history saving thread hit an unexpected error \(.*?\)\)?\.\s*"
    r"History will not be written to the database\.\n?"
)
_TIMEOUT = re.compile(r"Timeout waiting for reply|TimeoutError: |Cell execution timed out")
# The name of an error at the start of a line, as the last part of a traceback has it.
_ERROR = re.compile(r"^ ?(?:\w+\.)*([A-Z]\w*)(?=: |:?$)", re.MULTILINE)


_AHEAD = 32  # solutions that wait or are done, for each worker


@dataclass(frozen=True, slots=True)
class Comparison:
    """One code block run again. `index` is its place among the solution's blocks."""

    index: int
    code: str
    recorded: str | None
    execution: Execution
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Replayed:
    """A record and its code blocks, in order."""

    record: Record
    comparisons: tuple[Comparison, ...]


def compare(recorded: str | None, execution: Execution) -> Outcome:
    """Put an execution beside the text that was recorded for the same code.

    Whitespace at the ends, colour codes and IPython's own notices do not count; `<empty_execution>` is "".
    """
    if recorded is None:
        return "not recorded"
    then = _NOISE.sub("", _ANSI.sub("", recorded)).strip().replace("\r\n", "\n")
    if then == "<empty_execution>":
        then = ""
    if is_timeout(then):
        return "both timed out" if execution.status == "timeout" else "timeout then"
    if execution.status == "timeout":
        return "timeout now"
    if execution.shown.strip() == then:
        return "same output"
    errors_then = set(_ERROR.findall(then))
    if execution.error:
        if not errors_then:
            return "error now, output then"
        return "same error type" if execution.error_type in errors_then else "other error type"
    return "output now, error then" if "Traceback (most recent call last)" in then else "other output"


def is_timeout(recorded: str) -> bool:
    """Whether a recorded output says that the code ran out of time."""
    return _TIMEOUT.search(recorded) is not None


def replay_solution(solution: Solution, sandbox: Sandbox, timeout: float | None = None) -> tuple[Comparison, ...]:
    """Run the code blocks of one solution again, in one session."""
    comparisons: list[Comparison] = []
    late = other = False
    with sandbox.session() as session:
        for index, block in enumerate(solution.blocks):
            if block.type != "code":
                continue
            after = solution.blocks[index + 1 : index + 2]
            recorded = after[0].content if after and after[0].type == "execution" else None
            execution = session.run(block.content, timeout)
            outcome = compare(recorded, execution)
            if outcome not in CONSISTENT and outcome != "not recorded":
                if late:
                    outcome = "after a recorded timeout"
                elif other:
                    outcome = "differs after a difference"
                other = True
            late = late or bool(recorded and is_timeout(recorded))
            comparisons.append(Comparison(index, block.content, recorded, execution, outcome))
    return tuple(comparisons)


def replay(
    records: Iterable[Record],
    sandbox: Sandbox,
    *,
    workers: int | None = None,
    timeout: float | None = None,
    ordered: bool = True,
) -> Iterator[Replayed]:
    """Run recorded solutions again, several at once.

    Args:
        workers: solutions at once; default: the sandbox's.
        timeout: seconds for one block; default: the sandbox's limit.
        ordered: results come in the order of the records; otherwise each as soon as it is there.
    """
    workers = workers or sandbox.workers
    source = iter(records)

    def one(record: Record) -> Replayed:
        return Replayed(record, replay_solution(record.solution, sandbox, timeout))

    with ThreadPoolExecutor(workers) as pool:
        pending: list[Future[Replayed]] = []
        try:
            while True:
                # Far ahead of a slow solution at the head, but not without end.
                pending += [pool.submit(one, record) for record in islice(source, _AHEAD * workers - len(pending))]
                if not pending:
                    return
                done = pending[:1] if ordered else wait(pending, return_when=FIRST_COMPLETED).done
                for future in done:
                    pending.remove(future)
                    yield future.result()
        finally:
            for future in pending:
                future.cancel()
