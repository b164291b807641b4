"""The static gate: may this snippet share a process with others?

Snippets that pass can change nothing that the next snippet sees: no module, class, builtin, interpreter
setting or global option. It is an allow-list over the syntax tree, so what is not known to be harmless gets
a process of its own. The gate protects snippets from one another and nothing else: containment is the work
of `confine`.

What an allow-list over syntax cannot see is text that sympy evaluates (`solve("x**2-1")`) or compiles
(`lambdify`). `Guard` puts a refusal in those few functions of a shared process; a snippet that meets it is
run again on its own.
"""

from __future__ import annotations

import ast
import builtins
import string
import sys
from typing import Any, NoReturn


class OwnProcess(BaseException):
    """This snippet needs a process of its own."""


_BUILTINS = frozenset(
    "abs all any ascii bin bool bytes chr complex dict divmod enumerate filter float format frozenset hash hex "
    "id int isinstance issubclass iter len list map max min next oct ord pow print range repr reversed round "
    "set slice sorted str sum tuple zip True False None Ellipsis NotImplemented display __name__ "
    "ArithmeticError AssertionError AttributeError EOFError Exception IndexError KeyError LookupError NameError "
    "NotImplementedError OverflowError RecursionError RuntimeError StopIteration TypeError ValueError "
    "ZeroDivisionError".split()
)

# Modules that may be imported, and which of their names may be used; None is every public function, class
# and constant that is no module.
_MODULES: dict[str, frozenset[str] | None] = {
    "math": None,
    "cmath": None,
    "fractions": frozenset(("Fraction", "gcd")),
    "decimal": frozenset(("Decimal", "ROUND_HALF_UP", "ROUND_HALF_EVEN", "ROUND_DOWN", "ROUND_UP")),
    "itertools": None,
    "operator": frozenset("add sub mul truediv floordiv mod pow neg itemgetter and_ or_ xor".split()),
    "functools": frozenset(("reduce", "partial")),
    "collections": frozenset(("Counter", "defaultdict", "deque", "OrderedDict")),
    "statistics": frozenset(
        "mean fmean median median_low median_high mode multimode stdev variance pstdev pvariance quantiles "
        "harmonic_mean geometric_mean".split()
    ),
    "string": frozenset(("ascii_lowercase", "ascii_uppercase", "digits", "ascii_letters")),
    "datetime": frozenset(("date", "datetime", "time", "timedelta")),
    "sympy": None,
    "sympy.abc": None,
    "numpy": frozenset(
        "array arange linspace zeros ones eye identity full diag dot matmul cross inner outer sum prod mean "
        "median std var min max argmin argmax cumsum cumprod sqrt cbrt exp log log2 log10 sin cos tan arcsin "
        "arccos arctan arctan2 sinh cosh tanh pi e inf nan abs absolute floor ceil round around sign mod power "
        "gcd lcm unique sort argsort where all any isclose allclose trace transpose reshape concatenate vstack "
        "hstack poly1d roots polyfit polyval float64 int64 ndarray isnan isinf radians degrees deg2rad rad2deg "
        "hypot convolve diff real imag conj angle clip meshgrid cov corrcoef average percentile".split()
    ),
    "numpy.linalg": frozenset("det inv solve eig eigvals eigh norm matrix_rank lstsq matrix_power svd qr".split()),
}

# Of sympy: its public classes and constants, and these functions. Others set something global, or decorate.
_SYMPY_FUNCTIONS = frozenset(
    "all_roots apart besselsimp binomial_coefficients cancel cbrt centroid checksol collect combsimp "
    "continued_fraction continued_fraction_convergents continued_fraction_periodic continued_fraction_reduce "
    "cosine_transform count_ops count_roots cyclotomic_poly decompose deg degree denom det diag diff "
    "diophantine discrete_log discriminant div divisor_count divisors dsolve egyptian_fraction expand "
    "expand_complex expand_func expand_log expand_mul expand_power_base expand_power_exp expand_trig "
    "exptrigsimp exquo eye factor factor_list factor_terms factorint factorrat fourier_series fraction "
    "gammasimp gcd gcd_list gcdex groebner half_gcdex hessian horner hyperexpand idiff igcd ilcm integer_log "
    "integer_nthroot integrate interpolate intersection inverse_laplace_transform invert is_abundant "
    "is_convex is_decreasing is_deficient is_increasing is_monotonic is_perfect is_primitive_root "
    "is_quad_residue is_strictly_decreasing is_strictly_increasing isprime laplace_transform latex lcm "
    "lcm_list limit line_integrate linear_eq_to_matrix linsolve logcombine maximum mersenne_prime_exponent "
    "minimal_polynomial minimum minpoly mod_inverse monic multinomial_coefficients multiplicity N n_order "
    "nextprime nfloat nonlinsolve npartitions nroots nsimplify nsolve nthroot_mod num_digits numer ones "
    "perfect_power piecewise_fold poly posify powdenest powsimp pprint pretty pretty_print prevprime prime "
    "primefactors primerange primitive_root primorial prod product proper_divisor_count proper_divisors "
    "quadratic_residues quo rad radsimp ratsimp real_root real_roots reduce_inequalities rem residue "
    "resultant root rootof roots rsolve S separatevars series sign simplify singularities solve solve_linear "
    "solve_linear_system solve_poly_inequality solve_poly_system solve_rational_inequalities "
    "solve_undetermined_coeffs solve_univariate_inequality solveset sqf sqf_list sqrt sqrt_mod sqrtdenest "
    "srepr sstr stationary_points substitution summation symbols sympify total_degree trace trailing trigsimp "
    "trunc viete wronskian zeros".split()
)

