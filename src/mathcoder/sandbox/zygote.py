"""The warm interpreter: imports what mathematics code imports, once, and forks a confined child on request.

Started by `Sandbox` as a fresh process with an empty environment. It runs trusted code only: requests are two
numbers and a descriptor. When the channel to its parent closes it ends, and all its children with it.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from mathcoder.sandbox import child, confine, landlock, namespaces, seccomp
from mathcoder.sandbox.cell import shown
from mathcoder.sandbox.confine import Confinement, Layer
from mathcoder.sandbox.execution import Limits

REQUEST = struct.Struct("!cI")  # b"f", number: fork a child for the descriptor sent along; b"e", pid: end it
ANSWER = struct.Struct("!i")  # pid of the new child; wait status of the ended one

_MODULES = (
    "cmath collections datetime decimal fractions functools heapq itertools json math operator random re "
    "statistics string time typing numpy numpy.linalg numpy.random numpy.polynomial mpmath sympy sympy.abc "
    "sympy.ntheory sympy.solvers sympy.geometry sympy.combinatorics sympy.stats sympy.parsing.sympy_parser "
    "sympy.solvers.diophantine scipy scipy.special scipy.optimize scipy.integrate scipy.linalg "
    "encodings.idna IPython.lib.pretty IPython.display"
).split()

_WARM_UP = """
from sympy import *
x, y = symbols("x y")
solve(x**2 - 5*x + 6, x), solve([x + y - 3, x - y - 1], [x, y]), simplify((x**2 - 1)/(x - 1))
integrate(x*sin(x), x), diff(exp(x), x), limit(sin(x)/x, x, 0), Matrix([[1, 2], [3, 4]]).inv()
factor(x**2 - 1), expand((x + 1)**3), summation(x, (x, 1, 10)), sqrt(8).evalf(), Rational(1, 3) + 1
str(sqrt(x + 1)), latex(x/2), factorint(360), nsimplify("0.5"), Eq(x, 1), N(pi, 30)
"""


def main() -> None:
    """Entry point: `argv` holds the number of the control descriptor and a JSON configuration."""
    control = socket.socket(fileno=int(sys.argv[1]))
    config = json.loads(sys.argv[2])
    try:
        confinement, missing = _prepare(control, config)
    except Exception as error:  # noqa: BLE001 - it is told to the parent, which raises
        _tell(control, {"failed": f"{type(error).__name__}: {error}"})
        return
    _tell(control, {"layers": sorted(confinement.layers), "missing": missing})
    _serve(control, confinement, Limits(**config["limits"]))


def _tell(control: socket.socket, message: dict[str, Any]) -> None:
    body = json.dumps(message).encode()
    control.sendall(struct.pack("!I", len(body)) + body)


def _prepare(control: socket.socket, config: dict[str, Any]) -> tuple[Confinement, dict[Layer, str]]:
    readable = tuple(namespaces.readable_paths(config["readable"]))
    missing = confine.probe(config["directory"], readable, config["without"])
    layers = frozenset(layer for layer, why in missing.items() if not why)
    if "namespaces" in layers:
        namespaces.unshare()
        init = os.fork()
        if init:  # nothing left to do here but to end with it
            control.close()
            with contextlib.suppress(ChildProcessError, KeyboardInterrupt):
                os.waitpid(init, 0)
            os._exit(0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    fonts = _font_cache(config["cache"])
    _warm()
    baseline = confine.address_space()
    if "namespaces" in layers:
        namespaces.change_root(config["directory"], readable)
    sys.meta_path.insert(0, child.FontCache(fonts))  # pyright: ignore[reportArgumentType]
    gc.collect()
    gc.freeze()
    counted, bounded = confine.can_count_threads(layers), "namespaces" in layers
    program = seccomp.assemble(threads=counted, nameless_files=bounded) if "seccomp" in layers else b""
    version = landlock.abi() if "landlock" in layers else 0
    return Confinement(layers, readable, config["directory"], baseline, program, version, os.getpid()), missing


def _warm() -> None:
    for module in _MODULES:
        importlib.import_module(module)
    import builtins

    import numpy

    names: dict[str, Any] = {}
    exec(_WARM_UP, names)
    shown([1.5, names["x"]])
    # Scalars as their value, `3.0` and not `np.float64(3.0)`, which is what models have learned to read.
    numpy.set_printoptions(legacy="1.25")
    builtins.input = _no_input
    sys.dont_write_bytecode = True


def _no_input(prompt: object = "", /) -> str:
    raise EOFError("input() is not available here: there is nobody to answer")


def _font_cache(directory: str) -> dict[str, bytes]:
    """matplotlib's font list, built once: a child could not keep it, and takes seconds each time."""
    if importlib.util.find_spec("matplotlib") is None:
        return {}
    lists = sorted(Path(directory).glob("fontlist-*.json"))
    if not lists:
        build = [sys.executable, "-s", "-P", "-c", "import matplotlib.font_manager"]
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            os.makedirs(directory, exist_ok=True)
            environment = {**os.environ, "MPLCONFIGDIR": directory}
            subprocess.run(build, env=environment, timeout=60, check=False, capture_output=True)
        lists = sorted(Path(directory).glob("fontlist-*.json"))
    return {path.name: path.read_bytes() for path in lists}


