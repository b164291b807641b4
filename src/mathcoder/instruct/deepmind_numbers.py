"""Questions of DeepMind's mathematics data about numbers and comparison, as programs."""

from __future__ import annotations

import re

from mathcoder.instruct.deepmind_algebra import matched
from mathcoder.instruct.deepmind_setup import COUNTS, ORDINALS
from mathcoder.instruct.deepmind_source import Source, Unreadable

__all__ = [
    "closest",
    "common_divisor",
    "common_multiple",
    "compare",
    "is_factor",
    "is_prime",
    "kth_biggest",
    "place_value",
    "prime_factors",
    "remainder",
    "round_number",
    "sort_numbers",
]


def remainder(question: str, source: Source) -> str:
    form = r"(?:What is|Calculate) the remainder when (.+) is divided by (.+?)[.?]"
    left, right = matched(form, question).groups()
    source.line(f"print({source.operand(left)} % {source.operand(right)})")
    return "take the remainder of the division"


def common_divisor(question: str, source: Source) -> str:
    form = r"(?:What is|Calculate) the (?:highest|greatest) common (?:factor|divisor) of (.+) and (.+?)[.?]"
    left, right = matched(form, question).groups()
    source.line(f"print({source.use('gcd')}({source.expression(left)}, {source.expression(right)}))")
    return "take the greatest common divisor"


def common_multiple(question: str, source: Source) -> str:
    form = (
        r"(?:What is|Calculate|Find) the (?:(?:least|lowest|smallest) common multiple|(common denominator)) of "
        r"(.+) and (.+?)[.?]"
    )
    denominator, left, right = matched(form, question).groups()
    numbers = [source.expression(text) for text in (left, right)]
    if denominator:
        fraction = source.use("Rational")
        numbers = [
            f"{number}.q" if re.fullmatch(r"Rational\([^()]*\)", number) else f"{fraction}({number}).q"
            for number in numbers
        ]
    source.line(f"print({source.use('lcm')}({', '.join(numbers)}))")
    return "take the least common multiple" + (" of the denominators" if denominator else "")


_FACTOR = (
    (r"Does (.+) divide (.+)\?", 1, 2),
    (r"Is (.+) a factor of (.+)\?", 1, 2),
    (r"Is (.+) a multiple of (.+)\?", 2, 1),
)


def is_factor(question: str, source: Source) -> str:
    if match := re.fullmatch(r"Is (.+) (even|odd)\?", question):
        source.line(f"print({source.operand(match[1])} % 2 == {int(match[2] == 'odd')})")
        return "look at the remainder of a division by 2"
    for form, divisor, number in _FACTOR:
        if match := re.fullmatch(form, question):
            codes = source.operand(match[number]), source.operand(match[divisor])
            source.line(f"print({codes[0]} % {codes[1]} == 0)")
            return "see whether the division leaves no remainder"
    raise Unreadable(f"a question of no known form: {question[:80]!r}")


def is_prime(question: str, source: Source) -> str:
    text, what = matched(r"Is (.+?) (?:a )?(prime|composite)(?: number)?\?", question).groups()
    source.line(f"number = {source.expression(text)}")
    test = f"{source.use('isprime')}(number)"
    source.line(f"print({test})" if what == "prime" else f"print(number > 1 and not {test})")
    return f"test whether the number is {what}"


def prime_factors(question: str, source: Source) -> str:
    text = matched(r"(?:List|What are) the prime factors of (.+?)[.?]", question)[1]
    source.line(f"factors = {source.use('primefactors')}({source.expression(text)})")
    source.line('print(", ".join(str(factor) for factor in factors))')
    return "list the different prime factors"


_PLACES = {"units": 0, "tens": 1, "hundreds": 2} | {
    f"{few}{many}": power + more
    for many, power in (("thousands", 3), ("millions", 6), ("billions", 9), ("trillions", 12))
    for few, more in (("", 0), ("ten ", 1), ("hundred ", 2))
}


def place_value(question: str, source: Source) -> str:
    place, text = matched(r"What is the ([a-z ]+) digit of (.+)\?", question).groups()
    if place not in _PLACES:
        raise Unreadable(f"no place of a digit: {place[:80]!r}")
    source.line(f"print(abs({source.expression(text)}) // 10**{_PLACES[place]} % 10)")
    return f"take the {place} digit"


_POWERS = {"ten": 1, "hundred": 2, "thousand": 3, "million": 6, "billion": 9}
_ROUND = (
    r"(?:Round|What is) (.+?) (?:rounded )?to (?:the nearest (?:(integer)|(1(?:0{1,12}))|([a-z]+(?: [a-z]+){0,2}))"
    r"|([a-z]+|\d{1,2}) (?:dps?|decimal places?))[.?]"
)


