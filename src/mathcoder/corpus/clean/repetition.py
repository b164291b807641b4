"""How much of a text was there before: in copied lines, and in runs of words.

Mathematics repeats itself without being repetition: rows of a matrix, tables of numbers, the left side in a chain
of equations, "Find the derivative of" before each exercise. So displayed formulas are compared whole, tables and
code apart from the text, and runs of words with the formulas among them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from mathcoder.corpus.clean.content import Content
from mathcoder.corpus.clean.rules import CleanRules
from mathcoder.overlap.tokens import gram_hashes, tokens

__all__ = ["repetition"]

_WORDS = re.compile(r"(?<![\\{])\b[^\W\d_]{2,}[,:;]?[ ][^\W\d_]{2}|[\u3040-\u9fff]{4}")
_LETTER = re.compile(r"[^\W\d_]")
_DISPLAYS = ("$$", "\\[", "\\begin")
_TAG = re.compile(r"<[A-Za-z/!][^<>\n]*>")
_SHORT = 20  # characters of a line that is not counted as a copy
_LONG = 200  # characters of a line that is no row of a matrix
_RUN = 10  # words
_LEAST_RUNS = 100


def repetition(text: str, parts: Content | None, rules: CleanRules) -> str | None:
    """What is repeated too much, in words; None if nothing is.

    Args:
        text: the whole.
        parts: the text taken apart; None for a program, which is judged as a whole.
        rules: how much is too much.
    """
    if len(text) < rules.min_repetition:
        return None
    total, same = _copied(text, lambda _: True)
    if same > rules.max_code_copies * total:
        return f"{same / total:.0%} is in copied lines"
    if parts is None:
        return None
    _, same = _copied(parts.lines, _says_something)
    if same > rules.max_copies * total:
        return f"{same / total:.0%} is in copied lines"
    share = _repeated_runs(parts.lines, rules.max_repeated)
    if share > rules.max_repeated:
        return f"{share:.0%} of the runs of {_RUN} words are repeated"
    return None


def _copied(text: str, counted: Callable[[str], object]) -> tuple[int, int]:
    """The characters in lines, and in those that are copies of lines before them and counted; line ends are in."""
    lines = Counter(map(str.strip, text.split("\n")))
    del lines[""]
    total = sum(map(len, lines.elements())) + lines.total()
    copies = ((line, count) for line, count in lines.items() if count > 1 and counted(line))
    return total, sum((len(line) + 1) * (count - 1) for line, count in copies)


def _says_something(line: str) -> bool:
    return len(line) >= _SHORT and (line.startswith(_DISPLAYS) or _WORDS.search(line) is not None)


def _repeated_runs(lines: str, most: float) -> float:
    """The share of runs of ten words that occurred before; 0 where it is plainly not above `most`."""
    if "<" in lines:
        lines = _TAG.sub(" ", lines)
    told = (line for line in lines.split("\n") if not line.startswith(_DISPLAYS))
    text = "\n".join(line for line in told if (_LETTER if len(line) > _LONG else _WORDS).search(line))
    words = text.split()
    # Runs that are alike begin with pairs that are alike: there are at least as many different runs as pairs, but
    # for those at the end.
    if len({*pairwise(words)}) > (1 - most) * len(words) + _RUN:
        return 0.0
    runs = np.sort(gram_hashes(tokens(text).hashes, _RUN))
    return np.count_nonzero(runs[1:] == runs[:-1]) / len(runs) if len(runs) >= _LEAST_RUNS else 0.0
