"""Web pages to text: every formula as LaTeX, headings, lists, tables and code kept, what is not the text left out.

The page is parsed by resiliparse, whose tree is written back as well-formed HTML: reading that text is several
times faster than visiting the tree's nodes from Python.
"""

from __future__ import annotations

import re

from resiliparse.parse.encoding import bytes_to_str, detect_encoding
from resiliparse.parse.html import HTMLTree

from mathcoder.extraction.document import Document
from mathcoder.extraction.html_elements import ENDS, TAGS
from mathcoder.extraction.html_page import Page, clean

__all__ = ["html_to_text"]

# `<title/>` is an element in XHTML, and opens one without an end for a parser of HTML.
_CLOSED = re.compile(r"<(title|script|style|textarea|iframe|a|div|span|p|td|th|li|em|i|b)((?:\s[^<>]*)?)/>")


def html_to_text(page: str | bytes) -> Document:
    """A web page as text.

    Args:
        page: HTML; bytes are decoded as the page says, or by detection.
    """
    source = _decoded(page) if isinstance(page, bytes) else page
    if "http://www.w3.org/1999/xhtml" in source[:2_000]:
        source = _CLOSED.sub(r"<\1\2></\1>", source)
    tree = HTMLTree.parse(source)
    title = clean(tree.title or "")
    body = tree.body
    return Page(body.html, source, TAGS, ENDS).document(title) if body else Document("", title)


def _decoded(page: bytes) -> str:
    declared = re.search(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", page[:2_000], re.IGNORECASE)
    if not declared:
        try:
            return page.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    name = declared[1].decode("ascii") if declared else detect_encoding(page)
    try:
        return bytes_to_str(page, name or "utf-8", errors="replace")
    except LookupError:
        return page.decode("utf-8", "replace")
