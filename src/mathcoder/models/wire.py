"""What goes over the wire to an OpenAI-compatible server, and what comes back: bodies and streamed pieces.

Nothing here opens a connection. Servers differ in what they add and leave out, so a piece is read from plain
JSON, and one that makes no sense raises `WireError` instead of being guessed at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from mathcoder.models.base import Chunk, FinishReason, Request, StopStrings, TokenLogprob

__all__ = ["Reply", "WireError", "body_of", "path_of", "read_logprobs"]

_MOST_STOPS = 4  # hosted APIs refuse more; `Reply` looks for all of them itself

# What servers call the end of a reply. One that is not listed ended by itself: every server has its own words.
_FINISH: Mapping[str, FinishReason] = {
    "length": "length",
    "max_tokens": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
}
_REFUSED = "content_filter"
_FAILED = ("abort", "error")


class WireError(ValueError):
    """A piece that is not of the OpenAI format, or that ends a reply which is none. The message says why.

    Attributes:
        final: to ask again is useless.
    """

    def __init__(self, message: str, *, final: bool = False):
        super().__init__(message)
        self.final = final


def path_of(request: Request) -> str:
    """Where a request goes, below the base URL: text is completed, messages are answered."""
    return "/completions" if isinstance(request.prompt, str) else "/chat/completions"


def body_of(request: Request, name: str) -> dict[str, Any]:
    """The JSON of a request to the model `name`; the reply is streamed and ends with its usage."""
    body: dict[str, Any] = {
        "model": name,
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "seed": request.seed,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.stop:
        body["stop"] = list(request.stop[:_MOST_STOPS])
    if isinstance(request.prompt, str):
        body["prompt"] = request.prompt
        if request.logprobs:
            body["logprobs"] = request.logprobs
        return body
    body["messages"] = [dict(message) for message in request.prompt]
    if request.tools:
        body["tools"] = [dict(tool) for tool in request.tools]
    if request.logprobs:
        body |= {"logprobs": True, "top_logprobs": request.logprobs}
    return body


class Reply:
    """Turns the pieces of one streamed reply into chunks.

    Attributes:
        complete: the server said that the reply ended; only its usage may follow.
        ended: the last chunk was returned.
        pieces: how many pieces with text or part of a call came, about one a token.
        prompt_tokens: as the server told them last; 0 before it does.
        completion_tokens: likewise.
    """

    def __init__(self, stop: tuple[str, ...]):
        self.complete = self.ended = False
        self.pieces = self.prompt_tokens = self.completion_tokens = 0
        self._stop = stop
        self._stops = StopStrings(stop)
        self._met: str | None = None
        self._finish: FinishReason = "stop"
        self._calls: list[dict[str, Any]] = []
        self._call_at: dict[int, dict[str, Any]] = {}  # by index, the call that is being written
        self._logprobs: list[TokenLogprob] = []
        self._half = ""  # the first half of a surrogate pair

    def read(self, piece: object) -> Chunk | None:
        """The chunk that a piece comes to, if it has something to tell.

        Raises:
            WireError: the piece is not of the OpenAI format, or the server ended the reply with a failure.
        """
        piece = _object(piece, "a piece")
        self._read_usage(piece.get("usage"))
        choices: object = piece.get("choices")
        if not isinstance(choices, list):
            raise WireError("a piece has no list of choices")
        if not choices or self.complete:
            return None
        choice = _object(cast("list[object]", choices)[0], "a choice")
        delta = choice if "text" in choice else _object(choice.get("delta") or {}, "a delta")
        text: object = delta.get("text" if delta is choice else "content") or ""
        if not isinstance(text, str):
            raise WireError(f"the text is of type {type(text).__name__}")
        self._logprobs += read_logprobs(choice.get("logprobs"))
        self._read_calls(delta.get("tool_calls"))
        self.pieces += bool(text or delta.get("tool_calls"))
        shown, self._met = self._stops.feed(self._whole(text))
        if finish := choice.get("finish_reason"):
            if finish == _REFUSED or finish in _FAILED:
                raise WireError(f"the server ended the reply: {finish}", final=finish == _REFUSED)
            self._finish = _FINISH.get(str(finish), "stop")
            self._on_stop(choice)
            self.complete = True
        elif self._met is not None:  # a server that does not know stop strings: there is no need to read on
            self.complete = True
            return self.end(shown)
        return self._chunk(shown) if shown or self._logprobs else None

    @property
    def begun(self) -> bool:
        """Some of it has come."""
        return self.complete or self.pieces > 0

    def end(self, text: str = "") -> Chunk:
        """The last chunk, once no more will come.

        Raises:
            WireError: the reply was cut off.
        """
        if not self.complete:
            raise WireError("it ended in the middle" if self.pieces else "it is empty or not a stream")
        self.ended = True
        finish = self._finish
        if self._met is None:
            text += self._stops.rest() + ("\ufffd" if self._half else "")
        if self._calls and finish == "stop" and self._met is None:
            finish = "tool_calls"
        return self._chunk(text, finish)

    def _on_stop(self, choice: Mapping[str, Any]) -> None:
        """Which stop string the server met, where it tells: vLLM and SGLang do."""
        if self._met is None:
            told = choice.get("stop_reason", choice.get("matched_stop"))
            self._met = told if told in self._stop else None
            if self._met is not None:
                self._finish = "stop"
        else:
            self._finish = "stop"

    def _chunk(self, text: str, finish: FinishReason | None = None) -> Chunk:
        logprobs, self._logprobs = tuple(self._logprobs), []
        calls = tuple(self._calls) if finish else ()
        for function in (call["function"] for call in calls):
            if isinstance(function["arguments"], str):
                function["arguments"] = _valid(function["arguments"])
        stop = self._met if finish else None
        return Chunk(text, finish, stop, calls, self.prompt_tokens, self.completion_tokens, logprobs)

    def _read_usage(self, usage: object) -> None:
        if not isinstance(usage, dict):
            return
        told = cast("dict[str, object]", usage)
        prompt, completion = told.get("prompt_tokens"), told.get("completion_tokens")
        if isinstance(prompt, int) and isinstance(completion, int):
            self.prompt_tokens, self.completion_tokens = max(prompt, 0), max(completion, 0)

    def _read_calls(self, deltas: object) -> None:
        """Calls come in parts: the index says of which call, the arguments are a string cut anywhere."""
        if not deltas:
            return
        if not isinstance(deltas, list):
            raise WireError("tool_calls is not a list")
        for delta in cast("list[object]", deltas):
            part = _object(delta, "a tool call")
            function = _object(part.get("function") or {}, "a tool call's function")
            index, name = part.get("index"), str(part.get("id") or "")
            index = index if isinstance(index, int) else 0
            call = self._call_at.get(index)
            if call is None or (name and call["id"] not in (name, "")):  # some servers number every call 0
                call = dict[str, Any](id="", type="function", function={"name": "", "arguments": ""})
                self._call_at[index] = call
                self._calls.append(call)
            call["id"] = call["id"] or name
            whole = call["function"]
            whole["name"] = whole["name"] or str(function.get("name") or "")
            arguments: object = function.get("arguments") or ""
            if isinstance(arguments, str) and isinstance(whole["arguments"], str):
                whole["arguments"] += arguments
            else:  # parsed already by the server; then it is not in parts
                whole["arguments"] = arguments

    def _whole(self, text: str) -> str:
        r"""`text` as valid Unicode. JSON can hold half a character, `\ud83d`; its other half may come next."""
        text = self._half + text
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return _valid(text.removesuffix(self._half))


def _valid(text: str) -> str:
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_logprobs(found: Any) -> tuple[TokenLogprob, ...]:
    """Log-probabilities of a choice, in either layout: that of chats, or OpenAI's older one of completions.

    Raises:
        WireError: it is neither.
    """
    if not found:
        return ()
    try:
        if (tokens := found.get("content")) is not None:
            return tuple(TokenLogprob(*_pair(token), _pairs(token.get("top_logprobs"))) for token in tokens)
        names = found.get("tokens") or ()
        tops = found.get("top_logprobs") or [None] * len(names)
        return tuple(
            TokenLogprob(str(name), float(value), _ranked(top))
            for name, value, top in zip(names, found["token_logprobs"], tops, strict=True)
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise WireError("logprobs have another layout") from error


def _pair(token: Any) -> tuple[str, float]:
    return str(token["token"]), float(token["logprob"])


def _pairs(tokens: Any) -> tuple[tuple[str, float], ...]:
    return tuple(_pair(token) for token in tokens or ())


def _ranked(top: Any) -> tuple[tuple[str, float], ...]:
    pairs: list[tuple[str, float]] = [(str(name), float(top[name])) for name in top or ()]
    return tuple(sorted(pairs, key=lambda pair: -pair[1]))


def _object(found: object, what: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise WireError(f"{what} is not an object")
    return cast("dict[str, Any]", found)
