"""The layers that hold a child, and the order in which it puts them on.

`probe` asks the kernel what it allows; `Confinement.enter` is called by a child that was just forked from the
warm interpreter, before it reads a byte of untrusted code. Nothing here can be undone by the child.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from mathcoder.sandbox import landlock, namespaces, seccomp
from mathcoder.sandbox.execution import Limits

_libc = ctypes.CDLL(None, use_errno=True)  # loaded once, for all children

Layer = Literal["rlimits", "seccomp", "landlock", "namespaces", "uid"]
LAYERS: tuple[Layer, ...] = get_args(Layer)

Level = Literal["full", "kernel", "rlimits"]
"""`full`: every layer. `kernel`: at least seccomp and Landlock, which need no privilege (a default container
has them). `rlimits`: whatever there is."""

_NEEDED: dict[Level, frozenset[Layer]] = {
    "full": frozenset(("rlimits", "seccomp", "landlock", "namespaces")),
    "kernel": frozenset(("rlimits", "seccomp", "landlock")),
    "rlimits": frozenset(("rlimits",)),
}

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_CAP_AMBIENT = 1, 4, 24, 47
_FIRST_UID, _UIDS = 61184, 4000  # a range that systems keep for short-lived services
_CPU_SECONDS = 3600  # a backstop: the parent's wall-clock limit comes long before it


def probe(directory: str, readable: Sequence[str], without: Collection[Layer] = ()) -> dict[Layer, str]:
    """Ask the kernel for each layer: "" where it is to be had, otherwise why not, in a few words.

    Args:
        directory: an empty one, to try a file tree on.
        readable: the paths that a child reads.
        without: layers that are not wanted.
    """
    linux = sys.platform == "linux"
    missing: dict[Layer, str] = dict.fromkeys(LAYERS, "")
    if not linux:
        return {layer: "" if layer == "rlimits" else "needs Linux" for layer in LAYERS}
    missing |= dict.fromkeys(without, "left out on request")
    found: dict[Layer, str] = {}
    if not seccomp.supported():
        found["seccomp"] = "the kernel takes no seccomp filter, or this processor has no table here"
    if not landlock.abi():
        found["landlock"] = "the kernel has no Landlock (Linux 5.13 or newer, enabled at boot)"
    if "namespaces" not in without and not namespaces.supported(directory, readable):
        found["namespaces"] = "the kernel or the container refuses new namespaces"
    if os.geteuid() != 0:
        found["uid"] = "only root can change to another user; not needed otherwise"
    elif not _becomes_another_user(()):
        found["uid"] = "this root may not change to another user (no CAP_SETUID and CAP_SETGID)"
    elif {"namespaces"} & {*found, *without} and not _becomes_another_user(readable):
        found["uid"] = "the interpreter lies where other users cannot read (a folder with mode 0700)"
    missing |= found
    return missing


def lacking(level: Level, present: Collection[str]) -> list[Layer]:
    """The layers that `level` needs and that are not in `present`."""
    return [layer for layer in LAYERS if layer in _NEEDED[level] and layer not in present]


@dataclass(frozen=True)
class Confinement:
    """What a child of this interpreter is held by.

    Attributes:
        layers: the layers in force.
        readable: the paths that a child may read.
        scratch_root: where scratch directories are made, without namespaces.
        baseline: bytes of address space of the warm interpreter.
        program: the seccomp filter.
        landlock_abi: the kernel's Landlock version.
        parent: pid of the warm interpreter, as its children see it.
    """

    layers: frozenset[str]
    readable: tuple[str, ...]
    scratch_root: str
    baseline: int
    program: bytes
    landlock_abi: int
    parent: int

    def enter(self, limits: Limits, number: int) -> str:
        """Put every layer on; `number` tells children apart. Returns the scratch directory, now the cwd.

        Raises:
            OSError: a layer that should be there was refused; the child must end.
        """

        def prctl(option: int, value: int) -> None:
            if _libc.prctl(option, value, 0, 0, 0):
                raise OSError(ctypes.get_errno(), f"prctl {option}")

        linux = sys.platform == "linux"
        uid = gid = _FIRST_UID + number % _UIDS if "uid" in self.layers else os.geteuid()
        rules = -1
        if "namespaces" in self.layers:
            scratch = namespaces.SCRATCH
            namespaces.private_scratch(limits.disk, uid, gid)
        else:
            scratch = os.path.join(self.scratch_root, str(number))
            os.mkdir(scratch, 0o700)
            if "uid" in self.layers:
                os.chown(scratch, uid, gid)
        os.chdir(scratch)
        self._set_rlimits(limits)
        if "landlock" in self.layers:  # made now: the paths may lie where another user cannot go
            paths = [(path, landlock.READ) for path in self.readable]
            # A file that was removed while open cannot be counted: only a bounded file system allows it.
            own = landlock.WRITE if "namespaces" in self.layers else landlock.ADD
            paths += [(scratch, own), ("/dev/null", landlock.WRITE)]
            rules = landlock.ruleset(paths, self.landlock_abi)
        if "uid" in self.layers:
            for capability in range(64):
                if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
                    break
            _become(uid)
        if linux:
            _drop_capabilities()
            prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # after the change of user, which clears it
            if os.getppid() != self.parent:
                raise OSError(errno.ESRCH, "the warm interpreter is gone")
            prctl(_PR_SET_DUMPABLE, 0)
            prctl(seccomp.PR_SET_NO_NEW_PRIVS, 1)
        if rules >= 0:
            landlock.restrict(rules)
        if "seccomp" in self.layers:
            seccomp.install(self.program)
        return scratch

    def _set_rlimits(self, limits: Limits) -> None:
        # Without a user of its own or a user namespace, RLIMIT_NPROC counts all that the user runs: then
        # no thread at all. In a user namespace the children of one sandbox share the count.
        shared = "namespaces" in self.layers and "uid" not in self.layers
        threads = limits.threads * (8 if shared else 1) if can_count_threads(self.layers) else 0
        values = {
            "RLIMIT_CORE": 0,
            "RLIMIT_CPU": _CPU_SECONDS,
            "RLIMIT_FSIZE": limits.disk,
            "RLIMIT_NOFILE": 64,
            "RLIMIT_AS": self.baseline + limits.memory,
            "RLIMIT_NPROC": threads,
            "RLIMIT_MEMLOCK": 0,
            "RLIMIT_MSGQUEUE": 0,
            "RLIMIT_NICE": 0,
            "RLIMIT_RTPRIO": 0,
        }
        for name, value in values.items():
            if not hasattr(resource, name):  # not on this system
                continue
            number = getattr(resource, name)
            hard = resource.getrlimit(number)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(number, (value, value))


def can_count_threads(layers: Collection[str]) -> bool:
    """Whether RLIMIT_NPROC binds and counts the sandbox's own threads only; without, there are no threads."""
    return "uid" in layers or "namespaces" in layers


def _becomes_another_user(paths: Sequence[str]) -> bool:
    """Whether root can become the unprivileged user of a child, who can read `paths`. Tries it in a fork."""

    def attempt() -> bool:
        _become(_FIRST_UID)
        return all(os.access(path, os.R_OK) for path in paths)

    return namespaces.works_in_a_fork(attempt)


def _become(uid: int) -> None:
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def _drop_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this thread
    if _libc.capset(header, (ctypes.c_uint32 * 6)()):
        raise OSError(ctypes.get_errno(), "capset")
    _libc.prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0)  # clear all; refused by kernels that have none


def address_space() -> int:
    """Bytes of address space of this process; a guess of 1 GiB where the kernel does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30
