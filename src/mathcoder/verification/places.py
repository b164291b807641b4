"""Where nodes stand in a syntax tree, and what their surroundings say about them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

__all__ = [
    "Place",
    "beside_the_point",
    "called_name",
    "first_place",
    "is_text",
    "items_of",
    "joined",
    "symbol_names",
    "walk",
]

# Called with a number that is not part of the computation: how many digits.
_DIGITS = frozenset("round N evalf n around quantize limit_denominator".split())


@dataclass(frozen=True, eq=False, slots=True)
class Place:
    """Where a node stands: `owner.field`, at `index` where that is a list. `span`: the part of a string meant."""

    node: ast.expr
    owner: ast.AST
    field: str
    index: int | None = None
    span: tuple[int, int] | None = None

    def put(self, node: ast.expr) -> None:
        """Stand another node here."""
        if self.index is None:
            setattr(self.owner, self.field, node)
        else:
            getattr(self.owner, self.field)[self.index] = node


def walk(tree: ast.AST) -> tuple[list[ast.AST], list[Place]]:
    """All nodes, and the places of expressions, outer ones first, in the order of the source.

    Format specifications are left out. Assertions become `pass`: a changed program is to go on where it no longer
    comes to the stated result.
    """
    nodes, places = list[ast.AST](), list[Place]()
    todo = [tree]
    while todo:
        owner = todo.pop()
        nodes.append(owner)
        inner: list[ast.AST] = []
        for field in owner._fields:
            value = getattr(owner, field, None)
            if isinstance(value, list):
                items = cast("list[object]", value)
                for index, node in enumerate(items):
                    if isinstance(node, ast.Assert):
                        items[index] = ast.Pass()
                    elif isinstance(node, ast.AST):
                        inner.append(node)
                        if isinstance(node, ast.expr):
                            places.append(Place(node, owner, field, index))
            elif isinstance(value, ast.AST) and field not in ("ctx", "op", "format_spec"):
                inner.append(value)
                if isinstance(value, ast.expr):
                    places.append(Place(value, owner, field))
        inner.reverse()
        todo += inner
    return nodes, places


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def called_name(function: ast.expr) -> str:
    """The name of what is called, without its module or object."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def symbol_names(args: list[ast.expr]) -> list[str]:
    """What `symbols('x y')` names."""
    if args and isinstance(args[0], ast.Constant) and isinstance(args[0].value, str):
        return re.split(r"[\s,]+", args[0].value.strip())
    return []


def beside_the_point(place: Place) -> bool:
    """Whether a constant is an index, a number of digits, a keyword's value: no part of the computation."""
    owner = place.owner
    if isinstance(owner, ast.Subscript) and place.field == "slice":
        return True
    if isinstance(owner, ast.Slice | ast.keyword | ast.FormattedValue) and place.field != "value":
        return True
    if isinstance(owner, ast.keyword):
        return owner.arg in ("end", "sep", "decimals", "digits", "rel_tol", "abs_tol", "chop", "strict", "default")
    return isinstance(owner, ast.Call) and called_name(owner.func) in _DIGITS and _is_digits(owner, place)


def _is_digits(call: ast.Call, place: Place) -> bool:
    """`round(x, 2)` has its digits second, `x.evalf(6)` first."""
    method = isinstance(call.func, ast.Attribute) and not (
        isinstance(call.func.value, ast.Name) and call.func.value.id in ("np", "numpy", "sp", "sympy", "math")
    )
    return place.field == "args" and (place.index or 0) >= (0 if method else 1)


def joined(place: Place) -> bool:
    """Whether a string is only put together with others, or is a key."""
    return isinstance(place.owner, ast.BinOp | ast.JoinedStr | ast.Dict | ast.Expr)


def items_of(node: ast.expr) -> Iterator[ast.expr]:
    """The items of a container, of nested ones in one row."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        for item in node.elts:
            yield from items_of(item)
    else:
        yield node


def first_place(node: ast.List | ast.Tuple | ast.Set) -> Place:
    """Where the first item of a container that is not empty stands, in the first one inside if they are nested."""
    first = node.elts[0]
    return (
        first_place(first) if isinstance(first, ast.List | ast.Tuple | ast.Set) else Place(first, node, "elts", 0)
    )
