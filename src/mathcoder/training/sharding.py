"""Training where each process holds a part of the model: FSDP2, as `accelerate launch --use_fsdp` asks for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mathcoder.training.failures import TrainingError

__all__ = ["check_sharding", "whole_state"]


def check_sharding(accelerator: Any, model: Any) -> None:
    """Refuse what would not train as a recipe says, or not at all.

    Raises:
        TrainingError: the launcher is to be told something else.
    """
    _keep_float32(accelerator)
    kind = str(accelerator.distributed_type.value)
    if kind == "DEEPSPEED" or (kind == "FSDP" and not accelerator.is_fsdp2):
        raise TrainingError("DeepSpeed and FSDP1 would not train as the recipe says; use --fsdp_version 2")
    if accelerator.is_fsdp2 and hasattr(model, "peft_config") and model.is_activation_checkpointing:
        raise TrainingError("LoRA with gradient_checkpointing is not supported under FSDP2; leave one of them out")
    rows = any(part.trainable_token_indices for part in getattr(model, "peft_config", {}).values())
    if rows and accelerator.is_fsdp2 and model.config.tie_word_embeddings:
        raise TrainingError(
            "LoRA with new tokens is not supported under FSDP2 where embedding and head are one matrix; run it"
            " without --use_fsdp, or train all weights (lora: null)"
        )


def _keep_float32(accelerator: Any) -> None:
    """The loss is what the model gives; accelerate would have FSDP2 round it to the type of the products."""
    plugin = accelerator.state.fsdp_plugin if accelerator.is_fsdp2 else None
    if plugin is not None and plugin.mixed_precision_policy is not None:
        plugin.mixed_precision_policy = replace(plugin.mixed_precision_policy, output_dtype=None)


def whole_state(accelerator: Any, model: Any) -> dict[str, Any] | None:
    """The weights of a model in parts, on the main process; all processes call it. None: the model has all."""
    if not accelerator.is_fsdp2:
        return None
    # A weight with two names is there twice, and no longer one tensor.
    names = {name for name, _ in model.named_parameters(remove_duplicate=False)}
    again = names - {name for name, _ in model.named_parameters()}
    return {name: tensor for name, tensor in accelerator.get_state_dict(model).items() if name not in again}
