"""One arm of the ablations with one seed: its trainings, and what its model does on held-out problems.

ARM/seed-S.txt           what that shows
ARM/seed-S/              a run of `mathcoder train`, without its checkpoints once it is done
ARM/seed-S/losses.jsonl  of each held-out solution: nats and tokens by kind of block
ARM/seed-S/solved.jsonl  of each held-out problem that was solved: whether it is right, what its code did
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console

from ablations_data import RECIPES, held_out, solutions
from mathcoder.files import written_aside
from mathcoder.grading import Grader, extract_answer
from mathcoder.problems import Problem
from mathcoder.rows import BadRow, json_lines
from mathcoder.runs.recipe import resolved
from mathcoder.solving.text import error_shown
from mathcoder.training.model import quiet
from mathcoder.training.recipe import PretrainRecipe, SftRecipe, load_pretrain_recipe, load_sft_recipe

ROUNDS = 6  # of a solution, at most
_FOLDER = os.path.normpath(RECIPES / "../../runs/ablations")  # what recipes name is in it


@dataclass(frozen=True)
class Arm:
    """An arm.

    Attributes:
        before: the recipe of its pretraining.
        words: its solutions have no code.
    """

    name: str
    about: str
    before: str | None = None
    words: bool = False


ARMS = {
    arm.name: arm
    for arm in (
        Arm("code", "with code, no loss on execution"),
        Arm("execution-loss", "with code, loss on execution"),
        Arm("text-only", "in words", words=True),
        Arm("new-problems", "with code, seed and new problems"),
        Arm("after-text", "with code, after text", before="pretrain-text"),
        Arm("after-code", "with code, after text and verified code", before="pretrain-code"),
    )
}
BASELINE = "code"


@dataclass(frozen=True)
class Size:
    """How much is done.

    Attributes:
        tokens: of each training; None: as the recipes say.
        problems: that each model solves.
        solution_tokens: of a solution, at most.
    """

    tokens: int | None = None
    problems: int = 100
    solution_tokens: int = 256


def recipe_of(name: str, seed: int, output: Path, size: Size) -> SftRecipe | PretrainRecipe:
    """A recipe with its seed, its data and weights in the output folder."""
    path = RECIPES / f"{name}.yaml"
    recipe = load_pretrain_recipe(path) if name.startswith("pretrain") else load_sft_recipe(path)
    changed = _moved(recipe.model_dump(mode="json", exclude_none=True), output, seed)
    changed["seed"] = seed
    if size.tokens:
        changed["optim"] |= {"tokens": size.tokens, "warmup_steps": 2}
    if "weights" not in changed["base"]:
        changed["base"]["weights"] = None
    if recipe.held_out is None:
        changed["held_out"] = None
    return type(recipe).model_validate(changed)


def _moved(value: Any, output: Path, seed: int) -> Any:
    if isinstance(value, str):
        if value.startswith(_FOLDER):
            return str(output) + value.removeprefix(_FOLDER).replace("seed-0", f"seed-{seed}")
        return value
    if isinstance(value, Mapping):
        return {key: _moved(item, output, seed) for key, item in value.items()}
    return [_moved(item, output, seed) for item in value] if isinstance(value, list) else value


def folder_of(name: str, seed: int, output: Path) -> Path:
    return output / name / f"seed-{seed}"


def done(name: str, seed: int, output: Path, size: Size) -> bool:
    """Whether an arm has all that is asked of it."""
    folder = folder_of(name, seed, output)
    asked = min(size.problems, len(held_out(output / "data"))) if (folder / "losses.jsonl").exists() else 1
    return len(rows_of(folder / "solved.jsonl")) >= asked


def run_arm(name: str, seed: int, output: Path, size: Size) -> None:
    """Train an arm and look at its model; what was done before stays.

    Raises:
        Stopped: by a signal; the same call goes on.
    """
    arm, torch = ARMS[name], _one_thread()
    if arm.before:
        _train(arm.before, seed, output, size)
    _train(name, seed, output, size)
    folder = folder_of(name, seed, output)
    library: Any = import_module("transformers")
    with quiet():
        model = library.AutoModelForCausalLM.from_pretrained(folder / "model", dtype=torch.float32).eval()
    tokenizer = library.AutoTokenizer.from_pretrained(folder / "model")
    recipe: Any = recipe_of(name, seed, output, size)
    _write_losses(arm, recipe, model, tokenizer, output, folder / "losses.jsonl")
    _solve(recipe, model, tokenizer, held_out(output / "data")[: size.problems], size, folder / "solved.jsonl")


def _one_thread() -> Any:
    torch: Any = import_module("torch")
    torch.set_num_threads(1)
    return torch


def _train(name: str, seed: int, output: Path, size: Size) -> None:
    folder, recipe = folder_of(name, seed, output), recipe_of(name, seed, output, size)
    if (folder / "model" / "training.json").exists():
        if (folder / "recipe.yaml").read_text(encoding="utf-8") != resolved(recipe):
            raise SystemExit(f"{folder}: was trained as another recipe says; remove it, or name another --output")
    else:
        from mathcoder.training.session import train_watched

        folder.parent.mkdir(parents=True, exist_ok=True)
        with folder.with_suffix(".txt").open("a", encoding="utf-8") as file:
            train_watched(recipe, folder, console=Console(file=file, width=110))
    shutil.rmtree(folder / "checkpoints", ignore_errors=True)


def _write_losses(arm: Arm, recipe: Any, model: Any, tokenizer: Any, output: Path, path: Path) -> None:
    from mathcoder.training.block_losses import block_losses
    from mathcoder.training.solutions import dialect_of

    if path.exists():
        return
    data = output / "data"
    rows = solutions(data / "text-validation.jsonl") if arm.words else held_out(data)
    shown = [(row.problem, row.solution.blocks) for row in rows]
    found = block_losses(model, tokenizer, dialect_of(recipe.data), shown, context=recipe.context)
    with written_aside(path) as aside, aside.open("w", encoding="utf-8") as file:
        for row, losses in zip(rows, found, strict=True):
            told = {"why": losses} if isinstance(losses, str) else {"nats": losses.nats, "tokens": losses.tokens}
            file.write(json.dumps({"id": row.id, **told}) + "\n")


def _solve(recipe: Any, model: Any, tokenizer: Any, rows: list[Any], size: Size, path: Path) -> None:
    from mathcoder.sandbox import Sandbox
    from mathcoder.solving import Options
    from mathcoder.solving.many import solve_many
    from mathcoder.training.solutions import dialect_of
    from mathcoder.training.solving_model import TransformersModel, generating

    before = rows_of(path)
    finished = {row["id"] for row in before}
    answers = {row.id: row.reference for row in rows}
    problems = [Problem(row.id, row.problem, row.reference or "") for row in rows if row.id not in finished]
    if not problems:
        return
    with written_aside(path) as aside:  # without a line that was cut off
        aside.write_text("".join(json.dumps(row) + "\n" for row in before), encoding="utf-8")
    options = Options(rounds=ROUNDS, round_tokens=size.solution_tokens, tokens=size.solution_tokens)
    llm = TransformersModel(model, tokenizer, recipe.name)
    with (
        generating(model),
        Sandbox(workers=1) as sandbox,
        Grader() as grader,
        path.open("a", encoding="utf-8") as file,
    ):
        for attempt in solve_many(
            problems, llm, dialect=dialect_of(recipe.data), sandbox=sandbox, options=options, concurrency=2
        ):
            shown = [block.content for block in attempt.solution.blocks if block.type == "execution"]
            grade = grader.grade(extract_answer(attempt.solution), answers[attempt.id])
            told = {
                "id": attempt.id,
                "right": grade.correct is True,
                "ended": attempt.solution.ended,
                "executed": len(shown),
                "errors": sum(error_shown(text) is not None for text in shown),
                "tokens": attempt.solution.cost.completion_tokens,
                "blocks": [[block.type, block.content] for block in attempt.solution.blocks],
            }
            file.write(json.dumps(told) + "\n")
            file.flush()


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a file, none where there is none; a line that a kill cut off is left out."""
    if not path.exists():
        return []
    return [row[1] for row in json_lines(path) if not isinstance(row, BadRow) and isinstance(row[1], dict)]


def facts_of(name: str, seed: int, output: Path) -> dict[str, Any]:
    """What an arm was trained on: tokens, the share of them that has a loss, passes, rows, seconds."""
    from mathcoder.training.run_folder import TrainingRun

    run = TrainingRun(folder_of(name, seed, output))
    sources = run.prepared["sources"]
    train = {source: about["train"] for source, about in sources.items()}
    return {
        "tokens": run.tokens,
        "seconds": run.seconds,
        "documents": {source: about["documents"] for source, about in train.items()},
        "learned": {
            source: about.get("learned", about["tokens"]) / about["tokens"] for source, about in train.items()
        },
        "passes": {source: about["epochs"] for source, about in run.packed["sources"].items()},
    }
