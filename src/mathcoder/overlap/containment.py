"""Which items of a benchmark stand in a text, and where: n-grams of tokens, looked up by hash.

An item is found in a passage when enough of its distinct n-grams are there; an item shorter than n tokens when it
is there whole. Nothing here knows of tables or files: texts go in, passages come out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mathcoder.overlap.tokens import Tokens, gram_hashes, tokens_of

__all__ = ["Hits", "ItemIndex", "Passage"]

_U64 = NDArray[np.uint64]
_I64 = NDArray[np.int64]
_Bools = NDArray[np.bool_]


# Characters of text whose tokens are in memory at a time, about 8 bytes for each.
_TOGETHER = 1 << 22


@dataclass(frozen=True, slots=True)
class Passage:
    """Where an item was found.

    Attributes:
        item: the item's id.
        start, end: characters `start` up to, not including, `end` of the text.
        share: how much of the item is there, 0 to 1: of its distinct n-grams that are not frequent.
    """

    item: str
    start: int
    end: int
    share: float


@dataclass(frozen=True, slots=True)
class Hits:
    """n-grams of items that texts have. All arrays have one entry a hit, by text and then by place.

    Attributes:
        text: the index of the text.
        gram: the index of the n-gram in the `ItemIndex`.
        token: the place of its first token; differences mean something within one text.
        start, end: characters of the text.
    """

    text: _I64
    gram: _I64
    token: _I64
    start: _I64
    end: _I64


@dataclass(frozen=True)
class ItemIndex:
    """The n-grams of a benchmark's items. Made by `of`.

    Attributes:
        ids: the items' ids, sorted.
        lengths: the items' lengths in tokens.
        widths: the lengths of n-grams that occur: n, and the length of each item shorter than that.
        grams: the distinct hashes, sorted.
        offsets, owners: `owners[offsets[g]:offsets[g + 1]]` are the items that have n-gram g.
        presence: for the low bits of a hash whether any n-gram has them: turns most look-ups away at once.
    """

    ids: tuple[str, ...]
    lengths: _I64
    widths: tuple[int, ...]
    grams: _U64
    offsets: _I64
    owners: _I64
    presence: _Bools

    @classmethod
    def of(cls, ids: Sequence[str], texts: Sequence[str], n: int) -> ItemIndex:
        """The index of items, which may come in any order. An item without a token is never found.

        Raises:
            ValueError: n is not positive, or two items have one id.
        """
        if n < 1:
            raise ValueError(f"n must be at least 1, not {n}")
        order = sorted(range(len(ids)), key=lambda index: ids[index])
        names = tuple(ids[index] for index in order)
        for first, second in pairwise(names):
            if first == second:
                raise ValueError(f"two items have the id {first!r}; ids must be unique")
        found = tokens_of([texts[index] for index in order])
        lengths = np.bincount(found.text, minlength=len(names)).astype(np.int64)
        widths = np.minimum(lengths, n)
        pairs: list[tuple[_U64, _I64]] = []
        for width in np.unique(widths[widths > 0]):
            places, hashes = _grams(found, int(width))
            own = widths[found.text[places]] == width
            pairs.append((hashes[own], found.text[places[own]]))
        return cls(names, lengths, tuple(int(w) for w in np.unique(widths[widths > 0])), *_postings(pairs))

    def hits(self, texts: Sequence[str]) -> Hits:
        """Every place where a text has an n-gram of an item."""
        parts = [self._hits(texts[first:last], first) for first, last in _bounded(texts)]
        columns = ("text", "gram", "token", "start", "end")
        nothing = [np.zeros(0, np.int64)]
        return Hits(*(np.concatenate(nothing + [getattr(part, name) for part in parts]) for name in columns))

    def _hits(self, texts: Sequence[str], first: int) -> Hits:
        found = tokens_of(texts)
        places: list[_I64] = [np.zeros(0, np.int64)]
        grams: list[_I64] = [np.zeros(0, np.int64)]
        ends: list[_I64] = [np.zeros(0, np.int64)]
        for width in self.widths:
            hashes = gram_hashes(found.hashes, width)
            maybe = np.flatnonzero(self.presence[hashes & np.uint64(len(self.presence) - 1)])
            maybe = maybe[found.text[maybe] == found.text[maybe + width - 1]]
            known = np.searchsorted(self.grams, hashes[maybe]).clip(max=len(self.grams) - 1)
            same = self.grams[known] == hashes[maybe]
            places.append(maybe[same])
            grams.append(known[same])
            ends.append(found.ends[maybe[same] + width - 1])
        place, gram, end = np.concatenate(places), np.concatenate(grams), np.concatenate(ends)
        order = np.lexsort((gram, place))
        place = place[order]
        return Hits(found.text[place] + first, gram[order], place, found.starts[place], end[order])

    def counted(self, frequent: _Bools) -> _I64:
        """For each item the number of its distinct n-grams that are not frequent."""
        owners = self.owners[np.repeat(~frequent, np.diff(self.offsets))]
        return np.bincount(owners, minlength=len(self.ids)).astype(np.int64)

    def candidates(self, texts: _I64, grams: _I64, frequent: _Bools, threshold: float) -> _I64:
        """The texts that, taken whole, have enough of an item's n-grams; of a text each n-gram is given once."""
        _, text, item = self._owned(texts, grams, frequent)
        pairs, found = np.unique(text * len(self.ids) + item, return_counts=True)
        share = found / self.counted(frequent)[pairs % max(len(self.ids), 1)]
        return np.unique(pairs[share >= threshold] // max(len(self.ids), 1))

    def passages(self, texts: Sequence[str], frequent: _Bools, threshold: float) -> list[list[Passage]]:
        """For each text the passages with at least `threshold` of an item's n-grams, by item and place.

        Hits of an item that are further apart than the item is long belong to different passages.
        """
        hits = self.hits(texts)
        counted = self.counted(frequent)
        found: list[list[Passage]] = [[] for _ in texts]
        for rows, item in self._runs(hits, frequent):
            share = len(np.unique(hits.gram[rows])) / int(counted[item])
            if share >= threshold:
                start, end = int(hits.start[rows[0]]), int(hits.end[rows].max())
                found[int(hits.text[rows[0]])].append(Passage(self.ids[item], start, end, share))
        return found

    def _runs(self, hits: Hits, frequent: _Bools) -> Iterator[tuple[_I64, int]]:
        """Rows of the hits that make one passage of one item, and the item."""
        row, text, item = self._owned(hits.text, hits.gram, frequent)
        order = np.lexsort((row, item, text))
        row, text, item = row[order], text[order], item[order]
        if not len(row):
            return
        apart = np.diff(hits.token[row]) > self.lengths[item[1:]]
        new = (np.diff(text) != 0) | (np.diff(item) != 0) | apart
        edges = np.concatenate([[0], np.flatnonzero(new) + 1, [len(row)]])
        for first, last in pairwise(edges.tolist()):
            yield row[first:last], int(item[first])

    def _owned(self, texts: _I64, grams: _I64, frequent: _Bools) -> tuple[_I64, _I64, _I64]:
        """One entry for each owner of each hit that is not frequent: the hit's row, its text, the item."""
        rows = np.flatnonzero(~frequent[grams]) if len(grams) else np.zeros(0, np.int64)
        begins = self.offsets[grams[rows]]
        sizes = self.offsets[grams[rows] + 1] - begins
        skipped = np.cumsum(sizes) - sizes
        places = np.arange(int(sizes.sum())) + np.repeat(begins - skipped, sizes)
        rows = np.repeat(rows, sizes)
        return rows, texts[rows], self.owners[places]


def _bounded(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Ranges of texts that are together no longer than `_TOGETHER`, so that a large batch takes little memory."""
    first = size = 0
    for index, text in enumerate(texts):
        if index > first and size + len(text) > _TOGETHER:
            yield first, index
            first, size = index, 0
        size += len(text)
    if texts:
        yield first, len(texts)


def _grams(found: Tokens, width: int) -> tuple[_I64, _U64]:
    """The places of first tokens and the hashes of the n-grams that lie in one text."""
    hashes = gram_hashes(found.hashes, width)
    places = np.flatnonzero(found.text[: len(hashes)] == found.text[width - 1 :][: len(hashes)])
    return places, hashes[places]


def _postings(pairs: list[tuple[_U64, _I64]]) -> tuple[_U64, _I64, _I64, _Bools]:
    hashes = np.concatenate([np.zeros(0, np.uint64), *(pair[0] for pair in pairs)])
    owners = np.concatenate([np.zeros(0, np.int64), *(pair[1] for pair in pairs)])
    order = np.lexsort((owners, hashes))
    hashes, owners = hashes[order], owners[order]
    first = np.ones(len(hashes), np.bool_)
    first[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    grams, counts = np.unique(hashes[first], return_counts=True)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    bits = max(16, min(26, int(len(grams) * 16).bit_length()))
    presence = np.zeros(1 << bits, np.bool_)
    presence[grams & np.uint64((1 << bits) - 1)] = True
    return grams, offsets, owners[first], presence
