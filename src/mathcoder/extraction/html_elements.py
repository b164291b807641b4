"""What the elements of a web page mean for its text: formulas, code, lists, tables, headings."""

from __future__ import annotations

import re

from mathcoder.extraction.flow import item, markdown_table
from mathcoder.extraction.html_flow import WebFlow
from mathcoder.extraction.html_math import Formula, attribute, equation_rows, image, mathml
from mathcoder.extraction.html_page import End, Frame, Page, Tags, bare, clean
from mathcoder.extraction.html_skip import SKIPPED

__all__ = ["ENDS", "TAGS"]

_BLOCKS = (
    "p div section article main blockquote figure address dd dt dl details summary center fieldset header"
    " form body html hgroup hr option legend"
).split()
_FORMULAS = "d-math mjx-container tex-math inline-formula disp-formula x-equation math-field formula".split()
_LONGEST_TAG = 500  # characters of a `script` tag that are read
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def _block(page: Page, name: str, tag: str, index: int) -> int:
    page.flow.end()
    return index


def _skip(page: Page, name: str, tag: str, index: int) -> int:
    return page.after(name, index)


def _formula(page: Page, name: str, tag: str, index: int) -> int:
    return page.marked(name, tag, index) or index


def _script(page: Page, name: str, tag: str, index: int) -> int:
    if "math/" not in tag[:_LONGEST_TAG]:
        return page.after(name, index)
    inner, end = page.inner(name, index)
    kind = attribute(tag[:_LONGEST_TAG], "type")
    if kind.startswith("math/tex"):
        page.formula(Formula(inner.strip(), "display" in kind))
    elif kind.startswith("math/mml") and "<math" in inner:
        try:
            page.formula(mathml(inner[inner.index("<math") :]))
        except ValueError as error:
            page.drop(error)
    return end


def _image(page: Page, name: str, tag: str, index: int) -> int:
    formula = image(tag)
    if formula and not ("mwe-math" in tag and formula.latex == page.last):
        page.formula(formula)
    return index


def _break(page: Page, name: str, tag: str, index: int) -> int:
    page.flow.soft_break()
    return index


def _open(page: Page, name: str, tag: str, index: int) -> int:
    if name not in ("sub", "sup"):
        page.flow.end()
    page.push(name)
    return index


def _close(page: Page, name: str, tag: str, index: int) -> int:
    page.end(name[1:])
    return index


def _link(page: Page, name: str, tag: str, index: int) -> int:
    page.links += 1
    return index


def _end_link(page: Page, name: str, tag: str, index: int) -> int:
    page.links = max(0, page.links - 1)
    return index


def _variable(page: Page, name: str, tag: str, index: int) -> int:
    words, closing = page.parts[index + 2 : index + 4]
    if len(words) == 1 and words.isascii() and words.isalpha() and closing in ("</i>", "</var>"):
        page.flow.math(words)
        return index + 3
    return index


def _preformatted(page: Page, name: str, tag: str, index: int) -> int:
    inner, end = page.inner(name, index)
    language = re.search(r"\b(?:language|lang|brush:)-?\s*([a-z+#]+)", tag[:300] + inner[:200])
    page.flow.code(bare(inner.replace("<br>", "\n")), language[1] if language else "")
    return end


def _raw(page: Page, name: str, tag: str, index: int) -> int:
    inner, end = page.inner(name, index)
    page.flow.code(inner)
    return end


def _code(page: Page, name: str, tag: str, index: int) -> int:
    inner, end = page.inner(name, index)
    text = bare(inner).strip()
    if "\n" in text and len(text) > 80:
        page.flow.code(text)
    elif text:
        page.flow.done(f"`{clean(text)}`")
    return end


def _table(page: Page, name: str, tag: str, index: int) -> int:
    if "eq" in tag and page.may_look_ahead() and re.search(r"eqn_table|\bequation|\beqn\b", tag):
        inner, end = page.inner(name, index)
        latex = equation_rows(inner)
        if latex:
            page.formula(Formula(latex, True))
            return end
    return _open(page, name, tag, index)


def _table_row(page: Page, name: str, tag: str, index: int) -> int:
    if page.frames and page.frames[-1].tag == "table":
        page.frames[-1].rows.append([])
    return index


def _end_script(page: Page, frame: Frame, inner: WebFlow) -> None:
    words = inner.line()
    if words:
        page.flow.script("^" if frame.tag == "sup" else "_", words)


def _end_heading(page: Page, frame: Frame, inner: WebFlow) -> None:
    page.flow.heading(re.sub(r"\s*[¶#§]$", "", inner.line()), int(frame.tag[1]))


def _end_item(page: Page, frame: Frame, inner: WebFlow) -> None:
    words = inner.result()
    outer = page.frames[-1] if page.frames else None
    if outer and outer.tag in ("ul", "ol"):
        if words:
            outer.items.append(item(words, f"{len(outer.items) + 1}." if outer.tag == "ol" else ""))
    else:
        page.flow.block(item(words) if words else "")


def _end_list(page: Page, frame: Frame, inner: WebFlow) -> None:
    words = inner.result()
    if words:
        page.flow.block(words)
    counts = (page.characters, page.link_characters, page.formulas)
    characters, links, formulas = (now - then for now, then in zip(counts, frame.before, strict=True))
    if len(frame.items) > 2 and links > 0.8 * characters and not formulas:
        return
    page.flow.block("\n".join(frame.items))


def _end_cell(page: Page, frame: Frame, inner: WebFlow) -> None:
    table = page.frames[-1] if page.frames else None
    inner.end()
    if table and table.tag == "table":
        if not table.rows:
            table.rows.append([])
        table.rows[-1].append(inner)
    else:
        page.flow.take(inner)


def _end_table(page: Page, frame: Frame, inner: WebFlow) -> None:
    page.flow.take(inner)
    rows = [row for row in frame.rows if row]
    width = max(map(len, rows), default=0)
    large = any(len(cell.blocks) > 1 or sum(map(len, cell.blocks)) > 600 for row in rows for cell in row)
    if width < 2 or large:
        for row in rows:
            for cell in row:
                page.flow.take(cell)
    else:
        page.flow.block(markdown_table([[cell.line() for cell in row] for row in rows]))


ENDS: dict[str, End] = {
    "sub": _end_script,
    "sup": _end_script,
    "ul": _end_list,
    "ol": _end_list,
    "li": _end_item,
    "td": _end_cell,
    "th": _end_cell,
    "table": _end_table,
    **dict.fromkeys(_HEADINGS, _end_heading),
}
TAGS = Tags(
    {
        **dict.fromkeys(SKIPPED, _skip),
        **dict.fromkeys(_FORMULAS, _formula),
        **dict.fromkeys(_BLOCKS, _block),
        **dict.fromkeys((f"/{tag}" for tag in _BLOCKS), _block),
        **dict.fromkeys(ENDS, _open),
        **dict.fromkeys((f"/{tag}" for tag in ENDS), _close),
        "math": Page.math,
        "script": _script,
        "img": _image,
        "br": _break,
        "a": _link,
        "/a": _end_link,
        "i": _variable,
        "var": _variable,
        "pre": _preformatted,
        "xmp": _raw,
        "plaintext": _raw,
        "code": _code,
        "kbd": _code,
        "samp": _code,
        "table": _table,
        "tr": _table_row,
    }
)
