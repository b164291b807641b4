"""Reads an answer, LaTeX or plain text, as a value: a number, an expression, a list, an interval, words.

A recursive descent over at most a few hundred tokens. It never evaluates text as code, and what it does not
know it calls words: then texts are compared, or Math-Verify is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias, TypeVar

from mathcoder.grading.clean import CURRENCY, clean, plain_words
from mathcoder.grading.expression import FUNCTIONS, Call, Constant, Node, Num, Op, Symbol, symbols
from mathcoder.grading.units import SCALES, SHORT_UNITS, Unit, currency_unit, parse_unit

__all__ = ["Based", "Items", "Matrix", "Quantity", "Ratio", "Relation", "Shape", "Words", "read"]

_MOST_CHARACTERS, _MOST_TOKENS, _MOST_DEPTH = 1_000, 300, 40


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or expression, the unit behind it, and the name it is given ("x = 5" names it x)."""

    node: Node
    unit: Unit | None = None
    percent: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list. `brackets`: "()", "[)", ... as written, "{}" a set, "" none, ";" none but in order, "or" a union."""

    brackets: str
    items: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """An equation or inequality that names no variable's value. `sign`: "=", "<", "<=" or "!="."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Matrix:
    rows: tuple[tuple[Shape, ...], ...]


@dataclass(frozen=True, slots=True)
class Based:
    """Digits in a base that is not ten."""

    digits: str
    base: int


