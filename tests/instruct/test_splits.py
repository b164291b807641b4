"""Which rows are held out: whole problems with what was made of them, and the same ones when rows are added."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.instruct.samples import SAMPLE_COLUMNS, Sample
from mathcoder.instruct.splits import split_of
from mathcoder.solution import Block, Solution

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SOLUTIONS = st.builds(
    Solution,
    st.lists(st.builds(Block, st.sampled_from(["text", "code", "execution"]), TEXTS), max_size=4).map(tuple),
    st.none() | TEXTS,
)


def sample(problem: str = "p/1", number: int = 0, **more: Any) -> Sample:
    solution = Solution((Block("code", "print(1)"), Block("execution", "1")), "1")
    values = {"method": "seed", "source": "source", "split": "train"} | more
    return Sample(f"{problem}#{number}", problem, "1?", "1", solution, **values)


def test_all_rows_of_a_problem_and_of_those_made_from_it_are_together():
    seen: Counter[str] = Counter()
    for number in range(2_000):
        problem = f"gsm8k/train/{number}"
        rows = [sample(problem, other) for other in range(3)]
        rows += [sample(f"{problem}/varied/7/{other}", parent=problem, method="vary") for other in range(3)]
        (split,) = {split_of(row, seed=3, share=0.1) for row in rows}
        seen[split] += 1
    assert 150 < seen["validation"] < 250


@given(TEXTS, st.integers(), st.floats(0, 1))
def test_a_larger_share_holds_out_more(problem: str, seed: int, share: float):
    row = sample(problem)
    assert split_of(row, seed=seed, share=0) == "train"
    assert split_of(row, seed=seed, share=1) == "validation"
    if split_of(row, seed=seed, share=share) == "validation":
        assert split_of(row, seed=seed, share=(1 + share) / 2) == "validation"


def test_another_seed_holds_out_other_problems():
    rows = [sample(f"p/{number}") for number in range(400)]
    first, second = ([split_of(row, seed=seed, share=0.5) for row in rows] for seed in (0, 1))
    assert 100 < sum(a != b for a, b in zip(first, second, strict=True)) < 300


def test_the_split_of_a_row_stays_as_it_is():
    """Data sets that grow keep their rows where they are."""
    held = [number for number in range(200) if split_of(sample(f"p/{number}")) == "validation"]
    assert held == HELD


HELD = [35, 39, 67, 77, 112, 134]


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_is_between_0_and_1(share: float):
    with pytest.raises(ValueError, match=r"share is .*: it must be between 0 and 1"):
        split_of(sample(), share=share)


# Samples.


@pytest.mark.parametrize("split", ["test", "validation", ""])
def test_a_sample_is_of_a_train_split(split: str):
    with pytest.raises(ValueError, match=f"sample 'p/1#0': its problem is of the split '{split}'.*leave it out"):
        sample(split=split)
    row = sample().to_row() | {"split": split}
    with pytest.raises(ValueError, match=f"'p/1#0': .* split '{split}'"):
        Sample.from_row(row)


@given(SOLUTIONS, TEXTS, st.none() | TEXTS, st.none() | st.integers(0, 2**63 - 1))
def test_a_row_gives_back_an_equal_sample(solution: Solution, text: str, maybe: str | None, seed: int | None):
    one = Sample(
        text, text, text, text, solution, "distil", text, "train", text, maybe, maybe, maybe, seed, parent=maybe
    )
    row = one.to_row()
    assert tuple(row) == SAMPLE_COLUMNS
    assert Sample.from_row(row | {"tokens": 3}) == one


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"solution": "{"}, "sample 'p/1#0': its solution cannot be read: not JSON at"),
        (
            {"solution": '{"answer": "1"}'},
            "'p/1#0': its solution cannot be read: solution.blocks is missing",
        ),
        ({"solution": "[" * 100_000}, "sample 'p/1#0': its solution cannot be read: nested too deeply"),
        ({"model": KeyError}, "sample 'p/1#0': the column 'model' is missing"),
    ],
)
def test_a_row_that_is_none_is_named(change: dict[str, Any], said: str):
    row = {name: value for name, value in (sample().to_row() | change).items() if value is not KeyError}
    with pytest.raises(ValueError, match=said) as fault:
        Sample.from_row(row)
    assert "\n" not in str(fault.value)
