"""What a document is judged by, and what came of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

__all__ = ["CLASSES", "CleanRules", "Cleaned"]

CLASSES = ("garbled", "boilerplate", "too short", "navigation", "repetition", "language")
"""What a drop reason begins with, in the order in which documents are judged."""

_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class CleanRules:
    """What is dropped. Shares are 0 to 1, of the characters that are not blank unless said otherwise.

    None of the rules asks for words, or counts signs against a text: a page of formulas with a dozen words is as
    good as any, and so is a program.

    Args:
        languages: two-letter codes of those that are kept; empty: any.
        min_letters: bytes of letters in different words outside formulas and code, below which the language is not
            asked for unless the page declares one.
        min_certainty: how certain it must be that the language is none of those kept.
        min_characters: that are not blank; formulas and code count. A shorter document is `too short`.
        max_garbled: share of control, replacement and private-use characters, and of letters decoded wrongly.
        tidy: take lines of cookie banners, "log in to reply" and the like out of web pages.
        max_boilerplate: share of a web page in such lines.
        min_sentences: least share of a web page or text without formulas, code and tables that is in lines with a
            sentence, a number or a computation; one with less is `navigation`.
        min_navigation: lines that it has at least.
        max_copies: share in lines that are copies of lines before them. A displayed formula is one line; rows of
            tables, lines of code and lines without words are not counted as copies.
        max_repeated: share of runs of ten words, with the numbers and formulas in the line, that occurred before.
        max_code_copies: share in copied lines of any kind, code and tables too: the one rule on repetition that
            programs are judged by. Beyond it nearly all of a document is one passage.
        min_repetition: characters, blanks too, below which a document is not judged for repetition.

    Raises:
        ValueError: a language is no code, or a number is out of range.
    """

    languages: tuple[str, ...] = ("en",)
    min_letters: int = 100
    min_certainty: float = 0.99
    min_characters: int = 50
    max_garbled: float = 0.01
    tidy: bool = True
    max_boilerplate: float = 0.5
    min_sentences: float = 0.1
    min_navigation: int = 10
    max_copies: float = 0.5
    max_repeated: float = 0.5
    max_code_copies: float = 0.9
    min_repetition: int = 500

    def __post_init__(self) -> None:
        if isinstance(self.languages, str):
            raise ValueError(f"languages must be a list of codes, not the text {self.languages!r}")
        for language in self.languages:
            if not _LANGUAGE.fullmatch(language):
                raise ValueError(f"{language!r} is no code of a language; write two small letters, as en or de")
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(field.default, float) and not 0 <= value <= 1:
                raise ValueError(f"{field.name} must be between 0 and 1, not {value}")
            if isinstance(field.default, int) and value < 0:
                raise ValueError(f"{field.name} must be 0 or more, not {value}")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A document that was judged.

    Attributes:
        text: without the lines that were taken out.
        reason: why it is dropped, "class: detail" with one of `CLASSES`; None: it is kept.
        removed: the lines that were taken out, in order.
    """

    text: str
    reason: str | None
    removed: tuple[str, ...] = ()
