"""Unicode mathematics to LaTeX: operators, letters and function names.

Knows single characters only; how they stand together is `atoms`' business.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import import_module
from typing import Any

__all__ = ["ACCENTS", "FUNCTIONS", "INVISIBLE", "LARGE", "LIMITS", "SPACES", "STRETCHED", "escaped_text", "symbol"]

# Names that LaTeX has a command for.
FUNCTIONS = frozenset(
    "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim ln log max min Pr"
    " sec sin"
    " sinh sup tan tanh liminf limsup".split()
)
# Operators that take what stands under and over them as limits.
LIMITS = frozenset("lim inf sup max min det gcd Pr liminf limsup argmax argmin".split())
INVISIBLE = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe00"), None)
SPACES = dict.fromkeys(
    map(ord, "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"), " "
)

LARGE = {
    "∑": r"\sum", "∏": r"\prod", "∐": r"\coprod", "∫": r"\int", "∬": r"\iint", "∭": r"\iiint", "∮": r"\oint",
    "∯": r"\oiint", "⋂": r"\bigcap", "⋃": r"\bigcup", "⋁": r"\bigvee", "⋀": r"\bigwedge", "⨁": r"\bigoplus",
    "⨂": r"\bigotimes", "⨀": r"\bigodot", "⨆": r"\bigsqcup", "⨄": r"\biguplus",
}  # fmt: skip
_RELATIONS = {
    "=": "=", "<": "<", ">": ">", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "≡": r"\equiv",
    "∼": r"\sim", "~": r"\sim", "≃": r"\simeq", "≅": r"\cong", "≪": r"\ll", "≫": r"\gg", "∝": r"\propto",
    "∈": r"\in", "∉": r"\notin", "∋": r"\ni", "⊂": r"\subset", "⊃": r"\supset", "⊆": r"\subseteq",
    "⊇": r"\supseteq", "⊊": r"\subsetneq", "⊄": r"\not\subset", "→": r"\to", "←": r"\leftarrow", "⟶": r"\to",
    "↔": r"\leftrightarrow", "⇒": r"\Rightarrow", "⟹": r"\implies", "⇐": r"\Leftarrow", "⟸": r"\impliedby",
    "⇔": r"\Leftrightarrow", "⟺": r"\iff", "↦": r"\mapsto", "⟼": r"\mapsto", "⟵": r"\leftarrow",
    "↪": r"\hookrightarrow", "↠": r"\twoheadrightarrow", "↣": r"\rightarrowtail", "⇝": r"\rightsquigarrow",
    "↑": r"\uparrow", "↓": r"\downarrow", "⇑": r"\Uparrow", "⇓": r"\Downarrow", "↗": r"\nearrow", "↘": r"\searrow",
    "⇌": r"\rightleftharpoons", "⊢": r"\vdash", "⊨": r"\models", "⊩": r"\Vdash", "∣": r"\mid", "∤": r"\nmid",
    "∥": r"\parallel", "⊥": r"\perp", "≺": r"\prec", "≻": r"\succ", "⪯": r"\preceq", "⪰": r"\succeq",
    "≼": r"\preceq", "≽": r"\succeq", "≲": r"\lesssim", "≳": r"\gtrsim", "⩽": r"\le", "⩾": r"\ge", "≔": ":=",
    "⊑": r"\sqsubseteq", "⊒": r"\sqsupseteq", "≐": r"\doteq", "≜": r"\triangleq", "⊣": r"\dashv", "≰": r"\nleq",
    "≱": r"\ngeq", "≮": r"\nless", "≯": r"\ngtr", "≢": r"\not\equiv", "≁": r"\nsim", "⊈": r"\nsubseteq",
    "⇏": r"\nRightarrow", "↛": r"\nrightarrow", "⋮": r"\vdots", ":=": ":=", "<=": r"\le", ">=": r"\ge", "==": "==",
    "!=": r"\ne", "->": r"\to", "⌢": r"\frown", "≍": r"\asymp", "⊲": r"\lhd", "⊴": r"\trianglelefteq",
}  # fmt: skip
_BINARY = {
    "+": "+", "-": "-", "−": "-", "–": "-", "±": r"\pm", "∓": r"\mp", "×": r"\times", "⋅": r"\cdot", "·": r"\cdot",
    "∙": r"\cdot", "•": r"\bullet", "*": "*", "∗": "*", "⋆": r"\star", "∘": r"\circ", "÷": r"\div", "∪": r"\cup",
    "∩": r"\cap", "∧": r"\wedge", "∨": r"\vee", "⊕": r"\oplus", "⊗": r"\otimes", "⊙": r"\odot", "⊖": r"\ominus",
    "∖": r"\setminus", "⧵": r"\setminus", "⊎": r"\uplus", "⊔": r"\sqcup", "⊓": r"\sqcap", "⋊": r"\rtimes",
    "⋉": r"\ltimes", "†": r"\dagger", "‡": r"\ddagger", "≀": r"\wr", "⋄": r"\diamond", "∔": r"\dotplus",
    "⨯": r"\times", "⊞": r"\boxplus", "⊠": r"\boxtimes", "⋈": r"\bowtie", "△": r"\triangle", "∸": r"\dotminus",
}  # fmt: skip
_OPEN = {
    "(": "(", "[": "[", "{": r"\{", "⟨": r"\langle", "\u2329": r"\langle", "\u3008": r"\langle", "⌊": r"\lfloor",
    "⌈": r"\lceil", "⟦": r"\llbracket", "⟪": r"\langle\langle",
}  # fmt: skip
_CLOSE = {
    ")": ")", "]": "]", "}": r"\}", "⟩": r"\rangle", "\u232a": r"\rangle", "\u3009": r"\rangle", "⌋": r"\rfloor",
    "⌉": r"\rceil", "⟧": r"\rrbracket", "⟫": r"\rangle\rangle",
}  # fmt: skip
_BARS = {"|": "|", "‖": r"\|", "||": r"\|", "∥": r"\|", "❘": "|", "｜": "|"}
_PUNCTUATION = {",": ",", ";": ";", ".": ".", "?": "?", "，": ",", "。": ".", "；": ";"}
_PRIMES = {"′": "'", "″": "''", "‴": "'''", "'": "'", "''": "''", "’": "'", "`": "'", "⁗": "''''", '"': "''"}
_PLAIN = {
    "/": "/", "!": "!", ":": ":", "%": r"\%", "$": r"\$", "#": r"\#", "&": r"\&", "_": r"\_", "\\": r"\setminus",
    "∞": r"\infty", "∂": r"\partial", "∇": r"\nabla", "∅": r"\emptyset", "⌀": r"\emptyset", "∀": r"\forall",
    "∃": r"\exists", "∄": r"\nexists", "¬": r"\neg", "√": r"\surd", "∠": r"\angle", "⋯": r"\cdots", "…": r"\ldots",
    "⋱": r"\ddots", "⋰": r"\iddots", "ℓ": r"\ell", "ℏ": r"\hbar", "ħ": r"\hbar", "ı": r"\imath", "ȷ": r"\jmath",
    "ℑ": r"\Im", "ℜ": r"\Re", "℘": r"\wp", "ℵ": r"\aleph", "ℶ": r"\beth", "⊤": r"\top", "□": r"\square",
    "■": r"\blacksquare", "◻": r"\square", "∎": r"\blacksquare", "▫": r"\square", "⟂": r"\perp", "△": r"\triangle",
    "∆": r"\Delta", "Ω": r"\Omega", "µ": r"\mu", "∴": r"\therefore", "∵": r"\because", "★": r"\star",
    "¢": r"\text{¢}", "£": r"\pounds", "€": r"\text{€}", "¥": r"\yen", "⋀": r"\bigwedge", "♯": r"\sharp",
    "♭": r"\flat", "§": r"\S", "¶": r"\P", "∁": r"\complement", "^": r"\wedge", "½": r"\frac{1}{2}",
    "⅓": r"\frac{1}{3}", "¼": r"\frac{1}{4}", "⅔": r"\frac{2}{3}", "¾": r"\frac{3}{4}",
}  # fmt: skip
_POWERS = {"°": r"^{\circ}", "²": "^{2}", "³": "^{3}", "¹": "^{1}", "º": r"^{\circ}", "˚": r"^{\circ}"}
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξπρςστυφχψωϵϑϕϱϖϰΓΔΘΛΞΠΣΥΦΨΩ",
        "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho varsigma sigma tau"
        " upsilon varphi chi psi omega epsilon vartheta phi varrho varpi varkappa Gamma Delta Theta Lambda Xi Pi"
        " Sigma Upsilon Phi Psi Omega".split(),
        strict=True,
    )
)
# Capitals and omicron that look like Latin letters have no command of their own.
_GREEK_AS_LATIN = dict(zip("οΑΒΕΖΗΙΚΜΝΟΡΤΧ", "oABEZHIKMNOPTX", strict=True))

ACCENTS = {
    "¯": "bar", "‾": "overline", "_": "underline", "^": "hat", "ˆ": "hat", "~": "tilde", "˜": "tilde", "˙": "dot",
    ".": "dot", "¨": "ddot", "..": "ddot", "→": "vec", "⃗": "vec", "ˇ": "check", "˘": "breve", "´": "acute",
    "`": "grave", "⏞": "overbrace", "⏟": "underbrace", "̲": "underline", "̂": "hat", "̃": "tilde",
    "̄": "bar", "←": "overleftarrow", "↔": "overleftrightarrow", "∧": "hat", "⃛": "dddot", "¯¯": "bar",
    "⇀": "vec", "―": "overline", "–": "bar", "—": "overline", "ˉ": "bar", "∼": "tilde", "︷": "overbrace",
    "︸": "underbrace", "⎵": "underbracket", "⎴": "overbracket", "∘": "mathring", "˚": "mathring", "-": "bar",
    "−": "bar",
}  # fmt: skip
# The accent to take when it covers more than one sign.
STRETCHED = {"bar": "overline", "hat": "widehat", "tilde": "widetilde", "vec": "overrightarrow"}

_KINDS: dict[str, tuple[str, str]] = {}
for _kind, _table in (
    ("ord", _PLAIN),
    ("large", LARGE),
    ("bin", _BINARY),
    ("rel", _RELATIONS),
    ("bar", _BARS),
    ("open", _OPEN),
    ("close", _CLOSE),
    ("punct", _PUNCTUATION),
    ("prime", _PRIMES),
    ("power", _POWERS),
):
    for _sign, _latex in _table.items():
        _KINDS[_sign] = (_kind, _latex)
for _sign, _latex in _GREEK.items():
    _KINDS[_sign] = ("ord", "\\" + _latex)
for _sign, _latex in _GREEK_AS_LATIN.items():
    _KINDS[_sign] = ("ord", _latex)

_STYLES = (
    ("DOUBLE-STRUCK", "mathbb"),
    ("FRAKTUR", "mathfrak"),
    ("BLACK-LETTER", "mathfrak"),
    ("SCRIPT", "mathcal"),
    ("MONOSPACE", "mathtt"),
    ("SANS-SERIF", "mathsf"),
    ("BOLD", "mathbf"),
)


@lru_cache(maxsize=4096)
def symbol(sign: str) -> tuple[str, str] | None:
    """The kind and the LaTeX of one sign, None when it has none.

    Kinds: ord, num, op, large, bin, rel, bar, open, close, punct, prime, power (a superscript of what is before).
    """
    known = _KINDS.get(sign)
    if known or len(sign) != 1:
        return known
    if sign.isascii():
        return ("num" if sign.isdigit() else "ord", sign) if sign.isalnum() else None
    plain = unicodedata.normalize("NFKC", sign)
    if len(plain) == 1 and plain != sign:  # a letter of the mathematical alphabets, or a full-width form
        found = symbol(plain)
        if found and found[0] in ("ord", "num"):
            name = unicodedata.name(sign, "")
            style = next((command for word, command in _STYLES if word in name), None)
            return (found[0], rf"\{style}{{{found[1]}}}") if style else found
        return found
    return _rare(sign)


def _rare(sign: str) -> tuple[str, str] | None:
    # A table of a few thousand signs: read only when one is met.
    encoding: Any = import_module("pylatexenc.latexencode")  # it has no types
    latex: str | None = encoding.get_builtin_uni2latex_dict().get(ord(sign))
    found = re.fullmatch(r"\\ensuremath\{(.+)\}", latex or "")
    return ("ord", found[1]) if found else None


_ESCAPES = {
    "\\": r"\backslash ", "{": r"\{", "}": r"\}", "$": r"\$", "%": r"\%", "#": r"\#", "&": r"\&", "_": r"\_",
    "^": r"\^{}", "~": r"\~{}",
}  # fmt: skip
_SPECIAL = re.compile(r"[\\{}$%#&_^~]")


def escaped_text(text: str) -> str:
    """Plain words as the inside of `\\text{}`."""
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], text)
