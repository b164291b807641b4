"""What the report and the card of instruction data count: one pass over the rows, of the columns it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mathcoder.publishing.look import FinishedStage, rows

__all__ = ["Counts", "count_rows", "dataset_files", "reasons"]

_COLUMNS = ("problem", "source", "method", "licence", "model", "split", "tokens", "messages.type")


@dataclass(slots=True)
class Counts:
    """The rows of a data set, counted.

    Attributes:
        rows, tokens: by source and method.
        licences: tokens by source, method and licence; "" where none is stated.
        problems: rows by source, method and problem; of a problem its id's digest, which takes less memory.
        splits: rows by split.
        models: rows by the model that wrote the solution.
        lengths: for each method, rows by their tokens, in classes of powers of two.
        blocks: rows by their blocks of code.
    """

    rows: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    tokens: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    licences: Counter[tuple[str, str, str]] = field(default_factory=Counter[tuple[str, str, str]])
    problems: Counter[tuple[str, str, bytes]] = field(default_factory=Counter[tuple[str, str, bytes]])
    splits: Counter[str] = field(default_factory=Counter[str])
    models: Counter[str] = field(default_factory=Counter[str])
    lengths: dict[str, Counter[int]] = field(default_factory=dict[str, Counter[int]])
    blocks: Counter[int] = field(default_factory=Counter[int])

    @property
    def rows_of_problem(self) -> Counter[tuple[str, bytes]]:
        """Rows of each problem, by its source and digest."""
        found: Counter[tuple[str, bytes]] = Counter()
        for (source, _, problem), number in self.problems.items():
            found[source, problem] += number
        return found

    @property
    def tokens_by_licence(self) -> Counter[str]:
        """Tokens by licence as it is stated."""
        found: Counter[str] = Counter()
        for (_, _, licence), number in self.licences.items():
            found[licence] += number
        return found

    def add(self, row: Mapping[str, Any]) -> None:
        """Count a row.

        Raises:
            KeyError, TypeError: it lacks a column.
        """
        source, method, tokens = str(row["source"]), str(row["method"]), int(row["tokens"])
        self.rows[source, method] += 1
        self.tokens[source, method] += tokens
        self.licences[source, method, row["licence"] or ""] += tokens
        digest = blake2b(str(row["problem"]).encode("utf-8", "replace"), digest_size=8).digest()
        self.problems[source, method, digest] += 1
        self.splits[row["split"]] += 1
        if row["model"]:
            self.models[row["model"]] += 1
        self.lengths.setdefault(method, Counter())[tokens.bit_length()] += 1
        types = (block["type"] for message in row["messages"] for block in message["content"])
        self.blocks[sum(kind == "code" for kind in types)] += 1


def count_rows(files: Iterable[Path]) -> Counts:
    """Count the rows of a data set.

    Args:
        files: Parquet, with the columns of `mathcoder.instruct.layouts`.

    Raises:
        ValueError: a file cannot be read, or lacks a column; the message is one line that names it.
    """
    counts = Counts()
    for path in files:
        for row in rows([path], _COLUMNS):
            try:
                counts.add(row)
            except (KeyError, TypeError) as error:
                raise ValueError(f"{path}: no file of instruction data ({error}); build it again") from None
    return counts


def dataset_files(dataset: Path) -> tuple[Path, ...]:
    """The files of a data set, those of each split in order."""
    return tuple(sorted(dataset.glob("data/*.parquet")))


def reasons(stage: FinishedStage) -> dict[str, Counter[str]]:
    """Why a stage dropped rows: for each class of reasons, the reasons with their counts."""
    found: dict[str, Counter[str]] = {}
    for row in rows(stage.rejected, ["drop_reason"]):
        sort, _, detail = str(row["drop_reason"]).partition(": ")
        found.setdefault(sort, Counter())[detail or "no more is said"] += 1
    return dict(sorted(found.items(), key=lambda item: (-item[1].total(), item[0])))
