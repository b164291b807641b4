"""DeepMind's mathematics data (arXiv 1904.01557) as solutions with code: each question is read as a program.

The questions are made by templates, so they are parsed: what is set up (`Let`, `Suppose`) becomes lines of
Python, what is asked becomes the line that prints. The gold answer is held against what the code printed and
never goes into the code. Only rows of the regime `train` become solutions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from mathcoder.grading import Grader, Pair
from mathcoder.instruct import deepmind_algebra as algebra
from mathcoder.instruct import deepmind_measure as measure
from mathcoder.instruct import deepmind_numbers as numbers
from mathcoder.instruct.deepmind_setup import set_up
from mathcoder.instruct.deepmind_source import Source, Unreadable
from mathcoder.instruct.math_derived import Derived, Rejected, batches, one_block, ran
from mathcoder.problems import Problem
from mathcoder.problems.problem import read_rows
from mathcoder.rows import BadRow
from mathcoder.sandbox import Sandbox

__all__ = ["FAMILIES", "Program", "derive_deepmind", "family", "read_deepmind", "read_question"]

_LONGEST = 5_000
_MOST_SENTENCES = 30

_Ask = Callable[[str, Source], str]

FAMILIES: dict[str, _Ask] = {
    "algebra__linear_1d": algebra.linear,
    "algebra__linear_2d": algebra.linear,
    "algebra__polynomial_roots": algebra.roots,
    "algebra__sequence_next_term": algebra.next_term,
    "algebra__sequence_nth_term": algebra.nth_term,
    "arithmetic__add_or_sub": algebra.arithmetic,
    "arithmetic__add_or_sub_in_base": algebra.add_in_base,
    "arithmetic__add_sub_multiple": algebra.arithmetic,
    "arithmetic__div": algebra.arithmetic,
    "arithmetic__mixed": algebra.arithmetic,
    "arithmetic__mul": algebra.arithmetic,
    "arithmetic__mul_div_multiple": algebra.arithmetic,
    "arithmetic__nearest_integer_root": algebra.integer_root,
    "arithmetic__simplify_surd": algebra.simplify_surd,
    "calculus__differentiate": algebra.differentiate,
    "comparison__closest": numbers.closest,
    "comparison__kth_biggest": numbers.kth_biggest,
    "comparison__pair": numbers.compare,
    "comparison__sort": numbers.sort_numbers,
    "measurement__conversion": measure.convert_units,
    "measurement__time": measure.time_of_day,
    "numbers__base_conversion": algebra.convert_base,
    "numbers__div_remainder": numbers.remainder,
    "numbers__gcd": numbers.common_divisor,
    "numbers__is_factor": numbers.is_factor,
    "numbers__is_prime": numbers.is_prime,
    "numbers__lcm": numbers.common_multiple,
    "numbers__list_prime_factors": numbers.prime_factors,
    "numbers__place_value": numbers.place_value,
    "numbers__round_number": numbers.round_number,
    "polynomials__add": algebra.evaluate,
    "polynomials__coefficient_named": algebra.coefficient,
    "polynomials__collect": algebra.expand,
    "polynomials__compose": algebra.evaluate,
    "polynomials__evaluate": algebra.evaluate,
    "polynomials__expand": algebra.expand,
    "polynomials__simplify_power": algebra.simplify_power,
    "probability__swr_p_level_set": measure.letters_level,
    "probability__swr_p_sequence": measure.letters_sequence,
}
"""What reads the questions of a module, by its name without `_composed`, `_big`, `_more` and the like."""

_DECIMAL = ("arithmetic__add_or_sub", "arithmetic__mul", "numbers__round_number")
_VARIANT = re.compile(r"_(?:composed|big|longer|more|more_samples)$")
_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z])")
_ASKS_FOR_A_NAME = re.compile(r"(?:What is|Calculate|Determine|Find|Give) [a-z][.?]")


@dataclass(frozen=True, slots=True)
class Program:
    """A question as Python that prints the answer, and in words what it does."""

    code: str
    plan: str


def family(module: str) -> str:
    """The module without its variant: `numbers__gcd_composed` is of the family `numbers__gcd`."""
    return _VARIANT.sub("", module)


def read_deepmind(path: str | Path) -> Iterator[Problem | BadRow]:
    """The rows of a `.jsonl` or `.json` file, also with `.gz`, with the keys id, module, regime, question, answer.

    The module becomes the subject of a problem and the regime its split.

    Raises:
        ValueError: at once, where the name says no known format.
        OSError: the file cannot be opened.
    """
    for row in read_rows(path):
        if isinstance(row, BadRow):
            yield row
            continue
        line, value = row
        try:
            yield _problem(value)
        except ValueError as error:
            yield BadRow(str(path), line, str(error))


def _problem(value: object) -> Problem:
    if not isinstance(value, dict):
        raise ValueError(f"a row must be an object, not {type(value).__name__}")
    data = cast("dict[str, Any]", value)
    for key in ("module", "regime"):
        if not isinstance(data.get(key), str):
            raise ValueError(f"{key} is missing, or is no text")
    fields = {key: data[key] for key in ("id", "question", "answer", "source", "licence") if key in data}
    return Problem.from_json(
        {**fields, "subject": data["module"], "split": data["regime"], "benchmark": "deepmind_mathematics"}
    )


def read_question(question: str, module: str) -> Program:
    """The program for a question; it is not run.

    Args:
        module: the module that made the question, `algebra__linear_1d_composed`.

    Raises:
        Unreadable: the module is not known, or the question is of none of its forms. A ValueError of one line.
    """
    kind = family(module)
    if kind not in FAMILIES:
        raise Unreadable(f"no module of this data: {module[:80]!r}")
    if len(question) > _LONGEST:
        raise Unreadable(f"a question of {len(question)} characters; at most {_LONGEST} are read")
    *before, asked = _SENTENCE.split(question.strip()) if "prob of" not in question else [question.strip()]
    if kind == "algebra__polynomial_roots" and before and _ASKS_FOR_A_NAME.fullmatch(asked):
        asked = f"{before.pop()} {asked}"
    if len(before) > _MOST_SENTENCES:
        raise Unreadable(f"a question of {len(before)} sentences; at most {_MOST_SENTENCES} are read")
    source = Source(decimals=kind in _DECIMAL)
    for sentence in before:
        set_up(sentence, source)
    said = FAMILIES[kind](asked, source)
    return Program(source.code(), _plan([*source.plan, said]))


def _plan(steps: Sequence[str]) -> str:
    if len(steps) == 1:
        return f"{steps[0][0].upper()}{steps[0][1:]}."
    first, *others, last = steps
    return " ".join([f"First, {first}.", *(f"Then {step}." for step in others), f"Finally, {last}."])


def derive_deepmind(
    problems: Iterable[Problem], sandbox: Sandbox, grader: Grader, batch: int = 256
) -> Iterator[Derived | Rejected]:
    """One result for each problem, in order: kept is what prints the gold answer, as text or by grading.

    Args:
        problems: as `read_deepmind` gives them; `subject` is the module.
        sandbox: runs the programs.
        grader: compares what was printed where the text differs.
        batch: programs that run together.

    Raises:
        ValueError: a problem is of another regime than `train`; the message is one line.
    """
    for some in batches(problems, batch, only="train"):
        yield from _derive(some, sandbox, grader)


def _derive(problems: Sequence[Problem], sandbox: Sandbox, grader: Grader) -> Iterator[Derived | Rejected]:
    programs: list[Program | None] = []
    for problem in problems:
        try:
            programs.append(read_question(problem.question, problem.subject or ""))
        except Unreadable:
            programs.append(None)
    executions = ran([program and program.code for program in programs], sandbox)
    pairs = [
        Pair(execution.output.strip(), problem.answer)
        for problem, execution in zip(problems, executions, strict=True)
        if execution is not None and execution.ok
    ]
    grades = grader.grade_many(pairs)
    for problem, program, execution in zip(problems, programs, executions, strict=True):
        if program is None or execution is None:
            yield Rejected(problem, "the question is of no known form")
        elif not execution.ok:
            yield Rejected(problem, f"the code ended with {execution.status}")
        elif next(grades).correct or execution.output.strip() == problem.answer:
            yield one_block(problem, program.plan, program.code, execution.output.strip())
        else:
            yield Rejected(problem, "the code prints another answer")
