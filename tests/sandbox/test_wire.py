"""Frames between the parent and a child that may send anything at any time."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mathcoder.sandbox import wire

NONCE = bytes(range(16))


@contextlib.contextmanager
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def receive(sock: socket.socket, seconds: float = 5, max_body: int = 1000, max_pixels: int = 1000):
    return wire.receive_reply(sock, NONCE, time.monotonic() + seconds, max_body, max_pixels)


def reply(body: bytes, pixels: bytes = b"", nonce: bytes = NONCE) -> bytes:
    return struct.pack("!16sII", nonce, len(body), len(pixels)) + body + pixels


values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)
objects = st.dictionaries(st.text(), values, max_size=5)


@settings(max_examples=50, deadline=None)
@given(call=objects, answer=objects, pixels=st.binary(max_size=100))
def test_round_trip(call: dict, answer: dict, pixels: bytes):
    with pair() as (ours, theirs):
        wire.send_call(ours, NONCE, call, 5)
        assert wire.read_call(theirs.fileno()) == (NONCE, call)
        wire.write_reply(theirs.fileno(), NONCE, answer, pixels)
        assert receive(ours, max_body=100_000) == (answer, pixels)


def test_lone_surrogates_and_large_bodies_cross():
    call = {"code": "'\udc80'" + "x" * 5_000_000}
    with pair() as (ours, theirs):
        sender = threading.Thread(target=wire.send_call, args=(ours, NONCE, call, 10))
        sender.start()
        assert wire.read_call(theirs.fileno()) == (NONCE, call)
        sender.join()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (reply(b"{}", nonce=bytes(16)), "another call"),
        (reply(b"x" * 1001), "over the size limit"),
        (reply(b"{}", b"x" * 1001), "over the size limit"),
        (struct.pack("!16sII", NONCE, 2**32 - 1, 2**32 - 1), "over the size limit"),
        (reply(b"{"), "not JSON"),
        (reply(b"\xff\xfe"), "not JSON"),
        (reply(b"[" * 900 + b"]" * 100), "not JSON"),
        (reply(b"[1]"), "not an object"),
        (reply(b"null"), "not an object"),
        (b"hello, I am no reply to anything", "another call"),
    ],
)
def test_what_is_no_reply(data: bytes, says: str):
    with pair() as (ours, theirs):
        theirs.sendall(data)
        with pytest.raises(wire.BrokenChannel, match=says):
            receive(ours)


def test_deep_nesting_is_no_crash():
    body = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
    with pair() as (ours, theirs):
        theirs.sendall(reply(body))
        with pytest.raises(wire.BrokenChannel, match="not JSON"):
            receive(ours, max_body=1_000_000)


@pytest.mark.parametrize("length", [0, 5, 23, 24, 25, 27])
def test_a_process_that_is_gone_in_the_middle_of_a_reply(length: int):
    with pair() as (ours, theirs):
        theirs.sendall(reply(b"{}", b"xy")[:length])
        theirs.close()
        with pytest.raises(wire.BrokenChannel, match="the process is gone"):
            receive(ours)


@pytest.mark.parametrize("length", [0, 5, 24, 27])
def test_late(length: int):
    with pair() as (ours, theirs):
        theirs.sendall(reply(b"{}", b"xy")[:length])
        with pytest.raises(wire.Late):
            receive(ours, seconds=0.05)


def test_a_reply_that_is_there_counts_although_the_time_is_up():
    with pair() as (ours, theirs):
        theirs.sendall(reply(b'{"a": 1}'))
        assert receive(ours, seconds=-0.5) == ({"a": 1}, b"")


def test_bytes_that_trickle_in_do_not_move_the_deadline():
    stop = threading.Event()

    def trickle(sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            sock.sendall(reply(b"x" * 1000)[:24])
            while not stop.wait(0.00005):
                sock.sendall(b"x")

    with pair() as (ours, theirs):
        sender = threading.Thread(target=trickle, args=(theirs,))
        sender.start()
        try:
            with pytest.raises(wire.Late):
                wire.receive_reply(ours, NONCE, time.monotonic() - 2, 1_000_000_000, 0)
        finally:
            stop.set()
            sender.join()


def test_the_end_of_the_channel_ends_the_child():
    for begun in (b"", struct.pack("!I16s", 10, NONCE)[:7], struct.pack("!I16s", 10, NONCE) + b"{"):
        with pair() as (ours, theirs):
            ours.sendall(begun)
            ours.close()
            assert wire.read_call(theirs.fileno()) is None


def test_calling_a_child_that_is_gone_or_does_not_read():
    with pair() as (ours, theirs):
        with pytest.raises(wire.BrokenChannel):
            wire.send_call(ours, NONCE, {"code": "x" * 10_000_000}, 0.05)
        theirs.close()
        with pytest.raises(wire.BrokenChannel):
            wire.send_call(ours, NONCE, {}, 1)


def test_a_reply_is_plain_json_after_its_head():
    read, write = os.pipe()
    try:
        wire.write_reply(write, NONCE, {"output": "π"}, b"pixels")
        data = os.read(read, 1000)
    finally:
        os.close(read)
        os.close(write)
    nonce, length, extra = struct.unpack("!16sII", data[:24])
    assert (nonce, json.loads(data[24 : 24 + length])) == (NONCE, {"output": "π"})
    assert data[24 + length :] == b"pixels"
    assert extra == 6
