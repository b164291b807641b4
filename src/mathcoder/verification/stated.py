"""What the text of a computation states: its numbers, and the formulas that its code may start from.

Numbers are those written in digits, as LaTeX fractions, as percents and in words. Formulas are read only when
they are asked for, since most computations are decided by their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache

from mathcoder.computation import Computation
from mathcoder.grading.expression import Node, Num, Op
from mathcoder.grading.read import read
from mathcoder.grading.shapes import Items, Matrix, Quantity, Relation, Shape
from mathcoder.verification.forms import Form, form, number, rational_value, subformulas
from mathcoder.verification.printed import claimed

__all__ = ["HELPERS", "SMALL", "UNITS", "Stated", "leaves"]

_PER_UNIT = {
    **dict.fromkeys(("week", "weeks"), 7),
    **dict.fromkeys(("year", "years", "dozen", "foot", "feet"), 12),
    **dict.fromkeys(("day", "days"), 24),
    **dict.fromkeys(("hour", "hours", "minute", "minutes"), 60),
}
SMALL = frozenset(map(Fraction, (0, 1, 2)))
"""Numbers that every program may bring along."""
HELPERS = SMALL | {Fraction(10) ** power for power in range(1, 7)}
"""These and powers of ten."""
UNITS = frozenset(map(Fraction, (60, 3600, 24, 7, 365, 52, 12, 100, 1000, 180, 360)))
"""Numbers between units, which code may multiply or divide by though the text does not say them."""

_LONGEST, _MOST = 4_000, 50  # characters of a condition, and conditions, that are looked into
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+\.\d+|\.\d+|\d+")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(?:\\?%|percent)")
_FRACTION = re.compile(r"(?:(\d+)\s*)?(?:(?<![\d.])(\d+)\s*/\s*(\d+)|\\[dt]?frac\s*\{(\d+)\}\s*\{(\d+)\})")
_WORD = re.compile(r"[a-z]+")
_COUNT = re.compile(rf"(\d+(?:\.\d+)?|[a-z]+)\s+({'|'.join(_PER_UNIT)})\b")
_COUNTED: dict[str, int] = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split(),
        range(1, 21),
        strict=True,
    )
)
_TENS = "thirty forty fifty sixty seventy eighty ninety".split()
_WORDS: dict[str, tuple[Fraction, ...]] = {
    **{word: (Fraction(value),) for word, value in _COUNTED.items()},
    **{f"{word}s": (Fraction(value), Fraction(1, value)) for word, value in _COUNTED.items()},
    **dict.fromkeys(("half", "halves", "halved"), (Fraction(2), Fraction(1, 2))),
    **dict.fromkeys(("third", "thirds"), (Fraction(3), Fraction(1, 3))),
    **dict.fromkeys(("quarter", "quarters", "fourth", "fourths"), (Fraction(4), Fraction(1, 4))),
    **dict.fromkeys(("fifth", "fifths"), (Fraction(5), Fraction(1, 5))),
    **dict.fromkeys(("sixth", "sixths"), (Fraction(6), Fraction(1, 6))),
    **dict.fromkeys(("seventh", "sevenths"), (Fraction(7), Fraction(1, 7))),
    **dict.fromkeys(("eighth", "eighths"), (Fraction(8), Fraction(1, 8))),
    **dict.fromkeys(("ninth", "ninths"), (Fraction(9), Fraction(1, 9))),
    **dict.fromkeys(("tenth", "tenths"), (Fraction(10), Fraction(1, 10))),
    **dict.fromkeys(("dozen", "dozens"), (Fraction(12),)),
    **dict.fromkeys(("twice", "double", "doubled", "doubles", "pair", "couple", "both"), (Fraction(2),)),
    **dict.fromkeys(("quadruple", "quadrupled", "quadruples"), (Fraction(4),)),
    **dict.fromkeys(("thrice", "triple", "tripled", "triples"), (Fraction(3),)),
    **{word: (Fraction(10 * place),) for place, word in enumerate(_TENS, 3)},
    **dict.fromkeys(("triangle", "triangular"), (Fraction(3),)),
    **dict.fromkeys(("square", "quadrilateral", "rectangle"), (Fraction(4), Fraction(2))),
    **dict.fromkeys(("pentagon", "pentagonal"), (Fraction(5),)),
    **dict.fromkeys(("hexagon", "hexagonal", "die", "dice"), (Fraction(6),)),
    **dict.fromkeys(("cube", "cubed"), (Fraction(3), Fraction(6))),
    **dict.fromkeys(("octagon", "octagonal"), (Fraction(8),)),
    "heptagon": (Fraction(7),),
    "decagon": (Fraction(10),),
    "deck": (Fraction(52), Fraction(13), Fraction(4)),
    "score": (Fraction(20),),
    "hundred": (Fraction(100),),
    "thousand": (Fraction(1000),),
    "million": (Fraction(10**6),),
}


class Stated:
    """The numbers and formulas of a computation's conditions and expression, and those of its result."""

    def __init__(self, computation: Computation):
        self._expression = computation.expression[:_LONGEST]
        self._texts = (*(text[:_LONGEST] for text in computation.conditions[:_MOST]), self._expression)
        self.result = claimed(computation.result)
        self.in_expression = numbers(self._expression)
        self.numbers = frozenset[Fraction]().union(*map(numbers, self._texts))

    @cached_property
    def shape(self) -> Shape:
        """The result, read."""
        return read(self.result)

    @cached_property
    def result_leaves(self) -> tuple[Node, ...]:
        """The formulas that the result is made of: one, or the items of a list or matrix."""
        return tuple(leaves(self.shape))

    @cached_property
    def value(self) -> Fraction | None:
        """The result where it is one rational number."""
        return rational_value(self.result_leaves[0]) if len(self.result_leaves) == 1 else None

    @property
    def is_number(self) -> bool:
        """Whether the result is written as one number without sign."""
        return isinstance(self.shape, Quantity) and isinstance(self.shape.node, Num)

    @cached_property
    def components(self) -> frozenset[Fraction]:
        """The numbers that a result of several is made of; none if it is written as one number."""
        return frozenset() if self.is_number else numbers(self.result)

    @cached_property
    def shares(self) -> frozenset[Fraction]:
        """What the numbers say at a glance: 20% is 0.2, 0.8 and 1.2; 4 1/2 is 4.5."""
        found = (abs(value) for text in self._texts for value in _derived(text))
        return self.numbers | frozenset(value for value in found if value != self.value)

    @cached_property
    def explained(self) -> frozenset[Fraction]:
        """The shares, and the values of the parts of stated formulas."""
        parts = (part for node in self.formulas for part in subformulas(node))
        values = (abs(value) for part in parts if (value := rational_value(part)) is not None)
        return self.shares | frozenset(value for value in values if value != self.value)

    @cached_property
    def formulas(self) -> tuple[Node, ...]:
        """The formulas of the text that can be read."""
        return tuple(node for shape in self._shapes for node in leaves(shape))

    @cached_property
    def _shapes(self) -> tuple[Shape, ...]:
        return tuple(shape for text in self._texts for shape in _shapes(text))

    @cached_property
    def forms(self) -> frozenset[Form]:
        """The forms of the stated formulas and of all their parts."""
        parts = (part for node in self.formulas for part in subformulas(node))
        return frozenset(map(form, (*parts, *self._fractions())))

    def _fractions(self) -> Iterator[Node]:
        """The fractions of numbers, which may stand where no formula can be read."""
        for text in self._texts:
            for match in _FRACTION.finditer(_plain(text)):
                top, bottom = Fraction(match[2] or match[4]), Fraction(match[3] or match[5])
                yield Op("/", Num(top), Num(bottom))

    @cached_property
    def result_forms(self) -> tuple[Form, ...]:
        return tuple(map(form, self.result_leaves))

    @property
    def operates(self) -> bool:
        """Whether the expression asks for an operation on a formula, not for the formula in another form."""
        return re.search(r"\\(?:int|lim|sum|prod|partial)\b|\\frac\s*\{\s*d|'", self._expression) is not None

    @cached_property
    def asked(self) -> Node | None:
        """The expression as a formula, where it is one and not an equation, an integral and the like."""
        shape = read(self._expression)
        return shape.node if isinstance(shape, Quantity) and not shape.name else None

    def names(self, name: str) -> bool:
        """Whether the text speaks of a function or constant of the code, by its name or its sign."""
        return bool(_SPELLINGS.get(name, re.compile(rf"{re.escape(name)}(?![a-z])")).search(" ".join(self._texts)))

    def has_form(self, *nodes: Node | None) -> bool:
        """Whether one of the formulas stands in the text as it is."""
        return any(node is not None and form(node) in self.forms for node in nodes)

    def says(self, word: str) -> bool:
        """Whether a word of letters stands in the text as it stands in the code."""
        return 2 <= len(word) <= 100 and word.isalpha() and any(word in text for text in self._texts)

    def lists(self, nodes: Sequence[Node]) -> bool:
        """Whether the text lists these formulas, as a tuple, a set or a matrix."""
        wanted = sorted(map(form, nodes), key=repr)
        return any(sorted(map(form, leaves(shape)), key=repr) == wanted for shape in self._shapes)


