"""Statistics of the ablations: paired differences with intervals, and what a design of this size can tell.

Every seed is looked at on the same held-out solutions, so seeds and solutions are crossed: the bootstrap draws
seeds, and, apart from them, solutions, which all drawn seeds share (Owen, The pigeonhole bootstrap, 2007). Had
each seed solutions of its own, the share of the solutions in the error would be divided by the number of seeds,
which it is not. With three seeds a bootstrap over seeds is too narrow, so the interval of a t test over the seeds'
means stands beside it, and a difference counts as shown where both leave out zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

DRAWS = 10_000
LEVEL, POWER = 0.95, 0.8

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Difference:
    """The mean of a difference, with its intervals.

    Attributes:
        by_seed: the mean of each seed.
        bootstrap: over seeds and solutions; None where there is one seed.
        over_seeds: of a t test over `by_seed`; likewise.
    """

    mean: float
    by_seed: tuple[float, ...]
    solutions: int
    bootstrap: tuple[float, float] | None
    over_seeds: tuple[float, float] | None

    @property
    def shown(self) -> bool:
        """Whether both intervals leave out zero."""
        both = (self.bootstrap, self.over_seeds)
        return all(interval is not None and interval[0] * interval[1] > 0 for interval in both)


def difference(sums: Any, weights: Any, seed: int = 0) -> Difference:
    """The difference of two arms.

    Args:
        sums: [seeds, solutions], second arm minus first: nats summed over a solution's tokens, or right answers.
        weights: [solutions]: how many tokens these are; 1 where a solution counts as one.
        seed: of the bootstrap.

    Raises:
        ValueError: the shapes do not fit, or there is nothing to weigh.
    """
    totals, counts = np.asarray(sums, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if totals.ndim != 2 or counts.shape != totals.shape[1:] or not counts.sum() > 0:
        raise ValueError(f"sums of shape {totals.shape} do not go with weights of shape {counts.shape}")
    means: Floats = totals.sum(axis=1) / counts.sum()
    several = len(means) > 1
    return Difference(
        float(means.mean()),
        tuple(map(float, means)),
        len(counts),
        _bootstrap(totals, counts, seed) if several else None,
        _over_seeds(means) if several else None,
    )


def _bootstrap(totals: Floats, counts: Floats, seed: int) -> tuple[float, float]:
    random = np.random.default_rng(seed)
    seeds, solutions = totals.shape
    drawn_seeds = random.multinomial(seeds, np.full(seeds, 1 / seeds), size=DRAWS) / seeds
    drawn = random.multinomial(solutions, np.full(solutions, 1 / solutions), size=DRAWS)
    means = ((drawn @ totals.T) * drawn_seeds).sum(axis=1) / np.maximum(drawn @ counts, 1e-12)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _over_seeds(means: Floats) -> tuple[float, float]:
    half = stats.t.ppf((1 + LEVEL) / 2, len(means) - 1) * means.std(ddof=1) / np.sqrt(len(means))
    return float(means.mean() - half), float(means.mean() + half)


@dataclass(frozen=True)
class Pilot:
    """What two seeds of the baseline tell about errors.

    Attributes:
        seeds: standard deviation of the mean loss between seeds; from two of them, so itself rough.
        solutions: standard error of a paired difference that comes from which solutions are held out.
    """

    seeds: float
    solutions: float

    def detectable(self, seeds: int) -> float:
        """The smallest difference of two arms that `seeds` seeds find with `POWER`, two-sided at 1 - `LEVEL`.

        Arms of a seed share initial weights and order, which this does not count on: it errs on the safe side.
        """
        if seeds < 2:
            return float("inf")
        error = np.sqrt(2 * self.seeds**2 / seeds + self.solutions**2)
        found_from = stats.t.ppf((1 + LEVEL) / 2, seeds - 1)
        return float(error * optimize.brentq(lambda t: stats.nct.sf(found_from, seeds - 1, t) - POWER, 0, 50))


def pilot(first: Any, second: Any, weights: Any) -> Pilot:
    """Errors, from the same sums of two seeds of one arm.

    Args:
        first: [solutions]: nats of each solution, or right answers.
        second: likewise, of the other seed.
        weights: as of `difference`.
    """
    one, other, counts = (np.asarray(each, dtype=np.float64) for each in (first, second, weights))
    whole, many = counts.sum(), len(counts)
    between = (one - other).sum() / whole
    rest = (one - other) - between * counts  # of a ratio of two sums
    return Pilot(float(abs(between) / np.sqrt(2)), float(np.sqrt(many / (many - 1) * (rest**2).sum()) / whole))
