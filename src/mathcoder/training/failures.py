"""What stands in the way of a step, and what is kept of it in a run's folder.

memory.json                              tokens at a time, once memory ran out
nan/step-STEP/batch-PROCESS.safetensors  the micro batches of a step whose loss or gradient was no number
nan/step-STEP/batch-PROCESS.json         what was no number, and which rows and documents they were
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from mathcoder.files import written_aside
from mathcoder.training.rows import PackedRows

__all__ = ["TrainingError", "is_memory", "keep_batch", "named", "read_most", "write_most"]


class TrainingError(RuntimeError):
    """Training cannot go on; the message is one line."""


def is_memory(error: Exception) -> bool:
    """Whether memory ran out: a device's, or that of the CPU, for which torch has no kind of error of its own."""
    return isinstance(error, import_module("torch").OutOfMemoryError) or "not enough memory" in str(error)


def read_most(folder: Path) -> int | None:
    """Tokens at a time that memory has room for; None: it never ran out."""
    try:
        return int(json.loads((folder / "memory.json").read_text(encoding="utf-8"))["tokens"])
    except FileNotFoundError:
        return None


def write_most(folder: Path, tokens: int) -> None:
    """Keep for later what `read_most` tells."""
    with written_aside(folder / "memory.json") as aside:
        aside.write_text(json.dumps({"tokens": tokens}) + "\n", encoding="utf-8")


def keep_batch(
    folder: Path,
    step: int,
    process: int,
    batches: Sequence[Mapping[str, Any]],
    rows: PackedRows,
    numbers: Sequence[int],
    **found: float,
) -> TrainingError:
    """Keep what a process has of a step; the error says where.

    Args:
        folder: of the run.
        step: the first is 1.
        process: its number.
        batches: micro batches of that step.
        rows: all there are.
        numbers: those of that step.
        found: the one value that is no number, by its name.
    """
    place = folder / "nan" / f"step-{step}"
    place.mkdir(parents=True, exist_ok=True)
    tensors = {f"{at}.{name}": tensor for at, batch in enumerate(batches) for name, tensor in batch.items()}
    import_module("safetensors.torch").save_file(tensors, place / f"batch-{process}.safetensors")
    facts = {
        "step": step,
        **{name: str(value) for name, value in found.items()},
        "rows": list(numbers),
        "documents": [_documents(rows, row) for row in numbers],
    }
    with written_aside(place / f"batch-{process}.json") as aside:
        aside.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    ((name, value),) = found.items()
    return TrainingError(
        f"step {step}: {name} is {value}; the weights are as before it, and its batch is in {place}"
    )


def named(rows: PackedRows, numbers: Iterable[int]) -> str:
    """Some rows in words, with the first of their documents."""
    numbers = list(numbers)
    documents = [document for row in numbers for document in _documents(rows, row)]
    shown = ", ".join(documents[:5]) + (", ..." if len(documents) > 5 else "")
    return f"rows {', '.join(map(str, numbers))} ({shown})"


def _documents(rows: PackedRows, row: int) -> list[str]:
    """The ids of the documents in a row."""
    packing = rows.packing
    pieces = range(int(packing.offsets[row]), int(packing.offsets[row + 1]))
    return [str(rows.shards[int(packing.source[at])].ids[int(packing.document[at])]) for at in pieces]
