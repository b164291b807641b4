"""`mathcoder export`: tables that are printed or written, folders of logs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from command import mathcoder, the_line

sys.path.append(str(Path(__file__).parents[1] / "evaluation"))
from recorded_run import recorded_rows, write_run

ROWS = recorded_rows()


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    write_run(folder / "one", ROWS)
    write_run(folder / "two", ROWS[:40], model="org/two")
    return folder


@pytest.mark.parametrize(
    ("to", "line"),
    [
        ("markdown", "| MathCoder-L-70b | 87.5 ± 10.3 | 80.0 ± 12.1 |"),
        ("latex", r"MathCoder-L-70b & 87.5 $\pm$ 10.3 & 80.0 $\pm$ 12.1 \\"),
    ],
)
def test_tables(to: str, line: str, runs: Path, tmp_path: Path):
    done = mathcoder("export", "one", "two", "--to", to, cwd=runs)
    assert (done.returncode, done.stderr) == (0, "")
    assert line in done.stdout.splitlines()
    table = tmp_path / "table"
    written = mathcoder("export", "one", "two", "--to", to, "--output", table, cwd=runs)
    assert (written.returncode, written.stdout, written.stderr) == (0, f"{table}\n", "")
    assert table.read_text(encoding="utf-8") == done.stdout


@pytest.mark.parametrize("to", ["lm-eval", "inspect"])
def test_logs(to: str, runs: Path, tmp_path: Path):
    folders = [str(runs / name) for name in ("one", "two")]
    done = mathcoder("export", *folders, "--to", to, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    paths = [tmp_path / line for line in done.stdout.splitlines()]
    assert sorted(paths) == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert all(path.parts[len(tmp_path.parts)] == f"export-{to}" for path in paths)
    assert len(paths) == {"lm-eval": 5, "inspect": 3}[to]
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines() if path.suffix == ".jsonl" else []:
            json.loads(line)
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))


def test_two_runs_with_files_of_the_same_name(runs: Path, tmp_path: Path):
    done = mathcoder("export", runs / "one", runs / "one", "--to", "lm-eval", "--output", tmp_path / "out")
    assert done.returncode == 2
    assert "its logs have the names of another run's; export each to another --output" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says", "code"),
    [
        (["one"], "Missing option '--to'", 2),
        (["one", "--to", "csv"], "'csv' is not one of 'markdown', 'latex', 'lm-eval', 'inspect'", 2),
        (["nowhere", "--to", "latex"], "nowhere: no evaluation is in it; name a folder that", 2),
        (
            ["one", "--to", "latex", "--output", "one/run.json/x"],
            "one/run.json/x: Not a directory; give --output",
            1,
        ),
        (["one", "--to", "inspect", "--output", "one/run.json"], "one/run.json: File exists; give --output", 1),
    ],
)
def test_wrong_usage(arguments: list[str], says: str, code: int, runs: Path):
    done = mathcoder("export", *arguments, cwd=runs)
    assert says in the_line(done)
    assert done.returncode == code
