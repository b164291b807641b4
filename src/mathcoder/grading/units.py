"""Units of answers: what stands behind a number, and whether two of them can mean the same.

Only units that answers of school mathematics carry, each as a dimension and an exact factor. Any other word
behind a number is a noun ("12 apples"), which is compared as a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["SHORT_UNITS", "Unit", "currency_unit", "parse_unit"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with its dimension, or a noun (`words`) where the dimension is empty."""

    dimension: tuple[tuple[str, int], ...] = ()
    factor: Fraction = Fraction(1)
    words: frozenset[str] = frozenset()


def _units(table: str) -> dict[str, tuple[str, Fraction]]:
    """Lines of `dimension: factor names, factor names`."""
    units: dict[str, tuple[str, Fraction]] = {}
    for line in table.strip().splitlines():
        dimension, _, rest = line.partition(":")
        for entry in rest.split(","):
            factor, *names = entry.split()
            units |= dict.fromkeys(names, (dimension.strip(), Fraction(factor)))
    return units


_UNITS = _units("""
length: 1/1000 mm millimeter millimetre, 1/100 cm centimeter centimetre, 1/10 dm, 1 m meter metre
length: 1/1000000 microm micrometer micron, 1000 km kilometer kilometre kms
feet: 1 in inch inche, 12 ft foot feet, 36 yd yard, 63360 mi mile
mass: 1/1000 mg milligram, 1 g gram gm, 1000 kg kilogram kilo kgs, 1000000 tonne
pounds: 1 oz ounce, 16 lb pound lbs, 32000 ton
time: 1 s sec second secs, 60 min minute mins, 3600 h hr hour hrs, 86400 day, 604800 week wk
years: 1 month mo, 12 year yr yrs, 120 decade, 1200 century
volume: 1/1000 ml milliliter millilitre, 1 l liter litre
gallons: 1 cup, 2 pint pt, 4 quart qt, 16 gallon gal
dollars: 1 dollar usd buck, 1/100 cent ¢
euros: 1 euro eur
british: 1 gbp
rupees: 1 rs rupee inr
yuan: 1 yuan rmb 元
angle: 1 degree deg circ ^\\circ °
bytes: 1 byte, 1024 kb kilobyte, 1048576 mb megabyte, 1073741824 gb gigabyte
percent: 1 % percent percentage pct
""")
_RATES = {"mph": "mile/hour", "kmph": "km/hour", "kph": "km/hour", "rpm": "revolution/minute"}
SHORT_UNITS = frozenset("m s h g l".split())
_POWERS = {"square": 2, "sq": 2, "squared": 2, "cubic": 3, "cu": 3, "cubed": 3}
_FILLERS = frozenset("of a an the in per is are and each away total longer more left old".split())


def currency_unit(sign: str) -> Unit:
    """The unit that a currency sign stands for."""
    names = {"$": "dollars", "€": "euros", "£": "british", "₹": "rupees", "¥": "yuan"}
    return Unit(((names.get(sign, sign), 1),))


def parse_unit(text: str) -> Unit | None:
    """The unit or noun in the text behind a number; None where it cannot be one."""
    text = re.sub(r"\\(?:text|mbox|mathrm|rm|textbf|operatorname|mathit|textrm)(?![A-Za-z])", " ", text)
    text = re.sub(r"\^\s*\{?\s*\\circ\s*\}?\s*[CF]?", " degree ", text)
    text = re.sub(r"[{}()]|\\(?=[a-zA-Z])", " ", text).replace("\\", " ").lower()
    text = re.sub(r"\s*\^\s*(-?\d)", r"^\1", re.sub(r"(?<=[a-z])\.", " ", text)).replace("%", " % ")
    if re.search(r"[=<>+|&!?]|\d{2}|[a-z]\d|(?<!\^)(?<!\^-)\d", text):
        return None
    if not text.split():
        return None
    dimension: dict[str, int] = {}
    factor, nouns = Fraction(1), set[str]()
    for place, part in enumerate(re.split(r"/|\bper\b", text)):
        sign = 1 if place == 0 else -1
        power = 1
        for word in part.replace("*", " ").replace("·", " ").replace("-", " ").split():
            name, _, exponent = word.partition("^")
            if name in _POWERS:
                power = _POWERS[name]
                if name in ("squared", "cubed"):
                    return None if not dimension else _raised(dimension, factor, power)
                continue
            if name in _RATES and place == 0:
                return parse_unit(_RATES[name])
            known = _UNITS.get(name) or _UNITS.get(name.removesuffix("s")) or _UNITS.get(name.removesuffix("es"))
            if known is None or (nouns and name not in _UNITS):
                if name not in _FILLERS and re.search(r"[^\W\d]", name):
                    nouns.add(name.removesuffix("s"))
                continue
            times = sign * power * (int(exponent) if exponent.lstrip("-").isdigit() else 1)
            dimension[known[0]] = dimension.get(known[0], 0) + times
            factor *= known[1] ** times
            power = 1
    if dimension and not nouns:
        return Unit(tuple(sorted(dimension.items())), factor)
    if dimension:  # "5 dollars profit": the unit counts
        return Unit(tuple(sorted(dimension.items())), factor, frozenset(nouns))
    return Unit(words=frozenset(nouns)) if nouns else Unit()


def _raised(dimension: dict[str, int], factor: Fraction, power: int) -> Unit:
    return Unit(tuple(sorted((name, times * power) for name, times in dimension.items())), factor**power)
