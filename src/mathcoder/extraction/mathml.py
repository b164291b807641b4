"""Presentation MathML to LaTeX.

`mathml_to_latex` takes a `math` element as `xml.etree` gives it (with or without namespaces) or as a string. An
annotation in TeX, or an `alttext` that is TeX, is taken as it is; otherwise the presentation is converted. What
content MathML or an unknown element holds is written as a row of its children.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

from mathcoder.extraction.atoms import Atom, group, joined, scripted
from mathcoder.extraction.mathml_signs import identifier, number, operator, signs, words
from mathcoder.extraction.symbols import ACCENTS, STRETCHED, symbol
from mathcoder.extraction.tex_given import as_tex, looks_tex
from mathcoder.extraction.xmltree import Element, local_name

__all__ = ["mathml_to_latex"]

_MOST_DEPTH = 100
_MOST_ELEMENTS = 20_000


def mathml_to_latex(element: Element | str) -> str:
    """The LaTeX of a formula, without `$`.

    Args:
        element: a `math` element, or its XML.

    Raises:
        ValueError: it is not XML, is nested more than 100 deep, or has more than 20,000 elements.
    """
    root = _parsed(element) if isinstance(element, str) else element
    count, depth, level = 0, 0, [root]
    while level:
        count, depth = count + len(level), depth + 1
        if depth > _MOST_DEPTH:
            raise ValueError(f"a formula in MathML is nested more than {_MOST_DEPTH} deep")
        if count > _MOST_ELEMENTS:
            raise ValueError(f"a formula in MathML has more than {_MOST_ELEMENTS:,} elements")
        level = [child for parent in level for child in parent]
    return _given(root) or joined(_row(root, ""))


def _parsed(text: str) -> Element:
    text = re.sub(r"<!DOCTYPE[^>]*>", "", text[:200]) + text[200:]
    if "xmlns:" not in text:
        text = re.sub(r"(</?)\w+:", r"\1", text)
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(f"MathML that is not XML: {error}") from None


def _name(element: Element) -> str:
    return local_name(element).rpartition(":")[2]


def _given(root: Element) -> str:
    """The TeX that the formula carries with it."""
    for item in root.iter():
        if _name(item) == "annotation" and "tex" in item.get("encoding", "").lower():
            found = as_tex("".join(item.itertext()))
            if found:
                return found
    alttext = root.get("alttext", "")
    return as_tex(alttext) if looks_tex(alttext) else ""


def _row(element: Element, style: str) -> list[Atom]:
    atoms: list[Atom] = []
    for child in element:
        atoms += _atoms(child, style)
    return atoms


def _atoms(element: Element, style: str) -> list[Atom]:
    make = _ELEMENTS.get(_name(element))
    return make(element, style) if make else _row(element, style)


def _space(element: Element, style: str) -> list[Atom]:
    width = re.match(r"(\d*\.?\d+)em", element.get("width", ""))
    return [Atom("space", r"\quad" if width and float(width[1]) >= 1 else "")]


# ---- layout


def _nothing(element: Element, style: str) -> list[Atom]:
    return []


def _mstyle(element: Element, style: str) -> list[Atom]:
    return _row(element, element.get("mathvariant", style))


def _first(element: Element, style: str) -> list[Atom]:
    return _atoms(element[0], style) if len(element) else []


def _arguments(element: Element, style: str, count: int) -> list[list[Atom]]:
    """The element's arguments; missing ones are empty rows, and surplus ones belong to the last."""
    rows = [_atoms(child, style) for child in element]
    rows += [[] for _ in range(count - len(rows))]
    return [*rows[: count - 1], [atom for row in rows[count - 1 :] for atom in row]]


def _fraction(element: Element, style: str) -> list[Atom]:
    above, below = _arguments(element, style, 2)
    if re.match(r"0(?![.\d]*[1-9])", element.get("linethickness", "")):
        return [Atom("stack", "", rows=[[above], [below]])]
    return [Atom("ord", rf"\frac{group(above)}{group(below)}")]


def _square_root(element: Element, style: str) -> list[Atom]:
    return [Atom("ord", rf"\sqrt{group(_row(element, style))}")]


def _root(element: Element, style: str) -> list[Atom]:
    base, index = _arguments(element, style, 2)
    written = joined(index)
    return [
        Atom("ord", rf"\sqrt[{{{written}}}]{group(base)}" if "]" in written else rf"\sqrt[{written}]{group(base)}")
    ]


def _script(*signs: str) -> Callable[[Element, str], list[Atom]]:
    def made(element: Element, style: str) -> list[Atom]:
        base, *scripts = _arguments(element, style, len(signs) + 1)
        after = "".join(_one_script(sign, atoms) for sign, atoms in zip(signs, scripts, strict=True))
        return scripted(base, after) if after else base

    return made


def _one_script(sign: str, atoms: list[Atom]) -> str:
    atoms = [atom for atom in atoms if atom.kind != "space"]
    if not atoms:
        return ""
    if sign == "^" and all(atom.kind == "prime" and not atom.after for atom in atoms):
        return "".join(atom.latex for atom in atoms)
    if sign == "^" and len(atoms) == 1 and atoms[0].kind == "power":
        return atoms[0].after
    return sign + group([Atom("ord", "*") if atom.latex == "*" else atom for atom in atoms])


def _under_over(*places: str) -> Callable[[Element, str], list[Atom]]:
    """`places` says what the arguments after the base are: under, over."""

    def made(element: Element, style: str) -> list[Atom]:
        base, *scripts = _arguments(element, style, len(places) + 1)
        bare = [atom for atom in base if atom.kind != "space"]
        if len(bare) == 1 and _takes_limits(bare[0]):
            signs = ["_" if place == "under" else "^" for place in places]
            after = "".join(map(_one_script, signs, scripts))
            return [Atom(bare[0].kind, bare[0].latex, bare[0].after + after, bare[0].rows)]
        for place, script in zip(places, scripts, strict=True):
            base = _decorated(base, script, place)
        return base

    return made