_SPELLINGS = {
    "oo": re.compile(r"\\infty|∞|infinit"),
    "pi": re.compile(r"\\pi\b|π|pi\b"),
    "I": re.compile(r"(?<![a-zA-Z])i(?![a-zA-Z])"),
    "E": re.compile(r"(?<![a-zA-Z\\])e(?![a-zA-Z])"),
    "exp": re.compile(r"\\exp|(?<![a-zA-Z\\])e\s*\^|exponential"),
    "sqrt": re.compile(r"\\sqrt|square root|\^\{?\s*(?:\\frac\s*\{?1|1/2|0?\.5)"),
    "asin": re.compile(r"\\?arcsin|\\sin\s*\^\s*\{?-1|asin"),
    "acos": re.compile(r"\\?arccos|\\cos\s*\^\s*\{?-1|acos"),
    "atan": re.compile(r"\\?arctan|\\tan\s*\^\s*\{?-1|atan"),
    "log": re.compile(r"\\(?:log|ln|lg)|log|ln"),
    "Abs": re.compile(r"\||\\vert|absolute"),
    "factorial": re.compile(r"!|factorial"),
    "binomial": re.compile(r"binom|choose"),
}


def leaves(shape: Shape) -> Iterator[Node]:
    """The formulas that a value is made of."""
    match shape:
        case Quantity(node):
            yield node
        case Items(_, items):
            for item in items:
                yield from leaves(item)
        case Matrix(rows):
            for row in rows:
                for cell in row:
                    yield from leaves(cell)
        case Relation(_, left, right):
            yield from (left, right)
        case _:
            return


