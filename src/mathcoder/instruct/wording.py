"""The words around the numbers of a text: what they count, and how much two texts speak of the same."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from mathcoder.instruct.quantities import NUMBER, number_value

__all__ = ["content_words", "shared_words", "words_around", "words_behind"]

_EMPTY = set(
    "the and for per are was were has had have his her she him they them their with that this each".split()
)
_NUMBER_AND_WORDS = re.compile(rf"({NUMBER})((?:[\s/-]*[A-Za-z'’]+){{0,3}})")


@lru_cache(4096)
def content_words(text: str) -> set[str]:
    """The words of a text that say what it is about, without endings."""
    words = set(re.findall(r"[a-z]{3,}", text.lower())) - _EMPTY
    return {re.sub(r"(?<=..)(?:ies|es|s|ed|ing|y)$", "", word) for word in words}


def shared_words(one: set[str], other: set[str]) -> float:
    """How much of the smaller set of words is in the other, below 1."""
    return len(one & other) / (1 + min(len(one), len(other)))


def words_behind(text: str) -> dict[Fraction, list[set[str]]]:
    """For each number of a text the words right behind it."""
    found: dict[Fraction, list[set[str]]] = {}
    for match in _NUMBER_AND_WORDS.finditer(text):
        found.setdefault(number_value(match[1]), []).append(content_words(match[2]))
    return found


@lru_cache(4096)
def words_around(question: str, start: int, end: int, most: int = 5) -> str:
    """The words of the question around a number, in its clause."""
    before = re.split(r"(?<=[.!?])\s+|[,;:]\s", question[:start])[-1]
    after = re.split(r"[.!?](?=\s|$)|[,;:](?=\s)", question[end:], maxsplit=1)[0]
    left, right = before.split(), after.split()
    close = not after[:1].isspace()
    head = " ".join(left[-most:])
    joint = "" if before and not before[-1:].isspace() else " "
    tail = " ".join(right[:most])
    return f"{head}{joint if head else ''}{question[start:end]}{'' if close else ' '}{tail}".strip()
