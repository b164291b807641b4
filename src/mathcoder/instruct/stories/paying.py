"""Stories of one sum or difference of money: prices, change, savings."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories.telling import Draw, Story, told

__all__ = ["SCHEMAS"]


def prices(draw: Draw) -> Story:
    """Two or three prices: their total, their difference, or the change."""
    who, shop, cents = draw.person(), draw.shop(), draw.chance(0.7)
    (one, low, high), (two, low_two, high_two) = draw.goods(), draw.goods()
    price, other = draw.money(low, high, cents), draw.money(low_two, high_two, cents)
    names = [f"price_{one.one}".replace(" ", "_"), f"price_{two.one}".replace(" ", "_")]
    names = [name.replace("-", "_").lower() for name in names]
    first, second = draw.dollars(price), draw.dollars(other)
    if draw.chance(0.5):
        question = draw.pick(
            f"{who.name} buys {one.a} for {first} and {two.a} for {second}. How much does {who.subject} pay in "
            "all?",
            f"At {shop}, {one.a} costs {first} and {two.a} costs {second}. What do they cost together?",
            f"{who.name} spent {first} on {one.a} and {second} on {two.a}. Find how much {who.subject} spent.",
            f"What is the total price of {one.a} at {first} and {two.a} at {second}?",
            f"{one.a} costs {first}. {two.a} costs {second}. How many dollars does {who.name} need to buy both?",
        )
        steps, values = {"total_cost": " + ".join(names)}, (price, other)
        return told(question, dict(zip(names, values, strict=True)), steps, "The total is ${answer}.")
    if price <= other:
        raise ValueError("not dearer")
    question = draw.pick(
        f"{one.a} costs {first} and {two.a} costs {second}. How much more does the {one.one} cost?",
        f"At {shop}, {two.a} is sold for {second} and {one.a} for {first}. What is the difference in price?",
        f"{who.name} takes {two.a} for {second} instead of {one.a} for {first}. How much money does "
        f"{who.subject} save?",
        f"How much cheaper is {two.a} at {second} than {one.a} at {first}?",
        f"{who.name} has {second}, which is enough for {two.a}, but wants {one.a} that costs {first}. "
        f"How much more money does {who.subject} need?",
    )
    steps = {"difference_in_price": f"{names[0]} - {names[1]}"}
    return told(question, dict(zip(names, (price, other), strict=True)), steps, "The difference is ${answer}.")


def paid(draw: Draw) -> Story:
    """Money that is spent, saved or earned: what there is after it, before it, or the change."""
    who, (thing, low, high), cents = draw.person(), draw.goods(), draw.chance(0.7)
    price, more = draw.money(low, high, cents), draw.money(1, 40, cents)
    kind = draw.whole(1, 4)
    cost, she, her = draw.dollars(price), who.subject, who.possessive
    if kind == 1:
        bill = min((note for note in (5, 10, 20, 50, 100, 200, 500) if note > price), default=500)
        question = draw.pick(
            f"{who.name} buys {thing.a} for {cost} and pays with {draw.dollars(bill)}. How much change does "
            f"{she} get?",
            f"{thing.a} costs {cost}. {who.name} hands over {draw.dollars(bill)}. Find {her} change.",
            f"How much change is due when {who.name} pays {draw.dollars(bill)} for {thing.a} that costs {cost}?",
            f"{who.name} went to {draw.shop()} with {draw.dollars(bill)} and spent {cost} on {thing.a}. "
            f"How much money did {she} have left?",
            f"After paying {cost} for {thing.a}, what is left of {who.name}'s {draw.dollars(bill)}?",
        )
        return told(
            question, {"cost": price, "money": bill}, {"change": "money - cost"}, "The change is ${answer}."
        )
    if kind == 2:
        had, left = price + more, draw.dollars(more)
        question = draw.pick(
            f"{who.name} spent {cost} on {thing.a} and has {left} left. How much money did {she} have before?",
            f"After {who.name} bought {thing.a} for {cost}, {she} still had {left}. How much did {she} start "
            "with?",
            f"{who.name} has {left} now. Earlier, {she} paid {cost} for {thing.a}. What did {she} have at first?",
            f"{who.name} bought {thing.a} for {cost} and got {left} back. How much money did {she} hand over?",
            f"Find how much money {who.name} had, if {she} could pay {cost} for {thing.a} and keep {left}.",
        )
        return told(
            question,
            {"spent": price, "left": more},
            {"money_at_first": "spent + left"},
            f"{who.name} had ${{answer}}.",
        )
    if kind == 3:
        had, now = draw.dollars(price + more), draw.dollars(more)
        question = draw.pick(
            f"{who.name} had {had}. After buying {thing.a}, {she} had {now}. How much did the {thing.one} cost?",
            f"{who.name} bought {thing.a}. {her} savings went from {had} down to {now}. Find the price.",
            f"What was the price of {thing.a} if {who.name} paid with {had} and got {now} back?",
            f"{who.name} has {now} left of {had} after {she} bought {thing.a}. How much was it?",
            f"Before {who.name} bought {thing.a}, {she} had {had}; after that, {she} had {now}. What did it cost?",
        )
        return told(
            question,
            {"money_before": price + more, "money_after": more},
            {"price": "money_before - money_after"},
            f"The {thing.one} cost ${{answer}}.",
        )
    saved = draw.dollars(more)
    total = draw.dollars(price + more)
    question = draw.pick(
        f"{who.name} wants {thing.a} that costs {total}. {she} has saved {saved}. How much more does {she} need?",
        f"{who.name} has {saved} in {her} piggy bank and is saving for {thing.a} at {total}. How much is missing?",
        f"{thing.a} costs {total}, but {who.name} has only {saved}. Find how much more money {she} must save.",
        f"How much more must {who.name} earn to buy {thing.a} for {total} if {she} already has {saved}?",
        f"So far {who.name} saved {saved} of the {total} that {thing.a} costs. What amount is still to be saved?",
    )
    return told(
        question,
        {"price": price + more, "saved": more},
        {"money_needed": "price - saved"},
        f"{who.name} needs ${{answer}} more.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (prices, paid)
