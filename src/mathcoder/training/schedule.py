"""How many steps a training has, and the learning rate of each.

Budgets in tokens become steps here, exactly: each step's tokens are known before the training begins, because its
rows are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mathcoder.training.recipe import OptimPart

__all__ = ["Schedule", "plan_schedule"]

_DECAY = 0.1  # of all tokens, where `decay_tokens` is not given


@dataclass(frozen=True, slots=True)
class Schedule:
    """Learning rates.

    Attributes:
        steps: how many there are.
        warmup: the first so many rise to the highest rate.
        decay: the step that the decay begins at: linear for `stable`, a cosine for `cosine`.
        final: what the decay ends at after the last step, as a share of the highest rate.
    """

    kind: Literal["cosine", "stable", "constant"]
    steps: int
    warmup: int
    decay: int
    final: float

    def factor(self, step: int) -> float:
        """The rate of a step (the first is 0), as a share of the highest.

        It rises in equal parts over the warm-up, from 1/(warmup + 1), so that no step is lost at a rate of 0, is 1
        at step `warmup`, and would be `final` at step `steps`, one behind the last.
        """
        if step < self.warmup:
            return (step + 1) / (self.warmup + 1)
        if self.kind == "constant" or step < self.decay:
            return 1.0
        done = min((step - self.decay) / max(self.steps - self.decay, 1), 1.0)
        left = (1 + math.cos(math.pi * done)) / 2 if self.kind == "cosine" else 1 - done
        return self.final + (1 - self.final) * left


def plan_schedule(optim: OptimPart, lengths: NDArray[np.int64]) -> Schedule:
    """The schedule of a training.

    A step belongs to the warm-up if it begins before `warmup_tokens` were seen, and to the decay if no more
    than `decay_tokens` are left when it begins, its own among them.

    Args:
        optim: what the recipe says.
        lengths: tokens of each row, in order.
    """
    steps = -(-len(lengths) // optim.batch)
    ends = np.concatenate(([0], np.cumsum(lengths)))
    before = ends[np.minimum(np.arange(steps) * optim.batch, len(lengths))]  # tokens seen when a step begins
    total = int(ends[-1])
    warmup = optim.warmup_steps or 0
    if optim.warmup_tokens is not None:
        warmup = int(np.searchsorted(before, optim.warmup_tokens))
    warmup = min(warmup, steps)
    decay = warmup
    if optim.schedule == "stable":
        tokens = optim.decay_tokens if optim.decay_tokens is not None else round(_DECAY * total)
        decay = max(int(np.searchsorted(before, total - tokens)), warmup)
    return Schedule(optim.schedule, steps, warmup, decay, optim.final)
