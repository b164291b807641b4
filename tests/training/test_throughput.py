"""How time is taken, and what devices can do; what a model costs is in `test_throughput_flops.py`."""

from __future__ import annotations

import pytest

from mathcoder.training.throughput import Meter, mean_length, mfu, on_data_sheet


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def test_pauses_and_the_first_step_do_not_count() -> None:
    clock = Clock()
    meter = Meter(clock)
    clock.time += 50  # compiling
    meter.step(1, 1000)
    assert meter.rate() is None
    for step in (2, 3):
        clock.time += 2
        meter.step(step, 1000)
        clock.time += 30  # evaluation, and after it a checkpoint
        meter.pause()
        clock.time += 5
        meter.pause()
    assert meter.rate() == 500.0
    assert meter.rate() is None
    assert meter.seconds == 124.0


def test_time_left_counts_pauses() -> None:
    clock = Clock()
    meter = Meter(clock)
    assert meter.left(10) is None
    clock.time += 60
    meter.step(1, 1)
    assert meter.left(10) is None
    for step in (2, 3):
        clock.time += 8
        meter.step(step, 1)
        clock.time += 2
        meter.pause()
    assert meter.left(13) == pytest.approx(100.0)
    assert meter.left(2) == 0.0


def test_length_is_that_of_the_document_a_token_is_in() -> None:
    assert mean_length([10]) == 10.0
    assert mean_length([1, 3]) == (1 + 9) / 4
    assert mean_length([]) == 0.0


def test_mfu_is_the_share_of_all_devices() -> None:
    assert mfu(1000, 2e9, 1e12, devices=4) == 0.5


@pytest.mark.parametrize(
    ("name", "tera"),
    [
        ("NVIDIA A100-SXM4-80GB", 312.0),
        ("NVIDIA H100 80GB HBM3", 989.4),
        ("NVIDIA H100 PCIe", 756.0),
        ("NVIDIA H100 NVL", 835.5),
        ("NVIDIA H200", 989.4),
        ("NVIDIA B200", 2250.0),
        ("NVIDIA L40S", 362.05),
        ("NVIDIA L4", 121.0),
        ("NVIDIA GeForce RTX 4090", 165.2),
        ("NVIDIA A10", 125.0),
    ],
)
def test_devices_of_data_sheets(name: str, tera: float) -> None:
    assert on_data_sheet(name) == tera * 1e12


@pytest.mark.parametrize("name", ["cpu", "NVIDIA A1000 Laptop GPU", "NVIDIA GeForce RTX 4090 Laptop GPU", "H1000"])
def test_another_device_is_on_none(name: str) -> None:
    assert on_data_sheet(name) is None
