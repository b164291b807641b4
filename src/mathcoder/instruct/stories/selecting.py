"""Stories of several quantities, where the last sentence alone decides which of them are needed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from mathcoder.instruct.stories.telling import Draw, Story, Thing, told

__all__ = ["SCHEMAS"]


def several_owners(draw: Draw) -> Story:
    """Three persons' numbers; the question takes two or three of them."""
    people, thing = [draw.person() for _ in range(3)], draw.thing()
    sizes = [draw.size() for _ in people]
    names = [f"{thing.variable}_{who.name.lower()}" for who in people]
    things, counts = thing.many, [draw.count(size, thing) for size in sizes]
    one, two, three = (who.name for who in people)
    facts = draw.pick(
        f"{one} has {counts[0]}, {two} has {counts[1]}, and {three} has {counts[2]}.",
        f"{one} has {counts[0]}. {two} has {counts[1]}. {three} has {counts[2]}.",
        f"{one}, {two} and {three} collect {things}. They have {draw.number(sizes[0])}, "
        f"{draw.number(sizes[1])} and "
        f"{draw.number(sizes[2])} {things}, in this order.",
        f"There are {counts[0]} in {one}'s collection, {draw.number(sizes[1])} in {two}'s and "
        f"{draw.number(sizes[2])} in "
        f"{three}'s.",
        f"Three friends compare their {things}: {one} has {draw.number(sizes[0])}, {two} "
        f"{draw.number(sizes[1])}, and "
        f"{three} {draw.number(sizes[2])}.",
    )
    values = dict(zip(names, sizes, strict=True))
    first, second = draw.pick((0, 1), (1, 2), (0, 2))
    pair = f"{people[first].name} and {people[second].name}"
    match draw.whole(1, 4):
        case 1:
            ask = draw.pick(
                f"How many {things} do {pair} have together?",
                f"Find the total for {pair}.",
                f"What is the sum of the {things} of {pair}?",
            )
            steps = {f"total_{thing.variable}": f"{names[first]} + {names[second]}"}
            end = f"Together they have {{answer}} {things}."
        case 2:
            if sizes[first] < sizes[second]:
                first, second = second, first
            great, small = people[first].name, people[second].name
            ask = draw.pick(
                f"How many more {things} does {great} have than {small}?",
                f"How many fewer {things} does {small} have than {great}?",
                f"Find the difference between the numbers of {things} of {great} and {small}.",
            )
            steps = {"difference": f"{names[first]} - {names[second]}"}
            end = f"The difference is {{answer}} {things}."
        case 3:
            ask = draw.pick(
                f"How many {things} do all three have altogether?", f"Find the total number of {things}."
            )
            steps = {f"total_{thing.variable}": " + ".join(names)}
            end = f"All three have {{answer}} {things}."
        case _:
            factor = draw.whole(2, 5)
            new, times = draw.person().name, {2: "twice", 3: "three times"}.get(factor, f"{factor} times")
            ask = draw.pick(
                f"{new} has {times} as many {things} as {people[first].name}. How many {things} does {new} have?",
                f"{new} wants to have {times} as many {things} as {people[first].name}. How many {things} is "
                "that?",
            )
            values["times_as_many"] = factor
            steps = {f"{thing.variable}_multiplied": f"{names[first]} * times_as_many"}
            end = f"It is {{answer}} {things}."
    return told(f"{facts} {ask}", values, steps, end)


def price_list(draw: Draw) -> Story:
    """Three prices; the question takes one of them several times, or two."""
    who, cents = draw.person(), draw.chance(0.6)
    rows = [draw.goods() for _ in range(3)]
    goods, prices = [row[0] for row in rows], [draw.money(row[1], row[2], cents) for row in rows]
    names = [f"price_{thing.one}".replace(" ", "_").replace("-", "_").lower() for thing in goods]
    costs = [f"{thing.a} costs {draw.dollars(price)}" for thing, price in zip(goods, prices, strict=True)]
    short = [f"{thing.one}: {draw.dollars(price)}" for thing, price in zip(goods, prices, strict=True)]
    facts = draw.pick(
        f"At {draw.shop()}, {costs[0]}, {costs[1]} and {costs[2]}.",
        f"A shop has this price list: {'; '.join(short)}.",
        f"{costs[0]}. {costs[1]}. {costs[2]}.",
        f"{who.name} reads the prices: {costs[0]}, {costs[1]}, and {costs[2]}.",
        f"In a catalogue, {costs[0]}, while {costs[1]} and {costs[2]}.",
    )
    first, second = draw.pick((0, 1), (1, 2), (0, 2), (2, 0))
    one, two = goods[first], goods[second]
    values: dict[str, int | Fraction | str] = dict(zip(names, prices, strict=True))
    match draw.whole(1, 3):
        case 1:
            number = draw.whole(2, 12)
            ask = draw.pick(
                f"How much do {draw.count(number, one)} cost?",
                f"{who.name} buys {draw.count(number, one)}. How much does {who.subject} pay?",
                f"Find the price of {draw.count(number, one)}.",
            )
            values[one.variable] = number
            steps, end = {"total_cost": f"{one.variable} * {names[first]}"}, "The total is ${answer}."
        case 2:
            ask = draw.pick(
                f"What is the cost of {one.a} and {two.a}?",
                f"{who.name} buys {one.a} and {two.a}. How much is that?",
                f"Find how much {who.name} pays for {one.a} together with {two.a}.",
            )
            steps, end = {"total_cost": f"{names[first]} + {names[second]}"}, "The total is ${answer}."
        case _:
            if prices[first] <= prices[second]:
                raise ValueError("not dearer")
            ask = draw.pick(
                f"How much more does the {one.one} cost than the {two.one}?",
                f"How much cheaper is the {two.one} than the {one.one}?",
                f"Find the difference in price between the {one.one} and the {two.one}.",
            )
            steps = {"difference_in_price": f"{names[first]} - {names[second]}"}
            end = "The difference is ${answer}."
    return told(f"{facts} {ask}", values, steps, end)


