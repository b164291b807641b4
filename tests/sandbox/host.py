"""The process that opens sandboxes and lets attacks run in them: `python host.py MODE DIRECTORY`.

A mode says who runs it and what the kernel grants: `root` and `user`, and `root-refused` and `user-refused`,
where new namespaces are refused as a container's default policy refuses them. It reads commands from standard
input, a JSON object a line (`{"command": "attack", "name": "fork"}`), and answers each with one.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import os
import platform
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

NOBODY = 65534
UNPLAYABLE = 77  # exit code
CANARY = "MATHCODER_DECOY"
PROJECT = Path(__file__).resolve().parents[2]

Report = dict[str, Any]


# Becoming the mode's user.


def become(mode: str, directory: str) -> None:
    """Turn this process into what `mode` says."""
    root = os.geteuid() == 0
    if root and mode != "root":
        # Children without namespaces, and an unprivileged user, must reach the interpreter by its path.
        open_up(
            [sys.prefix, sys.base_prefix, os.path.realpath(sys.executable), *filter(None, sys.path), directory]
        )
    if root and mode.startswith("user"):
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    if mode.endswith("refused"):
        refuse_namespaces()


def open_up(paths: list[str]) -> None:
    """Make `paths` reachable for every user, for this process only.

    In a mount namespace of its own, each directory on the way that is closed to others is covered by an empty
    one, in which the paths are shown at their places.
    """
    closed: dict[Path, set[str]] = {}
    for path in filter(os.path.exists, paths):
        for parent in reversed(Path(path).parents):
            if not parent.stat().st_mode & 0o001:
                closed.setdefault(parent, set()).add(path)
                break
    if not closed:
        return
    libc = ctypes.CDLL(None, use_errno=True)

    def mount(source: str, target: str, kind: bytes | None, flags: int, options: bytes | None = None) -> None:
        if libc.mount(source.encode(), target.encode(), kind, flags, options):
            raise OSError(ctypes.get_errno(), "mount", target)

    bind, recursive, private, new_namespace = 4096, 16384, 1 << 18, 0x20000
    if libc.unshare(new_namespace):
        raise OSError(ctypes.get_errno(), "unshare")
    mount("none", "/", None, recursive | private)
    for parent, inside in closed.items():
        held = [(path, os.open(path, os.O_PATH)) for path in sorted(inside)]
        mount("cover", str(parent), b"tmpfs", 0, b"mode=0755")
        for path, descriptor in held:
            if os.path.isdir(f"/proc/self/fd/{descriptor}"):
                os.makedirs(path, exist_ok=True)
            elif not os.path.exists(path):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                Path(path).touch()
            mount(f"/proc/self/fd/{descriptor}", path, None, bind | recursive)
            os.close(descriptor)


def refuse_namespaces() -> None:
    """A seccomp filter under which unshare fails with EPERM."""
    unshare = {"x86_64": 272, "aarch64": 97}[platform.machine()]
    load, jump_equal, give_back, allow, eperm = 0x20, 0x15, 0x06, 0x7FFF0000, 0x00050001
    steps = ((load, 0, 0, 0), (jump_equal, 0, 1, unshare), (give_back, 0, 0, eperm), (give_back, 0, 0, allow))
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privs, set_seccomp, filter_mode = 38, 22, 2
    if libc.prctl(no_new_privs, 1, 0, 0, 0) or libc.prctl(set_seccomp, filter_mode, program, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


# Looking at processes from outside.


def descendants(pid: int) -> dict[int, int]:
    """All processes below `pid` that have not ended, with their parents."""
    parents: dict[int, int] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
            if fields[0] not in "ZX":
                parents[int(name)] = int(fields[1])
    found: dict[int, int] = {}
    todo = [pid]
    while todo:
        above = todo.pop()
        below = [child for child, parent in parents.items() if parent == above]
        found |= dict.fromkeys(below, above)
        todo += below
    return found


def private_bytes(pid: int) -> int:
    """Memory of a process that is its own, and no file's."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


def settled(look: Callable[[], Any], wanted: Any, seconds: float = 10.0) -> Any:
    """What `look` sees once it is `wanted`, or else at the end of `seconds`."""
    end = time.monotonic() + seconds
    while (seen := look()) != wanted and time.monotonic() < end:
        time.sleep(0.02)
    return seen


