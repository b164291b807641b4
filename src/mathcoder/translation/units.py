"""Steps from one unit into another: `3\\text{ km} = 3000\\text{ m}` computes 3 * 1000."""

from __future__ import annotations

from mathcoder.grading.units import parse_unit
from mathcoder.translation.tree import Call, Number, Tree, free_names

__all__ = ["converted"]


def converted(tree: Tree, given: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[Tree, str] | None:
    """The left side in the unit of the right one, and the equation between the units that it needs.

    Args:
        tree: the left side, a number or arithmetic.
        given, wanted: the units of both sides, one each.

    Returns:
        None where the units are the same, or measure different things.
    """
    if len(given) != 1 or len(wanted) != 1 or free_names(tree) or tree == Number("1"):
        return None
    first, second = parse_unit(given[0]), parse_unit(wanted[0])
    if first is None or second is None or not first.dimension or first.dimension != second.dimension:
        return None
    ratio = first.factor / second.factor
    if ratio == 1:
        return None
    one, other = given[0].strip(), wanted[0].strip()
    if ratio.denominator == 1:
        return Call("*", (tree, Number(str(ratio)))), f"1 {one} = {ratio} {other}"
    if ratio.numerator == 1:
        return Call("/", (tree, Number(str(ratio.denominator)))), f"1 {other} = {ratio.denominator} {one}"
    parts = Number(str(ratio.numerator)), Number(str(ratio.denominator))
    return Call("*", (tree, Call("/", parts))), f"1 {one} = {ratio} {other}"
