"""Stories of one sum or difference of things: change, combine, compare and equalise."""

from __future__ import annotations

import re
from collections.abc import Callable

from mathcoder.instruct.stories.telling import Draw, Story, Thing, told

__all__ = ["SCHEMAS"]

# Of a person's things: past, present, "by giving", how a variable says it.
_LOSSES = (
    ("gave {n} to {other}", "gives {n} to {other}", "giving {n} to {other}", "given_away"),
    ("lost {n} at {place}", "loses {n} at {place}", "losing {n} at {place}", "lost"),
    ("sold {n} at {shop}", "sells {n} at {shop}", "selling {n} at {shop}", "sold"),
    ("left {n} at {place}", "leaves {n} at {place}", "leaving {n} at {place}", "left_behind"),
    ("threw {n} away", "throws {n} away", "throwing {n} away", "thrown_away"),
    ("mailed {n} to a cousin", "mails {n} to a cousin", "mailing {n} to a cousin", "mailed"),
    ("donated {n} to {place}", "donates {n} to {place}", "donating {n} to {place}", "donated"),
)
_GAINS = (
    ("got {n} from {other}", "gets {n} from {other}", "getting {n} from {other}", "received"),
    ("found {n} at {place}", "finds {n} at {place}", "finding {n} at {place}", "found"),
    ("bought {n} at {shop}", "buys {n} at {shop}", "buying {n} at {shop}", "bought"),
    ("won {n} in a game", "wins {n} in a game", "winning {n} in a game", "won"),
    ("was given {n} by {other}", "is given {n} by {other}", "being given {n} by {other}", "received"),
    ("collected {n} at {place}", "collects {n} at {place}", "collecting {n} at {place}", "collected"),
)
# Of a place: what is there, where, how some come and go, for one and for several.
_SCENES = (
    ("bird/birds", "in a tree", "flew to the tree", "flew away"),
    ("passenger/passengers", "on a bus", "got on at the next stop", "got off at the next stop"),
    ("car/cars", "in a parking lot", "drove in", "drove out"),
    ("child/children", "in the playground", "came to play", "went home"),
    ("visitor/visitors", "in the museum", "arrived", "left"),
    ("duck/ducks", "on the pond", "landed", "flew off"),
    ("boat/boats", "in the harbour", "sailed in", "sailed out"),
    ("guest/guests", "at the party", "arrived late", "went home early"),
    ("book/books", "on the shelf", "were added", "were taken away"),
    ("sheep/sheep", "in the field", "came in through the gate", "ran out through the gate"),
)


def _move(draw: Draw, moves: tuple[tuple[str, str, str, str], ...], number: str) -> tuple[str, str, str, str]:
    """One way to gain or lose, told of this number."""
    past, present, by, name = draw.pick(*moves)
    words = {"n": number, "other": draw.person().name, "place": draw.place(), "shop": draw.shop()}
    return past.format(**words), present.format(**words), by.format(**words), name


def lost(draw: Draw) -> Story:
    """Start and loss are known."""
    who, thing, start, less = draw.person(), draw.thing(), draw.size(), draw.size()
    if less >= start:
        start, less = less + draw.whole(1, 9), start
    past, present, by, name = _move(draw, _LOSSES, some := draw.number(less))
    things, owned, she = thing.many, draw.count(start, thing), who.subject
    first = past.replace(some, draw.count(less, thing))
    question = draw.pick(
        f"{who.name} has {owned}. {she} {present}. How many {things} does {who.name} have left?",
        f"{who.name} had {owned} on {draw.day()}. The next day, {she} {past}. How many {things} remained?",
        f"How many {things} are left if {who.name} starts with {owned} and then {present}?",
        f"Of the {owned} that {who.name} owned, {she} {past}. Find the number of {things} that {she} kept.",
        f"{who.name} {first}. Before that, {she} had {owned}. Work out how many {things} {she} has now.",
        f"After {by}, how many of {who.possessive} {owned} does {who.name} still have?",
        f"{who.name} kept {owned} in a drawer. Last week {she} {past}. How many are still in the drawer?",
    )
    start_name, less_name = f"{thing.variable}_start", f"{thing.variable}_{name}"
    return told(
        question,
        {start_name: start, less_name: less},
        {f"{thing.variable}_left": f"{start_name} - {less_name}"},
        f"{who.name} has {{answer}} {things} left.",
    )


