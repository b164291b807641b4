"""Finds the formulas of a text: in dollars, in LaTeX's brackets and environments, and arithmetic in running text.

Linear in the length of the text, whatever it holds: a delimiter that is never closed is looked for once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["Piece", "scan"]

_MOST_CHARACTERS = 20_000

_MATH = "equation align gather eqnarray multline displaymath math flalign alignat split aligned gathered".split()
_START = re.compile(
    r"(?P<fence>^(?:```|~~~)[^\n]*$)"
    r"|(?P<heading>^\#{1,6}\s[^\n]*$|\\(?:chapter|section|subsection)\*?\{)"
    r"|(?P<label>^\*\*[A-Z][^*\n]{1,60}\*\*)"
    r"|(?P<escaped>\\[$\\`])"
    r"|(?P<display>\$\$)"
    r"|(?P<bracket>\\\[|\\\()"
    r"|\\begin\{(?P<environment>" + "|".join(_MATH) + r")(?P<star>\*?)\}"
    r"|(?P<dollar>\$)"
    r"|(?P<blank>\n[ \t]*\n)",
    re.MULTILINE,
)
_OPEN_END = "never closed"
_CLOSING = {"\\[": "\\]", "\\(": "\\)"}

Kind = Literal["formula", "arithmetic", "heading", "label", "paragraph", "dropped"]


@dataclass(frozen=True, slots=True)
class Piece:
    """What was found at `start`: a formula without its delimiters, or a mark of the text's structure.

    `text` is the formula, the label's words, the heading's line, or why a formula was dropped.
    """

    kind: Kind
    text: str
    start: int
    end: int


def scan(text: str) -> Iterator[Piece]:
    """The pieces of a text in their order."""
    never: set[str] = set()  # delimiters that do not come any more
    place, prose = 0, 0
    while match := _START.search(text, place):
        kind, start = match.lastgroup, match.start()
        piece = _formula(text, match, never)
        if kind in ("escaped",) or (piece is None and kind not in ("heading", "label", "blank", "fence")):
            place = match.end()
            continue
        yield from _arithmetic(text, prose, start)
        if piece is not None:
            yield piece
            place = match.end() if piece.text == _OPEN_END else piece.end + _closing_length(text, piece.end)
        elif kind == "fence":
            end = text.find("\n" + match[0][:3], match.end())
            place = len(text) if end < 0 else end + 4
        elif kind == "blank":
            yield Piece("paragraph", "", start, match.end())
            place = match.end() - 1
        else:
            yield Piece("heading" if kind == "heading" else "label", match[0].strip("#* "), start, match.end())
            place = match.end()
        prose = place
    yield from _arithmetic(text, prose, len(text))


def _closing_length(text: str, end: int) -> int:
    if text.startswith("\\end{", end):
        return text.index("}", end) + 1 - end
    return 2 if text[end : end + 2] in ("$$", "\\]", "\\)") else 1


def _formula(text: str, match: re.Match[str], never: set[str]) -> Piece | None:
    """The formula that begins there, None if none does."""
    begin = match.end()
    if match["dollar"]:
        return _inline(text, begin)
    if match["display"]:
        closing = "$$"
    elif match["bracket"]:
        closing = _CLOSING[match["bracket"]]
    elif match["environment"]:
        closing = f"\\end{{{match['environment']}{match['star']}}}"
    else:
        return None
    if closing in never:
        return None
    end = text.find(closing, begin)
    if end < 0:
        never.add(closing)
        return Piece("dropped", _OPEN_END, begin, begin)
    if end - begin > _MOST_CHARACTERS:
        return Piece("dropped", "too long", begin, end)
    return Piece("formula", text[begin:end], begin, end)


_FORMULA_SIGNS = re.compile(r"[\\^_{}=+*/<>|]")
_WORDS = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{4,}(?:\s+[A-Za-z]{2,})+")


def _inline(text: str, begin: int) -> Piece | None:
    """A formula in single dollars; not a price, and not over the end of a paragraph."""
    end = text.find("$", begin, begin + 2_000)
    while end > 0 and text[end - 1] == "\\":
        end = text.find("$", end + 1, begin + 2_000)
    if end <= begin:
        return _long(text, begin) if end < 0 else None
    inside = text[begin:end]
    if "\n\n" in inside or text[end + 1 : end + 2].isdigit():
        return None
    if inside[0].isspace() or inside[-1].isspace():
        if not _FORMULA_SIGNS.search(inside) or _WORDS.search(inside):
            return None
    elif inside[0].isdigit() and _WORDS.search(inside) and "\\text" not in inside:
        return None
    return Piece("formula", inside, begin, end)


def _long(text: str, begin: int) -> Piece | None:
    """A formula in single dollars that is far too long, if it is one."""
    head = text[begin : begin + 400]
    if "\n\n" in head or not _FORMULA_SIGNS.search(head) or _WORDS.search(head):
        return None
    end = text.find("$", begin)
    return Piece("dropped", "too long", begin, end) if end > 0 else None


# Arithmetic in running text.

_NUMBER = r"(?:\\?[$€£]\ ?)?(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:\ ?%)?|\.\d+)"
_UNIT = r"(?:\ ?(?!x\b|of\b|and\b|or\b|is\b|to\b)[A-Za-z]{1,12}(?:\ [a-z]{2,12})?)?"
_ATOM = rf"(?>(?:[(\[]\ ?){{0,3}}{_NUMBER}(?:\^\d+)?{_UNIT}(?:\ ?[)\]]){{0,3}})"  # atomic: read in one way only
_SIGN = r"\ {0,3}(?:[-+*/×÷·−–^]|x(?=[\s\d(]))\ {0,2}"
_LONG = rf"-?{_ATOM}(?:{_SIGN}{_ATOM}){{1,14}}"
_CHAIN = re.compile(rf"(?<![\w.^=]){_LONG}(?:\ {{0,60}}=\ {{0,60}}(?:{_LONG}|-?{_ATOM})){{1,6}}")
_INSIDE = re.compile(r"(?:[\w)]\ ?[-+*/×÷·^]\ *|[\d)]\ *|\d[,:])\Z")
_VARIABLE = re.compile(r"\d(?!x\s?\d)(?![mshgl]\b)[A-Za-z](?![A-Za-z])")
_REACH = 500  # characters on each side of an equals sign that belong to it
_ANNOTATION = re.compile(r"<<[^<>\n]{1,200}>>")
_NOT_ARITHMETIC = re.compile(r"\\?[$€£]|[A-Za-z]{2,}(?:\ [a-z]{2,12})?|(?<=\d)\ ?(?!x)[A-Za-z]\b")


def _arithmetic(text: str, start: int, end: int) -> Iterator[Piece]:
    """Chains of arithmetic in prose, "3 apples * 4 = 12 apples"; what is no arithmetic is blanked."""
    while (equal := text.find("=", start, end)) >= 0:
        low, high = max(start, equal - _REACH), min(end, equal + _REACH)
        while (other := text.rfind("=", equal + 1, high)) >= 0:  # as far as one chain may go
            equal, high = other, min(end, other + _REACH)
        yield from _chains(text, low, high)
        start = high


def _chains(text: str, start: int, end: int) -> Iterator[Piece]:
    prose = _ANNOTATION.sub(lambda match: " " * len(match[0]), text[start:end])
    for match in _CHAIN.finditer(prose):
        if _INSIDE.search(prose[max(0, match.start() - 8) : match.start()]) or _VARIABLE.search(match[0]):
            continue  # part of a longer expression, or with a variable
        chain = _NOT_ARITHMETIC.sub(lambda other: " " * len(other[0]), match[0])
        chain = re.sub(r"x(?=[\s\d(])", "*", chain)
        yield Piece("arithmetic", chain, start + match.start(), start + match.end())
