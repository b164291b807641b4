"""Privileges and the kernel's rarer services. Calls that could do harm get arguments that mean nothing."""

from attacks import HELD, Attack

ATTACKS = (
    Attack(
        "mount",
        """
os.mkdir("folder")
MS_BIND, MS_REMOUNT = 4096, 32
each([
    lambda: syscall("mount", b"none", b"folder", b"tmpfs", 0, 0),
    lambda: syscall("mount", b"none", b"folder", b"proc", 0, 0),
    lambda: syscall("mount", b"/", b"folder", 0, MS_BIND, 0),
    lambda: syscall("mount", b"folder", b"folder", 0, MS_BIND, 0),
    lambda: syscall("mount", 0, b".", 0, MS_REMOUNT | MS_BIND, 0),
    lambda: syscall("umount2", os.getcwd().encode(), 2),
])
refused("mount", 0, 0, 0, 0, 0)
refused("umount2", 0, 0)
""",
    ),
    Attack(
        "the newer calls to mount",
        """
refused("open_tree", -1, 0, 0)
refused("move_mount", -1, 0, -1, 0, 0)
refused("fsopen", 0, 0)
refused("fsconfig", -1, 0, 0, 0, 0)
refused("fsmount", -1, 0, 0)
refused("fspick", -1, 0, 0)
refused("mount_setattr", -1, 0, 0, 0, 0)
""",
    ),
    Attack(
        "chroot",
        """
os.mkdir("folder")
each([lambda: os.chroot("folder"), lambda: os.chroot(".")])
refused("chroot", 0)
refused("pivot_root", 0, 0)
""",
    ),
    Attack(
        "unshare",
        """
flags = (0x20000, 0x80, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x200, 0x400, 0)
each([lambda flag=flag: syscall("unshare", flag) for flag in flags])
each([lambda flag=flag: syscall("unshare", flag | 0x10000000) for flag in flags])
""",
    ),
    Attack(
        "setns",
        """
names = ("mnt", "net", "pid", "user", "ipc", "uts", "cgroup")
refused("setns", -1, 0)
each([lambda name=name: open(f"/proc/{PID}/ns/{name}") for name in names])
each([lambda name=name: syscall("setns", os.open(f"/proc/self/ns/{name}", os.O_RDONLY), 0) for name in names])
""",
    ),
    Attack(
        "setuid",
        """
each([
    lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.seteuid(0), lambda: os.setegid(0),
    lambda: os.setreuid(0, 0), lambda: os.setregid(0, 0), lambda: os.setresuid(0, 0, 0),
    lambda: os.setresgid(0, 0, 0), lambda: os.setgroups([0]), lambda: os.initgroups("root", 0),
])
for name in ("setfsuid", "setfsgid"):
    refused(name, -1)
for name in ("setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups"):
    refused(name, os.getuid(), os.getuid(), os.getuid())
if os.getuid() == 0 and UID_LAYER:
    print("BREACH")
""",
    ),
    Attack(
        "capabilities",
        """
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
every = (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
each([lambda: syscall("capset", header, every)])
refused("capset", 0, 0)
""",
    ),
    Attack(
        "prctl",
        """
DUMPABLE, KEEPCAPS, PDEATHSIG, SECCOMP, NO_NEW_PRIVS, PTRACER, MM, SUBREAPER = 4, 8, 1, 22, 38, 0x59616D61, 35, 36
for option in (DUMPABLE, KEEPCAPS, PDEATHSIG, SECCOMP, NO_NEW_PRIVS, PTRACER, MM, SUBREAPER, 47, 24, 28):
    refused("prctl", option, 0, 0, 0, 0)
    refused("prctl", option, 1, 0, 0, 0)
refused("seccomp", 0, 0, 0)
refused("seccomp", 1, 0, 0)
""",
    ),
    Attack(
        "keyctl",
        "refused('keyctl', 0, -3, 0)\nrefused('add_key', 0, 0, 0, 0, 0)\nrefused('request_key', 0, 0, 0, 0)",
    ),
    Attack("bpf", "refused('bpf', 0, 0, 0)\nrefused('bpf', 5, ctypes.create_string_buffer(128), 128)"),
    Attack("perf", "refused('perf_event_open', 0, 0, -1, -1, 0)"),
    Attack("userfaultfd", "refused('userfaultfd', 1)\nrefused('userfaultfd', -1)"),
    Attack(
        "kernel modules and kexec",
        """
refused("init_module", 0, 0, 0)
refused("finit_module", -1, 0, -1)
refused("delete_module", 0, 0)
refused("kexec_load", 0, -1, 0, -1)
""",
    ),
    Attack(
        "the machine",
        """
# No call here has arguments that a kernel would act on.
refused("reboot", 0, 0, 0, 0)
refused("swapon", 0, -1)
refused("swapoff", 0)
refused("sethostname", 0, -1)
refused("setdomainname", 0, -1)
refused("acct", -1)
refused("quotactl", -1, 0, 0, 0)
refused("syslog", -1, 0, 0)
refused("vhangup") if os.getuid() else None
""",
    ),
    Attack(
        "clocks",
        """
refused("settimeofday", 1, 1)
refused("clock_settime", -1, 0)
refused("adjtimex", 0)
refused("timer_create", -1, 0, 0)
refused("timerfd_create", -1, 0)
each([lambda: time.clock_settime(time.CLOCK_REALTIME, -1)])
""",
    ),
    Attack(
        "ports and segments",
        """
refused('iopl', 4)
refused('ioperm', -1, -1, 1)
refused('modify_ldt', 99, 0, 0)
refused('personality', 0x40000)
""",
    ),
    Attack(
        "watching files",
        "refused('inotify_init1', -1)\nrefused('fanotify_init', -1, -1)\nrefused('signalfd4', -1, 0, 0, -1)",
    ),
    Attack(
        "file handles",
        "refused('name_to_handle_at', -1, 0, 0, 0, 0)\nrefused('open_by_handle_at', -1, 0, 0)",
    ),
    Attack(
        "calls of another instruction set",
        """
# x86: `int 0x80` takes the 32-bit numbers, where 20 is getpid; elsewhere there is nothing to try.
import mmap
if machine != "x86_64":
    os.abort()
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(b"\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3")
function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
if function() > 0:
    print("BREACH")
""",
        ends=frozenset(("killed", "denied", "ok")),
    ),
    Attack(
        "calls with x32 numbers",
        """
if machine == "x86_64":
    for number in (39, 41, 56, 57, 59, 62, 101, 165):
        ctypes.set_errno(0)
        if libc.syscall(ctypes.c_long(0x40000000 | number), ctypes.c_long(-1), 0, 0) != -1:
            print("BREACH", number)
""",
    ),
    Attack(
        "every number there is",
        """
# Numbers above all that the sandbox may need: what a newer kernel has is refused too.
for number in [*range(450, 700), *range(1000, 1100), -1, 2**31 - 1]:
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), 0, 0, 0, 0, 0, 0)
    if result != -1 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
        print("BREACH", number)
""",
        ends=HELD,
    ),
)
