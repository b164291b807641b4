"""Documents of a corpus to read, chosen at random but the same each time, for its report."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

from mathcoder.assets.markup import Html, section, tag
from mathcoder.publishing.look import StagedRun, rows, rows_by_id
from mathcoder.publishing.page import count, line, short
from mathcoder.publishing.samples import chosen, code, facts, left_out, output, prose, sample

__all__ = ["FENCE", "is_program", "samples"]

_MOST_SAMPLES, _MOST_FORMS = 6, 6
_TEXT_CHARS = 4_000
_MOST_STEPS = 8  # of a sample
FENCE = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1[^\S\n]*$", re.MULTILINE | re.DOTALL)


def samples(run: StagedRun, forms: Collection[str]) -> Iterator[Html]:
    """Some rows of the data set of each form.

    Args:
        forms: those there are, in the order they are shown in.
    """
    shown = list(forms)[:_MOST_FORMS]
    pairs = ((row["form"], row["id"]) for row in rows(run.dataset, ["id", "form"]) if row["form"] in shown)
    names = chosen(pairs, _MOST_SAMPLES)
    found = rows_by_id(run.dataset, [name for group in names.values() for name in group])
    parts: list[Html] = []
    for form in shown:
        parts.append(tag("h3", f"Form “{short(form, 60)}”"))
        parts += (_sample(found[name]) for name in names[form])
    if parts:
        about = (
            f"Up to {_MOST_SAMPLES} rows of each form, at random, but the same each time. Formulas are rendered "
            "where they can be; open one to read it."
        )
        yield section("Samples", about, *parts)


def _sample(row: Mapping[str, Any]) -> Html:
    note = f"{line(row['source'], 20)}, {line(row['licence'] or 'no licence stated', 20)}"
    text = row["text"] or ""
    shown = [code("python", text[:_TEXT_CHARS])] if is_program(row) else _text(text)
    parts = (_facts(row), *shown, *left_out(text, _TEXT_CHARS), *_steps(row))
    return sample(row["id"], row["title"] or text, note, *parts)


def is_program(row: Mapping[str, Any]) -> bool:
    """Whether the text is one; a notebook is Markdown."""
    try:
        meta: object = json.loads(row.get("meta") or "{}")
    except (ValueError, RecursionError):
        return False
    return isinstance(meta, dict) and "packages" in meta and cast("dict[str, Any]", meta).get("form") != "notebook"


def _facts(row: Mapping[str, Any]) -> Html:
    said = {
        "id": row["id"],
        "source": row["source"],
        "title": row["title"],
        "address": row["url"],
        "path": row["path"],
        "licence": row["licence"] or "not stated",
        "language": row["language"],
        "tokens": count(row["tokens"] or 0),
        "translator": row["translator"],
        "prompt": row["prompt_hash"],
        "verdict": row["verdict"],
    }
    return facts(said)


def _text(text: str) -> Iterator[Html]:
    """A text with its code blocks."""
    start, place = text[:_TEXT_CHARS], 0
    for block in FENCE.finditer(start):
        yield from prose(start[place : block.start()])
        place = block.end()
        name, content = line(block[2], 30) or "code", block[3].rstrip("\n")
        yield output(name, content) if name == "output" else code(name, content)
    yield from prose(start[place:])


def _steps(row: Mapping[str, Any]) -> Iterator[Html]:
    """The computations that a row shows, and what was found of each."""
    steps: list[dict[str, Any]] = row["computations"] or []
    if not steps:
        return
    lines = (
        tag(
            "li",
            tag("span", f"\\({short(one['expression'])} = {short(one['result'])}\\)", class_="tex-text"),
            tag("small", f" {_found(one)}"),
        )
        for one in steps[:_MOST_STEPS]
    )
    more = len(steps) - _MOST_STEPS
    left = [tag("p", f"{count(more)} more are left out.", class_="cut")] if more > 0 else []
    yield tag("div", tag("b", "Computations"), tag("ul", *lines), *left, class_="text")


def _found(one: Mapping[str, Any]) -> str:
    verdict = ": ".join(line(one[name], 100) for name in ("verdict", "reason") if one.get(name))
    return f"({line(one['kind'], 30)}, by {line(one['translator'], 60)}) {verdict}"
