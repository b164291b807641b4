"""Finds runs below folders, by the `run.json` of each, and says in a line what each of them is.

Only small files are read. Links are not followed, so that nothing outside the folders is shown, and a name is
looked up among the runs that were found: it never becomes a path.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from mathcoder.runs.lock import is_locked

__all__ = ["Kind", "RunInfo", "State", "find_runs", "link_out"]

Kind = Literal["evaluation", "corpus", "instruct", "training"]
State = Literal["running", "finished", "stopped", "broken"]

_KINDS: Mapping[str, Kind] = {
    "evaluate": "evaluation",
    "corpus": "corpus",
    "instruct": "instruct",
    "sft": "training",
    "pretrain": "training",
}
# What tells the kind of a run whose run.json cannot be read.
_SIGNS: Mapping[str, Kind] = {"rows.jsonl": "evaluation", "metrics.jsonl": "training", "stages": "corpus"}
_CHANGED = ("run.json", "rows.jsonl", "scores.json", "log.jsonl", "metrics.jsonl")
_UNREAD = ("checkpoints", "calls", "model", "export", "tensorboard")  # may lie elsewhere
_DEPTH = 5  # folders below one that was named
_MOST_FOLDERS = 20_000
_MOST_BYTES = 4_000_000  # of a small file


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A run, in a line.

    Attributes:
        name: tells it apart and fits into an address: its path below the folder it was found in, "/" written "~".
        folder: where it is.
        kind: what it is a run of.
        title: for a person.
        state: `broken` where it cannot be read; the fact `why` says so.
        changed: when something was last written in it, seconds since 1970.
        facts: some of what it came to, by name.
    """

    name: str
    folder: Path
    kind: Kind
    title: str
    state: State
    changed: float
    facts: dict[str, str] = field(default_factory=dict[str, str])

    def to_json(self) -> dict[str, Any]:
        """What the page is told; without the folder."""
        return {
            "name": self.name,
            "kind": self.kind,
            "title": self.title,
            "state": self.state,
            "changed": self.changed,
            "facts": self.facts,
        }


def find_runs(folders: Iterable[Path]) -> list[RunInfo]:
    """The runs in or below folders, newest first. One that is damaged is in the list, with what is wrong.

    Args:
        folders: runs, or folders that hold runs; one that is not there holds none.
    """
    found: dict[str, RunInfo] = {}
    seen: set[Path] = set()
    for top in folders:
        for folder in _run_folders(top):
            if (where := folder.resolve()) in seen:
                continue
            seen.add(where)
            path = where.name if folder == top else folder.relative_to(top).as_posix()
            name = _unique(re.sub(r"[^\w./~-]", "-", path, flags=re.ASCII).replace("/", "~"), path, found)
            if info := _info(name, folder):
                found[name] = info
    return sorted(found.values(), key=lambda run: (-run.changed, run.name))


def link_out(folder: Path) -> Path | None:
    """A link that leads out of the folder of a run, among what the studio reads there, if there is one."""
    top = folder.resolve()
    left = [folder]
    while left:
        with os.scandir(left.pop()) as entries:
            for entry in entries:
                path = Path(entry.path)
                if entry.is_symlink():
                    if entry.name not in _UNREAD and not path.resolve().is_relative_to(top):
                        return path
                elif entry.is_dir() and entry.name not in _UNREAD:
                    left.append(path)
    return None


def _unique(name: str, path: str, taken: Mapping[str, RunInfo]) -> str:
    number = 2
    while name in taken:
        name, number = f"{name.removesuffix(f'-{number - 1}')}-{number}", number + 1
    return name


def _run_folders(top: Path) -> Iterator[Path]:
    """Folders that hold a run.json; none below another."""
    left = [(top, 0)]
    for _ in range(_MOST_FOLDERS):
        if not left:
            return
        folder, depth = left.pop()
        try:
            with os.scandir(folder) as entries:
                inside = sorted(entries, key=lambda entry: entry.name, reverse=True)
        except OSError:  # not there, no folder, or not ours to read
            continue
        if any(entry.name == "run.json" and entry.is_file(follow_symlinks=False) for entry in inside):
            yield folder
        elif depth < _DEPTH:
            left += [
                (folder / entry.name, depth + 1)
                for entry in inside
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
            ]


