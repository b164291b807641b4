"""Values of formulas at points, in floating point: a quick look whether two sides can be equal.

It decides what a relation is (an identity, an equation to be solved, a definition); it proves nothing. Proof is
the business of `verification`, which runs the code.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from mathcoder.translation.functions import Unknown, call, finite, whole
from mathcoder.translation.tree import Call, Constant, Name, Number, Tree, free_names, walk

__all__ = ["Function", "Unknown", "agree", "value"]

Function = tuple[tuple[str, ...], Tree]
"""Parameters and body of a function that the text defines."""

_POINTS = 3
_CLOSE = 1e-7
_WORK = 20_000  # nodes evaluated for one value


class _Evaluator:
    def __init__(self, functions: Mapping[str, Function]):
        self.functions = functions
        self.work = 0
        self.depth = 0

    def value(self, tree: Tree, point: Mapping[str, complex]) -> complex:
        self.work += 1
        if self.work > _WORK:
            raise Unknown("too much work")
        match tree:
            case Number():
                return float(tree.value) if len(tree.text) < 300 else _unknown("large number")
            case Name(name):
                return point[name] if name in point else _unknown(name)
            case Constant(name):
                return _CONSTANTS[name] if name in _CONSTANTS else _unknown(name)
            case Call(head, args):
                if special := _SPECIAL.get(head):
                    return special(self, args, point)
                values = [self.value(arg, point) for arg in args]
                return call(head, values)

    def function(self, args: Sequence[Tree], point: Mapping[str, complex]) -> Callable[..., complex]:
        assert isinstance(args[0], Name)
        if args[0].name not in self.functions or self.depth > 8:
            raise Unknown(args[0].name)
        parameters, body = self.functions[args[0].name]

        def call(*values: complex) -> complex:
            if len(values) != len(parameters):
                raise Unknown("arguments")
            self.depth += 1
            try:
                return self.value(body, {**point, **dict(zip(parameters, values, strict=True))})
            finally:
                self.depth -= 1

        return call

    def along(self, body: Tree, name: str, point: Mapping[str, complex]) -> Callable[[complex], complex]:
        return lambda x: self.value(body, {**point, name: x})


def _unknown(why: str) -> complex:
    raise Unknown(why)


_CONSTANTS = {"pi": math.pi, "E": math.e, "I": 1j}


# What binds a variable.


def _apply(self: _Evaluator, args: Sequence[Tree], point: Mapping[str, complex]) -> complex:
    return self.function(args, point)(*(self.value(arg, point) for arg in args[1:]))


def _derived(along: Callable[[complex], complex], x: complex, order: int) -> complex:
    """A derivative by central differences, with five points for the first two orders."""
    h = (1e-3 if order == 1 else 1e-2) * min(abs(x) or 1, 1)
    if order == 1:
        return (along(x - 2 * h) - 8 * along(x - h) + 8 * along(x + h) - along(x + 2 * h)) / (12 * h)
    if order == 2:
        far, near = along(x - 2 * h) + along(x + 2 * h), along(x - h) + along(x + h)
        return (-far + 16 * near - 30 * along(x)) / (12 * h * h)
    raise Unknown("order")


def _prime(self: _Evaluator, args: Sequence[Tree], point: Mapping[str, complex]) -> complex:
    order = args[-1]
    if len(args) != 3 or not isinstance(order, Number):
        raise Unknown("prime")
    return _derived(self.function(args, point), self.value(args[1], point), int(order.text))


def _derivative(self: _Evaluator, args: Sequence[Tree], point: Mapping[str, complex]) -> complex:
    match args:
        case (body, Name(name), Number(order)) if name in point:
            return _derived(self.along(body, name, point), point[name], int(order))
        case _:
            raise Unknown("derivative")


@cache
def _nodes(count: int) -> list[tuple[float, float]]:
    import numpy as np

    xs, weights = np.polynomial.legendre.leggauss(count)
    return [(float(x), float(weight)) for x, weight in zip(xs, weights, strict=True)]


def _integral(self: _Evaluator, args: Sequence[Tree], point: Mapping[str, complex]) -> complex:
    if len(args) != 4 or not isinstance(args[1], Name):
        raise Unknown("antiderivative")
    low, high = self.value(args[2], point), self.value(args[3], point)
    along = self.along(args[0], args[1].name, point)
    middle, half = (low + high) / 2, (high - low) / 2
    inner = any(isinstance(node, Call) and node.head == "integral" for node in walk(args[0]))
    return half * sum(weight * along(middle + half * x) for x, weight in _nodes(7 if inner else 24))


def _series(self: _Evaluator, args: Sequence[Tree], point: Mapping[str, complex], product: bool) -> complex:
    if not isinstance(args[1], Name):
        raise Unknown("index")
    low, high = whole(self.value(args[2], point)), whole(self.value(args[3], point))
    if high - low > 2_000:
        raise Unknown("many terms")
    along = self.along(args[0], args[1].name, point)
    terms = [along(index) for index in range(low, high + 1)]
    return math.prod(terms) if product else sum(terms)


def _at(self: _Evaluator, args: Sequence[Tree], point: Mapping[str, complex]) -> complex:
    body, name, *limits = args
    assert isinstance(name, Name)
    if name.name == "?":
        names = free_names(body)
        if len(names) != 1:
            raise Unknown("of several variables")
        name = Name(*names)
    values = [self.value(body, {**point, name.name: self.value(limit, point)}) for limit in limits]
    return values[0] if len(values) == 1 else values[1] - values[0]


def _limit(self: _Evaluator, args: Sequence[Tree], point: Mapping[str, complex]) -> complex:
    """Near the point: enough to see that a claim is another's."""
    match args:
        case (body, Name(name), at, Name(side)):
            pass
        case _:
            raise Unknown("limit")
    along = self.along(body, name, point)
    if at in (Constant("oo"), Call("-", (Constant("oo"),))):
        far = 3000.0 if at == Constant("oo") else -3000.0
        values = [along(far), along(2 * far)]
    else:
        place = self.value(at, point)
        step = -1e-4 if side == "-" else 1e-4
        values = [along(place + step), along(place + step / 2)]
    if abs(values[0] - values[1]) > 0.01 * max(abs(values[0]), abs(values[1]), 0.01):
        raise Unknown("no limit seen")
    return values[1]


