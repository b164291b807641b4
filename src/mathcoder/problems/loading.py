"""Fetches the problems of a benchmark: from a file, the wheel, `$MATHCODER_DATA` or the Hugging Face hub.

Whatever the source, the problems come out in one shape, checked: options without letters, choices as capitals.
"""

from __future__ import annotations

import difflib
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, cast

from mathcoder.problems.benchmark import Benchmark, Hub
from mathcoder.problems.benchmarks import BENCHMARKS
from mathcoder.problems.options import LETTERS, as_letters, is_letters, split_options
from mathcoder.problems.problem import Problem, read_rows
from mathcoder.rows import BadRow

__all__ = ["BenchmarkError", "find_benchmark", "load", "named_questions", "rows_here"]


class BenchmarkError(Exception):
    """A benchmark is not known, or its problems could not be had. The message is one line."""


def load(
    benchmark: Benchmark | str,
    split: str = "test",
    source: str | Path | None = None,
    limit: int | None = None,
) -> list[Problem]:
    """The problems of one split of a benchmark, in the order of its source.

    Test rows are for measuring only: never train on them. Of the sets here only GSM8K and MATH have rows to
    train on, their split `train`.

    Args:
        benchmark: a key of `BENCHMARKS`, or a `Benchmark` of your own.
        source: where the rows come from. The path of a `.jsonl` or `.json` file (also `.gz`); "package", the
            copy in the wheel (the tests of gsm8k and svamp); "data", the file `eval/NAME.jsonl.gz` in the
            folder that the environment variable `MATHCODER_DATA` names, which may hold a part of the set;
            "hub" or "hub:OWNER/NAME", the Hugging Face hub, which needs `pip install datasets`. By default
            the first of package, data and hub that has rows of the split.
        limit: only the first so many.

    Raises:
        BenchmarkError: the benchmark is not known, there are no such rows, or a row is not a problem of this
            set: an empty question, an answer that is none of the options, an id that occurs twice.
    """
    which = find_benchmark(benchmark)
    if limit is not None and limit < 0:
        raise BenchmarkError(f"limit must be 0 or more, not {limit}")
    problems = _problems(which, split, None if source is None else str(source))
    first = next(problems, None)
    if first is None:
        raise BenchmarkError(
            f"{which.name}: {source or 'no source'} has no rows of the split {split!r}; {_known(which)}"
        )
    return _distinct(which, list(islice(_chain(first, problems), limit)))


def named_questions(name: str, problems: Iterable[Problem]) -> dict[str, str]:
    """Questions by their ids, `NAME/ID`: what must not be trained on, as evidence of it is told."""
    return {f"{name}/{problem.id.removeprefix(f'{name}/')}": problem.question for problem in problems}


def find_benchmark(benchmark: Benchmark | str) -> Benchmark:
    """The benchmark of that name, in any spelling (`MATH-500`); one of your own is handed back.

    Raises:
        BenchmarkError: there is none; suggests the nearest name.
    """
    if isinstance(benchmark, Benchmark):
        return benchmark
    names = {name.replace("_", ""): name for name in BENCHMARKS}
    wanted = benchmark.strip().lower().replace("-", "").replace("_", "")
    if wanted in names:
        return BENCHMARKS[names[wanted]]
    near = difflib.get_close_matches(wanted, names, n=1, cutoff=0.4)
    hint = f"did you mean {names[near[0]]}? " if near else ""
    raise BenchmarkError(f"unknown benchmark {benchmark!r}; {hint}`mathcoder benchmarks` lists them all")


def rows_here(which: Benchmark) -> dict[str, tuple[int, str]]:
    """How many rows of each split can be had on this machine, without the hub, and from which source."""
    found: dict[str, tuple[int, str]] = {}
    for source, path in _files(which).items():
        counts = Counter(_split(row) for _, row in _rows(which, path))
        found = {split: (count, source) for split, count in counts.items()} | found
    return {split: found[split] for split in sorted(found, key="train dev test".find)}


def _problems(which: Benchmark, split: str, source: str | None) -> Iterator[Problem]:
    files = _files(which)
    if source is None:
        for path in files.values():
            some = _from_file(which, path, split)
            if first := next(some, None):
                return _chain(first, some)
        if which.hub is None:
            raise BenchmarkError(f"{which.name}: no rows of the split {split!r} here; {_known(which)}")
        return _from_hub(which, which.hub, split)
    if source in files:
        return _from_file(which, files[source], split)
    if source == "package":
        raise BenchmarkError(f"{which.name}: not in the package, which has gsm8k and svamp; {_known(which)}")
    if source == "data":
        folder = os.environ.get("MATHCODER_DATA")
        what = f"{folder}/eval has no {which.name}.jsonl.gz" if folder else "MATHCODER_DATA is not set"
        raise BenchmarkError(f"{which.name}: {what}; {_known(which)}")
    if source == "hub" or source.startswith("hub:"):
        if which.hub is None:
            raise BenchmarkError(f"{which.name}: no data set on the hub is known; give the path of a file")
        name = source.removeprefix("hub").removeprefix(":") or which.hub.name
        return _from_hub(which, replace(which.hub, name=name), split)
    return _from_file(which, Path(source), split)


