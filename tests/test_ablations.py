"""The ablations: statistics on numbers whose answer is known, recipes that differ only where they should."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import ablations_report  # noqa: E402
import ablations_statistics  # noqa: E402
from ablations_arms import ARMS, Size, recipe_of  # noqa: E402
from ablations_data import RECIPES, in_words  # noqa: E402
from ablations_results import CLAIMS, OUTCOMES, Outcome, outcome, write_pilot  # noqa: E402
from ablations_statistics import Pilot, difference, pilot  # noqa: E402
from mathcoder.corpus.recipe import load_corpus_recipe  # noqa: E402
from mathcoder.instruct.recipe import load_instruct_recipe  # noqa: E402
from mathcoder.problems import Problem  # noqa: E402
from mathcoder.solution import Block, Solution  # noqa: E402
from mathcoder.solving.formats import Record  # noqa: E402
from mathcoder.training.recipe import load_pretrain_recipe, load_sft_recipe  # noqa: E402

T_TWO = 4.302653  # 97.5% of Student's t with two degrees of freedom, from its table


# Statistics.


def test_the_same_difference_everywhere_is_exact() -> None:
    weights = [3, 5, 20]
    found = difference([[-0.5 * count for count in weights]] * 3, weights)
    assert found.mean == pytest.approx(-0.5)
    assert found.bootstrap == pytest.approx((-0.5, -0.5))
    assert found.over_seeds == pytest.approx((-0.5, -0.5))
    assert found.shown


def test_the_mean_is_that_of_tokens_not_of_solutions() -> None:
    assert difference([[1.0, 0.0], [1.0, 0.0]], [1, 3]).mean == 0.25


def test_the_interval_over_seeds_is_that_of_students_t() -> None:
    found = difference([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]], [1, 1])
    half = T_TWO / math.sqrt(3)
    assert found.over_seeds == pytest.approx((2 - half, 2 + half), rel=1e-5)
    assert found.by_seed == (1.0, 2.0, 3.0)
    assert not found.shown  # the bootstrap over three seeds alone would say it is


def test_solutions_that_all_seeds_share_are_drawn_once() -> None:
    """With no spread between seeds the error is that of the solutions, whatever the number of seeds."""
    row = np.random.default_rng(1).normal(size=400)
    low, high = difference([row] * 5, np.ones(400)).bootstrap or (0.0, 0.0)
    assert (high - low) / 2 == pytest.approx(1.96 * row.std() / math.sqrt(400), rel=0.05)


def test_what_is_not_there_is_seldom_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ablations_statistics, "DRAWS", 400)
    random = np.random.default_rng(2)
    shown = 0
    for _ in range(200):
        made = random.normal(size=(3, 50)) + random.normal(size=(3, 1)) / 10 + random.normal(size=50)
        shown += difference(made, np.ones(50)).shown
    assert shown <= 16  # 5% are 10


def test_one_seed_has_no_interval() -> None:
    found = difference([[1.0, 2.0]], [1, 1])
    assert (found.bootstrap, found.over_seeds, found.shown) == (None, None, False)


@pytest.mark.parametrize(("sums", "weights"), [([[1.0]], [1, 1]), ([1.0], [1]), ([[0.0]], [0])])
def test_what_does_not_fit_is_refused(sums: Any, weights: Any) -> None:
    with pytest.raises(ValueError, match="do not go with"):
        difference(sums, weights)


def test_a_pilot_by_hand() -> None:
    # A mean difference of 6/4 = 1.5; what is left of it in each solution is 0.5 and -0.5.
    found = pilot([3, 5], [1, 1], [1, 3])
    assert found.seeds == pytest.approx(1.5 / math.sqrt(2))
    assert found.solutions == pytest.approx(0.25)
    assert found.detectable(1) == math.inf
    assert found.detectable(100_000) == pytest.approx((1.959964 + 0.841621) * 0.25, rel=1e-3)  # of the normal


@pytest.mark.parametrize(("seeds", "quantile"), [(3, T_TWO), (5, 2.776445)])
def test_the_detectable_effect_is_found_four_times_in_five(seeds: int, quantile: float) -> None:
    effect = Pilot(seeds=1.0, solutions=0.0).detectable(seeds)
    studies = np.random.default_rng(3).normal(effect, math.sqrt(2), size=(40_000, seeds))
    found = np.abs(studies.mean(axis=1)) > quantile * studies.std(axis=1, ddof=1) / math.sqrt(seeds)
    assert found.mean() == pytest.approx(0.8, abs=0.01)


# What arms left in their folders.


def made(output: Path, arm: str, seed: int, shift: float, tokens: int = 10) -> None:
    folder = output / arm / f"seed-{seed}"
    folder.mkdir(parents=True)
    rows = [
        {
            "id": f"p{n}",
            "nats": {"code": tokens * (n + shift), "answer": 4 * (1 + shift)},
            "tokens": {"code": tokens, "answer": 4},
        }
        for n in range(5)
    ]
    rows.append({"id": "long", "why": "too long"})  # type: ignore[dict-item]
    (folder / "losses.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    solved = [{"id": f"p{n}", "right": n < 2, "executed": int(n < 4), "errors": int(n == 0)} for n in range(5)]
    (folder / "solved.jsonl").write_text("".join(json.dumps(row) + "\n" for row in solved))


def test_a_claim_from_its_files(tmp_path: Path) -> None:
    for seed in range(3):
        made(tmp_path, "code", seed, seed / 100)
        made(tmp_path, "execution-loss", seed, seed / 100 + 0.25)
    known = write_pilot(tmp_path, range(3))
    assert known["code"].seeds == pytest.approx(0.01 / math.sqrt(2))
    found = {name: outcome(CLAIMS[0], name, range(3), tmp_path, known[name]) for name in OUTCOMES}
    assert found["code"].found.mean == pytest.approx(-0.25)
    assert (found["code"].better, found["code"].other) == pytest.approx((2.01, 2.26))
    assert found["code"].found.solutions == 5
    assert (found["solved"].better, found["runs"].better) == pytest.approx((0.4, 0.6))
    assert ablations_report.reading(found["code"]) == "as the paper says"
    assert ablations_report.reading(found["solved"]) == "not shown: an interval holds zero"
    text = ablations_report.table(list(found.values()))
    assert "| 2.0100 | 2.2600 | -0.2500 | -0.2500 to -0.2500 |" in text
    ablations_report.plot(list(found.values()), tmp_path / "plot.svg")
    assert "No loss on execution blocks: code" in (tmp_path / "plot.svg").read_text()


def test_a_pilot_is_kept(tmp_path: Path) -> None:
    for seed in range(2):
        made(tmp_path, "code", seed, seed / 100)
    known = write_pilot(tmp_path, range(2))
    (tmp_path / "code" / "seed-0" / "losses.jsonl").write_text("")
    assert write_pilot(tmp_path, range(2)) == known


def test_blocks_of_other_tokens_are_not_paired(tmp_path: Path) -> None:
    for seed in range(2):
        made(tmp_path, "code", seed, 0)
        made(tmp_path, "execution-loss", seed, 0, tokens=11)
    with pytest.raises(ValueError, match="other tokens"):
        outcome(CLAIMS[0], "code", range(2), tmp_path, Pilot(1, 1))


def test_a_gain_in_problems_solved_is_for_the_paper() -> None:
    found = difference([[1.0, 1.0]] * 2, [1, 1])
    assert ablations_report.reading(Outcome(CLAIMS[0], "solved", 1, 0, found, 0)) == "as the paper says"
    assert ablations_report.reading(Outcome(CLAIMS[0], "code", 1, 0, found, 0)) == "against the paper"


def test_a_section_goes_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "claims.md"
    page.write_text(ablations_report.PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    ablations_report.write_docs("first", page)
    once = page.read_text(encoding="utf-8")
    ablations_report.write_docs("second", page)
    assert page.read_text(encoding="utf-8") == once.replace("\nfirst\n", "\nsecond\n")
    page.write_text("no marks", encoding="utf-8")
    with pytest.raises(ValueError, match="not there"):
        ablations_report.write_docs("third", page)
    assert page.read_text(encoding="utf-8") == "no marks"


# Recipes and data.

LOADERS = {"instruct": load_instruct_recipe, "corpus": load_corpus_recipe, "pretrain": load_pretrain_recipe}


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.yaml")), ids=lambda path: path.stem)
def test_recipes_load(path: Path) -> None:
    recipe = LOADERS.get(path.stem.split("-")[0], load_sft_recipe)(path)
    assert recipe.name in (path.stem, f"ablations-{path.stem.split('-')[-1]}")


def test_arms_differ_only_where_they_should(tmp_path: Path) -> None:
    recipes = {name: recipe_of(name, 2, tmp_path, Size()).model_dump() for name in ARMS}
    baseline = recipes["code"]
    assert baseline["seed"] == 2
    differing = {
        name: {
            f"{part}.{key}"
            for part in ("base", "data", "optim")
            for key in baseline[part]
            if recipe[part][key] != baseline[part][key]
        }
        | {key for key in ("context", "held_out", "lora", "seed", "track") if recipe[key] != baseline[key]}
        for name, recipe in recipes.items()
    }
    weights = {"base.weights", "base.config", "base.tokenizer"}
    assert differing == {
        "code": set(),
        "execution-loss": {"data.loss_on_execution"},
        "text-only": {"data.train", "data.held_out", "data.assumed_tokens"},
        "new-problems": {"data.train", "data.assumed_tokens"},
        "after-text": weights,
        "after-code": weights,
    }
    text, code = (recipe_of(f"pretrain-{name}", 2, tmp_path, Size()).model_dump() for name in ("text", "code"))
    assert {key for key in text if text[key] != code[key]} == {"name", "about", "sources"}
    assert code["sources"]["documents"] == text["sources"]["documents"]
    assert text["base"] == baseline["base"]


def test_recipes_are_moved_into_the_output(tmp_path: Path) -> None:
    recipe = recipe_of("after-code", 1, tmp_path, Size(tokens=4096))
    assert recipe.base.weights == str(tmp_path / "pretrain-code" / "seed-1" / "model")
    assert recipe_of("code", 1, tmp_path, Size()).base.tokenizer == str(tmp_path / "data" / "tokenizer")
    assert recipe.optim.tokens == 4096


def test_a_solution_in_words_keeps_its_answer_block() -> None:
    blocks = (
        Block("text", "Find it."),
        Block("code", "2 + 2"),
        Block("execution", "4"),
        Block("text", "\\boxed{4}"),
    )
    row = Record("a", "What?", Solution(blocks, "4"), "4", {"split": "train", "problem": "gsm8k/train/0"})
    worked = Problem("gsm8k/train/0", "What?", "4", solution="It is 2+2=<<2+2=4>>4.\nSo 4.\n#### 4")
    assert in_words(row, worked).solution.blocks == (Block("text", "It is 2+2=4.\nSo 4."), blocks[-1])


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_all_of_it_very_small(tmp_path: Path, data_dir: Path) -> None:
    """Also that a second call finds everything done and comes to the same."""
    pytest.importorskip("torch")
    pytest.importorskip("matplotlib")
    command = [sys.executable, str(ROOT / "benchmarks" / "ablations.py"), "--smoke", "--output", str(tmp_path)]
    environment = {**os.environ, "MATHCODER_DATA": str(data_dir), "OMP_NUM_THREADS": "1"}

    def run() -> Any:
        finished = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert finished.returncode == 0, finished.stderr[-3000:]
        assert "Code-integrated solutions: loss on the answer" in finished.stdout
        return json.loads((tmp_path / "results.json").read_text())

    first = run()
    runs = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*/seed-*/losses.jsonl")}
    again = run()
    assert len(runs) == 12
    assert {path: path.stat().st_mtime_ns for path in runs} == runs
    assert first["outcomes"] == again["outcomes"]
    assert len(first["outcomes"]) == sum(len(claim.outcomes) for claim in CLAIMS)
    assert {name: about["1"]["tokens"] >= 4096 for name, about in first["runs"].items()} == dict.fromkeys(
        first["runs"], True
    )
    assert first["runs"]["execution-loss"]["0"]["tokens"] == first["runs"]["code"]["0"]["tokens"]
    learned = [first["runs"][name]["0"]["learned"]["solutions"] for name in ("code", "execution-loss")]
    assert learned[0] < learned[1]
    assert (tmp_path / "ablations.svg").read_text().lstrip().startswith("<?xml")
