"""`report.html`: a run to look at. One file without scripts, which opens offline, in light and in dark.

All that a model, a problem or a setting says is hostile until `_tag` has escaped it, and `_tag` escapes all that is
not markup of its own. The page knows nothing about how scores are made: it shows what `scores.json` says.
"""

from __future__ import annotations

import html
import json
import re
import shlex
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from mathcoder.evaluation.rows import OUTCOMES, EvalRow, Outcome, Run
from mathcoder.files import written_aside
from mathcoder.problems import BENCHMARKS
from mathcoder.solution import Block, Solution
from mathcoder.solving.text import shorten_middle

__all__ = ["write_report"]

_MEANS: dict[Outcome, str] = {
    "right": "the answer is right",
    "wrong": "the answer is not right",
    "ungradable": "there is an answer, but it could not be graded",
    "invalid": "the model ended without an answer",
    "truncated": "a limit ended it before an answer",
    "failed": "the model could not be asked",
}
_NOT_RIGHT: tuple[Outcome, ...] = ("wrong", "ungradable", "invalid", "truncated", "failed")
_MOST_NOT_RIGHT, _MOST_RIGHT = 200, 20  # solutions on the page
_MOST_BARS = 60  # levels or subjects of a benchmark
_MOST_BLOCKS = 24  # of a solution
_BLOCK_CHARS, _SOLUTION_CHARS = 3_000, 12_000
_LINE_CHARS = 500  # of an answer, a reference, a name


def write_report(run: Run, path: Path) -> None:
    """Write the report of a run, finished or not.

    Args:
        path: the file; whole or not there.

    Raises:
        OSError: it cannot be written.
    """
    page = f"<!doctype html>\n{_page(run)}\n"
    with written_aside(path) as aside:
        aside.write_text(page, encoding="utf-8")


# Markup. A `_Html` is markup; any other string is text.


class _Html(str):
    __slots__ = ()


def _tag(name: str, *children: str, **attributes: str) -> _Html:
    """An element. An attribute's underscore at the end is dropped, one inside is a hyphen."""
    inside = "".join(map(_escaped, children))
    options = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_escaped(value)}"' for key, value in attributes.items()
    )
    return _Html(f"<{name}{options}>{inside}</{name}>")


def _escaped(text: str) -> str:
    return text if isinstance(text, _Html) else html.escape(_visible(text))


def _visible(text: str) -> str:
    """Without what is no character to see: controls, halves of surrogate pairs, marks that turn the direction."""
    if text.isprintable():
        return text
    return "".join(
        char if char in "\n\t" or unicodedata.category(char)[0] != "C" else "\ufffd"
        for char in text.replace("\r\n", "\n")
    )


def _join(parts: Iterable[str]) -> _Html:
    return _Html("".join(map(_escaped, parts)))


def _short(text: object, limit: int = _LINE_CHARS) -> str:
    return shorten_middle(text if isinstance(text, str) else json.dumps(text), limit)


def _section(title: str, about: str, *children: str) -> _Html:
    return _tag("section", _tag("h2", title), _tag("p", about, class_="about"), *children)


def _folded(title: str, *children: str) -> _Html:
    return _tag("details", _tag("summary", title), *children, class_="more")


def _table(rows: Iterable[Sequence[str]], head: Sequence[str] = (), numbers: bool = False) -> _Html:
    """The first cell of a row heads it. `numbers`: the other cells are some."""
    kind = "numbers" if numbers else "words"
    top = _tag("thead", _tag("tr", *(_tag("th", name, scope="col") for name in head))) if head else ""
    lines = (
        _tag("tr", _tag("th", first, scope="row"), *(_tag("td", cell) for cell in rest)) for first, *rest in rows
    )
    # what is wider than the page is scrolled, with the keys too
    return _tag("div", _tag("table", top, _tag("tbody", *lines), class_=kind), class_="wide", tabindex="0")


# The page.


def _page(run: Run) -> _Html:
    title = _title(run)
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'none'; base-uri 'none'; form-action 'none'"
    )
    head = (
        _Html(f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'),
        _Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        _Html('<meta name="referrer" content="no-referrer">'),
        _tag("title", title),
        _Html(f"<style>{_STYLE}</style>"),
    )
    body = _tag(
        "main",
        _asked(run, title),
        _accuracy(run),
        _outcomes(run),
        _samples(run),
        _groups(run),
        _figures(run),
        _solutions(run),
    )
    return _tag("html", _tag("head", *head), _tag("body", body, _foot(run)), lang="en")


def _title(run: Run) -> str:
    names = list(map(str, run.asked.get("benchmarks", [])))
    shown = [_name(run, name) for name in names]
    if len(names) > 4:
        shown = [f"{len(names)} benchmarks"]
    on = " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
    return _short(f"{run.asked.get('model', 'a model')} on {on}")


def _name(run: Run, benchmark: str) -> str:
    """A benchmark's title."""
    scored = _benchmarks(run).get(benchmark, {})
    known = BENCHMARKS[benchmark].title if benchmark in BENCHMARKS else benchmark
    return _short(str(scored.get("title", known)), 60)


def _benchmarks(run: Run) -> dict[str, Any]:
    return run.scores.get("benchmarks", {})


def _asked(run: Run, title: str) -> _Html:
    settings = dict(_leaves(run.asked.get("settings", {})))
    by_name = {path.rpartition(".")[2]: value for path, value in settings.items()}
    asked = {
        name: by_name[name]
        for name in ("style", "dialect", "shots", "votes", "temperature", "rule", "limit")
        if by_name.get(name) is not None
    }
    asked["started"] = re.sub(r":\d\d(?:\.\d+)?(\+00:00|Z)$", " UTC", str(run.asked.get("started", ""))).replace(
        "T", " "
    )
    if isinstance(seconds := run.asked.get("seconds"), (int, float)):
        asked["took"] = _duration(seconds)
    facts = (_tag("li", f"{name} ", _tag("b", _short(value, 60))) for name, value in asked.items() if value != "")
    folded = [
        _tag("h3", name),
    ]
    return _tag("header", _tag("h1", title), _tag("ul", *facts, class_="facts"))
