"""Programs that nobody wrote to be read: generated, minified, or nothing but data."""

from __future__ import annotations

import ast
import re

__all__ = ["why_unwanted"]

_HEAD_LINES = 12
# Only what a file says of itself, in a comment that begins so or a sentence on "this file": data is generated.
_GENERATED = re.compile(
    r"""@generated\b
    | \bdo\s+not\s+(?:edit|modify)\b
    | \b(?:is|was|been)\s+auto(?:matically)?[-\s]?generated\b
    | ^\s*(?:\#|\"\"\"|\'\'\')\W*(?:auto(?:matically)?[-\s]?)?generated\s+(?:automatically|by|from|with|using)\b
    | \bthis\s+(?:file|code|module|script)\s+(?:is|was|has\s+been)\s+generated\b""",
    re.IGNORECASE | re.VERBOSE,
)
# The Stack's and StarCoder's filters: mean and greatest length of a line, share of letters and digits.
_MEAN_LINE, _LONGEST_LINE, _LEAST_ALNUM = 100, 1_000, 0.25
_MOST_NUMBERS = 0.6
_DOES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Call, ast.For, ast.While, ast.BinOp)


def why_unwanted(program: str, tree: ast.Module | None) -> str | None:
    """The reason to drop a program; None for one that is worth reading.

    Args:
        program: its text.
        tree: its syntax tree, if it has one.
    """
    lines = program.splitlines()
    for number, line in enumerate(lines[:_HEAD_LINES], start=1):
        if found := _GENERATED.search(line[:_LONGEST_LINE]):
            return f"generated: line {number} says {found[0].strip()!r}"
    shown = "".join(program.split())
    if not shown:
        return None
    longest = max(map(len, lines))
    if longest > _LONGEST_LINE and len(program) / len(lines) > _MEAN_LINE:
        return f"minified: lines of {len(program) // len(lines)} characters on average, up to {longest}"
    if sum(map(str.isalnum, shown)) < _LEAST_ALNUM * len(shown):
        return "data only: few letters and digits"
    if len(shown) > 200 and sum(sign in "0123456789.,-+eE[]()" for sign in shown) > _MOST_NUMBERS * len(shown):
        return "data only: mostly numbers"
    if tree is not None and tree.body and not any(isinstance(node, _DOES) for node in ast.walk(tree)):
        return "data only: nothing is defined, called or computed"
    return None
