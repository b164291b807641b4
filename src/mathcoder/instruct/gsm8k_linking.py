"""Where each number of a calculation comes from: the question, an earlier result, or a word that carries it.

The rules, in their order, for a number that a calculation uses:

1. It equals earlier results only: the latest of those that no later step has used yet, else the latest.
2. The question states it, and no earlier result equals it: the place of the question that no step has used yet
   and whose words are most like the sentence's.
3. Both: each candidate is scored, 2 for not being used yet, up to 1 for words it shares with those behind the
   number ("7 days"), a half for the words of the sentence and for being the step just before; the higher one is
   taken, and the earlier result where they are equal. A solution uses each of its results, and most numbers of
   the question once.
4. Neither: a row of `known`, or one operation on a stated number that a word of the question asks for (20% as
   0.2 or 0.8, 30 minutes as half an hour), or the count of what is listed. Else the number is not explained.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from mathcoder.instruct.expression import Expression, Name, Number, Operation
from mathcoder.instruct.gsm8k_derived import HUNDRED, conversion, derived, of_part, other_reading, percent_of
from mathcoder.instruct.gsm8k_ledger import Ledger, Unexplained
from mathcoder.instruct.known import is_unit, known_note
from mathcoder.instruct.quantities import Quantity
from mathcoder.instruct.wording import words_behind

__all__ = ["Linker", "addends"]

_ONE = Number(Fraction(1), "one")
_SAID = 1.0  # the score of a number that a word of the sentence carries; see `known`
_SURE = 0.75  # how far the likeliest origin of a number is before the next one
_UNUSED = 1.7  # the score of a number that no step has used is above it
_SMALL = 5  # below it words of the question carry too many numbers to doubt each
_DOUBTFUL = 0.0  # the score of a number that was used before and that no word speaks for


@dataclass(slots=True)
class Linker:
    """Explains the numbers of one solution, step by step; `ledger` holds what it has seen."""

    ledger: Ledger
    _behind: dict[Fraction, list[set[str]]] = field(default_factory=dict[Fraction, list[set[str]]])

    def linked(self, tree: Expression, sentence: str, arithmetic_end: int) -> Expression:
        """The calculation with names for its numbers.

        Args:
            arithmetic_end: where the sentence's arithmetic ends and its result begins.

        Raises:
            Unexplained: one of them cannot be told from the question and what was computed.
        """
        self.ledger.begin(sentence)
        self._behind = words_behind(sentence[:arithmetic_end])
        found = self._tree(tree)
        # 100 / 4: the numbers of the problem are not in it.
        self.ledger.unsure |= not any(isinstance(leaf, Name) for leaf in found.leaves())
        return found

    def _tree(self, tree: Expression, operator: str = "") -> Expression:
        if isinstance(tree, Number):
            return self._explained(tree.value, operator)
        if not isinstance(tree, Operation):
            return tree
        if (percent := percent_of(self.ledger, tree)) is not None:
            return percent
        left = self._tree(tree.left)
        if tree.operator == "/" and tree.right == Number(Fraction(100)) and self._has_percent(left):
            return Operation("/", left, HUNDRED)
        try:
            right = self._tree(tree.right, tree.operator)
        except Unexplained as error:
            if tree.operator != "/" or self._addends(tree.left, left) != error.value:
                raise
            right = Number(error.value, "how many there are")
        # 1 * 12 where the one was worked out in the head.
        self.ledger.unsure |= tree.operator in ("*", "/") and _ONE in (left, right)
        return Operation(tree.operator, left, right)

    def _has_percent(self, tree: Expression) -> bool:
        return any(isinstance(leaf, Name) and self.ledger.is_percent(leaf.name) for leaf in tree.leaves())

    def _addends(self, written: Expression, linked: Expression) -> int:
        """How many numbers the sum adds up that is written here, or that gave the earlier result."""
        if isinstance(linked, Name):
            return next((result.addends for result in self.ledger.results if result.name == linked.name), 1)
        return addends(written)

    def _explained(self, value: Fraction, operator: str) -> Expression:
        """What a number stands for.

        Args:
            operator: what stands before it; "/" lets 2 be the half of the question.
        """
        ledger, behind = self.ledger, self._next_behind(value)
        results = [
            (ledger.score(found, behind), found)
            for found in ledger.results[::-1]
            if value in (found.value, found.stated)
        ]
        places = [
            (ledger.place_score(found, behind, operator), found)
            for found in ledger.stated
            if found.value == value
            or (operator in ("/", "*") and _is_one_part(found, value))
            or (found.kind == "percent" and found.value == 100 * value)
        ]
        self._doubt(value, operator, [score for score, _ in (*results, *places)])
        score, result = max(results, key=lambda scored: scored[0], default=(-1.0, None))
        place_score, place = max(places, key=lambda scored: scored[0], default=(-1.0, None))
        if max(score, place_score) < _SAID and is_unit(value, ledger.sentence):
            ledger.unsure |= result is not None or place is not None
            return self._known(value) or Number(value)  # 60 minutes, where a 60 of the question has been used
        if result is not None and score >= place_score:
            return ledger.result(result)
        if place is not None and place.kind == "percent" and place.value != value:
            return Operation("/", ledger.given(place), HUNDRED)
        if place is not None:
            return ledger.given(place, value)
        return self._not_stated(value)

    def _not_stated(self, value: Fraction) -> Expression:
        if value == 1:
            converted = conversion(self.ledger, value, self.ledger.sentence)
            return converted or _ONE
        part = of_part(self.ledger, value) if value > 2 and not is_unit(value, self.ledger.sentence) else None
        known = self._known(value)
        if part is None and known is not None and not is_unit(value, self.ledger.sentence):
            # Words of the solution alone ("double-counted") may carry another number.
            self.ledger.unsure |= known.note != known_note(value, self.ledger.question)
        explained = part or known or derived(self.ledger, value)
        if explained is None:
            raise Unexplained(value)
        return explained

    def _known(self, value: Fraction) -> Number | None:
        note = known_note(value, self.ledger.sentence) or known_note(value, self.ledger.question)
        return None if note is None else Number(value, note)

    def _doubt(self, value: Fraction, operator: str, scores: list[float]) -> None:
        """Whether a number that is stated or computed may as well be something else."""
        ledger = self.ledger
        text = ledger.sentence if value < _SMALL else f"{ledger.question} {ledger.sentence}"
        if value != 1 and known_note(value, text) is not None:
            scores = [*scores, _SAID]
        best, *others = sorted(scores, reverse=True) or [_SAID]
        close = bool(others) and best - others[0] < _SURE
        other = bool(scores) and other_reading(ledger, value, operator, best < _UNUSED)
        ledger.unsure |= best < _DOUBTFUL or close or other

    def _next_behind(self, value: Fraction) -> set[str]:
        """The words behind this number in the sentence; of several such numbers the next one's."""
        places = self._behind.get(value, [])
        return (places.pop(0) if len(places) > 1 else places[0]) if places else set()


def _is_one_part(quantity: Quantity, value: Fraction) -> bool:
    return quantity.kind in ("part", "fraction") and quantity.value * value == 1


def addends(tree: Expression) -> int:
    """How many numbers a sum adds up."""
    many = 1
    while isinstance(tree, Operation) and tree.operator == "+":
        many, tree = many + 1, tree.left
    return many
