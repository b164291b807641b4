"""Packing: which pieces of which documents make a row of at most `context` tokens. Only numbers are moved here.

A document longer than a row is cut into full rows and a rest. Best fit (arXiv 2404.10830) puts each piece into the
fullest row that still has room for it, the longest pieces of a window first; rows are then shuffled within the
window, because they come out by length. Next fit is the rule of MathCoder2's public code: the first piece that
does not fit closes the row. Both depend on the pieces and the seed alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Packing", "Pieces", "best_fit", "cut", "next_fit", "padding_share", "permutation"]

Integers = NDArray[np.int64]

WINDOW = 1 << 14


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Pieces of documents in the order in which they are trained on, one array element for each.

    Attributes:
        source: the number of its source.
        document: the number of its document in that source.
        start: its first token in that document.
        stop: the token behind its last.
    """

    source: Integers
    document: Integers
    start: Integers
    stop: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Packing:
    """Pieces in rows.

    Attributes:
        source, document, start, stop: of each piece, as in `Pieces`.
        offsets: the first piece of each row, and the number of pieces; its length is one more than that of rows.
    """

    source: Integers
    document: Integers
    start: Integers
    stop: Integers
    offsets: Integers

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def tokens(self) -> int:
        """Of all rows."""
        return int((self.stop - self.start).sum())

    @property
    def lengths(self) -> Integers:
        """Tokens of each row."""
        ends = np.concatenate(([0], np.cumsum(self.stop - self.start)))
        return np.diff(ends[self.offsets])


def permutation(count: int, *key: object) -> Integers:
    """The numbers below `count` in an order that the key decides, the same on every machine.

    Raw output of the generator is sorted, because numpy promises only of that that it stays the same.
    """
    seed = hashlib.sha256(repr(key).encode()).digest()[:16]
    raw = np.random.PCG64(int.from_bytes(seed, "little")).random_raw(count)
    return np.argsort(raw, kind="stable").astype(np.int64)


