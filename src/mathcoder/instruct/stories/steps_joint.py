"""Stories of three steps in which two or three work, are counted or grow older together."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories.steps_wording import altogether, times
from mathcoder.instruct.stories.telling import Draw, Story, told

__all__ = ["SCHEMAS"]


def two_workers(draw: Draw) -> Story:
    """Two at different rates and for different times."""
    who, friend = draw.person(), draw.person()
    first, second, one, two = draw.whole(3, 30), draw.whole(3, 30), draw.whole(2, 9), draw.whole(2, 9)
    makes, make, what = draw.pick(
        ("folds", "fold", "paper cranes"),
        ("paints", "paint", "tiles"),
        ("picks", "pick", "apples"),
        ("plants", "plant", "tulips"),
        ("packs", "pack", "parcels"),
        ("bakes", "bake", "rolls"),
    )
    rate, other = draw.number(first), draw.number(second)
    some, others, asked_more = draw.measure(one, "hour"), draw.measure(two, "hour"), draw.chance(0.35)
    if asked_more and first * one <= second * two:
        raise ValueError("the first makes more")
    asked = (
        f"How many more {what} does {who.name} {make} than {friend.name}?"
        if asked_more
        else draw.pick(
            f"How many {what} do they {make} {altogether(draw)}?",
            f"Find the total number of {what}.",
            f"What number of {what} do the two {make} together?",
        )
    )
    question = draw.pick(
        f"{who.name} {makes} {rate} {what} an hour, and {friend.name} {makes} {other} an hour. {who.name} works "
        f"for {some} and {friend.name} for {others}. {asked}",
        f"{who.name} works for {some} and {makes} {rate} {what} per hour. {friend.name} works for {others} and "
        f"{makes} {other} {what} per hour. {asked}",
        f"In an hour, {who.name} can {make} {rate} {what}; {friend.name} can {make} {other}. {who.name} spends "
        f"{some} on it, {friend.name} {others}. {asked}",
        f"On {draw.day()}, {who.name} {makes} {what} for {some}, {rate} in each hour. {friend.name} {makes} "
        f"{other} in each hour and stays for {others}. {asked}",
        f"{friend.name} {makes} {other} {what} every hour for {others}. {who.name} {makes} {rate} every hour for "
        f"{some}. {asked}",
    )
    name, sign = what.replace(" ", "_"), "-" if asked_more else "+"
    return told(
        question,
        {f"{name}_per_hour": first, f"other_{name}_per_hour": second, "hours": one, "other_hours": two},
        {
            f"first_{name}": f"{name}_per_hour * hours",
            f"second_{name}": f"other_{name}_per_hour * other_hours",
            f"{'more' if asked_more else 'total'}_{name}": f"first_{name} {sign} second_{name}",
        },
        f"The answer is {{answer}} {what}.",
    )


def legs(draw: Draw) -> Story:
    """Animals or vehicles of two kinds, with their legs or wheels."""
    who, first, second = draw.person(), draw.whole(2, 40), draw.whole(2, 40)
    one, two, ones, twos, what, place = draw.pick(
        ("cows", "hens", 4, 2, "legs", "on a farm"),
        ("goats", "ducks", 4, 2, "legs", "in a yard"),
        ("spiders", "beetles", 8, 6, "legs", "in a museum's collection"),
        ("cars", "bicycles", 4, 2, "wheels", "in a car park"),
        ("tricycles", "scooters", 3, 2, "wheels", "in a shop"),
        ("chairs", "stools", 4, 3, "legs", "in a workshop"),
    )
    some, others = f"{draw.number(first)} {one}", f"{draw.number(second)} {two}"
    each = f"Each of the {one} has {ones} {what}, and each of the {two} has {twos}."
    question = draw.pick(
        f"There are {some} and {others} {place}. {each} How many {what} are there {altogether(draw)}?",
        f"{who.name} counts {some} and {others} {place}. {each} What is the total number of {what}?",
        f"{each} Find how many {what} {some} and {others} have together.",
        f"How many {what} do {some} and {others} have {altogether(draw)}, if the {one} have {ones} each and the "
        f"{two} have {twos} each?",
        f"{who.name} drew {some} with {ones} {what} each and {others} with {twos} {what} each. How many {what} "
        f"did {who.subject} draw?",
    )
    return told(
        question,
        {one: first, two: second, f"{what}_per_{one[:-1]}": ones, f"{what}_per_{two[:-1]}": twos},
        {
            f"{what}_of_{one}": f"{one} * {what}_per_{one[:-1]}",
            f"{what}_of_{two}": f"{two} * {what}_per_{two[:-1]}",
            f"total_{what}": f"{what}_of_{one} + {what}_of_{two}",
        },
        f"There are {{answer}} {what}.",
    )


def three_ages(draw: Draw) -> Story:
    """Ages over a multiple and a difference, and their sum, or one of them in some years."""
    who, friend, third = draw.person(), draw.person(), draw.person()
    age, factor, gap, years = draw.whole(4, 14), draw.whole(2, 4), draw.whole(2, 12), draw.whole(2, 15)
    older, summed = draw.chance(0.5), draw.chance(0.5)
    than, fold = "older" if older else "younger", times(draw, factor)
    young, differs, span = draw.number(age), draw.number(gap), draw.number(years)
    asked = (
        draw.pick(
            "How old are the three together?", "Find the sum of their ages.", "What is the sum of the three ages?"
        )
        if summed
        else draw.pick(
            f"How old will {third.name} be in {span} years?",
            f"Find how old {third.name} will be in {span} years.",
            f"What will {third.name}'s age be in {span} years?",
        )
    )
    question = draw.pick(
        f"{who.name} is {young} years old. {friend.name} is {fold} as old as {who.name}, and {third.name} is "
        f"{differs} years {than} than {friend.name}. {asked}",
        f"{third.name} is {differs} years {than} than {friend.name}, who is {fold} as old as {who.name}. "
        f"{who.name} is {young}. {asked}",
        f"In a family, {who.name} is {young} years old. {who.possessive} cousin {friend.name} is {fold} as old. "
        f"{third.name} is {differs} years {than} than {friend.name}. {asked}",
        f"{friend.name}'s age is {fold} {who.name}'s age. {who.name} has just turned {young}, and {third.name} is "
        f"{differs} years {than} than {friend.name}. {asked}",
        f"Today is the birthday of {who.name}, who is now {young}. {friend.name} is {fold} as old, and "
        f"{third.name} is {differs} years {than} than {friend.name}. {asked}",
    )
    first, second, last = (f"{person.name.lower()}_age" for person in (who, friend, third))
    steps = {second: f"{first} * times", last: f"{second} {'+' if older else '-'} years_{than}"}
    steps |= {"sum_of_ages": f"{first} + {second} + {last}"} if summed else {"age_then": f"{last} + years_later"}
    return told(
        question,
        {first: age, "times": factor, f"years_{than}": gap} | ({} if summed else {"years_later": years}),
        steps,
        "They are {answer} years old together." if summed else f"{third.name} will be {{answer}} years old.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (two_workers, legs, three_ages)
