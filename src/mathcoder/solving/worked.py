"""Worked examples, written for this project: shown to a model that has not been trained on solutions."""

from __future__ import annotations

from mathcoder.solution import Block, Solution

__all__ = ["WORKED"]


def _solution(before: str, code: str, output: str, after: str, answer: str) -> Solution:
    blocks = (Block("text", before), Block("code", code), Block("execution", output), Block("text", after))
    return Solution(blocks, answer, "answer")


WORKED: tuple[tuple[str, Solution], ...] = (
    (
        "A baker makes 12 trays of 8 rolls. She sells 70 rolls. How many rolls are left?",
        _solution(
            "She makes 12 * 8 rolls and sells 70 of them.",
            "rolls = 12 * 8\nleft = rolls - 70\nprint(left)",
            "26",
            "The answer is \\boxed{26}.",
            "26",
        ),
    ),
    (
        "Tom has 15 dollars. He buys 3 pens for 2 dollars each. How many dollars does he have left?",
        _solution(
            "The pens cost 3 * 2 dollars.",
            "cost = 3 * 2\nleft = 15 - cost\nprint(left)",
            "9",
            "The answer is \\boxed{9}.",
            "9",
        ),
    ),
    (
        "What are the solutions of x**2 - 5*x + 6 = 0?",
        _solution(
            "I solve the equation with sympy.",
            "from sympy import symbols, solve\nx = symbols('x')\nprint(solve(x**2 - 5*x + 6, x))",
            "[2, 3]",
            "The answer is \\boxed{2, 3}.",
            "2, 3",
        ),
    ),
)
