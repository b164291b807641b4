"""What a person types into a search field, as an expression of FTS5 that cannot be anything but words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from mathcoder.solving.text import valid_text
from mathcoder.studio.traces.schema import COLUMNS

__all__ = ["excerpt", "fts_expression", "search_terms"]

_MOST_TERMS, _MOST_CHARS = 16, 400
_AROUND = 70  # characters on both sides of what was found


def search_terms(text: str) -> list[str]:
    """The terms that all have to occur: words, and phrases between quotation marks.

    `factor*` stands for all words that begin so. Signs only part words: `x^2` is the phrase "x 2". A term without
    a letter or digit is left out.
    """
    text = "".join(char if char.isprintable() else " " for char in valid_text(text)[:_MOST_CHARS])
    terms = [phrase or word for phrase, word in re.findall(r'"([^"]*)"?|([^\s"]+)', text)]
    return [term for term in terms if any(map(_is_word, term))][:_MOST_TERMS]


def fts_expression(terms: Sequence[str], column: str | None = None) -> str:
    """For rows that have all these terms, of which there is at least one: in one of `COLUMNS` or anywhere."""
    quoted = " AND ".join(_quoted(term) for term in terms)
    return f"{column} : ({quoted})" if column else quoted


def _quoted(term: str) -> str:
    begins = term.endswith("*") and sum(map(_is_word, term)) >= 3 and _is_word(term[-2])
    return '"' + term.replace('"', " ") + '"' + ("*" if begins else "")


def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LN"


def excerpt(texts: dict[str, list[str]], terms: Sequence[str], column: str | None = None) -> dict[str, str] | None:
    """Where the first of the terms stands in a row: the part, and the text before, of and after it."""
    for term in terms:
        words = re.findall(r"[^\W_]+", term)
        if not words:
            continue
        # No boundary of a word is asked for at its end: FTS5 and re draw it elsewhere in some scripts.
        pattern = re.compile(r"(?<![^\W_])" + r"[\W_]{1,20}".join(map(re.escape, words)), re.IGNORECASE)
        for part in (column,) if column else COLUMNS:
            for text in texts[part]:
                if match := pattern.search(text):
                    start, end = max(0, match.start() - _AROUND), match.end() + _AROUND
                    before = ("…" if start else "") + text[start : match.start()]
                    after = text[match.end() : end] + ("…" if end < len(text) else "")
                    return {"part": part, "before": before, "found": match[0], "after": after}
    return None
