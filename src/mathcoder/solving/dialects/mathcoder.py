"""MathCoder's own dialect: special tokens around each block (arXiv 2310.03731, section 2.1).

    <|system|><|text|>...<|endofblock|><|endofmessage|><|user|><|text|>...<|endofblock|><|endofmessage|>
    <|assistant|><|text|>...<|endofblock|><|code|>...<|endofblock|><|execution|>...<|endofblock|> ...
    <|endofmessage|>

without the line breaks. The server must return special tokens as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Unpack, cast, get_args

from mathcoder.models.base import FinishReason, Request, Sampling
from mathcoder.solution import Block, BlockType, Solution
from mathcoder.solving.dialects.base import Examples, Splitter, Transcript, Turn, escape_tokens, take_turn

__all__ = ["MathCoderDialect"]

_BLOCK_END = "<|endofblock|>"
_MESSAGE_END = "<|endofmessage|>"


@dataclass(frozen=True, slots=True)
class MathCoderDialect:
    r"""Special tokens around each block.

    Attributes:
        system: the system prompt. A checkpoint trained with another one answers best to that one.
        examples: solved problems shown before the question; MathCoder's models need none.
    """

    name: ClassVar[str] = "mathcoder"
    empty_output: ClassVar[str] = "<empty_execution>"

    system: str = "Solve the problem step by step and put the final answer in \\boxed{}."
    examples: Examples = ()

    @property
    def stop(self) -> tuple[str, ...]:
        return (_BLOCK_END, _MESSAGE_END)

    def request(
        self,
        problem: str,
        blocks: Sequence[Block] = (),
        **sampling: Unpack[Sampling],
    ) -> Request:
        return Request(self._prompt(problem, blocks), self.stop, **sampling)

    def splitter(self) -> Splitter:
        return _MathCoderSplitter()

    def read(
        self,
        text: str,
        *,
        finish_reason: FinishReason | None = "stop",
        stop: str | None = None,
        tool_calls: Sequence[Mapping[str, Any]] = (),
    ) -> Turn:
        """A generation is one block. One that ended by itself with nothing in it ended the message.

        Not every server tells which string it stopped at: a text block that is there is taken as closed.
        """
        turn = take_turn(self.splitter(), text, finish_reason, stop if stop in self.stop else None)
        finished = turn.finished or (finish_reason == "stop" and stop is None and not turn.blocks)
        continues = finish_reason == "stop" and bool(turn.blocks) and not turn.runnable and not finished
        return Turn(turn.blocks, turn.runnable, finished, continues)

    def render(self, problem: str, solution: Solution) -> str:
        return self._prompt(problem, solution.blocks) + _MESSAGE_END

    def parse(self, transcript: Transcript) -> tuple[Block, ...]:
        if not isinstance(transcript, str):
            raise TypeError("the mathcoder dialect parses a string, not chat messages")
        splitter = _MathCoderSplitter(trusted=True)
        splitter.feed(transcript)
        splitter.close()
        return tuple(splitter.blocks)

    def _prompt(self, problem: str, blocks: Sequence[Block]) -> str:
        messages = [f"<|system|><|text|>{self.system}{_BLOCK_END}{_MESSAGE_END}"]
        for question, solution in self.examples:
            messages.append(_message(question, solution.blocks) + _MESSAGE_END)
        return "".join(messages) + _message(problem, blocks)


def _message(problem: str, blocks: Sequence[Block]) -> str:
    question = f"<|user|><|text|>{escape_tokens(problem)}{_BLOCK_END}{_MESSAGE_END}<|assistant|>"
    return question + "".join(f"<|{block.type}|>{escape_tokens(block.content)}{_BLOCK_END}" for block in blocks)


class _MathCoderSplitter(Splitter):
    types: ClassVar[frozenset[str]] = frozenset(get_args(BlockType))
    roles: ClassVar[frozenset[str]] = frozenset({"system", "user", "assistant"})
    tokens = types | roles | {"endofblock", "endofmessage"}

    _role = "assistant"  # a bare message is the assistant's

    def _on_text(self, text: str) -> None:
        if self._role == "assistant":
            self._write(text)

    def _on_token(self, name: str) -> None:
        if self._trusted:
            self._on_trusted_token(name)
        elif name in ("endofmessage", *self.roles):
            self._end(finished=True)
        elif name == "execution":
            self._end(finished=False)
        elif name == "endofblock":
            self._shut()
        else:
            self._begin(name)

    def _on_trusted_token(self, name: str) -> None:
        if name in self.roles:
            self._shut()
            self._role = name
            if name == "assistant":
                self.blocks.clear()
        elif self._role == "assistant":
            if name in self.types:
                self._begin(name)
            else:
                self._shut()

    def _begin(self, name: str) -> None:
        """A block begins; one that was not closed ends here, and if it was code it has to be run first."""
        self._shut()
        if not self.done:
            self._open(cast("BlockType", name), keep_blank=self._trusted)