def _serve(control: socket.socket, confinement: Confinement, limits: Limits) -> None:
    null = os.open("/dev/null", os.O_RDWR)
    children: set[int] = set()
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, REQUEST.size, 1)
        if len(data) < REQUEST.size:
            break
        kind, number = REQUEST.unpack(data)
        if kind == b"f":
            try:
                pid = os.fork()
            except OSError as error:
                pid = -(error.errno or 1)
            if pid == 0:
                _become_child(descriptors[0], null, confinement, limits, number)
            os.close(descriptors[0])
            if pid > 0:
                children.add(pid)
            control.sendall(ANSWER.pack(pid))
        else:
            children.discard(number)
            control.sendall(ANSWER.pack(_end(number)))
    if "namespaces" not in confinement.layers:  # with them, all ends with this process
        for pid in children:
            _end(pid)
        shutil.rmtree(confinement.scratch_root, ignore_errors=True)


def _end(pid: int) -> int:
    """Kill a child and reap it; its wait status."""
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(pid, signal.SIGKILL)
        return os.waitpid(pid, 0)[1]
    return 0


def _become_child(channel: int, null: int, confinement: Confinement, limits: Limits, number: int) -> NoReturn:
    status = 70  # EX_SOFTWARE
    try:
        read_end, write_end = os.pipe()
        os.set_blocking(read_end, False)
        os.set_blocking(write_end, False)  # a full pipe is an error for the writer, not a wait for ever
        above = [fcntl.fcntl(fd, fcntl.F_DUPFD, 16) for fd in (null, write_end, write_end, channel, read_end)]
        for place, fd in enumerate(above):
            os.dup2(fd, place, inheritable=False)
        os.closerange(len(above), 4096)
        start = time.perf_counter()
        scratch = confinement.enter(limits, number)
        confined_in = time.perf_counter() - start
        os.environ.update(HOME=scratch, TMPDIR=scratch, MPLCONFIGDIR=os.path.join(scratch, ".matplotlib"))
        child.serve(channel=3, limits=limits, captured=4, confined_in=confined_in)
        status = 0
    except BaseException as error:  # noqa: BLE001 - a child never returns into the loop of its parent
        with contextlib.suppress(OSError):
            os.write(3, f"child: {type(error).__name__}: {error}".encode()[:200])
    finally:
        os._exit(status)


def settings(limits: Limits, without: list[str], readable: list[str], directory: str, cache: str) -> str:
    """The configuration that `main` takes."""
    return json.dumps(
        {
            "limits": asdict(limits),
            "without": without,
            "readable": readable,
            "directory": directory,
            "cache": cache,
        }
    )
