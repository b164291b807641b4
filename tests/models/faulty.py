"""An OpenAI-compatible server that does what a test tells it, faults included. It listens on loopback."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Step = bytes | float | None
"""Bytes are sent, a number is seconds of silence, None cuts the connection."""

BUSY = "HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\n\r\n"
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
UNTIL_CLOSED = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
LAST = b"0\r\n\r\n"


def answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> list[Step]:
    """A reply that is no stream; `body` is JSON unless it is bytes."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    return [BUSY.format(status=status, headers=lines, length=len(data)).encode() + data]


def event(data: object) -> bytes:
    """A server-sent event, in a chunk of its own."""
    return chunk(b"data: " + (data if isinstance(data, bytes) else json.dumps(data).encode()) + b"\n\n")


def chunk(data: bytes) -> bytes:
    """Bytes in HTTP's chunked encoding."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def text(piece: str, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """A piece of a completion."""
    return {"choices": [{"index": 0, "text": piece, "finish_reason": finish, **more}]}


def delta(finish: str | None = None, **fields: Any) -> dict[str, Any]:
    """A piece of a chat reply."""
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": finish}]}


def usage(prompt: int, completion: int) -> dict[str, Any]:
    return {"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": completion}}


def stream(*pieces: object, done: bool = True) -> list[Step]:
    """A whole stream of pieces. Numbers are seconds of silence, bytes the data of an event as they are."""
    steps: list[Step] = [STREAM]
    steps += [piece if isinstance(piece, float) else event(piece) for piece in pieces]
    return [*steps, event(b"[DONE]"), LAST] if done else steps


def cut(*pieces: object) -> list[Step]:
    """A stream that breaks off after these pieces."""
    return [*stream(*pieces, done=False), None]


class FaultyServer:
    """Plays its `script`, one entry a request; the last entry is played for all that follow. A context manager.

    Attributes:
        script: what it answers. Its models are asked for with GET, which is not in the script.
        reply: makes the answer to a body instead, where it is not None.
        bodies: JSON bodies of the requests so far.
        headers: their headers, names in lower case.
        paths: likewise.
        most: most requests that were under way at a time.
        gone: connections that the client closed in the middle of a reply.
        served: names that `/v1/models` lists.
        models: what it answers instead, where it is not None.
    """

    def __init__(self, *script: list[Step], port: int = 0):
        self.script = list(script)
        self.reply: Callable[[dict[str, Any]], list[Step]] | None = None
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.most = self.gone = 0
        self.served = ["small", "large"]
        self.models: list[Step] | None = None
        self._under_way = 0
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> FaultyServer:
        self._thread.start()
        starting = asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(10)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Die. Calling it twice is fine."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._cancel(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _cancel(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def port(self) -> int:
        return self._port

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().rstrip().split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
                }
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                method, path, _ = first.split()
                self.paths.append(path)
                self.headers.append(headers)
                if method == "GET":
                    rows = {"object": "list", "data": [{"id": name} for name in self.served]}
                    steps = self.models or answer(200, rows)
                else:
                    self.bodies.append(json.loads(body))
                    if self.reply is not None:
                        steps = self.reply(self.bodies[-1])
                    else:
                        steps = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                await self._play(steps, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            writer.close()

    async def _play(
        self, steps: Iterable[Step], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._under_way += 1
        self.most = max(self.most, self._under_way)
        try:
            for step in steps:
                if step is None:
                    raise ConnectionResetError
                if isinstance(step, float):
                    await asyncio.sleep(step)
                    if reader.at_eof():
                        self.gone += 1
                        raise ConnectionResetError
                else:
                    writer.write(step)
                    await writer.drain()
            if UNTIL_CLOSED in steps:
                writer.close()
        finally:
            self._under_way -= 1
