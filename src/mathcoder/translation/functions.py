"""Values of the functions that formulas name, at complex points. What has no value there raises `Unknown`."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import Any

__all__ = ["Unknown", "call", "finite", "whole"]


class Unknown(Exception):
    """The formula has no value that can be had here."""


def finite(value: complex) -> complex:
    """`value` if it is one that can be compared."""
    if not cmath.isfinite(value) or abs(value) > 1e150:
        raise Unknown("infinite")
    return value


def whole(value: complex) -> int:
    """`value` if it is a whole number."""
    if abs(value.imag) > 1e-9 or abs(value.real - round(value.real)) > 1e-9 or abs(value.real) > 1e6:
        raise Unknown("not whole")
    return round(value.real)


def _real(value: complex) -> float:
    if abs(value.imag) > 1e-9:
        raise Unknown("not real")
    return value.real


def _factorial(value: complex) -> float:
    real = _real(value)
    if not -0.5 < real < 100:
        raise Unknown("factorial")
    return math.gamma(real + 1)


def _binomial(n: complex, k: complex) -> float:
    return _factorial(n) / (_factorial(k) * _factorial(n - k))


def _power(base: complex, exponent: complex) -> complex:
    if abs(base) > 1 and abs(exponent) * math.log(abs(base)) > 300:
        raise Unknown("large")
    return base**exponent


def _log(x: complex, base: complex = math.e) -> complex:
    return cmath.log(x) / cmath.log(base)


def _of_inverse(function: Callable[[complex], complex]) -> Callable[[complex], complex]:
    return lambda x: function(1 / x)


def _inverse_of(function: Callable[[complex], complex]) -> Callable[[complex], complex]:
    return lambda x: 1 / function(x)


def _of_whole(function: Callable[..., int]) -> Callable[..., complex]:
    return lambda *xs: function(*map(whole, xs))


def _of_reals(function: Callable[..., Any]) -> Callable[..., complex]:
    return lambda *xs: function(*map(_real, xs))


def _acot(x: complex) -> complex:
    return math.pi / 2 - cmath.atan(x)


def _root(x: complex, degree: complex) -> complex:
    return _power(x, 1 / degree)


def _degrees(x: complex) -> complex:
    return x * math.pi / 180


def _sum(*xs: complex) -> complex:
    return sum(xs)


def _product(*xs: complex) -> complex:
    return math.prod(xs)


def _negative(x: complex) -> complex:
    return -x


def _quotient(a: complex, b: complex) -> complex:
    return a / b


def _remainder(a: int, b: int) -> int:
    return a % b


def _absolute(x: complex) -> complex:
    return abs(x)


_FUNCTIONS: dict[str, Callable[..., complex]] = {
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "sinh": cmath.sinh,
    "cosh": cmath.cosh,
    "tanh": cmath.tanh,
    "asin": cmath.asin,
    "acos": cmath.acos,
    "atan": cmath.atan,
    "asinh": cmath.asinh,
    "acosh": cmath.acosh,
    "atanh": cmath.atanh,
    "exp": cmath.exp,
    "cot": _inverse_of(cmath.tan),
    "sec": _inverse_of(cmath.cos),
    "csc": _inverse_of(cmath.sin),
    "coth": _inverse_of(cmath.tanh),
    "sech": _inverse_of(cmath.cosh),
    "csch": _inverse_of(cmath.sinh),
    "acot": _acot,
    "asec": _of_inverse(cmath.acos),
    "acsc": _of_inverse(cmath.asin),
    "ln": _log,
    "log": _log,
    "lg": cmath.log10,
    "sqrt": cmath.sqrt,
    "root": _root,
    "abs": _absolute,
    "degrees": _degrees,
    "factorial": _factorial,
    "binomial": _binomial,
    "floor": _of_reals(math.floor),
    "ceiling": _of_reals(math.ceil),
    "max": _of_reals(max),
    "min": _of_reals(min),
    "gcd": _of_whole(math.gcd),
    "lcm": _of_whole(math.lcm),
    "mod": _of_whole(_remainder),
    "+": _sum,
    "*": _product,
    "-": _negative,
    "/": _quotient,
    "^": _power,
}


def call(head: str, values: list[complex]) -> complex:
    """The value of a function.

    Raises:
        Unknown: it is not known, or has no value there.
    """
    if head not in _FUNCTIONS:
        raise Unknown(head)
    try:
        return finite(_FUNCTIONS[head](*values))
    except (ArithmeticError, ValueError, TypeError):
        raise Unknown(head) from None
