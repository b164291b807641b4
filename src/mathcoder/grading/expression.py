"""Expressions as values: a small tree, evaluated exactly where it is rational and to fifty digits elsewhere.

Two expressions are equal if they agree at enough points. Where both are rational functions the arithmetic is
exact, so that agreement at a few random points is a proof but for a chance far below that of a memory error
(Schwartz and Zippel). Nothing here can run for long: sizes are checked before any number grows.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from importlib import import_module
from typing import Any, TypeAlias

__all__ = [
    "Call",
    "Constant",
    "Node",
    "Num",
    "Op",
    "Symbol",
    "Undecided",
    "constant_value",
    "proportional",
    "same_everywhere",
    "same_up_to_constant",
    "symbols",
    "value_at",
]


class Undecided(Exception):
    """The expression has no value here, or none that can be had cheaply."""


@dataclass(frozen=True, slots=True)
class Num:
    """A number as written. `places`: decimals, negative for powers of ten, None if it is no decimal."""

    value: Fraction
    places: int | None = None
    digits: int = 0  # significant digits, of a decimal


@dataclass(frozen=True, slots=True)
class Constant:
    """`pi`, `e`, `i` or `infinity`."""

    name: str


@dataclass(frozen=True, slots=True)
class Symbol:
    name: str


@dataclass(frozen=True, slots=True)
class Op:
    """`+`, `*`, `/` or `^` of two."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function of `FUNCTIONS`."""

    name: str
    args: tuple[Node, ...]


Node: TypeAlias = Num | Constant | Symbol | Op | Call
Value: TypeAlias = Any  # Fraction, or a real or complex number of mpmath, which has no types

_BITS, _BITS_AT_POINT = 40_000, 4_000  # of an exact number: of a constant, and at one of many points
_MAGNITUDE = 4_000  # largest power of two of an inexact number
_DIGITS = 50
_CLOSE = 30  # digits that have to agree
_POINTS, _TRIES = 5, 16
_FEWEST = 3  # points that decide where few can be had


@cache
def _context(digits: int, bits: int = _BITS) -> Any:
    """mpmath's numbers with so many digits; `bits` is the largest size of an exact number beside them."""
    mpmath: Any = import_module("mpmath")  # it has no types
    context = mpmath.mp.clone()
    context.dps = digits
    context.bits = bits
    return context


def symbols(node: Node) -> frozenset[str]:
    """Names of the variables in an expression."""
    match node:
        case Symbol(name):
            return frozenset((name,))
        case Op(_, left, right):
            return symbols(left) | symbols(right)
        case Call(_, args):
            return frozenset[str]().union(*map(symbols, args))
        case _:
            return frozenset()


def value_at(node: Node, point: Mapping[str, Fraction], digits: int = _DIGITS) -> Value:
    """The value of an expression where its variables have the values of `point`.

    Raises:
        Undecided: it is not defined there, or too large.
    """
    context = _context(digits, _BITS_AT_POINT if point else _BITS)
    try:
        return _checked(_value(node, point, context), context)
    except (ZeroDivisionError, ValueError, OverflowError, TypeError, RecursionError) as error:
        raise Undecided(type(error).__name__) from None


def constant_value(node: Node) -> Value:
    """The value of an expression without variables; see `value_at`."""
    return value_at(node, {})


def _value(node: Node, point: Mapping[str, Fraction], context: Any) -> Value:
    match node:
        case Num(value):
            return value
        case Symbol(name):
            return point[name] if name in point else _no_value(name)
        case Constant(name):
            return _constant(name, context)
        case Op(sign, left, right):
            a, b = _value(left, point, context), _value(right, point, context)
            return _checked(_operate(sign, a, b, context), context)
        case Call(name, args):
            values = [_value(arg, point, context) for arg in args]
            return _checked(_call(name, values, context), context)


def _no_value(name: str) -> Value:
    raise Undecided(f"{name} has no value")


def _constant(name: str, context: Any) -> Value:
    if name == "infinity":
        raise Undecided("infinite")
    return {"pi": context.pi, "e": context.e, "i": context.j}[name] * 1


def _checked(value: Value, context: Any) -> Value:
    """`value` if it is finite and of bounded size."""
    if isinstance(value, Fraction):
        if value.numerator.bit_length() + value.denominator.bit_length() > context.bits:
            return _checked(_inexact(value, context), context)
        return value
    for part in (value.real, value.imag):
        if not context.isfinite(part) or (part and abs(context.mag(part)) > _MAGNITUDE):
            raise Undecided("too large or too small")
    return value.real if not value.imag else value


def _inexact(value: Value, context: Any) -> Value:
    if not isinstance(value, Fraction):
        return value
    return context.mpf(value.numerator) / value.denominator


