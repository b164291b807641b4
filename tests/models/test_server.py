"""`ServerModel` against a server that does everything wrong that a server can do, and against a real one."""

from __future__ import annotations

import asyncio
import importlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from faulty import (
    STREAM,
    UNTIL_CLOSED,
    FaultyServer,
    Step,
    answer,
    chunk,
    cut,
    delta,
    event,
    stream,
    text,
    usage,
)

from mathcoder.models import Budget, BudgetExceeded, Chunk, ModelError, Price, Request, ServerModel, TokenLogprob
from mathcoder.models import pool as pools
from mathcoder.models import server as servers
from mathcoder.models.faults import Fault
from mathcoder.models.pool import Pool
from mathcoder.models.wire import Reply, WireError
from mathcoder.solving import DIALECTS, WORKED, Options, Solved, solve

CANARY = "sk-canary-1f0c"
CHAT = Request([{"role": "user", "content": "hi"}])
OK = stream(text("ok", "stop"), usage(5, 1))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for long, and none has a key but by its own will."""
    monkeypatch.setattr(servers, "_FIRST_WAIT", 0.005)
    monkeypatch.setattr(pools, "_FIRST_OUT", 0.05)
    monkeypatch.setattr(pools, "_LOOK", 0.01)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


async def collect(model: ServerModel, request: Request) -> list[Chunk]:
    return [chunk async for chunk in model.stream(request)]


def ask(model: ServerModel, request: Request | None = None) -> tuple[str, Chunk]:
    """The text and the last chunk."""
    chunks = asyncio.run(collect(model, request or Request("p")))
    assert all(chunk.finish_reason is None for chunk in chunks[:-1])
    assert chunks[-1].finish_reason is not None
    return "".join(chunk.text for chunk in chunks), chunks[-1]


def refusal(model: ServerModel, request: Request | None = None) -> str:
    """The line that asking ends with."""
    with pytest.raises(ModelError) as caught:
        ask(model, request)
    line = str(caught.value)
    assert line.isprintable()
    assert caught.value.__context__ is None, "nothing is chained that could tell the key"
    return line


# What is sent


def test_a_prompt_is_completed():
    request = Request("2+2=", ("END",), 7, 0.5, 0.9, 3, logprobs=2)
    with FaultyServer(OK) as server:
        ask(ServerModel("small", urls=[server.url], extra={"skip_special_tokens": False}), request)
        assert server.paths == ["/v1/completions"]
        assert server.bodies == [
            {
                "model": "small",
                "prompt": "2+2=",
                "stop": ["END"],
                "max_tokens": 7,
                "temperature": 0.5,
                "top_p": 0.9,
                "seed": 3,
                "logprobs": 2,
                "stream": True,
                "stream_options": {"include_usage": True},
                "skip_special_tokens": False,
            }
        ]


def test_messages_are_answered():
    tools = ({"type": "function", "function": {"name": "python"}},)
    with FaultyServer(stream(delta("stop", content="hello"))) as server:
        text_, last = ask(ServerModel("small", urls=[server.url]), Request(CHAT.prompt, tools=tools, logprobs=3))
        assert (text_, last.finish_reason) == ("hello", "stop")
        assert server.paths == ["/v1/chat/completions"]
        body = server.bodies[0]
        assert (body["messages"], body["tools"]) == ([{"role": "user", "content": "hi"}], [dict(tools[0])])
        assert (body["logprobs"], body["top_logprobs"]) == (True, 3)
        assert "stop" not in body


def test_no_more_stop_strings_are_sent_than_servers_take():
    with FaultyServer(stream(text("a 5 b"), text("", "stop"))) as server:
        text_, last = ask(ServerModel("small", urls=[server.url]), Request("p", tuple("12345")))
        assert (text_, last.finish_reason, last.stop) == ("a ", "stop", "5")
        assert server.bodies[0]["stop"] == ["1", "2", "3", "4"]


def test_the_key_goes_into_the_header_and_nowhere_else(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MY_KEY", CANARY + "\n")
    monkeypatch.setenv("OPENAI_ORG_ID", "somebody")
    with FaultyServer(OK) as server:
        model = ServerModel("small", urls=[server.url], key_env="MY_KEY")
        ask(model)
        assert server.headers[0]["authorization"] == f"Bearer {CANARY}"
        assert "openai-organization" not in server.headers[0]
        assert CANARY not in repr(server.bodies) + repr(model)


# What comes back


@pytest.mark.parametrize(
    ("pieces", "request_", "text_", "finish", "stop"),
    [
        ([text("a"), text("b"), text("", "stop")], Request("p"), "ab", "stop", None),
        ([text("a", "length")], Request("p"), "a", "length", None),
        ([text("a", "eos_token")], Request("p"), "a", "stop", None),
        ([text("", "stop")], Request("p"), "", "stop", None),
        ([text("a", "stop"), text("late")], Request("p"), "a", "stop", None),
        ([text("a"), text("EN"), text("x", "stop")], Request("p", ("END",)), "aENx", "stop", None),
        ([text("a EN", "stop")], Request("p", ("END",)), "a EN", "stop", None),
        ([text("a E"), text("ND b"), text("c")], Request("p", ("END",)), "a ", "stop", "END"),
        ([text("a END", "stop")], Request("p", ("END",)), "a ", "stop", "END"),
        ([text("a", "stop", stop_reason="END")], Request("p", ("END",)), "a", "stop", "END"),  # vLLM
        ([text("a", "stop", stop_reason=151645)], Request("p", ("END",)), "a", "stop", None),
        ([text("a", "stop", matched_stop="END")], Request("p", ("END",)), "a", "stop", "END"),  # SGLang
        ([text("\ud83d"), text("\ude00!", "stop")], Request("p"), "\U0001f600!", "stop", None),
        ([text("a\ud83d", "stop")], Request("p"), "a\ufffd", "stop", None),
        ([delta(role="assistant", content=None), delta(content="a"), delta("stop")], CHAT, "a", "stop", None),
        ([delta(content="a"), delta("length")], CHAT, "a", "length", None),
        ([delta(reasoning_content="hm"), delta("stop", content="a")], CHAT, "a", "stop", None),
    ],
)
def test_replies(pieces: list[Any], request_: Request, text_: str, finish: str, stop: str | None):
    with FaultyServer(stream(*pieces)) as server:
        got, last = ask(ServerModel("small", urls=[server.url], retries=0), request_)
    assert (got, last.finish_reason, last.stop) == (text_, finish, stop)


def call(
    index: int | None, arguments: object, name: str | None = None, function: str | None = None
) -> dict[str, Any]:
    part: dict[str, Any] = {"function": {"arguments": arguments} | ({"name": function} if function else {})}
    return part | ({"index": index} if index is not None else {}) | ({"id": name} if name else {})


@pytest.mark.parametrize(
    ("pieces", "calls"),
    [
        (  # as OpenAI and vLLM stream them
            [
                delta(content="I compute."),
                delta(tool_calls=[call(0, "", "a", "python")]),
                delta(tool_calls=[call(0, '{"code": "1')]),
                delta(tool_calls=[call(0, ' + 1"}'), call(1, "{}", "b", "python")]),
                delta("tool_calls"),
            ],
            [("a", '{"code": "1 + 1"}'), ("b", "{}")],
        ),
        (  # whole, both with the number 0, and "stop": as Ollama did
            [
                delta(tool_calls=[call(0, "{}", "a", "python")]),
                delta("stop", tool_calls=[call(0, "[]", "b", "python")]),
            ],
            [("a", "{}"), ("b", "[]")],
        ),
        ([delta("tool_calls", tool_calls=[call(None, {"code": "1"}, "a", "python")])], [("a", {"code": "1"})]),
    ],
)
def test_tool_calls_come_with_the_last_chunk(pieces: list[Any], calls: list[tuple[str, object]]):
    with FaultyServer(stream(*pieces, usage(9, 4))) as server:
        chunks = asyncio.run(collect(ServerModel("small", urls=[server.url]), CHAT))
    assert not any(chunk.tool_calls for chunk in chunks[:-1])
    last = chunks[-1]
    assert (last.finish_reason, last.prompt_tokens, last.completion_tokens) == ("tool_calls", 9, 4)
    assert [(each["id"], each["function"]["arguments"]) for each in last.tool_calls] == calls
    assert all(each["function"]["name"] == "python" and each["type"] == "function" for each in last.tool_calls)


@pytest.mark.parametrize(
    "told",
    [
        {"content": [{"token": "4", "logprob": -0.5, "top_logprobs": [{"token": "4", "logprob": -0.5}]}]},
        {"tokens": ["4"], "token_logprobs": [-0.5], "top_logprobs": [{"4": -0.5}], "text_offset": [0]},
    ],
    ids=["chat", "completions"],
)
def test_logprobs_in_both_layouts(told: dict[str, Any]):
    with FaultyServer(stream(text("4", logprobs=told), text("", "stop"))) as server:
        chunks = asyncio.run(collect(ServerModel("small", urls=[server.url]), Request("p", logprobs=1)))
    assert chunks[0].logprobs == (TokenLogprob("4", -0.5, (("4", -0.5),)),)


@pytest.mark.parametrize(
    "piece",
    [
        [1],
        "text",
        {},
        {"choices": {}},
        {"choices": [1]},
        {"choices": [{"text": 1}]},
        {"choices": [{"delta": [1]}]},
        {"choices": [{"delta": {"tool_calls": {"a": 1}}}]},
        {"choices": [{"delta": {"tool_calls": ["a"]}}]},
        {"choices": [{"delta": {"tool_calls": [{"function": "python"}]}}]},
        {"choices": [{"text": "", "logprobs": {"tokens": ["a"]}}]},
        {"choices": [{"text": "", "logprobs": [1]}]},
        {"choices": [{"text": "", "logprobs": {"content": [{"token": "a"}]}}]},
        {"choices": [{"text": "", "finish_reason": "content_filter"}]},
    ],
)
def test_a_piece_of_another_shape_is_an_error(piece: object):
    with pytest.raises(WireError):
        Reply(()).read(piece)


# Faults that another try mends

GOOD: list[Step] = stream(text("one "), text("two "), text("three", "stop"), usage(5, 3))
HALF = '{"choices": [{"text": "€"}]}'.encode()[:-6]
MENDED: dict[str, list[Step]] = {
    "429": answer(429, {"error": {"message": "slow down"}}),
    "408": answer(408, {}),
    "409": answer(409, {}),
    "500": answer(500, b"<html>Internal Server Error</html>"),
    "503": answer(503, b""),
    "cut before the status": [None],
    "cut after the status": cut(),
    "cut after text": cut(text("one "), text("two ")),
    "cut in a chunk": [STREAM, b"40\r\ndata: {", None],
    "ended after text": [UNTIL_CLOSED, b'data: {"choices": [{"text": "one "}]}\n\n'],
    "an error in the stream": stream(text("one "), {"error": {"message": "out of memory", "code": 500}}),
    "aborted": stream(text("one "), text("tw", "abort")),
    "garbage": stream(text("one "), b"{garbage"),
    "nesting": stream(b'{"a": ' * 100_000),
    "another shape": stream({"choices": "none"}),
    "half a character at the end": [UNTIL_CLOSED, b"data: " + HALF],
    "half a character in the middle": stream(text("one "), HALF[:-1] + b'\xe2"}]}'),
    "no stream": answer(200, b"<html>Welcome</html>"),
    "silence": [3.0],
    "silence after text": [STREAM, event(text("one ")), 3.0],
}


@pytest.mark.parametrize("fault", MENDED)
def test_another_try_mends_it(fault: str):
    with FaultyServer(MENDED[fault], GOOD) as server:
        model = ServerModel("small", urls=[server.url], timeout=0.3)
        assert ask(model)[0] == "one two three"
        assert len(server.bodies) == 2
        assert (model.usage.requests, model.usage.retries) == (1, 1)


def test_half_a_character_at_the_border_of_two_chunks_is_one():
    data = 'data: {"choices": [{"text": "€uro", "finish_reason": "stop"}]}\n\n'.encode()
    at = data.index(b"\xe2") + 1
    with FaultyServer(
        [STREAM, chunk(data[:at]), 0.05, chunk(data[at:]), event(b"[DONE]"), b"0\r\n\r\n"]
    ) as server:
        assert ask(ServerModel("small", urls=[server.url], retries=0))[0] == "€uro"


def test_only_the_usage_is_lost_when_the_connection_is_cut_after_the_end():
    with FaultyServer(cut(text("one"), text("", "stop"))) as server:
        text_, last = ask(ServerModel("small", urls=[server.url], retries=0))
    assert (text_, last.finish_reason, last.completion_tokens) == ("one", "stop", 0)


def test_text_is_told_once_over_several_breaks():
    breaks = [cut(text("one ")), cut(text("one t")), cut(text("o")), GOOD]
    with FaultyServer(*breaks) as server:
        chunks = asyncio.run(collect(ServerModel("small", urls=[server.url]), Request("p")))
    assert [chunk.text for chunk in chunks] == ["one ", "t", "wo ", "three", ""]


@pytest.mark.parametrize("other", [stream(text("uno due", "stop")), stream(text("on", "stop"))])
def test_a_second_try_that_says_something_else_is_an_error(other: list[Step]):
    with FaultyServer(cut(text("one ")), other) as server:
        model = ServerModel("small", urls=[server.url])
        with pytest.raises(ModelError, match=r"^small: the reply broke off after 4 characters, and asked again"):
            ask(model)


def test_logprobs_are_told_once_too():
    def piece(token: str, finish: str | None = None) -> dict[str, Any]:
        return text(token, finish, logprobs={"content": [{"token": token, "logprob": -1.0}]})

    with FaultyServer(cut(piece("a"), piece("b")), stream(piece("a"), piece("b"), piece("c", "stop"))) as server:
        chunks = asyncio.run(collect(ServerModel("small", urls=[server.url]), Request("p", logprobs=1)))
    assert [each.token for chunk in chunks for each in chunk.logprobs] == ["a", "b", "c"]


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_honoured(form: str):
    # HTTP dates have whole seconds.
    when = "1" if form == "seconds" else format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
    with FaultyServer(answer(429, {}, {"Retry-After": when}), OK) as server:
        start = time.monotonic()
        assert ask(ServerModel("small", urls=[server.url]))[0] == "ok"
        assert 0.9 < time.monotonic() - start < 10


@pytest.mark.parametrize(
    "header", ["soon", "-5", "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 99 Oct 2015 07:28:00", "nan"]
)
def test_a_retry_after_that_says_nothing_is_no_wait(header: str):
    with FaultyServer(answer(503, {}, {"Retry-After": header}), OK) as server:
        start = time.monotonic()
        assert ask(ServerModel("small", urls=[server.url]))[0] == "ok"
        assert time.monotonic() - start < 0.9


def test_a_long_retry_after_ends_the_request():
    with FaultyServer(answer(429, {"message": "come back tomorrow"}, {"Retry-After": "86400"})) as server:
        line = refusal(ServerModel("small", urls=[server.url]))
    assert line.endswith("HTTP 429: come back tomorrow (it asks to wait 86,400 seconds)")


# Fields that a server refuses


@pytest.mark.parametrize(
    ("status", "message", "gone", "instead"),
    [
        (400, "Unrecognized request argument supplied: stream_options", "stream_options", None),
        (422, "[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options')}]", "stream_options", None),
        (
            400,
            "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
            "max_tokens",
            "max_completion_tokens",
        ),
    ],
)
def test_a_refused_field_is_left_out_from_then_on(status: int, message: str, gone: str, instead: str | None):
    with FaultyServer(answer(status, {"error": {"message": message}}), OK) as server:
        model = ServerModel("small", urls=[server.url], retries=0)
        for _ in range(2):
            assert ask(model)[0] == "ok"
        assert gone in server.bodies[0]
        for body in server.bodies[1:]:
            assert gone not in body
            assert instead is None or body[instead] == 512


def test_a_field_that_is_refused_to_many_at_once_is_left_out_by_all():
    async def run(model: ServerModel) -> list[list[Chunk]]:
        return await asyncio.gather(*(collect(model, Request(f"{n}")) for n in range(6)))

    with FaultyServer(*[answer(400, {"error": {"message": "no stream_options"}})] * 6, OK) as server:
        replies = asyncio.run(run(ServerModel("small", urls=[server.url], retries=0)))
    assert [reply[-1].finish_reason for reply in replies] == ["stop"] * 6


def test_a_field_that_is_refused_for_ever_is_an_error():
    with FaultyServer(answer(400, {"error": {"message": "stream_options"}})) as server:
        assert "HTTP 400: stream_options" in refusal(ServerModel("small", urls=[server.url]))
        assert len(server.bodies) == 2


# Faults that nothing mends


@pytest.mark.parametrize(
    ("reply", "request_", "line"),
    [
        (answer(400, {"error": {"message": "too\n long"}}), None, "HTTP 400: too long"),
        (answer(403, {"detail": "not you"}), None, "HTTP 403: not you"),
        (answer(404, {"error": "no model 'small'"}), CHAT, "HTTP 404: no model 'small'"),
        (
            answer(404, {"detail": "Not Found"}),
            Request("p"),
            "HTTP 404: Not Found; where a server has chat only, use --dialect tools, and `mathcoder models` lists "
            "names",
        ),
        (answer(422, b"x" * 5000), None, "HTTP 422: " + "x" * 300 + "..."),
        (answer(400, b"\x1b[31m red \xff"), None, "HTTP 400: [31m red \ufffd"),
        (
            answer(429, {"error": {"message": "no money", "code": "insufficient_quota"}}),
            None,
            "HTTP 429: no money",
        ),
        (stream({"error": {"message": "too long", "code": 400}}), None, "too long"),
        (stream(text("a", "content_filter")), None, "the server ended the reply: content_filter"),
        (answer(401, {"error": {"message": "who?"}}), None, "HTTP 401: who?; set OPENAI_API_KEY to the key"),
    ],
)
def test_what_no_try_mends_is_an_error_at_once(reply: list[Step], request_: Request | None, line: str):
    with FaultyServer(reply) as server:
        got = refusal(ServerModel("small", urls=[server.url]), request_)
        assert got == f"small at {server.url}: {line}"
        assert len(server.bodies) == 1


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (answer(500, {"error": {"message": "broken"}}), "HTTP 500: broken"),
        (stream({"error": {"message": "broken"}}), "broken"),
        (stream(b"garbage"), "its reply is broken: not JSON"),
        (stream(b'{"\xff": 1}'), "its reply is broken: not UTF-8"),
        (stream({"choices": 1}), "its reply is broken: a piece has no list of choices"),
        (answer(200, {"choices": []}), "its reply is broken: it is empty or not a stream"),
        ([3.0], "no answer in time"),
    ],
)
def test_when_the_retries_are_used_up(reply: list[Step], reason: str):
    with FaultyServer(reply) as server:
        line = refusal(ServerModel("small", urls=[server.url], retries=2, timeout=0.2))
        assert line == f"small at {server.url}: {reason} (3 tries)"


def test_nobody_listens():
    with FaultyServer(OK) as server:
        url = server.url
    assert refusal(ServerModel("small", urls=[url], retries=4)) == f"small at {url}: Connection refused (5 tries)"


def test_a_text_prompt_for_a_chat_only_server():
    line = refusal(ServerModel("gpt", chat_only=True))
    assert line.startswith("gpt at https://api.openai.com/v1 answers chat messages only")
    assert "--dialect tools" in line


def test_half_a_character_in_a_prompt():
    with FaultyServer(OK) as server:
        assert "half a character" in refusal(ServerModel("small", urls=[server.url]), Request("\ud800"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"urls": []}, "urls is empty"),
        ({"urls": ["localhost:8000/v1"]}, "not a base URL"),
        ({"urls": ["ftp://host/v1"]}, "not a base URL"),
        ({"urls": ["http:///v1"]}, "not a base URL"),
        ({"urls": ["http://host:port/v1"]}, "not a URL"),
        ({"urls": ["http://host/v1?key=1"]}, "a host and a path only"),
        ({"urls": [f"http://me:{CANARY}@host/v1"]}, "a URL of host holds a password"),
        ({"in_flight": 0}, "in_flight is 0"),
        ({"retries": -1}, "retries is -1"),
        ({"timeout": 0}, "timeout 0"),
        ({"budget": Budget(max_cost=1.0)}, "needs the price"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message) as caught:
        ServerModel("small", **options)
    assert CANARY not in str(caught.value)


def test_a_key_that_no_header_can_carry(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MY_KEY", f"{CANARY}\u20ac")
    with pytest.raises(ModelError, match="MY_KEY is no API key") as caught:
        ServerModel("small", key_env="MY_KEY")
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    "reply",
    [
        answer(401, {"error": {"message": f"Incorrect API key provided: {CANARY}."}}),
        answer(401, f"Bearer {CANARY}".encode()),
        answer(500, {"detail": CANARY}),
        stream({"error": {"message": CANARY, "code": 401}}),
    ],
)
def test_the_key_is_in_no_error(
    reply: list[Step], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("MY_KEY", CANARY)
    caplog.set_level(logging.DEBUG)
    with FaultyServer(reply) as server:
        line = refusal(ServerModel("small", urls=[server.url], key_env="MY_KEY", retries=1))
    assert "***" in line
    assert CANARY not in line + caplog.text
    if "HTTP 401" in line:
        assert line.endswith("; is the key in MY_KEY right?")


# Leaving


def test_closing_the_stream_ends_the_request():
    async def run(model: ServerModel) -> None:
        async with aclosing(model.stream(Request("p"))) as chunks:
            async for got in chunks:
                assert got.text == "one "
                break

    with FaultyServer([STREAM, event(text("one ")), 0.2, event(text("two ")), 0.2, None]) as server:
        model = ServerModel("small", urls=[server.url], price=Price(3.0, 6.0))
        asyncio.run(run(model))
        asyncio.run(asyncio.sleep(0.3))
        assert server.gone == 1
        assert (model.usage.prompt_tokens, model.usage.completion_tokens) == (0, 1)
        assert model.usage.cost == pytest.approx(6e-6)


def test_closing_the_model_ends_its_streams():
    async def run(model: ServerModel) -> None:
        task = asyncio.create_task(collect(model, Request("p")))
        await asyncio.sleep(0.2)
        await model.aclose()
        await model.aclose()
        with pytest.raises(ModelError, match="small was closed"):
            await asyncio.wait_for(task, 2)
        with pytest.raises(ModelError, match="small is closed"):
            await collect(model, Request("p"))

    with FaultyServer([STREAM, event(text("one ")), 5.0]) as server:
        asyncio.run(run(ServerModel("small", urls=[server.url])))


def test_every_event_loop_has_connections_of_its_own():
    with FaultyServer(OK) as server:
        model = ServerModel("small", urls=[server.url])
        assert [ask(model)[0] for _ in range(3)] == ["ok"] * 3
        assert not model._connections


# Many requests


def test_requests_in_flight_are_bounded():
    async def run(model: ServerModel) -> None:
        await asyncio.gather(*(collect(model, Request(f"{n}")) for n in range(20)))

    with FaultyServer([STREAM, 0.05, *OK[1:]]) as server:
        asyncio.run(run(ServerModel("small", urls=[server.url], in_flight=4)))
        assert (len(server.bodies), server.most) == (20, 4)


def test_the_least_loaded_url_is_asked_first():
    async def run(model: ServerModel) -> None:
        await asyncio.gather(*(collect(model, Request(f"{n}")) for n in range(12)))

    with FaultyServer([STREAM, 0.4, *OK[1:]]) as slow, FaultyServer([STREAM, 0.05, *OK[1:]]) as fast:
        asyncio.run(run(ServerModel("small", urls=[slow.url, fast.url], in_flight=4)))
        assert len(slow.bodies) + len(fast.bodies) == 12
        assert len(slow.bodies) < len(fast.bodies)


def test_a_dead_url_is_left_out_and_comes_back():
    with FaultyServer(OK) as other, FaultyServer(OK) as first:
        port = first.port
        model = ServerModel("small", urls=[first.url, other.url], eject_after=2)
        ask(model)
        first.stop()
        for _ in range(6):
            assert ask(model)[0] == "ok"
        dead = model._pool._servers[0]
        assert dead.out
        assert dead.failures >= 2
        taken = dead.taken
        dead.until = float("inf")
        ask(model)
        assert dead.taken == taken, "nobody asks it while it is out"
        dead.until = 0.0
        with FaultyServer(OK, port=port) as back:
            for _ in range(4):
                ask(model)
            assert back.bodies
            assert not dead.out


def test_all_urls_dead_names_them_and_the_last_error():
    with FaultyServer(OK) as first, FaultyServer(OK) as second:
        urls = [first.url, second.url]
    line = refusal(ServerModel("small", urls=urls, eject_after=1, retries=3))
    assert line.startswith(f"small at {urls[0]}, {urls[1]}: http://127.0.0.1:")
    assert line.endswith("/v1: Connection refused (4 tries)")


def test_one_request_tries_a_url_that_was_out_and_the_others_wait_for_it():
    async def run(model: ServerModel) -> list[list[Chunk]]:
        return await asyncio.gather(*(collect(model, Request(f"{n}")) for n in range(8)))

    with FaultyServer(*[answer(500, {})] * 8, [STREAM, event(text("o")), 0.2, *OK[1:]], OK) as server:
        model = ServerModel("small", urls=[server.url], eject_after=1)
        replies = asyncio.run(run(model))
    assert all(reply[-1].finish_reason == "stop" for reply in replies)
    assert model.usage.retries == 8


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_url_is_left_out_for_a_growing_while(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pools, "_FIRST_OUT", 1.0)
    clock = Clock()
    pool = Pool(["a"], eject_after=3, clock=clock)
    waits: list[float] = []

    def fail(lease: pools.Lease) -> None:
        pool.give_back(lease, Fault("no", url="a", broken=True))

    def take() -> pools.Lease:
        lease = pool._choose()
        assert lease is not None
        return lease

    for lease in [take() for _ in range(8)]:  # all of them were under way when it went out
        fail(lease)
    for _ in range(8):
        start = clock.now
        while (lease := pool._choose()) is None:
            clock.now += 0.5
        assert lease.trial
        assert pool._choose() is None, "a single request tries it"
        waits.append(clock.now - start)
        fail(lease)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    clock.now += 60
    lease = take()
    assert lease.trial
    pool.give_back(lease, worked=False)  # who tried it went away before it answered
    lease = take()
    assert lease.trial
    pool.answers(lease)
    pool.give_back(take())
    pool.give_back(lease)
    fail(take())
    fail(take())
    assert pool._choose() is not None, "it starts anew"


# Budget


def test_tokens_and_cost_are_counted_per_model():
    with FaultyServer(stream(text("one two", "stop"), usage(1000, 500))) as server:
        budget = Budget()
        models = [ServerModel(name, urls=[server.url], price=Price(2.0, 8.0), budget=budget) for name in "ab"]
        for model in (models[0], *models):
            ask(model)
    assert [model.usage.requests for model in models] == [2, 1]
    assert (models[0].usage.prompt_tokens, models[0].usage.completion_tokens) == (2000, 1000)
    assert models[0].usage.cost == pytest.approx(0.012)
    assert (budget.used.tokens, budget.used.cost) == (4500, pytest.approx(0.018))


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        (Budget(max_tokens=2000), "the budget is used up: 3,000 of 2,000 tokens; what is done is kept"),
        (Budget(max_cost=0.01), r"the budget is used up: 0\.0120 of 0\.0100 spent"),
    ],
)
def test_a_budget_that_is_used_up_begins_nothing_new(budget: Budget, message: str):
    with FaultyServer(stream(text("one two", "stop"), usage(1000, 500))) as server:
        model = ServerModel("small", urls=[server.url], price=Price(2.0, 8.0), budget=budget)
        assert [ask(model)[0] for _ in range(2)] == ["one two"] * 2
        assert budget.used_up
        with pytest.raises(BudgetExceeded, match=message):
            ask(model)
        assert len(server.bodies) == 2


def test_a_budget_is_overdrawn_by_what_is_in_flight_only():
    async def run(model: ServerModel) -> list[object]:
        asked = (collect(model, Request(f"{n}")) for n in range(12))
        return await asyncio.gather(*asked, return_exceptions=True)

    with FaultyServer([STREAM, 0.1, *stream(text("one", "stop"), usage(90, 10))[1:]]) as server:
        budget = Budget(max_tokens=150)
        replies = asyncio.run(run(ServerModel("small", urls=[server.url], in_flight=3, budget=budget)))
    done = [reply for reply in replies if isinstance(reply, list)]
    assert len(done) <= 2 + 3
    assert all(isinstance(reply, list | BudgetExceeded) for reply in replies)
    assert budget.used.tokens == 100 * len(done)


# A real server: llama.cpp's own, over HTTP


@pytest.fixture(scope="module")
def real(weights: Path) -> Iterator[str]:
    """The base URL of llama.cpp's server with the embedded weights; its key is the canary."""
    runtime: Any = importlib.import_module("xllamacpp")
    params = runtime.CommonParams()
    params.model.path = str(weights)
    params.n_ctx, params.n_parallel, params.n_batch = 4096, 2, 128
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.special, params.ui, params.verbosity = True, False, -1
    params.api_keys = [CANARY]
    server = runtime.Server(params)
    yield f"{server.listening_address}/v1"
    del server


