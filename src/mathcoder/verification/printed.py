"""What code prints, as grading reads answers.

The last line that is not empty is the result; it may be read in several ways (a list may be meant as a set, a
sentence holds its value behind the last "is"), and each way is one `Reading`. Nothing is evaluated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from mathcoder.grading.compare import same
from mathcoder.grading.expression import Undecided
from mathcoder.grading.read import read
from mathcoder.grading.shapes import Words
from mathcoder.verification.forms import number

__all__ = ["Reading", "claimed", "differ", "is_prose", "readings"]

_LONGEST = 4_000  # characters of a result that is looked into
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?(?:/\d+)?")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an output. `way`: how; `text`: the value, as grading reads it."""

    way: str
    text: str


def readings(output: str) -> list[Reading]:
    """The ways to read an output, the likeliest first; none if nothing was printed."""
    line = _last(output)
    if not line or len(line) > _LONGEST:
        return []
    if _PLAIN.fullmatch(line):
        return [Reading("whole", line)]
    raw, line = line, _value(line)
    if structured := _structured(line):
        return structured
    found = [Reading("whole", line)]
    if not is_prose(line) and not ("=" in line or ":" in line):
        if re.search(r"\b[EI]\b", raw):  # a variable of that name, not SymPy's constant
            found.append(Reading("raw", raw))
        return found
    for way, pattern in _BEHIND:
        if (match := pattern.search(line)) and match[1].strip():
            found.append(Reading(way, match[1].strip()))
    if is_prose(line) and not _FORMULA.search(line) and (numbers := _NUMBER.findall(line)):
        found.append(Reading("number", numbers[-1]))
    return found


_BEHIND = (
    ("=", re.compile(r".*[=≈](?!=)(.+)")),
    (":", re.compile(r".*:\s+(.+)")),
    ("is", re.compile(r".*\b(?:is|are|was|equals|to|gives)\s+(.+?)\.?$")),
)
_FORMULA = re.compile(r"\w\(|\*\*|\w\*\w")  # an expression that grading cannot read: its last number is no value
_NUMBER = re.compile(r"(?<![\w.])[-−]?[$€£]?\d[\d,]*(?:\.\d+)?(?:/\d+)?(?:e[+-]?\d+)?%?(?!\w)")


def _last(output: str) -> str:
    """The last line, with those before it that belong to the same brackets."""
    lines = output[-4 * _LONGEST :].strip().splitlines()
    text = ""
    for count, line in enumerate(reversed(lines)):
        text = f"{line.strip()} {text}".strip()
        if all(text.count(a) >= text.count(b) for a, b in ("()", "[]", "{}")) or count > 50:
            break
    return text


_WRAPPED = re.compile(
    r"(?:np\.|numpy\.|mpmath\.)?(?:float64|int64|float32|int32|Decimal|Integer|Float|mpf|str_|bool_?)"
    r"\(\s*['\"]?([^()'\"]*)['\"]?\s*\)"
)
_NAMES = (
    (re.compile(r"\bI\b"), "i"),
    (re.compile(r"\bE\b"), "e"),
    (re.compile(r"\bAbs\("), "abs("),
    (re.compile(r"\bceiling\("), "ceil("),
    (re.compile(r"\b(?:EmptySet|set\(\)|FiniteSet\(\))(?:\(\))?"), r"\\emptyset"),
    (re.compile(r"\bReals\b"), r"\\mathbb{R}"),
)
_COMPLEX = re.compile(r"\(?(-?[\d.]+(?:e[+-]?\d+)?)([+-])([\d.]+(?:e[+-]?\d+)?)j\)?|(-?[\d.]+)j")
_FRACTION = re.compile(r"\b(?:Fraction|Rational)\((-?\d+), ?(\d+)\)")


def _value(line: str) -> str:
    """`line` without the names of Python's number types and with those of constants as grading has them."""
    if match := _COMPLEX.fullmatch(line):
        if match[4]:
            return f"{_without_noise(match[4])}i"
        return f"{_without_noise(match[1])} {match[2]} {_without_noise(match[3])}i"
    if "(" in line:
        line = _FRACTION.sub(r"\1/\2", _WRAPPED.sub(r"\1", line))
    if re.fullmatch(r"(['\"]).*\1", line):
        line = line[1:-1]
    for pattern, name in _NAMES:
        line = pattern.sub(name, line)
    return line.strip()


def _without_noise(text: str) -> str:
    """A float's digits without what its last bits add: 0.39999999999999997 is 0.4."""
    value = round(float(text), 12)
    return f"{value:.12f}".rstrip("0").rstrip(".")


# Lists, sets, dicts, matrices and intervals.