# The decoys and the sandbox in their midst.

_DECOY_PROCESS = """
import os, signal, sys
for number in (signal.SIGURG, signal.SIGIO, signal.SIGCONT, signal.SIGWINCH):
    signal.signal(number, lambda *_: os.write(1, b"hit"))
os.write(1, b"ready")
sys.stdin.read()
"""


class World:
    """A sandbox, another session in it, and decoys around it. `damage` tells what is no longer as it was."""

    def __init__(self, directory: str):
        from attacks import DISK, MEMORY, OUTPUT

        from mathcoder.sandbox import Limits, Sandbox

        self.base = Path(tempfile.mkdtemp(dir=directory))
        self.base.chmod(0o755)
        self.home, self.decoys, self.temporary = (self.base / name for name in ("home", "decoys", "temporary"))
        for place in (self.home, self.decoys, self.temporary):
            place.mkdir()
            place.chmod(0o777)
        (self.home / ".netrc").write_text("decoy")
        (self.decoys / "decoy.py").write_text("")
        self.file = self.decoys / "decoy.txt"
        self.file.write_text("decoy")
        self.file.chmod(0o666)
        tempfile.tempdir = str(self.temporary)
        os.environ["HOME"] = str(self.home)
        os.environ[CANARY] = "decoy"
        self.descriptor = os.open(self.file, os.O_RDWR)
        os.set_inheritable(self.descriptor, True)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", _DECOY_PROCESS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={CANARY: "decoy"},
            bufsize=0,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.read(5) == b"ready"
        os.set_blocking(self.process.stdout.fileno(), False)
        self.abstract = f"\0mathcoder-decoy-{os.getpid()}"
        self._listen()
        self.sandbox = Sandbox(Limits(timeout=2, memory=MEMORY, disk=DISK, output=OUTPUT), workers=1)
        self.sibling = self.sandbox.session()
        self.sibling.run("kept = 'kept'\nwith open('secret', 'w') as file:\n    file.write('decoy')", timeout=20)
        list(self.sandbox.map(["6 * 7"]))
        time.sleep(0.3)  # until what `map` used has ended
        self.before = self._state()

    def _listen(self) -> None:
        self.sockets = [socket.create_server(("127.0.0.1", 0))]
        self.port = self.sockets[0].getsockname()[1]
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind(("127.0.0.1", self.port))
        self.sockets.append(datagrams)
        for address in (self.abstract, str(self.decoys / "socket")):
            unix = socket.socket(socket.AF_UNIX)
            unix.bind(address)
            unix.listen()
            self.sockets.append(unix)
        (self.decoys / "socket").chmod(0o777)
        for sock in self.sockets:
            sock.setblocking(False)

    def names(self) -> dict[str, object]:
        """The constants that programs are given."""
        status = self.file.stat()
        return {
            "PID": self.process.pid,
            "PARENT": os.getpid(),
            "FILE": str(self.file),
            "INODE": (status.st_dev, status.st_ino),
            "DIRECTORY": str(self.decoys),
            "HOME": str(self.home),
            "PROJECT": str(PROJECT),
            "SANDBOX": next(map(str, self.temporary.glob("mathcoder-*")), str(self.temporary)),
            "EXECUTABLE": sys.executable,
            "PORT": self.port,
            "ABSTRACT": self.abstract,
            "CANARY": CANARY,
            "UID_LAYER": "uid" in self.sandbox.layers,
        }

    def unprotected(self) -> Any:
        """A sandbox without layers, for programs that do no harm."""
        from mathcoder.sandbox import LAYERS, Limits, Sandbox

        return Sandbox(Limits(timeout=5), without=[layer for layer in LAYERS if layer != "rlimits"], spare=0)

    def _state(self) -> Report:
        status = self.file.stat()
        return {
            "the decoy process": self.process.poll(),
            "the decoy file": (self.file.read_text(), status.st_mode, status.st_uid, status.st_mtime_ns),
            "the decoys' directory": sorted(os.listdir(self.decoys)),
            "home": sorted(os.listdir(self.home)),
            "processes": len(descendants(os.getpid())),
            "descriptors": len(os.listdir("/proc/self/fd")),
            "scratch": sum(1 for _ in self.temporary.glob("*/*")),
            "temporary files": sorted(os.listdir(self.temporary)),
        }

    def damage(self) -> list[str]:
        found: list[str] = []
        with self.sandbox.session() as session:
            fresh = [session.run("6 * 7", timeout=20)]
        fresh += self.sandbox.map(["6 * 7"], timeout=20)
        found += [f"6 * 7 is {e.output!r} {e.error}" for e in fresh if e.output != "42\n"]
        kept = self.sibling.run("(kept, open('secret').read(), __import__('os').listdir())", timeout=20)
        if kept.output != "('kept', 'decoy', ['secret'])\n":
            found.append(f"the other session: {kept.output} {kept.error}")
        after = settled(self._state, self.before)
        found += [f"{name}: {after[name]}, not {was}" for name, was in self.before.items() if after[name] != was]
        assert self.process.stdout is not None
        if hits := self.process.stdout.read(100):
            found.append(f"the decoy process got signals: {hits!r}")
        for sock in self.sockets:
            with contextlib.suppress(BlockingIOError):
                if sock.type == socket.SOCK_DGRAM:
                    sock.recv(1)
                else:
                    sock.accept()[0].close()
                found.append("a message on a socket")
        return found

    def close(self) -> None:
        self.sibling.close()
        self.sandbox.close()
        for sock in self.sockets:
            sock.close()
        os.close(self.descriptor)
        self.process.communicate()
        tempfile.tempdir = str(self.base.parent)
        shutil.rmtree(self.base, ignore_errors=True)


