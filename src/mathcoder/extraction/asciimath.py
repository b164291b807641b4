"""AsciiMath to LaTeX: `sum_(i=1)^n i^3 = ((n(n+1))/2)^2`.

Follows the grammar published at asciimath.org: simple expressions, scripts, and `/` between two of them; brackets
that only group are not written. Nothing raises: what cannot be read stands as it is.
"""

from __future__ import annotations

import re

from mathcoder.extraction.symbols import FUNCTIONS, symbol

__all__ = ["asciimath_to_latex"]

_MOST_DEEP = 60
_LONGEST = 5_000  # characters

_SIGNS = {
    "*": r"\cdot", "**": r"\ast", "***": r"\star", "//": "/", "\\\\": r"\backslash", "setminus": r"\setminus",
    "xx": r"\times", "-:": r"\div", "@": r"\circ", "o+": r"\oplus", "ox": r"\otimes", "o.": r"\odot",
    "^^": r"\wedge",
    "vv": r"\vee", "nn": r"\cap", "uu": r"\cup", "^^^": r"\bigwedge", "vvv": r"\bigvee", "nnn": r"\bigcap",
    "uuu": r"\bigcup", "!=": r"\ne", "<=": r"\le", ">=": r"\ge", "lt": "<", "gt": ">", "le": r"\le", "ge": r"\ge",
    "-<": r"\prec", ">-": r"\succ", "in": r"\in", "!in": r"\notin", "sub": r"\subset", "sup": r"\supset",
    "sube": r"\subseteq", "supe": r"\supseteq", "-=": r"\equiv", "~=": r"\cong", "~~": r"\approx", "~": r"\sim",
    "prop": r"\propto", "and": r"\text{ and }", "or": r"\text{ or }", "not": r"\neg", "=>": r"\implies",
    "if": r"\text{ if }", "<=>": r"\iff", "iff": r"\iff", "AA": r"\forall", "EE": r"\exists", "_|_": r"\bot",
    "TT": r"\top", "|--": r"\vdash", "|==": r"\models", "int": r"\int", "oint": r"\oint", "del": r"\partial",
    "grad": r"\nabla", "+-": r"\pm", "-+": r"\mp", "O/": r"\emptyset", "oo": r"\infty", "aleph": r"\aleph",
    "...": r"\ldots", ":.": r"\therefore", ":'": r"\because", "/_": r"\angle", "cdots": r"\cdots",
    "vdots": r"\vdots",
    "ddots": r"\ddots", "quad": r"\quad", "qquad": r"\qquad", "diamond": r"\diamond", "square": r"\square",
    "CC": r"\mathbb{C}", "NN": r"\mathbb{N}", "QQ": r"\mathbb{Q}", "RR": r"\mathbb{R}", "ZZ": r"\mathbb{Z}",
    "uarr": r"\uparrow", "darr": r"\downarrow", "rarr": r"\to", "->": r"\to", "larr": r"\leftarrow",
    "harr": r"\leftrightarrow", "rArr": r"\Rightarrow", "lArr": r"\Leftarrow", "hArr": r"\Leftrightarrow",
    "|->": r"\mapsto", ">->": r"\rightarrowtail", "->>": r"\twoheadrightarrow", "sum": r"\sum", "prod": r"\prod",
    "cdot": r"\cdot", "times": r"\times", "infty": r"\infty", "ne": r"\ne", "pm": r"\pm", "to": r"\to",
    "partial": r"\partial", "lfloor": r"\lfloor", "rfloor": r"\rfloor",
    **{name: "\\" + name for name in FUNCTIONS},
    **{
        name: "\\" + name
        for name in "alpha beta gamma Gamma delta Delta epsilon varepsilon zeta eta theta Theta vartheta iota"
        " kappa"
        " lambda Lambda mu nu xi Xi pi Pi rho sigma Sigma tau upsilon phi Phi varphi chi psi Psi omega"
        " Omega".split()
    },
    "lcm": r"\operatorname{lcm}", "mod": r"\bmod", "sech": r"\operatorname{sech}", "csch": r"\operatorname{csch}",
}  # fmt: skip
_UNARY = {
    "sqrt": r"\sqrt{%s}", "text": r"\text{%s}", "mbox": r"\text{%s}", "hat": r"\hat{%s}", "bar": r"\bar{%s}",
    "ul": r"\underline{%s}", "vec": r"\vec{%s}", "dot": r"\dot{%s}", "ddot": r"\ddot{%s}", "tilde": r"\tilde{%s}",
    "overline": r"\overline{%s}", "underline": r"\underline{%s}", "abs": r"\left| %s \right|",
    "floor": r"\lfloor %s \rfloor", "ceil": r"\lceil %s \rceil", "norm": r"\left\| %s \right\|",
    "cancel": r"\cancel{%s}", "bb": r"\mathbf{%s}", "bbb": r"\mathbb{%s}", "cc": r"\mathcal{%s}",
    "tt": r"\mathtt{%s}",
    "fr": r"\mathfrak{%s}", "sf": r"\mathsf{%s}", "obrace": r"\overbrace{%s}", "ubrace": r"\underbrace{%s}",
}  # fmt: skip
_BINARY = {
    "frac": r"\frac{%s}{%s}", "root": r"\sqrt[%s]{%s}", "stackrel": r"\overset{%s}{%s}",
    "overset": r"\overset{%s}{%s}",
    "underset": r"\underset{%s}{%s}",
}  # fmt: skip
_OPEN = {"(": "(", "[": "[", "{": r"\{", "(:": r"\langle", "<<": r"\langle", "{:": "."}
_CLOSE = {")": ")", "]": "]", "}": r"\}", ":)": r"\rangle", ">>": r"\rangle", ":}": "."}
_NAMES = sorted([*_SIGNS, *_UNARY, *_BINARY, *_OPEN, *_CLOSE, "/", "_", "^"], key=len, reverse=True)
_TOKEN = re.compile(
    r'\s*(?:(?P<quoted>"[^"]*"|text\([^()]*\)|mbox\([^()]*\))|(?P<number>\d+(?:\.\d+)?)'
    rf"|(?P<name>{'|'.join(map(re.escape, _NAMES))})|(?P<other>\S))"
)


