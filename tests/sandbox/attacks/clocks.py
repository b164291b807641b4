"""The wall-clock limit: code that does not end, does not listen, or spends its time in C."""

from attacks import HELD, Attack

_LATE = frozenset(("timeout",))
_SECONDS = 0.15


def _endless(name: str, code: str, *errors: str, ends: frozenset[str] = _LATE) -> Attack:
    return Attack(f"time: {name}", code, ends=ends, errors=errors, seconds=_SECONDS)


ATTACKS = (
    _endless("a loop", "while True:\n    pass"),
    _endless("sleep", "time.sleep(60)"),
    _endless("a lock", "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()"),
    _endless("an empty pipe", "os.read(os.pipe()[0], 1)"),
    _endless(
        "pause",
        "import signal\nwhile True:\n    try:\n        signal.pause()\n    except BaseException:\n        pass",
    ),
    _endless("select", "import select\nselect.select([], [], [])"),
    _endless(
        "a swallowed limit",
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
    ),
    _endless(
        "a swallowed limit, by finally",
        "while True:\n    try:\n        while True:\n            pass\n    finally:\n        continue",
    ),
    _endless("no alarm", "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\nwhile True:\n    pass"),
    _endless(
        "a later alarm",
        "import signal\nsignal.alarm(1000)\nsignal.setitimer(signal.ITIMER_REAL, 1000)\nwhile True:\n    pass",
    ),
    _endless(
        "an ignored alarm", "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True:\n    pass"
    ),
    _endless("another handler", "import signal\nsignal.signal(signal.SIGALRM, print)\nwhile True:\n    pass"),
    _endless(
        "a blocked alarm",
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True:\n    pass",
    ),
    _endless(
        "a waited alarm",
        """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
while True:
    signal.sigwait([signal.SIGALRM])
""",
    ),
    _endless(
        "the default of the alarm",
        "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_DFL)\nwhile True:\n    pass",
        ends=frozenset(("killed", "timeout")),
    ),
    _endless(
        "a patched clock",
        "time.perf_counter = time.monotonic = time.time = lambda: 0.0\nwhile True:\n    pass",
    ),
    _endless(
        "a trace function that swallows",
        """
def trace(*a):
    try:
        while True:
            pass
    except BaseException:
        pass
    return trace
sys.settrace(trace)
def f():
    while True:
        pass
while True:
    try:
        f()
    except BaseException:
        pass
""",
    ),
    _endless(
        "an endless repr",
        "class Odd:\n    def __repr__(self):\n        while True:\n            pass\nOdd()",
    ),
    _endless(
        "a huge power", "len(str(3 ** (3 ** 19)))", "ValueError", "MemoryError", ends=_LATE | {"memory", "error"}
    ),
    _endless(
        "a power tower", "9 ** 9 ** 9 ** 9", "MemoryError", "OverflowError", ends=_LATE | {"memory", "error"}
    ),
    _endless(
        "a huge factorial",
        "import math\nmath.factorial(10**9)",
        "MemoryError",
        "OverflowError",
        ends=_LATE | {"memory"},
    ),
    _endless("digits of a huge integer", "sys.set_int_max_str_digits(0)\nlen(str(7 << 50_000_000))"),
    _endless("a huge integer from digits", "sys.set_int_max_str_digits(0)\nint('7' * 10_000_000)"),
    _endless("a regular expression", "import re\nre.match('(a+)+$', 'a' * 60 + 'b')"),
    _endless("a sum of a range", "sum(range(10**12))"),
    _endless("a search in a range", "import itertools\n-1 in itertools.count()"),
    _endless(
        "a sort that does not end",
        "class K:\n    def __lt__(self, other):\n        while True:\n            pass\nsorted([K(), K()])",
    ),
    _endless(
        "a factorisation", "import sympy\nsympy.factorint(sympy.nextprime(10**40) * sympy.nextprime(10**45))"
    ),
    _endless(
        "an integral",
        """
from sympy import *
x = Symbol('x')
while True:
    integrate(sqrt(x**5 + sin(x) + exp(x)) * log(x), x)
""",
    ),
    _endless("numpy", "import numpy\na = numpy.ones((900, 900))\nwhile True:\n    a = numpy.linalg.svd(a)[0]"),
    _endless(
        "C that is told to go on",
        "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True:\n    pow(7, 10**7)",
    ),
    _endless("a sleep in C", "while True:\n    libc.sleep(60)"),
    _endless(
        "the compiler",
        "source = '[' * 80 + 'x' + ' for x in y]' * 80\nwhile True:\n    compile(source, '', 'exec')",
        "SyntaxError",
        "RecursionError",
        "MemoryError",
        ends=_LATE | HELD,
    ),
    _endless("processor time", "end = time.process_time() + 30\nwhile time.process_time() < end:\n    pass"),
)
