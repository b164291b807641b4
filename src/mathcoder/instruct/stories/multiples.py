"""Stories of rows, and of times as many."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories.telling import Draw, Story, told
from mathcoder.instruct.stories.words import thing_of

__all__ = ["SCHEMAS"]

# Rows of what, where.
_ARRAYS = (
    ("seat/seats", "a theatre"),
    ("tree/trees", "an orchard"),
    ("tile/tiles", "a mosaic"),
    ("chair/chairs", "a hall"),
    ("cabbage/cabbages", "a vegetable patch"),
    ("soldier/soldiers", "a parade"),
    ("vine/vines", "a vineyard"),
    ("solar panel/solar panels", "a solar park"),
)


def array(draw: Draw) -> Story:
    """Rows and how many in a row: all, the rows, or how many in a row."""
    words, place = draw.pick(*_ARRAYS)
    thing, rows, each = thing_of(words), draw.whole(3, 30), draw.whole(4, 40)
    things, lines, inside, total = thing.many, draw.number(rows), draw.count(each, thing), rows * each
    all_of, per_row = draw.count(total, thing), f"{thing.variable}_per_row"
    match draw.whole(1, 4):
        case 1 | 2:
            question = draw.pick(
                f"In {place}, there are {lines} rows of {inside}. How many {things} are there in all?",
                f"{place} has {lines} rows with {inside} in each row. What is the total number of {things}?",
                f"The {things} in {place} stand in {lines} equal rows. One row has {inside}. "
                f"Find the number of {things}.",
                f"How many {things} are in {place} with {lines} rows of {inside}?",
                f"Each row in {place} has {inside}. There are {lines} rows. How many {things} is that altogether?",
            )
            values = {"rows": rows, per_row: each}
            return told(
                question,
                values,
                {f"total_{thing.variable}": f"rows * {per_row}"},
                f"There are {{answer}} {things}.",
            )
        case 3:
            question = draw.pick(
                f"{place} has {all_of} in rows of {draw.number(each)}. How many rows are there?",
                f"{all_of} in {place} are arranged with {draw.number(each)} in each row. Find the number of rows.",
                f"How many rows does {place} have if there are {all_of} and every row has {draw.number(each)}?",
                f"Each row in {place} has {inside}. There are {draw.number(total)} of them in all. "
                "How many rows is that?",
                f"{place} needs {all_of}. With {draw.number(each)} to a row, what is the number of rows?",
            )
            return told(
                question,
                {f"total_{thing.variable}": total, per_row: each},
                {"rows": f"total_{thing.variable} / {per_row}"},
                "There are {answer} rows.",
            )
        case _:
            question = draw.pick(
                f"{place} has {all_of} in {lines} equal rows. How many {things} are in each row?",
                f"{all_of} in {place} stand in {lines} rows of the same length. Find how many there are in one "
                "row.",
                f"How many {things} are in a row if {place} has {all_of} in {lines} equal rows?",
                f"There are {lines} rows in {place}, all alike, with {all_of} in total. "
                f"What is the number of {things} per row?",
                f"{place} was planned with {all_of}. They make {lines} equal rows. How many {things} does a "
                "row have?",
            )
            return told(
                question,
                {f"total_{thing.variable}": total, "rows": rows},
                {per_row: f"total_{thing.variable} / rows"},
                f"There are {{answer}} {things} in each row.",
            )


def times_as_many(draw: Draw) -> Story:
    """The greater, the smaller, or the factor; "B has 3 times as many as A" also asks for A."""
    one, two, thing, small, factor = (
        draw.person(),
        draw.person(),
        draw.thing(),
        draw.whole(2, 60),
        draw.whole(2, 9),
    )
    times = {2: draw.pick("twice", "2 times"), 3: draw.pick("three times", "3 times")}.get(
        factor, f"{draw.number(factor)} times"
    )
    things, great = thing.many, small * factor
    names = [f"{thing.variable}_{who.name.lower()}" for who in (one, two)]
    relation = draw.pick(
        f"{two.name} has {times} as many {things} as {one.name}",
        f"the number of {things} that {two.name} has is {times} that of {one.name}",
    )
    few, many = draw.count(small, thing), draw.count(great, thing)
    match draw.whole(1, 5):
        case 1 | 2:
            known, unknown, owned, value, sign, known_name, name = one, two, few, small, "*", *names
        case 3 | 4:
            known, unknown, owned, value, sign, name, known_name = two, one, many, great, "/", *names
        case _:
            question = draw.pick(
                f"{one.name} has {few} and {two.name} has {many}. How many times as many {things} does {two.name} "
                f"have as {one.name}?",
                f"{two.name} has {many}. {one.name} has {few}. By what number must {one.name}'s number of "
                f"{things} "
                f"be multiplied to get {two.name}'s?",
                f"Find how many times as many {things} {two.name} has as {one.name}, if {two.name} has {many} and "
                f"{one.name} has {few}.",
                f"How many times does {one.name}'s pile of {few} go into {two.name}'s pile of {many}?",
                f"{one.name} owns {few}; {two.name} owns {many}. Then {two.name} owns how many times as many?",
            )
            return told(
                question,
                dict(zip(names, (small, great), strict=True)),
                {"times_as_many": f"{names[1]} / {names[0]}"},
                "It is {answer} times as many.",
            )
    question = draw.pick(
        f"{known.name} has {owned}. {relation}. How many {things} does {unknown.name} have?",
        f"{relation}. If {known.name} has {owned}, how many does {unknown.name} have?",
        f"{relation}. {known.name} has {owned}. Find the number of {things} that {unknown.name} has.",
        f"How many {things} does {unknown.name} have, given that {known.name} has {owned} and {relation}?",
        f"{known.name} has {owned}, and {relation}. What number of {things} is {unknown.name}'s?",
    )
    return told(
        question,
        {known_name: value, "times_as_many": factor},
        {name: f"{known_name} {sign} times_as_many"},
        f"{unknown.name} has {{answer}} {things}.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (array, times_as_many)
