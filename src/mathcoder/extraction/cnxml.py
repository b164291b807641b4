"""CNXML, the format of OpenStax books, to text: MathML formulas, examples, exercises and solutions."""

from __future__ import annotations

from collections.abc import Callable

from mathcoder.extraction.document import Document
from mathcoder.extraction.flow import Flow, item, markdown_table
from mathcoder.extraction.mathml import mathml_to_latex
from mathcoder.extraction.xmltree import Element, parse_xml

__all__ = ["cnxml_to_text"]


def cnxml_to_text(xml: bytes) -> Document:
    """A module as text.

    Raises:
        ValueError: it is not well-formed XML, or not CNXML.
    """
    root = parse_xml(xml)
    if root.tag not in ("document", "module"):
        raise ValueError(f"not CNXML: the root element is <{root.tag}>, not <document>")
    return _Reader(root).document()


class _Reader:
    def __init__(self, root: Element) -> None:
        self._root = root
        self._dropped: list[str] = []
        self._inner = {
            child: element
            for element in root.iter()
            if element.tag in ("example", "note")
            for child in element
            if child.tag == "exercise" and self._label_of(element)
        }
        self._targets = {element.get("id", ""): element for element in root.iter() if element.get("id")}

    def document(self) -> Document:
        title = self._title_of(self._root)
        flow = Flow()
        flow.heading(title, 1)
        for child in self._root:
            if child.tag == "content":
                self._walk(child, flow)
            elif child.tag == "glossary":
                flow.heading("Glossary")
                self._walk(child, flow)
        return Document(flow.result(), title, dropped=tuple(self._dropped))

    def _title_of(self, element: Element) -> str:
        found = element.find("title")
        return self._line(found) if found is not None else ""

    def _line(self, element: Element) -> str:
        return self._part(element).line()

    def _part(self, element: Element) -> Flow:
        flow = Flow()
        self._walk(element, flow)
        return flow

    def _walk(self, element: Element, flow: Flow) -> None:
        flow.text(element.text or "")
        for child in element:
            write = _ELEMENTS.get(child.tag)
            if write:
                write(self, child, flow)
            else:
                self._walk(child, flow)
            flow.text(child.tail or "")

    # ---- formulas

    def _latex(self, element: Element) -> str:
        try:
            return mathml_to_latex(element)
        except ValueError as error:
            self._dropped.append(str(error))
            return ""

    def math(self, element: Element, flow: Flow) -> None:
        if element.get("display") == "block":
            flow.display(self._latex(element))
        else:
            flow.math(self._latex(element))

    def equation(self, element: Element, flow: Flow) -> None:
        for child in element:
            if child.tag == "math":
                flow.display(self._latex(child))
            elif child.tag not in ("label", "title"):
                self._walk(child, flow)

    # ---- running text

    def emphasis(self, element: Element, flow: Flow) -> None:
        words = (element.text or "").strip()
        variable = element.get("effect", "bold").startswith("ital") or (len(element) == 0 and words != "I")
        if len(element) == 0 and len(words) == 1 and words.isalpha() and words.isascii() and variable:
            flow.math(words if element.get("effect", "bold") != "bold" else rf"\mathbf{{{words}}}")
        elif words not in ("[T]",):
            self._walk(element, flow)

    def sup(self, element: Element, flow: Flow) -> None:
        flow.script("^", self._line(element))

    def sub(self, element: Element, flow: Flow) -> None:
        flow.script("_", self._line(element))

    def link(self, element: Element, flow: Flow) -> None:
        words = self._line(element)
        if not words:
            target = self._targets.get(element.get("target-id", ""))
            words = "the " + (_NAMES.get(target.tag, "text") if target is not None else "section")
            words = words if flow.in_sentence() else words.capitalize()
        flow.text(words)

    def newline(self, element: Element, flow: Flow) -> None:
        flow.newline()

    # ---- blocks

    def paragraph(self, element: Element, flow: Flow) -> None:
        flow.end()
        title = self._title_of(element)
        if title:
            flow.label(title)
        self._walk(element, flow)
        flow.end()

    def section(self, element: Element, flow: Flow) -> None:
        flow.heading(self._title_of(element), 2 if self._is_top(element) else 3)
        self._walk(element, flow)
        flow.end()

    def _is_top(self, element: Element) -> bool:
        content = self._root.find("content")
        return content is not None and element in list(content)

    def labelled(self, element: Element, flow: Flow) -> None:
        flow.label(self._label_of(element))
        self._walk(element, flow)
        flow.end()

    def exercise(self, element: Element, flow: Flow) -> None:
        """An exercise alone; the one that an example or a checkpoint consists of needs no second label."""
        title = self._title_of(element) or next(map(self._title_of, element.iter("problem")), "")
        if element not in self._inner:
            flow.label(f"Exercise: {title}" if title else "Exercise")
        elif title and not self._title_of(self._inner[element]):
            flow.blocks[-1] = f"{flow.blocks[-1][:-3]}: {title}.**" if flow.blocks else title
        self._walk(element, flow)
        flow.end()

    def _label_of(self, element: Element) -> str:
        title = self._title_of(element)
        if element.tag == "problem" or element.tag == "commentary":
            return title if element.tag == "commentary" else ""
        kind = element.get("class", "") or element.get("type", "")
        name = _NOTES.get(kind, "") if element.tag == "note" else _LABELS.get(element.tag, "")
        return title if not name or title.startswith(name) else f"{name}: {title}" if title else name

    def list(self, element: Element, flow: Flow) -> None:
        items = [child for child in element if child.tag == "item"]
        if element.get("display") == "inline":
            flow.text("; ".join(self._line(child) for child in items))
            return
        flow.end()
        title = self._title_of(element)
        if title:
            flow.label(title)
        labels = _numbers(element.get("list-type", "bulleted"), element.get("number-style", "arabic"), len(items))
        texts = [(self._part(child).result(), label) for child, label in zip(items, labels, strict=True)]
        flow.block("\n".join(item(text, label) for text, label in texts if text))

    def table(self, element: Element, flow: Flow) -> None:
        title = self._title_of(element)
        flow.end()
        if title:
            flow.label(f"Table: {title}")
        rows = [[self._line(cell) for cell in row if cell.tag == "entry"] for row in element.iter("row")]
        flow.block(markdown_table(rows))

    def code(self, element: Element, flow: Flow) -> None:
        text = "".join(element.itertext())
        if element.get("display") == "block" or "\n" in text.strip():
            flow.code(text, element.get("lang", ""))
        else:
            flow.text(f"`{text.strip()}`")

    def definition(self, element: Element, flow: Flow) -> None:
        term, meanings = "", list[str]()
        for child in element:
            if child.tag == "term":
                term = self._line(child)
            else:
                meanings.append(self._line(child))
        flow.block(f"**{term}**: {' '.join(meanings)}")

    def nothing(self, element: Element, flow: Flow) -> None:
        pass


