"""A training that was killed ends with the same losses and weights, bit for bit, as one that was not."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("peft")

from made_recipes import write_recipe

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(600)]

PROGRAM = Path(__file__).with_name("killed_training.py")


def ran(kind: str, recipe: Path, folder: Path, kills: int) -> dict[str, Any]:
    command = [sys.executable, str(PROGRAM), kind, str(recipe), str(folder), str(kills), "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def left(folder: Path) -> tuple[str, list[dict[str, Any]]]:
    """A hash of the weights that came out, and all that was logged."""
    (weights,) = (folder / "model").glob("*.safetensors")
    newest = max(folder.glob("checkpoints/*"), key=lambda path: int(path.name.split("-")[1]))
    history = json.loads((newest / "trainer_state.json").read_text())["log_history"]
    lines = [{name: value for name, value in line.items() if "runtime" not in name} for line in history]
    return hashlib.sha256(weights.read_bytes()).hexdigest(), lines


@pytest.mark.parametrize("kind", ["sft", "pretrain"])
def test_killed_at_random_moments(tmp_path: Path, kind: str):
    recipe = write_recipe(tmp_path / "plain", kind)
    whole = ran(kind, recipe, tmp_path / "whole", 0)
    with_workers = write_recipe(tmp_path / "workers", kind, loader_workers=2)
    killed = ran(kind, with_workers, tmp_path / "killed", 5)
    assert len(killed["killed"]) >= 3
    assert any(0 < step < whole["steps"] for step in killed["killed"])
    assert killed["steps"] == whole["steps"]
    assert left(tmp_path / "killed") == left(tmp_path / "whole")
    kept = sorted(path.name for path in (tmp_path / "killed" / "checkpoints").iterdir())
    assert len(kept) == 2
    assert f"checkpoint-{whole['steps']}" in kept
