"""Does the code of a computation run, agree with the claim, and really compute it?

`Verifier` gives a `Verification` for each `Computation`: it runs the code in the sandbox, holds what it printed
against the stated result, and then changes what the code takes from the text: code whose output does not follow
computes nothing. `RememberedVerifier` keeps verdicts on disk.
"""

from mathcoder.verification.remembered import RememberedVerifier
from mathcoder.verification.verdict import VERDICTS, Verdict, Verification
from mathcoder.verification.verifier import Verifier

__all__ = ["VERDICTS", "RememberedVerifier", "Verdict", "Verification", "Verifier"]
