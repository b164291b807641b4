"""What the commands that train share: a plan, or a run with its progress; one line for a failure."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mathcoder.cli.common import Failure, say_live, studio_command, system_failure

if TYPE_CHECKING:
    from rich.console import Console

    from mathcoder.training.recipe import PretrainRecipe, SftRecipe
    from mathcoder.training.train import Trained

__all__ = ["Steps", "needs_training", "plan_or_train"]

Steps = Annotated[
    int | None,
    typer.Option(help="Stop after N steps; without it the same command goes on.", metavar="N", min=1),
]


def needs_training() -> None:
    """Say what to install where the libraries of training are missing.

    Raises:
        Failure: they are.
    """
    missing = [name for name in ("torch", "transformers", "peft", "accelerate") if find_spec(name) is None]
    if missing:
        raise Failure(f"training needs {', '.join(missing)}; pip install 'mathcoder[train]'")


def plan_or_train(
    path: Path,
    load: Callable[[Path], SftRecipe | PretrainRecipe],
    output: Path | None,
    steps: int | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Do what `train sft` and `train pretrain` do.

    Raises:
        Failure: the recipe cannot be used, or training failed.
    """
    from dataclasses import asdict

    from rich.console import Console

    from mathcoder.cli.building import read_with

    first = os.environ.get("RANK", "0") == "0"  # of the processes that a launcher started, one speaks
    console = Console(stderr=as_json, highlight=False, quiet=not first)
    recipe = read_with(lambda: load(path))
    needs_training()
    if dry_run:
        return _plan(console, recipe, as_json)
    folder = output or Path("runs") / path.stem
    say_live(console, folder)
    trained = _trained(console, recipe, folder, steps)
    if first and as_json:
        print(json.dumps(asdict(trained), default=str, ensure_ascii=True))
    elif first:
        _say(console, trained)
    return 0


def _plan(console: Console, recipe: SftRecipe | PretrainRecipe, as_json: bool) -> int:
    from dataclasses import asdict

    from mathcoder.cli.building import print_plan
    from mathcoder.training.plan import plan

    with console.status("looking at the recipe"):
        planned = plan(recipe)
    if as_json:
        print(json.dumps(asdict(planned), ensure_ascii=True))
    else:
        print_plan(console, planned.facts, planned.notes, planned.problems)
    return 1 if planned.problems else 0


def _trained(console: Console, recipe: SftRecipe | PretrainRecipe, folder: Path, steps: int | None) -> Trained:
    from mathcoder.cli.common import Counter
    from mathcoder.training.session import train_watched
    from mathcoder.training.train import Stopped

    with Counter(console, "reading the recipe's model and data") as counter:

        def progress(what: str, done: int) -> None:
            counter.say(f"{what}: {done:,}")

        try:
            return train_watched(recipe, folder, steps=steps, console=console, progress=progress)
        except Stopped as error:
            raise Failure(str(error), 130) from error
        except OSError as error:
            raise system_failure(error) from error
        except (ValueError, RuntimeError) as error:
            raise Failure(str(error)) from error


def _say(console: Console, trained: Trained) -> None:
    from rich.text import Text

    held_out = ", ".join(f"{name} {loss:.3f}" for name, loss in trained.held_out.items())
    console.print(Text(f"{trained.steps:,} steps, {trained.tokens:,} tokens", style="bold"))
    if trained.loss is not None:
        console.print(Text(f"loss     {trained.loss:.3f}" + (f"; held out: {held_out}" if held_out else "")))
    after = {
        "model": trained.model,
        "report": trained.run / "report.html",
        "export": f"mathcoder train export {shlex.quote(str(trained.run))}",
        "studio": studio_command(trained.run),
    }
    for label, what in after.items():
        console.print(Text(f"{label:<9}{what}"), soft_wrap=True)
