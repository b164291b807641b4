"""Which rows go into the corpus: at most so many tokens of a source, or its share by weight.

Rows of a source come in an order that a hash of the seed and their document decides, so that a larger budget keeps
all that a smaller one did, and the forms of a document stay or go together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

__all__ = ["Sized", "beyond", "budgets"]


class Sized(NamedTuple):
    """A document with all its rows: its source and its tokens."""

    document: str
    source: str
    tokens: int


def budgets(
    have: Mapping[str, int], most: Mapping[str, int], weights: Mapping[str, float], total: int | None
) -> dict[str, int]:
    """How many tokens of each source go in.

    Sources with a weight share in proportion, as much as the one that is scarcest for its weight allows. What
    neither has a weight nor a limit goes in whole. If all of it is more than the total, those with a weight give
    way; only if there are none, all do, in proportion.

    Args:
        have: tokens of each source.
        most: of sources with a limit.
        weights: of sources with a weight.
        total: of the corpus, at most; None: no limit.
    """
    wanted = {name: min(count, most.get(name, count)) for name, count in have.items() if name not in weights}
    # A source that gave nothing has no say: it would leave nothing of the others.
    shares = {name: weights[name] for name in have if name in weights and have[name] > 0}
    scale = min((have[name] / weight for name, weight in shares.items()), default=0.0)
    fixed = sum(wanted.values())
    if total is not None and shares:
        scale = min(scale, max(0, total - fixed) / sum(shares.values()))
    wanted |= {name: int(shares[name] * scale + 1e-6) if name in shares else 0 for name in have if name in weights}
    there = sum(wanted.values())
    if total is not None and there > total:
        wanted = {name: count * total // there for name, count in wanted.items()}
    return wanted


def beyond(documents: Iterable[Sized], budget: Mapping[str, int], seed: int) -> dict[str, str]:
    """The documents that do not go in, each with the reason.

    A document goes in when what went in before it, with it, is within the budget of its source; a shorter one
    behind it may still fit.
    """
    used: dict[str, int] = {}
    out: dict[str, str] = {}
    for document in sorted(documents, key=lambda one: _place(seed, one.document)):
        there = used.get(document.source, 0) + document.tokens
        if there > budget[document.source]:
            out[document.document] = f"mix: beyond the {budget[document.source]:,} tokens of '{document.source}'"
        else:
            used[document.source] = there
    return out


def _place(seed: int, document: str) -> bytes:
    return hashlib.sha256(f"{seed}\0{document}".encode()).digest()[:16]
