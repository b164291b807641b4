"""Which packages a program imports: from its syntax tree, or, where there is none, from its lines."""

from __future__ import annotations

import ast
import re
import warnings

__all__ = ["parsed", "top_packages"]

_LINE = re.compile(r"^[ \t]*(?:from[ \t]+([A-Za-z_]\w*)[\w.]*[ \t]+import\b|import[ \t]+([^#\n;]+))", re.MULTILINE)
_NAME = re.compile(r"\s*([A-Za-z_]\w*)")
# What a notebook's cell may hold beside Python: `%matplotlib inline`, `!pip install`, `?help`.
_MAGIC = re.compile(r"^[ \t]*[%!?].*$", re.MULTILINE)


def parsed(program: str) -> ast.Module | None:
    """The syntax tree; None for what this Python cannot parse: Python 2, a damaged file, nested too deeply."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in the program's strings
            return ast.parse(_MAGIC.sub("", program))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def top_packages(program: str, tree: ast.Module | None) -> tuple[str, ...]:
    """The top-level names of the packages that a program imports, in alphabetical order.

    Args:
        program: its text.
        tree: what `parsed` makes of it; without one its lines are searched, so that one in a string counts.
    """
    return tuple(sorted(set(_from_lines(program) if tree is None else _from_tree(tree))))


def _from_tree(tree: ast.Module) -> list[str]:
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module.split(".")[0])
    return names


def _from_lines(program: str) -> list[str]:
    names: list[str] = []
    for found in _LINE.finditer(program):
        if found[1]:
            names.append(found[1])
        else:
            names += [name[1] for part in found[2].split(",") if (name := _NAME.match(part))]
    return names
