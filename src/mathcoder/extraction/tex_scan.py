"""Finds the parts of a TeX source: comments, groups, arguments, the end of a formula.

Nothing here recurses, and every search has a limit, so that no input takes longer than its length allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["LONGEST_FORMULA", "close_brace", "close_bracket", "formula_end", "skip_blanks", "without_comments"]

# Characters; a longer formula is not one that anybody wrote.
LONGEST_FORMULA = 50_000

_SHORT = 2_000  # characters that are faster read again than remembered
_DEEPEST = 40  # groups in groups before the end of a formula is given up

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(?:\n[ \t]*(?=[^\s])|\n(?=[ \t]*\n)|$|(?=\n))")
_LITERAL = re.compile(
    r"\\begin\{(verbatim\*?|lstlisting|minted|Verbatim|alltt|sageblock|python|comment)\}|\\verb\*?([^\sA-Za-z*])"
)
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_BRACKETS = re.compile(r"\\.|[{}\]]", re.DOTALL)
_BLANKS = re.compile(r"[ \t]*(?:\n[ \t]*)?")
_INLINE_END = re.compile(r"\\.|[{}$]|\n[ \t]*\n", re.DOTALL)


def without_comments(source: str) -> str:
    """The source without `%` comments; verbatim text keeps its own."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if "%" not in source:
        return source
    parts: list[str] = []
    position = 0
    for start, end in _literals(source):
        line = source.rfind("\n", 0, start) + 1
        if start < position or re.search(r"(?<!\\)%", source[max(line, position) : start]):
            continue
        parts += [_COMMENT.sub(r"\1", source[position:start]), source[start:end]]
        position = end
    parts.append(_COMMENT.sub(r"\1", source[position:]))
    return "".join(parts)


def _literals(source: str) -> Iterator[tuple[int, int]]:
    """Where verbatim text begins and ends."""
    missing: set[str] = set()
    for found in _LITERAL.finditer(source):
        closing = f"\\end{{{found[1]}}}" if found[1] else found[2]
        limit = len(source) if found[1] else found.end() + 500
        end = -1 if closing in missing else source.find(closing, found.end(), limit)
        if end >= 0:
            yield found.start(), end + len(closing)
        elif found[1]:
            missing.add(closing)


def skip_blanks(text: str, position: int) -> int:
    """Past blanks and at most one line end."""
    found = _BLANKS.match(text, position)
    return found.end() if found else position


def close_brace(text: str, position: int, limit: int = LONGEST_FORMULA) -> int:
    """The index of the `}` of the group whose `{` stands just before `position`; -1 when there is none."""
    if len(text) > _SHORT:
        end = _partners(text).get(position - 1, -1)
        return end if end - position <= limit else -1
    depth = 0
    for match in _BRACES.finditer(text, position):
        sign = match[0]
        if sign == "{":
            depth += 1
        elif sign == "}":
            if depth == 0:
                return match.start()
            depth -= 1
    return -1


@lru_cache(maxsize=8)
def _partners(text: str) -> dict[int, int]:
    """Each `{` of a long text and its `}`: found once, however deep the groups are nested."""
    partners: dict[int, int] = {}
    waiting: list[int] = []
    for match in _BRACES.finditer(text):
        sign = match[0]
        if sign == "{":
            waiting.append(match.start())
        elif sign == "}" and waiting:
            partners[waiting.pop()] = match.start()
    return partners


def close_bracket(text: str, position: int, limit: int = 600) -> int:
    """The index of the `]`, outside braces, of an argument opened just before `position`; -1: there is none."""
    if text.find("]", position, position + limit) < 0:
        return -1
    depth = 0
    for match in _BRACKETS.finditer(text, position, position + limit):
        sign = match[0]
        if sign == "]" and depth <= 0:
            return match.start()
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0 or depth > _DEEPEST // 2:
            return -1
    return -1


def formula_end(text: str, position: int) -> int:
    """The index of the `$` that ends a formula begun just before `position`.

    A dollar inside braces belongs to words in the formula, as in `\\text{if $x$}`. -1: a paragraph ends first, or
    the formula is longer than `LONGEST_FORMULA`.
    """
    depth, first = 0, -1
    for match in _INLINE_END.finditer(text, position, position + LONGEST_FORMULA):
        sign = match[0]
        if sign == "$":
            if depth <= 0:
                return match.start()
            first = match.start() if first < 0 else first
        elif sign == "{":
            depth += 1
            if depth > _DEEPEST:
                break
        elif sign == "}":
            depth -= 1
        elif sign[0] == "\n":
            break
        if first >= 0 and match.start() > first + _SHORT:
            break
    return first
