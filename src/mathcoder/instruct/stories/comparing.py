"""Stories of one difference between two numbers of things: compare and equalise."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories.telling import Draw, Story, told

__all__ = ["SCHEMAS"]


def compare(draw: Draw) -> Story:
    """Two persons' numbers are known, the difference is asked."""
    one, two = draw.person(), draw.person()
    small = draw.size()
    great = small + draw.whole(1, max(3, small))
    thing = draw.thing()
    has = draw.pick("has", "owns", "collected", "made a display of", "brought")
    facts = [f"{one.name} {has} {draw.count(great, thing)}", f"{two.name} {has} {draw.count(small, thing)}"]
    if draw.chance(0.5):
        facts.reverse()
    do = "does" if has in ("has", "owns") else "did"
    verb = {"has": "have", "owns": "own", "collected": "collect", "brought": "bring"}.get(has, "show")
    question = draw.pick(
        f"{facts[0]}. {facts[1]}. How many more {thing.many} {do} {one.name} {verb} than {two.name}?",
        f"{facts[0]} and {facts[1]}. How many fewer {thing.many} {do} {two.name} {verb} than {one.name}?",
        f"{facts[0]}, while {facts[1]}. By how many {thing.many} is {one.name} ahead of {two.name}?",
        f"{facts[0]}. {facts[1]}. What is the difference between their numbers of {thing.many}?",
        f"{facts[0]}, but {facts[1]}. Find how many {thing.many} more than {two.name} {one.name} {has}.",
    ).replace("made a display of.", "showed.")
    names = [f"{thing.variable}_{who.name.lower()}" for who in (one, two)]
    return told(
        question,
        {names[0]: great, names[1]: small},
        {f"difference_{thing.variable}": f"{names[0]} - {names[1]}"},
        f"The difference is {{answer}} {thing.many}.",
    )


def compared(draw: Draw) -> Story:
    """One number and the difference are known; said of the one or of the other."""
    one, two, thing, gap, small = draw.person(), draw.person(), draw.thing(), draw.size(), draw.size()
    great = small + gap
    asks_great = draw.chance(0.5)
    known, unknown, value, sign = (two, one, small, "+") if asks_great else (one, two, great, "-")
    things = thing.many
    owned = f"{known.name} has {draw.count(value, thing)}"
    single = thing.one if gap == 1 else things
    relation = draw.pick(
        f"{one.name} has {draw.number(gap)} more {single} than {two.name}",
        f"{two.name} has {draw.number(gap)} fewer {single} than {one.name}",
        f"{two.name} would need {draw.number(gap)} more {single} to have as many as {one.name}",
    )
    question = draw.pick(
        f"{owned}. {relation}. How many {things} does {unknown.name} have?",
        f"{relation}. {owned}. How many {things} does {unknown.name} have?",
        f"{relation}. If {owned}, what is the number of {things} that {unknown.name} has?",
        f"How many {things} does {unknown.name} have, given that {owned} and that {relation}?",
        f"{owned}, and {relation}. Find the number of {things} that belong to {unknown.name}.",
    )
    names = [f"{thing.variable}_{who.name.lower()}" for who in (known, unknown)]
    return told(
        question,
        {names[0]: value, "difference": gap},
        {names[1]: f"{names[0]} {sign} difference"},
        f"{unknown.name} has {{answer}} {things}.",
    )


def equalise(draw: Draw) -> Story:
    """How many one needs to be level with another, or with a goal."""
    one, two, thing, small = draw.person(), draw.person(), draw.thing(), draw.size()
    great = small + draw.size()
    things, few, many = thing.many, draw.count(small, thing), draw.count(great, thing)
    question = draw.pick(
        f"{one.name} has {few} and {two.name} has {many}. How many more {things} does {one.name} need to have "
        f"as many as {two.name}?",
        f"{two.name} has {many}, but {one.name} has only {few}. How many {things} must {two.name} put away so "
        "that "
        "both have the same number?",
        f"{one.name} wants to own {many}. So far {one.subject} has {few}. How many {things} are missing?",
        f"A display needs {many}. {one.name} has already put up {few}. Find how many more {things} are needed.",
        f"{one.name}'s goal is to collect {many}. How many {things} does {one.subject} still need, if "
        f"{one.subject} has {few}?",
    )
    names = (f"{thing.variable}_wanted", f"{thing.variable}_owned")
    return told(
        question,
        dict(zip(names, (great, small), strict=True)),
        {f"{thing.variable}_missing": f"{names[0]} - {names[1]}"},
        f"The number needed is {{answer}} {things}." if great - small == 1 else f"That is {{answer}} {things}.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (compare, compared, equalise)
