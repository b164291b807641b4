"""What a user of `Sandbox` and `Session` sees, and what `Sandbox.map` promises."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mathcoder.sandbox import LAYERS, Execution, Limits, Sandbox, SandboxError, Session

FOREVER = "while True: pass"
# Catches the interrupt, so that only the end of the process helps.
# Deaf to the interrupt, whatever it is doing then.
STUBBORN = "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass"
PLOT = "import matplotlib.pyplot as plt\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(timeout=60)) as sandbox:
        yield sandbox


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with sandbox.session() as session:
        yield session


def told(execution: Execution) -> tuple[str, str, str, tuple[bytes, ...]]:
    """What must be the same each time: all but time and memory."""
    return execution.status, execution.output, execution.error, execution.images


def column(values: range, indent: str) -> str:
    return f",\n{indent}".join(map(str, values))


SHOWN = [
    # the value of a trailing expression
    ("1 + 1", "2\n"),
    ("x = 3\nx", "3\n"),
    ("x = 3", ""),
    ("None", ""),
    ("'text'", "'text'\n"),
    ("1 + 1;", ""),
    ("1 + 1;  # said nothing", ""),
    ("1 + 1  # a comment;", "2\n"),
    ("'a;'", "'a;'\n"),
    ("if True:\n    5", ""),
    ("print(1)\n2\n3", "1\n3\n"),
    ("print('no end', end='')\n2", "no end2\n"),
    ("__name__", "'__main__'\n"),
    ("", ""),
    ("\n   \n# nothing", ""),
    ("def f():\n    return 1\nf()", "1\n"),
    ("display(1, [2], 'a')\n3", "1\n[2]\n'a'\n3\n"),
    ("a = 1\r\na + 1\r\n", "2\n"),
    # as IPython writes it
    ("{'b': 1, 'a': [1, 2]}", "{'b': 1, 'a': [1, 2]}\n"),
    ("{3, 1, 2}", "{1, 2, 3}\n"),
    ("list(range(30))", f"[{column(range(30), ' ')}]\n"),
    ("{'a': list(range(30)), 'b': ()}", f"{{'a': [{column(range(30), '  ')}],\n 'b': ()}}\n"),
    ("from math import sqrt\nsqrt", "<function math.sqrt(x, /)>\n"),
    ("import numpy as np\nnp.float64(0.5)", "0.5\n"),
    ("import numpy as np\n[np.float64(0.5), np.int64(4), np.bool_(True)]", "[0.5, 4, True]\n"),
    ("import numpy as np\nnp.arange(6).reshape(2, 3)", "array([[0, 1, 2],\n       [3, 4, 5]])\n"),
    ("import sympy\nsympy.sqrt(8) / 3", "2*sqrt(2)/3\n"),
    ("from sympy import *\nsolve(symbols('x')**2 - 2)", "[-sqrt(2), sqrt(2)]\n"),
    ("from sympy import *\nMatrix([[1, 2], [3, 4]])", "Matrix([\n[1, 2],\n[3, 4]])\n"),
    ("from fractions import Fraction\nFraction(1, 3)", "Fraction(1, 3)\n"),
    ("from sympy import *\nx = symbols('x')\nprint(Eq(x, 1), x**2 / 2)", "Eq(x, 1) x**2/2\n"),
    # streams, in their order
    (
        "import os, sys\nprint('a')\nprint('b', file=sys.stderr)\nos.write(1, b'c\\n')\nprint('d')\n"
        "os.write(2, b'e\\n');",
        "a\nb\nc\nd\ne\n",
    ),
    ("import os\nos.write(1, b'last\\n')\n5", "last\n5\n"),
    ("import warnings\nwarnings.warn('hm')", "<cell 1>:2: UserWarning: hm\n  warnings.warn('hm')\n"),
    ("import sys\nsys.stdout.isatty(), sys.stdout.fileno()", "(False, 1)\n"),
    # text of every kind
    ("print('π ∑ 😀 \\x00 \\x1b[31m')", "π ∑ 😀 \x00 \x1b[31m\n"),
    ("print('\\ud800x')", "?x\n"),
    ("import os\nos.write(1, b'\\xff\\n');", "\ufffd\n"),
    # ends that are no error
    ("print('a')\nraise SystemExit\nprint('b')", "a\n"),
    ("import sys\nsys.exit(0)", ""),
]


@pytest.mark.parametrize(("code", "output"), SHOWN)
def test_output(sandbox: Sandbox, code: str, output: str):
    execution = sandbox.run(code)
    assert (execution.status, execution.error, execution.output) == ("ok", "", output)
    assert execution.ok
    assert execution.error_type is None
    assert execution.shown == output.rstrip("\n")


# code, status, error type, what the error holds
FAILURES = [
    ("1 / 0", "error", "ZeroDivisionError", 'File "<cell 1>", line 1, in <module>\n    1 / 0\n     '),
    ("def f():\n    return [][0]\n\nf()", "error", "IndexError", "line 2, in f\n    return [][0]\n"),
    ("raise ValueError('one\\nKeyError: two\\n\\nthree')", "error", "ValueError", "KeyError: two\n\nthree"),
    ("raise KeyError(1) from OSError(2)", "error", "KeyError", "direct cause"),
    ("try:\n    1/0\nfinally:\n    x = undefined", "error", "NameError", "During handling"),
    ("raise ExceptionGroup('two', [ValueError(1), KeyError(2)])", "error", "ExceptionGroup", "KeyError: 2"),
    ("class Own(Exception): pass\nraise Own", "error", "Own", "raise Own"),
    ("import sympy\nsympy.sympify('1 +* 2')", "error", "SympifyError", "could not parse '1 +* 2'"),
    ("def f(n):\n    return f(n + 1)\nf(0)", "error", "RecursionError", "return f(n + 1)"),
    ("raise SystemExit(3)", "error", "SystemExit", "SystemExit: 3"),
    ("import sys\nsys.exit('bye')", "error", "SystemExit", "bye"),
    ("raise KeyboardInterrupt", "error", "KeyboardInterrupt", ""),
    ("input('name? ')", "error", "EOFError", "there is nobody to answer"),
    ("import sys\nassert sys.stdin.read(), 'empty'", "error", "AssertionError", "empty"),
    ("print(1)\nx = (", "error", "SyntaxError", 'File "<cell 1>", line 2\n    x = (\n        ^'),
    ("x = 1\nreturn x", "error", "SyntaxError", 'File "<cell 1>", line 2\n    return x\n'),
    ("if True:\nx = 1", "error", "IndentationError", "x = 1"),
    ("%matplotlib inline", "error", "SyntaxError", "%matplotlib inline"),
    ("print(1)\0", "error", "SyntaxError", "null bytes"),
    ("'\udc80'", "error", "UnicodeEncodeError", "surrogates not allowed"),
    ("class Odd(Exception):\n    def __str__(self): 1/0\nraise Odd", "error", "Odd", "Odd"),
    ("x = [0] * 10**10", "memory", "MemoryError", "x = [0] * 10**10"),
    ("import numpy as np\nnp.ones(10**11)", "memory", "_ArrayMemoryError", 'File "site-packages/numpy'),
    ("import os\nos.kill(os.getpid(), 9)", "denied", "PermissionError", "os.kill"),
    ("import subprocess\nsubprocess.run(['ls'])", "denied", "PermissionError", 'File "python3.'),
    ("import socket\nsocket.socket()", "denied", "PermissionError", "socket.socket()"),
    ("import os\nos._exit(3)", "killed", "ProcessDied", "exit code 3"),
    ("import ctypes\nctypes.string_at(0)", "killed", "ProcessDied", "signal 11"),
]


@pytest.mark.parametrize(("code", "status", "error_type", "part"), FAILURES)
def test_failure(sandbox: Sandbox, code: str, status: str, error_type: str, part: str):
    execution = sandbox.run(code)
    assert (execution.status, execution.error_type) == (status, error_type), execution
    assert part in execution.error
    assert not execution.ok
    assert "\x1b" not in execution.error
    assert 'File "/' not in execution.error, "a path of this machine"


def test_a_denial_that_is_handled_is_no_failure(sandbox: Sandbox):
    code = "import socket\ntry:\n    socket.socket()\nexcept OSError:\n    print('no network')"
    assert told(sandbox.run(code)) == ("ok", "no network\n", "", ())


def test_output_before_a_failure_is_kept(sandbox: Sandbox):
    execution = sandbox.run("print('before')\n1/0")
    assert execution.output == "before\n"
    assert execution.shown.startswith("before\nTraceback (most recent call last):\n")
    assert execution.shown.endswith("ZeroDivisionError: division by zero")


def test_a_traceback_of_great_length_keeps_its_ends(sandbox: Sandbox):
    execution = sandbox.run("raise ValueError('x' * 1_000_000 + 'end')")
    assert execution.error.startswith("Traceback (most recent call last):")
    assert execution.error.endswith("end")
    assert len(execution.error) < 30_000
    assert execution.error_type == "ValueError"


def test_large_code(sandbox: Sandbox):
    assert sandbox.run(f"x = '{'a' * 1_000_000}'\nlen(x)").output == "1000000\n"
    assert sandbox.run("x = 1\n" * 200_000 + "x").output == "1\n"


def test_session_keeps_what_a_notebook_keeps(session: Session):
    blocks = [
        ("import math\nx = 20", ""),
        ("def twice(n):\n    return 2 * n\ntwice(x)", "40\n"),
        ("_ + 1", "41\n"),
        ("_", "41\n"),
        ("None", ""),
        ("_", "41\n"),
        ("'not shown';", ""),
        ("math.gcd(x, 8)", "4\n"),
        ("del x", ""),
    ]
    for code, output in blocks:
        assert told(session.run(code)) == ("ok", output, "", ()), code
    execution = session.run("y = 5\nx")
    assert execution.error_type == "NameError"
    assert '<cell 10>", line 2' in execution.error
    assert session.run("y").output == "5\n"


def test_a_traceback_shows_the_line_of_an_earlier_block(session: Session):
    session.run("def inverse(n):\n    return 1 / n")
    error = session.run("inverse(0)").error
    assert "    inverse(0)\n" in error
    assert 'File "<cell 1>", line 2, in inverse\n    return 1 / n\n' in error


def test_runs_and_sessions_do_not_see_one_another(sandbox: Sandbox):
    with sandbox.session() as one, sandbox.session() as other:
        one.run("x = 1\nimport math\nmath.pi = 3\nopen('note', 'w').write('from one')")
        assert other.run("x").error_type == "NameError"
        assert other.run("import math, os\nmath.pi, os.listdir('.')").output == "(3.141592653589793, [])\n"
        assert one.run("x, math.pi, open('note').read()").output == "(1, 3, 'from one')\n"
    assert sandbox.run("x").error_type == "NameError"


def test_sessions_from_many_threads(sandbox: Sandbox):
    def work(number: int) -> str:
        with sandbox.session() as session:
            session.run(f"x = {number}")
            session.run("from sympy import factorint\nx = sum(factorint(x + 2).values()) * 1000 + x")
            return session.run("x").output

    alone = [work(number) for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(24))) == alone


def test_soft_timeout_keeps_the_variables(session: Session):
    session.run("x = 1")
    execution = session.run(f"print('before')\nx = 2\n{FOREVER}", timeout=0.3)
    assert (execution.status, execution.error_type, execution.output) == ("timeout", "TimeoutError", "before\n")
    assert session.run("x").output == "2\n"
    assert session.run("import time\ntime.sleep(60)", timeout=0.3).status == "timeout"
    assert session.run("x").output == "2\n"


def test_hard_timeout_loses_the_variables_and_the_session_goes_on(session: Session):
    session.run("x = 1")
    execution = session.run(STUBBORN, timeout=0.3)
    assert (execution.status, execution.error_type) == ("timeout", "TimeoutError")
    assert "its variables are gone" in execution.error
    assert session.run("x").error_type == "NameError"
    assert session.run("x = 3\nx").output == "3\n"


def test_a_process_that_died_is_replaced(session: Session):
    session.run("x = 1")
    execution = session.run("import os\nos._exit(0)")
    assert (execution.status, "its variables are gone" in execution.error) == ("killed", True)
    assert session.run("x").error_type == "NameError"
    assert session.run("1 + 1").output == "2\n"


def test_a_call_that_holds_the_interpreter_is_ended(session: Session):
    execution = session.run("10 ** 10 ** 9", timeout=0.3)
    assert (execution.status, session.run("1").output) == ("timeout", "1\n")


def test_memory_is_measured_and_given_back(session: Session):
    small = session.run("1").peak_memory
    execution = session.run("x = bytearray(200_000_000)")
    assert 200_000_000 < execution.peak_memory < 300_000_000
    assert small < 20_000_000
    assert session.run("y = bytearray(2_000_000_000)").status == "memory"
    assert session.run("len(x)").output == "200000000\n"


@pytest.mark.parametrize(
    "code",
    [
        "print('first')\nprint('x' * 10_000)",
        "print('first')\nwhile True: print('x')",
        "print('first')\n'x' * 10_000",
        "print('first')\nwhile True:\n    try: print('x')\n    except Exception: pass",
    ],
)
def test_output_limit_keeps_what_came_before(code: str, tight: Sandbox):
    execution = tight.run(code)
    assert (execution.status, execution.error_type) == ("output_limit", "OutputLimit")
    assert execution.output.startswith("first\n")
    assert len(execution.output) == 1_000


def test_output_up_to_the_limit_is_fine(tight: Sandbox):
    assert told(tight.run("print('x' * 999)")) == ("ok", "x" * 999 + "\n", "", ())


@pytest.fixture(scope="module")
def tight() -> Iterator[Sandbox]:
    with Sandbox(Limits(timeout=5, output=1_000, images=1), spare=0) as sandbox:
        yield sandbox


# A block may then take 1 s of the wall clock, and its process half a second more.
@pytest.fixture(scope="module")
def by_processor() -> Iterator[Sandbox]:
    with Sandbox(Limits(timeout=0.2, clock="processor")) as sandbox:
        yield sandbox


def test_the_processor_clock_stands_still_while_code_sleeps(by_processor: Sandbox):
    code = "import time\nfor _ in range(6): time.sleep(0.1)\nprint('awake')"
    assert told(by_processor.run(code)) == ("ok", "awake\n", "", ())
    assert [told(execution) for execution in by_processor.map([code])] == [("ok", "awake\n", "", ())]
    assert by_processor.run(code, timeout=0.01).status == "timeout", "0.6 s of the wall clock are more than 0.55"


def test_the_processor_clock_interrupts_what_is_busy(by_processor: Sandbox):
    with by_processor.session() as session:
        session.run("x = 1")
        for again in range(3):
            execution = session.run(f"print('before')\nx = {again}\n{FOREVER}")
            assert told(execution) == ("timeout", "before\n", "TimeoutError: stopped after 0.2 s", ())
            assert session.run("x").output == f"{again}\n"
    statuses = [execution.status for execution in by_processor.map(["1", FOREVER, "2"])]
    assert statuses == ["ok", "timeout", "ok"]


@pytest.mark.parametrize(
    "code",
    ["import time\ntime.sleep(60)", STUBBORN.replace("SIGALRM", "SIGPROF")],
    ids=["asleep", "deaf"],
)
def test_the_wall_clock_ends_what_the_processor_clock_does_not(code: str, by_processor: Sandbox):
    with by_processor.session() as session:
        session.run("x = 1")
        execution = session.run(code)
        assert (execution.status, execution.output) == ("timeout", "")
        assert "its variables are gone" in execution.error
        assert session.run("x").error_type == "NameError"


@pytest.mark.parametrize("clock", ["", "cpu", "Wall", None])
def test_a_clock_that_there_is_not(clock: str):
    with pytest.raises(ValueError, match=r"^Limits\(clock=.*\): must be one of wall, processor$"):
        Limits(clock=clock)  # type: ignore[arg-type]


LOADED = "import sys\nmodule = sys.modules.get('mathcoder.grading.worker')\nmodule and module.check('1/2', '0.5')"


def test_preloaded_modules_are_there_in_every_child(sandbox: Sandbox):
    assert sandbox.run(LOADED).output == "", "nothing else loads it"
    with Sandbox(preload=["mathcoder.grading.worker"], spare=1) as preloaded:
        with preloaded.session() as session:
            assert session.run(LOADED).output == "True\n"
        assert [execution.output for execution in preloaded.map([LOADED] * 3)] == ["True\n"] * 3
        kill(preloaded._interpreter.process.pid)
        assert preloaded.run(LOADED).output == "True\n", "also in the children of the next interpreter"


def test_a_module_that_cannot_be_preloaded():
    with pytest.raises(SandboxError) as raised:
        Sandbox(preload=["no_such_module"])
    assert str(raised.value) == (
        "the sandbox did not start: ModuleNotFoundError: No module named 'no_such_module'"
    )


@pytest.mark.parametrize("name", ["timeout", "memory", "output"])
def test_limits_must_be_positive(name: str):
    for value in (0, -1):
        with pytest.raises(ValueError, match=f"{name}={value}.*must be positive"):
            Limits(**{name: value})


RANDOM = [
    "import random\nprint(random.random(), random.sample(range(1000), 3))",
    "import numpy as np\nnp.random.rand(2).tolist(), np.random.randint(1000)",
    "from sympy.core.random import random_complex_number\nrandom_complex_number()",
    "hash('abc'), hash(('x', 1)), hash(b'y')",
    "print({'pear', 'apple', 'fig', 'plum', 'lime'})",
    "from sympy import *\nx, y, z = symbols('x y z')\nprint((x + y*z).free_symbols)",
]


def test_same_code_same_output(sandbox: Sandbox):
    alone = [told(sandbox.run(code)) for code in RANDOM]
    assert {status for status, *_ in alone} == {"ok"}
    assert [told(sandbox.run(code)) for code in RANDOM] == alone
    assert [told(execution) for execution in sandbox.map(RANDOM * 3)] == alone * 3
    for code, expected in zip(RANDOM, alone, strict=True):
        with sandbox.session() as session:
            assert told(session.run(code)) == expected
    with Sandbox(spare=0, workers=1) as another:
        assert [told(another.run(code)) for code in RANDOM] == alone


def test_random_numbers_go_on_in_a_session(session: Session):
    first, second = (session.run("import random\nrandom.random()").output for _ in range(2))
    assert first != second


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def test_figures(session: Session):
    pytest.importorskip("matplotlib")
    # Without a font list in the cache the first import takes long.
    execution = session.run(PLOT + "plt.figure(figsize=(4, 3), dpi=100)\nplt.plot([1, 3, 2]);", timeout=120)
    assert told(execution)[:3] == ("ok", "", "")
    assert [size(image) for image in execution.images] == [(400, 300)]
    assert session.run("plt.get_fignums()").output == "[]\n"
    execution = session.run("for width in range(1, 7):\n    plt.figure(figsize=(width, 1), dpi=100)")
    assert [size(image) for image in execution.images] == [(100, 100), (200, 100), (300, 100), (400, 100)]
    execution = session.run("plt.get_fignums(), plt.figure(figsize=(1, 1), dpi=50).number")
    assert (execution.output, [size(image) for image in execution.images]) == ("([], 1)\n", [(50, 50)])
    assert session.run("plt.plot([1, 2]); plt.show()").images
    assert not session.run("plt.figure(figsize=(200, 200));").images, "more than is kept of one figure"


def test_figures_of_a_block_that_failed_are_its_own(session: Session):
    pytest.importorskip("matplotlib")
    execution = session.run(PLOT + "plt.figure(figsize=(1, 1), dpi=100)\n1/0", timeout=120)
    assert execution.error_type == "ZeroDivisionError"
    assert [size(image) for image in execution.images] == [(100, 100)]
    assert session.run("1").images == ()


def test_figures_in_map(sandbox: Sandbox, tight: Sandbox):
    pytest.importorskip("matplotlib")
    code = PLOT + "for _ in range(2): plt.figure(figsize=(1, 1), dpi=100)"
    executions = list(sandbox.map([code, "1", code], timeout=120))
    assert [len(execution.images) for execution in executions] == [2, 0, 2]
    assert executions[0].images == sandbox.run(code, timeout=120).images
    assert len(tight.run(code, timeout=120).images) == 1


def snippets() -> list[str]:
    """Snippets of many kinds: with and without a state, random, slow, broken, not fit to share a process."""
    numbers = [template.format(n) for n in range(8) for template in ("{} ** 2", "x = {}\nprint(x)", "1 / {}")]
    sympy = [f"from sympy import *\nx = symbols('x')\nsolve(x**2 - {n}*x + 6, x)" for n in range(1, 6)]
    shared = [
        "x",
        "x = 5",
        "def f():\n    return 1\nf()",
        "display([1, 2])",
        "for",
        "import math\nmath.comb(10, 3)",
        "import math\nmath.pi = 3",
        "import math\nmath.pi",
        "print = 5",
        "print('still there')",
        "import os\nos.getcwd() != ''",
        "import os\nos._exit(1)",
        "print('before')\nwhile True: pass",
        "import warnings\nwarnings.warn('hm')",
        "exec('y = 1')\ny",
        "lambdify = 3\nlambdify",
        "from sympy import *\nf = lambdify(symbols('x'), symbols('x') + 1)\nf(2)",
        "from sympy import solve\nsolve('x**2 - 4')",
        "import numpy as np\nnp.linalg.det(np.eye(3) * 2)",
        "input()",
        "bytearray(3_000_000_000)",
        "print('x' * 200_000)",
        "raise SystemExit(2)",
    ]
    return (
        numbers
        + sympy
        + SHOWN_CODES
        + [code for code, status, *_ in FAILURES if status != "memory"]
        + RANDOM
        + shared
    )


SHOWN_CODES = [code for code, _ in SHOWN]


@pytest.mark.parametrize("workers", [1, 3])
def test_map_equals_run(workers: int):
    codes = snippets()
    with Sandbox(Limits(timeout=1), workers=workers) as sandbox:
        mapped = [told(execution) for execution in sandbox.map(codes)]
        for code, execution in zip(codes, mapped, strict=True):
            assert execution == told(sandbox.run(code)), code


def test_map_equals_run_on_blocks_of_real_solutions(sandbox: Sandbox, data_dir: Path):
    with gzip.open(data_dir / "traces/lce_traces.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in itertools.islice(file, 0, None, 38)]
    codes = [block["content"] for row in rows for block in row["blocks"] if block["type"] == "code"]
    assert len(codes) > 150
    alone = [told(sandbox.run(code)) for code in codes]
    assert [told(execution) for execution in sandbox.map(codes)] == alone


def test_map_is_in_order_and_as_lazy_as_its_source(sandbox: Sandbox):
    taken = itertools.count()
    last = 0

    def endless() -> Iterator[str]:
        nonlocal last
        for last in taken:
            yield f"{last} if {last} % 3 else 1/0"

    executions = sandbox.map(endless())
    assert [next(executions).shown.splitlines()[-1] for _ in range(4)] == [
        "ZeroDivisionError: division by zero",
        "1",
        "2",
        "ZeroDivisionError: division by zero",
    ]
    executions.close()
    stopped = last
    assert stopped < 5_000
    assert [execution.output for execution in sandbox.map(iter(["1", "2"]))] == ["1\n", "2\n"]
    assert last == stopped
    assert list(sandbox.map([])) == []


def test_map_passes_on_what_its_source_raises(sandbox: Sandbox):
    def broken() -> Iterator[str]:
        yield "1"
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        list(sandbox.map(broken()))
    assert sandbox.run("1").output == "1\n"


def test_map_goes_on_after_each_way_to_break_a_process(sandbox: Sandbox):
    codes = ["1", FOREVER, "2", STUBBORN, "3", "import os\nos._exit(0)", "4", "'x' * 10**6", "5"]
    statuses = [execution.status for execution in sandbox.map(codes, timeout=0.3)]
    assert statuses == ["ok", "timeout", "ok", "timeout", "ok", "killed", "ok", "output_limit", "ok"]


def test_async_twins(sandbox: Sandbox):
    async def work() -> None:
        assert (await sandbox.arun("1 + 1")).output == "2\n"
        assert (await sandbox.arun(FOREVER, timeout=0.2)).status == "timeout"
        async with sandbox.asession() as session:
            await session.arun("x = 20")
            assert (await session.arun("x + 1")).output == "21\n"
        with pytest.raises(SandboxError, match="closed"):
            await session.arun("x")
        outputs = [execution.output async for execution in sandbox.amap(str(n) for n in range(30))]
        assert outputs == [f"{n}\n" for n in range(30)]
        async with contextlib.aclosing(sandbox.amap(map(str, itertools.count()))) as executions:
            assert [(await anext(executions)).output for _ in range(2)] == ["0\n", "1\n"]
        together = await asyncio.gather(*(sandbox.arun(f"{n} * 2") for n in range(20)))
        assert [execution.output for execution in together] == [f"{n * 2}\n" for n in range(20)]

    asyncio.run(work())


def test_cancelling_leaves_the_sandbox_usable(sandbox: Sandbox):
    async def work() -> None:
        async with sandbox.asession() as neighbour:
            await neighbour.arun("x = 1")
            for _ in range(3):
                running = asyncio.create_task(sandbox.arun(FOREVER))
                await asyncio.sleep(0.1)
                running.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await running
                assert (await sandbox.arun("1 + 1")).output == "2\n"
                assert (await neighbour.arun("x")).output == "1\n"

    asyncio.run(work())


def test_session_closed_from_another_thread(sandbox: Sandbox):
    with ThreadPoolExecutor(1) as pool:
        session = sandbox.session()
        session.run("x = 1")
        running = pool.submit(session.run, "print(x, flush=True)\n" + FOREVER)
        with pytest.raises(TimeoutError):
            running.result(0.2)
        session.close()
        assert running.result(30).status == "killed"
    session.close()
    with pytest.raises(SandboxError, match="the session is closed"):
        session.run("1")
    assert sandbox.run("1").output == "1\n"


def test_closed_sandbox():
    sandbox = Sandbox(spare=1)
    session = sandbox.session()
    sandbox.close()
    sandbox.close()
    for use in (lambda: sandbox.run("1"), sandbox.session, lambda: list(sandbox.map(["1"]))):
        with pytest.raises(SandboxError, match="the sandbox is closed"):
            use()
    assert session.run("1").status == "killed"
    session.close()


def descendants(pid: int | str = "self") -> Iterator[int]:
    """Processes started by a process, parents first."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            for child in map(int, (task / "children").read_text().split()):
                yield child
                yield from descendants(child)


