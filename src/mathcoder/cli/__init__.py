"""The `mathcoder` command. One file a command; what a command needs is imported when it runs."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import typer

from mathcoder.cli import (
    benchmarks,
    compare,
    corpus,
    doctor,
    evaluate,
    export,
    grade,
    instruct,
    models,
    replay,
    reproduce,
    run,
    show,
    solve,
    studio,
    train,
    translate,
    verify,
)
from mathcoder.cli.common import Failure, Failures, add_command, group

app = group("mathcoder", "Mathematics language models that solve with executed code.")
_MODULES = (
    *(solve, evaluate, show, compare, export, translate, verify),
    *(studio, run, replay, grade, reproduce, benchmarks, models, doctor),
)
for _module in _MODULES:
    add_command(app, _module)
app.add_typer(corpus.app)
app.add_typer(instruct.app)
app.add_typer(train.app)

# The library's usage errors, which it otherwise prints as a box of several lines.
_UsageError: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def main() -> None:
    """Run the command line. Exit code 2 for wrong usage, 1 for failure, 130 when interrupted."""
    warnings.showwarning = _warn
    try:
        if len(sys.argv) == 1:
            sys.argv.append("--help")
        code = app(standalone_mode=False)
        if code == 130:  # what the library makes of Ctrl-C
            raise KeyboardInterrupt
    except Failure as failure:
        for line in failure.lines if isinstance(failure, Failures) else [str(failure)]:
            _say(line)
        code = failure.exit_code
    except _UsageError as error:
        _say(
            " ".join(error.format_message().replace("Value error, ", "").split())
            or "give a command; see mathcoder --help"
        )
        code = 2
    except (KeyboardInterrupt, typer.Abort):
        _say("interrupted")
        code = 130
    except BrokenPipeError:  # the reader of a pipe has gone
        code = 1
        sys.stderr.close()
    sys.exit(code if isinstance(code, int) else 0)


def _warn(message: Warning | str, *_: object) -> None:
    _say(f"warning: {message}")


def _say(message: str) -> None:
    print(f"mathcoder: {message}", file=sys.stderr)
