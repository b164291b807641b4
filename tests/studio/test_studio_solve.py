"""The Solve view's API: problems to take, streams, votes and their tally, stopping, going on, sharing."""

from __future__ import annotations

import asyncio
import base64
import html
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("fastapi")

import httpx2
from fastapi.testclient import TestClient
from studio_models import Seeded
from studio_server import TOKEN as SERVED_TOKEN
from studio_server import studio_at

from mathcoder.models import Chunk, Model, ModelError, RecordedModel, Request
from mathcoder.problems import load
from mathcoder.studio.app import create_app
from mathcoder.studio.context import Studio, StudioSettings
from mathcoder.studio.solve.asked import Ask
from mathcoder.studio.solve.solving import MOST_AT_ONCE, Solve, Solves, TooMany, Unknown

TOKEN = "a-token-for-tests"
PROBLEM = "What is 17 * 23?"
PRODUCT = ["I compute.\n```python\nprint(17 * 23)\n```\n```output\n", "The answer is \\boxed{391}."]
FIGURE = "```python\nimport matplotlib.pyplot as plt\nplt.plot([1, 4, 9])\nplt.show()\n```\n```output\n"


class Waiting:
    """Says one word and then nothing."""

    name = "waiting"

    def __init__(self) -> None:
        self.closed = 0

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        try:
            yield Chunk("Well, ")
            await asyncio.Event().wait()
        finally:
            self.closed += 1

    async def aclose(self) -> None:
        pass


class Models(dict[str, Model]):
    """The models of a test by the string that names them."""

    def open(self, spec: str) -> Model:
        if spec not in self:
            raise ModelError(f"{spec!r} names no model")
        return self[spec]


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Models:
    models = Models()
    monkeypatch.setattr(Studio, "model", lambda _, spec: models.open(spec))
    return models


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    """One studio for all tests: its sandbox is started once."""
    studio = Studio(StudioSettings((), TOKEN))
    yield studio
    asyncio.run(studio.aclose())


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, studio: Studio) -> Iterator[TestClient]:
    sandbox = studio.sandbox()  # the one of all tests: no client's studio starts or closes it
    monkeypatch.setattr(Studio, "sandbox", lambda _: sandbox)
    monkeypatch.setattr(Studio, "aclose", _nothing)
    app = create_app(StudioSettings((), TOKEN))
    headers = {"X-Studio-Token": TOKEN}
    with TestClient(app, base_url="http://127.0.0.1:8080", headers=headers) as client:
        yield client


async def _nothing(_: Studio) -> None:
    pass


