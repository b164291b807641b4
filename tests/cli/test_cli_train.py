"""`mathcoder train` as a person gives it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from command import mathcoder, the_line

from mathcoder.cli import training
from mathcoder.cli.common import Failure

sys.path.append(str(Path(__file__).parents[1] / "training"))

RECIPES = Path(__file__).parents[2] / "recipes"
TRAIN = sorted(
    path.relative_to(RECIPES) for path in RECIPES.rglob("*.yaml") if "\nbase:" in path.read_text(encoding="utf-8")
)
# All are planned in tests/training; these through the command.
SOME = [
    Path("sft-smollm2.yaml"),
    *(Path("papers", f"{name}.yaml") for name in ("mathcoder-l-70b", "mathcoder2-llama-3-8b")),
]


def kind(name: Path) -> str:
    return "sft" if "\ndata:" in (RECIPES / name).read_text(encoding="utf-8") else "pretrain"


def test_a_bad_recipe_is_refused_a_line_for_each_fault(tmp_path: Path):
    recipe = tmp_path / "bad.yaml"
    recipe.write_text("name: x\ndata: {train: [a.jsonl], dialekt: tools}\noptim: {batch: 0}\n")
    done = mathcoder("train", "sft", str(recipe))
    assert (done.returncode, done.stdout) == (2, "")
    first, second = done.stderr.splitlines()
    assert first.endswith("'dialekt' is not known in 'data'; did you mean 'dialect'?")
    assert "'optim.batch' should be greater than 0" in second


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(training, "find_spec", lambda name: None if name in ("torch", "peft") else name)
    with pytest.raises(Failure, match=r"training needs torch, peft; pip install 'mathcoder\[train\]'"):
        training.needs_training()


def test_recipes_of_both_papers_are_there():
    assert len([name for name in TRAIN if name.parent == Path("papers")]) == 10


@pytest.mark.heavy
@pytest.mark.parametrize("name", SOME, ids=str)
def test_a_recipe_has_a_dry_run(name: Path, tmp_path: Path):
    pytest.importorskip("torch")
    done = mathcoder("train", kind(name), str(RECIPES / name), "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    for said in ("parameters", "tokens", "steps", "memory", "time, H100", "nothing stands in the way"):
        assert said in done.stdout
    assert ("FSDP2 on 8" in done.stdout) == ("papers" in name.parts)


@pytest.mark.heavy
def test_from_solutions_to_a_model_that_solves(tmp_path: Path):
    pytest.importorskip("torch")
    from made_recipes import write_recipe

    # Few of the byte tokenizer's words: what it writes is no mathematics, but it is written and read.
    recipe = str(write_recipe(tmp_path, "sft", optim={"tokens": 20_000, "warmup_steps": 1}))
    run = tmp_path / "runs" / "small"
    trial = mathcoder("train", "sft", recipe, "--output", str(run), "--steps", "1", "--json", cwd=tmp_path)
    assert trial.returncode == 0, trial.stderr
    assert json.loads(trial.stdout)["steps"] == 1
    done = mathcoder("train", "sft", recipe, "--output", str(run), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"model    {run}/model" in done.stdout
    assert f"studio   mathcoder studio {run}\n" in done.stdout
    assert re.search(r"^\d+/\d+ .* loss \d", done.stdout, re.MULTILINE)
    assert "<script" in (run / "report.html").read_text(encoding="utf-8")
    assert (run / "model" / "README.md").is_file()
    exported = mathcoder("train", "export", str(run), "--quantise", "f32", cwd=tmp_path)
    assert exported.returncode == 0, exported.stderr
    file = run / "export" / "small-sft-f32.gguf"
    assert f"model    {file}" in exported.stdout
    listed = mathcoder("models", "--json", cwd=tmp_path)
    assert str(file.relative_to(tmp_path)) in [model["spec"] for model in json.loads(listed.stdout)]
    solved = mathcoder(
        "solve", "--model", str(file), "--dialect", "mathcoder", "--tokens", "32", "1+1?", cwd=tmp_path
    )
    assert "Traceback" not in solved.stderr
    again = mathcoder("train", "export", str(run), "--quantise", "f32", cwd=tmp_path)
    assert "is there already" in the_line(again)


@pytest.mark.heavy
def test_a_folder_that_holds_no_training(tmp_path: Path):
    pytest.importorskip("torch")
    done = mathcoder("train", "export", str(tmp_path))
    assert done.returncode == 1
    assert str(tmp_path) in the_line(done)
