"""Runs the studio's web app on an address of this machine until it is interrupted."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mathcoder.studio.app import create_app
from mathcoder.studio.context import StudioSettings
from mathcoder.studio.security import is_wildcard

if TYPE_CHECKING:
    import uvicorn

__all__ = ["Listening", "listen", "serve", "server"]


@dataclass(frozen=True, slots=True)
class Listening:
    """A socket that is listened on, and the settings with its port."""

    sock: socket.socket
    settings: StudioSettings

    @property
    def address(self) -> str:
        """What to open, without the token."""
        host = socket.gethostname() if is_wildcard(self.settings.host) else self.settings.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.settings.port}/"


def listen(settings: StudioSettings) -> Listening:
    """Take the address of the settings; port 0 is a free one.

    Raises:
        OSError: it is not to be had.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(128)
    except OSError:
        sock.close()
        raise
    return Listening(sock, replace(settings, port=sock.getsockname()[1]))


def server(listening: Listening, started: Callable[[], None] = lambda: None) -> uvicorn.Server:
    """The server of the studio at an address; `run` it with `sockets=[listening.sock]`.

    Args:
        listening: from `listen`.
        started: called once, when answers can be had.
    """
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # That the end breaks off what is still being answered is no fault to report.
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
            await super().shutdown(sockets)

    config = uvicorn.Config(
        create_app(listening.settings),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
        lifespan="on",
        ws="none",
    )
    return Server(config)


def serve(listening: Listening, started: Callable[[], None] = lambda: None) -> None:
    """Answer requests until the process is interrupted; see `server`."""
    server(listening, started).run(sockets=[listening.sock])
