"""How many tokens a training has: counted where the data is here, else as the recipe assumes.

What is here is prepared as a training prepares it, in a folder that is thrown away: whole where it is little; the
first solutions where they are many; and large sets of texts are taken by their column `tokens`, or by their size.
"""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mathcoder.rows import json_lines
from mathcoder.training.prepared import Prepared, train_rows
from mathcoder.training.recipe import PretrainRecipe, SftRecipe, SolutionsPart, SourcePart
from mathcoder.training.throughput import mean_length

__all__ = ["Data", "look_at_data"]

_SAMPLE = 1000  # solutions that are tokenised to know how long they are
_LARGE = 8_000_000  # bytes of files of texts that are not tokenised beforehand
_BYTES = 4  # of a file, to a token, where nothing better is known


@dataclass(frozen=True, slots=True)
class Data:
    """What there is to train on.

    Attributes:
        tokens: of each source, in one pass.
        counted: how they are known.
        rows: of the whole training, packed; None where that is not known.
        length: of the document that a token is in, on average; None: not known.
        notes: what should be known.
    """

    tokens: dict[str, int]
    counted: str
    rows: int | None = None
    length: float | None = None
    notes: list[str] = field(default_factory=list[str])


def look_at_data(recipe: SftRecipe | PretrainRecipe, tokenizer: Any) -> Data:
    """Look at the data of a recipe.

    Args:
        tokenizer: of the training, with the tokens that it adds. None: it is not here.

    Raises:
        ValueError: files are not here and the recipe assumes nothing, or they cannot be used.
    """
    if isinstance(recipe, SftRecipe):
        files = _files(recipe.data.train, recipe.data.assumed_tokens)
        if not files:
            return Data({"solutions": _assumed(recipe.data, 0)}, "assumed")
        return _solutions(recipe, tokenizer, files)
    files = {name: _files(part.files, part.assumed_tokens) for name, part in recipe.sources.items()}
    if all(files.values()):
        size = sum(Path(path).stat().st_size for path in {path for paths in files.values() for path in paths})
        if tokenizer is not None and size <= _LARGE:
            from mathcoder.training.texts import prepare_texts

            with TemporaryDirectory() as folder:
                return _counted(recipe, prepare_texts(recipe, tokenizer, Path(folder)))
    tokens: dict[str, int] = {}
    how: set[str] = set()
    for name, part in recipe.sources.items():
        held = 1 - part.held_out
        if not files[name]:
            tokens[name] = round(_assumed(part, 0) * held)
            how.add("assumed")
            continue
        count, said = _by_column(files[name], part.where)
        tokens[name] = round(count * held)
        how.add(said)
    return Data(tokens, " and ".join(sorted(how)))


def _files(patterns: Sequence[str], assumed: int | None) -> list[str]:
    """The files that patterns mean; none where one of them means nothing and a size is assumed.

    Raises:
        ValueError: a pattern means nothing, and nothing is assumed.
    """
    found = {pattern: sorted(glob.glob(pattern, recursive=True)) for pattern in patterns}
    if missing := [pattern for pattern, paths in found.items() if not paths]:
        if assumed is None:
            raise ValueError(f"{missing[0]}: there is no such file; make it, or give assumed_tokens for a plan")
        return []
    return list(dict.fromkeys(path for paths in found.values() for path in paths))


def _assumed(part: SolutionsPart | SourcePart, otherwise: int) -> int:
    return part.assumed_tokens or otherwise


def _solutions(recipe: SftRecipe, tokenizer: Any, files: list[str]) -> Data:
    rows = min(sum(map(_rows, files)), recipe.data.limit or 2**62)
    if tokenizer is None:
        if recipe.data.assumed_tokens:
            return Data({"solutions": recipe.data.assumed_tokens}, "assumed: the tokenizer is not here")
        count, said = _by_column(files, {})
        return Data({"solutions": count}, said)
    from mathcoder.training.solutions import prepare_solutions

    part = recipe.data.model_copy(update={"limit": min(rows, _SAMPLE), "held_out": ()})
    sample = recipe.model_copy(update={"data": part})
    with TemporaryDirectory() as folder:
        data = _counted(sample, prepare_solutions(sample, tokenizer, Path(folder)))
    if rows <= _SAMPLE:
        return data
    tokens = {name: round(count * rows / _SAMPLE) for name, count in data.tokens.items()}
    return replace(data, tokens=tokens, counted=f"from the first {_SAMPLE:,} of {rows:,} solutions", rows=None)


def _counted(recipe: SftRecipe | PretrainRecipe, prepared: Prepared) -> Data:
    """What was prepared, whole."""
    rows = len(train_rows(recipe, prepared))
    lengths = np.concatenate([shards.lengths for shards in prepared.train.values()])
    tokens = {name: shards.total for name, shards in prepared.train.items()}
    return Data(tokens, "counted", rows, mean_length(np.minimum(lengths, recipe.context).tolist()))


def _rows(path: str) -> int:
    if path.endswith(".parquet"):
        parquet: Any = import_module("pyarrow.parquet")
        return parquet.read_metadata(path).num_rows
    return sum(1 for _ in json_lines(Path(path)))


def _by_column(files: list[str], where: Any) -> tuple[int, str]:
    """The sum of the column `tokens`; without one, an estimate by size."""
    datasets: Any = import_module("pyarrow.dataset")
    compute: Any = import_module("pyarrow.compute")
    if all(path.endswith(".parquet") for path in files):
        data = datasets.dataset(files)
        if "tokens" in data.schema.names:
            kept: Any = None
            for column, value in where.items():
                equal = compute.field(column) == value
                kept = equal if kept is None else kept & equal
            table = data.to_table(columns=["tokens"], filter=kept)
            return compute.sum(table["tokens"]).as_py() or 0, "by their column tokens"
    return sum(Path(path).stat().st_size for path in files) // _BYTES, f"about, at {_BYTES} bytes a token"
