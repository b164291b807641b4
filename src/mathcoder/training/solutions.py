"""Solutions as token shards with loss masks: what fine-tuning reads.

data/solutions-KEY/train/       solutions that are trained on
data/solutions-KEY/held-out/    solutions whose loss is only looked at
data/solutions-KEY/source.json  key, counts; written last

Rows of a test split are refused: a file that has one is not what its reader thinks it is.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from mathcoder.runs.run import Input, read_input
from mathcoder.solution import Solution
from mathcoder.solving.dialects import Dialect, dialect_named
from mathcoder.solving.formats import BadRow, Record, read_records
from mathcoder.training.kept import (
    SPLITS,
    is_whole,
    known_inputs,
    named_files,
    read_facts_of,
    remove_others,
    write_about,
)
from mathcoder.training.labels import Labeller
from mathcoder.training.prepared import Prepared
from mathcoder.training.recipe import SftRecipe, SolutionsPart
from mathcoder.training.shards import ShardWriter, TokenShards
from mathcoder.training.tokenizers import tokenizer_hash
from mathcoder.training.transcripts import text_only

__all__ = ["dialect_of", "prepare_solutions"]

Progress = Callable[[str, int], None]

_FORMAT = 1  # raised when the same rows come to give other tokens
_NAME = "solutions"
_ROWS_AT_ONCE = 256


def prepare_solutions(
    recipe: SftRecipe, tokenizer: Any, folder: Path, progress: Progress | None = None
) -> Prepared:
    """Tokenise the solutions of a recipe once: what is in the folder and has the same key is used as it is.

    Args:
        tokenizer: a fast one of transformers; that has the tokens of the dialect (`add_block_tokens`).
        folder: made; what another recipe left in it is removed.
        progress: called with what is done and the rows so far.

    Returns:
        Its facts have, under `sources` and `solutions`: of `train` and `held_out` each the `rows`, of which
        `dropped` by reason (`examples`: where the first is) and `limited` by the recipe, the `documents` with
        their `tokens`, of which `learned`, and how many were `cut` to context.

    Raises:
        ValueError: a file is missing or cannot be read, a row is of a test split, the tokenizer does not fit the
            dialect, or nothing is left to train on.
    """
    part = recipe.data
    labeller = Labeller(
        dialect_of(part), tokenizer, context=recipe.context, loss_on_execution=part.loss_on_execution
    )
    known = known_inputs(folder)
    inputs = [
        [read_input(path, known) for path in named_files(patterns, f"data.{name}")]
        for name, patterns in (("train", part.train), ("held_out", part.held_out))
    ]
    key = _key(recipe, tokenizer, inputs)
    place = folder / f"{_NAME}-{key[:16]}"
    if not is_whole(place, key):
        place.mkdir(parents=True, exist_ok=True)
        (place / "source.json").unlink(missing_ok=True)
        files = [[Path(item.path) for item in items] for items in inputs]
        facts = _written(place, part, files, labeller, len(tokenizer), progress)
        write_about(place, key, list(chain.from_iterable(inputs)), facts)
    remove_others(folder, [place])
    train, held_out = ({_NAME: TokenShards(place / split)} for split in SPLITS)
    return Prepared(train, held_out, {"sources": {_NAME: read_facts_of(place)}})


def dialect_of(part: SolutionsPart) -> Dialect:
    """The dialect of a recipe, with its system prompt."""
    return dialect_named(part.dialect, system=part.system)


def _key(recipe: SftRecipe, tokenizer: Any, inputs: Sequence[Sequence[Input]]) -> str:
    """A hash of what the shards depend on."""
    part = recipe.data.model_dump(mode="json", exclude={"train", "held_out", "assumed_tokens"})
    about = [_FORMAT, part, dialect_of(recipe.data).request("").prompt, recipe.context, tokenizer_hash(tokenizer)]
    contents = [[[Path(item.path).name, item.sha256] for item in items] for items in inputs]
    return hashlib.sha256(json.dumps([about, contents], sort_keys=True).encode()).hexdigest()


def _written(
    folder: Path,
    part: SolutionsPart,
    files: Sequence[Sequence[Path]],
    labeller: Labeller,
    vocabulary: int,
    progress: Progress | None,
) -> dict[str, Any]:
    """Write the shards of both splits; what there is to tell of them."""
    trained: set[bytes] = set()
    facts: dict[str, Any] = {}
    for split, paths in zip(SPLITS, files, strict=True):
        train = split == "train"
        rows = _Split(part, paths, part.limit if train else None, set() if train else trained)
        with ShardWriter(folder / split, vocabulary=vocabulary, masked=True) as writer:
            rows.write(
                labeller, writer, lambda done, split=split: progress and progress(f"solutions, {split}", done)
            )
        if train:
            trained = rows.problems
            if not rows.documents:
                raise ValueError(
                    f"no solution to train on ({json.dumps(rows.facts())}); see data.train, context and dialect"
                )
        facts[split.replace("-", "_")] = rows.facts()
    return facts


@dataclass(slots=True)
class _Split:
    """The rows of one split.

    Attributes:
        excluded: hashes of problems whose solutions are not used.
        problems: hashes of those whose are.
    """

    part: SolutionsPart
    paths: Sequence[Path]
    limit: int | None
    excluded: set[bytes]
    problems: set[bytes] = field(default_factory=set[bytes])
    rows: int = 0
    documents: int = 0
    limited: int = 0
    tokens: int = 0
    learned: int = 0
    cut: int = 0
    dropped: Counter[str] = field(default_factory=Counter[str])
    examples: dict[str, str] = field(default_factory=dict[str, str])

    def write(self, labeller: Labeller, writer: ShardWriter, progress: Callable[[int], object]) -> None:
        usable = self._usable()
        while batch := list(islice(usable, _ROWS_AT_ONCE)):
            labelled = labeller.label([(record.problem, solution.blocks) for _, record, solution in batch])
            for (path, record, _), row in zip(batch, labelled, strict=True):
                if isinstance(row, str):
                    self._drop(row, path, record.id)
                elif self.limit is not None and self.documents >= self.limit:
                    self.limited += 1
                else:
                    writer.add(record.id, row.tokens, row.learned)
                    self.problems.add(_problem(record))
                    self.documents += 1
                    self.tokens += len(row.tokens)
                    self.learned += int(
                        row.learned[1:].sum()
                    )  # before the first token is nothing to learn it from
                    self.cut += not row.whole
            progress(self.rows)

    def facts(self) -> dict[str, Any]:
        """What there is to tell, JSON values."""
        counts = {
            name: getattr(self, name) for name in ("rows", "limited", "documents", "tokens", "learned", "cut")
        }
        return counts | {"dropped": dict(sorted(self.dropped.items())), "examples": self.examples}

    def _usable(self) -> Iterator[tuple[Path, Record, Solution]]:
        """Rows that can be used; the others are counted.

        Raises:
            ValueError: a row is of a test split, or a file cannot be read.
        """
        for path, row in _rows(self.paths):
            self.rows += 1
            if isinstance(row, BadRow):
                self._drop("not readable", path, f"line {row.line}: {row.reason}")
                continue
            if row.meta.get("split") == "test":
                raise ValueError(
                    f"{path}: row '{row.id}' is of the split test, which is not trained on or looked at; take "
                    "the file out of data"
                )
            if self.limit is not None and self.documents >= self.limit:
                self.limited += 1
                continue
            solution = text_only(row.solution) if self.part.code == "none" else row.solution
            if reason := _unusable(row, solution, self.excluded):
                self._drop(reason, path, row.id)
            else:
                yield path, row, solution

    def _drop(self, reason: str, path: Path, where: str) -> None:
        self.dropped[reason] += 1
        self.examples.setdefault(reason, f"{path.name}: {where}")


def _unusable(record: Record, solution: Solution, excluded: set[bytes]) -> str | None:
    """Why a row is not used. A solution is learned with its end, so it has to have one: the text of its answer."""
    if not any(block.content.strip() for block in record.solution.blocks) or not record.problem.strip():
        return "empty"
    if record.solution.ended not in ("answer", "unknown"):
        return f"not finished: {record.solution.ended}"
    if not solution.blocks or solution.blocks[-1].type != "text" or not solution.blocks[-1].content.strip():
        return "no answer text"
    return "its problem is trained on" if excluded and _problem(record) in excluded else None


def _problem(record: Record) -> bytes:
    return hashlib.sha256(" ".join(record.problem.split()).encode("utf-8", "replace")).digest()[:16]


def _rows(paths: Iterable[Path]) -> Iterator[tuple[Path, Record | BadRow]]:
    for path in paths:
        try:
            for row in read_records(path):
                yield path, row
        except OSError as error:
            raise ValueError(f"{path}: {error.strerror or error}; name a file that can be read") from None
