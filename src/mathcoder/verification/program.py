"""The code of a computation as a syntax tree: what stands in it that a change could be made to."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from mathcoder.grading.expression import Node, Symbol
from mathcoder.verification.forms import code_formula, literal, number
from mathcoder.verification.names import Names, live_statements
from mathcoder.verification.places import (
    Place,
    beside_the_point,
    called_name,
    first_place,
    is_text,
    items_of,
    joined,
    walk,
)

__all__ = ["Program", "TooLarge"]

_LONGEST = 20_000  # characters of code that is looked into
_MOST_NODES = 2_000
_MOST_FORMULAS = 50
_LONGEST_TEXT = 1_000  # characters of a string in it
_IN_TEXT = re.compile(r"\b\d+(?:\.\d+)?")
_MAKERS = frozenset(
    "int float complex Fraction Decimal Rational Integer Float S sympify parse_expr eval literal_eval nsimplify "
    "array loads solve expand simplify factor integrate diff map N".split()
)
_NAMING = frozenset("symbols Symbol var Function Dummy".split())
# Calls and methods that print, or write a formula in another form, and compute nothing beyond that.
_REWRITING = frozenset(
    "simplify expand factor trigsimp together apart cancel collect radsimp ratsimp powsimp logcombine expand_trig "
    "expand_log expand_complex nsimplify sympify S str latex pprint pretty print display N evalf n float int "
    "round Integer Float expand_mul factor_terms list repr sstr doit as_expr powdenest combsimp sqrtdenest "
    "format".split()
)


class TooLarge(Exception):
    """The code is more than is looked into."""


class Program:
    """One snippet, read once. Its tree is changed in place while a changed program is written, and put back.

    Attributes:
        numbers: the places of its literal numbers by value, without sign, in the order of the source.
        signed: the values that stand behind a minus sign.
        texts: the places of numbers in strings that are made into numbers or formulas.
        strings: those of numbers in all other strings.
        near: the limits of `range`, with what is one off them.
        symbols: the names of SymPy's symbols by those of the variables that hold them.
    """

    def __init__(self, code: str):
        """Reads `code`.

        Raises:
            TooLarge: it is too long, too deep or has too many parts.
        """
        if len(code) > _LONGEST:
            raise TooLarge("the code is too long to be looked into")
        try:
            self.tree = ast.parse(code)
            nodes, self._places = walk(self.tree)
        except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
            raise TooLarge(f"the code cannot be looked into: {type(error).__name__}") from None
        if len(self._places) > _MOST_NODES:
            raise TooLarge("the code has too many parts to be looked into")
        self.numbers: dict[Fraction, list[Place]] = {}
        self.texts: dict[Fraction, list[Place]] = {}
        self.strings: dict[Fraction, list[Place]] = {}
        self.signed: set[Fraction] = set()
        self.near: dict[Fraction, tuple[Fraction, Fraction]] = {}
        self._names = Names(nodes, self.tree)
        self.symbols = self._names.symbols
        self._read_literals()

    @cached_property
    def values(self) -> tuple[Fraction, ...]:
        """The values of all its numbers, without sign, in the order of the source."""
        return tuple(dict.fromkeys((*self.numbers, *self.texts)))

    def places(self, value: Fraction) -> list[Place]:
        """Where a value stands, as a number or as the text of one."""
        return [*self.numbers.get(value, ()), *self.texts.get(value, ())]

    def is_live(self, value: Fraction) -> bool:
        """Whether a value stands in a statement that what is printed last may hang on."""
        return any(id(place.node) in self._live for place in self.places(value))

    @cached_property
    def _live(self) -> frozenset[int]:
        return frozenset(id(node) for statement in live_statements(self.tree) for node in ast.walk(statement))

    def write(self, *changes: tuple[Place, ast.expr]) -> str:
        """The source with some places changed."""
        try:
            for place, node in changes:
                place.put(node)
            return ast.unparse(self.tree)
        except RecursionError:
            raise TooLarge("the code is too deep to be looked into") from None
        finally:
            for place, _ in reversed(changes):
                place.put(place.node)

    def as_written(self, expr: ast.expr) -> Node | None:
        """An expression of the code as a formula, the names of its variables kept: cos(y), not cos(2*x)."""
        return code_formula(
            expr, lambda name: Symbol(self.symbols.get(name, name)) if self._is_own(name) else None
        )

    def _is_own(self, name: str) -> bool:
        return name in self.symbols or self._names.binds(name)

    def formula(self, expr: ast.expr) -> Node | None:
        """An expression of the code as a formula, its variables put in."""
        try:
            return code_formula(expr, self._names.resolve)
        except RecursionError:
            return None

    # Literals.

    def _read_literals(self) -> None:
        makes = any(
            isinstance(place.node, ast.Call) and called_name(place.node.func) in _MAKERS for place in self._places
        )
        for place in self._places:
            if not isinstance(place.node, ast.Constant) or beside_the_point(place):
                continue
            value = literal(place.node.value)
            if value is not None:
                self._note(place, value)
            elif isinstance(place.node.value, str) and len(place.node.value) <= _LONGEST_TEXT:
                kept = self.texts if makes and not joined(place) else self.strings
                for match in _IN_TEXT.finditer(place.node.value):
                    if (found := number(match[0])) is not None:
                        kept.setdefault(found, []).append(replace(place, span=match.span()))

    def _note(self, place: Place, value: Fraction) -> None:
        self.numbers.setdefault(abs(value), []).append(place)
        if isinstance(place.owner, ast.UnaryOp) and isinstance(place.owner.op, ast.USub):
            self.signed.add(abs(value))
        if isinstance(place.owner, ast.Call) and called_name(place.owner.func) == "range":
            self.near[abs(value)] = (abs(value) - 1, abs(value) + 1)

    # Formulas.

    def words(self) -> Iterator[Place]:
        """Strings of letters, where they are values of the code."""
        for place in self._places:
            named = isinstance(place.owner, ast.Call) and called_name(place.owner.func) in _NAMING
            if is_text(place.node) and not named and not isinstance(place.owner, ast.JoinedStr | ast.Expr):
                yield place

    def fractions(self) -> Iterator[tuple[Place, Node]]:
        """Parts that may be written fractions: quotients and calls of literals."""
        for place in self._places:
            match place.node:
                case ast.BinOp(ast.Constant() | ast.UnaryOp(), ast.Div(), ast.Constant()) | ast.Call(_, [_, *_]):
                    if (node := self.formula(place.node)) is not None:
                        yield place, node
                case _:
                    pass

    @cached_property
    def formulas(self) -> list[tuple[Place, Node]]:
        """The largest parts of the code that are formulas of more than one number or name, with their trees."""
        found: list[tuple[Place, Node]] = []
        inside: set[int] = set()
        for place in self._places:
            if id(place.node) in inside:
                inside.update(map(id, ast.iter_child_nodes(place.node)))
                continue
            if isinstance(place.node, ast.BinOp | ast.UnaryOp | ast.Call):
                node = self.formula(place.node)
                if node is not None and len(found) < _MOST_FORMULAS:
                    found.append((place, node))
                    inside.update(map(id, ast.iter_child_nodes(place.node)))
        return found

    def containers(self) -> Iterator[tuple[Place, list[Node]]]:
        """Lists, tuples, sets and the arguments of matrices whose items are formulas, nested ones as one."""
        for place in self._places:
            if isinstance(place.node, ast.List | ast.Tuple | ast.Set):
                items = list(items_of(place.node))
                nodes = [node for item in items if (node := self.formula(item)) is not None]
                if len(items) == len(nodes) > 1:
                    yield first_place(place.node), nodes

    def sums(self) -> Iterator[Place]:
        """Sums and differences in which a symbol stands first."""
        for place in self._places:
            match place.node:
                case ast.BinOp(ast.Name(name), ast.Add() | ast.Sub(), _) if name in self.symbols:
                    yield place
                case _:
                    pass

    def is_factor(self, place: Place) -> bool:
        """Whether a number is multiplied or divided by, as those between units are."""
        return isinstance(place.owner, ast.BinOp) and isinstance(place.owner.op, ast.Mult | ast.Div)

    def called(self) -> Iterator[Place]:
        """Calls of a function with arguments."""
        for place in self._places:
            if isinstance(place.node, ast.Call) and place.node.args:
                yield place

    def named(self, names: frozenset[str]) -> Iterator[Place]:
        """Uses of names that are not bound in the code itself, or of such attributes: `oo`, `math.pi`."""
        for place in self._places:
            match place.node:
                case ast.Name(name, ast.Load()) if name in names and not self._names.binds(name):
                    yield place
                case ast.Attribute(ast.Name(), name) if name in names:
                    yield place
                case _:
                    pass

    def printed(self) -> Iterator[tuple[ast.expr, bool]]:
        """What is printed, behind all rewriting, where that is plain; and whether it is sure to come last."""
        last = self.tree.body[-1] if self.tree.body else None
        shown = last.value if isinstance(last, ast.Expr) else None
        if shown is not None and (expr := self._behind(shown)) is not None:
            yield expr, True
        for place in self._places:
            if place.node is shown or not isinstance(place.node, ast.Call):
                continue
            if called_name(place.node.func) == "print" and (expr := self._behind(place.node)) is not None:
                yield expr, False

    def _behind(self, expr: ast.expr) -> ast.expr | None:
        for _ in range(30):
            match expr:
                case ast.Call(ast.Name(name), [_, *_] as args) if name in ("print", "display"):
                    values = [arg for arg in args if not is_text(arg)]
                    if len(values) > 1 and len(args) > len(values):
                        return None
                    expr = values[-1] if values else args[-1]
                case ast.Call(ast.Name(name) | ast.Attribute(ast.Name(), name), [first, *_]) if name in _REWRITING:
                    expr = first
                case ast.Call(ast.Attribute(value, name), _) if name in _REWRITING:
                    expr = value
                case ast.JoinedStr(values):
                    parts = [value for value in values if isinstance(value, ast.FormattedValue)]
                    if len(parts) != 1:
                        return None
                    expr = parts[0].value
                case ast.Name(name) if isinstance(meant := self._names.resolve(name), ast.expr):
                    expr = meant
                case ast.UnaryOp(ast.UAdd(), operand):
                    expr = operand
                case _:
                    return expr
        return None
