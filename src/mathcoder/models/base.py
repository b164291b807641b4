"""What a language model is to the rest of the house: something that streams text for a request.

A model knows nothing about solutions, code or dialects. It is asked for a continuation of a prompt
(or a reply to chat messages) and yields the pieces as they come.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypedDict

FinishReason = Literal["stop", "length", "tool_calls", "error"]


class ModelError(Exception):
    """A model could not be loaded or did not reply. The message is one line for the person who asked."""


class Sampling(TypedDict, total=False):
    """How text is drawn: those fields of a `Request`."""

    max_tokens: int
    temperature: float
    top_p: float
    seed: int


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
        logprobs: most alternatives told with the log-probability of each token; 0: no log-probabilities.
    """

    prompt: str | Sequence[Mapping[str, Any]]
    stop: tuple[str, ...] = ()
    max_tokens: int = 512
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    tools: tuple[Mapping[str, Any], ...] = ()
    logprobs: int = 0


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """A token that was generated.

    Attributes:
        token: its text; where it is part of a character, what the server makes of that.
        logprob: natural logarithm of its probability.
        top: the likeliest tokens in its place, likeliest first, each with its log-probability.
    """

    token: str
    logprob: float
    top: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a reply. The last one carries why it ended and what it cost.

    Attributes:
        text: new text, possibly empty.
        finish_reason: None except on the last chunk; "stop" also when a stop string was met.
        stop: the stop string that ended it, where one did and the server tells.
        tool_calls: on the last chunk, calls as in the OpenAI chat format.
        prompt_tokens: tokens of the prompt; 0 before the last chunk where the server tells it only there.
        completion_tokens: tokens generated so far, likewise.
        logprobs: of the tokens generated since the chunk before, where they were asked for and the model tells
            them. At the end they may go on past the text: into a stop string, or a token that is not shown.
        cached: the reply was stored before; nobody was asked and nothing was paid.
    """

    text: str = ""
    finish_reason: FinishReason | None = None
    stop: str | None = None
    tool_calls: tuple[Mapping[str, Any], ...] = ()
    prompt_tokens: int = 0
    completion_tokens: int = 0
    logprobs: tuple[TokenLogprob, ...] = ()
    cached: bool = False


class Model(Protocol):
    """Anything that answers a `Request`, many at once."""

    name: str

    def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Yield the reply as it is generated. Closing the generator (`aclose`) stops generation.

        A `for` loop that is left early does not close it: use `contextlib.aclosing`.

        Raises:
            ModelError: while iterating.
        """
        ...

    async def aclose(self) -> None:
        """Free what the model holds; replies under way end with `ModelError`. Calling it twice is fine."""
        ...


class StopStrings:
    """Finds stop strings in text that comes in pieces, wherever the pieces end.

    The string whose last character comes first wins; of two that end together, the longer. Text that could
    be the start of a stop string is held back until that is known.
    """

    def __init__(self, stop: Sequence[str]):
        self._stop = tuple(string for string in stop if string)
        self._held = ""

    def feed(self, text: str) -> tuple[str, str | None]:
        """Take a piece. Returns the text that may be shown, and the stop string that was met, if one was."""
        text = self._held + text
        found = [(at + len(string), at, string) for string in self._stop if (at := text.find(string)) >= 0]
        if found:
            _, at, string = min(found)
            self._held = ""
            return text[:at], string
        shown = len(text) - max((_overlap(text, string) for string in self._stop), default=0)
        self._held = text[shown:]
        return text[:shown], None

    def rest(self) -> str:
        """The text held back, once no more will come."""
        held, self._held = self._held, ""
        return held


def _overlap(text: str, string: str) -> int:
    """Length of the longest end of `text` that is a beginning of `string`."""
    longest = min(len(text), len(string) - 1)
    return next((n for n in range(longest, 0, -1) if text.endswith(string[:n])), 0)
