"""What a person should know of a model beside its figures, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from mathcoder.corpus.recall.model_file import Facts, Round

__all__ = ["notes", "pair"]


def pair(each: Round, name: str) -> tuple[int, int]:
    """A count of both classes, by its name: related, unrelated."""
    return getattr(each.related, name), getattr(each.unrelated, name)


def notes(facts: Facts) -> Iterator[str]:
    """What a person should know beside the figures: what was not used, and what the second round saw."""
    for number, each in enumerate(facts.rounds, start=1):
        if pool := each.pool:
            types = ", ".join(f"{kind}: {count:,}" for kind, count in pool.types.items())
            yield (
                f"round {number}: {pool.passed:,} of {pool.given:,} pages let through by round 1, {pool.asked:,} "
                f"to be labelled; types {types}"
            )
            yield from (f"round {number}: {n:,} not labelled: {why}" for why, n in pool.unlabelled.items())
        for name, word in (
            *(("empty", "without words"), ("copies", "copies of others")),
            *(("contradictory", "that are in both classes"), ("left_out", "more than the other class balances")),
        ):
            if any(counts := pair(each, name)):
                yield f"round {number}: not used: {counts[0]:,} related, {counts[1]:,} unrelated pages {word}"
        if each.split == "by text":
            yield f"round {number}: held out by text: there are too few sites; pages of unseen sites may do worse"
    if facts.cascade:
        yield (
            f"both rounds on what round 1 held out: precision {facts.cascade.precision:.3f}, "
            f"recall {facts.cascade.recall:.3f}"
        )
