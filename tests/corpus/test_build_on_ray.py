"""The same rows on a cluster of three nodes, and with one of them killed in the middle."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from corpus_built import built, files, small_recipe

pytest.importorskip("ray", reason="Ray is not installed; pip install 'mathcoder[cluster]'")

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(1800), pytest.mark.usefixtures("only_ray")]
PROGRAM = Path(__file__).with_name("ray_nodes.py")


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("native")
    return built(small_recipe(folder), folder / "run").run


@pytest.mark.parametrize("doomed", ["", "verify"])
def test_the_rows_are_those_of_one_machine(native: Path, tmp_path: Path, doomed: str):
    recipe = small_recipe(native.parent)
    run = [sys.executable, str(PROGRAM), str(recipe), str(tmp_path / "run"), doomed]
    done = subprocess.run(run, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert ("a node is gone" in done.stdout) == bool(doomed)
    assert f"nodes {2 if doomed else 3}" in done.stdout
    assert files(tmp_path / "run") == files(native)
    events = [json.loads(line)["event"] for line in (tmp_path / "run/log.jsonl").read_text().splitlines()]
    assert "stage failed" not in events
