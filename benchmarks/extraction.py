"""Web pages to text: CPU time and formulas kept, of ours and of readers that know no formulas.

    MATHCODER_DATA=/path/to/data python benchmarks/extraction.py [--ours]

The pages are `html/math_pages.jsonl.gz` and `html/nonmath_pages.jsonl.gz` of the folder of real inputs.
resiliparse's parser, which ours stands on, and its `extract_plain_text` are measured too, and trafilatura if it is
installed. A page's time is its CPU time, the median of three passes. A page keeps its formulas if at least half of
those that its markup holds stand in the text between dollar signs or TeX delimiters: by the largest count of
MathML, of TeX between `\\(` and `\\)`, of images of formulas, of KaTeX, of elements of a class for formulas.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import importlib
import importlib.util
import json
import os
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mathcoder.extraction import html_to_text
from table import heading, show

_FORMULA = re.compile(
    r"\$\$.+?\$\$|(?<!\\)\$(?:\\.|[^$\\])+\$|\\\(.+?\\\)|\\\[.+?\\\]|\\begin\{(\w+\*?)\}.+?\\end\{\1\}", re.DOTALL
)
_KINDS = ("mathml", "class_math", "tex_paren", "img_math", "katex")
_PASSES = 3


def load(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name in ("math_pages.jsonl.gz", "nonmath_pages.jsonl.gz"):
        with gzip.open(folder / name, "rt", encoding="utf-8") as file:
            rows += map(json.loads, file)
    return rows


def keeps(text: str, row: dict[str, Any]) -> bool | None:
    """Whether a page's formulas stand in its text; None for a page that has none."""
    held = max(row["markup"].get(kind, 0) for kind in _KINDS)
    return sum(1 for _ in _FORMULA.finditer(text)) >= 0.5 * held if held else None


def measured(name: str, read: Callable[[str], str | None], rows: list[dict[str, Any]]) -> list[str]:
    """A row of the table; None as text is read as a page that was only parsed."""
    seconds: list[list[float]] = [[] for _ in rows]
    texts: list[str | None] = [None] * len(rows)
    for _ in range(_PASSES):
        for index, row in enumerate(rows):
            before = time.process_time()
            texts[index] = read(row["html"])
            seconds[index].append(time.process_time() - before)
    times = sorted(1_000 * statistics.median(page) for page in seconds)
    kept = [
        kept
        for text, row in zip(texts, rows, strict=True)
        if text is not None and (kept := keeps(text, row)) is not None
    ]
    size = sum(len(row["html"].encode()) for row in rows) / 1e6
    return [
        name,
        f"{len(rows):,}",
        f"{statistics.median(times):.2f}",
        f"{times[int(0.95 * len(times))]:.1f}",
        f"{times[-1]:.1f}",
        f"{1_000 * size / sum(times):.0f}",
        f"{sum(kept)} of {len(kept)}" if kept else "",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--ours", action="store_true", help="leave the other readers out")
    options = parser.parse_args()
    data = os.environ.get("MATHCODER_DATA")
    if not data:
        print("set MATHCODER_DATA to the folder of real inputs; html/ in it is read", file=sys.stderr)
        return 2
    rows = load(Path(data) / "html")
    readers: dict[str, Callable[[str], str | None]] = {"mathcoder": lambda page: html_to_text(page).text}
    if not options.ours:
        from resiliparse.extract.html2text import extract_plain_text
        from resiliparse.parse.html import HTMLTree

        readers["resiliparse, parsed and written back only"] = lambda page: str(HTMLTree.parse(page)) and None
        readers["resiliparse extract_plain_text"] = extract_plain_text
        if importlib.util.find_spec("trafilatura") is not None:
            extract: Any = importlib.import_module("trafilatura").extract
            readers["trafilatura"] = lambda page: extract(page) or ""
    print(heading(f"CPU time a page, median of {_PASSES} passes, pages in memory"))
    show(
        ["reader", "pages", "median ms", "95% ms", "most ms", "MB a second", "pages that keep their formulas"],
        [measured(name, read, rows) for name, read in readers.items()],
    )
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
