"""Stories of three and four steps; those of things and persons are here, the others in the modules beside it."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories import steps_buying, steps_earning, steps_joint, steps_moving
from mathcoder.instruct.stories.steps_wording import altogether, part, times
from mathcoder.instruct.stories.telling import Draw, Story, told

__all__ = ["SCHEMAS"]


def three_persons(draw: Draw) -> Story:
    """A chain of comparisons, and the total."""
    who, friend, third, thing = draw.person(), draw.person(), draw.person(), draw.thing()
    first, factor, gap, more = draw.whole(4, 60), draw.whole(2, 4), draw.whole(2, 20), draw.chance(0.5)
    if not more and gap >= first * factor - 1:
        raise ValueError("nobody has fewer than none")
    than = "more" if more else "fewer"
    has, fold, differs = draw.count(first, thing), times(draw, factor), draw.number(gap)
    question = draw.pick(
        f"{who.name} has {has}. {friend.name} has {fold} as many as {who.name}, and {third.name} has {differs} "
        f"{than} than {friend.name}. How many {thing.many} do the three have {altogether(draw)}?",
        f"{third.name} has {differs} {than} {thing.many} than {friend.name}. {friend.name} has {fold} as many as "
        f"{who.name}. If {who.name} has {has}, how many do they have together?",
        f"{who.name}, {friend.name} and {third.name} collect {thing.many}. {who.name} has {has}. {friend.name} "
        f"has {fold} that number. {third.name} has {differs} {than} than {friend.name}. Find the total number.",
        f"{who.name} sold {has}, {friend.name} sold {fold} as many, and {third.name} sold {differs} {than} than "
        f"{friend.name}. What is the total number of {thing.many} sold by the three of them?",
        f"What is the number of {thing.many} in three bags {altogether(draw)}, if the first holds {has}, the "
        f"second holds {fold} as many as the first, and the third holds {differs} {than} than the second?",
    )
    name = thing.variable
    return told(
        question,
        {f"first_{name}": first, "times": factor, f"{than}_{name}": gap},
        {
            f"second_{name}": f"first_{name} * times",
            f"third_{name}": f"second_{name} {'+' if more else '-'} {than}_{name}",
            f"total_{name}": f"first_{name} + second_{name} + third_{name}",
        },
        f"The total is {{answer}} {thing.many}.",
    )


def rest_of_rest(draw: Draw) -> Story:
    """A part goes, then a number or a part of the rest."""
    who, friend, thing = draw.person(), draw.person(), draw.thing()
    (words, share, unit), (again, other, other_unit) = part(draw), part(draw)
    total = unit * other_unit * draw.whole(1, 8)
    if total < 12 or total > 300 or ("half" in (words, again) and "* 2" in share + other):
        raise ValueError("too few or too many")
    had, all_things, left = draw.count(total, thing), thing.variable, f"{thing.variable}_left"
    if draw.chance(0.5):
        question = draw.pick(
            f"{who.name} had {had}. {who.subject} gave {words} of them to {friend.name} and then lost {again} of "
            f"the rest. How many {thing.many} does {who.name} have now?",
            f"Of {had}, {words} were sold on {draw.day()} and {again} of the remaining ones on {draw.day()}. How "
            f"many {thing.many} were left?",
            f"{who.name} puts {words} of {who.possessive} {had} into a box. {again} of the others go into a "
            f"drawer. Find how many {thing.many} are in neither.",
            f"If {who.name} uses {words} of {had} and then gives away {again} of what is left, how many "
            f"{thing.many} remain?",
            f"{friend.name} got {words} of {who.name}'s {had}. After that, {who.name} sold {again} of the "
            f"{thing.many} {who.subject} still had. What number did {who.subject} keep?",
        )
        return told(
            question,
            {all_things: total},
            {
                f"first_{all_things}": f"{all_things} {share}",
                f"rest_of_{all_things}": f"{all_things} - first_{all_things}",
                f"second_{all_things}": f"rest_of_{all_things} {other}",
                left: f"rest_of_{all_things} - second_{all_things}",
            },
            f"The answer is {{answer}} {thing.many}.",
        )
    more = draw.whole(2, 40)
    got = draw.number(more)
    question = draw.pick(
        f"{who.name} had {had}. {who.subject} gave {words} of them to {friend.name} and then found {got} more. "
        f"How many {thing.many} does {who.name} have now?",
        f"Of the {had} in a shop, {words} were sold. Then {got} new ones arrived. How many {thing.many} does the "
        "shop have now?",
        f"{who.name} lost {words} of {who.possessive} {had}. {friend.name} gave {who.object} {got} to cheer "
        f"{who.object} up. Find the number of {thing.many} {who.name} has at the end.",
        f"If {who.name} sells {words} of {who.possessive} {had} and buys {got} others, how many {thing.many} will "
        f"{who.subject} have?",
        f"{friend.name} took {words} of the {had} on the table, and {who.name} put {got} back. What number of "
        f"{thing.many} was on the table then?",
    )
    return told(
        question,
        {all_things: total, f"more_{all_things}": more},
        {
            f"{all_things}_gone": f"{all_things} {share}",
            left: f"{all_things} - {all_things}_gone",
            f"{all_things}_now": f"{left} + more_{all_things}",
        },
        f"The answer is {{answer}} {thing.many}.",
    )


def groups_lost_shared(draw: Draw) -> Story:
    """Groups made into one amount, some of it gone, the rest shared."""
    who, food, box = draw.person(), draw.food(), draw.container()
    boxes, fill, people, each = draw.whole(2, 8), draw.whole(4, 24), draw.whole(2, 12), draw.whole(2, 12)
    gone = boxes * fill - people * each
    if gone < 2 or gone > boxes * fill // 2:
        raise ValueError("too few or too many are gone")
    packs, held, lost = draw.count(boxes, box), draw.count(fill, food), draw.number(gone)
    friends = f"{draw.number(people)} {draw.pick('friends', 'children', 'families', 'neighbours')}"
    group = friends.split()[-1]
    question = draw.pick(
        f"{who.name} bought {packs} with {held} in each. {lost} of them were bad. {who.subject} shared the rest "
        f"equally among {friends}. How many {food.many} did each get?",
        f"There are {packs}, and each one holds {held}. After {who.name} has eaten or sold {lost}, {friends} "
        f"share the others fairly. How many {food.many} does each of the {group} get?",
        f"{friends} share {packs} of {food.many}. There are {fill} in each {box.one}, but {lost} {food.many} are "
        f"put aside for {who.name}. Everybody gets the same number. Find that number.",
        f"If {who.name} opens {packs} of {held}, keeps {lost} of them and divides what is left equally among "
        f"{friends}, how many does each of them receive?",
        f"For a party, {who.name} brings {packs} of {food.many}, {fill} to a {box.one}. {lost} are left over at "
        f"the end, and {friends} have eaten the same number each. What number did each eat?",
    )
    return told(
        question,
        {
            box.variable: boxes,
            f"{food.variable}_per_{box.one}": fill,
            f"{food.variable}_gone": gone,
            group: people,
        },
        {
            f"all_{food.variable}": f"{box.variable} * {food.variable}_per_{box.one}",
            f"{food.variable}_left": f"all_{food.variable} - {food.variable}_gone",
            f"{food.variable}_each": f"{food.variable}_left / {group}",
        },
        f"Each gets {{answer}} {food.many}.",
    )


def two_sizes(draw: Draw) -> Story:
    """Groups of two sizes together."""
    who, thing, box = draw.person(), draw.thing(), draw.container()
    large, small = draw.whole(2, 20), draw.whole(2, 20)
    many, few = draw.whole(10, 60), draw.whole(2, 24)
    if few >= many:
        raise ValueError("the small ones hold fewer")
    larges, smalls = draw.number(large), draw.number(small)
    question = draw.pick(
        f"{who.name} has {larges} large {box.many} with {many} {thing.many} each and {smalls} small {box.many} "
        f"with {few} {thing.many} each. How many {thing.many} does {who.subject} have {altogether(draw)}?",
        f"A large {box.one} holds {many} {thing.many}, a small one {few}. Find the total number of {thing.many} "
        f"in {larges} large and {smalls} small {box.many}.",
        f"A shop ordered {larges} large {box.many} and {smalls} small {box.many} of {thing.many}. There are "
        f"{many} in each large one and {few} in each small one. How many {thing.many} did the shop order?",
        f"How many {thing.many} fit into {larges} large and {smalls} small {box.many}, if {many} go into a large "
        f"one and {few} into a small one?",
        f"{who.name} packed {many} {thing.many} into each of {larges} {box.many}, and {few} into each of {smalls} "
        f"others. What is the number of {thing.many} {who.subject} packed?",
    )
    return told(
        question,
        {
            f"large_{box.variable}": large,
            f"{thing.variable}_per_large": many,
            f"small_{box.variable}": small,
            f"{thing.variable}_per_small": few,
        },
        {
            f"{thing.variable}_in_large": f"large_{box.variable} * {thing.variable}_per_large",
            f"{thing.variable}_in_small": f"small_{box.variable} * {thing.variable}_per_small",
            f"total_{thing.variable}": f"{thing.variable}_in_large + {thing.variable}_in_small",
        },
        f"The total is {{answer}} {thing.many}.",
    )


def ratio(draw: Draw) -> Story:
    """A total in a ratio: one share, or the difference of the shares."""
    who, friend, thing = draw.person(), draw.person(), draw.thing()
    first, second, unit = draw.whole(1, 7), draw.whole(2, 9), draw.whole(2, 25)
    if first == second or (first % 2 == 0 and second % 2 == 0) or (first % 3 == 0 and second % 3 == 0):
        raise ValueError("the ratio can be shortened")
    had, said = draw.count(unit * (first + second), thing), f"{first}:{second}"
    said = draw.pick(said, f"{first} to {second}")
    alone = draw.chance(0.6)
    asked = (
        f"How many {thing.many} does {friend.name} get?"
        if alone
        else f"How many more {thing.many} does {friend.name if second > first else who.name} get than "
        f"{who.name if second > first else friend.name}?"
    )
    question = draw.pick(
        f"{who.name} and {friend.name} share {had} in the ratio {said}. {asked}",
        f"{had} are divided between {who.name} and {friend.name} in the ratio {said}. {asked}",
        f"The ratio of {who.name}'s share to {friend.name}'s share of {had} is {said}. {asked}",
        f"For every {draw.count(first, thing)} that {who.name} gets, {friend.name} gets {draw.number(second)}. "
        f"Together they get {had}. {asked}",
        f"If {had} are split so that {who.name}'s part and {friend.name}'s part are in the ratio {said}, "
        f"{asked[0].lower()}{asked[1:]}",
    )
    large, small = ("friends_parts", "own_parts") if second > first else ("own_parts", "friends_parts")
    givens = {"own_parts": first, "friends_parts": second, thing.variable: unit * (first + second)}
    base = {"parts": "own_parts + friends_parts", f"{thing.variable}_per_part": f"{thing.variable} / parts"}
    if alone:
        made = {f"{thing.variable}_of_friend": f"{thing.variable}_per_part * friends_parts"}
    else:
        made = {
            "more_parts": f"{large} - {small}",
            f"more_{thing.variable}": f"{thing.variable}_per_part * more_parts",
        }
    return told(question, givens, base | made, f"The answer is {{answer}} {thing.many}.")


def back_to_start(draw: Draw) -> Story:
    """From the end back to the start, over a half and a number."""
    who, friend, thing = draw.person(), draw.person(), draw.thing()
    left, gone, more = draw.whole(3, 60), draw.whole(2, 40), draw.whole(2, 30)
    had, lost, got = draw.count(left, thing), draw.number(gone), draw.number(more)
    name = thing.variable
    total = 2 * (left + gone)
    if more >= total:
        raise ValueError("more came than there were")
    question = draw.pick(
        f"{who.name} bought {got} {thing.many}. Then {who.subject} gave half of all {who.possessive} {thing.many} "
        f"to {friend.name}, lost {lost} and had {had} left. How many did {who.subject} have before buying any?",
        f"{friend.name} gave {who.name} {got} {thing.many}. {who.name} sold half of what {who.subject} had then, "
        f"and later {lost} more. Now {who.subject} has {had}. How many {thing.many} did {who.subject} own at "
        "first?",
        f"A box held some {thing.many}. {who.name} added {got}, {friend.name} took half of all that were in it, "
        f"and after {lost} more were taken out, {had} remained. Find how many were in the box at the start.",
        f"{who.name} ended the day with {had}. {who.subject} had found {got} {thing.many} in the morning, given "
        f"away half of all at noon, and lost {lost} in the evening. How many did {who.subject} begin the day "
        "with?",
        f"How many {thing.many} did {who.name} have on {draw.day()}, if {who.subject} then got {got} more, used "
        f"half of them all, sold {lost} and was left with {had}?",
    )
    return told(
        question,
        {f"{name}_gained": more, f"{name}_lost": gone, f"{name}_left": left},
        {
            f"half_of_{name}": f"{name}_left + {name}_lost",
            f"all_{name}": f"half_of_{name} * 2",
            f"{name}_at_first": f"all_{name} - {name}_gained",
        },
        f"There were {{answer}} {thing.many} at first.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (
    three_persons,
    rest_of_rest,
    groups_lost_shared,
    two_sizes,
    ratio,
    back_to_start,
    *steps_buying.SCHEMAS,
    *steps_earning.SCHEMAS,
    *steps_joint.SCHEMAS,
    *steps_moving.SCHEMAS,
)
