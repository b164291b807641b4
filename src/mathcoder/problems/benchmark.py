"""What a benchmark is: where its rows come from, how it is asked and graded, what others publish about it.

One file a benchmark says this in `benchmarks/`; `loading` fetches the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mathcoder.problems.options import lettered
from mathcoder.problems.problem import Problem

__all__ = ["Benchmark", "Fields", "Hub", "Kind", "Published", "Row", "columns"]

Kind = Literal[
    "number",  # a number, perhaps a fraction or with a percent sign
    "math",  # a LaTeX expression
    "choice",  # a letter; a few sets have several ("ACD")
    "text",  # a word or a phrase
    "mixed",  # a letter where a problem has options, else any of the others
    "none",  # nothing to compare with: people grade
]

Row = Mapping[str, Any]  # as the hub has it
Fields = dict[str, Any]  # the keys of a Problem

CHOOSE = "Choose the right option and answer with its letter."


@dataclass(frozen=True, slots=True)
class Published:
    """A figure that somebody published: percent of the test rows, how it was reached, and where it stands."""

    model: str
    score: float
    setting: str
    source: str


@dataclass(frozen=True, slots=True)
class Hub:
    """A data set on the Hugging Face hub.

    Attributes:
        name: OWNER/NAME.
        row: turns one row into the keys of a `Problem`; `id`, `subject`, `split`, `source` and `licence` have
            defaults. The row has the key `config` added.
        configs: all of them belong to the set.
        splits: the hub's name for each of our splits.
    """

    name: str
    row: Callable[[Row], Fields]
    configs: tuple[str | None, ...] = (None,)
    splits: Mapping[str, str] = field(default_factory=lambda: {"test": "test"})


def columns(**names: str) -> Callable[[Row], Fields]:
    """A row function for `Hub`: `columns(question="problem", answer="target")` names the column of each key."""

    def row(row: Row) -> Fields:
        return {key: _plain(row[column]) for key, column in names.items()}

    return row


def _plain(value: Any) -> Any:
    """A whole number that a column of floats holds is written as one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _unchanged(problem: Problem) -> Problem:
    return problem


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One set of problems.

    Attributes:
        name: as in the names of files: `gsm8k`.
        about: one sentence.
        paper: an arXiv number or an address.
        licence: of the set; a row may say another.
        sizes: the official number of rows by split.
        kind: what the answers are, and so how they are graded.
        instruction: a sentence asked with each question; empty where the question stands alone. Problems with
            options are asked to choose one where this is empty.
        hub: None where no data set on the hub is known to hold the same rows.
        tidy: brings one problem into shape before it is checked.
        meta: for files whose rows have an object `meta`: which of its keys are `level` and `subject`.
    """

    name: str
    title: str
    about: str
    paper: str
    licence: str
    sizes: Mapping[str, int]
    kind: Kind
    languages: tuple[str, ...] = ("en",)
    instruction: str = ""
    hub: Hub | None = None
    published: tuple[Published, ...] = ()
    tidy: Callable[[Problem], Problem] = _unchanged
    meta: Mapping[str, str] = field(default_factory=dict[str, str])

    def ask(self, problem: Problem) -> str:
        """What a model is asked: the question, its options as lines `(A) ...`, and the instruction."""
        instruction = self.instruction or (CHOOSE if problem.options else "")
        lines = [problem.question, *lettered(problem.options), instruction]
        return "\n".join(line for line in lines if line)
