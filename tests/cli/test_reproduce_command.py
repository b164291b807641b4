"""`mathcoder reproduce`: a table, its folder, and a run that was stopped."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from command import ENVIRONMENT, MAIN, RECORDED, mathcoder, the_line

REPRODUCE = ("reproduce", "mathcoder", "--outputs")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A run's folder, and what it printed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    done = mathcoder(*REPRODUCE, RECORDED, "--output", folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder, done.stdout


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "rows.jsonl").read_text(encoding="utf-8").splitlines()[1:]]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_table(undisturbed: tuple[Path, str]):
    folder, shown = undisturbed
    lines = [line.split() for line in shown.splitlines()]
    assert lines[0] == "benchmark model n paper label their rule strict ± executions same".split()
    assert lines[1][:4] == ["GSM8K", "MathCoder-L-70b", "40", "83.9"]
    assert lines[2][:4] == ["SVAMP", "MathCoder-L-70b", "40", "84.9"]
    assert [line[-1] for line in lines[1:3]] == ["100.00", "100.00"]
    assert "The recorded label comes out again under their rule on 80 of 80 rows." in shown
    assert f"every row is in {folder}/rows.jsonl" in shown
    assert sorted(contents(folder)) == ["rows.jsonl", "summary.json"]


def test_the_folder_says_what_the_table_says(undisturbed: tuple[Path, str]):
    folder, shown = undisturbed
    rows = rows_of(folder)
    recorded = [json.loads(line) for line in RECORDED.read_text(encoding="utf-8").splitlines()]
    assert sorted(row["id"] for row in rows) == sorted(row["id"] for row in recorded)
    summary = json.loads((folder / "summary.json").read_text())
    for result, line in zip(summary["sets"], shown.splitlines()[1:], strict=False):
        mine = [row for row in rows if row["benchmark"] == result["benchmark"]]
        assert result["ours"]["count"] == sum(row["ours"] is True for row in mine)
        assert result["theirs"]["count"] == sum(row["theirs"] for row in mine)
        low, high = result["ours"]["interval"]
        shares = [f"{100 * result[name]['count'] / 40:.1f}" for name in ("recorded", "theirs", "ours")]
        assert line.split()[4:-1] == [*shares, f"{50 * (high - low):.1f}"]
    assert sum(summary["differences"].values()) == sum(row["ours"] is not row["theirs"] for row in rows)


def test_a_second_call_executes_nothing(undisturbed: tuple[Path, str]):
    folder, shown = undisturbed
    before = contents(folder)
    done = mathcoder(*REPRODUCE, RECORDED, "--output", folder)
    assert (done.returncode, done.stderr) == (0, "")
    first, *table = done.stdout.splitlines()
    assert first == "80 of 80 solutions were done before"
    assert table[-1].startswith("0 solutions in ")
    assert table[:-1] == shown.splitlines()[:-1]
    assert contents(folder) == before


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_stopped_goes_on(stop: signal.Signals, undisturbed: tuple[Path, str], tmp_path: Path):
    log = tmp_path / "run/rows.jsonl"
    arguments = (*REPRODUCE, RECORDED, "--workers", "1", "--output", log.parent)
    with subprocess.Popen(
        [*MAIN, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT, text=True
    ) as process:
        while process.poll() is None and (not log.exists() or log.read_bytes().count(b"\n") < 12):
            time.sleep(0.005)
        process.send_signal(stop)
        _, errors = process.communicate(timeout=100)
    assert process.returncode == (-stop if stop == signal.SIGKILL else 130)
    assert errors in ("", "mathcoder: interrupted\n")
    done_before = log.read_bytes().count(b"\n") - 1
    assert 11 <= done_before < 80
    done = mathcoder(*REPRODUCE, RECORDED, "--workers", "3", "--output", log.parent)
    assert done.stdout.startswith(f"{done_before} of 80 solutions were done before\n")
    assert f"\n{80 - done_before} solutions in " in done.stdout
    assert contents(log.parent) == contents(undisturbed[0])


def test_json_with_a_limit_and_a_bad_row(tmp_path: Path):
    outputs = tmp_path / "traces.jsonl"
    outputs.write_bytes(b"{\n" + RECORDED.read_bytes())
    done = mathcoder(*REPRODUCE, outputs, "--limit", "3", "--json", cwd=tmp_path)
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert [(one["benchmark"], one["ours"]["total"]) for one in found["sets"]] == [("GSM8K", 3), ("SVAMP", 3)]
    assert (found["key"]["limit"], found["key"]["timeout"]) == (3, 5.0)
    folder = tmp_path / "runs/reproduce-mathcoder"
    assert json.loads((folder / "rejected.jsonl").read_text())["line"] == 1
    assert f"1 rows could not be read; see {folder.relative_to(tmp_path)}/rejected.jsonl" in done.stderr
    assert json.loads((folder / "summary.json").read_text()) == {
        name: value for name, value in found.items() if name != "seconds"
    }


def test_a_run_kept_within_the_outputs(tmp_path: Path):
    """The default folder is under the current one, which may well be that of the outputs."""
    shutil.copy(RECORDED, tmp_path)
    arguments = (*REPRODUCE, ".", "--limit", "2", "--json")
    first, second = (mathcoder(*arguments, cwd=tmp_path) for _ in range(2))
    assert (first.returncode, first.stderr) == (0, "")
    assert (second.returncode, second.stderr) == (0, "4 of 4 solutions were done before\n")


@pytest.mark.parametrize(
    ("rows", "options", "says"),
    [
        (None, ["--limit", "5"], "rows.jsonl: made with another limit (None, now 5); name another folder"),
        (None, ["--timeout", "2"], "rows.jsonl: made with another timeout (5.0, now 2.0); name another folder"),
        ("notes\n", [], "rows.jsonl: not a log of rows; name another folder"),
    ],
)
def test_the_folder_of_another_job(
    rows: str | None, options: list[str], says: str, undisturbed: tuple[Path, str], tmp_path: Path
):
    folder = tmp_path / "run"
    shutil.copytree(undisturbed[0], folder)
    if rows is not None:
        (folder / "rows.jsonl").write_text(rows)
    before = contents(folder)
    done = mathcoder(*REPRODUCE, RECORDED, "--output", folder, *options)
    assert says in the_line(done)
    assert done.returncode == 2
    assert contents(folder) == before


def test_a_folder_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").write_text("")
    done = mathcoder(*REPRODUCE, RECORDED, "--output", tmp_path / "file/run")
    assert "file/run: Not a directory; give --output a folder that can be written" in the_line(done)
    assert done.returncode == 1


def test_sets_that_are_no_accuracy_are_told_apart(tmp_path: Path):
    recorded = [json.loads(line) for line in RECORDED.read_text(encoding="utf-8").splitlines()]
    right = [row for row in recorded if row["correct"] and row["benchmark"] == "GSM8K"]
    outputs = tmp_path / "right.jsonl"
    outputs.write_text("".join(json.dumps(row) + "\n" for row in right), encoding="utf-8")
    done = mathcoder(*REPRODUCE, outputs, "--output", tmp_path / "run")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        f"GSM8K of MathCoder-L-70b (only right ones, no accuracy): of {len(right)} {len(right)} right by their"
    )
    assert "83.9" not in done.stdout
