"""Every attack is contained, in every mode, and the sandbox is alive and correct afterwards."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator

import pytest
from attacks import BREACH
from attacks.all import ATTACKS, GROUPS, POISONS

from conftest import MODES, HostProcess

# Seconds over the limit of a block and the half second after it: a slow disk takes some to delete on.
_SLACK = 30.0
_LAYERS = {
    "root": {"landlock", "namespaces", "rlimits", "seccomp", "uid"},
    "root-refused": {"landlock", "rlimits", "seccomp", "uid"},
    "user": {"landlock", "namespaces", "rlimits", "seccomp"},
    "user-refused": {"landlock", "rlimits", "seccomp"},
}


def of_the_system(error_type: str) -> bool:
    """Whether an error is the system's answer, and not a mistake in the program."""
    kind = getattr(builtins, error_type, None)
    own = isinstance(kind, type) and issubclass(kind, OSError)
    return own or error_type in ("gaierror", "herror", "URLError")


def test_the_layers_of_a_mode(host: HostProcess, mode: str) -> None:
    layers = set(host.ask("sandbox")["layers"])
    if "namespaces" in _LAYERS[mode] - layers:
        pytest.skip("this machine refuses namespaces")
    assert layers == _LAYERS[mode]


def cases() -> Iterator[tuple[str, str]]:
    """Modes and attacks. What stays within its process meets the same walls in every mode: two are enough."""
    for mode in MODES:
        for group, attacks in GROUPS.items():
            if mode in (MODES[0], MODES[-1]) or group not in ("channel", "interpreter", "clocks"):
                yield from ((mode, attack.name) for attack in attacks)


@pytest.mark.parametrize(("mode", "name"), list(cases()))
def test_attack(host: HostProcess, name: str) -> None:
    attack = ATTACKS[name]
    report = host.ask("attack", name=name)
    assert not report["raised"]
    assert report["damage"] == []
    for execution in report["executions"]:
        assert BREACH not in execution["output"]
        assert execution["status"] in attack.ends, execution["error"]
        assert execution["wrong"] == []
        if execution["status"] in ("error", "denied"):
            kind = execution["error_type"] or ""
            assert of_the_system(kind) or kind in attack.errors, execution["error"]
    blocks = len(attack.blocks)
    assert report["elapsed"] < blocks * (attack.seconds + attack.pause + 0.5) + _SLACK


@pytest.mark.parametrize("name", [attack.name for attack in ATTACKS.values() if attack.bare])
def test_attack_without_layers_gets_through(host_of: Callable[..., HostProcess], name: str) -> None:
    report = host_of(MODES[-1], "bare").ask("attack", name=name, bare=True)
    assert BREACH in report["executions"][-1]["output"], report["executions"][-1]["error"]


@pytest.mark.parametrize("name", POISONS)
@pytest.mark.parametrize("mode", [MODES[0], MODES[-1]])
def test_poison(host: HostProcess, name: str) -> None:
    report = host.ask("poison", name=name)
    assert report["damage"] == []
    clean = report["clean"]
    assert clean["status"] == "ok"
    assert BREACH not in clean["output"]
    for way in ("run", "other session", "map"):
        for probe in report[way]:
            assert [probe["status"], probe["output"]] == [clean["status"], clean["output"]], way
    alone, shared = report["poison"], report["shared"]
    assert [shared["status"], shared["output"]] == [alone["status"], alone["output"]]
    if POISONS[name].shows:  # the probe can find it
        assert BREACH in report["same session"][0]["output"], report["same session"][0]


def test_snippets_of_a_batch_do_not_see_one_another(host: HostProcess) -> None:
    assert host.ask("neighbours")["outputs"] == [""]
