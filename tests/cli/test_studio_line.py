"""The line with which a long command says how its run is seen in the browser."""

from __future__ import annotations

import shlex
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from mathcoder.cli.common import say_live, studio_command


@pytest.mark.parametrize("folder", ["runs/gsm8k", "my runs/it's [red]$(date)[/red]", "runs/wide" + "e" * 200])
def test_a_shell_reads_the_folder_as_it_is(folder: str):
    assert shlex.split(studio_command(Path(folder))) == ["mathcoder", "studio", folder]


@pytest.mark.parametrize("terminal", [True, False])
def test_it_is_said_at_the_beginning_where_somebody_watches(terminal: bool):
    text = StringIO()
    console = Console(file=text, force_terminal=terminal, color_system=None, width=40)
    say_live(console, Path("runs/it's [b] " + "long " * 20))
    said = "to watch it: mathcoder studio " + shlex.quote("runs/it's [b] " + "long " * 20) + "\n"
    assert text.getvalue() == (said if terminal else "")