@pytest.fixture
def real_model(real: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ServerModel]:
    monkeypatch.setenv("MY_KEY", CANARY)
    return lambda **options: ServerModel("smollm2", urls=[real], key_env="MY_KEY", **options)


def test_real_completions(real_model: Callable[..., ServerModel]):
    model = real_model()
    text_, last = ask(model, Request("1, 2, 3, 4, 5, 6,", stop=("9",), max_tokens=40))
    assert (text_, last.finish_reason) == (" 7, 8, ", "stop")
    assert 0 < last.prompt_tokens < 30
    assert 0 < last.completion_tokens < 40
    text_, last = ask(model, Request("1, 2, 3, 4, 5, 6,", max_tokens=5))
    assert (last.finish_reason, last.completion_tokens) == ("length", 5)
    assert model.usage.tokens == 2 * last.prompt_tokens + 5 + model.usage.completion_tokens - 5


def test_real_chat_seed_and_logprobs(real_model: Callable[..., ServerModel]):
    model = real_model()
    question = [{"role": "user", "content": "What is the capital of France?"}]
    assert "Paris" in ask(model, Request(question, max_tokens=64))[0]
    texts = [ask(model, Request("A story:", max_tokens=12, temperature=1.5, seed=seed))[0] for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    for prompt in ("1, 2, 3, 4, 5, 6,", question):
        chunks = asyncio.run(collect(model, Request(prompt, max_tokens=4, logprobs=3)))
        tokens = [token for chunk in chunks for token in chunk.logprobs]
        assert len(tokens) == 4
        assert "".join(token.token for token in tokens).startswith("".join(chunk.text for chunk in chunks))
        for token in tokens:
            assert len(token.top) == 3
            assert token.top[0] == (token.token, token.logprob), "greedy"
            assert token.logprob <= 0


def test_real_refusals(real: str, real_model: Callable[..., ServerModel], monkeypatch: pytest.MonkeyPatch):
    assert "exceeds the available context size" in refusal(real_model(), Request("number " * 3000))
    monkeypatch.setenv("MY_KEY", "wrong")
    assert refusal(real_model()) == f"smollm2 at {real}: HTTP 401: Invalid API Key; is the key in MY_KEY right?"


def test_real_solve(real_model: Callable[..., ServerModel]):
    model = real_model()
    dialect = DIALECTS["markdown"](examples=WORKED)
    for _ in range(2):  # `solve` has an event loop of its own each time
        *_, last = solve("What is 17 * 23?", model, dialect=dialect, options=Options(rounds=3, tokens=150))
        assert isinstance(last, Solved)
        assert last.solution.ended != "model_error", last.note
        assert last.solution.blocks
        assert last.solution.cost.completion_tokens > 0
    assert model.usage.requests >= 2
