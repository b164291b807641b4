"""What reading a TeX source keeps: the stack of texts, open environments, definitions, and what was lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from mathcoder.extraction.document import Document
from mathcoder.extraction.flow import Flow, item, markdown_table
from mathcoder.extraction.tex_macros import Macros, argument
from mathcoder.extraction.tex_scan import close_bracket, skip_blanks
from mathcoder.extraction.tex_text import LABELLED

__all__ = ["MOST_MISSES", "MOST_NESTED", "Environment", "Open", "Read", "State"]

Read = Callable[[str], str | None]

MOST_NESTED = 60  # environments, macros in macros, files in files
MOST_MISSES = 100


class Environment(NamedTuple):
    arguments: int
    default: str | None
    begin: str
    end: str


@dataclass(slots=True)
class Open:
    """An environment that is open: its own flow if it collects items or cells."""

    name: str
    kind: str  # plain, list, table
    flow: Flow
    items: list[str] = field(default_factory=list[str])
    rows: list[list[str]] = field(default_factory=list[list[str]])
    count: int = 0


class State:
    """The state of one source's reading, and the small steps on it.

    Args:
        read: gives the content of an included file, or None.
        outer: what a title or label inside a text takes its macros from.
    """

    def __init__(self, read: Read | None = None, outer: State | None = None) -> None:
        self.read = read
        self.depth: int = outer.depth + 1 if outer else 0
        self.macros = outer.macros if outer else Macros()
        self.environments: dict[str, Environment] = outer.environments if outer else {}
        self.aliases: dict[str, str] = outer.aliases if outer else {}
        self.labels: dict[str, str] = outer.labels if outer else dict(LABELLED)
        self.true: set[str] = outer.true if outer else {"iftrue"}
        self.dropped: dict[str, None] = outer.dropped if outer else {}
        self.flow = Flow()
        self.open: list[Open] = []
        self.texts: list[tuple[str, int, int]] = []  # text, position, how deep in macros and files
        self.misses: int = 0  # ends that were looked for in vain
        self.left = 0  # macros that may still be expanded in running text
        self.files = 0
        self.title = ""

    def document(self) -> Document:
        text = self.flow.result()
        if self.title and not text.startswith("# "):
            text = f"# {self.title}\n\n{text}".strip()
        return Document(text, self.title, dropped=tuple(self.dropped))

    def push(self, text: str, position: int, level: int, over: str) -> int:
        """Reads `over` first, then `text` from `position` on."""
        self.texts.append((text, position, level))
        self.texts.append((over, 0, level + 1))
        return -1

    def drop(self, reason: str) -> None:
        if len(self.dropped) < 100:
            self.dropped.setdefault(" ".join(reason.split()))

    def find(self, text: str, closing: str, position: int) -> int:
        """`str.find` for an end; after many vain searches a source is taken to be broken, and none is made."""
        if self.misses > MOST_MISSES:
            return -1
        end = text.find(closing, position)
        self.misses += end < 0
        return end

    def past_options(self, text: str, position: int) -> int:
        while text.startswith("[", position):
            end = close_bracket(text, position + 1)
            if end < 0:
                break
            position = end + 1
        return position

    def swallow(self, text: str, position: int, count: int) -> int:
        position = self.past_options(text, position)
        for _ in range(count):
            after = skip_blanks(text, position)
            if not text.startswith("{", after):
                break
            position = argument(text, after)[1]
        return position

    def cell(self) -> None:
        self.open[-1].rows[-1].append(self.flow.line())
        self.flow = Flow()

    def row(self) -> None:
        self.cell()
        self.open[-1].rows.append([])

    def finish_item(self) -> None:
        opened = self.open[-1]
        words = self.flow.result()
        self.flow = Flow()
        if words:
            opened.items.append(item(words, f"{opened.count}." if opened.name == "enumerate" else ""))

    def close(self) -> None:
        opened = self.open[-1]
        if opened.kind == "list":
            self.finish_item()
        elif opened.kind == "table":
            self.row()
        self.open.pop()
        self.flow = opened.flow
        if opened.kind == "list":
            self.flow.block("\n".join(opened.items))
        elif opened.kind == "table":
            self.flow.block(markdown_table(opened.rows))
        elif opened.name not in ("em", "small", "samepage"):
            self.flow.end()
