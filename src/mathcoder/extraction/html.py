"""Web pages to text: every formula as LaTeX, headings, lists, tables and code kept, what is not the text left out.

The page is parsed by resiliparse, whose tree is written back as well-formed HTML and read once from left to right;
elements that are no text are jumped over, never entered.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from resiliparse.parse.encoding import bytes_to_str, detect_encoding
from resiliparse.parse.html import HTMLTree

from mathcoder.extraction.document import Document
from mathcoder.extraction.flow import Flow, item, markdown_table
from mathcoder.extraction.html_flow import WebFlow
from mathcoder.extraction.html_math import Formula, attribute, configured, equation_rows, image, marked, mathml
from mathcoder.extraction.html_skip import SKIPPED, is_boilerplate

__all__ = ["html_to_text"]

_TAG = re.compile(r'<(/?)([a-zA-Z][^\s>/]*)([^>"]*(?:"[^"]*"[^>"]*)*)>|<!--')
_ANY_TAG = re.compile(r'<[^>"]*(?:"[^"]*"[^>"]*)*>')
_MOST_NESTED = 50  # lists and tables
_MARKED = re.compile(
    r'katex|mwe-math|MathJax|MJX|mjx|data-(?:tex|latex|math|mathml|expr|equation|original-tex)="|"[^"]*\b(?:math|tex|latex|formula)\b'
)
_BLOCKS = frozenset(
    "p div section article main blockquote figure address dd dt dl details summary center fieldset header"
    " form body html hgroup hr option legend".split()
)
_MATH_TAGS = frozenset("d-math mjx-container tex-math inline-formula disp-formula x-equation math-field formula".split())


def html_to_text(page: str | bytes) -> Document:
    """A web page as text.

    Args:
        page: HTML; bytes are decoded as the page says, or by detection.
    """
    source = _decoded(page) if isinstance(page, bytes) else page
    tree = HTMLTree.parse(source)
    body = tree.body
    if body is None:
        return Document("", _clean(tree.title or ""))
    reader = _Page(body.html, source)
    return reader.document(_clean(tree.title or ""))


def _decoded(page: bytes) -> str:
    declared = re.search(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", page[:2_000], re.IGNORECASE)
    name = declared[1].decode("ascii") if declared else detect_encoding(page)
    try:
        return bytes_to_str(page, name or "utf-8", errors="replace")
    except LookupError:
        return page.decode("utf-8", "replace")


def _clean(text: str) -> str:
    return " ".join(text.split())


def _bare(markup: str) -> str:
    return html.unescape(_ANY_TAG.sub("", markup))


@dataclass(slots=True)
class _Frame:
    """An element whose content is collected before it is known how to write it."""

    tag: str
    flow: WebFlow
    attributes: str = ""
    items: list[str] = field(default_factory=list[str])
    rows: list[list[WebFlow]] = field(default_factory=list[list[WebFlow]])
    before: tuple[int, int, int] = (0, 0, 0)  # characters, characters in links, formulas


class _Page:
    def __init__(self, body: str, source: str) -> None:
        self._body = body
        self._delimiters = configured(source)
        self._scripts = "math/tex" in body
        self._frames: list[_Frame] = []
        self._dropped: dict[str, None] = {}
        self._links, self._characters, self._link_characters, self._formulas = 0, 0, 0, 0
        self._last = ""
        self.flow = self._new_flow()

    def _new_flow(self) -> WebFlow:
        return WebFlow(self._delimiters)

    def document(self, title: str) -> Document:
        self._read()
        while self._frames:
            self._end(self._frames[-1].tag)
        return Document(self.flow.result(), title, dropped=tuple(self._dropped))

    def _read(self) -> None:
        body, position, search = self._body, 0, _TAG.search
        while found := search(body, position):
            if found.start() > position:
                self._words(body[position : found.start()])
            position = found.end()
            closing, tag, attributes = found.groups()
            if tag is None:
                end = body.find("-->", position)
                position = end + 3 if end >= 0 else len(body)
            elif closing:
                if tag in _ENDS:
                    self._end(tag)
                elif tag in _BLOCKS:
                    self.flow.end()
            else:
                position = self._start(tag, attributes, position)
        if position < len(body):
            self._words(body[position:])

    def _words(self, text: str) -> None:
        if text.isspace():
            self.flow.gap()
            return
        if "&" in text:
            text = html.unescape(text)
        self._characters += len(text)
        if self._links:
            if text.startswith("Skip to "):
                return
            self._link_characters += len(text)
        self.flow.text(text)

    # ---- elements

    def _start(self, tag: str, attributes: str, position: int) -> int:
        sense = _sense(tag, attributes) if attributes else ""
        if sense:
            after = (self._marked if sense == "formula" else self._skip_boilerplate)(tag, attributes, position)
            if after:
                return after
        start = _STARTS.get(tag)
        if start:
            return start(self, tag, attributes, position)
        if tag in _BLOCKS:
            self.flow.end()
        elif tag in SKIPPED:
            return self._after(tag, position)
        elif tag in _MATH_TAGS:
            return self._marked(tag, attributes, position) or position
        elif tag.endswith(":math"):
            return self._math(tag, attributes, position)
        return position

    def _after(self, tag: str, position: int) -> int:
        """Where the element that begins before `position` ends."""
        depth = 1
        for found in _same(tag).finditer(self._body, position):
            depth += -1 if found[1] else 1
            if depth == 0:
                return self._body.index(">", found.start()) + 1
        return len(self._body)

    def _inner(self, tag: str, position: int) -> tuple[str, int]:
        end = self._after(tag, position)
        return self._body[position : max(position, end - len(tag) - 3)], end

    def _skip_boilerplate(self, tag: str, attributes: str, position: int) -> int:
        end = self._after(tag, position)
        inner = self._body[position:end]
        if len(inner) > 0.4 * len(self._body) or "<h1" in inner or "<article" in inner or "<main" in inner:
            return 0
        return end

    # ---- formulas

    def _formula(self, formula: Formula) -> None:
        if not formula.latex:
            return
        self._formulas += 1
        self._last = formula.latex
        if formula.display:
            self.flow.display(formula.latex)
        else:
            self.flow.math(formula.latex)

    def _drop(self, error: ValueError) -> None:
        if len(self._dropped) < 100:
            self._dropped.setdefault(str(error))

    def _marked(self, tag: str, attributes: str, position: int) -> int:
        """Where a formula's element ends, when it was read; 0 to go on inside."""
        inner, end = self._inner(tag, position)
        if len(inner) > 100_000:
            return 0
        kind = attribute(attributes, "class")
        rendered = tag == "mjx-container" or re.match(r"MathJax|MJX|mjx|katex", kind) is not None
        if not rendered and len(re.findall(r"<(?:\w+:)?math\b", inner)) > 1:
            return 0
        try:
            formula = marked(attributes, inner, self._scripts)
        except ValueError as error:
            self._drop(error)
            return end
        if formula is None:
            if rendered and not self._scripts and "katex-html" not in kind and "review" not in kind and inner.strip():
                if re.search(r"\\[(\[a-zA-Z]|\$", inner):
                    return 0
                self._drop(ValueError(f"a formula that is only drawn: {_clean(_bare(inner))[:60]!r}"))
            return end if rendered else 0
        if rendered and self._scripts and "<script" not in inner and "<math" in inner:
            return end
        self._formula(formula)
        return end

    def _math(self, tag: str, attributes: str, position: int) -> int:
        end = self._body.find(f"</{tag}>", position)
        end = len(self._body) if end < 0 else end + len(tag) + 3
        try:
            formula = mathml(f"<{tag}{attributes}>{self._body[position:end]}")
        except ValueError as error:
            self._drop(error)
            return end
        if formula.latex:
            self._formula(formula)
        return end

    def _script(self, tag: str, attributes: str, position: int) -> int:
        end = self._body.find("</script>", position)
        end = len(self._body) if end < 0 else end
        kind = attribute(attributes, "type")
        if kind.startswith("math/tex"):
            self._formula(Formula(self._body[position:end].strip(), "display" in kind))
        elif kind.startswith("math/mml") and "<math" in self._body[position:end]:
            start = self._body.index("<math", position)
            self._math("math", "", self._body.index(">", start) + 1)
        return end + 9

    def _image(self, tag: str, attributes: str, position: int) -> int:
        formula = image(attributes)
        if formula and not ("mwe-math" in attributes and formula.latex == self._last):
            self._formula(formula)
        return position

    # ---- text

    def _break(self, tag: str, attributes: str, position: int) -> int:
        self.flow.soft_break()
        return position

    def _open(self, tag: str, attributes: str, position: int) -> int:
        if tag not in ("sub", "sup"):
            self.flow.end()
        self._push(tag, attributes)
        return position

    def _push(self, tag: str, attributes: str) -> None:
        if len(self._frames) < _MOST_NESTED:
            counts = (self._characters, self._link_characters, self._formulas)
            self._frames.append(_Frame(tag, self.flow, attributes, before=counts))
            self.flow = self._new_flow()

    def _link(self, tag: str, attributes: str, position: int) -> int:
        self._links += 1
        return position

    def _variable(self, tag: str, attributes: str, position: int) -> int:
        found = _VARIABLE.match(self._body, position)
        if not found:
            return position
        self.flow.math(found[1])
        return found.end()

    def _preformatted(self, tag: str, attributes: str, position: int) -> int:
        inner, end = self._inner(tag, position)
        language = re.search(r"\b(?:language|lang|brush:)-?\s*([a-z+#]+)", attributes + inner[:200])
        lines = re.sub(r"<br>", "\n", inner)
        self.flow.code(_bare(lines), language[1] if language else "")
        return end

    def _code(self, tag: str, attributes: str, position: int) -> int:
        inner, end = self._inner(tag, position)
        text = _bare(inner).strip()
        if "\n" in text and len(text) > 80:
            self.flow.code(text)
        elif text:
            self.flow.done(f"`{_clean(text)}`")
        return end

    def _table(self, tag: str, attributes: str, position: int) -> int:
        if re.search(r"eqn_table|\bequation|\beqn\b", attributes):
            end = self._after(tag, position)
            latex = equation_rows(self._body[position:end])
            if latex:
                self._formula(Formula(latex, True))
                return end
        return self._open(tag, attributes, position)

    def _table_row(self, tag: str, attributes: str, position: int) -> int:
        if self._frames and self._frames[-1].tag == "table":
            self._frames[-1].rows.append([])
        return position

    # ---- ends of elements

    def _end(self, tag: str) -> None:
        if tag == "a":
            self._links = max(0, self._links - 1)
            return
        if not self._frames or self._frames[-1].tag != tag:
            self.flow.end()
            return
        frame = self._frames.pop()
        inner, self.flow = self.flow, frame.flow
        _CLOSE[tag](self, frame, inner)

    def _end_script(self, frame: _Frame, inner: WebFlow) -> None:
        words = inner.line()
        if words:
            self.flow.script("^" if frame.tag == "sup" else "_", words)

    def _end_heading(self, frame: _Frame, inner: WebFlow) -> None:
        self.flow.heading(re.sub(r"\s*[¶#§]$", "", inner.line()), int(frame.tag[1]))

    def _end_item(self, frame: _Frame, inner: WebFlow) -> None:
        words = inner.result()
        outer = self._frames[-1] if self._frames else None
        if outer and outer.tag in ("ul", "ol"):
            if words:
                outer.items.append(item(words, f"{len(outer.items) + 1}." if outer.tag == "ol" else ""))
        else:
            self.flow.block(item(words) if words else "")

    def _end_list(self, frame: _Frame, inner: WebFlow) -> None:
        words = inner.result()
        if words:
            self.flow.block(words)
        characters, links, formulas = (
            now - then
            for now, then in zip(
                (self._characters, self._link_characters, self._formulas), frame.before, strict=True
            )
        )
        if len(frame.items) > 2 and links > 0.8 * characters and not formulas:
            return
        self.flow.block("\n".join(frame.items))

    def _end_cell(self, frame: _Frame, inner: WebFlow) -> None:
        table = self._frames[-1] if self._frames else None
        inner.end()
        if table and table.tag == "table":
            if not table.rows:
                table.rows.append([])
            table.rows[-1].append(inner)
        else:
            self.flow.take(inner)

    def _end_table(self, frame: _Frame, inner: WebFlow) -> None:
        self.flow.take(inner)
        rows = [row for row in frame.rows if row]
        width = max(map(len, rows), default=0)
        large = any(len(cell.blocks) > 1 or sum(map(len, cell.blocks)) > 600 for row in rows for cell in row)
        if width < 2 or large:
            for row in rows:
                for cell in row:
                    self.flow.take(cell)
        else:
            self.flow.block(markdown_table([[cell.line() for cell in row] for row in rows]))


