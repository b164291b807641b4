"""Nothing is left: not after ten thousand snippets, not after the end, however it comes."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from host import descendants

from conftest import MODES, HostProcess

MiB = 1 << 20


@pytest.fixture(scope="module", params=MODES)
def soaked(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """What a host tells of ten thousand snippets: most shared a process, some failed in every way there is."""
    host = HostProcess(request.param)
    try:
        yield host.ask("leaks")
    finally:
        host.close()


def test_all_snippets_ended_as_they_should(soaked: dict[str, Any]) -> None:
    statuses = Counter(soaked["statuses"])
    assert soaked["done"] == 10_000
    assert set(statuses) >= {"ok", "error", "timeout", "memory", "killed", "output_limit"}
    assert statuses["ok"] > 9_000


def test_no_process_is_left(soaked: dict[str, Any]) -> None:
    assert soaked["after"]["processes"] == soaked["before"]["processes"]


def test_no_descriptor_is_left(soaked: dict[str, Any]) -> None:
    assert soaked["after"]["descriptors"] == soaked["before"]["descriptors"]


def test_no_thread_is_left(soaked: dict[str, Any]) -> None:
    assert soaked["after"]["threads"] == soaked["before"]["threads"]


def test_no_file_is_left(soaked: dict[str, Any]) -> None:
    assert soaked["after"]["files"] == []


def test_children_end_while_the_sandbox_is_open(soaked: dict[str, Any]) -> None:
    assert soaked["open"]["children"] == soaked["open"]["spares"]
    assert soaked["open"]["descriptors"] - soaked["first"]["descriptors"] <= 2


def test_scratch_is_gone_while_the_sandbox_is_open(soaked: dict[str, Any]) -> None:
    assert soaked["open"]["scratch"] <= soaked["open"]["spares"]


def test_the_warm_interpreter_does_not_grow(soaked: dict[str, Any]) -> None:
    assert soaked["open"]["zygote"] - soaked["first"]["zygote"] < 4 * MiB


def test_the_parent_does_not_grow(soaked: dict[str, Any]) -> None:
    assert soaked["open"]["own"] - soaked["first"]["own"] < 30 * MiB


def test_closing_ends_what_runs(host: HostProcess) -> None:
    report = host.ask("end")
    assert report["before"] > 0
    assert report["after"] == 0


def test_a_killed_parent_leaves_nothing(mode: str) -> None:
    host = HostProcess(mode)
    try:
        pids = host.ask("hold")["processes"]
        assert set(pids) <= set(descendants(host.process.pid))
        host.kill()
        end = time.monotonic() + 10
        while (left := [pid for pid in pids if alive(pid)]) and time.monotonic() < end:
            time.sleep(0.05)
        assert left == []
        if not mode.endswith("refused"):  # else its scratch directories are there, with nobody to delete them
            assert os.listdir(host.directory) == []
    finally:
        host.close()


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_what_is_cancelled_ends_alone(host: HostProcess) -> None:
    assert host.ask("cancel")["outputs"] == ["42\n", "42\n"]


def test_the_warm_interpreter_is_replaced(host: HostProcess) -> None:
    report = host.ask("restart")
    assert report == {"left": False, "output": "42\n"}


def test_an_end_without_close_leaves_nothing(mode: str) -> None:
    host = HostProcess(mode)
    host.ask("hold")
    pids = descendants(host.process.pid)
    host.close()  # its standard input ends, and with it the program
    late = time.monotonic() + 20  # on a busy machine the last of them is not gone at once
    while any(map(alive, pids)) and time.monotonic() < late:
        time.sleep(0.02)
    assert [pid for pid in pids if alive(pid)] == []
