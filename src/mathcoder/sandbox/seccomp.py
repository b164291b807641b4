"""A seccomp filter that lets numeric Python work and refuses everything else.

An allow-list: a system call that is not named gets EPERM. The filter is assembled once, as classic BPF,
and installed in each child. Numbers are those of the Linux kernel's unistd.h for each architecture.
Refused on purpose, among others: new processes, programs, sockets of every family, signals to anything,
ptrace and the memory of other processes, mounts and namespaces, io_uring, bpf, perf, keys, shared memory,
changes of owner, mode or times of a file (Landlock does not govern these).
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

# name: (x86_64, aarch64); None where the architecture has no such call.
_ALLOWED: dict[str, tuple[int | None, int | None]] = {
    # files already open, and paths that Landlock then judges
    "read": (0, 63),
    "write": (1, 64),
    "open": (2, None),
    "close": (3, 57),
    "stat": (4, None),
    "fstat": (5, 80),
    "lstat": (6, None),
    "poll": (7, None),
    "lseek": (8, 62),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "readv": (19, 65),
    "writev": (20, 66),
    "access": (21, None),
    "pipe": (22, None),
    "select": (23, None),
    "dup": (32, 23),
    "dup2": (33, None),
    "flock": (73, 32),
    "fsync": (74, 82),
    "fdatasync": (75, 83),
    "ftruncate": (77, 46),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "chdir": (80, 49),
    "fchdir": (81, 50),
    "rename": (82, None),
    "mkdir": (83, None),
    "rmdir": (84, None),
    "unlink": (87, None),
    "symlink": (88, None),
    "readlink": (89, None),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "fadvise64": (221, 223),
    "epoll_create": (213, None),
    "epoll_wait": (232, None),
    "epoll_ctl": (233, 21),
    "openat": (257, 56),
    "mkdirat": (258, 34),
    "newfstatat": (262, 79),
    "unlinkat": (263, 35),
    "renameat": (264, 38),
    "symlinkat": (266, 36),
    "readlinkat": (267, 78),
    "faccessat": (269, 48),
    "pselect6": (270, 72),
    "ppoll": (271, 73),
    "epoll_pwait": (281, 22),
    "fallocate": (285, 47),
    "eventfd2": (290, 19),
    "epoll_create1": (291, 20),
    "dup3": (292, 24),
    "pipe2": (293, 59),
    "preadv": (295, 69),
    "pwritev": (296, 70),
    "renameat2": (316, 276),
    "copy_file_range": (326, 285),
    "statx": (332, 291),
    "close_range": (436, 436),
    "faccessat2": (439, 439),
    # memory
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "mremap": (25, 216),
    "msync": (26, 227),
    "madvise": (28, 233),
    "membarrier": (324, 283),
    # the process itself
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "rt_sigpending": (127, 136),
    "rt_sigtimedwait": (128, 137),
    "rt_sigsuspend": (130, 133),
    "sigaltstack": (131, 132),
    "pause": (34, None),
    "getitimer": (36, 102),
    "alarm": (37, None),
    "setitimer": (38, 103),
    "getpid": (39, 172),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "wait4": (61, 260),
    "waitid": (247, 95),
    "uname": (63, 160),
    "umask": (95, 166),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "sysinfo": (99, 179),
    "times": (100, 153),
    "getuid": (102, 174),
    "getgid": (104, 176),
    "geteuid": (107, 175),
    "getegid": (108, 177),
    "getppid": (110, 173),
    "getpgrp": (111, None),
    "getgroups": (115, 158),
    "getresuid": (118, 148),
    "getresgid": (120, 150),
    "getpgid": (121, 155),
    "getsid": (124, 156),
    "getpriority": (140, 141),
    "arch_prctl": (158, None),
    "gettid": (186, 178),
    "getcpu": (309, 168),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getrandom": (318, 278),
    "restart_syscall": (219, 128),
    # threads and time
    "futex": (202, 98),
    "futex_waitv": (449, 449),
    "set_tid_address": (218, 96),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
}

_ARCHITECTURES = {
    # machine: (AUDIT_ARCH, column, clone, clone3, ioctl, fcntl, prlimit64)
    "x86_64": (0xC000003E, 0, 56, 435, 16, 72, 302),
    "aarch64": (0xC00000B7, 1, 220, 435, 29, 25, 261),
}

_TMPFILE = 0o20000000  # open: a file without a name, which nobody can count
_CLONE_THREAD = 0x00010000
_CLONE_NEW = 0x7E020000  # every CLONE_NEW* flag but NEWTIME, which clone does not take
_IOCTLS = (0x5401, 0x5451, 0x5450, 0x5421)  # TCGETS, FIOCLEX, FIONCLEX, FIONBIO
# F_DUPFD to F_SETLKW, open-file locks, F_DUPFD_CLOEXEC. Not F_SETOWN and F_SETSIG, which send signals.
_FCNTLS = (*range(8), 36, 37, 38, 1030)

_LOAD, _JUMP, _JUMP_SET, _RETURN = 0x20, 0x15, 0x45, 0x06  # ld [k]; jeq; jset; ret
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NR, _ARCH, _ARG0_LOW, _ARG1_LOW, _ARG2_LOW, _ARG2_HIGH = 0, 4, 16, 24, 32, 36

_libc = ctypes.CDLL(None, use_errno=True)  # loaded once, for all children

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2


def supported() -> bool:
    """Whether this kernel takes filters and this architecture has a table here."""
    if os.uname().machine not in _ARCHITECTURES:
        return False
    # A null filter: EFAULT where filters exist, EINVAL where they do not.
    refused: int = _libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, None, 0, 0)
    return refused == -1 and ctypes.get_errno() == errno.EFAULT


def assemble(machine: str | None = None, *, threads: bool = True, nameless_files: bool = True) -> bytes:
    """The filter as an array of `struct sock_filter`.

    Args:
        machine: as `uname` tells it; default: this one.
        threads: whether new threads are allowed.
        nameless_files: whether O_TMPFILE is allowed.

    Raises:
        KeyError: for an architecture without a table.
    """
    arch, column, clone, clone3, ioctl, fcntl, prlimit = _ARCHITECTURES[machine or os.uname().machine]
    code: list[tuple[int, int, int, int]] = []

    def emit(op: int, k: int, true: int = 0, false: int = 0) -> None:
        code.append((op, true, false, k))

    def when(nr: int, body: list[tuple[int, int, int, int]]) -> None:
        emit(_JUMP, nr, 0, len(body))
        code.extend(body)

    deny = (_RETURN, 0, 0, _ERRNO | errno.EPERM)
    allow = (_RETURN, 0, 0, _ALLOW)

    emit(_LOAD, _ARCH)
    emit(_JUMP, arch, 1, 0)
    emit(_RETURN, _KILL)  # another instruction set's call numbers
    emit(_LOAD, _NR)
    if not nameless_files:
        for call, flags in (("open", _ARG1_LOW), ("openat", _ARG2_LOW)):
            if (nr := _ALLOWED[call][column]) is not None:
                when(nr, [(_LOAD, 0, 0, flags), (_JUMP_SET, 0, 1, _TMPFILE), deny, allow])
    numbers = [pair[column] for pair in _ALLOWED.values() if pair[column] is not None]
    for nr in numbers:
        if nr is not None:
            when(nr, [allow])
    # 64-bit glibc falls back to clone, whose flags a filter can read.
    when(clone3, [(_RETURN, 0, 0, _ERRNO | errno.ENOSYS)])
    if threads:
        flags = [(_LOAD, 0, 0, _ARG0_LOW), (_JUMP_SET, 2, 0, _CLONE_NEW), (_JUMP_SET, 0, 1, _CLONE_THREAD)]
        when(clone, [*flags, allow, deny])
    for call, commands in ((ioctl, _IOCTLS), (fcntl, _FCNTLS)):
        last = len(commands) - 1
        jumps = [(_JUMP, last - i, int(i == last), command) for i, command in enumerate(commands)]
        when(call, [(_LOAD, 0, 0, _ARG1_LOW), *jumps, allow, deny])
    # Reading a limit of the own process: pid 0 and no new value.
    when(
        prlimit,
        [
            (_LOAD, 0, 0, _ARG0_LOW),
            (_JUMP, 0, 5, 0),
            (_LOAD, 0, 0, _ARG2_LOW),
            (_JUMP, 0, 3, 0),
            (_LOAD, 0, 0, _ARG2_HIGH),
            (_JUMP, 0, 1, 0),
            allow,
            deny,
        ],
    )
    code.append(deny)
    return b"".join(struct.pack("=HBBI", op, true, false, k) for op, true, false, k in code)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def install(program: bytes) -> None:
    """Bind this thread, and all it starts, to the filter for ever. NO_NEW_PRIVS must be set.

    Raises:
        OSError: the kernel refused.
    """
    prog = _Program(len(program) // 8, program)
    if _libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(prog), 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")