_Write = Callable[[_Reader, Element, Flow], None]
_ELEMENTS: dict[str, _Write] = {
    "math": _Reader.math,
    "equation": _Reader.equation,
    "emphasis": _Reader.emphasis,
    "sup": _Reader.sup,
    "sub": _Reader.sub,
    "link": _Reader.link,
    "newline": _Reader.newline,
    "para": _Reader.paragraph,
    "section": _Reader.section,
    "list": _Reader.list,
    "table": _Reader.table,
    "code": _Reader.code,
    "preformat": _Reader.code,
    "definition": _Reader.definition,
    "exercise": _Reader.exercise,
    **dict.fromkeys(
        ("example", "problem", "solution", "note", "commentary", "rule", "proof", "statement", "quote"),
        _Reader.labelled,
    ),
    **dict.fromkeys(
        ("title", "label", "figure", "media", "image", "iframe", "metadata", "footnote", "foreign", "cite-title"),
        _Reader.nothing,
    ),
}
_LABELS = {
    "example": "Example",
    "solution": "Solution",
    "rule": "Rule",
    "proof": "Proof",
}
_NOTES = {"theorem": "Theorem", "checkpoint": "Checkpoint", "project": "Project", "problem-solving": "Strategy"}
_NAMES = {
    "figure": "figure",
    "table": "table",
    "example": "example",
    "equation": "equation",
    "note": "note",
    "exercise": "exercise",
    "section": "section",
    "rule": "rule",
}


def _numbers(kind: str, style: str, count: int) -> list[str]:
    if kind != "enumerated":
        return [""] * count
    if style.endswith("alpha") and count <= 26:
        letters = "abcdefghijklmnopqrstuvwxyz"
        return [f"({(letters.upper() if style[0] == 'u' else letters)[index]})" for index in range(count)]
    return [f"{index}." for index in range(1, count + 1)]
