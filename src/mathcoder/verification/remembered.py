"""Verdicts on disk: a computation that was verified once is not run again, and a killed run loses little.

A folder holds one file for each process that wrote, JSON Lines, appended to as verdicts come; each line is written
whole or is cut off and passed over. So any number of processes share a folder, on any file system.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mathcoder.computation import Computation
from mathcoder.verification.verdict import VERDICTS, Verification
from mathcoder.verification.verifier import Verifier

__all__ = ["RememberedVerifier"]


class RememberedVerifier:
    """A verifier that keeps its verdicts in a folder. A context manager.

    What a verdict stands for is a hash of the computation but its place, and of `key`. Two processes that verify
    the same at the same time both run it.

    Attributes:
        replayed: how many verdicts were told without running anything.

    Args:
        verifier: runs what is not known; closed with this.
        folder: made if it is not there. The verdicts in it are read now, some 100 bytes of memory each.
        key: what verdicts depend on besides the computation, JSON values: limits, versions.

    Raises:
        OSError: the folder cannot be used.
    """

    def __init__(self, verifier: Verifier, folder: str | Path, key: Mapping[str, Any]):
        self.replayed = 0
        self._verifier = verifier
        self._salt = json.dumps(key, sort_keys=True)
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._known: dict[bytes, Verification] = {}
        for path in sorted(folder.glob("*.jsonl")):
            self._known.update(_read(path))
        self._path = folder / f"{os.getpid()}-{secrets.token_hex(4)}.jsonl"
        self._file = -1

    def verify_many(self, computations: Iterable[Computation]) -> list[Verification]:
        """The verdicts, in order; each is on disk before the next one is looked into."""
        wanted = list(computations)
        keys = [self._key(computation) for computation in wanted]
        new = {key: one for key, one in zip(keys, wanted, strict=True) if key not in self._known}
        self.replayed += len(wanted) - len(new)
        for key, verification in zip(new, self._verifier.verify_many(new.values()), strict=True):
            self._append(key, verification)
        return [self._known[key] for key in keys]

    def close(self) -> None:
        """End the verifier. Calling it twice is fine."""
        self._verifier.close()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> RememberedVerifier:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _key(self, computation: Computation) -> bytes:
        parts = [self._salt, computation.conditions, computation.expression, computation.result, computation.code]
        return hashlib.sha256(json.dumps(parts).encode()).digest()[:16]

    def _append(self, key: bytes, verification: Verification) -> None:
        if self._file < 0:
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        line = memoryview(json.dumps({"key": key.hex()} | asdict(verification)).encode() + b"\n")
        while line:
            line = line[os.write(self._file, line) :]
        self._known[key] = verification


def _read(path: Path) -> Iterator[tuple[bytes, Verification]]:
    with path.open("rb") as file:
        for line in file:
            try:
                row = json.loads(line)
                key, verification = bytes.fromhex(row.pop("key")), Verification(**row)
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # it was cut off by a kill
            if verification.verdict in VERDICTS:
                yield key, verification
