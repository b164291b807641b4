"""Exact values of formulas without unknowns, bounded in what they work out."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from mathcoder.translation.tree import Call, Constant, Name, Number, Tree

__all__ = ["Value", "exact_value"]

Value: TypeAlias = Fraction | float
"""Exact where the formula allows it, else a float."""

_LARGEST = 4_096  # bits of a numerator or denominator
_MOST_FACTORS = 200


def exact_value(tree: Tree, values: Mapping[str, Value] | None = None) -> Value:
    """What a formula of numbers comes to.

    Args:
        values: of the names in it.

    Raises:
        ValueError: it has no value, one that is too large to be worked out, or an operation that is not known;
            the message is one line.
    """
    try:
        return _bounded(_value(tree, values or {}))
    except (ArithmeticError, TypeError, RecursionError) as error:
        raise ValueError(f"the formula has no value: {error or type(error).__name__}") from None


def _value(tree: Tree, values: Mapping[str, Value]) -> Value:
    match tree:
        case Number(text) if len(text) <= 1_000:
            return Fraction(text)
        case Name(name) if name in values:
            return values[name]
        case Constant("pi"):
            return math.pi
        case Call(head, args) if head in _RULES:
            return _bounded(_RULES[head](*(_value(arg, values) for arg in args)))
        case Call(head):
            raise ValueError(f"an operation that is not known here: {head}")
        case _:
            raise ValueError(f"a formula without a value: {str(tree)[:80]}")


def _bounded(value: Value) -> Value:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("the value is not finite")
    elif max(value.numerator.bit_length(), value.denominator.bit_length()) > _LARGEST:
        raise ValueError(f"the value is too large: more than {_LARGEST} bits")
    return value


def _sum(*terms: Value) -> Value:
    return sum(terms, Fraction(0))


def _product(*factors: Value) -> Value:
    return math.prod(factors, start=Fraction(1))


def _quotient(top: Value, bottom: Value) -> Value:
    return top / bottom


def _power(base: Value, exponent: Value) -> Value:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        size = max(base.numerator.bit_length(), base.denominator.bit_length())
        if size > 1 and size * abs(exponent) > 2 * _LARGEST:
            raise ValueError("a power that is too large")
        if abs(exponent) > 10**6:
            raise ValueError("an exponent that is too large")
        return base ** int(exponent)
    if base < 0 or (not base and exponent < 0):
        raise ValueError("a power that is no real number")
    return float(base) ** float(exponent)


def _sqrt(value: Value) -> Value:
    if value < 0:
        raise ValueError("a root of a negative number")
    if isinstance(value, Fraction):
        root = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
        if root * root == value:
            return root
    return math.sqrt(value)


def _whole(value: Value) -> int:
    if isinstance(value, float) or value.denominator != 1:
        raise ValueError(f"a whole number is needed, not {str(value)[:40]}")
    return value.numerator


def _factorial(value: Value) -> Fraction:
    number = _whole(value)
    if not 0 <= number <= _MOST_FACTORS:
        raise ValueError(f"a factorial is worked out up to {_MOST_FACTORS}, and of nothing negative")
    return Fraction(math.factorial(number))


def _binomial(many: Value, few: Value) -> Fraction:
    n, k = _whole(many), _whole(few)
    if not (0 <= n <= 10_000 and 0 <= k <= 1_000):
        raise ValueError("a number of choices that is too large, or negative")
    return Fraction(math.comb(n, k))


def _gcd(*numbers: Value) -> Fraction:
    return Fraction(math.gcd(*map(_whole, numbers)))


def _lcm(*numbers: Value) -> Fraction:
    return Fraction(math.lcm(*map(_whole, numbers)))


def _floor(value: Value) -> Fraction:
    return Fraction(math.floor(value))


def _logarithm(value: Value, base: Value) -> float:
    return math.log(value, base)


_RULES: dict[str, Callable[..., Any]] = {
    "+": _sum,
    "*": _product,
    "-": operator.neg,
    "/": _quotient,
    "^": _power,
    "sqrt": _sqrt,
    "factorial": _factorial,
    "binomial": _binomial,
    "gcd": _gcd,
    "lcm": _lcm,
    "floor": _floor,
    "max": max,
    "min": min,
    "mod": operator.mod,
    "log": _logarithm,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
}
