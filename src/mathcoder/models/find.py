"""Which model a string means, and which models there are. Every command that asks a model asks here."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Unpack

from mathcoder.cache import cache_dir
from mathcoder.models.base import Model, ModelError
from mathcoder.models.budget import Budget, BudgetedModel, Price
from mathcoder.models.connections import OPENAI_URL, checked_url, served_models
from mathcoder.models.embedded import EmbeddedModel
from mathcoder.models.reply_cache import CachedModel
from mathcoder.models.server import ServerModel, ServerOptions
from mathcoder.models.weights import Progress, find_weights

__all__ = ["Available", "available_models", "open_model"]

_AT_URL = re.compile(r"(.+)@(https?://.+)", re.IGNORECASE)
_WITH_ADAPTER = re.compile(r"(embedded|.+\.gguf)\+(.+\.gguf)", re.IGNORECASE)
_EMBEDDED = ("embedded", "embedded-base")
_IS_ADAPTER = re.compile(rb"general\.type\x08\0{3}\x07\0{7}adapter")  # a string of a GGUF file, among the first
_FORMS = "embedded, FILE.gguf, BASE+ADAPTER.gguf, NAME@URL, server:NAME, openai:NAME or recorded:FOLDER"
_PORTS = (8000, 30000, 8080, 11434)  # of vLLM, SGLang, llama.cpp and TGI, Ollama, unless they are told otherwise
_PATIENCE = 2.0  # seconds for a server to say what it has


def open_model(
    spec: str = "embedded",
    *,
    adapter: str | Path | None = None,
    progress: Progress | None = None,
    cache: str | Path | None = None,
    max_tokens: int | None = None,
    max_cost: float | None = None,
    price: tuple[float, float] | None = None,
    **options: Unpack[ServerOptions],
) -> Model:
    """The model that a string means.

    | string | model |
    |---|---|
    | `embedded` | the embedded model: packaged weights, and the adapter that was trained on solutions |
    | `embedded-base` | the same without the adapter |
    | `FILE.gguf` | a GGUF file, run in this process |
    | `BASE+ADAPTER.gguf` | `embedded` or a GGUF file, with a LoRA adapter, run in this process |
    | `NAME@URL`, `NAME@URL,URL` | what servers call NAME; base URLs are such as `http://localhost:8000/v1` |
    | `server:NAME` | likewise, at the URL that the environment variable OPENAI_BASE_URL holds |
    | `openai:NAME` | likewise, at OpenAI's own URL; chat only |
    | `recorded:FOLDER` | replies that were stored with `cache` before; nobody is asked |

    Args:
        spec: the string.
        adapter: a LoRA adapter, a GGUF file, for a model that runs in this process; the string may name it too.
        progress: told about work that takes seconds the first time.
        cache: a folder; what is answered is stored there, and not asked again (`CachedModel`).
        max_tokens: most tokens of prompts and replies in all; then `BudgetExceeded` is raised (`Budget`).
        max_cost: most money in all, likewise; needs `price`.
        price: of a million tokens of prompts, and of replies.
        options: of a `ServerModel`; a model that runs in this process does without them.

    Raises:
        ModelError: the string means nothing, or that model cannot be had; one line.
    """
    spec = spec.strip()
    if max_cost is not None and price is None:
        raise ModelError("a limit on cost needs the price of the model's tokens")
    budget = Budget(max_tokens, max_cost) if (max_tokens, max_cost) != (None, None) else None
    rate = Price(*price) if price else None
    name, urls = _server_of(spec)
    if name and adapter is not None:
        raise ModelError(f"an adapter goes on a model that runs in this process, not on {spec!r}")
    if not name and not Path(spec).is_file() and (both := _WITH_ADAPTER.fullmatch(spec)):
        if adapter is not None:
            raise ModelError(f"{spec!r} names an adapter already: leave out {adapter}")
        spec, adapter = both[1], both[2]
    if spec.startswith("openai:"):
        options = ServerOptions(chat_only=True) | options
    if name:
        model: Model = _server(name, urls, rate, budget, options)
    elif spec.startswith("recorded:") and spec != "recorded:":
        return CachedModel(None, spec.removeprefix("recorded:"))
    elif spec in _EMBEDDED or spec.lower().endswith(".gguf") or Path(spec).is_file():
        scale = 0.0 if spec == "embedded-base" and adapter is None else 1.0
        path = None if spec in _EMBEDDED else spec
        model = EmbeddedModel(path, adapter=adapter, adapter_scale=scale, progress=progress)
        model = BudgetedModel(model, budget, rate) if budget else model
    else:
        raise ModelError(f"{spec!r} names no model; give {_FORMS} (`mathcoder models` lists what there is)")
    return model if cache is None else CachedModel(model, cache)


def _server_of(spec: str) -> tuple[str, list[str]]:
    """The name and the URLs that a string gives a server's model; "" and none for another model."""
    if at := _AT_URL.fullmatch(spec):
        return at[1], [url.strip() for url in at[2].split(",")]
    kind, _, name = spec.partition(":")
    if kind == "openai" and name:
        return name, [OPENAI_URL]
    if kind == "server" and name:
        url = os.environ.get("OPENAI_BASE_URL", "")
        if not url:
            raise ModelError(f"{spec!r} needs the server's URL: set OPENAI_BASE_URL, or give {name}@URL")
        return name, [url]
    return "", []


