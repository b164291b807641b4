"""Landlock: an allow-list of paths that the kernel enforces on an unprivileged process.

Source: the kernel's Documentation/userspace-api/landlock.rst. The call numbers are the same on every
architecture.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

_libc = ctypes.CDLL(None, use_errno=True)  # loaded once, for all children

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1  # flag of create_ruleset: only tell the ABI version

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_DIR, _REMOVE_FILE = (1 << bit for bit in range(6))
_MAKE_DIR, _MAKE_REG, _MAKE_SYM = 1 << 7, 1 << 8, 1 << 12
_REFER, _TRUNCATE = 1 << 13, 1 << 14

READ = _READ_FILE | _READ_DIR
ADD = READ | _WRITE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_SYM | _TRUNCATE  # but not remove
WRITE = ADD | _REMOVE_DIR | _REMOVE_FILE | _REFER

# All file rights that ABI version n knows are its lowest bits: this many.
_FILE_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NET_TCP = 0b11  # bind and connect, from ABI 4
_SCOPES = 0b11  # abstract Unix sockets and signals, from ABI 6


def abi() -> int:
    """The kernel's Landlock version, 0 where there is none."""
    version: int = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    return max(version, 0)


def ruleset(rules: Iterable[tuple[str, int]], version: int) -> int:
    """A descriptor of a rule set that allows `rules`, pairs of a path and its rights, and refuses the rest.

    Args:
        rules: `READ` or `WRITE` for each path; a path that is gone is left out.
        version: what `abi()` said, at least 1.

    Raises:
        OSError: the kernel refused, or a path cannot be opened.
    """
    handled = (1 << _FILE_BITS[min(version, 5)]) - 1
    attributes = struct.pack("=QQQ", handled, _NET_TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    made = _call(_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)
    for path, rights in rules:
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        if not os.path.isdir(path):
            rights &= _READ_FILE | _WRITE_FILE | _TRUNCATE
        _call(_ADD_RULE, made, 1, struct.pack("=Qi", rights & handled, fd), 0)
        os.close(fd)
    return made


def restrict(made: int) -> None:
    """Bind the calling thread, and all it starts, to a rule set for ever. NO_NEW_PRIVS must be set.

    Raises:
        OSError: the kernel refused.
    """
    _call(_RESTRICT_SELF, made, 0)
    os.close(made)


def _call(number: int, *args: object) -> int:
    result: int = _libc.syscall(number, *args)
    if result < 0:
        raise OSError(ctypes.get_errno(), "landlock")
    return result
