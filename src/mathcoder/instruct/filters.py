"""Which samples may be learnt from: their code is run again, their answer graded, and the code is to compute it.

    for sample, why in zip(samples, check_many(samples, sandbox, grader, verifier, count), strict=True):
        ...

A reason is a class and what was found, "error: NameError". Nothing is repaired.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

from mathcoder.computation import Computation
from mathcoder.grading import Grader, Pair, extract_answer
from mathcoder.instruct.computed import codes_of, is_choice, not_computed
from mathcoder.instruct.layouts import solution_texts
from mathcoder.instruct.samples import Sample
from mathcoder.sandbox import Execution, Sandbox
from mathcoder.solving.dialects import DIALECTS
from mathcoder.solving.replay import CONSISTENT, compare, replay_solution
from mathcoder.solving.text import error_shown, shorten_middle
from mathcoder.verification import Verifier
from mathcoder.verification.forms import number
from mathcoder.verification.stated import Stated

__all__ = ["Demands", "check_many", "executions", "why_not"]

_AT_ONCE = 1024
_NOTHING = frozenset(dialect.empty_output for dialect in DIALECTS.values())


@dataclass(frozen=True, slots=True)
class Demands:
    """What a solution must be.

    Attributes:
        max_tokens: it has at most so many.
        output_chars: its executions were shortened to so many characters in the middle.
    """

    max_tokens: int = 1024
    output_chars: int = 4000


def check_many(
    samples: Iterable[Sample],
    sandbox: Sandbox,
    grader: Grader,
    verifier: Verifier,
    count: Callable[[Sequence[str]], Sequence[int]],
    demands: Demands = Demands(),
) -> Iterator[str | None]:
    """Why each sample may not be learnt from, in order; None: it may. About a thousand go through at a time.

    Args:
        samples: taken as they are needed.
        sandbox: runs their code again, over all its cores.
        grader: holds their answers against the reference.
        verifier: tells whether the code computes the answer.
        count: the tokens of each of some texts.
        demands: what a solution must be.

    Raises:
        SandboxError: a sandbox failed.
    """
    source = iter(samples)
    while chunk := list(islice(source, _AT_ONCE)):
        tokens = count(solution_texts(chunk))
        sized = [_before_it_runs(sample, number, demands) for sample, number in zip(chunk, tokens, strict=True)]
        yield from _checked(chunk, sized, sandbox, grader, verifier, demands)


def _checked(
    chunk: Sequence[Sample],
    found: list[str | None],
    sandbox: Sandbox,
    grader: Grader,
    verifier: Verifier,
    demands: Demands,
) -> list[str | None]:
    def left() -> list[int]:
        return [place for place, why in enumerate(found) if why is None]

    places = left()
    for place, executed in zip(places, executions([chunk[place] for place in places], sandbox), strict=True):
        found[place] = why_not(chunk[place], executed, demands)
    places = left()
    for place, grade in zip(places, grader.grade_many(_answered(chunk[place]) for place in places), strict=True):
        if grade.correct is None:
            found[place] = f"answer not graded: {grade.rule}"
        elif not grade.correct:
            found[place] = "answer differs from the reference"
    places = left()
    for place, why in zip(places, not_computed([chunk[place] for place in places], verifier), strict=True):
        found[place] = why
    return found


def _answered(sample: Sample) -> Pair:
    return Pair(extract_answer(sample.solution, "choice" if is_choice(sample) else None), sample.answer)


# Code that is run again.


def executions(samples: Sequence[Sample], sandbox: Sandbox) -> list[tuple[Execution, ...]]:
    """What each block of code of each sample does now, run in order in one session.

    Blocks that only print run together as one program, which costs less; where that comes to anything but its
    end, and for all others, they run one by one.
    """
    codes = list(map(codes_of, samples))
    joined = {place: text for place, blocks in enumerate(codes) if (text := _joined(blocks)) is not None}
    found: dict[int, tuple[Execution, ...]] = {}
    for place, execution in zip(joined, sandbox.map(joined.values()), strict=True):
        outputs = execution.output.split(_BETWEEN)
        if execution.ok and len(outputs) == len(codes[place]):
            found[place] = tuple(Execution(output) for output in outputs)
    rest = [place for place in range(len(samples)) if place not in found]

    def one(place: int) -> tuple[Execution, ...]:
        return tuple(each.execution for each in replay_solution(samples[place].solution, sandbox))

    with ThreadPoolExecutor(sandbox.workers) as pool:
        found.update(zip(rest, pool.map(one, rest), strict=True))
    return [found[place] for place in range(len(samples))]


_BETWEEN = "\x1e\x1d\n"  # printed between blocks; code that prints it too runs one by one


def _joined(blocks: Sequence[str]) -> str | None:
    """The blocks as one program that prints the same; None where that is not plain."""
    try:
        trees = [ast.parse(block) for block in blocks]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    # A notebook shows the value of an expression at the end of a block, a program only at its own.
    for tree in trees[:-1]:
        if tree.body and isinstance(tree.body[-1], ast.Expr) and not _prints(tree.body[-1]):
            return None
    return f"\nprint({_BETWEEN!r}, end='')\n".join(blocks)


def _prints(statement: ast.Expr) -> bool:
    match statement.value:
        case ast.Call(ast.Name("print")):
            return True
        case _:
            return False


# What can be said of a sample by itself.


def _before_it_runs(sample: Sample, tokens: int, demands: Demands) -> str | None:
    if not codes_of(sample):
        return "no code"
    return f"too long: {tokens:,} tokens" if tokens > demands.max_tokens else None


def why_not(sample: Sample, executed: Sequence[Execution], demands: Demands = Demands()) -> str | None:
    """Why a sample may not be learnt from, as its blocks tell; None where they tell nothing against it.

    Args:
        sample: with code.
        executed: what its blocks of code do now, in order.
        demands: `output_chars` of them is used.
    """
    for execution in executed:
        if not execution.ok:
            ended = execution.error_type if execution.status == "error" else None
            return f"error: {ended or execution.status}"
    blocks = sample.solution.blocks
    known = Stated(Computation((sample.question,), "", "", ""))
    told = known.numbers | known.shares
    said: set[Fraction] = set()
    index = 0
    for place, block in enumerate(blocks):
        if block.type == "text":
            said |= _numbers(block.content)
        elif block.type == "code":
            following = blocks[place + 1 : place + 2]
            recorded = following[0].content if following and following[0].type == "execution" else None
            if why := _differs(recorded, executed[index], demands):
                return why
            printed = _numbers(executed[index].output)
            if before := sorted(value for value in printed & said - told if _tells(value)):
                return f"told before it ran: {_written(before[0])} in block {index + 1}"
            told |= printed
            index += 1
    return None


def _differs(recorded: str | None, execution: Execution, demands: Demands) -> str | None:
    shown = replace(execution, output=shorten_middle(execution.shown, demands.output_chars))
    outcome = compare("" if recorded in _NOTHING else recorded, shown)
    if outcome in CONSISTENT:
        return None
    error = error_shown(recorded or "")
    return f"output differs: {outcome}" if error is None else f"error: {error or 'one without a name'}"


_DIGITS = re.compile(r"(?<![\w.])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\w|\.\d)")


def _numbers(text: str) -> set[Fraction]:
    """The numbers written in digits, without their signs."""
    plain = text.replace("{,}", ",").replace("\\!", "")
    return {value for match in _DIGITS.findall(plain) if (value := number(match)) is not None}


def _tells(value: Fraction) -> bool:
    """Whether a number says something: any sentence may hold a digit."""
    return value >= 10 or value.denominator != 1


def _written(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"{float(value):g}"
