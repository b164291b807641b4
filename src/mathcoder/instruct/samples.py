"""A sample: a problem with one solution to learn from, and where both come from. A row of every stage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from mathcoder.rows import decoded
from mathcoder.solution import Solution

__all__ = ["SAMPLE_COLUMNS", "Method", "Sample"]

Method = Literal["seed", "derive", "vary", "distil"]
"""What made a solution: a teacher that was asked, a converter of worked solutions, the same with other numbers,
or a student that solved a new problem."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A problem, one solution of it, and where they come from.

    Attributes:
        id: of the sample.
        problem: the id of the problem, which its other solutions share.
        answer: the reference answer of the problem.
        source: of the problem, as the recipe names it.
        split: of the problem.
        licence: of the problem, as its source states it; empty if it states none.
        dialect: how the model wrote the solution; None where none did.
        model: that wrote the solution; None where none did.
        prompt_hash: of what the model was asked, but for the problem.
        seed: of the sampler, or of the numbers that were changed.
        parent: the id of the problem that this one was made from.

    Raises:
        ValueError: the problem is not of a train split: nothing else may be learnt from; one line.
    """

    id: str
    problem: str
    question: str
    answer: str
    solution: Solution
    method: Method
    source: str
    split: str
    licence: str = ""
    dialect: str | None = None
    model: str | None = None
    prompt_hash: str | None = None
    seed: int | None = None
    parent: str | None = None

    def __post_init__(self) -> None:
        if self.split != "train":
            raise ValueError(
                f"sample {self.id!r}: its problem is of the split {self.split!r}, and only problems of a train "
                "split may be learnt from; leave it out"
            )

    def to_row(self) -> dict[str, Any]:
        """The values of `SAMPLE_COLUMNS`, the solution as JSON; `from_row` gives back an equal sample."""
        row = {name: getattr(self, name) for name in SAMPLE_COLUMNS}
        return row | {"solution": json.dumps(self.solution.to_json(), ensure_ascii=False)}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Sample:
        """The sample that `to_row` wrote; other columns are not read.

        Raises:
            ValueError: a column is missing, the solution is none, or the split is not train; one line.
        """
        if missing := [name for name in SAMPLE_COLUMNS if name not in row]:
            raise ValueError(f"sample {row.get('id')!r}: the column {missing[0]!r} is missing")
        try:
            solution = Solution.from_json(decoded(str(row["solution"]).encode()))
        except ValueError as error:
            raise ValueError(f"sample {row['id']!r}: its solution cannot be read: {error}") from None
        values: dict[str, Any] = {name: row[name] for name in SAMPLE_COLUMNS} | {"solution": solution}
        return cls(**values)


SAMPLE_COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Sample))
"""The columns of a row, in order: text, but for the whole number `seed`."""
