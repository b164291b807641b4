"""Questions of DeepMind's mathematics data about units, the time of day, and letters picked by chance."""

from __future__ import annotations

import re

from mathcoder.instruct.deepmind_algebra import matched
from mathcoder.instruct.deepmind_setup import COUNTS, ORDINALS
from mathcoder.instruct.deepmind_source import Source, Unreadable

__all__ = ["convert_units", "letters_level", "letters_sequence", "time_of_day"]

_PREFIXES = {"nano": -9, "micro": -6, "milli": -3, "centi": -2, "": 0, "kilo": 3}
_SYMBOLS = {"nano": "n", "micro": "u", "milli": "m", "centi": "c", "": "", "kilo": "k"}
_BASES = {"metre": ("m", 1), "meter": ("m", 1), "gram": ("g", 1), "litre": ("l", 1), "liter": ("l", 1)}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_MONTHS = {"month": 1, "year": 12, "decade": 120, "century": 1_200, "millennium": 12_000}


def _units() -> dict[str, tuple[str, str]]:
    """For each unit what it measures, and how many of the base unit it is, as Python."""
    units = {name: ("seconds", str(factor)) for name, factor in _SECONDS.items()}
    units |= {name: ("months", str(factor)) for name, factor in _MONTHS.items()}
    units |= {"tonne": ("g", "10**6"), "t": ("g", "10**6"), "s": ("seconds", "1"), "h": ("seconds", "3600")}
    units |= {"microsecond": ("seconds", 'Decimal("1e-6")'), "us": ("seconds", 'Decimal("1e-6")')}
    units |= {"millisecond": ("seconds", 'Decimal("1e-3")'), "ms": ("seconds", 'Decimal("1e-3")')}
    units |= {"nanosecond": ("seconds", 'Decimal("1e-9")'), "ns": ("seconds", 'Decimal("1e-9")')}
    for prefix, power in _PREFIXES.items():
        for base, (symbol, _) in _BASES.items():
            factor = f'Decimal("1e{power}")' if power < 0 else str(10**power)
            units[prefix + base] = units[_SYMBOLS[prefix] + symbol] = (symbol, factor)
    plurals = {name + "s": unit for name, unit in units.items() if len(name) > 3}
    return units | plurals | {"centuries": units["century"], "millennia": units["millennium"]}


_UNITS = _units()
_PARTS = {"half": 2, "quarter": 4} | {word: number for word, number in ORDINALS.items() if number > 2}
_AMOUNT = r"(?P<amount>-?[\d./]+|[a-z]+(?:[ -][a-z]+){0,2}) ?(?:of an? )?(?P<unit>[a-z]+)"
_CONVERT = (
    rf"How many (?P<to>[a-z]+) are there in {_AMOUNT}\?",
    rf"(?:Convert|What is) {_AMOUNT} (?:to|in) (?P<to>[a-z]+)[.?]",
)
_TENS = {
    word: 10 * number for number, word in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)
} | {"twenty": 20}


def convert_units(question: str, source: Source) -> str:
    match = next((match for form in _CONVERT if (match := re.fullmatch(form, question))), None)
    if match is None or match["unit"] not in _UNITS or match["to"] not in _UNITS:
        raise Unreadable(f"a question of no known form: {question[:80]!r}")
    (kind, factor), (other, divisor) = _UNITS[match["unit"]], _UNITS[match["to"]]
    if kind != other:
        raise Unreadable(f"units of two kinds: {match['unit']} and {match['to']}")
    source.import_from("decimal", "Decimal")
    source.line(f"amount = {_amount(match['amount'])}")
    source.line(f"result = amount * {factor} / {divisor}")
    source.line('print(f"{result.normalize():f}")')
    return f"convert {match['unit']} to {match['to']}"


