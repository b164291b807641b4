"""A finished stage on disk: written aside, then put in its place; whole or not there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mathcoder.files import written_aside

__all__ = ["StageResult", "aside_of", "commit", "committed"]


@dataclass(frozen=True, slots=True)
class StageResult:
    """What a stage gave.

    Attributes:
        folder: `data/`, `rejected/` and `stage.json` are in it.
        files: the shards of the rows it kept, in order.
        rejected: the shards of the rows it dropped, with their `drop_reason`.
        rows_in, kept: counts of rows.
        dropped: how many rows by reason.
        seconds: of the work, when it was done.
        reused: it was on disk already.
    """

    folder: Path
    name: str
    key: str
    files: list[str]
    rejected: list[str]
    rows_in: int
    kept: int
    dropped: dict[str, int]
    seconds: float
    reused: bool = True


def aside_of(folder: Path) -> Path:
    """Where a stage is written before it is put into its folder."""
    return folder.with_name(f".{folder.name}.partial")


def commit(folder: Path, facts: Mapping[str, Any]) -> None:
    """Put what was written aside into its place; what was there before goes."""
    text = json.dumps(facts, indent=1, ensure_ascii=False)
    with written_aside(aside_of(folder) / "stage.json") as path:
        path.write_text(text + "\n", encoding="utf-8")
    _place(folder)


def _place(folder: Path) -> None:
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    aside_of(folder).rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def committed(folder: Path, key: str) -> StageResult | None:
    """The stage with this key, if it is there and its files have the sizes they were written with."""
    if _read(folder, key) is None and _read(aside_of(folder), key) is not None:
        _place(folder)  # it was complete, and a kill came before its place was made
    return _read(folder, key)


def _read(folder: Path, key: str) -> StageResult | None:
    try:
        facts = json.loads((folder / "stage.json").read_text(encoding="utf-8"))
        if facts["key"] != key or not _whole(folder, facts):
            return None
        return StageResult(
            folder,
            facts["stage"],
            key,
            [str(folder / "data" / shard["file"]) for shard in facts["data"]],
            [str(folder / "rejected" / shard["file"]) for shard in facts["rejected"]],
            facts["rows_in"],
            facts["kept"],
            facts["dropped"],
            facts["seconds"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _whole(folder: Path, facts: Mapping[str, Any]) -> bool:
    """Whether a stage's files have the sizes they were written with."""
    return all(
        (folder / kind / shard["file"]).stat().st_size == shard["size"]
        for kind in ("data", "rejected")
        for shard in facts[kind]
    )
