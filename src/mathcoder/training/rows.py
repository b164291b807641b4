"""Packed rows as tensors. A row depends on its number alone, whichever process of a loader reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

from mathcoder.training.packing import Packing
from mathcoder.training.shards import TokenShards

__all__ = ["NO_LOSS", "PackedRows", "collate"]

NO_LOSS = -100  # the label of what is not learned, as torch's cross entropy has it


@dataclass(frozen=True, slots=True, eq=False)
class PackedRows:
    """A data set for torch's DataLoader: rows of documents one after another, without padding.

    Row `i` has `input_ids`, `labels` (at the same places; the loss shifts them) and `position_ids`, which begin at
    0 with each document. The first token of each is not learned, because what comes before it is another document.

    Attributes:
        packing: what is in which row.
        shards: of the sources, in the order of their numbers.
        facts: about all rows, JSON values.
    """

    packing: Packing
    shards: Sequence[TokenShards]
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __len__(self) -> int:
        return len(self.packing)

    def __getitem__(self, row: int) -> dict[str, Any]:
        if not 0 <= row < len(self):
            raise IndexError(row)
        packing = self.packing
        pieces = slice(int(packing.offsets[row]), int(packing.offsets[row + 1]))
        parts = (packing.source, packing.document, packing.start, packing.stop)
        numbers: list[list[int]] = np.stack([part[pieces] for part in parts], axis=1).tolist()
        tokens = np.empty(sum(stop - start for *_, start, stop in numbers), dtype=np.int64)
        places, learned = np.empty_like(tokens), np.ones(len(tokens), dtype=np.bool_)
        at = 0
        for source, document, first, end in numbers:
            shards, here = self.shards[source], slice(at, at + end - first)
            tokens[here] = shards.tokens(document, first, end)
            places[here] = np.arange(end - first)
            loss = shards.loss(document, first, end)
            if loss is not None:
                learned[here] = loss
            learned[at] = False
            at += end - first
        torch: Any = import_module("torch")
        arrays = {"input_ids": tokens, "labels": np.where(learned, tokens, NO_LOSS), "position_ids": places}
        return {name: torch.from_numpy(array) for name, array in arrays.items()}


def collate(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Rows one after another as a single sequence: each tensor is [1, tokens of all rows]."""
    torch: Any = import_module("torch")
    return {name: torch.cat([row[name] for row in rows]).unsqueeze(0) for name in rows[0]}