def _structured(line: str) -> list[Reading]:
    if match := _MATRIX.fullmatch(line):
        return _matrix(match[1])
    if match := _DICT.fullmatch(line):
        return _dict(match[1])
    if _DICTS.fullmatch(line):
        values = [_dict(inner)[0].text for inner in re.findall(r"\{([^{}]*)\}", line)]
        return [Reading("set", ", ".join(values))]
    if line.startswith(("Interval", "Union")):
        return [Reading("interval", _intervals(line))]
    if re.fullmatch(r"\[\[.*\]\]", line):
        return [*_matrix(line), Reading("list", line)]
    if line.startswith("[") and line.endswith("]"):
        inner = line[1:-1].strip()
        if "," not in inner and re.fullmatch(r"[-\d.e+]+(?:\s+[-\d.e+]+)+", inner):
            inner = ", ".join(inner.split())  # as numpy prints it
        found = [Reading("set", rf"\{{{inner}\}}"), Reading("list", f"[{inner}]")]
        return [Reading("single", inner), *found] if inner and "," not in inner else found
    if re.fullmatch(r"\{.*\}", line) and ":" not in line:
        inner = line[1:-1].strip()
        found = [Reading("set", rf"\{{{inner}\}}")]
        return [Reading("single", inner), *found] if inner and "," not in inner else found
    if re.fullmatch(r"-?[\d.]+(?:\s+-?[\d.]+)+", line):  # print(a, b)
        return [Reading("list", ", ".join(line.split()))]
    return []


_MATRIX = re.compile(r"(?:Immutable)?(?:Dense)?(?:Matrix|array)\((\[.*\])\)")
_DICTS = re.compile(r"\[(?:\{[^{}]*:[^{}]*\}(?:, )?)+\]")
_DICT = re.compile(r"\[?\{([^{}]*:[^{}]*)\}\]?")


def _matrix(rows: str) -> list[Reading]:
    """A matrix in LaTeX; a single column also as a list."""
    inner = rows.strip()[1:-1]
    if not inner.lstrip().startswith("["):
        return [Reading("list", f"({inner})"), Reading("matrix", _latex([[cell] for cell in _split(inner)]))]
    table = [_split(row) for row in re.findall(r"\[([^\[\]]*)\]", inner)]
    found = [Reading("matrix", _latex(table))]
    if all(len(row) == 1 for row in table):
        found.append(Reading("list", f"({', '.join(row[0] for row in table)})"))
    return found


def _latex(table: list[list[str]]) -> str:
    body = r" \\ ".join(" & ".join(row) for row in table)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def _split(text: str) -> list[str]:
    """Items at commas outside of brackets, or at spaces as numpy prints them."""
    if "," not in text:
        return text.split() if re.fullmatch(r"[-\d.e+\s]+", text) else [text.strip()]
    items, depth, start = list[str](), 0, 0
    for place, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            items.append(text[start:place].strip())
            start = place + 1
    return [*items, text[start:].strip()]


def _dict(inner: str) -> list[Reading]:
    """`{x: 2, y: 3}` as x = 2, y = 3, and as (2, 3)."""
    pairs = [item.partition(":") for item in _split(inner)]
    names, values = [pair[0].strip() for pair in pairs], [pair[2].strip() for pair in pairs]
    named = ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
    if len(values) == 1:
        return [Reading("single", values[0]), Reading("named", named)]
    return [Reading("list", f"({', '.join(values)})"), Reading("named", named)]


_INTERVAL = re.compile(r"Interval(\.open|\.Ropen|\.Lopen)?\(([^(),]+(?:\([^()]*\))?), ([^(),]+(?:\([^()]*\))?)\)")


def _intervals(line: str) -> str:
    def one(match: re.Match[str]) -> str:
        left = "(" if match[1] in (".open", ".Lopen") or match[2] == "-oo" else "["
        right = ")" if match[1] in (".open", ".Ropen") or match[3] == "oo" else "]"
        return f"{left}{match[2]}, {match[3]}{right}"

    found = [one(match) for match in _INTERVAL.finditer(line)]
    points = [rf"\{{{inner}\}}" for inner in re.findall(r"\{([^{}]*)\}", line)]
    return r" \cup ".join(found + points)


# The claim, and comparing.


def claimed(result: str) -> str:
    """A stated result as grading reads it: what stands behind its last sign of equality or approximation."""
    return re.sub(r"^.*(?:\\approx|\\simeq|\\doteq|≈)", "", result.strip(), flags=re.DOTALL).strip()


def is_prose(text: str) -> bool:
    """Whether a text is words, no value."""
    if _PLAIN.fullmatch(text) or text in ("True", "False"):
        return False
    return isinstance(read(text), Words)


def differ(before: str, after: str) -> bool | None:
    """Whether a changed program's value differs from the first one's; None if the two are of different kinds."""
    if before == after:
        return False
    first, second = number(before), number(after)
    if first is not None and second is not None:
        return abs(first - second) > Fraction(1, 10**9) * max(abs(first), abs(second))
    if is_prose(after) != is_prose(before) or ((first is None) != (second is None) and is_prose(after)):
        return None
    try:
        return not same(read(after), read(before))[0]
    except Undecided:
        return True
