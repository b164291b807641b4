"""Shows a solution on a terminal as it comes: prose, code in a bar, outputs in green or red, the answer last."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.syntax import Syntax
from rich.text import Text

from mathcoder.solution import Solution
from mathcoder.solving import Delta, Event, Executed, Solved
from mathcoder.solving.text import shorten_middle

_ENDS = {
    "no_answer": "the model ended without an answer",
    "empty": "the model wrote nothing",
    "rounds": "the limit on rounds was reached",
    "tokens": "the limit on tokens was reached",
    "time": "the time was up",
    "repeated_error": "the same code failed twice",
    "model_error": "the model failed",
}
_BAR = "│ "


class Trace:
    """Writes events to a console. Model and program text is never read as markup."""

    def __init__(self, console: Console, output_chars: int = 1500):
        self._console = console
        self._output_chars = output_chars
        self._block: str | None = None
        self._at_start = True

    def problem(self, text: str) -> None:
        """The question, above its solution."""
        self._console.print(Text(printable(text), style="bold"))
        self._console.print()

    def follow(self, events: Iterable[Event]) -> Solved:
        """Show every event; the last one is returned."""
        for event in events:
            if isinstance(event, Delta):
                self._delta(event)
            elif isinstance(event, Executed):
                self._close()
                self._execution(event)
            else:
                self._close()
                self.answer(event)
                return event
        raise ValueError("the events did not end with Solved")

    def solution(self, solution: Solution) -> None:
        """A whole solution at once, its code highlighted."""
        for block in solution.blocks:
            if block.type == "text":
                self._console.print(Text(printable(block.content.strip())))
            elif block.type == "code":
                code = Syntax(
                    printable(block.content.strip("\n")), "python", background_color="default", word_wrap=True
                )
                self._barred(code, "cyan")
            else:
                self._output(block.content, failed="Traceback (most recent call last)" in block.content)

    def _delta(self, delta: Delta) -> None:
        if delta.type != self._block:
            self._close()
            self._block = delta.type
        style = "cyan" if delta.type == "code" else ""
        for line in printable(delta.text).splitlines(keepends=True):
            if self._at_start and delta.type == "code":
                self._console.print(Text(_BAR, style="blue"), end="")
            self._console.print(Text(line, style=style), end="", soft_wrap=True)
            self._at_start = line.endswith("\n")

    def _close(self) -> None:
        if self._block is not None and not self._at_start:
            self._console.print()
        self._block, self._at_start = None, True

    def _execution(self, event: Executed) -> None:
        self._output(event.block.content, failed=not event.execution.ok)
        if event.execution.images:
            self._console.print(Text(f"  ({len(event.execution.images)} figures)", style="dim"))

    def _output(self, content: str, failed: bool) -> None:
        text = printable(shorten_middle(content.strip("\n"), self._output_chars)) or "(no output)"
        self._barred(Text(text, style="red" if failed else "green"), "red" if failed else "green")

    def _barred(self, renderable: Syntax | Text, colour: str) -> None:
        width = max(20, self._console.width - len(_BAR))
        for line in self._console.render_lines(renderable, self._console.options.update(width=width), pad=False):
            self._console.print(Text(_BAR, style=colour), end="")
            parts = [Text(part.text, style=part.style or "") for part in line]
            self._console.print(*parts, sep="", soft_wrap=True)

    def answer(self, solved: Solved) -> None:
        """The answer, and what it cost."""
        solution = solved.solution
        cost = solution.cost
        self._console.print()
        if solution.answer is not None:
            answer = Text(printable(solution.answer), style="bold green")
            self._console.print(Text("Answer: ", style="bold"), answer, sep="")
        else:
            self._console.print(Text("No answer", style="bold yellow"))
        parts = [f"{cost.completion_tokens} tokens", f"{cost.rounds} rounds", f"model {cost.model_seconds:.1f} s"]
        parts.append(f"sandbox {cost.sandbox_seconds:.2f} s")
        if solution.ended in _ENDS:
            parts.append(_ENDS[solution.ended])
        self._console.print(Text(" · ".join(parts), style="dim"))


def printable(text: str) -> str:
    """Without the control characters that could drive a terminal."""
    return "".join(char if char in "\n\t" or char.isprintable() else "\ufffd" for char in text)
