"""The papers' claims at small scale: six ways to train a model of 5.9 million parameters, three seeds each.

    python benchmarks/ablations.py [--dry-run] [--only data|pilot|arms] [--write-docs] [--smoke]

docs/claims.md says what is compared on what, and was written before any run. The recipes are in recipes/ablations;
this gives them their seeds. All that was done is kept in the output folder: stopped or killed, the same command
goes on. `--dry-run` says what is left to do and how long it takes, `--smoke` does all of it in a very small size.

It needs `pip install 'mathcoder[train]' matplotlib` and MATHCODER_DATA (README: real inputs) with the textbook.
"""

from __future__ import annotations

import argparse
import multiprocessing
import signal
import sys
from collections.abc import Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from ablations_arms import ARMS, BASELINE, Size, done, folder_of, recipe_of, run_arm
from ablations_data import prepare
from ablations_report import PLOT, plot, section, table, write_docs
from ablations_results import results, write_pilot, write_results
from table import heading, show

# For the plan, of one thread of a server processor without other work: trained tokens a second, generated ones,
# and seconds that a run takes besides. Of the data: minutes, on two such.
TRAINED, GENERATED, BESIDES, DATA = 2_400, 180, 40, 10
SMOKE = Size(tokens=4_096, problems=2, solution_tokens=16)

Task = tuple[str, int]

_PATIENCE = 60  # seconds for a step and a checkpoint


def main() -> None:
    asked = _arguments()
    output: Path = asked.output
    size = SMOKE if asked.smoke else Size(problems=asked.problems)
    seeds = range(asked.seeds)
    first = [(BASELINE, seed) for seed in seeds[:2]]  # the pilot
    rest = [(name, seed) for seed in seeds for name in ARMS if (name, seed) not in first]
    if asked.dry_run:
        _plan(output, [*first, *rest], size, asked.jobs)
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _run(asked, size, seeds, first, rest)
    except KeyboardInterrupt:
        raise SystemExit(f"{output}: stopped; the same command goes on") from None


def _run(
    asked: argparse.Namespace, size: Size, seeds: Sequence[int], first: Sequence[Task], rest: Sequence[Task]
) -> None:
    output: Path = asked.output
    prepare(output, *((48, 3) if asked.smoke else (None, None)))
    if asked.only == "data":
        return
    _work(first, output, size, asked.jobs)
    _show_pilot(output, seeds)
    if asked.only == "pilot":
        return
    _work(rest, output, size, asked.jobs)
    if asked.only == "arms":
        return
    _finish(output, seeds, asked.write_docs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--output", type=Path, default=None, help="default: runs/ablations, of a smoke run another"
    )
    parser.add_argument("--seeds", type=int, default=3, help="of each arm, 2 or more")
    parser.add_argument("--jobs", type=int, default=2, help="runs at once, each on one thread")
    parser.add_argument("--problems", type=int, default=100, help="that each model solves")
    parser.add_argument("--only", choices=("data", "pilot", "arms"), help="end behind this part")
    parser.add_argument("--dry-run", action="store_true", help="say what is left to do, and end")
    parser.add_argument("--smoke", action="store_true", help="everything, very small; its figures mean nothing")
    parser.add_argument("--write-docs", action="store_true", help="put table and plot into docs/claims.md")
    asked = parser.parse_args()
    if asked.seeds < 2:
        parser.error("--seeds must be 2 or more: the spread between seeds is in every figure")
    if asked.smoke and asked.write_docs:
        parser.error("--write-docs takes real figures, and those of --smoke mean nothing")
    asked.seeds = min(asked.seeds, 2) if asked.smoke else asked.seeds
    asked.output = (asked.output or Path("runs/ablations-smoke" if asked.smoke else "runs/ablations")).absolute()
    return asked


def _work(tasks: Sequence[Task], output: Path, size: Size, jobs: int) -> None:
    """Do what of these is not done, several at once. What ends this ends them, a training with a checkpoint."""
    todo = [task for task in tasks if not done(*task, output, size)]
    waiting, count = todo[::-1], 0
    running: dict[Any, Task] = {}  # by process
    context: Any = multiprocessing.get_context("spawn")  # threads of torch do not outlive a fork
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                task = waiting.pop()
                process = context.Process(target=_arm, args=(*task, output, size))
                process.start()
                running[process] = task
            wait([process.sentinel for process in running])
            for process in [process for process in running if process.exitcode is not None]:
                name, seed = running.pop(process)
                if process.exitcode:
                    raise SystemExit(f"{name}, seed {seed}: not done; the same command goes on")
                count += 1
                print(f"{count} of {len(todo)}: {name}, seed {seed}", file=sys.stderr, flush=True)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.join(_PATIENCE)
            if process.is_alive():  # it had finished its training when it was asked to stop
                process.kill()
                process.join()


def _arm(name: str, seed: int, output: Path, size: Size) -> None:
    """An arm in a process of its own."""
    from mathcoder.training.train import Stopped

    try:
        run_arm(name, seed, output, size)
    except (Stopped, KeyboardInterrupt):
        sys.exit(1)


def _plan(output: Path, tasks: Sequence[Task], size: Size, jobs: int) -> None:
    """What is left to do, and about how long it takes."""
    minutes = 0.0 if (output / "data" / "tokenizer").exists() else float(DATA)
    rows: list[tuple[object, ...]] = [("data", "-", "-", f"{minutes:.0f}", "done" if not minutes else "to do")]
    for name, seed in tasks:
        ready = done(name, seed, output, size)
        trainings = [each for each in (ARMS[name].before, name) if each]
        tokens = sum(recipe_of(each, seed, output, size).optim.tokens or 0 for each in trainings)
        seconds = (
            tokens / TRAINED + size.problems * size.solution_tokens / 2 / GENERATED + BESIDES * len(trainings)
        )
        begun = folder_of(trainings[0], seed, output).exists()
        minutes += 0 if ready else seconds / 60 / jobs
        state = "done" if ready else "begun" if begun else "to do"
        rows.append((name, seed, f"{tokens:,}", f"{seconds / 60:.0f}", state))
    show(["step", "seed", "tokens", "minutes of one thread", "state"], rows)
    print(f"About {minutes:.0f} minutes are left with --jobs {jobs}, on a machine that does nothing else.")


def _show_pilot(output: Path, seeds: Sequence[int]) -> None:
    """The smallest effects that can be seen, before there are any."""
    known = write_pilot(output, seeds)
    rows = [
        (name, f"{each.seeds:.4f}", f"{each.solutions:.4f}", f"{each.detectable(len(seeds)):.4f}")
        for name, each in known.items()
    ]
    columns = ["outcome", "SD between seeds", "error from solutions", f"detectable with {len(seeds)} seeds"]
    show(columns, rows)


def _finish(output: Path, seeds: Sequence[int], docs: bool) -> None:
    """Table, plot and results.json, and the section of docs/claims.md where asked for."""
    found = results(output, seeds)
    solutions = max(each.found.solutions for each in found)
    about = heading(f"{len(seeds)} seeds, {solutions} held-out solutions").strip()
    write_results(output, seeds, found, about)
    plot(found, output / PLOT.name)
    text = section(found, output, seeds, about)
    (output / "results.md").write_text(text + "\n", encoding="utf-8")
    print(f"{about}\n\n{table(found)}")
    if docs:
        plot(found, PLOT)
        write_docs(text)


if __name__ == "__main__":
    main()
