"""Reads one formula from its tokens into a tree: a recursive descent with bounded depth that evaluates nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from mathcoder.translation import commands
from mathcoder.translation.lexer import END, Token, Unreadable
from mathcoder.translation.names import GREEK, STARTS
from mathcoder.translation.tree import Call, Constant, Name, Number, Tree, negative

__all__ = ["FormulaParser"]

_MOST_DEPTH = 50
_MOST_DIGITS = 300
_T = TypeVar("_T")

_OPENING = {"(": ")", "[": "]", "{": "}"}


class FormulaParser:
    """One formula, read once from left to right.

    Args:
        parts: its tokens.
        functions: names that are functions where a bracket follows: f(x) is a call, a(x) a product.

    Attributes:
        units: words that stood where a unit does, in order.
    """

    def __init__(self, parts: Sequence[Token], functions: Collection[str] = ()):
        self.parts = parts
        self.functions = functions
        self.place = 0
        self.depth = 0
        self.bars = 0
        self.integrals = 0
        self.differential: Name | None = None
        self.units: list[str] = []
        self._digits: str | None = None  # what is left of a number whose first digit was an argument

    def formula(self) -> Tree:
        """The whole formula.

        Raises:
            Unreadable: it is none, or too deep.
        """
        try:
            tree = self.sum()
        except RecursionError:
            raise Unreadable("too deep") from None
        if self.next.kind != "end":
            raise Unreadable(self.next.value if self.next.kind != "text" else "words")
        return tree

    # Moving on.

    @property
    def next(self) -> Token:
        return self.parts[self.place] if self.place < len(self.parts) else END

    def ahead(self, count: int) -> Token:
        place = self.place + count
        return self.parts[place] if 0 <= place < len(self.parts) else END

    def take(self) -> Token:
        token = self.next
        self.place += 1
        return token

    def at(self, *values: str) -> bool:
        token = self.next
        return token.kind in ("sign", "command", "relation", "separator", "row") and token.value in values

    def expect(self, *values: str) -> str:
        if not self.at(*values):
            raise Unreadable(f"{values[0]} missing")
        return self.take().value

    def deeper(self, inner: Callable[[], _T]) -> _T:
        self.depth += 1
        if self.depth > _MOST_DEPTH:
            raise Unreadable("too deep")
        try:
            return inner()
        finally:
            self.depth -= 1

    # Sums and products.

    def sum(self) -> Tree:
        return self.deeper(self._sum)

    def _sum(self) -> Tree:
        terms = [self.term()]
        while self.at("+", "-") and not (self.integrals and self.differential):
            sign = self.take().value
            term = self.term()
            terms.append(term if sign == "+" else negative(term))
        if self.at("pm", "mp"):
            raise Unreadable("plus or minus")
        return terms[0] if len(terms) == 1 else Call("+", tuple(terms))

    def term(self) -> Tree:
        """A product with its sign."""
        if self.at("+", "-"):
            sign = self.take().value
            inner = self.deeper(self.term)
            return negative(inner) if sign == "-" else inner
        if self.starts_differential():
            self.take_differential()
            return Number("1")
        factors: list[Tree] = [self.factor()]
        while not (self.integrals and self.differential):
            if self.at("times", "cdot", "*"):
                sign = self.take().value
                right = self.signed_factor()
                factors[-1:] = _times(sign, factors[-1], right)
            elif self.at("/"):
                self.take()
                right = self.signed_factor()
                factors = [Call("/", (_product(factors), right))]
            elif self.at("bmod", "mod"):
                self.take()
                factors = [Call("mod", (_product(factors), self.factor()))]
            elif self.at("pmod"):
                self.take()
                factors = [Call("pmod", (_product(factors), self.argument()))]
            elif self.next.kind == "text":
                self.unit()
            elif self.starts_differential():
                self.take_differential()
            elif self.starts_factor():
                factors[-1:] = self.joined(factors[-1])
            else:
                break
        return _product(factors)

    def unit(self) -> None:
        """Words behind a number are its unit; they are kept apart."""
        self.units.append(self.take().value)
        if self.at("^") and self.ahead(1).kind == "number":
            self.units[-1] += "^" + self.ahead(1).value
            self.place += 2
        elif self.at("/") and self.ahead(1).kind == "text":
            self.units[-1] += "/" + self.ahead(1).value
            self.place += 2

    def joined(self, left: Tree) -> list[Tree]:
        """A factor that follows without a sign; a fraction of numbers after a whole number is added to it."""
        if self.next.kind in ("number", "grouped") and (isinstance(left, Number) or self.next.value[0] == "."):
            raise Unreadable("two numbers side by side")
        mixed = isinstance(left, Number) and "." not in left.text and self.at("frac")
        right = self.factor()
        match right:
            case Call("/", (Number(), Number())) if mixed:
                return [Call("+", (left, right))]
            case _:
                return _times("", left, right)

    def starts_factor(self) -> bool:
        token = self.next
        match token.kind:
            case "number" | "grouped" | "name":
                return True
            case "command":
                return token.value in STARTS
            case "sign":
                return token.value in _OPENING or (token.value == "|" and not self.bars)
            case _:
                return self._digits is not None

    def signed_factor(self) -> Tree:
        if self.at("-", "+"):
            sign = self.take().value
            inner = self.deeper(self.signed_factor)
            return negative(inner) if sign == "-" else inner
        return self.factor()

    # Differentials.

    def starts_differential(self) -> bool:
        after = self.ahead(1)
        return (
            self.integrals > 0
            and self.next.kind == "name"
            and self.next.value == "d"
            and (after.kind == "name" or after.value in GREEK)
        )

    def take_differential(self) -> None:
        self.take()
        self.differential = self.variable()

    def variable(self) -> Name:
        token = self.take()
        if token.value == "Delta" and self.next.kind == "name":
            return Name("Delta_" + self.take().value)
        if token.kind == "name" or token.value in GREEK:
            return Name(self.subscripted(token.value))
        raise Unreadable("no variable")

    # Powers and what stands behind.

    def factor(self) -> Tree:
        base = self.postfix(self.primary())
        while self.at("^"):
            if self.degrees_ahead():
                base = Call("degrees", (base,))
                continue
            self.take()
            base = self.postfix(Call("^", (base, self.deeper(self.exponent))))
        return base

    def degrees_ahead(self) -> bool:
        braces = self.ahead(1).value == "{"
        if self.ahead(2 if braces else 1).value not in ("circ", "degree"):
            return False
        self.place += 4 if braces else 2
        return True

    def exponent(self) -> Tree:
        if self.at("{"):
            return self.group("{")
        if self.at("-", "+"):
            return self.signed_factor()
        return self.deeper(self.primary)

    def postfix(self, tree: Tree) -> Tree:
        while True:
            if self.at("!"):
                self.take()
                tree = Call("factorial", (tree,))
            elif self.at("%"):
                self.take()
                tree = Call("/", (tree, Number("100")))
            elif self.at("degree"):
                self.take()
                tree = Call("degrees", (tree,))
            elif self.at("|") and self.ahead(1).value in ("_", "^") and not self.bars:
                self.take()
                tree = self.evaluated(tree)
            else:
                return tree

    def evaluated(self, body: Tree) -> Tree:
        """The limits behind an evaluation bar or bracket: a difference of two values, or one."""
        low, high, name = None, None, None
        for _ in range(2):
            if self.at("_"):
                self.take()
                name, low = self.lower()
            elif self.at("^"):
                self.take()
                high = self.exponent()
        if low is None:
            raise Unreadable("evaluated nowhere")
        return Call("at", (body, name or Name("?"), low) if high is None else (body, name or Name("?"), low, high))

    def lower(self) -> tuple[Name | None, Tree]:
        """What stands below: a value, or a variable and its value."""
        if not self.at("{"):
            return None, self.deeper(self.primary)
        self.take()
        name: Name | None = None
        if self.next.kind in ("name", "command"):
            start = self.place
            try:
                name = self.variable()
                self.expect("=")
            except Unreadable:
                name, self.place = None, start
        value = self.sum()
        self.expect("}")
        return name, value

    def group(self, opening: str) -> Tree:
        """A bracket; what it holds is read on its own."""
        self.expect(opening)
        saved = self.bars, self.integrals, self.differential
        if opening != "{":
            self.integrals, self.differential = 0, None
        self.bars = 0
        tree = self.sum()
        differential = self.differential
        self.bars, self.integrals, self.differential = saved
        if opening == "{":
            self.differential = differential
            if self.at("|") and self.ahead(1).value == "}" and self.ahead(2).value in ("_", "^"):
                self.place += 2
                return self.evaluated(tree)
        self.expect(_OPENING[opening])
        return tree

    def argument(self) -> Tree:
        """What a LaTeX command takes: a group or one character."""
        if self._digits is None and self.at("{"):
            return self.group("{")
        if self._digits is not None or self.next.kind == "number":
            return self.first_digit()
        if self.at("-", "+"):
            raise Unreadable("sign for an argument")
        return self.deeper(self.primary)

    def first_digit(self) -> Tree:
        """One digit: \\frac12 is a half."""
        if self._digits is None:
            token = self.next
            if token.spaced and len(token.value) > 1 and self.ahead(1).kind == "number":
                return Number(self.take().value)
            self._digits = token.value
        digit, self._digits = self._digits[0], self._digits[1:] or None
        if self._digits is None:
            self.place += 1
        if not digit.isdigit():
            raise Unreadable("point for an argument")
        return Number(digit)

    # What a formula is made of.

    def primary(self) -> Tree:
        if self._digits is not None:
            digits, self._digits = self._digits, None
            self.place += 1
            return Number(digits)
        token = self.next
        match token.kind:
            case "number":
                if len(token.value) > _MOST_DIGITS:
                    raise Unreadable("large number")
                return Number(self.take().value)
            case "grouped":
                return Number(self.take().value.replace(",", ""))
            case "name":
                return self.deeper(self.name)
            case "command":
                return self.deeper(lambda: commands.read(self))
            case "sign" if token.value in _OPENING:
                return self.bracket(token.value)
            case "sign" if token.value == "|" and not self.bars:
                return self.between_bars("|")
            case "end":
                raise Unreadable("nothing there")
            case "text":
                raise Unreadable("words")
            case _:
                raise Unreadable(token.value)

    def bracket(self, opening: str) -> Tree:
        tree = self.group(opening)
        if opening != "[" or not self.at("_", "^"):
            return tree
        place = self.place
        try:
            return self.evaluated(tree)
        except Unreadable:
            self.place = place  # a power
            return tree

    def between_bars(self, closing: str) -> Tree:
        double = closing == "|" and self.ahead(1).value == "|" and self.ahead(1).kind == "sign"
        self.place += 2 if double else 1
        saved = self.bars, self.integrals, self.differential
        self.bars, self.integrals, self.differential = (1 if closing == "|" else 0), 0, None
        inner = self.sum()
        self.bars, self.integrals, self.differential = saved
        self.expect(closing)
        if double:
            self.expect(closing)
        return Call("norm" if double or _is_vector(inner) else "abs", (inner,))

    def name(self) -> Tree:
        letter = self.take().value
        if letter == "C" and self.at("(") and "C" not in self.functions and (chosen := self.choice()):
            return chosen
        return self.called(self.subscripted(letter))

    def choice(self) -> Tree | None:
        """C(10, 3)."""
        numbers = [self.ahead(1), self.ahead(3)]
        comma, closing = self.ahead(2), self.ahead(4)
        if comma.value == "," and closing.value == ")" and all(token.kind == "number" for token in numbers):
            self.place += 5
            return Call("binomial", tuple(Number(token.value) for token in numbers))
        return None

    def subscripted(self, name: str) -> str:
        if not self.at("_"):
            return "lamda" if name == "lambda" else name
        if self.ahead(1).value == "{":
            end = self.place + 2
            while end < len(self.parts) and self.parts[end].value != "}":
                end += 1
            inside = self.parts[self.place + 2 : end]
        else:
            end = self.place + 1
            inside = self.parts[end : end + 1]
        words = [token.value for token in inside]
        if not words or not all(
            token.kind in ("number", "name", "text") and token.value.isalnum() for token in inside
        ):
            raise Unreadable("subscript")
        self.place = end + 1
        return ("lamda" if name == "lambda" else name) + "_" + "".join(words)

    def called(self, name: str) -> Tree:
        """A name, or its function applied where a bracket follows."""
        order = 0
        while self.at("'"):
            self.take()
            order += 1
        around = [self.ahead(n).value for n in (0, 1, 2, 4, 5)]
        if not order and around == ["^", "{", "(", ")", "}"] and self.ahead(3).value in ("2", "3", "4", "5", "6"):
            order = int(self.ahead(3).value)  # f^{(4)}
            self.place += 6
        if self.at("(") and (
            order or self.is_function(name) or (name.endswith("_vec") and self.ahead(1).kind == "name")
        ):
            args = self.arguments()
            if order:
                return Call("prime", (Name(name), *args, Number(str(order))))
            return Call("apply", (Name(name), *args))
        if order:
            return Call("prime", (Name(name), Number(str(order))))
        if name == "e":
            return Constant("E")
        return Name(name)

    def items(self) -> list[Tree]:
        """What commas part."""
        if self.next.kind == "grouped" and self.ahead(1).value in (",", ")", "rangle", "set }"):
            items: list[Tree] = [Number(part) for part in self.take().value.split(",")]
        else:
            items = [self.sum()]
        while self.at(","):
            self.take()
            items += self.items()
        return items

    def is_function(self, name: str) -> bool:
        """Whether a name is a function's, or that of a partial derivative of one: f_x."""
        base, _, index = name.partition("_")
        return name in self.functions or (base in self.functions and index.isalpha() and index != "vec")

    def arguments(self) -> list[Tree]:
        saved = self.bars, self.integrals, self.differential
        self.bars, self.integrals, self.differential = 0, 0, None
        self.expect("(")
        args = self.items()
        self.expect(")")
        self.bars, self.integrals, self.differential = saved
        return args


def _is_vector(tree: Tree) -> bool:
    match tree:
        case Name(name):
            return name.endswith("_vec")
        case Call("apply" | "prime", (Name(name), *_)):
            return name.endswith("_vec")
        case Call("vector" | "cross"):
            return True
        case Call("+" | "-" | "*" | "/", args):
            return any(map(_is_vector, args))
        case _:
            return False


def _times(sign: str, left: Tree, right: Tree) -> list[Tree]:
    if sign in ("times", "cdot") and _is_vector(left) and _is_vector(right):
        return [Call("cross" if sign == "times" else "dot", (left, right))]
    return [left, right]


def _product(factors: Sequence[Tree]) -> Tree:
    return factors[0] if len(factors) == 1 else Call("*", tuple(factors))
