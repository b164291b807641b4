"""Where a question states a number, and what the numbers are that it does not state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from mathcoder.instruct.derivation import Given
from mathcoder.instruct.expression import Expression, Number, Operation, decimal_text
from mathcoder.instruct.stories.words import NUMBERS

__all__ = ["noted", "stated"]

# What a number that the question does not state is, by a word of the question.
_NOTES = (
    (7, r"\bweek|\bdaily|(?:each|every|per|a) day\b", "7 days in a week"),
    (60, r"\bhour", "60 minutes in an hour"),
    (60, r"\bminute", "60 seconds in a minute"),
    (24, r"\bday", "24 hours in a day"),
    (12, r"\bdozen", "12 in a dozen"),
    (12, r"\byear|\bmonth", "12 months in a year"),
    (52, r"\byear", "52 weeks in a year"),
    (100, r"%|\bpercent", "percent"),
    (100, r"\bcent|¢", "100 cents in a dollar"),
    (100, r"\bcentimet", "100 centimetres in a metre"),
    (1000, r"\bkilogram|\bgram", "1000 grams in a kilogram"),
    (1000, r"\bkilomet", "1000 metres in a kilometre"),
    (1000, r"\blit(?:re|er)|\bmillilit", "1000 millilitres in a litre"),
    (12, r"\bfeet|\bfoot", "12 inches in a foot"),
    (3, r"\byard", "3 feet in a yard"),
    (5, r"\bnickel", "5 cents in a nickel"),
    (10, r"\bdime", "10 cents in a dime"),
    (25, r"\bquarter", "25 cents in a quarter"),
    (2, r"\bhalf|\bhalves", "half"),
    (2, r"\btwice|\bdouble", "twice"),
)


_SAID = {
    Fraction(1): "an?|once|single",
    Fraction(2): "twice|double|doubled|pair|both|couple",
    Fraction(3): "triple|tripled",
    Fraction(12): "dozen",
    Fraction(1, 2): "half|halves",
    Fraction(1, 3): "(?:a|one)[ -]third",
    Fraction(2, 3): "two[ -]thirds",
    Fraction(1, 4): "(?:a|one)[ -]quarter|(?:a|one)[ -]fourth|quarter",
    Fraction(3, 4): "three[ -]quarters|three[ -]fourths",
    Fraction(1, 5): "(?:a|one)[ -]fifth",
}


def noted(tree: Expression, question: str) -> Expression:
    """With a note at each number that a unit in the question explains."""
    if isinstance(tree, Operation):
        return Operation(tree.operator, noted(tree.left, question), noted(tree.right, question))
    if isinstance(tree, Number):
        notes = (note for number, word, note in _NOTES if number == tree.value and re.search(word, question))
        return Number(tree.value, next(notes, ""))
    return tree


def stated(question: str, values: Mapping[str, Fraction]) -> tuple[Given, ...]:
    """The givens with where the question states them. Raises LookupError where it does not."""
    taken: set[int] = set()
    givens: list[Given] = []
    after = 0
    for name, value in values.items():
        for pattern in _patterns(value):  # digits rather than words, those behind the last given first
            spans = [match.span() for match in re.finditer(pattern, question, re.IGNORECASE)]
            spans.sort(key=lambda span: (span[0] in taken, span[0] < after, span))
            if spans:
                break
        else:
            raise LookupError(f"the question does not state {name} = {value}: {question}")
        taken.add(spans[0][0])
        after = spans[0][1]
        givens.append(Given(name, value, (spans[0],)))
    return tuple(sorted(givens, key=lambda given: given.spans))


def _patterns(value: Fraction) -> Iterator[str]:
    """Regular expressions for the ways to write a number."""
    ways = [rf"{value.numerator} ?/ ?{value.denominator}"] if value.denominator != 1 else []
    for number, after in ((value, ""), (value * 100, r"(?= ?(?:%|percent|cents?\b|¢))")):
        if number.denominator == 1:
            ways.append(rf"(?:{int(number):,}|{int(number)}){after}")
        elif (written := decimal_text(number)) is not None:
            whole, _, places = written.partition(".")
            ways.append(rf"(?:{int(whole):,}|{whole})\.{places}0?{after}")
    yield rf"(?<![\d.,])(?:{'|'.join(ways)})(?![.,]?\d)"
    if value.denominator == 1 and value < len(NUMBERS):
        yield rf"\b{NUMBERS[int(value)]}\b"
    if value in _SAID:
        yield rf"\b(?:{_SAID[value]})\b"
