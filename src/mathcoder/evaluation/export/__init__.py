"""Runs for others: tables in Markdown and LaTeX, logs that lm-evaluation-harness and Inspect read.

Neither package is imported: the files follow what lm-eval 0.4.13 and inspect_ai 0.3.285 write, and tests read them
back with both. What a model, a problem or a setting says is hostile. It is escaped in tables, and no path is made
of it: files are named after benchmarks that we know, times and hashes; a folder after what is plain in the model's
name.
"""

from mathcoder.evaluation.export.inspect_log import to_inspect
from mathcoder.evaluation.export.lm_eval_log import to_lm_eval
from mathcoder.evaluation.export.tables import to_latex, to_markdown

__all__ = ["to_inspect", "to_latex", "to_lm_eval", "to_markdown"]
