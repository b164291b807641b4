"""The forms of a corpus row: the steps of a text as MathCoder2 writes them, and the text with its code in place.

MathCoder2 (arXiv 2410.08196, section 2.2) writes each computation as conditions, expression, result and code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mathcoder.translation.passages import paragraphs

__all__ = ["interleaved_text", "steps_text"]

_PARAGRAPH = 2_000  # characters; in a longer one code may stand between sentences
_RUN = re.compile(r"`{3,}")

Computed = Mapping[str, Any]
"""A computation as a row has it: see the `computations` of `mathcoder.corpus.schema`."""


def steps_text(computations: Iterable[Computed]) -> str:
    """The computations one after the other, each with its four parts; "" where there are none."""
    return "\n\n".join(map(_step, computations))


def _step(computation: Computed) -> str:
    conditions = [f"{number}. ${condition}$" for number, condition in enumerate(computation["conditions"], 1)]
    parts = [
        "Conditions needed:\n" + "\n".join(conditions) if conditions else "",
        f"Computation expression: ${computation['expression'].strip()}$",
        f"Computation result: ${computation['result'].strip()}$",
        _fenced("python", computation["code"]),
    ]
    return "\n".join(part for part in parts if part)


def interleaved_text(text: str, computations: Sequence[Computed]) -> str:
    """The text with each program, and what it printed, behind the paragraph that its step ends in.

    A displayed formula, an environment or a fenced block is not broken up. The text itself is not changed.

    Args:
        text: of the document.
        computations: with `end`, the place of the step's end in it, and `output`, what the code printed.
    """
    ends = [end for _, end in paragraphs(text, _PARAGRAPH)] if computations else []
    parts: list[str] = []
    place = number = 0
    for computation in sorted(computations, key=lambda one: one["end"]):
        while number < len(ends) and ends[number] < computation["end"]:
            number += 1
        end = ends[number] if number < len(ends) else len(text.rstrip())
        if end > place or not parts:
            parts.append(text[place:end].strip("\n"))
            place = end
        parts.append(f"{_fenced('python', computation['code'])}\n{_fenced('output', computation['output'])}")
    parts.append(text[place:].strip("\n"))
    return "\n\n".join(part for part in parts if part.strip())


def _fenced(name: str, content: str) -> str:
    """A fenced block; its fence is longer than any in it."""
    content = content.strip("\n")
    longest = max((len(run) for run in _RUN.findall(content)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{name}\n{content}\n{fence}"
