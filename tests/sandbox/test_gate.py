"""Which snippets may share a process, why the others may not, and that both come out as when run alone.

That a snippet which passes cannot change the next one's world is the attack suite's business.
"""

from __future__ import annotations

import ast
import gzip
import importlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mathcoder.sandbox import Limits, Sandbox, gate

for _module in gate._MODULES:  # as in the warm interpreter: the gate looks at what is imported there
    importlib.import_module(_module)

PASSED = [
    "",
    "2 + 2",
    "x = [n ** 2 for n in range(10) if n % 2]\nsum(x)",
    "total = 0\nfor n in range(10):\n    total += n\nelse:\n    print(total)",
    "def f(n, *rest, key=1, **more):\n    return n if n < 2 else f(n - 1) + f(n - 2)\nf(10)",
    "f = lambda n: n + 1\nf(1)",
    "i = 0\nwhile (i := i + 1) < 5:\n    continue\ni",
    "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    print(e, e.args)\nfinally:\n    print('end')",
    "def squares():\n    for n in range(3):\n        yield n * n\nlist(squares())",
    "d = {'a': 1}\nd['b'] = 2\nd['b'] += 1\ndel d['a']\nprint({**d, 'c': 3})",
    "a, (b, *c) = 1, (2, 3, 4)\nassert c == [3, 4], 'no'\na if b else c",
    "x = 5\nprint(f'{x:>{x}} {x!r} {x / 3:.2f}')",
    "print('{} {:>5}'.format(1, 2), '{1!r} {0:.2f}'.format(1 / 3, 'a'))",
    "print('{name:{width}}'.format(name='a', width=3))",
    "import math\nmath.sqrt(2), math.pi, math.comb(5, 2)",
    "import math as m\nm.gcd(4, 6)",
    "from math import *\nsqrt(2) + pi",
    "from fractions import Fraction\nFraction(1, 3).limit_denominator(10)",
    "from decimal import Decimal\nDecimal('1.10').quantize(Decimal('0.1'))",
    "from collections import Counter, defaultdict\nCounter('aab').most_common(1), defaultdict(int)",
    "from itertools import permutations\nimport itertools\nlist(permutations('ab')), itertools.chain",
    "from functools import reduce\nreduce(lambda a, b: a * b, [1, 2, 3])",
    "from datetime import date, timedelta\n(date(2024, 1, 1) + timedelta(days=3)).weekday()",
    "import numpy as np\nnp.linalg.det(np.array([[1, 2], [3, 4]])).round(2)",
    "import numpy as np\na = np.zeros(3)\na[0] = 1\na[1:] += 2\na.tolist()",
    "from sympy import symbols, solve, Eq\nx, y = symbols('x y')\nsolve([Eq(x + y, 3), Eq(x, y)], [x, y])",
    "from sympy import *\nx = Symbol('x', positive=True)\nintegrate(exp(-x), (x, 0, oo)), diff(sin(x)).subs(x, 0)",
    "from sympy import *\nMatrix([[1, 2], [3, 4]]).inv(), Matrix.eye(2), S.Half",
    "from sympy import *\nx = symbols('x')\nlimit(sin(x) / x, x, 0)",
    "import sympy as sp\nsp.factorint(360), sp.N(sp.pi, 20), sp.isprime(7)",
    "import sympy\nx = sympy.Symbol('x')\nsympy.expand((x + 1) ** 2).coeff(x, 1)",
    "from sympy.abc import x, y\n(x + y).free_symbols",
    "from sympy import *\nE = 5\nE + 1",
    "x: int = 5\nx",
    "display(1)",
]

