"""Stories of one product or quotient with a unit: rates, prices, recipes, conversions, combinations."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories.telling import Draw, Story, told

__all__ = ["SCHEMAS"]

# What somebody or something does: verb, verb for a person, what, per what, low, high.
_RATES = (
    ("A printer", "prints", "print", "pages", "minute", 8, 60),
    ("A machine", "fills", "fill", "bottles", "minute", 10, 90),
    ("A bakery", "bakes", "bake", "loaves", "hour", 20, 120),
    ("A farm", "collects", "collect", "eggs", "day", 20, 300),
    ("A tap", "drips", "drip", "drops", "minute", 15, 90),
    ("A factory", "makes", "make", "bicycles", "week", 40, 800),
    ("{name}", "reads", "read", "pages", "day", 8, 60),
    ("{name}", "types", "type", "words", "minute", 25, 90),
    ("{name}", "knits", "knit", "scarves", "month", 2, 9),
    ("{name}", "swims", "swim", "laps", "week", 10, 90),
    ("{name}", "picks", "pick", "baskets of cherries", "hour", 2, 9),
    ("{name}", "folds", "fold", "paper cranes", "hour", 6, 40),
    ("{name}", "learns", "learn", "new words", "week", 5, 40),
)
# Recipe: ingredient, unit, what it makes.
_RECIPES = (
    ("flour", "cup", "loaf of bread", "loaves of bread", 2, 5),
    ("sugar", "gram", "cake", "cakes", 80, 400),
    ("milk", "millilitre", "milkshake", "milkshakes", 150, 400),
    ("rice", "gram", "serving", "servings", 60, 150),
    ("water", "cup", "pot of soup", "pots of soup", 4, 12),
    ("butter", "gram", "tray of biscuits", "trays of biscuits", 100, 300),
    ("oats", "spoon", "bowl of porridge", "bowls of porridge", 3, 9),
)
# The larger unit is so many of the smaller one; what is told of it, for {who}.
_UNITS = (
    ("week", "day", 7, "The school holidays last {n}", 2, 12),
    ("hour", "minute", 60, "A film lasts {n}", 2, 4),
    ("minute", "second", 60, "A song lasts {n}", 2, 9),
    ("day", "hour", 24, "A ferry trip takes {n}", 2, 9),
    ("year", "month", 12, "{who} has lived in the village for {n}", 2, 15),
    ("metre", "centimetre", 100, "A rope is {n} long", 2, 40),
    ("kilometre", "metre", 1000, "{who} walks {n} to school", 2, 6),
    ("kilogram", "gram", 1000, "A bag of potatoes weighs {n}", 2, 12),
    ("litre", "millilitre", 1000, "A jug holds {n} of water", 2, 9),
    ("foot/feet", "inch/inches", 12, "A shelf is {n} long", 2, 14),
    ("yard", "foot/feet", 3, "A garden path is {n} long", 5, 60),
    ("dozen/dozen", "egg", 12, "{who} buys {n} eggs", 2, 15),
    ("pair", "sock", 2, "{who} washes {n} of socks", 3, 20),
)


def _plural(word: str) -> tuple[str, str]:
    one, _, many = word.partition("/")
    return one, many or f"{one}s"


def rate(draw: Draw) -> Story:
    """So many in each unit of time: all, the time, or the rate."""
    actor, does, do, things, time, low, high = draw.pick(*_RATES)
    who, each, units = (
        actor.format(name=draw.person().name),
        draw.whole(low, high),
        draw.whole(2, draw.pick(9, 24, 60)),
    )
    if time == "month" and units > 12:
        raise ValueError("too long")
    it = who if actor == "{name}" else f"the {actor[2:]}"
    total, noun = each * units, things.split()[0 if " of " in things else -1]
    made, per, times = f"{draw.number(total)} {things}", f"{draw.number(each)} {things}", draw.measure(units, time)
    rate_name, total_name = f"{noun}_per_{time}", f"total_{noun}"
    match draw.whole(1, 4):
        case 1 | 2:
            question = draw.pick(
                f"{who} {does} {per} every {time}. How many {things} does {it} {do} in {times}?",
                f"Each {time}, {it} {does} {per}. How many {things} is that in {times}?",
                f"{who} {does} {per} per {time}. Find the number of {things} after {times}.",
                f"How many {things} does {it} {do} in {times} at a rate of {draw.number(each)} per {time}?",
                f"In one {time}, {it} {does} {per}. What is the total number of {things} in {times}?",
                f"If {it} {does} {per} a {time}, how many will {it} {do} in {times}?".replace(
                    " a hour", " an hour"
                ),
            )
            values, steps = {rate_name: each, f"{time}s": units}, {total_name: f"{rate_name} * {time}s"}
            return told(question, values, steps, f"That is {{answer}} {things}.")
        case 3:
            question = draw.pick(
                f"{who} {does} {per} every {time}. How many {time}s does it take to {do} {made}?",
                f"{who} {does} {per} per {time}. In how many {time}s will {it} {do} {made}?",
                f"At a rate of {draw.number(each)} per {time}, how many {time}s does {it} need to {do} {made}?",
                f"The plan is to {do} {made}. If {it} {does} {per} each {time}, find the number of {time}s "
                "needed.",
                f"{made} are wanted. {who} {does} {draw.number(each)} of them every {time}. "
                f"After how many {time}s are they all there?",
            )
            values, steps = {total_name: total, rate_name: each}, {f"{time}s": f"{total_name} / {rate_name}"}
            return told(question, values, steps, f"It takes {{answer}} {time}s.")
        case _:
            question = draw.pick(
                f"{who} {does} {made} in {times}, the same number each {time}. How many {things} is that per "
                f"{time}?",
                f"In {times}, {it} {does} {made}. How many {things} does {it} {do} in one {time}, at a steady "
                "rate?",
                f"It takes {it} {times} to {do} {made}. Find the number of {things} per {time}.",
                f"What number of {things} per {time} does {it} {do}, if it is {made} in {times}?",
                f"{who} {does} {made} in {times}. Every {time} it is the same number. Which number is it?",
            )
            values, steps = {total_name: total, f"{time}s": units}, {rate_name: f"{total_name} / {time}s"}
            return told(question, values, steps, f"That is {{answer}} {things} per {time}.")


def price(draw: Draw) -> Story:
    """Price and number: the cost, the price of one, or how many can be bought."""
    who, (thing, low, high), number = draw.person(), draw.goods(), draw.whole(2, draw.pick(8, 12, 30))
    number = min(number, 8) if high > 60 else number
    each = draw.money(low, high, draw.chance(0.6))
    cost, one_costs, several = draw.dollars(each * number), draw.dollars(each), draw.count(number, thing)
    name = f"price_per_{thing.one}".replace(" ", "_").replace("-", "_").lower()
    match draw.whole(1, 4):
        case 1 | 2:
            question = draw.pick(
                f"{who.name} buys {several} at {one_costs} each. How much does {who.subject} pay?",
                f"{thing.a} costs {one_costs}. What is the price of {several}?",
                f"At {draw.shop()}, {thing.many} cost {one_costs} apiece. Find the cost of {several}.",
                f"How much money does {who.name} need for {several} if one costs {one_costs}?",
                f"{who.name} sold {several} for {one_costs} each. How many dollars did {who.subject} take in?",
                f"For a party, {who.name} ordered {several}. Each cost {one_costs}. What was the total?",
            )
            values, steps = {thing.variable: number, name: each}, {"total_cost": f"{thing.variable} * {name}"}
            return told(question, values, steps, "The total is ${answer}.")
        case 3:
            question = draw.pick(
                f"{who.name} paid {cost} for {several} of the same kind. How much did each cost?",
                f"{several} cost {cost}. What is the price of one?",
                f"A pack of {several} is sold for {cost}. Find the price per {thing.one}.",
                f"How much is {thing.a} if {who.name} gets {several} for {cost}?",
                f"{who.name} spent {cost} on {several}, all at the same price. How many dollars was one?",
            )
            values = {"total_cost": each * number, thing.variable: number}
            return told(question, values, {name: f"total_cost / {thing.variable}"}, "One costs ${answer}.")
        case _:
            question = draw.pick(
                f"{thing.a} costs {one_costs}. How many {thing.many} can {who.name} buy with {cost}?",
                f"{who.name} spent {cost} on {thing.many} at {one_costs} each. How many did {who.subject} buy?",
                f"How many {thing.many} at {one_costs} each does {who.name} get for {cost}?",
                f"{who.name} has {cost}. Find the number of {thing.many} that {who.subject} can buy if one costs "
                f"{one_costs}.",
                f"A stall took in {cost} by selling {thing.many} for {one_costs} apiece. How many were sold?",
            )
            values = {"money": each * number, name: each}
            steps = {thing.variable: f"money / {name}"}
            return told(question, values, steps, f"It is {{answer}} {thing.many}.")


def recipe(draw: Draw) -> Story:
    """So much for one: for several, or how many can be made."""
    what, unit, one, many, low, high = draw.pick(*_RECIPES)
    who, each, number = draw.person(), draw.whole(low, high), draw.whole(2, 15)
    total, per = each * number, f"{unit}s_per_{one.split()[0]}"
    amount, need = draw.measure(each, unit), draw.measure(total, unit)
    batch = draw.measure(number, one, many)
    if draw.chance(0.6):
        question = draw.pick(
            f"One {one} needs {amount} of {what}. How many {unit}s of {what} does {who.name} need for {batch}?",
            f"{who.name} uses {amount} of {what} for each {one}. How much {what} is needed for {batch}, in "
            f"{unit}s?",
            f"A recipe asks for {amount} of {what} per {one}. Find the amount of {what} in {unit}s for {batch}.",
            f"How many {unit}s of {what} go into {batch} if one takes {amount}?",
            f"{who.name} makes {batch}. Each takes {amount} of {what}. What is the total in {unit}s?",
        )
        values, steps = {per: each, many.split()[0]: number}, {f"{unit}s_of_{what}": f"{per} * {many.split()[0]}"}
        return told(question, values, steps, f"That is {{answer}} {unit}s of {what}.")
    question = draw.pick(
        f"One {one} needs {amount} of {what}. {who.name} has {need}. How many {many} can {who.subject} make?",
        f"{who.name} used {need} of {what} for some {many}, {amount} for each. How many did {who.subject} make?",
        f"With {need} of {what}, how many {many} can be made if each takes {amount}?",
        f"How many {many} does {who.name} get from {need} of {what} at {amount} per {one}?",
        f"A recipe asks for {amount} of {what} per {one}. Find how many {many} {who.name} can make with {need}.",
    )
    values, steps = {f"{unit}s_of_{what}": total, per: each}, {many.split()[0]: f"{unit}s_of_{what} / {per}"}
    return told(question, values, steps, f"That makes {{answer}} {many}.")


def convert(draw: Draw) -> Story:
    """One unit into another, both ways."""
    large, small, factor, fact, low, high = draw.pick(*_UNITS)
    who, number = draw.person(), draw.whole(low, high)
    (one, many), (small_one, smalls) = _plural(large), _plural(small)
    name, small_name = "dozens" if one == "dozen" else many, smalls
    down = draw.chance(0.65) or one in ("dozen", "pair")
    value = number if down else number * factor
    told_as = draw.measure(value, one, many) if down else draw.measure(value, small_one, smalls)
    said, wanted = fact.format(n=told_as, who=who.name), smalls if down else many
    counted = {"dozen": " eggs", "pair": " of socks"}.get(one, "")
    question = draw.pick(
        f"{said}. How many {wanted} is that?",
        f"{said}. Find out how many {wanted} that makes.",
        f"How many {wanted} are there in {told_as}{counted}?",
        f"{said}. Work out the number of {wanted}.",
        f"If {said[:1].lower() if said.startswith(('A ', 'The ')) else said[:1]}{said[1:]}, how many {wanted} "
        "is that?",
    )
    names = (name, small_name) if down else (small_name, name)
    steps = {names[1]: f"{names[0]} {'*' if down else '/'} {factor}"}
    return told(question, {names[0]: value}, steps, f"That is {{answer}} {wanted}.")


def coins(draw: Draw) -> Story:
    """So many coins of one kind, in cents; or how many coins make an amount."""
    coin, coins_, worth = draw.pick(("nickel", "nickels", 5), ("dime", "dimes", 10), ("quarter", "quarters", 25))
    who, number = draw.person(), draw.whole(3, 40)
    several = f"{draw.number(number)} {coins_}"
    if draw.chance(0.5):
        question = draw.pick(
            f"{who.name} has {several}. How many cents are they worth?",
            f"A {coin} is worth {worth} cents. What is the value of {several} in cents?",
            f"Find how many cents {who.name} has in {who.possessive} jar with {several}.",
            f"How many cents does {who.name} pay with {several}?",
            f"{who.name} found {several} in an old coat. What are they worth in cents altogether?",
        )
        note = f"{coins_} * {worth}"
        return told(question, {coins_: number}, {"total_cents": note}, "They are worth {answer} cents.")
    amount = f"{number * worth:,} cents"
    question = draw.pick(
        f"{who.name} pays {amount} with {coins_} only. How many {coins_} is that?",
        f"How many {coins_} make {amount}?",
        f"{who.name} has {amount}, all in {coins_}. Find the number of {coins_}.",
        f"A {coin} is worth {worth} cents. How many of them does {who.name} need to have {amount}?",
        f"A jar holds nothing but {coins_}, worth {amount} together. How many {coins_} are in the jar?",
    )
    return told(
        question,
        {"total_cents": number * worth},
        {coins_: f"total_cents / {worth}"},
        f"It is {{answer}} {coins_}.",
    )


def combinations(draw: Draw) -> Story:
    """Every one of these with every one of those."""
    first, second, whole = draw.pick(
        ("shirts", "pairs of trousers", "outfits"),
        ("kinds of bread", "fillings", "sandwiches"),
        ("flavours of ice cream", "toppings", "desserts"),
        ("main dishes", "desserts", "menus"),
        ("hats", "scarves", "combinations"),
        ("letters", "digits", "codes"),
        ("starters", "main dishes", "meals"),
    )
    who, many, others = draw.person(), draw.whole(2, 12), draw.whole(2, 12)
    one, two = f"{draw.number(many)} {first}", f"{draw.number(others)} {second}"
    question = draw.pick(
        f"{who.name} can choose from {one} and {two}. How many different {whole} are possible with one of each?",
        f"There are {one} and {two}. Find the number of {whole} that combine one of the first with one of the "
        "second.",
        f"How many different {whole} can be made from {one} and {two}, if each takes one of both kinds?",
        f"{who.name} lists all {whole} that can be made with one of {one} and one of {two}. How long is the list?",
        f"With {one} and {two}, in how many ways can {who.name} choose one of each?",
    )
    names = [noun.replace(" ", "_") for noun in (first, second)]
    return told(
        question,
        dict(zip(names, (many, others), strict=True)),
        {whole: " * ".join(names)},
        f"There are {{answer}} {whole}.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (rate, price, recipe, convert, coins, combinations)
