"""The embedded model: a GGUF file run in this process by xllamacpp (llama.cpp), on the CPU.

Special tokens: a marker such as `<|im_start|>` in a prompt is read as the token, and tokens the model
writes are part of the text, except the one that ends its reply. Whoever puts a stranger's text in a prompt
escapes what looks like a token (`mathcoder.solving.dialects` does).

Network: llama.cpp always starts its HTTP server. Here it is bound to a socket file in a private directory
that is removed as soon as the server is up, so nothing can connect to it. Where the system has no such
sockets it listens on a free port of 127.0.0.1 and refuses whoever lacks a random key.

Set MATHCODER_DEBUG to see llama.cpp's log on stderr.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import re
import secrets
import socket
import tempfile
import threading
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mathcoder.models.base import Chunk, FinishReason, ModelError, Request, StopStrings, TokenLogprob
from mathcoder.models.weights import HUGGING_FACE_FILE, Progress, choose_threads, find_weights, requantise
from mathcoder.models.wire import read_logprobs

__all__ = ["EmbeddedModel", "packaged_adapter"]

_DATA = Path(__file__).parent / "data"
_BATCH = 128  # prompt tokens between two chances to stop; larger batches are no faster on a CPU
_PROMPT_CACHE_MIB = 256  # prompts that lost their slot, kept for the next round of the same solution
_QUIET, _INFO = -1, 3  # llama.cpp's verbosity


def packaged_adapter() -> Path | None:
    """The LoRA adapter shipped in this package for the packaged weights, if there is one."""
    path = _DATA / "mathcoder.gguf"
    return path if path.is_file() else None


class EmbeddedModel:
    """A GGUF model in this process. Streams run `slots` at a time; more wait their turn.

    Prompts and chat messages are both answered; messages go through the file's own chat template. What two
    requests share at their start is computed once while a slot or the prompt cache still holds it. Sums are
    then taken in another order, so a greedy reply can depend on what was asked before, as with any llama.cpp
    server: a model as small as this one does at times go another way.

    Attributes:
        name: stems of the weights file and of the adapter.

    Args:
        path: a GGUF file, used as it is. None: what `weights.find_weights` finds, re-quantised to Q4_0, which
            is faster and a little less exact; pass that path itself to use the weights as they came.
        adapter: LoRA adapter, a GGUF file. None: the packaged one if `path` is None, else none. The packaged one
            is merged into the weights that are kept, where its scale is 1: so it takes no time.
        adapter_scale: factor on the adapter; 0 loads none.
        repo: Hugging Face file to download where the packaged weights are not installed; None: nothing is.
        threads: CPU threads. None: measured once on this machine (see `weights.choose_threads`).
        context: most tokens of prompt and reply together, for each slot. 4096 take 90 MB in SmolLM2-135M.
        slots: replies generated at a time.
        progress: told about work that takes seconds the first time.

    Raises:
        ModelError: no weights, no runtime, or a file the runtime cannot load.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        adapter: str | Path | None = None,
        adapter_scale: float = 1.0,
        repo: str | None = HUGGING_FACE_FILE,
        threads: int | None = None,
        context: int = 4096,
        slots: int = 2,
        progress: Progress | None = None,
    ):
        for name, value in (("threads", threads), ("context", context), ("slots", slots)):
            if value is not None and value < 1:
                raise ValueError(f"{name} is {value}: it must be 1 or more")
        weights = find_weights(path, repo=repo)
        if path is None and adapter is None:
            adapter = packaged_adapter()
        lora = (Path(adapter), adapter_scale) if adapter and adapter_scale else None
        self.name = "+".join([weights.stem, *([lora[0].stem] if lora else [])])
        if lora and not lora[0].is_file():
            raise ModelError(f"no such adapter file: {lora[0]}")
        if path is None:
            merged = lora[0] if lora and lora == (packaged_adapter(), 1.0) else None
            weights = requantise(weights, merged, progress=progress)
            lora = None if merged else lora
        if threads is None:
            threads = choose_threads(lambda count: _speed(weights, count))
        self._server: Any = _load(weights, lora=lora, threads=threads, context=context, slots=slots)
        self._workers = ThreadPoolExecutor(slots, thread_name_prefix="embedded-model")
        self._closed = threading.Event()

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Yield the reply as it is generated, about a token at a time.

        Closing the generator stops generation at the next token, or within 128 tokens of a prompt.

        Raises:
            ModelError: the prompt exceeds the context or is no valid chat, the request has tools, or the
                model was closed.
        """
        if self._closed.is_set():
            raise ModelError(f"{self.name} is closed")
        generate, body = self._call(request)
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Chunk | ModelError] = asyncio.Queue()
        left = threading.Event()
        reply = _Reply(request.stop)

        def put(item: Chunk | ModelError) -> None:
            if left.is_set():
                return
            try:
                loop.call_soon_threadsafe(queue.put_nowait, item)
            except RuntimeError:  # the loop is closed: nobody listens any more
                left.set()

        def on_piece(piece: Mapping[str, Any]) -> bool:  # True stops the runtime
            if left.is_set() or self._closed.is_set():
                return True
            try:
                if chunk := reply.read(piece):
                    put(chunk)
            except ModelError as error:
                put(error)
                return True
            return reply.ended

        def work() -> None:
            try:
                generate(body, on_piece)
            except (ValueError, RuntimeError) as error:  # the chat template or llama.cpp refused
                put(ModelError(str(error)))
            else:
                put(ModelError(f"{self.name} was closed"))  # unless an end is in the queue before this

        job = self._workers.submit(work)
        try:
            while True:
                item = await queue.get()
                if isinstance(item, ModelError):
                    raise item
                yield item
                if item.finish_reason is not None:
                    return
        finally:
            left.set()
            job.cancel()

    async def aclose(self) -> None:
        """Stop every stream and free the model. Calling it twice is fine."""
        self._closed.set()
        await asyncio.to_thread(self._free)

    def _free(self) -> None:
        self._workers.shutdown()
        self._server = None  # its destructor ends llama.cpp's threads

    def _call(self, request: Request) -> tuple[Callable[..., None], dict[str, Any]]:
        if request.tools:
            raise ModelError("the embedded model does not call tools: use a server")
        body: dict[str, Any] = {
            "stream": True,
            "return_progress": True,  # a piece for each batch of the prompt, so that it can be stopped there
            "timings_per_token": True,  # token counts in every piece
            "cache_prompt": True,
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "top_k": 0,  # llama.cpp has defaults of its own for these two
            "min_p": 0.0,
            "seed": request.seed,
        }
        # Stop strings are not passed on: llama.cpp would not tell which one it met.
        if isinstance(request.prompt, str):
            if request.logprobs:
                body["logprobs"] = request.logprobs
            return self._server.handle_completions, body | {"prompt": request.prompt}
        if request.logprobs:
            body |= {"logprobs": True, "top_logprobs": request.logprobs}
        messages = [dict(message) for message in request.prompt]
        return self._server.handle_chat_completions, body | {"messages": messages}


# A special token at the end of a piece. If the reply ends by itself there, it is the token that ended it.
_LAST_TOKEN = re.compile(r"<[^<>\s]{1,64}>\Z")


class _Reply:
    """Turns the runtime's pieces of one reply into chunks."""

    def __init__(self, stop: tuple[str, ...]):
        self.ended = False
        self._stops = StopStrings(stop)
        self._last_token = ""
        self._logprobs: list[TokenLogprob] = []  # of tokens whose text is held back
        self._usage: Mapping[str, Any] = {"cache_n": 0, "prompt_n": 0, "predicted_n": 0}

    def read(self, piece: Mapping[str, Any]) -> Chunk | None:
        if "error" in piece:
            raise ModelError(piece["error"]["message"])
        self._usage = piece.get("timings", self._usage)  # absent where one token made two pieces
        choice = piece["choices"][0]
        self._logprobs += read_logprobs(choice.get("logprobs"))
        text = choice["text"] if "text" in choice else choice["delta"].get("content")
        shown, stop = self._stops.feed(text or "")
        finish: FinishReason | None = "stop" if stop is not None else choice["finish_reason"]
        if finish is None:
            return self._show(shown)
        self.ended = True
        shown = self._last_token + shown + self._stops.rest()
        if finish == "stop" and stop is None:
            shown = _LAST_TOKEN.sub("", shown)
        return self._chunk(shown, finish, stop)

    def _chunk(self, text: str, finish: FinishReason | None = None, stop: str | None = None) -> Chunk:
        prompt = self._usage["cache_n"] + self._usage["prompt_n"]
        logprobs, self._logprobs = tuple(self._logprobs), []
        return Chunk(text, finish, stop, (), prompt, self._usage["predicted_n"], logprobs)

    def _show(self, text: str) -> Chunk | None:
        if not text:
            return None
        text = self._last_token + text
        self._last_token = token[0] if (token := _LAST_TOKEN.search(text)) else ""
        text = text.removesuffix(self._last_token)
        return self._chunk(text) if text else None


