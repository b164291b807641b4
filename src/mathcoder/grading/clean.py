"""An answer's text in one spelling: no delimiters, no layout commands, one character for each sign.

Works on characters only and knows no mathematics; `tokens` and `read` go on from here.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["CURRENCY", "clean", "plain_words"]

CURRENCY = "$€£¥₹₽₩"

_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ", "0123456789-n", strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
_FRACTIONS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅛": "1/8", "⅙": "1/6"}
_SIGNS = {
    **dict.fromkeys("−–‐‑﹣", "-"),
    "×": r"\times ",
    "✕": r"\times ",
    "·": r"\cdot ",
    "•": r"\cdot ",
    "⋅": r"\cdot ",
    "∙": r"\cdot ",
    "∗": "*",
    "÷": "/",
    "∕": "/",
    "π": r"\pi ",
    "θ": r"\theta ",
    "α": r"\alpha ",
    "β": r"\beta ",
    "λ": r"\lambda ",
    "∞": r"\infty ",
    "√": r"\sqrt ",
    "≤": r"\le ",
    "≥": r"\ge ",
    "⩽": r"\le ",
    "⩾": r"\ge ",
    "≠": r"\ne ",
    "≈": "=",
    "≡": "=",
    "±": r"\pm ",
    "°": r"^\circ ",
    "º": r"^\circ ",
    "∪": r"\cup ",
    "∩": r"\cap ",
    "∈": r"\in ",
    "∀": r"\forall ",
    "∃": r"\exists ",
    "∅": r"\emptyset ",
    "ℝ": r"\mathbb{R} ",
    "，": ",",
    "；": ";",
    "、": ",",
    "：": ":",
    "（": "(",
    "）": ")",
    "％": "%",
    "。": ".",
    "或": " or ",
    "和": " and ",
    "′": "'",
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
}
_LAYOUT = re.compile(
    r"\\(?:left|right|bigg?|Bigg?|bigl|bigr|Bigl|Bigr|middle|displaystyle|textstyle|limits|nolimits|mathstrut"
    r"|quad|qquad|hfill|medspace|thinspace)(?![A-Za-z])|\\[,;:!> /]|~|\\(?:h|v)space\*?\{[^{}]*\}"
)
_SAME = {
    "dfrac": "frac",
    "tfrac": "frac",
    "cfrac": "frac",
    "leq": "le",
    "leqslant": "le",
    "geq": "ge",
    "geqslant": "ge",
    "neq": "ne",
    "lbrace": "{",
    "rbrace": "}",
    "lbrack": "[",
    "rbrack": "]",
    "lvert": "|",
    "rvert": "|",
    "vert": "|",
    "mid": "|",
    "infin": "infty",
    "varnothing": "emptyset",
    "degree": "circ",
    "degrees": "circ",
    "dbinom": "binom",
    "tbinom": "binom",
    "thinspace": ",",
    "ast": "*",
    "div": "/",
    "colon": ":",
    "approx": "=",
    "equiv": "=",
    "simeq": "=",
    "doteq": "=",
    "euro": "€",
    "pounds": "£",
    "dollar": "$",
    "varphi": "phi",
    "varepsilon": "epsilon",
    "vartheta": "theta",
    "Longrightarrow": "Rightarrow",
    "implies": "Rightarrow",
}
_BARE = frozenset(("{", "}", "[", "]", "|", "*", "/", ":", "=", ",", "€", "£", "$"))
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_DELIMITED = re.compile(r"(?<!\\)\$\$?((?:[^$\\]|\\.)+?)(?<!\\)\$\$?(?!\d)", re.DOTALL)
_CONTROL = dict.fromkeys((*range(32), *range(127, 160)), " ")
_BOX = re.compile(r"\\f?box(?:ed)?\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
_PREFACE = re.compile(
    r"^\s*(?:so |thus |hence |therefore,? )?(?:the )?(?:final )?(?:correct |unique )?"
    r"(?:solutions?|answers?)\s+(?:is|are)\b\s*:?\s*",
    re.IGNORECASE,
)
_BOLD = re.compile(r"\\(?:mathbf|boldsymbol|bf)\s*\{([^{}]*\d[^{}]*)\}")
_PYTHON = (
    (re.compile(r"\b(?:Fraction|Rational)\((-?\d+), ?(-?\d+)\)"), r"(\1)/(\2)"),
    (re.compile(r"^\s*Eq\(([^,]*), ?([^,]*)\)\s*$"), r"\1 = \2"),
    (re.compile(r"^\s*\((.+?) (<=?) ([A-Za-z])\) & \(\3 (<=?) (.+?)\)\s*$"), r"\1 \2 \3 \4 \5"),
)
_ROW = "\ue001"  # ends a row of a matrix
_MONEY = "\ue000"  # a price's sign, while delimiters of mathematics are taken off


def clean(text: str) -> str:
    """`text` without delimiters of mathematics, layout, invisible characters and final punctuation."""
    text = text.translate(_CONTROL)
    if not text.isascii():
        text = _ascii(text)
    if "\\begin" in text:
        text = text.replace("\\\\", _ROW)
    text = text.replace(r"\!", "").replace(r"\%", "%").replace(r"\&", "&").replace(r"\#", "#").replace(r"\_", "_")
    text = re.sub(r"\\{2,}(?=[$%A-Za-z(\[])(?!\s)", r"\\", text) if "\\begin" not in text else text
    text = _PREFACE.sub("", _BOX.sub(r" \1 ", text)) if "ox" in text or "is" in text or "are" in text else text
    if "(" in text:
        text = _plain_python(text)
    text = text.replace(r"\$", _MONEY)
    if "$" in text:
        text = _DELIMITED.sub(r" \1 ", text)
    text = (
        text.replace("$", _MONEY)
        if text.count("$") != 1 or re.search(r"\$\s*[\d.]", text)
        else text.replace("$", " ")
    )
    text = re.sub(r"(?<=\d)\*I\b|\bI(?=\*\d)", lambda match: match[0].replace("I", "i"), text)
    text = re.sub(r"^Rs\.?\s*(?=[\d.])", "₹", text).removesuffix("/-")
    if "\\" in text:
        if "bf" in text or "bold" in text:  # bold digits are often set apart: \mathbf{2 6 6}
            text = _BOLD.sub(lambda match: re.sub(r"(?<=\d) (?=\d)", "", match[1]), text)
        text = re.sub(r"\\mu\s*\\(?:mathrm|text)\s*\{\s*([mgsl])\s*\}", r"\\text{micro\1}", text)
        text = re.sub(r"\\[()\[\]](?!\s*\d*(?:pt|em|ex)\])", " ", text)
        text = re.sub(r"(?<=\d)\\[,!;: ](?=\d{3}(?!\d))", "", text)
        text = _COMMAND.sub(_one_name, text)
        text = _LAYOUT.sub(" ", text)
    text = text.replace("{,}", "").replace(_MONEY, "$").replace(_ROW, "\\\\")
    text = re.sub(r"\s+", " ", text).strip()
    while True:
        before = text
        text = text.strip(" ").rstrip(".,;:").rstrip() if not text.endswith("...") else text
        for mark in ("**", "__", "`", '"', "'"):
            if (
                len(text) > 2 * len(mark)
                and text.startswith(mark)
                and text.endswith(mark)
                and mark not in text[len(mark) : -len(mark)]
            ):
                text = text[len(mark) : -len(mark)]
        text = text.removeprefix("=").removesuffix("</s>").removeprefix("<s>")
        if text == before:
            return text


def _plain_python(text: str) -> str:
    """What SymPy and `fractions` print, as mathematics."""
    for pattern, plain in _PYTHON:
        text = pattern.sub(plain, text)
    return text


def _one_name(match: re.Match[str]) -> str:
    name = _SAME.get(match[1], match[1])
    if name in ("{", "}"):
        return "\\" + name
    return (_MONEY if name == "$" else name) if name in _BARE else "\\" + name


def _ascii(text: str) -> str:
    """Signs and digits of Unicode as ASCII or LaTeX; letters stay."""
    pieces: list[str] = []
    for char in text:
        if char in _SIGNS:
            pieces.append(_SIGNS[char])
        elif char in _SUPERSCRIPTS:
            pieces.append(f"^{{{_SUPERSCRIPTS[char]}}}")
        elif char in _SUBSCRIPTS:
            pieces.append(f"_{{{_SUBSCRIPTS[char]}}}")
        elif char in _FRACTIONS:
            pieces.append(f" {_FRACTIONS[char]} ")
        elif char in CURRENCY or char.isascii():
            pieces.append(char)
        elif (digit := unicodedata.digit(char, None)) is not None:
            pieces.append(str(digit))
        else:
            category = unicodedata.category(char)
            if category in ("Cf", "Mn", "Me"):
                continue
            pieces.append(" " if category.startswith(("Z", "C")) else unicodedata.normalize("NFKC", char))
    text = "".join(pieces)
    return re.sub(r"\}\^\{", "", text)  # x¹⁰ is one exponent


_ARTICLES = frozenset("a an the".split())


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text, in small letters, without articles, punctuation and LaTeX around them."""
    text = re.sub(r"\\(?:text|mbox|mathrm|textbf|textit|mathbf|rm|bf|operatorname)(?![A-Za-z])", " ", text)
    words = re.findall(r"[^\W_]+(?:['.-][^\W_]+)*|[^\w\s{}\\.,;:!?\"'*_`]", text.casefold())
    return tuple(word for word in words if word not in _ARTICLES)
