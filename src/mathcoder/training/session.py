"""A training as the commands run it: watched, with problems solved on the way, a report, and a model card."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from mathcoder.solving import WORKED, Dialect
from mathcoder.solving.dialects import MarkdownDialect, MathCoderDialect
from mathcoder.training.card import write_model_card
from mathcoder.training.recipe import PretrainRecipe, SftRecipe, TrainRecipe
from mathcoder.training.report import write_report
from mathcoder.training.solutions import dialect_of
from mathcoder.training.solving_watch import Solving
from mathcoder.training.train import Trained, train
from mathcoder.training.watching import Watch

__all__ = ["train_watched"]


def train_watched(
    recipe: SftRecipe | PretrainRecipe,
    output: str | Path,
    *,
    steps: int | None = None,
    console: Console | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> Trained:
    """Train a model, or go on with a run: see `train`, whose errors it raises.

    `report.html` is written however the training ends, and the card when there is a model. Under a launcher every
    process calls this.

    Args:
        recipe: what is asked.
        output: folder of the run.
        steps: end after so many; without it the run goes on later.
        console: where progress is shown; default: standard error.
        progress: told what is being tokenised, and how much of it is done.

    Raises:
        ValueError: also where the problems to solve cannot be had.
    """
    first = os.environ.get("RANK", "0") == "0"
    solving = Solving(output, recipe.solve, _dialect(recipe)) if recipe.solve and first else None
    watch = Watch(output, recipe, console=console, solving=solving, last_step=steps)
    try:
        with watch:
            trained = train(recipe, output, steps=steps, callbacks=[watch], progress=progress)
        if first:
            write_model_card(output, trained.model)
        return trained
    finally:
        if first:
            with contextlib.suppress(ValueError):  # it failed before there was anything to report
                write_report(output)


def _dialect(recipe: TrainRecipe) -> Dialect:
    """How problems are asked; a model that was only pretrained is shown worked ones."""
    asked = recipe.solve.dialect if recipe.solve else None
    if isinstance(recipe, SftRecipe) and asked in (None, recipe.data.dialect):
        return dialect_of(recipe.data)
    return MathCoderDialect() if asked == "mathcoder" else MarkdownDialect(examples=WORKED, template="plain")
