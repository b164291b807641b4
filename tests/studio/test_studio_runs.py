"""Which runs the studio finds, and what it says of each; damaged ones and links out of a folder too."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from fastapi import HTTPException

sys.path.append(str(Path(__file__).parents[1] / "evaluation"))
sys.path.append(str(Path(__file__).parents[1] / "training"))
from finished_run import finished, pretrain, sft
from recorded_run import recorded_rows, write_run

from mathcoder.runs.lock import Lock
from mathcoder.runs.run import Run
from mathcoder.studio import RunInfo, Studio, StudioSettings
from mathcoder.studio.runs import find_runs

LONG_AGO = 1_700_000_000.0


def staged(folder: Path, kind: str, recipe: str = "name: some data\n") -> Path:
    """A run of stages, as the library begins one, with one stage in it and a data set."""
    with Run(folder, kind=kind, recipe=recipe):
        pass
    stage = folder / "stages" / "01-read"
    stage.mkdir(parents=True)
    (stage / "stage.json").write_text(json.dumps({"stage": "read", "kept": 1234}))
    (folder / "dataset" / "data").mkdir(parents=True)
    return folder


def aged(folder: Path, when: float = LONG_AGO) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (when, when))


def only(*folders: Path) -> RunInfo:
    (info,) = find_runs(folders)
    return info


def test_an_evaluation_says_what_it_came_to(tmp_path: Path):
    rows = recorded_rows()
    run = write_run(tmp_path / "runs/l70b", rows)
    info = only(tmp_path / "runs")
    right = sum(row.correct is True for row in rows)
    assert (info.name, info.kind, info.state) == ("l70b", "evaluation", "finished")
    assert info.title == "MathCoder-L-70b on gsm8k, svamp"
    assert info.facts == {"problems": f"{len(rows)}", "right": f"{100 * right / len(rows):.1f}%"}
    assert info.folder == run.folder
    assert "folder" not in info.to_json()


def test_an_evaluation_that_is_not_finished_is_running_while_a_process_is_at_work(tmp_path: Path):
    write_run(tmp_path / "slow", recorded_rows()[:7], finished=False)
    with Lock(tmp_path / "slow"):
        assert (only(tmp_path).state, only(tmp_path).facts) == ("running", {"solutions": "7 so far"})
    assert only(tmp_path).state == "stopped"


@pytest.mark.parametrize("kind", ["corpus", "instruct"])
def test_a_run_of_stages(tmp_path: Path, kind: str):
    folder = staged(tmp_path / "made", kind)
    info = only(tmp_path)
    assert (info.kind, info.title, info.state) == (kind, "some data", "finished")
    assert info.facts == {"stages": "1", "rows": "1,234"}
    with Run(folder, kind=kind, recipe="name: some data\n"):
        assert only(tmp_path).state == "running"
    assert only(tmp_path).state == "finished"
    (folder / "dataset" / "data").rmdir()
    assert only(tmp_path).state == "stopped"


def test_runs_of_training(tmp_path: Path):
    finished(tmp_path / "a", sft(tmp_path))
    finished(tmp_path / "b", pretrain(tmp_path))
    found = {run.name: run for run in find_runs([tmp_path])}
    assert set(found) == {"a~run", "b~run"}
    assert {run.kind for run in found.values()} == {"training"}
    assert found["a~run"].title == "Small solver"
    assert found["a~run"].facts["task"] == "fine-tuning"
    assert found["b~run"].facts["task"] == "continued pretraining"
    assert found["a~run"].facts["step"]
    assert found["a~run"].state == "finished"


def test_the_newest_comes_first_and_nothing_twice(tmp_path: Path):
    for place, name in enumerate(("first", "second", "third")):
        aged(staged(tmp_path / name, "corpus"), LONG_AGO + place)
    found = find_runs([tmp_path, tmp_path / "second", tmp_path / "../" / tmp_path.name])
    assert [run.name for run in found] == ["third", "second", "first"]


def test_names_fit_into_an_address_and_differ(tmp_path: Path):
    for name in ("one/a b", "one/a+b", "two/run", "three/run", "ü/<script>", "a~b", "a/b"):
        staged(tmp_path / name, "corpus")
    names = [run.name for run in find_runs([tmp_path, tmp_path / "two/run"])]
    assert sorted(names) == ["-~-script-", "a~b", "a~b-2", "one~a-b", "one~a-b-2", "three~run", "two~run"]


def test_a_run_that_is_named_keeps_its_own_name(tmp_path: Path):
    staged(tmp_path / "x/run", "corpus")
    staged(tmp_path / "y/run", "corpus")
    assert sorted(run.name for run in find_runs([tmp_path / "x/run", tmp_path / "y/run"])) == ["run", "run-2"]


DAMAGED = {
    "no JSON": "{",
    "no object": "[]",
    "no kind": "{}",
    "no model": json.dumps({"kind": "evaluate", "benchmarks": ["gsm8k"]}),
    "wrong types": json.dumps({"kind": "evaluate", "model": 1, "benchmarks": 7}),
    "not UTF-8": b"\xff\xfe{",
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_run_is_listed_with_the_reason(tmp_path: Path, text: str | bytes):
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "run.json").write_bytes(text.encode() if isinstance(text, str) else text)
    staged(tmp_path / "good", "corpus")
    found = {run.name: run for run in find_runs([tmp_path])}
    assert found["bad"].state == "broken"
    assert found["bad"].facts["why"].isprintable()
    assert str(tmp_path) not in found["bad"].facts["why"]
    assert found["good"].state == "finished"


def test_damage_beside_run_json(tmp_path: Path):
    folder = staged(tmp_path / "bad", "corpus")
    (folder / "stages/01-read/stage.json").write_text('{"kept": null}')
    assert only(tmp_path).state == "broken"
    run = write_run(tmp_path / "worse", recorded_rows()[:3]).folder
    (run / "scores.json").write_text('{"all": {"accuracy": {"total": "many"}}}')
    assert {run.state for run in find_runs([tmp_path])} == {"broken"}


def test_what_is_no_run_for_the_studio_is_left_out(tmp_path: Path):
    (tmp_path / "verified").mkdir()
    (tmp_path / "verified/run.json").write_text('{"kind": "verify"}')
    (tmp_path / "empty/inside").mkdir(parents=True)
    (tmp_path / "run.json.d").mkdir()
    staged(tmp_path / ".hidden/run", "corpus")
    staged(tmp_path / "1/2/3/4/5/6", "corpus")
    assert find_runs([tmp_path, tmp_path / "missing", tmp_path / "verified/run.json"]) == []


def test_links_are_not_followed(tmp_path: Path):
    outside, inside = tmp_path / "outside", tmp_path / "runs"
    staged(outside / "run", "corpus")
    inside.mkdir()
    (inside / "linked").symlink_to(outside)
    (inside / "half").mkdir()
    (inside / "half/run.json").symlink_to(outside / "run/run.json")
    assert find_runs([inside]) == []
    folder = staged(inside / "own", "corpus")
    (folder / "recipe.yaml").unlink()
    (folder / "recipe.yaml").symlink_to("/etc/passwd")
    assert only(inside).state == "broken"


def test_a_run_with_a_link_out_of_it_is_not_opened(tmp_path: Path):
    (tmp_path / "secret").write_text("secret")
    folder = staged(tmp_path / "runs/run", "corpus")
    (folder / "stages/01-read/here.json").symlink_to("stage.json")
    (folder / "checkpoints").symlink_to("/")  # may lie on another disk, and is not read
    studio = Studio(StudioSettings((tmp_path / "runs",), "token"))
    assert studio.run("run", "corpus").folder == folder
    (folder / "dataset/data/part-00000.parquet").symlink_to(tmp_path / "secret")
    os.utime(folder / "run.json")
    again = Studio(StudioSettings((tmp_path / "runs",), "token"))
    with pytest.raises(HTTPException) as caught:
        again.run("run", "corpus")
    assert caught.value.status_code == 409
    assert "part-00000.parquet" in caught.value.detail


@pytest.mark.parametrize("name", ["", "..", "../run", "..~run", "/etc", "run/", "run\0", "%2e%2e", "x" * 5000])
def test_a_name_is_looked_up_and_never_becomes_a_path(tmp_path: Path, name: str):
    staged(tmp_path / "runs/run", "corpus")
    staged(tmp_path / "run", "corpus")
    studio = Studio(StudioSettings((tmp_path / "runs",), "token"))
    with pytest.raises(HTTPException) as caught:
        studio.run(name, "corpus")
    assert caught.value.status_code == 404


def test_a_run_is_only_what_it_is(tmp_path: Path):
    staged(tmp_path / "run", "corpus")
    studio = Studio(StudioSettings((tmp_path,), "token"))
    assert studio.run("run", "instruct", "corpus").kind == "corpus"
    with pytest.raises(HTTPException, match="no run of evaluation"):
        studio.run("run", "evaluation")
