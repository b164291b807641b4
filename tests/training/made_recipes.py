"""Recipes on small inputs, written to files: real solutions and made-up texts, a byte tokenizer, a small model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from packed_training import CONFIG
from watched_training import small_tokenizer

from mathcoder.runs.yaml_tree import write_yaml

EXAMPLES = Path(__file__).parents[2] / "examples" / "data"


def write_recipe(folder: Path, kind: str, **changes: Any) -> Path:
    """A recipe of either kind in that folder, with what it reads."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
    small_tokenizer(tokens).backend_tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>"})
    )
    config = {name: value for name, value in CONFIG.items() if name != "vocab_size"}
    config["max_position_embeddings"] = 4096
    recipe: dict[str, Any] = {
        "name": f"small-{kind}",
        "base": {"weights": None, "config": config, "tokenizer": "./tokenizer.json"},
        "context": 256 if kind == "pretrain" else 2048,
        "optim": {"batch": 2, "learning_rate": 0.001, "warmup_steps": 3, "weight_decay": 0.1},
        "held_out": {"every_steps": 7, "tokens": 2000},
        "track": {"log_steps": 1, "checkpoint_steps": 2, "trackers": []},
    }
    if kind == "sft":
        recipe["lora"] = {"rank": 4, "dropout": 0.2}
        recipe["data"] = {"train": [str(EXAMPLES / "mathcoder_l70b.jsonl")]}
    else:
        texts = (f"{n} + {n * 7 % 31} = {n + n * 7 % 31}. " * (3 + n % 40) for n in range(160))
        (folder / "texts.jsonl").write_text(
            "".join(json.dumps({"id": str(n), "text": t}) + "\n" for n, t in enumerate(texts))
        )
        recipe["sources"] = {"sums": {"files": ["texts.jsonl"], "held_out": 0.1}}
    for name, value in changes.items():
        recipe[name] = {**recipe[name], **value} if isinstance(value, dict) and name in recipe else value
    path = folder / f"{kind}.yaml"
    path.write_text(write_yaml(recipe))
    return path
