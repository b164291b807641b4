"""Stored replies: what is stored and what is not, kills, other processes, damage, and a replayed run."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest
from faulty import FaultyServer, answer, cut, stream, text, usage

from mathcoder.models import (
    CachedModel,
    Chunk,
    Model,
    ModelError,
    RecordedModel,
    Request,
    ServerModel,
    TokenLogprob,
)
from mathcoder.models import server as servers
from mathcoder.solving import DIALECTS, Solved, solve

CANARY = "sk-canary-9c2e"


class Fake:
    """A model that yields given chunks, counts who asks, and fails where it is told an error."""

    def __init__(self, *chunks: Chunk | Exception, name: str = "fake/model"):
        self.name = name
        self.chunks = list(chunks)
        self.asked = 0
        self.closed = 0

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        self.asked += 1
        try:
            for chunk in self.chunks:
                await asyncio.sleep(0.01)
                if isinstance(chunk, Exception):
                    raise chunk
                yield chunk
        finally:
            self.closed += 1

    async def aclose(self) -> None:
        pass


WHOLE = (Chunk("one "), Chunk("two"), Chunk("", "stop", "END", (), 5, 2))


async def collect(model: Model, request: Request) -> list[Chunk]:
    return [chunk async for chunk in model.stream(request)]


def ask(model: Model, request: Request | None = None) -> list[Chunk]:
    return asyncio.run(collect(model, request or Request("p")))


def said(chunks: list[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks)


def entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_reply_is_asked_once_and_replayed_as_it_came(tmp_path: Path):
    calls = ({"id": "a", "type": "function", "function": {"name": "python", "arguments": "{}"}},)
    logprobs = (TokenLogprob("a", -0.5, (("a", -0.5), ("b", -2.0))),)
    fake = Fake(Chunk("a\ud83d\u20ac", logprobs=logprobs), Chunk("", "tool_calls", None, calls, 7, 1))
    model = CachedModel(fake, tmp_path)
    first, second = ask(model), ask(model)
    assert not any(chunk.cached for chunk in first)
    assert all(chunk.cached for chunk in second)
    assert [chunk.text for chunk in second] == ["a\ud83d\u20ac", ""]
    assert (second[0].logprobs, second[1].tool_calls, second[1].prompt_tokens) == (logprobs, calls, 7)
    assert (fake.asked, model.replayed, model.name) == (1, 1, "fake/model")
    (entry,) = entries(tmp_path)
    assert entry.relative_to(tmp_path).parts[0] == "fake%2Fmodel"
    assert len(entry.parent.name) == 2


@pytest.mark.parametrize(
    "other",
    [
        Request("q"),
        Request("p", ("END",)),
        Request("p", max_tokens=3),
        Request("p", temperature=0.5),
        Request("p", top_p=0.5),
        Request("p", seed=1),
        Request("p", tools=({"type": "function"},)),
        Request("p", logprobs=1),
        Request([{"role": "user", "content": "p"}]),
    ],
)
def test_every_field_of_a_request_tells_it_apart(other: Request, tmp_path: Path):
    fake = Fake(*WHOLE)
    model = CachedModel(fake, tmp_path)
    for request in (Request("p"), other, Request("p"), other):
        ask(model, request)
    assert fake.asked == 2


def test_models_of_another_name_have_replies_of_their_own(tmp_path: Path):
    fakes = [Fake(*WHOLE, name=name) for name in ("a", "b", "..", ".hidden", "a/../b")]
    for fake in fakes * 2:
        ask(CachedModel(fake, tmp_path / "cache"))
    assert [fake.asked for fake in fakes] == [1] * 5
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]
    assert len(list((tmp_path / "cache").iterdir())) == 5


@pytest.mark.parametrize("chunks", [(Chunk("one "), ModelError("it broke")), (Chunk("one "),), ()])
def test_a_reply_that_failed_is_not_stored(chunks: tuple[Chunk | Exception, ...], tmp_path: Path):
    model = CachedModel(Fake(*chunks), tmp_path)
    with contextlib.suppress(ModelError):
        ask(model)
    assert entries(tmp_path) == []


def test_a_reply_whose_caller_was_cancelled_is_not_stored(tmp_path: Path):
    async def consume(model: CachedModel, seen: asyncio.Event) -> None:
        async with aclosing(model.stream(Request("p"))) as chunks:
            async for _ in chunks:
                seen.set()
                await asyncio.sleep(10)  # cancelled here, outside the stream

    async def run() -> None:
        model, seen = CachedModel(Fake(*WHOLE), tmp_path), asyncio.Event()
        task = asyncio.create_task(consume(model, seen))
        await seen.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert entries(tmp_path) == []


async def leave(model: Model, after: int) -> str:
    text_ = ""
    async with aclosing(model.stream(Request("p"))) as chunks:
        async for chunk in chunks:
            text_ += chunk.text
            after -= 1
            if not after:
                break
    return text_


def test_a_reply_that_was_left_is_replayed_as_far_as_it_goes(tmp_path: Path):
    fake = Fake(*WHOLE)
    model = CachedModel(fake, tmp_path)
    for _ in range(3):
        assert asyncio.run(leave(model, 1)) == "one "
    assert (fake.asked, fake.closed, model.replayed) == (1, 1, 2)
    with pytest.raises(ModelError, match="only the beginning of this reply is stored"):
        ask(CachedModel(None, tmp_path))
    chunks = ask(model)
    assert ([chunk.text for chunk in chunks], [chunk.cached for chunk in chunks]) == (
        ["one ", "two", ""],
        [True, False, False],
    )
    assert (said(ask(model)), fake.asked, model.replayed) == ("one two", 2, 3)


def test_a_beginning_that_the_model_does_not_repeat_is_forgotten(tmp_path: Path):
    fake = Fake(*WHOLE)
    model = CachedModel(fake, tmp_path)
    asyncio.run(leave(model, 1))
    fake.chunks[0] = Chunk("uno ")
    with pytest.raises(ModelError, match="the model wrote something else"):
        ask(model)
    assert said(ask(model)) == "uno two"


def test_the_last_chunk_need_not_be_waited_for(tmp_path: Path):
    model = CachedModel(Fake(*WHOLE), tmp_path)
    assert asyncio.run(leave(model, 3)) == "one two"
    assert said(ask(CachedModel(None, tmp_path))) == "one two"


@pytest.mark.parametrize("error", [None, ModelError("it broke")])
def test_the_same_request_is_asked_once_at_a_time(error: Exception | None, tmp_path: Path):
    async def run() -> list[list[Chunk] | BaseException]:
        asked = [collect(model, Request("p")) for _ in range(6)] + [collect(model, Request("q"))]
        return await asyncio.gather(*asked, return_exceptions=True)

    fake = Fake(*WHOLE) if error is None else Fake(Chunk("one "), error)
    model = CachedModel(fake, tmp_path)
    replies = asyncio.run(run())
    assert fake.asked == (2 if error is None else 7), "who waited for a reply that failed asks himself"
    assert all(isinstance(reply, ModelError) if error else said(reply) == "one two" for reply in replies)
    assert not model._asking


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other", "folder"])
def test_a_damaged_entry_is_asked_again(damage: str, tmp_path: Path):
    fake = Fake(*WHOLE)
    model = CachedModel(fake, tmp_path)
    ask(model)
    (entry,) = entries(tmp_path)
    data = entry.read_bytes()
    at = data.index(b"two")
    changed = {"cut": data[:-20], "flipped": data[:at] + b"t" + data[at + 1 :].replace(b"wo", b"en"), "empty": b""}
    if damage == "folder":
        entry.unlink()
        entry.parent.rmdir()
        entry.parent.write_text("in the way")
        with pytest.raises(ModelError, match="cannot write"):
            ask(model)
        return
    entry.write_bytes(changed.get(damage, b"\xff\x00 no text\n"))
    assert said(ask(model)) == said(ask(model)) == "one two"
    assert fake.asked == 2
    assert entry.read_bytes() == data


WRITER = """
import asyncio, sys
from mathcoder.models import CachedModel, RecordedModel, Request

