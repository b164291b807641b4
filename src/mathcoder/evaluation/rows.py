"""A row of an evaluation: one graded solution of one benchmark problem, and the folder that holds them.

run.json           what was asked: model, benchmarks, settings, versions, hashes of the inputs
rows.jsonl         the rows, written as they are finished; a run that was stopped goes on from it
attempts.parquet   the same rows, once the run is done
scores.json        what they come to
report.html        the same to look at; needs no network
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, cast, get_args

from mathcoder.files import written_aside
from mathcoder.solution import Solution

__all__ = ["OUTCOMES", "EvalRow", "Outcome", "Run", "asked", "read_run", "write_attempts"]

Outcome = Literal["right", "wrong", "ungradable", "invalid", "truncated", "failed"]
"""What became of a solution.

- `right`, `wrong`: it has an answer, which was graded.
- `ungradable`: it has an answer that could not be graded; that is not the same as wrong.
- `invalid`: the model ended, but states no answer.
- `truncated`: a limit on rounds, tokens or seconds ended it, or an error that came again, before an answer.
- `failed`: the model could not be asked; such a row is made again when the run goes on.
"""
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class EvalRow:
    """One graded solution.

    Attributes:
        id: the problem's, with its benchmark before it, and "#" and the number of the sample where there are
            several.
        question: as the model was asked it.
        options: texts of a multiple choice, A first.
        answer: as it was extracted; None where the solution states none.
        rule: what decided (`mathcoder.grading.Grade`).
        check: the verdict of code-based self-verification, where it was asked for.
        scores: for a choice by log-likelihood, the log-likelihood of each option.
    """

    id: str
    benchmark: str
    problem: str
    sample: int
    question: str
    reference: str
    solution: Solution
    answer: str | None
    correct: bool | None
    rule: str
    outcome: Outcome
    options: tuple[str, ...] = ()
    level: str | None = None
    subject: str | None = None
    check: str | None = None
    note: str = ""
    scores: tuple[float, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values; `from_json` gives back an equal row."""
        row = {name: getattr(self, name) for name in _FIELDS}
        return row | {
            "solution": self.solution.to_json(),
            "options": list(self.options),
            "scores": list(self.scores),
        }

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> EvalRow:
        values = {name: row[name] for name in _FIELDS}
        values["solution"] = Solution.from_json(row["solution"])
        values["options"] = tuple(row["options"])
        values["scores"] = tuple(row["scores"])
        return cls(**values)


_FIELDS = tuple(EvalRow.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Run:
    """An evaluation as it lies on disk. `asked` is `run.json`."""

    folder: Path
    asked: dict[str, Any]
    rows: tuple[EvalRow, ...]
    scores: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def name(self) -> str:
        return self.folder.name


def asked(run: Run, *keys: str) -> Any:
    """A value of `run.json`, by the keys that lead to it; None where it does not say."""
    value: Any = run.asked
    for key in keys:
        value = cast("dict[str, Any]", value).get(key) if isinstance(value, dict) else None
    return value


def read_run(folder: str | Path) -> Run:
    """An evaluation, finished or not.

    Raises:
        ValueError: the folder holds none, or it is damaged; one line.
    """
    folder = Path(folder)
    asked = _json_object(folder / "run.json")
    if asked.get("kind") != "evaluate":
        raise ValueError(f"{folder}: no evaluation is in it; name a folder that `mathcoder evaluate` has made")
    table, log = folder / "attempts.parquet", folder / "rows.jsonl"
    try:
        rows = tuple(_from_parquet(table) if table.exists() else _from_log(log))
    except (KeyError, ValueError, TypeError) as error:
        raise ValueError(f"{folder}: its rows cannot be read ({error}); run the evaluation again") from error
    return Run(folder, asked, rows, _json_object(folder / "scores.json"))


def _json_object(path: Path) -> dict[str, Any]:
    """What a file holds; nothing where it is not there or holds something else."""
    try:
        value: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return {}
    except ValueError as error:
        raise ValueError(f"{path}: not JSON ({error})") from error
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _from_log(path: Path) -> Iterator[EvalRow]:
    if not path.exists():
        return
    with path.open("rb") as file:
        next(file, None)  # what was asked
        for line in file:
            if line.endswith(b"\n"):
                yield EvalRow.from_json(json.loads(line))


def write_attempts(path: Path, rows: Iterable[EvalRow]) -> None:
    """Write rows as Parquet: plain columns to filter by, the solution as JSON text."""
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    text, number, flag = arrow.string(), arrow.int64(), arrow.bool_()
    texts, floats = arrow.list_(text), arrow.list_(arrow.float64())
    types = {"sample": number, "correct": flag, "options": texts, "scores": floats}
    schema = arrow.schema([(name, types.get(name, text)) for name in _FIELDS])
    records = [
        row.to_json() | {"solution": json.dumps(row.solution.to_json(), ensure_ascii=False)} for row in rows
    ]
    with written_aside(path) as aside:
        parquet.write_table(arrow.Table.from_pylist(records, schema=schema), aside, compression="zstd")


def _from_parquet(path: Path) -> Iterator[EvalRow]:
    parquet = import_module("pyarrow.parquet")
    for row in parquet.read_table(path).to_pylist():
        yield EvalRow.from_json(row | {"solution": json.loads(row["solution"])})