_SYMPY_REFUSED = frozenset(("sieve", "factor_cache", "FunctionClass", "UndefinedFunction"))
_ASSUMPTIONS = frozenset(
    "cls nargs real positive negative nonnegative nonpositive nonzero zero integer rational irrational complex "
    "imaginary finite infinite even odd prime composite commutative algebraic transcendental".split()
)

# Attributes of values. Each gives a fresh or an immutable value.
_ATTRIBUTES = frozenset(
    "a all all_coeffs all_roots angle any apart append area argmax argmin args as_coefficients_dict "
    "as_integer_ratio as_numer_denom as_poly as_real_imag astype atoms b bit_count bit_length bounds c cancel "
    "canonical capitalize center charpoly circumference clear coeff coeff_monomial coeffs col collect cols "
    "columnspace combinations Complexes conjugate copy cos count cross cumsum day days degree denom "
    "denominator det diag diagonal diagonalize diff difference discard distance doit dot dtype eigenvals "
    "eigenvects elements endswith eq equals equation eval evalf exp expand extend eye factor factor_list find "
    "flatten floor free_symbols from_float fromisoformat fromiter fromkeys func func_name gcd get H "
    "Half hexdigest hour hstack imag index Infinity insert Integers integrate intersection inv is_Add "
    "is_complex is_even is_finite is_Integer is_integer is_Mul is_negative is_nonnegative is_nonzero "
    "is_number is_Number is_odd is_positive is_Pow is_prime is_Rational is_rational is_real is_Symbol is_zero "
    "isalnum isalpha isdigit isdisjoint islower isnumeric isoformat isspace issubset issuperset isupper items "
    "join keys lcm left length lhs limit limit_denominator ljust log lower lstrip max mean median midpoint "
    "min minor minute month most_common multiply n name Naturals nonzero norm normalized now nroots nsimplify "
    "nullspace num numer numerator One ones p parameters partition perimeter points pop popitem popleft "
    "powsimp primitive prod q quantize radius radsimp rank ratsimp ravel real real_root real_roots Reals "
    "remove replace reshape reverse rewrite rfind rhs right rjust root roots rotate round row rows rref "
    "rsplit rstrip second seconds separate shape sides simplify sin size slope solve sort split splitlines "
    "sqrt standard start startswith std stop strftime strip subs sum swapcase symmetric_difference T tan "
    "terms title to_eng_string today together tolist total_seconds trace translate transpose trigsimp union "
    "unique update upper values var vertices vstack weekday xreplace year Zero zeros zfill".split()
)
# `Symbol.args`, `S.Half`, `Matrix.eye`: attributes that an imported name may have.
_CLASS_ATTRIBUTES = frozenset(
    "zeros ones eye diag hstack vstack from_float fromkeys today fromisoformat Reals Integers Naturals "
    "Naturals0 Rationals Complexes Half One Zero NegativeOne Infinity NegativeInfinity Pi ImaginaryUnit "
    "EmptySet".split()
)


def check(tree: ast.Module) -> None:
    """Pass a snippet that may share a process.

    Raises:
        OwnProcess: with the line and the reason.
    """
    found = _collect(tree)
    scope = _Scope()
    for node in found[ast.Import]:
        scope.imports(node)
    for node in found[ast.ImportFrom]:
        scope.imports_from(node)
    scope.check_imports(tree)
    for node in found[ast.arg]:
        scope.bind(node, node.arg)
    for node in (*found[ast.FunctionDef], *found[ast.ExceptHandler]):
        if node.name:
            scope.bind(node, node.name)
    for node in found[ast.Name]:
        if isinstance(node.ctx, ast.Store):
            scope.bind(node, node.id)
    for node in found[ast.Attribute]:
        scope.attribute(node)
    for node in found[ast.Subscript]:
        scope.subscript(node)
    for node in found[ast.Call]:
        scope.call(node)
    for node in (*found[ast.Name], *found[ast.Attribute]):
        scope.no_alias(node)
    for node in found[ast.Name]:
        scope.name(node)
    for node in found[ast.ExceptHandler]:
        if node.type is None:
            _refuse(node, "a bare except")
    if found[ast.Yield] and (found[ast.Try] or found[ast.With]):
        _refuse(found[ast.Yield][0], "a generator that may clean up in the time of the next snippet")


