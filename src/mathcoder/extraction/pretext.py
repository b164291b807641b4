"""PreTeXt, the XML of many open textbooks, to text. Its formulas are LaTeX; the book's macros are written out."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from mathcoder.extraction.document import Document
from mathcoder.extraction.flow import Flow, item, markdown_table
from mathcoder.extraction.tex_formula import cleaned
from mathcoder.extraction.tex_macros import DEFINING, Macro, Macros, TooMuch, define
from mathcoder.extraction.tex_scan import without_comments
from mathcoder.extraction.xmltree import Element, check_depth, parse_xml

__all__ = ["ROOTS", "pretext_to_text"]

Include = Callable[[str], bytes | None]

_MOST_FILES = 2_000
_MOST_DEEP = 10
_DIVISIONS = {
    "book": 1, "article": 1, "part": 1, "chapter": 1, "appendix": 1, "preface": 1, "section": 2, "subsection": 3,
    "subsubsection": 4, "exercises": 3, "worksheet": 3, "reading-questions": 3, "handout": 3, "exercisegroup": 4,
    "solutions": 3, "glossary": 2,
}  # fmt: skip
_LABELS = {
    "example": "Example", "theorem": "Theorem", "lemma": "Lemma", "corollary": "Corollary",
    "proposition": "Proposition",
    "definition": "Definition", "proof": "Proof", "exercise": "Exercise", "solution": "Solution", "hint": "Hint",
    "answer": "Answer", "remark": "Remark", "note": "Note", "task": "Task", "investigation": "Investigation",
    "activity": "Activity", "project": "Project", "exploration": "Exploration", "question": "Question",
    "problem": "Problem", "axiom": "Axiom", "principle": "Principle", "fact": "Fact", "conjecture": "Conjecture",
    "claim": "Claim", "algorithm": "Algorithm", "identity": "Identity", "convention": "Convention",
    "insight": "Insight",
    "warning": "Warning", "observation": "Observation", "assemblage": "", "paragraphs": "",
    "aside": "", "objectives":
    "Objectives", "case": "Case", "computation": "Computation", "technology": "Technology", "data": "Data",
}  # fmt: skip
_CHARACTERS = {
    "ndash": "–", "mdash": "—", "nbsp": " ", "ellipsis": "…", "latex": "LaTeX", "tex": "TeX", "pretext": "PreTeXt",
    "ie": "i.e.", "eg": "e.g.", "etc": "etc.", "times": "×", "fillin": "____", "dollar": "$", "percent": "%",
    "ampersand": "&", "lsq": "‘", "rsq": "’", "lq": "“", "rq": "”", "copyright": "©", "minus": "−", "degree": "°",
    "prime": "′", "vs": "vs.", "am": "a.m.", "pm": "p.m.", "today": "", "timeofday": "",
}  # fmt: skip
_GONE = frozenset(
    "title idx notation image figure latex-image description shortdescription caption docinfo references biblio"
    " bibinfo pg-code setup colophon index-list notation-list titlepage instructions cross-references blocks"
    " video audio interactive index-part macros rename shorttitle subtitle creator program-setup clearpage"
    " feedback"
    " pubtitle init backmatter-index premise-order minilicense metadata".split()
)

# Elements that a file of a book may begin with.
ROOTS = frozenset("pretext mathbook frontmatter backmatter introduction conclusion docinfo webwork".split()) | (
    _DIVISIONS.keys() | _LABELS.keys()
) - {"project", "note", "data", "part"}


def pretext_to_text(xml: bytes, include: Include | None = None) -> Document:
    """A PreTeXt book, or a part of one, as text.

    Args:
        xml: the file that holds the root.
        include: gives the content of a file that `xi:include` names, by its path from the first file's folder, or
            None where it is not there; without it included files are left out.

    Raises:
        ValueError: the first file is not well-formed XML.
    """
    reader = _Reader(include)
    return reader.document(parse_xml(xml))


class _Reader:
    def __init__(self, include: Include | None) -> None:
        self._include = include
        self._files = 0
        self._dropped: dict[str, None] = {}
        self._macros = Macros(amp=Macro(0, "&"), lt=Macro(0, "<"), gt=Macro(0, ">"))
        self._targets: dict[str, Element] = {}

    def document(self, root: Element) -> Document:
        self._follow(root, "", 0)
        check_depth(root)
        for element in root.iter():
            name = element.get("{http://www.w3.org/XML/1998/namespace}id")
            if name:
                self._targets[name] = element
            if element.tag == "macros":
                self._take_macros("".join(element.itertext()))
        flow = Flow()
        self._element(root, flow)
        book = root if root.tag in ("book", "article") else root.find("book")
        title = self._title_of(book if book is not None else root)
        return Document(flow.result(), title, dropped=tuple(self._dropped))

    def _drop(self, reason: str) -> None:
        if len(self._dropped) < 100:
            self._dropped.setdefault(reason)

    def _follow(self, root: Element, folder: str, depth: int) -> None:
        """Puts the included files in their places."""
        if self._include is None:
            return
        for parent in list(root.iter()):
            for index, child in enumerate(parent):
                if child.tag == "include" and child.get("href"):
                    parent[index] = self._included(child, folder, depth)

    def _included(self, element: Element, folder: str, depth: int) -> Element:
        path = posixpath.normpath(posixpath.join(folder, element.get("href", "")))
        self._files += 1
        data = self._include(path) if self._include and self._files <= _MOST_FILES and depth < _MOST_DEEP else None
        place = Element("group")
        place.tail = element.tail
        if data is None:
            self._drop(f"the file {path} that is included is not there")
        elif element.get("parse") == "text":
            place.text = data.decode("utf-8", "replace")
        elif data:
            try:
                place.append(parse_xml(data))
            except ValueError as error:
                self._drop(f"{path}: {error}")
            self._follow(place, posixpath.dirname(path), depth + 1)
        return place

    def _take_macros(self, source: str) -> None:
        source = without_comments(source)
        position = source.find("\\")
        while position >= 0:
            end = position + 1
            while end < len(source) and source[end].isalpha():
                end += 1
            command = source[position + 1 : end]
            after = define(self._macros, command, source, end) if command in DEFINING else end
            position = source.find("\\", max(after, position + 1))

    # ---- walking

    def _walk(self, element: Element, flow: Flow) -> None:
        flow.text((element.text or "").replace("\n", " "))
        for child in element:
            self._element(child, flow)
            flow.text((child.tail or "").replace("\n", " "))

    def _element(self, element: Element, flow: Flow) -> None:
        tag = element.tag
        write = _ELEMENTS.get(tag)
        if write:
            write(self, element, flow)
        elif tag in _GONE:
            return
        elif tag in _CHARACTERS and len(element) == 0:
            flow.text(_CHARACTERS[tag])
        elif tag in _DIVISIONS:
            flow.heading(self._title_of(element), _DIVISIONS[tag])
            self._walk(element, flow)
            flow.end()
        elif tag in _LABELS:
            self._labelled(element, flow)
        else:
            self._walk(element, flow)

    def _part(self, element: Element) -> Flow:
        flow = Flow()
        self._walk(element, flow)
        return flow

    def _title_of(self, element: Element) -> str:
        found = element.find("title")
        return self._part(found).line() if found is not None else ""

    def _labelled(self, element: Element, flow: Flow) -> None:
        label, title = _LABELS[element.tag], self._title_of(element)
        flow.label(f"{label}: {title}" if label and title else label or title)
        self._walk(element, flow)
        flow.end()

    # ---- formulas

    def _latex(self, element: Element) -> str:
        for child in element:
            if child.tag == "var":
                child.text = child.get("name", "").lstrip("$")
            elif child.tag == "fillin":
                child.text = r"\underline{\qquad}"
            elif child.tag == "xref":
                child.text = ""
        try:
            return cleaned("".join(element.itertext()), self._macros)
        except TooMuch as error:
            self._drop(str(error))
            return ""

    def inline(self, element: Element, flow: Flow) -> None:
        flow.math(self._latex(element).replace("\n", " "))

    def display(self, element: Element, flow: Flow) -> None:
        flow.display(self._latex(element))

    def rows(self, element: Element, flow: Flow) -> None:
        """`md`: rows of an aligned formula, or one formula in LaTeX when it has no rows."""
        rows = [self._latex(row) for row in element if row.tag == "mrow"]
        if not rows:
            self.display(element, flow)
            return
        name = "align*" if any("&" in row for row in rows) else "gather*"
        flow.display(f"\\begin{{{name}}}\n" + " \\\\\n".join(filter(None, rows)) + f"\n\\end{{{name}}}")

    # ---- text

    def paragraph(self, element: Element, flow: Flow) -> None:
        flow.end()
        self._walk(element, flow)
        flow.end()

    def quoted(self, element: Element, flow: Flow) -> None:
        single = element.tag == "sq"
        flow.text("‘" if single else "“")
        self._walk(element, flow)
        flow.text("’" if single else "”")

    def code(self, element: Element, flow: Flow) -> None:
        flow.text("`" + "".join(element.itertext()).strip() + "`")

    def reference(self, element: Element, flow: Flow) -> None:
        words = self._part(element).line()
        if not words:
            target = self._targets.get(element.get("ref", ""))
            kind = target.tag if target is not None else "text"
            words = "the " + {"li": "item", "me": "equation", "men": "equation", "mrow": "equation"}.get(
                kind, kind
            )
            words = words if flow.in_sentence() else words.capitalize()
        flow.text(words)

    def note(self, element: Element, flow: Flow) -> None:
        flow.text(" (")
        for child in element if len(element) and not (element.text or "").strip() else [element]:
            self._walk(child, flow)
            flow.text(child.tail or "" if child is not element else "")
        flow.text(")")

    def url(self, element: Element, flow: Flow) -> None:
        words = self._part(element).line()
        flow.text(words or element.get("visual") or element.get("href", ""))

    def variable(self, element: Element, flow: Flow) -> None:
        name = element.get("name", "").lstrip("$")
        if name:
            flow.math(name)

    def items(self, element: Element, flow: Flow) -> None:
        texts: list[str] = []
        for index, child in enumerate(
            child for child in element if child.tag in ("li", "choice", "block", "match")
        ):
            label = f"{index + 1}." if element.tag == "ol" else ""
            title = self._title_of(child)
            text = self._part(child).result()
            if text or title:
                texts.append(item(f"{title}: {text}" if title else text, label))
        flow.block("\n".join(texts))

    def table(self, element: Element, flow: Flow) -> None:
        rows = [[self._part(cell).line() for cell in row if cell.tag == "cell"] for row in element.iter("row")]
        flow.block(markdown_table(rows))

    def session(self, element: Element, flow: Flow) -> None:
        """`sage` and `console`: what is typed, and what comes out."""
        for child in element:
            if child.tag in ("input", "code"):
                flow.code(_lines(child), "python" if element.tag == "sage" else element.get("language", ""))
            elif child.tag == "output":
                flow.code(_lines(child))

    def listing(self, element: Element, flow: Flow) -> None:
        inner = element.find("code")
        flow.code(_lines(element if inner is None else inner), element.get("language", ""))


def _lines(element: Element) -> str:
    """Code without the indentation of the XML around it."""
    lines = "".join(element.itertext()).strip("\n").rstrip().expandtabs(4).split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] for line in lines)


_ELEMENTS: dict[str, Callable[[_Reader, Element, Flow], None]] = {
    "m": _Reader.inline,
    "me": _Reader.display,
    "men": _Reader.display,
    "md": _Reader.rows,
    "mdn": _Reader.rows,
    "p": _Reader.paragraph,
    "li": _Reader.paragraph,
    "cline": _Reader.paragraph,
    "line": _Reader.paragraph,
    "q": _Reader.quoted,
    "sq": _Reader.quoted,
    "c": _Reader.code,
    "xref": _Reader.reference,
    "fn": _Reader.note,
    "url": _Reader.url,
    "var": _Reader.variable,
    **dict.fromkeys(("ul", "ol", "dl", "choices", "matches"), _Reader.items),
    "tabular": _Reader.table,
    "sage": _Reader.session,
    "console": _Reader.session,
    "program": _Reader.listing,
    "pre": _Reader.listing,
    "cd": _Reader.listing,
}
