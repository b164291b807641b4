"""The loss of a model on solutions that it is shown, by kind of block.

One number for a whole solution hides what a change of training does: most tokens are code, an answer has a few. So
the loss of each token is put down to the block that it is in. Text and code have the tokens that the model itself
writes, what closes a block included; an execution has those that it is given. `answer` is the last block, where
that is text and not the only one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import Any, Literal, get_args

import numpy as np

from mathcoder.solution import Block
from mathcoder.solving.dialects import Dialect
from mathcoder.training.labels import Labelled, Labeller
from mathcoder.training.solving_model import generating

__all__ = ["BlockLosses", "Kind", "block_losses"]

Kind = Literal["text", "code", "execution", "answer"]

_KINDS: tuple[Kind, ...] = get_args(Kind)
_ROWS_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class BlockLosses:
    """The loss on one solution.

    Attributes:
        nats: summed over the tokens of each kind; a kind that the solution has not is not there.
        tokens: how many these are.
    """

    nats: dict[Kind, float]
    tokens: dict[Kind, int]


def block_losses(
    model: Any,
    tokenizer: Any,
    dialect: Dialect,
    solutions: Sequence[tuple[str, Sequence[Block]]],
    *,
    context: int,
) -> Iterator[BlockLosses | str]:
    """For each problem and the blocks of its solution: the loss, or why there is none. In order, one at a time.

    Args:
        model: a causal one of transformers; it is lent out as `generating` does.
        tokenizer: fast, with the dialect's block tokens.
        dialect: how the model was trained to write; not `tools`, whose messages have several blocks in one.
        solutions: as `Labeller` takes them.
        context: tokens of a solution, at most; the blocks that do not fit have no loss.

    Raises:
        ValueError: the dialect is `tools`, or the tokenizer does not have its tokens.
    """
    if dialect.name == "tools":
        raise ValueError("blocks cannot be told apart in the dialect tools; take mathcoder or markdown")
    return _losses(model, Labeller(dialect, tokenizer, context=context), iter(solutions))


def _losses(
    model: Any, labeller: Labeller, solutions: Iterator[tuple[str, Sequence[Block]]]
) -> Iterator[BlockLosses | str]:
    while some := list(islice(solutions, _ROWS_AT_ONCE)):
        for (_, blocks), row in zip(some, labeller.label(some), strict=True):
            yield row if isinstance(row, str) else _loss(model, row, _kinds(row, blocks))


def _kinds(row: Labelled, blocks: Sequence[Block]) -> Any:
    """The kind of each token, a number of `_KINDS`, or -1 where it has none."""
    named = [block.type for block in blocks[: len(row.borders)]]
    ends = row.whole and len(blocks) > 1 and blocks[-1].type == "text"
    numbers = np.array([_KINDS.index(name) for name in (*named[:-1], "answer" if ends else named[-1])])
    execution = np.array([name == "execution" for name in named])
    first = int(np.argmax(row.learned))  # the model's first word: what is before it is the question
    block = np.searchsorted(row.borders, np.arange(len(row.tokens)), "right").clip(max=len(named) - 1)
    # What closes code may stand where its output begins.
    before = row.learned & execution[block] & (block > 0)
    block = np.where(before, block - 1, block)
    counted = row.learned | execution[block]
    counted[:first] = False
    return np.where(counted, numbers[block], -1)


def _loss(model: Any, row: Labelled, kinds: Any) -> BlockLosses:
    torch: Any = import_module("torch")
    kinds = kinds[1:]  # nothing comes before the first token to tell it from
    places = np.flatnonzero(kinds >= 0)
    with torch.no_grad(), generating(model):
        tokens = torch.from_numpy(row.tokens).to(model.device)
        at = torch.from_numpy(places).to(model.device)
        logits = model(input_ids=tokens[None], use_cache=False, logits_to_keep=at).logits[0].float()
        each = torch.nn.functional.cross_entropy(logits, tokens[1:][at], reduction="none").double().cpu().numpy()
    counts = np.bincount(kinds[places], minlength=len(_KINDS))
    sums = np.bincount(kinds[places], each, minlength=len(_KINDS))
    found = [number for number in range(len(_KINDS)) if counts[number]]
    return BlockLosses(
        {_KINDS[number]: float(sums[number]) for number in found},
        {_KINDS[number]: int(counts[number]) for number in found},
    )
