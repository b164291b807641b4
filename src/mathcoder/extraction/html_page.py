"""Reads the HTML that the parser wrote back, once from left to right.

What single elements mean stands in `html_elements`; elements that are no text are jumped over, never entered.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from mathcoder.extraction.document import Document
from mathcoder.extraction.html_flow import WebFlow
from mathcoder.extraction.html_math import Formula, attribute, configured, marked, mathml
from mathcoder.extraction.html_skip import SKIPPED, is_boilerplate

__all__ = ["End", "Frame", "Page", "Start", "bare", "clean"]

_TAG = re.compile(r'<(/?)([a-zA-Z][^\s>/]*)([^>"]*(?:"[^"]*"[^>"]*)*)>|<!--')
_ANY_TAG = re.compile(r'<[^>"]*(?:"[^"]*"[^>"]*)*>')
_MOST_NESTED = 50  # lists and tables
_MOST_AGAIN = 10  # times the page's length
_MARKED = re.compile(
    r'katex|mwe-math|MathJax|MJX|mjx|data-(?:tex|latex|math|mathml|expr|equation|original-tex)="|"[^"]*\b(?:math|tex|latex|formula)\b'
)
_BLOCKS = frozenset(
    "p div section article main blockquote figure address dd dt dl details summary center fieldset header"
    " form body html hgroup hr option legend".split()
)
_MATH_TAGS = frozenset(
    "d-math mjx-container tex-math inline-formula disp-formula x-equation math-field formula".split()
)


def clean(text: str) -> str:
    return " ".join(text.split())


def bare(markup: str) -> str:
    return html.unescape(_ANY_TAG.sub("", markup))


@dataclass(slots=True)
class Frame:
    """An element whose content is collected before it is known how to write it."""

    tag: str
    flow: WebFlow
    attributes: str = ""
    items: list[str] = field(default_factory=list[str])
    rows: list[list[WebFlow]] = field(default_factory=list[list[WebFlow]])
    before: tuple[int, int, int] = (0, 0, 0)  # characters, characters in links, formulas


class Page:
    """A page that is being read.

    Args:
        body: well-formed HTML.
        source: the whole page as it was published, for what its scripts configure.
        starts: what begins with a tag: given the page, the tag, its attributes and where it ends; where to go on.
        ends: what is done with the content of an element that was collected in a frame.
    """

    def __init__(self, body: str, source: str, starts: Mapping[str, Start], ends: Mapping[str, End]) -> None:
        self.starts, self.ends = starts, ends
        self.body = body
        self.delimiters = configured(source)
        self.scripts = "math/tex" in body
        self.frames: list[Frame] = []
        self.dropped: dict[str, None] = {}
        self.links, self.characters, self.link_characters, self.formulas = 0, 0, 0, 0
        self.last = ""
        self.read_again = 0  # characters that were looked through for the end of an element
        self.flow = self.new_flow()

    def new_flow(self) -> WebFlow:
        return WebFlow(self.delimiters)

    def document(self, title: str) -> Document:
        self.read()
        while self.frames:
            self.end(self.frames[-1].tag)
        return Document(self.flow.result(), title, dropped=tuple(self.dropped))

    def read(self) -> None:
        body, position, search = self.body, 0, _TAG.search
        while found := search(body, position):
            if found.start() > position:
                self.words(body[position : found.start()])
            position = found.end()
            closing, tag, attributes = found.groups()
            if tag is None:
                end = body.find("-->", position)
                position = end + 3 if end >= 0 else len(body)
            elif closing:
                if tag == "a" or tag in self.ends:
                    self.end(tag)
                elif tag in _BLOCKS:
                    self.flow.end()
            else:
                position = self.start(tag, attributes, position)
        if position < len(body):
            self.words(body[position:])

    def words(self, text: str) -> None:
        if text.isspace():
            self.flow.gap()
            return
        if "&" in text:
            text = html.unescape(text)
        self.characters += len(text)
        if self.links:
            if text.startswith("Skip to "):
                return
            self.link_characters += len(text)
        self.flow.text(text)

    def start(self, tag: str, attributes: str, position: int) -> int:
        sense = _sense(tag, attributes) if attributes else ""
        if sense and self.read_again < _MOST_AGAIN * len(self.body):
            after = (self.marked if sense == "formula" else self.skip_boilerplate)(tag, attributes, position)
            if after:
                return after
        start = self.starts.get(tag)
        if start:
            return start(self, tag, attributes, position)
        if tag in _BLOCKS:
            self.flow.end()
        elif tag in SKIPPED:
            return self.after(tag, position)
        elif tag in _MATH_TAGS:
            return self.marked(tag, attributes, position) or position
        elif tag.endswith(":math"):
            return self.math(tag, attributes, position)
        return position

    def after(self, tag: str, position: int) -> int:
        """Where the element that begins before `position` ends."""
        depth = 1
        for found in _same(tag).finditer(self.body, position):
            depth += -1 if found[1] else 1
            if depth == 0:
                self.read_again += found.start() - position
                return self.body.index(">", found.start()) + 1
        self.read_again += len(self.body) - position
        return len(self.body)

    def inner(self, tag: str, position: int) -> tuple[str, int]:
        end = self.after(tag, position)
        return self.body[position : max(position, end - len(tag) - 3)], end

    def skip_boilerplate(self, tag: str, attributes: str, position: int) -> int:
        end = self.after(tag, position)
        inner = self.body[position:end]
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

    def marked(self, tag: str, attributes: str, position: int) -> int:
        """Where a formula's element ends, when it was read; 0 to go on inside."""
        inner, end = self.inner(tag, position)
        if len(inner) > 100_000:
            return 0
        kind = attribute(attributes, "class")
        rendered = tag == "mjx-container" or re.match(r"MathJax|MJX|mjx|katex", kind) is not None
        if not rendered and len(re.findall(r"<(?:\w+:)?math\b", inner)) > 1:
            return 0
        try:
            formula = marked(attributes, inner, self.scripts)
        except ValueError as error:
            self.drop(error)
            return end
        if formula is None:
            if (
                rendered
                and not self.scripts
                and "katex-html" not in kind
                and "review" not in kind
                and inner.strip()
            ):
                if re.search(r"\\[(\[a-zA-Z]|\$", inner):
                    return 0
                self.drop(ValueError(f"a formula that is only drawn: {clean(bare(inner))[:60]!r}"))
            return end if rendered else 0
        if rendered and self.scripts and "<script" not in inner and "<math" in inner:
            return end
        self.formula(formula)
        return end

    def math(self, tag: str, attributes: str, position: int) -> int:
        end = self.body.find(f"</{tag}>", position)
        end = len(self.body) if end < 0 else end + len(tag) + 3
        try:
            formula = mathml(f"<{tag}{attributes}>{self.body[position:end]}")
        except ValueError as error:
            self.drop(error)
            return end
        if formula.latex:
            self.formula(formula)
        return end

    def push(self, tag: str, attributes: str) -> None:
        if len(self.frames) < _MOST_NESTED:
            counts = (self.characters, self.link_characters, self.formulas)
            self.frames.append(Frame(tag, self.flow, attributes, before=counts))
            self.flow = self.new_flow()

    def end(self, tag: str) -> None:
        if tag == "a":
            self.links = max(0, self.links - 1)
            return
        if not self.frames or self.frames[-1].tag != tag:
            self.flow.end()
            return
        frame = self.frames.pop()
        inner, self.flow = self.flow, frame.flow
        self.ends[tag](self, frame, inner)


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


Start = Callable[[Page, str, str, int], int]
End = Callable[[Page, Frame, WebFlow], None]