def asciimath_to_latex(source: str) -> str:
    """The LaTeX of an AsciiMath formula, without `$`."""
    if len(source) > _LONGEST:
        return source
    tokens: list[tuple[str, str]] = []
    for found in _TOKEN.finditer(source):
        tokens.append((found.lastgroup or "", found[found.lastgroup or 0]))
    return _Parser(tokens).whole()


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def whole(self) -> str:
        parts: list[str] = []
        while self._at < len(self._tokens):
            parts += self._row()
            if self._at < len(self._tokens):  # a closing bracket without its opening one
                parts.append(_CLOSE.get(self._take(), "").replace(".", ""))
        return _spaced(parts)

    def _next(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _row(self) -> list[str]:
        """Expressions up to a closing bracket."""
        parts: list[str] = []
        while self._at < len(self._tokens) and self._next() not in _CLOSE:
            left, bare = self._scripted()
            if self._next() == "/" and self._at + 1 < len(self._tokens):
                self._take()
                below = self._scripted()[1]
                left = rf"\frac{{{bare}}}{{{below}}}"
            parts.append(left)
        return parts

    def _scripted(self) -> tuple[str, str]:
        """An expression with its scripts: as it is written, and without the brackets that only group."""
        text, bare = self._simple()
        for sign in "_^":
            if self._next() == sign:
                self._take()
                script = self._simple()[1]
                text = bare = f"{text}{sign}{{{script}}}"
        return text, bare

    def _simple(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            return "", ""
        kind, value = self._tokens[self._at]
        if value in _CLOSE:
            return "", ""
        self._at += 1
        if kind == "quoted":
            words = value[1:-1] if value[0] == '"' else value[value.index("(") + 1 : -1]
            return _both(rf"\text{{{words}}}")
        if kind == "number":
            return value, value
        if self._depth >= _MOST_DEEP:
            return value, value
        self._depth += 1
        text = self._compound(value)
        self._depth -= 1
        return text

    def _compound(self, value: str) -> tuple[str, str]:
        if value in _OPEN:
            return self._bracketed(value)
        if value in _UNARY:
            return _both(_UNARY[value] % self._simple()[1])
        if value in _BINARY:
            return _both(_BINARY[value] % (self._simple()[1], self._simple()[1]))
        if value in _SIGNS:
            return _SIGNS[value], _SIGNS[value]
        found = symbol(value)
        latex = found[1] if found else value
        return latex, latex

    def _bracketed(self, opening: str) -> tuple[str, str]:
        inner = self._row()
        closing = self._take() if self._next() in _CLOSE else ""
        matrix = _matrix(opening, inner, closing)
        if matrix:
            return matrix, matrix
        bare = _spaced(inner)
        left, right = _OPEN[opening], _CLOSE.get(closing, "")
        if opening == "{:" or closing == ":}":
            return _half_open(opening, bare, left, right)
        tall = "\\frac" in bare or "\\sum" in bare or "\\int" in bare
        if tall and right:
            return rf"\left{left} {bare} \right{right}", bare
        blank = " " if left[-1].isalpha() else ""
        return f"{left}{blank}{bare}{' ' if right[-1:].isalpha() else ''}{right}", bare


def _both(latex: str) -> tuple[str, str]:
    return latex, latex


def _half_open(opening: str, bare: str, left: str, right: str) -> tuple[str, str]:
    if opening == "{:" and right in (".", ""):
        return bare, bare
    return _both(rf"\left{left} {bare} \right{right or '.'}")


_ROW = re.compile(r"[(\[](.*)[)\]]$", re.DOTALL)


def _matrix(opening: str, inner: list[str], closing: str) -> str:
    """`[[a,b],[c,d]]` as a matrix."""
    rows = [part for part in inner if part != ","]
    if len(rows) < 2 or len(inner) != 2 * len(rows) - 1 or opening not in ("(", "[", "{"):
        return ""
    found = [_ROW.match(row) for row in rows]
    cells = [_split(match[1]) for match in found if match]
    if len(cells) != len(rows) or len({len(row) for row in cells}) != 1 or (len(cells[0]) < 2 and opening != "["):
        return ""
    name = "cases" if opening == "{" and closing != "}" else "bmatrix" if opening == "[" else "pmatrix"
    body = r" \\ ".join(" & ".join(cell.strip() for cell in row) for row in cells)
    return rf"\begin{{{name}}} {body} \end{{{name}}}"


def _split(text: str) -> list[str]:
    """At the commas that stand in no bracket."""
    parts, depth, start = list[str](), 0, 0
    for index, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


_LOOSE = re.compile(
    r"(?:[=<>+-]|\\(?:le|ge|ne|to|in|notin|cdot|times|pm|implies|iff|equiv|approx|cong|cup|cap|sim))$"
)


def _spaced(parts: list[str]) -> str:
    out = ""
    for part in filter(None, parts):
        tight = not out or part[0] in ",)]!" or out[-1] in "([" or (part[0] in "([" and not _LOOSE.search(out))
        tight = tight or part[0] == "'" or out == "|" or (part == "|" and out.count("|") % 2 == 1)
        tight = tight or (out[-1].isdigit() and part[0].isalpha()) or (out == "-")
        if part[0].isalpha() and re.search(r"\\[A-Za-z]+$", out):
            tight = False
        out += part if tight else " " + part
    return out
