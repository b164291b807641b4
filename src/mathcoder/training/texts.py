"""Texts as token shards: what continued pretraining reads.

data/NAME-KEY/train/       documents that are trained on
data/NAME-KEY/held-out/    documents whose loss is only looked at
data/NAME-KEY/source.json  key, files with their hashes, counts; written last

A document is its tokens and one that ends it. Which are held out is decided by a hash of the seed and the
row's `document` (its `id`, where there is no such column): all forms of a document go the same way, in all sources
with one share. A text that spells a special token is spelled: nothing in a corpus can end a document or begin
another.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import numpy as np

from mathcoder.rows import BadRow, json_lines
from mathcoder.runs.run import read_input
from mathcoder.training.kept import (
    SPLITS,
    is_whole,
    known_inputs,
    named_files,
    read_facts_of,
    remove_others,
    write_about,
)
from mathcoder.training.prepared import Prepared
from mathcoder.training.recipe import PretrainRecipe, SourcePart
from mathcoder.training.shards import ShardWriter, TokenShards
from mathcoder.training.tokenizers import tokenizer_hash

__all__ = ["prepare_texts"]

Progress = Callable[[str, int], None]

_FORMAT = 1  # raised when the same rows come to give other tokens
_BATCH_ROWS, _BATCH_CHARACTERS = 512, 1 << 20
_ROWS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class _Text:
    """A row that can be used; `document` is what it is a form of."""

    id: str
    document: str
    text: str


_Unused = tuple[str, str]  # a row that is not used: why, and where it is
_NOT_ASKED = "not asked for"


def prepare_texts(
    recipe: PretrainRecipe, tokenizer: Any, folder: Path, progress: Progress | None = None
) -> Prepared:
    """Tokenise the sources of a recipe, each once: what is in the folder and has the same key is used as it is.

    Args:
        tokenizer: a fast one of transformers, with an end-of-sequence token.
        folder: made; what an earlier recipe left in it is removed.
        progress: called with what is done and the tokens so far.

    Returns:
        Its facts have, under `sources` and the name: `rows`, of which `passed_over` by `where`, `dropped` by
        reason, and in `train` and `held_out` the `documents` with their `tokens`.

    Raises:
        ValueError: a file is missing or cannot be read, a column is missing, or a source has nothing to train on.
    """
    encoder = _Encoder(tokenizer, recipe.end)
    known = known_inputs(folder)
    made: dict[str, Path] = {}
    for name, part in recipe.sources.items():
        inputs = [read_input(path, known) for path in named_files(part.files, f"source '{name}'")]
        files = [[Path(item.path).name, item.sha256] for item in inputs]
        asked = [_FORMAT, encoder.key, part.text, dict(part.where), part.held_out, recipe.seed, files]
        key = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
        made[name] = folder / f"{re.sub(r'[^A-Za-z0-9_]+', '-', name)[:40]}-{key[:16]}"
        if not is_whole(made[name], key):
            source = _Source(name, part, recipe.seed, encoder, progress)
            facts = source.written(made[name], [item.path for item in inputs])
            write_about(made[name], key, inputs, facts)
    remove_others(folder, made.values())
    train, held_out = ({name: TokenShards(path / split) for name, path in made.items()} for split in SPLITS)
    return Prepared(train, held_out, {"sources": {name: read_facts_of(path) for name, path in made.items()}})


class _Encoder:
    """Texts to documents of tokens, many at a time, and what they depend on."""

    def __init__(self, tokenizer: Any, end: str | None):
        ends = tokenizer.eos_token_id if end is None else tokenizer.get_vocab().get(end)
        if ends is None:
            raise ValueError(
                f"the tokenizer has no {f'token {end!r}' if end else 'end-of-sequence token'}; name one"
                " that it has in 'end'"
            )
        kind: Any = import_module("tokenizers").Tokenizer
        self._backend: Any = kind.from_str(tokenizer.backend_tokenizer.to_str())  # the caller's stays as it is
        self._backend.no_truncation()
        self._backend.no_padding()
        begun = self._backend.encode("").ids[:1] == [tokenizer.bos_token_id]  # it begins texts by itself
        self._backend.encode_special_tokens = True
        self._around = ([tokenizer.bos_token_id] if begun else [], [ends])
        self.vocabulary = max(tokenizer.get_vocab().values()) + 1
        self.key = [tokenizer_hash(tokenizer), self._around, self.vocabulary]

    def documents(self, texts: list[str]) -> Iterator[np.ndarray[Any, np.dtype[np.int64]]]:
        """The documents of these texts."""
        before, behind = self._around
        for encoding in self._backend.encode_batch_fast(texts, add_special_tokens=False):
            yield np.array([*before, *encoding.ids, *behind], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Source:
    """A source that has to be tokenised."""

    name: str
    part: SourcePart
    seed: int
    encoder: _Encoder
    progress: Progress | None

    def written(self, folder: Path, files: list[str]) -> dict[str, Any]:
        """Write the shards of both splits; what there is to tell of them.

        Raises:
            ValueError: nothing is left to train on.
        """
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "source.json").unlink(missing_ok=True)
        unused: Counter[str] = Counter()
        examples: dict[str, str] = {}
        with ExitStack() as stack:
            train, held_out = (
                stack.enter_context(ShardWriter(folder / split, vocabulary=self.encoder.vocabulary, masked=False))
                for split in SPLITS
            )
            for batch in self._batches(files, unused, examples):
                documents = self.encoder.documents([row.text for row in batch])
                for row, tokens in zip(batch, documents, strict=True):
                    (held_out if self._is_held_out(row.document) else train).add(row.id, tokens)
                if self.progress:
                    self.progress(f"tokens of {self.name}", train.tokens + held_out.tokens)
        passed_over = unused.pop(_NOT_ASKED, 0)
        facts: dict[str, Any] = {
            "rows": passed_over + unused.total() + train.documents + held_out.documents,
            "passed_over": passed_over,
            "dropped": dict(sorted(unused.items())),
            "examples": examples,
            "train": {"documents": train.documents, "tokens": train.tokens},
            "held_out": {"documents": held_out.documents, "tokens": held_out.tokens},
        }
        if not train.documents:
            raise ValueError(f"source '{self.name}': no document to train on ({json.dumps(facts)})")
        return facts

    def _batches(self, files: list[str], unused: Counter[str], examples: dict[str, str]) -> Iterator[list[_Text]]:
        """Rows that can be used, some at a time; the others are counted, with the place of the first of each."""
        batch: list[_Text] = []
        characters = 0
        for row in (row for file in files for row in _rows(Path(file), self.part)):
            if isinstance(row, tuple):
                reason, place = row
                unused[reason] += 1
                if reason != _NOT_ASKED:
                    examples.setdefault(reason, place)
                continue
            batch.append(row)
            characters += len(row.text)
            if len(batch) == _BATCH_ROWS or characters >= _BATCH_CHARACTERS:
                yield batch
                batch, characters = [], 0
        if batch:
            yield batch

    def _is_held_out(self, document: str) -> bool:
        digest = hashlib.sha256(f"{self.seed}\0{document}".encode("utf-8", "replace")).digest()
        return int.from_bytes(digest[:8], "little") < self.part.held_out * 2**64


def _rows(path: Path, part: SourcePart) -> Iterator[_Text | _Unused]:
    """The rows of a file, used or not.

    Raises:
        ValueError: it is not a file of rows, or a Parquet file is damaged or has not the columns.
    """
    for line, row in _parquet(path, part) if path.suffix == ".parquet" else _lines(path):
        place = f"{path}:{line}"
        if isinstance(row, str):
            yield "not readable", f"{place}: {row}"
            continue
        text = row.get(part.text)
        if any(_written(row.get(column)) != value for column, value in part.where.items()):
            yield _NOT_ASKED, place
        elif not isinstance(text, str):
            yield "no text", place
        elif not text.strip():
            yield "empty text", place
        else:
            name = _written(row["id"]) if row.get("id") is not None else f"{path.name}:{line}"
            document = _written(row["document"]) if row.get("document") is not None else name
            yield _Text(name, document, text)


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
    if not path.name.endswith((".jsonl", ".jsonl.gz")):
        raise ValueError(f"{path}: neither Parquet nor JSON Lines (.parquet, .jsonl, .jsonl.gz)")
    for row in json_lines(path):
        if isinstance(row, BadRow):
            yield row.line, row.reason
        elif isinstance(row[1], dict):
            yield row[0], cast("dict[str, Any]", row[1])
        else:
            yield row[0], "not an object"


def _parquet(path: Path, part: SourcePart) -> Iterator[tuple[int, dict[str, Any] | str]]:
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    line = 0
    try:
        with parquet.ParquetFile(path) as file:
            there: list[str] = file.schema_arrow.names
            if missing := [name for name in (part.text, *part.where) if name not in there]:
                raise ValueError(f"{path}: no column '{missing[0]}'; it has {', '.join(there)}")
            columns = [name for name in there if name in {part.text, "id", "document", *part.where}]
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=columns):
                for row in batch.to_pylist():
                    line += 1
                    yield line, row
    except arrow.ArrowException as error:
        raise ValueError(f"{path}: row {line + 1} is not readable: {str(error).splitlines()[0]}") from None


def _written(value: object) -> str:
    """A value as a recipe writes it."""
    return value if isinstance(value, str) else json.dumps(value, default=str)
