"""The rows of a dataset that is to be verified, each with the bytes that stand for it in a certificate.

Any row that is a JSON object is taken; what it means is the business of whoever verifies it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from mathcoder.rows import BadRow, Rows, json_file, json_lines, parquet_rows

__all__ = ["DataRow", "canonical", "read_dataset"]


@dataclass(frozen=True, slots=True)
class DataRow:
    """A row. `line` is that of the file, or the row's number in an array or a Parquet file."""

    line: int
    value: dict[str, Any]

    @property
    def canonical(self) -> bytes:
        """The row as `canonical` writes it."""
        return canonical(self.value)

    @property
    def sha256(self) -> str:
        """Of `canonical`, in hexadecimal digits."""
        return hashlib.sha256(self.canonical).hexdigest()


def canonical(value: object) -> bytes:
    """A row as UTF-8 JSON that does not depend on how it was written: keys sorted, no spaces.

    What JSON has no type for, such as a date in Parquet, is written as its text.
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


def read_dataset(path: str | Path) -> Iterator[DataRow | BadRow]:
    """All rows of a `.jsonl`, `.json` or `.parquet` file, the first two also with `.gz`.

    A row that cannot be read, or is no object, becomes a `BadRow` in its place; blank lines are skipped.

    Raises:
        ValueError: at once, where the name says no known format; one line.
        OSError: the file cannot be opened.
    """
    path = Path(path)
    readers = {".jsonl": json_lines, ".json": json_file, ".parquet": parquet_rows}
    name = path.name.removesuffix(".gz")
    suffix = Path(name).suffix
    if suffix not in readers or (suffix == ".parquet" and name != path.name):
        raise ValueError(f"{path}: unknown format; name it .jsonl, .jsonl.gz, .json, .json.gz or .parquet")
    return _objects(path, readers[suffix](path))


def _objects(path: Path, rows: Rows) -> Iterator[DataRow | BadRow]:
    for item in rows:
        if isinstance(item, BadRow):
            yield item
            continue
        line, value = item
        if isinstance(value, dict):
            yield DataRow(line, cast("dict[str, Any]", value))
        else:
            yield BadRow(str(path), line, f"a row must be an object, not {type(value).__name__}")
