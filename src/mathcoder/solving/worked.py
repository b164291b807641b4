"""Worked examples, written for this project: shown to a model that has not been trained on solutions."""

from __future__ import annotations

from mathcoder.solution import Block, Solution

__all__ = ["WORKED"]


def _worked(problem: str, code: str, output: str, answer: str) -> tuple[str, Solution]:
    last = Block("text", f"The answer is \\boxed{{{answer}}}.")
    return problem, Solution((Block("code", code), Block("execution", output), last), answer, "answer")


# Code first and few words: a small model copies the form, and has little room for more.
WORKED: tuple[tuple[str, Solution], ...] = (
    _worked(
        "A baker makes 12 trays of 8 rolls. She sells 70 rolls. How many rolls are left?",
        "rolls = 12 * 8\nsold = 70\nleft = rolls - sold\nprint(left)",
        "26",
        "26",
    ),
    _worked(
        "There are 40 children in 5 equal groups. How many children are in each group?",
        "children = 40\ngroups = 5\neach = children / groups\nprint(each)",
        "8.0",
        "8",
    ),
    _worked(
        "Tom had 15 dollars. He found 9 dollars more. How many dollars does he have now?",
        "dollars = 15\nfound = 9\ntotal = dollars + found\nprint(total)",
        "24",
        "24",
    ),
    _worked(
        "Ann picked 30 apples. Ben picked 18 apples. How many more apples did Ann pick than Ben?",
        "ann = 30\nben = 18\nmore = ann - ben\nprint(more)",
        "12",
        "12",
    ),
)
