"""Arithmetic as a tree: numbers, names and operations, with exact values and as Python.

    >>> tree = read_expression("clips + clips / 2")
    >>> tree.evaluate({"clips": Fraction(48)})
    Fraction(72, 1)
    >>> tree.python()
    'clips + clips / 2'

Nothing here runs text: `read_expression` takes only numbers, names and the operators of `OPERATORS`, and the
size of what it computes is bounded.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias, get_args

__all__ = [
    "OPERATORS",
    "Expression",
    "Name",
    "Number",
    "Operation",
    "Operator",
    "decimal_text",
    "read_expression",
]

Operator: TypeAlias = Literal["+", "-", "*", "/", "//", "%", "**"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)

_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "%": 2, "**": 4}
_NEGATIVE, _WHOLE = 3, 5  # -2 ** 2 is -4
_LONGEST = 1_000  # characters of an expression that is read
_LARGEST = 4_096  # bits of a numerator or denominator


@dataclass(frozen=True, slots=True)
class Number:
    """A number that the code writes out. `note`: why it may: "half", "7 days in a week"; empty where plain."""

    value: Fraction
    note: str = ""

    def evaluate(self, values: Mapping[str, Fraction]) -> Fraction:
        return self.value

    def python(self) -> str:
        return _written(self)[0]

    def leaves(self) -> Iterator[Leaf]:
        yield self


@dataclass(frozen=True, slots=True)
class Name:
    """An earlier value."""

    name: str

    def evaluate(self, values: Mapping[str, Fraction]) -> Fraction:
        if self.name not in values:
            raise ValueError(f"{self.name} has no value here")
        return values[self.name]

    def python(self) -> str:
        return self.name

    def leaves(self) -> Iterator[Leaf]:
        yield self


@dataclass(frozen=True, slots=True)
class Operation:
    """Two expressions and what is done with them."""

    operator: Operator
    left: Expression
    right: Expression

    def evaluate(self, values: Mapping[str, Fraction]) -> Fraction:
        """The exact value.

        Args:
            values: the value of each name.

        Raises:
            ValueError: a name has no value, there is a division by zero, a power that is not exact, or the
                value would be very large; the message is one line.
        """
        return applied(self.operator, self.left.evaluate(values), self.right.evaluate(values))

    def python(self) -> str:
        """As Python, with no more parentheses than it needs."""
        return _written(self)[0]

    def leaves(self) -> Iterator[Leaf]:
        """The numbers and names, left to right."""
        yield from self.left.leaves()
        yield from self.right.leaves()


Leaf: TypeAlias = Number | Name
Expression: TypeAlias = Number | Name | Operation


def _written(tree: Expression) -> tuple[str, int]:
    """As Python, and how tightly its outermost operator binds."""
    if isinstance(tree, Name):
        return tree.name, _WHOLE
    if isinstance(tree, Number):
        if (text := decimal_text(tree.value)) is not None:
            return text, _NEGATIVE if tree.value < 0 else _WHOLE
        return f"{tree.value.numerator} / {tree.value.denominator}", _BINDS["/"]
    binds = _BINDS[tree.operator]
    left, left_binds = _written(tree.left)
    right, right_binds = _written(tree.right)
    power = tree.operator == "**"
    if left_binds < binds or (power and left_binds == binds):
        left = f"({left})"
    # a - (b - c), a / (b * c); but a + (b - c) is a + b - c.
    if right_binds < binds or (right_binds == binds and not power and tree.operator != "+"):
        right = f"({right})"
    return f"{left} {tree.operator} {right}", binds


def applied(operator: Operator, left: Fraction, right: Fraction) -> Fraction:
    """What one operation gives, exactly. Raises ValueError as `Operation.evaluate` does."""
    if operator in ("/", "//", "%") and not right:
        raise ValueError(f"division by zero: {left} {operator} {right}")
    match operator:
        case "+":
            value = left + right
        case "-":
            value = left - right
        case "*":
            value = left * right
        case "/":
            value = left / right
        case "//":
            value = Fraction(left // right)
        case "%":
            value = left % right
        case "**":
            value = _power(left, right)
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > _LARGEST:
        raise ValueError(f"the value of a {operator} is too large: more than {_LARGEST} bits")
    return value


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        raise ValueError(f"the power {base} ** {exponent} is not exact; exponents must be whole")
    if not base and exponent < 0:
        raise ValueError(f"division by zero: {base} ** {exponent}")
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if size > 1 and size * abs(exponent) > _LARGEST:
        raise ValueError(f"the power {base} ** {exponent} is too large: more than {_LARGEST} bits")
    return Fraction(base ** int(exponent if size > 1 else exponent % 2 if exponent else 0))


def decimal_text(value: Fraction) -> str | None:
    """The number as digits with at most 12 after the point; None where that is not exact, as for 1/3."""
    if value.denominator == 1:
        return str(value.numerator)
    scaled = value * 10**12
    if scaled.denominator != 1:
        return None
    sign, digits = ("-" if value < 0 else ""), str(abs(scaled.numerator)).rjust(13, "0")
    return f"{sign}{digits[:-12]}.{digits[-12:].rstrip('0')}"


_AST_OPERATORS: dict[type[ast.operator], Operator] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
}


def read_expression(text: str) -> Expression:
    """The tree of an expression written in Python: numbers, names, `+ - * / // % **` and parentheses.

    Decimals are exact: 0.1 is one tenth.

    Raises:
        ValueError: the text holds anything else, or more than 1,000 characters; the message is one line.
    """
    if len(text) > _LONGEST:
        raise ValueError(f"the expression has {len(text)} characters; at most {_LONGEST} are read")
    try:
        return from_ast(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, MemoryError, RecursionError):
        raise ValueError(f"not an expression: {text!r:.80}") from None


def from_ast(node: ast.expr) -> Expression:
    """The tree of a parsed Python expression. Raises ValueError as `read_expression` does."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return Number(_exact(value))
        case ast.Name(id=name):
            return Name(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = from_ast(operand)
            return (
                Number(-inner.value) if isinstance(inner, Number) else Operation("*", Number(Fraction(-1)), inner)
            )
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return from_ast(operand)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _AST_OPERATORS:
            return Operation(_AST_OPERATORS[type(operator)], from_ast(left), from_ast(right))
        case _:
            raise ValueError(f"an expression holds no {type(node).__name__}: {ast.unparse(node)!r:.80}")


def _exact(value: float) -> Fraction:
    try:
        number = Fraction(repr(value))
    except ValueError:  # inf: 1e999
        raise ValueError(f"not a number that can be computed with: {value}") from None
    if max(number.numerator.bit_length(), number.denominator.bit_length()) > _LARGEST:
        raise ValueError(f"the number is too large: more than {_LARGEST} bits")
    return number
