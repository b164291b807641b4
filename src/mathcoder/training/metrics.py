"""`metrics.jsonl`: what a run of training measured, a JSON object a line, each written when it is measured.

Each line has `step`, `tokens` (trained on so far) and `seconds` (of work so far, over all times that the run was
begun), and then one of these:

- of the steps since the line before: `loss`, `learning_rate`, `grad_norm`, `tokens_per_second`, `mfu`;
- `held_out`: the loss on each source that is not trained on;
- `solved`: how many problems came out right; `right`, `of`, `executed` blocks of code, `errors` among those.

A number that is none (NaN, infinite) is null. A run that goes on from a checkpoint drops the lines after it, so
that the file is one history, whatever was killed in between.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from mathcoder.files import written_aside

__all__ = ["METRICS", "MetricsLog", "Points", "curves", "flat", "metrics_lines", "read_metrics"]

METRICS = "metrics.jsonl"

Points = list[tuple[int, float]]
"""Values by the step they were measured at."""

_ABOUT = ("step", "tokens", "seconds")


class MetricsLog:
    """`metrics.jsonl`, held open to add lines. A context manager.

    Args:
        path: the file; made if it is not there.
        step: the step that the run goes on from; lines after it are dropped.

    Attributes:
        lines: all that it holds.

    Raises:
        ValueError: the file holds something else.
        OSError: it cannot be written.
    """

    def __init__(self, path: str | Path, *, step: int = 0):
        path = Path(path)
        before = read_metrics(path)
        self.lines = [line for line in before if line["step"] <= step]
        self._there = {(line["step"], name) for line in self.lines for name in flat(line)}
        with written_aside(path) as aside:
            aside.write_text("".join(map(_written, self.lines)), encoding="utf-8")
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND)

    @property
    def seconds(self) -> float:
        """The seconds of the last line; 0 where there is none."""
        return max((line["seconds"] for line in self.lines), default=0.0)

    def append(self, step: int, tokens: int, seconds: float, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """Add a line; returns it, or None where all its values are there for this step already.

        Args:
            values: what was measured, JSON values.
        """
        line = _finite({"step": step, "tokens": tokens, "seconds": round(seconds, 3), **values})
        names = {(step, name) for name in flat(line, missing=True)}
        if names <= self._there:
            return None
        data = memoryview(_written(line).encode())
        while data:
            data = data[os.write(self._file, data) :]
        self._there |= names
        self.lines.append(line)
        return line

    def close(self) -> None:
        """Calling it twice is fine."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> MetricsLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_metrics(path: str | Path) -> list[dict[str, Any]]:
    """The lines of a `metrics.jsonl`; none where there is no file. A last line that was cut off is left out.

    Raises:
        ValueError: the file is damaged, or holds something else; the message is one line.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    return list(metrics_lines(data, path))


def metrics_lines(data: bytes, path: Path, first: int = 1) -> Iterator[dict[str, Any]]:
    """The whole lines in a part of a `metrics.jsonl`.

    Args:
        path: of the file, for the error.
        first: the number of the first line in it.

    Raises:
        ValueError: one is something else; the message is one line.
    """
    for number, text in enumerate(data[: data.rfind(b"\n") + 1].splitlines(), start=first):
        try:
            line: object = json.loads(text)
            if not isinstance(line, dict):
                raise TypeError
            found = cast("dict[str, Any]", line)
            yield found | {"step": int(found["step"]), "seconds": float(found["seconds"])}
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"{path}:{number}: no line of metrics; remove it, or name another run") from None


def flat(line: Mapping[str, Any], *, missing: bool = False) -> dict[str, float]:
    """The measured values of a line by name: `loss`, `held_out/web`, `solved/right`.

    Args:
        missing: also those that are null, as NaN.
    """
    found: dict[str, float] = {}
    for name, value in line.items():
        if name in _ABOUT:
            continue
        inner = cast("dict[str, object]", value) if isinstance(value, dict) else {"": value}
        for key, number in inner.items():
            if isinstance(number, (int, float)) and not isinstance(number, bool):
                found[f"{name}/{key}" if key else name] = number
            elif number is None and missing:
                found[f"{name}/{key}" if key else name] = math.nan
    return found


def curves(lines: Iterable[Mapping[str, Any]]) -> dict[str, Points]:
    """The points of each value by its name (see `flat`), in the order of the steps."""
    found: dict[str, dict[int, float]] = {}
    for line in lines:
        for name, value in flat(line).items():
            found.setdefault(name, {})[line["step"]] = value
    return {name: sorted(points.items()) for name, points in found.items()}


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _finite(inner) for key, inner in cast("Mapping[object, Any]", value).items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _written(line: Mapping[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False) + "\n"
