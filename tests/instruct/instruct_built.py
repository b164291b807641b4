"""Builds a small set of instruction data, also as a program that a test can kill: RECIPE FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from mathcoder.instruct.build import build
from mathcoder.instruct.recipe import load_instruct_recipe
from mathcoder.publishing.dataset import Built

WORKED = Path(__file__).parents[2] / "examples/data/worked.jsonl"

SMALL = """
name: small
problems:
  worked: {{file: "{worked}", derive: gsm8k, vary: 2}}
decontaminate: {{benchmarks: [svamp]}}
check: {{tokenizer: bytes, max_tokens: 4000}}
write: {{validation: 0.2}}
{more}
"""


def small_recipe(folder: Path, more: str = "", worked: Path = WORKED) -> Path:
    """A recipe of worked questions, derived and varied."""
    path = folder / "small.yaml"
    path.write_text(SMALL.format(worked=worked, more=more))
    return path


def files(folder: Path) -> dict[str, bytes]:
    """What has to be the same whatever happened on the way."""
    kept = [*folder.glob("stages/*/*/*.parquet"), *folder.glob("stages/*/*.parquet"), *folder.glob("dataset/**/*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(kept) if path.is_file()}


def built(recipe: Path, folder: Path, workers: int | None = None, limit: int | None = None) -> Built:
    """Build it."""
    return build(load_instruct_recipe(recipe), folder, workers=workers, limit=limit)


if __name__ == "__main__":
    built(Path(sys.argv[1]), Path(sys.argv[2]), workers=1)
