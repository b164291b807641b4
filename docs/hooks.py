"""Puts the real help of each command into reference/cli.md, where it has a line `<!-- help: COMMAND -->`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

_MARK = re.compile(r"^<!-- help: ?(.*?) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """The hook of MkDocs: the text of a page before it is read."""
    return _MARK.sub(
        lambda mark: f"```text\n{_help(mark[1].split())}\n```", markdown
    )


def _help(command: list[str]) -> str:
    start = "from mathcoder.cli import main; import sys; sys.argv[0] = 'mathcoder'; main()"
    environment = os.environ | {"COLUMNS": "90", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-c", start, *command, "--help"],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    return done.stdout.strip()