def cut(pieces: Pieces, context: int) -> Pieces:
    """Cut what is longer than a row into full rows and a rest."""
    counts = -(-(pieces.stop - pieces.start) // context)
    which = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    start = pieces.start[which] + place * context
    stop = np.minimum(start + context, pieces.stop[which])
    return Pieces(pieces.source[which], pieces.document[which], start, stop)


def best_fit(
    pieces: Pieces, context: int, *, seed: int, window: int = WINDOW, most_padding: float | None = None
) -> Packing:
    """Put each piece into the fullest row that has room for it.

    Within a row pieces keep their order. A row takes pieces of one window only, so that what comes early in the
    order is trained on early.

    Args:
        pieces: cut here if they are longer than a row.
        seed: of the order of rows within their window.
        window: pieces that are looked at together: more leave less padding.
        most_padding: where more than this share would be padding, because most pieces are longer than half a row,
            the emptiest rows are cut up to fill the others, as few as it takes. None: nothing else is cut.
    """
    pieces = cut(pieces, context)
    parts: list[Pieces] = []
    rows = [np.zeros(0, dtype=np.int64)]
    first = 0  # row of the window
    for at in range(0, len(pieces.stop), window):
        part = _taken(pieces, slice(at, at + window))
        placed, count = _best_rows(part.stop - part.start, context)
        if most_padding is not None:
            part, placed, count = _filled(part, placed, count, context, most_padding)
        parts.append(part)
        rows.append(first + permutation(count, "rows", seed, at)[placed])
        first += count
    return _packing(_joined(parts) if parts else pieces, np.concatenate(rows), first)


def _best_rows(lengths: Integers, context: int) -> tuple[Integers, int]:
    """The row of each piece, and how many rows there are.

    Rows with room are kept by how much they have; the bits of one integer say which amounts there are, so that the
    least that is enough is found without a search.
    """
    longest_first = np.argsort(-lengths, kind="stable")
    with_room = [list[int]() for _ in range(context + 1)]
    amounts, count = 0, 0
    found: list[int] = []
    ordered: list[int] = lengths[longest_first].tolist()
    for length in ordered:
        enough = amounts >> length
        if enough:
            room = length + (enough & -enough).bit_length() - 1
            row = with_room[room].pop()
            if not with_room[room]:
                amounts ^= 1 << room
        else:
            room, row = context, count
            count += 1
        found.append(row)
        if left := room - length:
            with_room[left].append(row)
            amounts |= 1 << left
    rows = np.empty(len(lengths), dtype=np.int64)
    rows[longest_first] = found
    return rows, count


def _filled(
    pieces: Pieces, rows: Integers, count: int, context: int, most_padding: float
) -> tuple[Pieces, Integers, int]:
    """Pieces, their rows and how many rows there are, when there are no more than the padding allows.

    What lay in the rows that go is laid end to end along the room of the others, the largest first, and cut where
    a room ends.
    """
    lengths = pieces.stop - pieces.start
    full = np.zeros(count, dtype=np.int64)
    np.add.at(full, rows, lengths)
    total = int(full.sum())
    keep = max(-(-total // context), int(total / (context * (1 - most_padding))))
    if keep >= count:
        return pieces, rows, count
    fullest_first = np.argsort(-full, kind="stable")
    number = np.empty(count, dtype=np.int64)
    number[fullest_first] = np.arange(count)
    rows = number[rows]
    stays, goes = np.flatnonzero(rows < keep), np.flatnonzero(rows >= keep)
    ends = np.cumsum(lengths[goes])
    rooms = np.cumsum(context - full[fullest_first[:keep][::-1]])
    stops = np.unique(np.concatenate((ends, rooms[rooms < ends[-1]])))
    starts = np.concatenate(([0], stops[:-1]))
    piece, room = np.searchsorted(ends, starts, side="right"), np.searchsorted(rooms, starts, side="right")
    moved = goes[piece]
    start = pieces.start[moved] + starts - (ends[piece] - lengths[moved])
    cut_up = Pieces(pieces.source[moved], pieces.document[moved], start, start + stops - starts)
    order = np.argsort(np.concatenate((stays, moved)), kind="stable")
    all_rows = np.concatenate((rows[stays], keep - 1 - room))
    return _taken(_joined([_taken(pieces, stays), cut_up]), order), all_rows[order], keep


def next_fit(pieces: Pieces, context: int) -> Packing:
    """Fill one row after another; a piece that does not fit starts the next one.

    Args:
        pieces: cut here if they are longer than a row.
    """
    pieces = cut(pieces, context)
    ends = np.cumsum(pieces.stop - pieces.start)
    starts: list[int] = []
    piece = 0
    while piece < len(ends):
        starts.append(piece)
        before = int(ends[piece - 1]) if piece else 0
        piece = int(np.searchsorted(ends, before + context, side="right"))
    offsets = np.array([*starts, len(ends)], dtype=np.int64)
    return Packing(pieces.source, pieces.document, pieces.start, pieces.stop, offsets)


def padding_share(packing: Packing, context: int) -> float:
    """How much of the rows would be padding if each were filled up to `context`, the last one too."""
    room = len(packing) * context
    return 1 - packing.tokens / room if room else 0.0


def _taken(pieces: Pieces, which: slice | Integers) -> Pieces:
    return Pieces(pieces.source[which], pieces.document[which], pieces.start[which], pieces.stop[which])


def _joined(parts: Sequence[Pieces]) -> Pieces:
    return Pieces(
        np.concatenate([part.source for part in parts]),
        np.concatenate([part.document for part in parts]),
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.stop for part in parts]),
    )


def _packing(pieces: Pieces, rows: Integers, count: int) -> Packing:
    order = np.argsort(rows, kind="stable")
    offsets = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=count)))).astype(np.int64)
    ordered = _taken(pieces, order)
    return Packing(ordered.source, ordered.document, ordered.start, ordered.stop, offsets)
