"""Steps and learning rates at their corners."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.training.recipe import OptimPart
from mathcoder.training.schedule import Schedule, plan_schedule

TENS = np.full(40, 10)  # rows of ten tokens


def factors(schedule: Schedule) -> list[float]:
    return [schedule.factor(step) for step in range(schedule.steps)]


def planned(lengths: np.ndarray = TENS, **asked: object) -> Schedule:
    return plan_schedule(OptimPart.model_validate({"batch": 4, **asked}), lengths)


@pytest.mark.parametrize(("rows", "steps"), [(1, 1), (3, 1), (4, 1), (5, 2), (40, 10), (41, 11)])
def test_the_last_step_may_have_fewer_rows(rows: int, steps: int):
    assert planned(np.full(rows, 10)).steps == steps


@pytest.mark.parametrize("schedule", ["cosine", "stable", "constant"])
def test_without_a_warmup_the_first_rate_is_the_highest(schedule: str):
    for asked in ({}, {"warmup_steps": 0}, {"warmup_tokens": 0}):
        made = planned(schedule=schedule, **asked)
        assert made.warmup == 0
        assert made.factor(0) == 1.0


def test_a_warmup_rises_in_equal_parts():
    made = planned(schedule="constant", warmup_steps=4)
    assert factors(made)[:6] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0, 1.0])


@pytest.mark.parametrize(
    ("tokens", "steps"), [(1, 1), (39, 1), (40, 1), (41, 2), (80, 2), (81, 3), (399, 10), (10_000, 10)]
)
def test_warmup_in_tokens(tokens: int, steps: int):
    assert planned(warmup_tokens=tokens).warmup == steps


def test_warmup_in_tokens_of_uneven_rows():
    # Steps begin after 0, 4, 204, 208 tokens.
    assert planned(np.array([1, 1, 1, 1, 50, 50, 50, 50, 1, 1, 1, 1, 9]), warmup_tokens=200).warmup == 2


def test_warmup_is_not_longer_than_the_training():
    made = planned(warmup_steps=1000)
    assert (made.warmup, made.steps) == (10, 10)
    assert factors(made)[-1] == pytest.approx(10 / 11)


@pytest.mark.parametrize("final", [0.0, 0.1, 1.0])
def test_a_cosine_ends_at_its_final_share(final: float):
    made = planned(warmup_steps=2, final=final)
    assert made.factor(2) == 1.0
    assert made.factor(6) == pytest.approx((1 + final) / 2)
    assert made.factor(10) == pytest.approx(final)
    assert made.factor(10_000) == pytest.approx(final)
    assert made.factor(9) == pytest.approx(final + (1 - final) * (1 + math.cos(math.pi * 7 / 8)) / 2)


@pytest.mark.parametrize(
    ("tokens", "decay"), [(1, 10), (39, 10), (40, 9), (41, 9), (80, 8), (200, 5), (320, 2), (400, 2), (5000, 2)]
)
def test_stable_decays_over_its_last_tokens(tokens: int, decay: int):
    made = planned(schedule="stable", decay_tokens=tokens, warmup_steps=2, final=0.2)
    assert made.decay == decay
    assert all(factor == 1.0 for factor in factors(made)[2 : decay + 1])
    down = [made.factor(step) for step in range(decay, 11)]
    assert down == pytest.approx(np.linspace(1, 0.2, 11 - decay))
    assert made.factor(11) == pytest.approx(0.2)


def test_stable_decays_over_a_tenth_by_default():
    assert planned(np.full(400, 10), schedule="stable").decay == 90


def test_stable_decay_of_uneven_rows():
    # Steps begin after 0, 200, 204 and 208 tokens, of 209; the last 9 begin with the third.
    rows = np.array([50, 50, 50, 50, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    assert planned(rows, schedule="stable", decay_tokens=5).decay == 2
    assert planned(rows, schedule="stable", decay_tokens=4).decay == 3


def test_constant_stays():
    assert factors(planned(schedule="constant", final=0.1)) == [1.0] * 10


@pytest.mark.parametrize("schedule", ["cosine", "stable", "constant"])
@pytest.mark.parametrize(("asked", "first"), [({}, 1.0), ({"warmup_steps": 1}, 0.5), ({"warmup_tokens": 5}, 0.5)])
def test_a_training_of_one_step_learns(schedule: str, asked: dict[str, int], first: float):
    made = planned(np.array([10]), schedule=schedule, **asked)
    assert made.steps == 1
    assert factors(made) == [first]


@given(
    lengths=st.lists(st.integers(1, 50), min_size=1, max_size=60),
    batch=st.integers(1, 8),
    kind=st.sampled_from(["cosine", "stable", "constant"]),
    warmup=st.integers(0, 2000),
    in_tokens=st.booleans(),
    decay=st.none() | st.integers(1, 2000),
    final=st.floats(0, 1),
)
def test_rates_rise_once_and_fall_once(
    lengths: list[int], batch: int, kind: str, warmup: int, in_tokens: bool, decay: int | None, final: float
):
    asked = {"warmup_tokens" if in_tokens else "warmup_steps": warmup, "schedule": kind, "final": final}
    if kind == "stable" and decay:
        asked["decay_tokens"] = decay
    made = plan_schedule(OptimPart.model_validate({"batch": batch, **asked}), np.array(lengths))
    rates = factors(made)
    assert len(rates) == math.ceil(len(lengths) / batch)
    assert all(0 <= rate <= 1 for rate in rates)
    assert rates[0] > 0
    assert all(before < after for before, after in pairwise(rates[: made.warmup]))
    assert all(before >= after for before, after in pairwise(rates[made.warmup :]))
    assert all(rate >= final - 1e-12 for rate in rates[made.warmup :])
