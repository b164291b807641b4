"""A model that replays recorded replies, so that what asks a model can be tested without one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping, Sequence

from mathcoder.models.base import Chunk, ModelError, Request, StopStrings

__all__ = ["RecordedModel"]

_WORD = re.compile(r"\s*\S+\s*\Z|\s*\S+|\s+\Z")  # joined, its matches are the text again


class RecordedModel:
    """Replays replies: a sequence in its order, or a mapping from prompt to reply.

    A reply is raw text as the model wrote it, stop strings included: it is cut at the first stop string of
    the request, as a server would cut it. Tokens are counted as whitespace-separated words, so `max_tokens`
    and the counts are rough. Temperature, seed and tools are ignored.

    Attributes:
        name: "recorded".
        requests: every request asked so far, in order.

    Args:
        replies: texts; a mapping answers a request with the reply of its prompt (of chat messages, the
            content of the last one) and may answer it any number of times.
        piece: most characters in a chunk.
    """

    name = "recorded"

    def __init__(self, replies: Sequence[str] | Mapping[str, str], *, piece: int = 7):
        if isinstance(replies, str):
            raise TypeError("replies is one string: give a sequence of replies")
        if piece < 1:
            raise ValueError(f"piece is {piece}: a chunk has at least one character")
        self.requests: list[Request] = []
        self._by_prompt = replies if isinstance(replies, Mapping) else None
        self._in_order = [] if isinstance(replies, Mapping) else list(replies)
        self._piece = piece

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Yield the next reply in pieces of a few characters; other tasks run between them.

        Raises:
            ModelError: every reply was used, or none was recorded for this prompt.
        """
        self.requests.append(request)
        prompt = _text(request)
        words = _WORD.findall(self._reply(prompt))
        text = "".join(words[: request.max_tokens])
        stops = StopStrings(request.stop)
        given = ""
        stop = None
        for start in range(0, len(text), self._piece):
            shown, stop = stops.feed(text[start : start + self._piece])
            given += shown
            if shown:
                yield Chunk(shown)
                await asyncio.sleep(0)
            if stop is not None:
                break
        rest = stops.rest()
        cut = stop is None and len(words) > request.max_tokens
        yield Chunk(
            rest,
            "length" if cut else "stop",
            stop,
            prompt_tokens=len(prompt.split()),
            completion_tokens=len((given + rest).split()),
        )

    async def aclose(self) -> None:
        """Nothing to free."""

    def _reply(self, prompt: str) -> str:
        if self._by_prompt is not None:
            if prompt not in self._by_prompt:
                raise ModelError(f"no reply was recorded for the prompt {prompt[-80:]!r}")
            return self._by_prompt[prompt]
        if len(self.requests) > len(self._in_order):
            raise ModelError(f"{len(self._in_order)} replies were recorded and {len(self.requests)} asked for")
        return self._in_order[len(self.requests) - 1]


def _text(request: Request) -> str:
    if isinstance(request.prompt, str):
        return request.prompt
    return str(request.prompt[-1].get("content") or "") if request.prompt else ""
