"""Which model a string means, and which models are found."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from faulty import FaultyServer, Step, answer, stream, text, usage

from mathcoder.models import (
    Available,
    BudgetedModel,
    BudgetExceeded,
    CachedModel,
    EmbeddedModel,
    ModelError,
    RecordedModel,
    Request,
    ServerModel,
    available_models,
    find,
    open_model,
)
from mathcoder.models.connections import OPENAI_URL, checked_url
from mathcoder.models.find import served_at

CANARY = "sk-canary-77aa"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No environment, no cache and no ports but those of the test."""
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MATHCODER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(find, "_PORTS", ())


@pytest.fixture
def no_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer(stream(text("ok", "stop"), usage(60, 40))) as server:
        yield server


@pytest.mark.parametrize(
    ("spec", "name", "urls"),
    [
        ("Qwen/Qwen2.5-Math-7B@http://host:8000/v1", "Qwen/Qwen2.5-Math-7B", ["http://host:8000/v1"]),
        ("a@http://h:1,https://i/v1/", "a", ["http://h:1/v1", "https://i/v1"]),
        ("llama3.2:3b@http://localhost:11434", "llama3.2:3b", ["http://localhost:11434/v1"]),
        ("gemini@001@HTTPS://h/v1beta/openai", "gemini@001", ["https://h/v1beta/openai"]),
        ("/models/a.gguf@http://h/v1", "/models/a.gguf", ["http://h/v1"]),
        ("server:large", "large", ["http://named:9/v1"]),
        (" openai:gpt-x ", "gpt-x", [OPENAI_URL]),
    ],
)
def test_servers(spec: str, name: str, urls: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://named:9")
    model = open_model(spec)
    assert isinstance(model, ServerModel)
    assert (model.name, list(model._urls)) == (name, urls)
    assert model._chat_only == ("openai:" in spec)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("", "'' names no model; give embedded, FILE.gguf, BASE+ADAPTER.gguf, NAME@URL"),
        ("gpt-x", "'gpt-x' names no model"),
        ("openai:", "names no model"),
        ("recorded:", "names no model"),
        ("a@localhost:8000/v1", "names no model"),
        ("@http://host/v1", "names no model"),
        ("server:a", "'server:a' needs the server's URL: set OPENAI_BASE_URL, or give a@URL"),
        ("a@http://host/v1,localhost", "'localhost' is not a base URL"),
        (f"a@http://me:{CANARY}@host/v1", "a URL of host holds a password"),
        ("absent.gguf", "no such weights file: absent.gguf"),
        ("absent+b.gguf", "no such weights file: absent+b.gguf"),
        ("recorded:absent", "no replies are stored in absent"),
    ],
)
def test_strings_that_mean_no_model(spec: str, message: str):
    with pytest.raises(ModelError) as caught:
        open_model(spec)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert CANARY not in str(caught.value)


def test_an_adapter_needs_a_model_in_this_process():
    with pytest.raises(ModelError, match=r"not on 'a@http://h/v1'"):
        open_model("a@http://h/v1", adapter="adapter.gguf")


@pytest.mark.parametrize(
    ("spec", "base", "adapter"),
    [
        ("embedded+runs/x/export/x-lora.gguf", None, "runs/x/export/x-lora.gguf"),
        ("a+b/c.gguf+d.GGUF", "a+b/c.gguf", "d.GGUF"),
    ],
)
def test_a_string_may_name_an_adapter(spec: str, base: str | None, adapter: str, monkeypatch: pytest.MonkeyPatch):
    asked: list[object] = []
    monkeypatch.setattr(find, "EmbeddedModel", lambda path, **options: asked.extend((path, options["adapter"])))
    open_model(spec)
    assert asked == [base, adapter]
    with pytest.raises(ModelError, match=r"names an adapter already: leave out another\.gguf"):
        open_model(spec, adapter="another.gguf")


