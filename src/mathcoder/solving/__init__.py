"""Solving a problem with a model and executed code: the loop, the dialects, and the files that hold solutions."""

from mathcoder.solving.dialects import DIALECTS, Dialect, Splitter, Transcript, Turn
from mathcoder.solving.loop import Delta, Event, Executed, Options, Solved, asolve, solve
from mathcoder.solving.many import Attempt, asolve_many, solve_many
from mathcoder.solving.verify import Check, verified_vote
from mathcoder.solving.worked import WORKED

__all__ = [
    "DIALECTS",
    "WORKED",
    "Attempt",
    "Check",
    "Delta",
    "Dialect",
    "Event",
    "Executed",
    "Options",
    "Solved",
    "Splitter",
    "Transcript",
    "Turn",
    "asolve",
    "asolve_many",
    "solve",
    "solve_many",
    "verified_vote",
]
