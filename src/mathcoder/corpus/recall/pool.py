"""The second round's texts: some of what the first lets through, with labels."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from mathcoder.corpus.recall.labels import Label, Labeller
from mathcoder.corpus.recall.model_file import Pool
from mathcoder.corpus.recall.samples import Sample

__all__ = ["LabelledPool", "labelled_pool"]

_BATCH = 256  # texts scored at a time
_LEAST = 2  # of each class: one to train on, one to hold out


@dataclass(frozen=True, slots=True)
class LabelledPool:
    """What was labelled mathematical, what was labelled otherwise, and the counts."""

    related: list[Sample]
    unrelated: list[Sample]
    facts: Pool


def labelled_pool(
    score: Callable[[Sequence[str]], list[float]],
    threshold: float,
    unlabelled: Iterator[Sample],
    label: Labeller,
    most: int,
    seed: int,
) -> LabelledPool:
    """Draw texts from those that score the threshold or more, whatever their order, and have them labelled.

    Args:
        score: of the first round.
        threshold: likewise.
        unlabelled: read once; at most `most` of them are held.
        label: says what they are.
        most: texts to label.
        seed: decides which.

    Raises:
        ValueError: too few are mathematical, or too few are not.
    """
    counts: Counter[str] = Counter()
    passed = _passed(score, threshold, unlabelled, counts, seed)
    chosen = [sample for _, sample in heapq.nsmallest(most, passed, key=itemgetter(0))]
    labels = label([sample.text for sample in chosen])
    related: list[Sample] = []
    unrelated: list[Sample] = []
    types: Counter[int] = Counter()
    without: list[str] = []
    for sample, found in zip(chosen, labels, strict=True):
        if isinstance(found, Label):
            types[found.type] += 1
            (related if found.mathematical else unrelated).append(sample)
        else:
            without.append(found.why)
    if min(len(related), len(unrelated)) < _LEAST:
        more = f" ({len(without)} were not labelled, first: {without[0]})" if without else ""
        raise ValueError(
            f"round 2: of {counts['given']} unlabelled pages round 1 let {counts['passed']} through; of those "
            f"labelled {len(related)} are mathematical and {len(unrelated)} are not{more}; some of each are "
            "needed: give more pages of the kind that is to be filtered"
        )
    facts = Pool(
        given=counts["given"],
        passed=counts["passed"],
        asked=len(chosen),
        types=dict(sorted(types.items())),
        unlabelled=dict(sorted(Counter(why.partition(": ")[0] for why in without).items())),
    )
    return LabelledPool(related, unrelated, facts)


def _passed(
    score: Callable[[Sequence[str]], list[float]],
    threshold: float,
    samples: Iterator[Sample],
    counts: Counter[str],
    seed: int,
) -> Iterator[tuple[bytes, Sample]]:
    """What the first round lets through, each text once, with the number that draws it."""
    seen: set[bytes] = set()
    while batch := list(islice(samples, _BATCH)):
        counts["given"] += len(batch)
        for sample, found in zip(batch, score([sample.text for sample in batch]), strict=True):
            if found < threshold:
                continue
            counts["passed"] += 1
            number = hashlib.sha256(f"{seed}\0{sample.text}".encode(errors="replace")).digest()[:16]
            if number not in seen:
                seen.add(number)
                yield number, sample