def kill(pid: int) -> None:
    """Kill a process, and wait until it is gone, or dead and only not yet waited for."""
    os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
            time.sleep(0.01)


@pytest.mark.parametrize("generation", [0, 1])
def test_interpreter_killed_from_outside(generation: int):
    """The starter, or what it started: init of the namespaces, or a spare child without namespaces."""
    before = set(descendants())
    with Sandbox(spare=1) as sandbox, sandbox.session() as session:
        session.run("x = 1")
        kill([pid for pid in descendants() if pid not in before][generation])
        # What ran at that moment may be lost; a new block, of which nothing has run, may not.
        assert [sandbox.run("1 + 1").output for _ in range(3)] == ["2\n"] * 3
        assert [execution.output for execution in sandbox.map(["1", "2"])] == ["1\n", "2\n"]
        session.run("'may be lost'")
        assert session.run("5").output == "5\n"


@pytest.mark.parametrize(
    ("level", "without", "lacks"),
    [
        ("full", ["seccomp"], "seccomp: left out on request"),
        ("full", ["namespaces", "landlock"], "landlock: left out on request; namespaces: "),
        ("kernel", ["landlock"], "landlock: left out on request"),
        ("rlimits", ["rlimits"], "rlimits: left out on request"),
    ],
)
def test_required_level(level: str, without: list[str], lacks: str):
    with pytest.raises(SandboxError, match=f"level '{level}' is required, but there is no {lacks}"):
        Sandbox(require=level, without=without)


