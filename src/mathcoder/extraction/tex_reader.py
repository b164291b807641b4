"""Reads a TeX source once, from a stack of texts on which macros and included files are put: nothing recurses.

What a command with a meaning of its own does stands in `tex_commands` and `tex_environments`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from mathcoder.extraction.tex_formula import cleaned, in_environment
from mathcoder.extraction.tex_macros import DEFINING, TooMuch, argument, call, define
from mathcoder.extraction.tex_scan import LONGEST_FORMULA, formula_end, skip_blanks, without_comments
from mathcoder.extraction.tex_state import MOST_MISSES, MOST_NESTED, Read, State
from mathcoder.extraction.tex_text import ACCENTS, CHARACTERS, HEADINGS, SWALLOWED, accented

__all__ = ["Command", "Reader"]

_STOP = re.compile(r"[\\${}~&]|\n[ \t]*\n\s*|---?|``|''|`|!!\^?a?(?=\{)")
_NAME = re.compile(r"([A-Za-z@]+\*?|.)", re.DOTALL)
_SIGNS = {
    "~": " ",
    "--": "–",
    "---": "—",
    "``": "“",
    "''": "”",
    "`": "‘",
    "{": "",
    "}": "",
    "!!": "",
    "!!^": "",
    "!!a": "a ",
    "!!^a": "A ",
}
_CONDITION = re.compile(r"\\(if(?!f(?![A-Za-z])|thenelse|undefined@)[A-Za-z@]*|else|fi)(?![A-Za-z@])")
_REFERENCES = frozenset("cite citep citet citealp ref pageref eqref autoref cref Cref vref nameref ref*".split())


class Reader(State):
    """Reads a source into its flow.

    Args:
        commands: what commands with a meaning of their own do: each is given the reader, the text, where the
            command's name ends and how deep in macros the text is; it returns where reading goes on, or -1 when it
            put another text on the stack.
    """

    def __init__(
        self, commands: Mapping[str, Command], read: Read | None = None, outer: Reader | None = None
    ) -> None:
        super().__init__(read, outer)
        self.commands = commands

    def line(self, source: str) -> str:
        """A title or label as one line."""
        if self.depth > 1 or len(source) > 3_000:
            source = source[:3_000]
            return re.sub(r"\\[A-Za-z]+|[{}$\\]", "", source).strip()
        inner = Reader(self.commands, outer=self)
        inner.run(source)
        return inner.flow.line()

    def run(self, source: str) -> None:
        self.left = 5_000 + len(source) // 4
        self.texts.append((without_comments(source), 0, 0))
        while self.texts:
            text, position, level = self.texts.pop()
            while position < len(text):
                found = _STOP.search(text, position)
                if not found:
                    self.flow.text(text[position:].replace("\n", " "))
                    break
                if found.start() > position:
                    self.flow.text(text[position : found.start()])
                position = self.sign(text, found, level)
                if position < 0:  # something was put on the stack, over the rest of this text
                    break
        while self.open:
            self.close()
        self.flow.end()

    def sign(self, text: str, found: re.Match[str], level: int) -> int:
        sign, position = found[0], found.end()
        if sign == "\\":
            return self.command(text, position, level)
        if sign == "$":
            return self.dollar(text, position)
        if sign == "&":
            if self.open and self.open[-1].kind == "table":
                self.cell()
            return position
        if sign[0] == "\n":
            self.flow.end()
            return position
        self.flow.text(_SIGNS.get(sign, sign))
        return position

    def dollar(self, text: str, position: int) -> int:
        if text.startswith("$", position):
            return self.until(text, position + 1, "$$", "")
        end = formula_end(text, position)
        if end < 0:
            far = (
                text.find("$", position + LONGEST_FORMULA)
                if "\n\n" not in text[position : position + LONGEST_FORMULA]
                else -1
            )
            if far >= 0:
                self.drop(f"a formula of {far - position:,} characters: {text[position : position + 40]!r}")
                return far + 1
            self.flow.text("$")
            return position
        self.formula(text[position:end])
        return end + 1

    def until(self, text: str, position: int, closing: str, environment: str) -> int:
        """A displayed formula up to `closing`, which may stand in the text under this one."""
        end = self.find(text, closing, position)
        if end < 0:
            return self.far_end(text, position, closing, environment)
        self.formula(text[position:end], environment, True)
        return end + len(closing)

    def far_end(self, text: str, position: int, closing: str, environment: str) -> int:
        if self.misses > MOST_MISSES:
            return position
        names = [name for name, macro in self.macros.items() if closing in macro.body] if environment else []
        ends = [f"\\{re.escape(name)}(?![A-Za-z])" for name in names]
        pattern = re.compile("|".join([re.escape(closing), *("\\" + end for end in ends)]))
        prefix = text[position:]
        found = pattern.search(text, position) if names else None
        if found:
            self.formula(text[position : found.start()], environment, True)
            return found.end()
        if self.texts and not prefix.strip():
            under, start, level = self.texts.pop()
            found = pattern.search(under, start)
            if found:
                self.formula(under[start : found.start()], environment, True)
                start = found.end()
            self.texts.append((under, start, level))
            return -1
        self.drop(f"a formula that does not end: {text[position : position + 40]!r}")
        return position

    def formula(self, source: str, environment: str = "", display: bool = False) -> None:
        try:
            formula = cleaned(source, self.macros)
        except TooMuch as error:
            self.drop(str(error))
            return
        if environment and formula:
            formula = in_environment(environment, formula)
        if display and environment != "math":
            self.flow.display(formula)
        else:
            self.flow.math(formula)

    def command(self, text: str, position: int, level: int) -> int:
        found = _NAME.match(text, position)
        if not found:
            return position
        name, end = found[1], found.end()
        bare = name.removesuffix("*") if name != "*" else name
        if bare in self.macros and bare != "begin":
            return self.macro(text, end - (bare != name), level, bare)
        handler = self.commands.get(bare)
        if handler:
            return handler(self, text, end, level)
        if bare in DEFINING:
            return define(self.macros, bare, text, end - (bare != name))
        if bare[0].isalpha():
            end = skip_blanks(text, end)
        return self.plain(text, end, level, bare)

    def plain(self, text: str, end: int, level: int, name: str) -> int:
        """A command that is a character, an accent, a heading, layout, or unknown."""
        if name in ACCENTS and (not name.isalpha() or text[end : end + 1] in ("{", "\\") or len(name) == 1):
            letter, end = argument(text, end)
            self.flow.text(accented(name, letter))
        elif name in CHARACTERS:
            self.flow.text(CHARACTERS[name])
        elif name in SWALLOWED:
            end = self.swallow(text, end, SWALLOWED[name])
            if name in _REFERENCES:
                end = self.left_out(text, end)
        elif name in HEADINGS:
            title, end = argument(text, self.past_options(text, end))
            self.flow.heading(self.line(title), HEADINGS[name])
        elif name.startswith("if") and name != "iff":
            end = self.condition(text, end, name in self.true)
        elif name in ("else", "fi"):
            end = self.past_branch(text, end) if name == "else" else end
        elif name.endswith(("true", "false")) and len(name) > 5:
            flag = "if" + name.removesuffix("true").removesuffix("false")
            (self.true.add if name.endswith("true") else self.true.discard)(flag)
        else:
            end = self.past_options(text, end)
        return end

    def left_out(self, text: str, end: int) -> int:
        """What a reference leaves behind: no empty brackets, no blank before a full stop."""
        if text.startswith(")", end) and self.flow.drop_bracket():
            return end + 1
        self.flow.omitted()
        return end

    def macro(self, text: str, end: int, level: int, name: str) -> int:
        macro = self.macros[name]
        self.left -= 1
        if level >= MOST_NESTED or self.left < 0:
            self.drop(f"a macro that never ends: \\{name}")
            return end
        try:
            body, after = call(macro, text, end)
        except TooMuch as error:
            self.drop(str(error))
            return end
        self.left -= len(body) // 1_000
        if macro.final:
            return self.plain(text, end, level, macro.body.removeprefix("\\"))
        if after == end and body[-1:].isalpha() and re.search(r"\\[A-Za-z]+$", body):
            body += " "
        return self.push(text, after, level, body)

    def condition(self, text: str, position: int, holds: bool) -> int:
        return position if holds else self.past_branch(text, position)

    def past_branch(self, text: str, position: int) -> int:
        """Past the `\\else` or `\\fi` that ends the branch at `position`; nowhere if there is none."""
        if self.misses > MOST_MISSES:
            return position
        depth = 0
        for match in _CONDITION.finditer(text, position, position + LONGEST_FORMULA):
            word = match[1]
            if word.startswith("if"):
                depth += 1
            elif depth == 0:
                return match.end()
            elif word == "fi":
                depth -= 1
        self.misses += 1
        return position


Command = Callable[[Reader, str, int, int], int]
