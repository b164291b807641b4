"""Run 1,000 generated snippets in the sandbox, count how they ended, and print the rate.

    python examples/sandbox_map.py

Most of the snippets are sums and small SymPy problems. Some are wrong, one in two hundred never ends, and some
try what no snippet may: open a socket, read a file of the system, start a program. `Sandbox.map` runs all of
them, in order, on every core.
"""

from __future__ import annotations

import time
from collections import Counter

from mathcoder.sandbox import Sandbox

SNIPPETS = 1000
TIMEOUT = 0.5  # seconds for each snippet


def snippet(number: int) -> str:
    """Snippet `number`; the same every time."""
    match number % 200:
        case 7:
            return "while True:\n    pass"
        case 17 | 117:
            return "import socket\nsocket.create_connection(('192.0.2.1', 80))"
        case 27 | 127:
            return "print(open('/etc/passwd').read())"
        case 37 | 137:
            return "import subprocess\nsubprocess.run(['true'])"
        case 47 | 147:
            return f"numbers = [1, 2, 3]\nnumbers[{number}]"
    if number % 5 == 0:
        return f"from sympy import factorint\nfactorint({number} + 10**9)"
    return f"total = sum(range({number}))\nprint(total)"


def main() -> None:
    codes = [snippet(number) for number in range(SNIPPETS)]
    with Sandbox() as sandbox:
        print(f"layers: {', '.join(sorted(sandbox.layers))}; workers: {sandbox.workers}")
        start = time.perf_counter()
        executions = list(sandbox.map(codes, timeout=TIMEOUT))
        seconds = time.perf_counter() - start

    for status, count in Counter(execution.status for execution in executions).most_common():
        print(f"{status:<8} {count:>4}")
    print(f"{len(executions)} snippets in {seconds:.1f} s: {len(executions) / seconds:.0f} a second")

    print("\nthe first of each kind:")
    seen: set[str] = set()
    for code, execution in zip(codes, executions, strict=True):
        kind = execution.error_type or execution.status
        if kind not in seen:
            seen.add(kind)
            shown = execution.shown.strip().splitlines()
            print(f"  {code.splitlines()[-1]:<48}  {shown[-1] if shown else '(nothing)'}")


if __name__ == "__main__":
    main()
