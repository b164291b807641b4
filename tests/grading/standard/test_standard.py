"""The hand-labelled standard is whole: every row resolves, nothing is doubled, no restricted text in the file."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from standard import PAIRS, Pair, pairs, plain_options

NO_ANSWERS = {"hungarian_exam", "minif2f"}
OPEN = set(
    "gsm8k math math500 svamp mmlu_math mmlu_stem mathqa aqua mathematics gsm_hard theoremqa mgsm cmath numglue "
    "olympiadbench".split()
)


LEAST = {"pairs": 600, "holdout": 300}


def entries(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in PAIRS.with_name(f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module", params=list(LEAST))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def resolved(data_dir: Path, name: str) -> list[Pair]:
    return pairs(data_dir, name)


def test_it_is_large_and_mostly_hard_and_balanced(resolved: list[Pair], name: str) -> None:
    hard = [pair for pair in resolved if pair.hard]

    assert len(resolved) >= LEAST[name]
    assert len(hard) >= len(resolved) / 2
    assert 0.4 <= sum(pair.label for pair in resolved) / len(resolved) <= 0.6
    assert 0.4 <= sum(pair.label for pair in hard) / len(hard) <= 0.6


def test_every_benchmark_that_states_answers_is_there(resolved: list[Pair], data_dir: Path) -> None:
    names = {file.name.removesuffix(".jsonl.gz") for file in (data_dir / "eval").glob("*.jsonl.gz")}
    counts = Counter(pair.benchmark for pair in resolved)

    assert set(counts) == names - NO_ANSWERS
    assert min(counts.values()) >= 5


def test_no_pair_is_doubled_and_none_is_empty(resolved: list[Pair]) -> None:
    assert len({pair.id for pair in resolved}) == len(resolved)
    assert len({(pair.answer, pair.reference) for pair in resolved}) == len(resolved)
    assert all(pair.answer.strip() and pair.reference.strip() and pair.why for pair in resolved)
    assert all(len(pair.answer) < 2000 for pair in resolved)


def test_the_holdout_has_no_pair_of_the_standard(data_dir: Path) -> None:
    seen = {(pair.answer, pair.reference) for pair in pairs(data_dir)}

    assert not [pair.id for pair in pairs(data_dir, "holdout") if (pair.answer, pair.reference) in seen]


def test_a_letter_refers_to_one_of_the_options(resolved: list[Pair], name: str) -> None:
    lettered = [pair for pair in resolved if pair.options and len(pair.reference) == 1]

    assert len(lettered) > LEAST[name] / 10
    assert all("ABCDEFGH".index(pair.reference.upper()) < len(pair.options) for pair in lettered)


def test_a_choice_is_labelled_by_its_letter(resolved: list[Pair]) -> None:
    for pair in resolved:
        if pair.origin == "option" and pair.options and len(pair.reference) == 1:
            right = pair.options["ABCDEFGH".index(pair.reference.upper())]
            assert (pair.answer == right) is pair.label, pair


def test_entries_have_the_agreed_keys(name: str) -> None:
    for entry in entries(name):
        assert isinstance(entry["label"], bool)
        assert isinstance(entry["hard"], bool)
        assert ("answer" in entry) != ("answer_from" in entry)
        assert ("reference" in entry) != ("lookup" in entry)
        assert list(entry)[-4:] == ["label", "hard", "from", "why"]


def test_restricted_rows_carry_no_text_of_their_benchmark(name: str) -> None:
    for entry in entries(name):
        if entry["benchmark"] not in OPEN and not (entry["benchmark"] == "college_math" and "reference" in entry):
            assert "reference" not in entry, entry["id"]
            assert "options" not in entry, entry["id"]
        for key in ("answer_from", "lookup"):
            for value in entry.get(key, {}).values():  # names, letters and places only
                assert isinstance(value, list) or "/" in value or value in "ABCDEFGH", entry["id"]


def test_what_college_math_carries_is_open(data_dir: Path, name: str) -> None:
    with gzip.open(data_dir / "eval/college_math.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    shippable = {row["answer"] for row in rows if "BY" in row["licence"] and "NC" not in row["licence"]}
    carried = {e["reference"] for e in entries(name) if e["benchmark"] == "college_math" and "reference" in e}

    assert carried
    assert carried <= shippable


def test_without_data_the_restricted_rows_are_left_out(resolved: list[Pair], name: str) -> None:
    shipped = pairs(None, name)

    assert LEAST[name] / 2 <= len(shipped) < len(resolved)
    assert set(shipped) <= set(resolved)


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        (["A)$61", "B)$65"], ["$61", "$65"]),
        (["(A) $-2$", "(B) $0$"], ["$-2$", "$0$"]),
        (["a ) 17 hr , b ) 14 hr , c ) 12 hr"], ["17 hr", "14 hr", "12 hr"]),
        (["a ) a ) 3.12 , b ) b ) 2.5"], ["3.12", "2.5"]),
        (["['a ) 10', 'b ) 12.5']"], ["10", "12.5"]),
        (["A) 45 B) 55 C) 70"], ["45", "55", "70"]),
        (["A. $(1, 0)$ B. $(2, 0)$"], ["$(1, 0)$", "$(2, 0)$"]),
        (["a dye laser", "a helium-neon laser"], ["a dye laser", "a helium-neon laser"]),
        (["shortage", "surplus"], ["shortage", "surplus"]),
        ([], []),
    ],
)
def test_options_lose_their_letters(options: list[str], texts: list[str]) -> None:
    assert plain_options(options) == texts
