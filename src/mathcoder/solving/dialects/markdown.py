"""Markdown: code in ```python fences, what it printed in ```output fences.

So write ToRA (arXiv 2309.17452) and Qwen2.5-Math-Instruct (arXiv 2409.12122); other models take to it with
an example or two. Fences are CommonMark's: content that holds a fence gets a longer one.

Three things keep a transcript exact. In text, a line that would be read as a fence, as the next question or
as the text mark begins with a backslash more than it had. The text mark, a line of its own, stands before
text that follows text and before blank text. A newline stands between blocks and belongs to none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Unpack

from mathcoder.models.base import FinishReason, Request, Sampling
from mathcoder.solution import Block, BlockType, Solution
from mathcoder.solving.dialects.base import Examples, Splitter, Transcript, Turn, escape_tokens, take_turn

__all__ = ["MarkdownDialect"]

_TEXT_MARK = "<!-- text -->"
_LINE_MARKS = ("```", _TEXT_MARK)
_CODE_FENCES = ("", "python", "python3", "py", "ipython")
_OUTPUT_FENCES = ("output", "execution", "result", "stdout")
_FENCE = re.compile(r"([ \t]*)(`{3,})([^`\n]*)")


@dataclass(frozen=True, slots=True)
class MarkdownDialect:
    r"""Code and output in Markdown fences.

    Attributes:
        system: the instruction at the head of the prompt; "" for none.
        examples: solved problems shown before the question. A base model needs them.
        template: "chatml" for instruct models (`<|im_start|>role`, as Qwen and SmolLM2 have it), "plain" for
            base models, which go on with `Question: ... Answer:`.
    """

    name: ClassVar[str] = "markdown"
    empty_output: ClassVar[str] = ""

    system: str = (
        "Solve the problem step by step. Where a computation is needed, write Python in a ```python block; "
        "its output follows in an ```output block. Put the final answer in \\boxed{}."
    )
    examples: Examples = ()
    template: Literal["chatml", "plain"] = "chatml"

    @property
    def stop(self) -> tuple[str, ...]:
        return ("```output", "\nQuestion:" if self.template == "plain" else "<|im_end|>")

    def request(
        self,
        problem: str,
        blocks: Sequence[Block] = (),
        **sampling: Unpack[Sampling],
    ) -> Request:
        prompt = self._prompt(problem) + self._body(blocks) + ("\n" if blocks else "")
        return Request(prompt, self.stop, **sampling)

    def splitter(self) -> Splitter:
        return _MarkdownSplitter(self._line_marks)

    def read(
        self,
        text: str,
        *,
        finish_reason: FinishReason | None = "stop",
        stop: str | None = None,
        tool_calls: Sequence[Mapping[str, Any]] = (),
    ) -> Turn:
        """A generation that ended by itself, not before an output, ended the message."""
        ours = stop if stop in self.stop else None
        splitter = _MarkdownSplitter(self._line_marks)
        turn = take_turn(splitter, text, finish_reason, ours)
        if splitter.swallowed:
            turn = take_turn(_MarkdownSplitter(self._line_marks, strings=False), text, finish_reason, ours)
        ended = finish_reason == "stop" and ours is None and not turn.runnable
        return Turn(turn.blocks, turn.runnable, turn.finished or ended)

    def render(self, problem: str, solution: Solution) -> str:
        end = "" if self.template == "plain" else "<|im_end|>\n"
        return self._prompt(problem) + self._body(solution.blocks) + end

    def parse(self, transcript: Transcript) -> tuple[Block, ...]:
        """Also of a transcript with CRLF line ends throughout, which are read as LF."""
        if not isinstance(transcript, str):
            raise TypeError("the markdown dialect parses a string, not chat messages")
        if "\n" not in transcript.replace("\r\n", ""):
            transcript = transcript.replace("\r\n", "\n")
        for strings in (True, False):
            splitter = _MarkdownSplitter(self._line_marks, strings=strings, trusted=True)
            splitter.feed(transcript)
            splitter.close()
            if not splitter.swallowed:
                break
        return tuple(splitter.blocks)

    @property
    def _line_marks(self) -> tuple[str, ...]:
        return (*_LINE_MARKS, "Question:") if self.template == "plain" else _LINE_MARKS

    def _prompt(self, problem: str) -> str:
        """Everything before the answer, which begins on a new line."""
        asked: list[tuple[str, str]] = [(question, self._body(s.blocks)) for question, s in self.examples]
        asked.append((problem, ""))
        if self.template == "plain":
            system = [self.system] if self.system else []
            return "\n\n".join(system + [self._plain(*turn) for turn in asked])
        system = f"<|im_start|>system\n{self.system}<|im_end|>\n" if self.system else ""
        return system + "<|im_end|>\n".join(self._chatml(*turn) for turn in asked)

    def _plain(self, problem: str, body: str) -> str:
        question = escape_tokens(_escape_lines(problem, ("Question:", "Answer:")))
        return f"Question: {question}\nAnswer:\n{body}"

    def _chatml(self, problem: str, body: str) -> str:
        user = f"<|im_start|>user\n{escape_tokens(problem)}<|im_end|>\n"
        return f"{user}<|im_start|>assistant\n{body}"

    def _body(self, blocks: Sequence[Block]) -> str:
        parts: list[str] = []
        for i, block in enumerate(blocks):
            if block.type == "text":
                if not block.content.strip() or (i and blocks[i - 1].type == "text"):
                    parts.append(_TEXT_MARK)
                parts.append(_escape_lines(block.content, self._line_marks))
            else:
                fence = _fence_for(block)
                parts += [fence + ("python" if block.type == "code" else "output"), block.content, fence]
        return escape_tokens("\n".join(parts))


def _line_mark(marks: tuple[str, ...], escaped: str) -> re.Pattern[str]:
    return re.compile(rf"^([ \t]*)({escaped})(?={'|'.join(map(re.escape, marks))})", re.MULTILINE)


def _escape_lines(text: str, marks: tuple[str, ...]) -> str:
    return _line_mark(marks, r"\\*").sub(r"\1\\\2", text)


def _unescape_line(line: str, marks: tuple[str, ...]) -> str:
    return _line_mark(marks, r"\\+").sub(lambda match: match[1] + match[2][1:], line, count=1)


def _fence_for(block: Block) -> str:
    """Three backticks, or more where three would be read wrongly: see `_MarkdownSplitter`."""
    inner = [len(fence[2]) for fence in map(_FENCE.match, block.content.split("\n")) if fence]
    quote = ""
    if block.type == "code":
        for line in block.content.split("\n"):
            quote = _quote_after(line, quote)
    return "`" * max([3, *(length + 1 for length in inner), 4 if quote else 3])


def _quote_after(line: str, quote: str) -> str:
    """The triple quote that is open after a line of Python, given the one open before it, "" for none."""
    for token in re.findall(r"\\.|\"{3}|'{3}|[\"'#]", line):
        if not quote:
            if token == "#":
                break
            quote = token if token[0] in "\"'" else ""
        elif token == quote:
            quote = ""
    return quote if len(quote) == 3 else ""


@dataclass(slots=True)
class _Fence:
    """An open fence. `type` is None where the fence is part of a text, ```latex say."""

    type: BlockType | None
    indent: int
    length: int
    quote: str = ""  # the triple quote that is open in its Python


class _MarkdownSplitter(Splitter):
    """Reads line by line; a line flows through as soon as it cannot be a fence or a mark any more.

    A fence of four or more backticks is CommonMark's: only as many backticks on a line of their own end it.
    One of three, which is what models write, also ends where the next named fence begins, and does not end
    inside a triple-quoted Python string.

    Attributes:
        swallowed: code was still open at the end, and a fence inside a string could have closed it.
    """

    tokens = frozenset({"im_start", "im_end", "endoftext"})

    def __init__(self, marks: tuple[str, ...], *, strings: bool = True, trusted: bool = False):
        super().__init__(trusted=trusted)
        self._marks = marks
        self._strings = strings
        self._passed_fence = self.swallowed = False
        self._line = ""
        self._flows = False  # the line is content, and what came of it was written
        self._newline = ""  # written before the next line of the same block
        self._fence: _Fence | None = None
        self._aside: Literal["", "role", "message", "problem"] = ""  # not a solution's text

    def _on_text(self, text: str) -> None:
        for piece in re.findall(r"\n|[^\n]+", text):
            if self.done:
                return
            if piece == "\n":
                self._end_line()
                continue
            self._line += piece
            if self._flows:
                self._write(piece)
            elif not self._undecided():
                self._begin_line()

    def _on_token(self, name: str) -> None:
        self._on_end()
        if self.done:
            return
        if not self._trusted:
            self._end(finished=True)
            return
        self._shut()
        self._fence, self._newline = None, ""
        self._aside = "role" if name == "im_start" else "message"

    def _on_end(self) -> None:
        self._end_line()
        if self._passed_fence and self._fence and self._fence.type == "code":
            self.swallowed = True

    def _undecided(self) -> bool:
        """Whether the line so far may turn out to be a fence or a mark."""
        if self._aside:
            return True
        rest = self._line.lstrip(" \t")
        if self._fence:
            marks = ("```",)
        else:
            rest, marks = rest.lstrip("\\"), self._marks
        return any(mark.startswith(rest) or rest.startswith(mark) for mark in marks)

    def _begin_line(self) -> None:
        """Write a line that turned out to be content, or as much of it as there is."""
        line = self._line
        if self._fence and self._fence.type:
            margin = len(line) - len(line.lstrip(" \t"))
            line = line[min(self._fence.indent, margin) :]
        elif not self._fence:
            line = _unescape_line(line, self._marks)
        self._write(self._newline + line)
        self._newline = ""
        self._flows = True

    def _end_line(self) -> None:
        if not self._flows and not self._is_marker(self._line) and not self.done:
            self._begin_line()
        if self._fence and self._fence.type == "code" and self._flows:
            self._fence.quote = _quote_after(self._line, self._fence.quote) if self._strings else ""
        self._newline = "\n" if self._flows else ""
        self._line, self._flows = "", False

    def _is_marker(self, line: str) -> bool:
        """Act on a line that is not content; say whether it was one."""
        if self._aside:
            self._read_aside(line)
            return True
        fence = _FENCE.fullmatch(line)
        if fence:
            return self._on_fence(len(fence[1]), len(fence[2]), fence[3].strip())
        if self._fence:
            return False
        if line.rstrip() == _TEXT_MARK:
            self._start("text", keep_blank=self._trusted)
            return True
        if "Question:" in self._marks and line.startswith("Question:"):
            if self._trusted:
                self._shut()
                self._aside = "problem"
            else:
                self._end(finished=True)
            return True
        return False

    def _on_fence(self, indent: int, length: int, info: str) -> bool:
        language = re.split(r"[\s{}:,]", info.lower().lstrip("{."))[0]
        kind: BlockType | None = None
        if language in _CODE_FENCES:
            kind = "code"
        elif language in _OUTPUT_FENCES:
            kind = "execution"
        if self._fence:
            closes = not info and length >= self._fence.length
            opens = bool(info and kind and self._fence.length == 3)
            if not closes and not opens:
                return False
            if self._fence.quote and self._fence.length == 3:
                self._passed_fence = True
                return False
            inside, self._fence = self._fence.type, None
            if closes:
                if inside:
                    self._shut()
                return bool(inside)
        if kind == "execution" and not self._trusted:
            self._end(finished=False)
            return True
        if kind:
            self._start(kind)
        if not self.done:
            self._fence = _Fence(kind, indent, length)
        return bool(kind)

    def _start(self, kind: BlockType, *, keep_blank: bool = False) -> None:
        self._shut()
        if not self.done:
            self._open(kind, keep_blank=keep_blank)

    def _read_aside(self, line: str) -> None:
        """A line of a transcript that belongs to a prompt, not to a solution."""
        rest = ""
        if self._aside == "role":
            begins = line.strip() == "assistant"
            self._aside = "message"
        else:
            begins = self._aside == "problem" and line.startswith("Answer:")
            rest = line.removeprefix("Answer:").strip()
        if not begins:
            return
        self._aside = ""
        self.blocks.clear()
        if rest:
            self._line = rest
            self._begin_line()
