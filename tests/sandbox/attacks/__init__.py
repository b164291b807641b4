"""Programs that try to get out of the sandbox, as tables. Each prints `BREACH` where it got what it must not.

A program only reports that it got somewhere, never what it saw. It aims at decoys that the test made, counts
what it makes, and stops early, so that a sandbox which fails harms nothing. `preamble` defines the names that
programs use for the decoys, and these helpers:

- `each(calls)`: every call should raise OSError; one that does not is a breach.
- `syscall(name, *args)`: the raw call; raises OSError.
- `refused(name, *args)`: the arguments are useless, so a kernel that looks at them finds another error than
  a filter's; then the call was within reach, which is a breach.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

BREACH = "BREACH"

MiB = 1024 * 1024
MEMORY = 512 * MiB
DISK = 16 * MiB
OUTPUT = 50_000
SECONDS = 1.0

HELD = frozenset(("ok", "error", "denied"))
"""The ways an attack ends that is refused; the error, if there is one, is an OSError."""


@dataclass(frozen=True)
class Attack:
    """A program against the kernel's walls.

    Attributes:
        name: what it tries.
        code: the program, or the blocks of one session.
        ends: the statuses that its blocks may end with.
        errors: exceptions that may end it, besides those of the operating system.
        seconds: the limit it runs under.
        pause: seconds to wait between blocks.
        bare: without any layer it gets through, and that harms nothing.
    """

    name: str
    code: str | tuple[str, ...]
    ends: frozenset[str] = HELD
    errors: tuple[str, ...] = ()
    seconds: float = SECONDS
    pause: float = 0.0
    bare: bool = False

    @property
    def blocks(self) -> tuple[str, ...]:
        return (self.code,) if isinstance(self.code, str) else self.code


@dataclass(frozen=True)
class Poison:
    """A snippet that changes something for the next one, which looks for it.

    Attributes:
        name: what it changes.
        code: the first snippet.
        probe: the next one; prints `BREACH` if it can tell that the first one ran.
        shows: in one session, where state is kept, the probe finds it.
    """

    name: str
    code: str
    probe: str
    shows: bool = True


# name: (x86_64, aarch64), from the kernel's unistd.h; None where the architecture has no such call.
_NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "accept": (43, 202),
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bind": (49, 200),
    "bpf": (321, 280),
    "capset": (126, 91),
    "chmod": (90, None),
    "chroot": (161, 51),
    "clock_settime": (227, 112),
    "clone": (56, 220),
    "clone3": (435, 435),
    "connect": (42, 203),
    "delete_module": (176, 106),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fanotify_init": (300, 262),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchownat": (260, 54),
    "finit_module": (313, 273),
    "fork": (57, None),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "inotify_init1": (294, 26),
    "io_setup": (206, 0),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioperm": (173, None),
    "iopl": (172, None),
    "ioprio_set": (251, 30),
    "ioctl": (16, 29),
    "kcmp": (312, 272),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "kill": (62, 129),
    "linkat": (265, 37),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "migrate_pages": (256, 238),
    "mlockall": (151, 230),
    "mknodat": (259, 33),
    "modify_ldt": (154, None),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41),
    "prctl": (157, 167),
    "prlimit64": (302, 261),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "seccomp": (317, 277),
    "semget": (64, 190),
    "sendfile": (40, 71),
    "sendmsg": (46, 211),
    "setdomainname": (171, 162),
    "setfsgid": (123, 152),
    "setfsuid": (122, 151),
    "setgid": (106, 144),
    "setgroups": (116, 159),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "setpgid": (109, 154),
    "setpriority": (141, 140),
    "setregid": (114, 143),
    "setresgid": (119, 149),
    "setresuid": (117, 147),
    "setreuid": (113, 145),
    "setrlimit": (160, 164),
    "setsid": (112, 157),
    "settimeofday": (164, 170),
    "setuid": (105, 146),
    "setxattr": (188, 5),
    "shmat": (30, 196),
    "shmget": (29, 194),
    "signalfd4": (289, 74),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "splice": (275, 76),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "tgkill": (234, 131),
    "timer_create": (222, 107),
    "timerfd_create": (283, 85),
    "tkill": (200, 130),
    "truncate": (76, 45),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "utimensat": (280, 88),
    "vfork": (58, None),
    "vhangup": (153, 58),
}

_HELPERS = """
import ctypes, errno, os, sys, time
libc = ctypes.CDLL(None, use_errno=True)
machine = os.uname().machine
def syscall(name, *args):
    number = NUMBERS[name][0 if machine == "x86_64" else 1]
    if number is None:
        raise OSError(errno.ENOSYS, name)
    args = [ctypes.c_long(a) if isinstance(a, int) else a for a in args]
    result = libc.syscall(ctypes.c_long(number), *args)
    if result == -1:
        raise OSError(ctypes.get_errno(), name)
    return result
def refused(name, *args):
    try:
        syscall(name, *args)
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EACCES, errno.ENOSYS):
            return
    print("BREACH", name)
def each(calls):
    for number, call in enumerate(calls):
        try:
            call()
        except OSError:
            continue
        print("BREACH", number)
"""


def preamble(decoys: dict[str, object]) -> str:
    """What every block of an `Attack` starts with: the decoys as constants, and the helpers."""
    constants = [f"{name} = {value!r}\n" for name, value in {**decoys, "NUMBERS": _NUMBERS}.items()]
    return "".join(constants) + _HELPERS


Named = TypeVar("Named", Attack, Poison)


def named(table: Iterable[Named]) -> dict[str, Named]:
    """The entries by name, each name once."""
    entries: dict[str, Named] = {}
    for entry in table:
        if entry.name in entries:
            raise ValueError(f"two are called {entry.name}")
        entries[entry.name] = entry
    return entries
