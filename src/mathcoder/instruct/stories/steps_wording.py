"""Phrases that the stories of several steps have in common."""

from __future__ import annotations

from mathcoder.instruct.stories.telling import Draw, Thing

__all__ = ["altogether", "goods", "part", "shop", "times"]

_DEAR = 60  # dollars
_PARTS = {
    (1, 2): ("half",),
    (1, 3): ("a third", "one third", "1/3"),
    (2, 3): ("two thirds", "2/3"),
    (1, 4): ("a quarter", "one quarter", "one fourth", "1/4"),
    (3, 4): ("three quarters", "three fourths", "3/4"),
    (1, 5): ("a fifth", "one fifth", "1/5"),
    (2, 5): ("two fifths", "2/5"),
    (3, 5): ("three fifths", "3/5"),
    (1, 6): ("a sixth", "one sixth", "1/6"),
    (1, 8): ("an eighth", "one eighth", "1/8"),
    (3, 8): ("three eighths", "3/8"),
    (1, 10): ("a tenth", "one tenth", "1/10"),
    (3, 10): ("three tenths", "3/10"),
}


def altogether(draw: Draw) -> str:
    """ "in total", for the end of a question."""
    return draw.pick("in total", "altogether", "in all")


def goods(draw: Draw) -> tuple[Thing, int, int]:
    """Something that somebody may buy several of, and between how many whole dollars it costs.

    Raises:
        ValueError: the draw is something dear.
    """
    thing, low, high = draw.goods()
    if high > _DEAR:
        raise ValueError(f"nobody buys several {thing.many}")
    return thing, low, high


def part(draw: Draw) -> tuple[str, str, int]:
    """A fraction below one in words, what to do to a value for it, and its denominator: "a third", "/ 3", 3."""
    (numerator, denominator), ways = draw.pick(*_PARTS.items())
    return (
        draw.pick(*ways),
        f"/ {denominator}" if numerator == 1 else f"* {numerator} / {denominator}",
        denominator,
    )


def shop(draw: Draw) -> str:
    """A place that sells all kinds of goods."""
    return draw.pick("the market", "the supermarket", "the corner shop", "a street fair", "a department store")


def times(draw: Draw, number: int) -> str:
    """ "twice" or "three times", for "as many as" to follow."""
    return "twice" if number == 2 else f"{draw.number(number)} times"
