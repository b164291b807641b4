"""The examples run as they are, and say what they promise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize(
    ("script", "says"),
    [("sandbox_map.py", "a second"), ("convert_formats.py", "parquet"), ("solve_one.py", "answer:")],
)
def test_example(script: str, says: str, tmp_path: Path):
    if script == "solve_one.py":
        pytest.importorskip("xllamacpp", reason="the embedded model is not installed")
    done = subprocess.run(
        [sys.executable, EXAMPLES / script], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    assert says.lower() in done.stdout.lower()
