"""Formulas as trees: numbers, names, constants, and calls of a head on arguments. Nothing here is evaluated.

Heads are Python-like names ("sin", "integral") or signs ("+", "*", "/", "^", "-" for the negative). Sums and
products take any number of arguments; a difference is a sum with a negative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import TypeAlias

__all__ = [
    "Call",
    "Constant",
    "Name",
    "Number",
    "Tree",
    "canonical",
    "free_names",
    "heads",
    "negative",
    "replaced",
    "walk",
]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, without separators: "12", "0.5"."""

    text: str

    @property
    def value(self) -> Fraction:
        return Fraction(self.text)


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, as a Python identifier."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """`pi`, `E`, `I` or `oo`."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A head and its arguments. A function that the text names itself has the head "apply" and its name first.

    Heads that bind a variable have it second: derivative(body, x, order), integral(body, x[, low, high]),
    limit(body, x, point, direction), sum(body, x, low, high), product(...), at(body, x, low, high) for a value
    or a difference of values.
    """

    head: str
    args: tuple[Tree, ...]


Tree: TypeAlias = Number | Name | Constant | Call

_BINDERS = frozenset(("integral", "limit", "sum", "product", "at"))


def walk(tree: Tree) -> Iterator[Tree]:
    """The tree and all that is in it."""
    yield tree
    if isinstance(tree, Call):
        for arg in tree.args:
            yield from walk(arg)


def heads(tree: Tree) -> frozenset[str]:
    """The heads of all calls in a tree."""
    return frozenset(node.head for node in walk(tree) if isinstance(node, Call))


def free_names(tree: Tree) -> frozenset[str]:
    """Names of the variables that a tree depends on; those it binds and names of functions are not among them."""
    match tree:
        case Name(name):
            return frozenset((name,))
        case Call("apply" | "prime", args):
            return frozenset[str]().union(*map(free_names, args[1:]))
        case Call("integral" | "at", (body, Name(name))):  # an antiderivative is a function of its variable
            return free_names(body) | {name}
        case Call(head, (body, Name(name), *rest)) if head in _BINDERS:
            return (free_names(body) - {name}).union(*map(free_names, rest))
        case Call(_, args):
            return frozenset[str]().union(*map(free_names, args))
        case _:
            return frozenset()


def replaced(tree: Tree, values: Mapping[str, Tree]) -> Tree:
    """The tree with variables replaced. A name that is bound inside is not."""
    match tree:
        case Name(name):
            return values.get(name, tree)
        case Call("apply" | "prime" as head, (function, *args)):
            return Call(head, (function, *(replaced(arg, values) for arg in args)))
        case Call(head, (body, Name(name), *rest)) if head in _BINDERS or head == "derivative":
            inner = {key: value for key, value in values.items() if key != name}
            return Call(head, (replaced(body, inner), Name(name), *(replaced(arg, values) for arg in rest)))
        case Call(head, args):
            return Call(head, tuple(replaced(arg, values) for arg in args))
        case _:
            return tree


def negative(tree: Tree) -> Tree:
    return Number("-" + tree.text) if isinstance(tree, Number) and tree.text[0] != "-" else Call("-", (tree,))


_MINUS_ONE = Number("-1")
_NOTATION: dict[str, Callable[[tuple[Tree, ...]], Tree]] = {
    "-": lambda args: Call("*", (_MINUS_ONE, *args)),
    "/": lambda args: Call("*", (args[0], Call("^", (args[1], _MINUS_ONE)))),
    "sqrt": lambda args: Call("^", (args[0], Number("1/2"))),
    "root": lambda args: Call("^", (args[0], Call("^", (args[1], _MINUS_ONE)))),
    "exp": lambda args: Call("^", (Constant("E"), args[0])),
}


def canonical(tree: Tree) -> Tree:
    """The same for formulas that differ in order or notation only: a - b, -b + a; 1/x, x^-1; 0.5, 1/2.

    Nothing is computed but what numbers as such say, so that 2 + 3 and 5 stay different.
    """
    match tree:
        case Number():
            return Number(str(tree.value))
        case Call("/", (Number() as top, Number() as bottom)) if _lowest_terms(top, bottom):
            return Number(str(top.value / bottom.value))
        case Call("-", (Number() as number,)):
            return Number(str(-number.value))
        case Call("sum" | "product" | "integral" | "limit" | "at" as head, (body, Name(name), *rest)):
            bound = replaced(body, {name: Name("_")})
            return Call(head, (canonical(bound), Name("_"), *map(canonical, rest)))
        case Call(head, args) if head in _NOTATION:
            return canonical(_NOTATION[head](args))
        case Call("^", (Call("^", (base, inner)), outer)):
            return canonical(Call("^", (base, Call("*", (inner, outer)))))
        case Call("^", (base, Number("1"))):
            return canonical(base)
        case Call("*" | "+" as sign, args):
            return _flat(sign, [canonical(arg) for arg in args])
        case Call(head, args):
            return Call(head, tuple(canonical(arg) for arg in args))
        case _:
            return tree


def _lowest_terms(top: Number, bottom: Number) -> bool:
    """Whether a quotient is a fraction as it should be written, in which nothing is left to compute."""
    a, b = top.value, bottom.value
    return a.denominator == b.denominator == 1 and abs(b) > 1 and gcd(a.numerator, b.numerator) == 1


def _flat(sign: str, args: list[Tree]) -> Tree:
    """A sum or product with its parts in a fixed order; numeric signs are gathered, ones dropped."""
    parts: list[Tree] = []
    negative = False
    for arg in args:
        for part in arg.args if isinstance(arg, Call) and arg.head == sign else (arg,):
            if sign == "*" and isinstance(part, Number) and part.value < 0:
                negative = not negative
                part = Number(str(-part.value))
            if not (isinstance(part, Number) and part.value == (1 if sign == "*" else 0)):
                parts.append(part)
    if negative:
        for place, part in enumerate(parts):
            if isinstance(part, Number):
                parts[place] = Number(str(-part.value))
                break
        else:
            parts.append(_MINUS_ONE)
    if len(parts) < 2:
        return parts[0] if parts else Number("1" if sign == "*" else "0")
    return Call(sign, tuple(sorted(parts, key=repr)))
