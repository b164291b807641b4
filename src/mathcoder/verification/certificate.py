"""A certificate says what a dataset was and what verifying it came to, so that anybody can check it again.

It holds no time and no name of a machine: the same rows, versions and limits give the same certificate, whatever
the number of workers. Two digests carry it: one over the rows, one over each row's digest with its verdict. The
second is also kept for each thousand rows, so that a check that fails says where to look.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from importlib import metadata
from pathlib import Path
from typing import Any, cast

from mathcoder.files import written_aside
from mathcoder.rows import decoded

__all__ = ["Certificate", "Notary", "versions"]

_LAYOUT = 1
_BLOCK = 1_000  # rows


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was verified and what came out.

    Attributes:
        dataset: the file's name, without its folder.
        first: only so many rows were taken; None: all.
        rows: how many were read.
        rejected: how many more could not be read.
        rows_sha256: over the rows in canonical form, in order, each with a newline behind it.
        verdicts: how many rows have each verdict.
        verdicts_sha256: over a line `SHA256 VERDICT` for each row, in order; SHA256 is that of the row.
        blocks: the same for each thousand rows, 16 digits each.
        limits: of each piece of code, as JSON values.
        versions: of Python, mathcoder and what the code imports.
    """

    dataset: str
    first: int | None
    rows: int
    rejected: int
    rows_sha256: str
    verdicts: dict[str, int]
    verdicts_sha256: str
    blocks: tuple[str, ...]
    limits: dict[str, Any] = field(default_factory=dict[str, Any])
    versions: dict[str, str] = field(default_factory=dict[str, str])

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values; `from_json` gives back an equal certificate."""
        return {"certificate": _LAYOUT} | asdict(self) | {"blocks": list(self.blocks)}

    @classmethod
    def from_json(cls, data: object) -> Certificate:
        """The certificate that `to_json` wrote.

        Raises:
            ValueError: it is none; the message is one line.
        """
        row = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
        if row.get("certificate") != _LAYOUT:
            raise ValueError("not a certificate of a dataset")
        values = {key: value for key, value in row.items() if key != "certificate"}
        types = {"dataset": str, "rows": int, "rejected": int, "rows_sha256": str, "verdicts_sha256": str}
        types |= {"verdicts": dict, "blocks": list, "limits": dict, "versions": dict, "first": (int, type(None))}
        names = [one.name for one in fields(cls)]
        wrong = [name for name in names if not isinstance(values.get(name, ...), types[name])]
        wrong += [] if wrong or all(isinstance(n, int) for n in values["verdicts"].values()) else ["verdicts"]
        if wrong:
            raise ValueError(f"the certificate's {wrong[0]!r} is missing or of the wrong type")
        arguments: dict[str, Any] = {name: values[name] for name in names}
        arguments["blocks"] = tuple(values["blocks"])
        return cls(**arguments)

    @classmethod
    def read(cls, path: Path) -> Certificate:
        """The certificate in a file. Raises ValueError, one line, where it holds none, and OSError."""
        try:
            return cls.from_json(decoded(path.read_bytes()))
        except ValueError as error:
            raise ValueError(f"{path}: {error}; name a file that --certificate wrote") from None

    def write(self, path: Path) -> None:
        """Keep it in a file, whole or not at all. Equal certificates give equal bytes."""
        with written_aside(path) as aside:
            aside.write_text(json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def differences(self, now: Certificate) -> list[str]:
        """What `now` says otherwise, a line each; none where the dataset agrees. Versions are not compared."""
        lines: list[str] = []
        for name, what in (("rows", "rows"), ("rejected", "rows that cannot be read")):
            then, later = getattr(self, name), getattr(now, name)
            if then != later:
                lines.append(f"{what}: {then:,} then, {later:,} now")
        if self.rows_sha256 != now.rows_sha256:
            lines.append("the rows themselves are not those that were certified")
        for verdict in sorted({*self.verdicts, *now.verdicts}):
            then, later = self.verdicts.get(verdict, 0), now.verdicts.get(verdict, 0)
            if then != later:
                lines.append(f"{verdict}: {then:,} rows then, {later:,} now")
        if self.verdicts_sha256 != now.verdicts_sha256:
            lines.append(f"first difference among the rows {self._where(now)}")
        return lines

    def other_versions(self, now: Certificate) -> list[str]:
        """Versions and limits that are not the same, a line each: why verdicts may differ."""
        lines: list[str] = []
        for then, later in ((self.versions, now.versions), (self.limits, now.limits)):
            names = [name for name in {**then, **later} if then.get(name) != later.get(name)]
            lines += [f"{name}: {then.get(name, 'none')} then, {later.get(name, 'none')} now" for name in names]
        return lines

    def _where(self, now: Certificate) -> str:
        same = 0
        for then, later in zip(self.blocks, now.blocks, strict=False):
            if then != later:
                break
            same += 1
        last = max(self.rows + self.rejected, now.rows + now.rejected)
        return f"{same * _BLOCK + 1:,} to {min((same + 1) * _BLOCK, last):,}"


class Notary:
    """Takes the rows of a dataset and their verdicts, in order, and makes the certificate.

    Args:
        dataset: the file's name.
        limits: of each piece of code.
        first: only so many rows are taken.
    """

    def __init__(self, dataset: str, limits: Mapping[str, Any], first: int | None = None):
        self._dataset = dataset
        self._limits = dict(limits)
        self._first = first
        self._rejected = 0
        self._rows, self._pairs, self._block = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
        self._blocks: list[str] = []
        self._verdicts: Counter[str] = Counter()

    def add(self, canonical: bytes, verdict: str) -> None:
        """A row, as `mathcoder.verification.dataset.canonical` writes it, and its verdict."""
        self._rows.update(canonical + b"\n")
        self._verdicts[verdict] += 1
        self._pair(hashlib.sha256(canonical).hexdigest(), verdict)

    def reject(self) -> None:
        """A row that could not be read: its place counts, its content does not."""
        self._rejected += 1
        self._pair("-", "rejected")

    def _pair(self, digest: str, verdict: str) -> None:
        line = f"{digest} {verdict}\n".encode()
        self._pairs.update(line)
        self._block.update(line)
        if (self._verdicts.total() + self._rejected) % _BLOCK == 0:
            self._end_block()

    def _end_block(self) -> None:
        self._blocks.append(self._block.hexdigest()[:16])
        self._block = hashlib.sha256()

    def certificate(self) -> Certificate:
        """When all rows were added; once."""
        if (self._verdicts.total() + self._rejected) % _BLOCK:
            self._end_block()
        return Certificate(
            self._dataset,
            self._first,
            self._verdicts.total(),
            self._rejected,
            self._rows.hexdigest(),
            dict(sorted(self._verdicts.items())),
            self._pairs.hexdigest(),
            tuple(self._blocks),
            self._limits,
            versions(),
        )


def versions() -> dict[str, str]:
    """Of what an outcome may depend on: Python, mathcoder, and the packages that code imports most."""
    found = {"python": platform.python_version()}
    for name in ("mathcoder", "numpy", "sympy", "scipy", "mpmath"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