def diary(draw: Draw) -> Story:
    """Numbers of four days; the question takes two of them."""
    who = draw.person()
    verb, base, one, many, low, high = draw.pick(
        ("read", "read", "page", "pages", 8, 60),
        ("sold", "sell", "ice cream", "ice creams", 15, 120),
        ("ran", "run", "lap", "laps", 3, 25),
        ("picked", "pick", "apple", "apples", 20, 200),
        ("wrote", "write", "letter", "letters", 2, 15),
        ("saw", "see", "bird", "birds", 4, 60),
        ("solved", "solve", "riddle", "riddles", 2, 20),
    )
    thing = Thing(one, many)
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")[draw.pick(0, 1) :][:4]
    sizes = [draw.whole(low, high) for _ in days]
    rest = [f"{draw.number(size)} on {day}" for size, day in zip(sizes[1:], days[1:], strict=True)]
    said = f"{draw.count(sizes[0], thing)} on {days[0]}, {rest[0]}, {rest[1]} and {rest[2]}"
    facts = draw.pick(
        f"{who.name} {verb} {said}.",
        f"In one week, {who.name} {verb} {said}.",
        f"{who.name} made notes: {who.subject} {verb} {said}.",
        f"Last week {who.name} {verb} {said}.",
        f"On four days {who.name} {verb} {many}: {said}.",
    )
    names = [f"{thing.variable}_{day.lower()}" for day in days]
    first, second = draw.pick((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))
    if draw.chance(0.5):
        ask = draw.pick(
            f"How many {many} did {who.subject} {base} on {days[first]} and {days[second]} together?",
            f"Find the total for {days[first]} and {days[second]}.",
            f"What is the sum of the {many} of {days[first]} and {days[second]}?",
        )
        steps = {f"total_{thing.variable}": f"{names[first]} + {names[second]}"}
        end = f"It was {{answer}} {many} on both days."
    else:
        if sizes[first] <= sizes[second]:
            first, second = second, first
        ask = draw.pick(
            f"How many more {many} did {who.subject} {base} on {days[first]} than on {days[second]}?",
            f"Find by how many {many} {days[first]} was ahead of {days[second]}.",
            f"How many fewer {many} did {who.subject} {base} on {days[second]} than on {days[first]}?",
        )
        steps = {"difference": f"{names[first]} - {names[second]}"}
        end = f"The difference is {{answer}} {many}."
    return told(f"{facts} {ask}", dict(zip(names, sizes, strict=True)), steps, end)


def trip(draw: Draw) -> Story:
    """Speed, time, persons and a fare; the question takes two of them."""
    vehicle, low, high = draw.pick(("bus", 40, 80), ("train", 60, 160), ("boat", 15, 45), ("coach", 50, 90))
    speed, hours, riders = draw.whole(low, high), draw.whole(2, 9), draw.whole(6, 60)
    fare = draw.money(5, 60, draw.chance(0.3))
    unit = draw.pick("kilometres", "miles")
    facts = draw.pick(
        f"A {vehicle} with {riders} passengers travels at {speed} {unit} per hour for {draw.number(hours)} hours. "
        f"A ticket costs {draw.dollars(fare)}.",
        f"A {vehicle} trip takes {draw.number(hours)} hours at {speed} {unit} per hour. There are {riders} "
        "passengers, "
        f"and each of them paid {draw.dollars(fare)}.",
        f"{riders} passengers took a {vehicle} and paid {draw.dollars(fare)} each. "
        f"It went {speed} {unit} every hour and arrived after {draw.number(hours)} hours.",
        f"Tickets for a {vehicle} cost {draw.dollars(fare)}. It covers {speed} {unit} an hour and needs "
        f"{draw.number(hours)} hours for the route. Today, {riders} passengers are on it.",
        f"For {draw.dollars(fare)} a person, a {vehicle} takes {riders} passengers on a ride of "
        f"{draw.number(hours)} "
        f"hours. Its speed is {speed} {unit} per hour.",
    )
    values = {"speed": speed, "hours": hours, "passengers": riders, "fare": fare}
    if draw.chance(0.5):
        ask = draw.pick(
            f"How many {unit} does the {vehicle} travel?",
            f"Find the length of the trip in {unit}.",
            f"What distance does the {vehicle} cover, in {unit}?",
        )
        return told(f"{facts} {ask}", values, {"distance": "speed * hours"}, f"It is {{answer}} {unit}.")
    ask = draw.pick(
        "How much money do all the passengers pay together?",
        "Find the total of the fares.",
        "How many dollars were taken for this trip?",
    )
    return told(f"{facts} {ask}", values, {"total_fares": "passengers * fare"}, "The total is ${answer}.")


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (several_owners, price_list, diary, trip)
