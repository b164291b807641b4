"""Export runs: tables in Markdown and LaTeX, logs for lm-evaluation-harness and Inspect.

RUN is a folder that `mathcoder evaluate` has made. Tables have a row for each run; `inspect view --log-dir DIR`
shows the logs of Inspect.

    mathcoder export runs/small runs/large --to markdown
    mathcoder export runs/small runs/large --to latex --output table.tex
    mathcoder export runs/large --to lm-eval
    mathcoder export runs/small runs/large --to inspect --output logs
"""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mathcoder.cli.common import Failure
from mathcoder.cli.compare import read_runs

if TYPE_CHECKING:
    from mathcoder.evaluation.rows import Run


class Target(enum.StrEnum):
    markdown = "markdown"
    latex = "latex"
    lm_eval = "lm-eval"
    inspect = "inspect"


def command(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs.", metavar="RUN")],
    to: Annotated[Target, typer.Option(help="What for.")],
    output: Annotated[
        Path | None,
        typer.Option(
            help="A table's file, default: it is printed. The folder of logs, default: export-lm-eval or "
            "export-inspect.",
            metavar="PATH",
        ),
    ] = None,
) -> int:
    found = read_runs(runs)
    folder = output or Path(f"export-{to.value}")
    try:
        if to in (Target.markdown, Target.latex):
            _table(found, to, output)
        else:
            _logs(found, to, folder)
    except OSError as error:
        raise Failure(f"{folder}: {error.strerror or error}; give --output a path that can be written") from error
    except ValueError as error:
        raise Failure(str(error), 2) from error
    return 0


def _table(runs: list[Run], to: Target, output: Path | None) -> None:
    from mathcoder.evaluation.export import to_latex, to_markdown
    from mathcoder.files import written_aside

    text = to_markdown(runs) if to is Target.markdown else to_latex(runs)
    if output is None:
        print(text, end="")
        return
    with written_aside(output) as aside:
        aside.write_text(text, encoding="utf-8")
    print(output)


def _logs(runs: list[Run], to: Target, folder: Path) -> None:
    """Write the logs and print their paths. Two runs of one model and second would have the same ones."""
    from mathcoder.evaluation.export import to_inspect, to_lm_eval

    write = to_lm_eval if to is Target.lm_eval else to_inspect
    written: set[Path] = set()
    for run in runs:
        paths = write(run, folder)
        if not written.isdisjoint(paths):
            raise ValueError(
                f"{run.folder}: its logs have the names of another run's; export each to another --output"
            )
        written.update(paths)
        for path in paths:
            print(path)
