"""TeX that a page or a formula carries with it, without the wrapping that a converter put round it."""

from __future__ import annotations

import re

__all__ = ["as_tex", "looks_tex"]


def looks_tex(text: str) -> bool:
    """Whether an alternative text is TeX, not a sentence to be read aloud."""
    return bool(re.search(r"[\\^_{}]", text)) or not re.search(r"[A-Za-z]{2}|[^\W\d_a-zA-Z]", text)


_PRIMES = re.compile(r"\^\{?((?:\\prime(?![A-Za-z])\s*)+)\}?")
_STYLE_ONLY = re.compile(r"\\(?:displaystyle|textstyle|scriptstyle|scriptscriptstyle)(?![A-Za-z])\s*")


def as_tex(text: str) -> str:
    """TeX that was embedded in a page, without the wrapping that its converter put round it."""
    text = text.strip()
    text = re.sub(r"^%[^\n]*\n", "", text) if text.startswith("%") else text
    if text.startswith((r"{\displaystyle", r"{\textstyle")):
        inner = text[1:-1] if _one_group(text) else text
        text = _STYLE_ONLY.sub("", inner, count=1)
    elif text.startswith((r"\displaystyle", r"\textstyle")):
        text = _STYLE_ONLY.sub("", text, count=1)
    if "\\prime" in text:
        text = _PRIMES.sub(lambda match: "'" * match[1].count("prime"), text)
    if text.startswith(r"\begin{equation"):
        text = re.sub(r"^\\begin\{equation\*?\}|\\end\{equation\*?\}$", "", text)
    if text in (r"\begingroup", r"\endgroup"):  # marks that Stack Exchange sets round its posts
        return ""
    return text.replace("~{}", "~").strip().strip("$").strip()


def _one_group(text: str) -> bool:
    depth = 0
    for match in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return match.end() == len(text)
    return False
