"""Scores of models on benchmarks, live and from recorded outputs; published tables reproduced."""

from mathcoder.evaluation.compare import Change, Comparison, Mismatch, compare, mismatches
from mathcoder.evaluation.export import to_inspect, to_latex, to_lm_eval, to_markdown
from mathcoder.evaluation.outputs import OutputSet, Recorded, read_outputs
from mathcoder.evaluation.reproduce import Reproduced, SetResult, explain, reproduce, summarise
from mathcoder.evaluation.rows import OUTCOMES, EvalRow, Outcome, Run, read_run
from mathcoder.evaluation.run import Settings, Unfinished, evaluate
from mathcoder.evaluation.scores import Share
from mathcoder.evaluation.styles import STYLES, Asking, Style

__all__ = [
    "OUTCOMES",
    "STYLES",
    "Asking",
    "Change",
    "Comparison",
    "EvalRow",
    "Mismatch",
    "Outcome",
    "OutputSet",
    "Recorded",
    "Reproduced",
    "Run",
    "SetResult",
    "Settings",
    "Share",
    "Style",
    "Unfinished",
    "compare",
    "evaluate",
    "explain",
    "mismatches",
    "read_outputs",
    "read_run",
    "reproduce",
    "summarise",
    "to_inspect",
    "to_latex",
    "to_lm_eval",
    "to_markdown",
]
