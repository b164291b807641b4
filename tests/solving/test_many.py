"""Many problems at once: nobody waits for another's code, seeds tell samples apart, a kill loses nothing."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from mathcoder.models import Chunk, ModelError, Request
from mathcoder.problems import Problem
from mathcoder.sandbox import Sandbox
from mathcoder.solution import Block, Solution
from mathcoder.solving import DIALECTS, Attempt, Check, Options, asolve_many, solve_many
from mathcoder.solving.many import _Places

MARKDOWN = DIALECTS["markdown"]()


class Sums:
    """A model that answers "What is a + b?" with a block of code and then what the code printed.

    Attributes:
        most: requests that were under way at a time.
        asked: prompts in the order in which they came.
    """

    name = "sums"

    def __init__(self, pause: float = 0.0, code: str = "print({problem})", fails: str = ""):
        self.most = self._now = 0
        self.asked: list[Request] = []
        self._pause, self._code, self._fails = pause, code, fails

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        self.asked.append(request)
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            await asyncio.sleep(self._pause)
            prompt = str(request.prompt)
            problem = prompt.rpartition("user\n")[2].partition("<|im_end|>")[0]
            if self._fails and self._fails in problem:
                raise ModelError("the server is gone")
            if "```output" in prompt.rpartition("assistant\n")[2]:
                output = prompt.rpartition("```output\n")[2].partition("\n")[0]
                yield Chunk(rf"So \boxed{{{output}}}", "stop")
            else:
                yield Chunk(f"```python\n{self._code.format(problem=problem)}\n```\n", "stop")
        finally:
            self._now -= 1

    async def aclose(self) -> None:
        """Nothing to free."""


def problems(count: int) -> list[Problem]:
    return [Problem(f"sum/{n}", f"{n} + {n}", str(2 * n)) for n in range(count)]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def test_all_are_solved_and_no_more_requests_run_than_may(sandbox: Sandbox):
    model = Sums(pause=0.01)
    attempts = list(solve_many(problems(20), model, dialect=MARKDOWN, sandbox=sandbox, concurrency=4))
    assert {attempt.id: attempt.solution.answer for attempt in attempts} == {
        f"sum/{n}": str(2 * n) for n in range(20)
    }
    assert model.most == 4


def test_the_model_works_while_code_runs(sandbox: Sandbox):
    """With one place at the model, another solution asks it while the code of the first still runs."""
    code = "import time\ntime.sleep(0.4)\nprint({problem})"
    model = Sums(code=code)
    attempts = solve_many(problems(2), model, dialect=MARKDOWN, sandbox=sandbox, concurrency=1)
    assert len(list(attempts)) == 2
    first = [str(request.prompt).rpartition("user\n")[2][:5] for request in model.asked]
    assert first[:2] == ["0 + 0", "1 + 1"]  # both had begun before either went on
    assert len(first) == 4


def test_a_place_that_is_taken_at_once_again_is_waited_for():
    async def run() -> None:
        places = _Places(1)
        assert places.take()
        waiting = asyncio.create_task(places.freed())
        await asyncio.sleep(0)
        places.give_up()
        assert places.take()
        for _ in range(3):
            await asyncio.sleep(0)
        assert not waiting.done()
        places.give_up()
        await asyncio.wait_for(waiting, 10)

    asyncio.run(run())


def test_who_began_first_goes_on_first(sandbox: Sandbox):
    model = Sums(pause=0.02)
    ids = [a.id for a in solve_many(problems(12), model, dialect=MARKDOWN, sandbox=sandbox, concurrency=2)]
    assert set(ids[:4]) <= {f"sum/{n}" for n in range(6)}


def test_samples_have_seeds_of_their_own(sandbox: Sandbox):
    model = Sums()
    options = Options(seed=7, temperature=0.8)
    attempts = list(solve_many(problems(2), model, dialect=MARKDOWN, sandbox=sandbox, samples=3, options=options))
    assert sorted(attempt.id for attempt in attempts) == [f"sum/{n}#{k}" for n in range(2) for k in range(3)]
    assert {request.seed for request in model.asked} == {7, 8, 9}
    assert {request.temperature for request in model.asked} == {0.8}


def test_what_is_done_is_skipped(sandbox: Sandbox):
    model = Sums()
    done = {"sum/0", "sum/2"}
    attempts = solve_many(problems(4), model, dialect=MARKDOWN, sandbox=sandbox, skip=done)
    assert {attempt.id for attempt in attempts} == {"sum/1", "sum/3"}
    assert len(model.asked) == 4


def test_a_model_that_fails_once_fails_one_problem(sandbox: Sandbox):
    attempts = solve_many(problems(4), Sums(fails="2 + 2"), dialect=MARKDOWN, sandbox=sandbox)
    ended = {attempt.id: (attempt.solution.ended, attempt.note) for attempt in attempts}
    assert ended.pop("sum/2") == ("model_error", "the server is gone")
    assert set(ended.values()) == {("answer", "")}


def test_leaving_early_stops_what_runs(sandbox: Sandbox):
    model = Sums(pause=0.01)
    attempts = solve_many(problems(1_000), model, dialect=MARKDOWN, sandbox=sandbox, concurrency=2)
    next(attempts)
    attempts.close()
    assert len(model.asked) < 50
    assert sandbox.run("1").ok


def test_asked_in_another_way(sandbox: Sandbox):
    model = Sums()
    attempts = solve_many(
        problems(1), model, dialect=MARKDOWN, sandbox=sandbox, ask=lambda problem: f"({problem.question}) * 10"
    )
    assert next(attempts).solution.answer == "0"
    assert "(0 + 0) * 10" in str(model.asked[0].prompt)
    attempts.close()


@pytest.mark.parametrize("name", ["samples", "concurrency"])
def test_none_at_all_is_no_number(name: str, sandbox: Sandbox):
    with pytest.raises(ValueError, match="must be 1 or more"):
        list(solve_many(problems(1), Sums(), dialect=MARKDOWN, sandbox=sandbox, **{name: 0}))


def test_cancelling_frees_the_place(sandbox: Sandbox):
    async def run() -> None:
        model = Sums(pause=0.02)
        attempts = asolve_many(problems(50), model, dialect=MARKDOWN, sandbox=sandbox, concurrency=2)
        async with aclosing(attempts):
            async for _ in attempts:
                break
        rest = asolve_many(problems(3), model, dialect=MARKDOWN, sandbox=sandbox, concurrency=2)
        assert len([attempt async for attempt in rest]) == 3

    asyncio.run(run())


@pytest.mark.parametrize(
    "attempt",
    [
        Attempt("a", "1 + 1", 0, Solution((Block("text", "2"),), "2", "answer")),
        Attempt(
            "a#3",
            "1 + 1",
            3,
            Solution((), None, "model_error"),
            "gone",
            Check("false", Solution((Block("code", "1"),), "False")),
            (Solution((Block("text", "3"),), "3"),),
        ),
    ],
)
def test_json_round_trip(attempt: Attempt):
    assert Attempt.from_json(json.loads(json.dumps(attempt.to_json()))) == attempt


PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_many import MARKDOWN, Sums, problems
from mathcoder.runs import RowLog
from mathcoder.sandbox import Sandbox
from mathcoder.solving import solve_many

with RowLog(Path({path!r}), {{"what": "sums"}}) as log, Sandbox() as sandbox:
    everything = problems({count})
    for attempt in solve_many(
        everything, Sums(pause=0.004), dialect=MARKDOWN, sandbox=sandbox, concurrency=4, skip=log.done
    ):
        row = attempt.to_json()
        for seconds in ("model_seconds", "sandbox_seconds"):
            row["solution"]["cost"][seconds] = 0.0
        log.append(row)
    log.finish(problem.id for problem in everything)
"""


def test_killed_at_random_moments_no_row_is_lost_or_doubled(tmp_path: Path):
    count = 150

    def start(path: Path) -> subprocess.Popen[bytes]:
        program = PROGRAM.format(tests=str(Path(__file__).parent), path=str(path), count=count)
        return subprocess.Popen([sys.executable, "-c", program], start_new_session=True)

    whole, killed = tmp_path / "whole.jsonl", tmp_path / "killed.jsonl"
    assert start(whole).wait(120) == 0
    choose, kills = random.Random(0), 0
    while kills < 20:
        run = start(killed)
        rows = _rows(killed)
        deadline = time.monotonic() + 60
        more = choose.randint(0, 6)
        while run.poll() is None and _rows(killed) < rows + more and time.monotonic() < deadline:
            time.sleep(0.002)
        if run.poll() is not None:
            break
        os.kill(run.pid, signal.SIGKILL)
        run.wait(60)
        kills += 1
    assert kills == 20
    assert start(killed).wait(120) == 0
    assert killed.read_bytes() == whole.read_bytes()


def _rows(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0
