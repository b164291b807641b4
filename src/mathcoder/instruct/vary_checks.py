"""Does a varied problem still make sense? What is held against the one that it was made from.

- Values stay of their kind: a whole number stays whole, a positive one positive, one below 1 below 1, none grows
  or shrinks tenfold, and a decimal gets no more digits.
- What is larger in the question stays larger, so that a part stays below its whole.
- What the question states twice over stays so: a total of parts it lists, numbers one apart, multiples.
- A number that might have come from elsewhere (an equal number of the question, an equal result, a week's 7 days)
  still equals it: else the program might follow the wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import TypeAlias

from mathcoder.instruct.derivation import Derivation
from mathcoder.instruct.expression import Name
from mathcoder.instruct.known import known_note
from mathcoder.instruct.quantities import Quantity

__all__ = ["Original"]

_COMPARES = re.compile(
    r"\b(?:cheap(?:er|est)|better|best|most|least|fewest|(?:more|less) than|at (?:least|most)|oldest|youngest"
    r"|fast(?:er|est)|slow(?:er|est)|max(?:imum)?|min(?:imum)?|larg(?:er|est)|small(?:er|est)|great(?:er|est)"
    r"|high(?:er|est)|low(?:er|est)|longest|shortest|tallest|heaviest|winner|difference|over|exceed\w*|enough|limit)\b",
    re.IGNORECASE,
)
_ROUNDS = re.compile(
    r"\b(?:round\w*|nearest|approximately|estimate\w*|at least how|(?:mini|maxi)mum number|full|complete|whole)\b",
    re.IGNORECASE,
)
_CLASSES = {"number": "count", "word": "count", "money": "money", "percent": "percent"}
_Source: TypeAlias = str | Fraction  # a name of the program, "@12" for a place of the question, or a known number


class Original:
    """A derivation that problems are made from, and what it demands of them."""

    def __init__(self, derivation: Derivation, stated: Sequence[Quantity]):
        self.derivation = derivation
        self.stated = stated
        self.values = derivation.values()
        self._places = {given.spans[0][0]: given.name for given in derivation.givens if given.spans}
        self._plain = [quantity for quantity in stated if quantity.kind in _CLASSES]
        self._alternatives = list(self._other_readings())
        self._sums = list(self._relations())
        self._ordered = [pair for pair in combinations(self._plain, 2) if _alike(*pair)]
        self._products = list(self._multiples())
        self._compares = bool(_COMPARES.search(derivation.question))

    def unfit(self) -> str | None:
        """Why no problem can be made from this one."""
        if self.derivation.unsure:
            return "a number may come from elsewhere"
        if any(len(given.spans) != 1 for given in self.derivation.givens):
            return "a number does not stand in one place of the question"
        value = self.values[self.derivation.answer_name]
        if _decimals(value) is None:
            return "the answer is no short decimal"
        used = set(self._places)
        if self._compares and any(quantity.start not in used for quantity in self._plain if quantity.value != 1):
            return "the question compares numbers that the program leaves out"
        if any("//" in step.expression.python() for step in self.derivation.steps):
            return "a result is rounded"
        if _ROUNDS.search(self.derivation.question):
            return "the question may ask to round"
        if any(value < 0 for value in self.values.values()):
            return "a value is negative"
        return None

    def keeps_kind(self, name: str, value: Fraction) -> bool:
        """Whether a new value of a name is of the same kind as the old one."""
        return _same_kind(self.values[name], value)

    def fault(self, values: Mapping[str, Fraction]) -> str | None:
        """Why new values, each of the old one's kind, do not make sense together; None where they do.

        Args:
            values: the value of each name of the derivation.
        """
        place = {
            quantity.start: values.get(self._places.get(quantity.start, ""), quantity.value)
            for quantity in self.stated
        }
        for first, second in self._ordered:
            if _sign(first.value - second.value) != _sign(place[first.start] - place[second.start]):
                return "the question's numbers change their order"
        if self._compares:
            for one, other in combinations(self.values, 2):
                if _sign(self.values[one] - self.values[other]) != _sign(values[one] - values[other]):
                    return "values that may be compared change their order"
        if any(place[total] != sum(place[part] for part in parts) + more for total, parts, more in self._sums):
            return "a stated sum no longer holds"
        if any(place[total] != place[part] * (place[times] + more) for total, part, times, more in self._products):
            return "a stated multiple no longer holds"
        at = {f"@{start}": value for start, value in place.items()} | dict(values)
        if any(_resolved(one, at) != _resolved(other, at) for one, other in self._alternatives):
            return "a number may come from elsewhere"
        return None

    def _other_readings(self) -> Iterator[tuple[_Source, _Source]]:
        """For each number of the program, what else of the problem has its value."""
        earlier: list[str] = []
        for step in self.derivation.steps:
            for leaf in step.expression.leaves():
                me = leaf.name if isinstance(leaf, Name) else leaf.value
                value = self.values[leaf.name] if isinstance(leaf, Name) else leaf.value
                for quantity in self.stated:
                    if quantity.value == value and self._places.get(quantity.start) != me:
                        yield me, f"@{quantity.start}"
                for name in earlier:
                    if name != me and self.values[name] == value:
                        yield me, name
                if isinstance(leaf, Name) and value != 1 and known_note(value, step.text):
                    yield me, value
            earlier.append(step.name)

    def _relations(self) -> Iterator[tuple[int, tuple[int, ...], int]]:
        """Numbers of the question that are the sum of others, or one more than another."""
        for total in self._plain:
            for part in self._plain:
                if 1 < part.value <= 12 and total.value == part.value + 1 and _alike(total, part):
                    yield total.start, (part.start,), 1
            others = [found for found in self._plain if found is not total and found.value < total.value]
            for size in (2, 3):
                for parts in combinations(others[:8], size):
                    if sum(part.value for part in parts) == total.value:
                        yield total.start, tuple(part.start for part in parts), 0

    def _multiples(self) -> Iterator[tuple[int, int, int, int]]:
        """Numbers of the question that are another so many times, or that and once more: 30, of them 10, twice."""
        for times in self.stated:
            for total, part in self._ordered_both_ways() if times.kind != "money" and times.value != 1 else ():
                for more in (0, 1):
                    if times not in (total, part) and total.value == part.value * (times.value + more):
                        yield total.start, part.start, times.start, more

    def _ordered_both_ways(self) -> Iterator[tuple[Quantity, Quantity]]:
        for one, other in self._ordered:
            yield one, other
            yield other, one


def _resolved(source: _Source, values: Mapping[str, Fraction]) -> Fraction:
    return source if isinstance(source, Fraction) else values[source]


def _alike(one: Quantity, other: Quantity) -> bool:
    return _CLASSES[one.kind] == _CLASSES[other.kind]


def _same_kind(old: Fraction, new: Fraction) -> bool:
    if old == new:
        return True
    if _sign(old) != _sign(new) or (old.denominator == 1) > (new.denominator == 1):
        return False
    if not old / 10 <= new <= old * 10 or (old < 1) != (new < 1) or (old == 1) != (new == 1):
        return False
    decimals = _decimals(old)
    return decimals is None or ((digits := _decimals(new)) is not None and digits <= max(decimals, 0))


def _decimals(value: Fraction) -> int | None:
    """How many digits behind the point say the value exactly; None where more than a few."""
    return next((digits for digits in range(5) if (value * 10**digits).denominator == 1), None)


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)
