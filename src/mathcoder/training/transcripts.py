"""A solution as the text that a model is trained on, and where in it the model's own words are.

The text is what the dialect renders. In it the solving loop has its borders: a generation begins where a prompt of
the loop ends, and ends at a stop string, or at the special token that ends a message of a chat. What lies between
is the model's own: text, code, and what closes them. The rest was given to it: system, user, what code printed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from mathcoder.solution import Block, Solution
from mathcoder.solving.dialects import Dialect, ToolsDialect
from mathcoder.solving.dialects.base import escape_tokens

__all__ = ["Words", "text_only", "transcribe"]


@dataclass(frozen=True, slots=True)
class Words:
    """A transcript; places are characters.

    Attributes:
        text: of the whole.
        own: from where to where the model's own words go, a pair for each generation that has any, in order.
        ends: where blocks end, closing included; only blocks behind which the transcript can be cut.
    """

    text: str
    own: tuple[tuple[int, int], ...]
    ends: tuple[int, ...]

    def until(self, end: int) -> Words:
        """The beginning of the transcript, up to one of `ends`."""
        own = tuple((first, min(last, end)) for first, last in self.own if first < end)
        return Words(self.text[:end], own, tuple(place for place in self.ends if place <= end))


def transcribe(dialect: Dialect, problem: str, blocks: Sequence[Block], tokenizer: Any = None) -> Words:
    """A solution as it is trained on.

    Args:
        dialect: how it is written.
        problem: the question.
        blocks: of the solution.
        tokenizer: whose chat template writes the messages of the dialect `tools`.

    Raises:
        ValueError: the chat template cannot write it, leaves something of it out, or writes its beginning in
            another way when more follows. One line.
    """
    blocks = tuple(blocks)
    return (
        _chat(dialect, problem, blocks, tokenizer)
        if isinstance(dialect, ToolsDialect)
        else _string(dialect, problem, blocks)
    )


def text_only(solution: Solution) -> Solution:
    """The solution without code and what it printed; texts that become neighbours are joined by a blank line."""
    texts = [block.content for block in solution.blocks if block.type == "text"]
    joined = "\n\n".join(text for text in texts if text.strip())
    return replace(solution, blocks=(Block("text", joined),) if joined else ())


# Dialects that write strings.


def _string(dialect: Dialect, problem: str, blocks: tuple[Block, ...]) -> Words:
    def rendered(count: int) -> str:
        return str(dialect.render(problem, Solution(blocks[:count])))

    def asked(count: int) -> int:
        return len(dialect.request(problem, blocks[:count]).prompt)

    text, begin = rendered(len(blocks)), asked(0)
    tail = rendered(0)[begin:]  # what follows the last block
    ends = [len(rendered(count)) - len(tail) for count in range(1, len(blocks))]
    ends += [len(text) - len(tail)] if blocks else []
    own: list[tuple[int, int]] = []
    for i, block in enumerate(blocks):
        if block.type != "execution":
            continue
        before = ends[i - 1] if i else begin
        # Code pauses at a stop string; the dialect may have to open an output to get to it.
        runs = i > 0 and blocks[i - 1].type == "code"
        own.append((begin, _stopped(dialect, text, before) if runs else before))
        begin = asked(i + 1) if i + 1 < len(blocks) else ends[i]
    last = len(text) - len(tail)
    stops = [tail.find(stop) + len(stop) for stop in dialect.stop if stop in tail]
    own.append((begin, last + min(stops, default=0)))
    return Words(text, tuple((first, last) for first, last in own if first < last), tuple(ends))


def _stopped(dialect: Dialect, text: str, end: int) -> int:
    """Where a generation stops whose last block ends at `end`: behind the first stop string from there."""
    found = [(text.find(stop, max(end - len(stop), 0)), stop) for stop in dialect.stop]
    return min((place + len(stop) for place, stop in found if place >= 0), default=end)


# Chats.


def _chat(dialect: ToolsDialect, problem: str, blocks: tuple[Block, ...], tokenizer: Any) -> Words:
    template = _Template(dialect, problem, blocks, tokenizer)
    text = template.written(len(blocks))
    begins = [i for i in range(len(blocks)) if _begins_message(blocks, i)]
    bounds = sorted({*begins, *(i for i, block in enumerate(blocks) if block.type == "execution"), len(blocks)})
    place = {i: template.place(i, text) for i in bounds}
    own: list[tuple[int, int]] = []
    for i in begins:
        first = template.place(i, text, asks=True)
        after = place[next(bound for bound in bounds if bound > i)]
        own.append((first, template.ended(text, first, after)))
    for block in blocks:
        if not _holds(text, escape_tokens(block.content)):
            raise ValueError(f"the chat template leaves out or changes {block.type} blocks; take another dialect")
    return Words(text, tuple(own), tuple(place[i] for i in bounds if i))


def _begins_message(blocks: Sequence[Block], i: int) -> bool:
    """Whether block `i` begins a message of the assistant; code goes with the text before it."""
    joined = i > 0 and blocks[i - 1].type == "text" and bool(blocks[i - 1].content)
    return blocks[i].type == "text" or (blocks[i].type == "code" and not joined)


def _holds(text: str, content: str) -> bool:
    """Whether a text has some content, as it is or as JSON; templates may take off blank space around it."""
    content = content.strip()
    return any(
        form in text
        for form in (content, json.dumps(content, ensure_ascii=False)[1:-1], json.dumps(content)[1:-1])
    )


class _Template:
    """Beginnings of one chat, written by a tokenizer's template."""

    def __init__(self, dialect: ToolsDialect, problem: str, blocks: tuple[Block, ...], tokenizer: Any):
        if not getattr(tokenizer, "chat_template", None):
            raise ValueError(
                "the tokenizer has no chat template, which the dialect tools needs; take another dialect"
            )
        self._tokenizer = tokenizer
        self._errors: Any = import_module("jinja2").TemplateError
        self._requests = [dialect.request(problem, blocks[:count]) for count in range(len(blocks) + 1)]
        added: Mapping[int, Any] = tokenizer.added_tokens_decoder
        self._special = {token.content for token in added.values() if token.special}

    def written(self, count: int, *, asks: bool = False) -> str:
        """The chat up to block `count`; with `asks`, also what stands before what the model is to write."""
        request = self._requests[count]
        messages = [_with_objects(message) for message in request.prompt if not isinstance(message, str)]
        try:
            return self._tokenizer.apply_chat_template(
                messages, tools=list(request.tools), tokenize=False, add_generation_prompt=asks
            )
        except (self._errors, TypeError, ValueError) as error:
            why = " ".join(str(error).split())
            raise ValueError(
                f"the chat template cannot write calls of a tool ({why}); take another dialect"
            ) from None

    def place(self, count: int, text: str, *, asks: bool = False) -> int:
        """How far into the whole text that goes."""
        begun = self.written(count, asks=asks)
        if not text.startswith(begun):
            raise ValueError("the chat template writes a message otherwise when more follow; take another dialect")
        return len(begun)

    def ended(self, text: str, first: int, last: int) -> int:
        """Where in a message the model stops: behind the last special token, if it has any."""
        found = [(text.rfind(token, first, last), token) for token in self._special]
        return max((place + len(token) for place, token in found if place >= 0), default=last)


def _with_objects(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message whose arguments are an object, as templates expect them; the wire has them as a string."""
    if "tool_calls" not in message:
        return dict(message)
    calls = [
        {**call, "function": {**call["function"], "arguments": json.loads(call["function"]["arguments"])}}
        for call in message["tool_calls"]
    ]
    return {**message, "tool_calls": calls}
