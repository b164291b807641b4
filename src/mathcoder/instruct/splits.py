"""Train and validation: problems are held out whole, and with them those that were made from them."""

from __future__ import annotations

from hashlib import blake2b
from typing import Literal

from mathcoder.instruct.samples import Sample

__all__ = ["Split", "split_of"]

Split = Literal["train", "validation"]


def split_of(sample: Sample, *, seed: int = 0, share: float = 0.02) -> Split:
    """Which split a row goes into: the same for all solutions of a problem and of those made from it.

    A hash decides, so rows that are added or taken away move no other row. The share is that of many problems;
    among few there may be none.

    Args:
        seed: another one holds out other problems.
        share: of the problems that are held out.

    Raises:
        ValueError: the share is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share is {share}: it must be between 0 and 1")
    family = f"{seed} {sample.parent or sample.problem}".encode("utf-8", "replace")
    place = int.from_bytes(blake2b(family, digest_size=8).digest())
    return "validation" if place < share * 2**64 else "train"
