"""What a GSM8K solution has so far: the numbers of its question, the results of its steps, and which were used."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from mathcoder.instruct.derivation import Given
from mathcoder.instruct.expression import Expression, Name, Number, Operator
from mathcoder.instruct.naming import stated_names, unique_name
from mathcoder.instruct.quantities import Quantity, quantities
from mathcoder.instruct.wording import content_words, shared_words, words_around

__all__ = ["Ledger", "Result", "Unexplained", "comparison"]

_WINDOW = 60  # characters behind a number of the question that say what it counts


class Unexplained(Exception):
    """A number of the solution that nothing explains."""

    def __init__(self, value: Fraction):
        super().__init__(str(value))
        self.value = value


@dataclass(slots=True)
class Result:
    """An earlier step: its name, exact value, what the solution says, its words, how often it is used."""

    name: str
    value: Fraction
    stated: Fraction
    words: set[str]
    addends: int = 1
    used: int = 0


@dataclass(slots=True)
class Ledger:
    """The numbers of one solution.

    Attributes:
        stated: the numbers of the question, in its order.
        results: the steps so far.
        sentence: the sentence that is being read.
        unsure: whether a number of the calculation being read may as well be something else.
    """

    question: str
    stated: list[Quantity] = field(default_factory=list[Quantity])
    results: list[Result] = field(default_factory=list[Result])
    sentence: str = ""
    unsure: bool = False
    _taken: set[str] = field(default_factory=set[str])
    _names: dict[int, str] = field(default_factory=dict[int, str])  # where a number stands: its name
    _used: dict[int, int] = field(default_factory=dict[int, int])
    _here: set[int | str] = field(default_factory=set[int | str])  # what the calculation being read uses

    def __post_init__(self) -> None:
        self.stated = quantities(self.question)

    def begin(self, sentence: str) -> None:
        """A new calculation, of this sentence."""
        self.sentence, self.unsure = sentence, False
        self._here = set()

    def add(self, names: Sequence[str], value: Fraction, stated: Fraction, sentence: str, added: int = 1) -> str:
        """A new result; gives back its name, the first of these that is free.

        Args:
            added: of how many numbers it is the sum.
        """
        name = unique_name(names, self._taken)
        self._taken.add(name)
        self.results.append(Result(name, value, stated, content_words(sentence), added))
        return name

    def result(self, result: Result) -> Name:
        """An earlier result, used once more."""
        result.used += 1
        self._here.add(result.name)
        return Name(result.name)

    def given(self, quantity: Quantity, value: Fraction | None = None) -> Expression:
        """A number of the question, by its name or, where words carry it, written out with them as its note."""
        self._used[quantity.start] = self._used.get(quantity.start, 0) + 1
        self._here.add(quantity.start)
        if value is not None and value != quantity.value:
            return Number(value, quantity.text)
        if quantity.kind in ("part", "times") or (quantity.kind == "word" and quantity.value == 1):
            return Number(quantity.value, quantity.text)
        if quantity.kind == "scaled":
            return Number(quantity.value, f"{quantity.text}, in its unit")
        if quantity.start not in self._names:
            names = stated_names(self.question, quantity.start, quantity.end, quantity.kind)
            name = unique_name(names, self._taken, "number")
            self._taken.add(name)
            self._names[quantity.start] = name
        return Name(self._names[quantity.start])

    def givens(self) -> tuple[Given, ...]:
        """What was used of the question, in its order."""
        found: dict[str, Given] = {}
        for quantity in self.stated:
            name = self._names.get(quantity.start)
            if name is not None and name not in found:
                span = (quantity.start, quantity.end)
                found[name] = Given(name, quantity.value, (span,), words_around(self.question, *span))
        return tuple(found.values())

    def used(self, quantity: Quantity) -> int:
        """How often a number of the question was used."""
        return self._used.get(quantity.start, 0)

    def percents(self) -> list[Quantity]:
        """The percentages of the question, the likeliest first."""
        found = [quantity for quantity in self.stated if quantity.kind == "percent"]
        return sorted(found, key=lambda quantity: -self.place_score(quantity, set()))

    def is_percent(self, name: str) -> bool:
        """Whether the name is that of a percentage of the question."""
        return any(self._names.get(quantity.start) == name for quantity in self.percents())

    def score(self, result: Result, behind: set[str]) -> float:
        """How likely a number stands for an earlier result.

        Args:
            behind: the words behind the number.
        """
        latest = result is self.results[-1]
        again = result.name in self._here
        return 2 * (not result.used) + shared_words(result.words, behind) + 0.5 * latest - again

    def place_score(self, quantity: Quantity, behind: set[str], operator: str = "") -> float:
        """How likely a number stands for this one of the question. Arguments as for `score`."""
        after = content_words(" ".join(self.question[quantity.end : quantity.end + _WINDOW].split()[:3]))
        clause = content_words(words_around(self.question, quantity.start, quantity.end, 9))
        said = shared_words(after, behind) + 0.5 * shared_words(clause, content_words(self.sentence))
        comparing = comparison(self.question, quantity)
        asked = 0 if comparing is None else 0.4 if comparing == operator else -0.2
        plain = quantity.kind not in ("ordinal", "clock", "scaled")
        again = quantity.start in self._here
        return 2 * (not self.used(quantity)) + said + 0.01 * plain + asked - again


def comparison(question: str, quantity: Quantity) -> Operator | None:
    """What the words behind a number ask for: "-" for "less than", "+" for "more than", "*" for "times"."""
    behind = re.split(r"[.,;?!]", question[quantity.end : quantity.end + 40])[0]
    if quantity.kind in ("times", "part") or re.match(r"\s*times\b", behind):
        return "*"
    if re.search(r"\b(?:less|fewer|younger|shorter|cheaper|smaller|lighter|lower)\b", behind):
        return "-"
    return (
        "+" if re.search(r"\b(?:more|older|taller|longer|heavier|higher|bigger|larger|extra)\b", behind) else None
    )
