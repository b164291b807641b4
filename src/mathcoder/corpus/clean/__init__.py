"""Cleaning that knows mathematics: what of a corpus is dropped, and why.

    >>> from mathcoder.corpus.clean import CleanRules, clean
    >>> clean("$$\\int_0^1 x^2\\,dx = \\frac13$$\n\nHence $3\\int_0^1 x^2\\,dx = 1$, as claimed.").reason
    >>> clean("404").reason
    'too short: 3 characters'

`clean` judges one document; `clean_frame` of `mathcoder.corpus.clean.frames` the rows of a Daft frame.
"""

from mathcoder.corpus.clean.judge import clean
from mathcoder.corpus.clean.rules import CLASSES, Cleaned, CleanRules

__all__ = ["CLASSES", "CleanRules", "Cleaned", "clean"]
