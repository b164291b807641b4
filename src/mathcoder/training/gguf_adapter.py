"""A LoRA adapter of peft as a GGUF file, which llama.cpp puts on a GGUF file of the base model.

Such a file holds pairs of matrices and nothing of the vocabulary, so tokens that the base does not have cannot be
added. llama.cpp does take a pair for the embedding, but where the head is the same matrix it aborts the process.
So an adapter with trained rows is exported merged.
"""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

from mathcoder.training.gguf_model import Architecture, Quantisation, write_tensors

__all__ = ["write_adapter"]

_PLAIN: dict[
    str, tuple[Any, ...]
] = {  # what an adapter of peft may have that llama.cpp cannot do, with the values that mean it has not
    "alpha_pattern": ({}, None),
    "bias": ("none",),
    "lora_bias": (False, None),
    "modules_to_save": (None, []),
    "rank_pattern": ({}, None),
    "trainable_token_indices": (None, {}, []),
    "use_dora": (False, None),
    "use_rslora": (False, None),
}
_WEIGHT = re.compile(r"base_model\.model\.(.+)\.lora_([AB])\.weight")


def write_adapter(path: Path, folder: Path, config: Any, *, name: str, quantise: Quantisation) -> None:
    """Write an adapter.

    Args:
        path: of the file.
        folder: an adapter as peft saves it.
        config: of the base model.
        name: `general.name`.
        quantise: f32, f16 or bf16.

    Raises:
        ValueError: llama.cpp cannot use such an adapter; one line.
        OSError: the file cannot be written.
    """
    if quantise not in ("f32", "f16", "bf16"):
        raise ValueError(f"an adapter is stored as f32, f16 or bf16, not as {quantise}")
    gguf: Any = import_module("gguf")
    found = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    if found.get("trainable_token_indices"):
        raise ValueError(
            "rows of the embedding were trained as well, for tokens of the dialect, and a GGUF adapter cannot "
            "hold them: export it merged"
        )
    if odd := [key for key, plain in _PLAIN.items() if key in found and found[key] not in plain]:
        raise ValueError(f"a GGUF adapter cannot hold {', '.join(odd)}: export it merged")
    architecture = Architecture(config)
    tensors: dict[str, Any] = {}
    for given, tensor in (
        import_module("safetensors.torch").load_file(folder / "adapter_model.safetensors").items()
    ):
        if not (parts := _WEIGHT.fullmatch(given)):
            raise ValueError(f"a GGUF adapter cannot hold {given}: export it merged")
        module, half = parts.groups()
        ordered = architecture.in_order(f"{module}.weight", tensor) if half == "B" else tensor
        tensors[f"{architecture.tensor(f'{module}.weight')}.lora_{half.lower()}"] = ordered
    writer = gguf.GGUFWriter(path, architecture.name)
    try:
        writer.add_type(gguf.GGUFType.ADAPTER)
        writer.add_name(name)
        writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
        writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, found["lora_alpha"])
        write_tensors(writer, tensors, quantise)
    finally:
        writer.close()
