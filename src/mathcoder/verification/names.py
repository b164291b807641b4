"""What the names of a snippet stand for, where that can be seen: SymPy's symbols, and plain assignments."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from mathcoder.grading.expression import Node, Symbol
from mathcoder.verification.places import called_name, symbol_names

__all__ = ["Names", "live_statements"]


class Names:
    """The names that a snippet binds.

    Attributes:
        symbols: the names of SymPy's symbols by those of the variables that hold them.
    """

    def __init__(self, nodes: Sequence[ast.AST], tree: ast.Module):
        self.symbols: dict[str, str] = {}
        self._bound: dict[str, list[ast.expr | None]] = {}
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.module == "sympy.abc":
                self.symbols.update({alias.asname or alias.name: alias.name for alias in node.names})
        top = set(map(id, tree.body))
        for node in nodes:
            match node:
                case ast.Assign(targets, value):
                    for target in targets:
                        self._bind(target, value if id(node) in top else None)
                case ast.AnnAssign(target, _, value) if value is not None:
                    self._bind(target, value if id(node) in top else None)
                case (
                    ast.AugAssign(target)
                    | ast.For(target)
                    | ast.comprehension(target)
                    | ast.NamedExpr(target)
                    | ast.withitem(_, ast.Name() as target)
                ):
                    self._bind(target, None)
                case ast.arg(name) | ast.FunctionDef(name) | ast.ExceptHandler(_, str(name)):
                    self._bound.setdefault(name, []).append(None)
                case _:
                    pass

    def resolve(self, name: str) -> ast.expr | Node | None:
        """What a name stands for where only plain assignments bind it: the last one; see `forms.Resolve`."""
        if name in self.symbols:
            return Symbol(self.symbols[name])
        values = self._bound.get(name)
        return values[-1] if values and None not in values else None

    def binds(self, name: str) -> bool:
        """Whether the code gives the name a value of its own."""
        return name in self._bound

    def _bind(self, target: ast.expr, value: ast.expr | None) -> None:
        match target, value:
            case ast.Name(name), ast.Call(function, args) if called_name(function) in ("symbols", "Symbol", "var"):
                self.symbols[name] = symbol_names(args)[:1][0] if symbol_names(args) else name
            case ast.Tuple(targets) | ast.List(targets), ast.Call(function, args) if (
                called_name(function) == "symbols"
            ):
                for part, symbol in zip(targets, symbol_names(args), strict=False):
                    if isinstance(part, ast.Name):
                        self.symbols[part.id] = symbol
            case ((ast.Tuple(targets) | ast.List(targets)), (ast.Tuple(values) | ast.List(values))) if len(
                targets
            ) == len(values):
                for part, inner in zip(targets, values, strict=True):
                    self._bind(part, inner)
            case ((ast.Tuple(targets) | ast.List(targets)), _):
                for part in targets:
                    self._bind(part, None)
            case ast.Name(name), _:
                itself = value is not None and any(
                    isinstance(part, ast.Name) and part.id == name for part in ast.walk(value)
                )
                self._bound.setdefault(name, []).append(None if itself else value)
            case _:
                pass


def live_statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements that the last one hangs on, and itself, backwards: those that mention a name it needs.

    A plain expression in between, as notebooks show values, is left out.
    """
    needed: set[str] = set()
    for place, statement in enumerate(reversed(tree.body)):
        if place and isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Call):
            continue
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        made = {node.name for node in ast.walk(statement) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        stored = {
            node.id
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        called = names if not isinstance(statement, ast.Assign) else set[str]()
        if not place or needed & (stored | made | called):
            needed |= names
            yield statement
