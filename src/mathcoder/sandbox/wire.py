"""Frames between the parent and a child, over one stream socket.

A call is `length, nonce, JSON`; a reply `nonce, length, pixels, JSON, raw pixels`. The nonce is new for every
call, so bytes that a child wrote ahead of time, or twice, are never taken for a reply. The parent trusts
nothing in a reply: lengths are bounded, JSON is the only format, text is made valid Unicode.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from typing import Any

_CALL = struct.Struct("!I16s")
_REPLY = struct.Struct("!16sII")
NONCE_BYTES = 16


class BrokenChannel(Exception):
    """The other side is gone, or said something that is no reply to this call."""


class Late(Exception):
    """Nothing came before the deadline."""


def send_call(sock: socket.socket, nonce: bytes, call: dict[str, Any], seconds: float) -> None:
    """Send a call to a child that should be waiting for one.

    Raises:
        BrokenChannel: it is gone, or did not take the call within `seconds`.
    """
    body = json.dumps(call).encode()
    try:
        sock.settimeout(seconds)
        sock.sendall(_CALL.pack(len(body), nonce) + body)
    except OSError as error:
        raise BrokenChannel(str(error)) from error


def read_call(fd: int) -> tuple[bytes, dict[str, Any]] | None:
    """The next call in a child; None when the parent has closed the channel."""
    head = _read(fd, _CALL.size)
    if head is None:
        return None
    length, nonce = _CALL.unpack(head)
    body = _read(fd, length)
    return None if body is None else (nonce, json.loads(body))


def write_reply(fd: int, nonce: bytes, reply: dict[str, Any], pixels: bytes = b"") -> None:
    body = json.dumps(reply).encode()
    data = memoryview(_REPLY.pack(nonce, len(body), len(pixels)) + body + pixels)
    while data:
        data = data[os.write(fd, data) :]


def receive_reply(
    sock: socket.socket, nonce: bytes, deadline: float, max_body: int, max_pixels: int
) -> tuple[dict[str, Any], bytes]:
    """Wait for the reply to the call with `nonce`.

    Raises:
        Late: the deadline (`time.monotonic`) passed first.
        BrokenChannel: the child is gone, or what came is not such a reply.
    """
    got, length, extra = _REPLY.unpack(_receive(sock, _REPLY.size, deadline))
    if got != nonce:
        raise BrokenChannel("a reply to another call")
    if length > max_body or extra > max_pixels:
        raise BrokenChannel("a reply over the size limit")
    body = _receive(sock, length, deadline)
    pixels = _receive(sock, extra, deadline) if extra else b""
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BrokenChannel("a reply that is not JSON") from error
    if not isinstance(reply, dict):
        raise BrokenChannel("a reply that is not an object")
    return reply, pixels  # pyright: ignore[reportUnknownVariableType]


def _read(fd: int, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = os.read(fd, size - len(parts))
        if not part:
            return None
        parts += part
    return bytes(parts)


def _receive(sock: socket.socket, size: int, deadline: float) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        try:
            left = deadline - time.monotonic()
            if left < -1:  # bytes that trickle in do not move the limit
                raise Late
            sock.settimeout(max(left, 1e-4))  # what already lies there counts, also when the time is up
            part = sock.recv(min(size - len(parts), 1 << 20))
        except TimeoutError as error:
            raise Late from error
        except OSError as error:
            raise BrokenChannel(str(error)) from error
        if not part:
            raise BrokenChannel("the process is gone")
        parts += part
    return bytes(parts)
