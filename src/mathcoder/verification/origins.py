"""What the code takes from the text: numbers, functions, constants, formulas and words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from itertools import islice

from mathcoder.grading.expression import FUNCTIONS, Call, Node, Num, symbols
from mathcoder.verification.changes import (
    Change,
    change_argument,
    change_constant,
    change_formula,
    change_numbers,
    change_word,
)
from mathcoder.verification.forms import rational_value, subformulas
from mathcoder.verification.places import Place, called_name
from mathcoder.verification.program import Program
from mathcoder.verification.stated import HELPERS, SMALL, Stated

__all__ = ["Numbers", "inputs"]


_TRIED = 3  # numbers that are changed before anything else is


class Numbers:
    """The numbers of the code, sorted by where they come from."""

    def __init__(self, program: Program, stated: Stated):
        self._stated = stated
        self._program = program
        self._used = program.values
        self._plain = [value for value in self._used if value in stated.numbers]
        self.inputs = [value for value in self._used if self._is_input(program, value)]
        self.inputs.sort(key=lambda value: value not in stated.in_expression)
        if len(self.inputs) > _TRIED:
            self.inputs.sort(key=lambda value: not program.is_live(value))
        if self._plain:  # beside numbers of the text, values that follow from it
            self.inputs += [value for value in self._used if self._follows(program, value)]
        self.itself = [value for value in self._plain if _is_result(program, stated, value)]

    def _is_input(self, program: Program, value: Fraction) -> bool:
        if _is_result(program, self._stated, value):
            return False
        if not value and all(map(program.is_factor, program.places(value))):
            return False  # 24 + 0*x
        if value in self._plain or (value not in HELPERS and value in self._stated.shares):
            return True
        return any(near in self._stated.numbers for near in program.near.get(value, ()))

    def _follows(self, program: Program, value: Fraction) -> bool:
        known = value in self.inputs or value in HELPERS or _is_result(program, self._stated, value)
        return not known and value in self._stated.explained

    def foreign(self) -> str:
        """Why the numbers are not those of the text; "" if they are, or there are none."""
        brought = [value for value in self._used if value not in HELPERS and value not in self._plain]
        brought = [value for value in brought if value not in self.inputs]
        if brought and not self.inputs and not self._plain:
            return f"no number of the text is in the code, but {_written(brought[0])}"
        if not brought or (len(brought) < len(self.inputs) and self._in_formulas.isdisjoint(brought)):
            return ""
        missing = [value for value in sorted(self._stated.in_expression) if not self._is_used(value)]
        if not missing:
            return ""
        return f"{_written(brought[0])} is not in the text, and {_written(missing[0])} is not in the code"

    def _is_used(self, value: Fraction) -> bool:
        shares = {value, value / 100, 1 - value / 100, 1 + value / 100}
        if 0 < value < 1:
            shares |= {1 - value, 1 + value, 100 * value}
        if value:
            shares.add(1 / value)
        return value == 1 or not shares.isdisjoint(self._used) or value in self._worked_out

    @cached_property
    def _worked_out(self) -> frozenset[Fraction]:
        """The values of the code's formulas and their parts: 50*8 is 400."""
        parts = (part for _, node in self._program.formulas for part in subformulas(node))
        return frozenset(abs(value) for part in parts if (value := rational_value(part)) is not None)

    @cached_property
    def _in_formulas(self) -> frozenset[Fraction]:
        """The numbers of the code's formulas that have variables: those are to be the text's formulas."""
        found = (part for _, node in self._program.formulas if symbols(node) for part in subformulas(node))
        return frozenset(abs(part.value) for part in found if isinstance(part, Num))

    def complete(self) -> bool:
        """Whether all numbers of the expression are in the code."""
        return all(self._is_used(value) for value in self._stated.in_expression)


def _is_result(program: Program, stated: Stated, value: Fraction) -> bool:
    """Whether a literal is the result, with its sign."""
    result = stated.value
    return result is not None and value == abs(result) and (value in program.signed) == (result < 0)


def _written(value: Fraction) -> str:
    if value.denominator == 1 or value.numerator.bit_length() > 1_000:
        return str(value)[:40]
    return f"{float(value):g}"


def inputs(program: Program, stated: Stated, numbers: Numbers) -> Iterator[Change]:
    """Changes of what the code takes from the text, the likeliest to tell first."""
    for value in numbers.inputs[:_TRIED]:
        yield change_numbers(program.places(value), value)
    yield from _symbolic(program, stated)
    for place in program.words():
        if isinstance(place.node, ast.Constant) and stated.says(str(place.node.value)):
            yield change_word(place)
    for value in numbers.inputs[_TRIED : 2 * _TRIED]:
        yield change_numbers(program.places(value), value)
    for step in ("far", "low"):
        for value in numbers.inputs[:2]:
            yield change_numbers(program.places(value), value, step)


def _symbolic(program: Program, stated: Stated) -> Iterator[Change]:
    names = frozenset(name for name in ("oo", "inf", "pi", "E", "I") if stated.names(name))
    for place in islice(program.named(names - {"inf"}), 1):
        yield change_constant(place)
    for place in islice(_stated_calls(program, stated), 2):
        yield change_argument(place)
    for place, node in islice(_stated_formulas(program, stated), 2):
        yield change_formula(place, symbols(node), program)


def _stated_calls(program: Program, stated: Stated) -> Iterator[Place]:
    for place in program.called():
        name = called_name(place.node.func) if isinstance(place.node, ast.Call) else ""
        if (name in FUNCTIONS or name in ("ceiling", "Abs")) and stated.names(name):
            yield place


def _stated_formulas(program: Program, stated: Stated) -> Iterator[tuple[Place, Node]]:
    """Formulas with variables that bring no number or function of their own."""
    for place, node in program.formulas:
        if not symbols(node):
            continue
        values = {abs(part.value) for part in subformulas(node) if isinstance(part, Num)}
        calls = {part.name for part in subformulas(node) if isinstance(part, Call)}
        if values <= stated.explained | SMALL and all(map(stated.names, calls)):
            yield place, node
