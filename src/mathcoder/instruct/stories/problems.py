"""Stories as problems to train on."""

from __future__ import annotations

from itertools import count as numbers

from mathcoder.instruct.derivation import Derivation
from mathcoder.instruct.stories.write import write_story
from mathcoder.problems import Problem

__all__ = ["story_of", "write_stories"]

_LICENCE = "Apache-2.0"


def write_stories(seed: int, count: int) -> list[Problem]:
    """So many problems, no question twice. The same seed begins with the same problems."""
    found: dict[str, Problem] = {}
    for number in numbers():
        if len(found) == count:
            break
        story = write_story(seed, number)
        problem = Problem(story.problem_id, story.question, story.answer, split="train", licence=_LICENCE)
        found.setdefault(story.question, problem)
    return list(found.values())


def story_of(problem_id: str) -> Derivation:
    """The story of a problem from `write_stories`.

    Raises:
        ValueError: it is none of them; one line.
    """
    name, _, rest = problem_id.partition("/")
    seed, _, number = rest.partition("/")
    if name != "stories" or not seed.isdecimal() or not number.isdecimal():
        raise ValueError(f"{problem_id} is no story: their ids are stories/SEED/NUMBER")
    return write_story(int(seed), int(number))
