"""Holds one run against another, problem by problem: what changed, by how much, and whether that may be chance.

Both runs were asked the same problems, so that the difference is looked at within each problem: much smaller ones
can be told from chance than by the intervals of the two accuracies (Dror et al., ACL 2018, P18-1128).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any, Literal

from mathcoder.evaluation.rows import EvalRow, Run, asked
from mathcoder.evaluation.samples import Problems, accuracy, by_problem, share_right, voted
from mathcoder.evaluation.scores import Share

__all__ = ["Change", "Comparison", "Mismatch", "compare", "mismatches"]

_RESAMPLES = 10_000
_SEED = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A problem that one run has right and the other has not. `first`, `second`: what they answer."""

    benchmark: str
    problem: str
    question: str
    reference: str
    first: str | None
    second: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The problems of a benchmark that both runs have.

    Attributes:
        benchmark: its name; "all" for all that both runs have together.
        first: the accuracy of the first run on these problems: the mean of the share of right samples.
            Ungradable samples are not right.
        interval: of the difference, 95%: percentiles of a paired bootstrap over problems.
        by: what `fixed`, `broken`, the two counts and `p` are about: the one sample of each problem, or the
            majority of its samples where a run has several.
        fixed: right in the second run only.
        broken: right in the first run only.
        p: of McNemar's exact test, two-sided: how likely so uneven a split between fixed and broken is, if
            neither run is better than the other.
        only_first: problems that the second run lacks. They are left out of all other figures.
        ungradable: samples of each run, among these problems.
    """

    benchmark: str
    first: Share
    second: Share
    interval: tuple[float, float]
    by: Literal["sample", "majority"]
    both_right: int
    both_wrong: int
    fixed: tuple[Change, ...]
    broken: tuple[Change, ...]
    p: float
    only_first: int
    only_second: int
    ungradable: tuple[int, int]

    @property
    def difference(self) -> float:
        """Of the accuracies, second minus first; -1 to 1."""
        return (self.second.count - self.first.count) / self.first.total

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values."""
        return {**asdict(self), "difference": self.difference}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Something in which two runs differ besides the model, so that their figures may not be comparable."""

    what: str
    first: str
    second: str


def compare(first: Run, second: Run, benchmark: str | None = None) -> list[Comparison]:
    """What the second run changed: one entry for each benchmark that both have, and one over all if several.

    Problems are paired by their id. The interval is seeded: the same runs give the same one.
    Sources: Q. McNemar, Note on the sampling error of the difference between correlated proportions, 1947;
    B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.

    Args:
        benchmark: only this one.

    Raises:
        ValueError: the runs have no problem in common, or none of `benchmark`.
    """
    ours, theirs = by_problem(first.rows), by_problem(second.rows)
    shared = [name for name in ours if ours[name].keys() & theirs.get(name, {}).keys()]
    if benchmark is not None:
        shared = [name for name in shared if name == benchmark]
    if not shared:
        what = "no problem" if benchmark is None else f"no problem of {benchmark}"
        raise ValueError(f"{first.folder} and {second.folder} have {what} in common; name runs of one benchmark")
    found = [_compare(name, [name], ours, theirs) for name in shared]
    return found if len(shared) == 1 else [*found, _compare("all", shared, ours, theirs)]


def mismatches(first: Run, second: Run) -> list[Mismatch]:
    """In what two runs differ besides the model: problems, how they were asked, by which rule they were graded."""
    ours, theirs = by_problem(first.rows), by_problem(second.rows)
    found = [("benchmarks", ", ".join(ours), ", ".join(theirs))]
    for name in (name for name in ours if name in theirs):
        counts = len(ours[name]), len(theirs[name])
        found.append((f"problems of {name}", f"{counts[0]:,}", f"{counts[1]:,}"))
        if counts[0] == counts[1]:  # otherwise the hashes differ for that alone
            keys = ("inputs", name, "sha256")
            found.append((f"hash of {name}", _asked(first, *keys)[:12], _asked(second, *keys)[:12]))
        same = ours[name].keys() & theirs[name].keys()
        if other := sum(_text(ours[name][problem]) != _text(theirs[name][problem]) for problem in same):
            found.append((f"questions of the same id in {name}", f"{len(same):,}", f"{other:,} of them differ"))
    for what, *keys in _SETTINGS:
        found.append((what, _asked(first, *keys), _asked(second, *keys)))
    return [Mismatch(what, one, other) for what, one, other in found if one != other]


_SETTINGS = (
    ("split", "settings", "split"),
    ("style", "settings", "asking", "style"),
    ("dialect", "settings", "asking", "dialect"),
    ("worked examples", "settings", "asking", "shots"),
    ("template", "settings", "asking", "template"),
    ("system", "settings", "asking", "system"),
    ("most rounds", "settings", "options", "rounds"),
    ("most tokens", "settings", "options", "tokens"),
    ("temperature", "settings", "options", "temperature"),
    ("votes", "settings", "votes"),
    ("verification", "settings", "verify"),
    ("grading rule", "settings", "rule"),
    ("finished", "finished"),
    ("version of mathcoder", "versions", "mathcoder"),
)


def _asked(run: Run, *keys: str) -> str:
    value = asked(run, *keys)
    return "?" if value is None else {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _text(samples: Sequence[EvalRow]) -> tuple[str, str]:
    return samples[0].question, samples[0].reference


def _compare(name: str, benchmarks: Sequence[str], ours: Problems, theirs: Problems) -> Comparison:
    pairs = [
        (samples, theirs[benchmark][problem])
        for benchmark in benchmarks
        for problem, samples in ours[benchmark].items()
        if problem in theirs[benchmark]
    ]
    firsts, seconds = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    votes = [(voted(one), voted(other)) for one, other in pairs]
    right = [(one.correct is True, other.correct is True) for one, other in votes]
    fixed = tuple(_change(*pair) for pair, (before, after) in zip(votes, right, strict=True) if after > before)
    broken = tuple(_change(*pair) for pair, (before, after) in zip(votes, right, strict=True) if before > after)
    return Comparison(
        benchmark=name,
        first=accuracy(firsts),
        second=accuracy(seconds),
        interval=_bootstrap([share_right(other) - share_right(one) for one, other in pairs]),
        by="majority" if any(len(samples) > 1 for samples in (*firsts, *seconds)) else "sample",
        both_right=right.count((True, True)),
        both_wrong=right.count((False, False)),
        fixed=fixed,
        broken=broken,
        p=_mcnemar(len(fixed), len(broken)),
        only_first=sum(len(ours[benchmark]) for benchmark in benchmarks) - len(pairs),
        only_second=sum(len(theirs[benchmark]) for benchmark in benchmarks) - len(pairs),
        ungradable=(_ungradable(firsts), _ungradable(seconds)),
    )


def _change(one: EvalRow, other: EvalRow) -> Change:
    return Change(one.benchmark, one.problem, one.question, one.reference, one.answer, other.answer)


def _ungradable(problems: Iterable[Sequence[EvalRow]]) -> int:
    return sum(row.outcome == "ungradable" for samples in problems for row in samples)


def _mcnemar(fixed: int, broken: int) -> float:
    if not fixed + broken:
        return 1.0
    return float(import_module("scipy.stats").binomtest(fixed, fixed + broken, 0.5).pvalue)


def _bootstrap(differences: Sequence[float]) -> tuple[float, float]:
    """The middle 95% of the mean of `differences`, drawn again with replacement.

    How often each distinct value is drawn follows a multinomial distribution; to draw that is the same as to draw
    the problems, and needs no memory for all of them. The values are drawn in an order that is the same for the
    runs the other way round, so that the two intervals mirror each other.
    """
    import numpy as np

    values, counts = np.unique(np.array(differences), return_counts=True)
    there, back = [*values, *counts], [*(-values[::-1]), *counts[::-1]]
    turned = back < there
    if turned:
        values, counts = -values[::-1], counts[::-1]
    total = len(differences)
    draws = np.random.default_rng(_SEED).multinomial(total, counts / total, size=_RESAMPLES)
    low, high = (float(bound) for bound in np.percentile(draws @ values / total, (2.5, 97.5)))
    if there == back:  # it is its own mirror image, and so is its interval
        low, high = (low - high) / 2, (high - low) / 2
    return (-high, -low) if turned else (low, high)
