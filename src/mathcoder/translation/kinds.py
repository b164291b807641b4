"""What sort of computation a formula is."""

from __future__ import annotations

from mathcoder.translation.tree import Tree, free_names, heads

__all__ = ["kind_of"]

_BY_HEAD = (
    ("integral", {"integral", "at"}),
    ("limit", {"limit"}),
    ("derivative", {"derivative", "prime"}),
    ("sum", {"sum"}),
    ("product", {"product"}),
    ("matrix", {"matrix", "det"}),
    ("vector", {"vector", "dot", "cross", "norm"}),
    ("modular", {"mod", "pmod", "gcd", "lcm"}),
    ("combinatorics", {"binomial", "factorial"}),
    ("function", {"apply"}),
    ("trigonometry", set("sin cos tan cot sec csc asin acos atan acot asec acsc".split())),
)


def kind_of(tree: Tree, units: bool = False, probability: bool = False) -> str:
    """The kind of the computation of `tree`; see `Computation.kind`."""
    found = heads(tree)
    for kind, names in _BY_HEAD:
        if found & names:
            return kind
    if probability:
        return "probability"
    if units:
        return "units"
    return "algebra" if free_names(tree) else "arithmetic"
