"""Which of many solutions of one problem differ in how they compute: the shapes of their code.

The shape of a program is its syntax tree without what does not matter: the names of variables, the values of
constants, the order of statements that do not need one another, how a module is imported, what is said around a
printed value, and whether a value is printed or shown as the last line of a block. Code is read, never run.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections import Counter
from collections.abc import Sequence

from mathcoder.instruct.shape_reader import ShapeReader, written
from mathcoder.solution import Solution

__all__ = ["diverse", "shape"]

_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


def diverse(solutions: Sequence[Solution], k: int) -> list[int]:
    """The places of at most `k` solutions, each with code of another shape.

    The commonest shapes come first, of equally common ones the first that was seen; of each shape the solution
    with the smallest syntax tree, then the shortest code, then the first.

    Raises:
        ValueError: `k` is negative.

    Examples:
        >>> diverse([solution, the_same_with_other_names, another], 2)
        [0, 2]
    """
    if k < 0:
        raise ValueError(f"k is {k}: it must be 0 or more")
    codes = [_code(solution) for solution in solutions]
    shapes = [shape(code) for code in codes]
    best: dict[str, int] = {}
    for place, found in enumerate(shapes):
        if found not in best or _length(codes[place]) < _length(codes[best[found]]):
            best[found] = place
    order = {found: place for place, found in reversed(list(enumerate(shapes)))}
    counts = Counter(shapes)
    ranked = sorted(best, key=lambda found: (-counts[found], order[found]))
    return [best[found] for found in ranked[:k]]


def shape(code: str) -> str:
    """A hash of the shape of Python code; of code that is no Python, of its words."""
    try:
        module = _tree(code)
        said = written(ShapeReader(module).block(module.body))
    except _UNREADABLE:
        said = f"text {' '.join(code.split())}"
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def _code(solution: Solution) -> str:
    return "\n".join(block.content for block in solution.blocks if block.type == "code")


def _length(code: str) -> tuple[int, int]:
    try:
        return sum(1 for _ in ast.walk(_tree(code))), len(code)
    except _UNREADABLE:
        return len(code), len(code)


def _tree(code: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about escapes in the program's strings
        return ast.parse(code)
