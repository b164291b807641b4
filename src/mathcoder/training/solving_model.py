"""A model of transformers in this process as a `Model` that is asked: one that is being trained solves problems.

`generating` lends it out: while it lasts the model is in evaluation mode and attends as one that generates. Then
all is as it was, the states of the random number generators too, so that training goes on as if nothing had been.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np

from mathcoder.models.base import Chunk, ModelError, Request, StopStrings

__all__ = ["TransformersModel", "generating"]

_GENERATES = "sdpa"  # attention that knows a cache of keys and values
_BEFORE = 8  # tokens of the prompt that say how the first new one is spelled: whether a space goes before it


@contextmanager
def generating(model: Any) -> Generator[None]:
    """Lend a model out to generate with; see the module.

    Args:
        model: of transformers, or peft around one.
    """
    torch: Any = import_module("torch")
    attention = model.config._attn_implementation
    modes = [(module, module.training) for module in model.modules()]
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    on_devices: Any = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    # peft copies the whole embedding at every call to put trained rows in; merged and unmerged they are exact.
    rows = [module for module in model.modules() if hasattr(module, "trainable_tokens_delta")]
    model.eval()
    model.config._attn_implementation = _GENERATES
    for module in rows:
        module.merge()
    try:
        yield
    finally:
        for module in rows:
            module.unmerge()
        model.config._attn_implementation = attention
        for module, training in modes:
            module.training = training
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])
        if on_devices:
            torch.cuda.set_rng_state_all(on_devices)


class TransformersModel:
    """A causal language model of transformers, asked one request at a time, a token at a time.

    Special tokens that a prompt spells are read as tokens, and those that the model writes are part of the text,
    except the one that ends its reply (unless a stop string names it). A token of the beginning is added where the
    tokenizer does so.

    Attributes:
        name: as it was given.

    Args:
        model: in evaluation mode (see `generating`); its owner keeps it.
        tokenizer: fast.
        name: for who asks what the model is called.
    """

    def __init__(self, model: Any, tokenizer: Any, name: str = "model in training"):
        self.name = name
        self._model = model
        self._tokenizer = tokenizer
        self._torch: Any = import_module("torch")
        self._decoders: Any = import_module("tokenizers.decoders")
        self._ends = {tokenizer.eos_token_id, *_listed(model.config), *_listed(model.generation_config)} - {None}
        self._context: int = getattr(model.config, "max_position_embeddings", None) or 1 << 30
        self._closed = False

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Yield the reply, a chunk a token. Others get their turn between two tokens.

        Raises:
            ModelError: the prompt exceeds the context or is no valid chat, the request has tools or asks for
                log-probabilities, the device is out of memory, or the model was closed.
        """
        ids = self._ids(request)
        if len(ids) >= self._context:
            raise ModelError(f"{self.name}: the prompt has {len(ids):,} tokens; its context is {self._context:,}")
        stops = StopStrings(request.stop)
        decoding = self._decoders.DecodeStream(ids=ids[-_BEFORE:], skip_special_tokens=False)
        random_numbers = self._torch.Generator().manual_seed(request.seed)
        cache: Any = None
        given, unread = ids, list[int]()  # tokens that are no whole character yet
        most = min(request.max_tokens, self._context - len(ids))
        for count in range(1, most + 1):
            token, cache = self._next(given, cache, request, random_numbers)
            if token in self._ends and self._spelled(token) not in request.stop:
                yield Chunk(self._rest(stops, unread), "stop", None, (), len(ids), count)
                return
            piece = decoding.step(self._tokenizer.backend_tokenizer, token)
            unread = [*unread, token] if piece is None else []
            shown, stop = stops.feed(piece or "")
            finish = None if stop is None else "stop"
            yield Chunk(shown, finish, stop, (), len(ids), count)
            if finish:
                return
            given = [token]
            await asyncio.sleep(0)
        yield Chunk(self._rest(stops, unread), "length", None, (), len(ids), most)

    async def aclose(self) -> None:
        """Answer no more. The model itself belongs to its owner."""
        self._closed = True

    def _ids(self, request: Request) -> list[int]:
        if request.tools or request.logprobs:
            what = "calls no tools" if request.tools else "tells no log-probabilities"
            raise ModelError(f"{self.name} {what}: use a server")
        if isinstance(request.prompt, str):
            ids: list[int] = self._tokenizer(request.prompt).input_ids
        else:
            messages = [dict(message) for message in request.prompt]
            ids = self._tokenizer(self._chat(messages), add_special_tokens=False).input_ids
        if not ids:
            raise ModelError(f"{self.name}: the prompt is empty")
        return ids

    def _chat(self, messages: list[dict[str, Any]]) -> str:
        jinja: Any = import_module("jinja2")
        try:
            return self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        except (ValueError, TypeError, jinja.TemplateError) as error:
            raise ModelError(f"{self.name}: {' '.join(str(error).split())[:300]}") from None

    def _rest(self, stops: StopStrings, unread: list[int]) -> str:
        """What was held back, with what is left of a character that was not finished."""
        return stops.rest() + self._tokenizer.decode(unread)

    def _spelled(self, token: int) -> str:
        return self._tokenizer.convert_ids_to_tokens(token) or ""

    def _next(self, given: list[int], cache: Any, request: Request, random_numbers: Any) -> tuple[int, Any]:
        """The token after those given, and the cache with them."""
        if self._closed:
            raise ModelError(f"{self.name} is closed")
        torch = self._torch
        try:
            with torch.no_grad():
                ids = torch.tensor([given], device=self._model.device)
                out = self._model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
                scores = out.logits[0, -1].float().cpu()
        except RuntimeError as error:  # out of memory, mostly
            raise ModelError(f"{self.name}: {' '.join(str(error).split())[:300]}") from error
        scores[len(self._tokenizer) :] = -torch.inf  # models may have more rows than there are tokens
        return self._drawn(scores, request, random_numbers), out.past_key_values

    def _drawn(self, scores: Any, request: Request, random_numbers: Any) -> int:
        torch = self._torch
        if torch.isnan(scores).any():
            raise ModelError(f"{self.name} gives scores that are no numbers")
        if request.temperature <= 0:
            return int(scores.argmax())
        likely, tokens = torch.softmax(scores / request.temperature, dim=-1).sort(descending=True)
        before = likely.cumsum(-1) - likely  # what is likelier; the first is always kept
        likely[before >= request.top_p] = 0.0
        return int(tokens[torch.multinomial(likely, 1, generator=random_numbers)])


def _listed(config: Mapping[str, Any] | Any) -> list[int]:
    """The ids of the tokens that end a reply."""
    ends: int | list[int] | None = getattr(config, "eos_token_id", None)
    return [ends] if isinstance(ends, int) else list(ends or [])