def _load(weights: Path, *, lora: tuple[Path, float] | None, threads: int, context: int, slots: int) -> Any:
    try:
        runtime: Any = importlib.import_module("xllamacpp")
    except ImportError as error:
        raise ModelError("the embedded model's runtime is missing: pip install 'mathcoder[local]'") from error
    params = runtime.CommonParams()
    params.model.path = str(weights)
    params.n_ctx = context * slots  # shared out evenly
    params.n_parallel = slots
    params.n_batch = _BATCH
    params.cache_ram_mib = _PROMPT_CACHE_MIB
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.special = True
    params.ui = False
    params.endpoint_metrics = True
    params.n_threads_http = 1
    params.verbosity = _INFO if os.environ.get("MATHCODER_DEBUG") else _QUIET
    params.api_keys = [secrets.token_hex(32)]
    if lora:
        info = runtime.CommonAdapterLoraInfo()
        info.path, info.scale = str(lora[0]), lora[1]
        params.lora_adapters = [info]
    # The directory goes when the server is up, and with it the only way to connect.
    with tempfile.TemporaryDirectory(prefix="mathcoder-") as private:
        path = Path(private, "s.sock")
        if hasattr(socket, "AF_UNIX") and len(str(path)) < 100:  # the system's limit is about 104
            params.hostnames = [str(path)]
        try:
            server = runtime.Server(params)
        except RuntimeError as error:
            files = f"{weights} with {lora[0]}" if lora else weights
            raise ModelError(f"llama.cpp cannot load {files} (MATHCODER_DEBUG=1 shows its log)") from error
    # A server that is freed before its loop runs never ends (xllamacpp 2026.10): an answer shows that it runs.
    server.handle_metrics()
    return server


def _speed(weights: Path, threads: int) -> float:
    """Tokens per second of a short prompt and a short reply."""
    server = _load(weights, lora=None, threads=threads, context=256, slots=1)
    body = {
        "prompt": "The sum of the first hundred whole numbers is " * 4,
        "max_tokens": 32,
        "temperature": 0.0,
    }
    start = time.perf_counter()
    usage = server.handle_completions(body | {"ignore_eos": True})["usage"]
    return usage["total_tokens"] / (time.perf_counter() - start)
