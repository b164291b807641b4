"""The value that a program prints, exactly: an evaluator of its own, to hold a derivation against its code.

It reads the text of the program and shares nothing with the trees that wrote it: assignments of arithmetic over
numbers and names, and one `print` at the end. Nothing is run.
"""

from __future__ import annotations

import ast
from fractions import Fraction

__all__ = ["printed_value"]

_LONGEST = 20_000  # characters of a program
_LARGEST = 10**1_000


def printed_value(code: str) -> Fraction:
    """What the program's last line prints, without rounding.

    Raises:
        ValueError: the code is not such a program, uses a name that it has not set, divides by zero, or its
            numbers grow too large; the message is one line.
    """
    if len(code) > _LONGEST:
        raise ValueError(f"the program has {len(code)} characters; at most {_LONGEST} are read")
    try:
        *lines, last = ast.parse(code).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ValueError("not a program of assignments and a print") from None
    values: dict[str, Fraction] = {}
    for line in lines:
        match line:
            case ast.Assign(targets=[ast.Name(id=name)], value=right):
                values[name] = _value(right, values)
            case _:
                raise ValueError(f"line {line.lineno} is no assignment of arithmetic to a name")
    match last:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=[shown], keywords=[])):
            return _value(_unrounded(shown), values)
        case _:
            raise ValueError(f"line {last.lineno} is no print of one value")


def _unrounded(node: ast.expr) -> ast.expr:
    match node:
        case ast.Call(func=ast.Name(id="round"), args=[inner, ast.Constant()], keywords=[]):
            return inner
        case _:
            return node


def _value(node: ast.expr, values: dict[str, Fraction]) -> Fraction:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            result = Fraction(str(number))
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner, values)
        case ast.BinOp(left=left, op=operator, right=right):
            result = _combined(operator, _value(left, values), _value(right, values))
        case _:
            raise ValueError(f"line {node.lineno} has something else than arithmetic over names that were set")
    if max(abs(result.numerator), result.denominator) > _LARGEST:
        raise ValueError(f"line {node.lineno}: the number is too large")
    return result


def _combined(operator: ast.operator, left: Fraction, right: Fraction) -> Fraction:
    if isinstance(operator, ast.Div | ast.FloorDiv | ast.Mod) and right == 0:
        raise ValueError("division by zero")
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case ast.FloorDiv():
            return Fraction(left // right)
        case ast.Mod():
            return left - right * (left // right)
        case ast.Pow() if right.denominator == 1 and abs(right) <= 64 and (left or right >= 0):
            return Fraction(left ** int(right))
        case _:
            raise ValueError(f"no exact value: {type(operator).__name__} of {left} and {right}")
