"""Formulas of Python code as grading's trees, and the form of a formula: what it looks like, not what it is worth.

`expand((x + 2)*(x + 5))` and `x**2 + 7*x + 10` are worth the same; which of the two stands in the code says
whether the code computes. Two formulas have one form if they differ in the order of terms and factors only.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, TypeAlias

from mathcoder.grading.expression import (
    FUNCTIONS,
    Call,
    Constant,
    Node,
    Num,
    Op,
    Symbol,
    Undecided,
    constant_value,
    same_everywhere,
    symbols,
)

__all__ = ["Form", "code_formula", "form", "literal", "number", "rational_value", "subformulas", "worth_the_same"]

Form: TypeAlias = tuple[Any, ...]
"""A nested tuple of strings and fractions."""

Resolve: TypeAlias = Callable[[str], "ast.expr | Node | None"]
"""What a name stands for: an expression of the code, a node, or None if it is not known."""

_CONSTANTS = {"pi": "pi", "E": "e", "e": "e", "I": "i", "oo": "infinity", "inf": "infinity"}
_MODULES = frozenset("math sympy sp sym np numpy cmath mpmath".split())
_NUMBERS = frozenset("Integer Rational Float Fraction Decimal S sympify int float Number nsimplify".split())
_SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}
_CALLS = {"ceiling": "ceil", "Abs": "abs", "fabs": "abs", "comb": "binomial", "exp": "exp"}
_DIGITS = re.compile(
    r"-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3}|/\d+)?", re.IGNORECASE
)  # no exponent that grows large
_DEEPEST, _MOST_PARTS = 60, 300
_MINUS = Num(Fraction(-1))


def number(text: str) -> Fraction | None:
    """The value of a number or fraction written in digits, as in "1.25", "1e3", "37/101" or "1,250"; else None."""
    plain = text.strip().replace(",", "").replace("_", "")
    if len(plain) < 20 and plain.isascii() and plain.isdigit():
        return Fraction(int(plain))
    if len(plain) > 120 or not _DIGITS.fullmatch(plain):
        return None
    try:
        value = Fraction(plain)
    except (ValueError, ZeroDivisionError):
        return None
    return value if value.numerator.bit_length() + value.denominator.bit_length() < 400 else None


def literal(value: object) -> Fraction | None:
    """The value of a literal number of the code, the imaginary part of a complex one; None if it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Fraction(value) if value.bit_length() < 400 else None
    if isinstance(value, float):
        return number(repr(value))
    if isinstance(value, complex) and not value.real:
        return number(repr(value.imag))
    return None


def code_formula(expr: ast.expr, resolve: Resolve) -> Node | None:
    """A formula of the code as a tree; None where it is more than numbers, variables and elementary functions, or
    large: names put in may make it grow without bound."""
    return _Reader(resolve).read(expr, 0)


class _Reader:
    def __init__(self, resolve: Resolve):
        self._resolve = resolve
        self._left = _MOST_PARTS

    def read(self, expr: ast.expr, depth: int) -> Node | None:
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            return None
        match expr:
            case ast.Constant(value):
                return _number(value)
            case ast.Name(name):
                meant = self._resolve(name)
                if meant is None:
                    return Constant(_CONSTANTS[name]) if name in _CONSTANTS else None
                return self.read(meant, depth + 1) if isinstance(meant, ast.expr) else meant
            case ast.Attribute(ast.Name(module), name) if module in _MODULES and name in _CONSTANTS:
                return Constant(_CONSTANTS[name])
            case ast.UnaryOp(ast.USub(), operand):
                value = self.read(operand, depth + 1)
                return None if value is None else Op("*", _MINUS, value)
            case ast.UnaryOp(ast.UAdd(), operand):
                return self.read(operand, depth + 1)
            case ast.BinOp(left, operator, right):
                return _operation(self.read(left, depth + 1), operator, self.read(right, depth + 1))
            case ast.Call(function, [_, *_] as args, []):
                return _call(function, args, lambda arg: self.read(arg, depth + 1))
            case _:
                return None


def _number(value: object) -> Node | None:
    found = literal(value)
    if found is None:
        return None
    node = Num(found, _places(found) if isinstance(value, float) else None)
    return Op("*", node, Constant("i")) if isinstance(value, complex) else node


def _places(value: Fraction) -> int:
    """Decimals of a float as Python writes it."""
    places = 0
    while (value * 10**places).denominator != 1 and places < 30:
        places += 1
    return places


def _operation(left: Node | None, operator: ast.operator, right: Node | None) -> Node | None:
    if left is None or right is None:
        return None
    if isinstance(operator, ast.Sub):
        return Op("+", left, Op("*", _MINUS, right))
    sign = _SIGNS.get(type(operator))
    return None if sign is None else Op(sign, left, right)


