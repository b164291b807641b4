"""Real books and pages: their formulas survive, and what a page shows is what its LaTeX source says."""

from __future__ import annotations

import gzip
import json
import re
import statistics
import tarfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mathcoder.extraction import html_to_text, latex_to_text, read_book

_FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<!\\)\$((?:\\.|[^$\\])+)\$", re.DOTALL)


def formulas(text: str) -> list[str]:
    return [shown or inline for shown, inline in _FORMULA.findall(text)]


def unpacked(data_dir: Path, book: str, folder: Path) -> Path:
    with tarfile.open(data_dir / "textbooks" / f"{book}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def pages(data_dir: Path) -> list[dict[str, Any]]:
    with gzip.open(data_dir / "html" / "math_pages.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


# The book, how many documents, formulas and reasons there are at least, at least and at most.
BOOKS = [
    ("openstax-calculus-cnxml-a", 30, 9_500, 0),
    ("aata-judson", 1, 9_000, 5),
    ("discrete-book-levin", 1, 6_500, 40),
    ("basic-analysis-lebl", 5, 18_000, 60),
    ("stacks-project-a", 25, 60_000, 40),
]


@pytest.mark.parametrize(("book", "documents", "least", "most_dropped"), BOOKS)
def test_books(book: str, documents: int, least: int, most_dropped: int, data_dir: Path, tmp_path: Path) -> None:
    read = list(read_book(unpacked(data_dir, book, tmp_path)))
    assert len(read) >= documents
    found = [formula for document in read for formula in formulas(document.text)]
    assert len(found) >= least
    assert sum(len(document.dropped) for document in read) <= most_dropped
    unbalanced = [formula for formula in found if not _balanced(formula)]
    assert len(unbalanced) <= 0.002 * len(found)
    assert not any("<m:" in document.text for document in read)


def _balanced(formula: str) -> bool:
    depth = 0
    for sign in re.findall(r"\\.|[{}]", formula, re.DOTALL):
        depth += (sign == "{") - (sign == "}")
    return depth == 0


def test_a_module_of_openstax(data_dir: Path, tmp_path: Path) -> None:
    """A chain of equalities, an integral, a limit: as a translator wants to read them."""
    text = "\n\n".join(document.text for document in read_book(unpacked(data_dir, BOOKS[0][0], tmp_path)))
    assert r"\lim_{h \to 0} \frac{f(x + h) - f(x)}{h}" in text
    assert re.search(r"\\int_\{0\}\^\{1\} [^$]+ d x", text)
    assert re.search(r"\$\$\\begin\{aligned\} f'\(x\) & = [^$]+ \\\\ & = [^$]+\\end\{aligned\}\$\$", text)
    assert "**Solution.**" in text
    assert "\u2062" not in text


def test_planetmath_pages_show_what_their_sources_say(
    pages: list[dict[str, Any]], data_dir: Path, tmp_path: Path
) -> None:
    """95% of the formulas of the LaTeX sources stand, after normalising, in the pages made from them."""
    sources = {path.stem: path for path in unpacked(data_dir, "planetmath-11-tex", tmp_path).rglob("*.tex")}
    found = total = 0
    for row in pages:
        source = sources.get(Path(row["path"] or "").stem)
        if source is None or "planetmath" not in row["id"]:
            continue
        wanted = [
            _normal(formula) for formula in formulas(latex_to_text(source.read_text("utf-8", "replace")).text)
        ]
        shown = Counter(map(_normal, formulas(html_to_text(row["html"]).text)))
        for formula in filter(None, wanted):
            total += 1
            found += shown[formula] > 0
            shown[formula] -= 1
    assert total > 8_000
    assert found >= 0.95 * total


_RULES = [
    (
        r"\\(?:left|right|displaystyle|textstyle|limits|nolimits|big[lr]?|Big[lr]?|bigg[lr]?|Bigg[lr]?)(?![A-Za-z])",
        "",
    ),
    (
        r"\\(?:begin|end)\{(?:align|eqnarray|aligned|gather|equation|array|split|cases|multline)\*?\}"
        r"(?:\{[lcr| ]*\})?",
        "",
    ),
    (r"\\(?:[,;:!> ]|quad|qquad|hfill|par)(?![A-Za-z])|\\hspace\*?\{[^}]*\}", ""),
    (r"\\(?:mbox|text|textrm|hbox|mathrm|textnormal|operatorname\*?|rm)(?![A-Za-z])", r"\\text"),
    (r"\\(le|ge|ne)q(?![A-Za-z])", r"\\\1"),
    (r"\\rightarrow(?![A-Za-z])", r"\\to"),
    (r"\\[lc]?dots[bc]?(?![A-Za-z])", r"\\dots"),
    (r"\\(?:[lr]?vert|mid)(?![A-Za-z])", "|"),
    (r"\\[dt]frac", r"\\frac"),
    (r"\\\\|[&~\s{}%]", ""),
]


def _normal(formula: str) -> str:
    for pattern, new in _RULES:
        formula = re.sub(pattern, new, formula)
    return formula.strip(".,;:")


def test_formulas_of_pages_survive_in_time(pages: list[dict[str, Any]]) -> None:
    """Each page gives at least most of the formulas that its markup holds; no page takes 5 seconds."""
    kept = expected = 0
    seconds: list[float] = []
    for row in pages:
        start = time.process_time()
        text = html_to_text(row["html"]).text
        seconds.append(time.process_time() - start)
        count = max(
            row["markup"].get(kind, 0) for kind in ("mathml", "class_math", "tex_paren", "img_math", "katex")
        )
        kept += min(len(formulas(text)), count)
        expected += count
    assert kept >= 0.93 * expected
    assert max(seconds) < 5
    assert statistics.median(seconds) < 0.05  # a few milliseconds, with room for a busy machine
