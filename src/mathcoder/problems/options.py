"""Multiple choice as sets write it: letters before the choices, all choices in one string, or in the question.

A list of choices is split only where the letters in it are A, B, C and so on, each once and in order. What is not
so is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mathcoder.problems.problem import Problem

__all__ = ["LETTERS", "as_letters", "in_question", "lettered", "split_options"]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# "A)", "(A)", "A." or "a )", not in the middle of a word or a formula.
_MARK = re.compile(r"(?:^|(?<=[\s,）]))[(（]?([A-Ja-j])\s?[).）]\s*")


def split_options(options: Sequence[str]) -> tuple[str, ...]:
    """The texts of the choices without their letters; empty where one string cannot be split safely."""
    if len(options) == 1 and options[0].startswith("['") and options[0].endswith("']"):
        options = options[0][2:-2].split("', '")  # a list written as Python writes one
    if len(options) == 1:
        return _split(options[0])[1]
    marks = [_MARK.match(option) for option in options]
    if [mark and mark[1].upper() for mark in marks] == list(LETTERS[: len(options)]):
        return tuple(_bare(option) for option in options)
    return tuple(option.strip() for option in options)


def in_question(problem: Problem) -> Problem:
    """The problem with the choices that its question ends in as `options`.

    Unchanged where they cannot be split safely, or where the answer is not among them.
    """
    question, options = _split(problem.question)
    answer = as_letters(problem.answer, options)
    if not question or not is_letters(answer, options):
        return problem
    question = re.sub(r"\s*\bAnswer Choices:$", "", question)
    return replace(problem, question=question, options=options, answer=answer)


def lettered(options: Sequence[str]) -> list[str]:
    """The choices as they are shown, a line each: `(A) 5`."""
    return [f"({letter}) {option}" for letter, option in zip(LETTERS, options, strict=False)]


def as_letters(answer: str, options: Sequence[str]) -> str:
    """The answer as capital letters, where it is letters in some other spelling or the text of one choice."""
    bare = answer.strip().strip("()").upper()
    if len(bare) == 1 and is_letters(bare, options):
        return bare
    texts = [_squeezed(option) for option in options]
    for text in (_squeezed(answer), _squeezed(_bare(answer))):
        if texts.count(text) == 1:
            return LETTERS[texts.index(text)]
    return bare if is_letters(bare, options) else answer


def is_letters(answer: str, options: Sequence[str]) -> bool:
    """Whether it is one capital letter or several, in order, of the options; A to J where there are none."""
    allowed = LETTERS[: len(options) or 10]
    return bool(answer) and list(answer) == sorted(set(answer)) and all(letter in allowed for letter in answer)


def _split(text: str) -> tuple[str, tuple[str, ...]]:
    """What stands before the choices that a text ends in, and the choices."""
    marks: list[re.Match[str]] = []
    for mark in _MARK.finditer(text):
        if not (marks and mark[1] == marks[-1][1] and mark.start() == marks[-1].end()):  # not "a ) a )"
            marks.append(mark)
    letters = "".join(mark[1].upper() for mark in marks)
    start = letters.rfind("A")
    count = len(letters) - start
    if start < 0 or count < 2 or letters[start:] != LETTERS[:count] or "A" in letters[:start]:
        return text, ()
    marks = marks[start:]
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    texts = tuple(_bare(text[mark.start() : end]).rstrip(" ,\n") for mark, end in zip(marks, ends, strict=True))
    if not all(texts):
        return text, ()
    return text[: marks[0].start()].rstrip(), texts


def _bare(option: str) -> str:
    """Without the letter before it, which some rows have twice."""
    while mark := _MARK.match(option):
        option = option[mark.end() :]
    return option.strip()


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).rstrip(".。")
