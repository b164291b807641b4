"""Is this answer right? Extraction, equivalence, voting.

`is_equivalent` holds an answer against a reference, `Grader` many of them over all cores; `extract_answer`
finds what a solution answers; `majority_vote` and `pass_at_k` judge several samples of one problem.
"""

from mathcoder.grading.extract import extract_answer
from mathcoder.grading.grader import RULES, Grade, Grader, Pair, Rule, is_equivalent
from mathcoder.grading.vote import Vote, majority_vote, pass_at_k

__all__ = [
    "RULES",
    "Grade",
    "Grader",
    "Pair",
    "Rule",
    "Vote",
    "extract_answer",
    "is_equivalent",
    "majority_vote",
    "pass_at_k",
]
