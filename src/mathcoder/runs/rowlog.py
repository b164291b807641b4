"""A log of finished rows that outlives the process that writes it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mathcoder.files import written_aside

__all__ = ["RowLog"]

_START = b'{"key": '


class RowLog:
    """Rows of one job, a JSON object a line, each written whole when it is finished. A context manager.

    The first line says what the job was asked. The same job opened again finds its rows in `done`; a line that
    was cut off by a kill is dropped. `finish` puts the rows into an order that does not depend on how they came.

    Args:
        path: the file; made with its folder if it is not there.
        key: what the job was asked, JSON values. Rows of another job are not mixed with this one's.

    Raises:
        ValueError: the file belongs to a job that was asked something else; the message names what differs.
        OSError: the file cannot be written.
    """

    def __init__(self, path: str | Path, key: Mapping[str, Any]):
        self.path = Path(path)
        self.done: dict[str, dict[str, Any]] = {}
        self._key = json.loads(json.dumps(key))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        whole = self._read()
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.ftruncate(self._file, whole)
        if not whole:
            self._write({"key": self._key})

    def _read(self) -> int:
        """Take in the rows that are there; the length of the lines that are whole."""
        if not self.path.exists():
            return 0
        data = self.path.read_bytes()
        whole = data.rfind(b"\n") + 1
        lines = data[:whole].splitlines()
        try:
            if not lines:  # nothing, or a first line that was cut off
                if data[: len(_START)] != _START[: len(data)]:
                    raise ValueError
                return 0
            key = dict[str, Any](json.loads(lines[0])["key"])
            rows: list[dict[str, Any]] = [json.loads(line) for line in lines[1:]]
            self.done = {row["id"]: row for row in rows}
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"{self.path}: not a log of rows; name another folder") from None
        if key != self._key:
            other = next(name for name in {**key, **self._key} if key.get(name) != self._key.get(name))
            raise ValueError(
                f"{self.path}: made with another {other} ({key.get(other)!r}, now {self._key.get(other)!r}); "
                "name another folder or remove it"
            )
        return whole

    def append(self, row: Mapping[str, Any]) -> None:
        """Keep a finished row; its `id` tells it apart."""
        self._write(row)
        self.done[row["id"]] = dict(row)

    def _write(self, row: Mapping[str, Any]) -> None:
        line = memoryview(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        while line:
            line = line[os.write(self._file, line) :]

    def finish(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        """Write the rows again in the order of `ids`, whole or not at all, and return them. Closes the log."""
        rows = [self.done[name] for name in ids]
        with written_aside(self.path) as aside, aside.open("w", encoding="utf-8") as file:
            for row in ({"key": self._key}, *rows):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        self.close()  # a row that came now would go into the file that was replaced
        return rows

    def close(self) -> None:
        """Calling it twice is fine."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> RowLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
