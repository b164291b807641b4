"""Stories of two steps; those of shops, wages and savings are here, the others in the modules beside it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from mathcoder.instruct.stories import steps_change, steps_compare, steps_measure, steps_units
from mathcoder.instruct.stories.steps_wording import goods, part, shop
from mathcoder.instruct.stories.telling import Draw, Story, told

__all__ = ["SCHEMAS"]


def change(draw: Draw) -> Story:
    """Several of one kind, and the change."""
    who, (thing, low, high) = draw.person(), goods(draw)
    number, price = draw.whole(2, 9), draw.money(low, high, draw.chance(0.5))
    note = draw.pick(*[note for note in (5, 10, 20, 50, 100, 200, 500, 1000, 3000) if note > number * price][:2])
    things, each, paid = draw.count(number, thing), draw.dollars(price), draw.dollars(note)
    question = draw.pick(
        f"{who.name} buys {things} at {each} each and pays with {paid}. How much change does {who.subject} get?",
        f"{thing.a} costs {each}. How much change will {who.name} get from {paid} after buying {things}?",
        f"At {shop(draw)}, {thing.many} are sold for {each} each. {who.name} had {paid} and bought {things}. How "
        f"much money did {who.subject} have left?",
        f"{who.name} went to {shop(draw)} with {paid}. {who.subject} bought {things}, and each of them cost "
        f"{each}. Find the amount of money {who.subject} still had.",
        f"The price of {thing.a} is {each}. If {who.name} hands over {paid} for {things}, how many dollars should "
        f"{who.subject} get back?",
        f"{who.name} had saved {paid}. {who.subject} spent some of it on {things}, which cost {each} each. How "
        f"much of {who.possessive} savings is left?",
    )
    return told(
        question,
        {"price": price, f"{thing.variable}": number, "money": note},
        {"cost": f"price * {thing.variable}", "money_left": "money - cost"},
        f"{who.name} has ${{answer}} left.",
    )


def wages(draw: Draw) -> Story:
    """Pay by the hour, less what is spent."""
    who, hours, wage = draw.person(), draw.whole(2, 40), draw.money(8, 30, draw.chance(0.25))
    spent = Fraction(draw.whole(5, max(5, min(200, int(hours * wage) - 2))))
    worked, pay, bill = draw.measure(hours, "hour"), draw.dollars(wage), draw.dollars(spent)
    good = draw.pick("groceries", "new shoes", "a birthday present", "train tickets", "books", "a phone bill")
    job = draw.pick("at a bakery", "in a garden centre", "at a library", "as a waiter", "at a car wash")
    question = draw.pick(
        f"{who.name} earns {pay} an hour {job}. {who.subject} worked {worked} and then spent {bill} on {good}. "
        "How much money is left?",
        f"Last week {who.name} worked {worked} {job} for {pay} per hour. Out of that money, {who.subject} paid "
        f"{bill} for {good}. How many dollars did {who.subject} keep?",
        f"{who.name} is paid {pay} for each hour of work. After working {worked}, {who.subject} buys {good} for "
        f"{bill}. Find how much of {who.possessive} pay remains.",
        f"After spending {bill} on {good}, how much does {who.name} have left of what {who.subject} earned by "
        f"working {worked} at {pay} an hour?",
        f"A job pays {pay} per hour. {who.name} does it for {worked} and uses {bill} of the pay for {good}. What "
        f"amount does {who.subject} have left over?",
    )
    return told(
        question,
        {"hourly_wage": wage, "hours": hours, "spent": spent},
        {"earned": "hourly_wage * hours", "money_left": "earned - spent"},
        f"{who.name} has ${{answer}} left.",
    )


def saving(draw: Draw) -> Story:
    """What is missing for a purchase, and how long it takes to save it."""
    who, weeks, each = draw.person(), draw.whole(2, 24), draw.whole(3, 40)
    have = draw.whole(2, 90)
    good = draw.pick("a bicycle", "a guitar", "a tablet", "a skateboard", "a camera", "a telescope", "a tent")
    price, start, rate = draw.dollars(have + weeks * each), draw.dollars(have), draw.dollars(each)
    question = draw.pick(
        f"{who.name} wants to buy {good} that costs {price}. {who.subject} already has {start} and saves {rate} "
        f"every week. How many weeks will it take until {who.subject} can buy it?",
        f"{good} costs {price}. {who.name} has {start} so far and puts aside {rate} a week. In how many weeks "
        f"will {who.subject} have enough?",
        f"{who.name} has {start} in a money box. {who.subject} adds {rate} each week because {who.subject} would "
        f"like {good} for {price}. How many weeks must {who.subject} save?",
        f"If {who.name} saves {rate} a week and has {start} now, after how many weeks will {who.subject} have the "
        f"{price} needed for {good}?",
        f"{who.name}'s grandmother gave {who.object} {start} towards {good} with a price of {price}. The rest "
        f"{who.subject} will save, {rate} per week. Find the number of weeks {who.subject} needs.",
    )
    return told(
        question,
        {"price": have + weeks * each, "savings": have, "saved_per_week": each},
        {"missing": "price - savings", "weeks": "missing / saved_per_week"},
        f"{who.name} needs {{answer}} weeks.",
    )


def discount(draw: Draw) -> Story:
    """A price that falls or rises by some percent."""
    (thing, low, high), percent = draw.goods(), draw.pick(5, 10, 15, 20, 25)
    price = draw.whole(low + 1, high + 1)
    before = draw.dollars(price)
    if falls := draw.chance(0.65):
        percent = draw.pick(percent, 30, 40, 50, 60, 75)
    rate = f"{percent}{draw.pick('%', ' percent')}"
    who = draw.person()
    down = (
        f"{thing.a} usually costs {before}. Today it is {rate} off. What does it cost today?",
        f"A shop takes {rate} off the price of every {thing.one}. How much does {who.name} pay for {thing.a} that "
        f"was {before} before?",
        f"{who.name} has a coupon for a discount of {rate}. How many dollars will {who.subject} pay for {thing.a} "
        f"marked {before}?",
        f"In a sale, the price of {thing.a} was cut by {rate}. It had been {before}. Find the sale price.",
        f"The regular price of {thing.a} is {before}. {who.name} buys it with {rate} off. How much does "
        f"{who.subject} spend?",
    )
    up = (
        f"{thing.a} used to cost {before}, but its price went up by {rate}. What is the new price?",
        f"A shop buys {thing.a} for {before} and sells it for {rate} more. What does the shop sell it for?",
        f"The price of {thing.a} was {before} last year and has risen by {rate} since. How much does it cost now?",
        f"{who.name} paid {before} for {thing.a}. {who.subject} wants to sell it with a profit of {rate}. Find "
        f"the price {who.subject} should ask.",
        f"A tax of {rate} is added to all prices. How much must {who.name} pay in total for {thing.a} that costs "
        f"{before} without tax?",
    )
    return told(
        draw.pick(*(down if falls else up)),
        {"price": price, "percent": percent},
        {"discount": "price * percent / 100", "sale_price": "price - discount"}
        if falls
        else {"increase": "price * percent / 100", "new_price": "price + increase"},
        "The price is ${answer}.",
    )


def unit_price(draw: Draw) -> Story:
    """The price of some, from the price of others."""
    who, (thing, low, high) = draw.person(), goods(draw)
    first, second, each = draw.whole(2, 12), draw.whole(2, 20), draw.money(low, high, draw.chance(0.4))
    if first == second:
        raise ValueError("the same number twice asks nothing")
    if first * each >= 1000 and each.denominator != 1:
        raise ValueError("so many dollars have no cents")
    some, others, cost = draw.count(first, thing), draw.count(second, thing), draw.dollars(first * each)
    one = f"price_per_{thing.one.lower().replace(' ', '_').replace('-', '_')}"
    question = draw.pick(
        f"{some} cost {cost}. How much do {others} cost?",
        f"{who.name} paid {cost} for {some}. At the same price, what would {others} cost?",
        f"If {some} are sold for {cost}, how many dollars should {who.name} pay for {others}?",
        f"Find the cost of {others} if {some} cost {cost}.",
        f"{who.name} needs {others}. A friend bought {some} at the same shop and paid {cost}. How much money will "
        f"{who.name} need?",
        f"At {shop(draw)}, the price of {some} is {cost}. {who.name} wants to know the price of {others}. What is "
        "it?",
    )
    return told(
        question,
        {f"{thing.variable}_bought": first, "cost": first * each, f"{thing.variable}_wanted": second},
        {
            one: f"cost / {thing.variable}_bought",
            "total_price": f"{one} * {thing.variable}_wanted",
        },
        f"The {thing.many} cost ${{answer}}.",
    )


def money_rest(draw: Draw) -> Story:
    """What is left when a part of the money is spent."""
    who, (words, share, denominator) = draw.person(), part(draw)
    money = denominator * draw.whole(2, 30)
    good = draw.pick("a present", "books", "lunch", "a concert ticket", "sweets", "a bus pass", "clothes")
    have = draw.dollars(money)
    question = draw.pick(
        f"{who.name} had {have}. {who.subject} spent {words} of it on {good}. How much was left?",
        f"{who.name} got {have} for {who.possessive} birthday and used {words} of the money for {good}. How many "
        f"dollars does {who.subject} still have?",
        f"Of the {have} in {who.possessive} purse, {who.name} spends {words} on {good}. Find what remains.",
        f"If {who.name} spends {words} of {who.possessive} {have} on {good}, how much money will {who.subject} "
        "have left?",
        f"{words} of {who.name}'s savings went on {good}. {who.subject} had saved {have}. What amount remained?",
    )
    return told(
        question,
        {"money": money},
        {"spent": f"money {share}", "money_left": "money - spent"},
        f"{who.name} has ${{answer}} left.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (
    change,
    wages,
    saving,
    discount,
    unit_price,
    money_rest,
    *steps_change.SCHEMAS,
    *steps_compare.SCHEMAS,
    *steps_measure.SCHEMAS,
    *steps_units.SCHEMAS,
)
