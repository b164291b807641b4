"""The model that is trained: read or drawn, with or without adapters.

Weights come from a folder, the Hub, or a GGUF file (the embedded model's too), whose numbers are taken out of
their quantised form. What comes out is an ordinary model of transformers, which saves and loads as any other.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from mathcoder.training.attention import PACKED, register_packed
from mathcoder.training.losses import with_summed_loss
from mathcoder.training.recipe import BasePart, LoraPart

__all__ = ["ModelLoadError", "load_model", "quiet", "save_model", "with_lora"]

_LAYERS = ("full_attention", "sliding_attention")  # of those, documents that are packed know nothing of each other


class ModelLoadError(ValueError):
    """The model cannot be had or cannot be trained as asked; the message is one line."""


def load_model(base: BasePart, *, seed: int, tokenizer: Any = None) -> Any:
    """The model of a recipe, ready for training: a `PreTrainedModel` on the CPU.

    Args:
        base: what the recipe says.
        seed: new weights are drawn with it.
        tokenizer: new weights have a row for each of its tokens, where `base.config` gives no `vocab_size`.

    Raises:
        ModelLoadError: there are no such weights, the configuration is not one of transformers', or its attention
            would see from one document into the next.
    """
    transformers, torch = _libraries()
    refused: Any = import_module(
        "huggingface_hub.errors"
    ).StrictDataclassError  # by the configuration; no ValueError
    register_packed()
    asked = {"dtype": getattr(torch, base.held_as), "attn_implementation": base.attention}
    where = base.weights or "base.config"
    try:
        with quiet():
            if base.weights is None:
                model = _drawn(transformers, torch, dict(base.config or {}), seed, tokenizer, asked)
            else:
                model = _read(transformers, base.weights, base.revision, asked)
    except (OSError, ValueError, KeyError, TypeError, ImportError, refused) as error:
        raise ModelLoadError(f"{where}: {_one_line(error)}") from error
    if odd := sorted({*(getattr(model.config, "layer_types", None) or ())} - {*_LAYERS}):
        raise ModelLoadError(f"{where}: layers of type {', '.join(odd)} would see from one document into the next")
    if base.attention == PACKED and not getattr(model, "_supports_attention_backend", False):
        raise ModelLoadError(f"{where}: {type(model).__name__} cannot be told of 'packed'; choose attention: sdpa")
    model.config.use_cache = False
    if base.gradient_checkpointing:
        model.activation_checkpointing_enable({"use_reentrant": False})
    return with_summed_loss(model).train()


def with_lora(model: Any, lora: LoraPart, trained_tokens: Sequence[int] = ()) -> Any:
    """A `PeftModel` whose adapters are trained and whose other weights are not. Drawn with torch's generator.

    Args:
        model: as `load_model` gave it.
        lora: what the recipe says.
        trained_tokens: ids of the tokens whose rows of the embedding are trained as well, and of the head, where
            that is the same matrix.

    Raises:
        ModelLoadError: no module has such a name.
    """
    peft: Any = import_module("peft")
    rows = {_embedding(model): list(trained_tokens)} if trained_tokens else None
    targets = lora.targets if isinstance(lora.targets, str) else list(lora.targets)
    config = peft.LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=targets,
        trainable_token_indices=rows,
        task_type="CAUSAL_LM",
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # it asks transformers by a name that is going
            return peft.get_peft_model(model, config)
    except ValueError as error:
        raise ModelLoadError(f"lora.targets: {_one_line(error)}") from error


def save_model(model: Any, folder: Path, state: Mapping[str, Any] | None = None) -> None:
    """Write a model's safetensors and configuration; of a model with adapters, the adapters alone.

    Args:
        state: its weights, where the model itself does not hold all of them.
    """
    # Whether to write whole embeddings would be found out by asking the Hub. All changed rows are in the adapter.
    asked = {"save_embedding_layers": False} if hasattr(model, "peft_config") else {}
    with quiet():
        model.save_pretrained(folder, state_dict=None if state is None else dict(state), **asked)
    (folder / "README.md").unlink(missing_ok=True)  # peft's, all blanks


@contextlib.contextmanager
def quiet() -> Any:
    """No progress bars of transformers and the Hub on the terminal."""
    logging: Any = import_module("transformers.utils.logging")
    gguf: Any = import_module("transformers.modeling_gguf_pytorch_utils")
    shown, bar = logging.is_progress_bar_enabled(), gguf.tqdm
    logging.disable_progress_bar()
    gguf.tqdm = _as_it_is  # this one cannot be turned off
    try:
        yield
    finally:
        gguf.tqdm = bar
        if shown:
            logging.enable_progress_bar()


def _as_it_is(tensors: Any, **_: Any) -> Any:
    return tensors


def _libraries() -> tuple[Any, Any]:
    try:
        return import_module("transformers"), import_module("torch")
    except ImportError as error:
        raise ModelLoadError("training needs torch and transformers: pip install 'mathcoder[train]'") from error


def _drawn(
    transformers: Any, torch: Any, config: Mapping[str, Any], seed: int, tokenizer: Any, asked: Mapping[str, Any]
) -> Any:
    values = dict(config)
    kind = values.pop("model_type", None)
    if kind is None:
        raise ValueError("the configuration has no model_type; name one, such as llama")
    if tokenizer is not None:
        values = {
            "vocab_size": len(tokenizer),
            "bos_token_id": tokenizer.bos_token_id,
            "eos_token_id": tokenizer.eos_token_id,
            "pad_token_id": tokenizer.pad_token_id,
            **values,
        }
    made = transformers.AutoConfig.for_model(kind, **values)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return transformers.AutoModelForCausalLM.from_config(made, **asked)


def _read(transformers: Any, weights: str, revision: str | None, asked: Mapping[str, Any]) -> Any:
    loader: Any = transformers.AutoModelForCausalLM
    if weights == "embedded" or weights.endswith(".gguf"):
        from mathcoder.models.weights import find_weights

        path = find_weights(None if weights == "embedded" else Path(weights).expanduser())
        taken_out = transformers.GgufConfig(dequantize=True)
        model = loader.from_pretrained(path.parent, gguf_file=path.name, quantization_config=taken_out, **asked)
        # Now an ordinary model; with these left, saving it would write that it is quantised.
        model.hf_quantizer, model.is_quantized = None, False
        if hasattr(model.config, "quantization_config"):
            del model.config.quantization_config
        return model
    path = Path(weights).expanduser()
    if path.is_dir():
        return loader.from_pretrained(str(path), **asked)
    if weights.startswith((".", "/", "~")):
        raise ValueError("there is no such folder")
    return loader.from_pretrained(weights, revision=revision, **asked)


def _embedding(model: Any) -> str:
    """The last part of the name of the module that holds the embedding."""
    wanted = model.get_input_embeddings()
    name = next(name for name, module in model.named_modules() if module is wanted)
    return name.rsplit(".", 1)[-1]


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
