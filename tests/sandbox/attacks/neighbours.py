"""Snippets that change something for the next one, which shares their process if both pass the gate."""

from attacks import Poison

_ABS = "print('BREACH' if abs(-1) != 1 else 'fine')"
_TEN = "x = [[n] for n in range(200_000)]\nprint(len(x))"
_SET_ABS = "__import__('builtins').__dict__.__setitem__('abs', lambda v: 7)"
_SET_ABS_TO_LEN = "__import__('builtins').__dict__.__setitem__('abs', len)"


def _hole(name: str, code: str, probe: str = _ABS, shows: bool = True) -> Poison:
    """Something that a gate may overlook."""
    return Poison(f"gate: {name}", code, probe, shows)


def _text(name: str, code: str) -> Poison:
    """Text that sympy evaluates, or refuses to."""
    code = f"from sympy import *\ntry:\n    {code}\nexcept Exception:\n    pass"
    probe = "try:\n    print('BREACH' if abs(-1) != 1 else 'fine')\nexcept TypeError:\n    print('BREACH')"
    return _hole(name, code, probe, shows="added" not in name)


POISONS = (
    # Modules, classes and builtins.
    Poison("a builtin", "import builtins\nbuiltins.abs = lambda v: 7", _ABS),
    Poison("print", "import builtins\nold = print\nbuiltins.print = lambda *a: old('BREACH')", "print('fine')"),
    Poison("__import__", "import builtins\nbuiltins.__import__ = lambda *a: 'BREACH'", "import math\nprint(math)"),
    Poison(
        "a function of sympy",
        "import sympy\nsympy.sqrt = lambda v: 'BREACH'",
        "from sympy import sqrt\nprint(sqrt(4))",
    ),
    Poison(
        "a method of sympy",
        "import sympy\nsympy.Integer.__add__ = lambda a, b: 'BREACH'",
        "from sympy import Integer\nprint(Integer(1) + Integer(2))",
    ),
    Poison(
        "a constant of sympy",
        "import sympy\nsympy.S.Half.__class__.p = 7",
        "from sympy import S\nprint('BREACH' if S.Half.p != 1 else 'fine')",
    ),
    Poison(
        "a printer of sympy",
        "from sympy.printing.str import StrPrinter\nStrPrinter._print_Symbol = lambda self, e: 'BREACH'",
        "from sympy import Symbol\nprint(Symbol('x'))",
    ),
    Poison(
        "evaluation in sympy",
        "from sympy.core.parameters import global_parameters\nglobal_parameters.evaluate = False",
        "from sympy import Integer\nprint('BREACH' if str(Integer(1) + Integer(1)) != '2' else 'fine')",
    ),
    Poison(
        "the cache of sympy",
        "from sympy import *\nx = Symbol('x')\nx._assumptions['positive'] = True\nx.__dict__",
        "from sympy import Symbol\nprint('BREACH' if Symbol('x').is_positive else 'fine')",
    ),
    Poison("math", "import math\nmath.pi = 3", "import math\nprint('BREACH' if math.pi == 3 else 'fine')"),
    Poison(
        "a module in sys.modules",
        "import sys, types\nsys.modules['math'] = types.SimpleNamespace(pi=3)",
        "import math\nprint('BREACH' if math.pi == 3 else 'fine')",
    ),
    Poison(
        "a class of the standard library",
        "from fractions import Fraction\nFraction.__eq__ = lambda a, b: False",
        "from fractions import Fraction\nprint('fine' if Fraction(1, 2) == Fraction(1, 2) else 'BREACH')",
    ),
    Poison(
        "a method of Counter",
        "from collections import Counter\nCounter.most_common = lambda *a: 'BREACH'",
        "from collections import Counter\nprint(Counter('aab').most_common(1))",
    ),
    Poison(
        "a number",
        # 104729 is not among the integers that the interpreter shares; 200 is.
        "import ctypes\nctypes.memmove(id(200) + 24, id(201) + 24, 4)",
        "print('BREACH' if 100 + 100 != 2 * 100 or 199 + 1 == 201 else 'fine')",
    ),
    # Settings.
    Poison(
        "numpy's print options",
        "import numpy\nnumpy.set_printoptions(precision=1)",
        "import numpy as np\nprint('fine' if '0.333' in str(np.array([1 / 3])) else 'BREACH')",
    ),
    Poison(
        "numpy's errors",
        "import numpy\nnumpy.seterr(all='raise')",
        """
import numpy as np
try:
    np.array([1e-300]) * np.array([1e-300])
except ArithmeticError:
    print('BREACH')
""",
    ),
    Poison(
        "the precision of decimal",
        "import decimal\ndecimal.getcontext().prec = 3",
        "from decimal import Decimal\nprint('BREACH' if len(str(Decimal(1) / 3)) < 10 else 'fine')",
    ),
    Poison(
        "the precision of mpmath",
        "import mpmath\nmpmath.mp.dps = 3\nmpmath.mp.pretty = True",
        "import mpmath\nprint('BREACH' if mpmath.mp.dps != 15 else 'fine')",
    ),
    Poison(
        "the recursion limit",
        "import sys\nsys.setrecursionlimit(120)",
        """
def f(n):
    return f(n - 1) if n else 0
try:
    print(f(300))
except RecursionError:
    print('BREACH')
""",
    ),
    Poison(
        "the digits limit",
        "import sys\nsys.set_int_max_str_digits(640)",
        "try:\n    print(len(str(10**1000)))\nexcept ValueError:\n    print('BREACH')",
    ),
    Poison(
        "the seed",
        "import random\nrandom.random = lambda: 7",
        "import random\nprint('BREACH' if random.random() == 7 else 'fine')",
    ),
    Poison(
        "the environment",
        "import os\nos.environ['DECOY'] = 'x'\nos.environ['HOME'] = '/'",
        "import os\nprint('BREACH' if 'DECOY' in os.environ else 'fine')",
    ),
    Poison(
        "the directory",
        "import os\nos.mkdir('decoy')\nos.chdir('decoy')",
        "import os\nprint('BREACH' if os.getcwd().endswith('decoy') or os.path.exists('decoy') else 'fine')",
    ),
    Poison(
        "a file in scratch",
        "with open('decoy', 'w') as file:\n    file.write('x')",
        "import os\nprint('BREACH' if os.path.exists('decoy') else 'fine')",
    ),
    Poison(
        "warnings",
        "import warnings\nwarnings.simplefilter('error')",
        """
import warnings
try:
    warnings.warn('x')
    print('fine')
except UserWarning:
    print('BREACH')
""",
    ),
    Poison(
        "standard output",
        "import sys\nsys.stdout.write('x')\nsys.stdout.__class__.write = lambda self, t: 0",
        "print('fine')",
        shows=False,
    ),
    Poison(
        "the printed form of values",
        "from IPython.lib import pretty\npretty._type_pprinters[int] = lambda v, p, c: p.text('BREACH')",
        "6 * 7",
    ),
    Poison(
        "the garbage collector",
        "import gc\ngc.disable()",
        "import gc\nprint('fine' if gc.isenabled() else 'BREACH')",
    ),
    Poison(
        "a thread",
        """
import threading, time
def later():
    time.sleep(0.1)
    print('BREACH')
threading.Thread(target=later).start()
""",
        "import time\ntime.sleep(0.3)\nprint('fine')",
        shows=False,
    ),
    Poison("an exit handler", "import atexit\natexit.register(print, 'BREACH')", "print('fine')", shows=False),
    Poison(
        "a finalizer",
        "class C:\n    def __del__(self):\n        print('BREACH')\nc = C()\nc.c = c",
        f"{_TEN}",
        shows=False,
    ),
    # Names.
    Poison("a name", "kept = 1", "try:\n    kept\n    print('BREACH')\nexcept NameError:\n    print('fine')"),
    Poison(
        "the last value", "[1]", "try:\n    _.append(1)\n    print('BREACH')\nexcept NameError:\n    print('fine')"
    ),
    Poison(
        "an import",
        "import math as sin",
        "try:\n    sin\n    print('BREACH')\nexcept NameError:\n    print('fine')",
    ),
    # What an allow-list over syntax may overlook.
    _hole("a builtin whose name is an argument elsewhere", f'f = lambda exec: 0\nexec("{_SET_ABS}")'),
    _hole("a builtin whose name is never assigned", f'if False:\n    eval = 0\neval("{_SET_ABS}")'),
    _hole("a builtin whose name a comprehension binds", f'[0 for exec in ()]\nexec("{_SET_ABS}")'),
    _hole(
        "a builtin whose name an exception binds",
        f'try:\n    pass\nexcept ValueError as exec:\n    pass\nexec("{_SET_ABS}")',
    ),
    _hole(
        "setattr on a class",
        "from sympy import Integer\nf = lambda setattr: 0\nsetattr(Integer, 'decoy', 1)",
        "from sympy import Integer\nprint('BREACH' if 'decoy' in dir(Integer) else 'fine')",
    ),
    _hole(
        "a star import whose name is an argument elsewhere",
        "from sympy import *\nf = lambda pprint_use_unicode, init_printing: 0\npprint_use_unicode(False)",
        "from sympy import *\nprint('fine' if '√' in pretty(sqrt(Symbol('x'))) else 'BREACH')",
    ),
    _hole(
        "printing",
        "from sympy import *\npprint_use_unicode(False)",
        "from sympy import *\nprint('fine' if '√' in pretty(sqrt(Symbol('x'))) else 'BREACH')",
    ),
    _hole(
        "printing, tried",
        "from sympy import *\npprint_use_unicode(False)\npprint_try_use_unicode()",
        "from sympy import *\nprint('fine' if '√' in pretty(sqrt(Symbol('x'))) else 'BREACH')",
        shows=False,
    ),
    _hole(
        "errors of arithmetic",
        "from sympy import *\nseterr(True)",
        """
from sympy import Integer
try:
    Integer(0) / 0
    print('fine')
except ValueError:
    print('BREACH')
""",
    ),
    _hole(
        "a suspended context",
        """
from sympy import *
f = lambda evaluate: 0
def suspended():
    with evaluate(False):
        yield
kept = suspended()
next(kept)
""",
        "from sympy import Integer\nprint('BREACH' if str(Integer(1) + Integer(1)) != '2' else 'fine')",
    ),
    _hole(
        "a generator that ends late",
        """
def late():
    try:
        yield
    finally:
        print("BREACH")
kept = late()
next(kept)
""",
        _TEN,
        shows=False,
    ),
    _hole(
        "a generator that ends late and is slow",
        """
def late():
    try:
        yield
    finally:
        while True:
            pass
kept = late()
next(kept)
""",
        f"{_TEN}",
        shows=False,
    ),
    _hole(
        "a class by its class",
        "C = type(type(1))('C', (), {'__del__': lambda self: print('BREACH')})\nkept = [C()]\nkept.append(kept)",
        _TEN,
        shows=False,
    ),
    _hole(
        "a class by another name of type",
        "t = type\nC = t('C', (), {'__del__': lambda self: print('BREACH')})\nkept = [C()]\nkept.append(kept)",
        _TEN,
        shows=False,
    ),
    _hole(
        "a class by map",
        """
(C,) = map(type, ['C'], [()], [{'__del__': lambda self: print('BREACH')}])
kept = [C()]
kept.append(kept)
""",
        _TEN,
        shows=False,
    ),
    _hole(
        "a function whose name is code",
        f"""
from sympy import *
x = Symbol("x")
f = Function("({_SET_ABS}) or sin")
try:
    nsolve(f(x) - 1, x, 1)
except Exception:
    pass
""",
    ),
    _hole(
        "a function of the same name",
        """
from sympy import *
x = Symbol("x")
Function("f", __dict__={"_sympystr": lambda self, printer: "BREACH"})(x) + 1
""",
        "from sympy import *\nx = Symbol('x')\nf = Function('f')\nprint(f(x) + 1)",
    ),
    _hole(
        "a function of the same name, by stars",
        """
from sympy import *
x = Symbol("x")
Function("f", **{"__dict__": {"_sympystr": lambda self, printer: "BREACH"}})(x) + 1
""",
        "from sympy import *\nx = Symbol('x')\nf = Function('f')\nprint(f(x) + 1)",
    ),
    _hole(
        "a function of the same name, in part",
        """
from functools import partial
from sympy import *
x = Symbol("x")
partial(Function, "f", __dict__={"_sympystr": lambda self, printer: "BREACH"})()(x) + 1
""",
        "from sympy import *\nx = Symbol('x')\nf = Function('f')\nprint(f(x) + 1)",
    ),
    _text("text that is evaluated", f'sympify("{_SET_ABS_TO_LEN}")'),
    _text("text in an equation", f'solve("x - 1 + (0 if {_SET_ABS_TO_LEN} else 0)")'),
    _text("text in a matrix", f'Matrix([["{_SET_ABS_TO_LEN}"]])'),
    _text("text in a derivative", f'diff("{_SET_ABS_TO_LEN}")'),
    _text("text that is replaced", f'Symbol("x").subs(Symbol("x"), "{_SET_ABS_TO_LEN}")'),
    _text("text that is added", f'Symbol("x") + "{_SET_ABS_TO_LEN}"'),
    _text("text in a polynomial", f'Poly("{_SET_ABS_TO_LEN}")'),
    _text("text in S", f'S("{_SET_ABS_TO_LEN}")'),
    _hole(
        "lambdify",
        f'from sympy import lambdify\nlambdify((), "{_SET_ABS}")()',
    ),
    _hole(
        "an attribute by assignment",
        "from sympy import Integer\nInteger.decoy = 1",
        "from sympy import Integer\nprint('BREACH' if 'decoy' in dir(Integer) else 'fine')",
    ),
    _hole(
        "an attribute by a loop",
        "from sympy import Integer\nfor Integer.decoy in [1]:\n    pass",
        "from sympy import Integer\nprint('BREACH' if 'decoy' in dir(Integer) else 'fine')",
    ),
    _hole(
        "an attribute by with",
        "from sympy import Integer\nimport contextlib\nwith contextlib.nullcontext(1) as Integer.decoy:\n    pass",
        "from sympy import Integer\nprint('BREACH' if 'decoy' in dir(Integer) else 'fine')",
    ),
    _hole(
        "an attribute by attrgetter",
        "import operator\noperator.attrgetter('__self__.__dict__')(print)['abs'] = lambda v: 7",
    ),
    _hole("globals", "globals()['__builtins__']['abs'] = lambda v: 7"),
    _hole("builtins by name", "__builtins__['abs'] = lambda v: 7"),
    _hole("a global statement", "def f():\n    global abs\n    abs = lambda v: 7\nf()"),
    _hole("a lambda's default", f'f = lambda exec, x=exec("{_SET_ABS}"): 0'),
    _hole("a match statement", f'f = lambda exec: 0\nmatch 1:\n    case 1:\n        exec("{_SET_ABS}")'),
    _hole("an own name", "abs = lambda v: 7"),
    _hole(
        "memory that stays",
        "kept = [0] * 10_000_000\nkept.append(kept)",
        "print(len([0] * 30_000_000))",
        shows=False,
    ),
    _hole(
        "too deep to check",
        "print(" + "+".join(["1"] * 900) + ")",
        "print('fine')",
        shows=False,
    ),
)

MARK = "the code of a neighbour"

# Looks for the mark in the frames above, through the one way to reach an attribute by text. The mark is
# written backwards and never bound, so that the reader does not find itself.
READER = f"""
field = "{{0.__traceback__.tb_frame"
try:
    1 / 0
except ZeroDivisionError as error:
    for depth in range(8):
        try:
            if "{MARK[::-1]}"[::-1] in (field + ".f_back" * depth + ".f_locals}}").format(error):
                print("BREACH")
        except Exception:
            pass
"""
