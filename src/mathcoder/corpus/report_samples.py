"""Documents of a corpus to read, chosen at random but the same each time, and rows that were dropped, with why."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from importlib import import_module
from typing import Any, cast

from mathcoder.assets.markup import Html, section, tag
from mathcoder.corpus.look import CorpusRun, CorpusStage, reason_class, rows, rows_by_id
from mathcoder.corpus.report_charts import swatch
from mathcoder.corpus.report_counts import chosen
from mathcoder.corpus.report_page import count, line, short

__all__ = ["rejected", "samples"]

_MOST_SAMPLES, _MOST_FORMS = 6, 6
_MOST_REJECTED, _MOST_REASONS = 3, 12
_TEXT_CHARS, _CODE_CHARS, _REJECTED_CHARS = 4_000, 4_000, 600
_MOST_STEPS = 8  # of a sample
_FENCE = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1[^\S\n]*$", re.MULTILINE | re.DOTALL)
_ADDRESS = re.compile(r"https?://[\w.~/%#?&=+,:;@-]+", re.ASCII)


# Documents of the data set.


def samples(run: CorpusRun, forms: Collection[str]) -> Iterator[Html]:
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
    summary = tag(
        "summary",
        tag("span", line(row["id"], 100), class_="id"),
        tag("span", line(row["title"] or row["text"], 200), class_="preview"),
        tag(
            "span", f"{line(row['source'], 20)}, {line(row['licence'] or 'no licence stated', 20)}", class_="note"
        ),
    )
    text = row["text"] or ""
    shown = _program(text) if _is_program(row) else _text(text)
    return tag("details", summary, _facts(row), *shown, *_steps(row), class_="sample")


def _is_program(row: Mapping[str, Any]) -> bool:
    """Whether the text is one; a notebook is Markdown."""
    try:
        meta: object = json.loads(row["meta"] or "{}")
    except (ValueError, RecursionError):
        return False
    return isinstance(meta, dict) and "packages" in meta and cast("dict[str, Any]", meta).get("form") != "notebook"


def _facts(row: Mapping[str, Any]) -> Html:
    facts = {
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
    lines = ((tag("dt", name), tag("dd", _linked(short(value)))) for name, value in facts.items() if value)
    return tag("dl", *(part for pair in lines for part in pair))


def _linked(text: str) -> str:
    """An address as a link, all else as text."""
    plain = _ADDRESS.fullmatch(text)
    return tag("a", text, href=text, rel="noopener noreferrer") if plain else text


def _program(text: str) -> Iterator[Html]:
    yield _code("python", text[:_TEXT_CHARS])
    yield from _left_out(text)


def _left_out(text: str) -> Iterator[Html]:
    if len(text) > _TEXT_CHARS:
        yield tag("p", f"{count(len(text) - _TEXT_CHARS)} more characters are left out.", class_="cut")


def _text(text: str) -> Iterator[Html]:
    """A text with its code blocks."""
    start, place = text[:_TEXT_CHARS], 0
    for block in _FENCE.finditer(start):
        yield from _prose(start[place : block.start()])
        place = block.end()
        name, content = line(block[2], 30) or "code", block[3].rstrip("\n")
        yield _output(name, content) if name == "output" else _code(name, content)
    yield from _prose(start[place:])
    yield from _left_out(text)


def _prose(text: str) -> Iterator[Html]:
    if text.strip():
        yield tag("div", text.strip("\n"), class_="text tex-text")


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


def _output(name: str, text: str) -> Html:
    return tag("figure", tag("figcaption", name), tag("pre", short(text, _CODE_CHARS)), class_="output")


def _code(name: str, code: str) -> Html:
    """Python in colours; the lexer says what is what, the markup is ours."""
    lexers: Any = import_module("pygments.lexers.python")
    pieces: list[str] = []
    for kind, text in lexers.PythonLexer(stripnl=False, ensurenl=False).get_tokens(short(code, _CODE_CHARS)):
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


# What was dropped.


def rejected(run: CorpusRun) -> Iterator[Html]:
    """Some of the rows that each stage dropped, for each reason."""
    parts = [part for stage in run.stages for part in _rejected_of(stage)]
    if parts:
        about = (
            f"Up to {_MOST_REJECTED} rows for each reason, at random, but the same each time: their first "
            f"{_REJECTED_CHARS} characters, as they are."
        )
        yield section("What was dropped", about, *parts)


def _rejected_of(stage: CorpusStage) -> Iterator[Html]:
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
    text = row.get("text") or ""
    summary = tag(
        "summary",
        tag("span", line(row["id"], 100), class_="id"),
        tag("span", line(row["drop_reason"], 200), class_="preview"),
        tag("span", line(row.get("source"), 30), class_="note"),
    )
    more = len(text) - _REJECTED_CHARS
    cut = [tag("p", f"{count(more)} more characters are left out.", class_="cut")] if more > 0 else []
    reason = tag("p", tag("b", short(row["drop_reason"])), class_="text")
    shown = tag("pre", text[:_REJECTED_CHARS] or "(no text)")
    return tag("details", summary, reason, shown, *cut, class_="sample")
