"""How much memory of a device training takes, by parallelism.

Weights, gradients and AdamW's two moments are counted by number. Activations are what the backward pass needs,
counted as Korthikanti et al. do (arXiv 2205.05198, section 4.1), here for layers with RMS norms, grouped key and
value heads, a gated feed-forward part, no dropout, and attention that keeps no matrix of scores. Not in it are the
libraries' own buffers and the gaps between tensors: on a GPU one to three gigabytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mathcoder.training.losses import POSITIONS

__all__ = ["Memory", "Numbers", "Sizes", "activation_bytes", "memory_of"]

_WHOLE = 4  # bytes of float32, in which norms are computed and adapters are held
_FROM_NORMS = 5  # linear layers that read what a norm gave: q, k, v, gate, up
_LINEAR = 7  # linear layers: these, o and down


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of a decoder: its widths, and its parameters by where they are.

    Attributes:
        hidden: width of what goes from layer to layer.
        inner: width of the feed-forward part.
        head: width of a head.
        layer: parameters of the largest layer.
        rest: parameters outside the layers: embeddings, head, last norm.
        cast: weights of matrices that tokens are multiplied with.
        parameters: all.
        trained: of these.
        rank: of adapters; 0: there are none.
    """

    layers: int
    hidden: int
    inner: int
    heads: int
    key_value_heads: int
    head: int
    vocabulary: int
    layer: int
    rest: int
    cast: int
    parameters: int
    trained: int
    rank: int = 0

    @classmethod
    def of(cls, model: Any, rank: int = 0) -> Sizes:
        """Those of a model of transformers, which may be on the meta device.

        Args:
            model: with what is not trained marked so, with its adapters if it gets any.
            rank: of the adapters.

        Raises:
            ValueError: its configuration lacks one of the widths.
        """
        config: Any = model.config.get_text_config()
        named = ("num_hidden_layers", "hidden_size", "intermediate_size", "num_attention_heads", "vocab_size")
        if missing := [name for name in named if not isinstance(getattr(config, name, None), int)]:
            raise ValueError(f"a configuration of the kind {config.model_type!r} has no {missing[0]}")
        heads = config.num_attention_heads
        table = model.get_input_embeddings().weight
        head = model.get_output_embeddings()
        parameters = list(model.parameters())
        layers = _layers(model, config.num_hidden_layers)
        total = sum(parameter.numel() for parameter in parameters)
        matrices = sum(parameter.numel() for parameter in parameters if parameter.ndim >= 2)
        tied = head is not None and head.weight is table
        return cls(
            layers=config.num_hidden_layers,
            hidden=config.hidden_size,
            inner=config.intermediate_size,
            heads=heads,
            key_value_heads=getattr(config, "num_key_value_heads", None) or heads,
            head=getattr(config, "head_dim", None) or config.hidden_size // heads,
            vocabulary=table.shape[0],
            layer=max(layers),
            rest=total - sum(layers),
            cast=matrices - (0 if tied else table.numel()),
            parameters=total,
            trained=sum(parameter.numel() for parameter in parameters if parameter.requires_grad),
            rank=rank,
        )


def _layers(model: Any, count: int) -> list[int]:
    """Parameters of each layer: of the first list of modules that has as many."""
    found = next(
        module for module in model.modules() if type(module).__name__ == "ModuleList" and len(module) == count
    )
    return [sum(parameter.numel() for parameter in layer.parameters()) for layer in found]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Bytes of a number: in weights as they are held, and in products."""

    held: int = 4
    compute: int = 4

    @property
    def cast(self) -> bool:
        """Whether autocast is on."""
        return self.held != self.compute


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes on each device.

    Attributes:
        parallelism: how devices share the work.
        weights: as they are held.
        gradients: with those on their way to the other devices.
        moments: of AdamW.
        activations: of a micro batch, that are kept for the backward pass.
        copies: weights in the type of the products, or those that a device has got from the others for now.
        logits: of the positions that are taken at a time (`losses.POSITIONS`).
        again: of one layer that is computed again, its activations and copies; 0 where none is.
    """

    parallelism: str
    weights: int
    gradients: int
    moments: int
    activations: int
    copies: int
    logits: int
    again: int

    @property
    def total(self) -> int:
        """The most at one time: at the loss, or when a layer is computed again, when the logits are gone."""
        held = self.weights + self.gradients + self.moments + self.activations
        return held + max(self.copies + self.logits, self.again)


