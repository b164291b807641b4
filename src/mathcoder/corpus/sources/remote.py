"""Object stores and web servers (`s3://`, `gs://`, `hf://`, `https://`), as Daft reads them.

Daft finds the credentials: in the environment, or in the `default_io_config` of its planning config.
"""

from __future__ import annotations

import io
import re
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from mathcoder.corpus.sources.spec import Limits

__all__ = ["fetch_file", "fetch_folder", "is_remote", "is_web_address", "listed", "open_remote", "remote_size"]

_READ_AHEAD = 1 << 20  # bytes of one request
_CHUNK = 1 << 20
_WILD = re.compile(r"[*?\[{]")


def is_remote(name: str) -> bool:
    """Whether a place is an address and not a local path."""
    return "://" in name


def is_web_address(name: str) -> bool:
    """Whether a place is on a web server, which has no folders, and `?` in it no pattern."""
    return name.lower().startswith(("http://", "https://"))


def listed(name: str) -> tuple[list[str], bool]:
    """The files that an address or a pattern names, in the order of their names, and whether it is a folder.

    Raises:
        ConnectionError: the store cannot be reached, or refuses; one line.
        ValueError: a pattern on a web server, or a scheme that Daft does not know; one line.
    """
    if is_web_address(name):
        if "*" in name:
            raise ValueError(f"{name}: a web server has no list of its files; name each of them")
        return ([name] if _exists(name) else []), False
    whole = name.rstrip("/")
    if _WILD.search(name):
        return _glob(name) or ([name] if _exists(name) else []), False
    if (files := _glob(whole)) == [whole]:
        return files, False
    files = _glob(f"{whole}/**")
    return files, bool(files)


def open_remote(name: str) -> IO[bytes]:
    """A file to read, a megabyte at a request, that can seek.

    Raises:
        OSError: it is not there or cannot be reached; also while reading.
    """
    return cast("IO[bytes]", io.BufferedReader(_Stream(name), _READ_AHEAD))


def remote_size(name: str) -> int:
    """How many bytes a file has.

    Raises:
        OSError: it is not there or cannot be reached.
    """
    try:
        return _file(name).size()
    except (OSError, ValueError) as error:
        raise OSError(_why(error)) from None


def fetch_file(name: str, path: Path, most: int) -> int:
    """Copy a file to a path and give its size.

    Raises:
        OSError: it cannot be read.
        ValueError: it has more than `most` bytes.
    """
    size = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_remote(name) as file, path.open("xb") as out:
        while data := file.read(_CHUNK):
            size += len(data)
            if size > most:
                raise ValueError(f"larger than {most:,} bytes")
            out.write(data)
    return size


def fetch_folder(name: str, files: tuple[str, ...], folder: Path, limits: Limits) -> None:
    """Copy files, each to its place below `name`, into a folder.

    Raises:
        OSError: one cannot be read.
        ValueError: there are more of them, or of their bytes, than the limits allow, or a name leads out.
    """
    if len(files) > limits.unpacked_files:
        raise ValueError(f"more than {limits.unpacked_files:,} files in the folder")
    left = limits.unpacked_bytes
    for file in files:
        inside = PurePosixPath(file.removeprefix(name).lstrip("/"))
        if ".." in inside.parts or not inside.parts:
            raise ValueError(f"{file}: a name that leads out of its folder")
        left -= fetch_file(file, folder / inside, min(left, limits.file_bytes))


class _Stream(io.RawIOBase):
    """Daft's file with Python's errors."""

    def __init__(self, name: str) -> None:
        try:
            self._file: Any = _file(name).open(buffer_size=_READ_AHEAD)
            self._file.__enter__()
        except (OSError, ValueError) as error:
            raise OSError(_why(error)) from None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        try:
            data = self._file.read(len(view))
        except (OSError, ValueError) as error:
            raise OSError(_why(error)) from None
        view[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        if not self.closed:
            self._file.__exit__(None, None, None)
        super().close()


def _file(name: str) -> Any:
    return import_module("daft").File(name, io_config=_config())


def _config() -> Any:
    return import_module("daft").context.get_context().daft_planning_config.default_io_config


def _exists(name: str) -> bool:
    try:
        return _file(name).exists()
    except (OSError, ValueError) as error:
        raise ConnectionError(f"{name} cannot be reached: {_why(error)}") from None


def _glob(pattern: str) -> list[str]:
    daft = import_module("daft")
    try:
        return sorted(daft.from_glob_path(pattern).select("path").to_pydict()["path"])
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        # What Daft says when it finds no file at all.
        if "at least 1 MicroPartition" in str(error):
            return []
        raise ConnectionError(f"{pattern} cannot be reached: {_why(error)}") from None


def _why(error: Exception) -> str:
    """The last, that is the first, of the causes that Daft lists one a line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return re.sub(r"^(?:\d+: |DaftError::\w+ )", "", lines[-1]) if lines else type(error).__name__
