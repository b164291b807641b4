"""`mathcoder show`: a table, the solutions that pass filters, and what must not reach a terminal."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from command import the_line

from mathcoder import cli
from mathcoder.cli.show import OutcomeName
from mathcoder.evaluation.rows import OUTCOMES, EvalRow
from mathcoder.solution import Block, Solution

sys.path.append(str(Path(__file__).parents[1] / "evaluation"))

from recorded_run import recorded_rows, sampled, with_all_outcomes, write_run


def show(*arguments: str | Path, columns: int = 120) -> subprocess.CompletedProcess[str]:
    """The command, in this process: most of the time of a new one would go into its imports."""
    out, errors = io.StringIO(), io.StringIO()
    argv = ["mathcoder", "show", *map(str, arguments)]
    with (
        patch("sys.argv", argv),
        patch.dict(os.environ, {"COLUMNS": str(columns)}),
        patch("warnings.showwarning"),
        redirect_stdout(out),
        redirect_stderr(errors),
        pytest.raises(SystemExit) as ended,
    ):
        cli.main()
    return subprocess.CompletedProcess(argv, int(str(ended.value.code)), out.getvalue(), errors.getvalue())


def shown(*arguments: str | Path, columns: int = 120) -> str:
    done = show(*arguments, columns=columns)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def ids(*arguments: str | Path) -> list[str]:
    return [json.loads(line)["id"] for line in shown(*arguments, "--json").splitlines()]


@pytest.fixture(scope="module")
def rows() -> list[EvalRow]:
    return with_all_outcomes(recorded_rows())


@pytest.fixture(scope="module")
def run(rows: list[EvalRow], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("runs") / "run", rows).folder


# The summary.


@pytest.mark.parametrize("columns", [80, 120])
def test_the_summary(columns: int, run: Path):
    lines = shown(run, columns=columns).splitlines()
    assert lines[0] == "MathCoder-L-70b"
    assert "style code · dialect markdown · shots 0 · votes 1 · temperature 0.0" in lines[1]
    assert max(len(line.rstrip()) for line in lines if str(run) not in line) <= columns
    table = {line.split()[0]: line.split()[1:] for line in lines if line.strip()}
    wide = ["tokens", "rounds"] if columns == 120 else []
    names = ["n", "accuracy", "95%", "right", "wrong", "ungradable", "invalid", "truncated", *wide]
    assert table["benchmark"] == names
    scores = json.loads((run / "scores.json").read_text())
    for name, part in {**scores["benchmarks"], "all": scores["all"]}.items():
        share, outcomes = part["accuracy"], part["outcomes"]
        low, high = (f"{100 * end:.1f}" for end in share["interval"])
        counts = [f"{outcomes[outcome]}".replace("0", "-", outcomes[outcome] == 0) for outcome in names[3:8]]
        said = [f"{part['problems']}", f"{100 * share['count'] / share['total']:.1f}%", f"{low}–{high}", *counts]
        assert table[name][:8] == said
    assert f"The solutions: mathcoder show {run} with" in lines
    assert f"To look at:    {run}/report.html" not in lines, "there is none"
    assert "not finished" not in " ".join(lines)


def test_an_unfinished_run(rows: list[EvalRow], tmp_path: Path):
    folder = write_run(tmp_path / "run", rows[:45], finished=False).folder
    text = shown(folder)
    assert "not finished: 45 solutions so far" in text
    assert "accuracy" not in text
    counts = Counter(row.outcome for row in rows[:45])
    said = " ".join(str(counts[name]) for name in ("right", "wrong", "ungradable", "invalid", "truncated"))
    assert f"all 45 {said}" in " ".join(text.split())
    assert ids(folder, "--wrong") == [row.id for row in rows[:45] if row.outcome == "wrong"]


def test_a_run_without_rows(tmp_path: Path):
    folder = write_run(tmp_path / "run", [], finished=False).folder
    assert "not finished: 0 solutions so far" in shown(folder)
    assert shown(folder, "--wrong") == "None of the 0 solutions passes these filters.\n"


# Filters.


def test_filters(rows: list[EvalRow], run: Path):
    wanted = {
        ("--wrong",): [row for row in rows if row.outcome == "wrong"],
        ("--outcome", "truncated", "--outcome", "invalid"): [
            row for row in rows if row.outcome in ("truncated", "invalid")
        ],
        ("--wrong", "--outcome", "truncated"): [row for row in rows if row.outcome in ("truncated", "wrong")],
        ("--benchmark", "svamp"): rows[40:],
        ("--benchmark", "svamp", "--wrong"): [row for row in rows[40:] if row.outcome == "wrong"],
        ("--id", "gsm8k/741"): [row for row in rows if row.id == "gsm8k/741"],
        ("--id", "741"): [row for row in rows if row.id == "gsm8k/741"],
        ("--text", "snowballs BUILD"): [row for row in rows if "snowballs" in row.question],
        ("--text", "zebra snowballs"): [],
        ("--error",): [rows[15], rows[70]],
        ("--error-type", "zerodivisionerror"): [rows[15], rows[70]],
        ("--error", "--benchmark", "svamp"): [rows[70]],
        ("--error-type", "NameError"): [],
        (): rows,
        ("--limit", "3"): rows[:3],
    }
    assert all(len(found) < 80 for options, found in wanted.items() if options)
    for options, found in wanted.items():
        assert ids(run, *options) == [row.id for row in found], options


def test_samples_of_a_problem(rows: list[EvalRow], tmp_path: Path):
    folder = write_run(tmp_path / "run", sampled(rows[:3], 4)).folder
    problem = rows[1].problem
    assert ids(folder, "--id", f"gsm8k/{problem}") == [f"gsm8k/{problem}#{sample}" for sample in range(4)]
    assert ids(folder, "--id", f"gsm8k/{problem}#2") == [f"gsm8k/{problem}#2"]


# The solutions.


def test_a_solution_in_full(rows: list[EvalRow], run: Path):
    row = next(row for row in rows if row.outcome == "wrong" and len(row.solution.blocks) < 9)
    text = shown(run, "--id", row.id, columns=250)
    for block in row.solution.blocks:
        for line in block.content.strip().splitlines():
            assert line.strip() in text
    lines = [line.rstrip() for line in text.splitlines()]
    assert lines[0].startswith(f"{row.id} · wrong ──")
    assert row.question.split() == " ".join(lines[1 : lines.index("")]).split()
    assert f"Answer: {row.answer}" in lines
    assert f"Reference: {row.reference}" in lines
    assert any(line.startswith(f"Verdict: wrong · decided by: {row.rule}") for line in lines)
    assert lines[-1] == "1 of 1 shown. The run has 80 solutions."


def test_how_many_are_shown(rows: list[EvalRow], run: Path):
    wrong = sum(row.outcome == "wrong" for row in rows)
    assert f"5 of {wrong} shown; --limit shows more. The run has 80 solutions." in shown(run, "--wrong")
    assert f"7 of {wrong} shown; --limit shows more." in shown(run, "--wrong", "--limit", "7")
    assert f"{wrong} of {wrong} shown. The run" in shown(run, "--wrong", "--limit", "70")
    assert "2 of 80 shown; --limit" in shown(run, "--limit", "2")


def test_json_is_the_row(rows: list[EvalRow], run: Path):
    lines = shown(run, "--json").splitlines()
    assert [EvalRow.from_json(json.loads(line)) for line in lines] == rows


def test_nothing_drives_the_terminal(rows: list[EvalRow], tmp_path: Path):
    text = "a\x1b[31m\x07\x7f\x9b2J\u202e[red]b[/red]\ud800"
    blocks = tuple(Block(kind, text) for kind in ("text", "code", "execution"))
    row = replace(
        rows[0],
        id=text,
        benchmark=text,
        question=text,
        reference=text,
        answer=text,
        rule=text,
        outcome="wrong",
        check=text,
        note=text,
        level=text,
        subject=text,
        scores=(-0.5, -2.0),
        solution=Solution(blocks, text, "answer"),
    )
    asked = {"model": text, "settings": {"style": text}, "started": text}
    folder = write_run(tmp_path / "run", [row], finished=False, **asked).folder
    for arguments in ([], ["--wrong"], ["--wrong", "--json"], ["--text", "a"]):
        done = show(folder, *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert all(char == "\n" or char.isprintable() for char in done.stdout)
        assert done.stdout.encode()
    text = shown(folder, "--wrong")
    assert text.count("[red]b[/red]") >= 10
    assert "A -0.50  B -2.00" in text
    assert json.loads(shown(folder, "--json"))["question"] == row.question


def test_nothing_is_written(run: Path):
    before = {path: path.read_bytes() for path in run.iterdir()}
    for arguments in ([], ["--wrong"], ["--json"]):
        shown(run, *arguments)
    assert {path: path.read_bytes() for path in run.iterdir()} == before


# Wrong usage.


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["absent"], "absent: no evaluation is in it; name a folder that `mathcoder evaluate` has made"),
        (["--benchmark", "gsm9k"], "no row of the benchmark 'gsm9k' in RUN; it has gsm8k, svamp"),
        (["--id", "gsm8k/742"], "no row 'gsm8k/742' in RUN; did you mean gsm8k/741?"),
        (["--id", "?"], "no row '?' in RUN; an id is BENCHMARK/PROBLEM or the problem's alone"),
        (
            ["--outcome", "bad"],
            "'bad' is not one of 'right', 'wrong', 'ungradable', 'invalid', 'truncated', 'failed'",
        ),
        (["--limit", "0"], "'--limit'"),
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], says: str, run: Path):
    done = show(*(arguments if arguments == ["absent"] else [run, *arguments]))
    assert says.replace("RUN", str(run)) in the_line(done)
    assert done.returncode == 2


def test_a_damaged_run(tmp_path: Path, rows: list[EvalRow]):
    folder = write_run(tmp_path / "run", rows[:2], finished=False).folder
    (folder / "rows.jsonl").write_text('{"key": {}}\n{"id": 1}\n')
    assert "its rows cannot be read" in the_line(show(folder))
    (folder / "run.json").write_text("{")
    assert "run.json: not JSON" in the_line(show(folder))


def test_the_names_of_outcomes_are_all_there():
    assert tuple(OutcomeName) == OUTCOMES
