"""Solve a problem: a model reasons and writes Python, the Python runs, the answer comes out.

mathcoder solve "A shirt costs 25 dollars and is reduced by 20 percent. What does it cost now?"
echo "What is the sum of the first 100 primes?" | mathcoder solve
mathcoder solve --json --temperature 0.7 --seed 3 "What is 17 * 23?"
mathcoder solve --model weights.gguf --dialect mathcoder "Solve x**2 = 16."
mathcoder solve --model Qwen/Qwen2.5-Math-7B-Instruct@http://localhost:8000/v1 "Solve x**2 = 16."
mathcoder solve --model qwen2.5:7b@http://localhost:11434/v1 --dialect tools "Solve x**2 = 16."
"""

from __future__ import annotations

import enum
import json
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Unpack

import typer

from mathcoder.cli.common import (
    Extra,
    Failure,
    KeyEnv,
    Require,
    RequiredLevel,
    extra_fields,
    open_sandbox,
    read_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mathcoder.models import Model, ServerOptions
    from mathcoder.solving import Event, Solved


class DialectName(enum.StrEnum):
    """How the model writes a solution."""

    markdown = "markdown"
    mathcoder = "mathcoder"
    tools = "tools"


def command(
    problem: Annotated[str | None, typer.Argument(help="The question; default: standard input.")] = None,
    model: Annotated[
        str,
        typer.Option(
            help="A GGUF file, NAME@URL, openai:NAME, ...; `mathcoder models` lists them.", metavar="MODEL"
        ),
    ] = "embedded",
    adapter: Annotated[Path | None, typer.Option(help="A LoRA adapter for a GGUF file, another one.")] = None,
    key_env: KeyEnv = "OPENAI_API_KEY",
    extra: Extra = "{}",
    dialect: Annotated[DialectName, typer.Option(help="How the model writes solutions.")] = DialectName.markdown,
    system: Annotated[
        str | None,
        typer.Option(help="Instruction before the question; default: the dialect's.", metavar="TEXT"),
    ] = None,
    examples: Annotated[
        bool | None, typer.Option(help="Show the model worked examples; default: where it needs them.")
    ] = None,
    rounds: Annotated[int, typer.Option(help="Most times that the model goes on.", metavar="N", min=1)] = 16,
    tokens: Annotated[int, typer.Option(help="Most tokens in all.", metavar="N", min=1)] = 2048,
    seconds: Annotated[float, typer.Option(help="Most seconds in all.", metavar="SECONDS", min=0.1)] = 300.0,
    temperature: Annotated[float, typer.Option(help="0 takes the likeliest token.", metavar="T", min=0.0)] = 0.0,
    seed: Annotated[int, typer.Option(help="Of the sampler.", metavar="N", min=0)] = 0,
    timeout: Annotated[
        float, typer.Option(help="Seconds that a block of code may run.", metavar="SECONDS", min=0.01)
    ] = 10.0,
    round_decimals: Annotated[bool, typer.Option(help="Round decimals to 6 places, as MathCoder does.")] = False,
    require: Require = RequiredLevel.rlimits,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object at the end.")] = False,
) -> int:
    from mathcoder.models import ModelError
    from mathcoder.sandbox import Limits, SandboxError
    from mathcoder.solving import Options, solve
    from mathcoder.solving.usual import Usual, usual

    question = _question(problem)
    fields = extra_fields(extra)
    how = Usual() if adapter else usual(model)
    asked = how.dialect(dialect.value, examples=examples, system=system)
    options = Options(
        rounds=rounds,
        round_tokens=tokens,
        tokens=tokens,
        seconds=seconds,
        temperature=temperature,
        seed=seed,
        round_decimals=round_decimals,
    )
    if as_json:
        warnings.simplefilter("ignore")  # a warning has no place in JSON that a program reads
    try:
        with open_sandbox(Limits(timeout=timeout), require) as sandbox:
            llm = _load(model, adapter, quiet=as_json, key_env=key_env, extra=fields)
            events = solve(question, llm, dialect=asked, sandbox=sandbox, options=options)
            solved = _last(events) if as_json else _show(question, events)
    except (ModelError, SandboxError) as error:
        raise Failure(str(error)) from error
    if as_json:
        row: dict[str, Any] = {"problem": question, "model": llm.name, "dialect": dialect.value}
        print(json.dumps(row | solved.solution.to_json() | ({"note": solved.note} if solved.note else {})))
    if solved.solution.ended == "model_error":
        raise Failure(solved.note)
    return 0


def _question(argument: str | None) -> str:
    from mathcoder.solving.loop import MAX_PROBLEM_CHARS, check_problem

    if argument is None:
        if sys.stdin.isatty():
            raise Failure('give a problem: mathcoder solve "What is 17 * 23?", or pipe one in', 2)
        argument = read_text("-", MAX_PROBLEM_CHARS)
    try:
        argument.encode()
    except UnicodeEncodeError as error:
        raise Failure(f"the problem is not UTF-8 (character {error.start + 1}); give it as UTF-8", 2) from error
    try:
        check_problem(argument)
    except ValueError as error:
        remedy = "" if argument.strip() else "; give a question"
        raise Failure(f"{error}{remedy}", 2) from error
    return argument.strip()


def _load(spec: str, adapter: Path | None, *, quiet: bool, **options: Unpack[ServerOptions]) -> Model:
    from rich.console import Console

    from mathcoder.models import open_model

    console = Console(stderr=True)
    with console.status("loading the model") as status:

        def progress(label: str, fraction: float) -> None:
            status.update(f"{label} {fraction:.0%}")

        if quiet:
            status.stop()
        return open_model(spec, adapter=adapter, progress=progress, **options)


def _last(events: Iterator[Event]) -> Solved:
    from mathcoder.solving import Solved

    return next(event for event in events if isinstance(event, Solved))


def _show(question: str, events: Iterator[Event]) -> Solved:
    from rich.console import Console

    from mathcoder.cli.trace import Trace

    trace = Trace(Console(highlight=False, width=min(Console().width, 100)))
    trace.problem(question)
    return trace.follow(events)
