"""Rows of instruction data to read, chosen at random but the same each time, for its report."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mathcoder.assets.markup import Html, section, tag
from mathcoder.publishing.look import StagedRun, rows, rows_by_id
from mathcoder.publishing.page import count, line, short
from mathcoder.publishing.samples import chosen, code, facts, left_out, output, prose, sample

__all__ = ["samples"]

_MOST_SAMPLES, _MOST_BLOCKS = 6, 24
_TEXT_CHARS = 4_000
_BOXED = re.compile(r"\\boxed\{[^{}]*\}")
_FORMULA = re.compile(r"\$|\\[(\[]")


def samples(run: StagedRun, methods: Collection[str]) -> Iterator[Html]:
    """Some rows that each method made.

    Args:
        methods: those there are, in the order they are shown in.
    """
    pairs = ((row["method"], row["id"]) for row in rows(run.dataset, ["id", "method"]))
    names = chosen(pairs, _MOST_SAMPLES)
    found = rows_by_id(run.dataset, [name for group in names.values() for name in group])
    parts: list[Html] = []
    for method in methods:
        parts.append(tag("h3", f"Method “{short(method, 60)}”"))
        parts += (_sample(found[name]) for name in names[method])
    if parts:
        about = (
            f"Up to {_MOST_SAMPLES} rows of each method, at random, but the same each time: question, then "
            "the blocks of the solution. Formulas are rendered where they can be; open one to read it."
        )
        yield section("Samples", about, *parts)


def _sample(row: Mapping[str, Any]) -> Html:
    note = f"{line(row['source'], 20)}, {line(row['licence'] or 'no licence stated', 20)}"
    question = tag("p", tag("b", "Question"), class_="text")
    solution = tag("p", tag("b", "Solution"), class_="text")
    shown = (*_text(row["question"] or ""), solution, *_blocks(row))
    return sample(row["id"], row["question"], note, _facts(row), question, *shown)


def _facts(row: Mapping[str, Any]) -> Html:
    said = {
        "id": row["id"],
        "source": row["source"],
        "problem": row["problem"],
        "parent": row["parent"],
        "answer": row["answer"],
        "licence": row["licence"] or "not stated",
        "split": row["split"],
        "tokens": count(row["tokens"] or 0),
        "model": row["model"],
        "dialect": row["dialect"],
        "prompt": row["prompt_hash"],
        "seed": "" if row["seed"] is None else str(row["seed"]),
    }
    return facts(said)


def _blocks(row: Mapping[str, Any]) -> Iterator[Html]:
    blocks: list[Mapping[str, Any]] = [
        block for message in row["messages"] if message["role"] == "assistant" for block in message["content"]
    ]
    for block in blocks[:_MOST_BLOCKS]:
        content = block["content"] or ""
        if block["type"] == "code":
            yield code("python", content)
        elif block["type"] == "execution":
            yield output("execution", content)
        else:
            yield from _text(content)
    if len(blocks) > _MOST_BLOCKS:
        yield tag("p", f"{count(len(blocks) - _MOST_BLOCKS)} more blocks are left out.", class_="cut")


def _text(text: str) -> Iterator[Html]:
    """A text with its formulas; a box that stands in no formula is one."""
    shown = text[:_TEXT_CHARS]
    if not _FORMULA.search(shown):
        shown = _BOXED.sub(r"\\(\g<0>\\)", shown)
    yield from prose(shown)
    yield from left_out(text, _TEXT_CHARS)
