"""Cuts an answer's text into numbers, commands, words and signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from mathcoder.grading.expression import FUNCTIONS, Num
from mathcoder.grading.shapes import Unreadable

__all__ = ["END", "Token", "number", "tokens"]

_MOST_TOKENS = 300


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # number, command, word, text, sign, end
    value: str
    start: int
    end: int
    spaced: bool = False


_TOKEN = re.compile(
    r"(?P<repeating>\d*\.\d*\\(?:overline|bar|dot|overbar)\s*\{?\d+\}?)"
    r"|(?P<number>(?:\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4}(?![\w]))?)"
    r"|\\(?P<text>text|mbox|mathrm|textbf|textit|textnormal|mathbf|operatorname|rm|mathit|textrm)\s*\{(?P<inside>[^{}]*)\}"
    r"|\\(?P<command>[A-Za-z]+)"
    r"|(?P<brace>\\[{}])"
    r"|(?P<word>[A-Za-z]+)"
    r"|(?P<letters>[^\x00-\x7f€£¥₹₽₩±¢]+)"
    r"|(?P<sign>\*\*|<=|>=|!=|==|\S)"
)
_SIGN = {"**": "^", "==": "=", "\\{": "\\{", "\\}": "\\}"}


def tokens(text: str, thousands: bool) -> list[Token]:
    found: list[Token] = []
    position, depth = 0, 0
    while position < len(text):
        if text[position] == " ":
            position += 1
            continue
        match = _TOKEN.match(text, position)
        if match is None:
            raise Unreadable
        kind = match.lastgroup or ""
        value, end = match[0], match.end()
        if kind == "number" and "," in value and (depth or not thousands):
            value = value.split(",")[0]  # in brackets a comma parts the items
            end = position + len(value)
        elif kind == "inside":
            kind, value = "text", match["inside"].strip()
            if match["text"] in ("mathrm", "mathbf", "mathit", "rm", "operatorname") and value in FUNCTIONS:
                kind = "command"
            elif match["text"] in ("mathbf", "mathit") and re.fullmatch(r"[A-Za-z]", value):
                kind = "word"
            elif match["text"].startswith("math") and re.fullmatch(r"\d+\.?\d*", value):
                kind = "number"
        elif kind == "letters":  # of another script
            kind = "text"
        elif kind == "command":
            value = match["command"]
        elif kind == "brace":
            kind = "sign"
        if kind == "sign":
            value = _SIGN.get(value, value)
            depth += value in ("(", "[", "\\{")
            depth -= value in (")", "]", "\\}")
        found.append(Token(kind, value, position, end, position > 0 and text[position - 1] == " "))
        if len(found) > _MOST_TOKENS:
            raise Unreadable
        position = end
    return found


def number(token: Token) -> Num:
    text = token.value.replace(",", "")
    if token.kind == "repeating":
        before, again = re.split(r"\\[a-z]+\s*", text)
        again = again.strip("{}")
        shift = 10 ** len(before.partition(".")[2])
        tail = Fraction(int(again), 10 ** len(again) - 1)
        return Num((Fraction(int(before.replace(".", "") or 0)) + tail) / shift)
    mantissa, _, exponent = text.lower().partition("e")
    whole, point, decimals = mantissa.partition(".")
    shift = int(exponent or 0)
    if len(mantissa) > 500 or abs(shift) > 400:
        raise Unreadable
    value = Fraction(int((whole + decimals) or 0), 10 ** len(decimals)) * Fraction(10) ** shift
    if not point or not decimals:
        return Num(value)
    return Num(value, len(decimals) - shift, len((whole + decimals).lstrip("0")))


END = Token("end", "", 0, 0)