def _refuse(node: ast.AST, why: str) -> NoReturn:
    raise OwnProcess(f"line {getattr(node, 'lineno', '?')}: {why}")


def _collect(tree: ast.Module) -> dict[type[ast.AST], list[Any]]:
    """The nodes that are looked at, by type. A node of a type that is not listed is refused."""
    found: dict[type[ast.AST], list[Any]] = {kind: [] for kind in _LOOKED_AT}
    todo: list[ast.AST | None] = [tree]
    while todo:
        node = todo.pop()
        if node is None:  # `**rest` in a dict has no key
            continue
        kind = type(node)
        fields = _FIELDS.get(kind)
        if fields is None:
            _refuse(node, kind.__name__)
        if kind in found:
            found[kind].append(node)
        for field in fields:
            value = getattr(node, field)
            if isinstance(value, list):
                todo += value
            else:
                todo.append(value)
    return found


class _Scope:
    """The names of a snippet. One that is imported anywhere, or bound anywhere, is so everywhere."""

    def __init__(self) -> None:
        self._modules: dict[str, str] = {}  # local name: module
        self._imported: set[str] = set()
        self._open: list[str] = []  # modules imported with *
        self._bound: set[str] = set()
        self._bases: set[int] = set()  # name nodes that stand before a dot and name a module
        self._makers = {"Function"}  # names of sympy's Function
        self._called: set[int] = set()  # nodes that name it where it is called

    def imports(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name not in _MODULES or ("." in alias.name and alias.asname is None):
                _refuse(node, f"import of {alias.name}")
            self._modules[alias.asname or alias.name] = alias.name
            self._imported.add(alias.asname or alias.name)

    def imports_from(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if node.level or module not in _MODULES:
            _refuse(node, f"import from {module}")
        for alias in node.names:
            if alias.name == "*":
                self._open.append(module)
            elif not _allowed(module, alias.name):
                _refuse(node, f"{module}.{alias.name}")
            else:
                self._imported.add(alias.asname or alias.name)
                if alias.name == "Function":
                    self._makers.add(alias.asname or alias.name)

    def check_imports(self, tree: ast.Module) -> None:
        """Once all that is imported with * is known."""
        for name in self._imported:
            self._check_own(tree, name)

    def bind(self, node: ast.AST, name: str) -> None:
        if name in self._modules:
            _refuse(node, f"the name {name}, which is a module")
        self._check_own(node, name)
        self._bound.add(name)

    def _check_own(self, node: ast.AST, name: str) -> None:
        """Bound in one scope, a name would still be the builtin or the starred name in another."""
        hidden = name in _ALL_BUILTINS and name not in _BUILTINS
        if name.startswith("__") or hidden:
            _refuse(node, f"the name {name}")
        if any(hasattr(sys.modules.get(module), name) and not _allowed(module, name) for module in self._open):
            _refuse(node, f"the name {name}")

    def name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load) or id(node) in self._bases:
            return
        if node.id in self._modules:
            _refuse(node, f"the module {node.id} used as a value")
        if node.id in self._bound or node.id in self._imported or node.id in _BUILTINS:
            return
        if not any(_allowed(module, node.id) for module in self._open):
            _refuse(node, f"the name {node.id}")

    def call(self, node: ast.Call) -> None:
        """Keywords of `Function` become attributes of a class that sympy's cache gives to the next snippet."""
        makes = self._is_maker(node.func) or any(keyword.arg == "cls" for keyword in node.keywords)
        if makes:
            self._called.add(id(node.func))
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg.startswith("_"):
                _refuse(node, "a keyword that is not plain to see")
            if makes and keyword.arg not in _ASSUMPTIONS:
                _refuse(node, f"{keyword.arg}= of a function")
            if keyword.arg == "cls":
                self._called.add(id(keyword.value))

    def no_alias(self, node: ast.Name | ast.Attribute) -> None:
        if self._is_maker(node) and id(node) not in self._called:
            _refuse(node, "Function used as a value")

    def _is_maker(self, node: ast.expr) -> bool:
        return (isinstance(node, ast.Name) and node.id in self._makers) or (
            isinstance(node, ast.Attribute) and node.attr == "Function"
        )

    def attribute(self, node: ast.Attribute) -> None:
        if not isinstance(node.ctx, ast.Load):
            _refuse(node, f"assignment to the attribute {node.attr}")
        if (module := self._module(node.value)) is not None:
            if f"{module}.{node.attr}" not in _MODULES and not _allowed(module, node.attr):
                _refuse(node, f"{module}.{node.attr}")
        elif node.attr == "format" and isinstance(node.value, ast.Constant) and _plain(node.value.value):
            pass
        elif isinstance(node.value, ast.Name) and node.value.id in self._imported:
            if node.attr not in _CLASS_ATTRIBUTES:
                _refuse(node, f"{node.value.id}.{node.attr}")
        elif node.attr not in _ATTRIBUTES:
            _refuse(node, f"the attribute {node.attr}")

    def _module(self, node: ast.expr) -> str | None:
        """The module that `node` names, such as `np` or `np.linalg`."""
        if isinstance(node, ast.Name):
            module = self._modules.get(node.id)
            if module is not None:
                self._bases.add(id(node))
            return module
        if isinstance(node, ast.Attribute) and (outer := self._module(node.value)) is not None:
            inner = f"{outer}.{node.attr}"
            return inner if inner in _MODULES else None
        return None

    def subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.ctx, ast.Load):
            return
        owner = node.value
        while isinstance(owner, ast.Subscript):
            owner = owner.value
        if not isinstance(owner, ast.Name) or owner.id in self._imported or owner.id not in self._bound:
            _refuse(node, "assignment to an item of something that is not the snippet's own")


