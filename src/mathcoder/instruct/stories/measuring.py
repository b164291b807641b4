"""Stories of one sum or difference of what is measured: heights, ages, decimals, money, several days."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories.telling import Draw, Story, Thing, told

__all__ = ["SCHEMAS"]

# Fact, more, less, adjective, noun, unit, and between what it lies.
_MEASURED = (
    ("is {n} tall", "taller", "shorter", "tall", "height", "centimetre", 95, 190),
    ("is {n} old", "older", "younger", "old", "age", "year", 4, 80),
    ("weighs {n}", "heavier", "lighter", "heavy", "weight", "kilogram", 20, 95),
)


def measured(draw: Draw) -> Story:
    """Heights, ages and weights: the difference, the greater or the smaller one is asked."""
    is_so, more, less, adjective, noun, unit, low, high = draw.pick(*_MEASURED)
    one, two = draw.person(), draw.person()
    great, gap = draw.whole(low + 2, high), draw.whole(2, max(2, (high - low) // 3))
    small = great - gap
    if small < low:
        raise ValueError("too small")
    names = [f"{noun}_{who.name.lower()}" for who in (one, two)]
    facts = [is_so.format(n=draw.measure(value, unit)) for value in (great, small)]
    asked, apart = draw.whole(1, 4), draw.measure(gap, unit)
    if asked <= 2:
        question = draw.pick(
            f"{one.name} {facts[0]}. {two.name} {facts[1]}. By how many {unit}s is {one.name}'s {noun} greater "
            f"than {two.name}'s?",
            f"{two.name} {facts[1]} and {one.name} {facts[0]}. How many {unit}s {more} is {one.name} than "
            f"{two.name}?",
            f"{one.name} {facts[0]}, and {two.name} {facts[1]}. Find the difference in {noun} between them, in "
            f"{unit}s.",
            f"What is the difference in {noun} if {one.name} {facts[0]} and {two.name} {facts[1]}?",
            f"{two.name} {facts[1]}; {one.name} {facts[0]}. Tell by how many {unit}s their {noun}s differ.",
        )
        steps = {f"difference_in_{noun}": f"{names[0]} - {names[1]}"}
        return told(
            question,
            dict(zip(names, (great, small), strict=True)),
            steps,
            f"The difference is {{answer}} {unit}s.",
        )
    # What the sentence says is not always what is done: "A is 3 cm taller than B" also asks for B.
    known, unknown, value, sign = (one, two, great, "-") if asked == 3 else (two, one, small, "+")
    fact, ask = facts[0 if asked == 3 else 1], f"how {adjective} is {unknown.name}?"
    relation = draw.pick(
        f"{one.name} is {apart} {more} than {two.name}",
        f"{two.name} is {apart} {less} than {one.name}",
    )
    question = draw.pick(
        f"{known.name} {fact}. {relation}. {ask}",
        f"{relation}. If {known.name} {fact}, {ask}",
        f"{relation}, and {known.name} {fact}. {ask}",
        f"{known.name} {fact}. Given that {relation}, {ask}",
    )
    name = f"{noun}_{known.name.lower()}"
    return told(
        question,
        {name: value, f"difference_in_{noun}": gap},
        {f"{noun}_{unknown.name.lower()}": f"{name} {sign} difference_in_{noun}"},
        f"{unknown.name}'s {noun} is {{answer}} {unit}s.",
    )


# Activity in the past, of what, for a variable, and how many in a day.
_DAILY = (
    ("read {n} of a novel", "page/pages", 8, 90),
    ("sold {n} at the market", "melon/melons", 5, 120),
    ("baked {n}", "loaf/loaves of bread", 5, 80),
    ("picked {n}", "lemon/lemons", 10, 300),
    ("walked {n}", "step/steps", 1_500, 14_000),
    ("planted {n}", "tree/trees", 2, 40),
    ("typed {n}", "word/words", 100, 2_000),
    ("solved {n}", "puzzle/puzzles", 2, 15),
    ("did {n}", "push-up/push-ups", 8, 60),
    ("practised the piano for {n}", "minute/minutes", 10, 90),
)
# A first amount, a second one, unit, highest, what they are together and apart.
_AMOUNTS = (
    ("{who} ran {n} on {day}", "{m} on {other}", "kilometre", 15, "run", "ran"),
    ("{who} cycled {n} on {day}", "{m} on {other}", "mile", 40, "cycle", "cycled"),
    ("{who} bought {n} of apples", "{m} of pears", "kilogram", 6, "buy", "fruit_bought"),
    ("{who} poured {n} of orange juice", "{m} of lemonade into a bowl", "litre", 5, "pour", "poured"),
    ("{who} used {n} of blue cloth", "{m} of white cloth", "metre", 8, "use", "cloth_used"),
    ("{who} carried {n} of sand", "{m} of gravel", "pound", 50, "carry", "carried"),
)


def days(draw: Draw) -> Story:
    """The same activity on three or four days, all together."""
    fact, words, low, high = draw.pick(*_DAILY)
    one, many = words.split("/")
    thing, who = Thing(one, many), draw.person()
    first = draw.whole(0, 3)
    week = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    on = week[first : first + draw.pick(2, 3, 3, 4)]
    values = [draw.whole(low, high) for _ in on]
    verb = fact.split()[0]
    start = fact.format(n=draw.count(values[0], thing))
    later = [f"{draw.number(value)} on {day}" for value, day in zip(values[1:], on[1:], strict=True)]
    listed = f"{', '.join([f'{start} on {on[0]}', *later[:-1]])} and {later[-1]}"
    base = {"read": "read", "sold": "sell", "did": "do", "planted": "plant", "practised": "practise"}
    base |= {"baked": "bake", "picked": "pick", "walked": "walk", "typed": "type", "solved": "solve"}
    practised = verb == "practised"
    question = draw.pick(
        f"{who.name} {listed}. "
        + (f"For how many {many}" if practised else f"How many {many}")
        + f" did {who.subject} {base[verb]} altogether?",
        f"{who.name} {listed}. What is the total number of {many} for these days?",
        f"{who.name} keeps a diary. It says that {who.subject} {listed}. Find the total in {many}."
        if practised
        else f"{who.name} keeps a diary. It says that {who.subject} {listed}. Find the number of {many} in all.",
        f"How many {many} are there in total if {who.name} {listed}?",
        f"Over {draw.number(len(on))} days, {who.name} {listed}. Add up the {many} of all the days.",
    )
    names = [f"{thing.variable}_{day.lower()}" for day in on]
    return told(
        question,
        dict(zip(names, values, strict=True)),
        {f"total_{thing.variable}": " + ".join(names)},
        f"It was {{answer}} {many} altogether.",
    )


def amounts(draw: Draw) -> Story:
    """Two decimal amounts: both together, or how much more one is."""
    first, second, unit, high, base, name = draw.pick(*_AMOUNTS)
    who, day, places = draw.person(), draw.day(), draw.pick(1, 1, 2)
    values = [draw.decimal(1, high, places) for _ in range(2)]
    said = {"who": who.name, "day": day, "other": draw.day()}
    one = first.format(n=draw.measure(values[0], unit), **said)
    two = second.format(m=draw.measure(values[1], unit), **said)
    short = two.removesuffix(" into a bowl")
    names = ["amount_first", "amount_second"]
    if "day}" in first:
        names = [f"{unit}s_{said['day'].lower()}", f"{unit}s_{said['other'].lower()}"]
    elif " of " in first:
        of = (one.rpartition(" of ")[2], short.rpartition(" of ")[2])
        names = [f"{unit}s_of_{words.replace(' ', '_')}" for words in of]
    if draw.chance(0.6):
        question = draw.pick(
            f"{one} and {two}. How many {unit}s did {who.subject} {base} altogether?",
            f"{one} and then {two}. What is the total in {unit}s?",
            f"{one}, and {two}. Find how many {unit}s that makes together.",
            f"If {one} and {two}, how many {unit}s is that in all?",
            f"{one}. After that, it was {two}. Work out the total number of {unit}s.",
        )
        return told(
            question,
            dict(zip(names, values, strict=True)),
            {f"{unit}s_{name}" if "_" not in name else f"total_{unit}s": " + ".join(names)},
            f"The total is {{answer}} {unit}s.",
        )
    if values[0] == values[1]:
        raise ValueError("no difference")
    great, small = (0, 1) if values[0] > values[1] else (1, 0)
    which = "first" if great == 0 else "second"
    question = draw.pick(
        f"{one} and {two}. How many {unit}s more was the {which} amount than the other?",
        f"{one} and {two}. What is the difference between the two amounts, in {unit}s?",
        f"{one}, but {two}. By how many {unit}s do these differ?",
        f"If {one} and {two}, how many {unit}s lie between the two amounts?",
        f"{one} and {two}. Subtract the smaller amount from the larger one; how many {unit}s remain?",
    )
    return told(
        question,
        dict(zip(names, values, strict=True)),
        {f"difference_in_{unit}s": f"{names[great]} - {names[small]}"},
        f"The difference is {{answer}} {unit}s.",
    )


# A length, weight or volume of which some is taken.
_TAKEN = (
    ("a ribbon", "long", "metre", "cut off", "ribbon", 3, 20),
    ("a rope", "long", "metre", "cut off", "rope", 5, 60),
    ("a bag of rice", "heavy", "kilogram", "cooked", "rice", 2, 25),
    ("a sack of flour", "heavy", "pound", "used", "flour", 5, 50),
    ("a can of paint", "full", "litre", "used", "paint", 2, 20),
    ("a tank of water", "full", "gallon", "drained", "water", 10, 200),
)


def taken(draw: Draw) -> Story:
    """A decimal amount of which some is taken away; the rest, or what was taken, is asked."""
    noun, kind, unit, took, name, low, high = draw.pick(*_TAKEN)
    who, places = draw.person(), draw.pick(0, 1, 1, 2)
    start, less = draw.decimal(low, high, places), draw.decimal(1, low, places)
    if less >= start:
        raise ValueError("more than there is")
    rest = start - less
    holds = {"long": "measured", "heavy": "weighed", "full": "held"}[kind]
    all_of, part, left = (draw.measure(value, unit) for value in (start, less, rest))
    start_name, part_name, rest_name = f"{name}_at_first", f"{name}_{took.replace(' ', '_')}", f"{name}_left"
    if draw.chance(0.65):
        question = draw.pick(
            f"{who.name} had {noun} that {holds} {all_of}. {who.subject} {took} {part}. How many {unit}s are "
            "left?",
            f"From {noun} of {all_of}, {who.name} {took} {part}. How many {unit}s remain?",
            f"{noun} {holds} {all_of} until {who.name} {took} {part}. Find how many {unit}s of {name} are left.",
            f"{who.name} {took} {part} of {noun} that {holds} {all_of} before. How much is left, in {unit}s?",
            f"What remains of {noun} that {holds} {all_of} after {who.name} {took} {part}? Answer in {unit}s.",
        )
        return told(
            question,
            {start_name: start, part_name: less},
            {rest_name: f"{start_name} - {part_name}"},
            f"There are {{answer}} {unit}s left.",
        )
    question = draw.pick(
        f"{noun} {holds} {all_of}. {who.name} {took} some of it, and {left} remained. "
        f"How many {unit}s were {took}?",
        f"{who.name} {took} part of {noun} that {holds} {all_of}. Now it is down to {left}. How much was {took}, "
        f"in {unit}s?",
        f"How many {unit}s were {took} if {noun} {holds} {all_of} at first and {left} are left?",
        f"Only {left} of {name} are left of {noun} that {holds} {all_of}. Find the number of {unit}s that "
        f"{who.name} {took}.",
        f"Of {noun} of {all_of}, {left} were left after {who.name} {took} some. How many {unit}s did that come "
        "to?",
    )
    return told(
        question,
        {start_name: start, rest_name: rest},
        {part_name: f"{start_name} - {rest_name}"},
        f"It was {{answer}} {unit}s.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (
    measured,
    days,
    amounts,
    taken,
)
