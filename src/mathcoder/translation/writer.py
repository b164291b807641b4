"""Writes a formula as short Python: plain arithmetic where that does, SymPy elsewhere.

`Writer.expression` gives the text of an expression and collects what it needs: imports and symbols. Exactness
decides the form: 1/3 is `Rational(1, 3)` beside symbols and a float only where the text itself is approximate.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Collection

from mathcoder.translation.lexer import Unreadable
from mathcoder.translation.tree import Call, Constant, Name, Number, Tree, free_names, walk

__all__ = ["Writer"]

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = 1, 2, 3, 4, 5  # how tightly the outermost operator binds

_NAMES = {
    "ln": "log",
    "lg": "log",
    "abs": "Abs",
    "ceiling": "ceiling",
    "max": "Max",
    "min": "Min",
}
_SAME_NAME = frozenset(
    "sin cos tan cot sec csc sinh cosh tanh coth sech csch asin acos atan acot asec acsc asinh acosh atanh "
    "log exp sqrt factorial binomial floor gcd lcm".split()
)

Written = tuple[str, int, str]
"""Text, how tightly it binds, and its type: "int", "float" or "exact" (an object of SymPy)."""


class Writer:
    """One program.

    Args:
        plain: numbers only: floats are fine.
        numeric: the result is a decimal: definite integrals need no closed form.
        functions: names of the functions that the program defines.

    Attributes:
        types: types of the variables that the program gives a value, by name.
        imports, symbols: what the program has to import, and its variables without a value.
    """

    def __init__(self, *, plain: bool = False, numeric: bool = False, functions: Collection[str] = ()):
        self.plain = plain
        self.numeric = numeric
        self.types: dict[str, str] = {}
        self.functions = functions
        self.imports: set[str] = set()
        self.symbols: set[str] = set()

    def expression(self, tree: Tree) -> str:
        """The text of an expression.

        Raises:
            Unreadable: it has no Python.
        """
        return self.write(tree)[0]

    def use(self, name: str) -> str:
        self.imports.add(name)
        return name

    def write(self, tree: Tree) -> Written:
        match tree:
            case Number(text):
                return self._number(text)
            case Name(name):
                return self._name(name)
            case Constant(name):
                return self.use(name), _ATOM, "exact"
            case Call("+", args):
                return self._sum(args)
            case Call("*", args):
                return self._product(args)
            case Call("-", (arg,)):
                text, _, kind = self.within(arg, _PRODUCT)
                return f"-{text}", _SIGN, kind
            case Call("/", (top, bottom)):
                return self._quotient(top, bottom)
            case Call("^", (base, exponent)):
                return self._power(base, exponent)
            case Call(head, args):
                return self._call(head, args)

    def within(self, tree: Tree, least: int) -> Written:
        text, tightness, kind = self.write(tree)
        return (text, tightness, kind) if tightness >= least else (f"({text})", _ATOM, kind)

    def _number(self, text: str) -> Written:
        negative = text.startswith("-")
        digits = text.lstrip("-")
        if "." in digits:
            digits = "0" + digits if digits[0] == "." else digits
            if not self.plain:
                return f'{self.use("Rational")}("{text}")', _ATOM, "exact"
            return ("-" if negative else "") + digits, _SIGN if negative else _ATOM, "float"
        whole = str(int(digits))
        if len(whole) > 400:
            raise Unreadable("large number")
        return ("-" if negative else "") + whole, _SIGN if negative else _ATOM, "int"

    def _name(self, name: str) -> Written:
        name = safe(name)
        if name not in self.types:
            self.symbols.add(name)
        return name, _ATOM, self.types.get(name, "exact")

    def _sum(self, args: tuple[Tree, ...]) -> Written:
        text, _, kind = self.within(args[0], _SUM)
        for arg in args[1:]:
            match arg:
                case Call("-", (inner,)):
                    part, sign = self.within(inner, _PRODUCT), "-"
                case Number(digits) if digits.startswith("-"):
                    part, sign = self._number(digits[1:]), "-"
                case _:
                    part, sign = self.within(arg, _PRODUCT), "+"
            text, kind = f"{text} {sign} {part[0]}", _wider(kind, part[2])
        return text, _SUM, kind

    def _product(self, args: tuple[Tree, ...]) -> Written:
        text, _, kind = self.within(args[0], _PRODUCT)
        for arg in args[1:]:
            part = self.within(arg, _POWER)
            text, kind = f"{text}*{part[0]}", _wider(kind, part[2])
        return text, _PRODUCT, kind

    def _quotient(self, top: Tree, bottom: Tree) -> Written:
        above, below = self.write(top), self.write(bottom)
        kind = _wider(above[2], below[2])
        if kind == "int" and not self.plain:
            return f"{self.use('Rational')}({above[0]}, {below[0]})", _ATOM, "exact"
        left = above[0] if above[1] >= _PRODUCT else f"({above[0]})"
        right = below[0] if below[1] >= _POWER else f"({below[0]})"
        return f"{left}/{right}", _PRODUCT, "float" if kind == "int" else kind

    def _power(self, base: Tree, exponent: Tree) -> Written:
        if base == Constant("E"):
            return f"{self.use('exp')}({self.expression(exponent)})", _ATOM, "exact"
        below, above = self.within(base, _ATOM), self.within(exponent, _POWER)
        kind = _wider(below[2], above[2])
        negative = above[0].startswith(("-", "(-"))
        if kind == "int" and negative and not self.plain:
            return f"{self.use('Integer')}({below[0]})**{above[0]}", _POWER, "exact"
        return f"{below[0]}**{above[0]}", _POWER, "float" if negative and kind == "int" else kind

    # Functions.

    def _call(self, head: str, args: tuple[Tree, ...]) -> Written:
        if special := _SPECIAL.get(head):
            return special(self, args), _ATOM, "exact"
        if head == "mod":
            left, right = self.within(args[0], _PRODUCT), self.within(args[1], _POWER)
            return f"{left[0]} % {right[0]}", _PRODUCT, _wider(left[2], right[2])
        if head == "degrees":
            return f"{self.use('rad')}({self.expression(args[0])})", _ATOM, "exact"
        if head not in _SAME_NAME and head not in _NAMES:
            raise Unreadable(head)
        inside = ", ".join(map(self.expression, args))
        if head == "lg":
            inside += ", 10"
        if head in ("gcd", "lcm") and len(args) > 2:
            inside = f"[{inside}]"
        return f"{self.use(_NAMES.get(head, head))}({inside})", _ATOM, "exact"

    def body(self, tree: Tree) -> str:
        """An expression as an argument that has to be an object of SymPy."""
        text, _, kind = self.write(tree)
        return text if kind == "exact" else f"{self.use('sympify')}({text})"

    def variable(self, tree: Tree) -> str:
        if not isinstance(tree, Name):
            raise Unreadable("no variable")
        name = safe(tree.name)
        if name in self.types:
            raise Unreadable("bound variable with a value")
        self.symbols.add(name)
        return name


def _wider(*kinds: str) -> str:
    return "exact" if "exact" in kinds else "float" if "float" in kinds else "int"


_TAKEN = frozenset("E I N print round symbols solutions".split())


def safe(name: str) -> str:
    """A name that is none of Python's, and none that a program imports for something else."""
    return name + "_" if keyword.iskeyword(name) or name in _TAKEN else name


