"""What the solving loop does to text: decimals are rounded, long outputs shortened, errors in them seen."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal

__all__ = ["error_shown", "round_decimals", "shorten_middle", "valid_text"]

# A decimal that is not part of a name (`x1.5`), a version (`1.2.3`) or a longer number (`1_000.5`).
_DECIMAL = re.compile(r"(?<![\w.])([0-9]++)\.([0-9]++)(?!\.[0-9])", re.ASCII)


def round_decimals(text: str, places: int = 6) -> str:
    """`text` with every decimal of more than `places` decimal places rounded to `places`.

    MathCoder's inference does this to what the model generates (public code of arXiv 2310.03731). Only the
    mantissa of `1.23456789e-10` is rounded. Two decimals are left alone where the published rule changes
    their value: one that would become zero (a tolerance such as 0.00000001), and one that follows a
    thousands separator and would carry into it (`1,999.9999999`).

    Raises:
        ValueError: `places` is less than 1.
    """
    if places < 1:
        raise ValueError(f"places is {places}: at least one decimal place must stay")

    def rounded(match: re.Match[str]) -> str:
        number, whole, fraction = match[0], match[1], match[2]
        if len(fraction) <= places:
            return number
        unit = Decimal(1).scaleb(-places)
        near = Decimal(number).quantize(unit, ROUND_HALF_EVEN, Context(prec=len(number) + 1))
        before = text[max(0, match.start() - 2) : match.start()]
        carried = near >= Decimal(whole) + 1 and re.fullmatch(r"[0-9],", before)
        return number if carried or (not near and Decimal(number)) else format(near, "f")

    return _DECIMAL.sub(rounded, text)


def shorten_middle(text: str, limit: int) -> str:
    """`text`, with its middle replaced by a note where it is longer than `limit` characters.

    The first and the last half of `limit` characters stay: a traceback names its error at the end. The note
    says how many characters were left out, and is not counted in `limit`.

    Raises:
        ValueError: `limit` is negative.
    """
    if limit < 0:
        raise ValueError(f"limit is {limit}: it must be 0 or more")
    if len(text) <= limit:
        return text
    tail = limit // 2
    head = limit - tail
    return f"{text[:head]}\n... [{len(text) - limit} characters left out] ...\n{text[len(text) - tail :]}"


_TRACEBACK = "Traceback (most recent call last)"
_TYPE = re.compile(r"^ ?(?:\w+\.)*([A-Z]\w*)(?=: |:?$)", re.MULTILINE)
_ENDED = re.compile(r"^ ?(?:\w+\.)*(\w*(?:Error|Limit|ProcessDied))(?=: )", re.MULTILINE)


def error_shown(execution: str) -> str | None:
    """The type of the error in what an execution block shows: ours, or a recorded one of IPython.

    None where it shows none, "" where it shows one without a type.
    """
    _, traceback, rest = execution.rpartition(_TRACEBACK)
    if match := (_TYPE if traceback else _ENDED).search(rest):
        return match[1]
    return "" if traceback else None


def valid_text(text: str) -> str:
    """`text` with halves of surrogate pairs, which are no characters and can be written nowhere, replaced."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
