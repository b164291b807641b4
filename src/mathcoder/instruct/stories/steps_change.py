"""Stories of two steps in which things are gained, lost, packed and shared."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories.steps_wording import altogether, part
from mathcoder.instruct.stories.telling import Draw, Story, told

__all__ = ["SCHEMAS"]


def packs_less(draw: Draw) -> Story:
    """Equal groups, and some taken away."""
    who, thing, box = draw.person(), draw.thing(), draw.container()
    boxes, each = draw.whole(2, 20), draw.whole(3, 40)
    gone = draw.whole(2, boxes * each - 2)
    packs, fill, lost = draw.count(boxes, box), draw.count(each, thing), draw.number(gone)
    question = draw.pick(
        f"{who.name} has {packs} with {fill} in each. {who.subject} gives {lost} of the {thing.many} away. How "
        f"many {thing.many} does {who.subject} have left?",
        f"There were {fill} in every {box.one}, and {who.name} bought {packs}. {lost} of them got lost. How many "
        f"{thing.many} were left?",
        f"{who.name} ordered {packs} of {thing.many} for the school fair. Each {box.one} held {fill}. By noon, "
        f"{who.subject} had sold {lost}. Find the number of {thing.many} not sold yet.",
        f"Each {box.one} holds {fill}. After {who.name} has given away {lost} {thing.many} out of {packs}, how "
        "many remain?",
        f"{packs} of {fill} each were delivered to a shop. If {lost} {thing.many} were sold on {draw.day()}, how "
        "many did the shop have left?",
    )
    return told(
        question,
        {f"{box.variable}": boxes, f"{thing.variable}_each": each, f"{thing.variable}_gone": gone},
        {
            f"all_{thing.variable}": f"{box.variable} * {thing.variable}_each",
            f"{thing.variable}_left": f"all_{thing.variable} - {thing.variable}_gone",
        },
        f"There are {{answer}} {thing.many} left.",
    )


def packs_more(draw: Draw) -> Story:
    """Equal groups, and some loose ones."""
    who, thing, box = draw.person(), draw.thing(), draw.container()
    boxes, each, loose = draw.whole(2, 25), draw.whole(3, 50), draw.whole(2, 60)
    packs, fill, more = draw.count(boxes, box), draw.count(each, thing), draw.number(loose)
    question = draw.pick(
        f"{who.name} has {packs} of {thing.many} with {fill} in each, and {more} loose {thing.many}. How many "
        f"{thing.many} is that {altogether(draw)}?",
        f"{who.name} had {more} {thing.many}. Then {who.subject} bought {packs}, each with {fill} inside. How "
        f"many {thing.many} does {who.subject} have now?",
        f"{who.name}'s uncle gives {who.object} {packs} of {thing.many}. There are {fill} in each {box.one}. "
        f"{who.subject} already owned {more}. Find the total number of {thing.many}.",
        f"When {who.name} packs {who.possessive} {thing.many}, {who.subject} fills {packs} with {fill} each, and "
        f"{more} are left over. How many {thing.many} does {who.subject} own?",
        f"What is the total number of {thing.many} if {who.name} has {more} on a table and {packs} holding {fill} "
        "each?",
    )
    return told(
        question,
        {f"{box.variable}": boxes, f"{thing.variable}_each": each, f"loose_{thing.variable}": loose},
        {
            f"{thing.variable}_packed": f"{box.variable} * {thing.variable}_each",
            f"total_{thing.variable}": f"{thing.variable}_packed + loose_{thing.variable}",
        },
        f"{who.name} has {{answer}} {thing.many}.",
    )


def gain_and_loss(draw: Draw) -> Story:
    """A start, a gain and a loss; the end, or the start, is asked."""
    who, friend, thing = draw.person(), draw.person(), draw.thing()
    start, gain = draw.size(), draw.size()
    loss = draw.whole(2, start + gain - 2)
    if draw.chance(0.5):
        had, got, gave = draw.count(start, thing), draw.number(gain), draw.number(loss)
        question = draw.pick(
            f"{who.name} had {had}. {who.subject} bought {got} more and later gave {gave} to {friend.name}. How "
            f"many {thing.many} does {who.subject} have now?",
            f"{who.name} starts the week with {had}, finds {got} more and loses {gave}. How many {thing.many} "
            f"does {who.subject} have at the end?",
            f"There were {had} in a drawer. {who.name} put in {got} more, and {friend.name} took out {gave}. Find "
            f"the number of {thing.many} in the drawer now.",
            f"After getting {got} {thing.many} from {friend.name} and selling {gave}, how many {thing.many} does "
            f"{who.name} have, if {who.subject} had {start} at first?",
            f"On {draw.day()} {who.name} owned {had}. The next day {who.subject} was given {got} {thing.many} and "
            f"swapped {gave} for a toy. How many {thing.many} were left?",
        )
        return told(
            question,
            {f"{thing.variable}_start": start, f"{thing.variable}_gained": gain, f"{thing.variable}_lost": loss},
            {
                f"{thing.variable}_then": f"{thing.variable}_start + {thing.variable}_gained",
                f"{thing.variable}_now": f"{thing.variable}_then - {thing.variable}_lost",
            },
            f"The answer is {{answer}} {thing.many}.",
        )
    got, gave, left = draw.number(gain), draw.number(loss), draw.count(start + gain - loss, thing)
    question = draw.pick(
        f"{who.name} bought {got} {thing.many} and then gave {gave} {thing.many} to {friend.name}. Now "
        f"{who.subject} has {left}. How many {thing.many} did {who.subject} have at first?",
        f"{who.name} now has {left}, after finding {got} and losing {gave}. How many did {who.subject} start "
        "with?",
        f"There were some {thing.many} in a drawer. {who.name} put in {got} more, {friend.name} took out {gave}, "
        f"and in the end there were {left}. Find how many {thing.many} were in the drawer in the beginning.",
        f"How many {thing.many} did {who.name} own yesterday, if today {who.subject} got {got} more, sold {gave} "
        f"and has {left} now?",
        f"First {who.name} won {got} {thing.many}, and then {who.subject} lost {gave}. {who.subject} ended up "
        f"with {left}. What number of {thing.many} did {who.subject} have before that?",
    )
    return told(
        question,
        {
            f"{thing.variable}_gained": gain,
            f"{thing.variable}_lost": loss,
            f"{thing.variable}_now": start + gain - loss,
        },
        {
            f"{thing.variable}_before_loss": f"{thing.variable}_now + {thing.variable}_lost",
            f"{thing.variable}_at_first": f"{thing.variable}_before_loss - {thing.variable}_gained",
        },
        f"{who.name if 'drawer' not in question else 'The drawer'} had {{answer}} {thing.many} at first.",
    )


def joined_and_shared(draw: Draw) -> Story:
    """Two amounts put together, shared equally."""
    who, friend, food = draw.person(), draw.person(), draw.food()
    each, people = draw.whole(2, 12), draw.whole(2, 12)
    first = draw.whole(2, each * people - 2)
    one, other = draw.count(first, food), draw.number(each * people - first)
    group = draw.pick("children", "friends", "neighbours", "classmates")
    everybody = f"{draw.number(people)} {group}"
    verb = draw.pick("brought", "bought", "packed")
    question = draw.pick(
        f"{who.name} {verb} {one} and {friend.name} {verb} {other}. They shared all of them equally among "
        f"{everybody}. How many {food.many} did each of the {group} get?",
        f"{everybody} share all the {food.many} that {who.name} and {friend.name} {verb}: {first} from {who.name} "
        f"and {other} from {friend.name}. If everybody gets the same number, how many does each one get?",
        f"There are {one} on a plate and {other} more in a bowl. How many {food.many} can each of {everybody} "
        "have if all are shared fairly?",
        f"{who.name} had {one}. {friend.name} gave {who.object} {other} more. {who.subject} divided all of them "
        f"equally among {everybody}. Find how many {food.many} each of them received.",
        f"For a picnic, {who.name} {verb} {one} in the morning and {other} in the afternoon. {everybody} ate them "
        "all, and each ate the same number. What number did each one eat?",
    )
    return told(
        question,
        {f"first_{food.variable}": first, f"more_{food.variable}": each * people - first, group: people},
        {
            f"all_{food.variable}": f"first_{food.variable} + more_{food.variable}",
            f"{food.variable}_each": f"all_{food.variable} / {group}",
        },
        f"Each gets {{answer}} {food.many}.",
    )


def rest_shared(draw: Draw) -> Story:
    """Some taken away, the rest shared or packed."""
    who, thing, box = draw.person(), draw.thing(), draw.container()
    each, groups, gone = draw.whole(2, 25), draw.whole(2, 20), draw.whole(2, 40)
    had, lost = draw.count(each * groups + gone, thing), draw.number(gone)
    if draw.chance(0.5):
        number = draw.count(groups, box)
        question = draw.pick(
            f"{who.name} had {had}. {who.subject} kept {lost} and put the rest equally into {number}. How many "
            f"{thing.many} are in each {box.one}?",
            f"Of {had}, {lost} were broken. The others were packed into {number}, with the same number in each. "
            f"How many {thing.many} went into one {box.one}?",
            f"{who.name} sells {lost} of {who.possessive} {had} and divides what is left evenly over {number}. "
            f"Find the number of {thing.many} per {box.one}.",
            f"A shop has {had}. When {lost} have been sold, the rest fill {number} equally. How many {thing.many} "
            f"does each {box.one} hold?",
            f"If {who.name} gives away {lost} of {who.possessive} {had} and spreads the rest equally over "
            f"{number}, what is the number in each {box.one}?",
        )
        return told(
            question,
            {thing.variable: each * groups + gone, f"{thing.variable}_gone": gone, box.variable: groups},
            {
                f"{thing.variable}_left": f"{thing.variable} - {thing.variable}_gone",
                f"{thing.variable}_each": f"{thing.variable}_left / {box.variable}",
            },
            f"There are {{answer}} {thing.many} in each.",
        )
    fill = draw.count(each, thing)
    question = draw.pick(
        f"{who.name} had {had}. {who.subject} kept {lost} and packed the rest with {fill} to a {box.one}. How "
        f"many {box.many} did {who.subject} need?",
        f"Of {had}, {lost} were broken. The others were packed {each} to a {box.one}. How many {box.many} were "
        "filled?",
        f"{who.name} has {had}, and {lost} of them are already packed. Each {box.one} holds {fill}. Find how many "
        f"{box.many} {who.subject} needs for the others.",
        f"A {box.one} has room for {fill}. How many {box.many} does {who.name} need to store what is left after "
        f"giving away {lost} of {who.possessive} {had}?",
        f"A shop has {had}. It sells {lost} one by one and the rest in {box.many} of {each}. What is the number "
        f"of {box.many}?",
    )
    return told(
        question,
        {thing.variable: each * groups + gone, f"{thing.variable}_gone": gone, f"{thing.variable}_each": each},
        {
            f"{thing.variable}_left": f"{thing.variable} - {thing.variable}_gone",
            box.variable: f"{thing.variable}_left / {thing.variable}_each",
        },
        f"The answer is {{answer}} {box.many}.",
    )


def rest_of_part(draw: Draw) -> Story:
    """What is left when a fraction or some percent is gone."""
    who, friend, thing, (words, share, denominator) = draw.person(), draw.person(), draw.thing(), part(draw)
    total = denominator * draw.whole(2, 40)
    givens: dict[str, int | str] = {thing.variable: total}
    if draw.chance(0.4):
        percent = draw.pick(10, 20, 25, 30, 40, 50, 60, 75, 80)
        total = draw.whole(1, 15) * 20
        words, share = f"{percent}{draw.pick('%', ' percent')}", "* percent / 100"
        givens = {thing.variable: total, "percent": percent}
    had = draw.count(total, thing)
    question = draw.pick(
        f"{who.name} had {had}. {who.subject} gave {words} of them to {friend.name}. How many {thing.many} does "
        f"{who.name} have left?",
        f"{who.name} has collected {had} and sells {words} of them at {draw.place()}. How many does {who.subject} "
        "keep?",
        f"Of the {had} in a box, {words} are old. Find how many {thing.many} are not old.",
        f"If {words} of {who.name}'s {had} belong to {who.possessive} sister, how many are {who.possessive} own?",
        f"A shop had {had} on {draw.day()} morning. By the evening, {words} of the {thing.many} had been sold. "
        "What number remained?",
    )
    return told(
        question,
        givens,
        {
            f"{thing.variable}_gone": f"{thing.variable} {share}",
            f"{thing.variable}_left": f"{thing.variable} - {thing.variable}_gone",
        },
        f"The answer is {{answer}} {thing.many}.",
    )


def back_over_half(draw: Draw) -> Story:
    """From the end back to the start, over a number and a half."""
    who, friend, thing = draw.person(), draw.person(), draw.thing()
    left, gone, name = draw.whole(3, 60), draw.whole(2, 40), thing.variable
    had, lost = draw.count(left, thing), draw.number(gone)
    question = draw.pick(
        f"{who.name} gave half of {who.possessive} {thing.many} to {friend.name}. Then {who.subject} lost {lost} "
        f"more and had {had} left. How many {thing.many} did {who.name} have at first?",
        f"After selling half of {who.possessive} {thing.many} and giving away {lost} others, {who.name} has "
        f"{had}. How many did {who.subject} have to begin with?",
        f"A shop sold half of its {thing.many} in the morning and {lost} in the afternoon. {had} were left in the "
        "evening. Find how many the shop had in the morning.",
        f"How many {thing.many} were in a box, if {who.name} took half of them, {friend.name} took {lost} of the "
        f"rest, and {had} stayed in it?",
        f"{who.name} has {had} now. Before that {who.subject} lost {lost}, and before that {who.subject} gave "
        f"away half of all {who.subject} had. What number of {thing.many} did {who.subject} start with?",
    )
    return told(
        question,
        {f"{name}_lost": gone, f"{name}_left": left},
        {f"half_of_{name}": f"{name}_left + {name}_lost", f"{name}_at_first": f"half_of_{name} * 2"},
        f"There were {{answer}} {thing.many} at first.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (
    packs_less,
    packs_more,
    gain_and_loss,
    joined_and_shared,
    rest_shared,
    rest_of_part,
    back_over_half,
)
