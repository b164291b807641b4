"""The numbers that a question states, in digits and in words, and where they stand.

English only. A number may be said twice over: "two-thirds" is a fraction, "3 dozen" a number and a known word
(see `known`), "5 million" a number that is also read as 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

__all__ = ["Quantity", "QuantityKind", "number_value", "quantities", "spelled"]

QuantityKind: TypeAlias = Literal[
    "number",  # 48, 1,200, 2.5
    "money",  # $5
    "percent",  # 20%, 20 percent; the value is 20
    "fraction",  # 3/4, 2 1/2
    "word",  # three, twenty-five
    "part",  # half, two-thirds, a quarter
    "times",  # twice, triple
    "ordinal",  # 3rd, third
    "clock",  # 7:30, 5 pm; the value is the hour
    "scaled",  # the 5 of "5 million"
]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text: its value, the characters that say it, and how it is said."""

    value: Fraction
    start: int
    end: int
    text: str
    kind: QuantityKind


_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_UNITS = {word: i for i, word in enumerate(f"{_ONES} seventeen eighteen nineteen".split())}
_TENS = {
    word: 10 * i for i, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
} | {"fourty": 40}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "fourth": 4, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "twelfth": 12, "twentieth": 20, "hundredth": 100,
}  # fmt: skip
_TIMES = {
    "twice": 2, "double": 2, "doubles": 2, "doubled": 2, "doubling": 2, "thrice": 3, "triple": 3, "triples": 3,
    "tripled": 3, "tripling": 3, "quadruple": 4, "quadrupled": 4, "quadruples": 4, "quintuple": 5,
}  # fmt: skip
_GLYPHS = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅕": (1, 5), "⅛": (1, 8)}

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\d.])\.\d+)"
_ONE = "|".join(sorted(_UNITS, key=len, reverse=True))
_TEN = "|".join(_TENS)
_SCALE = "|".join(_SCALES)
_SMALL = rf"(?:(?:{_TEN})(?:[-\ ](?:{_ONE}))?|{_ONE})"
_PART = "|".join(sorted(_PARTS, key=len, reverse=True))
_SPELLED = rf"{_SMALL}(?:[-\ ](?:{_SCALE})(?:[-\ ](?:and\ )?{_SMALL}\b(?!\ (?:{_PART})|\ times))?)*"
_QUANTITY = re.compile(
    rf"""
    (?P<clock> \b\d{{1,2}}:\d{{2}}(?:\s?[ap]\.?m\b)? | \b\d{{1,2}}\s?[ap]\.?m\b )
  | (?P<mixed> (?P<whole>\d+)(?:[ ]+|-|[ ]and[ ])(?P<above>\d+)/(?P<below>[1-9]\d*)(?![\d/]) )
  | (?P<fraction> (?<![\d/.])(?P<top>\d+)\s?/\s?(?P<bottom>[1-9]\d*)(?:rds?|ths?|nds?|st)?(?![\d/]) )
  | (?P<glyph> \d*\s?[{"".join(_GLYPHS)}] )
  | (?P<ordinal> \b\d+(?:st|nd|rd|th)\b )
  | (?P<part> \b(?:(?P<many>{_SMALL}|\d+|an?)[ -])?(?P<part_word>{_PART})s?\b )
  | (?P<percent> {NUMBER}(?=\s?%|[ -]?percent) )
  | (?P<scaled> {NUMBER}[ ]?(?P<scale>{_SCALE})s?\b )
  | (?P<money> (?<=\$){NUMBER} | (?<=\$[ ]){NUMBER} )
  | (?P<number> {NUMBER} )
  | (?P<times> \b(?:{"|".join(_TIMES)})\b )
  | (?P<percent_word> \b{_SPELLED}(?=[ -]percent\b) )
  | (?P<word> \b(?:{_SPELLED}|an?\ (?:{_SCALE}))\b )
    """,
    re.VERBOSE | re.IGNORECASE,
)


def number_value(text: str) -> Fraction:
    """The value of digits with or without thousands commas: `1,200.50`."""
    return Fraction(text.replace(",", ""))


def quantities(text: str) -> list[Quantity]:
    """The numbers of a text, in its order. A number of several readings gives several quantities."""
    return [quantity for match in _QUANTITY.finditer(text) for quantity in _read(match)]


def _read(match: re.Match[str]) -> Iterator[Quantity]:
    def at(kind: QuantityKind, value: Fraction | int, group: str = "") -> Quantity:
        start, end = match.span(group or 0)
        return Quantity(Fraction(value), start, end, match.string[start:end], kind)

    match match.lastgroup:
        case "clock" if "ratio" in match.string.lower() and ":" in match[0]:
            first, second = match[0].split(":")[0], match[0].split(":")[1][:2]
            middle = match.start() + len(first)
            yield Quantity(Fraction(first), match.start(), middle, first, "number")
            yield Quantity(Fraction(second), middle + 1, middle + 1 + len(second), second, "number")
        case "clock":
            yield at("clock", int(re.split(r"\D", match[0])[0]))
        case "mixed":
            value = int(match["whole"]) + Fraction(int(match["above"]), int(match["below"]))
            yield at("fraction", value, "mixed")
        case "fraction":
            yield at("fraction", Fraction(int(match["top"]), int(match["bottom"])))
        case "glyph":
            digits = re.match(r"\d*", match[0])
            whole = int(digits[0]) if digits and digits[0] else 0
            yield at("fraction", whole + Fraction(*_GLYPHS[match[0][-1]]))
        case "ordinal":
            yield at("ordinal", int(match[0][:-2]))
        case "scaled":
            scale = _SCALES[match["scale"].lower()]
            digits = number_value(re.sub(r"[^\d.,]", "", match[0]))
            yield at("number", digits * scale)
            yield at("scaled", digits)
        case "part":
            many, below = (match["many"] or "").lower(), _PARTS[match["part_word"].lower()]
            top = 1 if many in ("", "a", "an") else int(many) if many.isdigit() else _spelled(many)
            yield at("part", Fraction(top, below))
        case "times":
            yield at("times", _TIMES[match[0].lower()])
        case "percent_word":
            yield at("percent", _spelled(match[0]))
        case "word":
            yield at("word", _spelled(match[0]))
        case "percent":
            yield at("percent", number_value(match[0]))
        case "money":
            yield at("money", number_value(match[0]))
        case _:
            yield at("number", number_value(match[0]))


def spelled(value: int) -> str | None:
    """A whole number below 100 in words: "twenty-five"; None for others."""
    units = {number: word for word, number in _UNITS.items()}
    tens = {number: word for word, number in reversed(_TENS.items())}
    if value in units:
        return units[value]
    if not 20 <= value < 100:
        return None
    return tens[value - value % 10] + (f"-{units[value % 10]}" if value % 10 else "")


def _spelled(text: str) -> int:
    """The value of a number in words."""
    total = part = 0
    for word in re.findall(r"[a-z]+", text.lower()):
        if word in _SCALES:
            part = max(part, 1) * _SCALES[word]
            if word != "hundred":
                total, part = total + part, 0
        else:
            part += _UNITS.get(word, 0) + _TENS.get(word, 0)
    return total + part