@dataclass(frozen=True, slots=True)
class Ratio:
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Text, or a date or time in a fixed spelling. `text` is the cleaned original, "" for dates and times."""

    words: tuple[str, ...]
    text: str = ""


Shape: TypeAlias = Quantity | Items | Relation | Matrix | Based | Ratio | Words


class _Unreadable(Exception):
    pass


@lru_cache(8192)
def read(text: str, thousands: bool = True) -> Shape:
    """What `text` says. `thousands`: 1,234 is one number, not two."""
    text = clean(text)
    if wrapped := _WRAPPED.fullmatch(text):
        text = clean(wrapped[1])
    words = Words(plain_words(text), text)
    if wrapped and _ONE_WORD.fullmatch(text):
        return words
    if not text or len(text) > _MOST_CHARACTERS:
        return words
    if (known := _PHRASES.get(" ".join(words.words))) is not None:
        return known
    if (moment := _moment(text)) is not None:
        return moment
    for attempt in (_based, _ratio, _compound, _matrix):
        if (found := attempt(text)) is not None:
            return found
    try:
        return _Reader(text, thousands).answer()
    except (_Unreadable, RecursionError):
        return words


# Whole texts of a special form.

_WRAPPED = re.compile(r"\\(?:text|mbox|textbf|textrm|textit|textnormal)\s*\{([^{}]*)\}")
_ONE_WORD = re.compile(r"[A-Za-z ]{2,}")

_REALS = Items("()", (Quantity(Op("*", Num(Fraction(-1)), Constant("infinity"))), Quantity(Constant("infinity"))))
_PHRASES: dict[str, Shape] = {
    **dict.fromkeys(("all real numbers", "all reals", "real numbers", "set of all real numbers"), _REALS),
    **dict.fromkeys(("no solution", "no solutions", "no real solutions", "empty set"), Items("{}", ())),
}

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "(" + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in _MONTHS) + r")\.?"
_DATES = (
    (re.compile(rf"{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})", re.I), "mdy"),
    (re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH},? (\d{{4}})", re.I), "dmy"),
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), "ymd"),
    (re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})"), "mdy"),
    (re.compile(rf"{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?", re.I), "md"),
    (re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH}", re.I), "dm"),
)
_TIME = re.compile(
    r"(\d{1,2})\s*:\s*(\d\d)(?:\s*:\s*(\d\d))?\s*(?:\\text\s*\{)?\s*([ap])\.?\s*m\.?\s*\}?|(\d{1,2})\s*([ap])\.?m\.?",
    re.I,
)


def _moment(text: str) -> Words | None:
    """A date or a time of day, in one spelling."""
    if match := _TIME.fullmatch(text):
        hour, minute = int(match[1] or match[5]), int(match[2] or 0)
        half = (match[4] or match[6]).lower()
        if 1 <= hour <= 12 and minute < 60:
            second = f":{match[3]}" if int(match[3] or 0) else ""
            return Words((f"{hour % 12 + (12 if half == 'p' else 0):02}:{minute:02}{second}",))
    for pattern, order in _DATES:
        if match := pattern.fullmatch(text):
            parts = {key: value.lower() for key, value in zip(order, match.groups(), strict=True)}
            month = parts["m"]
            number = int(month) if month.isdigit() else [name[:3] for name in _MONTHS].index(month[:3]) + 1
            if 1 <= number <= 12 and 1 <= int(parts["d"]) <= 31:
                return Words((f"{parts.get('y', '')}-{number:02}-{int(parts['d']):02}",))
    return None


_BASED = re.compile(r"(?:\\text\s*\{)?(-?\s*[0-9A-Fa-f]+)\}?\s*_\s*(?:\{\s*)?(?:\\text\s*\{)?\s*([0-9a-z]+)[\s}]*")
_BASES = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}


def _based(text: str) -> Shape | None:
    if not (match := _BASED.fullmatch(text)) or not re.search(r"\d", match[1]):
        return None
    base = int(match[2]) if match[2].isdigit() and len(match[2]) < 3 else _BASES.get(match[2], 0)
    sign, digits = ("-", match[1][1:].strip()) if match[1].startswith("-") else ("", match[1])
    return Based(sign + (digits.lower().lstrip("0") or "0"), base) if base else None


_RATIO = re.compile(r"(.+?)(?:\s*:\s*|\s+to\s+|\s*\\text\s*\{\s*to\s*\}\s*)(.+)")


def _ratio(text: str) -> Shape | None:
    if ":" not in text and "to" not in text:
        return None
    parts = re.split(r"\s*:\s*|\s+to\s+|\s*\\text\s*\{\s*to\s*\}\s*", text)
    if not 2 <= len(parts) <= 5 or not all(re.fullmatch(r"[\d.\\a-z{}/]+", part) for part in parts):
        return None
    terms: list[Node] = []
    for part in parts:
        shape = read(part)
        if not isinstance(shape, Quantity) or shape.unit or shape.name or symbols(shape.node):
            return None
        terms.append(shape.node)
    return Ratio(tuple(terms))


_PAIR = re.compile(
    r"\s*(?:,|and|\\text\s*\{\s*and\s*\})?\s*(\d+(?:\.\d+)?)\s*"
    r"((?:\\(?:text|mathrm)\s*\{\s*[a-z]+\.?\s*(?:and\s*)?\})|(?:[a-z]+\.?))",
    re.I,
)


def _compound(text: str) -> Shape | None:
    """ "5 hours and 30 minutes": several units of one dimension, the larger first."""
    found = list(_PAIR.finditer(text))
    if len(found) < 2 or "".join(match[0] for match in found) != text:
        return None
    total, dimension, last = Fraction(0), (), None
    for match in found:
        unit = parse_unit(re.sub(r"\band\b", "", match[2]))
        if unit is None or not unit.dimension or unit.words:
            return None
        if last is not None and (unit.dimension != dimension or unit.factor >= last):
            return None
        dimension, last = unit.dimension, unit.factor
        total += Fraction(match[1]) * unit.factor
    return Quantity(Num(total), Unit(dimension))


_MATRIX = re.compile(
    r"\\begin\s*\{([pbvBV]?(?:small)?matrix|array)\}(?:\s*\{[clr| ]*\})?(.*)\\end\s*\{\1\}\s*", re.DOTALL
)


def _matrix(text: str) -> Shape | None:
    match = _MATRIX.fullmatch(text)
    if match is None or match[2].count("\\begin"):
        return None
    rows = [
        tuple(read(cell) for cell in row.split("&"))
        for row in re.split(r"\\{1,2}(?![A-Za-z{}])", match[2])
        if row.strip()
    ]
    return Matrix(tuple(rows)) if len({len(row) for row in rows}) == 1 else None


# Tokens.


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # number, command, word, text, sign, end
    value: str
    start: int
    end: int
    spaced: bool = False


_TOKEN = re.compile(
    r"(?P<repeating>\d*\.\d*\\(?:overline|bar|dot|overbar)\s*\{?\d+\}?)"
    r"|(?P<number>(?:\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4}(?![\w]))?)"
    r"|\\(?P<text>text|mbox|mathrm|textbf|textit|textnormal|mathbf|operatorname|rm|mathit|textrm)\s*\{(?P<inside>[^{}]*)\}"
    r"|\\(?P<command>[A-Za-z]+)"
    r"|(?P<brace>\\[{}])"
    r"|(?P<word>[A-Za-z]+)"
    r"|(?P<sign>\*\*|<=|>=|!=|==|\S)"
)
_SIGN = {"**": "^", "==": "=", "\\{": "\\{", "\\}": "\\}"}


def _tokens(text: str, thousands: bool) -> list[_Token]:
    tokens: list[_Token] = []
    position, depth = 0, 0
    while position < len(text):
        if text[position] == " ":
            position += 1
            continue
        match = _TOKEN.match(text, position)
        if match is None:
            raise _Unreadable
        kind = match.lastgroup or ""
        value, end = match[0], match.end()
        if kind == "number" and "," in value and (depth or not thousands):
            value = value.split(",")[0]  # in brackets a comma parts the items
            end = position + len(value)
        elif kind == "inside":
            kind, value = "text", match["inside"].strip()
            if match["text"] in ("mathrm", "mathbf", "mathit", "rm", "operatorname") and value in FUNCTIONS:
                kind = "command"
            elif match["text"] in ("mathbf", "mathit") and re.fullmatch(r"[A-Za-z]", value):
                kind = "word"
            elif match["text"].startswith("math") and re.fullmatch(r"\d+\.?\d*", value):
                kind = "number"
        elif kind == "command":
            value = match["command"]
        elif kind == "brace":
            kind = "sign"
        if kind == "sign":
            value = _SIGN.get(value, value)
            depth += value in ("(", "[", "\\{")
            depth -= value in (")", "]", "\\}")
        tokens.append(_Token(kind, value, position, end, position > 0 and text[position - 1] == " "))
        if len(tokens) > _MOST_TOKENS:
            raise _Unreadable
        position = end
    return tokens


def _number(token: _Token) -> Num:
    text = token.value.replace(",", "")
    if token.kind == "repeating":
        before, again = re.split(r"\\[a-z]+\s*", text)
        again = again.strip("{}")
        shift = 10 ** len(before.partition(".")[2])
        tail = Fraction(int(again), 10 ** len(again) - 1)
        return Num((Fraction(int(before.replace(".", "") or 0)) + tail) / shift)
    mantissa, _, exponent = text.lower().partition("e")
    whole, point, decimals = mantissa.partition(".")
    shift = int(exponent or 0)
    if len(mantissa) > 500 or abs(shift) > 400:
        raise _Unreadable
    value = Fraction(int((whole + decimals) or 0), 10 ** len(decimals)) * Fraction(10) ** shift
    if not point or not decimals:
        return Num(value)
    return Num(value, len(decimals) - shift, len((whole + decimals).lstrip("0")))


_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell hbar".split()
)
_CONSTANTS = {"pi": "pi", "e": "e", "i": "i", "infty": "infinity", "infinity": "infinity", "oo": "infinity"}
_RELATIONS = {
    "=": "=",
    "<": "<",
    ">": ">",
    "<=": "<=",
    ">=": ">=",
    "!=": "!=",
    "le": "<=",
    "ge": ">=",
    "lt": "<",
    "gt": ">",
    "ne": "!=",
    "in": "in",
}
_STARTS = frozenset(("frac", "sqrt", "binom", "lfloor", "lceil", "overline", "vec", "hat", "mathbb"))
_END = _Token("end", "", 0, 0)
_NAMED = re.compile(
    r"(?:([A-Za-z]'?)\s*\([A-Za-z](?:\s*,\s*[A-Za-z])*\)"  # f(x) =
    r"|(?:\\text\s*\{)?([A-Za-z][A-Za-z ]{2,40}?)\s*\}?)\s*="  # area =
)
_T = TypeVar("_T")


class _Reader:
    """One text, read once from left to right."""

    def __init__(self, text: str, thousands: bool):
        self.text = text
        self.name = ""
        match = _NAMED.match(text)
        if match and text.count("=") == 1 and (match[1] or match[2].lower() not in FUNCTIONS):
            self.name = match[1] or match[2].strip().lower()
            self.text = text = text[match.end() :].strip()
        self.tokens = _tokens(text, thousands)
        self.place = 0
        self.depth = 0
        self.unit: Unit | None = None
        self.percent = False
        self.in_function = 0
        self.in_bars = False

    # Moving on.

    @property
    def next(self) -> _Token:
        return self.tokens[self.place] if self.place < len(self.tokens) else _END

    def ahead(self, count: int) -> _Token:
        place = self.place + count
        return self.tokens[place] if place < len(self.tokens) else _END

    def take(self) -> _Token:
        token = self.next
        self.place += 1
        return token

    def at(self, *values: str) -> bool:
        token = self.next
        return token.kind in ("sign", "command") and token.value in values

    def expect(self, *values: str) -> str:
        if not self.at(*values):
            raise _Unreadable
        return self.take().value

    def deeper(self, inner: Callable[[], _T]) -> _T:
        self.depth += 1
        if self.depth > _MOST_DEPTH:
            raise _Unreadable
        try:
            return inner()
        finally:
            self.depth -= 1

    # Lists and relations.

    def answer(self) -> Shape:
        shape = self.list_of(())
        if self.next.kind != "end":
            raise _Unreadable
        if self.name and isinstance(shape, Quantity) and not shape.name:
            return replace(shape, name=self.name)
        return shape

    def list_of(self, closing: tuple[str, ...]) -> Shape:
        """Items up to a closing sign, which stays. One item is itself."""
        items, separators = [self.item()], set[str]()
        while self.next.kind != "end" and not self.at(*closing):
            separator = self.separator()
            if separator is None:
                raise _Unreadable
            if self.next.kind == "end" or self.at(*closing):
                break
            separators.add(separator)
            items.append(self.item())
        if len(items) == 1:
            return items[0]
        intervals = all(isinstance(item, Items) and _is_part_of_the_line(item) for item in items)
        if intervals and separators & {"or", "union"}:
            return Items("or", tuple(items))
        if "union" in separators:
            raise _Unreadable
        return Items(";" if ";" in separators else "", tuple(items))

    def separator(self) -> str | None:
        token = self.next
        word = token.value.strip().lower()
        if token.kind == "sign" and word in (",", ";"):
            self.take()
            if self.next.kind in ("word", "text") and self.next.value.strip().lower() in ("and", "or"):
                return self.separator()
            return word
        if token.kind in ("word", "text") and word in ("and", "or", ", and", ", or"):
            self.take()
            return "or" if "or" in word else ","
        if token.kind == "sign" and token.value == "&":
            self.take()
            return ","
        if token.kind == "command" and token.value == "cup":
            self.take()
            return "union"
        return None

    def item(self) -> Shape:
        """One element of a list: a relation, a value with its unit, or a bracketed list."""
        self.unit, self.percent = None, False
        first = self.whole_bracket()
        if first is not None:
            return first
        left = self.sum()
        parts, signs = [left], list[str]()
        while self.next.value in _RELATIONS and self.next.kind in ("sign", "command"):
            signs.append(_RELATIONS[self.take().value])
            if signs[-1] == "in":
                if len(signs) > 1 or not isinstance(left, Symbol):
                    raise _Unreadable
                return self.item()
            if signs[-1] == "=" and len(signs) == 1 and isinstance(left, Symbol):
                bracket = self.whole_bracket()
                if bracket is not None:
                    return bracket
            parts.append(self.sum())
        unit = self.trailing_unit()
        if not signs:
            return self.quantity(left, unit)
        return self.related(parts, signs, unit)

    def quantity(self, node: Node, unit: Unit | None, name: str = "") -> Shape:
        variants = _variants(node)
        unit = unit or self.unit
        percent = self.percent or (unit is not None and unit.dimension == (("percent", 1),))
        if percent:
            unit = None
        shapes = [Quantity(variant, unit, percent, name) for variant in variants]
        return shapes[0] if len(shapes) == 1 else Items("{}", tuple(shapes))

    def related(self, parts: Sequence[Node], signs: Sequence[str], unit: Unit | None) -> Shape:
        if set(signs) == {"="}:
            first, last = parts[0], parts[-1]
            if isinstance(first, Symbol) and first.name not in symbols(last):
                return self.quantity(last, unit, first.name)
            if isinstance(last, Symbol) and len(parts) == 2 and not symbols(first):
                return self.quantity(first, unit, last.name)
            if not symbols(first) and not symbols(last):
                return self.quantity(last, unit)
            if len(parts) > 2:
                raise _Unreadable
            return Relation("=", first, last)
        if len(parts) == 2:
            return _inequality(parts[0], signs[0], parts[1])
        if len(parts) == 3 and isinstance(parts[1], Symbol) and not symbols(parts[0]) | symbols(parts[2]):
            low, high = signs
            if set(signs) <= {"<", "<="}:
                return _interval(parts[0], low == "<=", parts[2], high == "<=")
            if set(signs) <= {">", ">="}:
                return _interval(parts[2], high == ">=", parts[0], low == ">=")
        raise _Unreadable

    def whole_bracket(self) -> Shape | None:
        """A bracketed list that is a whole item: a tuple, an interval, a set. None if it is no such thing."""
        opening = self.next.value if self.next.kind == "sign" else ""
        if opening not in ("(", "[", "\\{", "{"):
            if self.next.kind == "command" and self.next.value == "emptyset":
                self.take()
                return Items("{}", ())
            if self.next.kind == "command" and self.next.value == "mathbb" and self.ahead(2).value == "R":
                self.place += 4
                infinite = Constant("infinity")
                return _interval(_negative(infinite), False, infinite, False)
            return None
        start, unit, percent = self.place, self.unit, self.percent
        self.take()
        closing = {"(": (")", "]"), "[": (")", "]", "["), "\\{": ("\\}",), "{": ("}",)}[opening]
        if opening in ("\\{", "{") and self.at(*closing):
            self.take()
            return Items("{}", ()) if self.next.kind == "end" or opening == "\\{" else None
        try:
            inner = self.deeper(lambda: self.bracketed(opening, closing))
        except _Unreadable:
            inner = None
        ends = self.next.kind == "end" or self.at(",", ";", ")", "]", "\\}", "}", "cup", "&")
        ends = ends or (self.next.kind in ("word", "text") and self.next.value.strip().lower() in ("and", "or"))
        if inner is None or not ends:
            self.place, self.unit, self.percent = start, unit, percent
            return None
        return inner

    def bracketed(self, opening: str, closing: tuple[str, ...]) -> Shape | None:
        if opening == "\\{" and self.next.kind == "word" and self.ahead(1).value in ("|", ":"):
            self.place += 2  # {x | x > 3}
        inner = self.list_of(closing)
        end = self.expect(*closing)
        braces = opening in ("\\{", "{")
        if isinstance(inner, Items) and inner.brackets in ("", ";"):
            return Items("{}" if braces else opening + end, inner.items)
        if braces:
            return Items("{}", (inner,)) if isinstance(inner, Quantity) and opening == "\\{" else inner
        if opening + end == "[]" and isinstance(inner, Quantity):
            return Items("[]", (inner,))
        return inner if isinstance(inner, Items) else None

    def trailing_unit(self) -> Unit | None:
        """The words behind a number, up to the end of the item."""
        start = self.next
        noun = start.value in ("(", "{") and self.noun_in_bracket()
        if (
            start.kind not in ("word", "text")
            and not noun
            and not (start.kind == "sign" and start.value in "/%¢元")
        ):
            return None
        if start.value.strip().lower() in ("and", "or"):
            return None
        end = start
        while self.next.kind != "end" and not self.at(",", ";", "]", "\\}", *(() if noun else (")",))):
            if self.next.kind in ("word", "text") and self.next.value.strip().lower() in ("and", "or"):
                break
            end = self.take()
        unit = parse_unit(self.text[start.start : end.end])
        if unit is None:
            raise _Unreadable
        return unit

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
                else Op("+", node, right if sign == "+" else _negative(right))
            )
        return node

    def product(self) -> Node:
        node = self.signed()
        while True:
            if self.at("*", "times", "cdot"):
                self.take()
                node = _scientific(node, self.signed())
            elif self.at("/") and self.ahead(1).kind not in ("text", "word", "end"):
                self.take()
                node = Op("/", node, self.signed())
            elif self.at("/") and self.ahead(1).kind == "word" and not self.unit_ahead(1):
                self.take()
                node = Op("/", node, self.signed())
            elif self.starts_factor():
                node = self.joined(node)
            else:
                return node

    def joined(self, node: Node) -> Node:
        """A factor that follows without a sign; after a whole number a fraction is added (1 1/2, 1\\frac12)."""
        whole = isinstance(node, Num) and node.places is None and node.value.denominator == 1
        fraction = self.at("frac") or (
            self.next.kind == "number" and self.ahead(1).value == "/" and self.ahead(2).kind == "number"
        )
        if self.next.kind in ("number", "repeating") and not (whole and fraction):
            raise _Unreadable
        if whole and fraction:
            if self.next.kind == "number":
                numerator, _, denominator = _number(self.take()), self.take(), _number(self.take())
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
        if token.kind != "word" or token.value in FUNCTIONS or token.value in _CONSTANTS or token.value in _GREEK:
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
                known = token.value in FUNCTIONS | _STARTS | _GREEK or token.value in _CONSTANTS
                return known and token.value != "mathbb"
            case "word":
                return (
                    not self.unit_ahead(0)
                    and token.value.lower() not in ("and", "or", "x")
                    or token.value in ("x", "X")
                )
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
        if self.next.value == "{" and closing.value == "}" and self.ahead(-1).kind == "number":
            return inside.value in SHORT_UNITS or len(inside.value) > 1
        return self.unit_ahead(1)

    def signed(self) -> Node:
        if self.at("+"):
            self.take()
            return self.deeper(self.signed)
        if self.at("-"):
            self.take()
            return _negative(self.deeper(self.signed))
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
            raise _Unreadable
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
            return _number(self.take()) if whole_numbers and self.next.spaced else self.first_digit()
        if self.at("-"):
            raise _Unreadable
        return self.deeper(self.primary)

    def first_digit(self) -> Node:
        """One digit of a number: \\frac12 is a half. The others stay."""
        token = self.take()
        if not token.value[0].isdigit():
            raise _Unreadable
        if len(token.value) > 1:
            self.place -= 1
            rest = replace(token, value=token.value[1:], start=token.start + 1, spaced=False)
            self.tokens[self.place] = rest
        return Num(Fraction(int(token.value[0])))

    def primary(self) -> Node:
        token = self.next
        match token.kind:
            case "number" | "repeating":
                return _number(self.take())
            case "command":
                return self.deeper(self.command)
            case "word":
                return self.deeper(self.word)
            case "text":
                self.take()
                if re.fullmatch(r"[A-Za-z]{1,2}", token.value):  # \mathrm{gb}: variables
                    return _product([Symbol(letter) for letter in token.value])
                raise _Unreadable
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
                raise _Unreadable

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
        if name in _CONSTANTS and not self.at("_"):
            return Constant(_CONSTANTS[name])
        if name not in _GREEK and len(name) > 1:
            raise _Unreadable
        if self.at("_"):
            self.take()
            start = self.next
            if self.at("{"):
                while not self.at("}"):
                    if self.take().kind == "end":
                        raise _Unreadable
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
        if len(word) == 1 or word in _GREEK or word in _CONSTANTS:
            return self.named(word)
        if len(word) > 3 or self.at("(") and len(word) > 2:
            raise _Unreadable
        letters = [Constant("pi")] if word == "pi" else [self.letter(letter) for letter in word[:-1]]
        return _product([*letters, self.named(word[-1])])

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
        if name in ("root", "factorial", "binomial"):
            raise _Unreadable
        self.in_function += 1
        args = self.function_arguments()
        self.in_function -= 1
        if base is not None:
            args = (args[0], base)
        inverse = exponent == _negative(Num(Fraction(1))) and name in ("sin", "cos", "tan")
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


def _negative(node: Node) -> Node:
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


def _variants(node: Node) -> list[Node]:
    """The two expressions that one with a plus-minus sign stands for."""

    def chosen(node: Node, plus: bool) -> Node:
        match node:
            case Op("±", left, right):
                right = chosen(right, plus)
                return Op("+", chosen(left, plus), right if plus else _negative(right))
            case Op(sign, left, right):
                return Op(sign, chosen(left, plus), chosen(right, plus))
            case Call(name, args):
                return Call(name, tuple(chosen(arg, plus) for arg in args))
            case _:
                return node

    plus, minus = chosen(node, True), chosen(node, False)
    return [plus] if plus == minus else [plus, minus]


def _interval(low: Node, with_low: bool, high: Node, with_high: bool) -> Items:
    return Items(("[" if with_low else "(") + ("]" if with_high else ")"), (Quantity(low), Quantity(high)))


def _inequality(left: Node, sign: str, right: Node) -> Shape:
    if sign in (">", ">="):
        left, sign, right = right, sign.replace(">", "<"), left
    infinite = Constant("infinity")
    closed = sign == "<="
    if sign != "!=" and isinstance(left, Symbol) and not symbols(right):
        return _interval(_negative(infinite), False, right, closed)
    if sign != "!=" and isinstance(right, Symbol) and not symbols(left):
        return _interval(left, closed, infinite, False)
    return Relation(sign, left, right)


def _is_part_of_the_line(items: Items) -> bool:
    return items.brackets == "{}" or (len(items.items) == 2 and items.brackets in ("()", "(]", "[)", "[]"))
