"""Reads one expression, LaTeX or plain, from its tokens: a recursive descent that evaluates nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from mathcoder.grading.clean import CURRENCY
from mathcoder.grading.expression import FUNCTIONS, Call, Constant, Node, Num, Op, Symbol
from mathcoder.grading.shapes import Unreadable
from mathcoder.grading.tokens import END, Token, number, tokens
from mathcoder.grading.units import SHORT_UNITS, Unit, currency_unit, parse_unit

__all__ = ["FormulaReader", "negative"]

_MOST_DEPTH = 40
_ENGLISH = frozenset(
    "yes no not odd all any one two six ten the and but has was are is it he she of on at by".split()
)

GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell hbar".split()
)
CONSTANTS = {"pi": "pi", "e": "e", "i": "i", "infty": "infinity", "infinity": "infinity", "oo": "infinity"}
_STARTS = frozenset(("frac", "sqrt", "binom", "lfloor", "lceil", "overline", "vec", "hat", "mathbb"))
_ARGUMENTS = {"root": 2, "factorial": 1, "binomial": 2}
_T = TypeVar("_T")


class FormulaReader:
    """One text, read once from left to right. What stands beside the expression is left in `unit`, `percent`."""

    def __init__(self, text: str, thousands: bool):
        self.text = text
        self.tokens = tokens(text, thousands)
        self.place = 0
        self.depth = 0
        self.unit: Unit | None = None
        self.percent = False
        self.in_function = 0
        self.in_bars = False

    # Moving on.

    @property
    def next(self) -> Token:
        return self.tokens[self.place] if self.place < len(self.tokens) else END

    def ahead(self, count: int) -> Token:
        place = self.place + count
        return self.tokens[place] if 0 <= place < len(self.tokens) else END

    def take(self) -> Token:
        token = self.next
        self.place += 1
        return token

    def at(self, *values: str) -> bool:
        token = self.next
        return token.kind in ("sign", "command") and token.value in values

    def expect(self, *values: str) -> str:
        if not self.at(*values):
            raise Unreadable
        return self.take().value

    def deeper(self, inner: Callable[[], _T]) -> _T:
        self.depth += 1
        if self.depth > _MOST_DEPTH:
            raise Unreadable
        try:
            return inner()
        finally:
            self.depth -= 1

    # Arithmetic.

    def sum(self) -> Node:
        return self.deeper(self.sum_inside)

    def sum_inside(self) -> Node:
        node = self.product()
        while self.at("+", "-", "pm", "mp"):
            sign = self.take().value
            right = self.product()
            node = (
                Op("±", node, right)
                if sign in ("pm", "mp")
                else Op("+", node, right if sign == "+" else negative(right))
            )
        return node

    def product(self) -> Node:
        node = self.signed()
        while True:
            if self.at("*", "times", "cdot"):
                self.take()
                node = _scientific(node, self.signed())
            elif self.at("/") and self.divides():
                self.take()
                node = Op("/", node, self.signed())
            elif self.starts_factor():
                node = self.joined(node)
            else:
                return node

    def divides(self) -> bool:
        """Whether a factor stands behind the slash, not a unit (12 m/s)."""
        after = self.ahead(1)
        return after.kind not in ("text", "word", "end") or (after.kind == "word" and not self.unit_ahead(1))

    def joined(self, node: Node) -> Node:
        """A factor that follows without a sign; after a whole number a fraction is added (1 1/2, 1\\frac12)."""
        whole = isinstance(node, Num) and node.places is None and node.value.denominator == 1
        fraction = self.at("frac") or (
            self.next.kind == "number" and self.ahead(1).value == "/" and self.ahead(2).kind == "number"
        )
        if self.next.kind in ("number", "repeating") and not (whole and fraction):
            raise Unreadable
        if whole and fraction:
            if self.next.kind == "number":
                numerator, _, denominator = number(self.take()), self.take(), number(self.take())
                part: Node = Op("/", numerator, denominator)
            else:
                part = self.power()
            if (
                isinstance(part, Op)
                and part.sign == "/"
                and isinstance(part.left, Num)
                and isinstance(part.right, Num)
            ):
                return Op("+", node, part)
            return Op("*", node, part)
        return Op("*", node, self.power())

    def unit_ahead(self, count: int) -> bool:
        """Whether the word there stands for a unit or a noun, not for variables."""
        token = self.ahead(count)
        if token.kind == "text":
            return True
        if token.kind != "word" or token.value in FUNCTIONS or token.value in CONSTANTS or token.value in GREEK:
            return False
        if len(token.value) == 1:
            before = self.ahead(count - 1)
            after = self.ahead(count + 1)
            plain = before.kind == "number" or before.value in ("/", "}")
            return (
                token.value in SHORT_UNITS
                and (token.spaced or before.value == "/")
                and plain
                and self.in_function == 0
                and (after.kind == "end" or after.value in (",", ";", "/", "^", "."))
            )
        return len(token.value) > 3 or (parse_unit(token.value) or Unit()).dimension != ()

    def starts_factor(self) -> bool:
        token = self.next
        match token.kind:
            case "number" | "repeating":
                return True
            case "command":
                known = token.value in FUNCTIONS | _STARTS | GREEK or token.value in CONSTANTS
                return known and token.value != "mathbb"
            case "word":
                return token.value in ("x", "X") or (not self.unit_ahead(0) and token.value not in ("and", "or"))
            case "sign":
                bracket = token.value in ("(", "[", "{") and not self.noun_in_bracket()
                return bracket or (token.value == "|" and not self.in_bars)
            case _:
                return False

    def noun_in_bracket(self) -> bool:
        """Whether the bracket ahead holds words: 16 (oranges), 144{m}^3."""
        inside, closing = self.ahead(1), self.ahead(2)
        if inside.kind == "text":
            return True
        if inside.kind != "word":
            return False
        if self.ahead(-1).kind == "number" and closing.value == {"{": "}", "(": ")"}.get(self.next.value):
            spaced = self.next.value == "{" or self.next.spaced
            return (inside.value in SHORT_UNITS and spaced) or len(inside.value) > 1
        return self.unit_ahead(1)

    def signed(self) -> Node:
        if self.at("+"):
            self.take()
            return self.deeper(self.signed)
        if self.at("-"):
            self.take()
            return negative(self.deeper(self.signed))
        if self.at("pm", "mp"):
            self.take()
            return Op("±", Num(Fraction(0)), self.deeper(self.signed))
        return self.power()

    def power(self) -> Node:
        base = self.postfix(self.primary())
        while self.at("^"):
            if self.ahead(1).value == "circ" or (self.ahead(1).value == "{" and self.ahead(2).value == "circ"):
                base = self.degrees(base)
                continue
            self.take()
            exponent = self.deeper(self.exponent)
            base = self.postfix(Op("^", base, exponent))
        return base

    def exponent(self) -> Node:
        if self.at("{"):
            return self.group("{", "}")
        if self.at("-", "+"):
            return self.signed()
        if self.next.kind == "number" and len(self.next.value) > 1 and "\\" in self.text:
            return self.first_digit()
        return self.postfix(self.primary())

    def degrees(self, node: Node) -> Node:
        braces = self.ahead(1).value == "{"
        self.place += 4 if braces else 2
        if braces and self.tokens[self.place - 1].value != "}":
            raise Unreadable
        if self.in_function:
            return Op("*", node, Op("/", Constant("pi"), Num(Fraction(180))))
        self.unit = Unit((("angle", 1),))
        return node

    def postfix(self, node: Node) -> Node:
        while True:
            if self.at("!"):
                self.take()
                node = Call("factorial", (node,))
            elif self.at("%"):
                self.take()
                self.percent = True
            else:
                return node

    def group(self, opening: str, closing: str) -> Node:
        self.expect(opening)
        node = self.sum()
        self.expect(closing)
        return node

    def argument(self, whole_numbers: bool = False) -> Node:
        """What a LaTeX command takes: a group or one character."""
        if self.at("{"):
            return self.group("{", "}")
        if self.next.kind == "number":
            return number(self.take()) if whole_numbers and self.next.spaced else self.first_digit()
        if self.at("-"):
            raise Unreadable
        return self.deeper(self.primary)

    def first_digit(self) -> Node:
        """One digit of a number: \\frac12 is a half. The others stay."""
        token = self.take()
        if not token.value[0].isdigit():
            raise Unreadable
        if len(token.value) > 1:
            self.place -= 1
            rest = replace(token, value=token.value[1:], start=token.start + 1, spaced=False)
            self.tokens[self.place] = rest
        return Num(Fraction(int(token.value[0])))

    def primary(self) -> Node:
        token = self.next
        match token.kind:
            case "number" | "repeating":
                return number(self.take())
            case "command":
                return self.deeper(self.command)
            case "word":
                return self.deeper(self.word)
            case "text":
                self.take()
                if re.fullmatch(r"[A-Za-z]{1,2}", token.value):  # \mathrm{gb}: variables
                    return _product([Symbol(letter) for letter in token.value])
                raise Unreadable
            case "sign" if token.value in CURRENCY:
                self.take()
                self.unit = currency_unit(token.value)
                return self.signed()
            case "sign" if token.value in ("(", "[", "{"):
                return self.group(token.value, {"(": ")", "[": "]", "{": "}"}[token.value])
            case "sign" if token.value == "|" and not self.in_bars:
                self.take()
                self.in_bars = True
                node = self.sum()
                self.in_bars = False
                self.expect("|")
                return Call("abs", (node,))
            case _:
                raise Unreadable

    def command(self) -> Node:
        name = self.take().value
        if name == "frac":
            top = self.argument()
            return Op("/", top, self.argument())
        if name == "binom":
            top = self.argument()
            return Call("binomial", (top, self.argument()))
        if name == "sqrt":
            if self.at("["):
                degree = self.group("[", "]")
                return Call("root", (self.argument(True), degree))
            return Call("sqrt", (self.argument(True),))
        if name in ("lfloor", "lceil"):
            node = self.sum()
            self.expect("r" + name[1:])
            return Call("floor" if name == "lfloor" else "ceil", (node,))
        if name in ("vec", "hat", "overline"):
            return Symbol(f"{name} {self.argument()}")
        if name in FUNCTIONS:
            return self.function(name)
        return self.named(name)

    def named(self, name: str) -> Node:
        if name in CONSTANTS and not self.at("_"):
            return Constant(CONSTANTS[name])
        if name not in GREEK and len(name) > 1:
            raise Unreadable
        if self.at("_"):
            self.take()
            start = self.next
            if self.at("{"):
                while not self.at("}"):
                    if self.take().kind == "end":
                        raise Unreadable
            end = self.take()
            name += "_" + self.text[start.start : end.end].strip("{} ")
        while self.at("'"):
            self.take()
            name += "'"
        return Symbol(name)

    def word(self) -> Node:
        word = self.take().value
        if word in FUNCTIONS:
            return self.function(word)
        if len(word) == 1 or word in GREEK or word in CONSTANTS:
            return self.named(word)
        if len(word) > 3 or word.lower() in _ENGLISH or (self.at("(") and len(word) > 2):
            raise Unreadable
        letters = [Constant("pi")] if word == "pi" else [self.letter(letter) for letter in word[:-1]]
        last = self.named(word[-1])
        if self.at("^") and self.ahead(1).value != "circ":  # of xy^2 only y is squared
            self.take()
            last = Op("^", last, self.deeper(self.exponent))
        return _product([*letters, last])

    def letter(self, letter: str) -> Node:
        return Constant(letter) if letter in ("e", "i") else Symbol(letter)

    def function(self, name: str) -> Node:
        base: Node | None = None
        if self.at("_"):
            self.take()
            base = self.argument()
        exponent: Node | None = None
        if self.at("^"):
            self.take()
            exponent = self.exponent()
        self.in_function += 1
        args = self.function_arguments()
        self.in_function -= 1
        if len(args) != _ARGUMENTS.get(name, len(args)):
            raise Unreadable
        if base is not None:
            args = (args[0], base)
        inverse = exponent == negative(Num(Fraction(1))) and name in ("sin", "cos", "tan")
        if inverse:
            return Call(f"a{name}", args)
        node = Call(name, args)
        return node if exponent is None else Op("^", node, exponent)

    def function_arguments(self) -> tuple[Node, ...]:
        if self.at("(", "{"):
            opening = self.take().value
            args = [self.sum()]
            while self.at(","):
                self.take()
                args.append(self.sum())
            self.expect(")" if opening == "(" else "}")
            return tuple(args)
        node = self.power()
        while self.starts_factor() and self.next.value not in FUNCTIONS and not self.at("(", "[", "|"):
            node = self.joined(node)
        return (node,)


def negative(node: Node) -> Node:
    if isinstance(node, Num):
        return Num(-node.value, node.places, node.digits)
    return Op("*", Num(Fraction(-1)), node)


def _product(nodes: Sequence[Node]) -> Node:
    node = nodes[0]
    for factor in nodes[1:]:
        node = Op("*", node, factor)
    return node


def _scientific(left: Node, right: Node) -> Node:
    """2.5 \\times 10^{3} is a decimal with one place before its power of ten."""
    match left, right:
        case Num(value, int(places), digits), Op("^", Num(ten), Num(power)) if (
            ten == 10 and power.denominator == 1
        ):
            if abs(power) <= 400:
                return Num(value * Fraction(10) ** int(power), places - int(power), digits)
        case _:
            pass
    return Op("*", left, right)
