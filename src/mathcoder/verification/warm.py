"""What the sandbox of a `Verifier` loads ahead: the parts of SymPy that build tables when they are first used.

The children of its warm interpreter then have them: definite integrals, series, limits and simplification take a
fifth of a second less in each new child. Imported in the sandbox only.
"""

from __future__ import annotations

_PROGRAM = """
from sympy import *
x, y = symbols("x y")
integrate(x*exp(-x), (x, 1, oo)), integrate(1/(x**2*sqrt(x**2 + 1)), x), Integral(x, (x, 0, 1)).evalf()
summation(y**x, (x, 0, oo)), summation((x + 1)/2**x, (x, 0, oo)), apart(1/(x**2 - 1)), cancel((x**2 - 1)/(x - 1))
trigsimp(sin(x)**2 + cos(x)**2), expand_trig(sin(2*x)), idiff(x**2 + y**2 - 1, y, x), solve(Eq(exp(2*x), 3), x)
radsimp(1/(1 + sqrt(2))), limit((1 + 1/x)**x, x, oo), expand_log(log(x*y)), Matrix([1, 2]).norm()
"""

exec(_PROGRAM, {})
