"""Does the code compute its result? Decided by changing what it takes from the text and looking at what it prints.

`examine` is a generator: it yields changed programs, one at a time, is sent what came of each, and returns its
finding. So the programs of many computations can run together. Two questions are asked:

- Does the output hang on the result itself, written down in the code? Then nothing is computed.
- Does it hang on a number, function or formula that the text states? Only then it is computed.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import TypeAlias

from mathcoder.verification.changes import change_numbers, changed_value
from mathcoder.verification.forms import number
from mathcoder.verification.leaks import leaks, written_down
from mathcoder.verification.origins import Numbers, inputs
from mathcoder.verification.program import Program
from mathcoder.verification.stated import Stated
from mathcoder.verification.verdict import Verdict

__all__ = ["Examination", "Outcome", "examine"]

_LEAKS, _INPUTS = 5, 9  # most changed programs for either question


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a changed program came to.

    Attributes:
        changed: whether it printed another value; None where that says nothing: an error, no output, words.
        output: the value it printed.
        silent: it ran to its end and printed nothing. The first program may have printed after a test that the
            changed one does not pass.
    """

    changed: bool | None
    output: str = ""
    silent: bool = False


Finding: TypeAlias = tuple[Verdict, str]
Examination: TypeAlias = Generator[str, Outcome, Finding]


def examine(program: Program, stated: Stated, value: str) -> Examination:
    """Whether `program`, whose output `value` agrees with the claim, computes it.

    The finding is "verified", "trivial" or "unverifiable", with a reason.
    """
    why, guarded = written_down(program, stated)
    if why:
        return "trivial", why
    for leak, itself in islice(leaks(program, stated, value), _LEAKS):
        outcome = yield leak.write(program)
        if outcome.changed and (not itself or _moved_along(value, outcome.output)):
            return "trivial", f"the result is in the code: {leak.words} gives {_short(outcome.output)}"
        guarded = guarded or outcome.silent
    numbers = Numbers(program, stated)
    if why := numbers.foreign():
        return "trivial", why
    said = False
    for change in islice(inputs(program, stated, numbers), _INPUTS):
        outcome = yield change.write(program)
        if outcome.changed or (outcome.silent and not guarded):
            return "verified", f"{change.words} gives {_short(outcome.output) or 'no output'}"
        said = said or outcome.changed is False
    found, more = yield from _by_occurrence(program, stated, numbers)
    if found is not None:
        return found
    if said or more or not numbers.inputs:
        return "trivial", "nothing that the text states changes what it prints"
    return "unverifiable", "every change of the code ended in an error, in words or without output"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."


def _came_through(value: Fraction, output: str) -> bool:
    """Whether what a number was changed to is what is printed."""
    found = number(output)
    return found is None or abs(found) == changed_value(value)


def _moved_along(before: str, after: str) -> bool:
    """Whether the output moved by 1 as the literal in the code did: then it is that literal that comes out.

    Code may hold a number that happens to be the result, as the 3 of the mean of 2, 3 and 4.
    """
    first, second = number(before), number(after)
    return first is None or second is None or abs(abs(second - first) - 1) < Fraction(1, 10**6)


def _is_asked(program: Program, stated: Stated) -> bool:
    """Whether a formula that the text states is what is printed, as it stands there."""
    for expr, last in program.printed():
        if last:
            return stated.has_form(program.formula(expr), program.as_written(expr))
    return False


def _by_occurrence(
    program: Program, stated: Stated, numbers: Numbers
) -> Generator[str, Outcome, tuple[Finding | None, bool]]:
    """One occurrence of a number at a time: 12/12 is computed although changing both 12 changes nothing."""
    said = False
    plain = stated.value not in program.values or _is_asked(program, stated)
    if plain:
        for value in numbers.inputs[:2]:
            places = program.places(value)
            for place in places[:2] if len(places) > 1 else ():
                change = change_numbers([place], value)
                outcome = yield change.write(program)
                if outcome.changed:
                    return ("verified", f"{change.words} gives {_short(outcome.output)}"), True
                said = said or outcome.changed is False
    for value in numbers.itself if numbers.complete() else ():
        places = program.places(value)
        changed = 0
        for place in places[:3]:
            change = change_numbers([place], value)
            outcome = yield change.write(program)
            changed += outcome.changed is True
            worked_on = outcome.changed is True and not _came_through(value, outcome.output)  # 2**18, not 2
            if changed == 2 or worked_on:
                return ("verified", f"{change.words} gives {_short(outcome.output)}"), True
        said = True
    return None, said
