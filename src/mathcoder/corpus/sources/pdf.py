"""PDF: the text of its pages by pypdfium2, and whether its formulas were lost in it.

A PDF holds glyphs in places: a formula's fractions, indices and roots are gone from its text. A recogniser's
output, `NAME.mmd` beside `NAME.pdf`, is therefore taken instead where there is one (see `textbook`).
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from mathcoder.corpus.sources.spec import Limits

__all__ = ["PdfText", "pdf_text"]

# Mathematical signs, and the private characters that fonts use for the parts of large brackets.
_SIGNS = re.compile("[≤≥≠≈≡∈∉∑∏∫√∞±×÷→↦∀∃⊂⊆∪∩∂∇Α-Ωα-ωϕϵ\ue000-\uf8ff\U0001d400-\U0001d7ff]")
_LOST_SIGNS, _LOST_SHARE = 10, 0.0001  # at least so many, and of the characters
_HYPHEN = re.compile("[\x02\ufffe](?:\r?\n)?")  # how PDFium marks a word divided at a line's end
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class PdfText:
    """The text of a PDF.

    Args:
        text: of its pages, parted by blank lines.
        title: as the file's metadata have it; "" if they do not.
        pages: their number.
        formulas_lost: it has mathematical signs, so that its formulas were there and are not formulas now.
    """

    text: str
    title: str
    pages: int
    formulas_lost: bool


def pdf_text(data: bytes, limits: Limits) -> PdfText:
    """The text of a PDF.

    Raises:
        ValueError: it is damaged or locked, has too many pages or no text, or takes too long; one line.
    """
    pdfium: Any = import_module("pypdfium2")
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        locked = "password" in str(error).lower() or "security" in str(error).lower()
        raise ValueError("locked by a password" if locked else f"a damaged PDF: {error}") from None
    try:
        pages = _pages(document, limits, pdfium.PdfiumError)
        title = str(document.get_metadata_dict().get("Title") or "")
    finally:
        document.close()
    text = "\n\n".join(page for page in pages if page)
    if not text:
        raise ValueError("no text in it, a scan? Put a recogniser's output beside it, with the suffix .mmd")
    signs = len(_SIGNS.findall(text))
    lost = signs >= _LOST_SIGNS and signs >= _LOST_SHARE * len(text)
    return PdfText(text, title, len(pages), lost)


def _pages(document: Any, limits: Limits, fault: type[Exception]) -> list[str]:
    count = len(document)
    if count > limits.pages:
        raise ValueError(f"more than {limits.pages:,} pages")
    end = time.monotonic() + limits.seconds
    texts: list[str] = []
    for number in range(count):
        if time.monotonic() > end:
            raise ValueError(f"its text takes more than {limits.seconds:g} s: {number} of {count} pages read")
        try:
            page = document[number]
            text = page.get_textpage()
            texts.append(_tidy(text.get_text_bounded()))
            text.close()
            page.close()
        except fault as error:
            raise ValueError(f"page {number + 1} is damaged: {error}") from None
    return texts


def _tidy(text: str) -> str:
    text = _HYPHEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).strip()
