"""The word problems of the schemas: they are right, well told, and the same for the same number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

import pytest

from mathcoder.instruct.derivation import Derivation
from mathcoder.instruct.expression import decimal_text
from mathcoder.instruct.stories import words
from mathcoder.instruct.stories.telling import Draw, told
from mathcoder.instruct.stories.words import Thing
from mathcoder.instruct.stories.write import write_story
from mathcoder.sandbox import Sandbox

SEED, DRAWN = 11, 2_000


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=2) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def stories() -> list[Derivation]:
    return [write_story(SEED, number) for number in range(DRAWN)]


def test_the_answer_is_the_exact_value_and_is_computed(stories: list[Derivation]) -> None:
    for story in stories:
        assert Fraction(story.answer) == story.evaluate(), story.question
        assert not story.told, story.question
        assert story.conclusion.count("{answer}") == 1, story.conclusion


def test_the_code_prints_the_answer(stories: list[Derivation], sandbox: Sandbox) -> None:
    for story, execution in zip(stories, sandbox.map(story.code() for story in stories), strict=True):
        assert execution.status == "ok", (story.code(), execution)
        assert Fraction(execution.output.strip()) == Fraction(story.answer), (story.code(), execution.output)


def test_a_story_is_the_same_for_the_same_seed_and_number(stories: list[Derivation]) -> None:
    assert [write_story(SEED, number) for number in range(0, DRAWN, 20)] == stories[::20]
    assert stories[3].problem_id == f"stories/{SEED}/3"
    assert [write_story(SEED + 1, number).question for number in range(50)] != [
        story.question for story in stories[:50]
    ]


def test_questions_are_hardly_ever_repeated(stories: list[Derivation]) -> None:
    assert len({story.question for story in stories}) >= 0.98 * DRAWN


def test_half_of_the_stories_have_one_step(stories: list[Derivation]) -> None:
    steps = [len(story.steps) for story in stories]
    assert 0.42 < steps.count(1) / DRAWN < 0.62
    assert 0.2 < steps.count(2) / DRAWN < 0.45
    assert sum(number > 2 for number in steps) / DRAWN > 0.05
    assert max(steps) <= 6


_NOT_WRITTEN = re.compile(
    r"  | [,.;?]|\.\.|,,|[{}_]|\bNone\b|\bFraction\b"
    r"|\ba (?:a|an|the|his|her)\b|\b[Aa] (?:[aeio]\w|8\b|11\b|18\b)|\b[Aa]n (?![aeiouhAEIOUH8]|11\b|18\b|\$)"
    r"|\b(?:is are|are is|his her|she he|the the|of of|in in|at at|to to|is is|more more|each each)\b"
    r"|\$ ?\d+\.\d\b(?!\d)"
)


def test_questions_are_well_written(stories: list[Derivation]) -> None:
    plurals = "|".join(sorted({re.escape(thing.many) for thing in words.ALL if thing.many != thing.one}))
    one_of_many = re.compile(rf"(?<![\d.,/$])\b(?:1|one) (?:{plurals})\b", re.IGNORECASE)
    for story in stories:
        for text in (story.question, story.conclusion.replace("{answer}", story.answer)):
            assert not _NOT_WRITTEN.search(text), (_NOT_WRITTEN.search(text), text)
            assert not one_of_many.search(text), text
            assert text[0].isupper() or text[0].isdigit() or text[0] in '$"“', text
            assert text[-1] in ".?!", text
            assert not re.search(r"[.?!] [a-z]", re.sub(r"\b[ap]\.m\. ", "", text)), text


def test_names_are_telling(stories: list[Derivation]) -> None:
    for story in stories:
        for item in (*story.givens, *story.steps):
            assert re.fullmatch(r"[a-z][a-z0-9]+(?:_[a-z0-9]+)*", item.name), item.name
            assert len(item.name) <= 50, item.name


def test_givens_stand_where_they_say(stories: list[Derivation]) -> None:
    for story in stories:
        used = {name for step in story.steps for name in re.findall(r"[a-z]\w*", step.expression.python())}
        starts = [given.spans[0][0] for given in story.givens]
        assert starts == sorted(starts)
        for given in story.givens:
            assert given.name in used, (given.name, story.question)
            start, end = given.spans[0]
            said = story.question[start:end]
            if re.fullmatch(r"[\d.,]+", said):
                number = Fraction(said.replace(",", ""))
                assert number in (given.value, given.value * 100), (said, given)
            elif said.lower() in words.NUMBERS:
                assert words.NUMBERS.index(said.lower()) == given.value
            else:
                assert re.fullmatch(r"[A-Za-z -]+|\d+ ?/ ?\d+", said), (said, given, story.question)


_MARBLES = {"marbles": 12, "lost": 5}


def test_a_story_is_told_with_its_numbers() -> None:
    story = told(
        "ada has 1,200 marbles and a dozen stamps.  she loses five   marbles. How many marbles are left?",
        {"marbles": 1200, "lost": 5, "stamps": 12},
        {"left": "marbles - lost"},
        "Ada has {answer} marbles left.",
    )
    assert story.question == (
        "Ada has 1,200 marbles and a dozen stamps. She loses five marbles. How many marbles are left?"
    )
    said = {given.name: story.question[slice(*given.spans[0])] for given in story.givens}
    assert said == {"marbles": "1,200", "lost": "five"}, "what no step uses is left out"
    assert story.answer == "1195"


@pytest.mark.parametrize(
    ("question", "givens", "step", "conclusion", "answer"),
    [
        (
            "A cap costs $4.50. What do 2 cost?",
            {"price": Fraction(9, 2), "caps": 2},
            "price * caps",
            "${answer}.",
            "9",
        ),
        ("5 pens cost $7. What is one?", {"pens": 5, "cost": 7}, "cost / pens", "It is ${answer}.", "1.40"),
        ("2.5 m and half a metre?", {"one": "2.5", "two": "1/2"}, "one + two", "It is {answer} m.", "3"),
        ("25% of 60 cups?", {"share": Fraction(1, 4), "cups": 60}, "share * cups", "{answer} cups.", "15"),
        ("It cost $1,200.50, then $0.50 less.", {"a_": "1200.5", "b_": "0.5"}, "a_ - b_", "${answer}.", "1200"),
    ],
)
def test_how_an_answer_is_written(
    question: str, givens: dict[str, int | Fraction | str], step: str, conclusion: str, answer: str
) -> None:
    assert told(question, givens, {"result": step}, conclusion).answer == answer


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("lost - marbles", "negative"),
        ("marbles / lost", "not whole"),
        ("marbles / (lost - 5)", "division by zero"),
        ("marbles - 6 + 0 * lost", "would tell the answer"),
        ("marbles + 0", "not state"),
    ],
)
def test_what_makes_no_sense_is_refused(step: str, message: str) -> None:
    question = "Of 12 marbles, 5 are lost. How many are left?"
    if message == "not state":
        question = "Of some marbles, 5 are lost. How many are left?"
    with pytest.raises(LookupError if message == "not state" else ValueError, match=message):
        told(question, _MARBLES, {"left": step}, "There are {answer} marbles left.")


def test_an_answer_of_one_is_told_in_the_singular() -> None:
    for many, conclusion in (
        ("marbles", "There is {answer} marble left."),
        ("boxes", "There is {answer} box left."),
    ):
        story = told(
            f"Of 6 {many}, 5 are lost. How many are left?",
            {"all_of": 6, "lost": 5},
            {"left": "all_of - lost"},
            f"There are {{answer}} {many} left.",
        )
        assert story.conclusion == conclusion


def test_a_draw_takes_nothing_twice() -> None:
    draw = Draw(1, 2)
    people = [draw.person() for _ in range(20)]
    assert len({person.name for person in people}) == 20
    assert {person.subject for person in people} == {"she", "he"}
    things = [draw.thing() for _ in range(10)]
    assert len({thing.one for thing in things}) == 10
    kinds = draw.things(3)
    assert len({kind.one for kind in kinds}) == 3
    assert len({kind.family for kind in kinds}) == 1


@pytest.mark.parametrize("number", range(20))
def test_how_numbers_are_written(number: int) -> None:
    draw = Draw(7, number)
    assert draw.count(1, Thing("box", "boxes")) == "1 box"
    assert draw.count(7, Thing("box", "boxes")) in ("7 boxes", "seven boxes")
    assert draw.count(24, Thing("box", "boxes")) == "24 boxes"
    assert draw.number(1_250) in ("1250", "1,250")
    assert draw.dollars(Fraction(9, 2)).replace(" ", "") == "$4.50"
    assert draw.dollars(12).replace(" ", "") == "$12"
    assert draw.measure(Fraction(5, 2), "kilogram") == "2.5 kilograms"
    assert 3 <= draw.whole(3, 5) <= 5
    assert decimal_text(draw.decimal(1, 9, 2)) is not None
    assert (draw.money(1, 9, True) * 100).denominator == 1
    assert draw.size() <= 1_000


def test_things_have_their_article_and_variable() -> None:
    assert [thing.a for thing in (Thing("apple", ""), Thing("bag", ""), Thing("umbrella", ""))] == [
        *("an apple", "a bag", "an umbrella")
    ]
    assert Thing("piece of fruit", "pieces of fruit").variable == "pieces_fruit"
    assert not set(words.HERS) & set(words.HIS)
    assert all(thing.variable.isidentifier() for thing in words.ALL)
