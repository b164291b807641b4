"""How a model is asked where nobody says."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathcoder.models import embedded
from mathcoder.solving.usual import Usual, usual


def test_only_what_was_not_trained_to_solve_is_shown_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(embedded, "_DATA", tmp_path)
    assert usual("embedded") == usual("embedded-base") == Usual(shots=4)
    (tmp_path / "mathcoder.gguf").write_bytes(b"")
    assert usual("embedded") == Usual(system="")
    assert usual("embedded-base") == Usual(shots=4)


@pytest.mark.parametrize("model", ["weights.gguf", "embedded+mine.gguf", "name@http://127.0.0.1:1/v1", "openai:x"])
def test_others_follow_the_instruction(model: str):
    assert usual(model) == Usual(shots=0, system=None)
