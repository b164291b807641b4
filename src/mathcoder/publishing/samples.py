"""Rows of a run to read, chosen at random but the same each time, and the rows that were dropped, with why."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from importlib import import_module
from typing import Any

from mathcoder.assets.markup import Html, section, tag
from mathcoder.publishing.charts import swatch
from mathcoder.publishing.look import FinishedStage, StagedRun, reason_class, rows, rows_by_id
from mathcoder.publishing.page import count, line, short

__all__ = ["chosen", "code", "facts", "left_out", "output", "prose", "rejected", "sample"]

_MOST_REJECTED, _MOST_REASONS = 3, 12
_CODE_CHARS, _REJECTED_CHARS = 4_000, 600
_ADDRESS = re.compile(r"https?://[\w.~/%#?&=+,:;@-]+", re.ASCII)
_SEED = b"report"


def chosen(pairs: Iterable[tuple[str, str]], most: int) -> dict[str, list[str]]:
    """Of each group, so many ids at random: the smallest by their hash, so that the same rows give the same ones.

    Args:
        pairs: a group and an id.
        most: of each group.
    """
    heaps: dict[str, list[tuple[int, str]]] = {}
    for group, name in pairs:
        digest = blake2b(name.encode("utf-8", "replace"), digest_size=8, key=_SEED).digest()
        item = -int.from_bytes(digest), name
        heap = heaps.setdefault(group, [])
        if len(heap) < most:
            heapq.heappush(heap, item)
        elif item > heap[0]:
            heapq.heapreplace(heap, item)
    return {group: [name for _, name in sorted(heap, reverse=True)] for group, heap in heaps.items()}


# What is shown of a row.


def sample(name: str, preview: object, note: str, *shown: Html) -> Html:
    """A row that can be opened: its id, the start of its text, a note of some words, and what it shows."""
    summary = tag(
        "summary",
        tag("span", line(name, 100), class_="id"),
        tag("span", line(preview, 200), class_="preview"),
        tag("span", note, class_="note"),
    )
    return tag("details", summary, *shown, class_="sample")


def facts(said: Mapping[str, Any]) -> Html:
    """Names and values; an address is a link, and what has no value is left out."""
    lines = ((tag("dt", name), tag("dd", _linked(short(value)))) for name, value in said.items() if value)
    return tag("dl", *(part for pair in lines for part in pair))


def _linked(text: str) -> str:
    """An address as a link, all else as text."""
    plain = _ADDRESS.fullmatch(text)
    return tag("a", text, href=text, rel="noopener noreferrer") if plain else text


def prose(text: str) -> Iterator[Html]:
    """Text with formulas in it."""
    if text.strip():
        yield tag("div", text.strip("\n"), class_="text tex-text")


def output(name: str, text: str) -> Html:
    """What a program printed."""
    return tag("figure", tag("figcaption", name), tag("pre", short(text, _CODE_CHARS)), class_="output")


def code(name: str, program: str) -> Html:
    """Python in colours; the lexer says what is what, the markup is ours."""
    lexers: Any = import_module("pygments.lexers.python")
    pieces: list[str] = []
    for kind, text in lexers.PythonLexer(stripnl=False, ensurenl=False).get_tokens(short(program, _CODE_CHARS)):
        colour = next((colour for sort, colour in _COLOURED if sort in str(kind)), None)
        pieces.append(tag("span", text, class_=colour) if colour else text)
    return tag("figure", tag("figcaption", name), tag("pre", *pieces), class_="code")


_COLOURED = (
    ("Token.Comment", "comment"),
    ("Token.Keyword", "word"),
    ("Token.Operator.Word", "word"),
    ("Token.Literal.String", "quoted"),
    ("Token.Literal.Number", "number"),
)


def left_out(text: str, shown: int) -> Iterator[Html]:
    """A line on the characters after the first that are shown."""
    if len(text) > shown:
        yield tag("p", f"{count(len(text) - shown)} more characters are left out.", class_="cut")


# What was dropped.


def rejected(run: StagedRun) -> Iterator[Html]:
    """Some of the rows that each stage dropped, for each reason."""
    parts = [part for stage in run.stages for part in _rejected_of(stage)]
    if parts:
        about = (
            f"Up to {_MOST_REJECTED} rows for each reason, at random, but the same each time: their first "
            f"{_REJECTED_CHARS} characters, as they are."
        )
        yield section("What was dropped", about, *parts)


def _rejected_of(stage: FinishedStage) -> Iterator[Html]:
    reasons = sorted(stage.dropped, key=lambda reason: (-stage.dropped[reason], reason))
    shown = set(reasons[:_MOST_REASONS])
    if not shown:
        return
    pairs = ((reason_class(row["drop_reason"]), row["id"]) for row in rows(stage.rejected, ["id", "drop_reason"]))
    names = chosen(((reason, name) for reason, name in pairs if reason in shown), _MOST_REJECTED)
    found = rows_by_id(stage.rejected, [name for group in names.values() for name in group])
    yield tag("h3", swatch("dropped"), f"{stage.name}: {count(sum(stage.dropped.values()))} dropped")
    for reason in reasons[:_MOST_REASONS]:
        yield from (_dropped(found[name]) for name in names.get(reason, []))
    if len(reasons) > _MOST_REASONS:
        yield tag("p", f"{count(len(reasons) - _MOST_REASONS)} rarer reasons are left out.", class_="about")


def _dropped(row: Mapping[str, Any]) -> Html:
    text = row.get("text") or row.get("question") or ""
    reason = tag("p", tag("b", short(row["drop_reason"])), class_="text")
    shown = tag("pre", text[:_REJECTED_CHARS] or "(no text)")
    note = line(row.get("source"), 30)
    return sample(row["id"], row["drop_reason"], note, reason, shown, *left_out(text, _REJECTED_CHARS))
