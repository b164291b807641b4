"""How a corpus build grows: text stages by megabytes of text, translation with verification likewise.

python benchmarks/corpus_scale.py                       125, 500 and 2000 MB; 1, 4 and 16 MB
python benchmarks/corpus_scale.py --text 125 --code 1   smaller

The text is made of real paragraphs of the benchmark corpus in `MATHCODER_DATA`, put together anew at random, so
that no document is like another; for translation it is the calculus book and others, likewise. Memory is the
proportional share of all processes together, looked at four times a second.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mathcoder.extraction import read_book
from table import heading, show

RECIPE = """
name: scale
sources:
  text: {{kind: text, paths: [{source}], licence: MIT, recall: true}}
recall: {{}}
duplicates: {{}}
contamination: {{benchmarks: [gsm8k, svamp], files: [{items}]}}
write: {{forms: [document], tokenizer: bytes}}
"""
TRANSLATED = """
name: scale
sources:
  text: {{kind: text, paths: [{source}], licence: MIT}}
translate: {{}}
write: {{forms: [steps], tokenizer: bytes}}
"""
BUILD = """
import sys
from mathcoder.corpus.build import build
from mathcoder.corpus.recipe import load_corpus_recipe
build(load_corpus_recipe(sys.argv[1]), sys.argv[2])
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=float, nargs="*", default=[125, 500, 2000], help="megabytes")
    parser.add_argument("--code", type=float, nargs="*", default=[1, 4, 16], help="megabytes")
    asked = parser.parse_args()
    if "MATHCODER_DATA" not in os.environ:
        sys.exit("set MATHCODER_DATA to the folder of real inputs; bench/ and textbooks/ in it are read")
    print(heading("one run each"))
    rows: list[list[str]] = []
    for what, sizes in (("text stages", asked.text), ("translate, verify", asked.code)):
        for size in sizes:
            rows.append(measured(what, size))
            print(" ".join(rows[-1]), file=sys.stderr, flush=True)
    show(["", "MB", "documents", "kept", "seconds", "MB/s", "peak memory", "slowest stages"], rows)


def measured(what: str, size: float) -> list[str]:
    text = what == "text stages"
    with tempfile.TemporaryDirectory(prefix="mathcoder-scale-") as name:
        folder = Path(name)
        items = folder / "items.jsonl"
        count = write(folder / "text.jsonl", paragraphs_of_corpus() if text else paragraphs_of_books(), size * 1e6)
        write_items(items)
        recipe = folder / "recipe.yaml"
        recipe.write_text((RECIPE if text else TRANSLATED).format(source="text.jsonl", items="items.jsonl"))
        started = time.monotonic()
        peak = run([sys.executable, "-c", BUILD, str(recipe), str(folder / "run")])
        seconds = time.monotonic() - started
        stages = [json.loads(path.read_text()) for path in sorted(folder.glob("run/stages/*/stage.json"))]
        slow = sorted(stages, key=lambda stage: -stage["seconds"])[:3]
        shutil.rmtree(folder / "run")
        return [
            what,
            f"{size:g}",
            f"{count:,}",
            f"{stages[-1]['kept']:,}",
            f"{seconds:.0f}",
            f"{size / seconds:.3g}",
            f"{peak / 1e9:.2f} GB",
            ", ".join(f"{stage['stage']} {stage['seconds']:.0f} s" for stage in slow),
        ]


def run(command: list[str]) -> int:
    """Run a program; the most memory that it and its children had, bytes."""
    process = subprocess.Popen(command)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(proportional, tree(process.pid))))
        time.sleep(0.25)
    if process.returncode:
        sys.exit(f"the build failed with {process.returncode}")
    return peak


def tree(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    try:
        children = [
            int(one)
            for task in os.listdir(f"/proc/{pid}/task")
            for one in Path(f"/proc/{pid}/task/{task}/children").read_text().split()
        ]
    except OSError:
        return
    for child in children:
        yield from tree(child)


def proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))


def _data() -> Path:
    return Path(os.environ["MATHCODER_DATA"])


def paragraphs_of_corpus() -> list[list[str]]:
    with gzip.open(_data() / "bench" / "corpus.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line)["text"].split("\n\n") for line in file]


def paragraphs_of_books() -> list[list[str]]:
    names = ("openstax-calculus-cnxml-a", "discrete-book-levin", "basic-analysis-lebl", "planetmath-11-tex")
    texts: list[str] = []
    with tempfile.TemporaryDirectory(prefix="mathcoder-books-") as folder:
        for name in names:
            with tarfile.open(_data() / "textbooks" / f"{name}.tar.gz") as archive:
                archive.extractall(Path(folder, name), filter="data")
            texts += [document.text for document in read_book(Path(folder, name))]
    return [text.split("\n\n") for text in texts]


def write(path: Path, documents: list[list[str]], size: float) -> int:
    """Documents of random paragraphs, as many in each as real ones have, up to a size in bytes."""
    chance = random.Random(0)
    pool = [paragraph for document in documents for paragraph in document]
    counts = [len(document) for document in documents]
    written = count = 0
    with path.open("w", encoding="utf-8") as file:
        while written < size:
            text = "\n\n".join(chance.choices(pool, k=chance.choice(counts)))
            if text.strip():
                file.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
                written += len(text.encode())
                count += 1
    return count


def write_items(path: Path) -> None:
    with gzip.open(_data() / "bench" / "bench.jsonl.gz", "rt", encoding="utf-8") as source:
        rows = [json.loads(line) for line in source]
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps({"id": str(row["id"]), "question": row["query"], "answer": "1"}) + "\n")


if __name__ == "__main__":
    main()