def _operate(sign: str, a: Value, b: Value, context: Any) -> Value:
    if sign == "^":
        return _power(a, b, context)
    if not (isinstance(a, Fraction) and isinstance(b, Fraction)):
        a, b = _inexact(a, context), _inexact(b, context)
    match sign:
        case "+":
            return a + b
        case "*":
            return a * b
        case _:
            return a / b


def _power(base: Value, exponent: Value, context: Any) -> Value:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction):
        if exponent.denominator == 1:
            times = int(exponent)
            size = max(base.numerator.bit_length(), base.denominator.bit_length())
            if abs(times) * size <= context.bits:
                return base**times
        elif exponent.denominator <= 64 and (root := _exact_root(base, exponent.denominator)) is not None:
            return _power(root, Fraction(exponent.numerator), context)
        elif base < 0 and exponent.denominator % 2:  # the real root
            sign = -1 if exponent.numerator % 2 else 1
            return sign * _power(-base, exponent, context)
    base, exponent = _inexact(base, context), _inexact(exponent, context)
    if base == 0:
        if context.re(exponent) > 0:
            return Fraction(0)
        raise Undecided("power of zero")
    if base.imag or exponent.imag or base.real < 0:
        base = context.mpc(base)
    if abs(context.log(base)) * abs(exponent) > _MAGNITUDE:
        raise Undecided("too large or too small")
    return base**exponent


def _exact_root(value: Fraction, degree: int) -> Fraction | None:
    if value < 0:
        if degree % 2 == 0:
            return None
        root = _exact_root(-value, degree)
        return None if root is None else -root
    roots: list[int] = []
    for part in (value.numerator, value.denominator):
        root = math.isqrt(part) if degree == 2 else round(part ** (1 / degree)) if part < 1 << 1000 else 0
        if root**degree != part:
            return None
        roots.append(root)
    return Fraction(*roots)


_BY_NAME = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "arccot": "acot", "ctg": "cot", "tg": "tan"}
_PLAIN = frozenset(
    "sin cos tan cot sec csc sinh cosh tanh asin acos atan acot asinh acosh atanh asec acsc exp".split()
)
FUNCTIONS = (
    _PLAIN | frozenset(_BY_NAME) | frozenset("log ln lg sqrt root abs factorial binomial floor ceil".split())
)
"""Names that can be called."""


