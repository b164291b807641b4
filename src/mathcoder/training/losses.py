"""The loss of a packed sequence: cross entropy in float32, summed over the tokens that are learned.

Sums, not means, so that the loss of a step is that over all its learned tokens, however they were put into micro
batches and onto processes.

Logits are large: 8,192 positions by 128,256 words are 4 GB in float32, several times over. So they are taken of
1,024 positions at a time, and the gradients of these with them. All of this is done within the model's forward,
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
    held = (model.get_output_embeddings(), model.get_input_embeddings())  # the head may be the embedding, in part
    weights = {id(each): each for module in held for each in module.parameters() if each.requires_grad}
    part = functools.partial(_part, model)
    found.append(_with_gradients().apply(part, tokens, hidden, *weights.values()))
    return found[0]


@functools.cache
def _with_gradients() -> Any:
    """The sum of `part(hidden, tokens)` over parts, whose gradients are taken along with it.

    So the logits of one part are held at a time, and none is computed twice.
    """
    torch: Any = import_module("torch")

    class WithGradients(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, part: Any, tokens: Any, hidden: Any, *weights: Any) -> Any:
            wanted = any(ctx.needs_input_grad)
            total, pieces, sums = 0, list[Any](), list[Any]([None] * len(weights))
            for states, following in zip(hidden.split(POSITIONS, dim=1), tokens.split(POSITIONS), strict=True):
                with torch.set_grad_enabled(wanted):
                    inputs = states.detach().requires_grad_(wanted)
                    loss = part(inputs, following)
                total = total + loss.detach()
                if wanted:
                    gradient, *own = torch.autograd.grad(loss, (inputs, *weights), allow_unused=True)
                    pieces.append(gradient)
                    sums = [new if old is None else old.add_(new) for old, new in zip(sums, own, strict=True)]
            ctx.save_for_backward(torch.cat(pieces, dim=1) if wanted else None, *sums)
            return total

        @staticmethod
        def backward(ctx: Any, scale: Any) -> Any:
            return None, None, *(None if each is None else each * scale for each in ctx.saved_tensors)

    return WithGradients


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
