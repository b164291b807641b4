"""The environments of TeX: `\\begin`, `\\end` and `\\item`."""

from __future__ import annotations

import re

from mathcoder.extraction.flow import Flow
from mathcoder.extraction.tex_formula import DISPLAYED
from mathcoder.extraction.tex_macros import argument
from mathcoder.extraction.tex_reader import Reader
from mathcoder.extraction.tex_scan import skip_blanks
from mathcoder.extraction.tex_state import MOST_NESTED, Environment, Open
from mathcoder.extraction.tex_text import LISTS, SKIPPED, TABLES

__all__ = ["begin", "end", "item"]

_GROUP_NAME = re.compile(r"\s*\{([^{}\n]*)\}")
_CODE = frozenset("verbatim verbatim* lstlisting minted Verbatim alltt sageblock python".split())


def begin(reader: Reader, text: str, end: int, level: int) -> int:
    found = _GROUP_NAME.match(text, end)
    if not found:
        return end
    name, end = found[1].strip(), found.end()
    closing = f"\\end{{{name}}}"
    meant = reader.aliases.get(name, name)
    if meant in DISPLAYED:
        return reader.until(text, end, closing, meant)
    if meant in SKIPPED or meant in _CODE:
        return _verbatim(reader, text, end, closing, meant)
    if name == "document":
        reader.flow, reader.open = Flow(), []
        return end
    own = reader.environments.get(name)
    if own and level < MOST_NESTED:
        return _begin_own(reader, own, text, end, level)
    return _enter(reader, name, text, end)


def _verbatim(reader: Reader, text: str, end: int, closing: str, name: str) -> int:
    stop = reader.find(text, closing, end)
    if stop < 0:
        return end
    if name in _CODE:
        language = re.compile(r"\{([a-z]+)\}").match(text, end) if name == "minted" else None
        start = language.end() if language else reader.past_options(text, end)
        reader.flow.code(text[start:stop], language[1] if language else "")
    return stop + len(closing)


def _begin_own(reader: Reader, own: Environment, text: str, end: int, level: int) -> int:
    values: list[str] = []
    for index in range(own.arguments):
        if index == 0 and own.default is not None:
            after = reader.past_options(text, end)
            value, end = (text[end + 1 : after - 1], after) if after > end else (own.default, end)
        else:
            value, end = argument(text, end)
        values.append(value[:5_000])
    begin = own.begin[:5_000]
    for index, value in enumerate(values, start=1):
        begin = begin.replace(f"#{index}", value, 5)
    return reader.push(text, end, level, begin)


def _enter(reader: Reader, name: str, text: str, end: int) -> int:
    if len(reader.open) >= MOST_NESTED:
        reader.drop(f"environments nested more than {MOST_NESTED} deep")
        return end
    end = _titled(reader, name, text, end)
    kind = "list" if name in LISTS else "table" if name in TABLES else "plain"
    if kind == "table":
        arguments = 2 if name in ("tabular*", "tabularx", "tabulary") else 1
        end = reader.past_options(text, reader.swallow(text, end, arguments))
    elif name == "minipage":
        end = reader.swallow(text, end, 1)
    reader.open.append(Open(name, kind, reader.flow))
    if kind != "plain":
        reader.flow = Flow()
    if kind == "table":
        reader.open[-1].rows.append([])
    return end


def _titled(reader: Reader, name: str, text: str, end: int) -> int:
    """Past an environment's options: a theorem's is its title."""
    label = reader.labels.get(name) or reader.labels.get(name.removesuffix("*"))
    if label is None:
        return reader.past_options(text, end)
    start = skip_blanks(text, end)
    after = reader.past_options(text, start)
    title = reader.line(text[start + 1 : after - 1]) if after > start else ""
    reader.flow.label(title if title.startswith(label) else f"{label}: {title}" if title else label)
    return after if after > start else end


def end(reader: Reader, text: str, end: int, level: int) -> int:
    found = _GROUP_NAME.match(text, end)
    if not found:
        return end
    name, end = found[1].strip(), found.end()
    if name == "document":
        reader.texts.clear()
        return len(text)
    own = reader.environments.get(name)
    if own and level < MOST_NESTED:
        return reader.push(text, end, level, own.end)
    if any(opened.name == name for opened in reader.open):
        while reader.open:
            opened = reader.open[-1].name
            reader.close()
            if opened == name:
                break
    return end


def item(reader: Reader, text: str, end: int, level: int) -> int:
    end = skip_blanks(text, end)
    after = reader.past_options(text, end)
    label = text[end + 1 : after - 1] if after > end else ""
    if not reader.open or reader.open[-1].kind != "list":
        reader.flow.end()
        return after
    reader.finish_item()
    reader.open[-1].count += 1
    if label and level < MOST_NESTED:
        return reader.push(text, after, level, label + " ")
    return after
