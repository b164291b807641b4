"""Which items of benchmarks were looked for in the questions of instruction data, and what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mathcoder.assets.markup import Html, section, table, tag
from mathcoder.instruct.recipe import InstructRecipe
from mathcoder.publishing.look import FinishedStage, StagedRun, rows, rows_by_id
from mathcoder.publishing.page import count, line, short
from mathcoder.publishing.samples import chosen, sample

__all__ = ["by_benchmark", "contamination", "looked_for"]

_MOST_SAMPLES, _MOST_IGNORED = 12, 20
_AROUND, _PASSAGE_CHARS = 400, 800


def by_benchmark(items: Iterable[str]) -> Counter[str]:
    """How many of the items, which are named by their ids, are of each benchmark."""
    return Counter(item.partition("/")[0] for item in items)


def looked_for(stage: FinishedStage) -> Counter[str] | None:
    """The test items that a finished stage looked for, by benchmark; None where its table of them is not there."""
    table = stage.table("items")
    return Counter({row["benchmark"]: row["items"] for row in rows([table])}) if table else None


def contamination(run: StagedRun, recipe: InstructRecipe) -> Iterator[Html]:
    """What was looked for, what was found and so dropped, and what could not be looked for."""
    stage = run.stage("decontaminate")
    evidence = stage.table("evidence") if stage else None
    if stage is None or evidence is None:
        return
    sought, part = looked_for(stage), recipe.decontaminate
    hits: Counter[str] = Counter()  # rows by item
    first: dict[str, dict[str, Any]] = {}
    for row in rows([evidence]):
        hits[row["item"]] += 1
        first.setdefault(row["id"], row)
    items = f"{count(sought.total())} test items" if sought else "the test items"
    about = f"The questions were searched for {items} of benchmarks, by their {part.n}-grams. "
    if not hits:
        about += f"No question has {part.threshold:.0%} of those of any item: nothing was dropped."
    else:
        about += (
            f"Rows whose question has {part.threshold:.0%} of those of an item, and that were dropped: "
            f"{count(sum(stage.dropped.values()))}. Items found: {count(len(hits))}."
        )
    yield section("Benchmark items", about, *_found(run, first), *_ignored(stage), *_benchmarks(sought, hits))


def _benchmarks(sought: Counter[str] | None, hits: Counter[str]) -> Iterator[Html]:
    found = by_benchmark(hits)
    if sought is None:
        said = "How many were looked for cannot be said: other benchmark files are here than when it was built."
        yield tag("p", said, class_="about")
    names = sorted(sought or found, key=lambda name: (-found[name], -(sought or found)[name], name))
    lines = [(line(name, 80), count(sought[name]) if sought else "", count(found[name])) for name in names]
    if lines:
        numbers = table(lines, ("benchmark", "items looked for", "items found"), "numbers")
        yield tag("details", tag("summary", "By benchmark"), numbers, class_="more")


def _found(run: StagedRun, first: Mapping[str, Mapping[str, Any]]) -> Iterator[Html]:
    """Some questions that an item was found in."""
    names = chosen((("", name) for name in first), _MOST_SAMPLES).get("", [])
    before = run.before("decontaminate")
    texts = rows_by_id(before.data, names) if before else {}
    for name in names:
        row = first[name]
        note = f"{row['share']:.0%} of {line(row['item'], 40)}"
        yield sample(name, row["passage"], note, _marked(row, texts.get(name, {}).get("question") or ""))
    if len(first) > len(names):
        left = f"{count(len(first) - len(names))} more rows are in evidence.parquet of the stage."
        yield tag("p", left, class_="about")


def _marked(row: Mapping[str, Any], text: str) -> Html:
    """A passage in its question, where that is still known."""
    passage, start, end = str(row["passage"]), int(row["start"]), int(row["end"])
    known = text[start:end] == passage
    before = text[max(0, start - _AROUND) : start] if known else ""
    after = text[end : end + _AROUND] if known else ""
    item = tag("p", tag("b", short(row["item"])), f" {row['share']:.0%} of its n-grams", class_="text")
    marked = tag("mark", short(passage, _PASSAGE_CHARS))
    return tag("div", item, tag("div", before, marked, after, class_="text passage"))


def _ignored(stage: FinishedStage) -> Iterator[Html]:
    path = stage.table("ignored")
    found = list(rows([path])) if path else []
    if found:
        whole = sum(row["grams"] == row["frequent"] for row in found)
        about = f"Items with n-grams that are too frequent to say anything: {count(len(found))}. "
        about += f"Those with no others, which were not looked for: {count(whole)}."
        lines = [
            (line(row["item"], 120), count(row["grams"]), count(row["frequent"])) for row in found[:_MOST_IGNORED]
        ]
        yield tag("p", about, class_="about")
        yield table(lines, ("item", "n-grams", "ignored"), "numbers")
