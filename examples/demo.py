"""The main job on real problems: a model writes text and Python, the Python runs, the answer comes out.

First the embedded model, small and not trained for this, live. Then solutions that MathCoder-L-70b really
wrote (examples/data/mathcoder_l70b.jsonl) are executed again, so that right ones are seen too. Then a section of
an open textbook becomes Python that proves its computations, and with other sources a small corpus. Last a small
evaluation, with its report.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from mathcoder.cli.building import Stages
from mathcoder.cli.computations import Shown
from mathcoder.cli.corpus.build import print_built
from mathcoder.cli.evaluate import print_scores
from mathcoder.cli.replay import print_table
from mathcoder.cli.trace import Trace
from mathcoder.corpus.build import build
from mathcoder.corpus.recipe import load_corpus_recipe
from mathcoder.evaluation import Asking, Settings, evaluate
from mathcoder.extraction import read_file
from mathcoder.models import EmbeddedModel, ModelError
from mathcoder.publishing.look import rows
from mathcoder.sandbox import Sandbox
from mathcoder.solving import DIALECTS, WORKED, Options, solve
from mathcoder.solving.formats import Record, read_records
from mathcoder.solving.replay import CONSISTENT, replay
from mathcoder.translation import SymbolicTranslator
from mathcoder.verification import Verifier

DATA = Path(__file__).parent / "data"
RUN = Path("runs/demo")
CORPUS = Path("runs/demo-corpus")
RECIPE = Path(__file__).parents[1] / "recipes/quickstart.yaml"
SHOWN_STEP = "Start by checking that these sequences really are geometric"
SHOWN = "MathCoder-L-70b/GSM8K/741"


def main() -> None:
    console = Console(highlight=False, width=min(Console().width, 100))
    with Sandbox() as sandbox:
        model = solve_live(console, sandbox)
        replay_recorded(console, sandbox)
        translate_page(console, sandbox)
        build_corpus(console)
        evaluate_live(console, sandbox, model)
    console.print()
    console.print(Text("Next: ", style="bold"), Text('.venv/bin/mathcoder solve "What is 17 * 23?"'), sep="")
    console.print(Text("      .venv/bin/mathcoder --help"))


def solve_live(console: Console, sandbox: Sandbox) -> EmbeddedModel:
    console.rule("[bold]1  Solved live by the embedded model")
    console.print(
        "SmolLM2-135M-Instruct, on this CPU. It is small and was not trained to solve with code: four worked "
        "examples in its prompt are all it has. Of the 70 shortest SVAMP test problems it got 7 right; here are "
        "three. Its Python really runs, and it goes on from the real output.\n",
        style="dim",
    )
    with console.status("loading the model (the first time it is converted, about 5 s)"):
        try:
            model = EmbeddedModel()
        except ModelError as error:
            sys.exit(f"demo: {error}")
    dialect = DIALECTS["markdown"](examples=WORKED)
    options = Options(rounds=4, round_tokens=120, tokens=250)
    right = 0
    problems = [json.loads(line) for line in (DATA / "problems.jsonl").read_text().splitlines()]
    for number, problem in enumerate(problems, 1):
        console.rule(f"problem {number} of {len(problems)}", style="dim")
        trace = Trace(console)
        trace.problem(problem["question"])
        solved = trace.follow(solve(problem["question"], model, dialect=dialect, sandbox=sandbox, options=options))
        is_right = solved.solution.answer == problem["answer"]
        right += is_right
        verdict = Text("right" if is_right else "wrong", style="bold green" if is_right else "bold red")
        console.print(verdict, Text(f"(the reference says {problem['answer']})\n", style="dim"))
    return model


def replay_recorded(console: Console, sandbox: Sandbox) -> None:
    console.rule("[bold]2  Written by MathCoder-L-70b, executed again")
    console.print(
        "Recorded by its authors in 2023. Every block now runs here; one solution in full:\n", style="dim"
    )
    records = [row for row in read_records(DATA / "mathcoder_l70b.jsonl") if isinstance(row, Record)]
    trace = Trace(console)
    outcomes: Counter[str] = Counter()
    start = time.perf_counter()
    for replayed in replay(records, sandbox):
        outcomes.update(comparison.outcome for comparison in replayed.comparisons)
        if replayed.record.id == SHOWN:
            shown = replayed
    seconds = time.perf_counter() - start
    trace.problem(shown.record.problem)
    trace.solution(shown.record.solution)
    console.print()
    same = all(comparison.outcome in CONSISTENT for comparison in shown.comparisons)
    console.print(Text("Run again: " + ("the same outputs\n" if same else "other outputs\n"), style="bold green"))
    right = sum(bool(record.meta.get("correct")) for record in records)
    console.print(f"All {len(records)} solutions ({right} of them right, as their authors graded them):\n")
    print_table(console, outcomes, len(records), seconds)


def translate_page(console: Console, sandbox: Sandbox) -> None:
    console.print()
    console.rule("[bold]3  A page of a textbook as proven Python")
    console.print(
        "A section of Discrete Mathematics (Oscar Levin, CC-BY-SA). Its computations are found by parsing, "
        "written as Python, run, compared with what the book says, and run again with other numbers to see "
        "that they compute it. The first of each kind:\n",
        style="dim",
    )
    document = read_file(DATA / "sequences.ptx")
    start = time.perf_counter()
    translation = SymbolicTranslator().translate(document.text)
    seconds = time.perf_counter() - start
    shown = Shown(console, document.text)
    kinds: set[str] = set()
    with Verifier(sandbox=sandbox) as verifier:
        verdicts = verifier.verify_many(translation.computations)
        for computation, verification in zip(translation.computations, verdicts, strict=True):
            shown.count(computation, verification)
            if verification.verdict == "verified" and computation.kind not in kinds:
                kinds.add(computation.kind)
                shown.computation(computation, verification)
    shown.summary(translation, document.dropped, len(document.text.encode()), seconds)


def build_corpus(console: Console) -> None:
    console.print()
    console.rule("[bold]4  A small corpus with verified code")
    console.print(
        "recipes/quickstart.yaml: web pages, the same section, programs, worked questions, and 80 recorded "
        "solutions to test questions, which must not come through. What each stage kept and dropped:\n",
        style="dim",
    )
    shutil.rmtree(CORPUS, ignore_errors=True)
    with Stages(console) as stages:
        built = build(load_corpus_recipe(RECIPE), CORPUS, progress=stages.report)
    print_built(console, built)
    text = next(
        row["text"] for row in rows(sorted((built.dataset / "data").iterdir())) if row["form"] == "interleaved"
    )
    start = text.index(SHOWN_STEP)
    end = text.index("```", text.index("```output", start) + 9) + 3
    console.print("\nFrom the section, with its code in place:\n", style="dim")
    console.print(Padding(Text(text[start:end]), (0, 4)))


def evaluate_live(console: Console, sandbox: Sandbox, model: EmbeddedModel) -> None:
    console.print()
    console.rule("[bold]5  A small evaluation, with its report")
    console.print("The first eight problems of the SVAMP test set, asked, executed and graded:\n", style="dim")
    shutil.rmtree(RUN, ignore_errors=True)
    options = Options(rounds=4, round_tokens=120, tokens=250)
    settings = Settings(("svamp",), limit=8, asking=Asking(shots=4), options=options)
    with console.status("asking the embedded model") as status:

        def progress(done: int, total: int, right: int) -> None:
            status.update(f"{done} of {total} problems, {right} right")

        run = evaluate(settings, model, RUN, sandbox=sandbox, concurrency=2, progress=progress)
    print_scores(console, run)
    console.print(Text(f"\nThe report, every solution in it: {RUN / 'report.html'}", style="bold"))


if __name__ == "__main__":
    main()
