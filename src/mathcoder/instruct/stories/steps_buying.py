"""Stories of three and four steps in shops."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories.steps_wording import altogether, goods, shop
from mathcoder.instruct.stories.telling import Draw, Story, told

__all__ = ["SCHEMAS"]


def two_kinds(draw: Draw) -> Story:
    """Several of two kinds: the total, or the change."""
    who, (one, low, high), (two, least, most) = draw.person(), goods(draw), goods(draw)
    cents = draw.chance(0.4)
    price, other, first, second = (
        draw.money(low, high, cents),
        draw.money(least, most, cents),
        draw.whole(2, 8),
        draw.whole(2, 8),
    )
    ones, twos = draw.count(first, one), draw.count(second, two)
    each, each_other = draw.dollars(price), draw.dollars(other)
    givens = {one.variable: first, "price": price, two.variable: second, "other_price": other}
    steps = {
        f"{one.variable}_cost": f"{one.variable} * price",
        f"{two.variable}_cost": f"{two.variable} * other_price",
        "total_cost": f"{one.variable}_cost + {two.variable}_cost",
    }
    bought = draw.pick(
        f"{who.name} buys {ones} at {each} each and {twos} at {each_other} each.",
        f"{one.a} costs {each} and {two.a} costs {each_other}. {who.name} buys {ones} and {twos}.",
        f"{who.name} bought {ones} and {twos} at {shop(draw)}. The {one.many} cost {each} each, and the "
        f"{two.many} cost {each_other} each.",
        f"{who.name} has a list: {ones} for {each} each, and {twos} for {each_other} each. {who.subject} buys all "
        "of it.",
        f"{who.name} needs {ones} and {twos}. {one.a} is {each}, while {two.a} is {each_other}.",
    )
    if draw.chance(0.5):
        asked = draw.pick(
            "How much does everything cost?",
            f"What is the total price {who.subject} pays?",
            f"Find the total cost of what {who.subject} buys.",
            f"How many dollars is that {altogether(draw)}?",
            "What does this come to?",
        )
        return told(f"{bought} {asked}", givens, steps, f"{who.name} pays ${{answer}}.")
    total = price * first + other * second
    note = draw.pick(*[note for note in (10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if note > total][:2])
    paid = draw.dollars(note)
    asked = draw.pick(
        f"{who.subject} pays with {paid}. How much change does {who.subject} get?",
        f"If {who.subject} had {paid} before, how much money does {who.subject} have afterwards?",
        f"{who.subject} hands over {paid}. Find the change.",
        f"How much is left of {who.possessive} {paid} when everything is paid?",
        f"{who.subject} came with {paid}. How many dollars does {who.subject} take home?",
    )
    return told(
        f"{bought} {asked}",
        givens | {"money": note},
        steps | {"money_left": "money - total_cost"},
        f"{who.name} has ${{answer}} left.",
    )


def many_at_discount(draw: Draw) -> Story:
    """Several of one kind, with some percent or some dollars off."""
    who, (thing, low, high) = draw.person(), goods(draw)
    number, price, percent = draw.whole(2, 20), draw.money(low, high, False), draw.pick(5, 10, 20, 25, 30, 40, 50)
    things, each = draw.count(number, thing), draw.dollars(price)
    givens = {thing.variable: number, "price": price}
    full = {"full_price": f"{thing.variable} * price"}
    if draw.chance(0.6):
        rate = f"{percent}{draw.pick('%', ' percent')}"
        question = draw.pick(
            f"{who.name} buys {things} at {each} each and gets {rate} off the total. How much does {who.subject} "
            "pay?",
            f"{thing.a} costs {each}. {who.name} takes {things} and has a coupon for {rate} off everything. What "
            f"is the price {who.subject} pays?",
            f"A shop sells {thing.many} for {each} each. Today everything is {rate} cheaper. Find what {things} "
            "cost today.",
            f"How many dollars must {who.name} pay for {things}, if one costs {each} and the shop gives a "
            f"discount of {rate}?",
            f"For buying {things}, {who.name} got a discount of {rate}. Without it, each would have cost {each}. "
            f"How much did {who.name} spend?",
        )
        steps = full | {"discount": "full_price * percent / 100", "price_paid": "full_price - discount"}
        return told(question, givens | {"percent": percent}, steps, "The price is ${answer}.")
    friends, cut = draw.whole(2, 6), draw.whole(1, 10)
    group, off = f"{draw.number(friends)} friends", draw.dollars(cut)
    question = draw.pick(
        f"{group} buy {things} for {each} each. They have a voucher for {off} and share the rest of the cost "
        "equally. How much does each of them pay?",
        f"{who.name} orders {things} at {each} each for {group}. The shop takes {off} off. If the friends split "
        "the bill evenly, what does each pay?",
        f"{things} at {each} each are paid for by {group} together, after {off} has been taken off the bill. Each "
        "pays the same amount. Find that amount.",
        f"{thing.a} costs {each}. {group} want {things} and have {off} already. How many dollars must each of "
        "them give, if all give the same?",
        f"How much does each of {group} pay, if they buy {things} together at {each} each, have {off} from a gift "
        "card and share the remaining cost equally?",
    )
    steps = full | {"to_pay": "full_price - voucher", "paid_by_each": "to_pay / friends"}
    return told(question, givens | {"voucher": cut, "friends": friends}, steps, "Each pays ${answer}.")


def profit(draw: Draw) -> Story:
    """Made or bought cheaper than sold."""
    who, (thing, low, high) = draw.person(), goods(draw)
    cost, number = draw.money(low, high, False), draw.whole(4, 60)
    price = cost + draw.whole(1, max(2, high - low))
    things, paid, got = draw.count(number, thing), draw.dollars(cost), draw.dollars(price)
    stall = draw.whole(3, 40)
    with_stall, rent = draw.chance(0.4), draw.dollars(stall)
    question = draw.pick(
        f"{who.name} buys {things} for {paid} each and sells all of them for {got} each. ",
        f"A shopkeeper paid {paid} for each of {things} and sold them at {got} apiece. ",
        f"At a school fair, {who.name} sells {things} at {got} each. {who.subject} had bought them at {paid} "
        "each. ",
        f"{who.name} sells {thing.many} at {got} each that cost {who.object} {paid} each. {who.subject} sells "
        f"{number}. ",
        f"Each {thing.one} costs a shop {paid} and is sold for {got}. In one week, the shop sold {number}. ",
    )
    if with_stall:
        question += draw.pick(
            f"On top of that, advertising costs {rent}. ", f"Another {rent} must be paid for transport. "
        )
    question += draw.pick(
        "How much profit is made?",
        "Find the total profit.",
        "What is the profit in dollars?",
        "How many dollars are earned after all costs?",
        "How much more money comes in than is paid?",
    )
    number_name = f"{thing.variable}_sold"
    steps = {"money_paid": f"{number_name} * cost_each", "money_received": f"{number_name} * price_each"}
    givens = {number_name: number, "cost_each": cost, "price_each": price}
    if not with_stall:
        return told(
            question, givens, steps | {"profit": "money_received - money_paid"}, "The profit is ${answer}."
        )
    return told(
        question,
        givens | {"other_costs": stall},
        steps | {"all_costs": "money_paid + other_costs", "profit": "money_received - all_costs"},
        "The profit is ${answer}.",
    )


def tickets(draw: Draw) -> Story:
    """Grown-ups and children: what all pay, or how many came."""
    who, adults, children = draw.person(), draw.whole(2, 90), draw.whole(2, 90)
    child = draw.whole(2, 12)
    adult = child + draw.whole(1, 10)
    show = draw.pick("a concert", "a school play", "the zoo", "a museum", "a football match", "the cinema")
    big, small = draw.dollars(adult), draw.dollars(child)
    grown, young = f"{draw.number(adults)} adults", f"{draw.number(children)} children"
    if draw.chance(0.5):
        question = draw.pick(
            f"Tickets for {show} cost {big} for adults and {small} for children. {grown} and {young} came. How "
            "much money was taken?",
            f"{grown} and {young} went to {show}. An adult pays {big}, a child {small}. What did they pay "
            f"{altogether(draw)}?",
            f"{who.name} sold tickets for {show}: {adults} at {big} to adults and {children} at {small} to "
            "children. Find the total amount of money.",
            f"How many dollars do {grown} and {young} pay for tickets for {show}, if an adult ticket costs {big} "
            f"and a child ticket costs {small}?",
            f"For {show}, a child pays {small} and an adult {big}. One day there were {grown} and {young}. What "
            "was the income from tickets?",
        )
        return told(
            question,
            {"adult_price": adult, "child_price": child, "adults": adults, "children": children},
            {
                "paid_by_adults": "adult_price * adults",
                "paid_by_children": "child_price * children",
                "total_paid": "paid_by_adults + paid_by_children",
            },
            "The total is ${answer}.",
        )
    income = draw.dollars(adults * adult + children * child)
    question = draw.pick(
        f"Tickets for {show} cost {big} for adults and {small} for children. {grown} came, and {income} was "
        "taken. How many children came?",
        f"The tickets for {show} brought in {income}. {grown} paid {big} each, and all others were children, who "
        f"paid {small} each. How many children were there?",
        f"{who.name} counted {income} from the tickets for {show}. An adult paid {big} and a child {small}. There "
        f"were {grown}. Find the number of children.",
        f"How many children bought tickets for {show}, if a child pays {small}, an adult pays {big}, {grown} came "
        f"and {income} was paid in all?",
        f"A child ticket for {show} is {small} and an adult ticket {big}. {grown} came, and the income was "
        f"{income}. What was the number of children?",
    )
    return told(
        question,
        {
            "adult_price": adult,
            "child_price": child,
            "adults": adults,
            "income": adults * adult + children * child,
        },
        {
            "paid_by_adults": "adult_price * adults",
            "paid_by_children": "income - paid_by_adults",
            "children": "paid_by_children / child_price",
        },
        "The answer is {answer} children.",
    )


def price_of_other(draw: Draw) -> Story:
    """The price of one kind from a total, when the other is known."""
    who, (one, low, high), (two, least, most) = draw.person(), goods(draw), goods(draw)
    price, other = draw.money(low, high, False), draw.money(least, most, draw.chance(0.3))
    first, second = draw.whole(2, 9), draw.whole(2, 9)
    ones, twos, each = draw.count(first, one), draw.count(second, two), draw.dollars(price)
    if price * first + other * second >= 1000 and other.denominator != 1:
        raise ValueError("so many dollars have no cents")
    total = draw.dollars(price * first + other * second)
    question = draw.pick(
        f"{who.name} paid {total} for {ones} and {twos}. Each {one.one} cost {each}. How much did each {two.one} "
        "cost?",
        f"{ones} and {twos} cost {total} together. If {one.a} costs {each}, what is the price of {two.a}?",
        f"{who.name} bought {ones} at {each} each and {twos}. The bill was {total}. Find the price of one "
        f"{two.one}.",
        f"What does {two.a} cost, if {who.name} pays {total} for {ones} at {each} each and {twos}?",
        f"At {shop(draw)}, {who.name} spent {total} on {twos} and {ones}. {who.subject} remembers that {one.a} "
        f"was {each}. How many dollars was {two.a}?",
    )
    return told(
        question,
        {
            "total_price": price * first + other * second,
            one.variable: first,
            two.variable: second,
            "price": price,
        },
        {
            f"{one.variable}_cost": f"{one.variable} * price",
            f"{two.variable}_cost": f"total_price - {one.variable}_cost",
            "price_of_each_other": f"{two.variable}_cost / {two.variable}",
        },
        "It costs ${answer}.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (two_kinds, many_at_discount, profit, tickets, price_of_other)
