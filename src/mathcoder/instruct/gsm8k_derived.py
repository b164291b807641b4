"""Numbers that a question does not state as they are: 0.8 where it says 20% off, half an hour for 30 minutes.

Each is one operation on a stated number or an earlier result, and a word of the question or sentence asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from mathcoder.instruct.counting import counted
from mathcoder.instruct.expression import Expression, Number, Operation, Operator, applied
from mathcoder.instruct.gsm8k_ledger import Ledger, Result, comparison
from mathcoder.instruct.known import UNITS
from mathcoder.instruct.quantities import Quantity

__all__ = ["HUNDRED", "conversion", "derived", "of_part", "other_reading", "percent_of"]

HUNDRED = Number(Fraction(100), "percent: out of 100")
_WHOLE = Number(Fraction(1), "the whole")
_HIMSELF = re.compile(
    r"\b(?:and|with) (?:his|her|their|my)\b|(?:him|her|them) and\b|self\b|selves\b", re.IGNORECASE
)


def derived(ledger: Ledger, value: Fraction) -> Expression | None:
    """What gives the value, by the first reading that does; None where none does."""
    readings = (_of_percents, _of_parts, _of_units, _of_results, _but_one, _of_others, _rounded, _in_head)
    return next((found for reading in readings for found in reading(ledger, value)), None)


def percent_of(ledger: Ledger, tree: Operation) -> Expression | None:
    """20/100 and 80/100 where the question says 20%."""
    match tree:
        case Operation(operator="/", left=Number(value=above), right=Number(value=below)) if below == 100:
            pass
        case _:
            return None
    for quantity in ledger.percents():
        if quantity.value == above:
            return Operation("/", ledger.given(quantity), HUNDRED)
    if any(result.value == above for result in ledger.results):
        return None
    for quantity in ledger.percents():
        for operator in ("-", "+"):
            if above == 100 + (quantity.value if operator == "+" else -quantity.value):
                whole = Operation(operator, HUNDRED, ledger.given(quantity))
                return Operation("/", whole, HUNDRED)
    return None


def conversion(ledger: Ledger, value: Fraction, text: str) -> Expression | None:
    """An earlier result in another unit that the text names: 30 minutes as 0.5 hours."""
    for result in ledger.results[::-1]:
        for row in UNITS if result.value else ():
            if not row.words.search(text) or value not in (result.value * row.value, result.value / row.value):
                continue
            operator: Operator = "*" if value == result.value * row.value else "/"
            return Operation(operator, ledger.result(result), Number(row.value, row.note))
    return None


def of_part(ledger: Ledger, value: Fraction) -> Number | None:
    """The value as parts of a fraction that the question states, or what the fraction leaves of the whole."""
    shares = [quantity for quantity in ledger.stated if quantity.kind in ("part", "fraction", "times")]
    for quantity in shares:
        if value in (quantity.value.denominator, quantity.value.numerator):
            return Number(value, f"equal parts: {quantity.text}")
    for quantity in shares:
        share, note = quantity.value, quantity.text
        readings = {
            1 - share: f"what {note} leaves of the whole",
            1 + share: f"the whole and {note}",
            Fraction(share.denominator - share.numerator): f"the other equal parts: {note}",
            Fraction(share.denominator + share.numerator): f"equal parts in all: {note}",
        }
        if value in readings:
            return Number(value, readings[value])
    return None


def other_reading(ledger: Ledger, value: Fraction, operator: str, used: bool) -> bool:
    """Whether a stated number may as well be the rest of a percentage, parts of a fraction, or a count.

    Args:
        operator: what stands before the number.
        used: whether a step has used it before.
    """
    shares = [quantity.value / 100 for quantity in ledger.percents()]
    if any(value in (100 - 100 * share, 1 - share) for share in shares) or counted(ledger.question, value, False):
        return True
    if not used or value == 1:
        return False
    more = {quantity.value + 1 for quantity in ledger.stated}
    himself = value in more and _HIMSELF.search(ledger.question)
    return bool(himself) or (operator in ("*", "/") and of_part(ledger, value) is not None)


# One reading each.


def _of_percents(ledger: Ledger, value: Fraction) -> Iterator[Expression]:
    for quantity in ledger.percents():
        share = quantity.value / 100
        if value == share:
            yield Operation("/", ledger.given(quantity), HUNDRED)
        if value in (1 - share, 1 + share):
            yield Operation("-" if value < 1 else "+", _WHOLE, Operation("/", ledger.given(quantity), HUNDRED))
        if value in (100 - quantity.value, 100 + quantity.value):
            yield Operation("-" if value < 100 else "+", HUNDRED, ledger.given(quantity))
    yield from _rest_of_percents(ledger, value)


def _rest_of_percents(ledger: Ledger, value: Fraction) -> Iterator[Expression]:
    """What two or more percentages leave of the whole."""
    percents = sorted(ledger.percents(), key=lambda quantity: quantity.start)
    if len(percents) < 2 or 100 - sum(quantity.value for quantity in percents) not in (value, value * 100):
        return
    rest: Expression = HUNDRED
    for quantity in percents:
        rest = Operation("-", rest, ledger.given(quantity))
    yield rest if value >= 1 else Operation("/", rest, HUNDRED)


def _of_parts(ledger: Ledger, value: Fraction) -> Iterator[Expression]:
    if (part := of_part(ledger, value)) is not None:
        yield part


def _of_units(ledger: Ledger, value: Fraction) -> Iterator[Expression]:
    """A number in another unit: 30 minutes as 0.5 hours, $2 as 200 cents, 3 dozen as 36."""
    for quantity in sorted(ledger.stated, key=ledger.used):
        unit = " ".join(re.findall(r"\w+", ledger.question[quantity.end : quantity.end + 40])[:1])
        unit = "cents" if quantity.kind == "money" else unit  # $2 as 200 cents
        for row in UNITS if quantity.value else ():
            if quantity.value * row.value == value and row.words.search(unit):
                yield Operation("*", ledger.given(quantity), Number(row.value, row.note))
            elif quantity.value == value * row.value and row.words.search(unit):
                yield Operation("/", ledger.given(quantity), Number(row.value, row.note))
    if (converted := conversion(ledger, value, ledger.sentence)) is not None:
        yield converted


def _of_results(ledger: Ledger, value: Fraction) -> Iterator[Expression]:
    """An earlier result as a percentage, or what it leaves of the whole."""
    for result in reversed(ledger.results):
        share = result.value / 100
        if share and value == share:
            yield Operation("/", ledger.result(result), HUNDRED)
        if share and value in (1 - share, 1 + share):
            yield Operation("-" if value < 1 else "+", _WHOLE, Operation("/", ledger.result(result), HUNDRED))


def _but_one(ledger: Ledger, value: Fraction) -> Iterator[Expression]:
    """One more or one less: himself and 3 friends, twice as many and the one, all the others."""
    one = Fraction(1)
    for quantity in ledger.stated:
        if value == quantity.value + 1 and comparison(ledger.question, quantity) == "*":
            yield Operation("+", ledger.given(quantity), Number(one, "the one and its multiple"))
        if value == quantity.value + 1 and _HIMSELF.search(ledger.question):
            yield Operation("+", ledger.given(quantity), Number(one, "one more person"))
        if value == quantity.value - 1 and re.search(r"\b(?:remaining|others?|rest)\b", ledger.question):
            yield Operation("-", ledger.given(quantity), Number(one, "all but one"))


def _of_others(ledger: Ledger, value: Fraction) -> Iterator[Expression]:
    """The hours between two clock times, and the count of what is listed."""
    clocks = [quantity for quantity in ledger.stated if quantity.kind == "clock"]
    for first in clocks:
        for second in clocks:
            if second.start > first.start and second.value - first.value == value:
                yield Operation("-", ledger.given(second), ledger.given(first))
    listed = counted(ledger.sentence, value) or counted(ledger.question, value)
    if listed is not None:
        yield Number(value, listed)


def _rounded(ledger: Ledger, value: Fraction) -> Iterator[Expression]:
    """Earlier results that are written so when rounded: 33.33 for 100/3, 11 whole ones for 11.75."""
    for result in ledger.results[::-1]:
        if result.value.denominator == 1:
            continue
        if value == result.value // 1:
            ledger.unsure = True
            yield Operation("//", ledger.result(result), Number(Fraction(1), "whole ones"))
        elif abs(result.value - value) * 500 <= abs(value):
            ledger.unsure = True
            yield ledger.result(result)


def _in_head(ledger: Ledger, value: Fraction) -> Iterator[Expression]:
    """One step that the solution did not write down: "12 less than", "4 more than", "3 times as many".

    Only with a number that no step has used and that the question says so, on any other value.
    """
    others: list[Result | Quantity] = [*ledger.results[::-1]]
    others += [quantity for quantity in ledger.stated if quantity.kind in ("number", "money", "word")]
    for quantity in ledger.stated:
        operator = None if ledger.used(quantity) else comparison(ledger.question, quantity)
        for other in others:
            if operator is None or other is quantity or applied(operator, other.value, quantity.value) != value:
                continue
            ledger.unsure = True
            left = ledger.result(other) if isinstance(other, Result) else ledger.given(other)
            yield Operation(operator, left, ledger.given(quantity))
