"""Is a text that a model wrote one well-formed problem, and one of its own?

Each check gives a reason in a few words, the same for all texts of that kind; "" says that nothing is wrong.
"""

from __future__ import annotations

import re

import numpy as np

from mathcoder.overlap.containment import ItemIndex
from mathcoder.overlap.tokens import gram_hashes, tokens

__all__ = ["KnownItems", "copied_share", "ill_formed", "similarity"]

_SHORTEST, _LONGEST = 20, 2_000  # characters
_WORDS = 1_000  # that are compared of a text
_GRAM = 8

_ASKS = (
    r"find|compute|calculate|determine|evaluate|solve|simplify|express|give|write|state|list|name|show|prove|factor"
    r"|expand|convert|round|estimate|count|work out|figure out|choose|select|enter|assume|tell|identify|describe"
    r"|use|multiply|divide|subtract|rationali[sz]e|decide|sketch|graph|what|which|how"
)
_ASIDE = re.compile(r"\[asy\].*?\[/asy\]|\([^()]*\)\W*$", re.DOTALL)  # a drawing, a last remark in brackets
_FORMULA = re.compile(  # but not what stands between two prices
    r"(?:\\\[.*?|\\\(.*?|\$\$?(?!\d[\d,.]*[ ,.]+[A-Za-z(])[^$]*?)([.?!]?)\s*(?:\\\]|\\\)|\$\$?)", re.DOTALL
)
_SENTENCE_END = re.compile(r"(?<=[.?!])(?<!\bMr\.)(?<!\bMrs\.)(?<!\bDr\.)[\"')\]]*\s+(?=\S)|\n\s*\n")
_ASKING = re.compile(rf"\b(?:{_ASKS})\b", re.IGNORECASE)
_SECOND = re.compile(
    r"^[^\w\n]*(?:(?:new |second |another )?(?:problem|question|exercise)\W*[2-9B]\b|(?-i:(?:part )?\(?b[.)]\s))",
    re.IGNORECASE | re.MULTILINE,
)
_SOLVED = re.compile(
    r"\\(?:boxed|fbox)\b|####|```|\b(?:final|correct) answer (?:is|=)\s*[\\$\d]|\banswer\s*[:=]|\bstep 1:"
    r"|\bstep-by-step\b|^[^\w\n]*(?:solution|answer|hint|explanation|proof|step 1)\b\W*(?:[:.]|\n|$)"
    r"|(?:^|[.?!]\s+)(?:(?:so|thus|hence|therefore),? )?(?:the answer is|let'?s (?:solve|think)|to solve this)\b",
    re.IGNORECASE | re.MULTILINE,
)
_SHOWN = re.compile(
    r"\bproblems? (?:above|shown|given above|\d\b|[AB]\b)|\b(?:as|in) the examples?\b|</?problem"
    r"|\b(?:two|both|given|above|previous|original|easy|easier|hard|harder|first|second|new|following|seed|example"
    r"|parent) problems?\b",
    re.IGNORECASE,
)
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufffd]|<\\*\|\w+\|>"
)


def ill_formed(question: str) -> str:
    """Why a text is not one well-formed problem."""
    if len(question) < _SHORTEST:
        return "too short"
    if len(question) > _LONGEST:
        return "too long"
    if _UNPRINTABLE.search(question):
        return "holds characters that are no text"
    if _SHOWN.search(question):
        return "speaks of the problems shown"
    if _SOLVED.search(question):
        return "holds a solution or an answer"
    if _several(question):
        return "more than one problem"
    return "" if _asks(question) else "does not end by asking"


def _several(question: str) -> bool:
    first, second = question.find("(a)"), question.find("(b)")
    parts = 0 <= first < second and "?" in question[first:second] and "?" in question[second:]
    asking = [part for part in re.split(r"\n\s*\n", _ASIDE.sub("", question)) if part.rstrip().endswith("?")]
    return parts or len(asking) > 1 or _SECOND.search(question) is not None


def _asks(question: str) -> bool:
    plain = _FORMULA.sub(r" x\1 ", _ASIDE.sub("", question)).strip()
    last = _SENTENCE_END.split(plain)[-1]
    return last.rstrip("\"')]").endswith("?") or _ASKING.search(last) is not None


def copied_share(one: str, other: str) -> float:
    """How much of the shorter text stands in the other: of its distinct n-grams of 8 tokens, 0 to 1.

    A text of fewer tokens is there whole or not at all.
    """
    hashes = [tokens(text).hashes for text in (one, other)]
    width = min(_GRAM, *map(len, hashes))
    if not width:
        return 0.0
    first, second = (set(gram_hashes(each, width).tolist()) for each in hashes)
    return len(first & second) / min(len(first), len(second))


def similarity(one: str, other: str) -> float:
    """How alike two texts are word for word, numbers and case aside: 0 to 1, high where only numbers differ.

    Twice the length of the longest common subsequence of their words, as a share of all words. Of a long text the
    first 1,000 words are looked at.
    """
    first, second = map(_words, (one, other))
    places: dict[str, int] = {}
    for place, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << place
    left = whole = (1 << len(first)) - 1  # a bit for each word of the first text (Hyyrö 2004)
    for word in second:
        met = left & places.get(word, 0)
        left = ((left + met) | (left - met)) & whole
    common = len(first) - left.bit_count()
    return 2 * common / max(len(first) + len(second), 1)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+|#", re.sub(r"\d[\d.,]*", "#", text.lower()))[:_WORDS]


class KnownItems:
    """Problems that a new one must not be, such as seeds and benchmark items.

    Args:
        index: of their texts.
        threshold: the least share of an item's n-grams in a new problem that makes it a copy, above 0 to 1.
    """

    def __init__(self, index: ItemIndex, threshold: float = 0.5):
        if not 0 < threshold <= 1:
            raise ValueError(f"threshold is {threshold}: it must be above 0 and at most 1")
        self._index = index
        self._threshold = threshold
        self._frequent = np.zeros(len(index.grams), np.bool_)

    def inside(self, text: str) -> str:
        """The id of the item most of which is in a text; "" where there is none."""
        if not len(self._index.hits([text]).gram):
            return ""
        found = self._index.passages([text], self._frequent, self._threshold)[0]
        return max(found, key=lambda passage: passage.share).item if found else ""
