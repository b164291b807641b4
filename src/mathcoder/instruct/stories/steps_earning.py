"""Stories of three and four steps with wages, habits, savings, percentages and means."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.instruct.stories.steps_wording import altogether
from mathcoder.instruct.stories.telling import Draw, Story, told

__all__ = ["SCHEMAS"]


def net_savings(draw: Draw) -> Story:
    """Earns and spends each week; how much in some weeks, or how long for a purchase."""
    who, earn, weeks = draw.person(), draw.whole(10, 90), draw.whole(2, 26)
    spend = draw.whole(max(2, earn - 40), earn - 3)
    got, gone = draw.dollars(earn), draw.dollars(spend)
    job = draw.pick(
        "by walking dogs", "by mowing lawns", "with a paper round", "by babysitting", "by giving lessons"
    )
    base = {"saved_per_week": "earned_per_week - spent_per_week"}
    givens = {"earned_per_week": earn, "spent_per_week": spend}
    have = draw.whole(5, 100)
    start = draw.dollars(have)
    if draw.chance(0.5):
        span = draw.measure(weeks, "week")
        question = draw.pick(
            f"{who.name} has {start} and earns {got} a week {job}. Every week {who.subject} spends {gone} and "
            f"saves the rest. How much money will {who.subject} have after {span}?",
            f"Each week, {who.name} earns {got} {job} and spends {gone}. {who.subject} had {start} in the "
            f"beginning. Find how much {who.subject} has after {span}.",
            f"How many dollars will {who.name} have in {span}, if {who.subject} has {start} now, earns {got} "
            f"every week and spends {gone} of that?",
            f"{who.name} makes {got} a week {job}, of which {gone} goes on lunches. The rest goes into a money "
            f"box that already holds {start}. What will be in the money box after {span}?",
            f"With {start} to start with, {who.name} begins to save. {who.subject} gets {got} per week {job} and "
            f"needs {gone} of it. What amount does {who.subject} have when {span} have passed?",
        )
        return told(
            question,
            {"money_at_first": have} | givens | {"weeks": weeks},
            base | {"saved": "saved_per_week * weeks", "money_then": "money_at_first + saved"},
            f"{who.name} will have ${{answer}}.",
        )
    good = draw.pick("a bicycle", "a guitar", "a drone", "a skateboard", "a camera", "a telescope", "a tent")
    price = draw.dollars(have + weeks * (earn - spend))
    question = draw.pick(
        f"{who.name} wants {good} for {price} and has {start} already. {who.subject} earns {got} a week {job} and "
        f"spends {gone} of it. How many weeks does {who.subject} have to save?",
        f"{good} costs {price}. {who.name} has {start}, earns {got} every week {job} and spends {gone} every "
        f"week. After how many weeks can {who.subject} buy it?",
        f"How many weeks will it take {who.name} to save for {good} that costs {price}, if {who.subject} has "
        f"{start}, earns {got} per week and spends {gone} per week?",
        f"Every week, {who.name} earns {got} {job}, uses {gone} and saves what is left. {who.subject} has {start} "
        f"and needs {price} for {good}. Find the number of weeks.",
        f"{who.name} started saving for {good} with {start}. It costs {price}. Of the {got} {who.subject} earns "
        f"in a week, {gone} is spent. In how many weeks will {who.subject} have enough money?",
    )
    return told(
        question,
        {"price": have + weeks * (earn - spend), "savings": have} | givens,
        base | {"missing": "price - savings", "weeks": "missing / saved_per_week"},
        f"{who.name} needs {{answer}} weeks.",
    )


def costly_habit(draw: Draw) -> Story:
    """Something bought on some days of the week, over weeks."""
    who, number, days, weeks = draw.person(), draw.whole(2, 5), draw.whole(2, 7), draw.whole(2, 12)
    one, many, low, high = draw.pick(
        ("cup of coffee", "cups of coffee", 2, 5),
        ("bus ticket", "bus tickets", 1, 4),
        ("bread roll", "bread rolls", 1, 2),
        ("bottle of water", "bottles of water", 1, 2),
        ("newspaper", "newspapers", 1, 3),
        ("sandwich", "sandwiches", 3, 7),
    )
    price = draw.money(low, high, draw.chance(0.6))
    each, some, span = draw.dollars(price), f"{draw.number(number)} {many}", draw.measure(weeks, "week")
    often = "every day" if days == 7 else f"on {draw.number(days)} days a week"
    question = draw.pick(
        f"{who.name} buys {some} {often}. One {one} costs {each}. How much does {who.subject} spend on them in "
        f"{span}?",
        f"A {one} costs {each}. {often}, {who.name} buys {some}. Find how much money that is in {span}.",
        f"How many dollars does {who.name} spend in {span}, if {who.subject} buys {some} {often} at {each} each?",
        f"{often}, {who.name} needs {some}, at {each} each. What do they cost {who.object} in {span}?",
        f"For {span}, {who.name} bought {some} {often}. What did {who.subject} pay {altogether(draw)}, if the "
        f"price was {each} each?",
    )
    name = many.replace(" ", "_")
    return told(
        question,
        {f"{name}_per_day": number, "price": price}
        | ({} if days == 7 else {"days_per_week": days})
        | {"weeks": weeks},
        {
            "cost_per_day": f"{name}_per_day * price",
            "cost_per_week": f"cost_per_day * {'7' if days == 7 else 'days_per_week'}",
            "total_cost": "cost_per_week * weeks",
        },
        f"{who.name} spends ${{answer}}.",
    )


def overtime(draw: Draw) -> Story:
    """Two hourly wages, and what is earned."""
    who, wage = draw.person(), draw.whole(8, 25)
    extra, first, second = wage + draw.whole(1, 15), draw.whole(4, 40), draw.whole(2, 12)
    pay, more = draw.dollars(wage), draw.dollars(extra)
    usual, late = draw.measure(first, "hour"), draw.measure(second, "hour")
    question = draw.pick(
        f"{who.name} earns {pay} an hour on weekdays and {more} an hour at weekends. Last week {who.subject} "
        f"worked {usual} on weekdays and {late} at the weekend. How much did {who.subject} earn?",
        f"In a hospital, {who.name} gets {pay} per hour by day and {more} per hour by night. {who.subject} works "
        f"{usual} by day and {late} by night. What is {who.possessive} total pay?",
        f"For tutoring, {who.name} takes {pay} an hour, and for painting {more} an hour. Find what {who.subject} "
        f"earns with {usual} of tutoring and {late} of painting.",
        f"How many dollars does {who.name} make in a week with {usual} at {pay} an hour and {late} of overtime at "
        f"{more} an hour?",
        f"{who.name} has two jobs. The first pays {pay} per hour, and the second pays {more} per hour. "
        f"{who.subject} spends {usual} on the first and {late} on the second. How much money does {who.subject} "
        f"earn {altogether(draw)}?",
    )
    return told(
        question,
        {"hourly_wage": wage, "higher_wage": extra, "hours": first, "hours_at_higher_wage": second},
        {
            "usual_pay": "hourly_wage * hours",
            "extra_pay": "higher_wage * hours_at_higher_wage",
            "total_pay": "usual_pay + extra_pay",
        },
        f"{who.name} earns ${{answer}}.",
    )


def percent_and_rest(draw: Draw) -> Story:
    """Some percent do one thing, a number another, the rest a third."""
    percent, total = draw.pick(10, 20, 25, 30, 40, 50, 60), draw.whole(3, 60) * 20
    second = draw.whole(2, total * (100 - percent) // 100 - 2)
    people, first, other, third = draw.pick(
        ("pupils", "walk to school", "come by bus", "cycle"),
        ("guests", "order soup", "order salad", "order pasta"),
        ("members", "play tennis", "play football", "swim"),
        ("visitors", "arrive by train", "arrive by car", "arrive on foot"),
        ("voters", "choose the red team", "choose the blue team", "choose the green team"),
    )
    group = f"{draw.number(total)} {people}"
    rate, some = f"{percent}{draw.pick('%', ' percent')}", draw.number(second)
    question = draw.pick(
        f"There are {group}. {rate} of them {first}, {some} {other}, and the rest {third}. How many {people} "
        f"{third}?",
        f"Of {group}, {rate} {first} and {some} {other}. All the others {third}. How many are these?",
        f"Out of {group}, {rate} {first}, and another {some} {other}. Find the number of {people} who {third}, if "
        "all the rest do.",
        f"How many of {group} {third}, if {rate} of the {people} {first}, {some} {other} and the remaining ones "
        f"{third}?",
        f"Everyone in a group of {group} does one of three things: {rate} {first}, {some} {other}, the others "
        f"{third}. What number of {people} {third}?",
    )
    kinds = [kind.replace(" the ", " ").replace(" ", "_") for kind in (first, other, third)]
    of_first, of_second, rest = (f"{people}_who_{kind}" for kind in kinds)
    return told(
        question,
        {people: total, "percent": percent, of_second: second},
        {
            of_first: f"{people} * percent / 100",
            f"{people}_left": f"{people} - {of_first}",
            rest: f"{people}_left - {of_second}",
        },
        f"The answer is {{answer}} {people}.",
    )


def needed_for_average(draw: Draw) -> Story:
    """What the last must be for a given mean."""
    who, count = draw.person(), draw.pick(3, 4, 4)
    mean = draw.whole(8, 90)
    values = [mean + draw.whole(-7, 7) for _ in range(count - 1)]
    last = mean * count - sum(values)
    if not 1 <= last <= 100 or len({*values, mean}) < count:
        raise ValueError("no mark, or too plain")
    listed = ", ".join(map(str, values[:-1])) + f" and {values[-1]}"
    final = {3: "third", 4: "fourth"}[count]
    before = draw.number(count - 1)
    question = draw.pick(
        f"{who.name} got {listed} points in the first {before} tests. How many points does {who.subject} need in "
        f"the {final} test for an average of {mean}?",
        f"The first {before} scores of {who.name} are {listed}. What must the {final} score be to make the "
        f"average {mean}?",
        f"{who.name} wants an average of {mean} points in {draw.number(count)} games. So far {who.subject} has "
        f"scored {listed}. Find the number of points {who.subject} must score in the last game.",
        f"How many pages must {who.name} read on the {final} day to average {mean} pages a day, after reading "
        f"{listed} pages on the days before?",
        f"The mean of {draw.number(count)} numbers is {mean}. All but the last are known: {listed}. What is the "
        "last number?",
    )
    names = [f"{word}_number" for word in ("first", "second", "third")][: count - 1]
    return told(
        question,
        dict(zip(names, values, strict=True)) | {"average": mean},
        {
            "total_needed": f"average * {count}",
            "total_so_far": " + ".join(names),
            "last_number": "total_needed - total_so_far",
        },
        "The answer is {answer}.",
    )


def rest_per_day(draw: Draw) -> Story:
    """Some done each day at first; the rest in the days that are left."""
    who, each, days = draw.person(), draw.whole(3, 40), draw.whole(2, 9)
    left, later = draw.whole(2, 10), draw.whole(3, 40)
    does, do, done, what, whole = draw.pick(
        ("reads", "read", "reading", "pages", "a book of"),
        ("learns", "learn", "learning", "words", "a list of"),
        ("does", "do", "doing", "exercises", "a workbook of"),
        ("paints", "paint", "painting", "chairs", "an order for"),
        ("sews", "sew", "sewing", "shirts", "an order for"),
    )
    total, some = f"{draw.number(each * days + left * later)} {what}", draw.number(each)
    past, future = draw.measure(days, "day"), draw.number(left)
    question = draw.pick(
        f"{who.name} has {whole} {total}. For {past}, {who.subject} {does} {some} a day. {who.subject} wants to "
        f"finish in {future} more days. How many {what} a day must {who.subject} {do} then?",
        f"There are {total} in all. {who.name} {does} {some} each day for {past}, and the rest in the {future} "
        f"days after that, the same number every day. How many does {who.subject} {do} on each of these days?",
        f"After {done} {some} {what} a day for {past}, {who.name} has {future} days for the rest of {whole} "
        f"{total}. Find how many {what} per day that means.",
        f"How many {what} a day does {who.name} have to {do} in the last {future} days, if there are {total} "
        f"altogether and {who.subject} {does} {some} on each of the first {past}?",
        f"{who.name} must {do} {total}. In the first {past} {who.subject} {does} {some} per day. What number per "
        f"day is left for the other {future} days?",
    )
    return told(
        question,
        {f"all_{what}": each * days + left * later, "days": days, f"{what}_per_day": each, "days_left": left},
        {
            f"{what}_done": f"{what}_per_day * days",
            f"{what}_left": f"all_{what} - {what}_done",
            f"{what}_per_day_left": f"{what}_left / days_left",
        },
        f"{who.name} must {do} {{answer}} {what} a day.",
    )


SCHEMAS: tuple[Callable[[Draw], Story], ...] = (
    net_savings,
    costly_habit,
    overtime,
    percent_and_rest,
    needed_for_average,
    rest_per_day,
)