def _call(name: str, args: Sequence[Value], context: Any) -> Value:
    name = _BY_NAME.get(name, name)
    first = args[0]
    match name, len(args):
        case "sqrt", 1:
            return _power(first, Fraction(1, 2), context)
        case "root", 2 if isinstance(args[1], Fraction) and args[1]:
            return _power(first, 1 / args[1], context)
        case "abs", 1:
            return abs(first)
        case (("floor" | "ceil"), 1) if not first.imag:
            round_ = math.floor if name == "floor" else math.ceil
            if not isinstance(first, Fraction):
                return Fraction(int(context.floor(first) if name == "floor" else context.ceil(first)))
            return Fraction(round_(first))
        case "factorial", 1:
            return Fraction(math.factorial(_natural(first, context.bits // 13)))
        case "binomial", 2:
            return Fraction(math.comb(_natural(first, context.bits // 13), _natural(args[1], context.bits // 13)))
        case (("log" | "ln" | "lg"), (1 | 2)):
            if not first:
                raise Undecided("logarithm of zero")
            argument = _inexact(first, context)
            base = _inexact(args[1], context) if len(args) == 2 else context.mpf(10) if name == "lg" else None
            return _exact_log(args) or (context.log(argument) if base is None else context.log(argument, base))
        case _, 1 if name in _PLAIN:
            if not first:  # exact where it is zero or one
                first = Fraction(0)
                if name in ("sin", "tan", "sinh", "tanh", "asin", "atan", "asinh", "atanh"):
                    return first
            return getattr(context, name)(_inexact(first, context))
        case _:
            raise Undecided(f"{name} of {len(args)}")


def _exact_log(args: Sequence[Value]) -> Fraction | None:
    """A logarithm to a whole base that is a whole number, which decimals cannot tell from its neighbours."""
    if len(args) != 2 or not all(isinstance(arg, Fraction) for arg in args):
        return None
    value, base = args
    if base <= 1 or base.denominator != 1 or value <= 0:
        return None
    guess = round((math.log(value.numerator) - math.log(value.denominator)) / math.log(base))
    return Fraction(guess) if abs(guess) * int(base).bit_length() <= _BITS and base**guess == value else None


def _natural(value: Value, most: int) -> int:
    if not isinstance(value, Fraction) or value.denominator != 1 or not 0 <= value <= most:
        raise Undecided("not a small whole number")
    return int(value)


@lru_cache(4096)
def _point(names: tuple[str, ...], number: int, whole: frozenset[str] = frozenset()) -> dict[str, Fraction]:
    """Where to look: random, the same each time; some points have positive values only, some negative ones.

    The variables in `whole` have small whole numbers.
    """
    values: dict[str, Fraction] = {}
    for name in names:
        choose = random.Random(f"{name} {number}")
        if name in whole:
            values[name] = Fraction(choose.randint(1, 12))
            continue
        value = Fraction(choose.randint(1, 4999), choose.randint(101, 997))
        negative = number % 4 == 1 or (number % 4 == 3 and choose.random() < 0.5)
        values[name] = -value if negative else value
    return values


def _values(nodes: Sequence[Node]) -> Iterator[list[Value]]:
    """Values of several expressions at points where all of them have one."""
    names = tuple(sorted(frozenset[str]().union(*map(symbols, nodes))))
    for number in range(_TRIES if names else 1):
        point = _point(names, number)
        try:
            yield [value_at(node, point) for node in nodes]
        except Undecided:
            continue


def same_everywhere(left: Node, right: Node) -> bool:
    """Whether two expressions have the same value for all values of their variables, where both are real.

    Raises:
        Undecided: there are not enough points at which that can be seen.
    """
    if not symbols(left) and not symbols(right):
        return _same(constant_value(left), constant_value(right), left, right, {})
    complex_ = _has_i(left) or _has_i(right)
    names = tuple(sorted(symbols(left) | symbols(right)))
    whole = _counted(left) | _counted(right)
    seen = 0
    for number in range(4 * _TRIES if whole else _TRIES):
        point = _point(names, number, whole)
        try:
            a, b = value_at(left, point), value_at(right, point)
        except Undecided:
            continue
        if not complex_ and a.imag and b.imag:
            continue
        if not _same(a, b, left, right, point):
            return False
        seen += 1
        if seen == _POINTS:
            return True
    raise Undecided("too few points")


def same_up_to_constant(left: Node, right: Node) -> bool:
    """Whether two expressions differ by the same number wherever both are real."""
    context = _context(_DIGITS)
    names = tuple(sorted(symbols(left) | symbols(right)))
    differences: list[Any] = []
    for number in range(_TRIES):
        point = _point(names, number)
        try:
            a, b = (_inexact(value_at(node, point), context) for node in (left, right))
        except Undecided:
            continue
        if a.imag or b.imag:
            continue
        differences.append(a - b)
        if abs(differences[0] - differences[-1]) > context.mpf(10) ** -_CLOSE * max(1, abs(a), abs(b)):
            return False
        if len(differences) == _POINTS:
            break
    return len(differences) >= _FEWEST


def _counted(node: Node) -> frozenset[str]:
    """Variables that stand in a factorial or a binomial coefficient, which are whole numbers."""
    match node:
        case Call("factorial" | "binomial", args):
            return frozenset[str]().union(*map(symbols, args))
        case Op(_, left, right):
            return _counted(left) | _counted(right)
        case Call(_, args):
            return frozenset[str]().union(*map(_counted, args))
        case _:
            return frozenset()


def _has_i(node: Node) -> bool:
    match node:
        case Constant(name):
            return name == "i"
        case Op(_, left, right):
            return _has_i(left) or _has_i(right)
        case Call(_, args):
            return any(map(_has_i, args))
        case _:
            return False


def _same(a: Value, b: Value, left: Node, right: Node, point: Mapping[str, Fraction]) -> bool:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    context = _context(_DIGITS)
    a, b = _inexact(a, context), _inexact(b, context)
    if abs(a - b) <= context.mpf(10) ** -_CLOSE * max(abs(a), abs(b)):
        return True
    if max(abs(a), abs(b)) > context.mpf(10) ** -_CLOSE:
        return False
    # Both are almost zero: what is left of a cancellation shrinks with more digits, a small number does not.
    more = 3 * _DIGITS
    c, d = (_inexact(value_at(node, point, more), _context(more)) for node in (left, right))
    return abs(c - d) <= context.mpf(10) ** -_CLOSE * abs(a - b)


def proportional(left: Node, right: Node) -> int:
    """The sign of the constant factor between two expressions that have variables; 0 if there is none.

    Raises:
        Undecided: one of them is zero everywhere, or there are not enough points.
    """
    context = _context(_DIGITS)
    factor: Value = None
    seen = 0
    for a, b in _values((left, right)):
        if a.imag or b.imag:
            continue
        if not a or not b:
            if not a and not b:
                continue
            return 0
        ratio = a / b if isinstance(a, Fraction) and isinstance(b, Fraction) else None
        if ratio is None:
            ratio = _inexact(a, context) / _inexact(b, context)
        if factor is not None:
            x, y = (_inexact(number, context) for number in (ratio, factor))
            if abs(x - y) > context.mpf(10) ** -_CLOSE * abs(x):
                return 0
        factor = ratio
        seen += 1
        if seen == _POINTS:
            return 1 if factor > 0 else -1
    raise Undecided("too few points")
