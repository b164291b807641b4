"""How much a model computes for a token, how much a device can, and how fast training goes.

Model FLOPs utilisation (MFU) is that of PaLM (arXiv 2204.02311, appendix B): the operations that the model itself
asks for, over what the device could do in that time. What is computed twice to save memory does not count.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

__all__ = ["Meter", "Peak", "flops_per_token", "mean_length", "mfu", "on_data_sheet", "peak_flops"]

# Dense bfloat16 products with sums in float32, in TFLOP/s, of NVIDIA's data sheets (half of "with sparsity").
# The first whose words are all in the name of the device.
_PEAKS = (
    ("gb200", 2500.0),
    ("b200", 2250.0),
    ("b100", 1750.0),
    ("gh200", 989.4),
    ("h200 nvl", 835.5),
    ("h200", 989.4),
    ("h100 nvl", 835.5),
    ("h100 pcie", 756.0),
    ("h100", 989.4),
    ("a100", 312.0),
    ("a800", 312.0),
    ("a40", 149.7),
    ("a30", 165.0),
    ("a10", 125.0),
    ("a6000", 154.8),
    ("l40s", 362.05),
    ("l40", 181.05),
    ("l4", 121.0),
    ("5090", 209.5),
    ("4090", 165.2),
    ("3090", 71.0),
)
_MEASURING = 0.5  # seconds
_SIDES = {"cpu": 1024}  # of the matrices that a device is measured with
_SIDE = 8192


@dataclass(frozen=True, slots=True)
class Peak:
    """What a device can do.

    Attributes:
        device: its name.
        flops: floating-point operations a second, of matrix products.
        source: "data sheet", or "measured": the best of some products of the same number type here.
    """

    device: str
    flops: float
    source: str


def flops_per_token(model: Any, length: float) -> float:
    """Floating-point operations of a forward and a backward pass for one token.

    Of each matrix that a token meets, 2 operations a weight forwards, 2 for the gradient of its input, and 2 for
    that of the weight where it is trained: 6 N in all, 4 N for the frozen weights under adapters (LoRA). The table
    of embeddings is only looked up, the output layer counts. Of experts, those a token is sent to. Attention adds
    12 L d T (PaLM, appendix B), with L layers and heads that are d wide together.

    Args:
        model: of transformers, or peft around one.
        length: T, of the document that a token is in: packed documents do not see one another (`mean_length`).
    """
    torch: Any = import_module("torch")
    config: Any = model.config.get_text_config()
    experts = getattr(config, "num_local_experts", None) or getattr(config, "num_experts", None) or 1
    used = (getattr(config, "num_experts_per_tok", None) or 1) / experts
    total = 0.0
    for module in model.modules():
        if isinstance(module, torch.nn.Embedding):
            continue
        for weight in module.parameters(recurse=False):
            if weight.ndim >= 2:
                of_experts = used if weight.ndim == 3 and weight.shape[0] == experts else 1.0
                total += (6 if weight.requires_grad else 4) * weight.numel() * of_experts
    heads: int = config.num_attention_heads
    wide = heads * (getattr(config, "head_dim", None) or config.hidden_size // heads)
    return total + 12 * config.num_hidden_layers * wide * length


def mean_length(lengths: Any) -> float:
    """The mean over tokens of the length of the document they are in; 0 where there are none.

    Args:
        lengths: of the documents, a sequence or an array.
    """
    each = np.asarray(lengths, dtype=np.float64)
    return float((each @ each) / each.sum()) if each.any() else 0.0


def peak_flops(device: Any, compute: str) -> Peak:
    """What a device can do with numbers of one type: from its data sheet, else measured in about half a second.

    Args:
        device: a `torch.device`.
        compute: `bfloat16` or `float32`; data sheets are asked for the first only.
    """
    torch: Any = import_module("torch")
    name: str = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    known = on_data_sheet(name) if compute == "bfloat16" else None
    if known is not None:
        return Peak(name, known, "data sheet")
    return Peak(name, _measured(torch, device, getattr(torch, compute)), "measured")


def on_data_sheet(name: str) -> float | None:
    """The floating-point operations a second of a device by its name, in bfloat16; None: it is not known."""
    words = set(re.findall(r"[a-z0-9]+", name.lower()))
    if "laptop" in words:  # another chip of the same name
        return None
    return next((peak * 1e12 for known, peak in _PEAKS if words.issuperset(known.split())), None)


def _measured(torch: Any, device: Any, number: Any) -> float:
    side = _SIDES.get(device.type, _SIDE)
    generator = torch.Generator(device).manual_seed(0)  # the state of the others stays as it is
    left = torch.randn(side, side, generator=generator, device=device).to(number)
    right = torch.randn(side, side, generator=generator, device=device).to(number)
    best, end = math.inf, time.perf_counter() + _MEASURING
    with torch.no_grad():
        while best == math.inf or time.perf_counter() < end:
            start = time.perf_counter()
            product = left @ right
            product[0, 0].item()  # waits for the device
            best = min(best, time.perf_counter() - start)
    return 2 * side**3 / best


def mfu(tokens_per_second: float, flops: float, peak: float, devices: int = 1) -> float:
    """The share of what the devices can do that the model asks of them.

    Args:
        tokens_per_second: of all devices together.
        flops: for a token.
        peak: of one device, a second.
    """
    return tokens_per_second * flops / (peak * devices)


class Meter:
    """Takes the time of steps; the first of a process, which makes things ready, does not count.

    Args:
        clock: seconds from anywhere.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter):
        self._clock = clock
        self._began = clock()
        self._first: tuple[int, float] | None = None  # the step that was done first, and when
        self._done = 0
        self._mark: float | None = None
        self._seconds = 0.0
        self._tokens = 0

    @property
    def seconds(self) -> float:
        """Since it was made."""
        return self._clock() - self._began

    def step(self, step: int, tokens: int) -> None:
        """A step is done.

        Args:
            step: its number.
            tokens: it was trained on.
        """
        now = self._clock()
        if self._mark is not None:
            self._seconds += now - self._mark
            self._tokens += tokens
        self._first = self._first or (step, now)
        self._done, self._mark = step, now

    def pause(self) -> None:
        """What was done since the last step was no training: evaluation, a checkpoint, solving."""
        if self._mark is not None:
            self._mark = self._clock()

    def rate(self) -> float | None:
        """Tokens a second of the steps since it was asked last; None where there were none."""
        tokens, seconds = self._tokens, self._seconds
        self._tokens, self._seconds = 0, 0.0
        return tokens / seconds if tokens and seconds > 0 else None

    def left(self, steps: int) -> float | None:
        """Seconds until that step, if it goes on as so far, pauses and all; None where nobody knows yet."""
        if self._first is None or self._done <= self._first[0]:
            return None
        step, then = self._first
        return max(steps - self._done, 0) * (self._clock() - then) / (self._done - step)