async def main():
    n = 0
    while True:
        model = CachedModel(RecordedModel(["word " * 2000]), sys.argv[1])
        async for _ in model.stream(Request(f"{n % int(sys.argv[2])}", max_tokens=5000)):
            pass
        n += 1
        print(n, flush=True)
        if n == int(sys.argv[3]):
            return

asyncio.run(main())
"""


def write(folder: Path, prompts: int, most: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), str(prompts), str(most)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_kill_leaves_whole_entries_or_none(tmp_path: Path):
    for wait in (0.0, 0.013, 0.027):
        with write(tmp_path, 10**9, -1) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
    kept = [path for path in entries(tmp_path) if path.suffix == ".json"]
    assert kept
    model = CachedModel(None, tmp_path)
    for n in range(len(kept)):
        assert said(ask(model, Request(f"{n}", max_tokens=5000))) == "word " * 2000


def test_two_processes_share_a_folder(tmp_path: Path):
    writers = [write(tmp_path, 5, 40) for _ in range(2)]
    for writer in writers:
        assert writer.communicate(timeout=60)[0].endswith("40\n")
        assert writer.returncode == 0
    assert len(entries(tmp_path)) == 5
    assert all(said(ask(CachedModel(None, tmp_path), Request(f"{n}", max_tokens=5000))) for n in range(5))


def test_without_a_model_only_what_is_stored_is_told(tmp_path: Path):
    with pytest.raises(ModelError, match="no replies are stored in"):
        CachedModel(None, tmp_path / "absent")
    ask(CachedModel(Fake(*WHOLE, name="7b"), tmp_path))
    for folder in (tmp_path, tmp_path / "7b"):
        model = CachedModel(None, folder)
        assert (model.name, said(ask(model))) == ("7b", "one two")
        with pytest.raises(ModelError, match="7b: no reply to this request is stored in"):
            ask(model, Request("q"))
    ask(CachedModel(Fake(*WHOLE, name="a"), tmp_path))
    with pytest.raises(ModelError, match=r"several models have replies in .*: name one of .*7b, .*a"):
        CachedModel(None, tmp_path)
    asyncio.run(model.aclose())


def test_a_run_is_replayed_without_its_model(tmp_path: Path):
    """The loop leaves a stream after each block of code, so most replies of a run are beginnings."""
    replies = ["I compute.\n```python\nprint(17 * 23)\n```\nand so on", "It is \\boxed{391}."]
    runs: list[Solved] = []
    for model in (RecordedModel(replies), None):
        cached = CachedModel(model, tmp_path)
        *_, last = solve("What is 17 * 23?", cached, dialect=DIALECTS["markdown"]())
        assert isinstance(last, Solved)
        runs.append(last)
    assert runs[0].solution.answer == "391"
    assert runs[0].solution.blocks == runs[1].solution.blocks
    assert runs[1].solution.ended == "answer"


def test_the_key_is_in_nothing_that_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MY_KEY", CANARY)
    monkeypatch.setattr(servers, "_FIRST_WAIT", 0.005)
    good = stream(text("It is \\boxed{4}.", "stop"), usage(3, 4))
    refused = answer(401, {"error": {"message": f"not {CANARY}"}})
    with FaultyServer(refused, cut(text("It ")), good) as server:
        model = ServerModel("small", urls=[server.url], key_env="MY_KEY")
        cached = CachedModel(model, tmp_path / "replies")
        notes: list[str] = [repr(model), repr(cached)]
        for _ in range(3):
            *_, last = solve("2+2?", cached, dialect=DIALECTS["markdown"]())
            assert isinstance(last, Solved)
            notes.append(f"{last} {last.solution.to_json()}")
        assert server.headers[0]["authorization"] == f"Bearer {CANARY}"
        assert (len(server.bodies), model.usage.tokens) == (3, 7 + len(server.bodies[1]["prompt"]) // 3 + 1)
    (tmp_path / "notes.txt").write_text("\n".join(notes))
    assert entries(tmp_path / "replies")
    for path in entries(tmp_path):
        assert CANARY.encode() not in path.read_bytes(), path
    assert CANARY in os.environ["MY_KEY"]
