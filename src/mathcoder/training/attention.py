"""Attention over packed documents: each is attended to as if it stood alone.

A packed sequence is [1, N]: documents one after another, whose `position_ids` begin at 0 again. The attention that
is registered here under the name `packed` takes one causal product for each document. No mask of N times N is
built, and the time that documents take does not depend on what they are packed with.

The bounds of the documents come as arguments of the model's forward (`bounds_of`). In generation, where there is a
cache or a mask of padding, it does what `sdpa` does.
"""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from typing import Any

__all__ = ["PACKED", "bounds_of", "register_packed"]

PACKED = "packed"
"""The name that models are asked for it by (`attn_implementation`)."""

_SHORT = 256  # tokens: up to so many, a processor is faster in float32, twice as fast at 64
_VARLEN_TYPES = ("torch.bfloat16", "torch.float16")  # what the kernels for many lengths take


def register_packed() -> None:
    """Have transformers know the attention `packed`. Twice is once."""
    utils: Any = import_module("transformers.modeling_utils")
    masks: Any = import_module("transformers.masking_utils")
    utils.ALL_ATTENTION_FUNCTIONS.register(PACKED, _attention)
    masks.ALL_MASK_ATTENTION_FUNCTIONS.register(PACKED, _mask)


def bounds_of(position_ids: Any) -> dict[str, Any]:
    """What a model's forward is told about a packed sequence, besides its tokens and positions.

    Args:
        position_ids: [1, N], 0 at the first token of each document.

    Returns:
        bounds: where documents begin, and N, as numbers; and the same as `flash_attention_2` takes it:
            cu_seq_lens_q, cu_seq_lens_k: as a tensor; max_length_q, max_length_k: tokens of the longest document.

    Raises:
        ValueError: it is not one sequence, or does not begin with 0.
    """
    torch: Any = import_module("torch")
    if position_ids.dim() != 2 or position_ids.shape[0] != 1 or position_ids[0, 0] != 0:
        raise ValueError(
            f"a packed sequence is [1, N] and begins with position 0, not {tuple(position_ids.shape)}"
        )
    starts = (position_ids[0] == 0).nonzero().flatten()
    bounds = (*starts.tolist(), position_ids.shape[1])
    ends = torch.tensor(bounds, dtype=torch.int32).to(position_ids.device)
    longest = max(stop - start for start, stop in pairwise(bounds))
    return {
        "bounds": bounds,
        "cu_seq_lens_q": ends,
        "cu_seq_lens_k": ends,
        "max_length_q": longest,
        "max_length_k": longest,
    }


def _mask(**asked: Any) -> Any:
    """No mask for one sequence without a cache; otherwise that of `sdpa`."""
    plain = asked["attention_mask"] is None and not asked.get("use_vmap")
    if plain and asked["batch_size"] == 1 and asked["q_length"] == asked["kv_length"]:
        return None
    masks: Any = import_module("transformers.masking_utils")
    return masks.sdpa_mask(**asked)


def _attention(
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any,
    dropout: float = 0.0,
    scaling: float | None = None,
    bounds: tuple[int, ...] | None = None,
    **asked: Any,
) -> tuple[Any, None]:
    """As transformers calls it: query, key and value are [1, heads, N, D], the result is [1, N, heads, D]."""
    if attention_mask is not None or query.shape[0] > 1 or query.shape[2] != key.shape[2]:
        sdpa: Any = import_module("transformers.integrations.sdpa_attention")
        return sdpa.sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, **asked
        )
    for name in ("softcap", "s_aux", "position_bias"):
        if asked.get(name) is not None:
            raise ValueError(f"attention 'packed' has no {name}, which this model needs; choose flex_attention")
    if bounds is None:
        positions = asked.get("position_ids")
        if positions is None:
            raise ValueError(
                f"attention 'packed': {type(module).__name__} is not told where documents begin; choose sdpa"
            )
        bounds = _bounds(positions)
    window = asked.get("sliding_window") or 0
    if query.is_cuda and dropout == 0 and str(query.dtype) in _VARLEN_TYPES:
        return _by_kernel(query, key, value, scaling, bounds, window, asked.get("cu_seq_lens_q")), None
    return _one_by_one(query, key, value, dropout, scaling, bounds, window), None


def _bounds(positions: Any) -> tuple[int, ...]:
    return bounds_of(positions[:1])["bounds"]


def _one_by_one(
    query: Any, key: Any, value: Any, dropout: float, scaling: float | None, bounds: tuple[int, ...], window: int
) -> Any:
    torch: Any = import_module("torch")
    sizes = [stop - start for start, stop in pairwise(bounds)]
    parts: list[Any] = []
    for size, *inputs in zip(sizes, *(tensor.split(sizes, dim=2) for tensor in (query, key, value)), strict=True):
        mask = None
        if 0 < window < size:
            mask = torch.ones(size, size, dtype=torch.bool, device=query.device).tril().triu(1 - window)
        if query.device.type == "cpu" and size <= _SHORT:
            inputs = [tensor.float() for tensor in inputs]
        part = torch.nn.functional.scaled_dot_product_attention(
            *inputs,
            attn_mask=mask,
            dropout_p=dropout,
            is_causal=mask is None,
            scale=scaling,
            enable_gqa=query.shape[1] != key.shape[1],
        )
        parts.append(part.transpose(1, 2).to(query.dtype))
    return torch.cat(parts, dim=1)


def _by_kernel(
    query: Any, key: Any, value: Any, scaling: float | None, bounds: tuple[int, ...], window: int, ends: Any
) -> Any:
    """All documents in one launch, by the kernel for sequences of many lengths."""
    varlen: Any = import_module("torch.nn.attention.varlen")
    if ends is None:
        torch: Any = import_module("torch")
        ends = torch.tensor(bounds, dtype=torch.int32, device=query.device)
    longest = max(stop - start for start, stop in pairwise(bounds))
    inputs = [tensor[0].transpose(0, 1).contiguous() for tensor in (query, key, value)]
    found = varlen.varlen_attn(
        *inputs,
        ends,
        ends,
        longest,
        longest,
        scale=scaling,
        window_size=(window - 1 if window else -1, 0),
        enable_gqa=query.shape[1] != key.shape[1],
    )
    return found.unsqueeze(0)
