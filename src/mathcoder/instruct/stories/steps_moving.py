"""Stories of three and four steps with trips, tanks and areas."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories.steps_wording import altogether
from mathcoder.instruct.stories.telling import Draw, Story, told

__all__ = ["SCHEMAS"]


def two_speeds(draw: Draw) -> Story:
    """A trip of two parts: its length, or its mean speed."""
    who, unit = draw.person(), draw.pick("kilometre", "kilometre", "mile")
    way, root, low, high = draw.pick(
        ("drives", "drive", 30, 110), ("cycles", "cycle", 10, 25), ("rides", "ride", 12, 30)
    )
    if unit == "mile":
        low, high = low * 2 // 3, high * 2 // 3
    first, second, fast, slow = draw.whole(2, 5), draw.whole(2, 5), draw.whole(low, high), draw.whole(low, high)
    if fast == slow or fast - slow > 50:
        raise ValueError("the speeds should differ, but not by much")
    some, others = draw.measure(first, "hour"), draw.measure(second, "hour")
    speed, other = f"{draw.number(fast)} {unit}s per hour", f"{draw.number(slow)} {unit}s per hour"
    mean = draw.chance(0.35)
    asked = (
        f"What is {who.possessive} average speed for the whole trip in {unit}s per hour?"
        if mean
        else draw.pick(
            f"How many {unit}s does {who.subject} {root} {altogether(draw)}?",
            f"Find the length of the whole trip in {unit}s.",
            f"What distance does {who.subject} cover?",
        )
    )
    question = draw.pick(
        f"{who.name} {way} for {some} at {speed} and then for {others} at {other}. {asked}",
        f"On a trip, {who.name} {way} at {speed} for the first {some}. For the next {others}, {who.possessive} "
        f"speed is {other}. {asked}",
        f"{who.name} {way} {some} before lunch and {others} after lunch. Before lunch the speed is {speed}, after "
        f"lunch it is {other}. {asked}",
        f"For {some}, {who.name} {way} at a speed of {speed}. Then the road changes, and for {others} "
        f"{who.subject} {way} at {other}. {asked}",
        f"{who.name} makes a trip in two parts: {some} at {speed} and {others} at {other}. {asked}",
    )
    steps = {
        "first_distance": "first_speed * first_hours",
        "second_distance": "second_speed * second_hours",
    }
    if mean:
        steps["average_speed"] = "(first_distance + second_distance) / (first_hours + second_hours)"
    else:
        steps["total_distance"] = "first_distance + second_distance"
    return told(
        question,
        {"first_hours": first, "first_speed": fast, "second_hours": second, "second_speed": slow},
        steps,
        f"The average speed is {{answer}} {unit}s per hour."
        if mean
        else f"The whole trip is {{answer}} {unit}s long.",
    )


def apart(draw: Draw) -> Story:
    """Two move apart or race; the distance between them."""
    who, friend, hours = draw.person(), draw.person(), draw.whole(2, 6)
    way, root, low, high = draw.pick(
        ("drive", "drives", 40, 110), ("cycle", "cycles", 10, 28), ("walk", "walks", 3, 6)
    )
    unit, same = draw.pick("kilometre", "mile"), draw.chance(0.5)
    if unit == "mile":
        low, high = low * 2 // 3, high * 2 // 3
    fast, slow = draw.whole(low, high), draw.whole(low, high)
    if fast <= slow:
        raise ValueError("the first is the faster one")
    span = draw.measure(hours, "hour")
    speed, other = f"{draw.number(fast)} {unit}s per hour", f"{draw.number(slow)} {unit}s per hour"
    where = "in the same direction" if same else "in opposite directions"
    question = draw.pick(
        f"{who.name} and {friend.name} start at the same place and {way} {where}. {who.name} {root} at {speed} "
        f"and {friend.name} at {other}. How many {unit}s apart are they after {span}?",
        f"At noon, {who.name} and {friend.name} leave {draw.place()} {where}. {who.name}'s speed is {speed}, and "
        f"{friend.name}'s speed is {other}. How far apart are they {span} later?",
        f"{who.name} {root} {where} as {friend.name} from the same place, at {speed} against {other}. Find the "
        f"distance between them after {span}."
        if same
        else f"{who.name} {root} east at {speed} and {friend.name} {root} west at {other}, from the same town. "
        f"Find the distance between them after {span}.",
        f"How many {unit}s are between {who.name} and {friend.name} after {span}, if they {way} {where} from the "
        f"same point, one at {speed} and the other at {other}?",
        f"{friend.name} {root} at {other}. {who.name} sets off from the same spot at the same time {where} and "
        f"{root} at {speed}. After {span}, what distance is there between the two?",
    )
    return told(
        question,
        {"first_speed": fast, "second_speed": slow, "hours": hours},
        {
            "first_distance": "first_speed * hours",
            "second_distance": "second_speed * hours",
            "distance_apart": f"first_distance {'-' if same else '+'} second_distance",
        },
        f"They are {{answer}} {unit}s apart.",
    )


def tank(draw: Draw) -> Story:
    """Water that runs in and out."""
    who, rate, out, start = draw.person(), draw.whole(6, 40), draw.whole(2, 20), draw.whole(10, 200)
    minutes = draw.whole(3, 30)
    if out >= rate:
        raise ValueError("more runs out than in")
    vessel = draw.pick("tank", "pool", "barrel", "pond")
    has, fill, leak = draw.measure(start, "litre"), draw.measure(rate, "litre"), draw.measure(out, "litre")
    span = draw.measure(minutes, "minute")
    if draw.chance(0.5):
        question = draw.pick(
            f"A {vessel} holds {has} of water. Every minute {fill} flow in and {leak} flow out. How many litres "
            f"are in it after {span}?",
            f"{who.name} fills a {vessel} that has {has} of water in it. A tap adds {fill} per minute, but {leak} "
            f"per minute leak out. How much water is in the {vessel} after {span}?",
            f"There are {has} in a {vessel}. In each minute it gains {fill} and loses {leak}. Find the number of "
            f"litres in the {vessel} {span} later.",
            f"How many litres does a {vessel} contain after {span}, if it contained {has} at first, and {fill} "
            f"run in and {leak} run out each minute?",
            f"A pump brings {fill} a minute into a {vessel}, while {leak} a minute are used. At the start there "
            f"were {has} in it. What amount is there after {span}?",
        )
        return told(
            question,
            {"litres_at_first": start, "litres_in": rate, "litres_out": out, "minutes": minutes},
            {
                "gain_per_minute": "litres_in - litres_out",
                "litres_gained": "gain_per_minute * minutes",
                "litres_then": "litres_at_first + litres_gained",
            },
            "There are {answer} litres in it.",
        )
    full = draw.measure(start + (rate - out) * minutes, "litre")
    question = draw.pick(
        f"A {vessel} has room for {full} and holds {has} of water. Every minute {fill} flow in and {leak} flow "
        "out. In how many minutes is it full?",
        f"{who.name} fills a {vessel} of {full}. There are {has} in it already. A hose adds {fill} per minute, "
        f"but {leak} per minute leak out. How many minutes does it take until it is full?",
        f"There are {has} in a {vessel}. In each minute it gains {fill} and loses {leak}. Find after how many "
        f"minutes it contains {full}.",
        f"How many minutes does it take until a {vessel} contains {full}, if it contains {has} now, and {fill} "
        f"run in and {leak} run out each minute?",
        f"A pump brings {fill} a minute into a {vessel}, while {leak} a minute are used. At the start there are "
        f"{has}. After how many minutes will there be {full}?",
    )
    return told(
        question,
        {
            "litres_wanted": start + (rate - out) * minutes,
            "litres_at_first": start,
            "litres_in": rate,
            "litres_out": out,
        },
        {
            "gain_per_minute": "litres_in - litres_out",
            "litres_missing": "litres_wanted - litres_at_first",
            "minutes": "litres_missing / gain_per_minute",
        },
        "It takes {answer} minutes.",
    )


def area_left(draw: Draw) -> Story:
    """A rectangle in a rectangle: the area that is left."""
    who, length = draw.person(), draw.whole(8, 40)
    width = draw.whole(6, min(length - 1, 30))
    inner, side = draw.whole(2, 12), draw.whole(2, 9)
    if inner >= length or side >= width or inner < side:
        raise ValueError("the inner one does not fit")
    outer, within, rest = draw.pick(
        ("garden", "pond", "the rest is lawn"),
        ("hall", "stage", "the rest is for the audience"),
        ("park", "playground", "the rest is grass"),
        ("field", "shed", "the rest is used for corn"),
    )
    unit = "metre"
    long, wide = draw.measure(length, unit), draw.measure(width, unit)
    size, other = draw.measure(inner, unit), draw.measure(side, unit)
    question = draw.pick(
        f"A rectangular {outer} is {long} long and {wide} wide. In it there is a {within} of {size} by {other}; "
        f"{rest}. How many square metres is the rest?",
        f"{who.name}'s {outer} measures {long} by {wide}. A {within} in it measures {size} by {other}. What area "
        f"of the {outer} does the {within} not cover?",
        f"A {within} that is {size} long and {other} wide stands in a {outer} of {long} by {wide}. Both are "
        f"rectangles. Find the area of the {outer} that is left in square metres.",
        f"How many square metres of a {outer} of {long} by {wide} are free, if a {within} of {size} by {other} is "
        "in it?",
        f"In a rectangular {outer} with sides of {long} and {wide}, a rectangle of {size} by {other} is taken up "
        f"by a {within}. What is the remaining area?",
    )
    return told(
        question,
        {"length": length, "width": width, f"{within}_length": inner, f"{within}_width": side},
        {
            f"{outer}_area": "length * width",
            f"{within}_area": f"{within}_length * {within}_width",
            "area_left": f"{outer}_area - {within}_area",
        },
        "The answer is {answer} square metres.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (
    two_speeds,
    apart,
    tank,
    area_left,
)
