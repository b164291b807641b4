r"""What a solution answers, as it is written there.

In order: the last `\boxed{}` (and those joined to it in the same breath), GSM8K's `#### 18`, "the answer is",
the letter of a multiple choice, and a last line that is nothing but an answer. Only with `kind="number"` the
last number of the text is taken for want of anything better, as is usual for GSM8K.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from mathcoder.solution import Block, Solution, final_answer, last_boxed

__all__ = ["Kind", "extract_answer"]

Kind: TypeAlias = Literal["number", "math", "choice", "text"]

_HASHES = re.compile(r"^\s*####\s*(.+?)\s*$", re.MULTILINE)
_LETTER_AFTER = re.compile(
    r"\b(?i:answer|option|choice)(?:\s+(?:is|letter|choice|option))*\s*[:\s]*\**\s*\$?\(?\s*(?:\\text(?:bf)?\{)?"
    r"\(?([A-J](?:\s*(?:,|and)\s*[A-J])*)\)?\}?(?![A-Za-z])"
)
_LETTER_ALONE = re.compile(r"^\s*\**\(?([A-J])\)?(?:[.):].*)?\**\s*$")
_NUMBER = re.compile(r"(?<![\w.])-?\$?\d[\d,]*(?:\.\d+)?(?:/\d+)?(?:[eE][+-]?\d+)?%?")
_JOINT = re.compile(r"[\s$,;]*(?:\\[()\[\]]|\b(?:and|or)\b|[\s$,;.])*")
_MOST = 200_000  # characters of a completion that are looked at, from its end


def extract_answer(solution: Solution | str, kind: Kind | None = None) -> str | None:
    r"""The answer that a solution or a completion states; None where it states none.

    Of a solution its text blocks are read, the last one first; what code printed is no answer.

    Args:
        solution: a solution, or a model's completion as one text.
        kind: what is asked for. "number" falls back on the last number of the text, "choice" looks for a letter.

    Examples:
        >>> extract_answer(r"So $x=\boxed{4}$ or $x=\boxed{-1}$.")
        '4, -1'
        >>> extract_answer("He pays 3 * 6 = 18 dollars.\n#### 18")
        '18'
        >>> extract_answer("There are 7 apples left.", "number")
        '7'
    """
    if isinstance(solution, str):
        text = solution[-_MOST:]
        return _stated(text, kind) or _unmarked(text.strip().rpartition("\n")[2], kind) or _last_number(text, kind)
    texts = [block.content[-_MOST:] for block in solution.blocks if block.type == "text"]
    if texts and solution.blocks[-1].type == "text":  # MathCoder ends with the bare answer
        last = _stated(texts[-1], kind) or _unmarked(texts[-1], kind)
        if last is not None:
            return last
    for text in reversed(texts):
        if (answer := _stated(text, kind)) is not None:
            return answer
    return solution.answer or final_answer(solution.blocks) or _last_number("\n".join(texts[-1:]), kind)


def _unmarked(text: str, kind: Kind | None) -> str | None:
    """A text that is nothing but an answer. A number is not looked for here, nor in a box that is cut off."""
    if kind == "number" or r"\boxed" in text:
        return None
    return final_answer([Block("text", text)])


def _stated(text: str, kind: Kind | None) -> str | None:
    """An answer that is marked as one."""
    if (boxed := _boxed(text)) is not None:
        return boxed
    if hashes := _HASHES.findall(text):
        return hashes[-1]
    if kind == "choice":
        if letters := _LETTER_AFTER.findall(text):
            return letters[-1]
        alone = _LETTER_ALONE.match(text.strip().rpartition("\n")[2])
        if alone:
            return alone[1]
    if re.search(r"\banswer\s+is\b", text, re.IGNORECASE):
        return final_answer([Block("text", text), Block("code", "")])
    return None


def _boxed(text: str) -> str | None:
    """The last box, with the boxes before it that nothing but "and", "or" or a comma parts from it."""
    last = last_boxed(text)
    if last is None:
        return None
    answers, rest = [last], text
    while True:
        end = max(rest.rfind(r"\boxed"), rest.rfind(r"\fbox"))
        before = rest[:end].rstrip("\\ ")
        closing = before.rfind("}")
        between = re.sub(r"[A-Za-z]\w*\s*=\s*\$?$", "", before[closing + 1 :])
        earlier = last_boxed(before[: closing + 1]) if closing >= 0 else None
        opening = max(before.rfind(r"\boxed"), before.rfind(r"\fbox"))
        joined = earlier is not None and before[opening:].count("{") == before[opening:].count("}")
        if not joined or not re.search(r"and|or|,", between) or not _JOINT.fullmatch(between):
            return ", ".join(answers)
        answers.insert(0, earlier or "")
        rest = before[: closing + 1]


def _last_number(text: str, kind: Kind | None) -> str | None:
    numbers = _NUMBER.findall(text) if kind == "number" else []
    return numbers[-1].rstrip(",") if numbers else None
