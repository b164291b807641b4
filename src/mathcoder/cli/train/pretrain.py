"""Continue the pretraining of a model on texts, such as a corpus that `mathcoder corpus build` made.

Sources are mixed by weight, documents are packed so that they do not see one another, and everything is counted
in tokens. What was stopped or killed goes on with the same command, and ends with the same weights. On several
devices or machines the same recipe runs under `accelerate launch`.

    mathcoder train pretrain recipes/pretrain-smollm2.yaml
    mathcoder train pretrain recipes/papers/mathcoder2-llama-3-8b.yaml --dry-run
    accelerate launch --use_fsdp --fsdp_version 2 -m mathcoder train pretrain my.yaml
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
    from mathcoder.training.recipe import load_pretrain_recipe

    return plan_or_train(recipe, load_pretrain_recipe, output, steps, dry_run, as_json)
