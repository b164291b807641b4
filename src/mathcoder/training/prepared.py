"""From prepared data to the rows of a training: mixed, repeated, packed, in order.

The order is made anew, from lengths alone, whenever it is needed; it depends on the data, the recipe's budget,
`context` and seed, and on nothing else. So row `i` of a run is row `i`, and going on means skipping rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mathcoder.training.mixing import budgets, mixed
from mathcoder.training.packing import Packing, best_fit, next_fit, padding_share
from mathcoder.training.recipe import PretrainRecipe, TrainRecipe
from mathcoder.training.rows import PackedRows
from mathcoder.training.shards import TokenShards

__all__ = ["Prepared", "held_out_rows", "train_rows"]

_MOST_PADDING = 0.009  # of rows of texts; the rest to 1% is for a last row that is not full


@dataclass(frozen=True, slots=True)
class Prepared:
    """Data that can be trained on.

    Attributes:
        train: token shards, by source.
        held_out: likewise, of what is only looked at.
        facts: counts, and what was dropped by reason; JSON values.
    """

    train: dict[str, TokenShards]
    held_out: dict[str, TokenShards]
    facts: dict[str, Any]


def train_rows(recipe: TrainRecipe, prepared: Prepared) -> PackedRows:
    """All rows of a training in order.

    Returns:
        Their facts: `rows`, `tokens`, `documents` and the `pieces` these are in, `padding_share`, that of the
        public code's rule on the same documents (`padding_share_of_next_fit`), and of each of `sources` the
        `tokens` and `epochs`. Texts are cut to keep padding under 1%, solutions are not:
        the one that a limit ends in is learned to its end.

    Raises:
        ValueError: there is nothing to train on.
    """
    have = {name: shards.total for name, shards in prepared.train.items()}
    optim = recipe.optim
    budget = budgets(have, weights=_weights(recipe), tokens=optim.tokens, epochs=optim.epochs)
    lengths = {name: shards.lengths for name, shards in prepared.train.items()}
    pieces = mixed(lengths, budget, seed=recipe.seed, whole=not isinstance(recipe, PretrainRecipe))
    by_next = next_fit(pieces, recipe.context)
    if not isinstance(recipe, PretrainRecipe):
        packing = best_fit(pieces, recipe.context, seed=recipe.seed)  # a solution is learned whole
    elif recipe.packing == "best-fit":
        packing = best_fit(pieces, recipe.context, seed=recipe.seed, most_padding=_MOST_PADDING)
    else:
        packing = by_next
    facts = _facts(packing, recipe.context, budget, have)
    facts["padding_share_of_next_fit"] = padding_share(by_next, recipe.context)
    return PackedRows(packing, tuple(prepared.train.values()), facts)


def held_out_rows(recipe: TrainRecipe, prepared: Prepared) -> dict[str, PackedRows]:
    """Rows whose loss is looked at, by source: of each, documents up to `held_out.tokens`, in a seeded order.

    A source of which nothing is held out is not among them.
    """
    if recipe.held_out is None:
        return {}
    return {
        name: _rows_of_one(name, shards, recipe.held_out.tokens, recipe)
        for name, shards in prepared.held_out.items()
        if shards.total
    }


def _rows_of_one(name: str, shards: TokenShards, tokens: int, recipe: TrainRecipe) -> PackedRows:
    budget = {name: min(shards.total, tokens)}
    whole = not isinstance(recipe, PretrainRecipe)
    pieces = mixed({name: shards.lengths}, budget, seed=recipe.seed, whole=whole)
    packing = best_fit(pieces, recipe.context, seed=recipe.seed)
    return PackedRows(packing, (shards,), _facts(packing, recipe.context, budget, {name: shards.total}))


def _weights(recipe: TrainRecipe) -> dict[str, float] | None:
    if not isinstance(recipe, PretrainRecipe):
        return None
    weights = {name: source.weight for name, source in recipe.sources.items() if source.weight is not None}
    return weights or None


def _facts(packing: Packing, context: int, budget: Mapping[str, int], have: Mapping[str, int]) -> dict[str, Any]:
    """What there is of a packing to tell: rows, tokens, its padding, and of each source how much it is seen."""
    return {
        "rows": len(packing),
        "tokens": packing.tokens,
        "pieces": len(packing.stop),
        "documents": int(np.count_nonzero(packing.start == 0)),
        "padding_share": padding_share(packing, context),
        "sources": {
            name: {"tokens": count, "epochs": count / have[name] if have[name] else 0.0}
            for name, count in budget.items()
        },
    }
