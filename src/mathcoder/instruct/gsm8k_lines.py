"""The calculations in a GSM8K solution: its annotations `<<48/2=24>>`, and arithmetic that stands in the prose.

>>> [c.expression.python() for c in calculations("He has 2*3=<<2*3=6>>6 cats.\\nThey eat 6 x 4 = 24 mice.")]
['2 * 3', '6 * 4']
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction

from mathcoder.instruct.expression import Expression, Name, Number, Operation, read_expression
from mathcoder.instruct.quantities import NUMBER, number_value

__all__ = ["Calculation", "calculations", "final_answer_line"]

_ANNOTATION = re.compile(r"<<([^<>]*)>>")
_SENTENCE_END = re.compile(r"(?<!\bM[rs]\.)(?<!\bMrs\.)(?<!\bDr\.)(?<=[.!?;])\s+(?=[A-Z$(\d])")
_EQUALS = re.compile(rf"\s*(?:=+|\bequals\b|\bis equal to\b)\s*\$?\s*(?P<value>-?{NUMBER})")
_TOKEN = re.compile(
    rf"(?P<number>{NUMBER})(?P<percent>\s*%)?|(?P<open>[(\[])|(?P<close>[)\]])"
    r"|(?P<minus>[-−–—]|\bminus\b)|(?P<plus>\+|\bplus\b)|(?P<power>\^)"
    r"|(?P<times>[*×·]|\b[xX]\b|(?<=\d)[xX](?=[\s\d$])|\btimes\b|\bmultiplied by\b|\bof\b)"
    r"|(?P<over>[/÷](?![A-Za-z])|\bdivided by\b)"
    r"|(?P<word>[A-Za-z'’][\w'’-]*|/[A-Za-z]+)|(?P<money>\$)|(?P<other>[^\s])"
)
_SIGNS = {"open": "(", "close": ")", "minus": "-", "plus": "+", "times": "*", "over": "/", "power": "**"}
_OPERATORS = {"minus", "plus", "times", "over", "power"}
_MOST_WORDS = 4  # between a number and the next operator: "7 large stickers a page * 6"
_EQUATION = re.compile(
    rf"(?<![\w.)+*/-])({NUMBER})\s?\*?\s?[A-Za-z]\b\s*=\s*\$?\s?({NUMBER})(?![\w*/+-]| ?[-+*/x])"
)
_FRACTION = re.compile(r"(?<![\d./])(?<!/ )(\d+)\s?/\s?(\d+)(?![\d./]|\s?[/*]{2})")
_LONGEST_LINE = 600  # characters of a line that arithmetic is looked for in


@dataclass(frozen=True, slots=True)
class Calculation:
    """One calculation of a solution.

    Attributes:
        expression: over numbers alone, as it is written.
        stated: what the solution says it comes to.
        sentence: the sentence, without annotations.
        start: where its arithmetic begins in the sentence.
        value_start, value_end: where the sentence states the result.
        annotated: False where it was found in the prose.
    """

    expression: Expression
    stated: Fraction
    sentence: str
    start: int
    value_start: int
    value_end: int
    annotated: bool


def final_answer_line(solution: str) -> tuple[str, str]:
    """The solution without its last line `#### 72`, and the answer there; empty where there is none."""
    body, _, answer = solution.rpartition("####")
    return body.rstrip(), answer.strip()


def calculations(solution: str, fractions: Collection[Fraction] = ()) -> list[Calculation]:
    """The calculations of a solution, in its order.

    Args:
        fractions: `1/4` is read as one number, not as a division, where it is among these.
    """
    found: list[Calculation] = []
    equations: list[tuple[Fraction, Fraction]] = []
    for line in solution.splitlines():
        for sentence in _sentences(line[:_LONGEST_LINE]):
            found += _in_sentence(sentence, fractions, equations)
    return found


def _sentences(line: str) -> Iterator[str]:
    start = 0
    for end in _SENTENCE_END.finditer(line):
        if line.count("<<", 0, end.start()) == line.count(">>", 0, end.start()):
            yield line[start : end.start()]
            start = end.end()
    yield line[start:]


def _in_sentence(
    marked: str, fractions: Collection[Fraction], equations: list[tuple[Fraction, Fraction]]
) -> Iterator[Calculation]:
    """The calculations of a sentence. An equation 5x = 35 is kept in mind for a later x = 7."""
    sentence, annotations = _without_annotations(marked)
    done = 0  # where the last result ended
    for value in _results(sentence, annotations):
        start, end = value.span("value")
        arithmetic = _arithmetic_before(sentence[done : value.start()])
        annotation = annotations.get(start)
        left = annotation.partition("=")[0] if annotation is not None else ""
        tree = _tree(left, fractions)
        if not isinstance(tree, Operation) and arithmetic:
            percent = sentence[end:].lstrip().startswith("%")
            tree = _in_prose(arithmetic, number_value(value["value"]), fractions, percent)
        if not isinstance(tree, Operation):
            tree = _solved(number_value(value["value"]), equations) or tree
        if isinstance(tree, Operation):
            first = done + arithmetic[0].start() if arithmetic else value.start()
            stated = number_value(value["value"])
            yield Calculation(tree, stated, sentence, first, start, end, annotation is not None)
        if tree is not None:
            done = end

    for equation in _EQUATION.finditer(sentence):
        equations.append((number_value(equation[1]), number_value(equation[2])))


def _solved(value: Fraction, equations: list[tuple[Fraction, Fraction]]) -> Expression | None:
    """The division that gives the unknown of an equation this value."""
    for factor, total in reversed(equations):
        if factor * value == total and factor > 1:
            return Operation("/", Number(total), Number(factor))
    return None


def _without_annotations(marked: str) -> tuple[str, dict[int, str]]:
    """The sentence, and each annotation by where it stood."""
    pieces: list[str] = []
    annotations: dict[int, str] = {}
    length = last = 0
    for match in _ANNOTATION.finditer(marked):
        pieces.append(marked[last : match.start()])
        length += len(pieces[-1])
        last = match.end()
        # The result may be written behind a sign: <<3*4=12>>$12.
        sign = re.match(r"[\s$(]*", marked[last:])
        annotations[length + (sign.end() if sign else 0)] = match[1]
    return "".join([*pieces, marked[last:]]), annotations


def _results(sentence: str, annotations: dict[int, str]) -> list[re.Match[str]]:
    """Where results stand: behind an annotation, or behind an equals sign."""
    at = {match.start("value"): match for match in _EQUALS.finditer(sentence)}
    bare = re.compile(rf"(?P<value>-?{NUMBER})")
    for place, annotation in annotations.items():
        if place not in at:
            match = bare.match(sentence, place)
            if match is None and (stated := re.search(rf"=\s*({NUMBER})", annotation)):
                match = bare.search(sentence, max(place - len(stated[1]) - 2, 0))
            if match is not None:
                at[place] = match
    return [at[place] for place in sorted(at)]


def _arithmetic_before(text: str) -> list[re.Match[str]]:
    """The tokens of the arithmetic that ends the text, without its words and signs of money."""
    taken: list[re.Match[str]] = []
    words, term = 0, True  # whether a number is looked for, or an operator before one
    whole = 0  # how many tokens end with the leftmost term
    for token in reversed(list(_TOKEN.finditer(text.rstrip(" =$")))):
        kind = token.lastgroup if token.lastgroup != "percent" else "number"
        if kind == "money":
            continue
        if term and kind == "word" and words < _MOST_WORDS:
            words += 1
        elif (
            (term and kind in ("number", "close"))
            or (not term and kind in (_OPERATORS | {"open"}))
            or (
                kind == "number" and taken[-1].lastgroup == "open" and token.end() == taken[-1].start()
            )  # 3(4 + 1)
        ):
            taken.append(token)
            words = 0
            if kind != "close":
                term = kind in _OPERATORS
            if not term:
                whole = len(taken)
        else:
            break
    return taken[:whole][::-1]


def _in_prose(
    arithmetic: list[re.Match[str]], stated: Fraction, fractions: Collection[Fraction], percent: bool
) -> Expression | None:
    """The arithmetic where it comes to what is stated, whether 20% is meant as 0.2 or as 20."""
    for whole in (1, 100) if percent else (100, 1):
        tree = _tree(_python(arithmetic, whole), fractions)
        if tree is not None and _comes_to(tree, stated):
            return tree
        if tree is not None and percent and _comes_to(tree, stated / 100):
            return Operation("*", tree, Number(Fraction(100)))
    return None


def _python(arithmetic: list[re.Match[str]], percent: int) -> str:
    """Arithmetic of the prose as Python: without units, signs of money and commas."""
    pieces: list[str] = []
    for token in arithmetic:
        if token["number"]:
            value = number_value(token["number"])
            pieces.append(Number(value / percent if token["percent"] else value).python())
        else:
            pieces.append(_SIGNS[token.lastgroup or ""])
    return " ".join(pieces)


def _tree(text: str, fractions: Collection[Fraction]) -> Expression | None:
    """The tree of arithmetic over numbers; None where it is none."""

    def one(match: re.Match[str]) -> str:
        above, below = int(match[1]), int(match[2])
        known = below and Fraction(above, below) in fractions
        return f"part_{above}_{below}" if known else match[0]

    text = re.sub(r"(?<![\d.])0+(?=\d)", "", text.replace(",", ""))
    text = re.sub(r"(?<=[\d)])\s*\(", "*(", text).replace("^", "**")
    try:
        return _filled(read_expression(_FRACTION.sub(one, text)))
    except ValueError:
        return None


def _filled(tree: Expression) -> Expression:
    if isinstance(tree, Operation):
        return Operation(tree.operator, _filled(tree.left), _filled(tree.right))
    if isinstance(tree, Name):
        part = re.fullmatch(r"part_(\d+)_(\d+)", tree.name)
        if part is None:
            raise ValueError(f"a solution's arithmetic has no names: {tree.name}")
        return Number(Fraction(int(part[1]), int(part[2])))
    return tree


def _comes_to(tree: Expression, stated: Fraction) -> bool:
    """Whether the arithmetic gives the result, but for rounding to what is written."""
    try:
        return abs(tree.evaluate({}) - stated) <= Fraction(1, 100) + abs(stated) / 500
    except ValueError:
        return False
