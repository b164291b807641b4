"""A problem: a question, what the right answer is, and where it comes from. And files of problems.

Nothing here knows a benchmark or how an answer is judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeGuard, cast

from mathcoder.rows import BadRow, json_file, json_lines

__all__ = ["Problem", "read_problems"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a set.

    Attributes:
        id: names it within its set.
        answer: the reference, as the set states it; of multiple choice a capital letter, or several ("ACD");
            empty where the set states none.
        options: the texts of the choices without their letters, A first.
        level: how hard the set says it is: a level, a school grade.
        subject: the part of the set it belongs to: a subject, a course, a type, a language.
        source: where the row was taken from.
        licence: of this row; a set may hold rows of several.
    """

    id: str
    question: str
    answer: str
    solution: str | None = None
    options: tuple[str, ...] = ()
    level: str | None = None
    subject: str | None = None
    split: str = "test"
    source: str = ""
    licence: str = ""
    benchmark: str = ""

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values; `from_json` gives back an equal problem."""
        row = {field.name: getattr(self, field.name) for field in fields(self)}
        return row | {"options": list(self.options)}

    @classmethod
    def from_json(cls, data: object) -> Problem:
        """The problem that `to_json` wrote. All keys but `id`, `question` and `answer` may be absent.

        Numbers are taken for `id`, `answer` and `level`. `level` and `subject` may also stand in an object
        `meta`, whose other keys are not read.

        Raises:
            ValueError: a key is missing, unknown or of the wrong type; the message is one line naming it.
        """
        if not _is_object(data):
            raise ValueError(f"problem must be an object, not {_name(data)}")
        known = {field.name for field in fields(cls)}
        if unknown := set(data) - known - {"meta"}:
            raise ValueError(f"problem has the unknown key {min(unknown)!r}; known: {', '.join(sorted(known))}")
        meta = data.get("meta", {})
        if not _is_object(meta):
            raise ValueError(f"problem.meta must be an object, not {_name(meta)}")
        row: dict[str, Any] = {key: meta[key] for key in ("level", "subject") if key in meta} | data
        row.pop("meta", None)
        for key in ("id", "question", "answer"):
            if key not in row:
                raise ValueError(f"problem.{key} is missing")
        return cls(**{key: _value(key, value) for key, value in row.items()})


def read_problems(path: str | Path) -> Iterator[Problem | BadRow]:
    """All rows of a `.jsonl` or `.json` file, also with `.gz`, each as `Problem.from_json` takes it.

    A row that cannot be read becomes a `BadRow` in its place, and reading goes on; blank lines are skipped.

    Raises:
        ValueError: at once, where the name says no known format.
        OSError: the file cannot be opened.
    """
    return _problems(Path(path), read_rows(path))


def read_rows(path: str | Path) -> Iterator[tuple[int, object] | BadRow]:
    """The rows of a file of problems, decoded and no more. Raises as `read_problems` does."""
    path = Path(path)
    readers = {".jsonl": json_lines, ".json": json_file}
    suffix = Path(path.name.removesuffix(".gz")).suffix
    if suffix not in readers:
        raise ValueError(f"{path}: unknown format; name it .jsonl, .jsonl.gz, .json or .json.gz")
    return readers[suffix](path)


def _problems(path: Path, rows: Iterator[tuple[int, object] | BadRow]) -> Iterator[Problem | BadRow]:
    for row in rows:
        if isinstance(row, BadRow):
            yield row
            continue
        line, value = row
        try:
            yield Problem.from_json(value)
        except ValueError as error:
            yield BadRow(str(path), line, str(error))


def _value(key: str, value: object) -> Any:
    if key == "options":
        if not isinstance(value, (list, tuple)):
            raise ValueError(f"problem.options must be a list, not {_name(value)}")
        items = cast("list[object]", value)
        for i, item in enumerate(items):
            if not isinstance(item, str):
                raise ValueError(f"problem.options[{i}] must be a string, not {_name(item)}")
        return tuple(items)
    optional = key in ("solution", "level", "subject")
    number = key in ("id", "answer", "level") and isinstance(value, (int, float)) and not isinstance(value, bool)
    if number:
        return str(value)
    if not isinstance(value, str) and not (optional and value is None):
        raise ValueError(f"problem.{key} must be a string{' or null' if optional else ''}, not {_name(value)}")
    return value


def _is_object(data: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(data, dict)


def _name(value: object) -> str:
    return "null" if value is None else type(value).__name__
