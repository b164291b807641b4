"""`mathcoder` as the tests call it: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

RECORDED = Path(__file__).parents[2] / "examples/data/mathcoder_l70b.jsonl"
MAIN = [sys.executable, "-c", "from mathcoder.cli import main; main()"]
# A machine without some layer warns; tables are as wide as the terminal.
ENVIRONMENT = {**os.environ, "PYTHONWARNINGS": "ignore", "COLUMNS": "200"}


def mathcoder(
    *arguments: str | bytes | Path, stdin: str | bytes = "", cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    env = ENVIRONMENT | environment
    done = subprocess.run([*MAIN, *arguments], input=data, capture_output=True, cwd=cwd, env=env, timeout=250)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def the_line(done: subprocess.CompletedProcess[str]) -> str:
    """What a failed command says: one line, no more."""
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("mathcoder: ")
    assert line.isprintable()
    return line.removeprefix("mathcoder: ")
