"""MathQA's operation programs (arXiv 1905.13319): read, worked out exactly, and written as Python.

Both forms are read: one operation after the other, with `n0` for a number of the problem and `#0` for an earlier
result (`add(n0,n1)|divide(#0,const_100)|`), and nested formulas (`divide(8.5, subtract(5.5, 5))`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mathcoder.instruct.math_derived import Derived, Rejected, batches, one_block, ran
from mathcoder.instruct.mathqa_operations import NOUNS, operation
from mathcoder.instruct.mathqa_value import Value, exact_value
from mathcoder.problems import Problem
from mathcoder.sandbox import Sandbox
from mathcoder.translation.lexer import Unreadable
from mathcoder.translation.tree import Call, Constant, Name, Number, Tree, replaced
from mathcoder.translation.writer import Writer

__all__ = ["Operated", "Program", "agreeing_option", "derive_mathqa", "read_mathqa", "written"]

_LONGEST, _DEEPEST, _MOST_STEPS = 4_000, 100, 100


@dataclass(frozen=True, slots=True)
class Operated:
    """One operation of a program: the variable of its result, its name, and its arguments.

    An argument is a number, a constant, or the name of an earlier result.
    """

    name: str
    operation: str
    arguments: tuple[Tree, ...]

    @property
    def tree(self) -> Tree:
        """What is computed, as a formula."""
        formula, count = operation(self.operation)
        return replaced(formula, dict(zip("abc"[:count], self.arguments, strict=True)))


@dataclass(frozen=True, slots=True)
class Program:
    """Operations in the order in which they are done; the last one gives the answer."""

    steps: tuple[Operated, ...]

    def value(self) -> Value:
        """What the program comes to, exactly where its operations allow it.

        Raises:
            ValueError: it divides by zero, or a value is too large; the message is one line.
        """
        values: dict[str, Value] = {}
        for step in self.steps:
            values[step.name] = exact_value(step.tree, values)
        return values[self.steps[-1].name]

    def code(self) -> str:
        """Python with a variable for each result, which prints the last one.

        Raises:
            ValueError: a number is too large to be written.
        """
        return written({step.name: step.tree for step in self.steps})


_PYTHON = {"Max": "max", "Min": "min", "binomial": "comb"}


def written(results: Mapping[str, Tree]) -> str:
    """Python that works out formulas in order, each with its variable, and prints the last. Raises ValueError."""
    writer = Writer(plain=True)
    lines: list[str] = []
    try:
        for name, tree in results.items():
            text, _, kind = writer.write(tree)
            lines.append(f"{name} = {re.sub(r'(Max|Min|binomial)(?=[(])', lambda match: _PYTHON[match[1]], text)}")
            writer.types[name] = kind
    except (Unreadable, RecursionError) as reason:
        raise ValueError(f"the program cannot be written: {reason}") from None
    names = sorted({_PYTHON.get(name, name) for name in writer.imports} - {"max", "min"})
    head = [f"from math import {', '.join(names)}", ""] if names else []
    return "\n".join([*head, *lines, f"print({list(results)[-1]})"])


_TOKEN = re.compile(
    r"\s*(?:([a-z_]+)\s*\(|(#\d{1,3})|(-?\d{1,40}(?:\.\d{1,40})?)|(const_\w[\w.]{0,40})|(n\d{1,3})|([(),|]))"
)


def read_mathqa(text: str, numbers: Sequence[str] = ()) -> Program:
    """The program of one problem.

    Args:
        text: the program or the formula.
        numbers: those of the problem in their order, for `n0`, `n1`...

    Raises:
        ValueError: it is none, is too long or too deep, or names what there is not; the message is one line.
    """
    if len(text) > _LONGEST:
        raise ValueError(f"a program of {len(text)} characters; at most {_LONGEST} are read")
    steps: list[Operated] = []
    chain: list[Name] = []  # results of the operations that stand outside of others
    open_calls: list[tuple[str, list[Tree]]] = []
    place, after_value = 0, False
    text = text.strip().removesuffix("|")
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ValueError(f"not a program of MathQA at {text[place : place + 20]!r}")
        place = match.end()
        called, earlier, number, constant, given, sign = match.groups()
        if sign in (",", "|"):
            if not after_value or (sign == ",") != bool(open_calls):
                raise ValueError(f"a {sign!r} at the wrong place: {text[:place][-20:]!r}")
            after_value = False
            continue
        if sign == ")":
            if not open_calls or not after_value:
                raise ValueError(f"a bracket at the wrong place: {text[:place][-20:]!r}")
            operated = open_calls.pop()
            result = _add_step(steps, *operated, again=not open_calls)
            (open_calls[-1][1] if open_calls else chain).append(result)
            continue
        if after_value or sign == "(" or (not called and not open_calls):
            raise ValueError(f"not a program of MathQA at {match[0].strip()[:20]!r}")
        if called:
            if len(open_calls) >= _DEEPEST:
                raise ValueError(f"operations inside one another, more than {_DEEPEST}")
            open_calls.append((called, []))
            continue
        open_calls[-1][1].append(_argument(earlier, number, constant, given, numbers, chain))
        after_value = True
    if open_calls or not chain or not after_value:
        raise ValueError(f"a program that is not complete: {text[-20:]!r}")
    return Program(tuple(steps))


def _argument(
    earlier: str | None,
    number: str | None,
    constant: str | None,
    given: str | None,
    numbers: Sequence[str],
    chain: Sequence[Name],
) -> Tree:
    if number:
        return Number(number)
    if constant:
        return _constant(constant)
    if earlier:
        place = int(earlier[1:])
        if place >= len(chain):
            raise ValueError(f"{earlier} is no earlier result")
        return chain[place]
    place = int((given or "n0")[1:])
    if place >= len(numbers):
        raise ValueError(f"{given} is none of the {len(numbers)} numbers of the problem")
    if not re.fullmatch(r"-?\d{1,40}(?:\.\d{1,40})?", numbers[place]):
        raise ValueError(f"{given} is no number: {numbers[place][:40]!r}")
    return Number(numbers[place])


def _constant(name: str) -> Tree:
    if name == "const_pi":
        return Constant("pi")
    if name == "const_deg_to_rad":
        return Call("/", (Constant("pi"), Number("180")))
    if match := re.fullmatch(r"const_(\d{1,20})(?:[_.](\d{1,20}))?", name):
        return Number(match[1] + (f".{match[2]}" if match[2] else ""))
    raise ValueError(f"no constant of MathQA: {name[:40]!r}")


def _add_step(steps: list[Operated], name: str, arguments: list[Tree], again: bool) -> Name:
    """The name of the result of an operation. Inside of others the same one is done once, unless `again`."""
    if len(arguments) != (count := operation(name)[1]):
        raise ValueError(f"{name} takes {count} arguments, not {len(arguments)}")
    for step in steps:
        if not again and step.operation == name and step.arguments == tuple(arguments):
            return Name(step.name)
    if len(steps) >= _MOST_STEPS:
        raise ValueError(f"a program of more than {_MOST_STEPS} operations")
    noun = NOUNS.get(name, name)
    taken = sum(NOUNS.get(step.operation, step.operation) == noun for step in steps)
    steps.append(Operated(noun if not taken else f"{noun}_{taken + 1}", name, tuple(arguments)))
    return Name(steps[-1].name)


# Multiple choice.

_OPTION = re.compile(r"([-–−]?\s?\d[\d,]*(?:\.\d+)?|[-–−]?\.\d+)(?:\s*([/:])\s*(\d+(?:\.\d+)?))?")


def agreeing_option(value: Value, options: Sequence[str]) -> str | None:
    """The letter of the option that says a value, rounded to the digits it shows; the nearest if several do.

    None where there is none, or where two are as near.
    """
    near: dict[str, Fraction] = {}
    for letter, option in zip("ABCDEFGHIJ", options, strict=False):
        distance = _distance(option, value)
        if distance is not None:
            near[letter] = distance
    nearest = [letter for letter in near if near[letter] == min(near.values())]
    return nearest[0] if len(nearest) == 1 else None


def _distance(option: str, value: Value) -> Fraction | None:
    """How far a value is from what an option says, None where the option does not say it."""
    match = _OPTION.search(option)
    if match is None:
        return None
    digits = re.sub(r"[,\s]", "", match[1]).replace("–", "-").replace("−", "-")
    stated, slack = Fraction(digits), Fraction(1, 2 * 10 ** len(digits.partition(".")[2]))
    if match[2]:
        if not (bottom := Fraction(match[3])):
            return None
        stated, slack = stated / bottom, abs(stated / bottom) / 10**6
    distance = abs(Fraction(value) - stated)
    return distance if distance <= slack else None


def derive_mathqa(
    problems: Iterable[Problem], formulas: Mapping[str, str], sandbox: Sandbox, batch: int = 256
) -> Iterator[Derived | Rejected]:
    """One result for each problem, in order: kept where what the code prints is the right option.

    Args:
        problems: with their options.
        formulas: the program or formula of each, by the id of the problem; with numbers and not `n0`.
        sandbox: runs the programs.
        batch: programs that run together.

    Raises:
        ValueError: a problem is of a test split; the message is one line.
    """
    for some in batches(problems, batch):
        codes = [_code(formulas.get(problem.id, "")) for problem in some]
        for problem, code, execution in zip(some, codes, ran(codes, sandbox), strict=True):
            if code is None or execution is None:
                yield Rejected(problem, "the formula cannot be read")
                continue
            output = execution.output.strip()
            if not execution.ok or not _PRINTED.fullmatch(output):
                yield Rejected(problem, "the code prints no number")
            elif agreeing_option(Fraction(output), problem.options) != problem.answer:
                yield Rejected(problem, "the code prints no value of the right option")
            else:
                told = f"This is option {problem.answer}, {problem.options[ord(problem.answer) - ord('A')]}."
                yield one_block(problem, "Work out the quantities one after the other.", code, output, told)


_PRINTED = re.compile(r"-?\d{1,300}(?:\.\d{1,300})?")


def _code(formula: str) -> str | None:
    try:
        return read_mathqa(formula).code()
    except ValueError:
        return None
