"""LaTeX source to text: formulas with the author's macros written out, theorems, exercises, lists, tables, code.

A small part of TeX is enough: the source is read once, from a stack of texts on which macros and included files are
put, so nothing recurses and everything is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from mathcoder.extraction.document import Document
from mathcoder.extraction.flow import Flow, item, markdown_table
from mathcoder.extraction.tex_formula import DISPLAYED, cleaned, in_environment
from mathcoder.extraction.tex_macros import DEFINING, Macros, TooMuch, argument, call, define
from mathcoder.extraction.tex_scan import (
    LONGEST_FORMULA,
    close_bracket,
    formula_end,
    skip_blanks,
    without_comments,
)
from mathcoder.extraction.tex_text import (
    ACCENTS,
    CHARACTERS,
    HEADINGS,
    LABELLED,
    LISTS,
    SKIPPED,
    SWALLOWED,
    TABLES,
    accented,
)

__all__ = ["latex_to_text"]

Read = Callable[[str], str | None]

_MOST_NESTED = 60  # environments, macros in macros, files in files
_MOST_FILES = 500
_STOP = re.compile(r"[\\${}~&]|\n[ \t]*\n\s*|---?|``|''|`|!!\^?a?(?=\{)")
_NAME = re.compile(r"([A-Za-z@]+\*?|.)", re.DOTALL)
_GROUP_NAME = re.compile(r"\s*\{([^{}\n]*)\}")
_CODE = frozenset("verbatim verbatim* lstlisting minted Verbatim alltt sageblock python".split())
_SIGNS = {"~": " ", "--": "–", "---": "—", "``": "“", "''": "”", "`": "‘", "{": "", "}": "", "!!": "", "!!^": "", "!!a": "a ", "!!^a": "A "}
_CONDITION = re.compile(r"\\(if(?!f(?![A-Za-z])|thenelse|undefined@)[A-Za-z@]*|else|fi)(?![A-Za-z@])")
_REFERENCES = frozenset("cite citep citet citealp ref pageref eqref autoref cref Cref vref nameref ref*".split())


def latex_to_text(source: str, read: Read | None = None) -> Document:
    """A LaTeX source as text.

    Args:
        source: a whole document, or a part of one; comments and preamble go.
        read: gives the content of a file that the source includes, by its name as written, or None; without it
            included files are left out.
    """
    reader = _Reader(read)
    reader.run(source)
    return reader.document()


class _Environment(NamedTuple):
    arguments: int
    default: str | None
    begin: str
    end: str


@dataclass(slots=True)
class _Open:
    """An environment that is open: its own flow if it collects items or cells."""

    name: str
    kind: str  # plain, list, table
    flow: Flow
    items: list[str] = field(default_factory=list[str])
    rows: list[list[str]] = field(default_factory=list[list[str]])
    count: int = 0


class _Reader:
    def __init__(self, read: Read | None = None, outer: _Reader | None = None) -> None:
        self._read = read
        self._depth: int = outer._depth + 1 if outer else 0
        self.macros = outer.macros if outer else Macros()
        self._environments: dict[str, _Environment] = outer._environments if outer else {}
        self._aliases: dict[str, str] = outer._aliases if outer else {}
        self._labels: dict[str, str] = outer._labels if outer else dict(LABELLED)
        self._true: set[str] = outer._true if outer else {"iftrue"}
        self.dropped: dict[str, None] = outer.dropped if outer else {}
        self.flow = Flow()
        self._open: list[_Open] = []
        self._texts: list[tuple[str, int, int]] = []  # text, position, how deep in macros and files
        self._left = 0  # macros that may still be expanded in running text
        self._files = 0
        self._title = ""
        self._body = False

    def document(self) -> Document:
        text = self.flow.result()
        if self._title and not text.startswith("# "):
            text = f"# {self._title}\n\n{text}".strip()
        return Document(text, self._title, dropped=tuple(self.dropped))

    def line(self, source: str) -> str:
        """A title or label as one line."""
        if self._depth > 3:
            return re.sub(r"\\[A-Za-z]+|[{}$\\]", "", source).strip()
        inner = _Reader(outer=self)
        inner.run(source[:3_000])
        return inner.flow.line()

    def run(self, source: str) -> None:
        self._left = 5_000 + len(source) // 4
        self._texts.append((without_comments(source), 0, 0))
        while self._texts:
            text, position, level = self._texts.pop()
            while position < len(text):
                found = _STOP.search(text, position)
                if not found:
                    self.flow.text(text[position:].replace("\n", " "))
                    break
                if found.start() > position:
                    self.flow.text(text[position : found.start()])
                position = self._sign(text, found, level)
                if position < 0:  # something was put on the stack, over the rest of this text
                    break
        while self._open:
            self._close()
        self.flow.end()

    def _push(self, text: str, position: int, level: int, over: str, deeper: int = 1) -> int:
        """Reads `over` first, then `text` from `position` on."""
        self._texts.append((text, position, level))
        self._texts.append((over, 0, level + deeper))
        return -1

    def _sign(self, text: str, found: re.Match[str], level: int) -> int:
        sign, position = found[0], found.end()
        if sign == "\\":
            return self._command(text, position, level)
        if sign == "$":
            return self._dollar(text, position)
        if sign == "&":
            if self._open and self._open[-1].kind == "table":
                self._cell()
            return position
        if sign[0] == "\n":
            self.flow.end()
            return position
        self.flow.text(_SIGNS.get(sign, sign))
        return position

    # ---- formulas

    def _dollar(self, text: str, position: int) -> int:
        if text.startswith("$", position):
            return self._until(text, position + 1, "$$", "")
        end = formula_end(text, position)
        if end < 0:
            far = text.find("$", position + LONGEST_FORMULA) if "\n\n" not in text[position : position + LONGEST_FORMULA] else -1
            if far >= 0:
                self._drop(f"a formula of {far - position:,} characters: {text[position : position + 40]!r}")
                return far + 1
            self.flow.text("$")
            return position
        self._formula(text[position:end])
        return end + 1

    def _until(self, text: str, position: int, closing: str, environment: str) -> int:
        """A displayed formula up to `closing`, which may stand in the text under this one."""
        end = text.find(closing, position)
        if end < 0:
            return self._far_end(text, position, closing, environment)
        self._formula(text[position:end], environment, True)
        return end + len(closing)

    def _far_end(self, text: str, position: int, closing: str, environment: str) -> int:
        names = [name for name, macro in self.macros.items() if closing in macro.body] if environment else []
        ends = [f"\\{re.escape(name)}(?![A-Za-z])" for name in names]
        pattern = re.compile("|".join([re.escape(closing), *("\\" + end for end in ends)]))
        prefix = text[position:]
        found = pattern.search(text, position) if names else None
        if found:
            self._formula(text[position : found.start()], environment, True)
            return found.end()
        if self._texts and not prefix.strip():
            under, start, level = self._texts.pop()
            found = pattern.search(under, start)
            if found:
                self._formula(under[start : found.start()], environment, True)
                start = found.end()
            self._texts.append((under, start, level))
            return -1
        self._drop(f"a formula that does not end: {text[position : position + 40]!r}")
        return position

    def _formula(self, source: str, environment: str = "", display: bool = False) -> None:
        try:
            formula = cleaned(source, self.macros)
        except TooMuch as error:
            self._drop(str(error))
            return
        if environment and formula:
            formula = in_environment(environment, formula)
        if display and environment != "math":
            self.flow.display(formula)
        else:
            self.flow.math(formula)

    def _drop(self, reason: str) -> None:
        if len(self.dropped) < 100:
            self.dropped.setdefault(" ".join(reason.split()))

    # ---- commands

    def _command(self, text: str, position: int, level: int) -> int:
        found = _NAME.match(text, position)
        if not found:
            return position
        name, end = found[1], found.end()
        bare = name.removesuffix("*") if name != "*" else name
        if bare in self.macros and bare != "begin":
            return self._macro(text, end - (bare != name), level, bare)
        handler = _COMMANDS.get(bare)
        if handler:
            return handler(self, text, end, level)
        if bare in DEFINING:
            return define(self.macros, bare, text, end - (bare != name))
        if bare[0].isalpha():
            end = skip_blanks(text, end)
        return self._plain(text, end, level, bare)

    def _plain(self, text: str, end: int, level: int, name: str) -> int:
        """A command that is a character, an accent, a heading, layout, or unknown."""
        if name in ACCENTS and (not name.isalpha() or text[end : end + 1] in ("{", "\\") or len(name) == 1):
            letter, end = argument(text, end)
            self.flow.text(accented(name, letter))
        elif name in CHARACTERS:
            self.flow.text(CHARACTERS[name])
        elif name in SWALLOWED:
            end = self._swallow(text, end, SWALLOWED[name])
            if name in _REFERENCES:
                end = self._left_out(text, end)
        elif name in HEADINGS:
            title, end = argument(text, self._past_options(text, end))
            self.flow.heading(self.line(title), HEADINGS[name])
        elif name.startswith("if") and name != "iff":
            end = self._condition(text, end, name in self._true)
        elif name in ("else", "fi"):
            end = self._past_branch(text, end) if name == "else" else end
        elif name.endswith(("true", "false")) and len(name) > 5:
            flag = "if" + name.removesuffix("true").removesuffix("false")
            (self._true.add if name.endswith("true") else self._true.discard)(flag)
        else:
            end = self._past_options(text, end)
        return end

    def _left_out(self, text: str, end: int) -> int:
        """What a reference leaves behind: no empty brackets, no blank before a full stop."""
        if text.startswith(")", end) and self.flow.drop_bracket():
            return end + 1
        self.flow.omitted()
        return end

    def _past_options(self, text: str, position: int) -> int:
        while text.startswith("[", position):
            end = close_bracket(text, position + 1)
            if end < 0:
                break
            position = end + 1
        return position

    def _swallow(self, text: str, position: int, count: int) -> int:
        position = self._past_options(text, position)
        for _ in range(count):
            after = skip_blanks(text, position)
            if not text.startswith("{", after):
                break
            position = argument(text, after)[1]
        return position

    def _macro(self, text: str, end: int, level: int, name: str) -> int:
        macro = self.macros[name]
        self._left -= 1
        if level >= _MOST_NESTED or self._left < 0:
            self._drop(f"a macro that never ends: \\{name}")
            return end
        try:
            body, after = call(macro, text, end)
        except TooMuch as error:
            self._drop(str(error))
            return end
        self._left -= len(body) // 1_000
        if macro.final:
            return self._plain(text, end, level, macro.body.removeprefix("\\"))
        if after == end and body[-1:].isalpha() and re.search(r"\\[A-Za-z]+$", body):
            body += " "
        return self._push(text, after, level, body)

    def _condition(self, text: str, position: int, holds: bool) -> int:
        return position if holds else self._past_branch(text, position)

    def _past_branch(self, text: str, position: int) -> int:
        """Past the `\\else` or `\\fi` that ends the branch at `position`; nowhere if there is none."""
        depth = 0
        for match in _CONDITION.finditer(text, position, position + LONGEST_FORMULA):
            word = match[1]
            if word.startswith("if"):
                depth += 1
            elif depth == 0:
                return match.end()
            elif word == "fi":
                depth -= 1
        return position

    # ---- commands with a meaning of their own

    def _par(self, text: str, end: int, level: int) -> int:
        self.flow.end()
        return end

    def _break(self, text: str, end: int, level: int) -> int:
        if self._open and self._open[-1].kind == "table":
            self._row()
        else:
            self.flow.newline()
        return self._past_options(text, end)

    def _inline(self, text: str, end: int, level: int) -> int:
        closing = text.find(r"\)", end)
        if closing < 0:
            return end
        self._formula(text[end:closing])
        return closing + 2

    def _display(self, text: str, end: int, level: int) -> int:
        return self._until(text, end, r"\]", "")

    def _ensured(self, text: str, end: int, level: int) -> int:
        formula, end = argument(text, end)
        self._formula(formula.strip("$"))
        return end

    def _verb(self, text: str, end: int, level: int) -> int:
        closing = text.find(text[end : end + 1] or " ", end + 1, end + 500)
        if closing < 0:
            return end
        self.flow.text(f"`{text[end + 1 : closing]}`")
        return closing + 1

    def _footnote(self, text: str, end: int, level: int) -> int:
        note, end = argument(text, self._past_options(text, end))
        if level >= _MOST_NESTED:
            return end
        return self._push(text, end, level, f" ({note.strip()})")

    def _last_of(count: int) -> Callable[[_Reader, str, int, int], int]:  # pyright: ignore[reportGeneralTypeIssues, reportSelfClsParameterName]  # noqa: N805
        """A command of which only the last of `count` arguments is text."""

        def read(self: _Reader, text: str, end: int, level: int) -> int:
            return self._swallow(text, end, count - 1)

        return read

    def _title_command(self, text: str, end: int, level: int) -> int:
        title, end = argument(text, self._past_options(text, end))
        self._title = self.line(title)
        return end

    def _paragraph_label(self, text: str, end: int, level: int) -> int:
        title, end = argument(text, self._past_options(text, end))
        self.flow.label(self.line(title))
        return end

    def _theorem(self, text: str, end: int, level: int) -> int:
        name, end = argument(text, end)
        label, end = argument(text, self._past_options(text, end))
        self._labels[name.strip()] = self.line(label)
        return self._past_options(text, end)

    def _new_environment(self, text: str, end: int, level: int) -> int:
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
            self._aliases[name] = inner[1]
        elif name not in self._labels and name not in DISPLAYED:
            self._environments[name] = _Environment(count, default, begin, finish)
        return end

    def _new_if(self, text: str, end: int, level: int) -> int:
        found = re.compile(r"\s*\\[A-Za-z@]+").match(text, end)
        return found.end() if found else end

    def _include(self, text: str, end: int, level: int) -> int:
        name, end = argument(text, self._past_options(text, end))
        if text.startswith("{", end) and "/" in name[-1:]:  # \import{folder/}{file}
            rest, end = argument(text, end)
            name += rest
        content = self._content(name, level)
        return end if content is None else self._push(text, end, level, content)

    def _include_if_there(self, text: str, end: int, level: int) -> int:
        """`\\InputIfFileExists{file}{then}{else}`: the file if it is there; what goes with it is layout."""
        name, end = argument(text, end)
        end = self._swallow(text, end, 2)
        content = self._content(name, level, needed=False)
        return end if content is None else self._push(text, end, level, content)

    def _content(self, name: str, level: int, needed: bool = True) -> str | None:
        self._files += 1
        if self._read is None or self._files > _MOST_FILES or level >= _MOST_NESTED:
            return None
        name = self.macros.expanded(name.strip()).strip('"')
        content = self._read(name)
        if content is None:
            if needed:
                self._drop(f"the file {name} that is included is not there")
            return None
        self._left += len(content) // 4
        return without_comments(content)

    def _class(self, text: str, end: int, level: int) -> int:
        """The class `subfiles` takes the preamble of another file."""
        options = text[end : self._past_options(text, end)]
        name, end = argument(text, end + len(options))
        if name != "subfiles" or self._read is None:
            return end
        content = self._read(options.strip("[]"))
        if content is None:
            return end
        return self._push(text, end, level, without_comments(content).split(r"\begin{document}")[0])

    # ---- environments

    def _begin(self, text: str, end: int, level: int) -> int:
        found = _GROUP_NAME.match(text, end)
        if not found:
            return end
        name, end = found[1].strip(), found.end()
        closing = f"\\end{{{name}}}"
        meant = self._aliases.get(name, name)
        if meant in DISPLAYED:
            return self._until(text, end, closing, meant)
        if meant in SKIPPED or meant in _CODE:
            return self._verbatim(text, end, closing, meant)
        if name == "document":
            self.flow, self._open, self._body = Flow(), [], True
            return end
        own = self._environments.get(name)
        if own and level < _MOST_NESTED:
            return self._own(own, text, end, level)
        return self._enter(name, text, end)

    def _verbatim(self, text: str, end: int, closing: str, name: str) -> int:
        stop = text.find(closing, end)
        if stop < 0:
            return end
        if name in _CODE:
            language = re.compile(r"\{([a-z]+)\}").match(text, end) if name == "minted" else None
            start = language.end() if language else self._past_options(text, end)
            self.flow.code(text[start:stop], language[1] if language else "")
        return stop + len(closing)

    def _own(self, own: _Environment, text: str, end: int, level: int) -> int:
        values: list[str] = []
        for index in range(own.arguments):
            if index == 0 and own.default is not None:
                after = self._past_options(text, end)
                value, end = (text[end + 1 : after - 1], after) if after > end else (own.default, end)
            else:
                value, end = argument(text, end)
            values.append(value[:5_000])
        begin = own.begin[:5_000]
        for index, value in enumerate(values, start=1):
            begin = begin.replace(f"#{index}", value, 5)
        return self._push(text, end, level, begin)

    def _enter(self, name: str, text: str, end: int) -> int:
        if len(self._open) >= _MOST_NESTED:
            self._drop(f"environments nested more than {_MOST_NESTED} deep")
            return end
        label = self._labels.get(name) or self._labels.get(name.removesuffix("*"))
        if label is not None:
            start = skip_blanks(text, end)
            after = self._past_options(text, start)
            title = self.line(text[start + 1 : after - 1]) if after > start else ""
            end = after if after > start else end
            self.flow.label(title if title.startswith(label) else f"{label}: {title}" if title else label)
        else:
            end = self._past_options(text, end)
        kind = "list" if name in LISTS else "table" if name in TABLES else "plain"
        if kind == "table":
            end = self._past_options(text, self._swallow(text, end, 2 if name in ("tabular*", "tabularx", "tabulary") else 1))
        elif name == "minipage":
            end = self._swallow(text, end, 1)
        self._open.append(_Open(name, kind, self.flow))
        if kind != "plain":
            self.flow = Flow()
        if kind == "table":
            self._open[-1].rows.append([])
        return end

    def _end(self, text: str, end: int, level: int) -> int:
        found = _GROUP_NAME.match(text, end)
        if not found:
            return end
        name, end = found[1].strip(), found.end()
        if name == "document":
            self._texts.clear()
            return len(text)
        own = self._environments.get(name)
        if own and level < _MOST_NESTED:
            return self._push(text, end, level, own.end)
        if any(opened.name == name for opened in self._open):
            while self._open:
                opened = self._open[-1].name
                self._close()
                if opened == name:
                    break
        return end

    def _close(self) -> None:
        opened = self._open[-1]
        if opened.kind == "list":
            self._finish_item()
        elif opened.kind == "table":
            self._row()
        self._open.pop()
        inner, self.flow = self.flow, opened.flow
        if opened.kind == "list":
            self.flow.block("\n".join(opened.items))
        elif opened.kind == "table":
            self.flow.block(markdown_table(opened.rows))
        elif opened.name not in ("em", "small", "samepage") or inner is not self.flow:
            self.flow.end()

    def _item(self, text: str, end: int, level: int) -> int:
        end = skip_blanks(text, end)
        after = self._past_options(text, end)
        label = text[end + 1 : after - 1] if after > end else ""
        if not self._open or self._open[-1].kind != "list":
            self.flow.end()
            return after
        self._finish_item()
        self._open[-1].count += 1
        if label and level < _MOST_NESTED:
            return self._push(text, after, level, label + " ")
        return after

    def _finish_item(self) -> None:
        opened = self._open[-1]
        words = self.flow.result()
        self.flow = Flow()
        if words:
            opened.items.append(item(words, f"{opened.count}." if opened.name == "enumerate" else ""))

    def _cell(self) -> None:
        self._open[-1].rows[-1].append(self.flow.line())
        self.flow = Flow()

    def _row(self) -> None:
        self._cell()
        self._open[-1].rows.append([])


_COMMANDS: dict[str, Callable[[_Reader, str, int, int], int]] = {
    "begin": _Reader._begin,
    "end": _Reader._end,
    "par": _Reader._par,
    "\\": _Reader._break,
    "newline": _Reader._break,
    "tabularnewline": _Reader._break,
    "cr": _Reader._break,
    "(": _Reader._inline,
    "[": _Reader._display,
    "ensuremath": _Reader._ensured,
    "item": _Reader._item,
    "verb": _Reader._verb,
    "lstinline": _Reader._verb,
    "footnote": _Reader._footnote,
    "title": _Reader._title_command,
    "pmtitle": _Reader._title_command,
    "paragraph": _Reader._paragraph_label,
    "subparagraph": _Reader._paragraph_label,
    "newtheorem": _Reader._theorem,
    "newenvironment": _Reader._new_environment,
    "renewenvironment": _Reader._new_environment,
    "newif": _Reader._new_if,
    "input": _Reader._include,
    "include": _Reader._include,
    "subfile": _Reader._include,
    "import": _Reader._include,
    "subimport": _Reader._include,
    "InputIfFileExists": _Reader._include_if_there,
    "documentclass": _Reader._class,
    "href": _Reader._last_of(2),  # pyright: ignore
    "textcolor": _Reader._last_of(2),  # pyright: ignore
    "multicolumn": _Reader._last_of(3),  # pyright: ignore
    "multirow": _Reader._last_of(3),  # pyright: ignore
    "parbox": _Reader._last_of(2),  # pyright: ignore
    "raisebox": _Reader._last_of(2),  # pyright: ignore
    "hyperref": _Reader._last_of(1),  # pyright: ignore
    "makebox": _Reader._last_of(1),  # pyright: ignore
    "PMlinkname": _Reader._last_of(1),  # pyright: ignore
}
