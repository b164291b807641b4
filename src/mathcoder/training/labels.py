"""Solutions as tokens, each with whether it is learned.

A text is tokenised whole, as a server does with a prompt, and a token is learned if the model itself writes it.
Some tokenizers join characters over a border between what the model was given and what it writes (two newlines, of
which the first ends a prompt). The solving loop never has such a token where it counts: a prompt ends, and what is
generated begins anew. So a text in which any token lies across a border is tokenised span by span. Each token then
is wholly the model's own or wholly given, and what the model is asked for is what it can write.

Prompts of the loop are beginnings of these tokens, but for two cases. Of a text that was tokenised span by span,
prompts after its first generation may have a border's characters in one token, and this has them in two. And a
SentencePiece tokenizer that puts a space before text behind a special token reads a reply that a server gave
without that space as if it were there, which is one and the same token here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mathcoder.solution import Block
from mathcoder.solving.dialects import Dialect
from mathcoder.training.tokenizers import block_tokens
from mathcoder.training.transcripts import Words, transcribe

__all__ = ["NO_LABEL", "TOO_LONG", "Labelled", "Labeller"]

TOO_LONG = "too long: its first block does not fit into context"
NO_LABEL = "no label: the model writes nothing in it"
_BETWEEN = "a border lies inside a token"

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """A solution as tokens.

    Attributes:
        tokens: of prompt and solution.
        learned: for each token whether it has a loss.
        borders: for blocks that the solution can be cut behind: how many tokens begin before the block's end.
        whole: nothing was cut off.
    """

    tokens: Integers
    learned: NDArray[np.bool_]
    borders: tuple[int, ...]
    whole: bool


class _Tokens(NamedTuple):
    ids: Integers
    starts: Integers
    stops: Integers


class Labeller:
    """Makes tokens and their loss masks of solutions.

    Args:
        dialect: how they are written.
        tokenizer: a fast one of transformers; that has the dialect's block tokens (`add_block_tokens`).
        context: tokens of a solution, at most; one that has more is cut behind the last block that fits, and has
            then no end of message.
        loss_on_execution: also learn what code prints.

    Raises:
        ValueError: the tokenizer does not have the block tokens.
    """

    def __init__(self, dialect: Dialect, tokenizer: Any, *, context: int, loss_on_execution: bool = False):
        self._dialect, self._tokenizer, self._context = dialect, tokenizer, context
        self._loss_on_execution = loss_on_execution
        for token in block_tokens(dialect.name):
            if tokenizer.encode(token, add_special_tokens=False) != [tokenizer.convert_tokens_to_ids(token)]:
                raise ValueError(
                    f"{token} is no token of the tokenizer: add the tokens of {dialect.name} to it first"
                )
        # A tokenizer's last step takes blank space out of the places of tokens.
        self._backend: Any = import_module("tokenizers").Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
        self._backend.post_processor = None
        self._backend.no_truncation()
        self._backend.no_padding()
        self._before = [] if dialect.name == "tools" else _put_before(tokenizer)  # a template writes them itself

    def label(self, solutions: Sequence[tuple[str, Sequence[Block]]]) -> list[Labelled | str]:
        """For each problem and the blocks of its solution: tokens, or why there are none.

        Raises:
            ValueError: the chat template cannot write a solution; see `transcribe`.
        """
        written = [transcribe(self._dialect, *solution, self._tokenizer) for solution in solutions]
        encodings = self._backend.encode_batch([words.text for words in written], add_special_tokens=False)
        return [self._fitted(words, _tokens(encoding)) for words, encoding in zip(written, encodings, strict=True)]

    def _fitted(self, words: Words, tokens: _Tokens) -> Labelled | str:
        """The labelled words, cut where they have to be."""
        labelled = self._labelled(words, tokens)
        if isinstance(labelled, Labelled) and len(labelled.tokens) > self._context:
            labelled = self._cut(words, labelled)
        if isinstance(labelled, Labelled) and not labelled.learned[1:].any():
            return NO_LABEL
        return labelled

    def _cut(self, words: Words, labelled: Labelled) -> Labelled | str:
        fit = sum(border <= self._context for border in labelled.borders)
        for end in reversed(words.ends[:fit]):
            begun = words.until(end)
            shorter = self._labelled(begun, _tokens(self._backend.encode(begun.text, add_special_tokens=False)))
            if isinstance(shorter, str) or len(shorter.tokens) <= self._context:
                return (
                    shorter
                    if isinstance(shorter, str)
                    else Labelled(shorter.tokens, shorter.learned, shorter.borders, False)
                )
        return TOO_LONG

    def _labelled(self, words: Words, tokens: _Tokens) -> Labelled | str:
        edges = np.fromiter(chain.from_iterable(words.own), np.int64)
        inside = np.searchsorted(edges, tokens.starts, "right") < np.searchsorted(edges, tokens.stops, "left")
        if inside.any():
            by_span = self._by_span(words.text, edges)
            if by_span is None:
                return _BETWEEN
            tokens = by_span
        learned_edges = edges[[0, -1]] if self._loss_on_execution and edges.size else edges
        learned = np.searchsorted(learned_edges, tokens.starts, "right") % 2 == 1
        count = len(self._before)
        borders = count + np.searchsorted(tokens.starts, np.array(words.ends, np.int64), "left")
        return Labelled(
            np.concatenate([np.array(self._before, np.int64), tokens.ids]),
            np.concatenate([np.zeros(count, np.bool_), learned]),
            tuple(borders.tolist()),
            True,
        )

    def _by_span(self, text: str, edges: Integers) -> _Tokens | None:
        """The tokens of a text, none of which lies across an edge; None: there is no telling them."""
        parts: list[_Tokens] = []
        places = sorted({0, *edges.tolist(), len(text)})
        for first, last in pairwise(places):
            part = self._behind(text[max(first - 1, 0) : first], text[first:last])
            if part is None:
                return None
            parts.append(_Tokens(part.ids, part.starts + first, part.stops + first))
        return _Tokens(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))

    def _behind(self, before: str, text: str) -> _Tokens | None:
        """The tokens of a text that stands behind another, which is not read with it.

        Some tokenizers put a space before whatever they read, so it is read behind a character that it does not
        come to share a token with: the one that is there, or else another.
        """
        for lead in (before, "\n", ".", "a", "0") if before else ("",):
            tokens = _tokens(self._backend.encode(lead + text, add_special_tokens=False))
            own = tokens.starts >= len(lead)
            if (tokens.stops[~own] <= len(lead)).all():
                return _Tokens(tokens.ids[own], tokens.starts[own] - len(lead), tokens.stops[own] - len(lead))
        return None


def _tokens(encoding: Any) -> _Tokens:
    places = np.array(encoding.offsets, np.int64).reshape(-1, 2)
    return _Tokens(np.array(encoding.ids, np.int64), places[:, 0], places[:, 1])


def _put_before(tokenizer: Any) -> list[int]:
    """The tokens that a tokenizer puts before a text by itself, as a server does with a prompt."""
    bare: list[int] = tokenizer.encode("a", add_special_tokens=False)
    whole: list[int] = tokenizer.encode("a")
    at = next(at for at in range(len(whole)) if whole[at : at + len(bare)] == bare)
    return whole[:at]
