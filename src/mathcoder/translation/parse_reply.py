"""Reads the four parts of each computation from what a model wrote, however it spelt the form.

The form is that of MathCoder2 (arXiv 2410.08196, section 2.2): *Conditions Needed*, *Computation Expression*,
*Computation Result*, *Python Code Snippet*. Models number or dot the conditions, leave out the bold or add colons,
forget the last fence, or reply in JSON; all of these are read. What cannot be read is told with its reason.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

__all__ = ["Parts", "Reply", "parse_reply"]

_EXCERPT = 80  # characters of what was skipped that are told


@dataclass(frozen=True, slots=True)
class Parts:
    """A computation as a reply states it, formulas without the `$` around them. `kind` may be ""."""

    conditions: tuple[str, ...]
    expression: str
    result: str
    code: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reply holds.

    Attributes:
        computations: in the order of the reply.
        skipped: for each piece that could not be read its beginning and why.
    """

    computations: tuple[Parts, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()


def parse_reply(text: str) -> Reply:
    """The computations of a reply, or of a text that has the four parts of each under their headings.

    A reply that is empty, or says that there is nothing to compute, has none and skips nothing.
    """
    text = text.replace("\r\n", "\n")
    items = _json_items(text)
    drafts = list(_drafts(text)) if items is None else [_json_draft(item) for item in items]
    if not drafts and text.strip() and items is None and not _NONE.search(text):
        return Reply(skipped=((_excerpt(text), "the reply has none of the four parts"),))
    computations: list[Parts] = []
    skipped: list[tuple[str, str]] = []
    for draft in drafts:
        if missing := draft.missing():
            skipped.append((_excerpt(draft.first()), missing))
        else:
            computations.append(draft.parts())
    return Reply(tuple(computations), tuple(skipped))


# What models write where there is nothing to compute.
_NONE = re.compile(r"\A\W*none\W*\Z|\bno (?:\w+ ){0,3}computations?\b", re.IGNORECASE)

# A heading may be numbered, dotted, bold, or a Markdown heading. A colon, the end of the bold or the end of the
# line follows its name, so that a sentence which begins with such a word is none.
_NUMBER = r"\(?[0-9a-h][.)]"
_MARKS = rf"[ \t]*(?:(?:\#{{1,6}}|>|[-*+•]|{_NUMBER})[ \t]+)*(?:[*_]{{1,3}}|`)?(?:{_NUMBER}[ \t]*)?"
_NAMES: dict[str, str] = {
    "conditions": r"conditions?(?:[ \t]+(?:needed|required))?",
    "expression": r"(?:computation(?:al)?[ \t]+)?expression|(?:the[ \t]+)?computation",
    "result": r"(?:(?:computation(?:al)?|final|computed)[ \t]+)?(?:result|answer)",
    "code": r"(?:python[ \t]+)?code(?:[ \t]+snippet)?|python(?:[ \t]+snippet)?",
    "kind": r"(?:computation[ \t]+)?(?:kind|type|category)",
}
_ALL = "|".join(f"(?P<{part}>{name})" for part, name in _NAMES.items())
_END = r"(?:[:：][ \t]*[*_`]{0,3}|[*_`]{1,3}[ \t]*[:：]?|(?=[ \t]*$))"
_HEADING = re.compile(rf"{_MARKS}(?:{_ALL})[ \t]*{_END}[ \t]*(?P<rest>.*)", re.IGNORECASE)
_NEXT = re.compile(rf"{_MARKS}(?:computation|step|example)[ \t]*\#?[ \t]*[0-9]+\b.*", re.IGNORECASE)
_FENCE = re.compile(r"[ \t]*(?P<ticks>`{3,}|~{3,})[ \t]*(?P<language>[\w+-]*)[^`]*")
_RULE = re.compile(r"[ \t]*(?:-{3,}|\*{3,}|_{3,}|={3,})[ \t]*")
_ITEM = re.compile(r"[ \t]*(?:\(?[0-9]{1,2}[.)]|[-*+•]|\([a-z]\))[ \t]+")


@dataclass(slots=True)
class _Draft:
    """A computation as far as it was read: the lines of each part."""

    lines: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def first(self) -> str:
        return next((line for part in self.lines.values() for line in part if line.strip()), "")

    def missing(self) -> str:
        """Why it is no computation; "" if it is one."""
        names: dict[str, str] = {
            "expression": "no computation expression",
            "result": "no computation result",
            "code": "no Python code",
        }
        parts = self.parts()
        return ", ".join(name for part, name in names.items() if not getattr(parts, part))

    def parts(self) -> Parts:
        return Parts(
            tuple(_conditions(self.lines.get("conditions", []))),
            _formula(self.lines.get("expression", [])),
            _formula(self.lines.get("result", [])),
            _code(self.lines.get("code", [])),
            _formula(self.lines.get("kind", [])).lower(),
        )


def _drafts(text: str) -> Iterator[_Draft]:
    """One draft for each run of headings: a part that comes again begins the next computation."""
    draft, part = _Draft(), None
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        if fence := _FENCE.fullmatch(line):
            end = _fence_end(lines, at, fence["ticks"])
            if part is not None:
                draft.lines[part] += _fenced(lines[at:end])
            at = end
            continue
        at += 1
        heading = _HEADING.fullmatch(line)
        if heading and not (part == "code" and _is_comment(line)):
            part = next(name for name in _NAMES if heading[name])
            if part in draft.lines or (part == "conditions" and draft.lines.keys() - {"kind"}):
                yield draft
                draft = _Draft()
            draft.lines[part] = [heading["rest"]] if heading["rest"] else []
        elif _NEXT.fullmatch(line) and not (part == "code" and _is_comment(line)):
            if draft.lines:
                yield draft
            draft, part = _Draft(), None
        elif part is not None and not _RULE.fullmatch(line):
            draft.lines[part].append(line)
    if draft.lines:
        yield draft


def _is_comment(line: str) -> bool:
    """Whether a line of code that is not fenced is a comment of Python; headings of level one are rare."""
    return re.match(r"[ \t]*#(?!#)", line) is not None


def _fence_end(lines: list[str], start: int, ticks: str) -> int:
    """Where the lines of a fenced block end: behind its closing fence, or at what must be the next part."""
    for at in range(start + 1, len(lines)):
        if fence := _FENCE.fullmatch(lines[at]):
            if fence["language"]:
                break  # another block opens: this one was never closed
            if len(fence["ticks"]) >= len(ticks):
                return at + 1
    else:
        at = len(lines)
    ends = (i for i in range(start + 1, at) if _begins_part(lines[i]))
    return next(ends, at)


def _begins_part(line: str) -> bool:
    return not _is_comment(line) and bool(_HEADING.fullmatch(line) or _NEXT.fullmatch(line))


_MARK = "\0"  # before a line that stood in a fence, which no part strips or joins


def _fenced(lines: list[str]) -> list[str]:
    closed = len(lines) > 1 and _FENCE.fullmatch(lines[-1])
    return [_MARK + line for line in (lines[1:-1] if closed else lines[1:])]


def _plain(lines: list[str]) -> list[str]:
    return [line.removeprefix(_MARK) for line in lines]


def _conditions(lines: list[str]) -> Iterator[str]:
    """The items of a list; a line that begins none goes on with the one before."""
    items: list[str] = []
    marked = any(_ITEM.match(line) for line in lines)
    for line in _plain(lines):
        if not line.strip():
            continue
        if marked and items and not _ITEM.match(line):
            items[-1] += " " + line.strip()
        else:
            mark = _ITEM.match(line)
            items.append(line[mark.end() if mark else 0 :].strip())
    for item in items:
        item = _undelimited(item.rstrip(";").strip())
        if item and not re.fullmatch(r"\W*(?:none|n/a|no conditions?)(?: needed)?\W*", item, re.IGNORECASE):
            yield item


def _formula(lines: list[str]) -> str:
    return _undelimited(" ".join(line.strip() for line in _plain(lines) if line.strip()))


def _undelimited(text: str) -> str:
    """Without the delimiters of a formula, where they are around all of it, and a full stop behind it."""
    text = text.strip().strip("`").strip()
    inner = r"((?:(?!\\[()\[\]]).)*)"
    inside = re.fullmatch(rf"\\\({inner}\\\)\.?|\\\[{inner}\\\]\.?|(\$\$?)([^$]*)\3\.?", text, re.DOTALL)
    if inside:
        text = next(inside[group] for group in (1, 2, 4) if inside[group] is not None)
    return text.strip()


def _code(lines: list[str]) -> str:
    """The fenced lines where some are, else all of them."""
    fenced = [line for line in lines if line.startswith(_MARK)]
    code = textwrap.dedent("\n".join(_plain(fenced or lines))).strip("\n").rstrip()
    return code if fenced or "\n" in code else code.strip("`").strip()


def _excerpt(text: str) -> str:
    text = " ".join(text.replace(_MARK, "").split())
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"


# JSON.


def _json_items(text: str) -> list[object] | None:
    """The objects of a JSON reply, also in a fence or one a line; None where it is not JSON."""
    body = text.strip()
    fence = re.fullmatch(r"`{3,}[ \t]*(?:json\w*)?[ \t]*\n(.*?)(?:\n`{3,})?", body, re.DOTALL)
    body = fence[1].strip() if fence else body
    if not body.startswith(("{", "[")):
        return None
    value = _decoded(body)
    if value is None:
        rows = [_decoded(line) for line in body.splitlines() if line.strip()]
        return None if None in rows else rows
    if isinstance(value, dict):
        inner = next((one for one in cast("dict[str, object]", value).values() if _is_objects(one)), None)
        return [value] if inner is None else cast("list[object]", inner)
    return cast("list[object]", value) if isinstance(value, list) else None


def _decoded(text: str) -> object:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _is_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in cast("list[object]", value))


def _json_draft(item: object) -> _Draft:
    """Keys are read as headings are: `conditions_needed`, `Computation Expression`, `code`."""
    draft = _Draft()
    if not isinstance(item, dict):
        return draft
    for key, value in cast("dict[str, Any]", item).items():
        name = re.sub(r"[_\s]+", " ", key).strip()
        part = next((part for part, names in _NAMES.items() if re.fullmatch(names, name, re.IGNORECASE)), None)
        if part is None or value is None:
            continue
        values = cast("list[object]", value) if isinstance(value, list) else [value]
        if part == "code":
            code = "\n".join(str(one) for one in values)
            fence = re.fullmatch(r"\s*`{3,}[^\n]*\n(.*?)(?:\n`{3,}\s*)?", code, re.DOTALL)
            draft.lines[part] = [_MARK + line for line in (fence[1] if fence else code).split("\n")]
        else:
            draft.lines[part] = [str(one) for one in values]
    return draft
