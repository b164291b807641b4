"""Mixing: which documents are trained on in which order, counted in tokens.

Each source is a stream of its documents in a seeded order, a new one for each repetition, and has a budget of
tokens; the document that passes it is cut. Streams are merged so that after every document each source has had
its share to within one document.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mathcoder.training.packing import Pieces, permutation

__all__ = ["budgets", "mixed"]

Integers = NDArray[np.int64]


def budgets(
    have: Mapping[str, int],
    *,
    weights: Mapping[str, float] | None = None,
    tokens: int | None = None,
    epochs: float = 1.0,
) -> dict[str, int]:
    """How many tokens of each source are trained on.

    With `tokens`, these are shared out by weight, or, where there are no weights, by what there is; the counts add
    up to it exactly, and a source is repeated as often as it has to be. Otherwise, with weights: as many as let
    the source that is scarcest for its weight be seen `epochs` times. Otherwise every source `epochs` times.

    Args:
        have: tokens of each source.

    Raises:
        ValueError: a source that should give something has nothing.
    """
    if empty := [name for name, count in have.items() if not count and (weights or not sum(have.values()))]:
        raise ValueError(f"source '{empty[0]}' has no tokens to train on; give it rows or leave it out")
    shares = {name: Fraction(weights[name] if weights else count) for name, count in have.items()}
    whole = sum(shares.values())
    if tokens is not None:
        exact = {name: tokens * share / whole for name, share in shares.items()}
        return _rounded(exact, tokens)
    scale = Fraction(epochs) * min(have[name] / share for name, share in shares.items() if share)
    return {name: round(share * scale) for name, share in shares.items()}


def _rounded(exact: Mapping[str, Fraction], total: int) -> dict[str, int]:
    """Whole numbers that add up to a total; the largest remainders are rounded up."""
    counts = {name: int(value) for name, value in exact.items()}
    by_rest = sorted(exact, key=lambda name: counts[name] - exact[name])
    for name in by_rest[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def mixed(lengths: Mapping[str, Integers], budget: Mapping[str, int], *, seed: int, whole: bool = False) -> Pieces:
    """The documents of all sources in the order in which they are trained on, none of them empty.

    Args:
        lengths: tokens of each document, by source; sources are numbered in this order.
        budget: tokens of each source, as `budgets` has them.
        seed: of the order within a source; it depends on this, the source's name and the repetition alone.
        whole: the document that a budget ends in is not cut there.
    """
    streams = [_stream(name, lengths[name], budget[name], seed, whole) for name in lengths]
    source = _merged([stop for _, stop in streams])
    document, stop = np.empty(len(source), np.int64), np.empty(len(source), np.int64)
    for number, (documents, stops) in enumerate(streams):
        places = np.flatnonzero(source == number)
        document[places], stop[places] = documents, stops
    return Pieces(source, document, np.zeros(len(source), np.int64), stop)


def _stream(name: str, lengths: Integers, budget: int, seed: int, whole: bool) -> tuple[Integers, Integers]:
    """The documents of one source up to its budget, and where each ends."""
    usable = np.flatnonzero(lengths)
    total = int(lengths.sum())
    repetitions = range(-(-budget // total) if total else 0)
    orders = [usable[permutation(len(usable), "documents", seed, name, number)] for number in repetitions]
    documents = np.concatenate(orders) if orders else np.zeros(0, np.int64)
    stops = lengths[documents].astype(np.int64)
    ends = np.cumsum(stops)
    count = int(np.searchsorted(ends, budget)) + 1
    documents, stops = documents[:count], stops[:count]
    if len(stops) and not whole:
        stops[-1] -= int(ends[len(stops) - 1]) - budget
    return documents, stops


def _merged(lengths: Sequence[Integers]) -> Integers:
    """The source of each document, in order.

    Fair queueing (EEVDF: Stoica and Abdel-Wahab, 1995): of the sources whose next document should have begun by
    now, that whose document should end first. No source is then ahead or behind by more than the longest document.
    """
    if sum(bool(len(one)) for one in lengths) < 2:
        return np.repeat(np.arange(len(lengths)), [len(one) for one in lengths])
    ends = [np.cumsum(one) for one in lengths]
    total = sum(int(one[-1]) for one in ends if len(one))
    # When each document should begin and end, as shares of the whole.
    due: list[Any] = [(one / one[-1]).data if len(one) else () for one in ends]
    sizes: list[Any] = [np.ascontiguousarray(one).data for one in lengths]
    place = [0] * len(lengths)
    waiting = [(0.0, number) for number, one in enumerate(lengths) if len(one)]
    ready: list[tuple[float, int]] = []
    merged, done = np.empty(sum(map(len, lengths)), np.int64), 0
    into: Any = merged.data
    for at in range(len(merged)):
        now = done / total
        while waiting and (waiting[0][0] <= now or not ready):
            _, number = heapq.heappop(waiting)
            heapq.heappush(ready, (due[number][place[number]], number))
        end, number = heapq.heappop(ready)
        into[at] = number
        done += sizes[number][place[number]]
        place[number] += 1
        if place[number] < len(sizes[number]):
            heapq.heappush(waiting, (end, number))
    return merged
