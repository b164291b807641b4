"""What there is to execute in a row of a dataset, whoever made it.

A row is recognised by its shape:

    computations  ours, alone or as a list; the four parts of MathCoder2 as keys, or as headings in a text
    solutions     the layouts of `mathcoder.solving.formats`; a text with ```python and ```output fences (ToRA,
                  Qwen2.5-Math), with <llm-code> and <llm-code-output> (OpenMathInstruct), or with MathCoder's
                  block tokens; a list of such texts; code under a key of its own, with its recorded output or not
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from mathcoder.computation import Computation
from mathcoder.solution import Block, Solution, final_answer
from mathcoder.solving import DIALECTS
from mathcoder.solving.formats import Record, read_row
from mathcoder.translation.parse_reply import parse_reply

__all__ = ["ADDED", "Content", "recognise"]

ADDED = ("verdict", "reason", "parts")
"""Keys that verifying a row gives it; they say nothing about what it holds."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a row holds. A row with neither has no code."""

    computations: tuple[Computation, ...] = ()
    solutions: tuple[Record, ...] = ()


# Where a text with a solution stands, the most telling key first, and its question.
_TEXTS = (
    *("generated_solution", "solution", "code", "program", "completion", "response", "generation", "prediction"),
    *("output", "answer", "text", "content"),
)
_QUESTIONS = ("problem", "question", "query", "instruction", "prompt", "input")
_REFERENCES = ("expected_answer", "reference", "ground_truth", "gt", "gold", "answer")
_CODE_KEYS = ("code", "program")
_OUTPUT_KEYS = ("execution", "output", "result", "stdout")


def recognise(row: dict[str, Any], name: str) -> Content:
    """What there is to execute in a row.

    Args:
        row: a JSON object.
        name: what its solutions are called where it has no `id`.

    Raises:
        ValueError: no known shape, or a value of the wrong type; the message is one line that says what is there.
    """
    row = {key: value for key, value in row.items() if key not in ADDED and value is not None}
    if computations := _computations(row):
        return Content(computations)
    if any(isinstance(row.get(key), (dict, list)) for key in ("solution", "blocks", "debug_result", "messages")):
        return Content(solutions=(_refined(read_row(row, name)),))
    if isinstance(row.get("conversations"), list):
        return Content(solutions=(_refined(read_row({"messages": _messages(row["conversations"])}, name)),))
    return _in_texts(row, str(row.get("id", name)))


def _computations(row: dict[str, Any]) -> tuple[Computation, ...]:
    several: object = row.get("computations", row.get("computation"))
    if isinstance(several, dict):
        return (_computation(cast("dict[str, object]", several)),)
    if isinstance(several, list):
        return tuple(map(_computation, cast("list[object]", several)))
    if not any(re.search("expression", key, re.IGNORECASE) for key in row):
        return ()
    if all(isinstance(row.get(key), str) for key in ("expression", "result", "code")):
        return (_computation(row),)
    parts = parse_reply(json.dumps(row, default=str)).computations
    return tuple(Computation(each.conditions, each.expression, each.result, each.code) for each in parts)


def _computation(value: object) -> Computation:
    """Its own keys are read; a row that is told apart by an id, say, may have more."""
    if not isinstance(value, dict):
        raise ValueError(f"a computation must be an object, not {type(value).__name__}")
    row = cast("dict[str, Any]", value)
    return Computation.from_json({key: row[key] for key in Computation.__slots__ if key in row})


def _refined(record: Record) -> Record:
    """A solution that was read as text alone: its code may stand in the text."""
    blocks = record.solution.blocks
    if any(block.type == "code" for block in blocks):
        return record
    found = _blocks("\n".join(block.content for block in blocks))
    if not any(block.type == "code" for block in found):
        return record
    return replace(record, solution=replace(record.solution, blocks=found))


def _messages(turns: list[object]) -> list[dict[str, Any]]:
    """Turns of `from` and `value` as chat messages."""
    roles = {"human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant", "system": "system"}
    messages: list[dict[str, Any]] = []
    for turn in turns:
        said = cast("dict[str, Any]", turn) if isinstance(turn, dict) else {}
        role = roles.get(str(said.get("from")))
        if role is None or not isinstance(said.get("value"), str):
            raise ValueError("a turn of conversations needs 'from' (human, gpt or system) and 'value' (a text)")
        messages.append({"role": role, "content": said["value"]})
    return messages


# Texts.


def _in_texts(row: dict[str, Any], name: str) -> Content:
    known = False
    for key in _TEXTS:
        texts = _strings(row.get(key))
        if texts is None:
            continue
        known = True
        if computations := [one for text in texts for one in _in_parts(text)]:
            return Content(tuple(computations))
        blocks = [_of_key(row, key, text) for text in texts]
        blocks = [found for found in blocks if any(block.type == "code" for block in found)]
        if blocks:
            return Content(solutions=tuple(_records(row, name, blocks)))
    if not known:
        keys = ", ".join(map(repr, row)) or "none"
        raise ValueError(f"nothing in it is known to hold a solution, a computation or a text; it has {keys}")
    return Content()


def _strings(value: object) -> list[str] | None:
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    texts = [one for one in values if isinstance(one, str)]
    return texts if texts and len(texts) == len(values) else None


def _in_parts(text: str) -> Iterator[Computation]:
    """The computations of a text that states the four parts of each under headings."""
    if not re.search(r"expression", text, re.IGNORECASE):
        return
    for parts in parse_reply(text).computations:
        yield Computation(parts.conditions, parts.expression, parts.result, parts.code)


def _of_key(row: dict[str, Any], key: str, text: str) -> tuple[Block, ...]:
    """The blocks of a text; under the key of code a text without any mark is code."""
    blocks = _blocks(text)
    if key not in _CODE_KEYS or any(block.type == "code" for block in blocks):
        return blocks
    recorded = next((row[name] for name in _OUTPUT_KEYS if isinstance(row.get(name), (str, int, float))), None)
    return (Block("code", text), *([Block("execution", str(recorded))] if recorded is not None else []))


_LLM = re.compile(r"<llm-(?P<kind>code|code-output)>\n?(?P<content>.*?)\n?</llm-(?P=kind)>", re.DOTALL)


def _blocks(text: str) -> tuple[Block, ...]:
    if "<llm-code>" in text:
        return tuple(_llm_blocks(text))
    if "<|code|>" in text:
        return DIALECTS["mathcoder"]().parse(text)
    if "```" in text:
        return DIALECTS["markdown"]().parse(text)
    return (Block("text", text),)


def _llm_blocks(text: str) -> Iterator[Block]:
    at = 0
    for match in _LLM.finditer(text):
        if text[at : match.start()].strip():
            yield Block("text", text[at : match.start()].strip())
        yield Block("code" if match["kind"] == "code" else "execution", match["content"])
        at = match.end()
    if text[at:].strip():
        yield Block("text", text[at:].strip())


def _records(row: dict[str, Any], name: str, solutions: list[tuple[Block, ...]]) -> Iterator[Record]:
    question = next((row[key] for key in _QUESTIONS if isinstance(row.get(key), str)), "")
    reference = next((row[key] for key in _REFERENCES if isinstance(row.get(key), (str, int, float))), None)
    for number, blocks in enumerate(solutions):
        own = name if len(solutions) == 1 else f"{name}#{number}"
        solution = Solution(blocks, final_answer(blocks))
        yield Record(own, question, solution, None if reference is None else str(reference))
