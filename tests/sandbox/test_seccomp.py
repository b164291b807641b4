"""The filter, evaluated here as the kernel would: a small interpreter for classic BPF over `seccomp_data`."""

from __future__ import annotations

import errno
import struct
from collections.abc import Sequence

import pytest

from mathcoder.sandbox import seccomp

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, KILL = 0x7FFF0000, 0x80000000
EPERM, ENOSYS = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
MOST_INSTRUCTIONS = 4096  # BPF_MAXINSNS

# Numbers from the kernel's unistd.h, x86_64 and aarch64.
CLONE, CLONE3, IOCTL, FCNTL, PRLIMIT = (56, 220), (435, 435), (16, 29), (72, 25), (302, 261)
REFUSED = {
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "socketpair": (53, 199),
    "sendmsg": (46, 211),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "mount": (165, 40),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "setuid": (105, 146),
    "setresuid": (117, 147),
    "capset": (126, 91),
    "prctl": (157, 167),
    "seccomp": (317, 277),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "userfaultfd": (323, 282),
    "memfd_create": (319, 279),
    "shmget": (29, 194),
    "mq_open": (180, 180),
    "sched_setaffinity": (203, 122),
    "setpriority": (141, 140),
    "fchmod": (91, 52),
    "fchownat": (260, 54),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "linkat": (265, 37),
    "mknodat": (259, 33),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    "reboot": (169, 142),
    "init_module": (175, 105),
}
ALLOWED = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "openat": (257, 56),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "brk": (12, 214),
    "futex": (202, 98),
    "rt_sigreturn": (15, 139),
    "setitimer": (38, 103),
    "exit_group": (231, 94),
    "getrandom": (318, 278),
    "clock_nanosleep": (230, 115),
    "getrusage": (98, 165),
}
MACHINES = pytest.mark.parametrize("column", [0, 1], ids=ARCHITECTURES)


def evaluate(program: bytes, nr: int, arguments: Sequence[int] = (), arch: int = 0) -> int:
    """What the program returns for a system call."""
    data = struct.pack("=iIQ6Q", nr, arch, 0, *arguments, *[0] * (6 - len(arguments)))
    code = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    accumulator = at = 0
    while True:
        op, true, false, k = code[at]
        at += 1
        if op == 0x20:  # ld [k]
            assert k % 4 == 0
            (accumulator,) = struct.unpack_from("=I", data, k)
        elif op == 0x15:  # jeq
            at += true if accumulator == k else false
        elif op == 0x45:  # jset
            at += true if accumulator & k else false
        elif op == 0x06:  # ret
            return k
        else:
            raise AssertionError(f"unknown instruction 0x{op:02x}")


class Filter:
    def __init__(self, column: int, threads: bool = True):
        machine = list(ARCHITECTURES)[column]
        self.arch = ARCHITECTURES[machine]
        self.program = seccomp.assemble(machine, threads=threads)

    def __call__(self, nr: int, *arguments: int) -> int:
        return evaluate(self.program, nr, arguments, self.arch)


@MACHINES
@pytest.mark.parametrize("threads", [True, False])
def test_the_kernel_would_take_it(column: int, threads: bool):
    """What its checker demands: known instructions, jumps forward and inside, a return at the end."""
    program = Filter(column, threads).program
    assert len(program) % 8 == 0
    code = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    assert 0 < len(code) <= MOST_INSTRUCTIONS
    for at, (op, true, false, k) in enumerate(code):
        assert op in (0x20, 0x15, 0x45, 0x06)
        if op in (0x15, 0x45):
            assert at + 1 + max(true, false) < len(code)
        elif op == 0x20:
            assert k % 4 == 0
            assert k < 64
    assert code[-1][0] == 0x06


@MACHINES
@pytest.mark.parametrize("name", ALLOWED)
def test_allowed(column: int, name: str):
    assert Filter(column)(ALLOWED[name][column]) == ALLOW


@MACHINES
@pytest.mark.parametrize("name", REFUSED)
def test_refused(column: int, name: str):
    assert Filter(column)(REFUSED[name][column]) == EPERM


@pytest.mark.parametrize("nr", [57, 58])
def test_fork_and_vfork_are_refused(nr: int):
    assert Filter(0)(nr) == EPERM


@MACHINES
def test_numbers_that_no_table_has_are_refused(column: int):
    allowed = {pair[column] for pair in seccomp._ALLOWED.values()}
    special = {pair[column] for pair in (CLONE, CLONE3, IOCTL, FCNTL, PRLIMIT)}
    run = Filter(column)
    for nr in (*range(600), 0x40000000, 0x40000001, 0x7FFFFFFF, -1):  # the last ones: the x32 interface
        if nr not in special:
            assert run(nr) == (ALLOW if nr in allowed else EPERM), nr


