"""User macros: reads their definitions and expands them in formulas, with bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mathcoder.extraction.tex_scan import close_brace, close_bracket, skip_blanks

__all__ = ["DEFINING", "Macro", "Macros", "TooMuch", "argument", "call", "define"]

_MOST_EXPANSIONS = 5_000  # in one formula
_MOST_CHARACTERS = 100_000  # that expansion may give for one formula
_COMMAND = re.compile(r"\\([A-Za-z@]+|.)", re.DOTALL)
_PARAMETER = re.compile(r"#([#1-9])")


class TooMuch(ValueError):
    """A macro that never ends, or grows without bound."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A user macro: `body` with `#1`.. for its arguments.

    Args:
        default: of the first argument where it is optional; None where it is not.
        final: the body is not expanded again (what `\\let` took from TeX itself).
        starred: a `*` after the name, and a size in brackets, mean nothing.
        delimiters: what `\\def` wants before, between and after the arguments; () for ordinary ones.
    """

    arguments: int
    body: str
    default: str | None = None
    final: bool = False
    starred: bool = False
    delimiters: tuple[str, ...] = ()


class Macros(dict[str, Macro]):
    """Name, without its backslash, to macro."""

    def expanded(self, formula: str) -> str:
        """The formula without user macros.

        Raises:
            TooMuch: a macro that never ends, or grows without bound.
        """
        if not any(match[1] in self for match in _COMMAND.finditer(formula)):
            return formula
        out: list[str] = []
        size, count = 0, 0
        waiting = [(formula, 0)]
        while waiting:
            text, position = waiting.pop()
            macro = None
            for match in _COMMAND.finditer(text, position):
                macro = self.get(match[1])
                if macro is not None:
                    break
            else:
                out.append(_apart(out, text[position:]))
                continue
            assert match is not None
            count, size = count + 1, size + len(macro.body)
            if count > _MOST_EXPANSIONS or size > _MOST_CHARACTERS:
                raise TooMuch(f"a formula whose macros never end: \\{match[1]} in {formula[:60]!r}")
            body, end = call(macro, text, match.end())
            size += len(body)
            out.append(_apart(out, text[position : match.start()]))
            body = _fitted(body, "".join(out[-3:]))
            waiting.append((text, end))
            if macro.final:
                out.append(body)
            else:
                waiting.append((body, 0))
        return "".join(out)


def _apart(out: list[str], text: str) -> str:
    """`text`, with a blank before it where it would lengthen the name of the last command."""
    if out and text[:1].isalpha() and re.search(r"\\[A-Za-z]+$", out[-1]):
        return " " + text
    return text


def _fitted(body: str, before: str) -> str:
    """A macro's body in its place: in braces as a script, without those that it does not need elsewhere."""
    body = body.strip()
    while body.startswith("{") and close_brace(body, 1) == len(body) - 1:
        body = body[1:-1].strip()
    if before.rstrip()[-1:] in ("^", "_") and len(body) > 1:
        return "{" + body + "}"
    if body[:1].isalpha() and re.search(r"\\[A-Za-z]+$", before):
        return " " + body
    return body


def call(macro: Macro, text: str, position: int) -> tuple[str, int]:
    """The macro's body with the arguments that follow, and where they end.

    Raises:
        TooMuch: it would be longer than 100,000 characters.
    """
    if macro.starred:
        position = _past_star(text, position)
    if not macro.arguments and not macro.delimiters:
        if text[position : position + 2] == "{}":
            return macro.body, position + 2
        return macro.body, position
    values: list[str] = []
    for index in range(macro.arguments):
        if macro.delimiters:
            value, position = _delimited(text, position, macro.delimiters[index], macro.delimiters[index + 1])
        elif index == 0 and macro.default is not None:
            value, position = _optional(text, position, macro.default)
        else:
            value, position = argument(text, position)
        values.append(value)
    if macro.delimiters and text.startswith(macro.delimiters[-1], position):
        position += len(macro.delimiters[-1])
    if macro.body.count("#") * max(map(len, values), default=0) > _MOST_CHARACTERS:
        raise TooMuch(f"a macro that would write more than {_MOST_CHARACTERS:,} characters: {macro.body[:40]!r}")
    return _PARAMETER.sub(lambda match: _value(match[1], values), macro.body), position


def _value(number: str, values: list[str]) -> str:
    if number == "#":
        return "#"
    return values[int(number) - 1] if int(number) <= len(values) else ""


def _past_star(text: str, position: int) -> int:
    if text[position : position + 1] == "*":
        return position + 1
    size = re.compile(r"\[\\?[A-Za-z]*\]").match(text, position)
    return size.end() if size else position


def _optional(text: str, position: int, default: str) -> tuple[str, int]:
    if text[position : position + 1] == "[":
        end = close_bracket(text, position + 1)
        if end >= 0:
            return text[position + 1 : end], end + 1
    return default, position


def _delimited(text: str, position: int, before: str, after: str) -> tuple[str, int]:
    if before and text.startswith(before, position):
        position += len(before)
    if not after:
        return argument(text, position)
    end = text.find(after, position, position + 5_000)
    return (text[position:end], end) if end >= 0 else ("", position)


