"""Scores of models on benchmarks, live and from recorded outputs; published tables reproduced."""

from mathcoder.evaluation.outputs import OutputSet, Recorded, read_outputs
from mathcoder.evaluation.reproduce import Reproduced, SetResult, explain, reproduce, summarise
from mathcoder.evaluation.rows import OUTCOMES, EvalRow, Outcome, Run, read_run
from mathcoder.evaluation.scores import Share

__all__ = [
    "OUTCOMES",
    "EvalRow",
    "Outcome",
    "OutputSet",
    "Recorded",
    "Reproduced",
    "Run",
    "SetResult",
    "Share",
    "explain",
    "read_outputs",
    "read_run",
    "reproduce",
    "summarise",
]
