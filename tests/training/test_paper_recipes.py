"""The papers' runs as recipes: they can be read, and say what the papers say."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from mathcoder.models import ModelError
from mathcoder.models.weights import find_weights
from mathcoder.publishing.tokens import TokenCounter
from mathcoder.training.recipe import load_pretrain_recipe, load_sft_recipe

RECIPES = Path(__file__).parents[2] / "recipes"
PAPERS = RECIPES / "papers"
SFT = {
    "mathcoder-l-7b": "meta-llama/Llama-2-7b-hf",
    "mathcoder-l-13b": "meta-llama/Llama-2-13b-hf",
    "mathcoder-l-70b": "meta-llama/Llama-2-70b-hf",
    "mathcoder-cl-7b": "codellama/CodeLlama-7b-hf",
    "mathcoder-cl-13b": "codellama/CodeLlama-13b-hf",
    "mathcoder-cl-34b": "codellama/CodeLlama-34b-hf",
}
PRETRAIN = {
    "mathcoder2-llama-3-8b": "meta-llama/Meta-Llama-3-8B",
    "mathcoder2-deepseekmath-7b": "deepseek-ai/deepseek-math-7b-base",
    "mathcoder2-mistral-7b": "mistralai/Mistral-7B-v0.1",
    "mathcoder2-code-llama-7b": "codellama/CodeLlama-7b-hf",
}


def test_every_run_of_the_papers_is_here():
    assert {path.stem for path in PAPERS.iterdir()} == {*SFT, *PRETRAIN}


@pytest.mark.parametrize("name", SFT)
def test_fine_tuning_is_as_mathcoder_has_it(name: str):
    recipe = load_sft_recipe(PAPERS / f"{name}.yaml")
    optim = recipe.optim
    assert recipe.name == name
    assert recipe.base.weights == SFT[name]
    assert recipe.base.compute == "bfloat16"
    assert recipe.lora is None
    assert (optim.learning_rate, optim.schedule, optim.warmup_steps) == (2e-5, "cosine", 50)
    assert (optim.batch, optim.epochs, recipe.context) == (128, 3, 2048)
    assert recipe.data.dialect == "mathcoder"
    assert not recipe.data.loss_on_execution
    data = RECIPES.parent / "runs/mathcodeinstruct-80k/dataset/data"
    assert recipe.data.train == (str(data / "train-*.parquet"),)
    assert recipe.data.held_out == (str(data / "validation-*.parquet"),)


@pytest.mark.parametrize("name", PRETRAIN)
def test_pretraining_is_as_mathcoder2_has_it(name: str):
    recipe = load_pretrain_recipe(PAPERS / f"{name}.yaml")
    optim = recipe.optim
    assert recipe.name == name
    assert recipe.base.weights == PRETRAIN[name]
    assert recipe.base.compute == "bfloat16"
    assert recipe.lora is None
    assert (optim.learning_rate, optim.schedule, optim.warmup_steps) == (4e-5, "cosine", 50)
    assert (optim.batch, optim.epochs, recipe.context, optim.weight_decay) == (512, 3, 8192, 0.1)
    assert {name: (part.assumed_tokens or 0) / 1e9 for name, part in recipe.sources.items()} == {
        "commoncrawl": 6.5,
        "openwebmath": 4.8,
        "translated": 2.7,
        "synthetic": 2.2,
        "python": 1.0,
        "notebooks": 0.7,
        "textbooks": 1.4,
    }
    # Every row of the corpus is in one source: the texts by their source, code from all of them by its form.
    named = {part.where["source"] for part in recipe.sources.values() if "source" in part.where}
    corpus = (RECIPES / "mathcode-pile.yaml").read_text(encoding="utf-8")
    assert all(f"\n  {source}:\n" in corpus for source in named)
    assert [part.where["form"] for part in recipe.sources.values()].count("steps") == 1


def test_the_size_of_mathcodeinstruct_is_that_of_recorded_solutions(data_dir: Path):
    try:
        find_weights()
    except ModelError as error:
        pytest.skip(str(error))
    counter = TokenCounter("embedded")
    with gzip.open(data_dir / "traces/lce_traces.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    right = [row for row in rows if row["correct"] and row["benchmark"].startswith(("GSM8K", "MATH"))]
    # Two tokens around each block, of the question and the empty system prompt too; and those of three messages.
    around = [2 * (len(row["blocks"]) + 2) + 6 for row in right]
    texts = [text for row in right for text in (row["problem"], *(block["content"] for block in row["blocks"]))]
    mean = (sum(counter.count(texts)) + sum(around)) / len(right)
    assert mean == pytest.approx(614, abs=2)
    for name in SFT:
        assert load_sft_recipe(PAPERS / f"{name}.yaml").data.assumed_tokens == pytest.approx(
            80_000 * mean, rel=0.01
        )


def test_the_small_recipes_can_be_read():
    sft = load_sft_recipe(RECIPES / "sft-smollm2.yaml")
    assert sft.solve is not None
    assert Path(str(sft.solve.file)).is_file()
    assert 0.9 < (sft.optim.tokens or 0) / (300 * sft.optim.batch * sft.context) < 0.95  # the rest is padding
    pretrain = load_pretrain_recipe(RECIPES / "pretrain-smollm2.yaml")
    assert pretrain.optim.schedule == "stable"
    assert pretrain.optim.tokens == 300 * pretrain.optim.batch * pretrain.context
    corpus = (RECIPES / "quickstart.yaml").read_text(encoding="utf-8")
    assert all(f"\n  {part.where['source']}:\n" in corpus for part in pretrain.sources.values())
