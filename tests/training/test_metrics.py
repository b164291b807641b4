"""`metrics.jsonl`: one clean history, whatever was killed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mathcoder.training.metrics import MetricsLog, curves, flat, read_metrics


def test_a_killed_run_that_goes_on_leaves_one_history(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    with MetricsLog(path) as log:
        log.append(0, 0, 1.0, {"held_out": {"web": 3.5}})
        for step in (10, 20, 30):
            log.append(step, 100 * step, 2.0 * step, {"loss": 5.0 - step / 10})
    with path.open("a") as file:
        file.write('{"step": 40, "tokens": 4000, "sec')  # the kill
    with MetricsLog(path, step=20) as log:
        assert log.seconds == 40.0
        log.append(30, 3000, 65.0, {"loss": 1.5})
    found = read_metrics(path)
    assert [(line["step"], line["seconds"]) for line in found] == [(0, 1.0), (10, 20.0), (20, 40.0), (30, 65.0)]
    assert curves(found) == {"held_out/web": [(0, 3.5)], "loss": [(10, 4.0), (20, 3.0), (30, 1.5)]}


def test_what_is_there_for_a_step_is_not_written_again(tmp_path: Path) -> None:
    with MetricsLog(tmp_path / "m.jsonl") as log:
        assert log.append(5, 10, 1.0, {"held_out": {"web": 2.0}}) is not None
        assert log.append(5, 10, 2.0, {"held_out": {"web": 2.0}}) is None
        assert log.append(5, 10, 2.0, {"held_out": {"code": 2.0}}) is not None
        assert log.append(6, 10, 2.0, {"held_out": {"web": 2.0}}) is not None
    with MetricsLog(tmp_path / "m.jsonl", step=6) as log:
        assert log.append(6, 10, 3.0, {"held_out": {"web": 2.0}}) is None


def test_each_line_is_on_disk_when_it_was_added_and_is_json(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    log = MetricsLog(path)
    log.append(1, 10, 1.0, {"loss": float("nan"), "grad_norm": float("inf"), "held_out": {"é": 1.0}})
    text = path.read_text(encoding="utf-8")
    assert "NaN" not in text
    assert "Infinity" not in text
    line = json.loads(text)
    assert (line["loss"], line["grad_norm"], line["held_out"]) == (None, None, {"é": 1.0})
    assert flat(line) == {"held_out/é": 1.0}
    log.close()
    log.close()


@pytest.mark.parametrize("text", ['{"step": 1}\n', "[]\n", "hello\n", '{"step": "x", "seconds": 1}\n'])
def test_another_file_is_refused_and_stays(tmp_path: Path, text: str) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"metrics\.jsonl:1: no line of metrics"):
        MetricsLog(path)
    assert path.read_text() == text


def test_no_file_has_no_lines(tmp_path: Path) -> None:
    assert read_metrics(tmp_path / "none") == []
