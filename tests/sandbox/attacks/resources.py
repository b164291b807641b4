"""Memory, output, disk and depth: at most 4 GB of memory and 2 GB of files. Limits are in `attacks`."""

from attacks import DISK, HELD, MEMORY, OUTPUT, Attack
from attacks.channel import FORGE

_FULL = HELD | {"memory", "killed", "timeout"}
_MEMORY = ("MemoryError", "_ArrayMemoryError", "RuntimeError")
_WRITTEN = HELD | {"output_limit", "killed", "timeout"}

_TWICE = f"LIMIT = {2 * MEMORY}\n"
_CHUNK = 16 * 1024 * 1024

# `hold(write)` calls `write(n)`, which keeps 4 MiB more, slowly: a look at the disk comes between.
_HOLD = f"""
CHUNK = bytes({4 * 1024 * 1024})
def hold(write):
    for number in range(24):
        write(number)
        time.sleep(0.025)
    print("BREACH")
assert 24 * len(CHUNK) > 4 * {DISK}
"""

ATTACKS = (
    Attack(
        "memory: bytes",
        _TWICE + "kept = bytearray(LIMIT)\nkept[::4096] = b'x' * len(kept[::4096])\nprint('BREACH')",
        ends=_FULL,
        errors=_MEMORY,
    ),
    Attack("memory: 4 GB at once", "kept = b'x' * (4 << 30)\nprint('BREACH')", ends=_FULL, errors=_MEMORY),
    Attack(
        "memory: a growing list",
        _TWICE
        + "kept = []\nwhile sum(map(len, kept)) < LIMIT:\n    kept.append(b'x' * (4 << 20))\nprint('BREACH')",
        ends=_FULL,
        errors=_MEMORY,
    ),
    Attack(
        "memory: a growing list that goes on after MemoryError",
        _TWICE
        + """
kept, refusals = [], 0
while sum(map(len, kept)) < LIMIT and refusals < 200:
    try:
        kept.append(b'x' * (4 << 20))
    except MemoryError:
        refusals += 1
if refusals < 200:
    print("BREACH")
""",
        ends=_FULL,
        errors=_MEMORY,
    ),
    Attack(
        "memory: integers",
        _TWICE + "kept = 1 << (8 * LIMIT)\nprint('BREACH')",
        ends=_FULL,
        errors=(*_MEMORY, "OverflowError"),
    ),
    Attack(
        "memory: numpy",
        _TWICE + "import numpy\nkept = numpy.ones(LIMIT // 8)\nprint('BREACH')",
        ends=_FULL,
        errors=_MEMORY,
    ),
    Attack(
        "memory: numpy in parts",
        _TWICE
        + """
import numpy
kept = [numpy.ones(1 << 19) for _ in range(LIMIT >> 22)]
print("BREACH")
""",
        ends=_FULL,
        errors=_MEMORY,
    ),
    Attack(
        "memory: mmap",
        _TWICE
        + """
import mmap
kept = mmap.mmap(-1, LIMIT)
kept[:LIMIT // 2:4096] = b'x' * (LIMIT // 8192)
print('BREACH')
""",
        ends=_FULL,
        errors=_MEMORY,
    ),
    Attack(
        "memory: mmap in parts, shared and private",
        _TWICE
        + """
import mmap
kept = []
for number in range(LIMIT >> 22):
    flags = mmap.MAP_ANONYMOUS | (mmap.MAP_SHARED if number % 2 else mmap.MAP_PRIVATE)
    part = mmap.mmap(-1, 1 << 22, flags)
    part[::4096] = b"x" * 1024
    kept.append(part)
print("BREACH")
""",
        ends=_FULL,
        errors=_MEMORY,
    ),
    Attack(
        "memory: malloc",
        _TWICE
        + """
libc.malloc.restype = ctypes.c_void_p
for _ in range(LIMIT >> 22):
    part = libc.malloc(ctypes.c_size_t(1 << 22))
    if not part:
        raise MemoryError
    ctypes.memset(part, 1, 1 << 22)
print("BREACH")
""",
        ends=_FULL,
        errors=_MEMORY,
    ),
    Attack(
        "memory: shared between processes",
        """
from multiprocessing import shared_memory
each([lambda: shared_memory.SharedMemory(create=True, size=4096), lambda: open("/dev/shm/x", "w")])
refused("shmget", 0, 4096, 0o1600)
refused("shmat", -1, 0, 0)
refused("msgget", 0, 0o1600)
refused("semget", 0, 1, 0o1600)
refused("mq_open", 0, 0o100, 0o600, 0)
""",
    ),
    Attack(
        "memory: locked",
        """
refused('mlockall', 3)
if libc.mlock(ctypes.create_string_buffer(4096), 4096) == 0:
    print('BREACH')
""",
    ),
    Attack(
        "memory: full pipes",
        """
import fcntl
held = 0
try:
    while True:
        _, writing = os.pipe()
        os.set_blocking(writing, False)
        try:
            fcntl.fcntl(writing, 1031, 1 << 20)
        except OSError:
            pass
        held += os.write(writing, bytes(1 << 20))
except OSError:
    if held > 128 << 20:
        print("BREACH")
""",
    ),
    Attack(
        "memory: raised limits",
        _TWICE
        + """
import resource
for number in range(16):
    try:
        resource.setrlimit(number, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (OSError, ValueError):
        continue
    print("BREACH", number)
kept = bytearray(LIMIT)
print("BREACH")
""",
        ends=_FULL,
        errors=_MEMORY,
    ),
    Attack(
        "raised limits by other calls",
        """
import resource
each([lambda: resource.prlimit(0, resource.RLIMIT_AS, (1 << 40, 1 << 40))])
each([lambda: resource.prlimit(0, resource.RLIMIT_NOFILE, (64, 64))])
each([lambda pid=pid: resource.prlimit(pid, resource.RLIMIT_NOFILE) for pid in (PID, PARENT, os.getppid())])
refused("setrlimit", 9, 0)
refused("prlimit64", 0, 9, 1, 0)
""",
    ),
    Attack(
        "limits that are lowered for others",
        "import resource\neach([lambda: resource.prlimit(PID, resource.RLIMIT_NOFILE, (64, 64))])",
    ),
    # Output.
    Attack(
        "output: print",
        "for _ in range(2000):\n    print('x' * 100_000)\nprint('BREACH')",
        ends=frozenset(("output_limit",)),
    ),
    Attack("output: one string", f"print('x' * {100 * OUTPUT})", ends=frozenset(("output_limit",))),
    Attack(
        "output: swallowed limits",
        """
for _ in range(2000):
    try:
        print("x" * 100_000)
    except BaseException:
        pass
""",
        ends=frozenset(("output_limit",)),
    ),
    Attack(
        "output: the descriptors",
        """
for _ in range(2000):
    for fd in (1, 2):
        try:
            os.write(fd, b"x" * 65536)
        except BlockingIOError:
            pass
""",
        ends=HELD | {"output_limit"},
    ),
    Attack(
        "output: the C library",
        "for _ in range(20_000):\n    libc.puts(b'x' * 4096)\nlibc.fflush(None)",
        ends=HELD | {"output_limit", "timeout"},
    ),
    Attack("output: the value", "['x' * 1000] * 10_000", ends=HELD | {"output_limit"}),
    Attack("output: the error", "raise OSError('x' * 10_000_000)"),
    Attack(
        "output: a chain of errors",
        """
def fail(n):
    try:
        if n:
            fail(n - 1)
        1 / 0
    except ZeroDivisionError as error:
        raise OSError("x" * 10_000) from error
fail(200)
""",
    ),
    Attack(
        "output: surrogates and controls",
        "print(''.join(map(chr, range(0xD7F0, 0xE010))) + '\\0\\x1b[2J' * 1000)",
        ends=frozenset(("ok",)),
    ),
    # Files in scratch.
    Attack(
        "disk: large files",
        f"""
chunk = bytes({_CHUNK})
for number in range({(1 << 30) // _CHUNK}):
    with open(f"file{{number}}", "wb") as file:
        file.write(chunk)
print("BREACH")
""",
        ends=_WRITTEN,
    ),
    Attack(
        "disk: one large file",
        f"""
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with open("file", "wb") as file:
    file.truncate({2 * DISK})
    print("BREACH")
""",
    ),
    Attack(
        "disk: one large file, written",
        f"""
with open("file", "wb") as file:
    for _ in range(2 * {DISK} >> 20):
        file.write(bytes(1 << 20))
        file.flush()
print("BREACH")
""",
        ends=_WRITTEN,
    ),
    Attack(
        "disk: allocated",
        f"with open('file', 'wb') as file:\n    os.posix_fallocate(file.fileno(), 0, {2 * DISK})\nprint('BREACH')",
        ends=_WRITTEN,
    ),
    Attack(
        "disk: files that are deleted but open",
        _HOLD
        + """
kept = []
def write(number):
    kept.append(open("file", "wb", buffering=0))
    kept[-1].write(CHUNK)
    os.unlink("file")
hold(write)
""",
        ends=_WRITTEN,
    ),
    Attack(
        "disk: files that are deleted but mapped",
        _HOLD
        + """
import mmap
kept = []
def write(number):
    with open("file", "w+b", buffering=0) as file:
        file.write(CHUNK)
        kept.append(mmap.mmap(file.fileno(), 4096))
    os.rename("file", "other") if number % 2 else os.unlink("file")
hold(write)
""",
        ends=_WRITTEN,
    ),
    Attack(
        "disk: files without a name",
        _HOLD
        + """
kept = []
def write(number):
    kept.append(os.open(".", os.O_TMPFILE | os.O_RDWR, 0o600))
    os.write(kept[-1], CHUNK)
hold(write)
""",
        ends=_WRITTEN,
    ),
    Attack(
        "disk: files at a great depth",
        _HOLD
        + """
for _ in range(40):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
def write(number):
    with open(f"file{number}", "wb") as file:
        file.write(CHUNK)
hold(write)
""",
        ends=_WRITTEN,
    ),
    Attack(
        "disk: after a byte on the channel",
        _HOLD
        + FORGE
        + """
forged = frame(fields(output="BREACH"))
os.write(3, forged[:1])
def write(number):
    with open(f"file{number}", "wb") as file:
        file.write(CHUNK)
hold(write)
os.write(3, forged[1:])
""",
        ends=_WRITTEN,
    ),
    Attack(
        "disk: between blocks",
        (
            _HOLD
            + """
import threading
def write(number):
    with open(f"file{number}", "wb") as file:
        file.write(CHUNK)
try:
    threading.Thread(target=hold, args=(write,)).start()
except RuntimeError:
    pass
""",
            f"""
held = sum(entry.stat().st_size for entry in os.scandir("."))
if held > 4 * {DISK}:
    print("BREACH")
""",
        ),
        ends=_WRITTEN,
        pause=1.0,
    ),
    Attack(
        "disk: empty files",
        """
for number in range(20_000):
    open(f"file{number}", "w").close()
print("BREACH")
""",
        ends=_WRITTEN,
    ),
    Attack(
        "disk: empty directories",
        """
for number in range(20_000):
    os.mkdir(f"directory{number}")
print("BREACH")
""",
        ends=_WRITTEN,
    ),
    Attack(
        "disk: a depth that cannot be deleted by name",
        """
for _ in range(900):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
""",
        ends=_WRITTEN,
    ),
    Attack(
        "disk: directories that cannot be read",
        """
for number in range(50):
    os.mkdir(f"directory{number}", 0)
    open(f"file{number}", "w").close()
    each([lambda: os.chmod(f"file{number}", 0)])
os.umask(0o777)
os.mkdir("nothing")
""",
    ),
    Attack("descriptors", "kept = [open('/dev/null') for _ in range(5000)]\nprint('BREACH')"),
    # Depth.
    Attack("recursion", "def f(n):\n    return f(n + 1) + 1\nf(0)", errors=("RecursionError",)),
    Attack(
        "recursion without a limit",
        "sys.setrecursionlimit(2**31 - 1)\ndef f(n):\n    return max(f(n + 1), 1)\nf(0)",
        ends=HELD | {"killed", "memory", "timeout"},
        errors=("RecursionError", "MemoryError"),
        seconds=0.3,
    ),
    Attack(
        "recursion in C",
        """
sys.setrecursionlimit(2**31 - 1)
x = []
for _ in range(1_000_000):
    x = [x]
repr(x)
""",
        ends=HELD | {"killed", "memory", "timeout"},
        errors=("RecursionError", "MemoryError"),
    ),
    Attack(
        "recursion in the compiler",
        "compile('(' * 5000 + ')' * 5000, '', 'eval')",
        ends=HELD | {"killed", "memory"},
        errors=("RecursionError", "MemoryError", "SyntaxError"),
    ),
    Attack(
        "a program too deep to compile",
        "-" * 100_000 + "1",
        ends=HELD | {"killed", "memory"},
        errors=("RecursionError", "MemoryError", "SyntaxError"),
    ),
    Attack("a program that is no text", "x = '\ud800'", errors=("UnicodeEncodeError", "SyntaxError")),
    Attack("a program with a null byte", "x = 1\0", errors=("ValueError", "SyntaxError")),
    Attack(
        "recursion in pickle",
        """
import pickle
sys.setrecursionlimit(10**6)
class Deep:
    def __reduce__(self):
        return Deep, (), {"next": Deep()}
pickle.dumps(Deep())
""",
        ends=HELD | {"killed", "memory", "timeout"},
        errors=("RecursionError", "MemoryError", "PicklingError"),
    ),
)
