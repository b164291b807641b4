"""What a model was trained on, for the report of a run: tokens by source, padding, what was dropped and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, cast

from mathcoder.assets.markup import Html, section, table, tag
from mathcoder.publishing.charts import Part, bar, tally
from mathcoder.publishing.page import count, line
from mathcoder.training.progress_line import short_count
from mathcoder.training.run_folder import TrainingRun

__all__ = ["counted", "data", "dropped"]

_MOST_SOURCES = 30
_MOST_FACTS = 60
_Place = tuple[str, ...]


def data(run: TrainingRun) -> Iterator[Html]:
    """The section on data; nothing where training has not begun."""
    parts = [*_by_source(run.packed), *_packing(run.packed), *_dropped(run.prepared), *_other(run.prepared)]
    if parts:
        about = "Tokens are those of the model's tokenizer; a source can be gone over several times, or in part."
        yield section("Data", about, *parts)


def _by_source(packed: Mapping[str, Any]) -> Iterator[Html]:
    sources = {name: one for name, one in _mappings(packed.get("sources")).items() if "tokens" in one}
    ordered = sorted(sources, key=lambda name: (-sources[name]["tokens"], name))
    most = max((sources[name]["tokens"] for name in ordered), default=0)
    total = sum(sources[name]["tokens"] for name in ordered)
    bars = [
        bar(
            line(name, 60),
            f"{sources[name].get('epochs', 1):.3g} epochs",
            [Part("kept", "tokens", sources[name]["tokens"])],
            most,
            f"{short_count(sources[name]['tokens'])} tokens",
            f"{sources[name]['tokens'] / max(total, 1):.1%}",
        )
        for name in ordered[:_MOST_SOURCES]
    ]
    if bars:
        yield tag("div", *bars, class_="bars")
    if rest := ordered[_MOST_SOURCES:]:
        yield tag("p", f"{count(len(rest))} smaller sources are left out.", class_="about")


def _packing(packed: Mapping[str, Any]) -> Iterator[Html]:
    lines: list[tuple[str, str]] = []
    for name in ("rows", "tokens", "documents", "pieces"):
        if isinstance(packed.get(name), int):
            lines.append((name, count(packed[name])))
    for name, what in (
        ("padding_share", "share of the rows that is empty"),
        ("padding_share_of_next_fit", "the same, packed in order as MathCoder2 does"),
    ):
        if isinstance(packed.get(name), float):
            lines.append((what, f"{packed[name]:.2%}"))
    if lines:
        yield tag("h3", "Packed")
        yield table(lines, (), "numbers")


def _dropped(prepared: Mapping[str, Any]) -> Iterator[Html]:
    for of, counts in dropped(prepared):
        yield tag("h3", f"Dropped{' of ' * bool(of)}{of}: {count(counts.total())}")
        yield tally(counts, counts.total(), "reason", "rows")


def dropped(prepared: Mapping[str, Any]) -> Iterator[tuple[str, Counter[str]]]:
    """What was dropped by reason, wherever it is counted: of a source, of its train or its held-out rows."""
    for where, facts in _within(prepared):
        reasons = facts.get("dropped")
        known = cast("dict[str, Any]", reasons) if isinstance(reasons, dict) else {}
        counts = Counter({reason: number for reason, number in known.items() if isinstance(number, int)})
        if counts.total():
            yield ", ".join(line(name, 60) for name in where if name != "sources"), counts


def _within(facts: Mapping[str, Any], where: _Place = ()) -> Iterator[tuple[_Place, Mapping[str, Any]]]:
    """The mapping, and those in it, each with the names that lead to it."""
    yield where, facts
    for name, inner in _mappings(facts).items():
        yield from _within(inner, (*where, name))


def _other(prepared: Mapping[str, Any]) -> Iterator[Html]:
    lines = counted(prepared)
    if lines:
        shown = [(line(name, 100), value) for name, value in lines[:_MOST_FACTS]]
        more = f"{count(len(lines) - _MOST_FACTS)} more are in facts.json." if len(lines) > _MOST_FACTS else ""
        summary = tag("summary", "All that was counted")
        note = [tag("p", more, class_="about")] if more else []
        yield tag("details", summary, table(shown), *note, class_="more")


def counted(prepared: Mapping[str, Any]) -> list[tuple[str, str]]:
    """All that is known of the data besides what was dropped, by name, as it is written."""
    return [(name, value) for name, value in _leaves(prepared) if "dropped" not in name.split(", ")]


def _leaves(facts: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in facts.items():
        whole = f"{before}, {name}" if before else name
        if isinstance(value, dict):
            yield from _leaves(cast("dict[str, Any]", value), whole)
        elif isinstance(value, bool) or not isinstance(value, (int, float)):
            yield whole, line(value, 200)
        else:
            yield whole, count(value) if isinstance(value, int) else f"{value:.4g}"


def _mappings(value: object) -> dict[str, Mapping[str, Any]]:
    """The entries of a mapping that are mappings."""
    found = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    return {name: one for name, one in found.items() if isinstance(one, dict)}