def _known(which: Benchmark) -> str:
    """What a person can do who has got no rows."""
    splits = f"splits: {', '.join(which.sizes)}"
    hub = ", source='hub'" if which.hub else ""
    return f"{splits}; sources: the path of a file, MATHCODER_DATA{hub}"


# Files.


def _files(which: Benchmark) -> dict[str, Path]:
    """The files of the set that are here, by source, the better ones first."""
    packaged = Path(__file__).parent / "data" / f"{which.name}.jsonl.gz"
    files = {"package": packaged}
    if folder := os.environ.get("MATHCODER_DATA"):
        files["data"] = Path(folder) / "eval" / f"{which.name}.jsonl.gz"
    return {source: path for source, path in files.items() if path.is_file()}


def _from_file(which: Benchmark, path: Path, split: str) -> Iterator[Problem]:
    for line, row in _rows(which, path):
        if _split(row) != split:
            continue
        try:
            yield _checked(which, Problem.from_json(_placed(which, row)), str(path))
        except ValueError as error:
            raise BenchmarkError(f"{path}:{line}: {error}") from None


def _rows(which: Benchmark, path: Path) -> Iterator[tuple[int, object]]:
    try:
        for row in read_rows(path):
            if isinstance(row, BadRow):
                raise BenchmarkError(f"{which.name}: {row}")
            yield row
    except OSError as error:
        raise BenchmarkError(f"{path}: {error.strerror or error}; name a file that can be read") from error
    except ValueError as error:
        raise BenchmarkError(str(error)) from error


def _split(row: object) -> str:
    split = cast("dict[str, object]", row).get("split", "test") if isinstance(row, dict) else "test"
    return str(split)


def _placed(which: Benchmark, row: object) -> object:
    """The row with what `meta` holds of level and subject where `Problem.from_json` looks for it."""
    if not isinstance(row, dict):
        return row
    data = cast("dict[str, Any]", row)
    meta = data.get("meta")
    if not which.meta or not isinstance(meta, dict):
        return data
    values = cast("dict[str, Any]", meta)
    return {which.meta[key]: values[key] for key in which.meta if key in values} | data


# The hub.


def _from_hub(which: Benchmark, hub: Hub, split: str) -> Iterator[Problem]:
    if split not in hub.splits:
        raise BenchmarkError(
            f"{which.name}: {hub.name} has no split {split!r}; splits there: {', '.join(hub.splits)}"
        )
    try:
        datasets: Any = import_module("datasets")
    except ImportError:
        raise BenchmarkError(
            f"{which.name}: the Hugging Face hub needs the package datasets; pip install datasets, "
            "or give the path of a file"
        ) from None
    for config in hub.configs:
        try:
            rows = datasets.load_dataset(hub.name, config, split=hub.splits[split])
        except (OSError, ValueError, RuntimeError) as error:  # offline, not found, no such config or split
            reason = next(iter(str(error).splitlines()), type(error).__name__)
            raise BenchmarkError(
                f"{which.name}: {hub.name} could not be had from the Hugging Face hub ({reason}); "
                "look at the connection, or give the path of a file"
            ) from error
        part = (config,) if len(hub.configs) > 1 else ()
        for i, row in enumerate(rows):
            place = "/".join([which.name, split, *map(str, part), str(i)])
            defaults = {"id": place, "split": split, "subject": config if part else None}
            try:
                fields = defaults | hub.row({**row, "config": config})
                yield _checked(which, Problem.from_json(fields), hub.name)
            except KeyError as error:
                raise BenchmarkError(f"{which.name}: row {i} of {hub.name} has no column {error}") from None
            except ValueError as error:
                raise BenchmarkError(f"{which.name}: row {i} of {hub.name}: {error}") from None


# One problem.


def _checked(which: Benchmark, problem: Problem, source: str) -> Problem:
    """The problem in the one shape. Raises ValueError where it is none of this set's."""
    options = split_options(problem.options)
    if len(options) > len(LETTERS):
        raise ValueError(f"{problem.id} has {len(options)} options; at most {len(LETTERS)} have a letter")
    problem = which.tidy(replace(problem, options=options))
    if problem.options or which.kind == "choice":
        problem = replace(problem, answer=as_letters(problem.answer, problem.options))
        if not is_letters(problem.answer, problem.options):
            many = f"one of {len(problem.options)} options" if problem.options else "a letter"
            raise ValueError(f"the answer {problem.answer!r} of {problem.id} is not {many}")
    if not problem.question.strip():
        raise ValueError(f"the question of {problem.id} is empty")
    return replace(
        problem,
        benchmark=which.name,
        source=problem.source or source,
        licence=problem.licence or which.licence,
    )


def _distinct(which: Benchmark, problems: list[Problem]) -> list[Problem]:
    twice = next((name for name, n in Counter(problem.id for problem in problems).items() if n > 1), None)
    if twice is not None:
        raise BenchmarkError(f"{which.name}: the id {twice!r} occurs twice; make the ids of a set distinct")
    return problems


def _chain(first: Problem, rest: Iterator[Problem]) -> Iterator[Problem]:
    yield first
    yield from rest
