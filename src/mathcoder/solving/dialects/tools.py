"""Tool calls in the OpenAI chat format: one tool, `python`, whose one argument is `code`.

A text block is an assistant message, or goes with the call that follows it; a code block is a call; an
execution is the tool's message. Any server that offers tool calls speaks it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Unpack, cast

from mathcoder.models.base import FinishReason, Request, Sampling
from mathcoder.solution import Block, Solution
from mathcoder.solving.dialects.base import (
    Examples,
    Splitter,
    Transcript,
    Turn,
    escape_tokens,
    take_turn,
    unescape_tokens,
)

__all__ = ["ToolsDialect", "message_text"]

_PYTHON: Mapping[str, Any] = {
    "type": "function",
    "function": {
        "name": "python",
        "description": "Run Python. Names live on from call to call. Returns what is printed and the value "
        "of a trailing expression, or the error.",
        "parameters": {
            "type": "object",
            "properties": {"code": {"type": "string", "description": "the Python to run"}},
            "required": ["code"],
        },
    },
}


@dataclass(frozen=True, slots=True)
class ToolsDialect:
    r"""Chat messages with calls of one `python` tool.

    Attributes:
        system: the system message; "" for none.
        examples: solved problems shown before the question.
    """

    name: ClassVar[str] = "tools"
    empty_output: ClassVar[str] = "(no output)"

    system: str = (
        "Solve the problem step by step. Use the python tool where a computation is needed. Put the final "
        "answer in \\boxed{}."
    )
    examples: Examples = ()

    @property
    def stop(self) -> tuple[str, ...]:
        return ()

    def request(
        self,
        problem: str,
        blocks: Sequence[Block] = (),
        **sampling: Unpack[Sampling],
    ) -> Request:
        messages = self._messages(problem, blocks)
        return Request(messages, tools=(_PYTHON,), **sampling)

    def splitter(self) -> Splitter:
        """Of the text; calls arrive whole, with the last chunk."""
        return _ToolsSplitter()

    def read(
        self,
        text: str,
        *,
        finish_reason: FinishReason | None = "stop",
        stop: str | None = None,
        tool_calls: Sequence[Mapping[str, Any]] = (),
    ) -> Turn:
        """Text and the first call; further calls were written without its result, and are dropped."""
        blocks = take_turn(self.splitter(), text, finish_reason, None).blocks
        if not tool_calls:
            return Turn(blocks, runnable=False, finished=finish_reason in ("stop", "tool_calls"))
        code, complete = _code_of(tool_calls[0])
        complete = complete and finish_reason != "length"
        if not complete and not code.strip():
            return Turn(blocks, runnable=False, finished=False)
        return Turn((*blocks, Block("code", code)), runnable=complete, finished=False)

    def render(self, problem: str, solution: Solution) -> list[dict[str, Any]]:
        return self._messages(problem, solution.blocks)

    def parse(self, transcript: Transcript) -> tuple[Block, ...]:
        """Also raises ValueError: a message is not one of the chat format; the message names its place."""
        if isinstance(transcript, str):
            raise TypeError("the tools dialect parses chat messages, not a string")
        blocks: list[Block] = []
        for i, message in enumerate(transcript):
            role = message.get("role")
            if role == "user":
                blocks = []
            elif role == "assistant":
                text, calls = message_text(message, i), _calls_of(message, i)
                if text or (text == "" and not calls):
                    blocks.append(Block("text", unescape_tokens(text)))
                blocks += [Block("code", _code_of(call)[0]) for call in calls]
            elif role == "tool":
                blocks.append(Block("execution", unescape_tokens(message_text(message, i) or "")))
            elif role not in ("system", "developer"):
                raise ValueError(f"messages[{i}].role is {role!r}: not a role of the chat format")
        return tuple(blocks)

    def _messages(self, problem: str, blocks: Sequence[Block]) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = [{"role": "system", "content": self.system}] if self.system else []
        for question, solution in self.examples:
            messages += _turn(question, solution.blocks)
        return messages + _turn(problem, blocks)


def _turn(problem: str, blocks: Sequence[Block]) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = [{"role": "user", "content": escape_tokens(problem)}]
    call = ""
    for i, block in enumerate(blocks):
        content = escape_tokens(block.content)
        if block.type == "execution":
            messages.append({"role": "tool", "tool_call_id": call, "content": content})
        elif block.type == "text":
            messages.append({"role": "assistant", "content": content})
        else:
            call = f"call_{i}"
            if not (i and blocks[i - 1].type == "text" and blocks[i - 1].content):
                messages.append({"role": "assistant", "content": None})
            function = {"name": "python", "arguments": json.dumps({"code": content})}
            messages[-1]["tool_calls"] = [{"id": call, "type": "function", "function": function}]
    return messages


def message_text(message: Mapping[str, Any], i: int) -> str | None:
    """The content of chat message number `i`: a string, null, or a list of parts, whose texts are joined.

    Raises:
        ValueError: it is something else.
    """
    content = message.get("content")
    if content is None or isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = cast("list[object]", content)
        texts = [cast("dict[str, Any]", part).get("text", "") for part in parts if isinstance(part, dict)]
        return "".join(text for text in texts if isinstance(text, str))
    raise ValueError(f"messages[{i}].content must be a string, a list of parts or null")


def _calls_of(message: Mapping[str, Any], i: int) -> list[Mapping[str, Any]]:
    calls: object = message.get("tool_calls") or []
    if isinstance(calls, list) and all(isinstance(call, Mapping) for call in cast("list[object]", calls)):
        return cast("list[Mapping[str, Any]]", calls)
    raise ValueError(f"messages[{i}].tool_calls must be a list of objects")


def _code_of(call: Mapping[str, Any]) -> tuple[str, bool]:
    """The code of a call, and whether it is whole.

    Arguments should be a JSON object with `code`. Models also write one other string key, a bare JSON string,
    raw newlines inside the string, or simply Python.
    """
    function: object = call.get("function")
    written = cast("Mapping[str, object]", function).get("arguments") if isinstance(function, Mapping) else None
    if written is None:
        return "", False
    if not isinstance(written, str):
        written = json.dumps(written)  # some servers parse the arguments already
    try:
        value: object = json.loads(written, strict=False)
    except (ValueError, RecursionError):
        return unescape_tokens(written), not written.lstrip().startswith(("{", '"'))
    if isinstance(value, dict):
        arguments = cast("dict[str, object]", value)
        strings = [item for item in arguments.values() if isinstance(item, str)]
        value = arguments.get("code", strings[0] if len(strings) == 1 else None)
        if not isinstance(value, str):
            return unescape_tokens(written), False
    return unescape_tokens(value if isinstance(value, str) else written), True


class _ToolsSplitter(Splitter):
    def _on_text(self, text: str) -> None:
        self._write(text)
