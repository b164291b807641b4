"""Stories of two steps with combinations, dozens and years."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories.steps_wording import altogether
from mathcoder.instruct.stories.telling import Draw, Story, told

__all__ = ["SCHEMAS"]


def combinations(draw: Draw) -> Story:
    """One of each of three kinds: how many ways there are."""
    who, counts = draw.person(), (draw.whole(2, 9), draw.whole(2, 8), draw.whole(2, 6))
    kinds, whole, verb = draw.pick(
        (("shirts", "skirts", "scarves"), "outfits", "wear"),
        (("starters", "main dishes", "desserts"), "menus", "order"),
        (("kinds of bread", "fillings", "sauces"), "sandwiches", "make"),
        (("frames", "wheels", "saddles"), "toy bicycles", "build"),
        (("flavours", "toppings", "cones"), "ice creams", "order"),
    )
    first, second, third = (f"{draw.number(count)} {kind}" for count, kind in zip(counts, kinds, strict=True))
    listed = f"{first}, {second} and {third}"
    one_of_each = "with one of each kind"
    question = draw.pick(
        f"{who.name} can choose from {listed}. How many different {whole} {one_of_each} can {who.subject} {verb}?",
        f"There are {listed}. Find the number of different {whole} {one_of_each} that are possible.",
        f"How many ways are there to {verb} {whole} {one_of_each}, if there are {listed}?",
        f"{who.name} has a choice of {first}. {who.subject} also has a choice of {second} and of {third}. Each "
        f"time {who.subject} takes one of each. How many different {whole} can {who.subject} {verb}?",
        f"If {listed} are on offer, what is the number of different {whole} {one_of_each}?",
        f"{who.name} wants to try all {whole} that can be put together from {listed}, always {one_of_each}. Work "
        "out how many there are.",
    )
    names = [kind.replace(" ", "_") for kind in kinds]
    return told(
        question,
        dict(zip(names, counts, strict=True)),
        {"pairs": f"{names[0]} * {names[1]}", whole.replace(" ", "_"): f"pairs * {names[2]}"},
        f"There are {{answer}} different {whole}.",
    )


def dozens(draw: Draw) -> Story:
    """Some dozens: what is left of them, or what each gets."""
    who, food, number = draw.person(), draw.food(), draw.whole(2, 20)
    bought, name = f"{draw.number(number)} dozen {food.many}", food.variable
    if draw.chance(0.5):
        gone = draw.whole(2, min(80, 12 * number - 2))
        used = draw.number(gone)
        question = draw.pick(
            f"{who.name} bought {bought} and used {used} of them. How many {food.many} were left?",
            f"{who.name} prepares {bought} for a party. The guests eat {used}. How many remain?",
            f"Out of {bought}, {used} went bad. Find how many {food.many} were still good.",
            f"If {who.name} sells {used} of {who.possessive} {bought}, how many does {who.subject} have left to "
            "sell?",
            f"A kitchen gets {bought} in the morning. By the evening {used} are gone. What number of {food.many} "
            "is left?",
        )
        return told(
            question,
            {f"dozens_of_{name}": number, f"{name}_gone": gone},
            {f"all_{name}": f"dozens_of_{name} * 12", f"{name}_left": f"all_{name} - {name}_gone"},
            f"There are {{answer}} {food.many} left.",
        )
    people = draw.pick(*[people for people in (2, 3, 4, 6, 8, 9, 16, 18, 24) if 12 * number % people == 0])
    group = draw.pick("children", "pupils", "guests", "friends")
    share = f"{draw.number(people)} {group}"
    question = draw.pick(
        f"{who.name} bought {bought} and shared them equally among {share}. How many did each of the {group} get?",
        f"{share} share {bought} fairly. How many {food.many} does each get?",
        f"There are {bought} for {share}. Find how many each of them can have, if all get the same number.",
        f"If {bought} are divided evenly among {share}, what is the number of {food.many} for each?",
        f"{who.name} brings {bought} for {share}. Everybody takes the same number, and none are left over. How "
        "many does each one take?",
    )
    return told(
        question,
        {f"dozens_of_{name}": number, group: people},
        {f"all_{name}": f"dozens_of_{name} * 12", f"{name}_each": f"all_{name} / {group}"},
        f"Each gets {{answer}} {food.many}.",
    )


def monthly(draw: Draw) -> Story:
    """Paid or saved each month, over years."""
    who, amount, years = draw.person(), draw.whole(3, 60), draw.whole(2, 9)
    each, span = draw.dollars(amount), draw.measure(years, "year")
    saves, save, what = draw.pick(
        ("puts", "put", "into a savings account"),
        ("pays", "pay", "for a phone contract"),
        ("pays", "pay", "for the membership of a club"),
        ("gives", "give", "to an animal shelter"),
        ("spends", "spend", "on music lessons"),
    )
    question = draw.pick(
        f"{who.name} {saves} {each} a month {what}. How much money is that in {span}?",
        f"Every month, {who.name} {saves} {each} {what}. Find how much {who.subject} {saves} in {span}.",
        f"How many dollars does {who.name} {save} {what} in {span}, if it is {each} every month?",
        f"For {span}, {who.name} {saves} {each} per month {what}. What does this come to {altogether(draw)}?",
        f"What is the total that {who.name} {saves} {what} within {span}, at {each} each month?",
    )
    return told(
        question,
        {"dollars_per_month": amount, "years": years},
        {"months": "years * 12", "total": "dollars_per_month * months"},
        "The total is ${answer}.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (combinations, dozens, monthly)
