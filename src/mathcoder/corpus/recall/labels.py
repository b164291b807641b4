"""The seven types that MathCoder2 sorts text into (arXiv 2410.08196, section 2.1), and who says which it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["MATHEMATICAL", "TYPES", "Label", "Labeller", "Unlabelled"]

TYPES = {
    1: "mathematical problem and solution",
    2: "mathematical concept or theory",
    3: "science or engineering that needs mathematics",
    4: "programming problem and solution",
    5: "programming concept or theory",
    6: "use of a language or tool",
    7: "other",
}
MATHEMATICAL = frozenset({1, 2, 3})  # what stays in a mathematical corpus


@dataclass(frozen=True, slots=True)
class Label:
    """What a text is.

    Attributes:
        type: one of `TYPES`.
        why: one line.
    """

    type: int
    why: str

    @property
    def mathematical(self) -> bool:
        return self.type in MATHEMATICAL


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """A text that was not labelled. `why`: one line, "class: detail"."""

    why: str


# Labels texts, in their order.
Labeller = Callable[[Sequence[str]], Sequence[Label | Unlabelled]]
