"""Stories with numbers that are not needed, and stories whose last sentence alone decides what is computed."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories.telling import Draw, Person, Story, told

__all__ = ["SCHEMAS"]


def _aside(draw: Draw, who: Person) -> str:
    """A fact with a number that nothing asks for."""
    other = draw.thing()
    return draw.pick(
        f"{who.name} is {draw.number(draw.whole(7, 12))} years old.",
        f"{who.name} also has {draw.count(draw.whole(2, 60), other)}.",
        f"It takes {who.object} {draw.number(draw.whole(5, 45))} minutes to walk to school.",
        f"{who.name} lives at number {draw.whole(2, 98)}.",
        f"There are {draw.number(draw.whole(16, 31))} pupils in {who.possessive} class.",
        f"{who.name} has {draw.number(draw.whole(2, 6))} cousins.",
        f"{who.possessive} bus ticket cost {draw.dollars(draw.money(1, 5, True))}.",
        f"In {who.possessive} room, there are also {draw.count(draw.whole(2, 30), other)}.",
        f"{who.possessive} brother is {draw.number(draw.whole(3, 17))} years old.",
    )


def _with_aside(draw: Draw, who: Person, *facts: str) -> str:
    """The facts, with an aside behind the first or the last of them."""
    place = draw.pick(1, len(facts))
    return " ".join((*facts[:place], _aside(draw, who), *facts[place:]))


def kept(draw: Draw) -> Story:
    """What is left or what there is now, with an aside."""
    who, thing, up = draw.person(), draw.thing(), draw.chance(0.5)
    start, moved = draw.whole(10, 90), draw.whole(2, 60)
    if not up and moved >= start:
        raise ValueError("more than there is")
    things, she, number = thing.many, who.subject, draw.number(moved)
    owned = draw.pick(
        f"{who.name} has {draw.count(start, thing)} in a drawer.",
        f"{who.name} owned {draw.count(start, thing)}.",
        f"At the start of {draw.month()}, {who.name} had {draw.count(start, thing)}.",
        f"{who.name} collected {draw.count(start, thing)}.",
    )
    other, place = draw.person().name, draw.place()
    change = (
        draw.pick(
            f"Then {she} bought {number} more {things}.",
            f"On {draw.day()}, {she} got {number} more {things} as a present.",
            f"{other} gave {who.object} {number} more {things}.",
            f"{she} found {number} more {things} at {place}.",
        )
        if up
        else draw.pick(
            f"Then {she} gave {number} of the {things} to {other}.",
            f"On {draw.day()}, {she} lost {number} of the {things}.",
            f"{she} sold {number} of the {things} at {place}.",
            f"{she} used {number} of the {things} for a school project.",
        )
    )
    ask = draw.pick(
        f"How many {things} does {who.name} have now?",
        f"Find the number of {things} that {who.name} has after that.",
        f"What is the number of {things} that {who.name} has in the end?",
        f"How many {things} did {who.name} then have{' altogether' if up else ' left'}?",
    )
    names = (f"{thing.variable}_start", f"{thing.variable}_{'added' if up else 'gone'}")
    return told(
        f"{_with_aside(draw, who, owned, change)} {ask}",
        dict(zip(names, (start, moved), strict=True)),
        {f"{thing.variable}_now": f"{names[0]} {'+' if up else '-'} {names[1]}"},
        f"{who.name} has {{answer}} {things} now.",
    )


def grouped(draw: Draw) -> Story:
    """Equal groups or sharing, with an aside."""
    who, thing, box = draw.person(), draw.thing(), draw.container()
    each, number = draw.whole(3, 30), draw.whole(2, 20)
    things, boxes, total = thing.many, draw.count(number, box), draw.count(each * number, thing)
    per, all_of = f"{thing.variable}_per_{box.one}", f"total_{thing.variable}"
    match draw.whole(1, 3):
        case 1:
            fact = draw.pick(
                f"{who.name} has {boxes} with {draw.count(each, thing)} in each.",
                f"{who.name} filled {boxes}, putting {draw.count(each, thing)} into every {box.one}.",
                f"{who.name} bought {boxes} of {draw.count(each, thing)}.",
            )
            ask = draw.pick(f"How many {things} is that in all?", f"Find the total number of {things}.")
            values, steps = {box.variable: number, per: each}, {all_of: f"{box.variable} * {per}"}
            end = f"There are {{answer}} {things}."
        case 2:
            fact = draw.pick(
                f"{who.name} divides {total} evenly among {boxes}.",
                f"{who.name} put {total} into {boxes}, the same number into each.",
                f"{who.name} bought {total} in {boxes} of equal size.",
            )
            ask = draw.pick(
                f"How many {things} are in each {box.one}?", f"Find the number of {things} in one {box.one}."
            )
            values = {all_of: each * number, box.variable: number}
            steps, end = {per: f"{all_of} / {box.variable}"}, f"There are {{answer}} {things} in each {box.one}."
        case _:
            fact = draw.pick(
                f"{who.name} packs {total} into {box.many} of {draw.number(each)}.",
                f"{who.name} has {total} and puts {draw.number(each)} of them into each {box.one}.",
                f"{who.name} needs {total}, which are sold in {box.many} of {draw.number(each)}.",
            )
            ask = draw.pick(f"How many {box.many} is that?", f"Find how many {box.many} there are.")
            values, steps = {all_of: each * number, per: each}, {box.variable: f"{all_of} / {per}"}
            end = f"There are {{answer}} {box.many}."
    return told(f"{_with_aside(draw, who, fact)} {ask}", values, steps, end)


def order(draw: Draw) -> Story:
    """Boxes, how many in each, the price of a box: the things, the cost, or the price of one thing."""
    who, (thing, low, high), box = draw.person(), draw.goods(25), draw.container()
    number, each = draw.whole(2, 15), draw.whole(2, 12)
    price = draw.money(low, high, False) * each
    boxes, inside, cost = draw.count(number, box), draw.count(each, thing), draw.dollars(price)
    facts = draw.pick(
        f"{who.name} orders {boxes}. Each {box.one} holds {inside} and costs {cost}.",
        f"A {box.one} of {inside} costs {cost}. {who.name} orders {boxes}.",
        f"{who.name} bought {boxes} of {thing.many} for {cost} per {box.one}. There were {inside} in each "
        f"{box.one}.",
        f"For a shop, {who.name} gets {boxes} with {inside} in every {box.one}. The price of one {box.one} is "
        f"{cost}.",
        f"{thing.many} come in {box.many} of {draw.number(each)} for {cost}, and {who.name} takes {boxes}.",
    )
    per, price_name = f"{thing.variable}_per_{box.one}", f"price_per_{box.one}"
    values = {box.variable: number, per: each, price_name: price}
    match draw.whole(1, 3):
        case 1:
            ask = draw.pick(
                f"How many {thing.many} is that altogether?", f"Find the number of {thing.many} in the order."
            )
            steps, end = {f"total_{thing.variable}": f"{box.variable} * {per}"}, f"It is {{answer}} {thing.many}."
        case 2:
            ask = draw.pick(
                f"How much does {who.name} pay?",
                f"What is the cost of all the {box.many}?",
                "Find the total cost of the order.",
            )
            steps, end = {"total_cost": f"{box.variable} * {price_name}"}, "The total is ${answer}."
        case _:
            ask = draw.pick(
                f"What is the price of one {thing.one}?",
                f"How much does a single {thing.one} cost?",
            )
            name = f"price_per_{thing.one}".replace(" ", "_").replace("-", "_").lower()
            steps, end = {name: f"{price_name} / {per}"}, f"One {thing.one} costs ${{answer}}."
    return told(f"{facts} {ask}", values, steps, end)


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (
    kept,
    grouped,
    order,
)
