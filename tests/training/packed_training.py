"""Made-up packed rows and small models for the tests of the trainer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mathcoder.training.model import load_model
from mathcoder.training.packing import Pieces, best_fit
from mathcoder.training.recipe import BasePart, OptimPart, TrackPart, TrainRecipe
from mathcoder.training.rows import PackedRows
from mathcoder.training.shards import ShardWriter, TokenShards

VOCABULARY, CONTEXT = 200, 96

CONFIG = {
    "model_type": "llama",
    "vocab_size": VOCABULARY,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "bos_token_id": None,
    "eos_token_id": None,
    "tie_word_embeddings": True,
}
BASE = BasePart(weights=None, config=CONFIG, tokenizer="none.json")


def made_rows(folder: Path, *, documents: int = 60, masked: bool = True, seed: int = 0) -> PackedRows:
    """Documents of 2 to 60 tokens, of which about half are learned where `masked`; the last always is."""
    random = np.random.default_rng(seed)
    with ShardWriter(folder, vocabulary=VOCABULARY, masked=masked) as writer:
        for number in range(documents):
            tokens = random.integers(0, VOCABULARY, random.integers(2, 60))
            loss = random.random(len(tokens)) < 0.5
            loss[-1] = True
            writer.add(f"document-{number}", tokens, loss if masked else None)
    return all_rows(folder)


def all_rows(folder: Path, context: int = CONTEXT) -> PackedRows:
    shards = TokenShards(folder)
    each = np.arange(len(shards))
    pieces = Pieces(np.zeros_like(each), each, np.zeros_like(each), shards.lengths)
    return PackedRows(best_fit(pieces, context, seed=0), (shards,))


def small_recipe(base: BasePart = BASE, **changes: Any) -> TrainRecipe:
    optim = {"batch": 4, "micro_batch": 2, "learning_rate": 1e-2, "warmup_steps": 2} | changes.pop("optim", {})
    track = {"log_steps": 1, "checkpoint_steps": 1000} | changes.pop("track", {})
    return TrainRecipe(
        name="small", base=base, context=CONTEXT, optim=OptimPart(**optim), track=TrackPart(**track), **changes
    )


def small_model(base: BasePart = BASE, seed: int = 0) -> Any:
    import torch

    torch.set_num_threads(1)
    return load_model(base, seed=seed)


def losses(trainer: Any) -> list[float]:
    return [line["loss"] for line in trainer.state.log_history if "loss" in line]


def weights(model: Any) -> dict[str, Any]:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
