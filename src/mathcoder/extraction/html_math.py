"""Formulas of web pages: delimiters in text, MathML, KaTeX and MathJax markup, images with a TeX source.

Works on pieces of a page as the parser writes them back: tags closed, attributes in double quotes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from mathcoder.extraction.asciimath import asciimath_to_latex
from mathcoder.extraction.mathml import mathml_to_latex
from mathcoder.extraction.tex_formula import DISPLAYED, in_environment
from mathcoder.extraction.tex_given import as_tex, looks_tex

__all__ = [
    "Delimiters",
    "Formula",
    "attribute",
    "configured",
    "equation_rows",
    "image",
    "in_text",
    "marked",
    "mathml",
    "unescaped",
]

_LONGEST = 20_000  # characters of a formula between delimiters


class Formula(NamedTuple):
    latex: str
    display: bool = False


class Delimiters(NamedTuple):
    """What the page says of its formulas in text.

    Args:
        dollar: `$...$` is configured, so that only what is plainly a price is none.
        ascii: AsciiMath is loaded: what stands between backticks is a formula.
        scripts: the page gives its TeX in `script` elements, beside the rendered copy.
    """

    dollar: bool = False
    ascii: bool = False
    scripts: bool = False


_CONFIG = ("inlineMath", "delimiters", "renderMathInElement", "tex2jax")
_DOLLAR_PAIR = re.compile(r"""['"]\$['"]\s*,\s*(?:right\s*:\s*)?['"]\$['"]""")
_ASCII = ("sciimath", "SCIIMath", "sciiMath", "AM_HTMLorMML", "AM_CHTML", "config=AM")


def configured(page: str) -> Delimiters:
    """What the scripts of a page configure."""
    quoted = "'$'" in page or '"$"' in page
    dollar = quoted and any(word in page for word in _CONFIG) and bool(_DOLLAR_PAIR.search(page))
    return Delimiters(dollar, "`" in page and any(word in page for word in _ASCII), "math/tex" in page)


def attribute(attributes: str, name: str) -> str:
    """The value of an attribute, "" where it is missing."""
    sign = f' {name}="'
    start = attributes.find(sign)
    if start < 0:
        return ""
    start += len(sign)
    return unescaped(attributes[start : attributes.find('"', start)])


def unescaped(text: str) -> str:
    """Text, or the value of an attribute, without the references that the parser writes: there are five."""
    if "&" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&nbsp;", "\u00a0")
        return text.replace("&amp;", "&")
    return text


# ---- in running text

_OPENING = re.compile(r"\\\(|\\\[|\\begin\{([A-Za-z]+\*?)\}|\$\$?|`|\\\$|\[/?(?:math|tex|latex)\]|\[;")
_CLOSING = {r"\(": r"\)", r"\[": r"\]", "$$": "$$", "`": "`", "[math]": "[/math]", "[tex]": "[/tex]", "[;": ";]"}


def in_text(text: str, delimiters: Callable[[], Delimiters]) -> Iterator[str | Formula]:
    """The text cut into words and formulas.

    Args:
        delimiters: says what the page configures; asked only where it matters.
    """
    position, start = 0, 0
    missing: set[str] = set()
    while found := _OPENING.search(text, position):
        position = found.end()
        opening = found[0]
        if found[1]:
            cut = _environment(text, found[1], position, missing)
        elif opening == "$":
            cut = _dollar(text, position, delimiters())
        elif opening not in _CLOSING or (opening == "`" and not delimiters().ascii):
            continue
        else:
            cut = _between(text, position, opening, missing)
        if cut is None:
            continue
        formula, end = cut
        if found.start() > start:
            yield text[start : found.start()]
        yield formula
        position = start = end
    if start < len(text):
        yield text[start:]


def _between(text: str, position: int, opening: str, missing: set[str]) -> tuple[Formula, int] | None:
    closing = _CLOSING[opening]
    end = -1 if closing in missing else text.find(closing, position)
    if end < 0:
        missing.add(closing)
        return None
    if end - position > _LONGEST or not text[position:end].strip():
        return None
    latex = text[position:end]
    if opening == "`":
        return Formula(asciimath_to_latex(latex)), end + 1
    return Formula(as_tex(latex), opening in (r"\[", "$$")), end + len(closing)


def _environment(text: str, name: str, position: int, missing: set[str]) -> tuple[Formula, int] | None:
    closing = f"\\end{{{name}}}"
    if name not in DISPLAYED or closing in missing:
        return None
    end = text.find(closing, position)
    if end < 0:
        missing.add(closing)
        return None
    if end - position > _LONGEST:
        return None
    return Formula(in_environment(name, text[position:end].strip()), True), end + len(closing)


_TEX_SIGN = re.compile(
    r"[\\^_{}=<>+]|^[A-Za-z]'*$|^[A-Za-z]\([A-Za-z0-9, ]+\)$|^-?\d+(?:\.\d+)?$|^[A-Za-z]\s*[-/*]\s*[A-Za-z0-9]$"
)
_PRICE = re.compile(r"[\d.,]+\s*(?:[a-zA-Z]{2,}|[-–]|$|\W*\s[a-z]+)")


def _dollar(text: str, position: int, delimiters: Delimiters) -> tuple[Formula, int] | None:
    """`$...$`: an amount of money is none, and where the page does not configure it, TeX must be in it."""
    end = text.find("$", position, position + 2_000)
    while end > 0 and text[end - 1] == "\\":
        end = text.find("$", end + 1, position + 2_000)
    if end < 0 or text[position - 2 : position - 1] == "\\":
        return None
    inside = text[position:end]
    bare = inside.strip()
    if not bare or text[end + 1 : end + 2].isdigit():
        return None
    if "\\" not in bare and "^" not in bare and "_" not in bare:
        if _PRICE.match(bare) and not re.fullmatch(r"\d+(?:\.\d+)?", bare):
            return None
        if len(re.findall(r"[A-Za-z]{3,}", bare)) > 2:
            return None
    if not delimiters.dollar and (inside[0].isspace() or inside[-1].isspace() or not _TEX_SIGN.search(bare)):
        return None
    return Formula(as_tex(inside)), end + 1


# ---- MathML

_ANNOTATION = re.compile(
    r'<(?:\w+:)?annotation\b[^>]*encoding="[^"]*(?i:tex)[^"]*"[^>]*>(.*?)</(?:\w+:)?annotation>', re.DOTALL
)
_ALTTEXT = re.compile(r'\salttext="([^"]*)"')
_VOID_ATTRIBUTES = re.compile(r'\s[\w:-]+="[^"]*<[^"]*"')


def mathml(element: str) -> Formula:
    """A `math` element as it stands in the page.

    Raises:
        ValueError: it has no TeX with it and is not presentation MathML that can be converted.
    """
    head = element[: element.find(">") + 1]
    display = 'display="block"' in head or 'mode="display"' in head
    annotation = _ANNOTATION.search(element)
    if annotation:
        latex = as_tex(html.unescape(annotation[1]))
        if latex:
            return Formula(latex, display)
    inner = element[len(head) : element.rfind("</")]
    if "<" not in inner:  # text that its author took for TeX
        return Formula(as_tex(html.unescape(inner)), display)
    alttext = _ALTTEXT.search(head)
    if alttext:
        latex = html.unescape(alttext[1])
        if looks_tex(latex):
            return Formula(as_tex(latex), display)
    return Formula(mathml_to_latex(_VOID_ATTRIBUTES.sub("", element).replace("&nbsp;", "\u00a0")), display)


_MATH = re.compile(r"<((?:\w+:)?math)\b.*?</\1>", re.DOTALL)


def equation_rows(table: str) -> str:
    """A table that a converter from LaTeX made of a displayed formula: its rows as lines."""
    rows: list[list[str]] = []
    for row in re.split(r"<tr\b", table):
        cells: list[str] = []
        for found in _MATH.finditer(row):
            try:
                cells.append(mathml(found[0]).latex)
            except ValueError:
                continue
        if cells:
            rows.append(cells)
    if len(rows) < 2:
        return " ".join(rows[0]) if rows else ""
    lines = [f"{row[0]} & {' '.join(row[1:])}".strip() if len(row) > 1 else f"& {row[0]}" for row in rows]
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


# ---- elements that say that they are formulas

_TEX_ATTRIBUTES = ("data-tex", "data-latex", "data-math", "data-expr", "data-equation", "data-original-tex")
_SCRIPT = re.compile(r'<script\b[^>]*type="math/tex([^"]*)"[^>]*>(.*?)</script>', re.DOTALL)


def marked(attributes: str, inner: str, scripts: bool) -> Formula | None:
    """The formula of an element whose class or attributes say that it is one; None to read it as text.

    Args:
        attributes: of the element.
        inner: what it contains.
        scripts: the page gives its TeX in `script` elements, beside the rendered copy.
    """
    display = bool(
        re.search(
            r'display|block(?!-)|mode="?display', attribute(attributes, "class") + attribute(attributes, "display")
        )
    )
    display = display or attribute(attributes, "display") == "true"
    for name in _TEX_ATTRIBUTES if "data-" in attributes else ():
        latex = attribute(attributes, name)
        if latex and (looks_tex(latex) or len(latex) < 20):
            return Formula(as_tex(latex), display)
    found = _MATH.search(inner) if "<" in inner else None
    if found:
        formula = mathml(found[0])
        return Formula(formula.latex, formula.display or display)
    given = attribute(attributes, "data-mathml")
    if given and not scripts:
        return mathml(given)
    if "<script" in inner and (script := _SCRIPT.search(inner)):
        return Formula(as_tex(script[2]), "display" in script[1])
    if "<" not in inner and inner.strip():
        text = unescaped(inner).strip()
        closing = _CLOSING.get(text[:2], "") if text[:1] == "\\" else ""
        if closing and text.find(closing) == len(text) - 2 > 2:
            return Formula(as_tex(text[2:-2]), closing == r"\]")
        if not re.search(r"\\[(\[]|\$|`", text) and (looks_tex(text) or "\\" in text):
            return Formula(as_tex(text), display)
    return None


_IMAGE_CLASS = re.compile(r"\b(?:latex|tex|mwe-math|math|teximage|mathimg|equation|formula)")
_IMAGE_SOURCE = re.compile(
    r"codecogs\.com/[a-z]+\.(?:latex|image|download)\?(?P<cc>.+)|latex\.php\?(?:.*?&)?latex=(?P<wp>[^&]+)"
    r"|(?:mimetex|mathtex)\.cgi\?(?P<mt>.+)|[?&]chl=(?P<g>[^&]+)|latex\.codecogs\.com/(?P<c2>[^?]*\?)?(?P<c3>.+)"
    r"|/(?:render/)?(?:latex|tex)\?(?:.*?&)?(?:tex|latex|formula|code)=(?P<q>[^&]+)",
)
_DELIMITED = re.compile(r"\$[^$]+\$|\\\(.+\\\)|\\\[.+\\\]|\$\$.+\$\$", re.DOTALL)


def image(attributes: str) -> Formula | None:
    """The formula that an image shows, from its alternative text or its address."""
    alt, source = attribute(attributes, "alt").strip(), attribute(attributes, "src")
    drawn = ("tex" in source or "chl=" in source) and not source.startswith("data:")
    found = _IMAGE_SOURCE.search(source) if drawn else None
    if not alt and not found:
        return None
    kind = attribute(attributes, "class")
    delimited = alt.startswith(("$", "\\(", "\\[")) and _DELIMITED.fullmatch(alt)
    if alt and (delimited or ((_IMAGE_CLASS.search(kind) or found) and (looks_tex(alt) or found))):
        inner = re.sub(r"^\\[(\[](.*)\\[)\]]$", r"\1", alt, flags=re.DOTALL)
        return Formula(as_tex(inner), "display" in kind or "block" in kind or alt.startswith(("$$", r"\[")))
    if found:
        text = next(part for part in reversed(found.groups()) if part is not None)
        text = unquote_plus(text) if found["wp"] or found["g"] or found["q"] else unquote(text)
        text = re.sub(
            r"^(?:\\(?:dpi|bg|fg|inline|large|small|LARGE|fn)\b_?(?:\{[^}]*\}|[A-Za-z]+(?=\\))?\s*)+", "", text
        ).strip()
        return Formula(as_tex(text)) if text else None
    return None
