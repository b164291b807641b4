r"""Where the steps of a worked solution stand, and what its text tells before them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mathcoder.computation import Computation
from mathcoder.translation.scan import scan

__all__ = ["Formula", "Place", "formulas", "is_boxed", "tells"]


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula: what is inside its delimiters and where that begins, and where it stands with them."""

    inside: str
    inner: int
    start: int
    end: int
    display: bool


_OPENING = re.compile(r"(?:\$\$?|\\[\[(]|\\begin\{[a-z]+\*?\})$")
_CLOSING = re.compile(r"\$\$?|\\[\])]|\\end\{[a-z]+\*?\}")


def formulas(text: str) -> list[Formula]:
    """The formulas of a text, in order."""
    found: list[Formula] = []
    for piece in scan(text):
        opening = _OPENING.search(text[max(0, piece.start - 30) : piece.start])
        closing = _CLOSING.match(text, piece.end)
        if piece.kind == "formula" and opening and closing:
            start = piece.start - len(opening[0])
            found.append(Formula(piece.text, piece.start, start, closing.end(), opening[0] not in ("$", "\\(")))
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step stands in its text.

    Attributes:
        start, end: of the formula in which the text states it; of an equation that is solved later, of its own.
        head: what can be said of it before its code ran, LaTeX without delimiters.
        unknown: for what an equation is solved; "" where the step is no equation.
    """

    step: Computation
    output: str
    start: int
    end: int
    head: str
    display: bool
    unknown: str = ""

    @classmethod
    def find(cls, step: Computation, output: str, pieces: Sequence[Formula]) -> Place | None:
        """The place of a verified step; None where it spreads over formulas, or needs what is told later."""
        start, end = step.span
        piece = next((piece for piece in pieces if piece.inner <= start <= piece.end), None)
        if piece is None or not _says_something(output, step) or step.kind == "system":
            return None
        if step.kind == "equation":
            equation, _, unknown = step.expression.rpartition(", ")
            if end <= piece.end or len(step.conditions) > 1 or "\\\\" in piece.inside:
                return None
            return cls(step, output, piece.start, piece.end, equation, piece.display, unknown)
        if end > piece.end:
            return None
        head = _before(piece.inside[: start - piece.inner]) + step.expression
        if head.count("\\left") != head.count("\\right"):
            head = re.sub(r"\\(?:left|right)(?![A-Za-z])", "", head)
        return cls(step, output, piece.start, piece.end, head.strip(), piece.display)


_TRIGONOMETRIC = re.compile(r"\\(?:sin|cos|tan|cot|sec|csc)")


def _says_something(output: str, step: Computation) -> bool:
    """Whether a reader sees that the output is the result: not the code again, nor a form far from the text's."""
    letters = re.search(r"[A-Za-z]", output)
    again = letters and "".join(output.split()) in "".join(step.code.split())
    in_radians = "\\circ" in step.result and "pi" in output
    not_simplified = letters and not re.search(r"[A-Za-z]", step.result)
    nested = re.search(r"sqrt\([^()]*sqrt", output) and step.result.count("\\sqrt") < 2
    other_form = _TRIGONOMETRIC.search(step.result) or re.search(r"\.\d*0{6}|\bAbs\(|\bi\*\*2", output)
    segments = letters and re.search(r"[A-Z]{2}", step.expression)  # AB is a length, not a product
    called = [name[1] for name in _CALLED.finditer(step.expression)]
    product = any(re.search(rf'symbols\("[^"]*\b{name}\b', step.code) for name in called)
    misread = again or in_radians or not_simplified or nested or other_form or segments or product
    return bool(output) and not misread


_CALLED = re.compile(r"(?<![A-Za-z\\])([a-z])\(-?[\d.]+\)")


_STATEMENT = re.compile(r",\s|;|\\q?quad|\\(?:Long)?[Rr]ightarrow|\\implies|\\iff|\\\\|&")
_NOT_EQUAL = re.compile(r"\\(?:approx|leq?|geq?|equiv|to|sim|in|text|mbox|left|begin|end|neq?)(?![A-Za-z])|[<>:|]")


def _before(latex: str) -> str:
    """What a formula says before the left side of a step, where it belongs to that: `x = `."""
    part = _STATEMENT.split(latex)[-1].lstrip()
    balanced = all(part.count(a) == part.count(b) for a, b in ("{}", "()", "[]"))
    return (
        part if part.rstrip().endswith("=") and part[0] != "=" and balanced and not _NOT_EQUAL.search(part) else ""
    )


_OPERATION = re.compile(
    r"[-+*/^!]|\\(?:[dt]?frac|c?dot|times|div|sqrt|[dt]?binom|sum|prod|pmod|equiv|sin|cos|tan|log|ln)(?![A-Za-z])"
)
_BOXED = re.compile(r"\\(?:boxed|fbox)\s*(?:\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}|[^\s{}]+)")


def is_boxed(text: str, place: Place) -> bool:
    """Whether the box of a solution holds what the step came to, not another result that happens to equal it.

    The box stands in the formula of the step, alone, or behind the unknown for which the step solves.
    """
    box = [match.start() for match in _BOXED.finditer(text)][-1:]
    if not box:
        return False
    formula = next((formula for formula in formulas(text) if formula.start <= box[0] < formula.end), None)
    if formula is None or formula.start == place.start:
        return True
    unknown = re.escape(place.unknown)
    if place.unknown and re.search(rf"(?:^|[^A-Za-z\\]){unknown}\s*&?\s*=", formula.inside):
        return True
    return not _OPERATION.search(_BOXED.sub("", formula.inside))


# What a text tells.

_RELATION = re.compile(
    r"\\(?:approx|leq?|geq?|equiv|to|implies|iff|Rightarrow|q?quad)(?![A-Za-z])|\\\\|[=<>&:;]|,(?!\d{3})"
)
_DROPPED = re.compile(
    r"\\(?:left|right|displaystyle|!|,|;|:|\$|%|boxed|fbox)(?![A-Za-z])|\^\{?\\circ\}?|\\(?:text|mbox|mathrm)\{[^{}]*\}"
    r"|[\s$]|(?<=\d),(?=\d{3})"
)
_PUNCTUATION = ".,;:"


def tells(text: str, result: str) -> bool:
    """Whether a text says what a step comes to: a side of a formula is it, or its words state the number."""
    wanted = _plain(result)
    words: list[str] = []
    place = 0
    for formula in formulas(text):
        words.append(text[place : formula.start])
        place = formula.end
        if _has_side(formula.inside, wanted):
            return True
    prose = " ".join([*words, text[place:]])
    if not re.fullmatch(r"-?[\d.]+", wanted):
        return False
    number = re.escape(wanted)
    told = (
        rf"(?<![\w.]){number}(?![\w]|\.\d)"
        if len(wanted) > 1
        else rf"\b(?:is|are|equals?|be)\s+{number}\b(?!\.\d)"
    )
    return re.search(told, prose.replace(",", "")) is not None


def _has_side(latex: str, wanted: str) -> bool:
    """Whether one side of the relations in a formula is the wanted one, which `_plain` has made plain."""
    if len(wanted) > 4 and wanted in _plain(latex):
        return True
    return any(_plain(side) == wanted for side in _RELATION.split(latex))


def _plain(latex: str) -> str:
    text = _DROPPED.sub("", latex.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac"))
    text = re.sub(r"\\frac(\d)(\d)", r"\\frac{\1}{\2}", text).strip(_PUNCTUATION)
    return text[1:-1] if text.startswith("{") and text.endswith("}") and text.count("{") == 1 else text
