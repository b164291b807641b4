"""The loss of a packed sequence: cross entropy in float32, summed over the tokens that are learned.

Sums, not means, so that the loss of a step is that over all its learned tokens, however they were put into micro
batches and onto processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from mathcoder.training.attention import bounds_of
from mathcoder.training.rows import NO_LOSS

__all__ = ["summed_loss"]


def summed_loss(model: Any, sequence: Mapping[str, Any]) -> Any:
    """The summed loss of a sequence, a number with a gradient; 0, with a gradient of 0, where nothing is learned.

    Logits are taken only where there is something to learn.

    Args:
        model: a causal language model of transformers, bare or wrapped.
        sequence: input_ids, labels and position_ids, each [1, N], on the model's device.
    """
    torch: Any = import_module("torch")
    labels = sequence["labels"][0, 1:]
    learned = (labels != NO_LOSS).nonzero().flatten()
    nothing = len(learned) == 0
    output = model(
        input_ids=sequence["input_ids"],
        position_ids=sequence["position_ids"],
        use_cache=False,
        logits_to_keep=learned.new_zeros(1) if nothing else learned,
        **bounds_of(sequence["position_ids"]),
    )
    logits = output.logits[0].float()
    if nothing:
        return logits.sum() * 0
    return torch.nn.functional.cross_entropy(logits, labels[learned], reduction="sum")
