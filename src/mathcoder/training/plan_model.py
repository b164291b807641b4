"""The model of a plan: its configuration and tokenizer as far as they are here, its parameters without numbers.

It is built on torch's meta device. Where a recipe gives `base.config`, nothing is fetched; otherwise a name on the
Hub is asked for its configuration and its tokenizer.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

from mathcoder.models.weights import find_weights
from mathcoder.training.model import load_model, quiet, with_lora
from mathcoder.training.recipe import BasePart, PretrainRecipe, SftRecipe
from mathcoder.training.tokenizers import add_block_tokens, block_tokens, open_tokenizer

__all__ = ["here", "model_of"]


def _on_hub(name: str) -> bool:
    local = name == "embedded" or name.startswith((".", "/", "~")) or Path(name).suffix in (".gguf", ".json")
    return not local and not Path(name).exists()


def here(base: BasePart, notes: list[str]) -> Any:
    """The tokenizer; None where it is on the Hub, not in its cache, and the recipe does without."""
    name = base.tokenizer or base.weights or ""
    if base.config is not None and _on_hub(name):
        hub: Any = import_module("huggingface_hub")
        revision = base.revision if name == base.weights else None
        cached = hub.try_to_load_from_cache(name, "tokenizer.json", revision=revision)
        if not isinstance(cached, str):
            notes.append(f"the tokenizer of {name} is not here; it is fetched when training begins")
            return None
        base = base.model_copy(update={"tokenizer": str(Path(cached).parent)})
    with quiet():
        return open_tokenizer(base)


def _config(base: BasePart, notes: list[str]) -> dict[str, Any]:
    """The configuration of the model, as transformers writes it."""
    weights = base.weights
    if base.config is not None:
        if weights and _on_hub(weights):
            notes.append(f"the weights of {weights} are not looked at; base.config is what is planned for")
        elif weights and weights != "embedded" and not Path(weights).expanduser().exists():
            raise ValueError(f"base.weights: there is no {weights}")
        return dict(base.config)
    library: Any = import_module("transformers").AutoConfig
    if weights == "embedded" or str(weights).endswith(".gguf"):
        path = find_weights(None if weights == "embedded" else Path(str(weights)).expanduser())
        config = library.from_pretrained(str(path.parent), gguf_file=path.name)
    else:
        named = {} if base.revision is None else {"revision": base.revision}
        config = library.from_pretrained(weights, trust_remote_code=False, **named)
    return config.to_dict()


def model_of(recipe: SftRecipe | PretrainRecipe, tokenizer: Any, notes: list[str]) -> Any:
    """The model without weights, with the new tokens and the adapters that it gets.

    Raises:
        ValueError: its configuration cannot be had or is not right, or adapters have nowhere to go.
    """
    torch: Any = import_module("torch")
    not_right: Any = import_module("huggingface_hub.errors").StrictDataclassError
    base = recipe.base
    config = _config(base, notes)
    heads, grouped = config.get("num_attention_heads"), config.get("num_key_value_heads")
    if heads and grouped and heads % grouped:
        raise ValueError(f"base.config: {heads} heads are not a multiple of {grouped} key and value heads")
    positions = config.get("max_position_embeddings")
    if positions and recipe.context > positions:
        notes.append(
            f"context {recipe.context:,} is beyond the {positions:,} positions that the model was made for"
        )
    asked = base.model_copy(update={"weights": None, "config": config})
    with torch.device("meta"), warnings.catch_warnings(action="ignore", category=FutureWarning):
        try:
            model = load_model(asked, seed=recipe.seed, tokenizer=None if base.weights else tokenizer)
        except not_right as error:
            raise ValueError(f"base.config: {error}") from error
        new = _new_tokens(recipe, tokenizer, model)
        if recipe.lora:
            model = with_lora(model, recipe.lora, new)
    return model


def _new_tokens(recipe: SftRecipe | PretrainRecipe, tokenizer: Any, model: Any) -> list[int]:
    """Ids of the tokens that the dialect adds, for which the model gets rows."""
    if not isinstance(recipe, SftRecipe):
        return []
    tokens = block_tokens(recipe.data.dialect)
    if tokenizer is not None:
        return add_block_tokens(tokenizer, model, tokens)
    rows: int = model.get_input_embeddings().weight.shape[0]
    if tokens:  # nobody can tell whether it has them
        model.resize_token_embeddings(rows + len(tokens), mean_resizing=False)
    return list(range(rows, rows + len(tokens)))
