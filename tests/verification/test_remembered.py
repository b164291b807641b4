"""Verdicts on disk are told again and nothing is run, whatever a kill left of the files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mathcoder.computation import Computation
from mathcoder.verification import RememberedVerifier, Verification, Verifier

CASES = [
    Computation(("4 boxes of 6",), r"4 \times 6", "24", "print(4 * 6)"),
    Computation((), "2 + 2", "5", "print(2 + 2)"),
    Computation((), "1 / 0", "0", "print(1 / 0)"),
    Computation(("4 boxes of 6",), r"4 \times 6", "24", "print(4 * 6)", (5, 9)),
]
VERDICTS = ["verified", "mismatch", "error", "verified"]


class Counted(Verifier):
    """A verifier that counts what it is asked."""

    asked = 0

    def verify_many(self, computations):
        wanted = list(computations)
        self.asked += len(wanted)
        return super().verify_many(wanted)


@pytest.fixture(scope="module")
def verifier():
    with Counted(workers=1) as verifier:
        yield verifier


def remembered(verifier: Verifier, folder: Path, **key: object) -> RememberedVerifier:
    return RememberedVerifier(verifier, folder, key)


def test_nothing_is_run_twice(verifier: Counted, tmp_path: Path):
    before = verifier.asked
    first = remembered(verifier, tmp_path).verify_many(CASES)
    assert [one.verdict for one in first] == VERDICTS
    assert verifier.asked - before == 3  # two differ in their place alone
    again = remembered(verifier, tmp_path)
    assert again.verify_many(reversed(CASES)) == first[::-1]
    assert (verifier.asked - before, again.replayed) == (3, 4)


def test_another_key_is_asked_again(verifier: Counted, tmp_path: Path):
    remembered(verifier, tmp_path, timeout=5).verify_many(CASES[:1])
    before = verifier.asked
    remembered(verifier, tmp_path, timeout=6).verify_many(CASES[:1])
    assert verifier.asked - before == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-20],
        lambda data: data + b'{"key": "00',
        lambda data: b"\xff\n" + data,
        lambda data: data.replace(b"mismatch", b"wonderful"),
        lambda data: b'[1]\n{"key": 5}\n{"key": "00", "verdict": "error", "more": 1}\n' + data,
    ],
)
def test_what_is_damaged_is_verified_again(verifier: Counted, tmp_path: Path, damage):
    remembered(verifier, tmp_path).verify_many(CASES)
    (file,) = tmp_path.glob("*.jsonl")
    file.write_bytes(damage(file.read_bytes()))
    assert [one.verdict for one in remembered(verifier, tmp_path).verify_many(CASES)] == VERDICTS


def test_each_line_is_there_when_its_verdict_is(verifier: Counted, tmp_path: Path, monkeypatch):
    def verify_many(computations):
        for number, _ in enumerate(computations):
            lines = [line for path in tmp_path.glob("*.jsonl") for line in path.read_text().splitlines()]
            assert len(lines) == number
            yield Verification("verified", str(number))

    monkeypatch.setattr(verifier, "verify_many", verify_many)
    remembered(verifier, tmp_path).verify_many(CASES[:3])
    (file,) = tmp_path.glob("*.jsonl")
    assert [json.loads(line)["output"] for line in file.read_text().splitlines()] == ["0", "1", "2"]
