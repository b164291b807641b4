"""Checkpoints on disk: complete or not there.

A checkpoint is a folder `checkpoint-STEP`. Its `complete.json` is written when everything else in it is on the
disk, and is removed first when it is given up; a folder without one is what a kill left, and goes when a run
begins.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mathcoder.files import written_aside

__all__ = ["Checkpoint", "CheckpointError", "checkpoints", "complete", "fitting", "keep_newest", "remove_cut_off"]

_PREFIX = "checkpoint-"
_MARK = "complete.json"


class CheckpointError(ValueError):
    """There are checkpoints, and the run cannot go on from them; the message is one line."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A complete checkpoint.

    Attributes:
        folder: with the files that transformers' Trainer wrote.
        step: steps that were done.
        facts: what `complete` was given.
    """

    folder: Path
    step: int
    facts: dict[str, Any]


def checkpoints(folder: Path) -> list[Checkpoint]:
    """The complete checkpoints in a folder, the oldest first."""
    found: list[Checkpoint] = []
    for path in folder.glob(f"{_PREFIX}*"):
        try:
            facts = json.loads((path / _MARK).read_text(encoding="utf-8"))
            found.append(Checkpoint(path, int(path.name.removeprefix(_PREFIX)), dict(facts)))
        except (OSError, ValueError, TypeError):
            continue
    return sorted(found, key=lambda checkpoint: checkpoint.step)


def fitting(folder: Path, key: Mapping[str, Any]) -> Checkpoint | None:
    """The newest complete checkpoint; None where there is none.

    Args:
        key: what its weights depend on, by name; JSON values. It must be the same as when it was made.

    Raises:
        CheckpointError: it was made for something else.
    """
    found = checkpoints(folder)
    if not found:
        return None
    before: dict[str, Any] = found[-1].facts.get("key") or {}
    changed = sorted(name for name in {*key, *before} if key.get(name) != before.get(name))
    if changed:
        raise CheckpointError(
            f"{folder}: its checkpoints were made with another {', '.join(changed)}; name a new folder, or remove"
            " this one to begin anew"
        )
    return found[-1]


def complete(folder: Path, facts: Mapping[str, Any]) -> None:
    """Say that a checkpoint has all its files.

    Args:
        facts: JSON values; `key` is what `fitting` asks for.
    """
    for path in (folder, *folder.rglob("*")):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    with written_aside(folder / _MARK) as aside:
        aside.write_text(json.dumps(dict(facts), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def keep_newest(folder: Path, count: int) -> None:
    """Remove all complete checkpoints but the newest so many, of which there is at least one."""
    for checkpoint in checkpoints(folder)[: -max(count, 1)]:
        (checkpoint.folder / _MARK).unlink(missing_ok=True)
        shutil.rmtree(checkpoint.folder, ignore_errors=True)


def remove_cut_off(folder: Path) -> list[str]:
    """Remove what is not complete; returns the names."""
    whole = {checkpoint.folder.name for checkpoint in checkpoints(folder)}
    cut_off = sorted(path for path in folder.glob(f"{_PREFIX}*") if path.name not in whole)
    for path in cut_off:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return [path.name for path in cut_off]
