"""What the report of any run of stages has: what was asked, the result in figures, the funnel."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from mathcoder.assets.markup import Html, section, table, tag
from mathcoder.publishing.charts import Part, bar, legend
from mathcoder.publishing.look import FinishedStage, StagedRun
from mathcoder.publishing.page import count, line, share, short

__all__ = ["figures", "funnel", "head"]

_MOST_REASONS, _MOST_INPUTS = 6, 200


def head(run: StagedRun, last: str) -> Iterator[Html]:
    """What the run is and what was asked; that it is not finished, where the stage `last` is not."""
    if run.about:
        yield tag("p", short(run.about))
    facts = {"built": _time(run), "took": _duration(sum(stage.seconds for stage in run.stages))}
    facts |= {"mathcoder": run.asked.get("versions", {}).get("mathcoder", "")}
    yield tag(
        "ul",
        *(tag("li", f"{name} ", tag("b", short(value, 60))) for name, value in facts.items() if value),
        class_="facts",
    )
    if run.stage(last) is None or not run.dataset:
        so_far = f"This run is not finished: {count(len(run.stages))} of its stages are done. "
        yield tag("p", so_far, "Give the same command again to go on.", class_="notice", role="status")
    summary = tag("summary", "What was asked, of what, with which versions")
    yield tag("details", summary, *_asked(run), class_="more")


def _asked(run: StagedRun) -> Iterator[Html]:
    if run.recipe:
        yield tag("h3", "recipe")
        yield tag("pre", short(run.recipe, 20_000))
    yield tag("h3", "stages")
    stages = [(stage.name, _duration(stage.seconds), short(json.dumps(stage.params))) for stage in run.stages]
    yield table(stages, ("stage", "time", "parameters"))
    if inputs := run.asked.get("inputs", []):
        yield tag("h3", "inputs")
        shown = [
            (short(one.get("path")), _size(one.get("size")), short(one.get("sha256")))
            for one in inputs[:_MOST_INPUTS]
        ]
        yield table(shown, ("file", "bytes", "sha256"))
    if len(inputs) > _MOST_INPUTS:
        yield tag("p", f"{count(len(inputs) - _MOST_INPUTS)} more are in run.json.", class_="about")
    for name in ("versions", "seeds"):
        if values := run.asked.get(name):
            yield tag("h3", name)
            yield table([(short(key), short(value)) for key, value in values.items()])


def _time(run: StagedRun) -> str:
    return "" if run.ended is None else datetime.fromtimestamp(run.ended, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _size(size: object) -> str:
    return count(size) if isinstance(size, int) else ""


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, hours = round(seconds / 60), round(seconds / 3600, 1)
    return f"{minutes} min" if minutes < 120 else f"{hours:,} h"


def figures(run: StagedRun, found: Sequence[tuple[str, str]]) -> Iterator[Html]:
    """The result in large figures: each with what it is of, and the licence of the whole."""
    licence = run.card.get("license_name") or run.card.get("license")
    shown = [*found, *([(short(licence, 60), "licence of the whole")] if licence else [])]
    if shown:
        lines = (tag("li", tag("b", value), tag("small", name)) for value, name in shown)
        yield tag("ul", *lines, class_="figures")


def funnel(run: StagedRun, note: str) -> Iterator[Html]:
    """What each stage got, kept and dropped, as bars; `note` is a line more on it."""
    if not run.stages:
        return
    most = max(max(stage.rows_in, stage.kept + sum(stage.dropped.values())) for stage in run.stages)
    bars = (_stage_bar(stage, most) for stage in run.stages)
    colours = legend([("kept", "kept"), ("dropped", "dropped")])
    about = f"What each stage got, kept and dropped, in rows, and why. {note}"
    yield section("The funnel", about, colours, tag("div", *bars, class_="bars"))


def _stage_bar(stage: FinishedStage, most: int) -> Html:
    dropped = sum(stage.dropped.values())
    ordered = sorted(stage.dropped, key=lambda reason: (-stage.dropped[reason], reason))
    reasons = [
        tag(
            "li",
            f"{line(reason, 80)} ",
            tag("b", count(stage.dropped[reason])),
            f" ({share(stage.dropped[reason], stage.kept + dropped)})",
        )
        for reason in ordered[:_MOST_REASONS]
    ]
    if rest := ordered[_MOST_REASONS:]:
        left = sum(stage.dropped[reason] for reason in rest)
        reasons.append(tag("li", f"{count(len(rest))} other reasons ", tag("b", count(left))))
    return bar(
        stage.name,
        f"{count(stage.rows_in)} rows in" if stage.rows_in else "",
        [Part("kept", "kept", stage.kept), Part("dropped", "dropped", dropped)],
        most,
        f"{count(stage.kept)} kept",
        f"{count(dropped)} dropped",
        *([tag("ul", *reasons, class_="counts")] if reasons else []),
    )
