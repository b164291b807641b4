"""What the studio answers on runs of training: curves as the library reads them, solutions, what is damaged."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

pytest.importorskip("fastapi")
sys.path.append(str(Path(__file__).parents[1] / "training"))

from finished_run import HOSTILE, finished, pretrain, sft
from starlette.testclient import TestClient
from studio_server import studio_client

from mathcoder.runs.run import Run
from mathcoder.studio.trainings.measured import Measured
from mathcoder.training.metrics import MetricsLog, curves, flat, read_metrics
from mathcoder.training.schedule import Schedule

RUN = "/api/trainings/run"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    finished(tmp_path, sft(tmp_path))
    with studio_client(tmp_path) as client:
        yield client


def answer(client: TestClient, path: str = "") -> Any:
    got = client.get(f"{RUN}{path}")
    assert got.status_code == 200, got.text
    return got.json()


def points(answered: dict[str, Any]) -> dict[str, list[tuple[int, float]]]:
    """As `curves` gives them, which leaves out those of which no value is a number."""
    every = {name: list(zip(one["step"], one["value"], strict=True)) for name, one in answered["curves"].items()}
    return {name: of_one for name, of_one in every.items() if of_one}


def test_runs_of_training_are_listed(client: TestClient, tmp_path: Path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "run.json").write_text('{"kind": "corpus", "inputs": []}')
    (listed,) = client.get("/api/trainings").json()
    assert (listed["name"], listed["state"]) == ("run", "finished")


def test_what_a_run_was_made_of(client: TestClient, tmp_path: Path):
    about = answer(client)
    assert (about["kind"], about["title"], about["about"]) == ("sft", "Small solver", "It solves.")
    assert (about["base"], about["adapters"]) == ("embedded (SmolLM2-135M-Instruct)", "LoRA, rank 8")
    assert about["recipe"] == (tmp_path / "run" / "recipe.yaml").read_text()
    assert about["schedule"]["schedule"] == "cosine"
    assert [one["name"] for one in about["data"]["sources"]] == ["web", "code"]
    assert about["data"]["packed"]["padding_share_of_next_fit"] == 0.2
    assert about["data"]["dropped"] == [{"of": "web, train", "reasons": [["too long web", 7]]}]
    assert [one["sha256"] for one in about["inputs"]] == ["ab" * 32]
    assert about["hardware"]["peak"]["device"] == "cpu"
    assert about["solves"]["of"] == "gsm8k"
    assert [one["event"] for one in about["events"]] == ["started"]  # the line after it was cut off
    assert about["state"] == "finished"


@pytest.mark.parametrize(
    ("optim", "planned"),
    [
        ({"warmup_steps": 3, "learning_rate": 0.01}, Schedule("cosine", 20, 3, 3, 0.0)),
        ({"schedule": "constant", "learning_rate": 0.01}, Schedule("constant", 20, 0, 0, 0.0)),
        ({"warmup_tokens": 100}, None),  # which steps these fall into is not in the run
    ],
)
def test_the_rate_that_is_planned(tmp_path: Path, optim: dict[str, Any], planned: Schedule | None):
    finished(tmp_path, pretrain(tmp_path, optim=optim))
    with studio_client(tmp_path) as client:
        rates = answer(client)["planned_rates"]
    if planned is None:
        assert rates is None
    else:
        assert rates["step"] == list(range(1, 21))
        assert rates["value"] == [0.01 * planned.factor(step) for step in range(20)]


def test_curves_are_those_of_the_library(client: TestClient, tmp_path: Path):
    answered = answer(client, "/curves")
    expected = curves(read_metrics(tmp_path / "run" / "metrics.jsonl"))
    assert points(answered) == expected
    assert "held_out/code" in expected
    assert (answered["step"], answered["steps"], answered["tokens"]) == (20, 20, 20_000)
    assert answered["curves"]["loss"]["tokens"] == [10_000, 20_000]


def test_a_run_at_work_is_read_as_it_grows(client: TestClient, tmp_path: Path):
    run = tmp_path / "run"
    first = answer(client, "/curves")
    assert answer(client, f"/curves?seen={first['version']}").keys() == {"state", "version"}
    for path in run.glob("model"):
        path.rmdir()
    recipe = (run / "recipe.yaml").read_text()
    with Run(run, kind="sft", recipe=recipe), MetricsLog(run / "metrics.jsonl", step=20) as log:
        log.append(30, 30_000, 200.0, {"loss": 1.5})
        grown = wait_for(client, "running")
        assert points(grown)["loss"][-1] == (30, 1.5)
        with (run / "metrics.jsonl").open("a") as file:
            file.write('{"step": 40, "tokens": 40000, "seconds": 220.0, "lo')
            file.flush()
            assert answer(client, f"/curves?seen={grown['version']}").keys() == {"state", "version"}
            file.write('ss": 1.25}\n')
        assert points(answer(client, "/curves"))["loss"][-1] == (40, 1.25)
    with MetricsLog(run / "metrics.jsonl", step=10):  # it goes on from a checkpoint: what came after it is dropped
        assert points(answer(client, "/curves")) == curves(read_metrics(run / "metrics.jsonl"))
    assert wait_for(client, "stopped")["step"] == 10


def wait_for(client: TestClient, state: str) -> dict[str, Any]:
    """The studio looks at runs once a second."""
    import time

    for _ in range(50):
        answered = answer(client, "/curves")
        if answered["state"] == state:
            return answered
        time.sleep(0.1)
    raise AssertionError(f"it is {answered['state']}, not {state}")


def test_a_run_that_has_measured_nothing(client: TestClient, tmp_path: Path):
    for name in ("metrics.jsonl", "facts.json", "solved/step-000010.jsonl", "solved/step-000020.jsonl"):
        (tmp_path / "run" / name).unlink()
    assert answer(client, "/curves")["curves"] == {}
    assert answer(client)["data"] == {
        "packed": {},
        "sources": [],
        "dropped": [],
        "counted": [],
        "counted_left_out": 0,
    }
    assert answer(client, "/solved") == {"problems": [], "steps": []}


def test_a_long_curve_keeps_its_spikes(tmp_path: Path):
    lines = [
        {"step": step, "tokens": step, "seconds": 1.0, "loss": 1.0 + (step % 7) / 10} for step in range(20_000)
    ]
    lines[7_003]["loss"], lines[12_345]["loss"] = 99.0, -5.0
    (tmp_path / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    measured = Measured(tmp_path / "metrics.jsonl")
    loss = measured.facts(1_000)["curves"]["loss"]
    found = dict(zip(loss["step"], loss["value"], strict=True))
    assert len(found) <= 1_000 < loss["of"] == 20_000
    assert (found[7_003], found[12_345]) == (99.0, -5.0)
    assert {0, 19_999} <= found.keys()
    assert all(lines[step]["loss"] == value for step, value in found.items())


VALUES = some.one_of(some.none(), some.floats(allow_nan=False, width=32, allow_infinity=False))


@given(some.lists(some.tuples(VALUES, VALUES, some.booleans()), max_size=40), some.integers(0, 40))
def test_in_parts_or_at_once_it_is_the_same(tmp_path_factory: pytest.TempPathFactory, rows: Any, cut: int):
    path = tmp_path_factory.mktemp("metrics") / "metrics.jsonl"
    lines: list[str] = []
    step = 0
    for loss, held_out, same in rows:
        step += not same
        line = {"step": step, "tokens": step, "seconds": 0.0, "loss": loss, "held_out": {"web": held_out}}
        lines.append(json.dumps(line) + "\n")
    measured = Measured(path)
    for text in (lines[:cut], lines[cut:]):
        with path.open("a") as file:
            file.write("".join(text))
        facts = measured.facts(10_000)
    assert points(facts) == curves(read_metrics(path))
    missing = sum(value != value for line in read_metrics(path) for value in flat(line, missing=True).values())
    assert sum(one["missing"] for one in facts["curves"].values()) == missing


def test_what_was_solved_by_step_and_problem(client: TestClient):
    grid = answer(client, "/solved")
    assert [one["id"] for one in grid["problems"]] == ["gsm8k/0", "gsm8k/1"]
    assert [(one["step"], one["verdicts"]) for one in grid["steps"]] == [
        (10, ["wrong", "ungraded"]),
        (20, ["right", "ungraded"]),
    ]
    assert [(one["right"], one["of"], one["executed"]) for one in grid["steps"]] == [(0, 2, 1), (1, 2, 1)]
    solution = answer(client, "/solved/20/0")
    assert (solution["verdict"], solution["reference"], solution["extracted"]) == ("right", "7", "7")
    assert [block["type"] for block in solution["blocks"]] == ["text", "code", "execution", "text"]
    assert HOSTILE in solution["blocks"][0]["content"]
    assert HOSTILE in solution["problem"]
    assert answer(client, "/solved/20/1")["blocks"] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/trainings/run/solved/15/0", 404),
        ("/api/trainings/run/solved/20/2", 404),
        ("/api/trainings/run/solved/20/-1", 404),
        ("/api/trainings/run/solved/twenty/0", 422),
        ("/api/trainings/other", 404),
        ("/api/trainings/..%2Frun", 404),
        ("/api/trainings/..~run/curves", 404),
        ("/api/trainings/%2Fetc/solved", 404),
    ],
)
def test_what_is_not_there(client: TestClient, path: str, status: int):
    answered = client.get(path)
    assert answered.status_code == status
    assert "\n" not in answered.text


def test_a_run_of_another_kind_is_no_training(client: TestClient, tmp_path: Path):
    (tmp_path / "run" / "run.json").write_text('{"kind": "corpus", "inputs": []}')
    (tmp_path / "run" / "metrics.jsonl").touch()
    with studio_client(tmp_path) as fresh:
        assert fresh.get(f"{RUN}/curves").status_code == 404


@pytest.mark.parametrize(
    ("name", "text", "path", "says"),
    [
        ("metrics.jsonl", "hello\n", "/curves", "metrics.jsonl:1: no line of metrics"),
        ("facts.json", "[]", "", "facts.json: not readable"),
        ("recipe.yaml", "name: x\nnonsense: 1\n", "", "recipe.yaml: no recipe of training"),
        ("solved/step-000020.jsonl", "{\n", "/solved", "step-000020.jsonl:1"),
        ("solved/step-000020.jsonl", "{\n", "/solved/10/0", "step-000020.jsonl:1"),
    ],
)
def test_what_is_damaged_is_named_in_one_line(
    client: TestClient, tmp_path: Path, name: str, text: str, path: str, says: str
):
    (tmp_path / "run" / name).write_text(text)
    answered = client.get(f"{RUN}{path}")
    assert answered.status_code in (409, 422)
    assert says in answered.json()["error"]
    assert "\n" not in answered.json()["error"]


def test_torch_is_not_imported(tmp_path: Path):
    finished(tmp_path, sft(tmp_path))
    program = f"""
import sys
from pathlib import Path
sys.path += {[str(Path(__file__).parent)]!r}
from studio_server import studio_client
with studio_client(Path(sys.argv[1])) as client:
    for path in ("", "/curves", "/solved", "/solved/20/0"):
        assert client.get("{RUN}" + path).status_code == 200, path
print([name for name in ("torch", "transformers", "accelerate", "peft") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, timeout=100
    )
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr
