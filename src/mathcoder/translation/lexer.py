"""Cuts a formula, LaTeX or plain, into tokens. Spacing, sizes and labels are dropped, look-alikes made one."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["END", "Token", "Unreadable", "tokens"]

_MOST_TOKENS = 3_000


class Unreadable(Exception):
    """What stands there is no formula that can be read. The message says why, in a few words."""


@dataclass(frozen=True, slots=True)
class Token:
    """`kind`: number, grouped (1,234: one number, or a list), name, command, text, sign, relation, separator,
    row, end.

    `start` and `end` are its place in the formula.
    """

    kind: str
    value: str
    start: int = 0
    end: int = 0
    spaced: bool = False


END = Token("end", "")

_TOKEN = re.compile(
    r"(?P<space>\s+|~|&nbsp;)"
    r"|(?P<number>\d{1,3}(?:(?:,|\{,\}|\\,|,\\!)\d{3})+(?![\d])(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"|\\(?P<text>text|mbox|hbox|mathrm|textrm|textit|textbf|textnormal|operatorname\*?|mathit|mathsf|texttt|intertext)"
    r"\s*\{(?P<inside>(?:[^{}$]|\$[^$]{0,99}\$|\{[^{}]{0,99}\}){0,400})\}"
    r"|\\(?:label|tag\*?|hspace\*?|vspace\*?|phantom|hphantom|vphantom|color|ref|eqref|class|cssId|style)\s*\{[^{}]*\}"
    r"|\\(?:begin|end)\{(?P<environment>[A-Za-z]+\*?)\}(?:\[[a-z]\])?(?:\{[lcr|@ {}]*\})?"
    r"|(?P<row>\\\\(?:\[[^\]]*\]|\*)?|\\cr(?![A-Za-z]))"
    r"|\\(?P<bar>left\s*\\?\||right\s*\\?\||[lr][vV]ert(?![A-Za-z])|left\s*\.|right\s*\.)"
    r"|\\(?P<command>[A-Za-z]+|[{}|%$&#_])"
    r"|\\(?P<spacing>[,;:! >])"
    r"|(?P<name>[A-Za-z])"
    r"|(?P<sign><=|>=|!=|:=|[^\s])",
    re.DOTALL,
)

_DROPPED = frozenset(
    "$ left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr displaystyle textstyle "
    "scriptstyle limits nolimits nonumber notag hfill strut mathstrut rm bf it cal mathord mathop mathbin mathrel "
    "mathopen mathclose noindent centering allowbreak hline boldsymbol bm allowdisplaybreaks thinspace medspace "
    "negthinspace middle".split()
)
_SAME = {
    "dfrac": "frac",
    "tfrac": "frac",
    "cfrac": "frac",
    "dbinom": "binom",
    "tbinom": "binom",
    "lbrace": "{",
    "rbrace": "}",
    "lbrack": "[",
    "rbrack": "]",
    "ast": "*",
    "bullet": "cdot",
    "div": "/",
    "colon": ":",
    "varepsilon": "epsilon",
    "vartheta": "theta",
    "varphi": "phi",
    "varrho": "rho",
    "iint": "iint",
    "Vert": "|",
    "vert": "|",
    "mid": "|",
    "ldots": "dots",
    "cdots": "dots",
    "dotsc": "dots",
    "dotsb": "dots",
    "hdots": "dots",
    "prime": "'",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arccot": "acot",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "tg": "tan",
    "ctg": "cot",
    "lnot": "neg",
}
_RELATIONS = {
    "=": "=",
    ":=": "=",
    "<": "<",
    ">": ">",
    "<=": "<=",
    ">=": ">=",
    "!=": "!=",
    "approx": "approx",
    "thickapprox": "approx",
    "approxeq": "approx",
    "doteq": "approx",
    "simeq": "approx",
    "≈": "approx",
    "equiv": "equiv",
    "≡": "equiv",
    "le": "<=",
    "leq": "<=",
    "leqslant": "<=",
    "≤": "<=",
    "ge": ">=",
    "geq": ">=",
    "geqslant": ">=",
    "≥": ">=",
    "lt": "<",
    "gt": ">",
    "ne": "!=",
    "neq": "!=",
    "≠": "!=",
    "in": "in",
    "∈": "in",
    "sim": "sim",
    "cong": "sim",
    "propto": "sim",
    "subset": "in",
    "subseteq": "in",
    "stackrel": "sim",
    "overset": "sim",
    "coloneqq": "=",
}
_SEPARATORS = frozenset(
    ", ; quad qquad Rightarrow Longrightarrow implies iff Leftrightarrow Longleftrightarrow ⇒ ⇔ therefore ∴ "
    "because land lor longrightarrow hookrightarrow".split()
)
_UNICODE = {
    "−": "-",
    "–": "-",
    "×": "times",
    "⋅": "cdot",
    "·": "cdot",
    "∗": "*",
    "÷": "/",
    "∕": "/",
    "π": "pi",
    "∞": "infty",
    "√": "sqrt",
    "θ": "theta",
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "λ": "lambda",
    "μ": "mu",
    "σ": "sigma",
    "φ": "phi",
    "ω": "omega",
    "±": "pm",
    "°": "degree",
    "′": "'",
    "’": "'",
    "∫": "int",
    "∑": "sum",
    "→": "to",
    "∂": "partial",
    "∥": "|",
    "‖": "|",
    "⟨": "langle",
    "⟩": "rangle",
}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def tokens(text: str) -> list[Token]:
    """The tokens of a formula, with their places in it.

    Raises:
        Unreadable: there are too many of them.
    """
    found: list[Token] = []
    spaced = False
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind is None or kind in ("space", "spacing"):
            spaced = True
            continue
        for kind_, value in _meanings(match, kind):
            if value == "}" and found and found[-1].value == "{":  # {}_1
                found.pop()
                continue
            found.append(Token(kind_, value, match.start(), match.end(), spaced))
        spaced = False
        if len(found) > _MOST_TOKENS:
            raise Unreadable("too long")
    return found


_Meanings = list[tuple[str, str]]


def _meanings(match: re.Match[str], kind: str) -> _Meanings:
    value = match[kind]
    match kind:
        case "number":
            plain = re.sub(r"[^\d.]", "", value)
            grouped = "," in value and "{" not in value and "\\" not in value
            return [("grouped", value) if grouped else ("number", plain)]
        case "inside":
            return _text(match["text"], value.strip())
        case "environment":
            return _environment(match[0], value.rstrip("*"))
        case "row":
            return [("row", value)]
        case "bar":
            side = "left" if value.startswith("l") else "right"
            return [("command", f"{side} {'.' if '.' in value else '|'}")]
        case "command" | "sign":
            return _sign(_UNICODE.get(value, _SAME.get(value, value)), kind)
        case _:
            return [(kind, value)]


def _environment(text: str, name: str) -> _Meanings:
    if name.endswith("matrix") or name == "array":
        side = "begin" if text.startswith("\\begin") else "end"
        return [("command", f"{side} {'vmatrix' if name == 'vmatrix' else 'matrix'}")]
    return [("command", name)] if name == "cases" else []


def _sign(value: str, kind: str) -> _Meanings:
    if value in _DROPPED:
        return []
    if value in _RELATIONS:
        return [("relation", _RELATIONS[value])]
    if value in _SEPARATORS:
        return [("separator", value)]
    digits = value.translate(_SUPERSCRIPTS)
    if digits != value:
        return [("sign", "^"), ("number", digits)]
    if kind == "command" and value in ("{", "}"):  # \{: a set, not a group
        return [("command", "set " + value)]
    return [("command" if value.isalpha() and len(value) > 1 else "sign", value)]


def _text(command: str, inside: str) -> _Meanings:
    """Words. A single letter set upright is a name; a function's name is a command."""
    word = _SAME.get(inside, inside)
    if word in FUNCTION_NAMES and not (command.startswith(("text", "mbox", "hbox")) and word in ("min", "sec")):
        return [("command", word)]
    if command in ("mathrm", "mathit", "mathsf", "operatorname") and re.fullmatch(r"[A-Za-z]", inside):
        return [("name", inside)]
    if re.search(r"[,;]$|\b(?:and|or|so|thus|for|if|when|where)\b", inside):
        return [("separator", "text " + inside)]
    return [("text", inside)] if inside else []


FUNCTION_NAMES = frozenset(
    "sin cos tan cot sec csc sinh cosh tanh coth sech csch asin acos atan acot asec acsc arcsin arccos arctan "
    "ln log lg exp gcd lcm max min det lim arcsinh arccosh arctanh asinh acosh atanh proj comp".split()
)
