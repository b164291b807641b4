"""Synthetic texts, and questions with worked answers: tables of texts, or of questions and solutions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mathcoder.corpus.sources import columns
from mathcoder.corpus.sources.paths import read_whole, wanted
from mathcoder.corpus.sources.row import Row, dropped, kept
from mathcoder.corpus.sources.spec import SourceSpec
from mathcoder.corpus.sources.tables import Record, is_table, records
from mathcoder.rows import BadRow

__all__ = ["read_text"]

_WHOLE = (".txt", ".md", ".markdown")


def read_text(spec: SourceSpec, places: Sequence[Path]) -> Iterator[Row]:
    """The rows of the tables, and the plain files, at `places`."""
    for path in wanted(spec, places, lambda path: is_table(path) or _is_whole(path), "tables or texts"):
        if isinstance(path, Row):
            yield path
        elif is_table(path):
            for row in records(path, spec.limits):
                yield _bad(spec, row) if isinstance(row, BadRow) else _row(spec, row[1], f"{path}:{row[0]}")
        elif _is_whole(path):
            yield _plain(spec, path)
        else:
            yield dropped(
                spec, f"{path.suffix or 'no suffix'}: neither a table (Parquet, JSON Lines) nor a text", str(path)
            )


def _is_whole(path: Path) -> bool:
    return path.suffix.lower() in _WHOLE


def _bad(spec: SourceSpec, row: BadRow) -> Row:
    return dropped(spec, row.reason, f"{row.file}:{row.line}")


def _plain(spec: SourceSpec, path: Path) -> Row:
    try:
        return kept(spec, read_whole(path, spec.limits, spec.limits.file_bytes).decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        return dropped(spec, f"byte {error.start + 1} is not UTF-8", str(path))
    except ValueError as error:
        return dropped(spec, str(error), str(path))


def _row(spec: SourceSpec, record: Record, path: str) -> Row:
    fields = spec.fields
    asked = fields.question or fields.solution or fields.answer
    name = None if asked and not fields.text else columns.column(record, fields.text, columns.TEXT)
    try:
        if name is not None:
            text, used = columns.text_of(record, name), (name,)
        elif fields.text is not None:
            return dropped(spec, columns.no_column(record, fields.text, "a text"), path)
        else:
            text, used = _worked(spec, record)
    except ValueError as error:
        return dropped(spec, str(error), path)
    facts = columns.facts(spec, record, used)
    return kept(
        spec,
        text.strip(),
        path,
        url=facts.url,
        title=facts.title,
        licence=facts.licence,
        language=facts.language,
        meta=facts.meta,
    )


def _worked(spec: SourceSpec, record: Record) -> tuple[str, tuple[str | None, ...]]:
    """A question with its solution as one text, and the columns it was made of.

    Raises:
        ValueError: there is no question, or nothing that answers it.
    """
    fields = spec.fields
    asked = columns.column(record, fields.question, columns.QUESTION)
    solved = columns.column(record, fields.solution, columns.SOLUTION)
    answered = columns.column(record, fields.answer, columns.ANSWER)
    if asked is None:
        raise ValueError(columns.no_column(record, fields.question, "a text or a question"))
    question = columns.text_of(record, asked).strip()
    solution = columns.text_of(record, solved).strip() if solved else ""
    answer = columns.text_of(record, answered).strip() if answered else ""
    if not question:
        raise ValueError(f"column {asked!r} is empty")
    if not solution and not answer:
        raise ValueError(columns.no_column(record, fields.solution or fields.answer, "a solution or an answer"))
    text = f"**Problem.** {question}\n\n**Solution.** {solution or answer}"
    if solution and answer and answer not in solution:
        text += f"\n\n**Answer.** {answer}"
    return text, (asked, solved, answered)