# Commands.


class Host:
    def __init__(self, directory: str):
        self.directory = tempfile.tempdir = directory
        self._world: World | None = None

    @property
    def world(self) -> World:
        if self._world is None:
            self._world = World(self.directory)
        return self._world

    def close(self) -> None:
        if self._world is not None:
            self._world.close()
            self._world = None

    def damage(self) -> list[str]:
        """What was damaged; then all is built anew, so that the next attack finds it whole."""
        try:
            found = self.world.damage()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shall tell
            found = [f"{type(error).__name__}: {error}"]
        if found:
            self.close()
        return found

    def attack(self, name: str, bare: bool = False) -> Report:
        """Let an attack run; with `bare`, without layers."""
        from attacks import preamble
        from attacks.all import ATTACKS

        attack = ATTACKS[name]
        before = preamble(self.world.names())
        if bare:
            with self.world.unprotected() as sandbox:
                return {"executions": [plain(sandbox.run(before + attack.blocks[0]))]}
        sandbox = self.world.sandbox
        executions: list[Report] = []
        raised = ""
        start = time.monotonic()
        try:
            with sandbox.session() as session:
                for number, block in enumerate(attack.blocks):
                    time.sleep(attack.pause if number else 0)
                    executions.append(plain(session.run(before + block, timeout=attack.seconds)))
        except Exception as error:  # noqa: BLE001 - no code may make the parent raise
            raised = f"{type(error).__name__}: {error}"
        elapsed = time.monotonic() - start
        return {"executions": executions, "raised": raised, "elapsed": elapsed, "damage": self.damage()}

    def poison(self, name: str) -> Report:
        """What the probe gives: without the poison, and after it in each way that snippets follow one another."""
        from attacks.all import POISONS

        poison = POISONS[name]
        sandbox = self.world.sandbox
        report: Report = {"clean": plain(sandbox.run(poison.probe)), "poison": plain(sandbox.run(poison.code))}
        report["run"] = [plain(sandbox.run(poison.probe))]
        with sandbox.session() as first, sandbox.session() as second:
            first.run(poison.code)
            report["other session"] = [plain(second.run(poison.probe))]
            report["same session"] = [plain(first.run(poison.probe))]
        shared, *probes = sandbox.map([poison.code, poison.probe, poison.probe])
        report |= {"shared": plain(shared), "map": list(map(plain, probes))}
        return report | {"damage": self.damage()}

    def neighbours(self) -> Report:
        """Whether a snippet in a batch can read what else is in the batch."""
        from attacks.neighbours import MARK, READER

        marked = [f"# {MARK}\n{number}" for number in range(300)]
        codes = [*marked, *[READER, *marked[:20]] * 10]
        outputs = [execution.output for execution in self.world.sandbox.map(codes)]
        return {"outputs": sorted(set(outputs) - {f"{number}\n" for number in range(300)})}

    def sandbox(self) -> Report:
        return {"layers": sorted(self.world.sandbox.layers)}

    def leaks(self) -> Report:
        """10,000 snippets through one sandbox, and what they leave."""
        from mathcoder.sandbox import Limits, Sandbox

        self.close()
        tempfile.tempdir = tempfile.mkdtemp(dir=self.directory)
        temporary = Path(tempfile.tempdir)
        report: Report = {"before": self._left(temporary), "statuses": []}
        spares = 2
        with Sandbox(Limits(timeout=5, memory=256 << 20), workers=2, spare=spares) as sandbox:
            for statuses in soak(sandbox):
                report["statuses"] += statuses
                if "first" not in report:
                    report["first"] = self._open(temporary, spares)
            report["open"] = self._open(temporary, spares)
        report["done"] = len(report["statuses"])
        report["after"] = settled(lambda: self._left(temporary), report["before"])
        return report

    def _open(self, temporary: Path, spares: int) -> Report:
        """What there is while a sandbox is open in which nothing runs."""

        def children() -> list[int]:
            below = descendants(os.getpid())
            return [pid for pid in below if pid not in below.values()]

        def scratch() -> int:
            return sum(1 for _ in temporary.glob("*/*"))

        for _ in range(2):  # one that ends may be counted for one that is to come
            settled(lambda: len(children()) == spares and scratch() <= spares, True)
            time.sleep(0.1)
        above = set(descendants(os.getpid()).values()) - {os.getpid()}
        return {
            "spares": spares,
            "children": len(children()),
            "scratch": scratch(),
            "descriptors": len(os.listdir("/proc/self/fd")),
            "zygote": sum(map(private_bytes, above)),
            "own": private_bytes(os.getpid()),
        }

    def _left(self, temporary: Path) -> Report:
        return {
            "processes": len(descendants(os.getpid())),
            "descriptors": len(os.listdir("/proc/self/fd")),
            "threads": threading.active_count(),
            "files": sorted(os.listdir(temporary)),
        }

    def hold(self) -> Report:
        """A sandbox with an idle session, and one that is busy and deaf; its processes."""
        self._start_busy()
        return {"processes": sorted(descendants(os.getpid()))}

    def _start_busy(self) -> None:
        from mathcoder.sandbox import Limits, Sandbox

        self.close()
        self._held = Sandbox(Limits(timeout=600))
        idle, busy = self._held.session(), self._held.session()
        idle.run("x = 1")
        self._idle = idle
        code = "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True:\n    pass"
        threading.Thread(target=busy.run, args=(code,), daemon=True).start()
        time.sleep(0.5)

    def end(self) -> Report:
        """Close a sandbox in which a session is busy and deaf."""
        self._start_busy()
        before = len(descendants(os.getpid()))
        self._held.close()
        return {"before": before, "after": settled(lambda: len(descendants(os.getpid())), 0)}

    def cancel(self) -> Report:
        """Cancel what one session runs, and look at another one."""
        from mathcoder.sandbox import Limits, Sandbox

        async def cancelled(sandbox: Any) -> list[str]:
            async with sandbox.asession() as other, sandbox.asession() as session:
                await other.arun("x = 6 * 7")
                task = asyncio.create_task(session.arun("while True:\n    pass"))
                await asyncio.sleep(0.3)
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
                await asyncio.sleep(0.3)
                return [(await other.arun("x")).output, (await sandbox.arun("6 * 7")).output]

        self.close()
        with Sandbox(Limits(timeout=20)) as sandbox:
            return {"outputs": asyncio.run(cancelled(sandbox))}

    def restart(self) -> Report:
        """Kill the warm interpreter, and go on."""
        from mathcoder.sandbox import Sandbox

        self.close()
        with Sandbox() as sandbox:
            sandbox.run("1")
            # The one that forks alone has two children, once the spares that were asked for are there; spares come
            # and go, so what was seen at one look is acted on.
            deadline, zygote = time.monotonic() + 30, 0
            while not zygote and time.monotonic() < deadline:
                below = descendants(os.getpid())
                parents = Counter(parent for parent in below.values() if parent != os.getpid())
                zygote = next((parent for parent, children in parents.most_common(1) if children > 1), 0)
                time.sleep(0.01)
            assert zygote
            os.kill(zygote, signal.SIGKILL)
            gone = settled(lambda: any(pid in descendants(os.getpid()) for pid in below), False)
            return {"left": gone, "output": sandbox.run("6 * 7", timeout=20).output}


