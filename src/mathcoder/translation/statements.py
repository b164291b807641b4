"""A formula with its relations: chains such as a = b = c, cut at separators and rows, each side read as a tree."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from mathcoder.translation.lexer import Token, Unreadable, tokens
from mathcoder.translation.parser import FormulaParser
from mathcoder.translation.tree import Tree

__all__ = ["Side", "Statement", "statements"]

_MOST_CHARACTERS = 20_000
_OPEN = frozenset(("(", "[", "{", "set {", "langle", "begin matrix", "begin vmatrix", "left .", "cases"))
_CLOSE = frozenset((")", "]", "}", "set }", "rangle", "end matrix", "end vmatrix"))


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a relation.

    Attributes:
        latex: as the text has it, without marks of alignment and the full stop.
        tree: None where it cannot be read.
        why: why not.
        start, end: its place in the formula.
        units: words that stood behind its numbers.
    """

    latex: str
    tree: Tree | None
    why: str
    start: int
    end: int
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A chain: `relations[i]` stands between `sides[i]` and `sides[i + 1]`."""

    sides: tuple[Side, ...]
    relations: tuple[str, ...]


def statements(latex: str, functions: Collection[str] = ()) -> Iterator[Statement]:
    """The chains in a formula.

    Args:
        latex: the formula, without its delimiters.
        functions: names that are functions, see `FormulaParser`.

    Raises:
        Unreadable: it is too long.
    """
    if len(latex) > _MOST_CHARACTERS:
        raise Unreadable("too long")
    for sides, relations in _chains(tokens(latex)):
        yield Statement(tuple(_side(side, latex, functions) for side in sides), tuple(relations))


_Chain = tuple[list[list[Token]], list[str]]


def _chains(parts: list[Token]) -> Iterator[_Chain]:
    sides: list[list[Token]] = [[]]
    relations: list[str] = []
    depth = 0
    remark = False  # words that explain a row, behind it
    for place, token in enumerate(parts):
        remark = token.kind != "row" and (remark or (depth <= 0 and _is_remark(token) and bool(sides[-1])))
        if remark:
            continue
        if token.kind in ("sign", "command"):
            depth += (token.value in _OPEN) - (token.value in _CLOSE)
            depth -= token.value == "right |" and depth > 0 and _opened_by_dot(parts, place)
        if token.value == "&" and depth <= 0:
            if _is_remark(parts[place + 1] if place + 1 < len(parts) else token):
                remark = True
            elif place + 1 < len(parts) and parts[place + 1].value == "&" and sides[-1] and relations:
                token = Token("separator", "&&")  # another column
        if depth > 0 or token.kind not in ("relation", "separator", "row"):
            if token.value != "&" or depth > 0:
                sides[-1].append(token)
            continue
        depth = 0
        if token.kind == "relation":
            relations.append(token.value)
            sides.append([])
        elif (token.kind == "row" or "quad" in token.value) and _goes_on(
            parts, place + 1, token.kind == "row" and bool(sides[-1])
        ):
            continue
        else:
            if sides[-1] or relations:
                yield sides, relations
            sides, relations = list[list[Token]]([[]]), list[str]()
    if sides[-1] or relations:
        yield sides, relations


def _is_remark(token: Token) -> bool:
    """Whether words explain a step ("Use the chain rule."), not a unit or a name."""
    return token.kind in ("text", "separator") and re.match(r"(?:text )?(?:[A-Z]\w+|\()", token.value) is not None


def _opened_by_dot(parts: list[Token], place: int) -> bool:
    """Whether the bar there closes a `\\left.`."""
    level = 0
    for token in reversed(parts[:place]):
        if token.value == "right |":
            level += 1
        elif token.value in ("left .", "left |"):
            if not level:
                return token.value == "left ."
            level -= 1
    return False


def _goes_on(parts: list[Token], place: int, inside: bool) -> bool:
    """Whether a row goes on with what the one before it left open."""
    while place < len(parts) and parts[place].value in ("&", "quad", "qquad"):
        place += 1
    if place == len(parts):
        return True
    after = parts[place]
    return after.kind in ("relation", "row") or (inside and after.value in ("+", "-", "times", "cdot", "*", "/"))


def _side(parts: list[Token], latex: str, functions: Collection[str]) -> Side:
    while parts and (parts[-1].value in (".", ":") or (parts[-1].value == "dots" and _is_decimal(parts[:-1]))):
        parts = parts[:-1]
    if not parts:
        return Side("", None, "nothing there", 0, 0)
    start, end = parts[0].start, parts[-1].end
    text = _shown(latex[start:end])
    parser = FormulaParser(parts, functions)
    try:
        return Side(text, parser.formula(), "", start, end, tuple(parser.units))
    except Unreadable as reason:
        return Side(text, None, str(reason), start, end)


def _is_decimal(parts: list[Token]) -> bool:
    """3.14159..."""
    return len(parts) == 1 and "." in parts[0].value and len(parts[0].value) > 4


def _shown(latex: str) -> str:
    """A side as it is shown: one line, without alignment; what stands in a matrix stays."""
    if "\\begin" not in latex:
        latex = re.sub(r"(?<!\\)&|\\\\(?:\[[^\]]*\])?", " ", latex)
    if boxed := _BOXED.fullmatch(latex.strip()):
        latex = boxed[1]
    return re.sub(r"\s+", " ", latex.replace(",\\!", ",")).strip()


_BOXED = re.compile(r"\\(?:boxed|fbox)\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
