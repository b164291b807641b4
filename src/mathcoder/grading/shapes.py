"""What an answer can be: the values that `read` makes of a text and `compare` compares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from mathcoder.grading.expression import Node
from mathcoder.grading.units import Unit

__all__ = ["Based", "Items", "Matrix", "Quantity", "Ratio", "Relation", "Shape", "Unreadable", "Words"]


class Unreadable(Exception):
    """The text is no formula that is known here."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or expression, the unit behind it, and the name it is given ("x = 5" names it x)."""

    node: Node
    unit: Unit | None = None
    percent: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list. `brackets`: "()", "[)", ... as written, "{}" a set, "" none, ";" none but in order, "or" a union of
    parts of the line, "±" the two values of a plus-minus sign. `name`: the variable of an inequality."""

    brackets: str
    items: tuple[Shape, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """An equation or inequality that names no variable's value. `sign`: "=", "<", "<=" or "!="."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Matrix:
    rows: tuple[tuple[Shape, ...], ...]


@dataclass(frozen=True, slots=True)
class Based:
    """Digits in a base that is not ten."""

    digits: str
    base: int


@dataclass(frozen=True, slots=True)
class Ratio:
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Text, or a date or time in a fixed spelling. `text` is the cleaned original, "" for dates and times."""

    words: tuple[str, ...]
    text: str = ""


Shape: TypeAlias = Quantity | Items | Relation | Matrix | Based | Ratio | Words
