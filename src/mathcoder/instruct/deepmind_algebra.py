"""Questions of DeepMind's mathematics data about algebra, polynomials, calculus and arithmetic, as programs."""

from __future__ import annotations

import re

from mathcoder.instruct.deepmind_setup import ORDINALS
from mathcoder.instruct.deepmind_source import Source, Unreadable

__all__ = [
    "add_in_base",
    "arithmetic",
    "coefficient",
    "convert_base",
    "differentiate",
    "evaluate",
    "expand",
    "integer_root",
    "linear",
    "matched",
    "next_term",
    "nth_term",
    "roots",
    "simplify_power",
    "simplify_surd",
]

# Each takes the question after what was set up, writes the lines that print the answer, and says in words what
# they do. It raises Unreadable where the question is of no form that it knows.


def matched(form: str, question: str) -> re.Match[str]:
    """The match of a whole question. Raises Unreadable where there is none."""
    match = re.fullmatch(form, question)
    if match is None:
        raise Unreadable(f"a question of no known form: {question[:80]!r}")
    return match


def linear(question: str, source: Source) -> str:
    equations, name = matched(r"Solve (.+) for ([a-z])\.", question).groups()
    written = source.equations(equations.split(", "))
    unknown = source.unknowns(equations)
    if name not in unknown or len(unknown) != len(written):
        raise Unreadable(f"as many equations as unknowns are needed: {question[:80]!r}")
    solve = source.use("solve")
    if len(written) == 1:
        source.line(f"print({solve}({written[0]}, {name})[0])")
        return f"solve the equation for {name}"
    source.line(f"solution = {solve}([{', '.join(written)}], [{', '.join(unknown)}])")
    source.line(f"print(solution[{name}])")
    return f"solve the equations and take {name}"


_ROOTS = (
    r"(?:Factor (?P<factor>[^=]+)\.|Solve (?P<a>.+ = [^=]+?)(?: for [a-z])?\.|What is [a-z] in (?P<b>.+)\?"
    r"|(?:Determine|Find|Calculate) [a-z](?:, given that| so that| such that) (?P<c>.+)\."
    r"|(?:Let|Suppose) (?P<d>.+)\. (?:What is [a-z]\?|(?:Calculate|Determine|Find|Give) [a-z]\.))"
)


def roots(question: str, source: Source) -> str:
    match = matched(_ROOTS, question)
    if match["factor"]:
        source.line(f"print({source.use('factor')}({source.expression(match['factor'])}))")
        return "factor the polynomial"
    text = match["a"] or match["b"] or match["c"] or match["d"]
    unknown = source.unknowns(text)
    if len(unknown) != 1:
        raise Unreadable(f"one unknown is needed: {question[:80]!r}")
    source.line(f"roots = {source.use('solve')}({source.equations([text])[0]}, {unknown[0]})")
    source.line('print(", ".join(str(root) for root in sorted(roots)))')
    return f"find all {unknown[0]} that solve the equation"


def _terms(text: str, source: Source, name: str) -> str:
    terms = text.split(", ")
    if not 2 <= len(terms) <= 30 or not all(re.fullmatch(r"-?(?:0|[1-9]\d{0,30})", term) for term in terms):
        raise Unreadable(f"no list of whole numbers: {text[:80]!r}")
    source.symbols([name])
    source.line(f"terms = [{', '.join(terms)}]")
    return f"{source.use('interpolate')}(terms, {name})"


def next_term(question: str, source: Source) -> str:
    form = r"What (?:comes next:|is (?:the )?next(?: term)? in) (.+)\?"
    rule = _terms(matched(form, question)[1], source, "n")
    source.line(f"rule = {rule}")
    source.line("print(rule.subs(n, len(terms) + 1))")
    return "fit a polynomial to the terms and take the next one"


def nth_term(question: str, source: Source) -> str:
    name, terms = matched(r"What is the ([a-z])'th term of (.+)\?", question).groups()
    rule = _terms(terms, source, name)
    source.line(f"print({source.use('expand')}({rule}))")
    return f"fit a polynomial in {name} to the terms"


