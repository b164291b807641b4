"""The parent's side of the warm interpreter: starts it, asks it for children, ends them, and cleans up."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import site
import socket
import struct
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from mathcoder.cache import cache_dir
from mathcoder.sandbox.confine import Layer
from mathcoder.sandbox.execution import Limits, SandboxError
from mathcoder.sandbox.process import Child
from mathcoder.sandbox.zygote import ANSWER, REQUEST, settings

_SCRATCH_CHECK = 0.05  # seconds between looks at scratch directories that no file system bounds

_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",  # its threads do not survive a fork, and its buffers break memory limits
    "MKL_NUM_THREADS": "1",
}


class Interpreter:
    """The warm interpreter process: forks children and ends them. Calls may come from any thread."""

    def __init__(self, limits: Limits, without: Collection[Layer], preload: Sequence[str] = ()):
        self.directory = tempfile.mkdtemp(prefix="mathcoder-")
        os.chmod(self.directory, 0o711)
        ours, theirs = socket.socketpair()
        self._sock = ours
        self._lock = threading.Lock()
        self._limits = limits
        self._numbers = itertools.count(1)
        self._unanswered: deque[Callable[[int], None]] = deque()
        self._closed = threading.Event()
        self._gone = False
        self._watcher: threading.Thread | None = None
        log = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
        config = settings(limits, sorted(without), _readable(), self.directory, str(cache_dir() / "matplotlib"))
        root = str(Path(__file__).resolve().parents[2])
        paths = [root, *(p for p in sys.path if p.endswith(("site-packages", "dist-packages")))]
        start = (
            f"import sys; sys.path += {paths!r}\n"
            "from mathcoder.sandbox.zygote import main\n"
            f"import importlib; [importlib.import_module(name) for name in {list(preload)!r}]\n"
            f"sys.path.remove({root!r})\nmain()"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-s", "-P", "-c", start, str(theirs.fileno()), config],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env=_ENVIRONMENT,
            start_new_session=True,
        )
        theirs.close()
        try:
            message = self._greeting(log)
        except BaseException:
            self.close()
            raise
        finally:
            log.close()
        self.layers = frozenset[str](message["layers"])
        self.missing: dict[str, str] = message["missing"]
        if "namespaces" in self.layers:  # it was the place to build a file tree on, which needs it no more
            os.rmdir(self.directory)
        # Without namespaces no file system bounds a scratch directory: then a thread looks at all of them.
        self._watched: set[Child] | None = None
        self._leftover: deque[int] = deque()  # numbers of ended children; the same thread removes what they left
        if "namespaces" not in self.layers:
            self._watched = set()
            self._watcher = threading.Thread(target=self._watch, args=(limits.disk,), name="scratch", daemon=True)
            self._watcher.start()

    def _watch(self, most: int) -> None:
        while not self._closed.wait(_SCRATCH_CHECK):
            for child in list(self._watched or ()):
                if not child.killed and _size(os.path.join(self.directory, str(child.number)), most) > most:
                    child.over_disk = True
                    self.kill(child)
            while self._leftover and not self._closed.is_set():
                _remove(os.path.join(self.directory, str(self._leftover.popleft())))

    def _greeting(self, log: Any) -> dict[str, Any]:
        self._sock.settimeout(120)
        try:
            (length,) = struct.unpack("!I", self._exactly(4))
            message: dict[str, Any] = json.loads(self._exactly(length))
        except (SandboxError, OSError) as error:
            log.seek(0)
            last = log.read().decode(errors="replace").strip().rpartition("\n")[2]
            raise SandboxError(f"the sandbox did not start: {last or error}") from error
        if "failed" in message:
            raise SandboxError(f"the sandbox did not start: {message['failed']}")
        return message

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            try:
                part = self._sock.recv(size - len(data))
            except OSError as error:
                self._gone = True
                raise SandboxError("the sandbox's interpreter does not answer") from error
            if not part:
                self._gone = True
                raise SandboxError("the sandbox's interpreter is gone")
            data += part
        return data

    @property
    def alive(self) -> bool:
        """False once it was seen to be gone."""
        return not self._gone and self.process.poll() is None

    def fork(self) -> Child:
        """Ask for a child without waiting until it is there.

        Raises:
            SandboxError: the interpreter is gone.
        """
        ours, theirs = socket.socketpair()
        child = Child(ours, next(self._numbers), self, self._limits)

        def answered(pid: int) -> None:
            child.pid = pid

        with theirs:
            try:
                self._request(b"f", child.number, answered, theirs)
            except SandboxError:
                ours.close()
                raise
        if self._watched is not None:
            self._watched.add(child)
        return child

    def kill(self, child: Child) -> None:
        """Kill a child; from any thread, also while another one waits for its reply."""
        with self._lock:
            if child.killed:
                return
            child.killed = True
        with contextlib.suppress(OSError):
            child.sock.shutdown(socket.SHUT_RDWR)

        def answered(status: int) -> None:
            child.status = status

        with contextlib.suppress(SandboxError):  # the interpreter is gone, and its children with it
            with self._lock:
                while child.pid == 0:  # its fork is among the requests not answered yet
                    self._settle()
            if child.pid > 0:
                self._request(b"e", child.pid, answered)

    def end(self, child: Child, wait: bool = False) -> int | None:
        """Kill and reap a child whose reply nobody waits for. With `wait`, its wait status, None if unknown."""
        self.kill(child)
        child.sock.close()
        if self._watched is not None:
            self._watched.discard(child)
            wait = True
        if wait:
            with contextlib.suppress(SandboxError), self._lock:
                while child.status is None and self._unanswered:
                    self._settle()
        if self._watched is not None:
            self._leftover.append(child.number)
        return child.status

    def _request(
        self,
        kind: bytes,
        number: int,
        answered: Callable[[int], None],
        descriptor: socket.socket | None = None,
    ) -> None:
        with self._lock:
            if len(self._unanswered) > 64:  # keep both directions from filling up
                while self._unanswered:
                    self._settle()
            try:
                fds = [descriptor.fileno()] if descriptor else []
                socket.send_fds(self._sock, [REQUEST.pack(kind, number)], fds)
            except OSError as error:
                self._gone = True
                raise SandboxError("the sandbox's interpreter is gone") from error
            self._unanswered.append(answered)

    def _settle(self) -> None:
        answer = ANSWER.unpack(self._exactly(ANSWER.size))[0]
        self._unanswered.popleft()(answer)

    def close(self) -> None:
        self._closed.set()
        self._sock.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self._watcher is not None:
            self._watcher.join()
        _remove(self.directory)


def _readable() -> list[str]:
    """Directories of the interpreter and its libraries."""
    paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    paths.add(os.path.join(sys.base_prefix, "lib"))
    if site.ENABLE_USER_SITE:
        paths.add(site.getusersitepackages())
    return sorted(form for path in paths for form in {path, os.path.realpath(path)} if os.path.isdir(form))


def _remove(directory: str) -> None:
    """Delete a directory that hostile code may have filled."""
    try:
        os.rmdir(directory)
    except FileNotFoundError:
        return
    except OSError:
        subprocess.run(["chmod", "-R", "u+rwX", "--", directory], check=False, stderr=subprocess.DEVNULL)
        if subprocess.run(["rm", "-rf", "--", directory], check=False, stderr=subprocess.DEVNULL).returncode:
            shutil.rmtree(directory, ignore_errors=True)


def _size(directory: str, most: int) -> int:
    """Bytes that the files under `directory` take, at least a block each; stops counting above `most`."""
    total = 0
    with contextlib.suppress(OSError):
        for _, directories, files, fd in os.fwalk(directory, follow_symlinks=False):
            total += 4096 * len(directories)
            for name in files:
                with contextlib.suppress(OSError):
                    total += max(4096, 512 * os.stat(name, dir_fd=fd, follow_symlinks=False).st_blocks)
            if total > most:
                break
    return total
