from __future__ import annotations

from pathlib import Path

import pytest

from mathcoder.files import written_aside


def write_half(target: Path) -> None:
    with written_aside(target) as aside:
        aside.write_text("half")
        raise KeyError


def test_a_file_is_whole_or_not_there(tmp_path: Path):
    target = tmp_path / "rows.jsonl"
    target.write_text("before")
    with pytest.raises(KeyError):
        write_half(target)
    assert (target.read_text(), list(tmp_path.iterdir())) == ("before", [target])
    with written_aside(target) as aside:
        aside.write_text("whole")
        assert target.read_text() == "before"
    assert (target.read_text(), list(tmp_path.iterdir())) == ("whole", [target])