_ASKS = r"(?:What is(?: the value of)?|Calculate|Evaluate|Work out|Give|Determine|Find)"
_NUMBER = r"(-?[\d.]+)"
_IN_WORDS = (
    (rf"(?:What is |Calculate )?{_NUMBER} divided by {_NUMBER}[.?]?", "({0}) / ({1})"),
    (rf"Divide {_NUMBER} by {_NUMBER}\.", "({0}) / ({1})"),
    (rf"(?:What is |Calculate )?{_NUMBER} (?:times|multiplied by) {_NUMBER}[.?]?", "{0} * {1}"),
    (rf"(?:What is the product of|Product of|Multiply) {_NUMBER} and {_NUMBER}[.?]", "{0} * {1}"),
    (
        rf"(?:Add together|Add|Put together|Total of|Sum|What is the sum of) {_NUMBER} and {_NUMBER}[.?]",
        "{0} + {1}",
    ),
    (rf"(?:What is |Calculate )?{_NUMBER} plus {_NUMBER}[.?]?", "{0} + {1}"),
    (rf"(?:What is |Calculate )?{_NUMBER} (?:minus|take away) {_NUMBER}[.?]?", "{0} - {1}"),
    (rf"What is {_NUMBER} less than {_NUMBER}\?", "{1} - {0}"),
    (rf"Subtract {_NUMBER} from {_NUMBER}\.", "{1} - {0}"),
)


def arithmetic(question: str, source: Source) -> str:
    """An expression of numbers, in signs or in words; decimals stay decimals."""
    text = question
    for form, wanted in _IN_WORDS:
        if match := re.fullmatch(form, question):
            text = wanted.format(*match.groups())
            break
    else:
        if match := re.fullmatch(rf"What is the difference between {_NUMBER} and {_NUMBER}\?", question):
            return _print_decimal(f"abs({source.expression('{} - {}'.format(*match.groups()))})", source)
        if asked := re.fullmatch(rf"{_ASKS} (.+)[.?]", question):
            text = asked[1]
    if source.unknowns(text):
        raise Unreadable(f"a question of no known form: {question[:80]!r}")
    return _print_decimal(source.expression(text), source)


def _print_decimal(code: str, source: Source) -> str:
    if source.decimals and "Decimal(" in code:
        source.line(f"result = {code}")
        source.line('print(f"{result.normalize():f}")')
    else:
        source.line(f"print({code})")
    return "work out the expression with exact numbers"


_DIGITS = "0123456789abcdef"
_IN_BASE = """def in_base(number, base):
    digits, rest = "", abs(number)
    while rest:
        rest, digit = divmod(rest, base)
        digits = "0123456789abcdef"[digit] + digits
    return ("-" if number < 0 else "") + (digits or "0")
"""


def digits_in(text: str, base: str) -> str:
    """Python that reads digits of a base. Raises Unreadable where they are none."""
    allowed = _DIGITS[: int(base)] if 2 <= int(base) <= 16 else ""
    if not allowed or len(text) > 200 or not re.fullmatch(rf"-?[{allowed}]+", text):
        raise Unreadable(f"no digits of base {base[:10]}: {text[:80]!r}")
    return f'int("{text}", {base})'


def add_in_base(question: str, source: Source) -> str:
    form = r"In base (\d{1,2}), what is (-?[0-9a-f]+) ([-+]) (-?[0-9a-f]+)\?"
    base, left, sign, right = matched(form, question).groups()
    source.line(_IN_BASE)
    source.line(f"result = {digits_in(left, base)} {sign} {digits_in(right, base)}")
    source.line(f"print(in_base(result, {base}))")
    return f"read both numbers in base {base}, compute, and write the result in that base"


def convert_base(question: str, source: Source) -> str:
    form = r"(?:Convert|What is)? ?(-?[0-9a-f]+) \(base (\d{1,2})\) (?:to|in) base (\d{1,2})[.?]?"
    number, base, other = matched(form, question).groups()
    if not 2 <= int(other) <= 16:
        raise Unreadable(f"no base: {other}")
    source.line(_IN_BASE)
    source.line(f"number = {digits_in(number, base)}")
    source.line(f"print(in_base(number, {other}))")
    return f"read the number in base {base} and write it in base {other}"


