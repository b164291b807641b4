"""Synthetic texts, and questions with worked answers: tables of texts, or of questions and solutions."""

from __future__ import annotations

from mathcoder.corpus.sources import columns
from mathcoder.corpus.sources.paths import read_whole, suffix_of
from mathcoder.corpus.sources.piece import Reader, Record
from mathcoder.corpus.sources.row import Row, dropped, kept
from mathcoder.corpus.sources.spec import SourceSpec
from mathcoder.corpus.sources.tables import is_table

__all__ = ["READER"]

_WHOLE = (".txt", ".md", ".markdown")


def _is_text(name: str) -> bool:
    return is_table(name) or suffix_of(name) in _WHOLE


def _file(spec: SourceSpec, name: str) -> Row:
    if suffix_of(name) not in _WHOLE:
        what = "neither a table (Parquet, JSON Lines) nor a text"
        return dropped(spec, f"{suffix_of(name) or 'no suffix'}: {what}", name)
    try:
        return kept(spec, read_whole(name, spec.limits, spec.limits.file_bytes).decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        return dropped(spec, f"byte {error.start + 1} is not UTF-8", name)
    except ValueError as error:
        return dropped(spec, str(error), name)


def _record(spec: SourceSpec, record: Record, path: str) -> Row:
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
    return kept(spec, text.strip(), path, columns.facts(spec, record, used))


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


READER = Reader(_is_text, "tables or texts", _record, _file)
