"""LaTeX as one line of plain text, for a terminal: `\\frac{1}{2} + \\sqrt{x}` is shown as 1/2 + √x.

For reading only: what is not known is left as it is, and nothing is computed from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["readable"]

_TOKEN = re.compile(r"\\begin\{[^{}]*\}(?:\{[^{}]*\})?|\\end\{[^{}]*\}|\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)
_SIGNS = {
    pair.partition(":")[0]: pair.partition(":")[2]
    for pair in (
        "cdot:· times:× div:÷ pm:± mp:∓ circ:° ast:* star:⋆ infty:∞ le:≤ leq:≤ ge:≥ geq:≥ ne:≠ neq:≠ approx:≈ "
        "equiv:≡ sim:~ to:→ rightarrow:→ mapsto:↦ Rightarrow:⇒ implies:⇒ iff:⇔ in:∈ int:∫ iint:∬ iiint:∭ oint:∮ "
        "sum:∑ prod:∏ partial:∂ nabla:∇ cup:∪ cap:∩ subset:⊂ subseteq:⊆ setminus:∖ emptyset:∅ angle:∠ ldots:… "
        "dots:… cdots:⋯ mid:| vert:| Vert:‖ prime:′ degree:° lfloor:⌊ rfloor:⌋ lceil:⌈ rceil:⌉ langle:⟨ rangle:⟩ "
        "forall:∀ alpha:α beta:β gamma:γ delta:δ epsilon:ε zeta:ζ eta:η theta:θ iota:ι kappa:κ lambda:λ mu:μ nu:ν "
        "xi:ξ pi:π rho:ρ sigma:σ tau:τ upsilon:υ phi:φ chi:χ psi:ψ omega:ω varepsilon:ε vartheta:ϑ varphi:φ ell:ℓ "
        "hbar:ℏ Gamma:Γ Delta:Δ Theta:Θ Lambda:Λ Xi:Ξ Pi:Π Sigma:Σ Phi:Φ Psi:Ψ Omega:Ω"
    ).split()
}
_SPACES = frozenset(("quad", "qquad", ",", ";", ":", "!", " ", "thinspace", "space"))
_SILENT = frozenset(
    "left right big Big bigg Bigg bigl bigr Bigl Bigr displaystyle textstyle limits nolimits nonumber".split()
)
_INSIDE = frozenset(
    "text textrm textbf textit mathrm mathbf mathit mathsf mathbb mathcal operatorname boxed mbox vec bar".split()
)
_UP = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True))
_DOWN = dict(zip("0123456789+-=()ni", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙᵢ", strict=True))
_SIMPLE = re.compile(r"(?:\d[\d.]*|[d∂]?[²³]? ?[^\W\d_]['′]*)[⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ₀-₉!]*|\([^()]*\)")
_MOST = 60  # levels of braces and arguments


def readable(latex: str) -> str:
    """The formula on one line, in Unicode; fractions with a slash, in brackets what would be read otherwise."""
    shown = re.sub(r"\s+", " ", _Reader(latex).read("")).strip()
    return re.sub(r"(?<=[A-Za-z]) (?=[\^_²³⁴⁻₀-₉])|(?<=[→(\[]) | (?=[→\]);])", "", shown)


class _Reader:
    """Goes through the tokens of a formula once."""

    def __init__(self, latex: str):
        self._tokens = _TOKEN.findall(latex.replace("\0", ""))
        self._at = 0
        self._depth = 0

    def read(self, end: str) -> str:
        """What comes up to `end`, or to the end of the formula."""
        parts: list[str] = []
        while self._at < len(self._tokens) and self._tokens[self._at] != end:
            parts.append(self._one())
        self._at += 1
        return "".join(parts)

    def _one(self) -> str:
        token = self._next()
        if token == "{":
            return self._deeper(lambda: self.read("}"))
        if token in ("^", "_"):
            return _raised(self._argument(), token)
        if token in "$&}" or token == "~":
            return " " if token in "&~" else ""
        if not token.startswith("\\") or token == "\\":
            return token
        return self._command(token[1:].rstrip("*"))

    def _command(self, name: str) -> str:
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            return f"{_bracketed(self._argument())}/{_bracketed(self._argument())}"
        if name in ("binom", "dbinom", "tbinom"):
            return f"C({self._argument().strip()}, {self._argument().strip()})"
        if name == "sqrt":
            return self._root()
        if name in ("bmod", "pmod", "mod"):
            return f" (mod {self._argument().strip()})" if name == "pmod" else " mod "
        if name in _INSIDE:
            return self._argument()
        if name in _SPACES:
            return "" if name == "!" else " "
        if name.startswith("begin{"):
            return "{ " if "cases" in name else "[" if "matrix" in name or "array" in name else ""
        if name.startswith("end{"):
            return "]" if "matrix" in name or "array" in name else ""
        if name == "\\":
            return "; "
        if name in _SILENT:
            return ""
        return _SIGNS.get(name) or (f" {name} " if name.isalpha() else name)

    def _root(self) -> str:
        degree = ""
        if self._at < len(self._tokens) and self._tokens[self._at] == "[":
            self._at += 1
            degree = _raised(self.read("]"), "^")
        return f"{degree}√{_bracketed(self._argument())}"

    def _argument(self) -> str:
        """A group, or the one token that stands in its place."""
        while self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1
        return self._deeper(self._one) if self._at < len(self._tokens) else ""

    def _deeper(self, read: Callable[[], str]) -> str:
        if self._depth == _MOST:
            return "…"
        self._depth += 1
        inside = read()
        self._depth -= 1
        return inside

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]


def _bracketed(text: str) -> str:
    """Brackets around what would be read otherwise behind a slash or a root."""
    text = text.strip()
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _raised(text: str, sign: str) -> str:
    """An exponent or an index, in small figures where there are such."""
    text = text.strip()
    small = _UP if sign == "^" else _DOWN
    if text and all(char in small for char in text):
        return "".join(small[char] for char in text)
    if text in ("°", "′"):
        return text
    return f"{sign}{text}" if len(text) < 2 else f"{sign}({text})"
