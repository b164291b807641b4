"""Which numbers of a question may be changed, and to what.

A number stays where changing it would need more than itself to change: the question says the value twice or lists
what it counts, it is part of a name or a date ("Room 12", "3rd", "7:30", 1998), it is a fraction, or it is one.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from mathcoder.instruct.counting import counted
from mathcoder.instruct.derivation import Derivation, Given
from mathcoder.instruct.known import is_unit
from mathcoder.instruct.quantities import Quantity, spelled

__all__ = ["Slot", "new_value", "slots", "written"]

# Before a number that stays: names ("Room 12", "June 3"), another number, "the other 3".
_BEFORE = re.compile(
    r"""(?: (?:grade|room|day|level|no\.?|page|chapter|highway|route|flight|size|type|class|week|year|month|round
    |team|group|number|apartment|building|bus|terminal|exit|section|part|step|figure|phase|quarter|lane|gate|platform
    |january|february|march|april|may|june|july|august|september|october|november|december|\#)\s*
    | [\d/:.–x-]\s? | \d\s+ | \b(?:remaining|the\ other|another|rest|out\ of|x)\ )$""",
    re.IGNORECASE | re.VERBOSE,
)
# And behind it: ranges, products and parts ("3-4", "3 x 4", "3 of 5", "2 and a half"), ordinals, notes and coins.
_BEHIND = re.compile(
    r"""[-–/:x×.,]\s?\d | \s?[-–]\s?\d | : | \s?(?:by|x|to)\s\d | \s?and\ a\ half | \s?1/2 | %\s?-\s?\d
    | [a-wyz]*\d
    | \s*(?:st|nd|rd|th)\b | \s+(?:out\ )?of\ (?:the\ )?(?:\d|every|each) | \s+(?:out\ of|in)\ (?:every\ )?\d
    | [-\ ]?(?:dollar|cent)?s?[-\ ](?:bill|coin|note)s?\b
    | \s*(?:dozen|hundred|thousand|million|o'clock|[ap]\.?m\b)""",
    re.VERBOSE,
)
_PER = re.compile(r"\s\w+ (?:per|in an?|to an?|make an?) ")  # "there are 2.5 centimetres per inch"
_LISTED = 12  # things that a question may list
_BOUNDS: tuple[tuple[str, int], ...] = (
    (r"\s*-?(?:hours?|hrs?) (?:(?:a|per|each|every|that) (?:day|night)|daily|of sleep)", 16),
    (r"\s*-?(?:days?|times?|nights?) (?:a|per|each|every) week", 6),
    (r"\s*weekend days", 10),
    (r"\s*-?days?", 6),
    (r"\s*-?(?:weeks?) (?:a|per|each|every) month", 4),
    (r"\s*-?months? (?:a|per|each|of the|every) year|\s*-?months?", 12),
    (r"\s*-?(?:days?) (?:a|per|of|in|each|every|this) (?:the )?month", 28),
    (r"\s*-?(?:minutes?|seconds?|mins?)", 59),
    (r"\s*-?(?:hours?)", 24),
    (r"\s*-?inch(?:es)? tall|\s*-?years?[- ](?:old|of age)|\s*-?years? (?:younger|older)", 95),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """A number of the question that may be changed: its given, and how the question says it."""

    given: Given
    quantity: Quantity
    largest: int | None


def slots(derivation: Derivation, stated: Sequence[Quantity]) -> list[Slot]:
    """What of a derivation may be changed, in the order of the question.

    Args:
        stated: the numbers of its question.
    """
    return [slot for given in derivation.givens if (slot := _slot(given, derivation.question, stated)) is not None]


def _slot(given: Given, question: str, stated: Sequence[Quantity]) -> Slot | None:
    if len(given.spans) != 1:
        return None
    start, end = given.spans[0]
    said = [quantity for quantity in stated if quantity.value == given.value]
    here = [quantity for quantity in said if (quantity.start, quantity.end) == (start, end)]
    if len(said) != 1 or len(here) != 1 or any(q.start < end and start < q.end for q in stated if q != here[0]):
        return None
    quantity, value = here[0], given.value
    before, after = question[:start], question[end:]
    if quantity.kind not in ("number", "money", "percent", "word") or value <= 1 or _BEHIND.match(after):
        return None
    if quantity.kind != "money":
        known = is_unit(value, after[:30])  # what everybody knows: 1000 MB in a GB
        listed = value <= _LISTED and counted(question, value) is not None
        listed |= value == 2 and re.search(r"\b(?:both|each other|another|twins?)\b", question) is not None
        year = value.denominator == 1 and 1500 <= value <= 2100 and _is_year(before, after)
        dated = re.match(r" days", after) and re.search(
            r"day\b.*day\b", re.sub(r"\b(?:day|today)\b", "", question)
        )
        defined = re.search(r"\b(?:there are|equals?|is) $", before, re.IGNORECASE) and _PER.match(after)
        if known or listed or year or dated or defined or _BEFORE.search(before):
            return None
    largest = next((most for words, most in _BOUNDS if re.match(words, after) and value <= most), None)
    return Slot(given, quantity, largest)


def _is_year(before: str, after: str) -> bool:
    return not re.match(r"\s+[a-z]+s\b", after) or bool(re.search(r"\b(?:in|since|by|from|until|year)\s$", before))


def new_value(slot: Slot, chance: random.Random) -> Fraction:
    """Another value of the same kind: as round as the old one, and within a factor of two or so."""
    old, kind = slot.given.value, slot.quantity.kind
    grain = _grain(slot.quantity.text, old)
    low, high = max(old / 2, grain), old * 2
    if kind != "money" and old <= 10 and grain == 1:
        low, high = Fraction(2), max(old + 4, Fraction(6))
    if kind == "percent":
        high = min(high, Fraction(95)) if old < 100 else high
        low = max(low, Fraction(101)) if old > 100 else low
    if slot.largest is not None:
        high = min(high, Fraction(slot.largest))
    if kind == "word" and old <= 20:
        high = min(high, Fraction(20))
    first, last = -(-low // grain), high // grain
    value = old if last < first else chance.randint(int(first), int(last)) * grain
    return value if value > 1 or (old < 1 or kind == "money") else old


def _grain(text: str, value: Fraction) -> Fraction:
    """The step between values that look alike: 1 for 48, 50 for 1,200, 0.05 for 2.75."""
    decimals = len(text.partition(".")[2])
    if value.denominator != 1 or decimals:
        cents = value * 10**decimals
        return Fraction(5 if cents % 5 == 0 else 1, 10**decimals)
    for grain in (1000, 100, 10, 5):
        if value % grain == 0 and value >= 4 * grain:
            return Fraction(grain)
    return Fraction(1)


def written(slot: Slot, value: Fraction) -> str | None:
    """The value as the question says numbers there; None where it cannot."""
    text = slot.quantity.text
    if slot.quantity.kind == "word" or (not text[0].isdigit() and text[0] != "."):
        words = spelled(int(value)) if value.denominator == 1 else None
        return words.capitalize() if words and text[0].isupper() else words
    decimals = len(text.partition(".")[2])
    if (value * 10**decimals).denominator != 1:
        return None
    digits = f"{float(value):.{decimals}f}" if decimals else str(value.numerator)
    whole, point, rest = digits.partition(".")
    grouped = f"{int(whole):,}" if "," in text or (len(whole) > 4) else whole
    return f"{grouped}{point}{rest}"
