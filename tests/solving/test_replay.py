"""Recorded solutions executed again: the table of outcomes, and real recordings."""

from __future__ import annotations

import gzip
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

import pytest

from mathcoder.sandbox import Execution, Limits, Sandbox
from mathcoder.solution import Block, Solution
from mathcoder.solving.formats import Record, read_records
from mathcoder.solving.replay import (
    CONSISTENT,
    OUTCOMES,
    Outcome,
    Replayed,
    compare,
    replay,
    replay_solution,
)

RECORDED = Path(__file__).parents[2] / "examples/data/mathcoder_l70b.jsonl"

OK = Execution("12\n")
EMPTY = Execution("")
ZERO = Execution(
    "", 'Traceback (most recent call last):\n  File "<cell 1>"\nZeroDivisionError: division by zero', "error"
)
INDEX = Execution("", "Traceback (most recent call last):\n  ...\nIndexError: list index out of range", "error")
AFTER_OUTPUT = Execution("12\n", ZERO.error, "error")
LATE = Execution("", "TimeoutError: stopped after 10 s", "timeout")
SYNTAX = Execution(
    "", "  File \"<cell 1>\", line 1\n    x = (\n        ^\nSyntaxError: '(' was never closed", "error"
)
SYMPIFY = Execution("", "Traceback (most recent call last):\n  ...\nsympy.core.sympify.SympifyError: x", "error")

IPYTHON = (
    "\x1b[0;31m---------------------------------------------------------------------------\x1b[0m\n"
    "\x1b[0;31mZeroDivisionError\x1b[0m                         Traceback (most recent call last)\n"
    "Cell \x1b[0;32mIn[1], line 1\x1b[0m\n\x1b[0;32m----> 1\x1b[0m \x1b[38;5;241m1\x1b[39m\n\n"
    "\x1b[0;31mZeroDivisionError\x1b[0m: division by zero"
)
# As MathCoder's authors recorded it: the first lines joined, the escape characters half gone.
RECORDED_TRACEBACK = (
    "--------------------------------------------------------------------------- IndexError"
    "                                Traceback (most recent call last) Cell In[2], line 2\n"
    "      1 \x1b[38;5;66;03m# Solve for AB\n----> 2 AB \x1b[38;5;241m= solve(eq, AB)[\x1b[38;5;241;43m0]\n"
    "      3 AB_value\n IndexError: list index out of range"
)
NOTICE = (
    "The history saving thread hit an unexpected error (OperationalError('database is locked'))."
    "History will not be written to the database."
)


@pytest.mark.parametrize(
    ("recorded", "execution", "outcome"),
    [
        (None, OK, "not recorded"),
        (None, LATE, "not recorded"),
        ("12", OK, "same output"),
        ("\n 12\n\n", OK, "same output"),
        (f"{NOTICE}12", OK, "same output"),
        (f"{NOTICE}\n12", OK, "same output"),
        (f"1{NOTICE}2", OK, "same output"),
        ("\x1b[32m12\x1b[0m", OK, "same output"),
        ("a\r\nb", Execution("a\nb\n"), "same output"),
        ("", EMPTY, "same output"),
        ("<empty_execution>", EMPTY, "same output"),
        (AFTER_OUTPUT.shown, AFTER_OUTPUT, "same output"),
        ("13", OK, "other output"),
        ("<empty_execution>", OK, "other output"),
        ("Traceback of a parcel", OK, "other output"),
        (IPYTHON, ZERO, "same error type"),
        (f"12\n{IPYTHON}", ZERO, "same error type"),
        (RECORDED_TRACEBACK, INDEX, "same error type"),
        (RECORDED_TRACEBACK, ZERO, "other error type"),
        (RECORDED_TRACEBACK, OK, "output now, error then"),
        (
            "Traceback (most recent call last):\n  ...\nZeroDivisionError: float division by zero",
            ZERO,
            "same error type",
        ),
        ("ZeroDivisionError: division by zero", ZERO, "same error type"),
        ("  File <ipython>:1\nSyntaxError: invalid syntax", SYNTAX, "same error type"),
        ("Traceback (most recent call last):\nSympifyError: other words", SYMPIFY, "same error type"),
        ("Traceback (most recent call last):\nKeyError: 'x'", ZERO, "other error type"),
        ("12", ZERO, "error now, output then"),
        ("<empty_execution>", ZERO, "error now, output then"),
        (IPYTHON, OK, "output now, error then"),
        ("TimeoutError: stopped after 5 s", LATE, "both timed out"),
        ("12\nTimeout waiting for reply", LATE, "both timed out"),
        ("Cell execution timed out", LATE, "both timed out"),
        ("Timeout waiting for reply", OK, "timeout then"),
        ("Timeout waiting for reply", ZERO, "timeout then"),
        ("12", LATE, "timeout now"),
        (IPYTHON, LATE, "timeout now"),
    ],
)
def test_compare(recorded: str | None, execution: Execution, outcome: Outcome):
    assert compare(recorded, execution) == outcome


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(timeout=10)) as sandbox:
        yield sandbox