@lru_cache(4096)
def numbers(text: str) -> frozenset[Fraction]:
    """The numbers that a text states, without their signs."""
    plain = _plain(text)
    found = {value for match in _NUMBER.findall(plain) if (value := number(match)) is not None}
    found.update(Fraction(part) for match in re.findall(r"\d+(?:,\d+)+", plain) for part in match.split(","))
    for match in _PERCENT.finditer(plain):
        found.add(Fraction(match[1]) / 100)
    for word in _WORD.findall(plain.lower()):
        found.update(_WORDS.get(word, ()))
    for count, unit in _COUNT.findall(plain.lower()):
        found.add((number(count) or Fraction(_COUNTED.get(count, 1))) * _PER_UNIT[unit])
    for first, rest in re.findall(r"[_^](\d)(\d+)", plain):  # as LaTeX reads \log_327
        found.update((Fraction(first), Fraction(rest)))
    if "overline" in plain:  # repeating decimals
        found.update(map(Fraction, (9, 99, 999, 90, 990)))
    return frozenset(found)


def _plain(text: str) -> str:
    """`text` with its digits as they are read: no layout inside numbers, `\\frac12` with braces."""
    text = re.sub(r"(?<=\d)(?:\{,\}|,?\\[,!;: ])(?=\d{3})", ",", text)
    text = re.sub(r"\\[dt]?frac\s*(\d)\s*(\d)", r"\\frac{\1}{\2}", text)
    return re.sub(r"\\[dt]?frac\s*(?:\{(\d+)\}\s*(\d)|(\d)\s*\{(\d+)\})", _braced, text)


