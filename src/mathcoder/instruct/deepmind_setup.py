"""What a composed question of DeepMind's mathematics data states first: `Let j(a) = a - 4. Let r be j(8).`"""

from __future__ import annotations

import re
from collections.abc import Callable

from mathcoder.instruct.deepmind_source import Source, Unreadable

__all__ = ["COUNTS", "ORDINALS", "listed", "set_up"]

COUNTS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
}
ORDINALS = {
    word: number
    for number, word in enumerate(
        "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
        "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split()
    )
}

_MOST_EQUATIONS = 3


def set_up(sentence: str, source: Source) -> None:
    """Write the lines of one sentence.

    Raises:
        Unreadable: the sentence is of no known form.
    """
    for form, write in _FORMS:
        if match := form.fullmatch(sentence):
            write(source, match)
            return
    raise Unreadable(f"a sentence of no known form: {sentence[:80]!r}")


def _derivative(source: Source, match: re.Match[str]) -> None:
    name, parameter, order, text = match.groups()
    if order not in ORDINALS:
        raise Unreadable(f"an order of no known name: {order}")
    source.derivative(name, parameter, text, ORDINALS[order])
    source.plan.append(f"take the {order} derivative that defines {name}")


def _function(source: Source, match: re.Match[str]) -> None:
    name, parameter, text = match.groups()
    if others := set(source.unknowns(text)) - {parameter}:
        raise Unreadable(f"{min(others)} has no value in {match[0][:80]!r}")
    source.function(name, parameter, text)


def _value(source: Source, match: re.Match[str]) -> None:
    name, text = match.groups()
    if unknown := source.unknowns(text):
        raise Unreadable(f"{unknown[0]} has no value in {match[0][:80]!r}")
    source.assign(name, text)
    source.plan.append(f"work out {name}")


def _suppose(source: Source, match: re.Match[str]) -> None:
    equations = match[1].split(", ")
    unknown = source.unknowns(match[1])
    if len(equations) > _MOST_EQUATIONS or not 0 < len(unknown) <= len(equations):
        raise Unreadable(f"as many equations as unknowns are needed: {match[0][:80]!r}")
    written = source.equations(equations)
    solve = source.use("solve")
    if len(unknown) == 1:
        source.assign_code(unknown, [f"{solve}({written[0]}, {unknown[0]})[0]"])
    else:
        source.line(f"solution = {solve}([{', '.join(written)}], [{', '.join(unknown)}])")
        source.assign_code(unknown, [f"solution[{name}]" for name in unknown])
    source.plan.append(f"solve for {listed(unknown)}")


_FORMS: tuple[tuple[re.Pattern[str], Callable[[Source, re.Match[str]], None]], ...] = (
    (re.compile(r"Let ([a-z])\(([a-z])\) be the ([a-z]+) derivative of (.+)\."), _derivative),
    (re.compile(r"Let ([a-z])\(([a-z])\) = (.+)\."), _function),
    (re.compile(r"Let ([a-z]) (?:be|=) (.+)\."), _value),
    (re.compile(r"Suppose (.+)\."), _suppose),
)


def listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
