"""Guards every request, before anything else sees it: who may ask, what an answer may do in the browser.

A page elsewhere must not use the studio, though it can make the browser send requests to this machine: the Host
has to be ours (a name that was pointed here is not), an Origin too, and what changes or runs something needs a
token that only the page has which the command opened. Text that models or strangers wrote reaches the page as
text; should some of it become markup all the same, the policy lets nothing in it run or be loaded.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mathcoder.studio.context import StudioSettings

__all__ = ["MOST_BYTES", "POLICY", "TOKEN_HEADER", "Guard", "is_loopback", "is_wildcard"]

TOKEN_HEADER = "X-Studio-Token"
MOST_BYTES = 1_000_000  # of a request
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_TOO_LARGE = f"a request may have {MOST_BYTES:,} bytes"
_READING = ("GET", "HEAD")
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_log = logging.getLogger("mathcoder.studio")


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_wildcard(host: str) -> bool:
    """Whether it means all addresses of this machine."""
    try:
        return ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return False


class Guard:
    """ASGI middleware around the whole app; what it refuses is answered in JSON.

    Args:
        app: what is guarded.
        settings: host, port, token.
    """

    def __init__(self, app: ASGIApp, settings: StudioSettings):
        self._app = app
        self._token = settings.token.encode()
        self._guarded = not is_loopback(settings.host)
        # Reached at all its addresses, the machine has names that are not known here; then the token has to do.
        self._hosts = None if is_wildcard(settings.host) else frozenset(_hosts(settings.host, settings.port))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # there are no web sockets
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        api = scope["path"].startswith("/api/")
        answer = _Answer(send, api)
        if refused := self._refused(scope, api):
            await answer.fail(*refused)
            return
        if scope["method"] not in _READING:
            whole = await _received(receive)
            if whole is None:
                await answer.fail(413, _TOO_LARGE)
                return
            receive = _again(whole, receive)
        try:
            await self._app(scope, receive, answer.send)
        except Exception as error:  # noqa: BLE001 - a fault of ours: told here, and in the terminal
            _log.error("%s %s failed", scope["method"], scope["path"], exc_info=error)
            await answer.fail(500, f"the studio failed ({type(error).__name__}); its terminal says more")

    def _refused(self, scope: Scope, api: bool) -> tuple[int, str] | None:
        """Why a request is not answered."""
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"")
        once = sum(name == b"host" for name, _ in scope["headers"]) == 1
        if not once or (self._hosts is not None and host not in self._hosts):
            return 403, "this is not the studio's address; open the one that `mathcoder studio` printed"
        origin = headers.get(b"origin")
        if origin is not None and origin != b"http://" + host:
            return 403, "another site may not use the studio"
        if api and headers.get(b"sec-fetch-site", b"same-origin") not in (b"same-origin", b"none"):
            return 403, "another site may not use the studio"
        if scope["method"] not in _READING or (api and self._guarded):
            given = headers.get(TOKEN_HEADER.lower().encode(), b"")
            if not secrets.compare_digest(given, self._token):
                return (
                    401,
                    "the token is missing; open the address that `mathcoder studio` printed, with its token",
                )
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > MOST_BYTES:
            return 413, _TOO_LARGE
        return None


async def _received(receive: Receive) -> Message | None:
    """The whole body, or that nobody is there any more; None for one that is too large, whatever it said."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return message
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            return None
        if not message.get("more_body"):
            return {"type": "http.request", "body": bytes(body), "more_body": False}


def _again(first: Message, receive: Receive) -> Receive:
    """Receives `first`, then what comes."""
    left = [first]

    async def received() -> Message:
        return left.pop() if left else await receive()

    return received


class _Answer:
    """Adds the headers to an answer."""

    def __init__(self, send: Send, api: bool):
        self._send = send
        self._api = api
        self._started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = True
            own = {name.lower().encode(): value.encode() for name, value in _HEADERS.items()}
            if self._api:
                own[b"cache-control"] = b"no-store"
            kept = [(name, value) for name, value in message["headers"] if name.lower() not in own]
            message = {**message, "headers": [*kept, *own.items()]}
        await self._send(message)

    async def fail(self, status: int, error: str) -> None:
        if self._started:  # the server ends the connection of an answer that breaks off
            return
        body = json.dumps({"error": error}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def _hosts(host: str, port: int) -> Iterable[bytes]:
    """What may stand in the Host header."""
    names = {*_LOOPBACK, f"[{host}]" if ":" in host else host}
    for name in names:
        yield f"{name}:{port}".encode()
        if port == 80:
            yield name.encode()