_TOKEN = re.compile(r"\\(?:[A-Za-z@]+|.)|[^\s{}\\]", re.DOTALL)


def argument(text: str, position: int) -> tuple[str, int]:
    """The argument at `position`: a group without its braces, or one token; and where it ends."""
    position = skip_blanks(text, position)
    if text[position : position + 1] == "{":
        end = close_brace(text, position + 1)
        return (text[position + 1 : end], end + 1) if end >= 0 else ("", position + 1)
    token = _TOKEN.match(text, position)
    return (token[0], token.end()) if token else ("", position)


# ---- definitions

_NEW_COMMAND = re.compile(r"\*?\s*(?:\{\s*\\([A-Za-z@]+|.)\s*\}|\\([A-Za-z@]+|.))\s*(?:\[(\d)\])?\s*", re.DOTALL)
_DEF = re.compile(r"\s*\\([A-Za-z@]+|.)([^{}\n\\]*)(?=\{)", re.DOTALL)
_LET = re.compile(r"\s*\\([A-Za-z@]+)\s*=?\s*(\\(?:[A-Za-z@]+|.)|.)", re.DOTALL)
_XPARSE = re.compile(r"\s*(?:\{\s*\\([A-Za-z@]+)\s*\}|\\([A-Za-z@]+))\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\s*")
DEFINING = frozenset(
    "newcommand renewcommand providecommand DeclareRobustCommand def gdef edef xdef let DeclareMathOperator"
    " DeclarePairedDelimiter NewDocumentCommand RenewDocumentCommand DeclareDocumentCommand"
    " ProvideDocumentCommand DeclareDocumentMacro".split()
)
# TeX's own, that no text means to change the sense of.
_KEPT = frozenset("begin end item section subsection chapter par text frac sqrt label ref left right".split())


def define(macros: Macros, command: str, text: str, position: int) -> int:
    """Takes the definition whose command ends at `position` into `macros`; returns where it ends."""
    if command == "let":
        return _let(macros, text, position)
    if command in ("def", "gdef", "edef", "xdef"):
        return _def(macros, text, position)
    if command.endswith("DocumentCommand"):
        return _xparse(macros, text, position)
    found = _NEW_COMMAND.match(text, position)
    if not found:
        return position
    name, end = found[1] or found[2], found.end()
    if command in ("DeclareMathOperator", "DeclarePairedDelimiter"):
        return _operator(macros, command, name, text, position, end)
    default = None
    if text[end : end + 1] == "[" and found[3]:
        closing = close_bracket(text, end + 1)
        if closing >= 0:
            default, end = text[end + 1 : closing], closing + 1
    body, end = argument(text, end)
    if command != "providecommand" or name not in macros:
        _set(macros, name, Macro(int(found[3] or 0), body, default))
    return end


def _set(macros: Macros, name: str, macro: Macro) -> None:
    # A name that its own body uses would never end; where it stands for itself, nothing is lost by leaving it.
    if name not in _KEPT and not re.search(rf"\\{re.escape(name)}(?![A-Za-z@])", macro.body):
        macros[name] = macro


def _operator(macros: Macros, command: str, name: str, text: str, start: int, end: int) -> int:
    first, end = argument(text, end)
    if command == "DeclareMathOperator":
        star = "*" if text[start : start + 1] == "*" else ""
        macros[name] = Macro(0, rf"\operatorname{star}{{{first}}}")
        return end
    second, end = argument(text, end)
    blank = " " if first[-1:].isalpha() else ""
    macros[name] = Macro(1, f"{first}{blank}#1{second}", starred=True)
    return end


def _def(macros: Macros, text: str, position: int) -> int:
    found = _DEF.match(text, position)
    if not found:
        return position
    body, end = argument(text, found.end())
    pieces = re.split(r"#\d", found[2])
    plain = all(not piece.strip() for piece in pieces)
    delimiters = () if plain else tuple(piece.strip(" ") for piece in pieces)
    _set(macros, found[1], Macro(len(pieces) - 1, body, delimiters=delimiters))
    return end


def _let(macros: Macros, text: str, position: int) -> int:
    found = _LET.match(text, position)
    if not found:
        return position
    name, value = found[1], found[2]
    if value.startswith("\\") and value[1:] in macros:
        macros[name] = macros[value[1:]]
    elif value not in ("\\relax", "\\" + name):
        macros[name] = Macro(0, value, final=True)
    return found.end()


def _xparse(macros: Macros, text: str, position: int) -> int:
    """Of xparse's argument kinds, those that ordinary macros know: m, and o or O{} first."""
    found = _XPARSE.match(text, position)
    if not found:
        return position
    body, end = argument(text, found.end())
    name, kinds = found[1] or found[2], found[3].replace(" ", "")
    plain = re.fullmatch(r"(o|O\{(.*)\})?(m*)", kinds)
    if plain and "\\If" not in body:
        optional = plain[1] is not None
        _set(macros, name, Macro(len(plain[3]) + optional, body, (plain[2] or "") if optional else None))
    return end
