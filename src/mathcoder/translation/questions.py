"""Exercises and their answers: a formula that is asked for, and the one that stands alone as its solution."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mathcoder.translation.context import Definition
from mathcoder.translation.tree import Call, Name, Number, Tree, free_names

__all__ = ["Question", "derivatives", "plain_answer"]

_ASKS = ("Exercise", "Example", "Problem", "Question", "Checkpoint")
_ANSWERS = ("Solution", "Answer")


@dataclass(slots=True)
class Question:
    """Where the text stands: in an exercise, at the start of its solution, or elsewhere."""

    state: str = ""
    place: int = 0  # where the last label ended
    formulas: list[Definition] = field(default_factory=list[Definition])

    def label(self, words: str, end: int) -> None:
        """A label line was met."""
        self.place = end
        if words.startswith(_ASKS):
            self.state = "asked"
            self.formulas = []
        elif words.startswith(_ANSWERS) and self.state == "asked":
            self.state = "answer"
        elif self.state != "asked":
            self.state = ""

    def ask(self, formula: Definition) -> None:
        """A formula of the exercise; anything but an answer ends the start of a solution."""
        if self.state == "asked":
            self.formulas.append(formula)
        else:
            self.state = ""

    def answered(self) -> list[Definition]:
        """What a formula that stands alone at the start of a solution may answer, the likeliest first."""
        return self.formulas[::-1][:4] if self.state == "answer" else []


_PLAIN_ANSWER = re.compile(
    r"\s*(?:[Aa]pproximately )?([−-]?\d[\d,]*(?:\.\d+)?(?:/\d+)?|[+−-]?∞)[.;]?[ \t]*(?:\n|$)"
)


def plain_answer(text: str, place: int) -> tuple[str, int, int] | None:
    """A number in plain text that is all of a solution, as LaTeX, with its place."""
    match = _PLAIN_ANSWER.match(text, place)
    if match is None:
        return None
    return match[1].replace("−", "-").replace("∞", "\\infty"), match.start(1), match.end(1)


def derivatives(definition: Definition) -> Iterator[tuple[str, Tree]]:
    """The first and second derivative of a function or of a variable that depends on one other."""
    names = definition.parameters or tuple(free_names(definition.tree))
    if len(names) != 1:
        return
    x = Name(names[0])
    for order, primes in ((1, "'"), (2, "''")):
        number = Number(str(order))
        if definition.parameters:
            yield f"{definition.name}{primes}({x.name})", Call("prime", (Name(definition.name), x, number))
        else:
            yield f"{definition.name}{primes}", Call("derivative", (Name(definition.name), x, number))
