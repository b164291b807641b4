"""Reads the HTML that the parser wrote back, once from left to right.

What single elements mean stands in `html_elements`; elements that are no text are jumped over, never entered. Tags
come back many times, on a page and on the pages after it: what one means is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial

from mathcoder.extraction.document import Document
from mathcoder.extraction.html_flow import WebFlow
from mathcoder.extraction.html_math import Formula, attribute, configured, marked, mathml, unescaped
from mathcoder.extraction.html_skip import BOILERPLATE, FORMULA, SKIPPED, sense

__all__ = ["End", "Frame", "Page", "Start", "Tags", "bare", "clean"]

_TAG = re.compile(r"<[^>]*+>")  # the parser writes no `>` into attributes
# Some elements are taken whole, with their name, if none of the same name is inside: the next end is theirs. What
# is in scripts and their like is no markup.
_RAW = "script|style|xmp|plaintext|noembed|noframes|iframe"
_WHOLE = "|".join(sorted({*SKIPPED, *_RAW.split("|"), "math", "pre", "code"}))
_INSIDE = rf"[^<]*+(?:<(?:(?!/?\2[ >])|(?=(?:{_RAW})[ >]))[^<]*+)*+"
_PART = re.compile(rf"(<(?:/[^>]*+>|({_WHOLE})(?=[ >]){_INSIDE}</\2>|!--.*?-->|[^>]*+>))", re.DOTALL)
_LONGEST_KNOWN, _MOST_KNOWN = 100, 4_000  # characters, tags
_MOST_NESTED = 50  # lists and tables
_MOST_AGAIN = 10  # times the page's parts


def clean(text: str) -> str:
    return " ".join(text.split())


def bare(markup: str) -> str:
    return unescaped(_TAG.sub("", markup) if "<" in markup else markup)


class Frame:
    """An element whose content is collected before it is known how to write it."""

    __slots__ = ("before", "flow", "items", "rows", "tag")

    def __init__(self, tag: str, flow: WebFlow, before: tuple[int, int, int]) -> None:
        self.tag = tag
        self.flow = flow  # that the element stands in
        self.before = before  # the page's characters, characters in links and formulas until here
        self.items: list[str] = []
        self.rows: list[list[WebFlow]] = []


class Tags(dict[str, "tuple[str, Start | None]"]):
    """The name of a tag, and what is done when it is met.

    Args:
        starts: by name, with `/` before the name for an element's end: given the page, the name, the tag and its
            index, returns the index of the last tag that was read.
    """

    def __init__(self, starts: Mapping[str, Start]) -> None:
        super().__init__()
        self.starts = starts

    def __missing__(self, tag: str) -> tuple[str, Start | None]:
        name = tag[1:-1].partition(" ")[0]
        start = self.starts.get(name) or (Page.math if name.endswith(":math") and name[0] != "/" else None)
        if '"' in tag:
            found = sense(name, tag)
            if found == FORMULA:
                start = _or_else(Page.marked, start)
            elif found == BOILERPLATE:
                start = _or_else(Page.boilerplate, start)
        if len(tag) < _LONGEST_KNOWN:
            if len(self) > _MOST_KNOWN:
                self.clear()
            self[tag] = name, start
        return name, start


class Page:
    """A page that is being read.

    Args:
        body: well-formed HTML.
        source: the whole page as it was published, for what its scripts configure.
        tags: what tags mean.
        ends: what is done with the content of an element that was collected in a frame.
    """

    def __init__(self, body: str, source: str, tags: Tags, ends: Mapping[str, End]) -> None:
        self.tags, self.ends = tags, ends
        self.body = body
        self.parts = _PART.split(body)  # in turn: text, tag, the name if the tag is a whole element
        self.delimiters = cache(partial(configured, source))
        self.frames: list[Frame] = []
        self.dropped: dict[str, None] = {}
        self.links = self.characters = self.link_characters = self.formulas = 0
        self.last = ""
        self.read_again = 0  # parts that were looked through for the end of an element
        self.flow = self.new_flow()

    def new_flow(self) -> WebFlow:
        return WebFlow(self.delimiters)

    def document(self, title: str) -> Document:
        self.read()
        while self.frames:
            self.end(self.frames[-1].tag)
        return Document(self.flow.result(), title, dropped=tuple(self.dropped))

    def read(self) -> None:
        parts, tags, starts = self.parts, self.tags, self.tags.starts
        self.words(parts[0])
        index, last = 1, len(parts) - 1
        while index < last:
            tag, whole = parts[index], parts[index + 1]
            if whole is None:
                name, start = tags[tag]
                if start:
                    index = start(self, name, tag, index)
            elif whole not in SKIPPED:
                starts[whole](self, whole, tag, index)
            text = parts[index + 2]
            if text:
                if text.isspace():
                    self.flow.gap()
                else:
                    self.words(text)
            index += 3

    def words(self, text: str) -> None:
        text = unescaped(text)
        self.characters += len(text)
        if self.links:
            if text.startswith("Skip to "):
                return
            self.link_characters += len(text)
        self.flow.text(text)

    def after(self, name: str, index: int) -> int:
        """The index of the tag that ends the element which begins at `index`."""
        parts, openings, closing = self.parts, (f"<{name} ", f"<{name}>"), f"</{name}>"
        if parts[index + 1]:
            return index
        depth, last = 1, len(parts) - 3
        for end in range(index + 3, last, 3):
            tag = parts[end]
            if tag == closing:
                depth -= 1
                if not depth:
                    self.read_again += end - index
                    return end
            elif tag.startswith(openings) and not parts[end + 1]:
                depth += 1
        self.read_again += last - index
        return last

    def may_look_ahead(self) -> bool:
        return self.read_again < _MOST_AGAIN * len(self.parts)

    def between(self, index: int, end: int) -> str:
        """The markup between two tags."""
        parts = self.parts[index + 2 : end]
        del parts[2::3]
        return "".join(parts)

    def inner(self, name: str, index: int) -> tuple[str, int]:
        end = self.after(name, index)
        if end > index:
            return self.between(index, end), end
        whole = self.parts[index]
        found = _TAG.match(whole)
        return whole[found.end() if found else 0 : -len(name) - 3], end

    def boilerplate(self, name: str, tag: str, index: int) -> int:
        """The index of the tag that ends an element that is no text; 0 if the page's text seems to be inside."""
        inner, end = self.inner(name, index)
        if len(inner) > 0.4 * len(self.body) or "<h1" in inner or "<article" in inner or "<main" in inner:
            return 0
        return end

    def formula(self, formula: Formula) -> None:
        if not formula.latex:
            return
        self.formulas += 1
        self.last = formula.latex
        if formula.display:
            self.flow.display(formula.latex)
        else:
            self.flow.math(formula.latex)

    def drop(self, error: ValueError) -> None:
        if len(self.dropped) < 100:
            self.dropped.setdefault(str(error))

    def marked(self, name: str, tag: str, index: int) -> int:
        """The index of the tag that ends a formula's element, when it was read; 0 to go on inside."""
        inner, end = self.inner(name, index)
        if len(inner) > 100_000:
            return 0
        kind = attribute(tag, "class")
        rendered = name == "mjx-container" or kind.startswith(("MathJax", "MJX", "mjx", "katex"))
        if not rendered and len(re.findall(r"<(?:\w+:)?math\b", inner)) > 1:
            return 0
        scripts = self.delimiters().scripts
        try:
            formula = marked(tag, inner, scripts)
        except ValueError as error:
            self.drop(error)
            return end
        if formula is None:
            if rendered and not scripts and "katex-html" not in kind and "review" not in kind and inner.strip():
                if re.search(r"\\[(\[a-zA-Z]|\$", inner):
                    return 0
                self.drop(ValueError(f"a formula that is only drawn: {clean(bare(inner))[:60]!r}"))
            return end if rendered else 0
        if rendered and scripts and "<script" not in inner and "<math" in inner:
            return end
        self.formula(formula)
        return end

    def math(self, name: str, tag: str, index: int) -> int:
        inner, end = self.inner(name, index)
        try:
            self.formula(mathml(tag if end == index else f"{tag}{inner}</{name}>"))
        except ValueError as error:
            self.drop(error)
        return end

    def push(self, name: str) -> None:
        if len(self.frames) < _MOST_NESTED:
            counts = (self.characters, self.link_characters, self.formulas)
            self.frames.append(Frame(name, self.flow, counts))
            self.flow = self.new_flow()

    def end(self, name: str) -> None:
        if not self.frames or self.frames[-1].tag != name:
            self.flow.end()
            return
        frame = self.frames.pop()
        inner, self.flow = self.flow, frame.flow
        self.ends[name](self, frame, inner)


Start = Callable[[Page, str, str, int], int]
End = Callable[[Page, Frame, WebFlow], None]


def _or_else(read: Start, start: Start | None) -> Start:
    """Reads an element by what its attributes say, or, where that comes to nothing, as its name says."""

    def tried(page: Page, name: str, tag: str, index: int) -> int:
        end = read(page, name, tag, index) if page.may_look_ahead() else 0
        return end or (start(page, name, tag, index) if start else index)

    return tried
