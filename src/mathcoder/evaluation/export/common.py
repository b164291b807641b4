"""What the exports share: who, when, and names of files that lead nowhere else."""

from __future__ import annotations

import datetime
import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import stdev

from mathcoder.evaluation.rows import Run, asked
from mathcoder.files import written_aside
from mathcoder.problems import BENCHMARKS

__all__ = ["file_name", "finished", "known", "model_name", "sha256", "start_time", "stderr", "write"]


def model_name(run: Run) -> str:
    return str(asked(run, "model") or "unknown")


def finished(run: Run) -> bool:
    """Whether it has all rows; `mathcoder evaluate` says so at the end only."""
    return asked(run, "finished") is True


def known(run: Run, name: str) -> str:
    """The name of a benchmark that may become a file's.

    Raises:
        ValueError: there is no such benchmark.
    """
    if name not in BENCHMARKS:
        raise ValueError(
            f"{run.folder}: {name!r} is none of the benchmarks that `mathcoder benchmarks` lists; export names "
            "files after them"
        )
    return name


def file_name(text: str) -> str:
    """A name of one folder that leads nowhere else, as the harness makes it: `org__model`."""
    return re.sub(r"[^A-Za-z0-9._=-]+", "__", text).strip(".")[:100] or "unknown"


def start_time(run: Run) -> datetime.datetime:
    """When the run was started; when `run.json` was written, if that does not say."""
    try:
        time = datetime.datetime.fromisoformat(str(asked(run, "started")))
    except ValueError:
        time = datetime.datetime.fromtimestamp((run.folder / "run.json").stat().st_mtime, datetime.UTC)
    return time.replace(tzinfo=datetime.UTC) if time.tzinfo is None else time.astimezone(datetime.UTC)


def stderr(values: Sequence[float]) -> float:
    return stdev(values) / math.sqrt(len(values))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def write(path: Path, lines: Iterable[str]) -> None:
    with written_aside(path) as aside, aside.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