def soak(sandbox: Any) -> Iterator[list[str]]:
    """10,000 snippets in twenty rounds; the statuses of each round."""
    sums = [f"a = {number}\nprint(a * a + 1)" for number in range(480)]
    sums[::60] = ["from sympy import *\nx = symbols('x')\nprint(factor(x**2 - 1))"] * 8
    sums[5::60] = ["1 / 0"] * 8
    odd = [
        "open('file', 'w').write('x' * 100_000)",
        "import os\nos.makedirs('a/b/c')\nos.symlink('/', 'a/link')",
        "import threading\nthreading.Thread(target=print, args=('x',)).start()",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(20,)).start()",
        "raise ValueError('x' * 1000)",
        "import os\nos._exit(1)",
        "import ctypes\nctypes.string_at(0)",
        "bytearray(1 << 30)",
        "print('x' * 1_000_000)",
        "import os\nfds = [os.open('/dev/null', os.O_RDONLY) for _ in range(40)]",
    ]
    deaf = "import signal\nsignal.alarm(0)\nimport time\ntime.sleep(9)"
    for number in range(20):
        statuses = [execution.status for execution in sandbox.map(sums)]
        statuses += [sandbox.run(code).status for code in odd]
        with sandbox.session() as session:
            statuses += [session.run(code).status for code in ("x = 1", "x + 1", "1 / 0", "x")]
            statuses += [session.run("while True:\n    pass", timeout=0.05).status, session.run("x").status]
        with sandbox.session() as session:
            statuses += [session.run("import os\nos.close(3)").status, session.run("6 * 7").status]
            statuses.append(session.run("x = 1" if number % 5 else deaf, timeout=0.05).status)
            statuses.append(session.run("6 * 7").status)
        yield statuses


