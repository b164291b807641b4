"""The ways to ask a model: with code that runs, in words, for one program, or for the likeliest option.

`code` is MathCoder's: text, code and executions in turn, in the dialect of the model. `words` is chain of thought
(arXiv 2201.11903). `program` asks for one program whose printed output is the answer (PAL, arXiv 2211.10435).
`choice` takes the option whose letter the model finds most likely, as MMLU is usually asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

from mathcoder.grading import extract_answer
from mathcoder.grading.extract import Kind
from mathcoder.problems import Benchmark
from mathcoder.solution import Solution
from mathcoder.solving import DIALECTS, WORKED, Dialect, Options
from mathcoder.solving.dialects import dialect_named
from mathcoder.solving.dialects.markdown import MarkdownDialect
from mathcoder.solving.dialects.prose import ProseDialect
from mathcoder.solving.text import error_shown
from mathcoder.solving.worked import WORKED_IN_WORDS

__all__ = ["STYLES", "Asking", "Style"]

Style: TypeAlias = Literal["code", "words", "program", "choice"]
STYLES: tuple[Style, ...] = get_args(Style)

_PROGRAM = (
    "Write one Python program that solves the problem and prints the answer, nothing else, in a ```python block. "
    "Write no text before or after it."
)


@dataclass(frozen=True, slots=True)
class Asking:
    """How a model is asked.

    Attributes:
        style: see the module.
        dialect: of `DIALECTS`, for `code`.
        shots: worked examples of our own shown before each question, at most 4; a base model needs them.
        template: how `markdown`, `words` and `program` mark turns: "chatml" for instruct models, "plain" for
            base models.
        system: the instruction before the questions, for `code`; None: the dialect's.
    """

    style: Style = "code"
    dialect: str = "markdown"
    shots: int = 0
    template: Literal["chatml", "plain"] = "chatml"
    system: str | None = None

    def __post_init__(self) -> None:
        if self.style == "choice" and self.dialect == "tools":
            raise ValueError("a choice by log-likelihood completes text: the dialect tools has chat messages")
        if self.style not in STYLES:
            raise ValueError(f"style must be one of {', '.join(STYLES)}, not {self.style!r}")
        if self.dialect not in DIALECTS:
            raise ValueError(f"dialect must be one of {', '.join(DIALECTS)}, not {self.dialect!r}")
        if not 0 <= self.shots <= len(WORKED):
            raise ValueError(f"shots must be 0 to {len(WORKED)}, the worked examples there are, not {self.shots}")

    def how(self) -> Dialect:
        """The dialect with its instruction and examples."""
        examples = WORKED[: self.shots]
        if self.style == "words":
            return ProseDialect(examples=WORKED_IN_WORDS[: self.shots], template=self.template)
        if self.style == "program":
            programs = tuple((question, replace(s, blocks=s.blocks[:1])) for question, s in examples)
            return MarkdownDialect(_PROGRAM, programs, self.template)
        more = {"template": self.template} if self.dialect == "markdown" else {}
        return dialect_named(self.dialect, system=self.system, examples=examples, **more)

    def limits(self, options: Options) -> Options:
        """A program is written in one round; all else as it was."""
        return replace(options, rounds=1) if self.style == "program" else options

    def answer(self, solution: Solution, benchmark: Benchmark) -> str | None:
        """What a solution answers when it was asked in this way."""
        if self.style == "program":
            return _printed(solution)
        return extract_answer(solution, _KINDS.get(benchmark.kind))


_KINDS: dict[str, Kind] = {"number": "number", "math": "math", "choice": "choice", "text": "text"}


def _printed(solution: Solution) -> str | None:
    """The last line that the program printed; None where it raised or printed nothing."""
    outputs = [block.content for block in solution.blocks if block.type == "execution"]
    if not outputs or error_shown(outputs[-1]) is not None:
        return None
    return outputs[-1].strip().rpartition("\n")[2].strip() or None
