"""Stories of equal groups: how many in all, in each, how many groups, what is left over; arrays; times as many."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories.telling import Draw, Story, Thing, told
from mathcoder.instruct.stories.words import thing_of

__all__ = ["SCHEMAS"]

# A group, what it has of each, "has" or "holds".
_GROUPS = (
    ("bus/buses", "seat/seats", 20, 60),
    ("shelf/shelves", "book/books", 8, 40),
    ("page/pages", "photo/photos", 2, 12),
    ("garden bed/garden beds", "tulip/tulips", 6, 40),
    ("table/tables", "chair/chairs", 4, 10),
    ("classroom/classrooms", "desk/desks", 12, 32),
    ("spider/spiders", "leg/legs", 8, 8),
    ("house/houses", "window/windows", 4, 16),
    ("nest/nests", "egg/eggs", 2, 6),
    ("team/teams", "player/players", 4, 15),
    ("wagon/wagons", "passenger/passengers", 20, 90),
    ("vase/vases", "rose/roses", 3, 15),
    ("floor/floors", "flat/flats", 3, 12),
    ("train/trains", "wagon/wagons", 4, 18),
)

# Who or what travels in which vehicle, of how many places.
_TRIPS = (
    ("student/students", "bus/buses", 20, 55),
    ("person/people", "boat/boats", 4, 12),
    ("guest/guests", "table/tables", 4, 10),
    ("child/children", "car/cars", 3, 6),
    ("camper/campers", "tent/tents", 2, 8),
    ("visitor/visitors", "cable car/cable cars", 6, 20),
)


def _group(draw: Draw) -> tuple[Thing, Thing, int]:
    """A group, what is in it, and how many."""
    if draw.chance(0.4):
        return draw.container(), draw.thing(), draw.whole(3, draw.pick(12, 24, 60))
    group, member, low, high = draw.pick(*_GROUPS)
    return thing_of(group), thing_of(member), draw.whole(low, high)


def in_all(draw: Draw) -> Story:
    """So many groups of so many."""
    group, thing, each = _group(draw)
    number, who = draw.whole(2, draw.pick(9, 20, 60)), draw.person()
    groups, inside, things = draw.count(number, group), draw.count(each, thing), thing.many
    question = draw.pick(
        f"There are {groups} with {inside} each. How many {things} are there altogether?",
        f"{who.name} counted {groups}. Each {group.one} had {inside}. How many {things} were there in all?",
        f"Every {group.one} has {inside}. Find the number of {things} in {groups}.",
        f"How many {things} do {groups} have in total if each {group.one} has {inside}?",
        f"{who.name} draws {groups} and puts {inside} on each {group.one}. "
        f"What is the total number of {things} in the drawing?",
        f"A {group.one} has {inside}. Work out how many {things} there are with {groups}.",
    )
    names = (group.variable, f"{thing.variable}_per_{group.one}".replace(" ", "_"))
    return told(
        question,
        dict(zip(names, (number, each), strict=True)),
        {f"total_{thing.variable}": " * ".join(names)},
        f"There are {{answer}} {things}.",
    )


def shared(draw: Draw) -> Story:
    """Shared out evenly without remainder."""
    who, thing, each = draw.person(), draw.pick(draw.thing(), draw.food()), draw.whole(2, draw.pick(12, 30))
    receivers = draw.pick(
        "friend/friends", "child/children", "cousin/cousins", "classmate/classmates", "guest/guests"
    )
    to, number = thing_of(receivers), draw.whole(2, 12)
    total, people, things = draw.count(number * each, thing), draw.count(number, to), thing.many
    question = draw.pick(
        f"{who.name} shares {total} equally among {people}. How many {things} does each {to.one} get?",
        f"{who.name} has {total} and gives all of them to {people}, the same number to each. "
        f"How many {things} does one {to.one} receive?",
        f"{people} share {total} fairly. Find how many {things} each of them gets.",
        f"If {total} are divided equally between {people}, what is each {to.one}'s share?",
        f"There are {total} for {people}. Everybody takes the same number until none are left. "
        f"How many {things} is that for each?",
        f"How many {things} can {who.name} hand to each of {people} if {who.subject} has {total} in all?",
    )
    names = (f"total_{thing.variable}", to.variable)
    return told(
        question,
        {names[0]: number * each, names[1]: number},
        {f"{thing.variable}_each": " / ".join(names)},
        f"Each {to.one} gets {{answer}} {things}.",
    )


def packed(draw: Draw) -> Story:
    """How many groups of a known size."""
    who, thing, each, number = draw.person(), draw.thing(), draw.whole(2, 24), draw.size(60)
    box, total, inside, things = draw.container(), draw.count(each * number, thing), draw.number(each), thing.many
    question = draw.pick(
        f"{who.name} packs {total} into {box.many} of {inside}. How many {box.many} does {who.subject} fill?",
        f"Each {box.one} holds {inside} {things}. How many {box.many} are needed for {total}?",
        f"{who.name} puts {inside} {things} in every {box.one}. If {who.subject} has {total}, how many {box.many} "
        f"does {who.subject} use?",
        f"{total} are sorted into {box.many} with {inside} in each. Find the number of {box.many}.",
        f"A shop sells {things} in {box.many} of {inside}. {who.name} ordered {total}. "
        f"How many {box.many} will {who.subject} get?",
        f"How many {box.many} can be filled with {total}, if {inside} go into each {box.one}?",
    )
    names = (f"total_{thing.variable}", f"{thing.variable}_per_{box.one}")
    return told(
        question,
        {names[0]: each * number, names[1]: each},
        {box.variable: " / ".join(names)},
        f"It is {{answer}} {box.many}.",
    )


def left_over(draw: Draw) -> Story:
    """A remainder, or the number of full groups."""
    who, thing, each, box = (
        draw.person(),
        draw.pick(draw.thing(), draw.food()),
        draw.whole(3, 24),
        draw.container(),
    )
    total_number = each * draw.whole(1, 20) + draw.whole(1, each - 1)
    total, inside, things = draw.count(total_number, thing), draw.number(each), thing.many
    names = (f"total_{thing.variable}", f"{thing.variable}_per_{box.one}")
    values = {names[0]: total_number, names[1]: each}
    fact = draw.pick(
        f"{who.name} packs {total} into {box.many} of {inside} and fills as many {box.many} as possible.",
        f"{total} are put into {box.many}, {inside} in each, until no more {box.many} can be filled.",
        f"A {box.one} holds {inside} {things}, and {who.name} has {total} to pack.",
        f"{who.name} has {total}. {who.subject} makes {box.many} of {inside} {things} each.",
        f"Full {box.many} of {inside} {things} are made from {total}.",
    )
    if draw.chance(0.5):
        ask = draw.pick(
            f"How many {things} are left over?",
            f"How many {things} remain when all full {box.many} are packed?",
            f"Find the number of {things} that do not fill another {box.one}.",
            f"What number of {things} stays unpacked if only full {box.many} are packed?",
        )
        steps, end = (
            {f"{thing.variable}_left_over": " % ".join(names)},
            f"There are {{answer}} {things} left over.",
        )
    else:
        ask = draw.pick(
            f"How many full {box.many} are there?",
            f"How many {box.many} can be filled completely?",
            f"Find the number of full {box.many}.",
            f"What is the greatest number of full {box.many}?",
        )
        steps, end = {f"full_{box.variable}": " // ".join(names)}, f"There are {{answer}} {box.many} filled."
    return told(f"{fact} {ask}", values, steps, end)


def rounded_up(draw: Draw) -> Story:
    """The last group need not be full."""
    riders, vehicle, low, high = draw.pick(*_TRIPS)
    people, car, each = thing_of(riders), thing_of(vehicle), draw.whole(low, high)
    number = each * draw.whole(1, 15) + draw.whole(1, each - 1)
    all_of, seats = draw.count(number, people), draw.number(each)
    names = (people.variable, f"{people.variable}_per_{car.one}".replace(" ", "_"))
    question = draw.pick(
        f"A {car.one} has room for {seats} {people.many}. How many {car.many} are needed for {all_of}?",
        f"{all_of} are going on a trip. One {car.one} takes at most {seats} of them. "
        f"What is the least number of {car.many} that is needed?",
        f"At a camp, no more than {seats} {people.many} fit in one {car.one}. Find how many {car.many} the "
        "camp must "
        f"have for {all_of}.",
        f"How many {car.many} must be ordered so that {all_of} all find a place, if each {car.one} has {seats} "
        "places?",
        f"Everybody in a group of {all_of} needs a place. With {seats} places in each {car.one}, "
        f"how many {car.many} does the group need?",
    )
    if car.one == "table" and "trip" in question:
        raise ValueError("no trip on a table")
    return told(
        question,
        dict(zip(names, (number, each), strict=True)),
        {car.variable: f"({names[0]} + {names[1]} - 1) // {names[1]}"},
        f"They need {{answer}} {car.many}.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (
    in_all,
    shared,
    packed,
    left_over,
    rounded_up,
)
