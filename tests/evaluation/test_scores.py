"""Shares and their intervals."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from mathcoder.evaluation import Share

Z95 = float(norm.ppf(0.975))


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        # z = 1.96: the centre is (count + z²/2) / (total + z²)
        (5, 10, 0.2366, 0.7634),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),  # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_known_intervals(count: int, total: int, low: float, high: float):
    assert Share(count, total).interval() == pytest.approx((low, high), abs=5e-5)


SHARES = st.integers(1, 10_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


@given(SHARES)
def test_interval_is_scipys(share: tuple[int, int]):
    count, total = share
    interval = binomtest(count, total).proportion_ci(0.95, "wilson")
    assert Share(count, total).interval(Z95) == pytest.approx((interval.low, interval.high), abs=1e-12)


@given(SHARES)
def test_interval_holds_the_share_and_stays_between_0_and_1(share: tuple[int, int]):
    found = Share(*share)
    low, high = found.interval()
    assert 0 <= low <= found.value + 1e-15
    assert found.value <= high + 1e-15
    assert high <= 1
    assert Share(found.total - found.count, found.total).interval() == pytest.approx((1 - high, 1 - low))


def test_value():
    assert Share(3, 4).value == 0.75
    assert math.isnan(Share(0, 0).value)
