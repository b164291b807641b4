"""One story by its number: which schema, and again where its numbers make no sense."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from mathcoder.instruct.stories import (
    adding,
    comparing,
    distracted,
    groups,
    measuring,
    multiples,
    paying,
    scaling,
    selecting,
    steps_more,
    steps_two,
)
from mathcoder.instruct.stories.telling import Draw

if TYPE_CHECKING:
    from mathcoder.instruct.derivation import Derivation

__all__ = ["write_story"]

_ONE = tuple(
    schema
    for module in (adding, comparing, measuring, paying, groups, multiples, scaling, distracted, selecting)
    for schema in module.SCHEMAS
)
_POOLS = (_ONE, steps_two.SCHEMAS, steps_more.SCHEMAS)
_WEIGHTS = (3, 2, 1)  # stories of one step, of two, of three and four
_ATTEMPTS = 1_000


def write_story(seed: int, number: int) -> Derivation:
    """A word problem and its solution, the same for the same arguments; another number may give the same question.

    Half of all stories have one step, a third have two, the others three or four.
    """
    chance = random.Random(f"schema {seed} {number}")
    schema = chance.choice(chance.choices(_POOLS, _WEIGHTS)[0])
    for attempt in range(_ATTEMPTS):
        try:
            return schema(Draw(seed, number, attempt)).derivation(f"stories/{seed}/{number}")
        except ValueError:
            continue
    raise RuntimeError(
        f"stories/{seed}/{number}: {schema.__name__} made no sense {_ATTEMPTS} times; mend its numbers"
    )
