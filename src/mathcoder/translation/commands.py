"""LaTeX commands as a formula's parser meets them: fractions, roots, integrals, sums, limits, matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mathcoder.translation.lexer import Unreadable
from mathcoder.translation.names import FUNCTIONS, GREEK
from mathcoder.translation.tree import Call, Constant, Name, Number, Tree, negative

if TYPE_CHECKING:
    from mathcoder.translation.parser import FormulaParser

__all__ = ["read"]

_CONSTANTS = {"pi": "pi", "infty": "oo"}
_ACCENTS = {"overline": "bar", "bar": "bar", "hat": "hat", "widehat": "hat", "tilde": "tilde"}
_INVERSE = {name: "a" + name for name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh")}


def read(parser: FormulaParser) -> Tree:
    """What the command ahead stands for, with all it takes.

    Raises:
        Unreadable: it is not known, or its arguments are not there.
    """
    name = parser.take().value
    match name:
        case "frac":
            return _fraction(parser)
        case "sqrt":
            return _root(parser)
        case "binom":
            top = parser.argument()
            return Call("binomial", (top, parser.argument()))
        case "int" | "iint" | "iiint":
            return _integral(parser, len(name) - 2)
        case "sum" | "prod":
            return _series(parser, "sum" if name == "sum" else "product")
        case "lim":
            return _limit(parser)
        case "lfloor" | "lceil":
            inner = parser.sum()
            parser.expect("r" + name[1:])
            return Call("floor" if name == "lfloor" else "ceiling", (inner,))
        case "left |":
            return _bars(parser)
        case "left .":
            return _evaluated(parser)
        case "langle":
            return _vector(parser)
        case "begin matrix":
            return _matrix(parser, "end matrix")
        case "begin vmatrix":
            return Call("det", (_matrix(parser, "end vmatrix"),))
        case "boxed" | "cancel" | "underline":
            return parser.argument()
        case "underbrace" | "overbrace":
            inner = parser.argument()
            if parser.at("_", "^"):
                _skip_script(parser)
            return inner
        case "textcolor":
            _skip_group(parser)
            return parser.argument()
        case _ if name in _CONSTANTS:
            return Constant(_CONSTANTS[name])
        case "vec":
            inner = parser.argument()
            if not isinstance(inner, Name):
                raise Unreadable(name)
            return parser.called(f"{inner.name}_vec")
        case _ if name in _ACCENTS:
            inner = parser.argument()
            if isinstance(inner, Name):
                return Name(f"{inner.name}_{_ACCENTS[name]}")
            raise Unreadable(name)
        case "mathbf":
            inner = parser.argument()
            return parser.called(parser.subscripted(f"{inner.name}_vec")) if isinstance(inner, Name) else inner
        case _ if name in FUNCTIONS:
            return _function(parser, name)
        case "Delta" if parser.next.kind == "name":
            return Name("Delta_" + parser.take().value)
        case _ if name in GREEK:
            return parser.called(parser.subscripted(name))
        case _:
            raise Unreadable("\\" + name)


def _skip_group(parser: FormulaParser) -> None:
    parser.expect("{")
    depth = 1
    while depth:
        token = parser.take()
        if token.kind == "end":
            raise Unreadable("} missing")
        depth += (token.value == "{") - (token.value == "}")


def _skip_script(parser: FormulaParser) -> None:
    parser.take()
    _skip_group(parser) if parser.at("{") else parser.take()


# Fractions, which may be derivatives, and roots.


def _fraction(parser: FormulaParser) -> Tree:
    start = parser.place
    if (derivative := _derivative(parser)) is not None:
        return derivative
    parser.place = start
    top = parser.argument()
    saved, parser.differential = parser.differential, None  # \frac{dx}{x}
    bottom = parser.argument()
    parser.differential = parser.differential or saved
    return Call("/", (top, bottom))


def _derivative(parser: FormulaParser) -> Tree | None:
    """d/dx and its kin: `\\frac{d}{dx}`, `\\frac{d^2 y}{dx^2}`, `\\frac{\\partial f}{\\partial x}`."""
    if parser.integrals and not parser.at("{"):
        return None
    if not parser.at("{") or parser.ahead(1).value not in ("d", "partial"):
        return None
    sign = parser.ahead(1).value
    parser.place += 2
    order = _order(parser)
    try:
        body = None if parser.at("}") else parser.term()
        parser.expect("}")
        parser.expect("{")
        names: list[Name] = []
        while not parser.at("}"):
            if parser.take().value != sign:
                return None
            names += [parser.variable()] * 1
            names += [names[-1]] * (_order(parser) - 1)
        parser.expect("}")
    except Unreadable:
        return None
    if len(names) != order or not names:
        return None
    if body is None:
        if not parser.starts_factor():
            raise Unreadable("derivative of nothing")
        body = _operand(parser)
    for name in dict.fromkeys(reversed(names)):
        body = Call("derivative", (body, name, Number(str(names.count(name)))))
    return body


def _order(parser: FormulaParser) -> int:
    if not parser.at("^"):
        return 1
    parser.take()
    exponent = parser.argument()
    if isinstance(exponent, Number) and exponent.text in ("2", "3", "4", "5"):
        return int(exponent.text)
    raise Unreadable("order of a derivative")


def _operand(parser: FormulaParser) -> Tree:
    """What an operator is applied to: a bracket, or a product."""
    if parser.at("(", "[", "{"):
        return parser.factor()
    return parser.term()


def _root(parser: FormulaParser) -> Tree:
    if not parser.at("["):
        return Call("sqrt", (parser.argument(),))
    parser.take()
    degree = parser.sum()
    parser.expect("]")
    return Call("root", (parser.argument(), degree))


# Integrals, sums, limits.


def _scripts(parser: FormulaParser) -> dict[str, Tree]:
    found: dict[str, Tree] = {}
    while parser.at("_", "^"):
        sign = parser.take().value
        _, found[sign] = parser.lower()  # \int_{x = 0}^{x = 1}
    return found


def _integral(parser: FormulaParser, times: int) -> Tree:
    limits = _scripts(parser)
    if times > 1 or len(limits) == 1:
        raise Unreadable("integral over a region")
    saved = parser.integrals, parser.differential, parser.bars
    parser.integrals, parser.differential, parser.bars = 1, None, 0
    body = parser.sum()
    name = parser.differential
    parser.integrals, parser.differential, parser.bars = saved
    if name is None:
        raise Unreadable("integral without a variable")
    return Call("integral", (body, name, limits["_"], limits["^"]) if limits else (body, name))


def _series(parser: FormulaParser, head: str) -> Tree:
    name, low, high = None, None, None
    for _ in range(2):
        if parser.at("_"):
            parser.take()
            name, low = parser.lower()
        elif parser.at("^"):
            parser.take()
            high = parser.exponent()
    if name is None or low is None or high is None:
        raise Unreadable(f"{head} over a set")
    return Call(head, (parser.term(), name, low, high))


def _limit(parser: FormulaParser) -> Tree:
    parser.expect("_")
    parser.expect("{")
    name = parser.variable()
    parser.expect("to", "rightarrow")
    side, end = "", parser.place
    depth = 1
    while depth and parser.parts[end : end + 1]:
        depth += (parser.parts[end].value == "{") - (parser.parts[end].value == "}")
        end += 1
    inside = list(parser.parts[parser.place : end - 1])
    values = [token.value for token in inside]
    for tail in (["^", "+"], ["^", "-"], ["^", "{", "+", "}"], ["^", "{", "-", "}"]):
        if values[-len(tail) :] == tail:
            side = "+" if "+" in tail else "-"
            inside = inside[: -len(tail)]
    if inside and inside[-1].value in ("+", "-"):
        side, inside = inside[-1].value, inside[:-1]
    if inside and inside[0].value == "+":
        inside = inside[1:]
    point = type(parser)(inside, parser.functions).formula()
    parser.place = end
    body = _limit_body(parser)
    return Call("limit", (body, name, point, Name(side or "both")))


def _limit_body(parser: FormulaParser) -> Tree:
    saved = parser.integrals, parser.differential
    parser.integrals, parser.differential = 0, None
    body = parser.term()
    parser.integrals, parser.differential = saved
    return body


# Functions.


def _function(parser: FormulaParser, name: str) -> Tree:
    base: Tree | None = None
    exponent: Tree | None = None
    for _ in range(2):
        if parser.at("_") and name in ("log", "lg"):
            parser.take()
            base = parser.argument()
        elif parser.at("^"):
            parser.take()
            exponent = parser.exponent()
    args = _function_arguments(parser, name)
    if exponent == Number("-1"):
        if name not in _INVERSE:
            raise Unreadable("inverse of " + name)
        return Call(_INVERSE[name], args)
    node = Call(name, (*args, base) if base is not None else args)
    return node if exponent is None else Call("^", (node, exponent))


def _function_arguments(parser: FormulaParser, name: str) -> tuple[Tree, ...]:
    if parser.at("(", "["):
        if name in ("gcd", "lcm", "max", "min") and parser.at("("):
            return tuple(parser.arguments())
        return (parser.bracket(parser.next.value),)
    if parser.at("set {") and name in ("max", "min"):
        parser.take()
        args = parser.items()
        parser.expect("set }")
        return tuple(args)
    if parser.at("-"):
        parser.take()
        return (negative(parser.factor()),)
    factors = [parser.factor()]
    while (
        parser.starts_factor()
        and not parser.starts_differential()
        and not (parser.next.value == "d" and parser.next.spaced and parser.ahead(1).kind == "name")
        and parser.next.value not in FUNCTIONS
        and not parser.at("(", "[", "|", "left |", "int", "sum", "mathbf", "vec")
    ):
        factors[-1:] = parser.joined(factors[-1])
    if parser.at("/") and name != "exp" and isinstance(factors[-1], Name | Constant | Number):
        after = parser.ahead(1)
        if after.kind == "number" and parser.ahead(2).value not in ("^",):  # \sin x/2, \cos \pi/3
            parser.place += 2
            whole = factors[0] if len(factors) == 1 else Call("*", tuple(factors))
            return (Call("/", (whole, Number(after.value))),)
    return (factors[0] if len(factors) == 1 else Call("*", tuple(factors)),)


# Bars, vectors, matrices.


def _bars(parser: FormulaParser) -> Tree:
    saved = parser.bars, parser.integrals, parser.differential
    parser.bars, parser.integrals, parser.differential = 0, 0, None
    if parser.at("begin matrix"):
        parser.take()
        inner: Tree = Call("det", (_matrix(parser, "end matrix"),))
    else:
        inner = Call("abs", (parser.sum(),))
    parser.bars, parser.integrals, parser.differential = saved
    parser.expect("right |")
    return inner


def _evaluated(parser: FormulaParser) -> Tree:
    saved = parser.bars, parser.integrals, parser.differential
    parser.bars, parser.integrals, parser.differential = 1, 0, None
    body = parser.sum()
    parser.bars, parser.integrals, parser.differential = saved
    parser.expect("right |")
    return parser.evaluated(body)


def _vector(parser: FormulaParser) -> Tree:
    items = parser.items()
    parser.expect("rangle")
    return Call("vector", tuple(items))


def _matrix(parser: FormulaParser, closing: str) -> Tree:
    rows: list[list[Tree]] = [[]]
    while not parser.at(closing):
        if parser.next.kind == "row":
            parser.take()
            rows.append([])
        elif parser.at("&"):
            parser.take()
        elif parser.next.kind == "end":
            raise Unreadable("matrix without end")
        else:
            rows[-1].append(parser.sum())
    parser.take()
    rows = [row for row in rows if row]
    if not rows or len({len(row) for row in rows}) > 1:
        raise Unreadable("matrix with gaps")
    return Call("matrix", tuple(Call("row", tuple(row)) for row in rows))