def test_a_plus_may_be_in_the_name_of_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    asked: list[object] = []
    monkeypatch.setattr(find, "EmbeddedModel", lambda path, **options: asked.extend((path, options["adapter"])))
    path = tmp_path / "a.gguf+b.gguf"
    path.write_bytes(b"GGUF")
    open_model(str(path))
    assert asked == [str(path), None]
    monkeypatch.undo()
    with pytest.raises(ModelError, match=r"no such weights file: absent\.gguf"):
        open_model("absent.gguf+b.gguf")


def test_a_file_runs_in_this_process(weights: Path, tmp_path: Path):
    (tmp_path / "weights.bin").symlink_to(weights)
    for path in (weights, tmp_path / "weights.bin"):
        model = open_model(str(path), in_flight=3)
        assert isinstance(model, EmbeddedModel)
        assert model.name == path.stem
        asyncio.run(model.aclose())


async def say(model: CachedModel | ServerModel | BudgetedModel, prompt: str) -> str:
    return "".join([chunk.text async for chunk in model.stream(Request(prompt))])


def test_a_cache_and_a_limit(server: FaultyServer, tmp_path: Path):
    model = open_model(f"small@{server.url}", cache=tmp_path, max_tokens=150)
    assert isinstance(model, CachedModel)
    for prompt in ("p", "p", "q", "p"):
        assert asyncio.run(say(model, prompt)) == "ok"
    assert len(server.bodies) == 2
    with pytest.raises(BudgetExceeded, match="200 of 150 tokens"):
        asyncio.run(say(model, "r"))
    replayed = open_model(f"recorded:{tmp_path}")
    assert isinstance(replayed, CachedModel)
    assert (replayed.name, asyncio.run(say(replayed, "q"))) == ("small", "ok")


def test_a_limit_on_cost_needs_a_price(server: FaultyServer):
    with pytest.raises(ModelError, match="needs the price"):
        open_model(f"small@{server.url}", max_cost=1.0)
    model = open_model(f"small@{server.url}", max_cost=1e-4, price=(1.0, 2.0))
    assert isinstance(model, ServerModel)
    assert asyncio.run(say(model, "p")) == "ok"
    with pytest.raises(BudgetExceeded):
        asyncio.run(say(model, "p"))


def test_a_model_in_this_process_keeps_to_a_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(find, "EmbeddedModel", lambda *_, **__: RecordedModel(["one two three"] * 3))
    model = open_model("embedded", max_tokens=7)
    assert isinstance(model, BudgetedModel)
    assert [asyncio.run(say(model, "p")) for _ in range(2)] == ["one two three"] * 2
    with pytest.raises(BudgetExceeded, match="8 of 7 tokens"):
        asyncio.run(say(model, "p"))


@pytest.mark.parametrize("url", ["http://h/v1", "http://h/v1//", "HTTP://h"])
def test_base_urls_are_written_one_way(url: str):
    assert checked_url(url) == "http://h/v1"


# What is found


def test_nothing_is_found_where_there_is_nothing(no_runtime: None):
    assert asyncio.run(available_models()) == []


def test_what_runs_in_this_process(source: Path, tmp_path: Path):
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "own.gguf").write_bytes(b"GGUF")
    found = asyncio.run(available_models())
    assert found == [
        Available("embedded", "embedded", str(source)),
        Available(str(cache / "own.gguf"), "file", str(cache / "own.gguf")),
    ]


