"""Replies on disk: what was answered once is not asked again, and a run can be replayed without its model."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, unquote

from mathcoder.files import written_aside
from mathcoder.models.base import Chunk, Model, ModelError, Request, TokenLogprob
from mathcoder.models.resume import Resumed

__all__ = ["CachedModel"]

_LAYOUT = 1  # part of the key: files of another layout are not found


class CachedModel:
    """A model whose replies are kept in a folder, by the content of the question.

    A reply is found by the model's name and every field of the request, so models that differ in anything else
    (weights of one name, an adapter, a server's options) need folders of their own. It is replayed piece by piece
    as it came, with `Chunk.cached` set. A request that is under way is asked once: whoever asks the same
    meanwhile, in the same event loop, waits for its end.

    A reply is stored when it is over, or when the caller closed the stream because it had enough, as the solving
    loop does after a block of code. If a later caller goes on past what such a reply has, the model is asked and
    the rest told, provided that it begins the same way. Replies that failed or were cancelled are not stored.

    Each reply is a small file, in one of 256 folders, written aside and renamed: SIGKILL leaves it whole or not
    there, any number of processes may share the folder, and it works on the network file systems of clusters,
    which SQLite's write-ahead log does not. The file begins with a checksum; one that is damaged is asked again.

    Attributes:
        name: of the model.
        replayed: how many replies were told without asking.

    Args:
        model: who is asked for what is not stored. None: nobody; that is an error.
        folder: where replies are kept, in a folder for each model. Made if it is not there. Without a model, it
            has to hold the replies of one, or be that model's folder in it.

    Raises:
        ModelError: `model` is None and the folder does not say whose replies to tell.
    """

    def __init__(self, model: Model | None, folder: str | Path):
        self._model = model
        self._folder = Path(folder) / _folder_name(model.name) if model else _only_folder(Path(folder))
        self.name = unquote(self._folder.name)
        self.replayed = 0
        self._asking: dict[tuple[asyncio.AbstractEventLoop, str], _Turn] = {}

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Yield the stored reply, or the model's.

        Raises:
            ModelError: from the model; there is none and the reply is not stored; or the folder cannot be written.
        """
        key = self._key(request)
        asking = (asyncio.get_running_loop(), key)
        turn = self._asking.setdefault(asking, _Turn())
        turn.waiting += 1
        try:
            async with turn.lock, aclosing(self._answer(request, self._path(key))) as chunks:
                async for chunk in chunks:
                    yield chunk
        finally:
            turn.waiting -= 1
            if not turn.waiting:
                self._asking.pop(asking, None)

    async def aclose(self) -> None:
        """Close the model, if there is one."""
        if self._model is not None:
            await self._model.aclose()

    async def _answer(self, request: Request, path: Path) -> AsyncGenerator[Chunk, None]:
        stored = _read(path)
        given = Resumed(self.name)
        self.replayed += bool(stored)
        for chunk in stored:
            given.take(chunk)
            yield replace(chunk, cached=True)
        if stored and stored[-1].finish_reason is not None:
            return
        self.replayed -= bool(stored)
        if self._model is None:
            what = "only the beginning of this reply" if stored else "no reply to this request"
            raise ModelError(f"{self.name}: {what} is stored in {self._folder}; ask the model itself")
        given.again()
        told: list[Chunk] = []
        try:
            async with aclosing(self._model.stream(request)) as chunks:
                async for chunk in chunks:
                    told.append(chunk)
                    try:
                        new = given.take(chunk)
                    except ModelError:  # the model says something else today: let it, the next time
                        path.unlink(missing_ok=True)
                        raise
                    if chunk.finish_reason is not None:
                        self._write(path, request, told)
                    if new is not None:
                        yield new
        except GeneratorExit:
            # The caller has had enough. One that was cancelled has not.
            task = asyncio.current_task()
            if told[-1].finish_reason is None and not (task and task.cancelling()):
                self._write(path, request, told)
            raise

    def _key(self, request: Request) -> str:
        asked = {"layout": _LAYOUT, "model": self.name, "request": _plain(request)}
        return hashlib.sha256(_dump(asked)).hexdigest()

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key[2:]}.json"

    def _write(self, path: Path, request: Request, chunks: list[Chunk]) -> None:
        # The request is for people who open the file.
        reply = {"model": self.name, "request": _plain(request), "chunks": [_plain(chunk) for chunk in chunks]}
        data = _dump(reply)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with written_aside(path) as aside:
                aside.write_bytes(hashlib.sha256(data).hexdigest().encode() + b"\n" + data + b"\n")
        except OSError as error:
            raise ModelError(f"cannot write {path}: {error.strerror or error}; name another folder") from error


class _Turn:
    """Who asks a request that several want to ask."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.waiting = 0


def _plain(noun: Request | Chunk | TokenLogprob) -> dict[str, Any]:
    """Its fields that say something, as they go into JSON."""
    return {
        field.name: value
        for field in fields(noun)
        if (value := getattr(noun, field.name)) != field.default or field.name == "prompt"
    }


def _dump(value: object) -> bytes:
    def default(item: Any) -> Any:
        if isinstance(item, TokenLogprob):
            return _plain(item)
        return dict(cast("Mapping[str, Any]", item)) if isinstance(item, Mapping) else list[Any](item)

    return json.dumps(value, sort_keys=True, default=default).encode()


def _read(path: Path) -> list[Chunk]:
    """The chunks of a stored reply; none where there is none, or a damaged one."""
    try:
        digest, _, data = path.read_bytes().rstrip(b"\n").partition(b"\n")
    except OSError:
        return []
    if digest != hashlib.sha256(data).hexdigest().encode():
        return []
    return [_chunk(chunk) for chunk in json.loads(data)["chunks"]]


def _chunk(stored: dict[str, Any]) -> Chunk:
    logprobs = tuple(
        TokenLogprob(each["token"], each["logprob"], tuple((token, value) for token, value in each.get("top", ())))
        for each in stored.pop("logprobs", ())
    )
    return Chunk(tool_calls=tuple(stored.pop("tool_calls", ())), logprobs=logprobs, **stored)


def _folder_name(model: str) -> str:
    """A name that leads nowhere else: one may hold slashes, or be two dots. `unquote` gives it back."""
    name = quote(model, safe="")
    return name.replace(".", "%2E") if name.startswith(".") else name


def _only_folder(folder: Path) -> Path:
    """The folder of the only model whose replies are here."""
    if any(folder.glob("??/*.json")):
        return folder
    found = sorted(path for path in folder.iterdir() if any(path.glob("??/*.json"))) if folder.is_dir() else []
    if not found:
        raise ModelError(f"no replies are stored in {folder}; name a folder that a model with a cache has written")
    if len(found) > 1:
        raise ModelError(f"several models have replies in {folder}: name one of {', '.join(map(str, found))}")
    return found[0]
