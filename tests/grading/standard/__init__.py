"""The hand-labelled standard: answers as they were really written, against the benchmarks' stated answers."""

from __future__ import annotations

import ast
import gzip
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PAIRS = Path(__file__).parent / "pairs.jsonl"


@dataclass(frozen=True)
class Pair:
    """One answer against one reference, with the label that a person gave.

    Attributes:
        options: The choices' texts, without letters, where the reference is the letter of one.
        label: Whether both state the same answer.
        hard: Whether the pair is equal but unlike, or alike but unequal.
        origin: Who wrote the answer: a model's name, "worked solution", "option", ...
    """

    id: str
    benchmark: str
    answer: str
    reference: str
    options: tuple[str, ...]
    label: bool
    hard: bool
    origin: str
    why: str


def plain_options(options: list[str]) -> list[str]:
    """The texts of the options without their letters, from any of the shapes in which the sets list them.

    One string may hold all of them: "a ) 17 hr , b ) 14 hr", "A) 45 B) 55", "A. 1 B. 2", "['a ) 10', 'b ) 12.5']".
    """
    texts = list(options)
    if len(texts) == 1 and texts[0].startswith("['"):
        texts = ast.literal_eval(texts[0])
    elif len(texts) == 1:
        texts = _split(texts[0])
    while texts:
        stripped = [_unlettered(text, letter) for text, letter in zip(texts, "ABCDEFGH", strict=False)]
        if None in stripped:
            break
        texts = [text for text in stripped if text is not None]
    return [text.strip() for text in texts]


def _unlettered(text: str, letter: str) -> str | None:
    mark = re.match(rf"\s*\(?\s*{letter}\s*[).]\s*", text, re.IGNORECASE)
    return None if mark is None else text[mark.end() :]


def _split(line: str) -> list[str]:
    """Cuts one string where the letters A, B, C, ... follow one another, each with a bracket or a point."""
    starts: list[int] = []
    at = 0
    for letter in "abcdefgh":
        mark = re.compile(rf"(?:^|(?<=[\s,])){letter}\s*[).]\s", re.IGNORECASE).search(line, at)
        if mark is None:
            break
        starts.append(mark.start())
        at = mark.end()
    if not starts:
        return [line]
    ends = [*starts[1:], len(line)]
    return [line[start:end].strip().rstrip(",").strip() for start, end in zip(starts, ends, strict=True)]


def pairs(data_dir: Path | None, name: str = "pairs") -> list[Pair]:
    """All pairs, or without a data folder those whose whole text is in the repository.

    Args:
        name: "pairs", or "holdout" for the pairs that no grader may be adjusted to.

    Raises:
        KeyError: A row is not in the data folder.
    """
    found: list[Pair] = []
    for line in PAIRS.with_name(f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        entry: dict[str, Any] = json.loads(line)
        if "lookup" not in entry and "answer_from" not in entry:
            answer, reference, options = entry["answer"], entry["reference"], entry.get("options", [])
        elif data_dir is None:
            continue
        else:
            answer, reference, options = _resolve(entry, data_dir)
        found.append(
            Pair(
                id=entry["id"],
                benchmark=entry["benchmark"],
                answer=answer,
                reference=reference,
                options=tuple(options),
                label=entry["label"],
                hard=entry["hard"],
                origin=entry["from"],
                why=entry["why"],
            )
        )
    return found


def _resolve(entry: dict[str, Any], data_dir: Path) -> tuple[str, str, list[str]]:
    lookup: dict[str, Any] = entry.get("lookup", {})
    row: dict[str, Any] = _rows(data_dir / lookup["file"])[lookup["row"]] if lookup else {}
    if "options" in lookup:
        choices = [row["question"][start:end] for start, end in lookup["options"]]
    else:
        choices = plain_options(row.get("options") or [])
    if not lookup:
        reference, options = entry["reference"], entry.get("options", [])
    elif "option" in lookup:
        reference, options = choices["ABCDEFGH".index(lookup["option"])], []
    else:
        reference, options = row["answer"], choices
    if "answer" in entry:
        return entry["answer"], reference, options
    source: dict[str, Any] = entry["answer_from"]
    if "row" in source:
        row = _rows(data_dir / source["file"])[source["row"]]
        choices = plain_options(row.get("options") or [])
    if "option" in source:
        return choices["ABCDEFGH".index(source["option"])], reference, options
    field = next(name for name in ("solution", "question", "answer") if name in source)
    start, end = source[field]
    return row[field][start:end], reference, options


@cache
def _rows(path: Path) -> dict[str, dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {row["id"]: row for row in map(json.loads, lines)}
