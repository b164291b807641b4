"""From rows to what a device takes at a time: the rows of a step, its micro batches, and smaller ones.

A step has the same rows for any number of processes: each takes its part of them, in order. A micro batch is one
sequence of documents, so it can be cut wherever one begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any

from mathcoder.training.attention import bounds_of
from mathcoder.training.rows import NO_LOSS, collate

__all__ = ["StepRows", "blank", "count_labels", "cut_sequence", "documents", "micro_batches"]

PackedSequence = Mapping[str, Any]
"""input_ids, labels and position_ids, each [1, N]."""


class StepRows:
    """A batch sampler for torch's DataLoader: the numbers of the rows of each step that this process takes.

    The last step has the rows that are left, which may leave a process without any.

    Args:
        rows: how many there are.
        batch: rows of a step, over all processes.
        process: the number of this process, of `processes`.
    """

    def __init__(self, rows: int, batch: int, process: int = 0, processes: int = 1):
        self._rows, self._batch = rows, batch
        self._process, self._processes = process, processes

    def __len__(self) -> int:
        return -(-self._rows // self._batch)

    def __iter__(self) -> Iterator[list[int]]:
        return (list(self.of(step)) for step in range(len(self)))

    def of(self, step: int) -> range:
        """The rows of a step, the first being 0."""
        first = step * self._batch
        count = min(self._batch, self._rows - first)
        ends = [first + count * process // self._processes for process in (self._process, self._process + 1)]
        return range(*ends)


def micro_batches(rows: Sequence[Mapping[str, Any]], size: int) -> list[dict[str, Any]]:
    """Sequences of so many rows each, the last of fewer."""
    return [collate(rows[at : at + size]) for at in range(0, len(rows), size)]


def count_labels(sequence: PackedSequence) -> int:
    """How many tokens of a sequence are learned; the label of the first is never looked at."""
    return int((sequence["labels"][0, 1:] != NO_LOSS).sum())


def documents(sequence: PackedSequence) -> int:
    """How many documents there are in a sequence."""
    return int((sequence["position_ids"] == 0).sum())


def cut_sequence(sequence: PackedSequence, most: int | None) -> list[PackedSequence]:
    """Cut a sequence between documents into some of at most `most` tokens; a longer document stays whole."""
    tokens = sequence["input_ids"].shape[1]
    if most is None or tokens <= most:
        return [sequence]
    bounds: tuple[int, ...] = bounds_of(sequence["position_ids"])["bounds"]
    cuts = [0]
    for start, stop in pairwise(bounds):
        if stop - cuts[-1] > most and start > cuts[-1]:
            cuts.append(start)
    return [
        {name: tensor[:, start:stop] for name, tensor in sequence.items()}
        for start, stop in pairwise([*cuts, tokens])
    ]


def blank() -> dict[str, Any]:
    """A sequence of which nothing is learned, for a process that has nothing left while others have."""
    torch: Any = import_module("torch")
    tokens = torch.zeros(1, 2, dtype=torch.long)
    return {"input_ids": tokens, "labels": tokens + NO_LOSS, "position_ids": torch.arange(2).unsqueeze(0)}
