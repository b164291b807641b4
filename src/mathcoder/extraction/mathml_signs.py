"""The leaves of MathML: identifiers, numbers, operators and words, as signs of a row."""

from __future__ import annotations

import re

from mathcoder.extraction.atoms import Atom
from mathcoder.extraction.symbols import FUNCTIONS, INVISIBLE, LIMITS, SPACES, escaped_text, symbol
from mathcoder.extraction.xmltree import Element

__all__ = ["identifier", "number", "operator", "signs", "words"]


def _text(element: Element) -> str:
    return (element.text or "").translate(INVISIBLE).translate(SPACES)


def identifier(element: Element, style: str) -> list[Atom]:
    style = element.get("mathvariant", style)
    text = " ".join(_text(element).split())
    if len(text) < 2:
        return _styled(signs(text), style)
    if text in FUNCTIONS or text in LIMITS:
        return [_function(text)]
    if re.fullmatch(r"d[a-zA-Zα-ω]", text):
        return [Atom("ord", "d"), *signs(text[1])]
    if re.fullmatch(r"[A-Za-z][A-Za-z -]*", text):
        return [Atom("ord", rf"\mathrm{{{text}}}" if "bold" not in style else rf"\mathbf{{{text}}}")]
    return _styled(_mixed(text), style)


def _function(name: str) -> Atom:
    if name in FUNCTIONS:
        return Atom("op", "\\" + name)
    return Atom("op", r"\operatorname*{" + name.replace("arg", r"arg\,") + "}")


def number(element: Element, style: str) -> list[Atom]:
    text = _text(element).strip()
    atoms = [Atom("num", text)] if re.fullmatch(r"\d+(?:[.,]\d+)*", text) else _mixed(text)
    return _styled(atoms, element.get("mathvariant", style)) if "bold" in style else atoms


def operator(element: Element, style: str) -> list[Atom]:
    text = _text(element)
    sign = text.strip()
    if not sign:
        return [Atom("space", "")] if text else []
    if sign in FUNCTIONS or sign in LIMITS:
        return [_function(sign)]
    found = symbol(sign)
    if found is None:
        return _words(text) if re.search(r"[A-Za-z]{2}", sign) else _mixed(sign)
    kind, latex = found
    form = element.get("form")
    if kind == "bar" and form in ("prefix", "postfix"):
        kind = "open" if form == "prefix" else "close"
    return [Atom(kind, latex)]


_PIECE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|\.{3,}|[A-Za-z]+|.", re.DOTALL)


def _mixed(text: str) -> list[Atom]:
    """Text such as `−sin`, `,…,` or `3.5x`, sign by sign."""
    atoms: list[Atom] = []
    for piece in _PIECE.findall(text):
        if piece.isspace():
            atoms.append(Atom("space", ""))
        elif piece[0].isdigit():
            atoms.append(Atom("num", piece))
        elif piece in FUNCTIONS or piece in LIMITS:
            atoms.append(_function(piece))
        elif piece[0] == "." and len(piece) > 1:
            atoms.append(Atom("ord", r"\ldots"))
        elif len(piece) > 1:
            atoms.append(Atom("ord", rf"\mathrm{{{piece}}}"))
        else:
            atoms += signs(piece)
    return atoms


def signs(text: str) -> list[Atom]:
    atoms: list[Atom] = []
    for sign in text:
        found = symbol(sign)
        atoms.append(Atom(*found) if found else Atom("text", escaped_text(sign)))
    return [Atom("power", "", atom.latex) if atom.kind == "power" else atom for atom in atoms]


_VARIANTS = {
    "bold": "mathbf",
    "bold-italic": "mathbf",
    "double-struck": "mathbb",
    "script": "mathcal",
    "bold-script": "mathcal",
    "fraktur": "mathfrak",
    "bold-fraktur": "mathfrak",
    "sans-serif": "mathsf",
    "bold-sans-serif": "mathsf",
    "monospace": "mathtt",
}


def _styled(atoms: list[Atom], style: str) -> list[Atom]:
    command = _VARIANTS.get(style)
    if not command:
        return atoms
    return [
        Atom(
            atom.kind,
            rf"\{'boldsymbol' if command == 'mathbf' and atom.latex[0] == chr(92) else command}{{{atom.latex}}}",
        )
        if atom.kind in ("ord", "num") and atom.latex and not atom.latex.startswith(r"\math")
        else atom
        for atom in atoms
    ]


def _words(text: str) -> list[Atom]:
    return [Atom("text", escaped_text(re.sub(r"\s+", " ", text)))]


def words(element: Element, style: str) -> list[Atom]:
    text = _text(element) + "".join(_text(child) + (child.tail or "") for child in element)
    bare = text.strip()
    if not bare:
        return [Atom("space", "")] if text else []
    if bare in FUNCTIONS or bare in LIMITS:
        return [_function(bare)]
    if bare in ("div", "curl", "grad"):
        return [Atom("op", rf"\operatorname{{{bare}}}")]
    if len(bare) == 1 or not re.search(r"[^\W\d_]{2}", bare):
        style = element.get("mathvariant", style)
        return _styled(_mixed(text if len(bare) > 1 else bare), style)
    signs = re.fullmatch(r"([−–-])\s*([a-z]+)", bare)
    if signs and signs[2] in FUNCTIONS:
        return [Atom("bin", "-"), _function(signs[2])]
    return _words(text)
