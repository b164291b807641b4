"""Training as a person sees it: one line that stays in its place on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

__all__ = ["ProgressLine", "duration", "short_count"]

_GAP = 2


class ProgressLine:
    """Steps, tokens, losses, tokens a second, MFU, time left. A context manager.

    Args:
        console: where it is shown.
        steps: of the whole training.
    """

    def __init__(self, console: Console, steps: int):
        self._console = console
        self._steps = steps
        self._values: dict[str, Any] = {}
        self._step = self._tokens = 0
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None

    def start(self) -> None:
        """Show it from now on."""
        if self._live:
            self._live.start()

    def update(self, step: int, tokens: int, left: float | None = None) -> None:
        """A step is done.

        Args:
            tokens: trained on so far.
            left: seconds until all are done.
        """
        self._step, self._tokens, self._values["left"] = step, tokens, left
        self._refresh()

    def measured(self, values: Mapping[str, Any]) -> None:
        """Something was measured: the values of a line of `metrics.jsonl`. Without a terminal it is a line."""
        losses = {**self._values.get("held_out", {}), **values.get("held_out", {})}
        self._values |= {**values, "held_out": losses}
        self._refresh()
        if not self._live:
            shown = self._parts({"left": self._values.get("left"), **values}, whole=True)
            self._say((" " * _GAP).join(text for _, text in shown))

    def say(self, text: str) -> None:
        """A line that stays."""
        self._say(text)

    def close(self) -> None:
        """Leave the line as it is. Calling it twice is fine."""
        if self._live:
            self._live.stop()

    def __enter__(self) -> ProgressLine:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _say(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)

    def _refresh(self) -> None:
        if self._live:
            self._live.update(self._line(), refresh=True)

    def _line(self) -> Text:
        """What fits on the line: where it does not, what matters least is left out."""
        parts = self._parts(self._values)
        while len(parts) > 1 and sum(len(text) + _GAP for _, text in parts) - _GAP > self._console.width:
            parts.remove(max(parts))
        line = Text((" " * _GAP).join(text for _, text in parts), no_wrap=True, overflow="ellipsis")
        line.stylize("bold", 0, len(parts[0][1]))
        return line

    def _parts(self, values: Mapping[str, Any], *, whole: bool = False) -> list[tuple[int, str]]:
        """What there is to say, in the order it is shown in; the lower the number, the more it matters.

        Args:
            whole: the loss on each source that is held out, not their mean.
        """
        solved = values.get("solved")
        said = [
            (0, f"{self._step:,}/{self._steps:,}"),
            (7, f"{short_count(self._tokens)} tok"),
            (1, _said(values.get("loss"), "loss {:.3f}")),
            (3, _held_out(values.get("held_out") or {}, whole)),
            (6, f"solved {solved['right']}/{solved['of']}" if solved else ""),
            (2, _said(values.get("tokens_per_second"), "{} tok/s", short_count)),
            (5, _said(values.get("mfu"), "MFU {:.1%}")),
            (4, _said(values.get("left"), "{} left", duration)),
        ]
        return [(rank, text) for rank, text in said if text]


def _held_out(losses: Mapping[str, float | None], whole: bool) -> str:
    known = {name: loss for name, loss in losses.items() if loss is not None}
    if not known:
        return ""
    if whole:
        return "held out " + ", ".join(f"{name} {loss:.3f}" for name, loss in known.items())
    return f"held out {sum(known.values()) / len(known):.3f}"


def _said(value: float | None, text: str, form: Any = None) -> str:
    return "" if value is None else text.format(form(value) if form else value)


def short_count(number: float) -> str:
    """In three digits or so: 950, 12.3k, 4.56M."""
    for limit, sign in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= limit * 0.9995:
            return f"{number / limit:#.3g}".rstrip(".") + sign
    return f"{number:.0f}"


def duration(seconds: float) -> str:
    """In its two largest units: 2d04h, 3h07m, 12m05s, 9s."""
    whole = round(seconds)
    for unit, lower, large, small in ((86_400, 3_600, "d", "h"), (3_600, 60, "h", "m"), (60, 1, "m", "s")):
        if whole >= unit:
            return f"{whole // unit}{large}{whole % unit // lower:02}{small}"
    return f"{whole}s"
