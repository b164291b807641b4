"""Where a source's files are, and how one is opened: the only place that would change for an object store."""

from __future__ import annotations

import glob
import gzip
import io
import os
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, cast

from mathcoder.corpus.sources.row import Row, dropped
from mathcoder.corpus.sources.spec import Limits, SourceSpec

__all__ = ["DAMAGED", "found", "most_unpacked", "opened", "read_whole", "wanted", "why_damaged"]

_RATIO_FROM = 64_000_000  # bytes: below it a gzip file that unpacks to very much does no harm

# What reading a gzip file raises when its data is wrong.
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)


def found(spec: SourceSpec) -> list[Path]:
    """The files and folders that a source's paths name, each once.

    Raises:
        FileNotFoundError: a path names nothing.
        ValueError: it is a URL.
    """
    places: dict[Path, None] = {}
    for name in spec.paths:
        if "://" in name:
            raise ValueError(f"source {spec.name!r}: {name} is not a local path; fetch it first")
        literal = Path(name).expanduser()
        matched = map(Path, sorted(glob.glob(str(literal), recursive=True)))
        here = [literal] if literal.exists() else list(matched)
        if not here:
            raise FileNotFoundError(f"source {spec.name!r}: there is nothing at {name}; check its paths")
        places |= dict.fromkeys(here)
    return list(places)


def wanted(
    spec: SourceSpec, places: Sequence[Path], matches: Callable[[Path], bool], what: str
) -> Iterator[Path | Row]:
    """The files at `places` that `matches`; of each folder also one row that counts the files passed over.

    A file that was named itself is yielded whatever its name. Hidden folders and files are not looked at.
    """
    for place in places:
        if not place.is_dir():
            yield place
            continue
        others: Counter[str] = Counter()
        for path in _files(place):
            if matches(path):
                yield path
            else:
                others[path.suffix.lower() or "no suffix"] += 1
        if others:
            kinds = ", ".join(f"{suffix}: {count}" for suffix, count in others.most_common(8))
            yield dropped(spec, f"{others.total()} files in the folder are not {what} ({kinds})", str(place))


def _files(folder: Path) -> Iterator[Path]:
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (
            path for name in sorted(names) if not name.startswith(".") and (path := Path(base, name)).is_file()
        )


@contextmanager
def opened(path: Path, limits: Limits) -> Generator[IO[bytes]]:
    """A file to read, unpacked if its name ends in `.gz` or `.zst`.

    Raises:
        OSError: it cannot be opened, or, while reading, is damaged.
        ValueError, while reading: it unpacks to more than the limits allow.
    """
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        if suffix not in (".gz", ".zst"):
            yield file
            return
        with _unpacking(file, suffix) as unpacked:
            bounded = _Bounded(unpacked, most_unpacked(path, limits))
            yield cast("IO[bytes]", io.BufferedReader(bounded, 1 << 16))


def most_unpacked(path: Path, limits: Limits) -> int:
    """How many bytes a packed file may unpack to."""
    return max(_RATIO_FROM, limits.unpacked_ratio * path.stat().st_size)


def _unpacking(file: IO[bytes], suffix: str) -> IO[bytes]:
    if suffix == ".gz":
        return cast("IO[bytes]", gzip.open(file, "rb"))
    return import_module("pyarrow").CompressedInputStream(file, "zstd")


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than `most` bytes."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._stream, self._most, self._read = stream, most, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        data = self._stream.read(len(view))
        view[: len(data)] = data
        self._read += len(data)
        if self._read > self._most:
            raise ValueError(f"unpacks to more than {self._most:,} bytes, far more than its size on disk")
        return len(data)


def read_whole(path: Path, limits: Limits, most: int) -> bytes:
    """The content of a file.

    Raises:
        ValueError: it has more than `most` bytes, is damaged, or cannot be read; the message is one line.
    """
    try:
        with opened(path, limits) as file:
            data = file.read(most + 1)
    except (OSError, *DAMAGED) as error:
        raise ValueError(why_damaged(error)) from None
    if len(data) > most:
        raise ValueError(f"larger than {most:,} bytes")
    return data


def why_damaged(error: BaseException) -> str:
    """One line for what went wrong when a file was read."""
    if isinstance(error, DAMAGED):
        return "the gzip data is damaged or cut off; what follows is lost, get the file again"
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}"
    return str(error) or type(error).__name__
