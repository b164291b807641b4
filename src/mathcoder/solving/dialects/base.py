r"""What a dialect is, and the part of reading one that all dialects share.

A dialect is how one family of models writes a solution. It turns a problem and the blocks so far into a
`Request`, and what the model wrote back into blocks. It runs nothing and asks nobody.

Trust: a model's words are read up to the first complete code block. That code has to run before anything
that follows can be true, so an output, a next message or a next question that the model made up is dropped.

Forgery: in prompts and transcripts a special token that is only content, `<|code|>` in a problem say, is
spelled `<\|code|>`, one backslash more than it had. Reading takes the backslash off again, so the spelling
is exact in both directions, and no problem and no output can open or close a block.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Unpack

from mathcoder.models.base import FinishReason, Request, Sampling
from mathcoder.solution import Block, BlockType, Solution

__all__ = [
    "Dialect",
    "Examples",
    "Piece",
    "Splitter",
    "Transcript",
    "Turn",
    "escape_tokens",
    "take_turn",
    "unescape_tokens",
]

Transcript = str | Sequence[Mapping[str, Any]]
Examples = tuple[tuple[str, Solution], ...]
Piece = tuple[BlockType, str]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one generation came to.

    Attributes:
        blocks: text and code, in order. No text block is blank. Code that was cut off is the last block.
        runnable: the last block is code, complete and waiting to be run.
        finished: the model ended its message; nothing is to be run or asked.
        continues: the model closed a block, not its message: it is to be asked to go on.
    """

    blocks: tuple[Block, ...]
    runnable: bool
    finished: bool
    continues: bool = False


class Dialect(Protocol):
    """How one family of models writes a solution. Instances are immutable and keep no state.

    Attributes:
        name: its key in `DIALECTS`.
        empty_output: what an execution block says where the code had no output.
        stop: strings at which a generation pauses.
    """

    name: ClassVar[str]
    empty_output: ClassVar[str]

    @property
    def stop(self) -> tuple[str, ...]: ...

    def request(
        self,
        problem: str,
        blocks: Sequence[Block] = (),
        **sampling: Unpack[Sampling],
    ) -> Request:
        """Ask for what follows `blocks`, executions included, in a solution of `problem`."""
        ...

    def splitter(self) -> Splitter:
        """A new parser of one generation, fed as it streams."""
        ...

    def read(
        self,
        text: str,
        *,
        finish_reason: FinishReason | None = "stop",
        stop: str | None = None,
        tool_calls: Sequence[Mapping[str, Any]] = (),
    ) -> Turn:
        """Blocks of one generation. The arguments are those of the last `Chunk`.

        With `finish_reason` "stop" a code block whose end is missing counts as complete, else as cut off.
        None: the caller stopped listening, as it does when a `Splitter` is `done`.
        """
        ...

    def render(self, problem: str, solution: Solution) -> Transcript:
        """The whole transcript, as a model is trained on it. `parse` gives back the blocks exactly."""
        ...

    def parse(self, transcript: Transcript) -> tuple[Block, ...]:
        """Blocks of the last solution in a transcript, or of a bare message. Its outputs are believed.

        Raises:
            TypeError: a string where the dialect has messages, or the other way round.
        """
        ...


# A special token as tokenizers spell them; `|x|` has one letter and is mathematics. The backslashes are ours.
_TOKEN = re.compile(r"<(\\*)\|(\w{2,32})\|>", re.ASCII)
_TOKEN_START = re.compile(r"<\\*(?:\|(?:\w{0,32}\|?)?)?\Z", re.ASCII)


def escape_tokens(text: str) -> str:
    r"""`text` with one more backslash in everything spelled like a special token: `<|code|>`, `<\|code|>`."""
    return _TOKEN.sub(r"<\\\1|\2|>", text)


def unescape_tokens(text: str) -> str:
    """The text that `escape_tokens` was given."""
    return _TOKEN.sub(lambda token: _unescaped(token) if token[1] else token[0], text)


def _unescaped(token: re.Match[str]) -> str:
    return f"<{token[1][1:]}|{token[2]}|>"


