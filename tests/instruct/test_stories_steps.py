"""The stories of two to four steps: each schema drawn many times, and the arithmetic of some done again."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

import pytest

from mathcoder.instruct.stories import steps_more, steps_two
from mathcoder.instruct.stories.telling import Draw, Story
from mathcoder.instruct.stories.words import HERS, HIS

Schema = Callable[[Draw], Story]

SCHEMAS = {schema.__name__: schema for schema in (*steps_two.SCHEMAS, *steps_more.SCHEMAS)}
DRAWS = 50


def draw(schema: Schema, number: int) -> Story:
    """The first draw with this number that makes sense."""
    for attempt in range(100):
        try:
            return schema(Draw(5, number, attempt))
        except ValueError:
            continue
    raise AssertionError(f"{schema.__name__} {number}: 100 draws made no sense")


def skeleton(question: str) -> str:
    """The verbs and small words of a question, which stay when persons, things and numbers change."""
    kept = """
        how what find calculate work if after there out every each of for will did does has had wants at share
        divided ratio split together first scores got mean read
    """.split()
    return " ".join(word for word in re.findall(r"[a-z]+", question.lower()) if word in kept)


def test_no_schema_twice():
    assert len(SCHEMAS) == len(steps_two.SCHEMAS) + len(steps_more.SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema(name: str):
    stories = [draw(SCHEMAS[name], number) for number in range(DRAWS)]
    steps = {2} if SCHEMAS[name] in steps_two.SCHEMAS else {3, 4}
    for story in stories:
        derivation = story.derivation("stories/test")
        values = derivation.values()
        assert len(story.steps) in steps
        assert all(given.spans for given in story.givens)
        assert derivation.evaluate() == Fraction(story.answer)
        assert all(0 <= value <= 1_000_000 for value in values.values()), story.question
        assert all(len(value) > 2 for value in values), story
        if "$" not in story.question and not re.search(r"\d\.\d", story.question):
            assert all(value.denominator == 1 for value in values.values()), story.question
        money = re.search(r"\$\{answer\}", story.conclusion)
        assert derivation.evaluate() * (100 if money else 10) % 1 == 0, story.question
        assert story.conclusion.count("{answer}") == 1
    assert len({story.question for story in stories}) >= DRAWS - 1
    assert len({skeleton(story.question) for story in stories}) >= 5


@pytest.mark.parametrize("name", SCHEMAS)
def test_language(name: str):
    for number in range(DRAWS):
        question = draw(SCHEMAS[name], number).question
        assert not re.search(r"  | [,.?;:]|[{}]|\.\.|\bNone\b|\( ", question), question
        assert not re.search(r"\b(?:a|A) [aeio]|\b[Aa]n [bcdfgjklmnpqrstvwxyz]", question), question
        assert not re.search(r"(?<![\d.,])1 (?!to\b)[a-z]+s\b", question), question
        assert not re.search(r"[.?] [a-z]", question), question
        assert question[0].isupper() or question[0].isdigit() or question[0] == "$", question
        assert question[-1] in ".?", question
        assert re.search(r"\?|\bFind\b|\bCalculate\b|\bWork out\b", question), question


@pytest.mark.parametrize("name", SCHEMAS)
def test_pronouns(name: str):
    """Nobody is he where only women are named, or she where only men are; the last sentence names nobody new."""
    for number in range(DRAWS):
        story = draw(SCHEMAS[name], number)
        question = story.question
        people = set(re.findall(r"[A-Za-z]+", story.conclusion)) & {*HERS, *HIS}
        words = set(re.findall(r"[A-Za-z]+", question))
        assert people <= words, story
        if not words & set(HIS):
            assert not words & {"he", "He", "him", "his", "His"}, question
        if not words & set(HERS):
            assert not words & {"she", "She", "her", "Her"}, question


# What some wordings say, computed here from the question alone.
AGAIN: list[tuple[str, str, Callable[..., Fraction]]] = [
    (
        "change",
        r"buys (\d+) .* at \$([\d.]+) each and pays with \$(\d+)\.",
        lambda number, price, paid: paid - number * price,
    ),
    (
        "wages",
        r"earns \$([\d.]+) an hour .* worked (\d+) hours and then spent \$(\d+)",
        lambda wage, hours, spent: wage * hours - spent,
    ),
    (
        "discount",
        r"usually costs \$(\d+)\. Today it is (\d+)(?:%| percent) off",
        lambda price, percent: price * (100 - percent) / 100,
    ),
    (
        "gain_and_loss",
        r"bought (\d+) .* gave (\d+) .* has (\d+) ",
        lambda gained, lost, now: now + lost - gained,
    ),
    (
        "ages",
        r"is (\d+) years old\. \w+ is (\d+) years younger than \w+\. How old will \w+ be in (\d+) years",
        lambda age, younger, later: age - younger + later,
    ),
    (
        "missing_side",
        r"perimeter of a rectangular [\w ]+ is (\d+) .* is (\d+) \w+ long",
        lambda around, length: (around - 2 * length) / 2,
    ),
    (
        "three_persons",
        r"has (\d+) \D* has twice as many as \w+, and \w+ has (\d+) more than",
        lambda first, more: first + 2 * first + 2 * first + more,
    ),
    (
        "ratio",
        r"share (\d+) .* in the ratio (\d+):(\d+)\. How many \D* does \w+ get\?",
        lambda total, first, second: total * second / (first + second),
    ),
    (
        "tank",
        r"holds (\d+) litres of water\. Every minute (\d+) \D* flow in and (\d+) .* after (\d+) minutes",
        lambda start, gained, lost, minutes: start + (gained - lost) * minutes,
    ),
    (
        "needed_for_average",
        r"first 3 scores of \w+ are (\d+), (\d+) and (\d+)\. What must .* average (\d+)\?",
        lambda first, second, third, mean: 4 * mean - first - second - third,
    ),
]


@pytest.mark.parametrize(("name", "wording", "computed"), AGAIN, ids=[row[0] for row in AGAIN])
def test_arithmetic_again(name: str, wording: str, computed: Callable[..., Fraction]):
    checked = 0
    for number in range(600):
        story = draw(SCHEMAS[name], number)
        found = re.search(wording, story.question)
        if found and not (name == "ratio" and "more" in story.question):
            checked += 1
            assert Fraction(story.answer) == computed(*map(Fraction, found.groups())), story.question
    assert checked >= 3
