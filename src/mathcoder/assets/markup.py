"""Markup that escapes all that is not its own: how what a model, a corpus or a setting says comes onto a page."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Sequence

__all__ = ["Html", "section", "table", "tag"]


class Html(str):
    """Markup. Any other string is text, and is escaped where it comes into markup."""

    __slots__ = ()


def tag(name: str, *children: str, **attributes: str) -> Html:
    """An element. In the name of an attribute, _ at the end is dropped and any other is a hyphen."""
    inside = "".join(map(_escaped, children))
    options = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_escaped(value)}"' for key, value in attributes.items()
    )
    return Html(f"<{name}{options}>{inside}</{name}>")


def section(title: str, about: str, *children: str) -> Html:
    """A part of a page, with its heading and a line on what it shows."""
    return tag("section", tag("h2", title), tag("p", about, class_="about"), *children)


def table(rows: Iterable[Sequence[str]], head: Sequence[str] = (), kind: str = "words") -> Html:
    """The first cell of a row heads it. `kind` is "words" or "numbers"."""
    top = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in head))) if head else ""
    lines = (
        tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in rest)) for first, *rest in rows
    )
    # A table that is wider than the page can be scrolled, with the keys too.
    return tag("div", tag("table", top, tag("tbody", *lines), class_=kind), class_="wide", tabindex="0")


def _escaped(text: str) -> str:
    return text if isinstance(text, Html) else html.escape(_visible(text))


def _visible(text: str) -> str:
    """Without what cannot be seen: controls, halves of surrogate pairs, marks that turn the direction."""
    if text.isprintable():
        return text
    return "".join(
        char if char in "\n\t" or unicodedata.category(char)[0] != "C" else "\ufffd"
        for char in text.replace("\r\n", "\n")
    )