class Splitter:
    """Takes a generation piece by piece and tells which characters belong to which kind of block.

    A piece may end anywhere: characters that could be half of a marker are held until that is known, and
    blank text until something follows it.

    Attributes:
        blocks: the blocks that are closed.
        runnable: the last of them is code that is complete; nothing after it is read.
        finished: the model ended its message.
        done: nothing that follows counts, so the generation can be stopped.
    """

    tokens: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *, trusted: bool = False):
        """`trusted`: a transcript rather than a generation. Executions are read, and newlines kept as is."""
        self.blocks: list[Block] = []
        self.runnable = self.finished = self.done = False
        self._trusted = trusted
        self._buffer = ""  # may be the start of a token, or of CRLF
        self._deltas: list[Piece] = []
        self._type: BlockType | None = None  # of the open block
        self._parts: list[str] = []
        self._blank = True
        self._keep_blank = False

    def feed(self, text: str) -> list[Piece]:
        """Take the next piece; return (block type, new characters) pairs, in order."""
        self._take(text)
        return self._drain()

    def close(self, *, complete: bool = False) -> list[Piece]:
        """End the generation; return what was held. `complete`: open code is whole, it was not cut off."""
        if not self.done:
            self._take("", final=True)
        if not self.done:
            self._on_end()
            self._shut(complete=complete)
        self.done = True
        return self._drain()

    # What a dialect fills in.

    def _on_text(self, text: str) -> None:
        raise NotImplementedError

    def _on_token(self, name: str) -> None:
        raise NotImplementedError

    def _on_end(self) -> None:
        """Called before the last block is closed."""

    # What it builds on.

    def _open(self, kind: BlockType, *, keep_blank: bool = False) -> None:
        self._shut()
        self._type, self._keep_blank = kind, keep_blank
        self._parts, self._blank = [], True

    def _write(self, text: str) -> None:
        """Add to the open block, a text block where none is open."""
        if self._type is None:
            self._open("text")
        self._parts.append(text)
        if text and not self._blank:
            self._deltas.append((self._type or "text", text))
        elif text.strip():
            self._blank = False
            self._deltas.append((self._type or "text", "".join(self._parts)))

    def _shut(self, *, complete: bool = True) -> None:
        """Close the open block, if any. Complete code ends a generation; blank text is dropped."""
        kind, self._type = self._type, None
        dropped = not self._keep_blank if kind == "text" else not complete
        if kind is None or (self._blank and dropped):
            return
        self.blocks.append(Block(kind, "".join(self._parts)))
        if kind == "code" and complete and not self._trusted:
            self.runnable = self.done = True

    def _end(self, *, finished: bool) -> None:
        """Close the open block and read no further. Code that waits to be run is not the end of a message."""
        self._shut()
        self.finished = finished and not self.runnable
        self.done = True

    def _take(self, text: str, *, final: bool = False) -> None:
        if self.done:
            return
        text = self._buffer + text
        held = "\r" if text.endswith("\r") and not self._trusted and not final else ""
        text = text.removesuffix(held) if held else text
        if not self._trusted:
            text = text.replace("\r\n", "\n")
        position = 0
        for token in _TOKEN.finditer(text):
            self._pass(text[position : token.start()])
            if token[1]:
                self._pass(_unescaped(token))
            elif token[2] not in self.tokens:
                self._pass(token[0])
            elif not self.done:
                self._on_token(token[2])
            position = token.end()
        start = None if final else _TOKEN_START.search(text, position)
        end = start.start() if start else len(text)
        self._pass(text[position:end])
        self._buffer = text[end:] + held

    def _pass(self, text: str) -> None:
        if text and not self.done:
            self._on_text(text)

    def _drain(self) -> list[Piece]:
        deltas, self._deltas = self._deltas, []
        return deltas


def take_turn(splitter: Splitter, text: str, finish_reason: FinishReason | None, stop: str | None) -> Turn:
    """Read one whole generation. `stop` is the dialect's own stop string that ended it, if one did."""
    splitter.feed(text + (stop or ""))
    splitter.close(complete=finish_reason == "stop")
    return Turn(tuple(splitter.blocks), splitter.runnable, splitter.finished)
