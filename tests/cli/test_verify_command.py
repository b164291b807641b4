"""`mathcoder verify`: datasets, certificates, and a run that is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from command import ENVIRONMENT, MAIN, RECORDED, mathcoder, the_line

COMPUTATION = {"conditions": [], "expression": "4 \\times 6", "result": "24", "code": "print(4 * 6)"}


def solution(code: str, recorded: str, name: str = "s") -> dict[str, Any]:
    blocks = [{"type": "code", "content": code}, {"type": "execution", "content": recorded}]
    return {"id": name, "problem": "q", "blocks": [*blocks, {"type": "text", "content": "The answer is 7."}]}


ROWS = [
    solution("print(5)", "5"),
    solution("print(5)", "[bold red]six", "\x1b[31mred"),
    COMPUTATION,
    COMPUTATION | {"result": "25"},
    {"text": "no code"},
]
BAD = ["{", "[1]", '{"foo": 1}']


def write(path: Path, rows: list[Any], bad: list[str] = BAD) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "".join(f"{line}\n" for line in bad))
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_table_what_no_longer_holds_and_every_row(tmp_path: Path):
    write(tmp_path / "d.jsonl", ROWS)
    done = mathcoder("verify", "d.jsonl", "--output", "out.jsonl", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    table = [line.split() for line in done.stdout.splitlines()]
    for verdict in ("same", "verified", "output differs", "mismatch", "no code"):
        assert [*verdict.split(), "1", "20.00%"] in table
    for part in (
        "3 rows could not be read; see d.jsonl.rejected.jsonl",
        "output differs\nblock 0: [bold red]six, now 5\nprint(5)",
        "recorded: [bold red]six\nnow: 5",
        "row 4: mismatch\n4 × 6 = 25\n24 is printed, 25 is stated",
        "2 of 4 rows hold (50.00%); 5 rows in ",
    ):
        assert part in done.stdout, part
    assert "\x1b" not in done.stdout
    rows = read(tmp_path / "out.jsonl")
    assert [row["verdict"] for row in rows] == ["same", "output differs", "verified", "mismatch", "no code"]
    assert [{key: row[key] for key in given} for row, given in zip(rows, ROWS, strict=True)] == ROWS
    assert [row["line"] for row in read(tmp_path / "d.jsonl.rejected.jsonl")] == [6, 7, 8]
    assert {row["file"] for row in read(tmp_path / "d.jsonl.rejected.jsonl")} == {"d.jsonl"}
    assert {path.name for path in tmp_path.iterdir()} == {"d.jsonl", "out.jsonl", "d.jsonl.rejected.jsonl"}
    again = mathcoder("verify", "out.jsonl", "--json", cwd=tmp_path)
    assert json.loads(again.stdout)["verdicts"] == {
        **dict.fromkeys(("same", "verified", "output differs", "mismatch", "no code"), 1)
    }, "its own rows are read as well"


def test_a_certificate_is_the_same_for_any_number_of_workers(tmp_path: Path):
    dataset = write(tmp_path / "d.jsonl", ROWS * 7)
    for workers in ("1", "3"):
        done = mathcoder(
            *("verify", dataset, "--workers", workers, "--certificate", tmp_path / f"{workers}.json"),
            *("--json", "--rejected", tmp_path / "bad.jsonl"),
        )
        assert done.returncode == 0
    data = (tmp_path / "1.json").read_bytes()
    assert data == (tmp_path / "3.json").read_bytes()
    summary = json.loads(done.stdout)
    certificate = json.loads(data)
    assert summary["certificate"] == certificate
    assert (certificate["rows"], certificate["rejected"], summary["hold"]) == (35, 3, 14)
    assert not any(word in data.decode() for word in ("seconds", "2026", "20:", str(tmp_path)))


def test_check(tmp_path: Path):
    dataset, certificate = write(tmp_path / "d.jsonl", ROWS, []), tmp_path / "c.json"
    assert (
        mathcoder("verify", dataset, "--certificate", certificate, "--limit", "4", "--timeout", "3").returncode
        == 0
    )
    write(dataset, [*ROWS, *ROWS], [])  # rows behind those that were certified
    done = mathcoder("verify", dataset, "--check", certificate)
    assert done.returncode == 0
    assert f"the dataset agrees with {certificate}" in done.stdout
    assert "timeout" not in done.stdout, "the certificate's own limit is taken"
    write(dataset, [solution("print(6)", "5"), *ROWS[1:]], [])
    done = mathcoder("verify", dataset, "--check", certificate, "--timeout", "4")
    assert (done.returncode, done.stderr) == (1, "")
    for part in (
        f"the dataset does not agree with {certificate}:",
        "the rows themselves are not those that were certified",
        "same: 1 rows then, 0 now",
        "output differs: 1 rows then, 2 now",
        "first difference among the rows 1 to 4",
        "timeout: 3.0 then, 4.0 now",
    ):
        assert part in done.stdout, part
    done = mathcoder("verify", dataset, "--check", certificate, "--json")
    assert done.returncode == 1
    summary = json.loads(done.stdout)
    assert not summary["agrees"]
    assert len(summary["differences"]) == 4


def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path: Path):
    slow = [solution(f"import time\ntime.sleep(0.3)\nprint({n})", str(n), f"s{n}") for n in range(12)]
    write(tmp_path / "d.jsonl", slow, [])
    command = ("verify", "d.jsonl", "--output", "out.jsonl", "--workers", "1", "--json")
    process = subprocess.Popen(
        [*MAIN, *command], cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.DEVNULL, start_new_session=True
    )
    log = tmp_path / "out.jsonl.partial"
    while not (log.exists() and log.read_bytes().count(b"\n") >= 4):
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "out.jsonl").exists()
    kept = read(log)[1:]
    log.write_text(log.read_text().replace('"reason": ""', '"reason": "kept"'))  # to tell them apart
    done = mathcoder(*command, cwd=tmp_path)
    assert done.returncode == 0
    rows = read(tmp_path / "out.jsonl")
    assert [row["id"] for row in rows] == [row["id"] for row in slow]
    assert [row["reason"] for row in rows] == ["kept"] * len(kept) + [""] * (12 - len(kept))
    assert 3 <= len(kept) < 12
    assert not log.exists()
    whole = mathcoder("verify", "d.jsonl", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["certificate"] == json.loads(whole.stdout)["certificate"]


def test_rows_of_another_time_limit_are_not_mixed_in(tmp_path: Path):
    write(tmp_path / "d.jsonl", ROWS, [])
    (tmp_path / "out.jsonl.partial").write_text('{"key": {"kind": "verify", "limits": {"timeout": 1.0}}}\n')
    done = mathcoder("verify", "d.jsonl", "--output", "out.jsonl", cwd=tmp_path)
    assert "out.jsonl.partial: made with another limits" in the_line(done)


def test_recorded_solutions_hold():
    done = mathcoder("verify", RECORDED, "--limit", "5", "--json")
    summary = json.loads(done.stdout)
    assert (summary["rows"], summary["hold"], summary["verdicts"]) == (5, 5, {"same": 5})


def test_nothing_good_leaves_earlier_files_alone(tmp_path: Path):
    write(tmp_path / "d.jsonl", [])
    (tmp_path / "out.jsonl").write_text("earlier\n")
    done = mathcoder("verify", "d.jsonl", "--output", "out.jsonl", "--certificate", "c.json", cwd=tmp_path)
    assert done.returncode == 1
    line = "mathcoder: d.jsonl: no row with a solution or a computation could be read from it"
    assert done.stderr.splitlines()[-1] == line
    assert (tmp_path / "out.jsonl").read_text() == "earlier\n"
    assert not (tmp_path / "c.json").exists()


@pytest.mark.parametrize(
    ("arguments", "part", "code"),
    [
        ([], "Missing argument 'dataset'", 2),
        (["absent.jsonl"], "absent.jsonl: No such file or directory", 2),
        (["absent.jsonl", "--output", "out.jsonl"], "absent.jsonl: No such file or directory", 2),
        (["d.txt"], "d.txt: unknown format; name it .jsonl, .jsonl.gz, .json, .json.gz or .parquet", 2),
        (["d.jsonl", "--check", "absent.json"], "absent.json: No such file or directory", 2),
        (["d.jsonl", "--check", "d.jsonl"], "d.jsonl: not JSON at line 2", 2),
        (["d.jsonl", "--check", "bad.json"], "not a certificate of a dataset; name a file that --certificate", 2),
        (["d.jsonl", "--output", "d.jsonl"], "--output is the dataset itself; name another file", 2),
        (["d.jsonl", "--timeout", "0"], "'--timeout'", 2),
        (
            ["d.jsonl", "--certificate", "absent/c.json"],
            "absent/c.json: No such file or directory; give --cert",
            1,
        ),
        (["d.jsonl", "--output", "file/out.jsonl"], "file/out.jsonl", 2),
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], part: str, code: int, tmp_path: Path):
    write(tmp_path / "d.jsonl", ROWS[:2], [])
    (tmp_path / "d.txt").write_text("text")
    (tmp_path / "bad.json").write_text("{}")
    (tmp_path / "file").write_text("")
    done = mathcoder("verify", *arguments, cwd=tmp_path)
    assert part in the_line(done)
    assert done.returncode == code
    assert not list(tmp_path.glob("*.partial"))