# snippet, part of the reason
REFUSED = [
    # statements and expressions that are not on the list
    ("class C: pass", "ClassDef"),
    ("def f():\n    global x\n    x = 1", "line 2: Global"),
    ("async def f(): pass", "AsyncFunctionDef"),
    ("match 1:\n    case 1: pass", "Match"),
    ("def f():\n    yield from [1]", "YieldFrom"),
    ("try:\n    1\nexcept* ValueError:\n    2", "TryStar"),
    ("try:\n    1\nexcept:\n    2", "a bare except"),
    # names
    ("open('x')", "the name open"),
    ("eval('1')", "the name eval"),
    ("exec('1')", "the name exec"),
    ("getattr(1, 'real')", "the name getattr"),
    ("len(globals())", "the name globals"),
    ("__import__('os')", "the name __import__"),
    ("len(__builtins__)", "the name __builtins__"),
    ("not_defined", "the name not_defined"),
    ("_", "the name _"),
    ("try:\n    1\nexcept BaseException:\n    2", "the name BaseException"),
    ("__x = 1", "the name __x"),
    # imports
    ("import os", "import of os"),
    ("import random", "import of random"),
    ("import numpy.linalg", "import of numpy.linalg"),
    ("from os import path", "import from os"),
    ("from . import x", "import from "),
    ("from numpy import random", "numpy.random"),
    ("from sympy import init_printing", "sympy.init_printing"),
    ("from sympy import *\ninit_printing()", "the name init_printing"),
    ("from sympy import lambdify", "sympy.lambdify"),
    ("from functools import lru_cache", "functools.lru_cache"),
    ("from decimal import getcontext", "decimal.getcontext"),
    # modules, classes and other people's objects
    ("import math\nmath.pi = 3", "assignment to the attribute pi"),
    ("import math\nprint(math)", "the module math used as a value"),
    ("import numpy as np\nnp.random.seed(1)", "the attribute seed"),
    ("import numpy as np\nnp.set_printoptions(precision=2)", "numpy.set_printoptions"),
    ("import math\nmath = 3", "the name math"),
    ("from sympy import Integer\nInteger.x = 1", "assignment to the attribute x"),
    ("from sympy import Integer\nfor Integer.x in [1]: pass", "assignment to the attribute x"),
    ("from sympy import Integer\ndel Integer.p", "assignment to the attribute p"),
    ("from sympy import S\nS.register(1)", "S.register"),
    ("from sympy.abc import x\nx['a'] = 1", "not the snippet's own"),
    ("from sympy.abc import x\nx.args[0][1] = 1", "x.args"),
    ("(1).__class__", "the attribute __class__"),
    ("f = lambda: 1\nf.__globals__", "the attribute __globals__"),
    ("x = (n for n in [1])\nx.gi_frame", "the attribute gi_frame"),
    ("import operator\noperator.attrgetter('x')", "operator.attrgetter"),
    # a builtin's name bound in one scope is the builtin in another
    ("f = lambda exec: 0\nexec('1')", "the name exec"),
    ("if False:\n    setattr = 1\nsetattr(int, 'x', 1)", "the name setattr"),
    ("[0 for eval in ()]\neval('1')", "the name eval"),
    ("try:\n    1\nexcept ValueError as exec:\n    2\nexec('1')", "the name exec"),
    ("def exec(): pass", "the name exec"),
    ("exec('1')\nfrom math import gcd as exec", "the name exec"),
    ("def f():\n    from math import gcd as exec\nexec('1')", "the name exec"),
    ("from sympy import *\ndef f(seterr): pass\nseterr(True)", "the name seterr"),
    ("from sympy import *\ndef f():\n    from math import gcd as seterr\nseterr(True)", "the name seterr"),
    # templates that read attributes
    ("'{0.real}'.format(1)", "the attribute format"),
    ("'{0[0]}'.format([1])", "the attribute format"),
    ("'{:{0.real}}'.format(1)", "the attribute format"),
    ("template = '{0.real}'\ntemplate.format(1)", "the attribute format"),
    ("str.format('{0.real}', 1)", "the attribute format"),
    ("f = '{0.real}'.format\nf(1)", "the attribute format"),
    ("'{0.real}'.format_map({})", "the attribute format_map"),
    # classes by the back door
    ("type(type(1))('C', (), {})", "the name type"),
    ("t = type\nt('C', (), {})", "the name type"),
    ("list(map(type, ['C'], [()], [{}]))", "the name type"),
    # generators that clean up later
    ("def f():\n    try:\n        yield\n    finally:\n        print(1)", "a generator that may clean up"),
    ("def f(o):\n    with o:\n        yield", "a generator that may clean up"),
    # global settings of sympy
    ("from sympy import *\npprint_use_unicode(False)", "the name pprint_use_unicode"),
    ("from sympy import pprint_try_use_unicode", "sympy.pprint_try_use_unicode"),
    ("from sympy import *\nremove_handler", "the name remove_handler"),
    ("from sympy import *\nseterr(True)", "the name seterr"),
    ("from sympy import *\npublic", "the name public"),
    ("from sympy import *\nprint_gtk", "the name print_gtk"),
    ("import sympy\nsympy.init_printing()", "sympy.init_printing"),
]

# Past the gate, but not past `guard`: text that would be evaluated or compiled.
GUARDED = [
    "from sympy import solve\nsolve('x**2 - 4')",
    "from sympy import sympify\nsympify('1 + 1')",
    "from sympy import *\nMatrix(['1', '2'])",
    "from sympy import *\nx = Symbol('x')\nnsolve(cos(x) - x, x, 1)",
    "from sympy import sympify\ntry:\n    sympify('1 + 1')\nexcept Exception:\n    print('caught')",
    "from sympy import S\nfor n in [0]:\n    try:\n        x = S('1+1')\n    finally:\n        break\nprint(x)",
    "from sympy import S\ndef f():\n    try:\n        print(S('1+1'))\n    finally:\n        return 5\nf()",
]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(timeout=60), workers=1) as sandbox:
        yield sandbox


@pytest.mark.parametrize("code", [*PASSED, *GUARDED])
def test_passes(code: str):
    gate.check(ast.parse(code))


@pytest.mark.parametrize(("code", "reason"), REFUSED)
def test_refused(code: str, reason: str):
    with pytest.raises(gate.OwnProcess, match="line ") as refusal:
        gate.check(ast.parse(code))
    assert reason in str(refusal.value)


@pytest.mark.parametrize("terms", [10, 900])
def test_long_sums_pass_or_get_their_own_process(sandbox: Sandbox, terms: int):
    code = "+".join(["1"] * terms)
    (execution,) = sandbox.map([code])
    assert execution.output == f"{terms}\n"


def test_all_come_out_of_map_as_when_run_alone(sandbox: Sandbox):
    codes = [
        code for rows in zip(PASSED * 3, [code for code, _ in REFUSED], strict=False) for code in rows
    ] + GUARDED
    for code, execution in zip(codes, sandbox.map(codes), strict=True):
        alone = sandbox.run(code)
        assert (execution.status, execution.output) == (alone.status, alone.output), code
        assert execution.error == alone.error


def test_most_real_code_passes(data_dir: Path):
    passed = total = 0
    with gzip.open(data_dir / "traces/lce_traces.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            # The first block of a solution needs no state.
            code = next((block["content"] for block in row["blocks"] if block["type"] == "code"), "")
            try:
                gate.check(ast.parse(code))
                passed += 1
            except (SyntaxError, gate.OwnProcess):
                pass
            total += 1
    assert total > 2_000
    assert passed / total > 0.9