def gained(draw: Draw) -> Story:
    """Start and gain are known."""
    who, thing, start, more = draw.person(), draw.thing(), draw.size(), draw.size()
    past, present, by, name = _move(draw, _GAINS, some := f"{draw.number(more)} more")
    things, owned, she = thing.many, draw.count(start, thing), who.subject
    first = past.replace(some, f"{some} {thing.one if more == 1 else things}")
    question = draw.pick(
        f"{who.name} has {owned}. {she} {present}. How many {things} does {who.name} have now?",
        f"{who.name} had {owned}. On {draw.day()}, {she} {past}. How many {things} did {she} have then?",
        f"How many {things} does {who.name} have altogether if {she} starts with {owned} and {present}?",
        f"{who.name} collects {things}. There were {owned} in {who.possessive} collection before {she} {past}. "
        f"What is the total number of {things} in it now?",
        f"After {by}, how many {things} does {who.name} have, if {she} already had {owned}?",
        f"{who.name} {first}. {she} already had {owned}. Find how many {things} {she} has in all.",
    ).replace("There were 1 ", "There was 1 ")
    start_name, more_name = f"{thing.variable}_start", f"{thing.variable}_{name}"
    return told(
        question,
        {start_name: start, more_name: more},
        {f"{thing.variable}_now": f"{start_name} + {more_name}"},
        f"{who.name} has {{answer}} {things} now.",
    )


def change(draw: Draw) -> Story:
    """Start and end are known, the change is asked."""
    who, thing, low = draw.person(), draw.thing(), draw.size()
    high = low + draw.size()
    up = draw.chance(0.5)
    start, end = (low, high) if up else (high, low)
    past, present, _, name = _move(draw, _GAINS if up else _LOSSES, "some more" if up else "some of them")
    things, she = thing.many, who.subject
    how_many = f"how many {things} " + draw.pick(
        *("did {she} get?", "were added?") if up else ("did {she} lose?", "are gone?")
    ).format(she=she)
    if name in ("given_away", "sold", "bought", "found", "won", "mailed", "donated", "collected"):
        verb = {"given_away": "give away", "sold": "sell", "bought": "buy", "found": "find", "won": "win"}
        verb |= {"mailed": "mail", "donated": "donate", "collected": "collect"}
        how_many = f"how many {things} did {she} {verb[name]}?"
    elif name in ("left_behind", "thrown_away"):
        how_many = f"how many {things} did {she} {name.replace('left', 'leave').replace('thrown', 'throw')}?"
        how_many = how_many.replace("_", " ")
    first, last = draw.count(start, thing), draw.number(end)
    question = draw.pick(
        f"{who.name} had {first}. Then {she} {past}. Now {she} has {last}. {how_many}",
        f"{who.name} had {first} in the morning and {last} in the evening, because {she} {past}. {how_many}",
        f"{who.name} started the week with {first}. During the week {she} {past}, and at the end of it "
        f"{she} had {last}. {how_many}",
        f"{who.name} now has {last} {thing.one if end == 1 else things}. Yesterday, before {she} {past}, "
        f"{she} had {draw.number(start)}. {how_many}",
        f"If {who.name} has {first} and {present}, {she} then has {last}. {how_many}".replace(" did ", " does "),
    )
    return told(
        re.sub(r"because (\w+) was given", r"because \1 had been given", question),
        {f"{thing.variable}_before": start, f"{thing.variable}_after": end},
        {
            f"{thing.variable}_{name}": f"{thing.variable}_after - {thing.variable}_before"
            if up
            else f"{thing.variable}_before - {thing.variable}_after"
        },
        f"It was {{answer}} {things}.",
    )


def start(draw: Draw) -> Story:
    """Change and end are known, the start is asked."""
    who, thing, moved = draw.person(), draw.thing(), draw.size()
    up = draw.chance(0.5)
    end = draw.size() + (moved if up else 0)
    past, _, by, name = _move(draw, _GAINS if up else _LOSSES, draw.number(moved) + (" more" if up else ""))
    things, she, last = thing.many, who.subject, draw.count(end, thing)
    question = draw.pick(
        f"{who.name} had some {things}. {she} {past}. Now {she} has {last}. How many {things} did {who.name} have "
        "at first?",
        f"After {by}, {who.name} has {last}. How many did {she} have before?",
        f"{who.name} has {last} now. Earlier today, {she} {past}. "
        f"What was the number of {things} in the beginning?",
        f"Yesterday {who.name} {past}, and {she} was then the owner of {last}. Find how many {things} {she} had "
        "to begin with.",
        f"How many {things} did {who.name} start with, if {she} has {last} after {by}?",
    )
    moved_name, sign = f"{thing.variable}_{name}", "-" if up else "+"
    return told(
        question,
        {moved_name: moved, f"{thing.variable}_now": end},
        {f"{thing.variable}_at_first": f"{thing.variable}_now {sign} {moved_name}"},
        f"{who.name} had {{answer}} {things} at first.",
    )


