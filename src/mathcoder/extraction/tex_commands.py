"""TeX commands with a meaning of their own in running text: formulas, titles, footnotes, included files."""

from __future__ import annotations

import re

from mathcoder.extraction.tex_formula import DISPLAYED
from mathcoder.extraction.tex_macros import argument
from mathcoder.extraction.tex_reader import Command, Reader
from mathcoder.extraction.tex_scan import close_bracket, without_comments
from mathcoder.extraction.tex_state import MOST_NESTED, Environment
from mathcoder.extraction.tex_text import SKIPPED

_MOST_FILES = 500


def par(reader: Reader, text: str, end: int, level: int) -> int:
    reader.flow.end()
    return end


def line_break(reader: Reader, text: str, end: int, level: int) -> int:
    if reader.open and reader.open[-1].kind == "table":
        reader.row()
    else:
        reader.flow.newline()
    return reader.past_options(text, end)


def inline(reader: Reader, text: str, end: int, level: int) -> int:
    closing = reader.find(text, r"\)", end)
    if closing < 0:
        return end
    reader.formula(text[end:closing])
    return closing + 2


def display(reader: Reader, text: str, end: int, level: int) -> int:
    return reader.until(text, end, r"\]", "")


def ensured(reader: Reader, text: str, end: int, level: int) -> int:
    formula, end = argument(text, end)
    reader.formula(formula.strip("$"))
    return end


def verb(reader: Reader, text: str, end: int, level: int) -> int:
    closing = text.find(text[end : end + 1] or " ", end + 1, end + 500)
    if closing < 0:
        return end
    reader.flow.text(f"`{text[end + 1 : closing]}`")
    return closing + 1


def footnote(reader: Reader, text: str, end: int, level: int) -> int:
    note, end = argument(text, reader.past_options(text, end))
    if level >= MOST_NESTED:
        return end
    return reader.push(text, end, level, f" ({note.strip()})")


def last_of(count: int) -> Command:
    """A command of which only the last of `count` arguments is text."""

    def read(reader: Reader, text: str, end: int, level: int) -> int:
        return reader.swallow(text, end, count - 1)

    return read


def title_command(reader: Reader, text: str, end: int, level: int) -> int:
    title, end = argument(text, reader.past_options(text, end))
    reader.title = reader.line(title)
    return end


def paragraph_label(reader: Reader, text: str, end: int, level: int) -> int:
    title, end = argument(text, reader.past_options(text, end))
    reader.flow.label(reader.line(title))
    return end


def theorem(reader: Reader, text: str, end: int, level: int) -> int:
    name, end = argument(text, end)
    label, end = argument(text, reader.past_options(text, end))
    reader.labels[name.strip()] = reader.line(label)
    return reader.past_options(text, end)


def new_environment(reader: Reader, text: str, end: int, level: int) -> int:
    name, end = argument(text, end)
    count, default = 0, None
    found = re.compile(r"\s*\[(\d)\]").match(text, end)
    if found:
        count, end = int(found[1]), found.end()
        if text.startswith("[", end) and close_bracket(text, end + 1) >= 0:
            closing = close_bracket(text, end + 1)
            default, end = text[end + 1 : closing], closing + 1
    begin, end = argument(text, end)
    finish, end = argument(text, end)
    inner = re.search(r"\\begin\{([^{}]*)\}", begin)
    if inner and (inner[1] in SKIPPED or inner[1] in DISPLAYED):
        reader.aliases[name] = inner[1]
    elif name not in reader.labels and name not in DISPLAYED:
        reader.environments[name] = Environment(count, default, begin, finish)
    return end


def new_if(reader: Reader, text: str, end: int, level: int) -> int:
    found = re.compile(r"\s*\\[A-Za-z@]+").match(text, end)
    return found.end() if found else end


def include(reader: Reader, text: str, end: int, level: int) -> int:
    name, end = argument(text, reader.past_options(text, end))
    if text.startswith("{", end) and "/" in name[-1:]:  # \import{folder/}{file}
        rest, end = argument(text, end)
        name += rest
    content = _content(reader, name, level)
    return end if content is None else reader.push(text, end, level, content)


def include_if_there(reader: Reader, text: str, end: int, level: int) -> int:
    """`\\InputIfFileExists{file}{then}{else}`: the file if it is there; what goes with it is layout."""
    name, end = argument(text, end)
    end = reader.swallow(text, end, 2)
    content = _content(reader, name, level, needed=False)
    return end if content is None else reader.push(text, end, level, content)


def _content(reader: Reader, name: str, level: int, needed: bool = True) -> str | None:
    reader.files += 1
    if reader.read is None or reader.files > _MOST_FILES or level >= MOST_NESTED:
        return None
    name = reader.macros.expanded(name.strip()).strip('"')
    content = reader.read(name)
    if content is None:
        if needed:
            reader.drop(f"the file {name} that is included is not there")
        return None
    reader.left += len(content) // 4
    return without_comments(content)


def document_class(reader: Reader, text: str, end: int, level: int) -> int:
    """The class `subfiles` takes the preamble of another file."""
    options = text[end : reader.past_options(text, end)]
    name, end = argument(text, end + len(options))
    if name != "subfiles" or reader.read is None:
        return end
    content = reader.read(options.strip("[]"))
    if content is None:
        return end
    return reader.push(text, end, level, without_comments(content).split(r"\begin{document}")[0])
