"""Does the code of a solution compute its answer? What `mathcoder.verification` says of it as one program."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from mathcoder.computation import Computation
from mathcoder.instruct.samples import Sample
from mathcoder.verification import Verification, Verifier
from mathcoder.verification.forms import literal, number
from mathcoder.verification.stated import Stated

__all__ = ["codes_of", "is_choice", "not_computed"]

_MOST_ENDS = 8  # of a program, that are taken for its answer


def is_choice(sample: Sample) -> bool:
    """Whether the reference is the letter of a choice, which no code computes without the options."""
    return re.fullmatch(r"\(?[A-J]\)?", sample.answer.strip()) is not None


def codes_of(sample: Sample) -> list[str]:
    """The blocks of code, in order."""
    return [block.content for block in sample.solution.blocks if block.type == "code"]


def not_computed(samples: Sequence[Sample], verifier: Verifier) -> list[str | None]:
    """Of each sample, why its code does not compute the answer, which may be any of the last things it shows."""
    found: list[str | None] = [None] * len(samples)
    left = {place: "\n".join(codes_of(sample)) for place, sample in enumerate(samples)}
    others: dict[int, Iterator[str]] = {}
    while left:
        asked = [
            Computation((samples[place].question,), "", samples[place].answer, code)
            for place, code in left.items()
        ]
        again: dict[int, str] = {}
        for place, verification in zip(left, verifier.verify_many(asked), strict=True):
            if place not in others or verification.verdict in ("verified", "trivial"):
                found[place] = _verdict(samples[place], verification)
            if verification.verdict in ("mismatch", "unverifiable"):
                codes = others.setdefault(place, islice(_ending_otherwise(left[place]), _MOST_ENDS))
                if code := next(codes, None):
                    again[place] = code
        left = again
    return found


def _ending_otherwise(code: str) -> Iterator[str]:
    """Programs that end with one of the things that `code` shows, the last ones first."""
    try:
        body = ast.parse(code).body
        for place in reversed(range(len(body))):
            statement = body[place]
            if isinstance(statement, ast.Expr):
                for shown in reversed(list(_shown(statement.value))):
                    yield ast.unparse(ast.Module([*body[:place], ast.Expr(shown)], []))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return


def _shown(value: ast.expr) -> Iterator[ast.expr]:
    match value:
        case ast.Call(ast.Name("print"), arguments):
            for argument in arguments:
                yield from _shown(argument)
        case ast.Tuple(items):
            yield from items
        case ast.JoinedStr(parts):
            yield from (part.value for part in parts if isinstance(part, ast.FormattedValue))
        case ast.Constant(str()):
            return
        case _:
            yield value


def _verdict(sample: Sample, verification: Verification) -> str | None:
    verdict = verification.verdict
    if verdict == "trivial" or (verdict == "mismatch" and not is_choice(sample)):
        return f"answer not computed: {verification.reason}"
    leaks = verdict not in ("verified", "mismatch") and not is_choice(sample) and _leaks(sample)
    return "answer not computed: it is a literal in the code" if leaks else None


def _leaks(sample: Sample) -> bool:
    """Whether the answer stands in the code as it is, and not in the question."""
    answer, value = sample.answer.strip(), number(sample.answer)
    if value is not None and abs(value) in Stated(Computation((sample.question,), "", "", "")).numbers:
        return False
    for code in codes_of(sample):
        try:
            nodes = list(ast.walk(ast.parse(code)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in nodes:
            if isinstance(node, ast.Constant) and (
                node.value == answer or (value is not None and literal(node.value) == abs(value))
            ):
                return True
    return False
