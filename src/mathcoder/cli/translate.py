"""Find the computations of a text, write them as Python, and verify them.

FILE is a text, Markdown, LaTeX, HTML or CNXML; - is standard input, as text with its formulas in LaTeX. Parsing
finds the computations; with --model a model is asked instead, with --rest-model only about what parsing found
nothing in. Each is shown with its code and its verdict: verified is what runs, gives the stated result, and really
computes it.

    mathcoder translate notes.tex
    echo "It takes 240 / 60 = 4 hours, and $\\int_0^3 x^2\\,dx = 10$." | mathcoder translate -
    mathcoder translate chapter.html --rest-model NAME@URL --cache replies --verdict verified --output code.jsonl
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from mathcoder.cli.common import Extra, Failure, KeyEnv, Require, RequiredLevel, extra_fields, unreadable

if TYPE_CHECKING:
    from rich.console import Console

    from mathcoder.computation import Computation
    from mathcoder.translation import Translation
    from mathcoder.translation.model import ModelTranslator
    from mathcoder.verification import Verification

    Verified = tuple[Computation, Verification | None]

_MOST = 20_000_000  # characters of standard input
_MANY = 50  # computations for which the sandbox loads SymPy's tables ahead


def command(
    file: Annotated[str, typer.Argument(help="A file, or - for standard input.")],
    model: Annotated[
        str | None, typer.Option(help="Ask this model, see `mathcoder models`; default: parse.", metavar="MODEL")
    ] = None,
    rest_model: Annotated[
        str | None, typer.Option(help="Ask this model about what parsing finds nothing in.", metavar="MODEL")
    ] = None,
    verify: Annotated[bool, typer.Option("--verify/--no-verify", help="Run the code.")] = True,
    verdict: Annotated[
        str | None, typer.Option(help="Only those with this verdict, or these: verified,trivial.", metavar="NAMES")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Stop after N of them.", metavar="N", min=1)] = None,
    output: Annotated[
        Path | None, typer.Option(help="A .jsonl file for the computations.", metavar="FILE")
    ] = None,
    timeout: Annotated[
        float, typer.Option(help="Seconds of processor time for each program.", metavar="SECONDS", min=0.01)
    ] = 5.0,
    workers: Annotated[
        int | None, typer.Option(help="Programs at once; default: all cores.", metavar="N", min=1)
    ] = None,
    tokens: Annotated[int, typer.Option(help="Most tokens of a model's reply.", metavar="N", min=1)] = 2048,
    characters: Annotated[int, typer.Option(help="That a model is shown at a time.", metavar="N", min=200)] = 4000,
    concurrency: Annotated[
        int | None, typer.Option(help="Requests at a time; default: 2 for the embedded model, else 16.", min=1)
    ] = None,
    max_tokens: Annotated[
        int | None, typer.Option(help="Stop asking when so many tokens are used.", metavar="N", min=1)
    ] = None,
    cache: Annotated[Path | None, typer.Option(help="A folder that keeps the model's replies.")] = None,
    key_env: KeyEnv = "OPENAI_API_KEY",
    extra: Extra = "{}",
    require: Require = RequiredLevel.rlimits,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> int:
    from rich.console import Console

    from mathcoder.cli.computations import Shown
    from mathcoder.translation import SymbolicTranslator

    if model is not None and rest_model is not None:
        raise Failure("--model and --rest-model exclude each other; give one", 2)
    wanted = _verdicts(verdict, verify)
    console = Console(stderr=as_json, highlight=False)
    text, dropped = _read(file)
    translator = None
    if (spec := model or rest_model) is not None:
        asking = _Asking(tokens, characters, concurrency or (2 if spec == "embedded" else 16), max_tokens)
        translator = _model(console, spec, asking, cache, key_env, extra)
    start = time.perf_counter()
    with console.status("translating"):
        symbolic = None if model else SymbolicTranslator().translate(text)
        translation = _translation(text, symbolic, translator)
    seconds = time.perf_counter() - start
    shown = Shown(console, text)
    try:
        with ExitStack() as stack:
            target = _opened(stack, output)
            source = iter(translation.computations)
            verified = (
                _verified(stack, source, timeout, workers, require, len(translation.computations) > _MANY)
                if verify
                else ((c, None) for c in source)
            )
            count = 0
            for computation, verification in verified:
                shown.count(computation, verification)
                if wanted and (verification is None or verification.verdict not in wanted):
                    continue
                if target is not None or as_json:
                    _write(computation, verification, target, as_json)
                if not as_json:
                    shown.computation(computation, verification)
                count += 1
                if count == limit:
                    break
    except OSError as error:
        if output is None:
            raise
        raise Failure(f"{output}: {error.strerror or error}; give --output a file that can be written") from error
    if not as_json:
        shown.summary(translation, dropped, len(text.encode()), seconds)
    _complain(translation, translator)
    return 0


def _verdicts(names: str | None, verify: bool) -> frozenset[str]:
    from mathcoder.verification import VERDICTS

    wanted = frozenset(name.strip() for name in (names or "").split(",") if name.strip())
    if unknown := sorted(wanted - set(VERDICTS)):
        raise Failure(f"--verdict: {unknown[0]!r} is none; give one or more of {', '.join(VERDICTS)}", 2)
    if wanted and not verify:
        raise Failure("--verdict needs the code to be run; leave out --no-verify", 2)
    return wanted


def _read(file: str) -> tuple[str, tuple[str, ...]]:
    """The text, its formulas in LaTeX, and what could not be read of it."""
    if file == "-":
        from mathcoder.cli.common import read_text

        return read_text("-", _MOST), ()
    from mathcoder.extraction import read_file

    try:
        document = read_file(file)
    except (OSError, ValueError) as error:
        raise unreadable(Path(file), error) from error
    return document.text, document.dropped


@dataclass(frozen=True, slots=True)
class _Asking:
    """How a model is asked."""

    tokens: int
    characters: int
    concurrency: int
    max_tokens: int | None


def _model(
    console: Console, spec: str, asking: _Asking, cache: Path | None, key_env: str, extra: str
) -> ModelTranslator:
    from mathcoder.models import ModelError, open_model
    from mathcoder.translation.model import ModelTranslator

    fields = extra_fields(extra)
    try:
        with console.status("loading the model") as status:
            opened = open_model(
                spec,
                cache=cache,
                max_tokens=asking.max_tokens,
                key_env=key_env,
                extra=fields,
                in_flight=asking.concurrency,
                progress=lambda label, fraction: status.update(f"{label} {fraction:.0%}"),
            )
    except ModelError as error:
        raise Failure(str(error)) from error
    return ModelTranslator(
        opened, max_tokens=asking.tokens, max_characters=asking.characters, concurrency=asking.concurrency
    )


def _translation(text: str, symbolic: Translation | None, translator: ModelTranslator | None) -> Translation:
    if translator is None:
        assert symbolic is not None
        return symbolic
    return translator.translate(text) if symbolic is None else translator.translate_rest(text, symbolic)


def _verified(
    stack: ExitStack,
    source: Iterator[Computation],
    timeout: float,
    workers: int | None,
    require: RequiredLevel,
    many: bool,
) -> Iterator[Verified]:
    """Each computation with its verdict, as they are ready; nothing is started where there is none."""
    from itertools import chain, tee

    from mathcoder.cli.common import open_sandbox
    from mathcoder.sandbox import Limits, SandboxError
    from mathcoder.verification import Verifier
    from mathcoder.verification.verifier import WARM

    first = next(source, None)
    if first is None:
        return
    limits = Limits(timeout=timeout, images=0, clock="processor")
    ahead = [WARM] if many else []  # takes half a second, which a few programs do not
    sandbox = stack.enter_context(open_sandbox(limits, require, workers, ahead))
    verifier = stack.enter_context(Verifier(workers=workers, timeout=timeout, sandbox=sandbox))
    computations, again = tee(chain([first], source))
    try:
        yield from zip(computations, verifier.verify_many(again), strict=True)
    except SandboxError as error:
        raise Failure(f"{error}; `mathcoder doctor` tells more") from error


def _opened(stack: ExitStack, output: Path | None) -> IO[str] | None:
    """The output file, written aside."""
    from mathcoder.files import written_aside

    if output is None:
        return None
    aside = stack.enter_context(written_aside(output))
    return stack.enter_context(aside.open("w", encoding="utf-8"))


def _write(
    computation: Computation, verification: Verification | None, target: IO[str] | None, as_json: bool
) -> None:
    row = computation.to_json()
    if verification is not None:
        row |= {
            "verdict": verification.verdict,
            "output": verification.output,
            "reason": verification.reason,
        }
    if target is not None:
        print(json.dumps(row, ensure_ascii=False), file=target)
    if as_json:
        # JSON escapes all that could drive a terminal but this one.
        print(json.dumps(row).replace("\x7f", "\\u007f"))


def _complain(translation: Translation, translator: ModelTranslator | None) -> None:
    """A model that said nothing at all, or a budget that is used up, is a failure; what was found is kept."""
    if translator is None:
        return
    if translator.stopped:
        raise Failure(translator.stopped)
    failures = [skip.reason for skip in translation.skipped if skip.reason.startswith("the model failed: ")]
    if failures and not translator.usage.requests and not translator.replayed:
        raise Failure(failures[0].removeprefix("the model failed: "))
