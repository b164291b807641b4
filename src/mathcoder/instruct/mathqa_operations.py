"""The operations of MathQA's programs (arXiv 1905.13319) as formulas.

The paper describes the language: operations on the numbers of a problem, on constants and on earlier results. It
names them by what they compute; the names here are those that occur in the published programs, with their
spelling (`reminder`, `circumface`). Angles are in radians, a logarithm of one number is to the base 2.
"""

from __future__ import annotations

import ast
from functools import cache

from mathcoder.translation.tree import Call, Constant, Name, Number, Tree, free_names

__all__ = ["NOUNS", "OPERATIONS", "operation"]

OPERATIONS: dict[str, str] = {
    "add": "a + b",
    "subtract": "a - b",
    "multiply": "a * b",
    "divide": "a / b",
    "power": "a ** b",
    "sqrt": "sqrt(a)",
    "log": "log(a, 2)",
    "negate": "-a",
    "inverse": "1 / a",
    "floor": "floor(a)",
    "round": "floor(a + 1 / 2)",
    "max": "max(a, b)",
    "min": "min(a, b)",
    "reminder": "mod(a, b)",
    "gcd": "gcd(a, b)",
    "lcm": "lcm(a, b)",
    "factorial": "factorial(a)",
    "choose": "binomial(a, b)",
    "combination": "binomial(a, b)",
    "permutation": "factorial(a) / factorial(a - b)",
    "count_interval": "a - b + 1",
    "sum_consecutive_number": "a * (a + 1) / 2",
    "sine": "sin(a)",
    "cosine": "cos(a)",
    "tangent": "tan(a)",
    "degree_to_radians": "a * pi / 180",
    "radians_to_degress": "a * 180 / pi",
    # plane figures: radius; base and height; sides; a diagonal and two heights
    "circle_area": "pi * a ** 2",
    "circumface": "2 * pi * a",
    "circle_arc": "a / 360 * 2 * pi * b",
    "circle_sector_area": "b / 360 * pi * a ** 2",
    "semi_circle_perimiter": "pi * a + 2 * a",
    "rectangle_area": "a * b",
    "rectangle_perimeter": "2 * (a + b)",
    "square_area": "a ** 2",
    "square_perimeter": "4 * a",
    "square_edge_by_area": "sqrt(a)",
    "square_edge_by_perimeter": "a / 4",
    "rhombus_area": "a * b / 2",
    "rhombus_perimeter": "4 * a",
    "quadrilateral_area": "a * (b + c) / 2",
    "trapezium_area": "a * (b + c) / 2",
    "triangle_area": "a * b / 2",
    "triangle_perimeter": "a + b + c",
    "triangle_area_three_edges": "sqrt((a + b + c) * (b + c - a) * (a + c - b) * (a + b - c)) / 4",
    "diagonal": "sqrt(a ** 2 + b ** 2)",
    "side_by_diagonal": "sqrt(a ** 2 - b ** 2)",
    # solids: edge; radius, and height or slant height
    "volume_cube": "a ** 3",
    "volume_rectangular_prism": "a * b * c",
    "volume_sphere": "4 * pi * a ** 3 / 3",
    "volume_cylinder": "pi * a ** 2 * b",
    "volume_cone": "pi * a ** 2 * b / 3",
    "surface_cube": "6 * a ** 2",
    "surface_rectangular_prism": "2 * (a * b + a * c + b * c)",
    "surface_sphere": "4 * pi * a ** 2",
    "surface_cylinder": "2 * pi * a * (a + b)",
    "surface_cone": "pi * a * (a + b)",
    "cube_edge_by_volume": "a ** (1 / 3)",
    # per cent and prices: the percentage first
    "percent": "a / 100 * b",
    "from_percent": "a / 100",
    "to_percent": "a * 100",
    "gain_percent": "100 + a",
    "loss_percent": "100 - a",
    "negate_percent": "100 - a",
    "p_after_gain": "(1 + a / 100) * b",
    "p_after_loss": "(1 - a / 100) * b",
    "price_after_gain": "(1 + a / 100) * b",
    "price_after_loss": "(1 - a / 100) * b",
    "original_price_before_gain": "b * 100 / (100 + a)",
    "original_price_before_loss": "b * 100 / (100 - a)",
    # chance, work, and speed
    "union_prob": "a + b - c",
    "negate_prob": "1 - a",
    "combined_work": "1 / (1 / a + 1 / b)",
    "find_work": "1 / (1 / a - 1 / b)",
    "speed": "a / b",
    "speed_in_still_water": "(a + b) / 2",
    "stream_speed": "(a - b) / 2",
    "speed_ratio_steel_to_stream": "(a + b) / (a - b)",
}
"""What each operation computes from its arguments a, b and c."""

NOUNS = {
    "add": "total",
    "subtract": "difference",
    "multiply": "product",
    "divide": "quotient",
    "sqrt": "root",
    "log": "logarithm",
    "negate": "negative",
    "inverse": "reciprocal",
    "floor": "whole_part",
    "round": "rounded",
    "max": "larger",
    "min": "smaller",
    "reminder": "remainder",
    "gcd": "common_divisor",
    "lcm": "common_multiple",
    "factorial": "orders",
    "choose": "choices",
    "combination": "choices",
    "permutation": "arrangements",
    "circumface": "circumference",
    "semi_circle_perimiter": "semicircle_perimeter",
    "radians_to_degress": "degrees",
    "degree_to_radians": "radians",
}
"""Names of variables for results, where they are not the name of the operation."""

_SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}


@cache
def operation(name: str) -> tuple[Tree, int]:
    """The formula of an operation and how many arguments it takes.

    Raises:
        ValueError: there is no such operation.
    """
    if name not in OPERATIONS:
        raise ValueError(f"no operation of MathQA: {name[:40]!r}; OPERATIONS lists them")
    tree = _tree(ast.parse(OPERATIONS[name], mode="eval").body)
    return tree, len(free_names(tree))


def _tree(node: ast.expr) -> Tree:
    match node:
        case ast.Constant(value=value):
            return Number(str(value))
        case ast.Name(id="pi"):
            return Constant("pi")
        case ast.Name(id=name):
            return Name(name)
        case ast.UnaryOp(operand=operand):
            return Call("-", (_tree(operand),))
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return Call("+", (_tree(left), Call("-", (_tree(right),))))
        case ast.BinOp(left=left, op=sign, right=right):
            return Call(_SIGNS[type(sign)], (_tree(left), _tree(right)))
        case ast.Call(func=ast.Name(id=name), args=args):
            return Call(name, tuple(map(_tree, args)))
        case _:
            raise ValueError(f"no formula: {ast.unparse(node)}")
