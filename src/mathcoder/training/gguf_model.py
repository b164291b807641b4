"""A model of transformers as a GGUF file, which llama.cpp and the embedded model load.

llama.cpp knows an architecture by the names of its tensors and a few numbers. In its own form of Llama's rotary
embedding the two halves of a head take turns, so rows of queries and keys are put in that order here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, get_args

from mathcoder.models.weights import stored_type
from mathcoder.training.gguf_tokenizer import add_tokenizer

__all__ = ["Architecture", "Quantisation", "write_model", "write_tensors"]

Quantisation = Literal["f32", "f16", "bf16", "q8_0", "q4_0"]

_ARCHITECTURES = {"llama": "llama", "mistral": "llama", "qwen2": "qwen2", "qwen3": "qwen3"}
_FILE_TYPES = {"f32": "ALL_F32", **{name: f"MOSTLY_{name.upper()}" for name in get_args(Quantisation)[1:]}}


class Architecture:
    """What llama.cpp calls an architecture, and where a model's tensors go in it.

    Args:
        config: of the model.

    Attributes:
        name: llama.cpp's.

    Raises:
        ValueError: it is none of those that can be written; one line.
    """

    def __init__(self, config: Any):
        gguf: Any = import_module("gguf")
        if config.model_type not in _ARCHITECTURES:
            known = ", ".join(_ARCHITECTURES)
            raise ValueError(f"no GGUF file of a model of the type {config.model_type!r}: only of {known}")
        if config.hidden_act != "silu":
            raise ValueError(f"llama.cpp computes this model with silu, it has {config.hidden_act}")
        self.name = _ARCHITECTURES[config.model_type]
        number = next(key for key, name in gguf.MODEL_ARCH_NAMES.items() if name == self.name)
        self._names: Any = gguf.get_tensor_name_map(number, config.num_hidden_layers)
        self._heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}

    def tensor(self, name: str) -> str:
        """GGUF's name of a tensor, from that of transformers, such as `model.norm.weight`."""
        found = self._names.get_name(name, try_suffixes=(".weight", ".bias"))
        if found is None:
            raise ValueError(f"llama.cpp has no place for {name} in its architecture {self.name}")
        return found

    def in_order(self, name: str, tensor: Any) -> Any:
        """A tensor whose first dimension is the outputs of the module in `name`, in llama.cpp's order."""
        heads = next((heads for part, heads in self._heads.items() if f".{part}." in name), None)
        if self.name != "llama" or heads is None:
            return tensor
        return tensor.unflatten(0, (heads, 2, -1)).transpose(1, 2).flatten(0, 2)


def write_model(
    path: Path,
    model: Any,
    tokenizer: Any,
    *,
    name: str,
    quantise: Quantisation,
    begins_with_token: bool = False,
) -> None:
    """Write a model and its tokenizer.

    Args:
        path: of the file.
        model: a causal language model of transformers.
        tokenizer: a fast tokenizer of transformers.
        name: `general.name`.
        quantise: how matrices are stored. Norms and biases are stored in 32 bits, and so are matrices whose rows
            make no whole blocks of 32; with q4_0 the embedding and the head are q8_0.
        begins_with_token: see `add_tokenizer`.

    Raises:
        ValueError: llama.cpp does not compute such a model, a weight is not a number or too large; one line.
        OSError: the file cannot be written.
    """
    gguf: Any = import_module("gguf")
    config = model.config
    architecture = Architecture(config)
    tensors = {architecture.tensor(name): architecture.in_order(name, tensor) for name, tensor in _weights(model)}
    writer = gguf.GGUFWriter(path, architecture.name)
    try:
        writer.add_type(gguf.GGUFType.MODEL)
        writer.add_name(name)
        writer.add_file_type(getattr(gguf.LlamaFileType, _FILE_TYPES[quantise]))
        writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
        _add_numbers(writer, config)
        tensors |= _add_rope(writer, model, architecture.name)
        rows = tensors["token_embd.weight"].shape[0]
        writer.add_vocab_size(rows)
        add_tokenizer(writer, tokenizer, rows=rows, begins_with_token=begins_with_token)
        write_tensors(writer, tensors, quantise)
    finally:
        writer.close()


def write_tensors(writer: Any, tensors: Mapping[str, Any], quantise: Quantisation) -> None:
    """Write what was added to a `GGUFWriter`, and tensors, one after another.

    Raises:
        ValueError: a number is not finite, or too large for `quantise`.
    """
    gguf, numpy = import_module("gguf"), import_module("numpy")
    types: Any = gguf.GGMLQuantizationType
    kinds: dict[str, Any] = {}
    for name, tensor in tensors.items():
        shape = tuple(tensor.shape)
        kind = stored_type(name, shape[::-1], types[quantise.upper()], types) or types.F32
        size = math.prod(gguf.quant_shape_to_byte_shape(shape, kind))
        writer.add_tensor_info(name, shape, numpy.dtype("float32"), size, raw_dtype=kind)
        kinds[name] = kind
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for name, tensor in tensors.items():
        writer.write_tensor_data(_stored(gguf, name, tensor, kinds[name]))


def _stored(gguf: Any, name: str, tensor: Any, kind: Any) -> Any:
    numpy: Any = import_module("numpy")
    numbers = tensor.detach().float().cpu().contiguous().numpy()
    if not numpy.isfinite(numbers).all():
        raise ValueError(f"{name} holds numbers that are not finite: the training went wrong")
    if kind == gguf.GGMLQuantizationType.F16 and abs(numbers).max(initial=0) > numpy.finfo(numpy.float16).max:
        raise ValueError(f"{name} holds numbers that are too large for f16: take bf16")
    return gguf.quantize(numbers, kind)


def _weights(model: Any) -> Iterable[tuple[str, Any]]:
    """The tensors by name, without a head that is the embedding."""
    tied = model.get_output_embeddings().weight is model.get_input_embeddings().weight
    for name, tensor in model.state_dict().items():
        if not (tied and name == "lm_head.weight"):
            yield name, tensor


def _add_numbers(writer: Any, config: Any) -> None:
    window = getattr(config, "sliding_window", None) if getattr(config, "use_sliding_window", True) else None
    # llama.cpp looks back without end in these architectures: what is right ends where the window does.
    writer.add_context_length(min(config.max_position_embeddings, window or config.max_position_embeddings))
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    width = _head_width(config)
    writer.add_key_length(width)
    writer.add_value_length(width)
    writer.add_rope_dimension_count(width)


def _add_rope(writer: Any, model: Any, architecture: str) -> dict[str, Any]:
    """How positions are told; returns the tensor that says so where numbers do not."""
    torch: Any = import_module("torch")
    rope = dict(model.config.rope_parameters)
    theta, kind = rope["rope_theta"], rope.get("rope_type", "default")
    writer.add_rope_freq_base(theta)
    if kind == "linear":
        writer.add_rope_scaling_type(import_module("gguf").RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])
    elif kind == "llama3" and architecture == "llama":
        width = _head_width(model.config)
        plain = theta ** -(torch.arange(0, width, 2, dtype=torch.float64) / width)
        return {"rope_freqs.weight": (plain / model.model.rotary_emb.inv_freq.double()).float()}
    elif kind != "default" or rope.get("partial_rotary_factor", 1.0) != 1.0:
        raise ValueError(f"no GGUF file of a model of the type {architecture} with rope_type {kind!r}")
    return {}


def _head_width(config: Any) -> int:
    return getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
