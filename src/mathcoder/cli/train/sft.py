"""Fine-tune a model on solutions: the loss is on what it writes itself, not on what its code prints.

The run folder holds the tokens, checkpoints, curves, problems solved on the way, the model with its card, and a
report. What was stopped or killed goes on with the same command, and ends with the same weights. On several
devices or machines the same recipe runs under `accelerate launch`.

    mathcoder train sft recipes/sft-smollm2.yaml
    mathcoder train sft recipes/papers/mathcoder-cl-7b.yaml --dry-run
    accelerate launch --use_fsdp --fsdp_version 2 -m mathcoder train sft my.yaml
"""

from __future__ import annotations

from mathcoder.cli.common import AsJson, DryRun, Recipe, RunFolder
from mathcoder.cli.training import Steps, plan_or_train


def command(
    recipe: Recipe,
    output: RunFolder = None,
    steps: Steps = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> int:
    from mathcoder.training.recipe import load_sft_recipe

    return plan_or_train(recipe, load_sft_recipe, output, steps, dry_run, as_json)
