"""Cuts a text into passages that a model can be asked about, and tells what was defined before each.

A passage is one or more paragraphs. No cut goes through a displayed formula, an environment or a fenced block, so
what a passage says can be read without the others, but for names: `f(x) = x^2` may stand pages above. Those
definitions are collected as the text goes on, the last one of each name, the newest ones, within a bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

__all__ = ["Passage", "Span", "has_mathematics", "paragraphs", "passages"]

Span: TypeAlias = tuple[int, int]  # characters from, and up to, of the text


@dataclass(frozen=True, slots=True)
class Passage:
    """What a model is shown at a time.

    Attributes:
        spans: the paragraphs, in order.
        text: they, with a blank line between two that do not touch.
        known: definitions that stand before it, oldest first.
    """

    spans: tuple[Span, ...]
    text: str
    known: tuple[str, ...] = ()

    @property
    def span(self) -> Span:
        """From its beginning to its end."""
        return self.spans[0][0], self.spans[-1][1]


def passages(text: str, most: int, only: Sequence[Span] | None = None) -> Iterator[Passage]:
    """The passages of a text that have mathematics.

    Args:
        text: the whole text.
        most: characters of a passage; a formula, environment or fenced block that is longer stays whole.
        only: paragraphs, as `paragraphs` gives them; default: all. Those left out are not shown.
    """
    found = list(_definitions(text))
    for group in _packed(paragraphs(text, most) if only is None else only, most):
        shown = "\n\n".join(text[start:end] for start, end in _joined(group, text))
        if has_mathematics(shown):
            yield Passage(tuple(group), shown, _known(found, group[0][0]))


_FORMULA = re.compile(r"\$|\\[(\[]|\\begin\{|[=≈≤≥∫∑∏√]|\d\s*[-+*/^×÷·:%]\s*\d|\d\s*%")
_NUMBER = re.compile(r"(?<![\w.])\d[\d,.]*(?!\w)")
_FEW = 3


def has_mathematics(text: str) -> bool:
    """Whether there may be something to compute: a formula, or three numbers."""
    return _FORMULA.search(text) is not None or len(_NUMBER.findall(text)) >= _FEW


# Paragraphs.

_TOKEN = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})[^\n]*$|(?<!\\)(?P<display>\$\$)|(?P<open>\\\[)|(?P<close>\\\])"
    r"|\\begin\{(?P<begin>[^{}\n]{1,40})\}|\\end\{(?P<end>[^{}\n]{1,40})\}",
    re.MULTILINE,
)
_MATHEMATICS = ("equation", "align", "gather", "multline", "eqnarray", "displaymath", "math", "flalign", "alignat")
_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")
_INLINE = re.compile(r"\$[^$\n]+\$|\\\([^\n]*?\\\)")
_FAR = 4  # times `most`: what has not ended by then was never closed


def paragraphs(text: str, most: int) -> list[Span]:
    """The paragraphs of a text, without the white space around them; longer ones are cut between sentences."""
    whole = list(_whole(text, most))
    spans: list[Span] = []
    for start, end in _between(_BLANK, text, 0, len(text), whole):
        if end - start <= most:
            spans.append((start, end))
            continue
        inline = [match.span() for match in _INLINE.finditer(text, start, end)]
        pieces = _between(_SENTENCE, text, start, end, sorted(whole + inline))
        spans += (_around(group) for group in _packed(pieces, most))
    return spans


def _whole(text: str, most: int) -> Iterator[Span]:
    """What is not cut: displayed formulas, fenced blocks, environments but for long ones that hold prose."""
    tokens = list(_TOKEN.finditer(text))
    closing = _closing(tokens)
    at = 0
    while at < len(tokens):
        first, number = tokens[at], closing[at]
        at += 1
        if number is None:
            continue
        end = tokens[number].end()
        prose = first["begin"] and not first["begin"].startswith(_MATHEMATICS)
        if end - first.start() > (most if prose else _FAR * most):
            continue
        yield first.start(), end
        at = number + 1


def _closing(tokens: Sequence[re.Match[str]]) -> list[int | None]:
    """For each token the number of the one that ends what it begins."""
    closing: list[int | None] = [None] * len(tokens)
    environments: dict[str, list[int]] = {}
    following: dict[str, int] = {}  # of what needs no nesting, looking back from the end
    for number, token in enumerate(tokens):
        if token["begin"]:
            environments.setdefault(token["begin"], []).append(number)
        elif token["end"] and environments.get(token["end"]):
            closing[environments[token["end"]].pop()] = number
    for number in range(len(tokens) - 1, -1, -1):
        token = tokens[number]
        if token["open"]:
            closing[number] = following.get("close")
        elif token["display"]:
            closing[number] = following.get("display")
        elif token["fence"]:
            # A fence is closed by one that is as long, or longer; longer ones are rare.
            same = [
                following[mark]
                for mark in (token["fence"] + token["fence"][0] * n for n in range(4))
                if mark in following
            ]
            closing[number] = min(same, default=None)
        kind = next(kind for kind in ("fence", "display", "open", "close", "begin", "end") if token[kind])
        following[token["fence"] or kind] = number
    return closing


def _between(cut: re.Pattern[str], text: str, start: int, end: int, whole: Sequence[Span]) -> Iterator[Span]:
    """The pieces between the places where `cut` matches outside of `whole`, which is sorted."""
    cuts = [start]
    inside = iter(whole)
    span = next(inside, None)
    for match in cut.finditer(text, start, end):
        while span and span[1] <= match.start():
            span = next(inside, None)
        if not span or span[0] >= match.end():
            cuts += match.span()
    cuts.append(end)
    for first, last in zip(cuts[::2], cuts[1::2], strict=True):
        piece = text[first:last]
        if piece.strip():
            yield first + len(piece) - len(piece.lstrip()), first + len(piece.rstrip())


def _packed(spans: Iterable[Span], most: int) -> Iterator[list[Span]]:
    """Neighbours together, as many as are not longer than `most`."""
    group: list[Span] = []
    for span in spans:
        if group and sum(end - start + 2 for start, end in group) + span[1] - span[0] > most:
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _around(group: Sequence[Span]) -> Span:
    return group[0][0], group[-1][1]


def _joined(group: Sequence[Span], text: str) -> Iterator[Span]:
    """Spans with nothing but white space between them as one."""
    start = group[0][0]
    for (_, end), (following, _) in pairwise(group):
        if text[end:following].strip():
            yield start, end
            start = following
    yield start, group[-1][1]


# What is defined before a passage.

_MOST_KNOWN = 12
_MOST_CHARACTERS = 1000  # of all of them
_LONGEST = 200
_CUE = re.compile(
    r"\b(?:let|suppose|assum\w+|given|defin\w+|denot\w+|where|with|set|put|consider|for|if|when|take|call|has)\b",
    re.IGNORECASE,
)
_NAME = r"(?:[A-Za-z]|\\[A-Za-z]+)(?:_(?:\w|\{\w{1,8}\}))?'{0,3}(?:\([^()=]{1,20}\))?"
_EQUALS = re.compile(rf"\s*(?P<name>{_NAME})\s*(?::=|=|\\coloneqq(?![A-Za-z]))\s*[^=]+")
_STATED = re.compile(
    r"\$\$?(?P<dollars>[^$]{3,200})\$|\\\((?P<parens>.{3,200}?)\\\)|\\\[(?P<brackets>[^$]{3,200}?)\\\]"
    r"|(?<![\w\\${(_])(?P<plain>[A-Za-z](?:\([a-z]\))?\s?=\s?[^\s$,;{}\\]+(?:\s?[-+*/^]\s?[^\s$,;{}\\]+)*)(?![\\{}])",
    re.DOTALL,
)


def _definitions(text: str) -> Iterator[tuple[int, str, str]]:
    """Where each ends, the name, and what is said of it."""
    for match in _STATED.finditer(text):
        formula = " ".join(next(group for group in match.groups() if group is not None).split()).rstrip(".,; ")
        equals = _EQUALS.fullmatch(formula)
        if equals and len(formula) <= _LONGEST and _CUE.search(_sentence_before(text, match.start())):
            yield match.end(), equals["name"], formula


def _sentence_before(text: str, at: int) -> str:
    """The sentence as far as `at`, its last 200 characters at most."""
    before = text[max(0, at - 200) : at]
    return re.split(r"[.!?]\s+|\n[ \t]*\n", before)[-1]


def _known(found: Sequence[tuple[int, str, str]], start: int) -> tuple[str, ...]:
    """The newest definitions before a place, the last one of each name."""
    newest: dict[str, str] = {}
    for end, name, formula in found:
        if end <= start:
            newest.pop(name, None)
            newest[name] = formula
    kept: list[str] = []
    for formula in list(newest.values())[: -_MOST_KNOWN - 1 : -1]:
        if sum(map(len, kept)) + len(formula) > _MOST_CHARACTERS:
            break
        kept.append(formula)
    return tuple(reversed(kept))
