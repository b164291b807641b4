"""Stories of two steps with distances, speeds, areas, units of measure and habits."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories.telling import Draw, Story, told

__all__ = ["SCHEMAS"]


def other_time(draw: Draw) -> Story:
    """A rate from one time, used for another."""
    who = draw.person()
    first, second, rate = draw.whole(2, 10), draw.whole(2, 15), draw.whole(3, 60)
    if first == second:
        raise ValueError("the same time twice asks nothing")
    machine, make, made, what, unit = draw.pick(
        ("machine", "make", "made", "screws", "minute"),
        ("printer", "print", "printed", "pages", "minute"),
        ("pump", "move", "moved", "litres", "minute"),
        ("oven", "bake", "baked", "rolls", "hour"),
        ("robot", "build", "built", "parts", "hour"),
    )
    number, some, others = draw.number(first * rate), draw.measure(first, unit), draw.measure(second, unit)
    question = (
        draw.pick(
            f"A {machine} {make}s {number} {what} in {some}. How many {what} will it {make} in {others} at the "
            "same rate?",
            f"In {some}, a {machine} {make}s {number} {what}. Find how many {what} it {make}s in {others}.",
            f"If a {machine} can {make} {number} {what} in {some}, how many {what} can it {make} in {others}?",
            f"{who.name} watched a {machine} for {some}, and it {made} {number} {what}. How many {what} should "
            f"{who.subject} expect in {others}?",
            f"How many {what} does a {machine} {make} in {others} when it needs {some} for {number} {what}?",
        )
        .replace(" a oven", " an oven")
        .replace("A oven", "An oven")
    )
    return told(
        question,
        {what: first * rate, f"{unit}s": first, f"other_{unit}s": second},
        {f"{what}_per_{unit}": f"{what} / {unit}s", f"{what}_then": f"{what}_per_{unit} * other_{unit}s"},
        f"The answer is {{answer}} {what}.",
    )


def drive(draw: Draw) -> Story:
    """A speed from distance and time, used for another time or distance."""
    who, (way, low, high) = draw.person(), draw.pick(("drives", 40, 110), ("cycles", 10, 25), ("walks", 2, 5))
    unit, hour = draw.pick("kilometre", "kilometre", "mile"), "hour"
    if unit == "mile":
        low, high = low * 2 // 3, high * 2 // 3
    speed, first, second = draw.whole(low, high), draw.whole(2, 6), draw.whole(2, 9)
    if first == second:
        raise ValueError("the same time twice asks nothing")
    far, some = draw.measure(speed * first, unit), draw.measure(first, hour)
    root = {"drives": "drive", "cycles": "cycle", "walks": "walk"}[way]
    if draw.chance(0.5):
        others = draw.measure(second, hour)
        question = draw.pick(
            f"{who.name} {way} {far} in {some}. How many {unit}s does {who.subject} {root} in {others} at the "
            "same speed?",
            f"In {some}, {who.name} {way} {far}. At this speed, how far will {who.subject} get in {others}?",
            f"It takes {who.name} {some} to {root} {far}. How many {unit}s can {who.subject} {root} in {others}?",
            f"How far does {who.name} {root} in {others}, if {who.subject} needs {some} for {far} and keeps the "
            "same speed?",
            f"{who.name} {way} at a steady speed and covers {far} in {some}. Find the distance {who.subject} "
            f"covers in {others}.",
        )
        return told(
            question,
            {"distance": speed * first, "hours": first, "other_hours": second},
            {"speed": "distance / hours", "other_distance": "speed * other_hours"},
            f"{who.name} covers {{answer}} {unit}s.",
        )
    goal = draw.measure(speed * second, unit)
    question = draw.pick(
        f"{who.name} {way} {far} in {some}. How many hours does {who.subject} need for {goal} at the same speed?",
        f"It takes {who.name} {some} to {root} {far}. How long will it take {who.object} to {root} {goal}?",
        f"In {some}, {who.name} {way} {far}. Find the number of hours {who.subject} needs for {goal}.",
        f"How many hours will {who.name} take to {root} {goal}, if {who.subject} {way} {far} in {some}?",
        f"{who.name} wants to {root} {goal}. At {who.possessive} usual speed, {who.subject} {way} {far} in "
        f"{some}. How many hours will the trip take?",
    )
    return told(
        question,
        {"distance": speed * first, "hours": first, "other_distance": speed * second},
        {"speed": "distance / hours", "other_hours": "other_distance / speed"},
        f"{who.name} needs {{answer}} hours.",
    )


def two_legs(draw: Draw) -> Story:
    """There and back, or a distance every day; what is left or the whole."""
    who, way, days = draw.person(), draw.decimal(1, 12, draw.pick(0, 0, 1)), draw.whole(2, 25)
    how = draw.pick("cycles", "drives", "walks" if way < 5 else "rides")
    far, number = draw.measure(way, "kilometre"), draw.number(days)
    goal = draw.pick("school", "work", "the swimming pool", "the stables")
    question = draw.pick(
        f"{who.name} {how} {far} to {goal} and the same way back. How many kilometres is that in {number} days?",
        f"The way to {goal} is {far} long. {who.name} goes there and back on {number} days a month. How many "
        f"kilometres does {who.subject} travel in a month?",
        f"Every day {who.name} {how} to {goal}, which is {far} away, and home again. Find how many kilometres "
        f"{who.subject} covers in {number} days.",
        f"How far does {who.name} travel in {number} days, if {goal} is {far} from home and {who.subject} goes "
        "there and back once a day?",
        f"{who.name} lives {far} from {goal}. What distance does {who.subject} travel on {number} days of going "
        "there and coming back?",
    )
    return told(
        question,
        {"distance": way, "days": days},
        {"daily_distance": "2 * distance", "total_distance": "daily_distance * days"},
        f"{who.name} travels {{answer}} kilometres.",
    )


def fence(draw: Draw) -> Story:
    """The perimeter or area of a rectangle, and what it costs."""
    who, length = draw.person(), draw.whole(5, 40)
    width = draw.whole(3, min(length - 1, 25))
    unit = draw.pick("metre", "metre", "foot/feet", "yard")
    one, _, many = unit.partition("/")
    many = many or f"{one}s"
    price, around = draw.whole(2, 30), draw.chance(0.5)
    long, wide, each = draw.measure(length, one, many), draw.measure(width, one, many), draw.dollars(price)
    if around:
        place, stuff = draw.pick(("garden", "fence"), ("field", "hedge"), ("playground", "wall"))
        question = draw.pick(
            f"A rectangular {place} is {long} long and {wide} wide. How much does a {stuff} around it cost at "
            f"{each} per {one}?",
            f"{who.name} wants a {stuff} all around a rectangular {place} of {long} by {wide}. Each {one} costs "
            f"{each}. How many dollars will it cost?",
            f"One {one} of {stuff} costs {each}. Find the price of a {stuff} around a rectangular {place} that is "
            f"{long} long and {wide} wide.",
            f"What does {who.name} pay for a {stuff} along all four sides of {who.possessive} {place}, a "
            f"rectangle with sides of {long} and {wide}, if it costs {each} per {one}?",
            f"{who.name}'s {place} is a rectangle. It measures {wide} in width and {long} in length, and a "
            f"{stuff} goes right around it. How much money does the {stuff} cost if every {one} is {each}?",
        )
        made = {"perimeter": "2 * (length + width)", "cost": "perimeter * price"}
    else:
        place, stuff = draw.pick(("floor", "carpet"), ("terrace", "tiles"), ("lawn", "turf"), ("wall", "paint"))
        question = draw.pick(
            f"A rectangular {place} is {long} long and {wide} {'high' if place == 'wall' else 'wide'}. How much "
            f"does {stuff} for it cost at {each} per square {one}?",
            f"{who.name} buys {stuff} for a rectangular {place} of {long} by {wide}. A square {one} costs {each}. "
            f"How many dollars does {who.subject} spend?",
            f"{stuff} costs {each} a square {one}. Find the price for a rectangular {place} of {long} by {wide}."
            if stuff != "tiles"
            else f"Tiles cost {each} a square {one}. Find the price for a {place} of {long} by {wide}.",
            f"What will {who.name} pay to cover a rectangular {place} of {long} by {wide} with {stuff}, if each "
            f"square {one} costs {each}?",
            f"To cover one square {one} with {stuff} costs {each}. {who.name} has a rectangular {place} whose "
            f"sides are {long} and {wide}. What is the total cost?",
        )
        made = {"area": "length * width", "cost": "area * price"}
    return told(question, {"length": length, "width": width, "price": price}, made, "It costs ${answer}.")


def missing_side(draw: Draw) -> Story:
    """The other side of a rectangle, from its perimeter."""
    who, length = draw.person(), draw.whole(5, 60)
    width = draw.whole(3, min(length - 1, 40))
    shape, unit = draw.pick("garden", "picture", "field", "swimming pool", "sheet of paper"), "metre"
    unit = "centimetre" if shape in ("picture", "sheet of paper") else unit
    around, long = draw.measure(2 * (length + width), unit), draw.measure(length, unit)
    question = draw.pick(
        f"The perimeter of a rectangular {shape} is {around}. It is {long} long. How wide is it?",
        f"A rectangular {shape} has a perimeter of {around}. One side measures {long}. Find the other side.",
        f"{who.name} measured all around a rectangular {shape} and got {around}. Its length is {long}. What is "
        f"its width in {unit}s?",
        f"How many {unit}s wide is a rectangular {shape} that is {long} long and has a perimeter of {around}?",
        f"If a rectangular {shape} is {long} in length and its perimeter is {around}, what is the width?",
    )
    return told(
        question,
        {"perimeter": 2 * (length + width), "length": length},
        {"length_and_width": "perimeter / 2", "width": "length_and_width - length"},
        f"The width is {{answer}} {unit}s.",
    )


def habit(draw: Draw) -> Story:
    """So many a day, so many days a week, for some weeks."""
    who, each, days, weeks = draw.person(), draw.whole(2, 30), draw.whole(2, 7), draw.whole(2, 20)
    does, do, what = draw.pick(
        ("reads", "read", "pages"),
        ("swims", "swim", "laps"),
        ("learns", "learn", "new words"),
        ("does", "do", "push-ups"),
        ("solves", "solve", "puzzles"),
        ("practises", "practise", "minutes"),
        ("delivers", "deliver", "newspapers"),
    )
    some, span = f"{draw.number(each)} {what}", draw.measure(weeks, "week")
    often = "every day" if days == 7 else f"on {draw.number(days)} days a week"
    question = draw.pick(
        f"{who.name} {does} {some} {often}. How many {what} does {who.subject} {do} in {span}?",
        f"{often}, {who.name} {does} {some}. Find how many {what} that makes in {span}.",
        f"For {span}, {who.name} {does} {some} {often}. What is the total number of {what}?",
        f"How many {what} will {who.name} {do} within {span}, if {who.subject} {does} {some} {often}?",
        f"{who.name} has decided to {do} {some} {often}. After {span}, how many {what} will that be?",
    )
    given = "7" if days == 7 else "days_per_week"
    name = what.replace(" ", "_").replace("-", "_")
    return told(
        question,
        {f"{name}_per_day": each} | ({} if days == 7 else {"days_per_week": days}) | {"weeks": weeks},
        {f"{name}_per_week": f"{name}_per_day * {given}", f"total_{name}": f"{name}_per_week * weeks"},
        f"That is {{answer}} {what}.",
    )


def litres(draw: Draw) -> Story:
    """A conversion of units, then how many fit or what is left."""
    who = draw.person()
    big, small, of, cup = draw.pick(
        ("litre", "millilitre", "juice", "glass/glasses"),
        ("litre", "millilitre", "soup", "bowl"),
        ("kilogram", "gram", "flour", "bag"),
        ("kilogram", "gram", "rice", "packet"),
        ("kilogram", "gram", "nuts", "jar"),
    )
    one, _, many = cup.partition("/")
    many = many or f"{one}s"
    each = draw.pick(50, 100, 125, 150, 200, 250, 300, 400, 500)
    amount = draw.decimal(1, 20, draw.pick(0, 1))
    has, fill = draw.measure(amount, big), draw.measure(each, small)
    question = draw.pick(
        f"{who.name} has {has} of {of}. How many {many} of {fill} can {who.subject} fill with it?",
        f"{has} of {of} are divided into {many} of {fill} each. How many {many} are there?"
        if amount != 1
        else f"One {big} of {of} is divided into {many} of {fill} each. How many {many} are there?",
        f"A {one} holds {fill} of {of}. Find how many {many} {who.name} can fill from {has}.",
        f"If {fill} of {of} go into each {one}, how many {many} do {has} make?"
        if amount != 1
        else f"If {fill} of {of} go into each {one}, how many {many} does {has} make?",
        f"{who.name} bought {has} of {of} and wants to put all of it into {many} with {fill} each. What number of "
        f"{many} will {who.subject} need?",
    )
    return told(
        question,
        {f"{big}s": amount, f"{small}s_each": each},
        {f"{small}s": f"{big}s * 1000", many: f"{small}s / {small}s_each"},
        f"The answer is {{answer}} {many}.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (
    other_time,
    drive,
    two_legs,
    fence,
    missing_side,
    habit,
    litres,
)
