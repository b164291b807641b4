"""What is trained on: texts as lines, copies dropped, classes balanced, whole sites held out."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from mathcoder.corpus.recall.features import features

__all__ = ["ClassCounts", "Example", "Prepared", "Sample", "Split", "prepared", "site_of"]


_REPEATS = 8  # times that a text of the smaller class is trained on, at most

Split = Literal["by site", "by text"]


class Sample(NamedTuple):
    """A text, its site, whose pages are held out together ("" if not known), and the name of its source."""

    text: str
    site: str = ""
    source: str = ""


class Example(NamedTuple):
    """A text as it is trained on."""

    line: str
    key: str  # SHA-256 of the line: its order, and its part where texts are split one by one
    site: str
    source: str


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """What became of the texts of one class: `given` is the sum of the rest but `sources`.

    Attributes:
        given: texts that were given.
        empty: of them without a token.
        copies: of a text that is there already, but for letters' case, digits and punctuation.
        contradictory: that the other class has too; neither is used.
        held_out: not trained on but measured with.
        left_out: of a class that is many times larger than the other.
        trained: trained on; those of the smaller class more than once, so that both weigh the same.
        sources: of the texts that are not empty: how many are from each.
    """

    given: int
    empty: int
    copies: int
    contradictory: int
    held_out: int
    left_out: int
    trained: int
    sources: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The two parts; each pair is an example and whether it is related.

    Attributes:
        trained: as many related ones as others, some of them repeated, in an order that only the texts and the
            seed decide.
        held_out: likewise sorted.
        related: counts of that class.
        unrelated: counts of that class.
        split: "by site", or "by text" where there are too few sites for a part of their own.
    """

    trained: list[tuple[Example, bool]]
    held_out: list[tuple[Example, bool]]
    related: ClassCounts
    unrelated: ClassCounts
    split: Split


def site_of(url: str | None, meta: Mapping[str, object] | None = None) -> str:
    """The host of a page, else the repository that its row names, else ""."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        host = None
    named = (meta or {}).get("repo")
    return host or (named if isinstance(named, str) else "")


def prepared(
    related: Iterable[Sample], unrelated: Iterable[Sample], *, share: float, seed: int, most: int
) -> Prepared:
    """The parts to train on and to hold out, whatever the order that the samples come in.

    Args:
        related: of that class.
        unrelated: of that class.
        share: of each class that is held out.
        seed: decides which.
        most: characters of a text that are looked at.

    Raises:
        ValueError: a class has too few texts for two parts.
    """
    found = [_Class.of(samples, most) for samples in (related, unrelated)]
    common = found[0].examples.keys() & found[1].examples.keys()
    for each in found:
        each.drop(common)
        if len(each.examples) < 2:
            name = "positives" if each is found[0] else "negatives"
            raise ValueError(
                f"{len(each.examples)} different {name} (of {each.given} given): one part is trained on and one "
                "is held out, so give more"
            )
    held = _held_sites(found, share, seed)
    split: Split = "by site"
    if held is None:
        held, split = _held_texts(found, share, seed), "by text"
    counts: list[ClassCounts] = []
    trained: list[tuple[Example, bool]] = []
    measured: list[tuple[Example, bool]] = []
    kept = [[e for e in each.examples.values() if e.key not in held] for each in found]
    size = min(max(map(len, kept)), _REPEATS * min(map(len, kept)))
    for each, rest, label in zip(found, kept, (True, False), strict=True):
        chosen = sorted(rest, key=lambda example: _order(example.key, seed))[:size]
        trained += ((example, label) for example in islice(cycle(chosen), size))
        measured += ((example, label) for key, example in each.examples.items() if key in held)
        counts.append(each.counts(len(each.examples) - len(rest), len(rest) - len(chosen), len(chosen)))
    trained.sort(key=lambda pair: _order(pair[0].key, seed))
    measured.sort(key=lambda pair: pair[0].key)
    return Prepared(trained, measured, counts[0], counts[1], split)


@dataclass(slots=True)
class _Class:
    """The different texts of a class by their keys, and how many were none."""

    examples: dict[str, Example]
    given: int
    empty: int
    copies: int
    contradictory: int
    sources: Counter[str]

    @classmethod
    def of(cls, samples: Iterable[Sample], most: int) -> _Class:
        each = cls({}, 0, 0, 0, 0, Counter())
        for sample in samples:
            each.given += 1
            if not (line := features(sample.text, most)):
                each.empty += 1
                continue
            each.sources[sample.source] += 1
            key = hashlib.sha256(line.encode()).hexdigest()
            example = Example(line, key, sample.site, sample.source)
            if key in each.examples:
                each.copies += 1
                example = min(example, each.examples[key])  # whichever came first
            each.examples[key] = example
        return each

    def drop(self, keys: Collection[str]) -> None:
        for key in keys:
            del self.examples[key]
        self.contradictory += len(keys)

    def counts(self, held_out: int, left_out: int, trained: int) -> ClassCounts:
        sources = dict(sorted(self.sources.items()))
        return ClassCounts(
            self.given, self.empty, self.copies, self.contradictory, held_out, left_out, trained, sources
        )


def _held_sites(classes: list[_Class], share: float, seed: int) -> set[str] | None:
    """The keys of the held-out sites, about a share of each class; None where whole sites give less than half."""
    sites: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for index, each in enumerate(classes):
        for example in each.examples.values():
            sites[example.site or f"\0{example.key}"][index].append(example.key)
    wanted = [share * len(each.examples) for each in classes]
    held: list[set[str]] = [set(), set()]
    for name in sorted(sites, key=lambda name: _order(name, seed)):
        keys = sites[name]
        if all(len(held[i]) + len(keys[i]) <= max(wanted[i], 1) for i in (0, 1)):
            for i in (0, 1):
                held[i].update(keys[i])
    enough = all(2 * len(held[i]) >= max(wanted[i], 1) for i in (0, 1))
    return held[0] | held[1] if enough else None


def _held_texts(classes: list[_Class], share: float, seed: int) -> set[str]:
    """A share of each class, at least one text, at most all but one."""
    held: set[str] = set()
    for each in classes:
        count = min(max(round(share * len(each.examples)), 1), len(each.examples) - 1)
        held.update(sorted(each.examples, key=lambda key: _order(key, seed))[:count])
    return held


def _order(name: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\0{name}".encode()).digest()
