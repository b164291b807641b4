"""Expressions: exact where they are rational, and never for long."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

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
    same_everywhere,
    symbols,
    value_at,
)
from mathcoder.grading.read import read
from mathcoder.grading.shapes import Quantity


def node(text: str) -> Node:
    shape = read(text)
    assert isinstance(shape, Quantity), text
    return shape.node


numbers = st.fractions(min_value=-20, max_value=20, max_denominator=12).map(Num)
nodes = st.recursive(
    numbers | st.sampled_from([Symbol("x"), Symbol("y")]),
    lambda inner: (
        st.builds(Op, st.sampled_from("+*/"), inner, inner)
        | st.builds(lambda base, power: Op("^", base, Num(Fraction(power))), inner, st.integers(0, 3))
    ),
    max_leaves=8,
)


def as_sympy(tree: Node) -> sympy.Expr:
    match tree:
        case Num(value):
            return sympy.Rational(value.numerator, value.denominator)
        case Symbol(name):
            return sympy.Symbol(name)
        case Op("+", left, right):
            return as_sympy(left) + as_sympy(right)
        case Op("*", left, right):
            return as_sympy(left) * as_sympy(right)
        case Op("/", left, right):
            return as_sympy(left) / as_sympy(right)
        case Op(_, left, right):
            return as_sympy(left) ** as_sympy(right)
        case _:
            raise AssertionError(tree)


@given(nodes, nodes)
def test_equality_of_rational_functions_agrees_with_sympy(left: Node, right: Node):
    try:
        ours = same_everywhere(left, right)
    except Undecided:
        return
    difference = sympy.cancel(sympy.together(as_sympy(left) - as_sympy(right)))
    assert ours == (difference == 0)


@given(nodes)
def test_values_agree_with_sympy(tree: Node):
    point = {"x": Fraction(3, 7), "y": Fraction(-5, 2)}
    try:
        value = value_at(tree, point)
    except Undecided:
        return
    there = {sympy.Symbol(name): sympy.Rational(at.numerator, at.denominator) for name, at in point.items()}
    assert sympy.Rational(value.numerator, value.denominator) == as_sympy(tree).subs(there)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"\frac{1}{2}+\frac13", Fraction(5, 6)),
        (r"\sqrt{16}", Fraction(4)),
        (r"\sqrt[3]{-8}", Fraction(-2)),
        ("27^{2/3}", Fraction(9)),
        ("2^{-3}", Fraction(1, 8)),
        ("5!", Fraction(120)),
        (r"\binom{6}{2}", Fraction(15)),
        (r"\log_{2}{1024}", Fraction(10)),
        (r"\lfloor 7/2 \rfloor", Fraction(3)),
        ("|-4|", Fraction(4)),
        (r"\sin 0", Fraction(0)),
    ],
)
def test_exact_values(text: str, value: Fraction):
    assert constant_value(node(text)) == value
    assert isinstance(constant_value(node(text)), Fraction)


@pytest.mark.parametrize("text", ["1/0", "0^0/0", "9^{9^{9^9}}", r"\sin(10^{10^{10}})", "10000000!", r"\log 0"])
def test_no_value(text: str):
    with pytest.raises(Undecided):
        constant_value(node(text))


def test_infinity_has_no_value():
    with pytest.raises(Undecided):
        constant_value(Constant("infinity"))


def test_a_cancellation_is_zero_and_a_small_number_is_not():
    zero = node(r"\sqrt{3+2\sqrt2}-1-\sqrt2")
    assert same_everywhere(zero, Num(Fraction(0)))
    assert not same_everywhere(node("e^{-200}"), Num(Fraction(0)))
    assert not same_everywhere(node("1/2004!"), node("1/2006!"))


@pytest.mark.parametrize(
    ("left", "right", "sign"),
    [("2x+4y", "x+2y", 1), ("x-y", "y-x", -1), ("x+y", "x-y", 0), ("x^2", "x", 0), (r"\sqrt2 x", "2x", 1)],
)
def test_proportional(left: str, right: str, sign: int):
    assert proportional(node(left), node(right)) == sign


def test_nothing_is_proportional_to_zero():
    with pytest.raises(Undecided):
        proportional(node("x-x"), node("0x"))


def test_symbols():
    assert symbols(Call("sin", (Op("+", Symbol("x"), Symbol("a_1")),))) == {"x", "a_1"}
