"""Bars and histograms of a report, in markup and inline SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from mathcoder.assets.markup import Html, tag
from mathcoder.assets.markup import table as table_of
from mathcoder.publishing.page import count, line, share

__all__ = ["COLOURS", "Histogram", "Part", "bar", "histogram", "legend", "sizes", "swatch", "tally"]

COLOURS = ("first", "second", "third", "fourth", "fifth", "sixth")
_WIDTH, _HEIGHT, _TOP, _BOTTOM = 320, 150, 16, 20  # of a histogram; its bars stand between top and bottom
_MOST_COUNTS = 20
_CHAR = 6.5  # the width of a character of an axis, about


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: its colour (`COLOURS`, "kept" or "dropped"), its name, and how much it is."""

    colour: str
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many there are of each size.

    Attributes:
        title: what is counted by what.
        about: what is not in it, or "".
        starts: where each bin starts, as text for the axis.
        names: of the bins, for the table.
        series: counts for each bin by colour, from below.
    """

    title: str
    about: str
    starts: Sequence[str]
    names: Sequence[str]
    series: Mapping[str, Sequence[int]]


def swatch(colour: str) -> Html:
    """A square of a colour, for before its name."""
    return tag("i", class_=f"swatch {colour}")


def legend(names: Iterable[tuple[str, str]]) -> Html:
    """Colours and what they mean."""
    return tag("ul", *(tag("li", swatch(colour), name) for colour, name in names), class_="legend")


def bar(name: str, about: str, parts: Sequence[Part], most: int, value: str, note: str, *below: str) -> Html:
    """A bar of parts, as long as they are beside `most`, with what is said below it."""
    total = sum(part.amount for part in parts)
    shown = [part for part in parts if part.amount]
    segments = (tag("span", class_=part.colour, style=f"flex-grow:{part.amount}") for part in shown)
    says = "; ".join(f"{part.name} {count(part.amount)}" for part in shown) or "nothing"
    width = f"width:{100 * total / max(most, 1):.2f}%"
    stack = tag("div", *segments, class_="stack", style=width, role="img", aria_label=f"{name}: {says}")
    return tag(
        "div",
        tag("span", tag("b", name), *([tag("small", about)] if about else []), class_="name"),
        tag("div", stack, *below, class_="body"),
        tag("span", tag("b", value), *([tag("small", note)] if note else []), class_="value"),
        class_="bar",
    )


def histogram(chart: Histogram) -> Html:
    """A histogram with its numbers in a table below."""
    several = len(chart.series) > 1
    lines = [
        (name, *(count(counts[place]) for counts in chart.series.values()))
        for place, name in enumerate(chart.names)
    ]
    numbers = table_of(lines, ("", *(chart.series if several else ("count",))), "numbers")
    return tag(
        "figure",
        tag("figcaption", tag("b", chart.title), *([tag("small", chart.about)] if chart.about else [])),
        *([legend((colour, colour) for colour in chart.series)] if several else []),
        _drawing(chart),
        tag("details", tag("summary", tag("small", "numbers")), numbers),
        class_="histogram",
    )


def sizes(title: str, about: str, classes: Counter[int], colour: str = "kept") -> Histogram:
    """A histogram of counts in classes of powers of two, from the smallest class there is to the largest."""
    places = range(min(classes), max(classes) + 1) if classes else range(0)
    starts = [_short(2 ** (place - 1)) if place else "0" for place in places]
    names = ["0" if not place else _between(2 ** (place - 1), 2**place - 1) for place in places]
    return Histogram(title, about, starts, names, {colour: [classes[place] for place in places]})


def _between(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def _short(number: int) -> str:
    """Of a power of two."""
    for limit, sign in ((1 << 30, "G"), (1 << 20, "M"), (1 << 10, "k")):
        if number >= limit:
            return f"{number // limit}{sign}"
    return str(number)


def _drawing(chart: Histogram) -> Html:
    totals = [sum(counts) for counts in zip(*chart.series.values(), strict=True)]
    most, step = max([1, *totals]), (_WIDTH - 4) / max(len(totals), 1)
    ground = _HEIGHT - _BOTTOM
    shapes: list[Html] = []
    for place in range(len(totals)):
        foot = float(ground)
        for colour, counts in chart.series.items():
            if counts[place]:
                height = (ground - _TOP) * counts[place] / most
                foot -= height
                shapes.append(_rectangle(colour, 2 + place * step, foot, max(step - 1, 1), height))
    shapes.append(tag("line", x1="2", x2=f"{_WIDTH - 2}", y1=f"{ground}.5", y2=f"{ground}.5"))
    shapes.append(tag("text", count(most), x="2", y=f"{_TOP - 5}"))
    widest = _CHAR * (max(map(len, chart.starts), default=1) + 1)
    apart = max(1, ceil(widest / step))
    for place in range(0, len(totals), apart):
        shapes.append(tag("text", chart.starts[place], x=f"{2 + place * step:.1f}", y=f"{_HEIGHT - 6}"))
    named = zip(chart.names, totals, strict=True)
    says = f"{chart.title}: " + "; ".join(f"{name} {count(total)}" for name, total in named)
    return tag("svg", *shapes, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", aria_label=says)


def tally(counts: Counter[str], total: int, name: str, unit: str = "tokens") -> Html:
    """A table of counts with their share, the largest first; the smallest are put together."""
    ordered = sorted(counts, key=lambda one: (-counts[one], one))
    lines = [(line(one, 120), count(counts[one]), share(counts[one], total)) for one in ordered[:_MOST_COUNTS]]
    if rest := ordered[_MOST_COUNTS:]:
        left = sum(counts[one] for one in rest)
        lines.append((f"{count(len(rest))} others", count(left), share(left, total)))
    return table_of(lines, (name, unit, "share"), "numbers")


def _rectangle(colour: str, left: float, top: float, width: float, height: float) -> Html:
    return tag(
        "rect", class_=colour, x=f"{left:.1f}", y=f"{top:.1f}", width=f"{width:.1f}", height=f"{height:.1f}"
    )
