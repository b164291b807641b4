"""`mathcoder compare`: the table, what it means in words, the problems that changed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from command import mathcoder, the_line

sys.path.append(str(Path(__file__).parents[1] / "evaluation"))
from recorded_run import ASKED, recorded_rows, sampled, with_all_outcomes, write_run

from mathcoder.cli.compare import in_words
from mathcoder.evaluation.compare import compare
from mathcoder.evaluation.rows import EvalRow

ROWS = recorded_rows()
HOSTILE = "\x1b[31m[bold]|\n\u202e"


def wrong(row: EvalRow) -> EvalRow:
    return replace(row, answer="1000000", correct=False, outcome="wrong")


def mended(row: EvalRow) -> EvalRow:
    return replace(row, answer=row.reference, correct=True, outcome="right")


def changed(place: int, row: EvalRow) -> EvalRow:
    """All of gsm8k is right but two that were; svamp is as it was."""
    if place in (0, 2):
        return wrong(row)
    return mended(row) if place < 40 else row


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders: before, after, and one that differs in more than the answers."""
    folder = tmp_path_factory.mktemp("runs")
    after = [changed(place, row) for place, row in enumerate(ROWS)]
    write_run(folder / "before", ROWS)
    write_run(folder / "after", after, model="after/Model")
    settings = ASKED["settings"] | {"rule": "mathcoder"}
    write_run(folder / "other", with_all_outcomes(after)[:60], finished=False, settings=settings)
    write_run(folder / "voted", sampled(ROWS, 2), settings=ASKED["settings"] | {"votes": 2})
    (folder / "empty").mkdir()
    (folder / "empty/run.json").write_text(json.dumps(ASKED))
    return folder


def test_the_table(runs: Path):
    done = mathcoder("compare", "before", "after", cwd=runs)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:2] == ["A  MathCoder-L-70b  before", "B  after/Model  after"]
    assert lines[3].split() == "benchmark problems A B B − A 95% fixed broken both right both wrong".split()
    assert lines[4].split()[:5] == ["gsm8k", "40", "87.5", "95.0", "+7.5"]
    assert lines[4].split()[-4:] == ["5", "2", "33", "0"]
    assert lines[5].split() == ["svamp", "40", "80.0", "80.0", "+0.0", "+0.0", "to", "+0.0", "0", "0", "32", "8"]
    assert lines[6].split()[:2] == ["all", "80"]
    assert "gsm8k: the difference may well be chance (p = 0.45)" in lines
    assert "svamp: no problem changed" in lines
    assert "differ in more" not in done.stdout


def test_the_problems_that_changed(runs: Path):
    done = mathcoder("compare", "before", "after", "--changed", "2", cwd=runs, COLUMNS="80")
    _, shown = done.stdout.split("\nChanged: 2 of 5 fixed and 2 of 2 broken\n")
    found = shown.splitlines()
    assert [line.split()[0] for line in found[::2]] == ["fixed", "broken", "fixed", "broken"]
    assert found[2].startswith(f"broken gsm8k/741  {ROWS[0].question[:40]}")
    assert found[3] == "       A: 25   B: 1000000   reference: 25"
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "Changed" not in mathcoder("compare", "before", "after", "--changed", "0", cwd=runs).stdout


@pytest.mark.parametrize("columns", ["80", "120"])
def test_fits_the_terminal(columns: str, runs: Path):
    done = mathcoder("compare", "before", "after", "other", cwd=runs, COLUMNS=columns)
    assert max(map(len, done.stdout.splitlines())) <= int(columns)
    assert ("both wrong" in done.stdout) == (columns == "120")
    assert done.stdout.count("B − A") == done.stdout.count("C − A") == 1


def test_what_makes_figures_incomparable_is_told(runs: Path):
    shown = " ".join(mathcoder("compare", "before", "other", cwd=runs).stdout.split())
    assert "svamp: left out, 20 problems only in A and 0 only in B" in shown
    assert "gsm8k: 0 answers of A and 1 of B could not be graded and count as not right" in shown
    for what in ("grading rule, strict in A, mathcoder in B", "finished, yes in A, no in B"):
        assert f"the runs differ in more than the model: {what}" in shown


def test_votes_are_told(runs: Path):
    shown = " ".join(mathcoder("compare", "before", "voted", cwd=runs).stdout.split())
    assert "by the majority of samples." in shown
    assert "votes, 1 in A, 2 in B" in shown


def test_json(runs: Path):
    done = mathcoder("compare", "before", "after", "other", "--benchmark", "gsm8k", "--json", cwd=runs)
    assert (done.returncode, done.stderr) == (0, "")
    first, second = json.loads(done.stdout)["comparisons"]
    assert (first["first"], first["second"], first["mismatches"]) == ("before", "after", [])
    assert [one["what"] for one in second["mismatches"]][-2:] == ["grading rule", "finished"]
    (gsm8k,) = first["benchmarks"]
    assert (len(gsm8k["fixed"]), [one["problem"] for one in gsm8k["broken"]]) == (5, ["741", ROWS[2].problem])
    assert gsm8k["difference"] == pytest.approx(3 / 40)


def test_hostile_text_does_not_drive_the_terminal(tmp_path: Path):
    rows = [replace(row, question=HOSTILE * 3, reference=HOSTILE, benchmark=HOSTILE) for row in ROWS[:3]]
    write_run(tmp_path / "one", [replace(row, answer=HOSTILE) for row in map(mended, rows)], model=HOSTILE)
    write_run(tmp_path / "two", [wrong(row) for row in rows], settings={"rule": HOSTILE})
    done = mathcoder("compare", "one", "two", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(line.isprintable() for line in done.stdout.splitlines())
    assert done.stdout.count("[bold]") >= 8


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["before"], "needs 2 to 26 runs, not 1; name their folders"),
        (
            ["before", "nowhere"],
            "nowhere: no evaluation is in it; name a folder that `mathcoder evaluate` has made",
        ),
        (["before", "empty"], "empty: the run has no row yet; wait, or run the evaluation again"),
        (
            ["before", "after", "--benchmark", "math"],
            "before and after have no problem of math in common; name runs",
        ),
        ([], "Missing argument 'RUN'."),
    ],
)
def test_wrong_usage(arguments: list[str], says: str, runs: Path):
    done = mathcoder("compare", *arguments, cwd=runs)
    assert says in the_line(done)
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("change", "count", "says"),
    [
        (wrong, 0, "no problem changed"),
        (wrong, 3, "the difference may well be chance (p = 0.25)"),
        (wrong, 7, "the difference is probably not chance (p = 0.016)"),
        (wrong, 20, "the difference is hardly chance (p < 0.001)"),
    ],
)
def test_the_test_in_words(change: Callable[[EvalRow], EvalRow], count: int, says: str, tmp_path: Path):
    right = [mended(row) for row in ROWS[:30]]
    first = write_run(tmp_path / "first", right)
    second = write_run(tmp_path / "second", [*map(change, right[:count]), *right[count:]])
    (found,) = compare(first, second)
    assert in_words(found) == says
