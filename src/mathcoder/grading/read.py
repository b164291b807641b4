"""Reads an answer, LaTeX or plain text, as a value: a number, an expression, a list, an interval, words.

It never evaluates text as code, its work is bounded, and what it does not know it calls words: then texts are
compared, or Math-Verify is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from mathcoder.grading.clean import clean, plain_words
from mathcoder.grading.expression import FUNCTIONS, Call, Constant, Node, Op, Symbol, symbols
from mathcoder.grading.formula import FormulaReader, negative
from mathcoder.grading.shapes import Items, Quantity, Relation, Shape, Unreadable, Words
from mathcoder.grading.special import PHRASES, based, compound, matrix, moment, ratio
from mathcoder.grading.units import Unit, parse_unit

__all__ = ["read"]

_MOST_CHARACTERS = 1_000

_WRAPPED = re.compile(r"\\(?:text|mbox|textbf|textrm|textit|textnormal)\s*\{([^{}]*)\}")
_ONE_WORD = re.compile(r"[A-Za-z ]{2,}")


@lru_cache(8192)
def read(text: str, thousands: bool = True) -> Shape:
    """What `text` says. `thousands`: 1,234 is one number, not two."""
    text = clean(text)
    if wrapped := _WRAPPED.fullmatch(text):
        text = clean(wrapped[1])
    words = Words(plain_words(text), text)
    if (wrapped and _ONE_WORD.fullmatch(text)) or not text or len(text) > _MOST_CHARACTERS:
        return words
    known = (
        PHRASES.get(" ".join(words.words)) or moment(text) or based(text) or ratio(text, read) or compound(text)
    )
    if known is not None:
        return known
    try:
        return matrix(text, read) or _AnswerReader(text, thousands).answer()
    except (Unreadable, RecursionError):
        return words


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
_NAMED = re.compile(
    r"(?:([A-Za-z]'?(?:\s*\^\s*\{?\s*-\s*1\s*\}?)?)\s*\([A-Za-z](?:\s*,\s*[A-Za-z])*\)"  # f(x) =
    r"|(\([A-Za-z](?:\s*,\s*[A-Za-z])+\))"  # (x, y) =
    r"|(?:\\text\s*\{)?([A-Za-z][A-Za-z ]{2,40}?)\s*\}?)\s*="  # area =
)


class _AnswerReader(FormulaReader):
    """Adds to expressions what an answer may be made of: lists, relations, units, names."""

    def __init__(self, text: str, thousands: bool):
        self.name = ""
        match = _NAMED.match(text)
        if match and text.count("=") == 1 and (match[1] or match[2] or match[3].lower() not in FUNCTIONS):
            self.name = match[1] or match[2] or match[3].strip().lower()
            text = text[match.end() :].strip()
        super().__init__(text, thousands)

    def answer(self) -> Shape:
        shape = self.list_of(())
        if self.next.kind != "end":
            raise Unreadable
        if self.name and isinstance(shape, Quantity) and not shape.name:
            return replace(shape, name=self.name)
        return Items("{}", shape.items) if isinstance(shape, Items) and shape.brackets == "±" else shape

    def list_of(self, closing: tuple[str, ...]) -> Shape:
        """Items up to a closing sign, which stays. One item is itself."""
        items, separators = [self.item()], set[str]()
        while self.next.kind != "end" and not self.at(*closing):
            separator = self.separator()
            if separator is None:
                raise Unreadable
            if self.next.kind == "end" or self.at(*closing):
                break
            separators.add(separator)
            items.append(self.item())
        if len(items) == 1:
            return items[0]
        if not closing:  # 4 \\pm 1 in a list is two items
            items = [part for item in items for part in _both(item)]
        intervals = all(isinstance(item, Items) and _is_part_of_the_line(item) for item in items)
        if intervals and separators & {"or", "union"}:
            return Items("or", tuple(items))
        if "union" in separators:
            raise Unreadable
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
                    raise Unreadable
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
        if unit is not None and (unit.words or not unit.dimension) and symbols(node):
            raise Unreadable  # prose: what looks like variables are words
        unit = unit or self.unit
        percent = self.percent or (unit is not None and unit.dimension == (("percent", 1),))
        if percent:
            unit = None
        shapes = [Quantity(variant, unit, percent, name) for variant in variants]
        return shapes[0] if len(shapes) == 1 else Items("±", tuple(shapes))

    def related(self, parts: Sequence[Node], signs: Sequence[str], unit: Unit | None) -> Shape:
        if set(signs) == {"="}:
            first, last = parts[0], parts[-1]
            names = [part.name for part in parts[:-1] if isinstance(part, Symbol)]
            if len(names) == len(parts) - 1 > 1 and not symbols(last):  # a = b = 2
                return Items("", tuple(self.quantity(last, unit, name) for name in names))
            if isinstance(first, Symbol) and first.name not in symbols(last):
                return self.quantity(last, unit, first.name)
            if isinstance(last, Symbol) and len(parts) == 2 and not symbols(first):
                return self.quantity(first, unit, last.name)
            if not symbols(first) and not symbols(last):
                return self.quantity(last, unit)
            if len(parts) > 2:
                raise Unreadable
            return Relation("=", first, last)
        if len(parts) == 2:
            return _inequality(parts[0], signs[0], parts[1])
        if len(parts) == 3 and isinstance(parts[1], Symbol) and not symbols(parts[0]) | symbols(parts[2]):
            low, high = signs
            name = parts[1].name
            if set(signs) <= {"<", "<="}:
                return _interval(parts[0], low == "<=", parts[2], high == "<=", name)
            if set(signs) <= {">", ">="}:
                return _interval(parts[2], high == ">=", parts[0], low == ">=", name)
        raise Unreadable

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
                return _interval(negative(infinite), False, infinite, False)
            return None
        start, unit, percent = self.place, self.unit, self.percent
        self.take()
        closing = {"(": (")", "]"), "[": (")", "]", "["), "\\{": ("\\}",), "{": ("}",)}[opening]
        if opening in ("\\{", "{") and self.at(*closing):
            self.take()
            return Items("{}", ()) if self.next.kind == "end" or opening == "\\{" else None
        try:
            inner = self.deeper(lambda: self.bracketed(opening, closing))
        except Unreadable:
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
            return _spread(Items("{}" if braces else opening + end, inner.items))
        if braces and isinstance(inner, Items) and inner.brackets == "±":
            return Items("{}", inner.items)
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
            raise Unreadable
        return unit


def _variants(node: Node) -> list[Node]:
    """The two expressions that one with a plus-minus sign stands for."""

    def chosen(node: Node, plus: bool) -> Node:
        match node:
            case Op("±", left, right):
                right = chosen(right, plus)
                return Op("+", chosen(left, plus), right if plus else negative(right))
            case Op(sign, left, right):
                return Op(sign, chosen(left, plus), chosen(right, plus))
            case Call(name, args):
                return Call(name, tuple(chosen(arg, plus) for arg in args))
            case _:
                return node

    plus, minus = chosen(node, True), chosen(node, False)
    return [plus] if plus == minus else [plus, minus]


def _both(item: Shape) -> tuple[Shape, ...]:
    return item.items if isinstance(item, Items) and item.brackets == "±" else (item,)


def _spread(items: Items) -> Items:
    """A tuple with a plus-minus sign in it is two tuples."""
    if not any(isinstance(item, Items) and item.brackets == "±" for item in items.items):
        return items
    if items.brackets == "{}":
        return Items("{}", tuple(part for item in items.items for part in _both(item)))
    variants = [
        Items(items.brackets, tuple(_both(item)[min(side, len(_both(item)) - 1)] for item in items.items))
        for side in (0, 1)
    ]
    return Items("±", tuple(variants))


def _interval(low: Node, with_low: bool, high: Node, with_high: bool, name: str = "") -> Items:
    brackets = ("[" if with_low else "(") + ("]" if with_high else ")")
    return Items(brackets, (Quantity(low), Quantity(high)), name)


def _inequality(left: Node, sign: str, right: Node) -> Shape:
    if sign in (">", ">="):
        left, sign, right = right, sign.replace(">", "<"), left
    infinite = Constant("infinity")
    closed = sign == "<="
    if sign != "!=" and isinstance(left, Symbol) and not symbols(right):
        return _interval(negative(infinite), False, right, closed, left.name)
    if sign != "!=" and isinstance(right, Symbol) and not symbols(left):
        return _interval(left, closed, infinite, False, right.name)
    return Relation(sign, left, right)


def _is_part_of_the_line(items: Items) -> bool:
    return items.brackets == "{}" or (len(items.items) == 2 and items.brackets in ("()", "(]", "[)", "[]"))
