"""The directory of a run: what is written there, who may work in it, what it was made from."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from mathcoder.runs.lock import RunLocked, is_locked
from mathcoder.runs.run import Run, versions

HOLDS = """
import os, sys, time
from mathcoder.runs.run import Run
run = Run(sys.argv[1], kind="test", recipe="")
if os.fork() == 0:
    print(os.getpid(), flush=True)
    time.sleep(60)
else:
    time.sleep(60)
"""


def opened(folder: Path, **options: Any) -> Run:
    return Run(folder, **({"kind": "test", "recipe": "a: 1\n"} | options))


def asked(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))


def test_what_is_written(tmp_path: Path):
    (tmp_path / "in.txt").write_bytes(b"abc")
    folder = tmp_path / "deep" / "run"
    with opened(folder, inputs=[tmp_path / "in.txt", "s3://bucket/rows.parquet"], seeds={"mix": 7}) as run:
        run.log("said", text="π\ud800", n=1)
        assert run.stage_folder(3, "clean") == folder / "stages" / "03-clean"
    assert (folder / "recipe.yaml").read_text(encoding="utf-8") == "a: 1\n"
    facts = asked(folder)
    assert (facts["kind"], facts["versions"], facts["seeds"]) == ("test", versions(), {"mix": 7})
    local, remote = run.inputs
    assert local.key() == [
        str(tmp_path / "in.txt"),
        3,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ]
    assert remote.key() == ["s3://bucket/rows.parquet", None, None]
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["started", "said"]
    assert lines[1] | {"time": 0} == {"time": 0, "event": "said", "text": "π?", "n": 1}
    assert {"mathcoder", "python", "daft", "sympy", "numpy"} <= set(versions())


def test_inputs_are_hashed_again_only_where_they_changed(tmp_path: Path):
    path, folder = tmp_path / "in.txt", tmp_path / "run"
    path.write_bytes(b"abc")
    os.utime(path, ns=(1, 1))
    with opened(folder, inputs=[path]) as run:
        first = run.inputs
    path.write_bytes(b"xyz")
    os.utime(path, ns=(1, 1))  # same size and time: taken for the same
    with opened(folder, inputs=[path]) as run:
        assert run.inputs == first
    os.utime(path, ns=(2, 2))
    with opened(folder, inputs=[path]) as run:
        assert run.inputs[0].key() != first[0].key()


def test_what_a_kill_leaves_is_cleared(tmp_path: Path):
    folder = tmp_path / "run"
    opened(folder).close()
    (folder / ".run.json.0123.partial").write_text("{", encoding="utf-8")
    with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write('{"time": 1, "ev')
    opened(folder).close()
    lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["event"] for line in (lines[0], lines[2])] == ["started", "resumed"]
    assert not list(folder.glob(".*"))


def test_a_kill_before_anything_was_written(tmp_path: Path):
    (tmp_path / "lock").touch()
    (tmp_path / ".recipe.yaml.0123.partial").touch()
    opened(tmp_path).close()
    assert asked(tmp_path)["kind"] == "test"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("notes.txt", "mine", "holds other files and no run; name a new folder"),
        ("run.json", "{", "run.json: not that of a run of stages; name another folder"),
        ("run.json", '{"kind": "evaluate", "model": "m"}', "run.json: not that of a run of stages"),
        ("run.json", '{"kind": "corpus", "inputs": []}', "holds a run of 'corpus', not of 'test'"),
    ],
)
def test_a_folder_that_holds_something_else(tmp_path: Path, name: str, text: str, message: str):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        opened(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_input_that_is_not_there(tmp_path: Path):
    with pytest.raises(ValueError, match=r"none\.txt: No such file or directory; name an input that can be read"):
        opened(tmp_path / "run", inputs=[tmp_path / "none.txt"])
    with pytest.raises(ValueError, match="Is a directory; name an input that can be read"):
        opened(tmp_path / "run", inputs=[tmp_path])
    opened(tmp_path / "run").close()  # the lock was let go


def test_a_file_in_its_place(tmp_path: Path):
    (tmp_path / "run").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="not a folder; name a new one"):
        opened(tmp_path / "run")


def test_one_process_at_a_time(tmp_path: Path):
    with opened(tmp_path / "run") as run:
        with pytest.raises(
            RunLocked, match=f"run: process {os.getpid()} is at work in it; wait for it or stop it"
        ):
            opened(tmp_path / "run")
        run.close()
        opened(tmp_path / "run").close()


def test_a_look_at_the_lock_takes_and_makes_nothing(tmp_path: Path):
    assert not is_locked(tmp_path)
    assert [*tmp_path.iterdir()] == []
    with opened(tmp_path / "run"):
        assert is_locked(tmp_path / "run")
        (tmp_path / "linked").mkdir()
        (tmp_path / "linked" / "lock").symlink_to(tmp_path / "run" / "lock")
        assert not is_locked(tmp_path / "linked")
    assert not is_locked(tmp_path / "run")


def test_who_only_looks_for_a_moment_is_in_nobodys_way(tmp_path: Path):
    folder = tmp_path / "run"
    opened(folder).close()
    with (folder / "lock").open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        over = threading.Timer(0.03, fcntl.flock, (looking, fcntl.LOCK_UN))
        over.start()
        opened(folder).close()
        over.join()


def test_a_killed_process_holds_nothing(tmp_path: Path):
    """Not even where a child that it had forked lives on."""
    program = [sys.executable, "-c", HOLDS, str(tmp_path / "run")]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        try:
            with pytest.raises(RunLocked, match=f"process {process.pid} is at work"):
                opened(tmp_path / "run")
            process.kill()
            process.wait()
            opened(tmp_path / "run").close()
            os.kill(child, 0)
        finally:
            os.kill(child, signal.SIGKILL)


def test_importing_runs_is_cheap():
    heavy = "{'daft', 'pydantic', 'yaml', 'pyarrow', 'numpy'} & set(sys.modules)"
    code = f"import sys, mathcoder.runs, mathcoder.runs.run; sys.exit(str({heavy} or ''))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr.strip()
        == ""
    )
