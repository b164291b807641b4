"""Questions about Python's syntax trees that the shape of a program is read by."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import Any, cast

__all__ = [
    "CHANGES",
    "FUNCTIONS",
    "READ",
    "blocks",
    "bound_names",
    "label",
    "leaves_block",
    "parts",
    "shown_values",
    "stored_parts",
]

CHANGES = frozenset(
    "append extend insert pop popleft appendleft remove add discard update sort reverse clear setdefault".split()
)
"""Methods that change what they are called on."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BLOCKS = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try)
READ = (  # others are read as what their parts are
    *(ast.Import, ast.ImportFrom, ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.ClassDef),
    *(ast.Pass, ast.Global, ast.Nonlocal),
    *FUNCTIONS,
    *BLOCKS,
)

_UNSAID = frozenset("ctx kind name rest id annotation returns type_comment type_ignores".split())


def shown_values(shown: ast.expr) -> list[ast.expr]:
    """The values in what is printed: nothing of a text, what is put into a formatted one."""
    if isinstance(shown, ast.Constant) and isinstance(shown.value, str):
        return []
    if isinstance(shown, ast.JoinedStr):
        return [part.value for part in shown.values if isinstance(part, ast.FormattedValue)]
    return [shown]


def stored_parts(target: ast.expr) -> list[ast.expr]:
    """The targets of an assignment that are parts of a variable's value."""
    if isinstance(target, (ast.Attribute, ast.Subscript)):
        return [target]
    if isinstance(target, ast.Starred):
        return stored_parts(target.value)
    elements = target.elts if isinstance(target, (ast.Tuple, ast.List)) else []
    return [each for element in elements for each in stored_parts(element)]


def blocks(statement: ast.stmt) -> list[tuple[str, Sequence[ast.stmt]]]:
    """The blocks of a compound statement, each with what it is."""
    parts: dict[str, Sequence[ast.stmt]] = {
        name: getattr(statement, name, []) for name in ("body", "orelse", "finalbody")
    }
    found = [(name, body) for name, body in parts.items() if body]
    handlers = statement.handlers if isinstance(statement, ast.Try) else []
    caught = [(f"except {ast.unparse(each.type) if each.type else ''}", each.body) for each in handlers]
    return [*found, *caught]


def leaves_block(statement: ast.stmt) -> bool:
    """Whether it may end the block that it stands in."""
    jumps = (ast.Return, ast.Raise, ast.Break, ast.Continue)
    return not isinstance(statement, (*FUNCTIONS, ast.ClassDef)) and any(
        isinstance(node, jumps) for node in ast.walk(statement)
    )


def bound_names(module: ast.Module) -> Iterable[str]:
    """The names that a program gives a value anywhere."""
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name
            case ast.alias(name=name, asname=alias):
                yield alias or name.partition(".")[0]
            case _:
                pass


def parts(node: ast.AST) -> Iterable[ast.AST]:
    for name in node._fields:
        value: Any = None if name in _UNSAID else getattr(node, name, None)
        for each in cast("list[object]", value) if isinstance(value, list) else [value]:
            if isinstance(each, ast.AST):
                yield each


def label(node: ast.AST) -> str:
    """What a part is, with what it says in plain values: the name of an argument."""
    said = [getattr(node, name, None) for name in node._fields if name not in _UNSAID]
    return " ".join([type(node).__name__, *(str(value) for value in said if isinstance(value, (str, int)))])
