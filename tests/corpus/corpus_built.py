"""Builds a small corpus, also as a program that a test can kill: python corpus_built.py RECIPE FOLDER [ENGINE]."""

from __future__ import annotations

import sys
from pathlib import Path

from mathcoder.corpus.build import build
from mathcoder.corpus.recipe import load_corpus_recipe
from mathcoder.publishing.dataset import Built

EXAMPLES = Path(__file__).parents[2] / "examples/data"
RECIPES = Path(__file__).parents[2] / "recipes"

SMALL = """
name: small
sources:
  textbook: {{kind: textbook, paths: ["{examples}/sequences.ptx"], licence: CC-BY-SA-4.0, forms: [interleaved]}}
  worked: {{kind: text, paths: ["{examples}/worked.jsonl"], licence: MIT}}
  programs: {{kind: code, paths: ["{examples}/programs.jsonl.gz"]}}
duplicates: {{threshold: 0.6}}
contamination: {{benchmarks: [svamp]}}
translate: {translate}
write: {{tokenizer: bytes}}
mix: {{tokens: 60000}}
"""


def small_recipe(folder: Path, translate: str = "{}") -> Path:
    """A recipe of a textbook section, worked questions and programs."""
    path = folder / "small.yaml"
    path.write_text(SMALL.format(examples=EXAMPLES, translate=translate))
    return path


def files(folder: Path) -> dict[str, bytes]:
    """What has to be the same whatever happened on the way: rows kept and rejected, tables, card and schema."""
    kept = [*folder.glob("stages/*/*/*.parquet"), *folder.glob("stages/*/*.parquet"), *folder.glob("dataset/**/*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(kept) if path.is_file()}


def built(recipe: Path, folder: Path, engine: str = "native", workers: int | None = None) -> Built:
    """Build it."""
    return build(load_corpus_recipe(recipe), folder, engine=engine, workers=workers)


if __name__ == "__main__":
    built(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:4], workers=1)
