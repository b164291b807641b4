"""Where a source's files are, and how one is opened, wherever it is: a file is a local path or an address."""

from __future__ import annotations

import glob
import gzip
import io
import os
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import IO, cast

from mathcoder.corpus.sources import remote
from mathcoder.corpus.sources.spec import Limits, SourceSpec

__all__ = [
    "DAMAGED",
    "Passed",
    "Place",
    "file_name",
    "files_in",
    "found",
    "most_unpacked",
    "opened",
    "read_whole",
    "size_of",
    "suffix_of",
    "wanted",
    "why_damaged",
]

_RATIO_FROM = 64_000_000  # bytes: below it a gzip file that unpacks to very much does no harm

# What reading a gzip file raises when its data is wrong.
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)


@dataclass(frozen=True, slots=True)
class Place:
    """A file, or a folder with the files in it, hidden ones left out, in the order of their names."""

    name: str
    files: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """A folder's files that were passed over."""

    folder: str
    reason: str


def found(spec: SourceSpec) -> list[Place]:
    """The files and folders that a source's paths name, each once.

    Raises:
        FileNotFoundError: a path names nothing.
        ConnectionError: a store cannot be reached.
        ValueError: an address that cannot be read.
    """
    places: dict[str, Place] = {}
    for name in spec.paths:
        try:
            here = _remote(name) if remote.is_remote(name) else _local(name)
        except ConnectionError as error:
            raise ConnectionError(f"source {spec.name!r}: {error}") from None
        except ValueError as error:
            raise ValueError(f"source {spec.name!r}: {error}") from None
        if not here:
            raise FileNotFoundError(f"source {spec.name!r}: there is nothing at {name}; check its paths")
        places |= {place.name: place for place in here if place.name not in places}
    return list(places.values())


def _local(name: str) -> list[Place]:
    literal = Path(name).expanduser()
    matched = map(Path, sorted(glob.glob(str(literal), recursive=True)))
    return [
        Place(str(path), files_in(path) if path.is_dir() else None)
        for path in ([literal] if literal.exists() else matched)
    ]


def _remote(name: str) -> list[Place]:
    files, is_folder = remote.listed(name)
    if "/." not in name:
        files = [file for file in files if "/." not in file.removeprefix(name)]
    return [Place(name.rstrip("/"), tuple(files))] if is_folder else [Place(file) for file in files]


def files_in(folder: Path) -> tuple[str, ...]:
    """The files in a local folder and the folders in it; hidden ones are not looked at."""
    files: list[str] = []
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(base, name) for name in sorted(names) if not name.startswith("."))
        files += [str(path) for path in paths if path.is_file()]
    return tuple(files)


def wanted(places: Sequence[Place], matches: Callable[[str], bool], what: str) -> Iterator[str | Passed]:
    """The files at `places` that `matches`, each once; of each folder also how many were passed over.

    A file that was named itself is yielded whatever its name.
    """
    seen: set[str] = set()
    for place in places:
        others: Counter[str] = Counter()
        for name in (place.name,) if place.files is None else place.files:
            if place.files is not None and not matches(name):
                others[suffix_of(name) or "no suffix"] += 1
            elif name not in seen:
                seen.add(name)
                yield name
        if others:
            kinds = ", ".join(f"{suffix}: {count}" for suffix, count in others.most_common(8))
            yield Passed(place.name, f"{others.total()} files in the folder are not {what} ({kinds})")


def file_name(name: str) -> str:
    """A file's own name, in lower case; what follows `?` in the address of a web page is none of it."""
    if remote.is_web_address(name):
        name = name.partition("#")[0].partition("?")[0]
    return PurePosixPath(name).name.lower()


def suffix_of(name: str) -> str:
    """The last suffix of a file's name, in lower case: ".tex"; "" if it has none."""
    return PurePosixPath(file_name(name)).suffix


def size_of(name: str) -> int:
    """How many bytes a file has.

    Raises:
        OSError: it cannot be found or reached.
    """
    return remote.remote_size(name) if remote.is_remote(name) else Path(name).stat().st_size


@contextmanager
def opened(name: str, limits: Limits, *, unpack: bool = True) -> Generator[IO[bytes]]:
    """A file to read, unpacked if its name ends in `.gz` or `.zst`.

    Raises:
        OSError: it cannot be opened, or, while reading, is damaged.
        ValueError, while reading: it unpacks to more than the limits allow.
    """
    suffix = suffix_of(name)
    with remote.open_remote(name) if remote.is_remote(name) else Path(name).open("rb") as file:
        if not unpack or suffix not in (".gz", ".zst"):
            yield file
            return
        with _unpacking(file, suffix) as unpacked:
            bounded = _Bounded(unpacked, most_unpacked(name, limits))
            yield cast("IO[bytes]", io.BufferedReader(bounded, 1 << 16))


def most_unpacked(name: str, limits: Limits) -> int:
    """How many bytes a packed file may unpack to.

    Raises:
        OSError: it cannot be found or reached.
    """
    return max(_RATIO_FROM, limits.unpacked_ratio * size_of(name))


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
        data = cast("io.BufferedReader", self._stream).read1(
            len(view)
        )  # what there is before a fault, not all or none
        view[: len(data)] = data
        self._read += len(data)
        if self._read > self._most:
            raise ValueError(f"unpacks to more than {self._most:,} bytes, far more than its size on disk")
        return len(data)


def read_whole(name: str, limits: Limits, most: int) -> bytes:
    """The content of a file.

    Raises:
        ValueError: it has more than `most` bytes, is damaged, or cannot be read; the message is one line.
    """
    try:
        with opened(name, limits) as file:
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
