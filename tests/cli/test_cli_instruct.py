"""`mathcoder instruct build` as a person gives it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from command import mathcoder, the_line

sys.path.append(str(Path(__file__).parents[1] / "instruct"))
from instruct_built import small_recipe

RECIPES = Path(__file__).parents[2] / "recipes"


def test_build_and_json(tmp_path: Path):
    recipe = str(small_recipe(tmp_path))
    done = mathcoder("instruct", "build", recipe, "--output", str(tmp_path / "run"), "--limit", "5")
    assert (done.returncode, done.stderr) == (0, "")
    assert "solutions\n" in done.stdout
    assert f"report   {tmp_path}/run/report.html" in done.stdout
    assert f"studio   mathcoder studio {tmp_path}/run\n" in done.stdout
    again = mathcoder("instruct", "build", recipe, "--output", str(tmp_path / "run"), "--limit", "5", "--json")
    said = json.loads(again.stdout)
    assert all(stage["reused"] for stage in said["stages"])
    assert Path(said["dataset"], "README.md").is_file()


def test_a_bad_recipe_is_refused_a_line_for_each_fault(tmp_path: Path):
    recipe = tmp_path / "bad.yaml"
    recipe.write_text("name: x\nproblems:\n  a: {benchmark: gsm8k, split: test}\nsead: {}\n")
    done = mathcoder("instruct", "build", str(recipe))
    assert (done.returncode, done.stdout) == (2, "")
    first, second = done.stderr.splitlines()
    assert "only rows of a train split may be trained on" in first
    assert second.endswith("'sead' is not known; did you mean 'seed'?")


def test_a_run_of_a_corpus_is_not_one_of_instructions(tmp_path: Path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "run.json").write_text('{"kind": "corpus", "inputs": []}')
    done = mathcoder("instruct", "build", str(small_recipe(tmp_path)), "--output", str(folder))
    assert the_line(done).endswith("holds a run of 'corpus', not of 'instruct'; name another folder")


@pytest.mark.parametrize(
    "name", sorted(path.name for path in RECIPES.glob("*.yaml") if "\nproblems:" in path.read_text())
)
def test_every_recipe_has_a_dry_run(name: str):
    done = mathcoder("instruct", "build", str(RECIPES / name), "--dry-run")
    assert done.returncode in (0, 1)
    assert "benchmark items" in done.stdout
    problems = [line for line in done.stdout.splitlines() if line.startswith("problem: ")]
    # Train questions are not in the package; where they cannot be had, that is all that stands in the way.
    assert all("problems.gsm8k" in line or "problems.math" in line for line in problems)