def test_what_runs_of_training_exported(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    gguf = pytest.importorskip("gguf")
    monkeypatch.chdir(tmp_path)
    bases = {"a": "embedded", "b": "own/base.gguf", "c": "meta/large", "d": None}
    for name, base in bases.items():
        folder = Path("runs", name)
        (folder / "export").mkdir(parents=True)
        (folder / "model").mkdir()
        facts = json.dumps({"base": {"weights": base}}) if base else "[]"
        (folder / "model" / "training.json").write_text(facts)
        for kind in ("model", "adapter"):
            writer = gguf.GGUFWriter(folder / "export" / f"{kind}.gguf", "llama")
            writer.add_type(kind)
            writer.write_header_to_file()
            writer.write_kv_data_to_file()
            writer.close()
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "lora.gguf").write_bytes(Path("runs/a/export/adapter.gguf").read_bytes())
    found = {model.spec: model.kind for model in asyncio.run(available_models())}
    assert found == {
        "embedded": "embedded",
        "embedded+runs/a/export/adapter.gguf": "adapter",
        "own/base.gguf+runs/b/export/adapter.gguf": "adapter",
        **{f"runs/{name}/export/model.gguf": "trained" for name in bases},
    }


def test_servers_on_the_usual_ports_are_asked_without_a_key(
    server: FaultyServer, monkeypatch: pytest.MonkeyPatch, no_runtime: None
):
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # it does not listen
        monkeypatch.setattr(find, "_PORTS", (free.getsockname()[1], server.port))
        found = asyncio.run(available_models())
    assert [model.spec for model in found] == [f"{name}@{server.url}" for name in ("small", "large")]
    assert CANARY not in str(server.headers)
    assert isinstance(open_model(found[0].spec), ServerModel)


def test_the_server_that_the_environment_names_is_asked_once_with_the_key(
    server: FaultyServer, monkeypatch: pytest.MonkeyPatch, no_runtime: None
):
    monkeypatch.setenv("MY_KEY", CANARY)
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://localhost:{server.port}")
    monkeypatch.setattr(find, "_PORTS", (server.port,))
    found = asyncio.run(available_models(key_env="MY_KEY"))
    assert [model.where for model in found] == [f"http://localhost:{server.port}/v1"] * 2
    assert [headers["authorization"] for headers in server.headers] == [f"Bearer {CANARY}"]


def test_a_named_server_that_does_not_answer_is_a_warning(monkeypatch: pytest.MonkeyPatch, no_runtime: None):
    with FaultyServer(answer(500, {})) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    with pytest.warns(UserWarning, match="OPENAI_BASE_URL does not answer: .*: Connection refused"):
        assert asyncio.run(available_models()) == []


OTHER: list[tuple[list[Step], str]] = [
    (answer(200, b"<html>not this</html>"), "its reply is broken: not JSON"),
    (answer(200, {"data": {}}), "/models holds no list"),
    (answer(200, [1, 2]), "/models holds no list"),
    (answer(404, b"nothing here"), "HTTP 404: nothing here"),
    (answer(401, {"error": {"message": f"not {CANARY}"}}), r"HTTP 401: not \*\*\*"),
    (answer(302, b"", {"Location": "http://192.0.2.1/v1/models"}), "HTTP 302"),
    ([3.0], "no answer in"),
]


@pytest.mark.parametrize(("reply", "message"), OTHER)
def test_what_else_may_listen_on_a_port(
    reply: list[Step], message: str, server: FaultyServer, monkeypatch: pytest.MonkeyPatch, no_runtime: None
):
    monkeypatch.setattr(find, "_PORTS", (server.port,))
    monkeypatch.setattr(find, "_PATIENCE", 0.3)
    server.models = reply
    assert asyncio.run(available_models()) == []
    monkeypatch.setenv("MY_KEY", CANARY)
    if "302" not in message:  # with a key it is a server that somebody named, whose redirects are followed
        with pytest.raises(ModelError, match=message) as caught:
            asyncio.run(served_at(server.url, key_env="MY_KEY", timeout=0.3))
        assert CANARY not in str(caught.value)


def test_rows_that_are_no_models_are_passed_over(server: FaultyServer):
    server.models = answer(200, {"data": [{"id": "a"}, {"id": 5}, {}, "b", {"id": ""}]})
    assert [model.spec for model in asyncio.run(served_at(server.url))] == [f"a@{server.url}"]
