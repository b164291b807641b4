"""A text as the line that fastText learns from: words, LaTeX commands, operators, and the shapes of numbers.

Every token of a line is a word in lower case, a LaTeX command with its backslash (`\\frac`), a sign, or `#` with
how many digits a number has. A token that a text has n times stands in the line as often as n has binary digits:
one sign of a long page does not drown the rest. No token can be what fastText gives a meaning of its own
(`__label__`, `</s>`).
"""

from __future__ import annotations

import re
from collections import Counter

__all__ = ["FEATURES", "features"]

FEATURES = 1  # which features these are: a model that was trained on others is not asked

_TOKEN = re.compile(r"\\[a-z]+|\$\$|\\[()\[\]]|[^\W\d_]+|\d+(?:[.,]\d+)*|[^\w\s]|_")
_PROSE = frozenset(",.;:'\"`!?()-–—‘’“”…•·")  # signs that say nothing of the subject
_LONGEST = 32  # characters of a word
_DIGITS = 6  # numbers of more are one shape


def features(text: str, most: int = 20_000) -> str:
    """The line of a text: tokens with a space between them, without a newline; "" where there is none.

    Args:
        text: any text, its formulas in LaTeX.
        most: characters of it that are looked at, from its beginning.
    """
    counts: Counter[str] = Counter()
    for found, count in Counter[str](_TOKEN.findall(text[:most].lower())).items():
        if token := _token(found):
            counts[token] += count
    return " ".join(token for token, count in counts.items() for _ in range(count.bit_length()))


def _token(found: str) -> str:
    if found[0].isdecimal():
        whole, _, rest = found.partition(".")
        return f"#{min(len(whole), _DIGITS)}{'.' if rest else ''}"
    if len(found) > 1 or found.isalnum():
        return found[:_LONGEST]
    return found if found not in _PROSE and found.isprintable() else ""