def _call(function: ast.expr, args: list[ast.expr], inner: Callable[[ast.expr], Node | None]) -> Node | None:
    if isinstance(function, ast.Attribute):
        if not isinstance(function.value, ast.Name) or function.value.id not in _MODULES:
            return None
        name = function.attr
    else:
        name = function.id if isinstance(function, ast.Name) else ""
    if name in _NUMBERS and isinstance(args[0], ast.Constant) and isinstance(args[0].value, str):
        value = number(args[0].value)
        if value is None or len(args) > 1:
            return None
        return _fraction(value) if "/" in args[0].value else Num(value)
    nodes = [inner(arg) for arg in args]
    if any(node is None for node in nodes):
        return None
    known = tuple(node for node in nodes if node is not None)
    if name in _NUMBERS:
        return known[0] if len(known) == 1 else Op("/", known[0], known[1]) if len(known) == 2 else None
    name = _CALLS.get(name, name)
    return Call(name, known) if name in FUNCTIONS else None


def _fraction(value: Fraction) -> Node:
    return Op("/", Num(Fraction(value.numerator)), Num(Fraction(value.denominator)))


def form(node: Node) -> Form:
    """What a formula looks like, whatever the order of its terms and factors."""
    match node:
        case Num(value):
            return ("number", value) if value >= 0 else _product([_MINUS_SIGN, ("number", -value)])
        case Constant(name) | Symbol(name):
            return ("name", name)
        case Call("sqrt", (arg,)):
            return ("power", form(arg), _HALF)
        case Call("exp", (arg,)):
            return ("power", ("name", "e"), form(arg))
        case Call(name, args):
            return ("call", name.replace("arc", "a"), *map(form, args))
        case Op("^", left, right):
            exponent = form(right)
            if exponent == _MINUS_ONE:
                return _product([("power", form(left), _MINUS_ONE)])
            return ("power", form(left), _HALF if exponent == _ONE_HALF else exponent)
        case Op("+", _, _):
            return ("sum", *sorted(map(form, _parts(node, "+")), key=repr))
        case _:
            return _product(list(_factors(node)))


_MINUS_SIGN: Form = ("number", Fraction(-1))
_ONE: Form = ("number", Fraction(1))
_MINUS_ONE: Form = ("product", (_MINUS_SIGN,))
_HALF: Form = ("half",)
_ONE_HALF: Form = ("product", (("power", ("number", Fraction(2)), _MINUS_ONE),))  # 1/2, its 1 left out


def _parts(node: Node, sign: str) -> Iterator[Node]:
    todo = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, Op) and part.sign == sign:
            todo += (part.right, part.left)
        else:
            yield part


def _factors(node: Node) -> Iterator[Form]:
    match node:
        case Op("*", left, right):
            yield from _factors(left)
            yield from _factors(right)
        case Op("/", left, right):
            yield from _factors(left)
            for factor in _factors(right):
                yield ("power", factor, _MINUS_ONE)
        case _:
            whole = form(node)
            if whole[0] == "product":
                yield from whole[1]
            else:
                yield whole


def _product(factors: list[Form]) -> Form:
    """Signs, and the 1 that only carries a sign or a denominator, aside: -(2x) and (-2)x have one form."""
    minus = sum(factor == _MINUS_SIGN for factor in factors) % 2
    rest = [factor for factor in factors if factor != _MINUS_SIGN]
    if minus or any(factor[0] == "power" and factor[2] == _MINUS_ONE for factor in rest):
        rest = [factor for factor in rest if factor != _ONE]
    if not minus and len(rest) == 1 and not (rest[0][0] == "power" and rest[0][2] == _MINUS_ONE):
        return rest[0]
    return ("product", tuple([_MINUS_SIGN] * minus + sorted(rest, key=repr)))


def subformulas(node: Node) -> Iterator[Node]:
    """A formula and all its parts."""
    todo = [node]
    while todo:
        part = todo.pop()
        yield part
        match part:
            case Op(_, left, right):
                todo += (left, right)
            case Call(_, args):
                todo += args
            case _:
                pass


def worth_the_same(left: Node, right: Node) -> bool:
    """Whether two formulas have one value everywhere; False also where that cannot be found out."""
    try:
        return same_everywhere(left, right)
    except Undecided:
        return False


def rational_value(node: Node) -> Fraction | None:
    """The value of a formula without variables, if it is rational."""
    if symbols(node):
        return None
    try:
        value = constant_value(node)
    except Undecided:
        return None
    return value if isinstance(value, Fraction) else None
