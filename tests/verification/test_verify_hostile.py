"""Code and texts that try to hang, to flood or to fool: each comes to a clear verdict in bounded time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from mathcoder.computation import Computation
from mathcoder.verification import Verdict, Verifier

HALF = (("48 clips in April, half as many in May",), "48/2", "24")
DOUBLED = "x0 = 1\n" + "".join(f"x{k + 1} = x{k} + x{k}\n" for k in range(58))

CODES: list[tuple[str, str, set[Verdict]]] = [
    ("endless loop", "while True: pass", {"timeout"}),
    ("endless loop behind the result", "print(24)\nwhile True: pass", {"timeout"}),
    ("endless recursion", "def f(n): return f(n + 1)\nprint(f(48))", {"error"}),
    (
        "caught time limit",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        {"timeout"},
    ),
    ("sleep", "import time\ntime.sleep(60)\nprint(48/2)", {"timeout"}),
    (
        "sleep unless it is 48",
        "import time\nn = 48\nif n != 48: time.sleep(60)\nprint(n/2)",
        {"verified", "unverifiable"},
    ),
    ("large power", "print(48**48**48)", {"timeout", "error"}),
    ("output flood", "while True: print(24)", {"error"}),
    ("long line", "print('24' * 10_000_000)", {"error"}),
    ("memory", "x = [0] * 10**10\nprint(24)", {"error"}),
    ("10 MB literal", "x = '" + "a" * 10_000_000 + "'\nprint(48/2)", {"unverifiable"}),
    ("10 MB number", "x = " + "9" * 10_000_000 + "\nprint(48/2)", {"error"}),
    ("long number", "x = " + "9" * 4_000 + "\nprint(48/2)", {"verified"}),
    ("deep brackets", "print(" + "(" * 5_000 + "48/2" + ")" * 5_000 + ")", {"error"}),
    ("deep signs", "print(" + "-" * 2_000 + "24)", {"error", "trivial", "unverifiable"}),
    ("deep sum", "print(48/2" + " + 0" * 3_000 + ")", {"error", "trivial", "unverifiable"}),
    ("rather deep sum", "print(48/2" + " + 0" * 400 + ")", {"verified", "unverifiable"}),
    ("rather deep signs", "print(" + "-" * 300 + "24)", {"trivial", "unverifiable"}),
    ("many lines", "x = 1\n" * 3_000 + "print(48/2)", {"unverifiable"}),
    ("doubling names", DOUBLED + "print(24 + 0*x58)", {"trivial"}),
    ("names in a circle", "def f():\n    return a + b\na = 1\nb = 23\na, b = b, a\nprint(a + b)", {"trivial"}),
    ("exit", "import sys\nsys.exit()\nprint(48/2)", {"unverifiable"}),
    ("exit behind the result", "print(48/2)\nimport os\nos._exit(0)", {"error"}),
    ("processes", "import os\nwhile True: os.fork()", {"error"}),
    ("a file", "open('/etc/passwd').read()\nprint(48/2)", {"error"}),
    ("a changed builtin", "import builtins\nbuiltins.print = lambda *a: None\nprint(48/2)", {"unverifiable"}),
    ("nothing", "", {"unverifiable"}),
    ("a comment", "# 24", {"unverifiable"}),
    ("a null byte", "print(48/2)\x00", {"error"}),
    ("a lone surrogate", "x = '\ud800'\nprint(48/2)", {"error", "verified", "unverifiable"}),
    ("colours", "print('\\x1b[31m24\\x1b[0m')", {"trivial", "unverifiable", "mismatch"}),
]


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with Verifier(timeout=0.4, memory=256 << 20) as verifier:
        yield verifier


@pytest.mark.parametrize(("code", "verdicts"), [row[1:] for row in CODES], ids=[row[0] for row in CODES])
def test_hostile_code(verifier: Verifier, code: str, verdicts: set[Verdict]):
    start = time.perf_counter()
    verification = verifier.verify(Computation(*HALF, code))
    assert verification.verdict in verdicts, (verification.verdict, verification.reason)
    assert "\n" not in verification.reason
    assert len(verification.reason) <= 400
    assert len(verification.output) <= 2_000
    assert verification.reason
    assert time.perf_counter() - start < 30


TEXTS: list[tuple[str, tuple[str, ...], str, str]] = [
    ("digits", ("9" * 1_000_000,), "48/2", "24"),
    ("commas", ("1," * 300_000,), "48/2", "24"),
    ("brackets", ("(" * 100_000,), "{" * 100_000, "24"),
    ("fractions", ("\\frac{1}{" * 50_000,), "48/2", "24"),
    ("equations", ("a = " * 100_000,), "48/2", "24"),
    ("integrals", ("\\int_{" * 50_000,), "\\int_{{" * 10_000, "24"),
    ("matrices", ("\\begin{pmatrix}" * 20_000,), "48/2", "24"),
    ("conditions", ("48 clips",) * 100_000, "48/2", "24"),
    ("large powers", ("9^{9^{9^{9}}}",), "48/2 + 0 \\cdot 9^{9^{9}}", "24"),
    ("surrogates", ("\ud800 48",), "48/2", "24"),
]


@pytest.mark.parametrize(
    ("conditions", "expression", "result"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS]
)
def test_hostile_texts(verifier: Verifier, conditions: tuple[str, ...], expression: str, result: str):
    start = time.perf_counter()
    for code in ("print(48/2)", "from sympy import *\nx = symbols('x')\nprint(solve(2*x - 48, x)[0])"):
        verification = verifier.verify(Computation(conditions, expression, result, code))
        assert verification.verdict in ("verified", "trivial")
    assert time.perf_counter() - start < 20


@pytest.mark.parametrize(
    "result",
    [
        "9" * 1_000_000,
        "(" * 100_000,
        "\\frac{1}{" * 50_000,
        "9^{9^{9^{9^9}}}",
        "__import__('os').system('true')",
        "\ud800",
    ],
)
def test_hostile_results(verifier: Verifier, result: str):
    start = time.perf_counter()
    verification = verifier.verify(Computation((), "48/2", result, "print(48/2)"))
    assert verification.verdict in ("mismatch", "unverifiable")
    assert time.perf_counter() - start < 20
