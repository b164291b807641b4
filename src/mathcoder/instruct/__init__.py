"""Instruction data: problems with solutions of text, code and execution, with a model or without (MathCoder).

`build` makes a data set from a recipe. Each part can be used alone; without a model, annotated solutions become
programs, and programs give new problems. `Derivation` is a problem solved in named steps with exact values; it
writes the code and the `Solution` that a model learns from. `mathcoder.instruct.gsm8k` derives them from GSM8K's
worked solutions, `mathcoder.instruct.vary` makes new problems of them.

Example:
    ```python
    from mathcoder.instruct.gsm8k import Rejected, derive
    from mathcoder.instruct.vary import vary
    from mathcoder.problems import load

    for problem in load("gsm8k", "train", limit=10):
        derived = derive(problem)
        if not isinstance(derived, Rejected):
            print(derived.code(), vary(derived, seed=1, count=3))
    ```
"""

from mathcoder.instruct.derivation import Derivation, Given, Step
from mathcoder.instruct.expression import Expression, Name, Number, Operation, read_expression

__all__ = ["Derivation", "Expression", "Given", "Name", "Number", "Operation", "Step", "read_expression"]
