"""New problems from a derivation: its numbers changed in question and program together.

    >>> for varied in vary(derivation, seed=7, count=3):
    ...     print(varied.question, varied.derivation.answer)

A derivation is a function of the numbers that its question states. `vary` changes some of them (`vary_choices`
says which may be), computes the program anew, and keeps what still makes sense (`vary_checks`) and where an
evaluator of its own that reads the code (`vary_exact`) gives the same value. Same seed, same problems.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from mathcoder.instruct.derivation import Derivation, Given, Step
from mathcoder.instruct.expression import decimal_text
from mathcoder.instruct.quantities import quantities
from mathcoder.instruct.vary_checks import Original
from mathcoder.instruct.vary_choices import Slot, new_value, slots, written
from mathcoder.instruct.vary_exact import printed_value
from mathcoder.instruct.vary_names import renamed
from mathcoder.instruct.wording import words_around

__all__ = ["Change", "Varied", "can_vary", "vary"]

_TRIES = 60  # for each problem that is wanted


@dataclass(frozen=True, slots=True)
class Change:
    """A number that was changed: its name in the program, and what the question said and says."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Varied:
    """A problem made from another.

    Attributes:
        parent_id: the problem it was made from.
        seed: what `vary` was given.
        changes: the numbers that differ.
        derivation: of the new problem; its `problem_id` names parent, seed and place.
    """

    parent_id: str
    seed: int
    changes: tuple[Change, ...]
    derivation: Derivation

    @property
    def question(self) -> str:
        return self.derivation.question


def can_vary(derivation: Derivation) -> bool:
    """Whether any number may be changed. It may still turn out that no other value makes sense."""
    stated = quantities(derivation.question)
    return Original(derivation, stated).unfit() is None and bool(slots(derivation, stated))


def vary(derivation: Derivation, seed: int, count: int = 1, *, rename: bool = False) -> list[Varied]:
    """Up to `count` different problems with other numbers; fewer where no more make sense.

    Args:
        rename: also give the persons of the question other names.
    """
    stated = quantities(derivation.question)
    original = Original(derivation, stated)
    free = slots(derivation, stated)
    if not free or original.unfit() is not None:
        return []
    chance = random.Random(f"{seed} {derivation.problem_id}")
    found: list[Varied] = []
    seen = {derivation.question}
    for _ in range(_TRIES * count):
        if len(found) == count:
            break
        chosen = chance.sample(free, chance.randint(1, len(free)))
        new = {slot.given.name: new_value(slot, chance) for slot in chosen}
        problem_id = f"{derivation.problem_id}/varied/{seed}/{len(found)}"
        varied = _varied(original, chosen, new, problem_id)
        if varied is None or varied[0].question in seen:
            continue
        seen.add(varied[0].question)
        result, changes = varied
        found.append(Varied(derivation.problem_id, seed, changes, renamed(result, chance) if rename else result))
    return found


def _varied(
    original: Original, chosen: list[Slot], new: Mapping[str, Fraction], problem_id: str
) -> tuple[Derivation, tuple[Change, ...]] | None:
    """The derivation with these values; None where it makes no sense."""
    old = original.derivation
    values = {given.name: new.get(given.name, given.value) for given in old.givens}
    changed = [slot for slot in chosen if new[slot.given.name] != slot.given.value]
    if not changed or not all(original.keeps_kind(name, value) for name, value in values.items()):
        return None
    try:
        for step in old.steps:
            values[step.name] = step.expression.evaluate(values)
            if not original.keeps_kind(step.name, values[step.name]):
                return None
    except ValueError:
        return None
    if original.fault(values) is not None or values[old.answer_name] == original.values[old.answer_name]:
        return None
    texts = {
        slot.given.name: text
        for slot in changed
        if (text := _fitting(slot, values[slot.given.name], old.question)) is not None
    }
    if len(texts) < len(changed):
        return None
    derivation = _rewritten(old, values, texts, problem_id)
    if printed_value(derivation.code()) != derivation.evaluate() or derivation.told:
        return None
    changes = (Change(slot.given.name, slot.quantity.text, texts[slot.given.name]) for slot in changed)
    return derivation, tuple(changes)


def _rewritten(
    old: Derivation, values: Mapping[str, Fraction], texts: Mapping[str, str], problem_id: str
) -> Derivation:
    """The derivation with these values, and these texts in the place of its numbers."""
    question, shift = old.question, 0
    moved: list[tuple[Given, int, int]] = []
    for given in sorted(old.givens, key=lambda given: given.spans[0]):
        start, end = given.spans[0][0] + shift, given.spans[0][1] + shift
        text = texts.get(given.name, question[start:end])
        question = question[:start] + text + question[end:]
        shift += len(text) - (end - start)
        moved.append((given, start, start + len(text)))
    by_name = {
        given.name: Given(given.name, values[given.name], ((start, end),), words_around(question, start, end))
        for given, start, end in moved
    }
    steps = tuple(Step(step.name, step.expression, values[step.name], "", step.comment) for step in old.steps)
    return replace(
        old,
        problem_id=problem_id,
        question=question,
        givens=tuple(by_name[given.name] for given in old.givens),
        steps=steps,
        answer=decimal_text(values[old.answer_name]) or "",
    )


def _fitting(slot: Slot, value: Fraction, question: str) -> str | None:
    """The value as the question says it; None where that cannot be, or where "a" would have to become "an"."""
    text = written(slot, value)
    before = question[: slot.quantity.start].rstrip("$ -").lower()
    if text is None or not before.endswith((" a", " an")):
        return text
    return text if _begins_with_vowel(text) == _begins_with_vowel(slot.quantity.text) else None


def _begins_with_vowel(text: str) -> bool:
    digits = text.replace(",", "").partition(".")[0]
    return text[0] in "8aeiouAEIOU" or (
        digits in ("11", "18") or (digits[:2] in ("11", "18") and len(digits) % 3 == 2)
    )
