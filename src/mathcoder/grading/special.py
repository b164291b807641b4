"""Whole answers of a special form: dates and times, ratios, numbers in a base, matrices, several units."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

from mathcoder.grading.expression import Constant, Node, Num, Op, symbols
from mathcoder.grading.shapes import Based, Items, Matrix, Quantity, Ratio, Shape, Words
from mathcoder.grading.units import Unit, parse_unit

__all__ = ["PHRASES", "based", "compound", "matrix", "moment", "ratio"]

Read: TypeAlias = Callable[[str], Shape]

_REALS = Items("()", (Quantity(Op("*", Num(Fraction(-1)), Constant("infinity"))), Quantity(Constant("infinity"))))
PHRASES: dict[str, Shape] = {
    **dict.fromkeys(("all real numbers", "all reals", "real numbers", "set of all real numbers"), _REALS),
    **dict.fromkeys(("no solution", "no solutions", "no real solutions", "empty set"), Items("{}", ())),
}

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "(" + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in _MONTHS) + r")\.?"
_DATES = (
    (re.compile(rf"{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})", re.I), "mdy"),
    (re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH},? (\d{{4}})", re.I), "dmy"),
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), "ymd"),
    (re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})"), "mdy"),
    (re.compile(rf"{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?", re.I), "md"),
    (re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH}", re.I), "dm"),
)
_TIME = re.compile(
    r"(\d{1,2})\s*:\s*(\d\d)(?:\s*:\s*(\d\d))?\s*(?:\\text\s*\{)?\s*([ap])\.?\s*m\.?\s*\}?|(\d{1,2})\s*([ap])\.?m\.?",
    re.I,
)


def moment(text: str) -> Words | None:
    """A date or a time of day, in one spelling."""
    if match := _TIME.fullmatch(text):
        hour, minute = int(match[1] or match[5]), int(match[2] or 0)
        half = (match[4] or match[6]).lower()
        if 1 <= hour <= 12 and minute < 60:
            second = f":{match[3]}" if int(match[3] or 0) else ""
            return Words((f"{hour % 12 + (12 if half == 'p' else 0):02}:{minute:02}{second}",))
    for pattern, order in _DATES:
        if match := pattern.fullmatch(text):
            parts = {key: value.lower() for key, value in zip(order, match.groups(), strict=True)}
            month = parts["m"]
            number = int(month) if month.isdigit() else [name[:3] for name in _MONTHS].index(month[:3]) + 1
            if 1 <= number <= 12 and 1 <= int(parts["d"]) <= 31:
                return Words((f"{parts.get('y', '')}-{number:02}-{int(parts['d']):02}",))
    return None


_BASED = re.compile(r"(?:\\text\s*\{)?(-?\s*[0-9A-Fa-f]+)\}?\s*_\s*(?:\{\s*)?(?:\\text\s*\{)?\s*([0-9a-z]+)[\s}]*")
_BASES = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}


def based(text: str) -> Shape | None:
    if not (match := _BASED.fullmatch(text)) or not re.search(r"\d", match[1]):
        return None
    base = int(match[2]) if match[2].isdigit() and len(match[2]) < 3 else _BASES.get(match[2], 0)
    sign, digits = ("-", match[1][1:].strip()) if match[1].startswith("-") else ("", match[1])
    return Based(sign + (digits.lower().lstrip("0") or "0"), base) if base else None


_RATIO = re.compile(r"\s*:\s*|\s+to\s+|\s*\\text\s*\{\s*to\s*\}\s*")


def ratio(text: str, read: Read) -> Shape | None:
    if ":" not in text and "to" not in text:
        return None
    parts = _RATIO.split(text)
    if not 2 <= len(parts) <= 5 or not all(re.fullmatch(r"[\d.\\a-z{}/]+", part) for part in parts):
        return None
    terms: list[Node] = []
    for part in parts:
        shape = read(part)
        if not isinstance(shape, Quantity) or shape.unit or shape.name or symbols(shape.node):
            return None
        terms.append(shape.node)
    return Ratio(tuple(terms))


_PAIR = re.compile(
    r"\s*(?:,|and|\\text\s*\{\s*and\s*\})?\s*(\d+(?:\.\d+)?)\s*"
    r"((?:\\(?:text|mathrm)\s*\{\s*[a-z]+\.?\s*(?:and\s*)?\})|(?:[a-z]+\.?))",
    re.I,
)


def compound(text: str) -> Shape | None:
    """ "5 hours and 30 minutes": several units of one dimension, the larger first."""
    found = list(_PAIR.finditer(text))
    if len(found) < 2 or "".join(match[0] for match in found) != text:
        return None
    total, dimension, last = Fraction(0), (), None
    for match in found:
        unit = parse_unit(re.sub(r"\band\b", "", match[2]))
        if unit is None or not unit.dimension or unit.words:
            return None
        if last is not None and (unit.dimension != dimension or unit.factor >= last):
            return None
        dimension, last = unit.dimension, unit.factor
        total += Fraction(match[1]) * unit.factor
    return Quantity(Num(total), Unit(dimension))


_MATRIX = re.compile(
    r"(?P<factor>[^&]*?)\\begin\s*\{([pbvBV]?(?:small)?matrix|array)\}(?:\s*\{[clr| ]*\})?(.*)\\end\s*\{\2\}\s*",
    re.DOTALL,
)


def matrix(text: str, read: Read) -> Shape | None:
    match = _MATRIX.fullmatch(text)
    if match is None or match[3].count("\\begin"):
        return None
    rows = [
        tuple(read(cell) for cell in row.split("&"))
        for row in re.split(r"\\{1,2}(?![A-Za-z{}])", match[3])
        if row.strip()
    ]
    if len({len(row) for row in rows}) != 1:
        return None
    if factor := match["factor"].strip():
        times = read(factor)
        if not isinstance(times, Quantity) or times.unit or times.name:
            return None
        rows = [tuple(_times(times.node, cell) for cell in row) for row in rows]
    return Matrix(tuple(rows))


def _times(factor: Node, cell: Shape) -> Shape:
    return Quantity(Op("*", factor, cell.node)) if isinstance(cell, Quantity) else cell