_ROOT_NAMES = {"square": 2, "cube": 3} | ORDINALS


def integer_root(question: str, source: Source) -> str:
    form = r"What is (?:the ([a-z]+) root of (\d+)|(\d+) to the power of 1/(\d{1,2})), to the nearest integer\?"
    if match := re.fullmatch(form.replace("), to", "),? to"), question):
        name, number, other, order = match.groups()
        degree = int(order) if order else _ROOT_NAMES.get(name, 0)
        if degree >= 2:
            source.line(f"value = {source.use('root')}({number or other}, {degree})")
            source.line(f"print(round({source.use('N')}(value, 50)))")
            return "take the root with many digits and round it"
    raise Unreadable(f"a question of no known form: {question[:80]!r}")


def simplify_surd(question: str, source: Source) -> str:
    text = matched(r"Simplify (.+)\.", question)[1]
    if source.unknowns(text):
        raise Unreadable(f"numbers are needed: {question[:80]!r}")
    source.line(f"value = {source.expression(text)}")
    source.line(f"print({source.use('expand')}({source.use('radsimp')}(value)))")
    return "simplify the expression, with no root in a denominator"


def simplify_power(question: str, source: Source) -> str:
    text, name = matched(r"Simplify (.+) assuming ([a-z]) is positive\.", question).groups()
    if source.unknowns(text) != [name]:
        raise Unreadable(f"one unknown is needed: {question[:80]!r}")
    source.symbols([name], positive=True)
    source.line(f"print({source.use('powsimp')}({source.expression(text)}))")
    return f"gather the powers of {name}"


_DERIVATIVE = (
    r"(?:Differentiate|(?:What is|Find) the (?:(?P<order>[a-z]+) )?derivative of) (?P<text>.+?)"
    r"(?: (?:wrt|with respect to) (?P<name>[a-z]))?[.?]"
)


def differentiate(question: str, source: Source) -> str:
    match = matched(_DERIVATIVE, question)
    unknown = source.unknowns(match["text"])
    name, order = match["name"] or (unknown[0] if len(unknown) == 1 else ""), match["order"] or "first"
    if name not in unknown or order not in ORDINALS:
        raise Unreadable(f"a question of no known form: {question[:80]!r}")
    times = f", {ORDINALS[order]}" if ORDINALS[order] > 1 else ""
    code = f"{source.use('diff')}({source.expression(match['text'])}, {name}{times})"
    source.line(f"print({source.use('expand')}({code}))")
    return f"take the {order} derivative with respect to {name}"


def evaluate(question: str, source: Source) -> str:
    """A value of a function, or functions added or composed."""
    text = matched(rf"{_ASKS} (.+)[.?]", question)[1]
    if source.unknowns(text):
        source.line(f"print({source.use('expand')}({source.expression(text)}))")
        return "put the functions in and expand"
    source.line(f"print({source.expression(text)})")
    return "put the value into the function"


def expand(question: str, source: Source) -> str:
    text = matched(r"(?:Expand|Collect the terms in) (.+)\.", question)[1]
    source.line(f"print({source.use('expand')}({source.expression(text)}))")
    return "expand the expression and collect its terms"


_COEFFICIENT = r"(?:Rearrange|Express) (.+) (?:to|as|in)(?: the form)? (.+) and give ([a-z])\."


def coefficient(question: str, source: Source) -> str:
    text, form, wanted = matched(_COEFFICIENT, question).groups()
    names = source.unknowns(text)
    others = [name for name in source.unknowns(form) if name not in names]
    if len(names) != 1 or wanted not in others:
        raise Unreadable(f"a question of no known form: {question[:80]!r}")
    source.line(f"difference = {source.expression(text)} - ({source.expression(form)})")
    source.line(f"coefficients = {source.use('Poly')}(difference, {names[0]}).coeffs()")
    source.line(f"print({source.use('solve')}(coefficients, [{', '.join(others)}])[{wanted}])")
    return f"compare the coefficients of the powers of {names[0]} and take {wanted}"
