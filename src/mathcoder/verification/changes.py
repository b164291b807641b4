"""Changes of a program: one number, constant, argument or formula made another."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from mathcoder.verification.places import Place
from mathcoder.verification.program import Program

__all__ = [
    "Change",
    "change_argument",
    "change_constant",
    "change_formula",
    "change_numbers",
    "change_word",
    "changed_value",
    "scale_formula",
]


Step: TypeAlias = Literal["next", "far", "low"]


@dataclass(frozen=True, slots=True)
class Change:
    """Nodes that stand elsewhere, and what that is in words."""

    parts: tuple[tuple[Place, ast.expr], ...]
    words: str

    def write(self, program: Program) -> str:
        """The changed source."""
        return program.write(*self.parts)


def change_numbers(places: Sequence[Place], value: Fraction, step: Step = "next") -> Change:
    """Another number at all of `places`, which hold `value` without its sign."""
    other = changed_value(value, step)
    parts = [(place, _like(place.node, other)) for place in places if place.span is None]
    texts: dict[int, list[Place]] = {}
    for place in places:
        if place.span is not None:
            texts.setdefault(id(place.node), []).append(place)
    parts += [(found[0], _in_text(found, other)) for found in texts.values()]
    return Change(tuple(parts), f"{_written(parts[0][0].node)} changed to {_written(parts[0][1])}")


def changed_value(value: Fraction, step: Step = "next") -> Fraction:
    """What a number is changed to."""
    if step == "low":
        return Fraction(-3 * math.ceil(value) - 1000)
    if value.denominator != 1 and value < 1:
        return value * Fraction(3, 10) if step == "far" else value / 2
    return 3 * value + 2 if step == "far" else value + 1


def _in_text(places: Sequence[Place], value: Fraction) -> ast.expr:
    """A string with another number at all of `places`."""
    node = places[0].node
    text = str(node.value) if isinstance(node, ast.Constant) else ""
    for place in sorted(places, key=lambda place: place.span or (0, 0), reverse=True):
        start, end = place.span or (0, 0)
        text = text[:start] + (str(value) if value.denominator == 1 else str(float(value))) + text[end:]
    return ast.Constant(text)


def _like(node: ast.expr, value: Fraction) -> ast.expr:
    """A literal of the same type."""
    old = node.value if isinstance(node, ast.Constant) else 0
    if isinstance(old, int):
        return ast.Constant(int(value))
    if isinstance(old, float):
        return ast.Constant(float(value))
    if isinstance(old, complex):
        return ast.Constant(complex(0, float(value)))
    return node


def _written(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 40 else f"{text[:37]}..."


def change_constant(place: Place) -> Change:
    """A number in the place of `oo`, `pi` or the like."""
    return Change(((place, ast.Constant(3)),), f"{_written(place.node)} changed to 3")


def change_argument(place: Place) -> Change:
    """The first argument of a call doubled."""
    if not isinstance(place.node, ast.Call):
        raise TypeError("not a call")
    first = place.node.args[0]
    doubled = ast.BinOp(ast.Constant(2), ast.Mult(), first)
    words = f"{_written(first)} in {_written(place.node)} doubled"
    return Change(((Place(first, place.node, "args", 0), doubled),), words)


def change_formula(place: Place, symbols: Iterable[str], program: Program) -> Change:
    """A formula with three times each of its variables and 1 added."""
    names = [local for symbol in sorted(symbols) for local, meant in program.symbols.items() if meant == symbol]
    changed = place.node
    for name in names[:3]:
        changed = ast.BinOp(changed, ast.Add(), ast.BinOp(ast.Constant(3), ast.Mult(), ast.Name(name, ast.Load())))
    changed = ast.BinOp(changed, ast.Add(), ast.Constant(1))
    return Change(((place, changed),), f"{_written(place.node)} changed to {_written(changed)}")


def change_word(place: Place) -> Change:
    """A string with its last character twice, or with a term added where it is a formula."""
    text = str(place.node.value) if isinstance(place.node, ast.Constant) else ""
    changed = ast.Constant(text + (text[-1:] if text.isalpha() else " + 1"))
    return Change(((place, changed),), f"{_written(place.node)} changed to {_written(changed)}")


def scale_formula(place: Place) -> Change:
    """A formula tripled with 7 added, which leaves only -7/2 as it is."""
    changed = ast.BinOp(ast.BinOp(ast.Constant(3), ast.Mult(), place.node), ast.Add(), ast.Constant(7))
    return Change(((place, changed),), f"{_written(place.node)} changed to {_written(changed)}")
