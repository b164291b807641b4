"""Finds the parts of a TeX source: comments, groups, arguments, the end of a formula.

Nothing here recurses, and every search has a limit, so that no input takes longer than its length allows.
"""

from __future__ import annotations

import re

__all__ = ["LONGEST_FORMULA", "close_brace", "close_bracket", "formula_end", "skip_blanks", "without_comments"]

# Characters; a longer formula is not one that anybody wrote.
LONGEST_FORMULA = 50_000

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(?:\n[ \t]*(?=[^\s])|\n(?=[ \t]*\n)|$|(?=\n))")
_LITERAL = re.compile(
    r"\\begin\{(verbatim\*?|lstlisting|minted|Verbatim|alltt|sageblock|python|comment)\}.*?\\end\{\1\}|\\verb\*?([^\sA-Za-z*]).*?\2",
    re.DOTALL,
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
    for literal in _LITERAL.finditer(source):
        line = source.rfind("\n", 0, literal.start()) + 1
        if re.search(r"(?<!\\)%", source[max(line, position) : literal.start()]):
            continue
        parts += [_COMMENT.sub(r"\1", source[position : literal.start()]), literal[0]]
        position = literal.end()
    parts.append(_COMMENT.sub(r"\1", source[position:]))
    return "".join(parts)


def skip_blanks(text: str, position: int) -> int:
    """Past blanks and at most one line end."""
    found = _BLANKS.match(text, position)
    return found.end() if found else position


def close_brace(text: str, position: int, limit: int = LONGEST_FORMULA) -> int:
    """The index of the `}` that closes the group whose `{` stands just before `position`; -1 when there is none."""
    depth = 0
    for match in _BRACES.finditer(text, position, position + limit):
        sign = match[0]
        if sign == "{":
            depth += 1
        elif sign == "}":
            if depth == 0:
                return match.start()
            depth -= 1
    return -1


def close_bracket(text: str, position: int, limit: int = 2_000) -> int:
    """The index of the `]` outside braces that closes an optional argument opened just before `position`, or -1."""
    depth = 0
    for match in _BRACKETS.finditer(text, position, position + limit):
        sign = match[0]
        if sign == "]" and depth <= 0:
            return match.start()
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
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
        elif sign == "}":
            depth -= 1
        elif sign[0] == "\n":
            break
    return first
