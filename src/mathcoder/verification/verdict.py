"""What a verification comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

__all__ = ["VERDICTS", "Verdict", "Verification"]

Verdict: TypeAlias = Literal["verified", "mismatch", "error", "timeout", "trivial", "unverifiable"]
"""How the code of a computation stands to its claim.

- `verified`: it prints the stated result and computes it from what the text states.
- `mismatch`: it prints something else.
- `error`: it raised, ran out of memory, or did what the sandbox refuses.
- `timeout`: it did not end in time.
- `trivial`: it prints the stated result but does not compute it.
- `unverifiable`: what it prints, or what is claimed, cannot be compared; or no change of the code says anything.
"""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict on one computation.

    Attributes:
        verdict: see `Verdict`.
        output: what the code printed, without space around it; at most 2,000 characters of it.
        reason: one line that says what decided: "3 changed to 4 gives 12", "NameError: name 'x' is not defined".
    """

    verdict: Verdict
    output: str = ""
    reason: str = ""
