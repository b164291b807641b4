"""Copies and benchmark items that were found in a corpus, for its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mathcoder.assets.markup import Html, section, table, tag
from mathcoder.corpus.report_counts import clusters
from mathcoder.publishing.look import FinishedStage, StagedRun, rows, rows_by_id
from mathcoder.publishing.page import count, line, short
from mathcoder.publishing.samples import chosen, sample

__all__ = ["contamination", "duplicates"]

_MOST_CLUSTERS, _MOST_MEMBERS, _MOST_PASSAGES, _MOST_ITEMS = 10, 5, 12, 20
_AROUND, _PASSAGE_CHARS = 200, 800


def duplicates(run: StagedRun) -> Iterator[Html]:
    """How many copies there are, and the largest clusters of them."""
    stage = run.stage("duplicates")
    found = clusters(stage, _MOST_CLUSTERS, _MOST_MEMBERS) if stage else None
    if found is None:
        return
    if not found.clusters:
        yield section("Duplicates", "No document is a copy of another.")
        return
    about = (
        f"Clusters of copies: {count(found.clusters)}. Documents in them: {count(found.members)}, of which "
        f"{count(found.kept)} stayed. The largest clusters:"
    )
    lines = [(line(name, 80), count(size), _members(members, size)) for name, size, members in found.largest]
    yield section("Duplicates", about, table(lines, ("cluster", "documents", "among them")))


def _members(members: Sequence[tuple[str, bool, str]], size: int) -> Html:
    lines = [
        tag(
            "li", line(name, 80), tag("small", f" {'stays' if kept else 'goes'}{', ' * bool(why)}{line(why, 100)}")
        )
        for name, kept, why in members
    ]
    if size > len(members):
        lines.append(tag("li", tag("small", f"and {count(size - len(members))} more")))
    return tag("ul", *lines)


def contamination(run: StagedRun) -> Iterator[Html]:
    """Passages of documents that are items of a benchmark, and the items that could not be looked for."""
    stage = run.stage("contamination")
    evidence = stage.table("evidence") if stage else None
    if stage is None or evidence is None:
        return
    documents: set[str] = set()
    items: set[str] = set()
    for row in rows([evidence], ["id", "item"]):
        documents.add(row["id"])
        items.add(row["item"])
    about = "No item of a benchmark was found in a document."
    if documents:
        about = f"Benchmark items found: {count(len(items))}. Documents that they are in: {count(len(documents))}."
    yield section("Contamination", about, *_passages(run, evidence, documents), *_ignored(stage))


def _passages(run: StagedRun, evidence: Path, documents: set[str]) -> Iterator[Html]:
    names = chosen((("", name) for name in documents), _MOST_PASSAGES).get("", [])
    before = run.before("contamination")
    texts = rows_by_id(before.data, names) if before else {}
    first: dict[str, dict[str, Any]] = {}
    for row in rows([evidence]) if names else ():
        if row["id"] in names:
            first.setdefault(row["id"], row)
    for name in names:
        row = first[name]
        note = f"{row['share']:.0%} of {line(row['item'], 40)}"
        yield sample(name, row["passage"], note, _marked(row, texts.get(name, {}).get("text") or ""))
    if len(documents) > len(names):
        left = f"{count(len(documents) - len(names))} more documents are in {evidence.name} of the stage."
        yield tag("p", left, class_="about")


def _marked(row: Mapping[str, Any], text: str) -> Html:
    """A passage in what stands around it, where that is still known."""
    passage, start, end = str(row["passage"]), int(row["start"]), int(row["end"])
    known = text[start:end] == passage
    before = text[max(0, start - _AROUND) : start] if known else ""
    after = text[end : end + _AROUND] if known else ""
    marked = tag("mark", short(passage, _PASSAGE_CHARS))
    item = tag("p", tag("b", short(row["item"])), f" {row['share']:.0%} of its n-grams", class_="text")
    return tag("div", item, tag("div", before, marked, after, class_="text passage"))


def _ignored(stage: FinishedStage) -> Iterator[Html]:
    path = stage.table("ignored")
    lines: list[tuple[str, str, str]] = []
    total = whole = 0
    for row in rows([path]) if path else ():
        total += 1
        whole += row["grams"] == row["frequent"]
        if len(lines) < _MOST_ITEMS:
            lines.append((line(row["item"], 120), count(row["grams"]), count(row["frequent"])))
    if lines:
        yield tag("h3", "Items with n-grams that were ignored")
        about = f"Items with n-grams that are too frequent to say anything: {count(total)}. "
        about += f"Those with no others, which were not looked for: {count(whole)}."
        yield tag("p", about, class_="about")
        yield table(lines, ("item", "n-grams", "ignored"), "numbers")
