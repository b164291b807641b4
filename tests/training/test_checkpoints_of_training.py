"""Checkpoints are complete or not there, at whatever moment a process is killed."""

from __future__ import annotations

import itertools
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mathcoder.training.checkpoints import (
    CheckpointError,
    checkpoints,
    complete,
    fitting,
    keep_newest,
    remove_cut_off,
)

KEY = {"base": "a", "data": "b"}


class Killed(BaseException):
    """In place of a kill: nothing that catches errors sees it."""


def begun(folder: Path, step: int) -> Path:
    """What the Trainer writes, before it is complete."""
    path = folder / f"checkpoint-{step}"
    (path / "deep").mkdir(parents=True)
    (path / "model.safetensors").write_bytes(b"weights")
    (path / "deep" / "rng_state.pth").write_bytes(b"state")
    return path


def made(folder: Path, *steps: int) -> None:
    for step in steps:
        complete(begun(folder, step), {"step": step, "key": KEY})


def steps(folder: Path) -> list[int]:
    return [checkpoint.step for checkpoint in checkpoints(folder)]


def test_complete_ones_by_number(tmp_path: Path):
    assert checkpoints(tmp_path / "none") == []
    made(tmp_path, 100, 9, 20)
    begun(tmp_path, 200)
    (tmp_path / "checkpoint-7").write_text("no folder")
    assert steps(tmp_path) == [9, 20, 100]
    newest = fitting(tmp_path, KEY)
    assert newest is not None
    assert (newest.folder, newest.step) == (tmp_path / "checkpoint-100", 100)
    assert newest.facts == {"step": 100, "key": KEY}
    assert fitting(tmp_path / "none", KEY) is None


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", "7", '"words"', '{"step": 1'])
def test_a_damaged_mark_is_none(tmp_path: Path, text: str):
    made(tmp_path, 1)
    (begun(tmp_path, 2) / "complete.json").write_text(text)
    assert steps(tmp_path) == [1]
    assert remove_cut_off(tmp_path) == ["checkpoint-2"]


@pytest.mark.parametrize("name", ["checkpoint-", "checkpoint-x", "checkpoint-1.partial", "checkpoint-best"])
def test_a_folder_of_another_name_is_none(tmp_path: Path, name: str):
    shutil.move(begun(tmp_path, 3), tmp_path / name)
    complete(tmp_path / name, {"key": KEY})
    assert checkpoints(tmp_path) == []


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ({**KEY, "data": "c"}, "another data;"),
        ({"base": "x", "data": "y"}, "another base, data;"),
        ({"base": "a"}, "another data;"),
        ({**KEY, "seed": "1"}, "another seed;"),
    ],
)
def test_what_was_made_for_something_else_is_refused(tmp_path: Path, key: dict[str, str], names: str):
    made(tmp_path, 1, 2)
    with pytest.raises(CheckpointError, match=names) as caught:
        fitting(tmp_path, key)
    assert "\n" not in str(caught.value)
    assert steps(tmp_path) == [1, 2]


def test_what_is_cut_off_is_removed(tmp_path: Path):
    made(tmp_path, 1, 2)
    begun(tmp_path, 3)
    (tmp_path / "other").mkdir()
    assert remove_cut_off(tmp_path) == ["checkpoint-3"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-1", "checkpoint-2", "other"]
    assert remove_cut_off(tmp_path) == []
    assert remove_cut_off(tmp_path / "none") == []


def test_a_broken_link_is_removed(tmp_path: Path):
    made(tmp_path, 1)
    (tmp_path / "checkpoint-5").symlink_to(tmp_path / "gone")
    (tmp_path / "checkpoint-6").write_text("no folder")
    assert remove_cut_off(tmp_path) == ["checkpoint-5", "checkpoint-6"]
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-1"]


@pytest.mark.parametrize(
    ("count", "left"), [(1, [30]), (2, [20, 30]), (3, [3, 20, 30]), (9, [3, 20, 30]), (0, [30])]
)
def test_the_newest_are_kept(tmp_path: Path, count: int, left: list[int]):
    made(tmp_path, 20, 3, 30)
    begun(tmp_path, 40)
    keep_newest(tmp_path, count)
    assert steps(tmp_path) == left
    assert (tmp_path / "checkpoint-40").is_dir()


def killed_at(monkeypatch: pytest.MonkeyPatch, call: int, watch: Callable[[], None]) -> None:
    """Have every change to the disk looked at, and the process die before one of them."""
    calls = itertools.count(1)

    def watched(function: Any) -> Any:
        def run(*args: Any, **asked: Any) -> Any:
            watch()
            if next(calls) == call:
                raise Killed
            return function(*args, **asked)

        return run

    for name in ("unlink", "rmdir", "replace", "rename", "fsync"):
        monkeypatch.setattr(os, name, watched(getattr(os, name)))
    monkeypatch.setattr(Path, "write_text", watched(Path.write_text))


@pytest.mark.parametrize("keep", [1, 2])
def test_killed_between_any_two_changes(tmp_path: Path, keep: int):
    for call in itertools.count(1):
        folder = tmp_path / f"{call}"
        made(folder, *range(10, 10 + keep))
        new = begun(folder, 20)

        def whole(folder: Path = folder) -> None:
            found = checkpoints(folder)
            assert found, "there was a moment without a checkpoint to go on from"
            for checkpoint in found:
                assert (checkpoint.folder / "model.safetensors").read_bytes() == b"weights"
                assert (checkpoint.folder / "deep" / "rng_state.pth").read_bytes() == b"state"

        killed = False
        with pytest.MonkeyPatch.context() as patched:
            killed_at(patched, call, whole)
            try:
                complete(new, {"key": KEY})
                keep_newest(folder, keep)
            except Killed:
                killed = True
        whole()
        before = steps(folder)
        remove_cut_off(folder)
        assert steps(folder) == before
        assert {path.name for path in folder.iterdir()} == {f"checkpoint-{step}" for step in before}
        if not killed:
            assert before == [*range(11, 10 + keep), 20]
            break
    assert call > 8  # there were that many changes


def test_the_mark_is_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder, synced, sync = begun(tmp_path, 1), set[int](), os.fsync
    written = {path.stat().st_ino for path in (folder, *folder.rglob("*"))}

    def noted(handle: int) -> None:
        assert not (folder / "complete.json").exists()
        synced.add(os.fstat(handle).st_ino)
        sync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    complete(folder, {"key": KEY})
    assert synced == written
    assert json.loads((folder / "complete.json").read_text()) == {"key": KEY}
