"""Token shards: the tokens of many documents on disk, memory-mapped, one after another.

shards.json             what is here: documents, tokens, files with their sizes
tokens-00000.bin        tokens, uint16 or uint32 (by the size of the vocabulary), little-endian
loss-00000.bin          where masked: a byte for each token, 1 where it is learned
offsets.bin             int64: where each document starts, counted in tokens over all files, and the end
ids.bin                 the documents' ids, UTF-8, one after another
id-offsets.bin          int64: where each id starts, and the end

A document lies in one file whole. Nothing is held in memory in proportion to the number of documents but what is
asked for, so that a folder may hold ten million of them and be opened by every worker of a loader.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import IO, Any, overload

import numpy as np
from numpy.typing import NDArray

__all__ = ["ShardWriter", "TokenShards"]

_FORMAT = 1
_FILE_BYTES = 1 << 30


class ShardWriter:
    """Writes token shards. A context manager: aside at first, in place when its body has ended without an error.

    Args:
        folder: where they go; what is there is replaced at the end.
        vocabulary: how many tokens there are; each is less than this.
        masked: every document comes with a loss mask.
        file_bytes: of a file of tokens, at most; only a single document may be longer.
    """

    def __init__(self, folder: Path, *, vocabulary: int, masked: bool, file_bytes: int = _FILE_BYTES):
        self.folder, self.vocabulary, self.masked = folder, vocabulary, masked
        self.documents, self.tokens = 0, 0
        self._kind = _kind(vocabulary)
        self._most = max(1, file_bytes // self._kind.itemsize)
        self._counts: list[int] = []  # of tokens, by file
        self._id_bytes = 0
        self._aside = folder.with_name(f".{folder.name}.partial")
        self._open = ExitStack()

    def __enter__(self) -> ShardWriter:
        shutil.rmtree(self._aside, ignore_errors=True)
        self._aside.mkdir(parents=True)
        self._offsets = self._opened("offsets.bin")
        self._ids = self._opened("ids.bin")
        self._id_offsets = self._opened("id-offsets.bin")
        self._parts = ExitStack()
        self._open.push(self._parts)
        for file in (self._offsets, self._id_offsets):
            file.write(_integer(0))
        return self

    def add(
        self,
        id: str,
        tokens: Sequence[int] | NDArray[Any],
        loss: Sequence[bool] | NDArray[np.bool_] | None = None,
    ) -> None:
        """Write a document.

        Args:
            loss: where masked: for each token whether it is learned.

        Raises:
            ValueError: a token is not in the vocabulary, or the mask is missing, not wanted, or of another length.
        """
        row = np.asarray(tokens, dtype=np.int64)
        if row.size and (int(row.min()) < 0 or int(row.max()) >= self.vocabulary):
            raise ValueError(f"document '{id}': a token is not in the vocabulary of {self.vocabulary:,}")
        if (loss is not None) != self.masked:
            raise ValueError(
                f"document '{id}': " + ("its loss mask is missing" if self.masked else "no mask is kept")
            )
        mask = None if loss is None else np.asarray(loss, dtype=np.bool_)
        if mask is not None and mask.shape != row.shape:
            raise ValueError(f"document '{id}': {row.size} tokens and a loss mask of {mask.size}")
        if row.size:
            if not self._counts or self._counts[-1] + row.size > self._most:
                self._next_file()
            self._tokens.write(row.astype(self._kind).tobytes())
            if mask is not None:
                self._loss.write(mask.tobytes())
            self._counts[-1] += row.size
        name = id.encode("utf-8", "replace")
        self._ids.write(name)
        self._id_bytes += len(name)
        self.documents += 1
        self.tokens += row.size
        self._offsets.write(_integer(self.tokens))
        self._id_offsets.write(_integer(self._id_bytes))

    def _next_file(self) -> None:
        self._parts.close()
        number = len(self._counts)
        self._tokens = self._parts.enter_context((self._aside / _name("tokens", number)).open("wb"))
        if self.masked:
            self._loss = self._parts.enter_context((self._aside / _name("loss", number)).open("wb"))
        self._counts.append(0)

    def _opened(self, name: str) -> IO[bytes]:
        return self._open.enter_context((self._aside / name).open("wb"))

    def __exit__(self, kind: object, *_: object) -> None:
        self._open.close()
        try:
            if kind is None:
                self._commit()
        finally:
            shutil.rmtree(self._aside, ignore_errors=True)

    def _commit(self) -> None:
        facts = {
            "format": _FORMAT,
            "vocabulary": self.vocabulary,
            "masked": self.masked,
            "documents": self.documents,
            "tokens": self.tokens,
            "files": self._counts,
            "id_bytes": self._id_bytes,
        }
        (self._aside / "shards.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(self.folder, ignore_errors=True)
        self._aside.rename(self.folder)


class TokenShards:
    """Token shards that were written, open for reading. It can be pickled; the copy opens the folder again.

    Args:
        folder: that a `ShardWriter` wrote.

    Attributes:
        folder: likewise.
        vocabulary: how many tokens there are.
        masked: documents have loss masks.
        total: tokens of all documents.
        ids: of the documents.

    Raises:
        ValueError: there is none, or it is damaged or cut off.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        try:
            facts: dict[str, Any] = json.loads((folder / "shards.json").read_text(encoding="utf-8"))
            if facts["format"] != _FORMAT:
                raise ValueError(f"it is of format {facts['format']}, and {_FORMAT} is read")
            self.vocabulary, self.masked = int(facts["vocabulary"]), bool(facts["masked"])
            self.total, self._count = int(facts["tokens"]), int(facts["documents"])
            self._starts = np.cumsum([0, *facts["files"]], dtype=np.int64)
            kind = _kind(self.vocabulary)
            counts: list[int] = facts["files"]
            self._tokens = [self._mapped(_name("tokens", at), kind, count) for at, count in enumerate(counts)]
            self._loss = [
                self._mapped(_name("loss", at), np.dtype(np.bool_), count)
                for at, count in enumerate(counts)
                if self.masked
            ]
            self._offsets = self._mapped("offsets.bin", np.dtype("<i8"), self._count + 1)
            names = self._mapped("id-offsets.bin", np.dtype("<i8"), self._count + 1)
            text = self._mapped("ids.bin", np.dtype(np.uint8), int(facts["id_bytes"]))
            self.ids: Sequence[str] = _Ids(text, names)
            right = _rise(self._offsets, self.total) and _rise(names, len(text))
            if not right or int(self._starts[-1]) != self.total:
                raise ValueError("its counts do not add up")
        except (OSError, ValueError, KeyError, TypeError) as error:
            why = f"no {error}" if isinstance(error, KeyError) else getattr(error, "strerror", None) or error
            raise ValueError(f"{folder}: not whole token shards ({why}); remove it and prepare again") from None

    def _mapped(self, name: str, kind: np.dtype[Any], count: int) -> NDArray[Any]:
        path = self.folder / name
        if path.stat().st_size != count * kind.itemsize:
            raise ValueError(f"{name} has {path.stat().st_size:,} bytes and should have {count * kind.itemsize:,}")
        return np.asarray(np.memmap(path, kind, "r")) if count else np.zeros(0, kind)  # nothing cannot be mapped

    def __len__(self) -> int:
        return self._count

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each document."""
        return np.diff(self._offsets)

    def tokens(self, document: int, start: int = 0, stop: int | None = None) -> NDArray[Any]:
        """Tokens of a document from `start` up to `stop`, a view that cannot be written to."""
        return self._part(self._tokens, document, start, stop)

    def loss(self, document: int, start: int = 0, stop: int | None = None) -> NDArray[np.bool_] | None:
        """Whether each of these tokens is learned; None: all are."""
        return self._part(self._loss, document, start, stop) if self.masked else None

    def _part(self, files: Sequence[NDArray[Any]], document: int, start: int, stop: int | None) -> NDArray[Any]:
        if not 0 <= document < self._count:
            raise IndexError(f"{self.folder}: document {document} of {self._count}")
        first, end = int(self._offsets[document]), int(self._offsets[document + 1])
        if first == end:
            return np.zeros(0, np.bool_ if files is self._loss else _kind(self.vocabulary))
        file = int(np.searchsorted(self._starts, first, side="right")) - 1
        base = int(self._starts[file])
        return files[file][first - base : end - base][start:stop]

    def __reduce__(self) -> tuple[type[TokenShards], tuple[Path]]:
        return TokenShards, (self.folder,)


class _Ids(Sequence[str]):
    """Ids, read from the disk when one is asked for."""

    def __init__(self, text: NDArray[np.uint8], offsets: NDArray[np.int64]):
        self._text, self._offsets = text, offsets

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        return self._text[self._offsets[at] : self._offsets[at + 1]].tobytes().decode("utf-8")

    def __iter__(self) -> Iterator[str]:
        return (self[at] for at in range(len(self)))


def _kind(vocabulary: int) -> np.dtype[Any]:
    return np.dtype("<u2" if vocabulary <= 1 << 16 else "<u4")


def _rise(offsets: NDArray[np.int64], end: int) -> bool:
    """Whether offsets go from 0 to the end and never back."""
    return not offsets[0] and int(offsets[-1]) == end and not bool((offsets[1:] < offsets[:-1]).any())


def _name(what: str, number: int) -> str:
    return f"{what}-{number:05}.bin"


def _integer(value: int) -> bytes:
    return value.to_bytes(8, "little")
