"""A host process for each mode that this user can play, started when first asked."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from host import NOBODY, UNPLAYABLE

_HOST = Path(__file__).with_name("host.py")
MODES = ["root", "root-refused", "user", "user-refused"] if os.geteuid() == 0 else ["user", "user-refused"]


class HostProcess:
    """`host.py` in one mode."""

    def __init__(self, mode: str):
        self.directory = tempfile.mkdtemp(prefix="decoys-")
        os.chmod(self.directory, 0o755)
        if os.geteuid() == 0 and mode.startswith("user"):
            os.chown(self.directory, NOBODY, NOBODY)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `close`
        self.process = subprocess.Popen(
            [sys.executable, str(_HOST), mode, self.directory],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def ask(self, command: str, **arguments: object) -> dict[str, Any]:
        """The answer to a command; the host has two minutes."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        with contextlib.suppress(BrokenPipeError):
            stdin.write(json.dumps({"command": command, **arguments}).encode() + b"\n")
            stdin.flush()
            if not select.select([stdout], [], [], 120)[0]:
                self.process.kill()
        line = stdout.readline()
        if not line and self.process.wait() == UNPLAYABLE:
            pytest.skip("other users cannot reach this interpreter, and it cannot be mounted where they could")
        if not line:
            self._log.seek(0)
            pytest.fail(f"the host ended: {self._log.read().decode(errors='replace')[-3000:]}")
        return json.loads(line)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process.stdout.close()
        self._log.close()
        shutil.rmtree(self.directory, ignore_errors=True)


@pytest.fixture(scope="session")
def host_of() -> Iterator[Callable[..., HostProcess]]:
    """The host of a mode, one for each use. One that ended is replaced."""
    hosts: dict[tuple[str, str], HostProcess] = {}

    def get(mode: str, use: str = "") -> HostProcess:
        if (mode, use) in hosts and hosts[mode, use].process.poll() is not None:
            hosts.pop((mode, use)).close()
        if (mode, use) not in hosts:
            hosts[mode, use] = HostProcess(mode)
        return hosts[mode, use]

    yield get
    for host in hosts.values():
        host.close()


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def host(mode: str, host_of: Callable[..., HostProcess]) -> HostProcess:
    return host_of(mode)