def test_layers(sandbox: Sandbox):
    assert set(sandbox.missing) == set(LAYERS)
    assert sandbox.layers == {layer for layer in LAYERS if not sandbox.missing[layer]}


@pytest.mark.parametrize("without", [["namespaces"], ["seccomp", "landlock", "namespaces", "uid"]])
def test_fewer_layers_run_the_same(sandbox: Sandbox, without: list[str]):
    codes = [code for code, _ in SHOWN]
    with Sandbox(without=without, spare=0) as fewer:
        assert not fewer.layers & set(without)
        assert [told(execution) for execution in fewer.map(codes)] == [told(sandbox.run(code)) for code in codes]


REFUSING = """
import ctypes, os, struct
from mathcoder.sandbox import Sandbox, seccomp
unshare = {"x86_64": 272, "aarch64": 97}[os.uname().machine]
code = [(0x20, 0, 0, 0), (0x15, 0, 1, unshare), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)]
ctypes.CDLL(None).prctl(seccomp.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
seccomp.install(b"".join(struct.pack("=HBBI", *instruction) for instruction in code))
Sandbox(without=["namespaces"], spare=0).close()
for _ in range(2):
    Sandbox(spare=0).close()
"""


def test_layers_that_the_machine_refuses_are_told_once():
    done = subprocess.run([sys.executable, "-c", REFUSING], capture_output=True, text=True, check=True)
    (line,) = [line for line in done.stderr.splitlines() if "RuntimeWarning" in line]
    assert line.startswith("<string>:10: "), "the line that made the sandbox"
    assert "the sandbox runs without namespaces (the kernel or the container refuses new namespaces)" in line


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = set(descendants())
    with Sandbox(without=["namespaces"]) as sandbox:
        list(sandbox.map(["open('file', 'w').write('x')"] * 5))
        sandbox.run("import os\nos.mkdir('d')\nos.chmod('d', 0)")
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())
    assert set(descendants()) <= before
