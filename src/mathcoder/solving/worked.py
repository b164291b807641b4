"""Worked examples, written for this project: shown to a model that has not been trained on solutions."""

from __future__ import annotations

from mathcoder.solution import Block, Solution

__all__ = ["WORKED", "WORKED_IN_WORDS"]


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


def _in_words(problem: str, words: str, answer: str) -> tuple[str, Solution]:
    text = f"{words} The answer is \\boxed{{{answer}}}."
    return problem, Solution((Block("text", text),), answer, "answer")


# The same problems without code, for chain of thought.
WORKED_IN_WORDS: tuple[tuple[str, Solution], ...] = (
    _in_words(
        WORKED[0][0], "12 trays of 8 rolls are 12 * 8 = 96 rolls. After 70 are sold, 96 - 70 = 26 are left.", "26"
    ),
    _in_words(WORKED[1][0], "40 children in 5 equal groups make 40 / 5 = 8 children in each group.", "8"),
    _in_words(WORKED[2][0], "Tom had 15 dollars and found 9 more, so he has 15 + 9 = 24 dollars.", "24"),
    _in_words(WORKED[3][0], "Ann picked 30 apples and Ben 18, so Ann picked 30 - 18 = 12 more.", "12"),
)