_VARIABLE = re.compile(r"([A-Za-z])</(?:i|var)>")


@lru_cache(maxsize=8_192)
def _sense(tag: str, attributes: str) -> str:
    """What the attributes say that the element is: "formula", "boilerplate", or ""."""
    if is_boilerplate(tag, attributes) and "mwe-math" not in attributes:
        return "boilerplate"
    return "formula" if tag not in _UNMARKED and _MARKED.search(attributes) else ""


_UNMARKED = frozenset("body img script math pre table code".split())


@lru_cache(maxsize=256)
def _same(tag: str) -> re.Pattern[str]:
    return re.compile(rf"<(/?){re.escape(tag)}(?=[\s>])")


_STARTS: dict[str, Callable[[_Page, str, str, int], int]] = {
    "math": _Page._math,
    "script": _Page._script,
    "img": _Page._image,
    "br": _Page._break,
    "a": _Page._link,
    "i": _Page._variable,
    "var": _Page._variable,
    "pre": _Page._preformatted,
    "code": _Page._code,
    "kbd": _Page._code,
    "samp": _Page._code,
    "table": _Page._table,
    "tr": _Page._table_row,
    **dict.fromkeys(("sub", "sup", "ul", "ol", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"), _Page._open),
}
_CLOSE: dict[str, Callable[[_Page, _Frame, WebFlow], None]] = {
    "sub": _Page._end_script,
    "sup": _Page._end_script,
    "ul": _Page._end_list,
    "ol": _Page._end_list,
    "li": _Page._end_item,
    "td": _Page._end_cell,
    "th": _Page._end_cell,
    "table": _Page._end_table,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _Page._end_heading),
}
_ENDS = frozenset(_CLOSE) | {"a"}
