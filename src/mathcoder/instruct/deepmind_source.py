"""A program for a question of DeepMind's mathematics data, written while the question is read.

The expressions of that data are almost Python: they are parsed, never run here, and written again with exact
numbers: `6/15` becomes `Rational(6, 15)`. Names, calls and operators that the data does not have are refused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

__all__ = ["Source", "Unreadable"]

Kind: TypeAlias = Literal["int", "exact", "any"]
"""What an expression is: Python's whole number, an object of SymPy, or what depends on an argument."""

_LONGEST, _LARGEST_EXPONENT = 2_000, 1_000
_CHARACTERS = re.compile(r"[-+*/()a-z0-9. ]*")
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)


class Unreadable(ValueError):
    """A question of a form that is not known. The message is one line."""


class Source:
    """The lines of one program.

    Args:
        decimals: numbers with a point become `Decimal`, and nothing is divided; else `Rational`.

    Attributes:
        plan: what is done first, in words, a sentence each.
    """

    def __init__(self, decimals: bool = False):
        self.decimals = decimals
        self.lines: list[str] = []
        self.plan: list[str] = []
        self._sympy: set[str] = set()
        self._others: dict[str, set[str]] = {}
        self._values: dict[str, Kind] = {}
        self._functions: set[str] = set()
        self._symbols: set[str] = set()

    def code(self) -> str:
        """The program so far."""
        imports = [
            f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(self._others.items())
        ]
        if self._sympy:
            names = sorted(self._sympy, key=lambda name: (name.lower(), name))
            imports.append(f"from sympy import {', '.join(names)}")
        return "\n".join([*imports, *([""] if imports else []), *self.lines])

    def use(self, name: str) -> str:
        """A name of SymPy."""
        self._sympy.add(name)
        return name

    def import_from(self, module: str, name: str) -> str:
        """A name of the standard library."""
        self._others.setdefault(module, set()).add(name)
        return name

    def line(self, text: str) -> None:
        self.lines.append(text)

    @property
    def symbolic(self) -> bool:
        """Whether SymPy is used so far."""
        return bool(self._sympy)

    # Names.

    def assign(self, name: str, text: str) -> None:
        """A line that gives a name its value."""
        code, kind = self._written(text)
        self.line(f"{self._new(name)} = {code}")
        self._values[name] = kind

    def assign_code(self, names: Sequence[str], code: Sequence[str]) -> None:
        """The same for code of our own, one expression for each name, which gives objects of SymPy."""
        if self.decimals:
            decimal = self.import_from("decimal", "Decimal")
            code = [f"{decimal}(str({part}))" for part in code]
        self.line(f"{', '.join(names)} = {', '.join(code)}")
        self._values.update(dict.fromkeys(names, "exact"))

    def function(self, name: str, parameter: str, text: str) -> None:
        """A line that defines a function of one parameter."""
        outer = self._values.get(parameter)
        self._values[parameter] = "any"
        try:
            code = self._written(text)[0]
        finally:
            del self._values[parameter]
            if outer is not None:
                self._values[parameter] = outer
        self.lines += [f"def {self._new(name)}({parameter}):", f"    return {code}", ""]
        self._functions.add(name)

    def derivative(self, name: str, parameter: str, text: str, order: int) -> None:
        """A line that defines a function as a derivative."""
        decimals, self.decimals = self.decimals, False  # nothing but SymPy's numbers goes with its symbols
        try:
            code = self.expression(text)
        finally:
            self.decimals = decimals
        self.symbols([parameter])
        times = f", {order}" if order > 1 else ""
        call = f"{self.use('Lambda')}({parameter}, {self.use('diff')}({code}, {parameter}{times}))"
        self.line(f"{self._new(name)} = {call}")
        self._functions.add(name)

    def symbols(self, names: Iterable[str], positive: bool = False) -> list[str]:
        """Lines for unknowns, those that are not there yet; sorted.

        Raises:
            Unreadable: one of them has a value.
        """
        ordered = sorted(names)
        for name in ordered:
            if name in self._values or name in self._functions:
                raise Unreadable(f"{name} has a value, and is unknown")
        if new := [name for name in ordered if name not in self._symbols]:
            assumed = ", positive=True" if positive else ""
            self.line(f'{", ".join(new)} = {self.use("symbols")}("{" ".join(new)}"{assumed})')
            self._symbols.update(new)
        return ordered

    def unknowns(self, text: str) -> list[str]:
        """The names of expressions that have no value, sorted; `=` and `,` may stand between the expressions."""
        names: set[str] = set()
        for part in re.split(r"[=,]", text):
            tree = _parsed(part)
            called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
            names |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called}
        return sorted(names - set(self._values))

    def _new(self, name: str) -> str:
        if name in self._symbols or not re.fullmatch(r"[a-z]", name):
            raise Unreadable(f"{name} cannot be given a value")
        self._functions.discard(name)
        return name

    # Expressions.

    def expression(self, text: str) -> str:
        """Python for an expression; its unknowns become symbols.

        Raises:
            Unreadable: it is none, or too large.
        """
        self.symbols(self.unknowns(text))
        return self._written(text)[0]

    def operand(self, text: str) -> str:
        """The same in parentheses where it needs them beside an operator."""
        code = self.expression(text)
        return code if re.fullmatch(r"-?\w+|\w+\([^()]*\)", code) else f"({code})"

    def equations(self, texts: Sequence[str]) -> list[str]:
        """`Eq(left, right)` for each `left = right`. Raises as `expression` does."""
        self.symbols(self.unknowns(",".join(texts)))
        return [self._equation(text) for text in texts]

    def _equation(self, text: str) -> str:
        left, equals, right = text.partition("=")
        if not equals:
            raise Unreadable(f"no equation: {text[:80]!r}")
        return f"{self.use('Eq')}({self.expression(left)}, {self.expression(right)})"

    def rational(self, text: str) -> str:
        """A number as `Rational("-2/7")`, or a name that has a value."""
        text = text.strip()
        if text in self._values:
            return text
        if not re.fullmatch(r"-?\d{1,200}(?:\.\d{1,200}|/0*[1-9]\d{0,200})?", text):
            return self.expression(text)
        return text if re.fullmatch(r"-?(?:0|[1-9]\d*)", text) else f'{self.use("Rational")}("{text}")'

    def _written(self, text: str) -> tuple[str, Kind]:
        text = text.strip()
        try:
            node, kind = self._exact(_parsed(text), text)
            return ast.unparse(node), kind
        except RecursionError:
            raise Unreadable(f"an expression that is too deep: {text[:80]!r}") from None

    def _exact(self, node: ast.expr, text: str) -> tuple[ast.expr, Kind]:
        """The tree with exact numbers, and its kind."""
        match node:
            case ast.Constant(value=int()):
                return node, "int"
            case ast.Constant(value=float()):
                digits = ast.Constant(ast.get_source_segment(text, node) or "")
                if self.decimals:
                    return _call(self.import_from("decimal", "Decimal"), digits), "exact"
                return _call(self.use("Rational"), digits), "exact"
            case ast.Name(id=name):
                return node, self._values.get(name, "exact")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner, kind = self._exact(operand, text)
                return ast.UnaryOp(ast.USub(), inner), kind
            case ast.Call(func=ast.Name(id="sqrt"), args=[argument]):
                return _call(self.use("sqrt"), self._exact(argument, text)[0]), "exact"
            case ast.Call(func=ast.Name(id=name), args=[argument]) if name in self._functions:
                return _call(name, self._exact(argument, text)[0]), "any"
            case ast.BinOp(left=left, op=operator, right=right):
                return self._operation(left, operator, right, text)
            case _:
                raise Unreadable(f"{type(node).__name__} in an expression: {text[:80]!r}")

    def _operation(
        self, left: ast.expr, operator: ast.operator, right: ast.expr, text: str
    ) -> tuple[ast.expr, Kind]:
        (a, kind), (b, other) = self._exact(left, text), self._exact(right, text)
        kinds = {kind, other}
        wider: Kind = "exact" if "exact" in kinds else "any" if "any" in kinds else "int"
        match operator:
            case ast.Div() if self.decimals:
                return ast.BinOp(_call(self.import_from("decimal", "Decimal"), a), operator, b), "exact"
            case ast.Div() if wider == "int":
                return _call(self.use("Rational"), a, b), "exact"
            case ast.Div() if wider == "any":
                return ast.BinOp(_call(self.use("Rational"), ast.Constant(1), b), ast.Mult(), a), "any"
            case ast.Pow():
                if isinstance(right, ast.Constant) and isinstance(right.value, int):
                    if right.value > _LARGEST_EXPONENT:
                        raise Unreadable(f"a power that is too large: {text[:80]!r}")
                elif kind == "int":
                    return ast.BinOp(_call(self.use("Rational"), a), operator, b), "exact"
                return ast.BinOp(a, operator, b), wider
            case _:
                return ast.BinOp(a, operator, b), wider


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name), list(arguments), [])


def _parsed(text: str) -> ast.expr:
    """The tree of an expression. Raises Unreadable where it is none, or too large."""
    text = text.strip()
    if len(text) > _LONGEST or not _CHARACTERS.fullmatch(text) or re.search(r"\d[a-z]", text):
        raise Unreadable(f"no expression: {text[:80]!r}")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise Unreadable(f"no expression: {text[:80]!r}") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and not isinstance(node.op, _OPERATORS):
            raise Unreadable(f"{type(node.op).__name__} in an expression: {text[:80]!r}")
        if isinstance(node, ast.Name) and not re.fullmatch(r"[a-z]|sqrt", node.id):
            raise Unreadable(f"{node.id!r} in an expression: {text[:80]!r}")
    return tree
