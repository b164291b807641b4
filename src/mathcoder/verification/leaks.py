"""The result in the code: where it is written down, or goes in to come out again."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fractions import Fraction

from mathcoder.grading.expression import Node, Num, Op, Symbol, symbols
from mathcoder.verification.changes import Change, change_numbers, change_word, scale_formula
from mathcoder.verification.forms import form, literal, number, rational_value, subformulas, worth_the_same
from mathcoder.verification.places import Place
from mathcoder.verification.program import Program
from mathcoder.verification.stated import HELPERS, SMALL, UNITS, Stated

__all__ = ["leaks", "written_down"]


def written_down(program: Program, stated: Stated) -> tuple[str, bool]:
    """Why the result is plainly written down in what is printed; "" if it is not, and whether it may yet be."""
    guarded = False
    for expr, last in program.printed():
        if isinstance(expr, ast.Constant) and _is_literal(expr.value, stated, last):
            return "the result is a literal", True
        node = program.formula(expr)
        if node is None or len(stated.result_leaves) != 1:
            continue
        if last and _rewritten(node, stated) and not stated.has_form(node, program.as_written(expr)):
            return "the result itself is printed", True
        if _is_number(node, stated) or (not stated.is_number and form(node) == stated.result_forms[0]):
            if last or not _is_stated(node, stated):
                return "the result is a literal" if not symbols(node) else "the result itself is printed", True
            guarded = True  # a number of the text, printed after a test
    return "", guarded


def _is_literal(value: object, stated: Stated, last: bool) -> bool:
    """Whether a literal that is printed is the result, not another number that is rounded to it."""
    found = literal(value) if not isinstance(value, str) else number(value)
    if found is None or stated.value is None:
        return last
    return found == abs(stated.value) or (last and isinstance(value, str))


def _rewritten(node: Node, stated: Stated) -> bool:
    """Whether the result is printed in another form although an operation on another formula is asked for."""
    return bool(symbols(node)) and stated.operates and worth_the_same(node, stated.result_leaves[0])


def _is_number(node: Node, stated: Stated) -> bool:
    """Whether a formula is a number or fraction that is the result in another format: 7/8 and 0.875."""
    value = rational_value(node)
    if value is None or value != stated.value:
        return False
    bare = _unsigned(node)
    if isinstance(bare, Num):
        return True
    if not (isinstance(bare, Op) and bare.sign == "/"):
        return False
    parts = [abs(part.value) for part in subformulas(bare) if isinstance(part, Num) and abs(part.value) != 1]
    reduced = {abs(value.numerator), value.denominator} - {1}
    return value.denominator != 1 and set(parts) == reduced and not reduced <= stated.numbers


def _fraction(node: Node) -> set[Fraction]:
    """The two numbers of a fraction; none if it is none."""
    match node:
        case Op("/", Num(top), Num(bottom)):
            return {abs(top), abs(bottom)}
        case _:
            return set()


def _unsigned(node: Node) -> Node:
    return node.right if isinstance(node, Op) and node.left == Num(Fraction(-1)) else node


def _is_stated(node: Node, stated: Stated) -> bool:
    if isinstance(node, Num):
        return abs(node.value) in stated.numbers
    return form(node) in stated.forms


def leaks(program: Program, stated: Stated, printed: str) -> Iterator[tuple[Change, bool]]:
    """Changes of what looks like the result and does not come from the text; with each whether it is a number
    that has to come out as it stands for the result to be written down."""
    value = stated.value
    if value is not None and abs(value) not in stated.numbers | HELPERS:
        for place in program.places(abs(value)):
            if abs(value) not in UNITS or not program.is_factor(place):
                yield change_numbers([place], abs(value)), value.denominator == 1
    if value is not None:
        for place in program.strings.get(abs(value), ()):
            yield change_numbers([place], abs(value)), False
    for place in program.words():
        if isinstance(place.node, ast.Constant) and place.node.value == printed and number(printed) is None:
            yield change_word(place), False
    if value is not None and value.denominator != 1:
        for place, node in program.fractions():
            parts = _fraction(_unsigned(node))
            plain = parts and abs(rational_value(node) or 0) == abs(value) and not parts - SMALL <= stated.numbers
            if plain and form(node) not in stated.forms:
                yield scale_formula(place), False
    if value is None or stated.components or program.symbols:
        for leak in _formula_leaks(program, stated):
            yield leak, False
    for place in _root_factors(program, stated):
        yield scale_formula(place), False
    for component in sorted(stated.components.intersection(program.values)) if value is None else ():
        if component not in SMALL and component not in stated.shares:
            for place in program.places(component):
                yield change_numbers([place], component), False


def _root_factors(program: Program, stated: Stated) -> Iterator[Place]:
    """Factors such as x - 2 where 2 is a result and the text has no x - 2: the solution went into the equation."""
    results = {value for leaf in stated.result_leaves if (value := rational_value(leaf)) is not None}
    for place in program.sums():
        node = program.formula(place.node)
        if not isinstance(node, Op) or node.sign != "+" or not isinstance(node.left, Symbol):
            continue
        added = rational_value(node.right)
        if added is not None and -added in results and form(node) not in stated.forms:
            yield place


def _is_bare(node: Node, stated: Stated) -> bool:
    """Whether a formula with variables holds no number of the text but the smallest."""
    values = {abs(part.value) for part in subformulas(node) if isinstance(part, Num)} - SMALL
    return bool(symbols(node)) and values.isdisjoint(stated.numbers)


def _formula_leaks(program: Program, stated: Stated) -> Iterator[Change]:
    leaves = stated.result_leaves
    if len(leaves) == 1:
        asked = stated.asked is not None and worth_the_same(stated.asked, leaves[0])
        for place, node in program.formulas:
            alike = form(node) == stated.result_forms[0] and not isinstance(_unsigned(node), Num)
            alike = alike or (not asked and _is_bare(node, stated) and worth_the_same(node, leaves[0]))
            if alike and not stated.has_form(node, program.as_written(place.node)):
                yield scale_formula(place)
        return
    wanted = sorted(stated.result_forms, key=repr)
    for place, nodes in program.containers():
        if sorted(map(form, nodes), key=repr) == wanted and not stated.lists(nodes):
            yield scale_formula(place)