def _braced(match: re.Match[str]) -> str:
    return rf"\frac{{{match[1] or match[3]}}}{{{match[2] or match[4]}}}"


def _derived(text: str) -> Iterator[Fraction]:
    """Shares and what is left of them: 20% is 0.2, 0.8 and 1.2; 4 1/2 is 4.5."""
    plain = _plain(text)
    shares = [Fraction(match[1]) / 100 for match in _PERCENT.finditer(plain)]
    for match in _FRACTION.finditer(plain):
        top, bottom = int(match[2] or match[4]), int(match[3] or match[5])
        if bottom:
            shares.append(Fraction(top, bottom))
            if match[1]:
                yield int(match[1]) + Fraction(top, bottom)
    shares += [value for value in _in_words(plain) if value < 1]
    shares += [value for value in numbers(text) if 0 < value < 1]
    for share in shares:
        yield from (share, 1 - share, 1 + share, 100 * share, 100 - 100 * share) if share < 1 else (share,)


def _in_words(text: str) -> Iterator[Fraction]:
    for word in _WORD.findall(text.lower()):
        yield from _WORDS.get(word, ())


# Formulas.

_SPLIT = re.compile(
    r"\\(?:equiv|approx|le|leq|ge|geq|lt|gt|ne|neq|mapsto|to|implies|Rightarrow|quad|qquad|bmod|colon|dots|ldots)\b"
    r"|\\pmod\s*\{?|[=<>:]|(?<![\d\\]),\s|;|\\text\s*\{[^{}]*\}|\$|\b(?:and|or|is|are|of|for|with|where|by|at|in)\b"
)
_OPERATOR = re.compile(
    r"\\(?:int|sum|prod|lim|iint|oint)(?:\\limits)?(?:\s*[_^]\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\?\w+))*"
    r"|\\frac\s*\{\s*(?:d|\\partial)(?:\^\d)?\s*\}\s*\{\s*(?:d|\\partial)\s*\w+(?:\^\d)?\s*\}"
    r"|(?:\\[,;! ])?\s*(?<![a-zA-Z\\])d\s?[a-z]\s*$|\\(?:det|gcd|lcm|dots)\b|\\[Bb]igg?[lr]?\b"
)


def _shapes(text: str) -> Iterator[Shape]:
    """What can be read of a text: matrices, lists and formulas."""
    if "begin{" in text:
        yield read(text)
        yield from map(read, re.findall(r"\\begin\{[a-z]*matrix\}.*?\\end\{[a-z]*matrix\}", text, re.DOTALL))
        return
    for piece in _pieces(text):
        shape = read(piece)
        if isinstance(shape, Quantity | Relation | Items):
            yield shape


def _pieces(text: str) -> Iterable[str]:
    """What may be formulas of a text: its parts at signs of relation, and what an integral sign stands before."""
    found = [piece for piece in _SPLIT.split(text) if piece]
    cut = [_OPERATOR.sub(" ", piece).strip() for piece in found]
    whole = [text] if len(found) > 1 else []
    pieces = dict.fromkeys(piece.strip(" .,") for piece in (*whole, *found, *cut))
    return [piece for piece in pieces if piece and not _only_words(piece)]


def _only_words(piece: str) -> bool:
    return re.fullmatch(r"[A-Za-z' .,-]{2,}", piece) is not None
