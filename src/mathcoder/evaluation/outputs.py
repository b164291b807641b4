"""Finds recorded outputs of MathCoder: the authors' folders, or files of trace rows.

The authors publish `MODEL/BENCHMARK/BENCHMARK_test_result-RUN.jsonl`, and beside it or instead of it the same
rows parted into `...-correct.jsonl` and `...-wrong.jsonl`: which of these a row stands in is its label. A trace
row says itself what model, benchmark and run it is of, and its label is `correct`.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from mathcoder.rows import BadRow
from mathcoder.solving.formats import Record, read_records

__all__ = ["OutputSet", "Recorded", "read_outputs"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded solution. `label`: what its authors thought of it; None where they do not say."""

    id: str
    record: Record
    completion: str
    label: bool | None


@dataclass(slots=True)
class OutputSet:
    """The outputs of one model on one benchmark in one run.

    Attributes:
        partial: why a share of right answers would be no accuracy ("only right ones", "some labels missing"),
            "" where it is one.
    """

    model: str
    benchmark: str
    run: str
    solutions: list[Recorded] = field(default_factory=list[Recorded])
    partial: str = ""


def read_outputs(
    path: str | Path, limit: int | None = None, apart_from: Path | None = None
) -> tuple[list[OutputSet], list[BadRow], str]:
    """All outputs under `path`, a folder or a file.

    Args:
        limit: at most so many solutions of each set, the first.
        apart_from: a folder that is not read, though it may be under `path`: where a run keeps its own rows.

    Returns:
        The sets, sorted by benchmark and model; the rows that could not be read; a hash of the files' content.

    Raises:
        ValueError: there is nothing of that kind.
        OSError: it cannot be read.
    """
    path = Path(path)
    if path.is_dir():
        own = apart_from.resolve() if apart_from else None
        files = sorted(
            file
            for file in path.rglob("*")
            if re.search(r"\.jsonl(\.gz)?$", file.name) and own not in file.resolve().parents and file.is_file()
        )
    else:
        path.open("rb").close()
        files = [path]
    if not files:
        raise ValueError(f"{path}: no .jsonl file in it; name the folder that holds MODEL/BENCHMARK/...")
    digest = hashlib.sha256()
    bad: list[BadRow] = []
    parts: dict[_Key, dict[str, list[Recorded]]] = {}
    traces: dict[_Key, dict[str, Recorded]] = {}
    for file in files:
        digest.update(file.read_bytes())
        if named := _RESULT.fullmatch(file.name):
            folder = Path(os.path.abspath(file)).parent
            part = parts.setdefault((folder.parent.name, folder.name, named["run"] or ""), {})
            part.setdefault(named["part"] or "whole", []).extend(_good_rows(file, bad))
        else:
            _take_traces(file, traces, bad)
    sets = _trace_sets(traces) | {key: _joined(key, found) for key, found in parts.items() if any(found.values())}
    if not sets:
        raise ValueError(
            f"{path}: no recorded solution could be read from it" + (f" (first: {bad[0]})" if bad else "")
        )
    for output_set in sets.values():
        output_set.solutions = output_set.solutions[:limit]
    return (
        [sets[key] for key in sorted(sets, key=lambda key: (key[1].lower(), key[0], key[2]))],
        bad,
        digest.hexdigest(),
    )


_Key: TypeAlias = tuple[str, str, str]  # model, benchmark, run

_RESULT = re.compile(r".+?_test_result(?:-(?P<run>\d{8}-\d{4}))?(?:-(?P<part>correct|wrong))?\.jsonl(?:\.gz)?")


def _good_rows(file: Path, bad: list[BadRow]) -> Iterator[Recorded]:
    for row in read_records(file):
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        completion = row.meta.get("completion")
        label: Any = row.meta.get("correct")
        text = completion if isinstance(completion, str) else row.solution.answer or ""
        yield Recorded(row.id, row, text, label if isinstance(label, bool) else None)


def _take_traces(file: Path, traces: dict[_Key, dict[str, Recorded]], bad: list[BadRow]) -> None:
    for row in _good_rows(file, bad):
        meta = row.record.meta
        if not all(isinstance(meta.get(name), str) for name in ("model", "benchmark")):
            why = "neither in MODEL/BENCHMARK/ nor with model and benchmark"
            bad.append(BadRow(str(file), 0, f"{row.id}: {why}"))
            continue
        rows = traces.setdefault((meta["model"], meta["benchmark"], str(meta.get("run", ""))), {})
        if row.id in rows:
            bad.append(BadRow(str(file), 0, f"{row.id}: occurs twice in one run; the first is kept"))
        rows.setdefault(row.id, row)


def _trace_sets(traces: dict[_Key, dict[str, Recorded]]) -> dict[_Key, OutputSet]:
    """The sets, with ids that no two rows share: those of two runs may be the same."""
    times = Counter(name for rows in traces.values() for name in rows)
    sets: dict[_Key, OutputSet] = {}
    for key, rows in traces.items():
        solutions = [
            replace(row, id="/".join((*key, name))) if times[name] > 1 else row for name, row in rows.items()
        ]
        sets[key] = OutputSet(*key, solutions, _partial([row.label for row in solutions]))
    return sets


def _joined(key: _Key, parts: dict[str, list[Recorded]]) -> OutputSet:
    """The rows of one run from its whole file, or from its parts, with the labels that the parts give."""
    labels = {_content(row): part == "correct" for part in ("correct", "wrong") for row in parts.get(part, ())}
    rows = parts.get("whole") or [*parts.get("correct", ()), *parts.get("wrong", ())]
    solutions = [
        Recorded(f"{'/'.join(key)}/{number}", row.record, row.completion, labels.get(_content(row)))
        for number, row in enumerate(rows, start=1)
    ]
    match sorted(parts):
        case ["correct"]:
            partial = "only right ones"
        case ["wrong"]:
            partial = "only wrong ones"
        case ["correct", "whole"] | ["whole", "wrong"] if any(row.label is None for row in solutions):
            partial = "some labels missing"
        case _:
            partial = ""
    return OutputSet(*key, solutions, partial)


def _content(row: Recorded) -> tuple[str, str, int]:
    return row.record.problem, row.completion, hash(row.record.solution)


def _partial(labels: list[bool | None]) -> str:
    if None in labels and any(label is not None for label in labels):
        return "some labels missing"
    if len(labels) >= 20 and len(set(labels)) == 1 and labels[0] is not None:
        return "only right ones" if labels[0] else "only wrong ones"
    return ""
