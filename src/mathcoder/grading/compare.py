"""Whether an answer that was read means the same as a reference that was read. The strict rule.

- An exact reference is met exactly, or by a decimal of at least four significant digits that are all right
  (rounded or cut off at the last).
- A decimal reference is met by what rounds to it at its own number of decimals. Digits after the tenth
  significant one are taken for the noise of floating-point numbers, on either side.
- Units, currency signs and nouns may be missing on one side; where both sides have them they must agree. The
  percent sign may be missing where the number is the percentage.
- A list without brackets or in braces is a set; with brackets, or parted by semicolons, it has an order.
  Open and closed ends of intervals differ.
- Expressions are equal if they are equal for all values of their variables; equations if one is a multiple of
  the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from mathcoder.grading.expression import (
    Call,
    Constant,
    Node,
    Num,
    Op,
    Symbol,
    Undecided,
    constant_value,
    proportional,
    symbols,
)
from mathcoder.grading.numeric import exact, infinite_sign, same_node
from mathcoder.grading.shapes import Based, Items, Matrix, Quantity, Ratio, Relation, Shape, Words
from mathcoder.grading.units import Unit

__all__ = ["same"]


def same(answer: Shape, reference: Shape) -> tuple[bool, str]:
    """Whether they mean the same, and the kind of comparison that decided.

    Raises:
        Undecided: this is beyond what is done here.
    """
    match answer, reference:
        case Quantity(), Quantity():
            return _same_quantity(answer, reference)
        case Items(), Items():
            return _same_items(answer, reference)
        case Items(brackets, items), Quantity() if len(items) == 1 and brackets != "()":
            return same(items[0], reference)
        case Quantity(), Items(brackets, items) if len(items) == 1 and brackets != "()":
            return same(answer, items[0])
        case Relation(), Relation():
            return _same_relation(answer, reference), "equation"
        case (Quantity(), Relation()) | (Relation(), Quantity()):
            return _solved(answer, reference), "equation"
        case (Items(), Relation()) | (Relation(), Items()):
            return False, "kind"
        case Matrix(), Matrix():
            return _same_matrix(answer, reference), "matrix"
        case (Matrix(), Items()) | (Items(), Matrix()):
            return _same_vector(answer, reference), "matrix"
        case Based(), Based():
            return answer == reference, "base"
        case (Based(digits), Quantity(Num() as number)) | (Quantity(Num() as number), Based(digits)):
            return number.places is None and str(number.value) == digits, "base"
        case Ratio(), Ratio():
            return _same_ratio(answer, reference), "ratio"
        case (Ratio(terms), Quantity(Op("/", top, bottom))) | (Quantity(Op("/", top, bottom)), Ratio(terms)):
            return len(terms) == 2 and _same_ratio(Ratio(terms), Ratio((top, bottom))), "ratio"
        case Words(left), Words(right):
            return left == right and bool(right), "text"
        case _:
            return False, "kind"


# Numbers and expressions.


def _same_quantity(answer: Quantity, reference: Quantity) -> tuple[bool, str]:
    if answer.name and reference.name and not _same_name(answer.name, reference.name):
        if not symbols(answer.node) or not symbols(reference.node):
            return False, "name"
        return _same_relation(_equation(answer), _equation(reference)), "equation"
    a, b = answer.unit, reference.unit
    if (answer.percent and b is not None) or (reference.percent and a is not None):
        return False, "unit"
    scale = Fraction(1)
    if a is not None and b is not None:
        if a.dimension and b.dimension:
            if a.dimension != b.dimension:
                return False, "unit"
            scale = a.factor / b.factor
        elif (a.words or a.dimension) and (b.words or b.dimension) and not a.words & b.words:
            return False, "unit"
    left = answer.node if scale == 1 else _scaled(answer.node, scale)
    if answer.percent != reference.percent and (a is None and b is None):
        return _same_percent(answer, reference), "percent"
    verdict = same_node(left, reference.node)
    if not verdict[0] and _ANGLE in (a, b) and None in (a, b):  # 180 degrees are pi
        left, right = (_radians(side.node) if side.unit else side.node for side in (answer, reference))
        return same_node(left, right)[0], "unit"
    return verdict


_ANGLE = Unit((("angle", 1),))


def _radians(node: Node) -> Node:
    return Op("*", node, Op("/", Constant("pi"), Num(Fraction(180))))


def _equation(named: Quantity) -> Relation:
    return Relation("=", Symbol(named.name), named.node)


def _same_name(left: str, right: str) -> bool:
    return left.replace(" ", "").casefold() == right.replace(" ", "").casefold()


def _scaled(node: Node, scale: Fraction) -> Node:
    match node:
        case Num(value, places, digits):
            return Num(value * scale, None if places is None else places, digits)
        case _:
            return Op("*", Num(scale), node)


def _same_percent(answer: Quantity, reference: Quantity) -> bool:
    """One side has a percent sign: its value as a fraction, or the bare number where that is the percentage."""
    hundredth = Fraction(1, 100)
    if answer.percent:
        as_fraction = same_node(_hundredth(answer.node), reference.node)[0]
    else:
        as_fraction = same_node(answer.node, _hundredth(reference.node))[0]
    if as_fraction:
        return True
    bare = reference.node if answer.percent else answer.node
    value = constant_value(bare) if not symbols(bare) else None
    if answer.percent and isinstance(value, Fraction) and abs(value) < 1 and value > hundredth:
        return False  # 0.5 and 0.5%
    return same_node(answer.node, reference.node)[0]


def _hundredth(node: Node) -> Node:
    match node:
        case Num(value, places, digits):
            return Num(value / 100, None if places is None else places + 2, digits)
        case _:
            return Op("/", node, Num(Fraction(100)))


# Lists.


def _same_items(answer: Items, reference: Items) -> tuple[bool, str]:
    rule = "interval" if "(" in reference.brackets or ")" in reference.brackets else "list"
    if answer.name and reference.name and not _same_name(answer.name, reference.name):
        return False, "name"
    if "or" in (answer.brackets, reference.brackets):
        return _same_union(answer, reference), "interval"
    if len(answer.items) != len(reference.items):
        unordered = {"{}", ""} & {answer.brackets} and {"{}", ""} & {reference.brackets}
        if unordered and answer.items and reference.items:
            return _same_set(_distinct(answer.items), _distinct(reference.items)), "set"
        return False, "list"
    if not _names_agree(answer.items, reference.items):
        return False, "name"
    if all(_name(item) for items in (answer.items, reference.items) for item in items):
        return _same_set(answer.items, reference.items), "set"
    pair = (answer.brackets, reference.brackets)
    if all(brackets in ("{}", "") for brackets in pair):
        return _same_set(answer.items, reference.items), "set"
    if not _brackets_agree(answer, reference):
        return False, rule
    return _in_order(answer.items, reference.items), rule


def _same_union(answer: Items, reference: Items) -> bool:
    """Parts of the line: the same when all that overlaps or touches is joined."""
    left, right = (_joined(side.items if side.brackets in ("or", "") else (side,)) for side in (answer, reference))
    return left == right


_End: TypeAlias = tuple[Fraction | float, int]  # a number, and 0 at it, -1 just before, 1 just after


def _joined(parts: Sequence[Shape]) -> list[tuple[_End, _End]]:
    spans: list[tuple[_End, _End]] = []
    for part in parts:
        if not isinstance(part, Items):
            raise Undecided("a union of other things than intervals")
        if part.brackets == "{}":
            spans += [((_bound(point), 0), (_bound(point), 0)) for point in part.items]
        elif len(part.items) == 2:
            low, high = map(_bound, part.items)
            spans.append(
                ((low, 0 if part.brackets[0] == "[" else 1), (high, 0 if part.brackets[1] == "]" else -1))
            )
        else:
            raise Undecided("a union of other things than intervals")
    joined: list[tuple[_End, _End]] = []
    for low, high in sorted(spans):
        if low > high:
            continue
        if joined and (low[0], low[1] - 1) <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return joined


def _bound(item: Shape) -> Fraction | float:
    if not isinstance(item, Quantity) or symbols(item.node):
        raise Undecided("an end of an interval that is no number")
    if infinite := infinite_sign(item.node):
        return infinite * float("inf")
    value = constant_value(item.node)
    if value.imag:
        raise Undecided("an end of an interval that is no real number")
    return value if isinstance(value, Fraction) else round(exact(value), 30)


def _name(item: Shape) -> str:
    return item.name if isinstance(item, Quantity) else ""


def _names_agree(left: Sequence[Shape], right: Sequence[Shape]) -> bool:
    """Whether named values on both sides are of the same names."""
    names = [sorted(name for item in items if (name := _name(item))) for items in (left, right)]
    return not all(names) or names[0] == names[1]


def _brackets_agree(answer: Items, reference: Items) -> bool:
    a, b = answer.brackets, reference.brackets
    if "{}" in (a, b):
        return {a, b} <= {"{}", ""}
    if a == b or {a, b} & {"", ";"}:
        return True
    # (1, 2) and [1, 2] may be intervals; three numbers, or two that fall, may not.
    if len(reference.items) != 2:
        return True
    first, second = (item.node if isinstance(item, Quantity) else None for item in reference.items)
    if first is None or second is None or symbols(first) or symbols(second):
        return first is None
    if infinite_sign(first) or infinite_sign(second):
        return False
    low, high = constant_value(first), constant_value(second)
    return bool(low.real > high.real)


def _in_order(left: Sequence[Shape], right: Sequence[Shape]) -> bool:
    return all(same(a, b)[0] for a, b in zip(left, right, strict=True))


def _same_set(left: Sequence[Shape], right: Sequence[Shape]) -> bool:
    if len(left) != len(right):
        return False
    rest = list(right)
    for item in left:
        found = next((place for place, other in enumerate(rest) if same(item, other)[0]), None)
        if found is None:
            return False
        del rest[found]
    return True


def _distinct(items: Sequence[Shape]) -> list[Shape]:
    kept: list[Shape] = []
    for item in items:
        if not any(same(item, other)[0] for other in kept):
            kept.append(item)
    return kept


# The rest.


def _difference(relation: Relation) -> Node:
    return Op("+", relation.left, Op("*", Num(Fraction(-1)), relation.right))


def _same_relation(answer: Relation, reference: Relation) -> bool:
    if answer.sign in (">", ">=") or reference.sign in (">", ">="):
        answer, reference = _turned(answer), _turned(reference)
    if answer.sign != reference.sign:
        return False
    if answer == reference:
        return True
    factor = proportional(_difference(answer), _difference(reference))
    return factor > 0 or (factor < 0 and answer.sign in ("=", "!="))


def _turned(relation: Relation) -> Relation:
    turned = {">": "<", ">=": "<="}.get(relation.sign)
    return relation if turned is None else Relation(turned, relation.right, relation.left)


def _solved(answer: Shape, reference: Shape) -> bool:
    """ "y = 2x + 1" beside an equation between the same variables."""
    named, relation = (answer, reference) if isinstance(answer, Quantity) else (reference, answer)
    if not isinstance(named, Quantity) or not isinstance(relation, Relation):
        return False
    if not named.name:
        bare = relation is answer and not symbols(named.node)  # a number, and an equation that ends with it
        if relation.sign != "=" or not (_is_name(relation.left) or (bare and _no_numbers(relation.left))):
            return relation.sign == "=" and _identity(relation) and same_node(relation.right, named.node)[0]
        sides = (named.node, relation.right)
        return same_node(*(sides if isinstance(answer, Quantity) else sides[::-1]))[0]
    return _same_relation(_equation(named), relation)


def _is_name(node: Node) -> bool:
    """Whether the left side of an equation only says what its right side is the value of: sin x, |AB|, dM/dt."""
    match node:
        case Call(_, (argument,)):
            return _is_name(argument) or isinstance(argument, Op)
        case Op("/", left, right):
            return _is_product(left) and _is_product(right)
        case _:
            return isinstance(node, Symbol)


def _is_product(node: Node) -> bool:
    match node:
        case Op("*", left, right):
            return _is_product(left) and _is_product(right)
        case _:
            return isinstance(node, Symbol)


def _no_numbers(node: Node) -> bool:
    match node:
        case Op("+" | "*" | "/", left, right):
            return _no_numbers(left) and _no_numbers(right)
        case _:
            return isinstance(node, Symbol)


def _identity(relation: Relation) -> bool:
    """Whether an equation holds whatever its variables are: then it is a computation with its result."""
    return same_node(relation.left, relation.right)[0]


def _same_matrix(answer: Matrix, reference: Matrix) -> bool:
    if [len(row) for row in answer.rows] != [len(row) for row in reference.rows]:
        return False
    return all(_in_order(a, b) for a, b in zip(answer.rows, reference.rows, strict=True))


def _same_vector(answer: Shape, reference: Shape) -> bool:
    """A row or column beside a tuple."""
    matrix, items = (answer, reference) if isinstance(answer, Matrix) else (reference, answer)
    if not isinstance(matrix, Matrix) or not isinstance(items, Items) or items.brackets in ("{}", "or"):
        return False
    cells = [cell for row in matrix.rows for cell in row]
    if min(len(matrix.rows), len(matrix.rows[0])) != 1 or len(cells) != len(items.items):
        return False
    left, right = (cells, items.items) if isinstance(answer, Matrix) else (items.items, cells)
    return _in_order(left, right)


def _same_ratio(answer: Ratio, reference: Ratio) -> bool:
    a, b = ([constant_value(term) for term in ratio.terms] for ratio in (answer, reference))
    if len(a) != len(b) or not all(isinstance(value, Fraction) and value for value in (*a, *b)):
        raise Undecided("ratio of other than numbers")
    return all(left * b[0] == right * a[0] for left, right in zip(a, b, strict=True))
