"""The verifier: verdicts and reasons, order, laziness, threads, a sandbox that is given."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from mathcoder.computation import Computation
from mathcoder.sandbox import Limits, Sandbox
from mathcoder.verification import VERDICTS, Verdict, Verification, Verifier


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with Verifier(timeout=1.0) as verifier:
        yield verifier


def product(a: int, b: int, result: int | None = None) -> Computation:
    return Computation(
        (f"{a} boxes of {b}",), rf"{a} \times {b}", str(a * b if result is None else result), f"print({a}*{b})"
    )


@pytest.mark.parametrize(
    ("code", "result", "verdict", "output", "reason"),
    [
        ("print(4*6)", "24", "verified", "24", "4 changed to 5 gives 30"),
        ("print(4+6)", "24", "mismatch", "10", "10 is printed, 24 is stated"),
        ("print(a*6)", "24", "error", "", "NameError: name 'a' is not defined"),
        ("print(1)\nraise ValueError", "24", "error", "1", "ValueError"),
        ("while True: pass", "24", "timeout", "", "TimeoutError: stopped after 1 s"),
        ("print(24)", "24", "trivial", "24", "the result is a literal"),
        ("x = 4*6", "24", "unverifiable", "", "nothing was printed"),
        ("print(4*6)", "", "unverifiable", "24", "no result is stated"),
        ("print(4*6)", "quite a few boxes", "unverifiable", "24", "the stated result is words"),
        ("print('done')", "24", "unverifiable", "done", "the output and the stated result cannot be compared"),
        ("4*6", "24", "verified", "24", "4 changed to 5 gives 30"),
    ],
)
def test_verdicts(verifier: Verifier, code: str, result: str, verdict: Verdict, output: str, reason: str):
    verification = verifier.verify(Computation(("4 boxes of 6",), r"4 \times 6", result, code))
    assert verification == Verification(verdict, output, reason)


def test_many_come_in_order(verifier: Verifier):
    computations = [product(a, b, a * b + (a == 7)) for a in range(3, 30) for b in range(3, 20)]
    found = list(verifier.verify_many(computations))
    assert [verification.verdict for verification in found] == [
        "mismatch" if computation.expression.startswith("7 ") else "verified" for computation in computations
    ]
    assert [verification.output for verification in found] == [
        str(a * b) for a in range(3, 30) for b in range(3, 20)
    ]


def test_one_and_many_agree(verifier: Verifier):
    computations = [product(3, b, b * (3 + b % 2)) for b in range(4, 12)]
    assert list(verifier.verify_many(computations)) == [
        verifier.verify(computation) for computation in computations
    ]


def test_it_takes_its_input_as_needed(verifier: Verifier):
    taken = 0

    def endless() -> Iterator[Computation]:
        nonlocal taken
        for taken in itertools.count(1):
            yield product(taken + 3, 5)

    found = verifier.verify_many(endless())
    assert [next(found).verdict for _ in range(3)] == ["verified"] * 3
    found.close()
    assert taken < 1_000


def test_an_error_of_the_input_comes_through(verifier: Verifier):
    def broken() -> Iterator[Computation]:
        yield product(4, 6)
        raise OSError("no more")

    with pytest.raises(OSError, match="no more"):
        list(verifier.verify_many(broken()))
    assert verifier.verify(product(4, 6)).verdict == "verified"


def test_no_input(verifier: Verifier):
    assert list(verifier.verify_many([])) == []


def test_calls_from_many_threads(verifier: Verifier):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: verifier.verify(product(n, 7)), range(3, 23)))
    assert [verification.output for verification in found] == [str(7 * n) for n in range(3, 23)]
    assert {verification.verdict for verification in found} == {"verified"}


def test_the_number_of_workers_changes_nothing():
    computations = [product(a, 5, a * 5 + (a % 3 == 0)) for a in range(3, 40)]
    found: list[list[Verification]] = []
    for workers in (1, 3):
        with Verifier(workers=workers) as verifier:
            found.append(list(verifier.verify_many(computations)))
    assert found[0] == found[1]


def test_a_given_sandbox_stays_open():
    with Sandbox(Limits(timeout=1.0)) as sandbox:
        with Verifier(sandbox=sandbox, timeout=1.0) as verifier:
            assert verifier.verify(product(4, 6)).verdict == "verified"
        assert sandbox.run("print(1)").output == "1\n"


def test_closing_twice_is_fine():
    verifier = Verifier()
    verifier.close()
    verifier.close()


def test_verdicts_are_listed():
    assert set(VERDICTS) == {"verified", "mismatch", "error", "timeout", "trivial", "unverifiable"}