_SPECIAL: dict[str, Callable[[_Evaluator, Sequence[Tree], Mapping[str, Any]], complex]] = {
    "apply": _apply,
    "prime": _prime,
    "derivative": _derivative,
    "integral": _integral,
    "sum": lambda self, args, point: _series(self, args, point, False),
    "product": lambda self, args, point: _series(self, args, point, True),
    "at": _at,
    "limit": _limit,
}


def value(tree: Tree, point: Mapping[str, complex], functions: Mapping[str, Function]) -> complex:
    """The value of a formula where its variables have the values of `point`.

    Raises:
        Unknown: it has none, or none that is cheap.
    """
    try:
        return finite(_Evaluator(functions).value(tree, point))
    except (ArithmeticError, ValueError, TypeError, RecursionError) as error:
        raise Unknown(type(error).__name__) from None


def agree(left: Tree, right: Tree, functions: Mapping[str, Function], close: float = _CLOSE) -> bool | None:
    """Whether two formulas have the same value at some points; None where that cannot be seen.

    Args:
        close: the relative difference that still counts as the same.
    """
    names = sorted(free_names(left) | free_names(right))
    counted = _whole_names(left) | _whole_names(right)
    real = bool(names) and not any(node == Constant("I") for tree in (left, right) for node in walk(tree))
    seen = 0
    for number in range(5 * _POINTS if names else 1):
        point = {name: _coordinate(name, number, name in counted) for name in names}
        try:
            a, b = value(left, point, functions), value(right, point, functions)
        except Unknown:
            continue
        if real and (abs(a.imag) > 1e-9 or abs(b.imag) > 1e-9):
            continue  # outside of what a book means
        if abs(a - b) > close * max(abs(a), abs(b), 1e-3):
            return False
        seen += 1
        if seen == _POINTS:
            return True
    return True if seen else None


@cache
def _coordinate(name: str, number: int, counted: bool) -> complex:
    choose = random.Random(f"{name} {number}")
    if counted:
        return float(choose.randint(3, 8))
    return choose.uniform(*((0.15, 0.95), (0.02, 0.45), (1.2, 2.8))[number % 3])


def _whole_names(tree: Tree) -> frozenset[str]:
    """Variables that stand where only whole numbers make sense."""
    found: frozenset[str] = frozenset()
    for node in walk(tree):
        match node:
            case Call("sum" | "product", (_, _, low, high)):
                found |= free_names(low) | free_names(high)
            case Call("factorial" | "binomial" | "gcd" | "lcm" | "mod", args):
                found = found.union(*map(free_names, args))
            case Call("^", (Number(text), exponent)) if text.startswith("-"):
                found |= free_names(exponent)
            case _:
                pass
    return found
