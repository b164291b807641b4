"""Builds the text of a document: paragraphs, formulas, lists, tables, code.

Every reader writes through a `Flow`, so that all texts look alike. A dollar sign that is not mathematics is
written `\\$`, outside code.
"""

from __future__ import annotations

import re

__all__ = ["Flow", "indented", "item", "markdown_table", "one_line", "split_tail"]

_DISPLAYED = tuple(f"\\begin{{{name}" for name in ("align", "gather", "multline", "eqnarray", "flalign"))
_TAIL = re.compile(r"(?:\s*(?:\\[,;:!]|~))*\s*([.,;:?]+)$")
_BASE = re.compile(r"(?:(?<![A-Za-z0-9\\$])[A-Za-z]|\d+(?:\.\d+)?)$")


class Flow:
    """A text that is being written: inline pieces become a paragraph when the paragraph ends."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self._lines: list[str] = []
        self._line: list[str] = []
        self._omitted = False  # a reference was left out just before

    def text(self, words: str) -> None:
        """Words as they are printed; runs of blanks become one."""
        if words:
            if self._omitted and words[0] in ".,;:)":
                self._trim()
            self._omitted = False
            self._line.append(words.replace("$", r"\$"))

    def math(self, latex: str) -> None:
        """A formula in the line; a full stop or comma at its end goes outside of it."""
        latex = one_line(latex)
        if latex.startswith("\\begin{") and latex.startswith(_DISPLAYED):
            self.display(latex)
            return
        latex, tail = split_tail(latex)
        if latex:
            before = self._line[-1] if self._line else ""
            self._line.append((" " if before.endswith("$") else "") + f"${latex}$")
        if tail:
            self._line.append(tail)

    def display(self, latex: str) -> None:
        """A formula on lines of its own, inside the paragraph."""
        lines = [" ".join(line.split()) for line in latex.strip().splitlines()]
        lines = [line for line in lines if line]
        if lines:
            self.newline()
            body = "\n".join(lines)
            self._lines.append(f"$$\n{body}\n$$" if len(lines) > 1 else f"$${body}$$")

    def script(self, sign: str, words: str) -> None:
        """A raised (`^`) or lowered (`_`) word in running text: with what stands before it, it is a formula."""
        words = words.strip()
        before = self._line[-1] if self._line else ""
        if not re.fullmatch(r"[-−+]?(?:[A-Za-z]{1,2}|\d{1,3})", words) or words in ("st", "nd", "rd", "th", "TM"):
            self.text(words)
            return
        words = words.replace("−", "-")
        if before.endswith("$") and before.startswith(("$", " $")) and len(before) > 2:
            self._line[-1] = f"{before[:-1]}{sign}{{{words}}}$"
            return
        base = _BASE.search(before[-40:])
        if not base:
            self.text(words)
            return
        self._line[-1] = before[: -len(base[0])]
        self.math(f"{base[0]}{sign}{{{words}}}")

    def in_sentence(self) -> bool:
        """Whether words written now stand inside a sentence, not at its beginning."""
        before = "".join(self._line[-2:]).rstrip()
        return not before.endswith((".", "?", "!")) and bool(before or self._lines)

    def omitted(self) -> None:
        """A reference was left out here: no blank stays before a full stop, no empty brackets stay."""
        self._omitted = True

    def drop_bracket(self) -> bool:
        """Takes back a `(` that ends the line so far; whether there was one."""
        self._trim()
        if not self._line or not self._line[-1].endswith("("):
            return False
        self._line[-1] = self._line[-1][:-1]
        self._trim()
        return True

    def _trim(self) -> None:
        while self._line:
            self._line[-1] = self._line[-1].rstrip()
            if self._line[-1]:
                break
            self._line.pop()

    def newline(self) -> None:
        line = one_line("".join(self._line))
        self._line = []
        if line:
            self._lines.append(line)

    def end(self) -> None:
        """Ends the paragraph, if one is open."""
        if self._line:
            self.newline()
        if self._lines:
            self.blocks.append("\n".join(self._lines))
            self._lines = []

    def block(self, block: str) -> None:
        """A finished block, as it is."""
        self.end()
        if block and not block.isspace():
            self.blocks.append(block)

    def heading(self, title: str, level: int = 2) -> None:
        title = " ".join(title.split())
        if title:
            self.block(f"{'#' * level} {title}")

    def label(self, name: str) -> None:
        """The line that says what the next paragraphs are: `**Example.**`."""
        name = " ".join(name.split()).rstrip(".:")
        if name:
            self.block(f"**{name}.**")

    def code(self, text: str, language: str = "") -> None:
        text = text.replace("\r\n", "\n").strip("\n").rstrip()
        if text.strip():
            fence = "````" if "```" in text else "```"
            self.block(f"{fence}{language}\n{text}\n{fence}")

    def result(self) -> str:
        self.end()
        return "\n\n".join(self.blocks)

    def line(self) -> str:
        """All of it in one line: for titles and cells."""
        self.end()
        return " ".join(" ".join(self.blocks).split())


def one_line(text: str) -> str:
    """The text with single blanks between its words."""
    text = text.replace("\n", " ")
    if "  " in text or not text.isprintable():
        return " ".join(text.split())
    return text.strip()


def split_tail(latex: str) -> tuple[str, str]:
    """A formula, and the punctuation of the sentence at its end."""
    found = _TAIL.search(latex[-20:])
    if not found or latex[: len(latex) - len(found[0])].endswith("\\"):
        return latex, ""
    return latex[: len(latex) - len(found[0])].rstrip(), found[1]


def indented(text: str, by: str) -> str:
    return "\n".join(by + line if line else line for line in text.split("\n"))


def item(text: str, label: str = "") -> str:
    """An item of a list: `- text`, what follows its first line is indented."""
    lead = f"- {label} " if label else "- "
    return lead + indented(text.replace("\n\n", "\n"), "  ")[2:]


def markdown_table(rows: list[list[str]]) -> str:
    """A table in Markdown; rows as lines of cells where it is not a grid."""
    rows = [[" ".join(cell.split()) for cell in row] for row in rows]
    rows = [row for row in rows if any(row)]
    if not rows:
        return ""
    width = max(map(len, rows))
    if width == 1:
        return "\n".join(row[0] for row in rows)
    cells = [[cell.replace("|", r"\|") if "$" not in cell else _barred(cell) for cell in row] for row in rows]
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in cells]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _barred(cell: str) -> str:
    """Bars inside a formula would end the cell; TeX has another name for them."""
    parts = re.split(r"(\$[^$]*\$)", cell)
    return "".join(
        re.sub(r"(?<!\\)\|", r"\\vert ", part).replace(r"\|", r"\Vert ")
        if part.startswith("$")
        else part.replace("|", r"\|")
        for part in parts
    )
