"""Tricks with the interpreter: its streams, hooks, ends and crashes."""

from attacks import HELD, Attack

_CRASH = HELD | {"killed"}
_ENDS = HELD | {"killed", "timeout"}

ATTACKS = (
    # Crashes.
    Attack("crash: a null pointer", "ctypes.string_at(0)", ends=_CRASH),
    Attack("crash: a wild write", "ctypes.memset(1 << 40, 0, 8)", ends=_CRASH),
    Attack("crash: a wild jump", "ctypes.CFUNCTYPE(None)(0xDEADBEEF)()", ends=_CRASH),
    Attack("crash: freeing what is not allocated", "libc.free(ctypes.c_void_p(1))", ends=_CRASH),
    Attack(
        "crash: an object that is not counted",
        "for _ in range(100):\n    ctypes.pythonapi.Py_DecRef(ctypes.py_object(None))\n" * 20,
        ends=_CRASH,
    ),
    Attack(
        "crash: bytecode",
        """
def f():
    pass
f.__code__ = f.__code__.replace(co_code=b"\\xff\\xff\\x64\\xff" * 20, co_stacksize=1)
f()
""",
        ends=_CRASH,
        errors=("SystemError", "ValueError", "IndexError"),
    ),
    Attack("crash: faulthandler", "import faulthandler\nfaulthandler._sigsegv()", ends=_CRASH),
    Attack("crash: abort", "os.abort()", ends=frozenset(("killed",))),
    Attack(
        "crash: None has another type",
        "ctypes.memset(id(None) + 8, 0xFF, 8)\nprint(None)",
        ends=_CRASH,
    ),
    Attack(
        "crash: unmapped libraries",
        """
import sympy
libc.munmap(ctypes.c_void_p(id(sympy) & ~0xFFFFF), ctypes.c_size_t(1 << 24))
print(sympy.sqrt(2))
""",
        ends=_CRASH,
    ),
    # Ends.
    Attack("end: os._exit", "os._exit(0)", ends=frozenset(("killed",))),
    Attack("end: libc", "libc._exit(7)", ends=frozenset(("killed",))),
    Attack("end: exit with handlers", "libc.exit(0)", ends=frozenset(("killed",))),
    Attack(
        "end: sys.exit", "print('before')\nsys.exit(3)", ends=frozenset(("ok", "error")), errors=("SystemExit",)
    ),
    Attack("end: a bare exception", "raise BaseException", errors=("BaseException",)),
    Attack("end: KeyboardInterrupt", "raise KeyboardInterrupt", errors=("KeyboardInterrupt",)),
    Attack("end: GeneratorExit", "raise GeneratorExit", errors=("GeneratorExit",)),
    Attack(
        "end: an exception that cannot be shown",
        """
class Odd(Exception):
    def __str__(self):
        raise SystemExit
    __repr__ = __str__
raise Odd
""",
        ends=_ENDS,
        errors=("Odd",),
    ),
    Attack(
        "end: an exception that does not end being shown",
        """
class Odd(Exception):
    def __str__(self):
        while True:
            pass
raise Odd
""",
        ends=frozenset(("timeout",)),
        seconds=0.3,
    ),
    Attack(
        "end: an exception that is its own cause",
        """
error = OSError("x")
error.__cause__ = error
error.__context__ = error
raise error
""",
    ),
    Attack(
        "end: a subclass of the limits",
        """
import gc
for c in BaseException.__subclasses__():
    print(c)
raise [c for c in BaseException.__subclasses__() if c.__name__ == 'TimeLimit'][0]
""",
        ends=_ENDS,
        errors=("",),
    ),
    Attack(
        "end: a value that cannot be shown",
        "class Odd:\n    def __repr__(self):\n        os._exit(0)\nOdd()",
        ends=frozenset(("killed",)),
    ),
    # Streams.
    Attack("streams: None", ("sys.stdout = sys.stderr = sys.stdin = None\nprint('x')", "print(6 * 7)"), ends=HELD),
    Attack(
        "streams: an object",
        (
            """
class Odd:
    def write(self, text):
        raise SystemExit
    def __getattr__(self, name):
        os._exit(1)
sys.stdout = sys.stderr = Odd()
print("x")
""",
            "print(6 * 7)",
        ),
        ends=_ENDS,
    ),
    Attack(
        "streams: a patched method",
        "type(sys.stdout).write = lambda self, text: 10**9\nprint('x')\n6 * 7",
        ends=_ENDS,
    ),
    Attack(
        "streams: a patched limit",
        "sys.stdout._room = sys.stdout._limit = 10**12\nprint('x' * 10_000_000)",
        ends=_ENDS | {"output_limit"},
    ),
    Attack(
        "streams: patched parts",
        "sys.stdout._parts = [1, None, b'x']\nprint('x')",
        ends=_ENDS,
        errors=("TypeError",),
    ),
    Attack("streams: reading", "input()", errors=("EOFError",)),
    Attack("streams: descriptor 0", "each([lambda: os.write(4, b'x')])\nprint(len(os.read(0, 100)))"),
    Attack(
        "streams: closed",
        "sys.stdout.close()\nos.close(1)\nos.close(2)\nprint('x')",
        ends=_ENDS,
        errors=("ValueError",),
    ),
    # Hooks.
    Attack(
        "hooks: trace",
        """
def trace(frame, event, argument):
    frame.f_trace_lines = True
    return trace
sys.settrace(trace)
frame = sys._getframe()
while frame:
    frame.f_trace = trace
    frame = frame.f_back
""",
    ),
    Attack(
        "hooks: trace that raises",
        "def trace(*a):\n    raise MemoryError\nsys.settrace(trace)\nsys.setprofile(trace)\nprint(len('x'))",
        ends=_ENDS | {"memory"},
    ),
    Attack(
        "hooks: exit", "import atexit\natexit.register(print, 'BREACH')\natexit.register(os._exit, 0)\nprint('x')"
    ),
    Attack(
        "hooks: finalizers",
        """
class Odd:
    def __del__(self):
        Odd()
        print("x")
        raise SystemExit
odd = Odd()
del odd
""",
        ends=_ENDS | {"output_limit"},
        errors=("RecursionError",),
        seconds=0.3,
    ),
    Attack(
        "hooks: a finalizer that does not end",
        "class Odd:\n    def __del__(self):\n        while True:\n            pass\nOdd()\n1",
        ends=frozenset(("timeout",)),
        seconds=0.3,
    ),
    Attack(
        "hooks: garbage collector",
        "import gc\ngc.callbacks.append(lambda *a: os._exit(0))\ngc.collect()",
        ends=_CRASH,
    ),
    Attack(
        "hooks: audit", "sys.addaudithook(lambda *a: 1 / 0)\nopen('x')", ends=_ENDS, errors=("ZeroDivisionError",)
    ),
    Attack(
        "hooks: import and excepthook",
        """
import builtins
builtins.__import__ = None
sys.meta_path[:] = []
sys.modules.clear()
sys.excepthook = sys.unraisablehook = sys.displayhook = None
1 / 0
""",
        ends=_ENDS,
        errors=("ZeroDivisionError", "TypeError", "AttributeError", "KeyError", "ImportError"),
    ),
    Attack(
        "hooks: no builtins",
        (
            """
import builtins
for name in list(vars(builtins)):
    if name != '__build_class__':
        delattr(builtins, name)
""",
            "6 * 7",
        ),
        ends=_ENDS,
        errors=("NameError", "KeyError", "ImportError"),
    ),
    # Pickle.
    Attack(
        "pickle: a command",
        """
import pickle
class Command:
    def __reduce__(self):
        return os.system, ("exit 0",)
if pickle.loads(pickle.dumps(Command())) == 0:
    print("BREACH")
""",
    ),
    Attack(
        "pickle: as the value",
        """
class Value:
    def __reduce__(self):
        return print, ("BREACH",)
    def __reduce_ex__(self, protocol):
        return print, ("BREACH",)
    def __repr__(self):
        return "value"
Value()
""",
    ),
    Attack(
        "pickle: memory",
        "import pickle\npickle.loads(b'\\x80\\x04\\x8e' + (1 << 40).to_bytes(8, 'little'))",
        ends=HELD | {"memory"},
        errors=("UnpicklingError", "MemoryError", "EOFError", "ValueError"),
    ),
)