def _server(
    name: str, urls: list[str], price: Price | None, budget: Budget | None, options: ServerOptions
) -> ServerModel:
    try:
        return ServerModel(name, urls=urls, price=price, budget=budget, **options)
    except ValueError as error:
        raise ModelError(str(error)) from None


@dataclass(frozen=True, slots=True)
class Available:
    """A model that can be used.

    Attributes:
        spec: the string for `open_model`.
        kind: what it is: the `embedded` model, a `file` in the cache, what a run of training `trained`, an
            `adapter` that one trained, or what a `server` has.
        where: the file, or the server's base URL.
    """

    spec: str
    kind: Literal["embedded", "file", "trained", "adapter", "server"]
    where: str


async def available_models(*, key_env: str = "OPENAI_API_KEY") -> list[Available]:
    """What can be used here: embedded weights, GGUF files, and what servers say they have.

    The files are those in the cache folder, and what runs of training in `runs/` have exported (`runs/*/export/`).

    Asked are the server that OPENAI_BASE_URL names, with the key, and the usual ports of this machine (8000,
    30000, 8080, 11434), without one: all at once, each for two seconds. Nobody else is contacted. It is a warning
    where the server that is named does not answer.

    Args:
        key_env: environment variable with the key for OPENAI_BASE_URL.
    """
    named = os.environ.get("OPENAI_BASE_URL", "")

    async def ask(url: str) -> list[Available]:
        try:
            return await served_at(url, key_env=key_env if url == named else None, timeout=_PATIENCE)
        except ModelError as error:
            if url == named:
                warnings.warn(f"OPENAI_BASE_URL does not answer: {error}", stacklevel=2)
            return []

    local = [f"http://127.0.0.1:{port}/v1" for port in _PORTS]
    same = named.lower().rstrip("/").replace("//localhost", "//127.0.0.1")
    urls = [named] * bool(named) + [url for url in local if same not in (url, url.removesuffix("/v1"))]
    return sum(await asyncio.gather(*map(ask, urls)), _here())


async def served_at(url: str, *, key_env: str | None = None, timeout: float = 10.0) -> list[Available]:
    """The models of one server.

    Args:
        url: its base URL.
        key_env: environment variable with its key; None: no key is sent.
        timeout: most seconds.

    Raises:
        ModelError: there is no OpenAI-compatible server; one line.
    """
    try:
        url = checked_url(url)
    except ValueError as error:
        raise ModelError(str(error)) from None
    names = await served_models(url, key_env=key_env, timeout=timeout)
    return [Available(f"{name}@{url}", "server", url) for name in names]


def _here() -> list[Available]:
    """What runs in this process."""
    if importlib.util.find_spec("xllamacpp") is None:
        return []
    cached = [path for path in sorted(cache_dir().glob("*.gguf")) if not _is_adapter(path)]
    files = [Available(str(path), "file", str(path)) for path in cached]
    files += filter(None, map(_exported, sorted(Path("runs").glob("*/export/*.gguf"))))
    try:
        return [Available("embedded", "embedded", str(find_weights())), *files]
    except ModelError:
        return files


def _exported(path: Path) -> Available | None:
    """What a run of training exported; nothing for an adapter whose base is no GGUF file."""
    if not _is_adapter(path):
        return Available(str(path), "trained", str(path))
    try:
        facts = json.loads((path.parents[1] / "model" / "training.json").read_text(encoding="utf-8"))
        base = facts["base"]["weights"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    if not isinstance(base, str) or not (base == "embedded" or base.lower().endswith(".gguf")):
        return None
    return Available(f"{base}+{path}", "adapter", str(path))


def _is_adapter(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _IS_ADAPTER.search(file.read(1024)) is not None
    except OSError:
        return False
