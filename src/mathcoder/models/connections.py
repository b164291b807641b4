"""How a server is reached: its base URL, the key, and the HTTP connections of one event loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from mathcoder.models.base import ModelError
from mathcoder.models.faults import fault_of

if TYPE_CHECKING:
    from openai import AsyncOpenAI

__all__ = ["OPENAI_URL", "Connections", "checked_url", "hide", "key_in", "served_models"]

OPENAI_URL = "https://api.openai.com/v1"

_CONNECT = 10.0  # most seconds to connect
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def checked_url(url: str) -> str:
    """A base URL without a slash at its end. One that is a host only gets `/v1`, where all servers have the API.

    Raises:
        ValueError: it is no base URL, or holds a password, which would be told in errors.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{url!r} is not a URL: {error}") from None
    if "@" in parts.netloc:
        raise ValueError(f"a URL of {parts.hostname} holds a password: put the key in an environment variable")
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ValueError(f"{url!r} is not a base URL such as http://localhost:8000/v1")
    if parts.query or parts.fragment or not url.isascii() or any(char.isspace() for char in url):
        raise ValueError(f"{url!r} is not a base URL: it may have a host and a path only")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/v1'}"


def key_in(variable: str) -> str:
    """The key that an environment variable holds, "" where it is not set.

    Raises:
        ModelError: it has characters that a header cannot carry; the message does not tell them.
    """
    key = os.environ.get(variable, "").strip()
    if not key.isascii() or not key.isprintable():
        raise ModelError(f"{variable} is no API key: it has characters that no header may have")
    return key


def hide(key: str, text: str) -> str:
    """`text` without the key, which servers at times repeat in their errors."""
    return text.replace(key, "***") if key else text


class Connections:
    """The HTTP connections of one event loop. It closes them when it shuts down, as `asyncio.run` does.

    Attributes:
        slots: of requests in flight.

    Args:
        in_flight: how many.
        key: API key; "" for none.
        timeout: most seconds without a byte.
    """

    def __init__(self, in_flight: int, key: str, timeout: float):
        self.slots = asyncio.Semaphore(in_flight)
        self._key = key
        self._timeout = timeout
        self._clients: dict[str, AsyncOpenAI] = {}
        self._open: AsyncGenerator[None, None] | None = None

    async def open(self, closed: Callable[[], object]) -> None:
        """Bind them to the running loop; `closed` is called when they are closed."""

        # A loop that shuts down closes the asynchronous generators that were begun in it. Connections that
        # outlive their loop could not be closed any more.
        async def live() -> AsyncGenerator[None, None]:
            try:
                yield
            finally:
                closed()
                for client in self._clients.values():
                    await client.close()

        self._open = live()
        await anext(self._open)

    def client(self, url: str) -> AsyncOpenAI:
        """The client of a base URL, made when it is first needed."""
        if url not in self._clients:
            self._clients[url] = _client(url, self._key, self._timeout)
        return self._clients[url]

    async def aclose(self) -> None:
        """Close them; what is being read from them fails."""
        if self._open is not None:
            await self._open.aclose()


def _client(url: str, key: str, timeout: float, *, follow_redirects: bool = True) -> AsyncOpenAI:
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout

    seconds = Timeout(timeout, connect=min(timeout, _CONNECT), pool=None)
    local = urlsplit(url).hostname in _LOOPBACK  # no proxy knows this machine's own ports
    http = DefaultAsyncHttpxClient(timeout=seconds, trust_env=not local, follow_redirects=follow_redirects)
    client = AsyncOpenAI(base_url=url, api_key=key or "none", timeout=seconds, max_retries=0, http_client=http)
    if not url.startswith(OPENAI_URL):
        client.organization = client.project = None  # read from the environment; nobody else's business
    return client


async def served_models(url: str, *, key_env: str | None = None, timeout: float = 10.0) -> list[str]:
    """Names of the models that a server says it has (`/models`).

    Args:
        url: base URL.
        key_env: environment variable with the key; None: no key is sent, and no redirect followed.
        timeout: most seconds in all.

    Raises:
        ModelError: it did not answer, or not as an OpenAI-compatible server does; one line.
    """
    from openai import OpenAIError

    key = key_in(key_env) if key_env else ""
    client = _client(url, key, timeout, follow_redirects=bool(key_env))
    try:
        async with asyncio.timeout(timeout):
            found = await client.get("/models", cast_to=object)
    except TimeoutError:
        raise ModelError(f"{url}: no answer in {timeout:g} seconds") from None
    except (OpenAIError, ValueError, RecursionError) as error:
        reason = hide(key, str(fault_of(error, url)))
        hint = f"; set {key_env} to its key" if key_env and not key and "HTTP 401" in reason else ""
        raise ModelError(f"{url}: {reason}{hint}") from None
    finally:
        await client.close()
    rows: object = cast("dict[str, object]", found).get("data") if isinstance(found, dict) else None
    if not isinstance(rows, list):
        raise ModelError(f"{url}: not an OpenAI-compatible server: /models holds no list")
    names = [
        cast("dict[str, object]", row).get("id") for row in cast("list[object]", rows) if isinstance(row, dict)
    ]
    return [name for name in names if isinstance(name, str) and name]
