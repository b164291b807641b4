"""Whether two numbers or expressions are the same, by the strict rule for decimals.

An exact reference is met exactly, or by a decimal of at least four significant digits that are all right; a
decimal reference by what rounds to it at its own number of decimals.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from mathcoder.grading.expression import (
    Call,
    Constant,
    Node,
    Num,
    Op,
    Symbol,
    constant_value,
    same_everywhere,
    same_up_to_constant,
    symbols,
)

__all__ = ["exact", "infinite_sign", "same_node"]

_NOISE_AFTER = 10  # significant digits
_ENOUGH = 4  # right significant digits of a decimal that stands for an exact number
_NOTHING = Fraction(1, 10**12)


def same_node(answer: Node, reference: Node) -> tuple[bool, str]:
    """Whether an expression means the same as a reference, and the kind of comparison that decided.

    Raises:
        Undecided: a value cannot be had cheaply.
    """
    if answer == reference:
        return True, "number" if isinstance(reference, Num) else "expression"
    if isinstance(answer, Num) and isinstance(reference, Num):
        return _same_number(answer, reference)
    if infinite_sign(answer) or infinite_sign(reference):
        return infinite_sign(answer) == infinite_sign(reference), "number"
    if symbols(answer) != symbols(reference):
        return same_everywhere(answer, reference), "expression"  # a variable may cancel
    if symbols(reference):
        if same_everywhere(answer, reference) or _same_antiderivative(answer, reference):
            return True, "expression"
        return _same_with_other_log(answer, reference), "expression"
    rule = "decimal" if _decimal(answer) or _decimal(reference) else "expression"
    if same_everywhere(answer, reference) or _same_antiderivative(answer, reference):
        return True, "expression"
    if rule == "decimal":
        return _same_decimal(answer, reference), rule
    return _same_with_other_log(answer, reference), rule


def _same_antiderivative(answer: Node, reference: Node) -> bool:
    """Whether both end in the same "+ C" and differ by a constant: sin^2(x)/2 + C is -cos^2(x)/2 + C."""
    for name in _CONSTANTS:
        constant = Symbol(name)
        left, right = _without(answer, constant), _without(reference, constant)
        if left is not None and right is not None:
            variables = symbols(left) | symbols(right)
            return len(variables) == 1 and all(map(str.islower, variables)) and same_up_to_constant(left, right)
    return False


_CONSTANTS = ("C", "K")


def _without(node: Node, term: Symbol) -> Node | None:
    """A sum without one of its terms, if it has that term just once and nowhere else."""
    match node:
        case Op("+", left, right):
            if right == term:
                return None if term.name in symbols(left) else left
            if left == term:
                return None if term.name in symbols(right) else right
            for first, second in ((left, right), (right, left)):
                if (rest := _without(first, term)) is not None and term.name not in symbols(second):
                    return Op("+", rest, second)
            return None
        case _:
            return None


def infinite_sign(node: Node) -> int:
    """1 or -1 for plus or minus infinity, else 0."""
    match node:
        case Constant("infinity"):
            return 1
        case Op("*", Num(value), Constant("infinity")):
            return 1 if value > 0 else -1
        case _:
            return 0


def _same_number(answer: Num, reference: Num) -> tuple[bool, str]:
    if answer.value == reference.value:
        return True, "number"
    if answer.places is None and reference.places is None:
        return False, "number"
    return _same_decimal(answer, reference), "decimal"


def _decimal(node: Node) -> Num | None:
    """The number, if the expression is one that was written with decimals."""
    match node:
        case Num(_, int()):
            return node
        case Op("*", Num(value), Num(decimal, int(places), digits)) if value == -1:
            return Num(-decimal, places, digits)
        case _:
            return None


def _same_decimal(answer: Node, reference: Node) -> bool:
    """Two constants of which one is a decimal, unequal as they stand."""
    a, b = constant_value(answer), constant_value(reference)
    if a.imag or b.imag:
        return False
    stated = _decimal(reference)
    if stated is not None and stated.value.denominator > 1:
        places = _without_noise(stated)
        half = Fraction(1, 2) / Fraction(10) ** places
        size = abs(exact(a))
        same_sign = (a >= 0) == (b >= 0) or size < half
        target = abs(exact(b))
        return same_sign and target - half <= size < target + half
    given = _decimal(answer)
    if given is None:
        return False
    if b == 0:
        return abs(given.value) < _NOTHING
    if given.digits < _ENOUGH:
        return False
    unit = Fraction(1) / Fraction(10) ** _without_noise(given)
    missing = abs(exact(b)) - abs(exact(a))
    same_sign = (a >= 0) == (b >= 0)
    cut_off = 0 <= missing < unit
    return same_sign and (cut_off or abs(missing) <= unit / 2)


def exact(value: Any) -> Fraction:
    """A real number of mpmath as a fraction, exactly."""
    if isinstance(value, Fraction):
        return value
    sign, mantissa, exponent, _ = value.real._mpf_
    return (-1 if sign else 1) * Fraction(int(mantissa)) * Fraction(2) ** exponent


def _without_noise(number: Num) -> int:
    """How many decimals of a number count."""
    places = number.places or 0
    return places - max(0, min(places, number.digits - _NOISE_AFTER))


def _same_with_other_log(answer: Node, reference: Node) -> bool:
    """`log` is the natural logarithm to some, the decimal one to others: whether a reading makes them equal."""
    if not (_calls_log(answer) or _calls_log(reference)):
        return False
    return any(
        same_everywhere(
            _with_base_ten(answer) if left else answer, _with_base_ten(reference) if right else reference
        )
        for left, right in ((True, True), (True, False), (False, True))
    )


def _calls_log(node: Node) -> bool:
    match node:
        case Call(name, args):
            return (name == "log" and len(args) == 1) or any(map(_calls_log, args))
        case Op(_, left, right):
            return _calls_log(left) or _calls_log(right)
        case _:
            return False


def _with_base_ten(node: Node) -> Node:
    match node:
        case Call("log", (arg,)):
            return Call("log", (_with_base_ten(arg), Num(Fraction(10))))
        case Call(name, args):
            return Call(name, tuple(map(_with_base_ten, args)))
        case Op(sign, left, right):
            return Op(sign, _with_base_ten(left), _with_base_ten(right))
        case _:
            return node
