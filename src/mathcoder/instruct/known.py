"""Numbers that words carry: a week has 7 days, a dozen is 12, "twice" is 2. One table, each row with its reason.

A number of a solution that its question does not state in digits is allowed only where a row here explains it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["KNOWN", "UNITS", "Known", "is_unit", "known_note"]


@dataclass(frozen=True, slots=True)
class Known:
    """A number, the words that must occur in the question or the sentence, and what the code's comment says."""

    value: Fraction
    words: re.Pattern[str]
    note: str


_OTHER = (
    "brother|sister|friend|wife|husband|spouse|mother|father|son|daughter|cousin|room ?mate|partner|neighbou?r"
)


def _row(value: str, words: str, note: str) -> Known:
    return Known(Fraction(value), re.compile(rf"\b(?:{words})", re.IGNORECASE), note)


# The first row that fits gives the note, so the narrower words come first.
KNOWN: tuple[Known, ...] = (
    _row("100", r"percent\w*|per cent", "percent: out of 100"),
    _row("100", r".*%", "percent: out of 100"),
    _row("0.01", r".*%|percent", "percent: a hundredth"),
    _row("0", r"no\b|zero|none|nothing|any|not|doesn't|didn't|never|without", "nothing"),
    # Calendar and clock.
    _row("7", r"weeks?\b|weekly|daily|every ?day", "7 days in a week"),
    _row(
        "5",
        r"week ?days?\b|work ?(?:ing)? ?days?\b|school ?days?\b|school week|workweek|monday",
        "5 working days in a week",
    ),
    _row("2", r"weekends?\b", "2 days in a weekend"),
    _row("4", r"months?\b|monthly", "4 weeks in a month"),
    _row("30", r"months?\b|monthly|april|june|september|november", "30 days in a month"),
    _row("31", r"months?\b|january|march|may|july|august|october|december", "31 days in a month"),
    _row("28", r"february", "28 days in February"),
    _row("29", r"february", "29 days in February of a leap year"),
    _row("12", r"years?\b|yearly|annual|months?\b", "12 months in a year"),
    _row("6", r"half (?:a |of (?:a|the) )?year|six months|months", "6 months in half a year"),
    _row("3", r"quarter", "3 months in a quarter"),
    _row("4", r"years?\b|seasons?\b|quarterly", "4 seasons or quarters in a year"),
    _row("52", r"years?\b|yearly|annual", "52 weeks in a year"),
    _row("365", r"years?\b|yearly|annual|days?\b", "365 days in a year"),
    _row("366", r"leap", "366 days in a leap year"),
    _row("10", r"decades?\b", "10 years in a decade"),
    _row("100", r"centur(?:y|ies)", "100 years in a century"),
    _row("24", r"hours?\b|days?\b|daily", "24 hours in a day"),
    _row(
        "60",
        r"hours?\b|minutes?\b|seconds?\b|hourly|mins?\b|mph|[ap]\.?m\b",
        "60 minutes in an hour, 60 seconds in a minute",
    ),
    _row(
        "30",
        r"half(?: an| of an)?[- ]hour|half hour|and a half hours?|half past",
        "30 minutes in half an hour",
    ),
    _row("15", r"quarter", "15 minutes in a quarter of an hour"),
    _row("45", r"three[- ]quarters?", "45 minutes in three quarters of an hour"),
    _row(
        "90",
        r"hour and a half|1\.5 hours|1 1/2 hours|one and a half hours",
        "90 minutes in an hour and a half",
    ),
    _row("90", r"right angle|perpendicular", "90 degrees in a right angle"),
    _row("3600", r"hours?\b|seconds?\b", "3600 seconds in an hour"),
    _row("12", r"noon|midnight|[ap]\.?m\b|o'clock|clock", "12 hours from midnight to noon"),
    # Money.
    _row("100", r"cents?\b|penn(?:y|ies)|quarters?\b|dimes?\b|nickels?\b|¢", "100 cents in a dollar"),
    _row("25", r"quarters?\b", "25 cents in a quarter"),
    _row("0.25", r"quarters?\b", "a quarter is 0.25 dollars"),
    _row("10", r"dimes?\b", "10 cents in a dime"),
    _row("0.1", r"dimes?\b", "a dime is 0.10 dollars"),
    _row("5", r"nickels?\b", "5 cents in a nickel"),
    _row("0.05", r"nickels?\b", "a nickel is 0.05 dollars"),
    _row("0.01", r"penn(?:y|ies)|cents?\b", "a cent is 0.01 dollars"),
    _row("0.5", r"half[- ]dollars?", "half a dollar is 0.50 dollars"),
    # Measures.
    _row("12", r"dozens?\b", "12 in a dozen"),
    _row("6", r"half (?:a )?dozen|half-dozen|dozens?\b|six[- ]pack", "6 in half a dozen"),
    _row("12", r"feet\b|foot\b|inch(?:es)?\b|ft\b", "12 inches in a foot"),
    _row("3", r"yards?\b", "3 feet in a yard"),
    _row("36", r"yards?\b", "36 inches in a yard"),
    _row("5280", r"miles?\b", "5280 feet in a mile"),
    _row("1760", r"miles?\b", "1760 yards in a mile"),
    _row("16", r"pounds?\b|ounces?\b|lbs?\b|oz\b", "16 ounces in a pound"),
    _row("2000", r"tons?\b", "2000 pounds in a ton"),
    _row("8", r"cups?\b|pints?\b|ounces?\b|gallons?\b", "8 ounces in a cup, 8 pints in a gallon"),
    _row("16", r"cups?\b|gallons?\b|pints?\b|tablespoons?\b", "16 cups in a gallon"),
    _row("4", r"quarts?\b|gallons?\b|cups?\b", "4 quarts in a gallon"),
    _row("2", r"pints?\b|cups?\b|quarts?\b", "2 cups in a pint, 2 pints in a quart"),
    _row("32", r"quarts?\b", "32 ounces in a quart"),
    _row("128", r"gallons?\b", "128 ounces in a gallon"),
    _row("3", r"teaspoons?\b|tablespoons?\b", "3 teaspoons in a tablespoon"),
    _row(
        "1000",
        r"kilo\w*|kg\b|grams?\b|km\b|lit(?:er|re)s?\b|m[lL]\b|millilit\w*|meters?\b|metres?\b|"
        r"tons?\b|mg\b|gb\b|tb\b",
        "1000 metres in a kilometre, 1000 grams in a kilogram, 1000 millilitres in a litre",
    ),
    _row("100", r"centim\w*|cm\b|meters?\b|metres?\b", "100 centimetres in a metre"),
    _row("10", r"millim\w*|mm\b|cm\b", "10 millimetres in a centimetre"),
    _row("2.54", r"inch(?:es)?\b", "2.54 centimetres in an inch"),
    # Parts and multiples.
    _row("1", r".*%|percent|half|third|quarter|fourth|fifth|\d+/\d+", "the whole"),
    _row("2", r"half|halves|halve[sd]?|halving|halfway", "half"),
    _row("0.5", r"half|halves|halve[sd]?|halving|halfway", "half"),
    _row("0.5", r"equally|evenly|splits?\b|in two", "half"),
    _row("50", r"half|equally|evenly", "half is 50 percent"),
    _row("1.5", r"and a half|half (?:as|more|again|times)", "one and a half"),
    _row("2.5", r"and a half", "two and a half"),
    _row(
        "2",
        r"twice|doubl\w*|couples?\b|pairs?\b|both|twins?|each other|second|another",
        "twice, double, a pair, both",
    ),
    _row(
        "2",
        r"either|neither|between|round[- ]trip|there and back|back and forth|forth and back|"
        r"each way|parents|average|midpoint|midway|middle",
        "two of them",
    ),
    _row(
        "2",
        rf"(?:with|and|between) (?:his|her|a|my) (?:\w+ )?(?:{_OTHER})|splits? |shar(?:es|ing)",
        "two people",
    ),
    _row("3", r"tripl\w*|thrice|triplets?|third", "three times, a third"),
    _row("4", r"quadrupl\w*|quarter|fourth", "four times, a quarter"),
    _row("0.25", r"quarter|fourth", "a quarter"),
    _row("0.75", r"three[- ](?:quarters|fourths)|quarter|fourth", "three quarters"),
    _row("5", r"quintupl\w*|fifth", "five times, a fifth"),
    _row("0.2", r"fifth", "a fifth"),
    _row("6", r"sixth", "a sixth"),
    _row("7", r"seventh", "a seventh"),
    _row("8", r"eighth", "an eighth"),
    _row("9", r"ninth", "a ninth"),
    _row("10", r"tenth", "a tenth"),
    _row("0.1", r"tenth", "a tenth"),
    # Shapes and bodies.
    _row("4", r"squares?\b|rectang\w*|quadrilateral|corners?|sides|walls?\b|perimeter", "4 sides"),
    _row("3", r"triang\w*", "3 sides of a triangle"),
    _row(
        "2",
        r"rectang\w*|perimeter|triang\w*|squares?\b|length|width|diameter|radius|sides",
        "two sides of each length; half of base times height",
    ),
    _row("5", r"pentagon\w*", "5 sides of a pentagon"),
    _row("6", r"hexagon\w*|cubes?\b|box", "6 sides or faces"),
    _row("8", r"octagon\w*", "8 sides of an octagon"),
    _row("180", r"triang\w*|angles?\b", "180 degrees in a triangle"),
    _row("360", r"circle|quadrilateral|angles?\b|rotat\w*", "360 degrees in a circle"),
    _row("3.14", r"circ\w*|radius|diameter|round|cylind\w*", "pi is about 3.14"),
    _row("6", r"insects?|ants?\b|bees?\b|beetles?", "6 legs of an insect"),
    _row("8", r"spiders?|octop\w*", "8 legs of a spider, 8 arms of an octopus"),
    _row(
        "4",
        r"legs?\b|wheels?\b|tires?\b|cars?\b|dogs?\b|cats?\b|cows?\b|horses?\b|goats?\b|sheep|"
        r"paws?\b|feet\b",
        "4 legs or wheels",
    ),
    _row("3", r"tricycles?", "3 wheels of a tricycle"),
    _row(
        "2",
        r"legs?\b|feet\b|eyes?\b|ears?\b|hands?\b|arms?\b|wheels?\b|motorcycles?\b|bikes?\b|"
        r"bicycles?\b|shoes?\b|socks?\b|gloves?\b|wings?\b",
        "they come in twos",
    ),
    _row("10", r"fingers?|toes?\b|digits?", "10 fingers or toes"),
    _row("52", r"deck|cards?\b", "52 cards in a deck"),
    _row("26", r"alphabet|letters?\b", "26 letters of the alphabet"),
    _row("50", r"states?\b", "50 states"),
    _row("9", r"innings?\b|baseball", "9 innings or players in baseball"),
    _row("18", r"adult", "18 years of an adult"),
)  # fmt: skip


UNITS: tuple[Known, ...] = tuple(row for row in KNOWN if re.match(r"\d+ \w+ (?:\w+ )?in an? ", row.note))
"""The rows that say how many of one unit another has."""

_UNIT_NOTES = {row.note for row in KNOWN if row in UNITS or row.note.startswith("percent")}
_BY_VALUE: dict[Fraction, list[Known]] = {}
for _known in KNOWN:
    _BY_VALUE.setdefault(_known.value, []).append(_known)


def known_note(value: Fraction, text: str) -> str | None:
    """Why a solution of this question may use a number; None where no row of `KNOWN` says so.

    Args:
        text: the question and the sentence of the solution.
    """
    return next((row.note for row in _BY_VALUE.get(value, ()) if row.words.search(text)), None)


def is_unit(value: Fraction, text: str) -> bool:
    """Whether a unit that the text names has so many of another: 60 where it speaks of minutes."""
    return any(row.note in _UNIT_NOTES and row.words.search(text) for row in _BY_VALUE.get(value, ()))