def scene(draw: Draw) -> Story:
    """Some come to a place or leave it; the end, the change or the start is asked."""
    words, where, came, went = draw.pick(*_SCENES)
    one, many = words.split("/")
    thing, up, asked = Thing(one, many), draw.chance(0.5), draw.whole(1, 3)
    low, moved = draw.whole(2, 90), draw.whole(2, 60)
    before, after = (low, low + moved) if up else (low + moved, low)
    how, more = (came, " more") if up else (went, "")
    first, some, last = draw.count(before, thing), f"{draw.number(moved)}{more}", draw.count(after, thing)
    at_first, changed, now = f"{many}_at_first", f"{many}_{'came' if up else 'left'}", f"{many}_now"
    opening = draw.pick("", "", f"On {draw.day()}, ", "Early in the day, ", "At noon, ")
    if asked == 1:
        question = draw.pick(
            f"{opening}there were {first} {where}. Then {some} {how}. How many {many} are there now?",
            f"{some} {many} {how}. Before that, there had been {first} {where}. How many {many} were there then?",
            f"There were {first} {where} until {some} {how}. Find the number of {many} after that.",
        )
        steps = {now: f"{at_first} {'+' if up else '-'} {changed}"}
        return told(question, {at_first: before, changed: moved}, steps, f"There are {{answer}} {many} now.")
    if asked == 2:
        question = draw.pick(
            f"{opening}there were {first} {where}. Some {more} {how}, and then there were {last}. "
            f"How many {many} {how}?",
            f"{last} are {where} now, but there were {draw.number(before)} an hour ago. How many {many} {how}?",
            f"The number of {many} {where} went from {draw.number(before)} to {draw.number(after)} because some "
            f"{more} {how}. How many was that?",
        )
        steps = {changed: f"{now} - {at_first}" if up else f"{at_first} - {now}"}
        return told(question, {at_first: before, now: after}, steps, f"It was {{answer}} {many}.")
    question = draw.pick(
        f"{opening}some {many} were {where}. After {some} {how}, there were {last}. "
        f"How many {many} were there at first?",
        f"{some} {many} {how}, so now there are {draw.number(after)} {where}. How many were there before?",
        f"There are {last} {where} after {some} {how}. What was the number of {many} before that?",
    )
    steps = {at_first: f"{now} {'-' if up else '+'} {changed}"}
    return told(question, {changed: moved, now: after}, steps, f"There were {{answer}} {many} at first.")


def combine(draw: Draw) -> Story:
    """Two or three kinds, all of them together."""
    kinds = draw.things(draw.pick(2, 2, 3))
    family, sizes, who = kinds[0].family or kinds[0], [draw.size(100_000) for _ in kinds], draw.person()
    listed = [draw.count(size, kind) for size, kind in zip(sizes, kinds, strict=True)]
    several = f"{', '.join(listed[:-1])} and {listed[-1]}"
    most = family.many
    question = draw.pick(
        f"In {who.name}'s picture, there are {several}. How many {most} are there altogether?",
        f"{who.name} counted {several}. What is the total number of {most} that {who.subject} counted?",
        f"{who.name} drew a picture with {several} in it. Find the number of {most} in the picture.",
        f"On {draw.day()}, {who.name} saw {several} at {draw.place()}. How many {most} did {who.subject} see "
        "in all?",
        f"How many {most} do {several} make together?",
        f"{who.name} writes in a list: {'; '.join(listed)}. How many {most} is that in total?",
    )
    if len({kind.variable for kind in kinds}) < len(kinds):
        raise ValueError("the same kind twice")
    names = [kind.variable for kind in kinds]
    return told(
        question,
        dict(zip(names, sizes, strict=True)),
        {f"total_{family.variable}": " + ".join(names)},
        f"There are {{answer}} {most} altogether.",
    )


def part(draw: Draw) -> Story:
    """All and one or two kinds are known, the rest is asked."""
    kinds = draw.things(draw.pick(2, 2, 3))
    family, sizes = kinds[0].family or kinds[0], [draw.size(100_000) for _ in kinds]
    *known, rest = kinds
    total = draw.count(sum(sizes), family)
    listed = " and ".join(draw.count(size, kind) for size, kind in zip(sizes, known, strict=False))
    are = "is" if sizes[0] == 1 and len(known) == 1 else "are"
    who = draw.person()
    question = draw.pick(
        f"In {who.name}'s picture, there are {total}. There {are} {listed}, and all the others are {rest.many}. "
        f"How many {rest.many} are there?",
        f"{who.name} counted {total}: {listed}; the rest were {rest.many}. Find the number of {rest.many}.",
        f"A collection of {total} holds {listed} and otherwise only {rest.many}. "
        f"How many {rest.many} does it hold?",
        f"{who.name}'s list has {listed.replace(' and ', ', ')} and some {rest.many}. That makes {total} in all. "
        f"How many {rest.many} are on the list?",
        f"Out of {total}, how many are {rest.many} if there {are} {listed} and nothing else is among them?",
    )
    names = [kind.variable for kind in known]
    whole = f"total_{family.variable}"
    return told(
        question,
        {whole: sum(sizes), **dict(zip(names, sizes, strict=False))},
        {rest.variable: " - ".join([whole, *names])},
        f"There are {{answer}} {rest.many}.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (
    lost,
    gained,
    change,
    start,
    scene,
    combine,
    part,
)
