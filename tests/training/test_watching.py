"""A training that is watched: what is written, shown and tracked, and that it comes out the same."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from watched_training import PROBLEMS, console, recipe, small_model, small_tokenizer, trainer  # noqa: E402

from mathcoder.solving import DIALECTS  # noqa: E402
from mathcoder.training.metrics import curves, read_metrics  # noqa: E402
from mathcoder.training.recipe import SolvePart  # noqa: E402
from mathcoder.training.solving_watch import Solving  # noqa: E402
from mathcoder.training.watching import Watch  # noqa: E402

pytestmark = pytest.mark.heavy


def solving(folder: Path, **asked: Any) -> Solving:
    file = folder.parent / "problems.jsonl"
    file.write_text("".join(json.dumps(problem) + "\n" for problem in PROBLEMS))
    part = SolvePart(file=str(file), **({"every_steps": 4, "max_tokens": 12, "problems": 2} | asked))
    return Solving(folder, part, DIALECTS["markdown"]())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


def test_what_is_measured_is_written_and_shown(folder: Path) -> None:
    where, shown = console()
    with Watch(folder, recipe(), console=where, solving=solving(folder)) as watch:
        trainer(folder, small_model(), watch, steps=6, eval_on_start=True).train()
    found = curves(read_metrics(folder / "metrics.jsonl"))
    assert [step for step, _ in found["loss"]] == [2, 4, 6]
    assert [step for step, _ in found["held_out/web"]] == [0, 4, 6]
    assert [step for step, _ in found["held_out/code"]] == [0, 4, 6]
    assert found["solved/of"] == [(4, 2.0), (6, 2.0)]
    assert {"learning_rate", "grad_norm", "tokens_per_second", "mfu"} <= set(found)
    assert found["loss"][-1][1] < found["loss"][0][1]
    assert all(0 < share < 2 for _, share in found["mfu"])
    lines = shown.getvalue().splitlines()
    assert len(lines) == len(read_metrics(folder / "metrics.jsonl"))
    assert lines[-1].startswith("6/6 ")
    facts = json.loads((folder / "facts.json").read_text())
    assert facts["steps"] == 6
    assert facts["parameters"] == facts["trained"] == small_model().num_parameters()
    assert facts["peak"]["source"] == "measured"
    assert facts["versions"]["torch"] == torch.__version__


def test_tokens_are_those_that_were_trained_on(folder: Path) -> None:
    watch = Watch(folder, recipe(), console=console()[0])
    made = trainer(folder, small_model(), watch, steps=4)
    made.train()
    last = read_metrics(folder / "metrics.jsonl")[-1]
    assert last["tokens"] == made.state.num_input_tokens_seen > 200


def test_a_run_that_goes_on_has_one_history(folder: Path) -> None:
    def go(steps: int, resume: Any = None) -> None:
        asked = recipe(track={"trackers": ["tensorboard"]})
        watch = Watch(folder, asked, console=console()[0], solving=solving(folder))
        trainer(folder, small_model(), watch, steps=steps).train(resume_from_checkpoint=resume)

    go(10)
    (folder / "solved" / "step-000012.jsonl").write_text("")
    before = json.loads((folder / "facts.json").read_text())["peak"]
    go(10, str(folder / "checkpoints" / "checkpoint-4"))  # what came after step 4 was given up
    lines = read_metrics(folder / "metrics.jsonl")
    assert [step for step, _ in curves(lines)["loss"]] == [2, 4, 6, 8, 10]
    assert len([line for line in lines if "loss" in line]) == 5
    assert [line["seconds"] for line in lines] == sorted(line["seconds"] for line in lines)
    assert [line["tokens"] for line in lines] == sorted(line["tokens"] for line in lines)
    assert sorted(path.name for path in (folder / "solved").iterdir()) == [
        "step-000004.jsonl",
        "step-000008.jsonl",
        "step-000010.jsonl",
    ]
    assert json.loads((folder / "facts.json").read_text())["peak"] == before
    assert board(folder / "tensorboard")["loss"] == [2, 4, 6, 8, 10]


def board(folder: Path) -> dict[str, list[int]]:
    """The steps of each value, as TensorBoard reads them."""
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    read = EventAccumulator(str(folder))
    read.Reload()
    return {name: [event.step for event in read.Scalars(name)] for name in read.Tags()["scalars"]}


def test_solving_changes_nothing_of_the_training(folder: Path, tmp_path: Path) -> None:
    weights: list[dict[str, Any]] = []
    for name, solve in (("with", True), ("without", False)):
        run = tmp_path / name
        run.mkdir()
        watch = Watch(run, recipe(), console=console()[0], solving=solving(run, every_steps=1) if solve else None)
        model = small_model(attn_implementation="eager")  # its dropout draws from torch's generator
        trainer(run, model, watch, steps=5).train()
        assert (run / "solved").exists() is solve
        weights.append(model.state_dict())
    assert all(torch.equal(one, weights[1][key]) for key, one in weights[0].items())


def test_solving_that_fails_ends_no_training(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mathcoder.training.solving_watch as module

    def broken() -> None:
        raise MemoryError("no room\nfor a sandbox")

    monkeypatch.setattr(module, "Sandbox", broken)
    where, shown = console()
    with Watch(folder, recipe(), console=where, solving=solving(folder)) as watch:
        trainer(folder, small_model(), watch, steps=4).train()
    assert "step 4: solving failed (no room for a sandbox); training goes on" in shown.getvalue()
    assert [step for step, _ in curves(read_metrics(folder / "metrics.jsonl"))["loss"]] == [2, 4]


def test_a_training_that_fails_leaves_the_terminal_and_its_lines(folder: Path) -> None:
    where, shown = console(terminal=True)

    def raises(*_: Any, **__: Any) -> Any:
        raise RuntimeError("broken")

    watch = Watch(folder, recipe(), console=where)
    made = trainer(folder, small_model(), watch, steps=6)
    made._save_checkpoint = raises
    with pytest.raises(RuntimeError, match="broken"), watch:
        made.train()
    assert shown.getvalue().endswith("\x1b[?25h")  # the cursor is back
    assert [step for step, _ in curves(read_metrics(folder / "metrics.jsonl"))["loss"]] == [2, 4]


def test_packed_rows_of_our_own_trainer(tmp_path: Path) -> None:
    """From a recipe: texts, `PackedTrainer`, and all that watches it."""
    pytest.importorskip("pyarrow")
    from mathcoder.training.run_folder import TrainingRun
    from mathcoder.training.train import train

    texts = [{"id": f"{i}", "text": f"The sum of {i} and {i} is {2 * i}. " * (1 + i % 3)} for i in range(80)]
    (tmp_path / "web.jsonl").write_text("".join(json.dumps(row) + "\n" for row in texts))
    folder = tmp_path / "tokenizer"
    folder.mkdir()
    small_tokenizer().save_pretrained(folder)
    config = small_model().config.to_dict() | {"attention_dropout": 0.0}
    asked = recipe(
        base={"weights": None, "config": config, "tokenizer": str(folder)},
        sources={"web": {"files": [str(tmp_path / "web.jsonl")], "held_out": 0.1}},
        optim={"batch": 4, "learning_rate": 1e-3},
        held_out={"every_steps": 3},
        track={"log_steps": 2, "trackers": ["tensorboard"]},
    )
    run = tmp_path / "run"
    with Watch(run, asked, console=console()[0], solving=solving(run)) as watch:
        done = train(asked, run, callbacks=(watch,))
    found = TrainingRun(run)
    assert found.tokens == done.tokens == found.packed["tokens"]
    assert found.step == found.steps == done.steps
    assert found.curves["loss"][-1][1] == pytest.approx(done.loss)
    assert {name: points[-1][1] for name, points in found.held_out.items()} == pytest.approx(done.held_out)
    assert found.facts["document_length"] < asked.context
    assert found.prepared["sources"]["web"]["train"]["documents"] > 60
    assert [len(one["sha256"]) for one in found.inputs] == [64]
    assert list(found.solved())[-1] == done.steps
    assert board(run / "tensorboard")["loss"] == [step for step, _ in found.curves["loss"]]


def test_trackio_stays_on_this_machine(tmp_path: Path) -> None:
    """In a process of its own, since trackio has one place a process; any connection ends it."""
    pytest.importorskip("trackio")
    program = """
        import os, socket, sys
        from pathlib import Path

        def refused(*asked, **_):
            print("network:", asked, file=sys.stderr)
            os._exit(3)

        socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refused
        from mathcoder.training.trackers import TrackerError, open_trackers

        folder = Path(sys.argv[1])
        lines = [{"step": 0, "tokens": 0, "seconds": 1.0, "held_out": {"web": 3.0}}]
        for loss in (2.5, 2.0):  # begun, and gone on with from the beginning
            (tracker,) = open_trackers(("trackio",), folder, "Run <1> of ü", lines)
            tracker.show({"step": 10, "tokens": 900, "seconds": 5.0, "loss": loss})
            tracker.close()
        try:
            open_trackers(("trackio",), folder / "other", "Run", [])
        except TrackerError as error:
            print(error)
        from trackio.sqlite_storage import SQLiteStorage as storage

        (project,) = storage.get_projects()
        (run,) = storage.get_runs(project)
        for row in storage.get_logs(project, run):
            print({name: value for name, value in row.items() if name != "timestamp"})
        assert Path(storage.get_project_db_path(project)).is_relative_to(folder / "trackio")
    """
    nowhere = "http://127.0.0.1:9"
    ways_out = {"HF_TOKEN": "hf_none", "TRACKIO_SPACE_ID": "somebody/space", "TRACKIO_SERVER_URL": nowhere}
    ways_out["TRACKIO_WEBHOOK_URL"] = nowhere
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)} | ways_out,
    )
    assert done.returncode == 0, done.stderr
    assert "network" not in done.stderr
    kept, first, second = done.stdout.splitlines()
    assert kept.startswith("trackio keeps ")
    assert first == str({"held_out/web": 3.0, "tokens": 0, "step": 0})
    assert second == str({"loss": 2.0, "tokens": 900, "step": 10})
    assert list(tmp_path.glob(".cache/huggingface/trackio/*.db")) == []
