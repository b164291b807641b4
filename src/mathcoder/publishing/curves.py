"""Curves of a report: values over steps, in inline SVG, with their numbers in a table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from mathcoder.assets.markup import Html, table, tag
from mathcoder.publishing.page import count, line

__all__ = ["Chart", "curve"]

# Of lines, in turn: colours that stand out from the page, in light and in dark, then the same broken up.
_COLOURS = ("--link", "--gone", "--fourth", "--good")
_DASHES = ("none", "6 3", "2 3")
_MOST_LINES, _MOST_ROWS = len(_COLOURS) * len(_DASHES), 60
_WIDTH, _HEIGHT = 360, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 6, 10, 22  # of the drawing, to what is between the axes
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Chart:
    """Values over steps.

    Attributes:
        title: what is shown.
        about: a line more on it, or "".
        lines: points (step, value) of each line by its name, in the order of steps. Of more than 12 lines, the
            rest is only in the table.
        form: how a value is written, for `str.format`.
        low, high: values that the axis has to reach; None: where the values begin and end.
        shape: a value holds from its point on ("steps"), or goes over to the next ("slopes").
    """

    title: str
    about: str
    lines: Mapping[str, Sequence[tuple[int, float]]] = field(default_factory=dict[str, list[tuple[int, float]]])
    form: str = "{:.3f}"
    low: float | None = None
    high: float | None = None
    shape: Literal["slopes", "steps"] = "slopes"


def curve(chart: Chart) -> Html:
    """A chart of lines with its numbers in a table below. A line of one point is a dot."""
    shown = dict(list(chart.lines.items())[:_MOST_LINES])
    several = len(chart.lines) > 1
    caption = tag("b", chart.title), *([tag("small", chart.about)] if chart.about else [])
    return tag(
        "figure",
        tag("figcaption", *caption),
        *([_legend(shown)] if several else []),
        _drawing(chart, shown),
        tag("details", tag("summary", tag("small", "numbers")), *_numbers(chart)),
        class_="histogram",
    )


def _style(place: int) -> str:
    colour, dash = _COLOURS[place % len(_COLOURS)], _DASHES[place // len(_COLOURS)]
    return f"fill:none;stroke:var({colour});stroke-width:2;stroke-linejoin:round;stroke-dasharray:{dash}"


def _legend(names: Mapping[str, object]) -> Html:
    def key(place: int) -> Html:
        stroke = tag("line", x1="0", x2="22", y1="5", y2="5", style=_style(place))
        return tag("svg", stroke, viewBox="0 0 22 10", style="display:inline;width:22px;margin-right:.4em")

    return tag("ul", *(tag("li", key(i), line(name, 60)) for i, name in enumerate(names)), class_="legend")


def _drawing(chart: Chart, lines: Mapping[str, Sequence[tuple[int, float]]]) -> Html:
    points = [point for of_line in lines.values() for point in of_line]
    steps, values = [step for step, _ in points] or [0], [value for _, value in points] or [0.0]
    reached = [*values, *(end for end in (chart.low, chart.high) if end is not None)]
    across, ticks = _Axis(min(steps), max(steps), _LEFT, _WIDTH - _RIGHT), _ticks(min(reached), max(reached))
    up = _Axis(ticks[0], ticks[-1], _HEIGHT - _BOTTOM, _TOP)
    shapes: list[Html] = []
    for tick in ticks:
        y = f"{up.at(tick):.1f}"
        shapes.append(tag("line", x1=str(_LEFT), x2=str(_WIDTH - _RIGHT), y1=y, y2=y))
        label = _label(tick, ticks)
        shapes.append(tag("text", label, x=str(_LEFT - 6), y=f"{up.at(tick) + 4:.1f}", style="text-anchor:end"))
    for step in sorted({min(steps), max(steps)}):
        anchor = "end" if step == max(steps) != min(steps) else "start"
        x = f"{across.at(step):.1f}"
        text = f"step {count(step)}"
        shapes.append(tag("text", text, x=x, y=str(_HEIGHT - 6), style=f"text-anchor:{anchor}"))
    for place, of_line in enumerate(lines.values()):
        where = [(across.at(step), up.at(value)) for step, value in of_line]
        if len(where) == 1:
            colour = f"fill:var({_COLOURS[place % len(_COLOURS)]})"
            shapes.append(tag("circle", cx=f"{where[0][0]:.1f}", cy=f"{where[0][1]:.1f}", r="4", style=colour))
        elif where:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in _joined(where, chart.shape))
            shapes.append(tag("polyline", points=path, style=_style(place)))
    ends = (f"{name} {chart.form.format(last[-1][1])}" for name, last in chart.lines.items() if last)
    says = f"{chart.title}, at the end: {'; '.join(ends)}"
    return tag("svg", *shapes, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", aria_label=says)


def _joined(points: Sequence[tuple[float, float]], shape: str) -> Iterator[tuple[float, float]]:
    yield points[0]
    for (_, before), (x, y) in pairwise(points):
        if shape == "steps":
            yield x, before
        yield x, y


def _numbers(chart: Chart) -> Iterator[Html]:
    """A row for each step, or for some of them evenly, the first and the last among them."""
    by_step: dict[int, dict[str, float]] = {}
    for name, points in chart.lines.items():
        for step, value in points:
            by_step.setdefault(step, {})[name] = value
    steps = sorted(by_step)
    if len(steps) > _MOST_ROWS:
        places = {round(i * (len(steps) - 1) / (_MOST_ROWS - 1)) for i in range(_MOST_ROWS)}
        yield tag("p", f"{count(len(places))} of {count(len(steps))} steps.", class_="about")
        steps = [steps[place] for place in sorted(places)]
    shown = {step: {name: chart.form.format(value) for name, value in by_step[step].items()} for step in steps}
    rows = [(count(step), *(shown[step].get(name, "") for name in chart.lines)) for step in steps]
    heads = [line(name, 60) for name in chart.lines] if len(chart.lines) > 1 else ["value"]
    yield table(rows, ("step", *heads), "numbers")


@dataclass(frozen=True, slots=True)
class _Axis:
    """From values to places."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        whole = self.high - self.low
        part = (value - self.low) / whole if whole else 0.5
        return self.start + part * (self.end - self.start)


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers that the values lie between, about five."""
    if not high > low:
        return [low]
    rough = (high - low) / _TICKS
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * size for size in (1, 2, 2.5, 5, 10) if unit * size >= rough)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [place * step for place in range(first, last + 1)]


def _label(tick: float, ticks: Sequence[float]) -> str:
    """A tick, with as many digits as all of them need."""
    most = max(abs(ticks[0]), abs(ticks[-1]))
    if most >= 10_000:
        unit, sign = next((u, s) for u, s in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")) if most >= u)
        return f"{tick / unit:.3g}{sign}" if tick else "0"
    if 0 < most < 0.001:
        return f"{tick:.1e}".replace("e-0", "e-") if tick else "0"
    digits = next((n for n in range(6) if all(abs(round(one, n) - one) < 1e-9 for one in ticks)), 6)
    return f"{tick:.{digits}f}"