@MACHINES
@pytest.mark.parametrize("arch", [0, 0x40000003, 0x40000028, 0x80000015])
def test_another_architecture_kills(column: int, arch: int):
    run = Filter(column)
    for nr in (0, 1, 60, 93, 231):
        assert evaluate(run.program, nr, (), arch) == KILL
    assert evaluate(run.program, 0, (), ARCHITECTURES["aarch64" if column == 0 else "x86_64"]) == KILL


THREAD = 0x3D0F00  # the flags of glibc's pthread_create


@MACHINES
@pytest.mark.parametrize(
    ("flags", "result"),
    [
        (THREAD, ALLOW),
        (0x00010000, ALLOW),
        (0, EPERM),
        (0x01200011, EPERM),  # fork
        (0x00004111, EPERM),  # vfork
        (THREAD & ~0x00010000, EPERM),
        *(
            (THREAD | new, EPERM)
            for new in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
        ),
        (0x00010000 << 32, EPERM),  # only the lower half counts
    ],
)
def test_clone_makes_threads_only(column: int, flags: int, result: int):
    assert Filter(column)(CLONE[column], flags) == result
    assert Filter(column, threads=False)(CLONE[column], flags) == EPERM


@MACHINES
@pytest.mark.parametrize("threads", [True, False])
def test_clone3_is_not_there_so_that_clone_is_used(column: int, threads: bool):
    assert Filter(column, threads)(CLONE3[column], 0, 88) == ENOSYS


@MACHINES
@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        ((0, 7, 0, 1), ALLOW),  # read a limit of this process
        ((0, 7, 1, 0), EPERM),  # a new value
        ((0, 7, 1 << 32, 0), EPERM),  # a pointer whose lower half is 0
        ((1, 7, 0, 1), EPERM),  # another process
    ],
)
def test_prlimit_reads_own_limits_only(column: int, arguments: tuple[int, ...], result: int):
    assert Filter(column)(PRLIMIT[column], *arguments) == result


@MACHINES
@pytest.mark.parametrize(
    ("command", "result"),
    [
        (0x5401, ALLOW),  # TCGETS
        (0x5451, ALLOW),  # FIOCLEX
        (0x5450, ALLOW),  # FIONCLEX
        (0x5421, ALLOW),  # FIONBIO
        (0x5412, EPERM),  # TIOCSTI writes into the terminal
        (0x541C, EPERM),  # TIOCLINUX
        (0x8901, EPERM),  # FIOSETOWN
        (0x5452, EPERM),  # FIOASYNC
        (0, EPERM),
    ],
)
def test_ioctl(column: int, command: int, result: int):
    assert Filter(column)(IOCTL[column], 1, command) == result


@MACHINES
@pytest.mark.parametrize(
    ("command", "result"),
    [
        *((command, ALLOW) for command in (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030)),
        (8, EPERM),  # F_SETOWN
        (10, EPERM),  # F_SETSIG
        (15, EPERM),  # F_SETOWN_EX
        (1024, EPERM),  # F_SETLEASE
        (1026, EPERM),  # F_NOTIFY
        (1031, EPERM),  # F_SETPIPE_SZ
        (1033, EPERM),  # F_ADD_SEALS
    ],
)
def test_fcntl(column: int, command: int, result: int):
    assert Filter(column)(FCNTL[column], 1, command) == result


def test_a_machine_without_a_table():
    with pytest.raises(KeyError):
        seccomp.assemble("riscv64")


TMPFILE = 0o20000000 | 0o200000  # __O_TMPFILE | O_DIRECTORY, the same on both machines


@pytest.mark.parametrize(
    ("column", "nr", "before"),
    [(0, 2, (0,)), (0, 257, (0, 0)), (1, 56, (0, 0))],
    ids=["open", "openat", "openat-arm"],
)
def test_files_without_a_name(column: int, nr: int, before: tuple[int, ...]):
    machine = list(ARCHITECTURES)[column]
    counted = seccomp.assemble(machine, nameless_files=False)
    for flags, result in ((0, ALLOW), (0o200000, ALLOW), (0o101, ALLOW), (TMPFILE, EPERM), (TMPFILE | 2, EPERM)):
        assert evaluate(counted, nr, (*before, flags), ARCHITECTURES[machine]) == result
        assert Filter(column)(nr, *before, flags) == ALLOW
    assert evaluate(counted, REFUSED["socket"][column], (), ARCHITECTURES[machine]) == EPERM
    assert evaluate(counted, ALLOWED["read"][column], (), ARCHITECTURES[machine]) == ALLOW
