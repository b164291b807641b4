"""What runs in the killable workers: Math-Verify on one pair of answers.

The sandbox's warm interpreter imports this module once; each worker is a confined child of it, with hard
limits on time and memory. Math-Verify may evaluate parts of what it reads, so it never does that outside.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

_math_verify: Any = import_module("math_verify")  # it has no types

logging.disable(logging.CRITICAL)

_CLOSE = 1e-10


def check(answer: str, reference: str) -> bool | None:
    """Whether Math-Verify takes two LaTeX formulas for the same; None where it cannot read one of them."""
    left, right = (_parsed(text) for text in (answer, reference))
    if left is None or right is None:
        return None
    if not _math_verify.verify([right], [left], timeout_seconds=None):
        return False
    return _no_rounding(left, right)


def _parsed(text: str) -> Any:
    formula = [_math_verify.LatexExtractionConfig()]
    found = _math_verify.parse(f"${text}$", formula, fallback_mode="no_fallback", parsing_timeout=None)
    return found[0] if found else None


def _no_rounding(left: Any, right: Any) -> bool:
    """False for numbers that are equal only to six decimals, which Math-Verify accepts."""
    try:
        a, b = complex(left), complex(right)
    except (TypeError, ValueError, AttributeError):
        return True
    return abs(a - b) <= _CLOSE * max(abs(a), abs(b))