def activation_bytes(sizes: Sizes, tokens: int, numbers: Numbers, *, recomputed: bool) -> tuple[int, int]:
    """What the backward pass needs: of all layers at once, and of one that is computed again.

    With h the hidden width, i the inner one, a and k the widths of all query and of all key heads, w and c the
    bytes of a number held and computed with, a layer keeps for each token: of each of two norms 4h in float32 and
    wh after it; 2ch as the input of linear layers, one for each norm, or 5ch where each of five layers casts its
    own; in attention c(2a + 2k) for queries, keys, values and result, and 4 a head; in the feed-forward part 4ci.
    Where it is computed again, its backward pass also has gradients of its widest tensors.

    Args:
        tokens: of a micro batch.
        recomputed: only the input of each layer is kept, and one layer at a time computed again.
    """
    held, compute = numbers.held, numbers.compute
    adapters = sizes.rank > 0
    # An adapter reads its input in the type that it is held in, unless autocast casts it again.
    read = _WHOLE if adapters and not numbers.cast else compute
    queries, keys = sizes.heads * sizes.head, sizes.key_value_heads * sizes.head
    norm = _WHOLE * sizes.hidden + (0 if adapters else held * sizes.hidden)  # a frozen weight needs no gradient
    inputs = read * sizes.hidden * (2 if read == held else _FROM_NORMS)
    attention = compute * (2 * queries + 2 * keys) + _WHOLE * sizes.heads
    inner = 3 * compute * sizes.inner + read * sizes.inner
    layer = 2 * norm + inputs + attention + inner
    if adapters:
        layer += _LINEAR * sizes.rank * read + (read * queries if read != compute or numbers.cast else 0)
    last = norm + (0 if read == held else read * sizes.hidden)
    if recomputed:
        gradients = (compute + read) * sizes.inner + held * sizes.hidden
        return tokens * (held * sizes.hidden * sizes.layers + last), tokens * (layer + gradients)
    return tokens * (layer * sizes.layers + last), 0


def memory_of(
    sizes: Sizes, numbers: Numbers, tokens: int, *, recomputed: bool, devices: Sequence[int]
) -> list[Memory]:
    """What each device holds: with all on every device, for any number of them, and with it in parts (FSDP2).

    Args:
        tokens: of a micro batch.
        recomputed: see `activation_bytes`.
        devices: how many there may be.
    """
    held, compute = numbers.held, numbers.compute
    weights, gradients, moments = (held * count for count in (sizes.parameters, sizes.trained, 2 * sizes.trained))
    kept, again = activation_bytes(sizes, tokens, numbers, recomputed=recomputed)
    # In float32: the logarithms of the softmax, the gradient of these, and that of the logits.
    logits = 3 * _WHOLE * min(tokens, POSITIONS) * sizes.vocabulary
    # Autocast's copies are kept for the backward pass; those of trained weights until the loss in any case.
    cast = compute * (min(sizes.cast, sizes.trained) if recomputed else sizes.cast) if numbers.cast else 0
    layer = compute * sizes.layer
    alone = again + (layer if again and numbers.cast else 0)
    found: list[Memory] = []
    if 1 in devices:
        found.append(Memory("one device", weights, gradients, moments, kept, cast, logits, alone))
    if any(count > 1 for count in devices):
        # DistributedDataParallel keeps the gradients once more, in the buckets that it sends.
        found.append(Memory("data parallel", weights, 2 * gradients, moments, kept, cast, logits, alone))
    for count in (count for count in devices if count > 1):
        own, own_gradients, own_moments = (-(-size // count) for size in (weights, gradients, moments))
        # A layer at work and the next, and what is outside of layers; a layer's gradients before they are sent.
        there = 2 * layer + compute * sizes.rest
        sent = layer + compute * sizes.rest if sizes.trained == sizes.parameters else 0
        found.append(
            Memory(
                f"FSDP2 on {count}",
                own,
                own_gradients + sent,
                own_moments,
                kept,
                there,
                logits,
                again + there if again else 0,
            )
        )
    return found