def _plain(template: object) -> bool:
    """Whether a format template reads its arguments only, and none of their attributes."""
    if not isinstance(template, str):
        return False
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError:
        return False
    return all(not (set(name or "") & set(".[")) and (not spec or _plain(spec)) for _, name, spec, _ in fields)


def _allowed(module: str, name: str) -> bool:
    """Whether `name` of `module` is public, no module, and not refused."""
    names = _MODULES[module]
    if name.startswith("_"):
        return False
    if names is not None:
        return name in names
    value: Any = getattr(sys.modules.get(module), name, None)
    if value is None or isinstance(value, _SHARED):
        return False
    if module == "sympy":
        listed = name in sys.modules["sympy"].__all__ and name not in _SYMPY_REFUSED
        # A class is harmless, but for those that set something global while a `with` runs.
        harmless = isinstance(value, type | sys.modules["sympy"].Basic) or not callable(value)
        harmless = harmless and not hasattr(value, "__enter__")
        return listed and (harmless or name in _SYMPY_FUNCTIONS)
    return True


_SHARED: Any = (type(sys), dict, list, set)  # what a snippet could change for the next one


# What a snippet may be made of. Operators and contexts are all harmless, and are not walked.
_NODES = (
    "Module Expr Assign AugAssign AnnAssign For While If With Raise Try Assert Pass Break Continue Return "
    "FunctionDef Lambda arguments arg keyword Call Name Attribute Subscript Slice Starred Constant Tuple List "
    "Set Dict ListComp SetComp DictComp GeneratorExp comprehension BoolOp BinOp UnaryOp Compare IfExp "
    "NamedExpr JoinedStr FormattedValue ExceptHandler Import ImportFrom Delete Yield withitem"
).split()
_LEAVES = frozenset(
    "ctx op ops id attr name names module level arg kind value_kind conversion simple type_comment type_ignores "
    "is_async lineno type_params".split()
)
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {
    getattr(ast, node): tuple(field for field in getattr(ast, node)._fields if field not in _LEAVES)
    for node in _NODES
}
_FIELDS[ast.Constant] = ()
_LOOKED_AT: tuple[type[ast.AST], ...] = (
    ast.Import,
    ast.ImportFrom,
    ast.Name,
    ast.arg,
    ast.FunctionDef,
    ast.ExceptHandler,
    ast.Attribute,
    ast.Call,
    ast.Subscript,
    ast.Yield,
    ast.Try,
    ast.With,
)
_ALL_BUILTINS = frozenset(dir(builtins))


class Guard:
    """In a process that snippets will share: refuses to evaluate or compile text. Cannot be undone there.

    Attributes:
        met: whether a snippet met it. The exception alone may be swallowed by a `finally`.
    """

    def __init__(self) -> None:
        self.met = False
        for module in _EVALUATORS:
            if module in sys.modules:
                for name in ("eval", "exec", "compile"):  # a global hides the builtin in that module
                    setattr(sys.modules[module], name, self._refuse)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        self.met = True
        raise OwnProcess("text evaluated as code")


_EVALUATORS = ("sympy.parsing.sympy_parser", "sympy.utilities.lambdify", "mpmath.identification")
