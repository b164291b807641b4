"""Scores of models on benchmarks, and published tables reproduced from recorded outputs."""

from mathcoder.evaluation.outputs import OutputSet, Recorded, read_outputs
from mathcoder.evaluation.reproduce import Reproduced, SetResult, explain, reproduce, summarise
from mathcoder.evaluation.scores import Share

__all__ = [
    "OutputSet",
    "Recorded",
    "Reproduced",
    "SetResult",
    "Share",
    "explain",
    "read_outputs",
    "reproduce",
    "summarise",
]
