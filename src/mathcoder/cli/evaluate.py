"""Evaluate a model on benchmarks.

The model is asked every problem, its code runs, its answers are graded; the run's folder keeps every trace, what
was asked, the scores with intervals and report.html, which opens without a network. A run that was stopped goes on
where it was when the same command is given again.

    mathcoder evaluate gsm8k --limit 50
    mathcoder evaluate gsm8k math svamp --model Qwen/Qwen2.5-Math-7B-Instruct@http://localhost:8000/v1
    mathcoder evaluate math500 --model NAME@URL --votes 8 --temperature 0.7
    mathcoder evaluate gsm8k --model NAME@URL --style words --shots 4 --template plain
    mathcoder evaluate mmlu_math --model NAME@URL --style choice
"""

from __future__ import annotations

import enum
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mathcoder.cli.common import (
    Extra,
    Failure,
    KeyEnv,
    Require,
    RequiredLevel,
    extra_fields,
    open_sandbox,
    say_live,
    studio_command,
)

if TYPE_CHECKING:
    from rich.console import Console

    from mathcoder.evaluation import Run, Settings


class StyleName(enum.StrEnum):
    code = "code"
    words = "words"
    program = "program"
    choice = "choice"


class DialectName(enum.StrEnum):
    markdown = "markdown"
    mathcoder = "mathcoder"
    tools = "tools"


class Template(enum.StrEnum):
    chatml = "chatml"
    plain = "plain"


def command(
    benchmarks: Annotated[list[str], typer.Argument(help="Names; `mathcoder benchmarks` lists them.")],
    model: Annotated[str, typer.Option(help="See `mathcoder models`; default: the embedded model.")] = "embedded",
    split: Annotated[str, typer.Option(help="Of each benchmark.")] = "test",
    limit: Annotated[
        int | None, typer.Option(help="Only the first N problems of each.", metavar="N", min=1)
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Where the problems come from: a file, package, data or hub.")
    ] = None,
    style: Annotated[StyleName, typer.Option(help="How the model is asked.")] = StyleName.code,
    dialect: Annotated[
        DialectName, typer.Option(help="How it writes solutions with code.")
    ] = DialectName.markdown,
    shots: Annotated[
        int | None, typer.Option(help="Worked examples shown; default: as many as the model needs.", min=0)
    ] = None,
    system: Annotated[
        str | None,
        typer.Option(help="Instruction before the question; default: the dialect's.", metavar="TEXT"),
    ] = None,
    template: Annotated[Template, typer.Option(help="plain for base models.")] = Template.chatml,
    votes: Annotated[int, typer.Option(help="Solutions of each problem.", metavar="K", min=1)] = 1,
    verify: Annotated[bool, typer.Option(help="Let the model check its answers with code.")] = False,
    temperature: Annotated[
        float | None, typer.Option(help="Default: 0, and 0.7 with several votes.", metavar="T", min=0.0)
    ] = None,
    top_p: Annotated[float, typer.Option(help="Nucleus mass.", metavar="P", min=0.0, max=1.0)] = 1.0,
    seed: Annotated[int, typer.Option(help="Of the sampler.", metavar="N", min=0)] = 0,
    rounds: Annotated[int, typer.Option(help="Most times that the model goes on.", metavar="N", min=1)] = 16,
    tokens: Annotated[int, typer.Option(help="Most tokens of a solution.", metavar="N", min=1)] = 2048,
    seconds: Annotated[float, typer.Option(help="Most seconds of a solution.", min=0.1)] = 600.0,
    timeout: Annotated[float, typer.Option(help="Seconds that a block of code may run.", min=0.01)] = 10.0,
    concurrency: Annotated[
        int | None, typer.Option(help="Requests at a time; default: 2 for the embedded model, else 64.", min=1)
    ] = None,
    max_tokens: Annotated[
        int | None, typer.Option(help="Stop when the run has used so many tokens.", metavar="N", min=1)
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option(help="Stop when the run has cost so much; needs --price.", min=0.0)
    ] = None,
    price: Annotated[
        str | None, typer.Option(help="Of a million prompt and generated tokens.", metavar="IN,OUT")
    ] = None,
    cache: Annotated[Path | None, typer.Option(help="A folder that keeps the model's replies.")] = None,
    key_env: KeyEnv = "OPENAI_API_KEY",
    extra: Extra = "{}",
    output: Annotated[
        Path | None, typer.Option(help="The run's folder; default: runs/MODEL-BENCHMARKS.", metavar="DIR")
    ] = None,
    require: Require = RequiredLevel.rlimits,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as one JSON object.")] = False,
) -> int:
    from rich.console import Console
    from rich.text import Text

    from mathcoder.evaluation import Asking, Settings, Unfinished, evaluate
    from mathcoder.models import ModelError, open_model
    from mathcoder.problems import BenchmarkError, find_benchmark
    from mathcoder.sandbox import Limits, SandboxError
    from mathcoder.solving import Options
    from mathcoder.solving.usual import usual

    console = Console(stderr=as_json, highlight=False)
    embedded = model.startswith("embedded")
    if temperature is None:
        temperature = 0.7 if votes > 1 else 0.0
    if votes > 1 and not temperature:
        raise Failure("--votes with --temperature 0 asks for the same solution again; give a temperature", 2)
    prices, fields = _price(price), extra_fields(extra)
    if max_cost is not None and prices is None:
        raise Failure("--max-cost needs --price IN,OUT: what a million tokens cost", 2)
    try:
        names = tuple(find_benchmark(name).name for name in benchmarks)
        how = usual(model)
        instruction = how.system if system is None and style is StyleName.code and shots is None else system
        asking = Asking(
            style.value, dialect.value, how.shots if shots is None else shots, template.value, instruction
        )
        settings = Settings(
            names,
            split,
            limit,
            source,
            asking,
            Options(
                rounds=rounds,
                round_tokens=tokens,
                tokens=tokens,
                seconds=seconds,
                temperature=temperature,
                top_p=top_p,
                seed=seed,
            ),
            votes,
            verify,
            timeout=timeout,
            price=prices,
        )
    except (BenchmarkError, ValueError) as error:
        raise Failure(str(error), 2) from error
    concurrency = concurrency or (2 if embedded else 64)
    folder = output or Path("runs") / _name(model, names, settings)
    try:
        with console.status("loading the model") as status:
            llm = open_model(
                model,
                max_tokens=max_tokens,
                max_cost=max_cost,
                price=prices,
                cache=cache,
                key_env=key_env,
                extra=fields,
                in_flight=concurrency,
                progress=lambda label, fraction: status.update(f"{label} {fraction:.0%}"),
            )
        say_live(console, folder)
        with open_sandbox(Limits(timeout=timeout), require) as sandbox, _Progress(console) as progress:
            run = evaluate(settings, llm, folder, sandbox=sandbox, concurrency=concurrency, progress=progress.say)
        failed = ""
    except Unfinished as unfinished:
        run, failed = unfinished.run, str(unfinished)
    except (BenchmarkError, ValueError) as error:
        raise Failure(str(error), 2) from error
    except (ModelError, SandboxError, OSError) as error:
        raise Failure(str(error)) from error
    if as_json:
        print(json.dumps(run.scores))
    else:
        print_scores(console, run)
        console.print(f"\nreport: {folder / 'report.html'}\nsolutions: mathcoder show {folder} --wrong")
        console.print(Text(f"studio: {studio_command(folder)}"), soft_wrap=True)
    if failed:
        raise Failure(f"{failed}; give the same command again to go on")
    return 0


