"""A solution: blocks of text, code and execution, its answer, why it ended and what it cost.

The nouns that the rest of the package passes around. Nothing here knows a model, a dialect or a file.
The layout is that of MathCoder (arXiv 2310.03731, section 2.1): natural language, code and the output of
the code follow one another; the last text is the bare answer or carries it in a LaTeX box.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeGuard, cast, get_args

__all__ = ["Block", "BlockType", "Cost", "Ended", "Solution", "final_answer", "last_boxed"]

BlockType = Literal["text", "code", "execution"]

Ended = Literal[
    "answer",  # the model ended its message and an answer can be read from it
    "no_answer",  # the model ended its message, but no answer can be read from it
    "empty",  # the model wrote nothing
    "rounds",  # the limit on generations was reached
    "tokens",  # the limit on new tokens was reached
    "time",  # the limit on seconds was reached
    "repeated_error",  # the same error came back too often
    "model_error",  # the model could not be asked
    "unknown",  # read from a file that does not say
]


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a solution. `execution` is what the code block before it printed or raised."""

    type: BlockType
    content: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a solution took. Tokens are summed over its rounds (one round is one generation)."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    rounds: int = 0
    model_seconds: float = 0.0
    sandbox_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Solution:
    """A solution as it was written. `answer` is None where none was found."""

    blocks: tuple[Block, ...]
    answer: str | None = None
    ended: Ended = "unknown"
    cost: Cost = Cost()

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values; `from_json` gives back an equal solution."""
        return {
            "blocks": [{"type": block.type, "content": block.content} for block in self.blocks],
            "answer": self.answer,
            "ended": self.ended,
            "cost": {field.name: getattr(self.cost, field.name) for field in fields(Cost)},
        }

    @classmethod
    def from_json(cls, data: object) -> Solution:
        """The solution that `to_json` wrote. All keys but `blocks` may be absent.

        Raises:
            ValueError: a key is missing, unknown or of the wrong type; the message is one line naming it.
        """
        row = _object(data, "solution", {"blocks", "answer", "ended", "cost"})
        if "blocks" not in row:
            raise ValueError("solution.blocks is missing")
        blocks = row["blocks"]
        if not isinstance(blocks, list):
            raise ValueError(f"solution.blocks must be a list, not {_name(blocks)}")
        answer = row.get("answer")
        if answer is not None and not isinstance(answer, str):
            raise ValueError(f"solution.answer must be a string or null, not {_name(answer)}")
        ended = row.get("ended", "unknown")
        if ended not in get_args(Ended):
            raise ValueError(f"solution.ended must be one of {', '.join(get_args(Ended))}, not {ended!r}")
        return cls(
            tuple(_block(item, f"solution.blocks[{i}]") for i, item in enumerate(cast("list[object]", blocks))),
            answer,
            cast("Ended", ended),
            _cost(row.get("cost", {})),
        )


def _block(data: object, where: str) -> Block:
    row = _object(data, where, {"type", "content"})
    for key in ("type", "content"):
        if key not in row:
            raise ValueError(f"{where}.{key} is missing")
    if row["type"] not in get_args(BlockType):
        raise ValueError(f"{where}.type must be one of {', '.join(get_args(BlockType))}, not {row['type']!r}")
    if not isinstance(row["content"], str):
        raise ValueError(f"{where}.content must be a string, not {_name(row['content'])}")
    return Block(row["type"], row["content"])


def _cost(data: object) -> Cost:
    row = _object(data, "solution.cost", {field.name for field in fields(Cost)})
    values: dict[str, Any] = {}
    for key, value in row.items():
        seconds = key.endswith("_seconds")
        number = isinstance(value, (int, float) if seconds else int) and not isinstance(value, bool)
        if not number or not 0 <= value < 1e300:  # not infinite, not NaN
            wanted = "a number" if seconds else "a whole number"
            raise ValueError(f"solution.cost.{key} must be {wanted} of 0 or more, not {value!r}")
        values[key] = float(value) if seconds else value
    return Cost(**values)


def _is_object(data: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(data, dict)


def _object(data: object, where: str, known: set[str]) -> dict[str, Any]:
    if not _is_object(data):
        raise ValueError(f"{where} must be an object, not {_name(data)}")
    for key in data:
        if key not in known:
            raise ValueError(f"{where} has the unknown key {key!r}; known: {', '.join(sorted(known))}")
    return data


def _name(value: object) -> str:
    return "null" if value is None else type(value).__name__


_BOX = r"\\{1,2}(?:boxed|fbox)(?![A-Za-z])\s*"
_EMPTY_BOX = re.compile(rf"{_BOX}\{{\s*\}}")
_BOX_TOKEN = re.compile(rf"(?P<brace>{_BOX}\{{)|{_BOX}(?P<bare>[^\s${{}}]+)|\\.|[{{}}]", re.DOTALL)


def last_boxed(text: str) -> str | None:
    r"""What the last closed `\boxed{...}` or `\fbox{...}` holds, stripped; also `\boxed 5`.

    Braces are balanced and `\{` is not a brace. The innermost of nested boxes is taken. A box that is empty
    or never closed is passed over. None where there is no box.
    """
    boxes: dict[int, str] = {}  # where a box starts: what it holds
    open_braces: list[tuple[int, int] | None] = []  # (start of the box, start of what it holds)
    for token in _BOX_TOKEN.finditer(text):
        if token["brace"]:
            open_braces.append((token.start(), token.end()))
        elif token["bare"]:
            boxes[token.start()] = re.split(r"\\[)\]]", token["bare"])[0].rstrip(".,;")
        elif token[0] == "{":
            open_braces.append(None)
        elif token[0] == "}" and open_braces and (box := open_braces.pop()):
            boxes[box[0]] = text[box[1] : token.start()].strip()
    return next((boxes[start] for start in sorted(boxes, reverse=True) if boxes[start]), None)


def final_answer(blocks: Sequence[Block]) -> str | None:
    r"""The answer that a solution states, as it is written there; None where it states none.

    Text after the last execution is read first, then earlier text; later blocks come before earlier ones. A
    block states its answer in a box, or after "answer is"; the very last block may be nothing but the answer
    (`42`, `$\frac{3}{4}$`). Delimiters of inline mathematics are taken off. This is MathCoder's convention,
    not a judgement: extraction and equivalence are the business of grading.
    """
    texts = [block.content for block in blocks if block.type == "text"]
    if not texts:
        return None
    stated = [last_boxed(text) or _after_answer_is(text) for text in texts]
    if blocks[-1].type == "text":
        stated[-1] = stated[-1] or _bare(texts[-1])
    return next((answer for answer in reversed(stated) if answer), None)


def _after_answer_is(text: str) -> str | None:
    _, *stated = re.split(r"\banswer\s+is\b[:\s]*", text, flags=re.IGNORECASE)
    if not stated:
        return None
    return _undelimited(re.split(r"\n|\.\s", stated[-1])[0]) or None


def _bare(text: str) -> str | None:
    """The text itself, where it is short enough to be nothing but an answer."""
    text = text.strip()
    sentence = text.endswith((".", ":", "!", "?")) and not re.search(r"[\d\\=]", text)
    if sentence or "\n" in text or len(text) > 50:
        return None
    return _undelimited(text) or None


def _undelimited(text: str) -> str:
    """Without the full stop and the delimiters of mathematics around all of it; a lone $ is a price's."""
    text = text.strip().rstrip(".,;*").strip()
    inner = r"((?:(?!\\[()\[\]]).)*)"
    inside = re.fullmatch(rf"\\\({inner}\\\)|\\\[{inner}\\\]|\$+([^$]*)\$*", text)
    text = next(group for group in inside.groups() if group is not None).strip() if inside else text
    return "" if _EMPTY_BOX.fullmatch(text) else text
