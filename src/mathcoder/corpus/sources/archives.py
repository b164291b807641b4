"""Archives unpacked into a folder of their own: plain files only, none outside it, within the limits."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Self

from mathcoder.corpus.sources.paths import DAMAGED, file_name, why_damaged
from mathcoder.corpus.sources.spec import Limits

__all__ = ["Skipped", "is_archive", "unpack"]

_TAR = (".tar", ".tar.gz", ".tgz")
_CHUNK = 1 << 20
_HEADERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
_HEADER_BYTES = 1_000_000
_BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, NotImplementedError, *DAMAGED)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A member that was not unpacked, and why."""

    member: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    size: int
    problem: str | None
    open: Callable[[], IO[bytes] | None]


def is_archive(path: Path | str) -> bool:
    """Whether a file's name says that it is an archive that can be unpacked."""
    return file_name(str(path)).endswith((*_TAR, ".zip"))


def unpack(path: Path, folder: Path, limits: Limits) -> list[Skipped]:
    """Unpack an archive into `folder`; what could not be unpacked.

    A damaged archive is unpacked as far as it goes; the place where it ends is then among the skipped.

    Raises:
        ValueError: it is over a limit: too many files or bytes; nothing of it should be used.
    """
    skipped: list[Skipped] = []
    unpacked = count = 0
    root = folder.resolve()
    try:
        for member in _members(path, limits):
            count += 1
            if count > limits.unpacked_files:
                raise _TooMuch(f"more than {limits.unpacked_files:,} files in the archive")
            if unpacked + member.size > limits.unpacked_bytes:
                raise _TooMuch(f"the archive unpacks to more than {limits.unpacked_bytes:,} bytes")
            target = _target(root, member.name)
            problem = member.problem or (None if target else "a path outside the archive")
            if problem is None and member.size > limits.file_bytes:
                problem = f"larger than {limits.file_bytes:,} bytes"
            if problem is not None or target is None:
                unpacked += member.size  # of a tar file it is read all the same
                skipped.append(Skipped(member.name, problem or ""))
                continue
            unpacked += _write(member, target, limits.unpacked_bytes - unpacked, skipped)
    except _TooMuch as error:
        raise ValueError(str(error)) from None
    except (*_BROKEN, OSError, ValueError, RuntimeError) as error:
        why = why_damaged(error) if isinstance(error, (*DAMAGED, ValueError)) else f"a damaged archive: {error}"
        skipped.append(Skipped("", f"{why} (after {count} files)"))
    return skipped


class _TooMuch(Exception):
    """The archive is over a limit."""


class _Info(tarfile.TarInfo):
    """A tar header. One that holds a name or attributes is read into memory whole, so that its size is limited."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        info = super().frombuf(buf, encoding, errors)
        if info.type in _HEADERS and info.size > _HEADER_BYTES:
            raise _TooMuch(f"a tar header of more than {_HEADER_BYTES:,} bytes")
        return info


def _members(path: Path, limits: Limits) -> Iterator[_Member]:
    if path.name.lower().endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    locked = "locked by a password" if info.flag_bits & 1 else None
                    link = "a link" if (info.external_attr >> 16) & 0o170000 == 0o120000 else None
                    yield _Member(
                        info.filename, info.file_size, locked or link, lambda info=info: archive.open(info)
                    )
        return
    mode = "r|" if path.suffix.lower() == ".tar" else "r|gz"
    with path.open("rb") as file, tarfile.open(fileobj=file, mode=mode, tarinfo=_Info) as archive:
        for info in archive:
            if not info.isdir():
                kind = None if info.isreg() else "a link or a device, not a file"
                yield _Member(info.name, max(info.size, 0), kind, lambda info=info: archive.extractfile(info))


def _target(root: Path, name: str) -> Path | None:
    """Where a member goes, or None if its name leads outside or is none."""
    pure = PurePosixPath(name.replace("\\", "/"))
    if pure.is_absolute() or ".." in pure.parts or not pure.parts or "\0" in name or ":" in pure.parts[0]:
        return None
    return root.joinpath(*pure.parts)


def _write(member: _Member, target: Path, most: int, skipped: list[Skipped]) -> int:
    """Write a member and give its size, whatever the archive said that it is."""
    written = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as out, member.open() or nullcontext(BytesIO()) as source:
            while data := source.read(_CHUNK):
                written += len(data)
                if written > most:
                    raise _TooMuch("the archive unpacks to more than its limit of bytes")
                out.write(data)
    except (OSError, ValueError, *_BROKEN) as error:
        # What is there of a damaged member is not used: a reader would take it for the whole.
        skipped.append(Skipped(member.name, f"cannot be unpacked: {error}"))
        if not isinstance(error, FileExistsError):
            target.unlink(missing_ok=True)
        return max(written, member.size)
    return written
