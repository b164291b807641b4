"""The static gate: may this snippet share a process with others?

Snippets that pass can change nothing that the next snippet sees: no module, class, builtin, interpreter
setting or global option. It is an allow-list over the syntax tree, so what is not known to be harmless gets
a process of its own. The gate protects snippets from one another and nothing else: containment is the work
of `confine`.

What an allow-list over syntax cannot see is text that sympy evaluates (`solve("x**2-1")`) or compiles
(`lambdify`). `guard` puts a refusal in those few functions of a shared process; a snippet that meets it is
run again on its own.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from typing import Any


class OwnProcess(BaseException):
    """This snippet needs a process of its own."""


_BUILTINS = frozenset(
    "abs all any ascii bin bool bytes chr complex dict divmod enumerate filter float format frozenset hash hex "
    "id int isinstance issubclass iter len list map max min next oct ord pow print range repr reversed round "
    "set slice sorted str sum tuple type zip True False None Ellipsis NotImplemented display __name__ "
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

# Public names that set something global, read source, evaluate text or draw.
_REFUSED: dict[str, frozenset[str]] = {
    "sympy": frozenset(
        "init_printing init_session interactive preview plot plot_implicit plot_parametric plot3d textplot "
        "lambdify var test doctest source evaluate pager_print assuming cacheit register_handler sieve factor_cache".split()
    ),
}

# Attributes of values. Each gives a fresh or an immutable value.
_ATTRIBUTES = frozenset(
    "a all all_coeffs all_roots angle any apart append area argmax argmin args as_coefficients_dict "
    "as_integer_ratio as_numer_denom as_poly as_real_imag astype atoms b bit_count bit_length bounds c cancel "
    "canonical capitalize center charpoly circumference clear coeff coeff_monomial coeffs col collect cols "
    "columnspace combinations Complexes conjugate copy cos count cross cumsum day days degree denom "
    "denominator det diag diagonal diagonalize diff difference discard distance doit dot dtype eigenvals "
    "eigenvects elements endswith eq equals equation eval evalf exp expand extend eye factor factor_list find "
    "flatten floor format free_symbols from_float fromisoformat fromiter fromkeys func func_name gcd get H "
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
        OwnProcess: with the reason.
    """
    _Gate().visit(tree)


