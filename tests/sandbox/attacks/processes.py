"""New processes, programs and threads; signals, and the insides of other processes."""

from attacks import HELD, Attack

_DEAD = HELD | {"killed"}

ATTACKS = (
    # New processes: 500 at most, each of which ends at once.
    Attack(
        "fork",
        """
for _ in range(500):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    print("BREACH")
""",
    ),
    Attack(
        "fork by system call",
        """
def fork(name, *args):
    if syscall(name, *args) == 0:
        os._exit(0)
each([lambda: fork("fork"), lambda: fork("clone", 17, 0, 0, 0, 0)])
""",
    ),
    Attack(
        "clone with every way to share",
        """
# With CLONE_VM the child needs a stack of its own; without one the kernel refuses, after the filter let it by.
flags = {"VFORK": 0x4000, "FILES": 0x400, "FS": 0x200, "PARENT": 0x8000, "PTRACE": 0x2000, "UNTRACED": 0x800000}
def clone(flag):
    if syscall("clone", flag | 17, 0, 0, 0, 0) == 0:
        os._exit(0)
each([lambda flag=flag: clone(flag) for flag in flags.values()])
""",
    ),
    Attack(
        "clone3",
        """
arguments = (ctypes.c_uint64 * 11)(0, 0, 0, 0, 17)
def clone3():
    if syscall("clone3", arguments, 88) == 0:
        os._exit(0)
each([clone3])
""",
    ),
    Attack(
        "a thread's flags with a new namespace",
        """
refused("clone", 0x10000 | 0x800 | 0x100 | 0x10000000, 0, 0, 0, 0)
refused("clone", 0x10000 | 0x800 | 0x100 | 0x20000000, 0, 0, 0, 0)
""",
    ),
    Attack(
        "double fork",
        """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(5)
    os._exit(0)
print("BREACH")
""",
    ),
    Attack(
        "forkpty",
        """
pid, fd = os.forkpty()
if pid == 0:
    os._exit(0)
print("BREACH")
""",
    ),
    Attack(
        "multiprocessing",
        """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
def start(method):
    process = multiprocessing.get_context(method).Process(target=os.getpid)
    process.start()
    process.join()
each([lambda method=method: start(method) for method in ("fork", "spawn", "forkserver")])
each([lambda: ProcessPoolExecutor(1).submit(os.getpid).result()])
""",
    ),
    # Programs.
    Attack(
        "subprocess",
        """
import subprocess
program = [EXECUTABLE, "-c", "pass"]
each([lambda: subprocess.run(program), lambda: subprocess.run(program, close_fds=False)])
each([lambda: subprocess.run("true", shell=True), lambda: subprocess.Popen(["/bin/true"], start_new_session=True)])
""",
    ),
    Attack(
        "posix_spawn",
        """
each([
    lambda: os.posix_spawn(EXECUTABLE, [EXECUTABLE, "-c", "pass"], {}),
    lambda: os.posix_spawn("/bin/true", ["true"], {}),
    lambda: os.posix_spawnp("true", ["true"], {}),
])
""",
    ),
    Attack(
        "os.system and popen",
        """
if os.system("exit 0") == 0 or libc.system(b"exit 0") == 0:
    print("BREACH")
each([lambda: os.popen("true").close()])
""",
    ),
    Attack("exec", 'os.execv(EXECUTABLE, [EXECUTABLE, "-c", "pass"])'),
    Attack("exec of a shell", 'os.execve("/bin/sh", ["sh", "-c", "exit 0"], {})'),
    Attack("exec by system call", 'refused("execve", 0, 0, 0)\nrefused("execveat", -1, 0, 0, 0, 0)'),
    Attack(
        "exec of a written program",
        """
with open("program", "w") as file:
    file.write(f"#!{EXECUTABLE}\\npass\\n")
each([lambda: os.chmod("program", 0o755), lambda: os.execv("./program", ["program"])])
""",
    ),
    Attack(
        "exec from memory",
        """
each([lambda: os.memfd_create("program"), lambda: os.execve(os.open(EXECUTABLE, os.O_RDONLY), ["python"], {})])
refused("memfd_create", 0, 0)
refused("memfd_secret", -1)
""",
    ),
    Attack(
        "exec by the loader",
        """
import glob
for loader in glob.glob("/lib*/ld-linux*") + glob.glob("/lib/*/ld-linux*"):
    each([lambda: os.execv(loader, [loader, EXECUTABLE, "-c", "pass"])])
""",
    ),
    # Threads.
    Attack(
        "2000 threads",
        """
import threading
gate = threading.Event()
started = 0
try:
    for started in range(2000):
        threading.Thread(target=gate.wait, daemon=True).start()
finally:
    gate.set()
    if started > 300:
        print("BREACH")
""",
        ends=HELD | {"memory", "killed", "timeout"},
        errors=("RuntimeError", "MemoryError"),
    ),
    Attack(
        "2000 threads with small stacks",
        """
import threading
threading.stack_size(65536)
gate = threading.Event()
started = 0
try:
    for started in range(2000):
        threading.Thread(target=gate.wait, daemon=True).start()
finally:
    gate.set()
    if started > 300:
        print("BREACH")
""",
        ends=HELD | {"memory", "killed", "timeout"},
        errors=("RuntimeError", "MemoryError"),
    ),
    Attack(
        "threads that outlive the block",
        (
            """
import threading
def spin():
    end = time.monotonic() + 20
    while time.monotonic() < end:
        pass
try:
    for _ in range(8):
        threading.Thread(target=spin).start()
except RuntimeError:
    pass
""",
            "6 * 7",
        ),
        ends=HELD | {"timeout", "killed"},
    ),
    # Signals: 0 to other processes, which only asks whether one could be sent.
    Attack("a signal to the parent", "each([lambda: os.kill(os.getppid(), 0), lambda: os.kill(PARENT, 0)])"),
    Attack("a signal to another process", "os.kill(PID, 0)\nprint('BREACH')", bare=True),
    Attack(
        "a signal to siblings",
        """
own = os.getpid()
each([lambda pid=pid: os.kill(pid, 0) for pid in range(1, 400) if pid != own])
each([lambda pid=pid: os.kill(pid, 0) for pid in range(own - 200, own + 200) if pid > 0 and pid != own])
""",
    ),
    Attack(
        "a signal to groups",
        "each([lambda: os.kill(0, 0), lambda: os.kill(-1, 0), lambda: os.killpg(os.getpgrp(), 0)])",
    ),
    Attack(
        "a signal by other calls",
        """
refused("kill", PID, 0)
refused("tkill", PID, 0)
refused("tgkill", PID, PID, 0)
refused("rt_sigqueueinfo", PID, 0, 0)
refused("rt_tgsigqueueinfo", PID, PID, 0, 0)
refused("pidfd_open", PID, 0)
refused("pidfd_send_signal", -1, 0, 0, 0)
""",
    ),
    Attack(
        "a signal by the owner of a pipe",
        """
# SIGURG, which is ignored unless a process asks for it; the decoy counts those that it gets.
import fcntl, signal, struct
F_SETSIG, F_SETOWN_EX = 10, 15
for pid in (PID, os.getppid(), PARENT):
    for owner in ("plain", "extended"):
        reading, writing = os.pipe()
        try:
            if owner == "plain":
                fcntl.fcntl(reading, fcntl.F_SETOWN, pid)
            else:
                fcntl.fcntl(reading, F_SETOWN_EX, struct.pack("ii", 1, pid))
            fcntl.fcntl(reading, F_SETSIG, signal.SIGURG)
            fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
            os.write(writing, b"x")
        except OSError:
            pass
        os.close(reading)
        os.close(writing)
time.sleep(0.05)
""",
    ),
    Attack("SIGKILL to itself", "import signal\nos.kill(os.getpid(), signal.SIGKILL)", ends=_DEAD),
    Attack("SIGSTOP to itself", "import signal\nos.kill(os.getpid(), signal.SIGSTOP)", ends=_DEAD | {"timeout"}),
    Attack(
        "every signal to itself",
        """
import signal
for number in range(1, 65):
    try:
        signal.raise_signal(number)
    except (OSError, KeyboardInterrupt):
        pass
libc.abort()
""",
        ends=frozenset(("killed", "timeout")),
    ),
    Attack(
        "a real-time signal to itself",
        """
import fcntl
F_SETSIG = 10
reading, writing = os.pipe()
fcntl.fcntl(reading, fcntl.F_SETOWN, os.getpid())
fcntl.fcntl(reading, F_SETSIG, 50)
fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
os.write(writing, b"x")
time.sleep(0.1)
""",
        ends=_DEAD,
    ),
    # The insides of other processes.
    Attack(
        "ptrace",
        """
refused("ptrace", 0, 0, 0, 0)
PTRACE_SEIZE = 0x4206
each([lambda pid=pid: syscall("ptrace", PTRACE_SEIZE, pid, 0, 0) for pid in (PID, os.getppid(), PARENT)])
refused("ptrace", PTRACE_SEIZE, -1, 0, 0)
""",
    ),
    Attack(
        "the environment of another process",
        """
with open(f"/proc/{PID}/environ", "rb") as file:
    if CANARY.encode() in file.read():
        print("BREACH")
""",
        bare=True,
    ),
    Attack(
        "the environment of the parent",
        """
each([lambda pid=pid: open(f"/proc/{pid}/environ", "rb").read(1) for pid in (PARENT, os.getppid(), 1)])
""",
    ),
    Attack(
        "what the environment holds",
        """
strings = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
number = 0
while strings[number]:
    if CANARY.encode() in strings[number]:
        print("BREACH")
    number += 1
if CANARY in os.environ or CANARY in repr(sys.argv) or CANARY in repr(sys.orig_argv):
    print("BREACH")
""",
    ),
    Attack(
        "the memory of other processes",
        """
each([
    lambda pid=pid, name=name: open(f"/proc/{pid}/{name}", "rb")
    for pid in (PID, PARENT, os.getppid())
    for name in ("mem", "maps", "smaps", "pagemap", "auxv", "stack")
])
each([lambda pid=pid: open(f"/proc/{pid}/mem", "r+b") for pid in (PID, PARENT, os.getppid())])
refused("process_vm_readv", PID, 0, 0, 0, 0, 0)
refused("process_vm_writev", PID, 0, 0, 0, 0, 0)
refused("process_madvise", -1, 0, 0, 0, 0)
refused("move_pages", PID, 0, 0, 0, 0, 0)
refused("migrate_pages", PID, 0, 0, 0)
refused("kcmp", PID, PARENT, 0, 0, 0)
""",
    ),
    Attack(
        "the descriptors of other processes",
        """
pids = (PID, PARENT, os.getppid())
each([lambda pid=pid: os.listdir(f"/proc/{pid}/fd") for pid in pids])
each([lambda pid=pid, fd=fd: open(f"/proc/{pid}/fd/{fd}") for pid in pids for fd in range(20)])
each([lambda pid=pid, fd=fd: os.readlink(f"/proc/{pid}/fd/{fd}") for pid in pids for fd in range(20)])
refused("pidfd_getfd", -1, 0, 0)
""",
    ),
    Attack(
        "the root and cwd of other processes",
        """
pids = (PID, PARENT, os.getppid())
links = [f"/proc/{pid}/{name}" for pid in pids for name in ("root", "cwd", "exe")]
each([lambda link=link: os.readlink(link) for link in links])
each([lambda pid=pid: os.listdir(f"/proc/{pid}/root/") for pid in pids])
each([lambda pid=pid: open(f"/proc/{pid}/root{FILE}") for pid in pids])
each([lambda pid=pid: os.listdir(f"/proc/{pid}/cwd/") for pid in pids])
""",
    ),
    Attack(
        "names and arguments of processes",
        """
each([lambda: os.listdir("/proc"), lambda: open("/proc/self/cmdline")])
each([lambda pid=pid: open(f"/proc/{pid}/cmdline") for pid in (PID, PARENT, os.getppid(), 1)])
each([lambda pid=pid: open(f"/proc/{pid}/stat") for pid in (PID, PARENT, os.getppid(), 1)])
""",
    ),
    Attack(
        "descriptors that were inherited",
        """
for fd in range(4096):
    try:
        status = os.fstat(fd)
    except OSError:
        continue
    if fd > 4 or (status.st_dev, status.st_ino) == INODE:
        print("BREACH", fd)
""",
    ),
    Attack(
        "priority, group and session",
        """
refused("setsid")
refused("setpgid", 0, 0)
refused("setpriority", 0, PID, 19)
refused("sched_setaffinity", PID, 8, 0)
refused("sched_setscheduler", 0, 1, 0)
refused("ioprio_set", 1, 0, 0)
""",
    ),
)
