"""What the elements of a web page mean for its text: formulas, code, lists, tables, headings."""

from __future__ import annotations

import re

from mathcoder.extraction.flow import item, markdown_table
from mathcoder.extraction.html_flow import WebFlow
from mathcoder.extraction.html_math import Formula, attribute, equation_rows, image
from mathcoder.extraction.html_page import End, Frame, Page, Start, bare, clean

__all__ = ["ENDS", "STARTS"]

_VARIABLE = re.compile(r"([A-Za-z])</(?:i|var)>")


def _script(page: Page, tag: str, attributes: str, position: int) -> int:
    end = page.body.find("</script>", position)
    end = len(page.body) if end < 0 else end
    kind = attribute(attributes, "type")
    if kind.startswith("math/tex"):
        page.formula(Formula(page.body[position:end].strip(), "display" in kind))
    elif kind.startswith("math/mml") and "<math" in page.body[position:end]:
        start = page.body.index("<math", position)
        page.math("math", "", page.body.index(">", start) + 1)
    return end + 9


def _image(page: Page, tag: str, attributes: str, position: int) -> int:
    formula = image(attributes)
    if formula and not ("mwe-math" in attributes and formula.latex == page.last):
        page.formula(formula)
    return position


def _break(page: Page, tag: str, attributes: str, position: int) -> int:
    page.flow.soft_break()
    return position


def _open(page: Page, tag: str, attributes: str, position: int) -> int:
    if tag not in ("sub", "sup"):
        page.flow.end()
    page.push(tag, attributes)
    return position


def _link(page: Page, tag: str, attributes: str, position: int) -> int:
    page.links += 1
    return position


def _variable(page: Page, tag: str, attributes: str, position: int) -> int:
    found = _VARIABLE.match(page.body, position)
    if not found:
        return position
    page.flow.math(found[1])
    return found.end()


def _preformatted(page: Page, tag: str, attributes: str, position: int) -> int:
    inner, end = page.inner(tag, position)
    language = re.search(r"\b(?:language|lang|brush:)-?\s*([a-z+#]+)", attributes + inner[:200])
    lines = re.sub(r"<br>", "\n", inner)
    page.flow.code(bare(lines), language[1] if language else "")
    return end


def _code(page: Page, tag: str, attributes: str, position: int) -> int:
    inner, end = page.inner(tag, position)
    text = bare(inner).strip()
    if "\n" in text and len(text) > 80:
        page.flow.code(text)
    elif text:
        page.flow.done(f"`{clean(text)}`")
    return end


def _table(page: Page, tag: str, attributes: str, position: int) -> int:
    if re.search(r"eqn_table|\bequation|\beqn\b", attributes):
        end = page.after(tag, position)
        latex = equation_rows(page.body[position:end])
        if latex:
            page.formula(Formula(latex, True))
            return end
    return _open(page, tag, attributes, position)


def _table_row(page: Page, tag: str, attributes: str, position: int) -> int:
    if page.frames and page.frames[-1].tag == "table":
        page.frames[-1].rows.append([])
    return position


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
    characters, links, formulas = (
        now - then
        for now, then in zip((page.characters, page.link_characters, page.formulas), frame.before, strict=True)
    )
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


STARTS: dict[str, Start] = {
    "math": Page.math,
    "script": _script,
    "img": _image,
    "br": _break,
    "a": _link,
    "i": _variable,
    "var": _variable,
    "pre": _preformatted,
    "code": _code,
    "kbd": _code,
    "samp": _code,
    "table": _table,
    "tr": _table_row,
    **dict.fromkeys(("sub", "sup", "ul", "ol", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"), _open),
}
ENDS: dict[str, End] = {
    "sub": _end_script,
    "sup": _end_script,
    "ul": _end_list,
    "ol": _end_list,
    "li": _end_item,
    "td": _end_cell,
    "th": _end_cell,
    "table": _end_table,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _end_heading),
}
