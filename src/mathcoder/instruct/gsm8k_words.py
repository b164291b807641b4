"""What of a GSM8K sentence may be said again: the step without its result, the last sentence around the answer.

Both are free of numbers: one that is computed must not stand in words before the code has run, and one that the
question states would be wrong in a varied problem.
"""

from __future__ import annotations

import re

from mathcoder.instruct.gsm8k_lines import Calculation
from mathcoder.instruct.quantities import quantities

__all__ = ["conclusion", "step_comment"]

_LONGEST_COMMENT, _LONGEST_CONCLUSION = 90, 160  # characters
_OPENING = re.compile(
    r"^(?:(?:so|thus|hence|therefore|then|and|now|finally|first|next|also|(?:this|that) means(?: that)?"
    r"|which means(?: that)?|this is|that is|it follows that)\b[,:]?\s*)+",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"(?:\b(?:is|are|was|were|be|equals?|comes? to|of|to|for|a|an|the|about|because|since|or|and|which|that|as|by"
    r"|with|at|in|on|from)|[=:,;$(\[+*/x×-])\s*$"
)
_BE = re.compile(r"\b(?:is|are|was|were|equals?|comes? to|will be|would be)\s*$")
_ENDS_IN_VERB = re.compile(
    r"\b(?:costs?|earns?|earned|made|makes?|spends?|spent|pays?|paid|has|have|had|gets?|got|needs?|needed|takes?|took"
    r"|sold|sells?|ate|eats?|bought|buys?|saved?|saves|left|gave|give|gives|receives?|received|contributes?|weighs?"
    r"|means|charges?|charged|loses?|lost|raised|collected|cover|owes?|owed|contribute|be)$"
)
_CUT_OFF = re.compile(
    r"\b(?:because|since|of which|[xX]|divid\w+|multipl\w+|add\w*|subtract\w*|perform\w*|calculat\w+"
    r"|comput\w+)\s*$"
)
_NUMBERED = {"number", "money", "percent", "fraction", "word", "clock", "scaled"}


def step_comment(calculation: Calculation) -> str:
    """The sentence of a calculation without arithmetic and result; empty where that leaves no clean phrase."""
    before, after = _around(calculation)
    if not re.search(r"\w", after):
        bare = _BE.sub("", before)
        if _ENDS_IN_VERB.search(bare.rstrip()) or _DANGLING.search(bare):
            return ""
        text = bare
    elif _DANGLING.search(before) and not _BE.search(before):
        return ""
    else:
        text = f"{before} {after}"
    text = re.sub(r"\s+([,.;:?!])", r"\1", " ".join(text.split())).rstrip(".,;:=$ ")
    return text if len(text) <= _LONGEST_COMMENT and len(text.split()) >= 2 and _plain(text) else ""


def conclusion(calculation: Calculation) -> str:
    """The sentence with `{answer}` for its result and without the arithmetic; empty where it reads badly."""
    before, after = _around(calculation)
    money = calculation.sentence[: calculation.value_start].rstrip().endswith("$")
    if not re.search(r"[A-Za-z]{2}.*\s[A-Za-z]", before) or re.search(r"[=:;(\[+*/×-]\s*$", before):
        return ""
    if re.match(r"(?:If|When|Since|Because|As|After|While|For)\b[^,]*$", before):
        return ""
    if _CUT_OFF.search(before) or "{" in before + after:
        return ""
    unit = " dollars" if money and not re.match(r"\s*(?:dollars|/|per hour)", after) else ""
    end = after.rstrip()
    text = f"{before} {{answer}}{unit}{'' if re.match(r'[,.;:?!%]', end) or not end else ' '}{end}"
    text = " ".join(text.split())
    text = text if text.endswith((".", "!")) else f"{text.rstrip(',;: ')}."
    return text[0].upper() + text[1:] if len(text) <= _LONGEST_CONCLUSION and _plain(text) else ""


def _around(calculation: Calculation) -> tuple[str, str]:
    sentence = calculation.sentence
    before = sentence[: calculation.start].rstrip().rstrip("=$([").rstrip()
    after = sentence[calculation.value_end :].lstrip(")] ")
    return _OPENING.sub("", before), re.sub(r"^\s*(?:=|\().*$", "", after)


def _plain(text: str) -> bool:
    """Whether the text has no arithmetic, no unknowns and no numbers that could be computed or varied."""
    if re.search(r"[\d=*/+<>÷×$_\\]|\b[a-zB-HJ-Z]\b(?<!\ba)", text):
        return False
    return not any(quantity.kind in _NUMBERED for quantity in quantities(text))
