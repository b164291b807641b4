"""What solutions and texts share on their way into token shards: which files they are, and what was made before.

data/NAME-KEY/train/, held-out/   token shards
data/NAME-KEY/source.json         key, inputs with their hashes, counts; written last
"""

from __future__ import annotations

import glob
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mathcoder.files import written_aside
from mathcoder.runs.run import Input
from mathcoder.training.shards import TokenShards

__all__ = ["SPLITS", "is_whole", "known_inputs", "named_files", "read_facts_of", "remove_others", "write_about"]

SPLITS = ("train", "held-out")


def named_files(patterns: Iterable[str], what: str) -> list[str]:
    """The files that some patterns name, each once.

    Args:
        what: whose they are, for the error: "source 'web'".

    Raises:
        ValueError: one names none, or is an address.
    """
    files: dict[str, None] = {}
    for pattern in patterns:
        if "://" in pattern:
            raise ValueError(f"{what}: {pattern} is an address; get its files and name them here")
        found = [pattern] if os.path.isfile(pattern) else sorted(glob.glob(pattern, recursive=True))
        found = [path for path in found if os.path.isfile(path)]
        if not found:
            more = "; it is a folder, add /*.parquet" if os.path.isdir(pattern) else ""
            raise ValueError(f"{what}: there is no file {pattern}{more}")
        files |= dict.fromkeys(found)
    return list(files)


def known_inputs(folder: Path) -> dict[str, Input]:
    """The files of the run that a folder of data is in, and those that its data were made of, by path.

    Those that cannot be known are left out.
    """
    found: dict[str, Input] = {}
    for path in (*folder.glob("*/source.json"), folder.parent / "run.json"):
        try:
            about = json.loads(path.read_text(encoding="utf-8"))
            found |= {item["path"]: Input(**item) for item in about["inputs"]}
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def is_whole(folder: Path, key: str) -> bool:
    """Whether both splits are there, made from what the key stands for."""
    try:
        for split in SPLITS:
            TokenShards(folder / split)
        return _read(folder)["key"] == key
    except (OSError, ValueError, KeyError, TypeError):
        return False


def read_facts_of(folder: Path) -> dict[str, Any]:
    """The counts of shards that are whole."""
    return _read(folder)["facts"]


def write_about(folder: Path, key: str, inputs: Sequence[Input], facts: Mapping[str, Any]) -> None:
    """Say what the shards of both splits were made of; they are whole from then on."""
    about = {"key": key, "inputs": [asdict(item) for item in inputs], "facts": facts}
    with written_aside(folder / "source.json") as aside:
        aside.write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def remove_others(folder: Path, ours: Iterable[Path]) -> None:
    """Remove what another recipe left."""
    for other in set(folder.glob(f"*-{'[0-9a-f]' * 16}")) - set(ours):
        shutil.rmtree(other)


def _read(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "source.json").read_text(encoding="utf-8"))
