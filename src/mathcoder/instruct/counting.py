"""How many things a text lists: "Ann, Bill and Cate" are three, "Monday to Friday" are five days."""

from __future__ import annotations

import re
from fractions import Fraction

__all__ = ["counted"]

_DAYS: tuple[str, ...] = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
_DAY = "|".join(_DAYS)
_RANGE = re.compile(rf"\b({_DAY})s?,? (?:to|through|until|till|-) ({_DAY})", re.IGNORECASE)
_SOME_DAYS = re.compile(rf"\b(?:{_DAY})s?(?:(?:, | and |, and | & )(?:on )?(?:{_DAY})s?)+", re.IGNORECASE)
_NAMES = re.compile(r"\b[A-Z][a-z]+(?:, (?:his |her |and )?[A-Z][a-z]+)*,? (?:and|&) (?:[a-z]+ )?[A-Z][a-z]+")
_THINGS = re.compile(r"\b(?:[\w'-]+ ){0,2}[\w'-]+(?:, (?:[\w'-]+ ){0,4}[\w'-]+)+,? and (?:[\w'-]+ ){0,2}[\w'-]+")


def counted(text: str, value: Fraction, things: bool = True) -> str | None:
    """What a text lists so many of, without numbers; None where nothing.

    Args:
        things: also any things ("a hat, two shirts and a coat"); else only days and names.
    """
    for match in _RANGE.finditer(text):
        first, last = (_DAYS.index(day.capitalize()) for day in match.groups())
        if (last - first) % 7 + 1 == value:
            return match[0]
    for match in _SOME_DAYS.finditer(text):
        if len(re.findall(_DAY, match[0], re.IGNORECASE)) == value:
            return match[0]
    for match in _NAMES.finditer(text):
        if len(re.split(r",? (?:and|&) |, (?:and )?", match[0])) == value:
            return match[0]  # names alone
    for match in _THINGS.finditer(text) if things else ():
        if len(re.split(r",? and |, ", match[0])) == value:
            return "how many are listed"
    return None
