"""Words only: chain of thought without code. What is written is one text block; nothing is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from mathcoder.models.base import FinishReason
from mathcoder.solving.dialects.base import Splitter, Turn, take_turn
from mathcoder.solving.dialects.markdown import MarkdownDialect

__all__ = ["ProseDialect"]


@dataclass(frozen=True, slots=True)
class ProseDialect(MarkdownDialect):
    r"""The prompts of the Markdown dialect, with a reply that is read as text whatever it holds.

    It is no member of `DIALECTS`: a solution with code in it cannot be written in it.
    """

    name: ClassVar[str] = "prose"

    system: str = "Solve the problem step by step in words and formulas. Put the final answer in \\boxed{}."

    @property
    def stop(self) -> tuple[str, ...]:
        return ("\nQuestion:",) if self.template == "plain" else ("<|im_end|>",)

    def splitter(self) -> Splitter:
        return _ProseSplitter()

    def read(
        self,
        text: str,
        *,
        finish_reason: FinishReason | None = "stop",
        stop: str | None = None,
        tool_calls: Sequence[Mapping[str, Any]] = (),
    ) -> Turn:
        """A generation that ended by itself or at a stop string ended the message."""
        turn = take_turn(_ProseSplitter(), text, finish_reason, None)
        return Turn(turn.blocks, runnable=False, finished=turn.finished or finish_reason == "stop")


class _ProseSplitter(Splitter):
    tokens = frozenset({"im_start", "im_end", "endoftext", "endofmessage"})

    def _on_text(self, text: str) -> None:
        self._write(text)

    def _on_token(self, name: str) -> None:
        self._end(finished=True)
