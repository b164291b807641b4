"""What a language model is to the rest of the house: something that streams text for a request.

A model knows nothing about solutions, code or dialects. It is asked for a continuation of a prompt
(or a reply to chat messages) and yields the pieces as they come.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

FinishReason = Literal["stop", "length", "tool_calls", "error"]


class ModelError(Exception):
    """A model could not be loaded or did not reply. The message is one line for the person who asked."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model.

    Attributes:
        prompt: text to continue (a completion), or chat messages, dicts as in the OpenAI chat format.
        stop: strings at which generation ends; they are not part of the returned text.
        max_tokens: most new tokens.
        temperature: 0 is greedy.
        top_p: nucleus mass, used when temperature > 0.
        seed: of the sampler.
        tools: tool definitions in the OpenAI format, for chat models that call tools.
    """

    prompt: str | Sequence[Mapping[str, Any]]
    stop: tuple[str, ...] = ()
    max_tokens: int = 512
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    tools: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a reply. The last one carries why it ended and what it cost.

    Attributes:
        text: new text, possibly empty.
        finish_reason: None except on the last chunk; "stop" also when a stop string was met.
        stop: the stop string that ended it, where one did and the server tells.
        tool_calls: on the last chunk, calls as in the OpenAI chat format.
        prompt_tokens: on the last chunk, tokens of the prompt.
        completion_tokens: on the last chunk, tokens generated.
    """

    text: str = ""
    finish_reason: FinishReason | None = None
    stop: str | None = None
    tool_calls: tuple[Mapping[str, Any], ...] = ()
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Model(Protocol):
    """Anything that answers a `Request`. `chat` says whether it wants messages rather than a prompt."""

    name: str

    def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply as it is generated. Raises `ModelError`."""
        ...

    async def aclose(self) -> None:
        """Free what the model holds. Calling it twice is fine."""
        ...
