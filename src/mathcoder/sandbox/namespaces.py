"""Linux namespaces and a minimal file tree for the warm interpreter and its children.

The interpreter runs as init of its own PID namespace, in empty network and IPC namespaces, with a root that
holds the interpreter's libraries (read-only) and nothing else. Each child then gets a private tmpfs, which
vanishes with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

SCRATCH = "/scratch"

_libc = ctypes.CDLL(None, use_errno=True)  # loaded once, for all children

_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = (
    0x00020000,
    0x04000000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE, _RELATIME = (
    1,
    2,
    4,
    8,
    32,
    4096,
    16384,
    1 << 18,
    1 << 21,
)
_DETACH = 2
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}


def _check(result: int, what: str) -> None:
    if result:
        raise OSError(ctypes.get_errno(), what)


def unshare() -> None:
    """Enter new namespaces; the next forked child is init of a new PID namespace. Needs a single thread.

    An unprivileged user gets a user namespace too, in which it is root; root needs none.

    Raises:
        OSError: the kernel or a container's policy refuses.
    """
    uid, gid = os.geteuid(), os.getegid()
    flags = _NEWNS | _NEWUTS | _NEWIPC | _NEWPID | _NEWNET
    _check(_libc.unshare(flags if uid == 0 else flags | _NEWUSER), "unshare")
    if uid != 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
    _check(_libc.mount(b"none", b"/", None, _REC | _PRIVATE, None), "mount private /")


def _mount_read_only(source: str, target: str) -> None:
    _check(_libc.mount(source.encode(), target.encode(), None, _BIND | _REC, None), f"bind {source}")
    # Flags that the source has are locked in a user namespace and must be repeated.
    now = os.statvfs(target).f_flag
    keep = now & (_NOSUID | _NODEV | _NOEXEC | 1024 | 2048) | (_RELATIME if now & 4096 else 0)
    _check(_libc.mount(None, target.encode(), None, _REMOUNT | _BIND | _RDONLY | keep, None), f"remount {source}")


def change_root(new_root: str, readable: Iterable[str]) -> None:
    """Make `new_root`, an empty directory, the root, showing only the paths in `readable` at their places.

    Raises:
        OSError: a mount was refused.
    """
    _check(_libc.mount(b"root", new_root.encode(), b"tmpfs", _NOSUID | _NODEV, b"mode=0755,size=1m"), "tmpfs")
    shown: list[str] = []
    for path in sorted(readable):
        if any(path.startswith(parent + "/") for parent in shown):
            continue
        target = new_root + path
        os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
        if os.path.islink(path):
            os.symlink(os.readlink(path), target)
            continue
        if os.path.isdir(path):
            os.makedirs(target, mode=0o755, exist_ok=True)
        else:
            Path(target).touch()
        _mount_read_only(path, target)
        shown.append(path)
    os.mkdir(new_root + SCRATCH)
    os.mkdir(new_root + "/.old")
    old = (new_root + "/.old").encode()
    _check(_libc.syscall(_PIVOT_ROOT[os.uname().machine], new_root.encode(), old), "pivot_root")
    os.chdir("/")
    _check(_libc.umount2(b"/.old", _DETACH), "umount")
    os.rmdir("/.old")
    _check(_libc.mount(None, b"/", None, _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV, None), "remount /")


def private_scratch(size: int, uid: int, gid: int) -> None:
    """Mount an empty tmpfs of `size` bytes for this process alone. 0.1 ms.

    Raises:
        OSError: a mount was refused.
    """
    _check(_libc.unshare(_NEWNS), "unshare")
    options = f"size={max(size, 4096)},nr_inodes=1024,mode=0700,uid={uid},gid={gid}".encode()
    _check(_libc.mount(b"scratch", SCRATCH.encode(), b"tmpfs", _NOSUID | _NODEV | _NOEXEC, options), "scratch")


def supported(directory: str, readable: Sequence[str]) -> bool:
    """Whether this process may do all that is done here. Tries it in a forked child, on an empty `directory`."""
    if sys.platform != "linux" or os.uname().machine not in _PIVOT_ROOT:
        return False

    def attempt() -> bool:
        unshare()
        change_root(directory, readable)
        private_scratch(4096, 0, 0)
        return True

    return works_in_a_fork(attempt)


def works_in_a_fork(attempt: Callable[[], bool]) -> bool:
    """Whether `attempt`, which changes its process, is true and meets no OSError. Tried in a forked child."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            with contextlib.suppress(OSError):
                status = 0 if attempt() else 1
        finally:
            os._exit(status)
    return os.waitpid(pid, 0)[1] == 0


def readable_paths(prefixes: Sequence[str]) -> list[str]:
    """The paths that the warm interpreter's children may read: `prefixes`, system libraries, a few devices."""
    system = (
        "/lib",
        "/lib64",
        "/usr/lib",
        "/usr/lib64",
        "/usr/local/lib",
        "/usr/share/zoneinfo",
        "/etc/ld.so.cache",
        "/etc/localtime",
        "/dev/null",
        "/dev/zero",
        "/dev/random",
        "/dev/urandom",
    )
    return sorted({path for path in (*prefixes, *system) if os.path.lexists(path)})