def plain(execution: Any) -> Report:
    """An execution as JSON, with what is wrong with its form."""
    from attacks import OUTPUT

    from mathcoder.sandbox import Status

    wrong: list[str] = []
    if not isinstance(execution.output, str) or len(execution.output) > OUTPUT:
        wrong.append("output")
    if not isinstance(execution.error, str) or len(execution.error) > 50_000:
        wrong.append("error")
    if execution.status not in get_args(Status):
        wrong.append("status")
    if not isinstance(execution.seconds, float) or not 0 <= execution.seconds < 3600:
        wrong.append("seconds")
    if not isinstance(execution.peak_memory, int) or not 0 <= execution.peak_memory < 1 << 50:
        wrong.append("peak_memory")
    if len(execution.images) > 4 or any(len(image) > 1_000_000 for image in execution.images):
        wrong.append("images")
    (execution.output + execution.error).encode()
    return {
        "status": execution.status,
        "output": execution.output,
        "error": execution.error[-2000:],
        "error_type": execution.error_type,
        "wrong": wrong,
    }


def main() -> None:
    mode, directory = sys.argv[1:3]
    if len(sys.argv) == 3:
        try:
            become(mode, directory)
        except PermissionError:  # root in a container that may not mount
            sys.exit(UNPLAYABLE)
        # A process that changed its user may not look at itself until it starts a program.
        os.execv(sys.executable, [sys.executable, __file__, mode, directory, "ready"])
    host = Host(directory)
    for line in sys.stdin:
        request = json.loads(line)
        answer = getattr(host, request.pop("command"))(**request)
        print(json.dumps(answer), flush=True)
    host.close()


if __name__ == "__main__":
    main()