def shown_name(name: str) -> str:
    """What a variable's name is in the text."""
    return "lambda" if name == "lamda" else name.rstrip("_")


def _apply(self: Writer, args: tuple[Tree, ...]) -> str:
    function = args[0]
    if not isinstance(function, Name) or function.name not in self.functions:
        raise Unreadable("unknown function")
    return f"{safe(function.name)}({', '.join(map(self.expression, args[1:]))})"


def _prime(self: Writer, args: tuple[Tree, ...]) -> str:
    """f'(x) is diff(f(x), x); f'(2) is that at 2."""
    match args:
        case (Name(name), argument, Number(order)) if name in self.functions:
            pass
        case _:
            raise Unreadable("derivative of an unknown function")
    times = "" if order == "1" else f", {order}"
    if isinstance(argument, Name) and safe(argument.name) not in self.types:
        x = self.variable(argument)
        return f"{self.use('diff')}({safe(name)}({x}), {x}{times})"
    taken = {safe(other) for other in free_names(argument)} | set(self.types)
    x = next(letter for letter in ("x", "t", "u", "z") if letter not in taken)
    self.symbols.add(x)
    return f"{self.use('diff')}({safe(name)}({x}), {x}{times}).subs({x}, {self.expression(argument)})"


def _derivative(self: Writer, args: tuple[Tree, ...]) -> str:
    body, name, order = args
    times = "" if order == Number("1") else f", {self.expression(order)}"
    return f"{self.use('diff')}({self.expression(body)}, {self.variable(name)}{times})"


