"""The sandbox beside other ways to run Python that a model wrote, in one run.

    python benchmarks/sandbox.py [--rounds 5] [--snippets 1000]

Snippets a second, on all cores, for arithmetic and for SymPy:
- `map` with all layers; the same snippets each in a process of its own (`run`),
- a pebble process pool that calls exec, which is what the public MathCoder2 code does (it starts a new pool for
  every 100,000 snippets; here the pool is kept, which favours it),
- a plain multiprocessing pool that calls exec, with no isolation,
- a fresh interpreter for each snippet.
Then latencies: a block in a session, a new session, and what the layers add to a child.
The ways take turns in every round, so that other work on the machine hits all of them alike.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import pebble

from mathcoder.sandbox import Sandbox
from table import heading, show

CORES = len(os.sched_getaffinity(0))
Way = Callable[[list[str]], Iterable[str]]


def arithmetic(number: int) -> str:
    return f"price = {number}\ncount = 3\ntotal = price * count + 7\nprint(total)"


def symbolic(number: int) -> str:
    # The same equation each time, as a pool of warm processes would meet the same functions again and again.
    return f"from sympy import symbols, solve\nx = symbols('x')\nprint(solve(x**2 - 5*x + 6, x), {number})"


def execute(code: str) -> str:
    """What the pools call: output caught, an alarm as time limit, and that is all the care taken."""

    def late(*_: object) -> None:
        raise TimeoutError

    out = io.StringIO()
    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, 10)
    try:
        with contextlib.redirect_stdout(out):
            exec(code, {})
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return out.getvalue()


def interpreter(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def with_interpreters(codes: list[str]) -> list[str]:
    with ThreadPoolExecutor(CORES) as pool:
        return list(pool.map(interpreter, codes))


def ways(
    sandbox: Sandbox, pebbles: pebble.ProcessPool, plain: multiprocessing.pool.Pool
) -> dict[str, tuple[Way, int]]:
    """Each way, and how many times fewer snippets it is given."""

    def alone(codes: list[str]) -> list[str]:
        with ThreadPoolExecutor(CORES) as pool:
            return [execution.output for execution in pool.map(sandbox.run, codes)]

    return {
        "`Sandbox.map`, all layers": (lambda codes: [e.output for e in sandbox.map(codes)], 1),
        "`Sandbox.run`, a process each": (alone, 8),
        "pebble pool with exec": (lambda codes: pebbles.map(execute, codes, timeout=10).result(), 1),
        "multiprocessing pool with exec": (lambda codes: plain.map(execute, codes, chunksize=1), 1),
        "a fresh interpreter each": (with_interpreters, 50),
    }


def rates(sandbox: Sandbox, rounds: int, snippets: int) -> None:
    kinds = {"arithmetic": (arithmetic, snippets * 4), "SymPy": (symbolic, snippets)}
    numbers = itertools.count()
    measured: dict[tuple[str, str], list[float]] = {}
    context = multiprocessing.get_context("spawn")
    with pebble.ProcessPool(CORES, context=context) as pebbles, context.Pool(CORES) as plain:
        for round_ in range(rounds + 1):  # the first only warms up
            for kind, (make, count) in kinds.items():
                for name, (way, fewer) in ways(sandbox, pebbles, plain).items():
                    amount = max(4, count // fewer // (4 if round_ == 0 else 1))
                    codes = [make(next(numbers)) for _ in range(amount)]
                    start = time.perf_counter()
                    outputs = list(way(codes))
                    seconds = time.perf_counter() - start
                    if len(outputs) != amount or not all(outputs):
                        raise SystemExit(f"{name}: not every snippet printed something")
                    if round_:
                        measured.setdefault((kind, name), []).append(amount / seconds)
    print(heading(f"snippets a second on {CORES} cores, median of {rounds}"))
    names = list(dict.fromkeys(name for _, name in measured))
    ours = {kind: statistics.median(measured[kind, names[0]]) for kind in kinds}
    rows = []
    for name in names:
        row: list[object] = [name]
        for kind in kinds:
            rate = statistics.median(measured[kind, name])
            row += [f"{rate:,.0f}", f"{ours[kind] / rate:.1f}"]
        rows.append(row)
    show(["", "arithmetic/s", "ours : this", "SymPy solve/s", "ours : this"], rows)


def milliseconds(action: Callable[[], object], times: int, pause: float = 0.0) -> list[float]:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        taken.append((time.perf_counter() - start) * 1e3)
        time.sleep(pause)
    return taken


def latencies(sandbox: Sandbox) -> None:
    with sandbox.session() as session:
        session.run("total = 0")
        block = milliseconds(lambda: session.run("total = total + 3 * 4\ntotal"), 300)
        session.run("from sympy import symbols, solve\nx = symbols('x')")
        algebra = milliseconds(lambda: session.run("solve(x**2 - 5*x + 6, x)"), 100)

    def new_session() -> None:
        with sandbox.session() as fresh:
            fresh.run("1 + 1")

    ready = milliseconds(new_session, 100, pause=0.05)  # time to fork the next one ahead
    rows = [
        ("a session's arithmetic block", f"{statistics.median(block):.2f}"),
        ("a session's SymPy block", f"{statistics.median(algebra):.2f}"),
        ("a new session and its first block, forked ahead", f"{statistics.median(ready):.2f}"),
    ]
    confined: list[float] = []
    for _ in range(200):
        child = sandbox.take()
        child.run("", timeout=5)
        confined.append(child.confined_in * 1e3)
        child.interpreter.end(child)
    rows.append(("putting on all layers, in a new child", f"{statistics.median(confined):.2f}"))
    print(heading("median milliseconds"))
    show(["", "ms"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="times that every way is measured (default 5)")
    parser.add_argument("--snippets", type=int, default=1000, help="SymPy snippets of a round (default 1000)")
    arguments = parser.parse_args()
    with Sandbox() as sandbox:
        print(f"layers: {', '.join(sorted(sandbox.layers))}\n")
        rates(sandbox, arguments.rounds, arguments.snippets)
        latencies(sandbox)


if __name__ == "__main__":
    main()
