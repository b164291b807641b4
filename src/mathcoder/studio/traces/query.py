"""What is asked of an index: a page of rows, a row and its neighbours, what there is to filter by.

A filter of facets is decided on the groups of rows, of which there are few; rows are then those of some groups.
All values go to SQLite as bound parameters; the text of a statement is put together from constants only.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mathcoder.evaluation import EvalRow
from mathcoder.studio.traces.record import texts_of
from mathcoder.studio.traces.schema import COLUMNS, FACETS
from mathcoder.studio.traces.words import excerpt, fts_expression, search_terms

__all__ = [
    "FACETS",
    "SORTS",
    "Filters",
    "Overview",
    "find_place",
    "found_rows",
    "neighbours",
    "overview",
    "samples_of",
    "whole_row",
]

SORTS = ("place", "rounds", "tokens", "seconds")
"""What rows are sorted by: where they stand in the run, or what they took; from the least on."""

_QUESTION_CHARS, _ANSWER_CHARS = 300, 200  # of a row on a page


@dataclass(frozen=True, slots=True)
class Filters:
    """Which rows are wanted, and in which order.

    Attributes:
        facets: for some of `FACETS`, the values of which one is wanted. Of `error` also "any" and "none",
            of `outcome` also "not right".
        problem: only the samples of this one.
        text: words that all occur in a row (`search_terms`).
        part: of the solution, in which they occur; everywhere if None.
        sort: of `SORTS`, with "-" before it from the most on.

    Raises:
        ValueError: there is no such facet, part or order.
    """

    facets: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    problem: str | None = None
    text: str = ""
    part: str | None = None
    sort: str = "place"

    def __post_init__(self) -> None:
        for name in self.facets:
            if name not in FACETS:
                raise ValueError(f"no filter {name!r}; there are {', '.join(FACETS)}")
        if self.sort.removeprefix("-") not in SORTS:
            raise ValueError(f"no order {self.sort!r}; there are {', '.join(SORTS)}, or with - before it")
        if self.part is not None and self.part not in COLUMNS:
            raise ValueError(f"no part {self.part!r} of a solution; there are {', '.join(COLUMNS)}")

    @property
    def terms(self) -> list[str]:
        """What `text` has that can be looked for; it may be nothing."""
        return search_terms(self.text)

    @property
    def order(self) -> str:
        """The column that is sorted by."""
        return SORTS[SORTS.index(self.sort.removeprefix("-"))]

    @property
    def falling(self) -> bool:
        """Whether the most comes first."""
        return self.sort.startswith("-")


@dataclass(frozen=True, slots=True)
class Overview:
    """How many rows are wanted, how many of them are right, and how many there would be by the values of a facet.

    Attributes:
        facets: for each facet its values, with the rows that have it and pass all other filters.
        groups: the ids of the groups that pass; None where all do.
    """

    total: int
    right: int
    facets: dict[str, dict[str, int]]
    groups: tuple[int, ...] | None


def overview(base: sqlite3.Connection, filters: Filters) -> Overview:
    """What the filters leave."""
    found = base.execute(f"SELECT id, {', '.join(FACETS)}, count FROM groups WHERE count > 0").fetchall()
    counts = {row[0]: row[-1] for row in found}
    if filters.terms or filters.problem is not None:
        tables, where, values = _rows(filters, None)
        counts = dict(
            base.execute(f"SELECT r.grp, count(*) FROM {tables} {where} GROUP BY r.grp", values).fetchall()
        )
    facets: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    total = right = 0
    passing: list[int] = []
    for group, *values, _ in found:
        has = {name: _values(name, value) for name, value in zip(FACETS, values, strict=True)}
        failing = [name for name, wanted in filters.facets.items() if wanted and not set(wanted) & set(has[name])]
        count = counts.get(group, 0)
        if not failing:
            passing.append(group)
            total += count
            right += count if "right" in has["outcome"] else 0
        for name in failing or FACETS:
            if len(failing) < 2:
                for value in has[name]:
                    facets[name][value] += count
    groups = None if len(passing) == len(found) else tuple(passing)
    return Overview(total, right, {name: _in_order(values) for name, values in facets.items()}, groups)


def _in_order(values: Counter[str]) -> dict[str, int]:
    """The values that some rows have, numbers as numbers."""
    names = sorted(values, key=lambda value: (int(value) if value.isdecimal() and len(value) < 9 else -1, value))
    return {name: values[name] for name in names if values[name]}


def _values(facet: str, value: Any) -> tuple[str, ...]:
    """The values of a group in a facet."""
    if facet == "error":
        return ("any", *value.split("|")) if value else ("none",)
    if facet == "outcome":
        return ("right",) if value == "right" else (value, "not right")
    return (str(value),)


def _rows(filters: Filters, groups: tuple[int, ...] | None) -> tuple[str, str, list[object]]:
    """The tables of a statement, its conditions, and the values of these."""
    tables, conditions, values = "rows AS r", list[str](), list[object]()
    if filters.terms:
        tables = "words JOIN rows AS r ON r.place = words.rowid"
        conditions.append("words MATCH ?")
        values.append(fts_expression(filters.terms, filters.part))
    if filters.problem is not None:
        conditions.append("r.problem = ?")
        values.append(filters.problem)
    if groups is not None:
        conditions.append("r.grp IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(groups))
    return tables, "WHERE " + " AND ".join(conditions) if conditions else "", values


_SHOWN = (
    "place", "id", "benchmark", "problem", "sample", "question", "reference", "answer", "outcome", "correct",
    "rule", "rounds", "tokens", "seconds", "vote", "level", "subject", "error",
)  # fmt: skip


def found_rows(
    base: sqlite3.Connection, filters: Filters, groups: tuple[int, ...] | None, start: int, count: int
) -> list[dict[str, Any]]:
    """Some of the rows that pass, short: a question, an answer and a reference may be cut.

    Where text was looked for, `excerpt` is where it was found; None where it is only another form of the word.

    Args:
        groups: from the `overview` of the same filters.
        start: how many rows come before.
    """
    tables, where, values = _rows(filters, groups)
    order = f"{_order(filters, filters.falling)} LIMIT ? OFFSET ?"
    found = base.execute(f"SELECT r.place FROM {tables} {where} {order}", (*values, count, start))
    places = [place for (place,) in found]
    return _shown(base, places, filters)


def _order(filters: Filters, falling: bool) -> str:
    """The order of rows. That of the run is the one in which FTS5 finds them, so that it can stop after a page."""
    way = "DESC" if falling else "ASC"
    if filters.order == "place":
        return f"ORDER BY {'words.rowid' if filters.terms else 'r.place'} {way}"
    return f"ORDER BY r.{filters.order} {way}, r.place {way}"


def _shown(base: sqlite3.Connection, places: Sequence[int], filters: Filters) -> list[dict[str, Any]]:
    found = base.execute(
        f"SELECT r.place, r.id, r.benchmark, problem, sample, substr(questions.question, 1, {_QUESTION_CHARS}),"
        f" substr(reference, 1, {_ANSWER_CHARS}), substr(answer, 1, {_ANSWER_CHARS}), r.outcome, correct, rule,"
        " r.rounds, tokens, seconds, r.vote, groups.level, groups.subject, groups.error"
        " FROM rows AS r JOIN groups ON groups.id = r.grp JOIN questions ON questions.id = r.question"
        " WHERE r.place IN (SELECT value FROM json_each(?))",
        (json.dumps(places),),
    )
    rows: dict[int, dict[str, Any]] = {row[0]: dict(zip(_SHOWN, row, strict=True)) for row in found}
    terms = filters.terms
    for place, row in rows.items():
        row["correct"] = None if row["correct"] is None else bool(row["correct"])
        row["error"] = row["error"].split("|") if row["error"] else []
        if terms:
            row["excerpt"] = excerpt(texts_of(EvalRow.from_json(whole_row(base, place))), terms, filters.part)
    return [rows[place] for place in places]


def whole_row(base: sqlite3.Connection, place: int) -> dict[str, Any]:
    """The row at a place as the run has it.

    Raises:
        KeyError: there is none.
    """
    found = base.execute("SELECT body FROM bodies WHERE place = ?", (place,)).fetchone()
    if found is None:
        raise KeyError(place)
    return json.loads(zlib.decompress(found[0]))


def find_place(base: sqlite3.Connection, name: str) -> int:
    """The place of the row with an id; of the last one, where a run has several.

    Raises:
        KeyError: there is none.
    """
    found = base.execute("SELECT max(place) FROM rows WHERE id = ?", (name,)).fetchone()
    if found[0] is None:
        raise KeyError(name)
    return found[0]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where a row stands among those that pass: how many come before it, and the ids beside it."""

    before: int
    previous: str | None
    following: str | None


