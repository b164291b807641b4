"""Where a computation that a model wrote stands in the text, and what kind it looks like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

__all__ = ["Places", "kind_of"]

_SPACING = re.compile(r"\\[,;:! ]|\\(?:left|right|displaystyle|limits|quad|qquad)(?![A-Za-z])|[\s$&~]+")


class Places:
    """Finds where computations stand, spacing and the delimiters of formulas aside. No place is given twice.

    Args:
        text: the whole text.
        spans: the paragraphs to look in; no computation goes on from one to the next.
    """

    def __init__(self, text: str, spans: Iterable[tuple[int, int]]):
        self._whole = text
        self._taken: set[tuple[int, int]] = set()
        self._at: list[int] = []  # for each character that is left, its place in the text
        squeezed: list[str] = []
        for start, end in spans:
            for first, last in _kept(text, start, end):
                squeezed.append(text[first:last])
                self._at += range(first, last)
            squeezed.append("\n")
            self._at.append(end)
        self._text = "".join(squeezed)

    def find(self, expression: str, result: str) -> tuple[int, int] | None:
        """The place of the expression with its result, or of the expression alone; None where it is not there."""
        expression, result = (_SPACING.sub("", part).rstrip(".,;") for part in (expression, result))
        for wanted in (f"{expression}={result}", expression):
            spans = list(self._occurrences(wanted)) if expression else []
            if spans:
                span = next((span for span in spans if span not in self._taken), spans[0])
                self._taken.add(span)
                return span
        return None

    def _occurrences(self, wanted: str) -> Iterator[tuple[int, int]]:
        for match in re.finditer(re.escape(wanted), self._text):
            start, end = self._at[match.start()], self._at[match.end() - 1] + 1
            # Not the end of a longer number or name, nor the beginning of one.
            before, after = self._whole[max(0, start - 1) : start + 1], self._whole[end - 1 : end + 1]
            if not (re.fullmatch(r"[\w.\\]\w", before) or re.fullmatch(r"\w\w", after)):
                yield start, end


def _kept(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What is left between `start` and `end` without spacing."""
    for match in _SPACING.finditer(text, start, end):
        yield start, match.start()
        start = match.end()
    yield start, end


_D = r"\\?(?:d|partial|mathrm\{d\})"
_PLAIN = "times|cdot|div|d?frac|sqrt|left|right|[,;: ]"
_KINDS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("integral", r"\\i+nt(?![A-Za-z])|∫"),
        ("limit", r"\\lim(?![A-Za-z])"),
        ("sum", r"\\sum(?![A-Za-z])|∑"),
        ("product", r"\\prod(?![A-Za-z])|∏"),
        ("matrix", r"\\begin\{(?:[bpvBV]?matrix|array)\}|\\det(?![A-Za-z])"),
        ("derivative", rf"\\frac\{{{_D}[^{{}}]*\}}\{{{_D}|[A-Za-z]'|\bd/d[a-z]"),
        ("modular", r"\\[bp]?mod(?![A-Za-z])"),
        ("combinatorics", r"\\d?binom(?![A-Za-z])|[\w)}]!|\\choose(?![A-Za-z])"),
        ("probability", r"(?<![A-Za-z\\])P\s*\(|\\(?:Pr|mathbb\{P\})"),
        ("trigonometry", r"\\(?:arc)?(?:sin|cos|tan|cot|sec|csc)(?![A-Za-z])"),
        ("system", r"\\begin\{cases\}"),
        ("equation", r"(?<![<>:!])="),
        ("function", r"(?<![A-Za-z\\])[fghFGH]\s*\([^()=]*\)"),
        (
            "arithmetic",
            r"\A(?:[\d\s.,+\-*/^(){}%]|\\(?:times|cdot|div|d?frac|sqrt|left|right|[,;: ])(?![A-Za-z]))+\Z",
        ),
    )
)


def kind_of(expression: str) -> str:
    """What an expression looks like, as `Computation.kind` names it; "model" where nothing tells."""
    return next((name for name, pattern in _KINDS if pattern.search(expression)), "model")