def _integral(self: Writer, args: tuple[Tree, ...]) -> str:
    x = self.variable(args[1])
    if len(args) == 2:
        return f"{self.use('integrate')}({self.expression(args[0])}, {x})"
    low, high = map(self.expression, args[2:])
    function = self.use("Integral" if self.numeric else "integrate")
    return f"{function}({self.expression(args[0])}, ({x}, {low}, {high}))"


def _limit(self: Writer, args: tuple[Tree, ...]) -> str:
    body, name, point, side = args
    assert isinstance(side, Name)
    x = self.variable(name)
    infinite = any(node == Constant("oo") for node in walk(point))
    direction = "" if infinite else f', "{"+-" if side.name == "both" else side.name}"'
    return f"{self.use('limit')}({self.expression(body)}, {x}, {self.expression(point)}{direction})"


def _series(function: str) -> Callable[[Writer, tuple[Tree, ...]], str]:
    def write(self: Writer, args: tuple[Tree, ...]) -> str:
        x = self.variable(args[1])
        low, high = map(self.expression, args[2:])
        return f"{self.use(function)}({self.expression(args[0])}, ({x}, {low}, {high}))"

    return write


def _at(self: Writer, args: tuple[Tree, ...]) -> str:
    body, name, *limits = args
    if name == Name("?"):
        names = free_names(body)
        if len(names) != 1:
            raise Unreadable("evaluated for several variables")
        name = Name(*names)
    x = self.variable(name)
    text = self.body(body)
    if not text.isidentifier():
        text = f"({text})"
    values = [f"{text}.subs({x}, {self.expression(limit)})" for limit in limits]
    return values[0] if len(values) == 1 else f"({values[1]} - {values[0]})"


def _root(self: Writer, args: tuple[Tree, ...]) -> str:
    if args[1] == Number("3"):
        return f"{self.use('cbrt')}({self.expression(args[0])})"
    return f"{self.use('root')}({self.expression(args[0])}, {self.expression(args[1])})"


def _matrix(self: Writer, args: tuple[Tree, ...]) -> str:
    rows: list[str] = []
    for row in args:
        assert isinstance(row, Call)
        rows.append("[" + ", ".join(map(self.expression, row.args)) + "]")
    return f"{self.use('Matrix')}([{', '.join(rows)}])"


def _vector(self: Writer, args: tuple[Tree, ...]) -> str:
    return f"{self.use('Matrix')}([{', '.join(map(self.expression, args))}])"


def _method(name: str) -> Callable[[Writer, tuple[Tree, ...]], str]:
    def write(self: Writer, args: tuple[Tree, ...]) -> str:
        left, *right = [self.within(arg, _ATOM)[0] for arg in args]
        return f"{left}.{name}({', '.join(right)})"

    return write


_SPECIAL: dict[str, Callable[[Writer, tuple[Tree, ...]], str]] = {
    "apply": _apply,
    "prime": _prime,
    "derivative": _derivative,
    "integral": _integral,
    "limit": _limit,
    "sum": _series("summation"),
    "product": _series("product"),
    "at": _at,
    "root": _root,
    "matrix": _matrix,
    "vector": _vector,
    "dot": _method("dot"),
    "cross": _method("cross"),
    "norm": _method("norm"),
    "det": _method("det"),
}