def neighbours(
    base: sqlite3.Connection, filters: Filters, groups: tuple[int, ...] | None, place: int
) -> Neighbours:
    """What stands beside a row in the order of the filters, whether it passes itself or not."""
    tables, where, values = _rows(filters, groups)
    column = filters.order
    (value,) = base.execute(f"SELECT {column} FROM rows WHERE place = ?", (place,)).fetchone()
    joined = f"{where} AND" if where else "WHERE"
    less, more = f"{joined} (r.{column}, r.place) < (?, ?)", f"{joined} (r.{column}, r.place) > (?, ?)"
    ends = [(True, less), (False, more)]
    beside: list[str | None] = []
    for falling, side in ends:
        order = f"{_order(filters, falling)} LIMIT 1"
        found = base.execute(f"SELECT r.id FROM {tables} {side} {order}", (*values, value, place)).fetchone()
        beside.append(found[0] if found else None)
    side = more if filters.falling else less
    before = base.execute(f"SELECT count(*) FROM {tables} {side}", (*values, value, place)).fetchone()[0]
    previous, following = reversed(beside) if filters.falling else beside
    return Neighbours(before, previous, following)


def samples_of(base: sqlite3.Connection, benchmark: str, problem: str) -> list[dict[str, Any]]:
    """The samples of a problem, at most 200 of them: what each answers and how it stands to the others."""
    names = ("id", "sample", "answer", "outcome", "vote", "chosen")
    found = base.execute(
        f"SELECT id, sample, substr(answer, 1, {_ANSWER_CHARS}), outcome, vote, chosen FROM rows"
        " WHERE benchmark = ? AND problem = ? ORDER BY place LIMIT 200",
        (benchmark, problem),
    )
    return [dict(zip(names, row, strict=True)) for row in found]
