"""Data of the ablations: solutions, texts, the tokenizer. Each step is kept in the output folder, done once.

data/seed, data/new           runs of `mathcoder instruct build`
data/corpus                   a run of `mathcoder corpus build`, from data/worked.jsonl and the textbook beside it
data/text-*.jsonl             the same problems as data/seed, solved in words
data/tokenizer/               byte-level BPE, learned from all that any arm is trained on, nothing held out
"""

from __future__ import annotations

import glob
import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from mathcoder.files import written_aside
from mathcoder.problems import Problem, load
from mathcoder.solution import Block, Solution
from mathcoder.solving.formats import Record, read_records, write_records
from mathcoder.training.tokenizers import block_tokens

RECIPES = Path(__file__).parents[1] / "recipes" / "ablations"
BOOK = "discrete-book-levin"
SEEDS = 2_500  # questions that `instruct-seed.yaml` takes
VOCABULARY = 4_096
END = "<|endoftext|>"
_ANNOTATION = re.compile(r"<<.*?>>")


def prepare(output: Path, problems: int | None = None, documents: int | None = None) -> None:
    """Make all data that is not there yet.

    Args:
        output: of the ablations.
        problems: of each source of solutions, for a trial.
        documents: of each source of texts, likewise.
    """
    data = output / "data"
    data.mkdir(parents=True, exist_ok=True)
    steps: dict[Path, Callable[[], None]] = {
        data / "seed" / "dataset": lambda: _build("instruct", "instruct-seed", data / "seed", problems),
        data / "new" / "dataset": lambda: _build("instruct", "instruct-new", data / "new", problems),
        data / "worked.jsonl": lambda: _worked(data / "worked.jsonl"),
        data / BOOK: lambda: _book(data / BOOK),
        data / "corpus" / "dataset": lambda: _corpus(data, documents),
        data / "text-validation.jsonl": lambda: _in_words(data),
        data / "tokenizer": lambda: _tokenizer(data),
    }
    for made, make in steps.items():
        if not made.exists():
            print(f"making {made}", file=sys.stderr, flush=True)
            make()


def solutions(pattern: str | Path) -> list[Record]:
    """The solutions of files.

    Raises:
        ValueError: a row cannot be read.
    """
    found: list[Record] = []
    for path in sorted(glob.glob(str(pattern))):
        for row in read_records(path):
            if not isinstance(row, Record):
                raise ValueError(str(row))
            found.append(row)
    return found


def held_out(data: Path) -> list[Record]:
    """Solutions of seed problems that no arm is trained on."""
    return solutions(data / "seed" / "dataset" / "data" / "validation-*.parquet")


def _build(kind: str, name: str, folder: Path, limit: int | None, *more: str) -> None:
    command = [sys.executable, "-m", "mathcoder", kind, "build", RECIPES / f"{name}.yaml", "--output", folder]
    done = subprocess.run([*command, *(["--limit", str(limit)] if limit else []), *more], check=False)
    if done.returncode:  # it has said why
        raise SystemExit(f"{folder}: not made; the same command goes on")


def _corpus(data: Path, limit: int | None) -> None:
    sources = [f"--source=worked={data / 'worked.jsonl'}", f"--source=textbook={data / BOOK}"]
    _build("corpus", "corpus", data / "corpus", limit, *sources)


def _worked(path: Path) -> None:
    """Worked questions that no solution is about."""
    keys = ("id", "question", "solution", "answer")
    rows = ({key: getattr(problem, key) for key in keys} for problem in load("gsm8k", "train")[SEEDS:])
    with written_aside(path) as aside:
        aside.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _book(folder: Path) -> None:
    """The textbook, out of its archive."""
    place = os.environ.get("MATHCODER_DATA")
    archive = Path(place or "") / "textbooks" / f"{BOOK}.tar.gz"
    if not place or not archive.is_file():
        raise SystemExit(f"set MATHCODER_DATA to a folder with textbooks/{BOOK}.tar.gz: its text is trained on")
    aside = folder.with_name(f".{folder.name}.partial")
    with tarfile.open(archive) as file:
        file.extractall(aside, filter="data")
    (aside / BOOK).rename(folder)


def _in_words(data: Path) -> None:
    """GSM8K's own words for the problems of `data/seed`, each with the answer block of its solution with code."""
    worked = {problem.id: problem for problem in load("gsm8k", "train")[:SEEDS]}
    for split in ("train", "validation"):
        rows = solutions(data / "seed" / "dataset" / "data" / f"{split}-*.parquet")
        write_records(data / f"text-{split}.jsonl", [in_words(row, worked[row.meta["problem"]]) for row in rows])


def in_words(row: Record, problem: Problem) -> Record:
    """A solution with its steps in words, and the same last block."""
    lines = _ANNOTATION.sub("", problem.solution or "").rpartition("####")[0].strip()
    blocks = (Block("text", lines), row.solution.blocks[-1])
    solution = Solution(blocks, row.solution.answer, row.solution.ended)
    return replace(row, solution=solution, meta={"split": row.meta["split"]})


def _tokenizer(data: Path) -> None:
    library: Any = import_module("tokenizers")
    before = library.pre_tokenizers
    tokenizer = library.Tokenizer(library.models.BPE())
    tokenizer.pre_tokenizer = before.Sequence(
        [before.Digits(individual_digits=True), before.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = library.decoders.ByteLevel()
    trainer = library.trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[END, *block_tokens("mathcoder")],
        initial_alphabet=before.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(data), trainer)
    folder = data / "tokenizer"
    aside = folder.with_name(".tokenizer.partial")
    aside.mkdir(exist_ok=True)
    tokenizer.save(str(aside / "tokenizer.json"))
    about = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": END}
    (aside / "tokenizer_config.json").write_text(json.dumps(about), encoding="utf-8")
    aside.rename(folder)


def _texts(data: Path) -> Iterator[str]:
    """All that an arm is trained on, once."""
    for rows in ("new/dataset/data/train-*.parquet", "text-train.jsonl"):
        for record in solutions(data / rows):
            yield record.problem
            yield from (block.content for block in record.solution.blocks)
    parquet: Any = import_module("pyarrow.parquet")
    for path in sorted(glob.glob(str(data / "corpus" / "dataset" / "data" / "*.parquet"))):
        yield from parquet.read_table(path, columns=["text"])["text"].to_pylist()