class _Gate(ast.NodeVisitor):
    """Walks the tree once; imported names and names bound by the snippet are kept apart."""

    def __init__(self) -> None:
        self._modules: dict[str, str] = {}  # local name: module
        self._imported: set[str] = set()
        self._open: list[str] = []  # modules imported with *
        self._names: list[str] = []
        self._bound: set[str] = set()

    def refuse(self, node: ast.AST, why: str) -> None:
        raise OwnProcess(f"line {getattr(node, 'lineno', '?')}: {why}")

    def generic_visit(self, node: ast.AST) -> None:
        if type(node) not in _NODES:
            self.refuse(node, type(node).__name__)
        super().generic_visit(node)

    def visit_Module(self, node: ast.Module) -> None:
        self.generic_visit(node)
        for name in self._names:
            if name in self._bound or name in self._imported or name in _BUILTINS:
                continue
            if not any(_allowed(module, name) for module in self._open):
                self.refuse(node, f"the name {name}")

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name not in _MODULES or ("." in alias.name and alias.asname is None):
                self.refuse(node, f"import of {alias.name}")
            self._modules[alias.asname or alias.name] = alias.name
            self._bind(node, alias.asname or alias.name, imported=True)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if node.level or module not in _MODULES:
            self.refuse(node, f"import from {module}")
        for alias in node.names:
            if alias.name == "*":
                self._open.append(module)
            elif not _allowed(module, alias.name):
                self.refuse(node, f"{module}.{alias.name}")
            else:
                self._bind(node, alias.asname or alias.name, imported=True)

    def _bind(self, node: ast.AST, name: str, imported: bool = False) -> None:
        if name.startswith("__"):
            self.refuse(node, f"the name {name}")
        # A name is either imported or the snippet's own for the whole snippet.
        if name in (self._bound if imported else self._modules):
            self.refuse(node, f"{name} is imported and assigned")
        (self._imported if imported else self._bound).add(name)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            if node.id in self._modules:
                self.refuse(node, f"module {node.id} used as a value")
            self._names.append(node.id)
        elif isinstance(node.ctx, ast.Store):
            self._bind(node, node.id)

    def visit_arg(self, node: ast.arg) -> None:
        self._bind(node, node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._bind(node, node.name)
        self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.type is None:
            self.refuse(node, "a bare except")
        if node.name:
            self._bind(node, node.name)
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.refuse(node, f"assignment to the attribute {node.attr}")
        module = self._module(node.value)
        if module is not None:
            if f"{module}.{node.attr}" not in _MODULES and not _allowed(module, node.attr):
                self.refuse(node, f"{module}.{node.attr}")
            return
        if isinstance(node.value, ast.Name) and node.value.id in self._imported:
            if node.attr not in _CLASS_ATTRIBUTES:
                self.refuse(node, f"{node.value.id}.{node.attr}")
        elif node.attr not in _ATTRIBUTES:
            self.refuse(node, f"the attribute {node.attr}")
        self.visit(node.value)

    def _module(self, node: ast.expr) -> str | None:
        """The module that `node` names, such as `np` or `np.linalg`."""
        if isinstance(node, ast.Name):
            return self._modules.get(node.id)
        if isinstance(node, ast.Attribute) and (outer := self._module(node.value)) is not None:
            inner = f"{outer}.{node.attr}"
            return inner if inner in _MODULES else None
        return None

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load) and not self._own_container(node.value):
            self.refuse(node, "assignment to an item of something imported")
        self.generic_visit(node)

    def _own_container(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Subscript):
            node = node.value
        return isinstance(node, ast.Name) and node.id not in self._imported

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "type" and len(node.args) != 1:
            self.refuse(node, "a class made by type()")
        self.generic_visit(node)


def _allowed(module: str, name: str) -> bool:
    """Whether `name` of `module` is public, no module, and not refused."""
    names = _MODULES[module]
    if name.startswith("_") or name in _REFUSED.get(module, ()):
        return False
    if names is not None:
        return name in names
    value: Any = getattr(sys.modules.get(module), name, None)
    if module == "sympy" and name not in sys.modules["sympy"].__all__:
        return False
    return value is not None and not isinstance(value, _SHARED)


_SHARED = (type(sys), dict, list, set)  # what a snippet could change for the next one


_NODES = frozenset(
    getattr(ast, name)
    for name in (
        "Module Expr Assign AugAssign AnnAssign For While If With Raise Try Assert Pass Break Continue Return "
        "FunctionDef Lambda arguments arg keyword Call Name Attribute Subscript Slice Starred Constant Tuple List "
        "Set Dict ListComp SetComp DictComp GeneratorExp comprehension BoolOp BinOp UnaryOp Compare IfExp NamedExpr "
        "JoinedStr FormattedValue ExceptHandler Import ImportFrom Load Store Del Delete alias Yield "
        "And Or Add Sub Mult MatMult Div Mod Pow LShift RShift BitOr BitXor BitAnd FloorDiv Invert Not UAdd USub "
        "Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn withitem"
    ).split()
)


def guard() -> None:
    """In a process that snippets will share: refuse to evaluate or compile text. Cannot be undone there."""

    def refuse(*_: object, **__: object) -> Any:
        raise OwnProcess("text evaluated as code")

    for module, name in _EVALUATORS:
        if module in sys.modules:
            setattr(sys.modules[module], name, refuse)


_EVALUATORS: Iterable[tuple[str, str]] = (
    ("sympy.parsing.sympy_parser", "eval_expr"),
    ("sympy.parsing.sympy_parser", "parse_expr"),
    ("sympy.utilities.lambdify", "lambdify"),
    ("sympy.core.sympify", "eval"),
)
