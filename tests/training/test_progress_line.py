"""Progress as a person sees it, on terminals of several widths and in a file."""

from __future__ import annotations

import re

import pytest
from watched_training import console

from mathcoder.training.progress_line import ProgressLine, duration, short_count

VALUES = {"loss": 1.23456, "learning_rate": 2e-5, "tokens_per_second": 12345.6, "mfu": 0.4123}


def shown(*, terminal: bool, width: int = 80) -> str:
    where, text = console(terminal=terminal, width=width)
    with ProgressLine(where, 10_000) as line:
        line.update(1234, 45_200_000, 9060.0)
        line.measured(VALUES)
        line.measured({"held_out": {"web": 1.3, "[b]code": 1.5}})
        line.measured({"solved": {"right": 1, "of": 4, "executed": 3, "errors": 1}})
        line.say("step 4: [red]solving failed")
    return text.getvalue()


@pytest.mark.parametrize(
    ("width", "last"),
    [
        (60, "1,234/10,000  loss 1.235  held out 1.400  12.3k tok/s"),
        (80, "1,234/10,000  loss 1.235  held out 1.400  12.3k tok/s  MFU 41.2%  2h31m left"),
        (
            120,
            "1,234/10,000  45.2M tok  loss 1.235  held out 1.400  solved 1/4  12.3k tok/s  MFU 41.2%  2h31m left",
        ),
        (5, "1,23…"),
    ],
)
def test_one_line_that_fits_the_terminal(width: int, last: str) -> None:
    text = re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", shown(terminal=True, width=width))
    written = [line.rstrip() for line in re.split(r"[\r\n]", text) if line.strip()]
    assert written[-1] == last
    assert all(len(line) <= width for line in written if line[0].isdigit())


def test_a_line_for_each_measurement_elsewhere() -> None:
    assert shown(terminal=False).splitlines() == [
        "1,234/10,000  45.2M tok  loss 1.235  12.3k tok/s  MFU 41.2%  2h31m left",
        "1,234/10,000  45.2M tok  held out web 1.300, [b]code 1.500  2h31m left",
        "1,234/10,000  45.2M tok  solved 1/4  2h31m left",
        "step 4: [red]solving failed",
    ]


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (950, "950"), (1000, "1.00k"), (12_345, "12.3k"), (999_999, "1.00M"), (4.5e13, "45.0T")],
)
def test_counts_are_short(number: float, text: str) -> None:
    assert short_count(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0s"), (59.6, "1m00s"), (3599, "59m59s"), (11_222, "3h07m"), (180_000, "2d02h")]
)
def test_durations_have_two_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text
