"""A run: the directory that holds what was asked, what came out, and what was rejected.

run.json                    kind, versions, seeds, inputs with their hashes
recipe.yaml                 the recipe with every default written out
stages/01-name/data/        the rows a stage kept: part-00000.parquet, ...
stages/01-name/rejected/    the rows it dropped, each with its drop_reason
stages/01-name/stage.json   key, counts, files, seconds
log.jsonl                   what happened when
lock                        the process that is at work in it
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from mathcoder.files import written_aside
from mathcoder.runs.lock import Lock

__all__ = ["Input", "Run", "read_input", "versions"]

_PACKAGES = (
    *("mathcoder", "daft", "pyarrow", "numpy", "sympy", "pydantic", "ray"),
    *("torch", "transformers", "accelerate", "peft", "tokenizers"),
)


@dataclass(frozen=True, slots=True)
class Input:
    """A file that a run reads.

    Attributes:
        path: as it was given.
        size: bytes; None for an address.
        sha256: of its content. None for an address (`s3://...`): that its content changed is not noticed.
        modified: nanoseconds; a file of the same size and time is not hashed again.
    """

    path: str
    size: int | None = None
    sha256: str | None = None
    modified: int | None = None

    def key(self) -> list[Any]:
        """What tells this input from another, JSON values."""
        return [self.path, self.size, self.sha256]


class Run:
    """The directory of a run, held by this process until it is closed. A context manager.

    Opened again it goes on: finished stages are reused (`mathcoder.runs.stages`). The recipe may have changed
    meanwhile, the kind may not.

    Args:
        folder: made if it is not there.
        kind: what makes it, such as `corpus`.
        recipe: its text, from `mathcoder.runs.recipe.resolved`.
        inputs: the files (not folders) and addresses that it reads. All are hashed, which takes a second or so
            a gigabyte; those that did not change since are not hashed again.
        seeds: the seeds in use, by what they are for.

    Attributes:
        folder: the directory.
        inputs: as they were found.

    Raises:
        RunLocked: another process is at work in the directory (`mathcoder.runs.lock`).
        ValueError: the directory holds something else, or an input cannot be read.
        OSError: the directory cannot be written.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        kind: str,
        recipe: str,
        inputs: Iterable[str | Path] = (),
        seeds: Mapping[str, int] | None = None,
    ):
        self.folder = Path(folder)
        before = _asked(self.folder, kind)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = Lock(self.folder)
        self._log = -1
        try:
            for cut_off in self.folder.glob(".*.partial"):
                shutil.rmtree(cut_off) if cut_off.is_dir() else cut_off.unlink()
            known = {item["path"]: Input(**item) for item in before.get("inputs", [])}
            self.inputs = tuple(read_input(path, known) for path in inputs)
            changed = bool(before) and _read(self.folder / "recipe.yaml") != recipe
            _write(self.folder / "recipe.yaml", recipe)
            asked: dict[str, Any] = {"kind": kind, "versions": versions(), "seeds": dict(seeds or {})}
            asked["inputs"] = [asdict(item) for item in self.inputs]
            _write(self.folder / "run.json", json.dumps(asked, indent=1, ensure_ascii=False) + "\n")
            self._log = _opened_log(self.folder / "log.jsonl")
        except BaseException:
            self.close()
            raise
        self.log("resumed" if before else "started", pid=os.getpid(), recipe_changed=changed)

    def log(self, event: str, **fields: Any) -> None:
        """Add a line to `log.jsonl`: the time (seconds since 1970), what happened, and fields of JSON values."""
        line = json.dumps({"time": round(time.time(), 3), "event": event, **fields}, ensure_ascii=False)
        os.write(self._log, line.encode("utf-8", "replace") + b"\n")

    def stage_folder(self, number: int, name: str) -> Path:
        """Where the stage of this number (the first is 1) is kept; it may not exist."""
        return self.folder / "stages" / f"{number:02}-{name}"

    def close(self) -> None:
        """Let other processes have the directory. Calling it twice is fine."""
        if self._log >= 0:
            os.close(self._log)
            self._log = -1
        self._lock.close()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def versions() -> dict[str, str]:
    """The versions that a result may depend on, of what is installed."""
    found = {"python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}"}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _asked(folder: Path, kind: str) -> dict[str, Any]:
    """What the run in a folder was asked; nothing where there is none yet."""
    try:
        text = (folder / "run.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        if folder.is_dir() and any(
            path.name not in _OWN and path.suffix != ".partial" for path in folder.iterdir()
        ):
            raise ValueError(f"{folder}: holds other files and no run; name a new folder") from None
        return {}
    except NotADirectoryError:
        raise ValueError(f"{folder}: not a folder; name a new one") from None
    try:
        asked = json.loads(text)
        there, _ = str(asked["kind"]), [Input(**item) for item in asked["inputs"]]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{folder}/run.json: not that of a run of stages; name another folder") from None
    if there != kind:
        raise ValueError(f"{folder}: holds a run of '{there}', not of '{kind}'; name another folder")
    return asked


# What a run that was killed before its run.json was there may have left.
_OWN = {"lock", "recipe.yaml", "log.jsonl", "stages"}


def read_input(path: str | Path, known: Mapping[str, Input]) -> Input:
    """A file with its hash; one of the same size and time as a known one is not read again.

    Args:
        path: of a file, or an address, which is not read.
        known: by path.

    Raises:
        ValueError: it cannot be read.
    """
    name = str(path)
    if "://" in name:
        return Input(name)
    try:
        status = os.stat(name)
        before = known.get(name)
        if before and (before.size, before.modified) == (status.st_size, status.st_mtime_ns):
            return before
        with open(name, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ValueError(f"{name}: {error.strerror or error}; name an input that can be read") from error
    return Input(name, status.st_size, digest, status.st_mtime_ns)


def _opened_log(path: Path) -> int:
    """Open the log to append; a line that was cut off by a kill is ended, so that the next one is whole."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":
        os.write(file, b"\n")
    return file


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _write(path: Path, text: str) -> None:
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8")