def round_number(question: str, source: Source) -> str:
    text, integer, power, words, places = matched(_ROUND, question).groups()
    if places:
        exponent = -COUNTS[places] if places in COUNTS else -int(places) if places.isdigit() else None
    elif integer:
        exponent = 0
    else:
        parts = words.split() if words else []
        parts = parts[1:] if parts[:1] == ["one"] else parts
        known = all(part in _POWERS for part in parts)
        exponent = len(power) - 1 if power else sum(_POWERS[part] for part in parts) if known and parts else None
    if exponent is None:
        raise Unreadable(f"a question of no known form: {question[:80]!r}")
    for name in ("Decimal", "ROUND_HALF_UP"):
        source.import_from("decimal", name)
    code = source.expression(text)
    if not re.fullmatch(r"-?Decimal\([^()]*\)", code):
        code = f"Decimal(str({code}))" if source.symbolic else f"Decimal({code})"
    source.line(f"number = {code}")
    source.line(f'result = number.quantize(Decimal("1e{exponent}"), ROUND_HALF_UP)')
    source.line('print(f"{result.normalize():f}")')
    return "round the number, halves away from zero"


# Comparison.


def _values(text: str, source: Source) -> None:
    """A dictionary from the labels of numbers to their values: letters of choices, or the numbers as written."""
    text = text.strip()
    if text.startswith("("):
        labelled = re.findall(r"\(([a-z])\) (\S+)(?:\s+|$)", text)
    else:
        labelled = [(item, item) for item in text.split(", ")]
    if not 1 < len(labelled) <= 26 or len(dict(labelled)) != len(labelled):
        raise Unreadable(f"no list of numbers: {text[:80]!r}")
    items = [f'"{label}": {source.rational(number)}' for label, number in labelled]
    source.line("values = {" + ", ".join(items) + "}")


def closest(question: str, source: Source) -> str:
    match = matched(r"(?:What|Which) is the (?:nearest|closest) to (.+?)(?: in (.+)\?|\?\s+(\(a\).+))", question)
    source.line(f"target = {source.rational(match[1])}")
    _values(match[2] or match[3], source)
    source.line("print(min(values, key=lambda label: abs(values[label] - target)))")
    return "find the value with the least distance"


def kth_biggest(question: str, source: Source) -> str:
    form = r"(?:What|Which) is the (?:([a-z]+) )?(biggest|smallest) value(?: in (.+)\?|\?\s+(\(a\).+))"
    match = matched(form, question)
    place = ORDINALS.get(match[1] or "first")
    if place is None:
        raise Unreadable(f"a question of no known form: {question[:80]!r}")
    _values(match[3] or match[4], source)
    reverse = ", reverse=True" if match[2] == "biggest" else ""
    source.line(f"ordered = sorted(values, key=lambda label: values[label]{reverse})")
    source.line(f"print(ordered[{place - 1}])")
    return f"sort the values and take the {match[1] + ' ' if match[1] else ''}{match[2]}"


def sort_numbers(question: str, source: Source) -> str:
    form = r"(?:Sort|Put) (.+?)(?: in (increasing|decreasing|ascending|descending) order)?\."
    text, order = matched(form, question).groups()
    _values(text, source)
    reverse = ", reverse=True" if order in ("decreasing", "descending") else ""
    source.line(f"ordered = sorted(values, key=lambda label: values[label]{reverse})")
    source.line('print(", ".join(ordered))')
    return f"sort the values in {order or 'increasing'} order"


_PAIR = (
    (r"Is (.+) (?:<=|less than or equal to|at most as big as|at most) (.+)\?", "<="),
    (r"Is (.+) (?:>=|greater than or equal to|at least as big as|at least) (.+)\?", ">="),
    (r"Is (.+) (?:<|less than|smaller than) (.+)\?", "<"),
    (r"Is (.+) (?:>|greater than|bigger than) (.+)\?", ">"),
    (r"Are (.+) and (.+) unequal\?", "!="),
    (r"Do (.+) and (.+) have different values\?", "!="),
    (r"Is (.+) (?:!=|not equal to) (.+)\?", "!="),
    (r"Are (.+) and (.+) equal\?", "=="),
    (r"Do (.+) and (.+) have the same value\?", "=="),
    (r"(?:Is|Does) (.+) (?:=|equal to|equal) (.+)\?", "=="),
)


def compare(question: str, source: Source) -> str:
    if match := re.fullmatch(r"Which is (smaller|bigger|greater): (\S+) or (\S+)\?", question):
        _values(f"{match[2]}, {match[3]}", source)
        source.line(f"print({'min' if match[1] == 'smaller' else 'max'}(values, key=lambda label: values[label]))")
        return f"compare the two and take the {match[1]}"
    for form, sign in _PAIR:
        if match := re.fullmatch(form, question):
            left, right = match.groups()
            source.line(f"print(bool({source.rational(left)} {sign} {source.rational(right)}))")
            return "compare the two exactly"
    raise Unreadable(f"a question of no known form: {question[:80]!r}")
