"""The loss of a packed sequence: cross entropy in float32, summed over the tokens that are learned.

Sums, not means, so that the loss of a step is that over all its learned tokens, however they were put into micro
batches and onto processes.

Logits are large: 8,192 positions by 128,256 words are 4 GB in float32, several times over. So they are taken of
1,024 positions at a time, and taken again in the backward pass. All of this is done within the model's forward,
where what shards the model (FSDP2) has its weights at hand.
"""

from __future__ import annotations

import functools
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import MethodType
from typing import Any

from mathcoder.training.attention import bounds_of
from mathcoder.training.rows import NO_LOSS

__all__ = ["POSITIONS", "summed_loss", "with_summed_loss"]

POSITIONS = 1024
"""Whose logits are held at a time."""


def with_summed_loss(model: Any) -> Any:
    """Have a bare causal language model of transformers return what `summed_loss` asks for, when it does.

    It is to be done before the model is wrapped. Otherwise its forward is as it was.
    """
    model.forward = MethodType(functools.wraps(model.__class__.forward)(_forward), model)
    return model


def summed_loss(model: Any, sequence: Mapping[str, Any]) -> Any:
    """The summed loss of a sequence, a number with a gradient; 0, with a gradient of 0, where nothing is learned.

    Logits are taken only where there is something to learn.

    Args:
        model: from `load_model`, bare or wrapped.
        sequence: input_ids, labels and position_ids, each [1, N], on the model's device.
    """
    labels = sequence["labels"][0, 1:]
    learned = (labels != NO_LOSS).nonzero().flatten()
    return model(
        input_ids=sequence["input_ids"],
        position_ids=sequence["position_ids"],
        use_cache=False,
        learned=(learned, labels[learned]),
        **bounds_of(sequence["position_ids"]),
    )


def _forward(self: Any, *args: Any, learned: tuple[Any, Any] | None = None, **asked: Any) -> Any:
    """As the model's own, or the loss that is summed over `learned`: positions, and the token after each."""
    own = self.__class__.forward
    if learned is None:
        return own(self, *args, **asked)
    positions, tokens = learned
    if len(positions) == 0:
        return own(self, *args, logits_to_keep=positions.new_zeros(1), **asked).logits.float().sum() * 0
    if len(positions) <= POSITIONS:
        return _cross_entropy(own(self, *args, logits_to_keep=positions, **asked).logits, tokens)
    head, found = self.get_output_embeddings(), list[Any]()
    with _instead(head, functools.partial(_in_parts, self, tokens, found)):
        own(self, *args, logits_to_keep=positions, **asked)
    return found[0]


def _in_parts(model: Any, tokens: Any, found: list[Any], hidden: Any) -> Any:
    """In place of the head's forward: what shards it is at work once before and once after, on every process."""
    again: Any = import_module("torch.utils.checkpoint").checkpoint
    parts = zip(hidden.split(POSITIONS, dim=1), tokens.split(POSITIONS), strict=True)
    found.append(sum(again(_part, model, *part, use_reentrant=False) for part in parts))
    return found[0]


def _part(model: Any, hidden: Any, tokens: Any) -> Any:
    """The loss of some positions, with all that the model does after its last layer."""
    outputs: Any = import_module("transformers.modeling_outputs")
    given = functools.partial(_given, outputs.BaseModelOutputWithPast(last_hidden_state=hidden))
    head = model.get_output_embeddings()
    with _instead(model.base_model, given), _bare(model, head):
        return _cross_entropy(model.__class__.forward(model, use_cache=False).logits, tokens)


@contextmanager
def _instead(module: Any, forward: Any) -> Generator[None]:
    """Inside, a module does this."""
    before = module.__dict__.get("forward")
    module.forward = forward
    try:
        yield
    finally:
        del module.forward
        if before is not None:
            module.forward = before


@contextmanager
def _bare(model: Any, head: Any) -> Generator[None]:
    """Inside, the head is called without hooks."""
    torch: Any = import_module("torch")
    bare = torch.nn.Identity()
    bare.forward = functools.partial(head.__class__.forward, head)
    model.set_output_embeddings(bare)
    try:
        yield
    finally:
        model.set_output_embeddings(head)


def _given(output: Any, *_: Any, **__: Any) -> Any:
    return output


def _cross_entropy(logits: Any, tokens: Any) -> Any:
    torch: Any = import_module("torch")
    return torch.nn.functional.cross_entropy(logits[0].float(), tokens, reduction="sum")