def ask(client: TestClient, **body: Any) -> list[dict[str, Any]]:
    """The lines of a stream."""
    answer = client.post("/api/solve/runs", json={"problem": PROBLEM, "model": "it"} | body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def of(lines: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    return [line for line in lines if line["event"] == event]


def put_together(lines: list[dict[str, Any]], given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The blocks that a listener has who only follows the deltas."""
    parts, is_open = list(given), False
    for line in lines:
        if line["event"] == "delta":
            if is_open and parts[-1]["type"] == line["type"]:
                parts[-1] = {**parts[-1], "content": parts[-1]["content"] + line["text"]}
            else:
                parts.append({"type": line["type"], "content": line["text"]})
            is_open = True
        elif line["event"] == "executed":
            parts.append(line["part"])
            is_open = False
    return parts


def test_what_there_is_to_choose(client: TestClient):
    choices = client.get("/api/solve/choices").json()
    assert choices["model"] == "embedded"
    assert choices["dialects"] == ["mathcoder", "markdown", "tools"]
    assert choices["defaults"]["votes"] == 1
    by_name = {which["name"]: which for which in client.get("/api/solve/benchmarks").json()}
    assert by_name["gsm8k"]["splits"]["test"] == 1319


def test_models_are_listed_for_who_has_the_token(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    listed = client.post("/api/solve/models", json={}).json()
    assert all({"spec", "kind", "where"} == set(model) for model in listed)
    refused = client.post("/api/solve/models", json={}, headers={"X-Studio-Token": "another"})
    assert (refused.status_code, list(refused.json())) == (401, ["error"])
    assert client.post("/api/solve/models", json={"key_env": "sk-a key"}).status_code == 422


def test_a_problem_of_a_benchmark_without_its_answer(client: TestClient):
    problem = load("gsm8k")[4]
    shown = client.get("/api/solve/problem", params={"benchmark": "gsm8k", "number": 4}).json()
    assert shown["asked"] == problem.question
    assert (shown["id"], shown["number"], shown["has_reference"]) == (problem.id, 4, True)
    assert not {"answer", "reference", "solution"} & set(shown)

    asked = {
        "taken": {"benchmark": "gsm8k", "number": 4},
        "answers": [problem.answer, f"{problem.answer}.00", "1", None],
    }
    judged = client.post("/api/solve/reference", json=asked).json()
    assert (judged["reference"], judged["solution"]) == (problem.answer, problem.solution)
    assert [grade["correct"] for grade in judged["grades"]] == [True, True, False, False]


def test_problems_are_listed_and_searched(client: TestClient):
    page = client.get("/api/solve/problems", params={"benchmark": "svamp", "offset": 990, "limit": 20}).json()
    assert page["total"] == 1000
    assert [row["number"] for row in page["rows"]] == list(range(990, 1000))
    found = client.get("/api/solve/problems", params={"benchmark": "gsm8k", "text": "DUCKS", "limit": 2}).json()
    assert len(found["rows"]) == 2 < found["total"] < 100
    questions = [problem.question for problem in load("gsm8k")]
    assert all("ducks" in questions[row["number"]].casefold() for row in found["rows"])


@pytest.mark.parametrize(
    ("path", "query", "status", "says"),
    [
        ("problem", {"benchmark": "gsm8k", "number": 1319}, 404, "no problem number 1319"),
        ("problem", {"benchmark": "gsm8"}, 404, "did you mean gsm8k"),
        ("problem", {"benchmark": "../../etc/passwd"}, 404, "unknown benchmark"),
        ("problem", {"benchmark": "gsm8k", "split": "dev"}, 404, "no split 'dev' on this machine"),
        ("problem", {"benchmark": "gsm8k", "number": -1}, 422, "number"),
        ("problems", {"benchmark": "svamp", "split": "no"}, 404, "no split 'no'"),
        ("runs/nothing", {}, 404, "not kept any more"),
    ],
)
def test_what_is_not_there(client: TestClient, path: str, query: dict[str, Any], status: int, says: str):
    answer = client.get(f"/api/solve/{path}", params=query)
    assert answer.status_code == status
    assert says in answer.json()["error"]
    assert "\n" not in answer.json()["error"]


def test_a_solution_streams(client: TestClient, models: Models):
    models["it"] = RecordedModel(PRODUCT)
    lines = ask(client)
    kinds = [line["event"] for line in lines]
    assert kinds[:3] == ["start", "ready", "begun"]
    assert kinds[-3:] == ["solved", "tally", "end"]
    assert len(of(lines, "delta")) > 5
    (executed,) = of(lines, "executed")
    assert (executed["vote"], executed["part"]["content"], executed["part"]["status"]) == (0, "391", "ok")
    (solved,) = of(lines, "solved")
    assert (solved["answer"], solved["ended"], solved["note"]) == ("391", "answer", "")
    assert solved["parts"] == put_together(lines, [])
    assert [part["type"] for part in solved["parts"]] == ["text", "code", "execution", "text"]
    assert solved["cost"]["rounds"] == 2

    kept = client.get(f"/api/solve/runs/{lines[0]['id']}").json()
    assert (kept["running"], kept["question"], kept["model"]) == (False, PROBLEM, "recorded")
    assert kept["votes"][0]["parts"] == solved["parts"]
    assert client.post(f"/api/solve/runs/{lines[0]['id']}/stop").json() == {"stopped": False}


def test_a_figure_comes_with_its_execution(client: TestClient, models: Models):
    pytest.importorskip("matplotlib")
    models["it"] = RecordedModel([FIGURE, "\\boxed{9}"])
    lines = ask(client)
    (executed,) = of(lines, "executed")
    (image,) = executed["part"]["images"]
    assert base64.b64decode(image).startswith(b"\x89PNG")
    assert of(lines, "solved")[0]["parts"][1]["images"] == [image]
    page = client.post(f"/api/solve/runs/{lines[0]['id']}/page").text
    assert f'src="data:image/png;base64,{image}"' in page


def test_votes_are_tallied_by_equivalence(client: TestClient, models: Models):
    answers = {
        7: "\\boxed{0.5}",
        8: "\\boxed{\\frac{1}{2}}",
        9: "\\boxed{2}",
        10: "I do not know, it is unclear to me.",
    }
    models["it"] = Seeded(answers)
    lines = ask(client, votes=4, temperature=0.7, seed=7)
    assert {line["vote"] for line in of(lines, "solved")} == {0, 1, 2, 3}
    last = of(lines, "tally")[-1]
    assert (last["answer"], last["ended"], last["without"]) == ("0.5", 4, [3])
    assert [(one["votes"], one["share"]) for one in last["classes"]] == [([0, 1], 0.5), ([2], 0.25)]
    page = client.post(f"/api/solve/runs/{lines[0]['id']}/page").text
    assert "4 solutions voted" in page
    assert "(no answer)" in page


def test_checks_weigh_the_votes(client: TestClient, models: Models):
    replies = ["\\boxed{5}", "```python\nprint(5 == 6)\n```\n```output\n", "It is not so: \\boxed{False}"]
    models["it"] = RecordedModel(replies)
    lines = ask(client, verify=True)
    (checked,) = of(lines, "checked")
    assert (checked["check"]["verdict"], checked["state"]) == ("false", "done")
    assert "execution" in [part["type"] for part in checked["check"]["parts"]]
    page = client.post(f"/api/solve/runs/{lines[0]['id']}/page").text
    assert "own check" in page or "check of this answer: false" in page


def test_a_problem_of_a_benchmark_is_asked_as_evaluations_ask_it(client: TestClient, models: Models):
    problem = load("gsm8k")[0]
    model = models["it"] = RecordedModel(
        [f"From all of this it can be seen that she makes {problem.answer} dollars each day."]
    )
    lines = ask(client, problem=None, taken={"benchmark": "gsm8k", "number": 0})
    assert lines[0]["question"] == problem.question
    assert problem.question in str(model.requests[0].prompt)
    (solved,) = of(lines, "solved")
    assert solved["answer"] == problem.answer, "the last number counts in a set whose answers are numbers"


def test_what_stands_before_the_question_can_be_said(client: TestClient, models: Models):
    model = models["it"] = RecordedModel(["\\boxed{1}", "\\boxed{1}"])
    ask(client, examples=True, system="Think of sheep.")
    ask(client)
    first, second = (str(request.prompt) for request in model.requests)
    assert "Think of sheep." in first
    assert "A baker makes 12 trays" in first
    assert "A baker makes 12 trays" not in second
    assert "Solve the problem step by step." in second


def test_an_edited_block_is_run_and_the_model_goes_on(client: TestClient, models: Models):
    first = [
        "Set.\n```python\nx = 17\n```\n```output\n",
        "```python\nprint(x * 22)\n```\n```output\n",
        "\\boxed{374}",
    ]
    models["it"] = RecordedModel(first)
    before = ask(client)
    parts = of(before, "solved")[0]["parts"]
    at = [number for number, part in enumerate(parts) if part["type"] == "code"][1]

    model = models["it"] = RecordedModel(["So it is \\boxed{391}."])
    going_on = {"solve": before[0]["id"], "vote": 0, "block": at, "code": "print(x * 23)"}
    lines = ask(client, problem=None, going_on=going_on)
    given = lines[0]["votes"][0]["parts"]
    assert given == [*parts[:at], {"type": "code", "content": "print(x * 23)"}]
    (executed,) = of(lines, "executed")
    assert executed["part"]["content"] == "391"
    (solved,) = of(lines, "solved")
    assert solved["answer"] == "391"
    assert solved["parts"] == put_together(lines, given)
    assert (lines[0]["question"], len(model.requests)) == (PROBLEM, 1)
    assert "print(x * 22)" not in str(model.requests[0].prompt)


@pytest.mark.parametrize(
    ("going_on", "status", "says"),
    [
        ({"block": 0}, 422, "block 0 of solution 0 is no code"),
        ({"block": 9}, 422, "block 9 of solution 0 is no code"),
        ({"block": 1, "vote": 3}, 422, "block 1 of solution 3 is no code"),
        ({"block": 1, "code": "  \n"}, 422, "the edited code is empty"),
        ({"block": 1, "solve": "other"}, 404, "not kept any more"),
    ],
)
def test_from_where_nothing_goes_on(
    client: TestClient, models: Models, going_on: dict[str, Any], status: int, says: str
):
    models["it"] = RecordedModel(PRODUCT)
    before = ask(client)
    body = {"model": "it", "going_on": {"solve": before[0]["id"], "code": "1"} | going_on}
    answer = client.post("/api/solve/runs", json=body)
    assert answer.status_code == status
    assert says in answer.json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"problem": ""},
        {"problem": "  \n"},
        {"problem": "x" * 100_001},
        {"problem": PROBLEM, "votes": 17},
        {"problem": PROBLEM, "votes": 0},
        {"problem": PROBLEM, "temperature": -1},
        {"problem": PROBLEM, "seconds": 1e9},
        {"problem": PROBLEM, "dialect": "prose"},
        {"problem": PROBLEM, "key_env": "not a name"},
        {"problem": PROBLEM, "taken": {"benchmark": "gsm8k"}},
        {"problem": PROBLEM, "unknown": 1},
    ],
)
def test_what_cannot_be_asked(client: TestClient, body: dict[str, Any]):
    answer = client.post("/api/solve/runs", json=body)
    assert answer.status_code == 422
    assert set(answer.json()) == {"error"}


def test_nobody_solves_without_the_token(client: TestClient, models: Models):
    model = models["it"] = RecordedModel(PRODUCT)
    for headers in ({"X-Studio-Token": ""}, {"Origin": "http://example.org"}, {"Host": "example.org:8080"}):
        answer = client.post("/api/solve/runs", json={"problem": PROBLEM, "model": "it"}, headers=headers)
        assert answer.status_code in (401, 403)
    assert not model.requests


def test_a_model_that_cannot_be_had(client: TestClient, models: Models):
    lines = ask(client, model="nobody")
    assert [line["event"] for line in lines] == ["start", "failed"]
    assert lines[-1]["error"] == "'nobody' names no model"
    models["it"] = RecordedModel([])
    (solved,) = of(ask(client), "solved")
    assert solved["ended"] == "model_error"
    assert solved["note"]


HOSTILE = (
    "<script>alert(1)</script> $\\href{javascript:alert(1)}{x}$ <img src=x onerror=alert(1)> <svg onload=alert(1)>"
)


def test_the_shared_page_holds_text_only(client: TestClient, models: Models):
    models["it"] = RecordedModel(
        [f"{HOSTILE}\n```python\nprint('''{HOSTILE}''')\n```\n```output\n", f"\\boxed{{{HOSTILE}}}"]
    )
    lines = ask(client, problem=f"Say {HOSTILE}")
    answer = client.post(f"/api/solve/runs/{lines[0]['id']}/page")
    assert answer.headers["content-disposition"] == 'attachment; filename="solution.html"'
    assert "default-src 'none'" in answer.text
    body = answer.text[answer.text.index("<body>") :]
    for markup in ("<script", "<svg", "<img", "<iframe"):
        assert markup not in body
    assert html.escape("<svg onload=alert(1)>") in body
    assert "http://" not in body
    assert "https://" not in body


# What takes time is stopped.


def run_with(studio: Studio, models: Models, work: Callable[[Solves], Awaitable[None]]) -> None:
    async def body() -> None:
        await work(Solves(studio))

    asyncio.run(body())


async def said(solve: Solve) -> AsyncGenerator[bytes, None]:
    """The stream, after every solution has said something."""
    lines, waits = solve.stream(), set(range(len(solve.votes)))
    async for line in lines:
        row = json.loads(line)
        if row["event"] == "delta":
            waits.discard(row["vote"])
        if not waits:
            return lines
    raise AssertionError("it ended before")


async def ended(solve: Solve) -> None:
    for _ in range(500):
        if not solve.running:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it still runs")


def test_stopping_ends_generation_and_keeps_what_was_written(studio: Studio, models: Models):
    model = models["it"] = Waiting()

    async def work(solves: Solves) -> None:
        solve = solves.start(Ask(problem=PROBLEM, model="it", votes=2))
        lines = await said(solve)
        solve.stop()
        rest = [json.loads(line)["event"] async for line in lines]
        assert rest[-1] == "stopped"
        assert not solve.running
        assert model.closed == 2
        kept = solve.to_json()
        assert [vote["state"] for vote in kept["votes"]] == ["stopped", "stopped"]
        assert kept["votes"][0]["parts"] == [{"type": "text", "content": "Well, "}]

    run_with(studio, models, work)


def test_who_goes_away_stops_it(models: Models):
    model = models["it"] = Waiting()
    with studio_at() as address:
        headers = {"X-Studio-Token": SERVED_TOKEN}
        body = {"problem": PROBLEM, "model": "it"}
        with httpx2.stream("POST", f"{address}api/solve/runs", json=body, headers=headers, timeout=60) as answer:
            lines = answer.iter_lines()  # kept: a generator that is let go closes the answer
            for line in lines:
                if json.loads(line)["event"] == "delta":
                    break
            assert model.closed == 0
        for _ in range(500):
            if model.closed:
                break
            time.sleep(0.01)
        assert model.closed == 1


def test_stopping_ends_the_run_of_code(studio: Studio, models: Models):
    models["it"] = RecordedModel(["```python\nprint('begun')\nwhile True: pass\n```\n```output\n", "\\boxed{1}"])

    async def work(solves: Solves) -> None:
        solve = solves.start(Ask(problem=PROBLEM, model="it"))
        lines, code = solve.stream(), ""
        async for line in lines:
            code += json.loads(line).get("text", "")
            if "while True: pass" in code:
                break
        await asyncio.sleep(0.3)  # it runs by now
        solve.stop()
        rest = [json.loads(line)["event"] async for line in lines]
        assert rest[-1] == "stopped"
        assert "executed" not in rest
        assert [part["type"] for part in solve.to_json()["votes"][0]["parts"]] == ["code"]
        # What was stopped can be edited and gone on from.
        models["it"] = RecordedModel(["\\boxed{1}"])
        going_on = {"solve": solve.id, "vote": 0, "block": 0, "code": "print(1)"}
        again = solves.start(Ask.model_validate({"going_on": going_on, "model": "it"}))
        events = [json.loads(line) async for line in again.stream()]
        assert of(events, "solved")[0]["answer"] == "1"

    run_with(studio, models, work)


def test_no_more_than_so_many_at_once(studio: Studio, models: Models):
    models["it"] = Waiting()

    async def work(solves: Solves) -> None:
        running = [solves.start(Ask(problem=PROBLEM, model="it")) for _ in range(MOST_AT_ONCE)]
        for solve in running:
            await said(solve)
        with pytest.raises(TooMany, match=f"^{MOST_AT_ONCE} problems are being solved, the most at once"):
            solves.start(Ask(problem=PROBLEM, model="it"))
        running[0].stop()
        await ended(running[0])
        running[0] = solves.start(Ask(problem=PROBLEM, model="it"))
        await said(running[0])
        for solve in running:
            solve.stop()
            await ended(solve)

    run_with(studio, models, work)


def test_old_ones_are_let_go(studio: Studio, models: Models):
    models["it"] = Seeded({0: "\\boxed{1}"})

    async def work(solves: Solves) -> None:
        names: list[str] = []
        for _ in range(34):
            solve = solves.start(Ask(problem=PROBLEM, model="it"))
            assert [line async for line in solve.stream()]
            names.append(solve.id)
        with pytest.raises(Unknown, match="not kept any more"):
            solves.find(names[0])
        assert solves.find(names[-1]).votes[0].answer == "1"

    run_with(studio, models, work)