def _price(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)", text.strip())
    if match is None:
        raise Failure(f"--price {text!r} is not IN,OUT: two numbers, such as 0.5,1.5", 2)
    return float(match[1]), float(match[2])


def _name(model: str, benchmarks: tuple[str, ...], settings: Settings) -> str:
    """A folder's name from what is asked; no character of it can lead out of the folder of runs."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", model.partition("@")[0].rpartition("/")[2]).strip(".-") or "model"
    parts = [stem[:60], "-".join(benchmarks)[:60]]
    parts += [settings.asking.style] if settings.asking.style != "code" else []
    parts += [f"maj{settings.votes}"] if settings.votes > 1 else []
    parts += [f"first{settings.limit}"] if settings.limit else []
    return "-".join(parts)


class _Progress:
    """A bar with the accuracy so far, on a terminal; nothing elsewhere."""

    def __init__(self, console: Console):
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("asking", total=None)

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def say(self, done: int, total: int, right: int) -> None:
        self._bar.update(self._task, completed=done, total=total, description=f"{right / done:.1%} right so far")


def print_scores(console: Console, run: Run) -> None:
    """A line for each benchmark: accuracy with its interval, votes, what became of the others, code, tokens."""
    from rich.table import Table

    scores: dict[str, Any] = run.scores["benchmarks"]
    several = any(part["maj"] for part in scores.values())
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("benchmark")
    columns = [
        "problems",
        "right",
        "95%",
        *(["maj"] if several else []),
        "wrong",
        "no answer",
        "cut off",
        "ungraded",
    ]
    for name in columns:
        table.add_column(name, justify="right")
    for name, part in scores.items():
        low, high = part["accuracy"]["interval"]
        outcomes = part["outcomes"]
        table.add_row(
            part.get("title", name),
            f"{part['problems']:,}",
            f"[bold]{_percent(part['accuracy'])}[/bold]",
            f"{100 * low:.1f}–{100 * high:.1f}",
            *([_percent(part["maj"])] if several else []),
            *(f"{outcomes[kind]:,}" for kind in ("wrong", "invalid", "truncated", "ungradable")),
        )
    console.print(table)
    part = run.scores["all"]
    code = part["code"]
    cost = "" if part["cost"] is None else f", cost {part['cost']:.2f}"
    console.print(
        f"code in {_percent(code['with_code'])}% of solutions, {code['errors']:,} errors, "
        f"{code['repaired']:,} solutions repaired; {part['tokens']['per_problem']:,.0f} tokens and "
        f"{part['seconds']['per_problem']:.1f} s a problem{cost}",
        style="dim",
    )


def _percent(share: dict[str, Any] | None) -> str:
    return f"{100 * share['count'] / share['total']:.1f}" if share and share["total"] else ""
