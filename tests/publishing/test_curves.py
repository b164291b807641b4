"""Charts of lines: where points come to lie, what is said to who cannot see them, and what a name may be."""

from __future__ import annotations

import re

import pytest

from mathcoder.publishing.curves import Chart, curve

HOSTILE = '"><script>alert(1)</script>'


def points(markup: str) -> list[list[tuple[float, float]]]:
    found: list[list[tuple[float, float]]] = []
    for line in re.findall(r'<polyline points="([^"]*)"', markup):
        found.append([(float(x), float(y)) for x, y in (pair.split(",") for pair in line.split())])
    return found


def test_a_line_falls_as_its_values_do() -> None:
    (line,) = points(curve(Chart("Loss", "", {"loss": [(0, 4.0), (50, 2.0), (100, 1.0)]})))
    xs, ys = [x for x, _ in line], [y for _, y in line]
    assert xs == sorted(xs)
    assert ys == sorted(ys)  # downwards
    assert xs[1] == pytest.approx((xs[0] + xs[2]) / 2, abs=0.1)
    assert ys[1] - ys[0] == pytest.approx(2 * (ys[2] - ys[1]), abs=0.2)


def test_a_value_that_holds_makes_steps() -> None:
    (line,) = points(curve(Chart("Right", "", {"right": [(0, 0.0), (10, 2.0)]}, shape="steps")))
    assert line[0][1] == line[1][1] > line[2][1]
    assert line[1][0] == line[2][0]


def test_lines_are_told_apart_and_named() -> None:
    lines = {f"source {i}": [(0, 1.0 + i), (10, 0.5 + i)] for i in range(14)}
    markup = curve(Chart("Held out", "", lines))
    assert len(points(markup)) == 12
    styles = re.findall(r'<polyline points="[^"]*" style="([^"]*)"', markup)
    assert len(set(styles)) == 12
    assert '<th scope="col">source 13</th>' in markup  # its numbers are there
    assert 'aria-label="Held out, at the end: source 0 0.500; source 1 1.500;' in markup


@pytest.mark.parametrize(
    "values",
    [[], [(5, 1.0)], [(0, 0.0), (1, 0.0)], [(0, 1e-9), (1, 3e-9)], [(0, -5.0), (9, 1e12)], [(3, 2.0), (3, 2.0)]],
)
def test_any_values_stay_inside(values: list[tuple[int, float]]) -> None:
    markup = curve(Chart("Any", "", {"any": values}))
    for line in points(markup):
        assert all(0 <= x <= 360 and 0 <= y <= 190 for x, y in line)
    assert "nan" not in markup
    assert ("<circle" in markup) == (len(values) == 1)


def test_ticks_are_round_and_reach_the_ends() -> None:
    markup = curve(Chart("", "", {"": [(0, 0.31), (1, 2.2)]}))
    labels = re.findall(r"<text [^>]*text-anchor:end[^>]*>([^<]*)</text>", markup)
    assert labels[:-1] == ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"]


def test_an_axis_reaches_where_it_has_to() -> None:
    markup = curve(Chart("Right", "", {"right": [(0, 1.0), (5, 2.0)]}, low=0, high=4))
    assert re.findall(r">([0-9])</text>", markup) == ["0", "1", "2", "3", "4"]


def test_long_runs_have_some_of_their_numbers() -> None:
    markup = curve(Chart("Loss", "", {"loss": [(step, 1.0) for step in range(1000)]}))
    rows = re.findall(r'<th scope="row">([\d,]+)</th>', markup)
    assert (len(rows), rows[0], rows[-1]) == (60, "0", "999")
    assert "60 of 1,000 steps." in markup


def test_names_are_text() -> None:
    markup = curve(Chart(HOSTILE, HOSTILE, {HOSTILE: [(0, 1.0), (1, 2.0)], "b": [(0, 1.0)]}))
    assert "<script" not in markup
    assert markup.count("&lt;script&gt;") >= 4
