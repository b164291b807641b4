"""What the index keeps of a row: what it is filtered and sorted by, and the words in it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from dataclasses import dataclass
from typing import Any

from mathcoder.evaluation import EvalRow
from mathcoder.solving.text import error_shown, valid_text
from mathcoder.studio.traces.schema import COLUMNS, FACETS

__all__ = ["Taken", "group_of", "insert_row", "read_line", "texts_of"]


@dataclass(frozen=True, slots=True)
class Taken:
    """A row as the index takes it in. `values`: of the columns of `rows` from `reference` on, and before it."""

    facets: tuple[object, ...]
    named: tuple[object, ...]
    question: str
    values: tuple[object, ...]
    words: tuple[str, ...]


def read_line(line: bytes, vote: str) -> Taken:
    """A row of an evaluation, its solution as it is written there.

    Args:
        vote: what is known of how it stands to the other samples of its problem.

    Raises:
        ValueError, KeyError, TypeError, AttributeError, RecursionError: it is none.
    """
    row = EvalRow.from_json(json.loads(line))
    solution, cost = row.solution, row.solution.cost
    texts = texts_of(row)
    errors = {error_shown(text) for text in texts["output"]} - {None}
    names = "|".join(sorted(error or "untyped" for error in errors if error is not None))
    rounds = _number(cost.rounds)
    return Taken(
        facets=(
            *(_text(value) for value in (row.benchmark, row.level or "", row.subject or "", row.outcome)),
            names,
            rounds,
            vote,
        ),
        named=(*(_text(value) for value in (row.id, row.benchmark, row.problem)), _number(row.sample)),
        question=_text(row.question),
        values=(
            _text(row.reference),
            None if row.answer is None else _text(row.answer),
            None if row.correct is None else bool(row.correct),
            _text(row.rule),
            None if row.check is None else _text(row.check),
            solution.ended,
            _text(row.outcome),
            rounds,
            _number(cost.prompt_tokens + cost.completion_tokens),
            cost.model_seconds + cost.sandbox_seconds,
            vote,
            True,
        ),
        words=tuple(valid_text("\n".join(texts[name])).replace("\0", " ") for name in COLUMNS),
    )


def texts_of(row: EvalRow) -> dict[str, list[str]]:
    """The texts of a row by the column that they are looked for in."""
    texts: dict[str, list[str]] = {name: [] for name in COLUMNS}
    texts["question"] += [row.question, *row.options]
    for block in row.solution.blocks:
        texts["output" if block.type == "execution" else block.type].append(block.content)
    return texts


def insert_row(base: sqlite3.Connection, place: int, row: Taken, line: bytes) -> None:
    """Put a row into the tables, at its place in the run."""
    group = group_of(base, row.facets)
    base.execute("UPDATE groups SET count = count + 1 WHERE id = ?", (group,))
    base.execute(
        f"INSERT INTO rows VALUES ({', '.join('?' * 19)})",
        (place, group, *row.named, _question_id(base, row.question), *row.values),
    )
    base.execute("INSERT INTO bodies VALUES (?, ?)", (place, zlib.compress(line, 1)))
    base.execute(f"INSERT INTO words(rowid, {', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?)", (place, *row.words))


def group_of(base: sqlite3.Connection, facets: tuple[object, ...]) -> int:
    """The id of the group of rows that have these facets; made if there is none."""
    where = " AND ".join(f"{name} = ?" for name in FACETS)
    found = base.execute(f"SELECT id FROM groups WHERE {where}", facets).fetchone()
    if found:
        return found[0]
    made = base.execute(f"INSERT INTO groups ({', '.join(FACETS)}) VALUES (?, ?, ?, ?, ?, ?, ?)", facets)
    return int(made.lastrowid or 0)


def _question_id(base: sqlite3.Connection, question: str) -> int:
    digest = hashlib.sha256(question.encode()).digest()[:16]
    found = base.execute("SELECT id FROM questions WHERE digest = ?", (digest,)).fetchone()
    if found:
        return found[0]
    made = base.execute("INSERT INTO questions (digest, question) VALUES (?, ?)", (digest, question))
    return int(made.lastrowid or 0)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} should be a text")
    return valid_text(value)


def _number(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value < 2**62:
        raise TypeError(f"{value!r:.40} should be a number of 0 or more")
    return value
