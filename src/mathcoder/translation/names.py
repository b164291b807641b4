"""Names that a formula's parser knows: functions, Greek letters, and the commands that begin a factor."""

from __future__ import annotations

__all__ = ["FUNCTIONS", "GREEK", "STARTS"]

FUNCTIONS = frozenset(
    "sin cos tan cot sec csc sinh cosh tanh coth sech csch asin acos atan acot asec acsc asinh acosh atanh "
    "ln log lg exp gcd lcm max min det".split()
)
GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell".split()
)
STARTS = FUNCTIONS | GREEK | frozenset(
    ("frac", "sqrt", "binom", "lfloor", "lceil", "int", "sum", "prod", "lim", "pi", "infty", "overline", "bar",
     "vec", "hat", "mathbf", "widehat", "tilde", "left |", "left .", "langle", "begin matrix", "begin vmatrix",
     "boxed", "underbrace", "cancel", "cancelto", "overbrace", "underline", "partial", "textcolor", "mathbb")
)  # fmt: skip
