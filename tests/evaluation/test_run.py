"""An evaluation from its questions to its folder: rows, scores, resuming, what failed."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mathcoder.evaluation import Asking, EvalRow, Run, Settings, Unfinished, evaluate, read_run
from mathcoder.models import Chunk, ModelError, Request
from mathcoder.problems import load
from mathcoder.runs.lock import Lock, RunLocked
from mathcoder.sandbox import Sandbox
from mathcoder.solving import Options

PROBLEMS = {problem.question: problem for problem in load("svamp", limit=12)}


class Knows:
    """Knows the answers of some problems, gives others a wrong one, and says nothing of use on the rest.

    Attributes:
        asked: how often it was asked.
    """

    name = "knows"

    def __init__(self, *, fails_after: int | None = None):
        self.asked = 0
        self._fails_after = fails_after

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        self.asked += 1
        if self._fails_after is not None and self.asked > self._fails_after:
            raise ModelError("the server is gone")
        prompt = str(request.prompt)
        number, problem = next((n, p) for n, (q, p) in enumerate(PROBLEMS.items()) if q in prompt)
        if number % 4 == 3:
            yield Chunk(
                "I would rather talk about something else, because this is a dull and tiresome thing.", "stop"
            )
        elif "```output" in prompt.rpartition("assistant\n")[2]:
            yield Chunk(rf"So it is \boxed{{{prompt.rpartition('```output')[2].split()[0]}}}.", "stop")
        else:
            answer = problem.answer if number % 4 != 2 else "-1"
            yield Chunk(f"```python\nprint({answer})\n```\n", "stop", prompt_tokens=50, completion_tokens=9)

    async def aclose(self) -> None:
        """Nothing to free."""


SETTINGS = Settings(("svamp",), limit=12, options=Options(tokens=200))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def run(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return evaluate(SETTINGS, Knows(), tmp_path_factory.mktemp("runs") / "svamp", sandbox=sandbox)


def test_every_problem_has_a_row_in_the_order_of_the_benchmark(run: Run):
    assert [row.problem for row in run.rows] == [problem.id for problem in PROBLEMS.values()]
    assert [row.outcome for row in run.rows] == ["right", "right", "wrong", "invalid"] * 3
    first = run.rows[0]
    assert first.id == first.problem == "svamp/chal-1"
    assert (first.answer, first.correct, first.rule) == (first.reference, True, "same text")
    assert [block.type for block in first.solution.blocks] == ["code", "execution", "text"]


def test_scores(run: Run):
    scores = run.scores["benchmarks"]["svamp"]
    assert (scores["accuracy"]["count"], scores["accuracy"]["total"]) == (6, 12)
    assert scores["outcomes"]["invalid"] == 3
    assert scores["code"]["with_code"]["count"] == 9
    assert scores["title"] == "SVAMP"


def test_the_folder_holds_it_all(run: Run):
    assert {path.name for path in run.folder.iterdir()} == {
        "run.json",
        "rows.jsonl",
        "attempts.parquet",
        "scores.json",
        "report.html",
        "lock",
    }
    again = read_run(run.folder)
    assert again.rows == run.rows
    assert again.scores == run.scores
    asked = again.asked
    assert asked["finished"] is True
    assert asked["model"] == "knows"
    assert asked["inputs"]["svamp"]["rows"] == 12
    assert re.fullmatch(r"[0-9a-f]{64}", asked["inputs"]["svamp"]["sha256"])
    assert "mathcoder" in asked["versions"]
    assert next(iter(PROBLEMS)) in asked["prompt"]


def test_a_finished_run_asks_nobody(run: Run, sandbox: Sandbox):
    model = Knows()
    before = (run.folder / "rows.jsonl").read_bytes()
    again = evaluate(SETTINGS, model, run.folder, sandbox=sandbox)
    assert model.asked == 0
    assert (run.folder / "rows.jsonl").read_bytes() == before
    assert again.rows == run.rows


def timeless(rows: tuple[EvalRow, ...]) -> list[EvalRow]:
    return [
        replace(
            row,
            solution=replace(row.solution, cost=replace(row.solution.cost, model_seconds=0, sandbox_seconds=0)),
        )
        for row in rows
    ]


def test_a_run_that_failed_goes_on(run: Run, sandbox: Sandbox, tmp_path: Path):
    with pytest.raises(Unfinished, match=r"could not be made \(the server is gone\)") as caught:
        evaluate(SETTINGS, Knows(fails_after=9), tmp_path / "run", sandbox=sandbox, concurrency=1)
    part = caught.value.run
    assert 0 < len(part.rows) < 12
    assert caught.value.failed == 12 - len(part.rows)
    assert read_run(tmp_path / "run").asked["finished"] is False
    assert (tmp_path / "run/report.html").exists()
    model = Knows()
    whole = evaluate(SETTINGS, model, tmp_path / "run", sandbox=sandbox)
    assert timeless(whole.rows) == timeless(run.rows)
    assert model.asked < 21


def test_other_settings_are_another_run(run: Run, sandbox: Sandbox):
    with pytest.raises(ValueError, match="made with another settings"):
        evaluate(replace(SETTINGS, asking=Asking("words")), Knows(), run.folder, sandbox=sandbox)


def test_one_process_at_a_time(tmp_path: Path, sandbox: Sandbox):
    with Lock(tmp_path), pytest.raises(RunLocked, match="is at work in it; wait for it or stop it"):
        evaluate(SETTINGS, Knows(), tmp_path, sandbox=sandbox)
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_several_samples(sandbox: Sandbox, tmp_path: Path):
    settings = replace(SETTINGS, votes=3, limit=4, options=Options(tokens=200, temperature=0.7))
    found = evaluate(settings, Knows(), tmp_path / "run", sandbox=sandbox)
    assert len(found.rows) == 12
    assert found.rows[1].id.endswith("#1")
    scores = found.scores["all"]
    assert (scores["samples"], scores["maj"]["count"], scores["maj"]["total"]) == (3, 2, 4)
    assert scores["pass"] == {"1": 0.5, "2": 0.5, "3": 0.5}


def test_progress_is_told(sandbox: Sandbox, tmp_path: Path):
    told: list[tuple[int, int, int]] = []
    settings = replace(SETTINGS, limit=4)
    evaluate(settings, Knows(), tmp_path / "run", sandbox=sandbox, progress=lambda *now: told.append(now))
    assert [done for done, _, _ in told] == [1, 2, 3, 4]
    assert told[-1] == (4, 4, 2)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"kind": "other"}'])
def test_a_folder_without_a_run(content: str, tmp_path: Path):
    if content:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(ValueError, match="no evaluation is in it"):
        read_run(tmp_path)


def test_a_damaged_run_is_told_in_one_line(run: Run, tmp_path: Path):
    (tmp_path / "run.json").write_text(json.dumps(run.asked))
    (tmp_path / "rows.jsonl").write_text('{"key": {}}\n{"id": "svamp/x"}\n')
    with pytest.raises(ValueError, match="its rows cannot be read"):
        read_run(tmp_path)