def _info(name: str, folder: Path) -> RunInfo | None:
    """None for a run that is nothing for the studio, such as one of `verify`."""
    changed = max((_modified(folder / file) for file in _CHANGED), default=0.0)
    kind = _guessed(folder)
    try:
        asked = _object(folder / "run.json")
        if "kind" not in asked:
            raise ValueError(f"{folder.name}/run.json: not that of a run")
        if str(asked["kind"]) not in _KINDS:
            return None
        kind = _KINDS[str(asked["kind"])]
        title, finished, facts = _READERS[kind](folder, asked)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        why = " ".join((str(error) if isinstance(error, ValueError) else f"cannot be read ({error!r})").split())
        return RunInfo(name, folder, kind, folder.resolve().name, "broken", changed, {"why": why[:300]})
    state: State = "running" if is_locked(folder) else "finished" if finished else "stopped"
    return RunInfo(name, folder, kind, title, state, changed, facts)


def _guessed(folder: Path) -> Kind:
    for sign, kind in _SIGNS.items():
        if (folder / sign).exists():
            return kind
    return "evaluation"


# What a kind of run says: its title, whether it is finished, facts.

_Said = tuple[str, bool, dict[str, str]]


def _evaluation(folder: Path, asked: dict[str, Any]) -> _Said:
    names = [str(name) for name in asked["benchmarks"]]
    facts: dict[str, str] = {}
    scores = _object(folder / "scores.json") if (folder / "scores.json").is_file() else {}
    every = cast("dict[str, Any]", scores.get("all") or {})
    if accuracy := every.get("accuracy"):
        total = int(accuracy["total"])
        facts["problems"] = f"{total:,}"
        if total:
            facts["right"] = f"{100 * int(accuracy['count']) / total:.1f}%"
    elif so_far := _lines(folder / "rows.jsonl") - 1:
        facts["solutions"] = f"{so_far:,} so far"
    return f"{asked['model']} on {', '.join(names)}", bool(asked.get("finished")), facts


def _staged(folder: Path, asked: dict[str, Any]) -> _Said:
    stages = sorted(folder.glob("stages/[0-9]*-*/stage.json"))
    facts: dict[str, str] = {}
    if stages:
        last = _object(stages[-1])
        facts = {"stages": str(len(stages)), "rows": f"{int(last['kept']):,}"}
    finished = (folder / "dataset" / "data").is_dir()
    return _recipe_name(folder), finished, facts


def _training(folder: Path, asked: dict[str, Any]) -> _Said:
    facts = {"task": {"sft": "fine-tuning", "pretrain": "continued pretraining"}[asked["kind"]]}
    steps = _object(folder / "facts.json").get("steps") if (folder / "facts.json").is_file() else None
    if line := _last_line(folder / "metrics.jsonl"):
        facts["step"] = f"{int(line['step']):,}" + (f" of {int(steps):,}" if steps else "")
    return _recipe_name(folder), (folder / "model").is_dir(), facts


_READERS = {"evaluation": _evaluation, "corpus": _staged, "instruct": _staged, "training": _training}


def _recipe_name(folder: Path) -> str:
    """What the recipe calls the run; the folder's name where it does not."""
    match = re.search(r"^name:[ \t]*(\S.*)$", _text(folder / "recipe.yaml"), re.MULTILINE)
    name = match[1].strip().strip("'\"") if match else ""
    return name if name not in ("", "null", "~") else folder.resolve().name


_COUNTED: dict[tuple[int, int], tuple[int, int]] = {}  # of a file: bytes, and the lines in them


def _lines(path: Path) -> int:
    """Of what was added since the last time; 1 for a file that is not there."""
    try:
        status = path.stat(follow_symlinks=False)
        counted, lines = _COUNTED.get((status.st_dev, status.st_ino), (0, 0))
        if counted > status.st_size:
            counted, lines = 0, 0
        with path.open("rb") as file:
            file.seek(counted)
            for chunk in iter(lambda: file.read(1 << 20), b""):
                counted, lines = counted + len(chunk), lines + chunk.count(b"\n")
    except OSError:
        return 1
    _COUNTED[status.st_dev, status.st_ino] = counted, lines
    return lines


def _last_line(path: Path) -> dict[str, Any]:
    """The last whole line of a log, of JSON."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 8192))
        for line in reversed(file.read().splitlines()):
            with contextlib.suppress(ValueError):
                read: object = json.loads(line)
                if isinstance(read, dict):
                    return cast("dict[str, Any]", read)
    return {}


def _object(path: Path) -> dict[str, Any]:
    try:
        read: object = json.loads(_text(path))
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise ValueError(f"{path.parent.name}/{path.name}: not readable as JSON")
    return cast("dict[str, Any]", read)


def _text(path: Path) -> str:
    """Of a small file, which may be a link only to what is not ours."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        with open(file, "rb") as opened:
            return opened.read(_MOST_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ValueError(f"{path.parent.name}/{path.name}: {error.strerror or error}") from None


def _modified(path: Path) -> float:
    try:
        return path.stat(follow_symlinks=False).st_mtime
    except OSError:
        return 0.0
