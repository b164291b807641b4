"""A studio for tests: one that is asked in the process, and one that listens on a free port of this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from mathcoder.studio import StudioSettings, create_app
from mathcoder.studio.security import TOKEN_HEADER
from mathcoder.studio.serve import listen, server

TOKEN = "a-token-for-tests-0123456789"


@contextmanager
def studio_client(*runs: Path, token: str | None = TOKEN, **settings: Any) -> Iterator[TestClient]:
    """A client whose requests have the token, unless there is to be none."""
    app = create_app(StudioSettings(runs, TOKEN, **settings))
    headers = {TOKEN_HEADER: token} if token is not None else {}
    with TestClient(app, base_url="http://127.0.0.1:8080", headers=headers) as client:
        yield client


@contextmanager
def studio_at(*runs: Path, **settings: Any) -> Iterator[str]:
    """The address of a studio that listens, with "/" at its end. The page is opened by `opened(address, path)`."""
    ready = threading.Event()
    listening = listen(StudioSettings(runs, TOKEN, port=0, **settings))
    running = server(listening, ready.set)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening.sock]})
    thread.start()
    try:
        assert ready.wait(30), "the studio does not start"
        yield listening.address
    finally:
        running.should_exit = True
        thread.join(30)
        listening.sock.close()


def opened(address: str, path: str = "/") -> str:
    """What a browser opens to see a path such as "/solve" with the token."""
    return f"{address}#token={TOKEN}{path}"