def solution(*pairs: tuple[str, str | None]) -> Solution:
    """Code and what was recorded for it."""
    blocks: list[Block] = [Block("text", "Let us see.")]
    for code, recorded in pairs:
        blocks.append(Block("code", code))
        if recorded is not None:
            blocks.append(Block("execution", recorded))
    return Solution(tuple(blocks))


def test_blocks_share_a_session_and_keep_their_places(sandbox: Sandbox):
    comparisons = replay_solution(solution(("x = 5", ""), ("x + 1", "6"), ("x", None)), sandbox)
    assert [comparison.outcome for comparison in comparisons] == ["same output", "same output", "not recorded"]
    assert [comparison.index for comparison in comparisons] == [1, 3, 5]
    assert [comparison.execution.output for comparison in comparisons] == ["", "6\n", "5\n"]
    assert comparisons[2].recorded is None


def test_what_follows_a_difference_is_told_apart(sandbox: Sandbox):
    pairs = [("x = 5", ""), ("x", "6"), ("x + 1", "7"), ("2", "2"), ("3", None)]
    assert [comparison.outcome for comparison in replay_solution(solution(*pairs), sandbox)] == [
        "same output",
        "other output",
        "differs after a difference",
        "same output",
        "not recorded",
    ]


def test_what_follows_a_recorded_timeout_is_told_apart(sandbox: Sandbox):
    pairs = [("x = 5", "Timeout waiting for reply"), ("x", "Timeout waiting for reply"), ("x", "")]
    assert [comparison.outcome for comparison in replay_solution(solution(*pairs), sandbox)] == [
        "timeout then",
        "after a recorded timeout",
        "after a recorded timeout",
    ]


def test_a_timeout_of_its_own(sandbox: Sandbox):
    (comparison,) = replay_solution(
        solution(("while True: pass", "Timeout waiting for reply")), sandbox, timeout=0.2
    )
    assert comparison.outcome == "both timed out"


def test_results_come_in_order_from_a_source_that_never_ends(sandbox: Sandbox):
    taken = itertools.count()
    last = 0

    def endless() -> Iterator[Record]:
        nonlocal last
        for last in taken:
            yield Record(str(last), "", solution((f"{last}", str(last))))

    replays = replay(endless(), sandbox, workers=2)
    seen = list(itertools.islice(replays, 5))
    assert [replayed.record.id for replayed in seen] == ["0", "1", "2", "3", "4"]
    assert {comparison.outcome for replayed in seen for comparison in replayed.comparisons} == {"same output"}
    replays.close()  # type: ignore[attr-defined]
    assert last < 100
    assert sandbox.run("1").ok


def test_results_without_an_order_are_the_same(sandbox: Sandbox):
    slow = Record("slow", "", solution(("import time\ntime.sleep(1)\n'late'", "'late'")))
    records = [slow, *(row for row in read_records(RECORDED) if isinstance(row, Record))][:40]
    ordered = list(replay(records, sandbox, workers=2))
    loose = list(replay(records, sandbox, workers=2, ordered=False))
    assert [replayed.record.id for replayed in ordered] == [record.id for record in records]
    assert loose[0].record.id != "slow", "nobody waits for it"
    outcomes = [{row.record.id: [c.outcome for c in row.comparisons] for row in rows} for rows in (ordered, loose)]
    assert outcomes[0] == outcomes[1]
    assert len(loose) == len(records)


def tally(replays: Iterable[Replayed]) -> Counter[Outcome]:
    return Counter(comparison.outcome for replayed in replays for comparison in replayed.comparisons)


def test_outcomes_are_declared_once():
    assert get_args(Outcome) == OUTCOMES
    assert set(OUTCOMES) > CONSISTENT


@pytest.mark.parametrize("workers", [1, 3])
def test_the_recordings_that_are_shipped_come_out_the_same(sandbox: Sandbox, workers: int):
    records = [row for row in read_records(RECORDED) if isinstance(row, Record)]
    outcomes = tally(replay(records, sandbox, workers=workers))
    assert outcomes.total() > 150
    assert set(outcomes) <= CONSISTENT | {"not recorded"}, outcomes


def test_real_recordings(sandbox: Sandbox, data_dir: Path, tmp_path: Path):
    path = tmp_path / "traces.jsonl"
    with gzip.open(data_dir / "traces/lce_traces.jsonl.gz", "rt", encoding="utf-8") as source:
        path.write_text("".join(itertools.islice(source, 300)), encoding="utf-8")
    records = [row for row in read_records(path) if isinstance(row, Record)]
    assert len(records) == 300
    outcomes = tally(replay(records, sandbox))
    recorded = outcomes.total() - outcomes["not recorded"]
    assert recorded > 500
    assert sum(outcomes[outcome] for outcome in CONSISTENT) / recorded >= 0.99, outcomes
