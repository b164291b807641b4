"""A model behind an OpenAI-compatible server: vLLM, SGLang, TGI, llama.cpp, Ollama, or a hosted API.

The openai package opens the connections and reads the stream; it is imported when the first request is made.
Its own retries are off: they know one URL, and nothing of text that was already told.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, TypedDict

from mathcoder.models.base import Chunk, ModelError, Request
from mathcoder.models.budget import Budget, Meter, Price, Usage
from mathcoder.models.connections import OPENAI_URL, Connections, checked_url, hide, key_in
from mathcoder.models.faults import Fault, fault_of
from mathcoder.models.pool import Pool
from mathcoder.models.resume import Resumed
from mathcoder.models.wire import Reply, body_of, path_of

__all__ = ["ServerModel", "ServerOptions"]

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0  # seconds of backoff, doubled each time, before jitter
_CHARACTERS_A_TOKEN = 3  # of a prompt whose tokens nobody told: rather too many tokens than too few


class ServerOptions(TypedDict, total=False):
    """Options of a `ServerModel`, by keyword."""

    key_env: str
    chat_only: bool
    in_flight: int
    retries: int
    timeout: float
    eject_after: int
    extra: Mapping[str, Any]


class ServerModel:
    """A model that one or several OpenAI-compatible servers have.

    A prompt that is text is completed (`/completions`); chat messages are answered (`/chat/completions`), with
    tools if there are any. For n samples make n requests, with the seeds s, s + 1, ...: servers compute the
    prompt once for all of them.

    **Retries.** Connections that fail, time-outs, broken replies and the statuses 408, 409, 429 and 5xx are tried
    again, after an exponential wait with full jitter, and not before a Retry-After. Other statuses end a request
    at once. If a reply breaks off after some of its text was yielded, it is asked for again and goes on where it
    broke off, provided that it begins with exactly the same text; otherwise it ends with `ModelError`.

    **Stop strings** are sent to the server (the first four, more are refused by some) and looked for here as
    well. `Chunk.stop` names the one that was met if the server tells, as vLLM and SGLang do.

    **Fields that a server refuses** are left out from then on: `stream_options`, without which it may not tell
    tokens; `max_tokens` becomes `max_completion_tokens` where it asks for that.

    **Tokens** are those that servers tell. Where they do not, because a reply was left early say, a prompt counts
    as a token for every 3 characters and a reply as one for every piece.

    Attributes:
        name: of the model, as the server knows it.

    Args:
        name: likewise.
        urls: base URLs, which end in `/v1` mostly. All have to serve this model; see `pool.Pool`. The key is sent
            to each of them.
        key_env: the environment variable that holds the API key. Where it is not set no key is sent.
        chat_only: the server completes no text: refuse such prompts at once, and say what to do.
        in_flight: most requests at a time, in one event loop; more wait.
        retries: most further tries of one request.
        timeout: most seconds without a byte from the server.
        eject_after: failures in a row that put a URL out of use for a while.
        price: what tokens cost.
        budget: a limit; it may be shared with other models.
        extra: fields that go into the body of every request, such as `{"skip_special_tokens": False}` for vLLM.

    Raises:
        ValueError: a URL, a number or a budget that cannot work.
        ModelError: the key holds characters that no header may have.
    """

    def __init__(
        self,
        name: str,
        *,
        urls: Sequence[str] = (OPENAI_URL,),
        key_env: str = "OPENAI_API_KEY",
        chat_only: bool = False,
        in_flight: int = 64,
        retries: int = 5,
        timeout: float = 300.0,
        eject_after: int = 3,
        price: Price | None = None,
        budget: Budget | None = None,
        extra: Mapping[str, Any] | None = None,
    ):
        for option, value, least in (("in_flight", in_flight, 1), ("eject_after", eject_after, 1)):
            if value < least:
                raise ValueError(f"{option} is {value}: it must be {least} or more")
        if retries < 0 or timeout <= 0:
            raise ValueError(f"retries is {retries} and timeout {timeout}: neither may be negative, nor timeout 0")
        if not urls:
            raise ValueError("urls is empty: name at least one base URL")
        if budget is not None and budget.max_cost is not None and price is None:
            raise ValueError("a budget with max_cost needs the price of the model")
        self.name = name
        self._urls = tuple(checked_url(url) for url in urls)
        self._key_env = key_env
        self._key = key_in(key_env)
        self._chat_only = chat_only
        self._in_flight = in_flight
        self._retries = retries
        self._timeout = timeout
        self._price = price
        self._budget = budget
        self._extra = dict(extra or {})
        self._pool = Pool(self._urls, eject_after=eject_after)
        self._meter = Meter()
        self._refused: set[str] = set()
        self._connections: dict[asyncio.AbstractEventLoop, Connections] = {}
        self._closed = False

    def __repr__(self) -> str:
        return f"ServerModel({self.name!r}, urls={self._urls!r}, key_env={self._key_env!r})"

    @property
    def usage(self) -> Usage:
        """What was asked so far and what it cost."""
        return self._meter.used

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Yield the reply as it comes. Closing the generator ends the HTTP request.

        Raises:
            BudgetExceeded: the budget is used up; nothing was asked.
            ModelError: the server refused the request, or the retries are used up; one line.
        """
        if self._chat_only and isinstance(request.prompt, str):
            raise ModelError(
                f"{self.name} at {', '.join(self._urls)} answers chat messages only, and the prompt is text: "
                "use the dialect for chat with tools (--dialect tools)"
            )
        given = Resumed(self.name)
        tries, adapted = 0, set[str]()
        self._meter.add(Usage(requests=1))
        while True:
            given.again()
            try:
                async with aclosing(self._try(request)) as chunks:
                    async for chunk in chunks:
                        if (new := given.take(chunk)) is not None:
                            yield new
                return
            except Fault as error:
                fault = error
            if fault.adapt and fault.adapt not in adapted:
                adapted.add(fault.adapt)
                self._refused.add(fault.adapt)
                continue
            tries += 1
            if self._closed or not fault.retry or tries > self._retries:
                raise self._error(fault, request, tries)  # here, so that no error with the key in it is chained
            self._meter.add(Usage(retries=1))
            alone = fault.after if len(self._urls) == 1 else 0.0  # of several URLs another can be asked meanwhile
            await asyncio.sleep(alone + random.uniform(0, min(_FIRST_WAIT * 2 ** min(tries, 10), _LONGEST_WAIT)))

    async def aclose(self) -> None:
        """Close the connections; replies under way end with `ModelError`. Calling it twice is fine."""
        self._closed = True
        connections = self._connections.get(asyncio.get_running_loop())
        if connections is not None:
            await connections.aclose()

    async def _try(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """One HTTP request. Raises Fault where it fails."""
        from openai import AsyncStream, OpenAIError

        connections = await self._connect()
        async with connections.slots:
            if self._budget is not None:  # only now: who waited for a slot may have waited while it was used up
                self._budget.check()
            lease = await self._pool.take()
            reply: Reply | None = None
            fault: Fault | None = None
            try:
                if self._closed:
                    raise Fault("it was closed", url=lease.url, retry=False)
                stream = await connections.client(lease.url).post(
                    path_of(request),
                    cast_to=object,
                    body=self._body(request),
                    stream=True,
                    stream_cls=AsyncStream[object],
                )
                async with stream:
                    reply = Reply(request.stop)
                    try:
                        async for piece in stream:
                            self._pool.answers(lease)
                            if (chunk := reply.read(piece)) is not None:
                                yield chunk
                            if reply.ended:
                                break
                    except (OpenAIError, ValueError, RecursionError):
                        if not reply.complete:  # else only its usage was lost
                            raise
                    if not reply.ended:
                        yield reply.end()
            except Fault as error:
                fault = error
            except (OpenAIError, ValueError, RecursionError) as error:
                fault = fault_of(error, lease.url)
            finally:
                self._pool.give_back(lease, fault, worked=reply is not None and reply.begun)
                if reply is not None:
                    self._count(request, reply)
        if fault is not None:
            raise fault

    def _body(self, request: Request) -> dict[str, Any]:
        body = body_of(request, self.name) | self._extra
        if "stream_options" in self._refused:
            body.pop("stream_options", None)
        if "max_tokens" in self._refused:
            body["max_completion_tokens"] = body.pop("max_tokens")
        return body

    def _count(self, request: Request, reply: Reply) -> None:
        prompt, completion = reply.prompt_tokens, reply.completion_tokens
        if not prompt:
            told = request.prompt
            text = told if isinstance(told, str) else json.dumps(list(told), default=str)
            prompt, completion = len(text) // _CHARACTERS_A_TOKEN, reply.pieces
        cost = self._price.of(prompt, completion) if self._price else 0.0
        usage = Usage(prompt_tokens=prompt, completion_tokens=completion, cost=cost)
        self._meter.add(usage)
        if self._budget is not None:
            self._budget.add(usage)

    def _error(self, fault: Fault, request: Request, tries: int) -> ModelError:
        """What the caller is told, in one line, never with the key."""
        if self._closed:
            return ModelError(f"{self.name} was closed")
        where, reason = fault.url or ", ".join(self._urls), str(fault)
        if fault.retry and fault.url and len(self._urls) > 1:
            where, reason = ", ".join(self._urls), f"{fault.url}: {fault}"
        hint = ""
        if fault.retry:
            hint = f" ({tries} tries)"
        elif "HTTP 401" in reason:
            hint = f"; is the key in {self._key_env} right?" if self._key else f"; set {self._key_env} to the key"
        elif isinstance(request.prompt, str) and re.match("HTTP (404|405)", reason):
            hint = "; where a server has chat only, use --dialect tools, and `mathcoder models` lists names"
        return ModelError(hide(self._key, f"{self.name} at {where}: {reason}{hint}"))

    async def _connect(self) -> Connections:
        """The connections of this event loop, which live as long as it does."""
        loop = asyncio.get_running_loop()
        if self._closed:
            raise ModelError(f"{self.name} is closed")
        if loop not in self._connections:
            self._connections[loop] = connections = Connections(self._in_flight, self._key, self._timeout)
            await connections.open(lambda: self._connections.pop(loop, None))
        return self._connections[loop]
