"""How each solution stands to the others of its problem: the vote as scores and comparisons count it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal

from mathcoder.evaluation import EvalRow
from mathcoder.evaluation.samples import voted
from mathcoder.grading import is_equivalent
from mathcoder.solution import Solution
from mathcoder.studio.traces.record import group_of
from mathcoder.studio.traces.schema import FACETS

__all__ = ["COUNTING", "SINGLE", "Progress", "Work", "count_votes", "light_rows"]

SINGLE, COUNTING = "single", "counting"
"""The only sample of its problem; one whose problem is yet to be looked at."""
UNANIMOUS, MAJORITY, MINORITY = "unanimous", "majority", "minority"
"""All samples agree; they do not, and this one is with the answer that won, or against it."""

Work = Literal["rows", "votes"]
Progress = Callable[[Work, float], bool]
"""Told what is being read into an index, and the share of it that is done; says whether to go on."""

_BATCH = 100  # problems


def count_votes(base: sqlite3.Connection, progress: Progress) -> None:
    """Look at the problems that have samples which came since the last time."""
    total = _waiting(base)
    while left := _waiting(base):
        base.execute("BEGIN IMMEDIATE")
        try:
            problems = base.execute(
                "SELECT DISTINCT benchmark, problem FROM rows WHERE vote = 'counting' LIMIT ?", (_BATCH,)
            ).fetchall()
            for benchmark, problem in problems:
                _count(base, benchmark, problem)
            base.execute("UPDATE about SET value = value + 1 WHERE name = 'version'")
        except BaseException:
            base.execute("ROLLBACK")
            raise
        base.execute("COMMIT")
        if not progress("votes", 1 - left / total):
            return


def _waiting(base: sqlite3.Connection) -> int:
    return base.execute("SELECT count(*) FROM rows WHERE vote = 'counting'").fetchone()[0]


def _count(base: sqlite3.Connection, benchmark: str, problem: str) -> None:
    samples = light_rows(base, benchmark, problem)
    places, rows = [place for place, _ in samples], [row for _, row in samples]
    winner = voted(rows)
    with_it = [row.answer == winner.answer or _same(row.answer, winner.answer) for row in rows]
    for place, row, agrees in zip(places, rows, with_it, strict=True):
        vote = SINGLE if len(rows) == 1 else UNANIMOUS if all(with_it) else MAJORITY if agrees else MINORITY
        (before,) = base.execute("SELECT grp FROM rows WHERE place = ?", (place,)).fetchone()
        facets = base.execute(f"SELECT {', '.join(FACETS)} FROM groups WHERE id = ?", (before,)).fetchone()
        after = group_of(base, (*facets[:-1], vote))
        base.execute("UPDATE groups SET count = count - 1 WHERE id = ?", (before,))
        base.execute("UPDATE groups SET count = count + 1 WHERE id = ?", (after,))
        base.execute(
            "UPDATE rows SET grp = ?, vote = ?, chosen = ? WHERE place = ?", (after, vote, row is winner, place)
        )


def _same(answer: str | None, other: str | None) -> bool:
    return answer is not None and other is not None and _equivalent(answer, other)


@lru_cache(65_536)
def _equivalent(answer: str, other: str) -> bool:
    # A decimal may meet an exact value, so that the question is not symmetric.
    return any(is_equivalent(*pair).correct for pair in ((answer, other), (other, answer)))


def light_rows(
    base: sqlite3.Connection, benchmark: str | None = None, problem: str | None = None
) -> list[tuple[int, EvalRow]]:
    """Rows without their solutions, with their places, in the order of the run: all, or those of a problem."""
    questions: dict[int, str] = {}
    where = "" if problem is None else "WHERE benchmark = ? AND problem = ?"
    if problem is None:
        questions = dict(base.execute("SELECT id, question FROM questions").fetchall())
    found = base.execute(
        "SELECT place, id, benchmark, problem, sample, question, reference, answer, correct, rule, outcome,"
        f" checked FROM rows {where} ORDER BY place",
        () if problem is None else (benchmark, problem),
    )
    return [(row[0], _light(row, questions.get(row[5], ""))) for row in found]


_NONE = Solution(())


def _light(row: Any, question: str) -> EvalRow:
    _, name, benchmark, problem, sample, _, reference, answer, correct, rule, outcome, check = row
    return EvalRow(
        id=name,
        benchmark=benchmark,
        problem=problem,
        sample=sample,
        question=question,
        reference=reference,
        solution=_NONE,
        answer=answer,
        correct=None if correct is None else bool(correct),
        rule=rule,
        outcome=outcome,
        check=check,
    )
