"""The curves of a run of training, read as its `metrics.jsonl` grows: what was read once is not read again.

A curve of more points than a screen has is thinned: of each stretch its lowest and its highest value stay, so that
no spike is lost.
"""

from __future__ import annotations

import math
import os
from array import array
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any

from mathcoder.training.metrics import flat, metrics_lines

__all__ = ["Measured"]

_AT_ONCE = 1 << 24  # bytes


class _Curve:
    """The values of one name, each with the number of the line that it is in."""

    def __init__(self) -> None:
        self.lines, self.values = array("q"), array("d")
        self.missing = 0

    def add(self, line: int, value: float, *, again: bool) -> None:
        """Add a value; `again`: in the place of the last one, which is of the same step."""
        if math.isnan(value):
            self.missing += 1
        elif again:
            self.lines[-1], self.values[-1] = line, value
        else:
            self.lines.append(line)
            self.values.append(value)

    def thinned(self, most: int) -> list[int]:
        """The places of up to so many points, the first and the last among them."""
        total = len(self.values)
        if total <= most:
            return list(range(total))
        stretches = max(most // 2 - 1, 1)
        kept = {0, total - 1}
        for stretch in range(stretches):
            start, stop = stretch * total // stretches, (stretch + 1) * total // stretches
            values = self.values[start:stop]
            kept |= {start + values.index(min(values)), start + values.index(max(values))}
        return sorted(kept)


class Measured:
    """What was measured in a run, as far as it was read. Threads may share it.

    Args:
        path: of the `metrics.jsonl`; it may not be there yet.
    """

    def __init__(self, path: Path):
        self._path = path
        self._reading = Lock()
        self._begin(0)

    def _begin(self, file: int) -> None:
        self._file, self._offset = file, 0
        self._curves: dict[str, _Curve] = {}
        self._step, self._tokens, self._seconds = array("q"), array("q"), array("d")

    def facts(self, most: int) -> dict[str, Any]:
        """What there is now, JSON values: `version` (changes when something was added), the last `step`, `tokens`
        and `seconds`, and `curves` by name: `step`, `tokens`, `seconds` and `value` of each point, of how many it
        is thinned (`of`), and how many values were no number (`missing`).

        Args:
            most: points of a curve.

        Raises:
            ValueError: the file is damaged; one line.
        """
        with self._reading:
            self._read()
            return {
                "version": self._version,
                "step": self._step[-1] if self._step else 0,
                "tokens": self._tokens[-1] if self._tokens else 0,
                "seconds": self._seconds[-1] if self._seconds else 0.0,
                "curves": {name: self._shown(curve, most) for name, curve in self._curves.items()},
            }

    def version(self) -> str:
        """That of `facts` now.

        Raises:
            ValueError: the file is damaged; one line.
        """
        with self._reading:
            self._read()
            return self._version

    @property
    def _version(self) -> str:
        return f"{self._file}-{self._offset}"

    def _shown(self, curve: _Curve, most: int) -> dict[str, Any]:
        places = curve.thinned(most)
        lines = [curve.lines[place] for place in places]
        return {
            "step": [self._step[line] for line in lines],
            "tokens": [self._tokens[line] for line in lines],
            "seconds": [self._seconds[line] for line in lines],
            "value": [curve.values[place] for place in places],
            "of": len(curve.values),
            "missing": curve.missing,
        }

    def _read(self) -> None:
        """Read on. A run that goes on from a checkpoint writes its file anew: then all is read again."""
        try:
            file = self._path.open("rb")
        except FileNotFoundError:
            self._begin(0)
            return
        except OSError as error:
            raise ValueError(f"{self._path}: {error.strerror or error}; name another run") from None
        with file:
            status = os.fstat(file.fileno())
            if status.st_ino != self._file or status.st_size < self._offset:
                self._begin(status.st_ino)
            file.seek(self._offset)
            for part in _whole_lines(file):
                for line in metrics_lines(part, self._path, len(self._step) + 1):
                    self._add(line)
                self._offset += len(part)

    def _add(self, line: dict[str, Any]) -> None:
        number, step = len(self._step), line["step"]
        tokens = line.get("tokens")
        self._step.append(step)
        self._tokens.append(tokens if isinstance(tokens, int) else 0)
        self._seconds.append(line["seconds"])
        for name, value in flat(line, missing=True).items():
            curve = self._curves.setdefault(name, _Curve())
            again = bool(curve.lines) and self._step[curve.lines[-1]] == step
            curve.add(number, value, again=again)


def _whole_lines(file: Any) -> Iterator[bytes]:
    """What is left of a file in parts that end with a line; a last line that was cut off is left out."""
    rest = b""
    while data := file.read(_AT_ONCE):
        rest += data
        end = rest.rfind(b"\n") + 1
        if end:
            yield rest[:end]
            rest = rest[end:]
