"""Brings problems of single sets into shape: each function takes one problem and gives it back in order."""

from __future__ import annotations

import re
from dataclasses import replace

from mathcoder.problems.problem import Problem


def without_units(problem: Problem) -> Problem:
    """ASDiv: "16 (oranges)" is 16, "14 (ft); 16 (ft)" is "14; 16"."""
    return replace(problem, answer=re.sub(r"(?<=\S) \([^()]*\)", "", problem.answer))


def plain_level(problem: Problem) -> Problem:
    """MATH: "Level 5" is 5; two rows say "Level ?"."""
    level = (problem.level or "").removeprefix("Level ").strip("?")
    return replace(problem, level=level or None)


def stray_answer(problem: Problem) -> Problem:
    """Gaokao 2023: two questions end in their answer and state none."""
    stray = re.search(r"answers?: (.*)$", problem.question, re.IGNORECASE)
    if problem.answer or not stray:
        return problem
    return replace(problem, question=problem.question[: stray.start()].rstrip(), answer=stray[1])


def bare_letter(problem: Problem) -> Problem:
    """TheoremQA: the choices of a few questions stand inside the question, and "(b)" is B."""
    letter = re.fullmatch(r"\(([a-z])\)", problem.answer)
    return replace(problem, answer=letter[1].upper()) if letter else problem
