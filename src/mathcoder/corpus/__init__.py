"""MathCode-Pile: from sources to a training corpus of mathematical texts and the code of their computations."""