def _takes_limits(atom: Atom) -> bool:
    return atom.kind in ("op", "large") or bool(re.match(r"\\(?:over|under)(?:brace|bracket)", atom.latex))


def _decorated(base: list[Atom], script: list[Atom], place: str) -> list[Atom]:
    bare = [atom for atom in script if atom.kind != "space"]
    if not bare:
        return base
    inside = joined(base)
    sign = bare[0].latex if len(bare) == 1 else ""
    accent = _accent(sign, place)
    if accent:
        accent = (
            STRETCHED.get(accent, accent) if len(base) > 1 or (len(inside) > 1 and inside[0] != "\\") else accent
        )
        return [Atom("ord", rf"\{accent}{{{inside}}}")]
    if len(base) == 1 and base[0].latex in (r"\to", r"\leftarrow") and place == "over":
        return [Atom("rel", rf"\x{'right' if base[0].latex == chr(92) + 'to' else 'left'}arrow{group(bare)}")]
    kind = base[0].kind if len(base) == 1 and base[0].kind in ("rel", "bin") else "ord"
    return [Atom(kind, rf"\{place}set{group(bare)}{{{inside}}}")]


_ACCENT_OF_LATEX = {
    r"\to": "vec", "-": "bar", r"\sim": "tilde", r"\wedge": "hat", ".": "dot", r"\_": "underline",
    r"\circ": "mathring",
    r"\leftarrow": "overleftarrow", r"\leftrightarrow": "overleftrightarrow", r"\dots": "ddot", "'": "",
}  # fmt: skip


def _accent(sign: str, place: str) -> str:
    accent = ACCENTS.get(sign) or _ACCENT_OF_LATEX.get(sign, "")
    if place == "under":
        return {
            "bar": "underline",
            "overline": "underline",
            "underline": "underline",
            "underbrace": "underbrace",
        }.get(accent, "")
    return "overline" if accent == "underline" else accent


def _fenced(element: Element, style: str) -> list[Atom]:
    opening, closing = element.get("open", "("), element.get("close", ")")
    separators = element.get("separators", ",").replace(" ", "")
    atoms = _fence(opening, "open")
    for index, child in enumerate(element):
        if index and separators:
            atoms += signs(separators[min(index - 1, len(separators) - 1)])
        atoms += _atoms(child, style)
    return atoms + _fence(closing, "close")


def _fence(sign: str, kind: str) -> list[Atom]:
    found = symbol(sign.strip())
    return [Atom(kind, found[1])] if found else []


def _table(element: Element, style: str) -> list[Atom]:
    rows: list[list[list[Atom]]] = []
    for row in element:
        if _name(row) == "mlabeledtr":
            rows.append([_row(cell, style) for cell in row[1:]])
        elif _name(row) == "mtr":
            rows.append([_row(cell, style) for cell in row])
        else:
            rows.append([_atoms(row, style)])
    return [Atom("table", "", rows=rows)] if rows else []


def _enclosed(element: Element, style: str) -> list[Atom]:
    inside = _row(element, style)
    notation = element.get("notation", "longdiv")
    for word, command in _ENCLOSURES.items():
        if word in notation:
            return [Atom("ord", rf"\{command}{group(inside)}")]
    return inside


_ENCLOSURES = {
    "box": "boxed",
    "circle": "boxed",
    "diagonalstrike": "cancel",
    "horizontalstrike": "cancel",
    "radical": "sqrt",
    "actuarial": "overline",
    "top": "overline",
    "bottom": "underline",
}


def _tensor(element: Element, style: str) -> list[Atom]:
    """mmultiscripts: base, (sub, sup)*, mprescripts, (sub, sup)*."""
    base: list[Atom] = []
    pairs: dict[bool, list[list[Atom]]] = {False: [], True: []}
    before = False
    for index, child in enumerate(element):
        if _name(child) == "mprescripts":
            before = True
        elif index == 0:
            base = _atoms(child, style)
        else:
            pairs[before].append([] if _name(child) == "none" else _atoms(child, style))
    after, prescripts = (
        "".join(_one_script("_^"[place], [a for row in rows[place::2] for a in row]) for place in (0, 1))
        for rows in (pairs[False], pairs[True])
    )
    atoms = scripted(base, after) if after else base
    return [Atom("ord", "{}", prescripts), Atom("ord", joined(atoms))] if prescripts else atoms


_ELEMENTS: dict[str, Callable[[Element, str], list[Atom]]] = {
    "mi": identifier,
    "ci": identifier,
    "mn": number,
    "cn": number,
    "mo": operator,
    "mtext": words,
    "ms": words,
    "mspace": _space,
    "mstyle": _mstyle,
    "mphantom": _nothing,
    "annotation": _nothing,
    "annotation-xml": _nothing,
    "none": _nothing,
    "maligngroup": _nothing,
    "malignmark": _nothing,
    "maction": _first,
    "semantics": _first,
    "mfrac": _fraction,
    "msqrt": _square_root,
    "mroot": _root,
    "msub": _script("_"),
    "msup": _script("^"),
    "msubsup": _script("_", "^"),
    "munder": _under_over("under"),
    "mover": _under_over("over"),
    "munderover": _under_over("under", "over"),
    "mfenced": _fenced,
    "mtable": _table,
    "menclose": _enclosed,
    "mmultiscripts": _tensor,
}