def _amount(text: str) -> str:
    if re.fullmatch(r"-?\d{1,30}(?:\.\d{1,30})?", text):
        return f'Decimal("{text}")'
    if match := re.fullmatch(r"(-?\d{1,9})/([1-9]\d{0,8})", text):
        return f"Decimal({match[1]}) / {match[2]}"
    words, _, part = text.rpartition(" ")
    part = "half" if part == "halves" else part.removesuffix("s")
    tens, _, ones = (words or "one").rpartition("-")
    if part in _PARTS and (ones in COUNTS or ones in _TENS) and (not tens or tens in _TENS):
        number = _TENS.get(tens, 0) + COUNTS.get(ones, _TENS.get(ones, 0))
        return f"Decimal({number}) / {_PARTS[part]}"
    raise Unreadable(f"no amount: {text[:80]!r}")


_TIME = r"(\d{1,2}:\d{2} [AP]M)"
_CLOCK = """def minutes(time):
    clock, half = time.split()
    hours, minutes = clock.split(":")
    return int(hours) % 12 * 60 + int(minutes) + (720 if half == "PM" else 0)
"""


def time_of_day(question: str, source: Source) -> str:
    source.line(_CLOCK)
    if match := re.fullmatch(rf"How many minutes are there between {_TIME} and {_TIME}\?", question):
        source.line(f'print((minutes("{match[2]}") - minutes("{match[1]}")) % 1440)')
        return "count both times in minutes from midnight and subtract"
    number, word, time = matched(rf"What is (\d{{1,6}}) minutes (after|before) {_TIME}\?", question).groups()
    source.line(f'hours, rest = divmod((minutes("{time}") {"+" if word == "after" else "-"} {number}) % 1440, 60)')
    source.line("print(f\"{hours % 12 or 12}:{rest:02} {'AM' if hours < 12 else 'PM'}\")")
    return "count the time in minutes from midnight, and move it"


# Letters picked without replacement.

_FROM = r"(?P<how>[A-Za-z]+) letters picked without replacement from (?P<letters>[a-z]+|\{[a-z0-9:, ]+\})"


def _letters(question: str, source: Source, wanted: str) -> re.Match[str]:
    asks = rf"(?:What is|Give|Calculate) prob of {wanted}"
    for form in (rf"{_FROM}\. {asks}[.?]", rf"{asks} when {_FROM}[.?]"):
        if (match := re.fullmatch(form, question)) and len(match["letters"]) <= 500:
            break
    else:
        raise Unreadable(f"a question of no known form: {question[:80]!r}")
    letters = match["letters"]
    if not letters.startswith("{"):
        source.line(f'letters = {source.import_from("collections", "Counter")}("{letters}")')
        return match
    items = re.findall(r"([a-z]): ([1-9]\d{0,3})(?:, |\})", letters)
    if not items or "{" + ", ".join(f"{letter}: {number}" for letter, number in items) + "}" != letters:
        raise Unreadable(f"no letters: {letters[:80]!r}")
    counts = ", ".join(f'"{letter}": {number}' for letter, number in items)
    source.line(f"letters = {source.import_from('collections', 'Counter')}({{{counts}}})")
    return match


def letters_level(question: str, source: Source) -> str:
    match = _letters(question, source, r"picking (?P<picked>\d{1,3} [a-z](?:(?:, | and )\d{1,3} [a-z])*)")
    picked = re.findall(r"(\d{1,3}) ([a-z])", match["picked"])
    items = ", ".join(f'"{letter}": {int(number)}' for number, letter in picked)
    source.line(f"picked = {{{items}}}")
    source.import_from("math", "comb")
    source.import_from("math", "prod")
    source.line("ways = prod(comb(letters[letter], number) for letter, number in picked.items())")
    source.line("total = comb(sum(letters.values()), sum(picked.values()))")
    source.line(f"print({source.import_from('fractions', 'Fraction')}(ways, total))")
    return "count the ways to pick these letters among all ways to pick as many"


def letters_sequence(question: str, source: Source) -> str:
    match = _letters(question, source, r"sequence (?P<sequence>[a-z]{1,20})")
    fraction = source.import_from("fractions", "Fraction")
    source.line(f"probability = {fraction}(1)")
    source.line(f'for letter in "{match["sequence"]}":')
    source.line(f"    probability *= {fraction}(letters[letter], sum(letters.values()))")
    source.line("    letters[letter] -= 1")
    source.line("print(probability)")
    return "multiply the chances of the letters, one after the other"
