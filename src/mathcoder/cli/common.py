"""What the commands share: one-line failures, reading input that may be anything, the sandbox they ask for."""

from __future__ import annotations

import enum
import inspect
import json
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from mathcoder.rows import BadRow
    from mathcoder.sandbox import Limits, Sandbox


class Failure(Exception):
    """Ends a command with one line for the person: what, where, what to do.

    Args:
        message: that line.
        exit_code: 1 for failure, 2 for wrong usage.
    """

    def __init__(self, message: str, exit_code: int = 1):
        super().__init__(" ".join(message.split()))
        self.exit_code = exit_code


class Failures(Failure):
    """Ends a command with several lines, of which each is one failure."""

    def __init__(self, lines: Sequence[str], exit_code: int = 1):
        super().__init__(" ".join(lines), exit_code)
        self.lines = tuple(" ".join(line.split()) for line in lines)


def group(name: str, text: str | None) -> typer.Typer:
    """An app of commands; `text` is its help, with examples as a module's docstring has them."""
    return typer.Typer(
        name=name,
        help=_help(text),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def add_command(app: typer.Typer, module: ModuleType) -> None:
    """Make the function `command` of a module a command; its name is the module's, its help the docstring."""
    app.command(module.__name__.rpartition(".")[2], help=_help(module.__doc__))(module.command)


def _help(text: str | None) -> str:
    """`\\b` keeps the lines of the examples as they are."""
    shown = re.sub(r"(?m)^    (?=\S)", "", inspect.cleandoc(text or ""))
    return re.sub(r"\n\n(?=(?:mathcoder|echo|[A-Z_]+=\S+ mathcoder) )", "\n\n\b\n", shown)


class RequiredLevel(enum.StrEnum):
    """How much containment a command insists on."""

    full = "full"
    kernel = "kernel"
    rlimits = "rlimits"


Require = Annotated[RequiredLevel, typer.Option(help="Refuse to run with less containment.")]
KeyEnv = Annotated[str, typer.Option(help="Environment variable with a server's API key.", metavar="NAME")]
Extra = Annotated[
    str, typer.Option(help="Fields that a server's requests get besides, a JSON object.", metavar="JSON")
]

Recipe = Annotated[Path, typer.Argument(help="A YAML file.")]
RunFolder = Annotated[
    Path | None, typer.Option(help="Folder of the run; default: runs/ and the recipe's name.", metavar="DIR")
]
Engine = Annotated[str, typer.Option(help="native, ray, or ray://HOST:PORT.")]
Workers = Annotated[int | None, typer.Option(help="Processes at once; default: the cores.", metavar="N", min=1)]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Check the recipe and what it needs, and say what it would take.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def read_text(source: str, most: int) -> str:
    """The text of a file, or of standard input for `-`.

    Raises:
        Failure: it is not there, too long, or not UTF-8.
    """
    name = "standard input" if source == "-" else source
    try:
        if source == "-":
            data = sys.stdin.buffer.read(most * 4 + 1)
        else:
            with Path(source).open("rb") as file:
                data = file.read(most * 4 + 1)
    except OSError as error:
        raise Failure(f"{name}: {error.strerror or error}; name a file that can be read", 2) from error
    too_long = Failure(f"{name}: longer than {most:,} characters; give less at a time", 2)
    if len(data) > most * 4:
        raise too_long
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Failure(
            f"{name}:{line}: byte 0x{data[error.start]:02x} is not UTF-8; save the text as UTF-8", 2
        ) from error
    if len(text) > most:
        raise too_long
    return text


def extra_fields(text: str) -> dict[str, Any]:
    """What `--extra` says. Raises Failure where it is not a JSON object."""
    try:
        fields: object = json.loads(text)
    except ValueError as error:
        raise Failure(f"--extra is not JSON: {error}", 2) from error
    if not isinstance(fields, dict):
        raise Failure('--extra is not an object; write {"field": value}', 2)
    return cast("dict[str, Any]", fields)


def open_sandbox(
    limits: Limits, require: RequiredLevel, workers: int | None = None, preload: Sequence[str] = ()
) -> Sandbox:
    """A sandbox, or one line that says why there is none."""
    from mathcoder.sandbox import Sandbox, SandboxError

    try:
        return Sandbox(limits, workers=workers, require=require.value, preload=preload)
    except SandboxError as error:
        raise Failure(f"{error}; `mathcoder doctor` tells more") from error


def studio_command(folder: Path) -> str:
    """The command that shows a run in the browser, finished or at work."""
    return f"mathcoder studio {shlex.quote(str(folder))}"


def say_live(console: Console, folder: Path) -> None:
    """At the beginning of a long command, on a terminal: how to watch it from another one; nothing elsewhere."""
    from rich.text import Text

    if console.is_terminal:
        console.print(Text(f"to watch it: {studio_command(folder)}", style="dim"), soft_wrap=True)


def say_rejected(console: Console, file: Path, bad: Sequence[BadRow], to: Path | None) -> None:
    """Keep the rows that could not be read in a file, and say so; nothing where there are none.

    Raises:
        Failure: that file cannot be written.
    """
    if not bad:
        return
    from mathcoder.files import written_aside

    path = to or Path(f"{file.name}.rejected.jsonl")
    try:
        with written_aside(path) as aside, aside.open("w", encoding="utf-8") as target:
            for row in bad:
                print(json.dumps({"file": row.file, "line": row.line, "reason": row.reason}), file=target)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror or error}; give --rejected a file that can be written") from error
    console.print(
        f"{len(bad)} rows could not be read; see {path} (first: {bad[0]})", style="yellow", highlight=False
    )


def system_failure(error: OSError) -> Failure:
    """The line for what the system refused: the file and why, where it names one."""
    named = error.filename and error.strerror
    return Failure(f"{error.filename}: {error.strerror}" if named else str(error))


def unreadable(file: Path, error: OSError | ValueError) -> Failure:
    """The line for a file that cannot be read at all."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Failure(reason if str(file) in reason else f"{file}: {reason}", 2)


class Counter:
    """A line that counts while something runs, on a terminal; nothing elsewhere. A context manager."""

    def __init__(self, console: Console, description: str):
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task(description)

    def __enter__(self) -> Counter:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def say(self, description: str) -> None:
        """Replace the line."""
        self._bar.update(self._task, description=description)
