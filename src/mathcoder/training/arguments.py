"""What a recipe is in the words of transformers' Trainer."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from mathcoder.training.recipe import TrainRecipe

__all__ = ["training_arguments"]


def training_arguments(recipe: TrainRecipe, folder: Path, steps: int, *, held_out: bool) -> Any:
    """`TrainingArguments` of a run; whoever makes them sets up the processes of it.

    Args:
        recipe: how it trains.
        folder: of the run.
        steps: of the whole training.
        held_out: whether there are rows whose loss is only looked at.
    """
    optim, track = recipe.optim, recipe.track
    cuda = import_module("torch").cuda.is_available()
    return import_module("transformers").TrainingArguments(
        output_dir=str(folder / "checkpoints"),
        max_steps=steps,
        per_device_train_batch_size=optim.batch,
        learning_rate=optim.learning_rate,
        weight_decay=optim.weight_decay,
        adam_beta1=optim.betas[0],
        adam_beta2=optim.betas[1],
        adam_epsilon=optim.epsilon,
        max_grad_norm=optim.clip,
        bf16=recipe.base.compute == "bfloat16",
        use_cpu=not cuda,
        seed=recipe.seed,
        logging_steps=track.log_steps,
        logging_nan_inf_filter=False,
        eval_strategy="steps" if held_out else "no",
        eval_steps=recipe.held_out.every_steps if recipe.held_out else None,
        save_strategy="steps",
        save_steps=track.checkpoint_steps,
        remove_unused_columns=False,
        report_to=[],
        disable_tqdm=True,
        log_level="error",
        log_level_replica="error",
    )
