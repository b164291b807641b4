"""A share with what it is worth: how many of how many, and the interval that goes with it."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Share"]


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total`. A mean over samples may make the count no whole number."""

    count: float
    total: int

    @property
    def value(self) -> float:
        """0 to 1; NaN of nothing."""
        return self.count / self.total if self.total else math.nan

    def interval(self, z: float = 1.96) -> tuple[float, float]:
        """The Wilson score interval; `z` = 1.96 for 95%. (0, 1) of nothing.

        Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.
        """
        if not self.total:
            return 0.0, 1.0
        n, p = self.total, self.value
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)
