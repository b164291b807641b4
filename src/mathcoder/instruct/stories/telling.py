"""The chance of one story, and the story as a question with the steps to its answer."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from mathcoder.instruct.derivation import Derivation, Given, Step
from mathcoder.instruct.expression import decimal_text, read_expression
from mathcoder.instruct.stories import words
from mathcoder.instruct.stories.stating import noted, stated
from mathcoder.instruct.stories.words import Thing

__all__ = ["Draw", "Person", "Story", "Thing", "told"]

Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a story: "Maria", "she", "her", "her"."""

    name: str
    subject: str
    object: str
    possessive: str


class Draw:
    """The chance of one story: what it draws is the same for the same seed and number.

    Persons and things differ within a story. How it writes numbers is one way for the whole story.
    """

    def __init__(self, seed: int, number: int, attempt: int = 0) -> None:
        self._chance = random.Random(f"{seed} {number} {attempt}" if attempt else f"{seed} {number}")
        self._taken: set[str] = set()
        self._in_words = self.chance(0.3)
        self._commas = self.chance(0.7)
        self._money = self._chance.choices(("$", "$ "), (9, 1))[0]

    def pick(self, *choices: Choice) -> Choice:
        """One of them."""
        return self._chance.choice(choices)

    def chance(self, likely: float) -> bool:
        """True with this probability."""
        return self._chance.random() < likely

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self._chance.randint(low, high)

    def size(self, most: int = 1_000) -> int:
        """A whole number of things: 2 to 20 often, to 100 commonly, at times more, but at most so many."""
        low, high = self._chance.choices(((2, 20), (10, 100), (100, 1_000), (1_000, 100_000)), (40, 44, 12, 4))[0]
        if low >= most:
            low, high = 2, 20
        value = self.whole(low, min(high, most))
        return value if high < 1_000 or self.chance(0.5) else max(low, value // 10 * 10)

    def decimal(self, low: int, high: int, places: int) -> Fraction:
        """A number with at most this many digits after the point."""
        return Fraction(self.whole(low * 10**places, high * 10**places), 10**places)

    def money(self, low: int, high: int, cents: bool) -> Fraction:
        """An amount of dollars; with cents, mostly multiples of 5."""
        if not cents:
            return Fraction(self.whole(low, high))
        return Fraction(self.whole(low * 20, high * 20), 20) if self.chance(0.7) else self.decimal(low, high, 2)

    def person(self) -> Person:
        """Somebody new."""
        if self.chance(0.5):
            return Person(self._new(words.HERS), "she", "her", "her")
        return Person(self._new(words.HIS), "he", "him", "his")

    def thing(self) -> Thing:
        """Something new that a person may own, buy, lose or give away."""
        return self._new(words.THINGS)

    def food(self) -> Thing:
        """Something new that is eaten one by one."""
        return self._new(words.FOOD)

    def container(self) -> Thing:
        """Something new to put things into."""
        return self._new(words.CONTAINERS)

    def things(self, number: int) -> list[Thing]:
        """Different things of one family (`Thing.family`); raises ValueError for more than 3."""
        if number > 3:
            raise ValueError(f"{number} things of one family; at most 3 are sure to be there")
        found = self._chance.sample(self.pick(*words.FAMILIES), number)
        self._taken.update(_label(thing) for thing in found)
        return found

    def goods(self, most: int = 300) -> tuple[Thing, int, int]:
        """Something new that a shop sells for at most so much, and between how many whole dollars it costs."""
        thing = self._new([thing for thing, _, high in words.GOODS if high <= most])
        return next(row for row in words.GOODS if row[0] == thing)

    def day(self) -> str:
        """A new day of the week."""
        return self._new(words.DAYS)

    def month(self) -> str:
        """A new month."""
        return self._new(words.MONTHS)

    def place(self) -> str:
        """A new place, with its article."""
        return self._new(words.PLACES)

    def shop(self) -> str:
        """A new place where things are sold, with its article."""
        return self._new(words.SHOPS)

    def number(self, value: int | Fraction) -> str:
        """As digits, or in words where it is below 13 and the story does so: "24", "seven", "1,200", "2.5"."""
        if value.denominator == 1 and 1 < value < 13 and self._in_words:
            return words.NUMBERS[int(value)]
        if value.denominator == 1 and (value >= 10_000 or (value >= 1_000 and self._commas)):
            return f"{int(value):,}"
        return decimal_text(Fraction(value)) or f"{value.numerator}/{value.denominator}"

    def count(self, number: int, thing: Thing) -> str:
        """ "1 marble", "24 marbles", "seven marbles"."""
        return f"{self.number(number)} {thing.one if number == 1 else thing.many}"

    def dollars(self, value: int | Fraction) -> str:
        """ "$4.50", "$4", "$1,200"."""
        if value.denominator == 1:
            return f"{self._money}{int(value):,}"
        return f"{self._money}{float(value):,.2f}"

    def measure(self, value: int | Fraction, one: str, many: str | None = None) -> str:
        """ "2.5 kilograms", "1 hour"."""
        return f"{self.number(value)} {one if value == 1 else many or f'{one}s'}"

    def _new(self, choices: Sequence[Choice]) -> Choice:
        free = [choice for choice in choices if _label(choice) not in self._taken]
        choice = self._chance.choice(free)
        self._taken.add(_label(choice))
        return choice


def _label(choice: object) -> str:
    return choice.one if isinstance(choice, Thing) else str(choice)


@dataclass(frozen=True, slots=True)
class Story:
    """A question and the steps to its answer; `told` makes one."""

    question: str
    givens: tuple[Given, ...]
    steps: tuple[Step, ...]
    answer: str
    conclusion: str

    def derivation(self, problem_id: str) -> Derivation:
        """The story as a derivation. Raises ValueError as that does."""
        return Derivation(
            problem_id, self.question, self.givens, self.steps, self.answer, self.steps[-1].name, self.conclusion
        )


def told(
    question: str, givens: Mapping[str, int | Fraction | str], steps: Mapping[str, str], conclusion: str
) -> Story:
    """A story, checked.

    The question's spaces are made single, and its sentences begin with a capital letter.

    Args:
        question: what is told and asked.
        givens: the values by name, in any order; a text is a number written out.
            What no step uses is there to distract, and is left out.
        steps: an expression over names and plain numbers by name; the last one is the answer.
        conclusion: a sentence with `{answer}`. Its answer may have cents behind a dollar sign, and decimals before
            a unit of measure where a given was no int.

    Raises:
        ValueError: this draw makes no sense: a value is negative, not finite, or not whole where it should be;
            or the code would tell the answer.
        LookupError: the question does not state a given.
    """
    question = re.sub(r"((?:^|(?<![ap]\.m)[.?!] )[\"“]?)([a-z])", lambda m: m[1] + m[2].upper(), _spaced(question))
    values = {name: Fraction(value) for name, value in givens.items()}
    made: list[Step] = []
    for name, text in steps.items():
        tree = noted(read_expression(text), question)
        values[name] = tree.evaluate(values)
        if values[name] < 0:
            raise ValueError(f"{name} is negative: {values[name]}")
        made.append(Step(name, tree, values[name]))
    exact = "$" not in question and all(isinstance(value, int) for value in givens.values())
    for step in made if exact else ():
        if step.value.denominator != 1:
            raise ValueError(f"{step.name} is not whole: {step.value}")
    used = {name for step in made for name in re.findall(r"\w+", step.expression.python())}
    answer = made[-1].value
    story = Story(
        question,
        stated(question, {name: values[name] for name in givens if name in used}),
        tuple(made),
        _answer(answer, conclusion),
        _singular(_spaced(conclusion)) if answer == 1 else _spaced(conclusion),
    )
    if story.derivation("story").told:
        raise ValueError(f"the code would tell the answer {story.answer}")
    return story


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _answer(value: Fraction, conclusion: str) -> str:
    """The answer as it is written. Raises ValueError where it should be whole, and is not."""
    if "$" in conclusion and (value * 100).denominator == 1:
        return f"{float(value):.2f}" if value.denominator != 1 else str(value)
    unit = re.search(r"\{answer\}[ -]?([A-Za-z]+|%)", conclusion)
    places = 1 if unit is None or unit[1] not in words.MEASURES else 1_000
    written = decimal_text(value)
    if written is None or (value * places).denominator != 1:
        raise ValueError(f"the answer is not whole: {value}")
    return written


def _singular(conclusion: str) -> str:
    """For an answer of 1: "There is {answer} marble". Raises ValueError where the plural is not of the lexicon."""
    conclusion = re.sub(
        r"\b(are|were) \{answer\}", lambda m: f"{(m[1] == 'are' and 'is') or 'was'} {{answer}}", conclusion
    )
    after = conclusion.partition("{answer} ")[2]
    for thing in words.ALL:
        if re.match(rf"{thing.many}\b", after):
            return conclusion.replace(f"{{answer}} {thing.many}", f"{{answer}} {thing.one}")
    if re.match(r"(?:more |fewer )?(?:\w+ ){0,2}\w+s\b", after):
        raise ValueError(f"the answer is 1 of several: {conclusion}")
    return conclusion
