"""Stories of two steps in which amounts, ages and means are compared."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories.steps_wording import altogether, part, times
from mathcoder.instruct.stories.telling import Draw, Story, told

__all__ = ["SCHEMAS"]


def more_or_fewer(draw: Draw) -> Story:
    """One has more or fewer than the other; together."""
    who, friend, thing = draw.person(), draw.person(), draw.thing()
    first, gap, more = draw.size() + 2, draw.whole(2, 30), draw.chance(0.5)
    if not more and gap >= first:
        raise ValueError("nobody has fewer than none")
    has, differs, all_ = draw.count(first, thing), draw.number(gap), altogether(draw)
    than = "more" if more else "fewer"
    question = draw.pick(
        f"{who.name} has {has}. {friend.name} has {differs} {than} {thing.many} than {who.name}. How many "
        f"{thing.many} do they have {all_}?",
        f"{friend.name} has {differs} {than} {thing.many} than {who.name}, who has {has}. What is the total "
        f"number of {thing.many} that the two have?",
        f"{who.name} collected {has} last summer. {friend.name} collected {differs} {than}. Find how many "
        f"{thing.many} they collected together.",
        f"How many {thing.many} do {who.name} and {friend.name} own {all_}, if {who.name} owns {has} and "
        f"{friend.name} owns {differs} {than} than that?",
        f"In the morning, a stall sold {has}. In the afternoon it sold {differs} {than} than in the morning. How "
        f"many {thing.many} did it sell during the day?",
    )
    return told(
        question,
        {f"first_{thing.variable}": first, f"{than}_{thing.variable}": gap},
        {
            f"second_{thing.variable}": f"first_{thing.variable} {'+' if more else '-'} {than}_{thing.variable}",
            f"total_{thing.variable}": f"first_{thing.variable} + second_{thing.variable}",
        },
        f"The total is {{answer}} {thing.many}.",
    )


def as_many(draw: Draw) -> Story:
    """One has some times as many as the other; together, or the difference."""
    who, friend, thing = draw.person(), draw.person(), draw.thing()
    first, factor, together = draw.whole(3, 80), draw.whole(2, 6), draw.chance(0.5)
    has, fold = draw.count(first, thing), times(draw, factor)
    asked = (
        f"How many {thing.many} do they have {altogether(draw)}?"
        if together
        else f"How many more {thing.many} does {friend.name} have than {who.name}?"
    )
    indirect = (
        f"the number of {thing.many} they have together"
        if together
        else f"by how many {thing.many} {friend.name} has more than {who.name}"
    )
    question = draw.pick(
        f"{who.name} has {has}. {friend.name} has {fold} as many. {asked}",
        f"{friend.name} has {fold} as many {thing.many} as {who.name}. {who.name} has {has}. {asked}",
        f"{who.name} owns {has}, but {friend.name} owns {fold} as many as {who.subject} does. Find {indirect}.",
        f"If {who.name} has {has} and {friend.name} has {fold} that number, {asked[0].lower()}{asked[1:]}",
        f"{friend.name} counted {friend.possessive} {thing.many} and found that {friend.subject} has {fold} as "
        f"many as {who.name}, who has {has}. {asked}",
        f"{who.name} and {friend.name} collect {thing.many}. {who.name}'s collection has {has}, and "
        f"{friend.name}'s is {fold} as large. Work out {indirect}.",
    )
    last = f"total_{thing.variable}" if together else f"more_{thing.variable}"
    return told(
        question,
        {f"first_{thing.variable}": first, "times": factor},
        {
            f"second_{thing.variable}": f"first_{thing.variable} * times",
            last: f"first_{thing.variable} + second_{thing.variable}"
            if together
            else f"second_{thing.variable} - first_{thing.variable}",
        },
        f"They have {{answer}} {thing.many}." if together else f"{friend.name} has {{answer}} more {thing.many}.",
    )


def times_and_more(draw: Draw) -> Story:
    """Some more or fewer than a multiple or a part of another amount."""
    who, friend, thing, gap = draw.person(), draw.person(), draw.thing(), draw.whole(2, 15)
    factor, plus = draw.whole(2, 5), draw.chance(0.5)
    share, fold, unit = "* times", times(draw, factor), 1
    if halves := draw.chance(0.4):
        fold, share, unit = part(draw)
    first = unit * draw.whole(6, 24)
    than = "more" if plus else "fewer"
    has, differs = draw.count(first, thing), draw.number(gap)
    question = draw.pick(
        f"{who.name} has {has}. {friend.name} has {differs} {than} than {fold} as many as {who.name}. How many "
        f"{thing.many} does {friend.name} have?"
        if not halves
        else f"{who.name} has {has}. {friend.name} has {differs} {than} than {fold} of that number. "
        f"How many {thing.many} does {friend.name} have?",
        f"{who.name} sold {has} at {draw.place()}. {friend.name} sold {differs} {than} than {fold} "
        f"{'of' if halves else ''} that number. What number of {thing.many} did {friend.name} sell?",
        f"How many {thing.many} has {friend.name} collected, if {who.name} has collected {has} and {friend.name} "
        f"has collected {differs} {than} than {fold} {'of' if halves else ''} that number?",
        f"A class found {has} in one week. In the next week it found {differs} {than} than {fold} "
        f"{'of' if halves else ''} that number. Find how many {thing.many} it found in the second week.",
        f"Take {fold} {'of' if halves else ''} the number of {thing.many} that {who.name} has and "
        f"{'add' if plus else 'subtract'} {differs}: that is how many {friend.name} has. {who.name} has {has}. "
        f"How many {thing.many} does {friend.name} have?",
    )
    base = f"part_of_{thing.variable}" if halves else f"multiple_of_{thing.variable}"
    return told(
        question,
        {f"first_{thing.variable}": first}
        | ({} if halves else {"times": factor})
        | {f"{than}_{thing.variable}": gap},
        {
            base: f"first_{thing.variable} {share}",
            f"second_{thing.variable}": f"{base} {'+' if plus else '-'} {than}_{thing.variable}",
        },
        f"The answer is {{answer}} {thing.many}.",
    )


def average(draw: Draw) -> Story:
    """The mean of three or four."""
    who, count = draw.person(), draw.pick(3, 3, 4)
    mean = draw.whole(5, 60)
    values = [mean + draw.whole(-4, 4) for _ in range(count - 1)]
    values.append(mean * count - sum(values))
    if values[-1] < 1 or len(set(values)) < count:
        raise ValueError("a mean of equal numbers asks nothing")
    days = ["Monday", "Tuesday", "Wednesday", "Thursday"][:count]
    listed = ", ".join(map(str, values[:-1])) + f" and {values[-1]}"
    by_day = ", ".join(f"{value} on {day}" for value, day in zip(values[:-1], days, strict=False))
    by_day += f" and {values[-1]} on {days[-1]}"
    number = draw.number(count)
    question = draw.pick(
        f"{who.name} scored {listed} points in {number} games. What was {who.possessive} average score?",
        f"The number of pages that {who.name} read was {by_day}. How many pages did {who.subject} read per day on "
        "average?",
        f"In {number} tests, {who.name} got {listed} marks. Find the mean of {who.possessive} marks.",
        f"The number of visitors to a small museum was {by_day}. What was the average number of visitors per day?",
        f"{number} boxes weigh {listed} kilograms. What is the average weight of a box, in kilograms?",
        f"Calculate the average number of goals per season if {who.name} scored {listed} goals in {number} "
        "seasons.",
    )
    givens = {
        f"{word}_number": value
        for word, value in zip(("first", "second", "third", "fourth"), values, strict=False)
    }
    by_number = f"{number} " in question and by_day not in question
    return told(
        question,
        givens | ({"how_many": count} if by_number else {}),
        {"total": " + ".join(givens), "average": f"total / {'how_many' if by_number else count}"},
        "The average is {answer}.",
    )


def ages(draw: Draw) -> Story:
    """Two ages, now and in some years or some years ago."""
    who, friend = draw.person(), draw.person()
    age, gap, years = draw.whole(6, 60), draw.whole(2, 30), draw.whole(2, 20)
    older, later = draw.chance(0.6), draw.chance(0.6)
    than, old, apart, span = (
        "older" if older else "younger",
        draw.number(age),
        draw.number(gap),
        draw.number(years),
    )
    when = f"in {span} years" if later else f"{span} years ago"
    will = f"will {friend.name} be" if later else f"was {friend.name}"
    question = draw.pick(
        f"{who.name} is {old} years old. {friend.name} is {apart} years {than} than {who.object}. How old {will} "
        f"{when}?",
        f"{friend.name} is {apart} years {than} than {who.name}, who is {old}. How old {will} {when}?",
        f"How old {will} {when}, if {who.name} is {old} years old now and {friend.name} is {apart} years {than}?",
        f"{who.name} has just turned {old}. {who.possessive} cousin {friend.name} is {apart} years {than}. Find "
        f"{friend.name}'s age {when}.",
        f"The difference in age between {who.name} and {friend.name} is {apart} years, and {friend.name} is the "
        f"{than} one. {who.name} is now {old}. What {'will be' if later else 'was'} {friend.name}'s age {when}?",
    )
    return told(
        question,
        {f"{who.name.lower()}_age": age, f"years_{than}": gap, "years_later" if later else "years_ago": years},
        {
            f"{friend.name.lower()}_age": f"{who.name.lower()}_age {'+' if older else '-'} years_{than}",
            "age_then": f"{friend.name.lower()}_age {'+ years_later' if later else '- years_ago'}",
        },
        f"{friend.name} {'will be' if later else 'was'} {{answer}} years old.",
    )


def rest_of_three(draw: Draw) -> Story:
    """Three kinds make a total; the third is asked."""
    who, kinds = draw.person(), draw.things(3)
    first, second, third = draw.whole(2, 60), draw.whole(2, 60), draw.whole(2, 60)
    one, two, last = kinds
    family = one.family.many if one.family else "things"
    total, ones, twos = draw.number(first + second + third), draw.number(first), draw.number(second)
    kinds_here = f"{one.many}, {two.many} and {last.many}"
    question = draw.pick(
        f"There are {total} {family}: {kinds_here}. {ones} are {one.many} and {twos} are {two.many}. How many "
        f"{last.many} are there?",
        f"{who.name} counted {total} {family}. {ones} of them were {one.many}, {twos} were {two.many}, and the "
        f"rest were {last.many}. How many {last.many} did {who.subject} count?",
        f"How many {last.many} did {who.name} count, if {who.subject} counted {ones} {one.many}, {twos} "
        f"{two.many} and no others but {last.many}, {total} {family} in all?",
        f"{who.name} wrote down {ones} {one.many}, {twos} {two.many} and some {last.many}. Altogether that makes "
        f"{total} {family}. Find the number of {last.many}.",
        f"Out of {total} {family}, {ones} are {one.many} and {twos} are {two.many}. All the others are "
        f"{last.many}. What is the number of {last.many}?",
    )
    return told(
        question,
        {f"all_{family.replace(' ', '_')}": first + second + third, one.variable: first, two.variable: second},
        {
            "known_ones": f"{one.variable} + {two.variable}",
            last.variable: f"all_{family.replace(' ', '_')} - known_ones",
        },
        f"There are {{answer}} {last.many}.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (
    more_or_fewer,
    as_many,
    times_and_more,
    average,
    ages,
    rest_of_three,
)
