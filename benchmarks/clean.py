"""What cleaning keeps of real mathematics and drops of real pages, and how fast, beside datatrove's filters.

    python benchmarks/clean.py              # ours, and datatrove where it can be imported (minutes)
    python benchmarks/clean.py --ours       # ours alone (a minute)

Needs MATHCODER_DATA. `bench/` is LaTeX, Markdown and code as it was written; the books and pages are read by
mathcoder's own readers first, which is not timed. A CPU-second is user plus system time of the one process. Of
datatrove the Gopher quality and repetition filters and C4's run at their defaults, each document through all of
them; language is left out there, and timed apart here.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import importlib.util
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mathcoder.corpus.clean import CleanRules, clean
from mathcoder.corpus.sources import Kind, SourceSpec, read_source
from table import heading, show

_MISSING = """datatrove is not installed here, so its columns are left out. To see them:
    pip install "datatrove[processing]==0.10.1" spacy
"""
_FORMS = {"latex": "bench, LaTeX", "prose": "bench, Markdown and text", "code": "bench, code"}
_READ: list[tuple[str, Kind, str]] = [
    ("PlanetMath, LaTeX read", "textbook", "textbooks/planetmath-11-tex.tar.gz"),
    ("7 books", "textbook", "textbooks/*.tar.gz"),
    ("programs and notebooks", "code", "code/*.jsonl.gz"),
    ("pages with formulas", "web", "html/math_pages.jsonl.gz"),
    ("pages without", "web", "html/nonmath_pages.jsonl.gz"),
]


@dataclass(frozen=True)
class Group:
    """Documents of one kind: their texts, and what their pages say of their language."""

    name: str
    kind: Kind
    documents: list[tuple[str, str | None]]

    @property
    def megabytes(self) -> float:
        return sum(len(text.encode()) for text, _ in self.documents) / 1e6


def groups(folder: Path) -> Iterator[Group]:
    forms: dict[str, list[tuple[str, str | None]]] = {form: [] for form in _FORMS}
    with gzip.open(folder / "bench" / "corpus.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            forms[row["metadata"]["kind"]].append((row["text"], None))
    for form, documents in forms.items():
        # What is in a table of texts has no kind of its own: programs are recognised.
        yield Group(_FORMS[form], "text", documents)
    for name, kind, files in _READ:
        rows = read_source(SourceSpec(name, kind, (str(folder / files),), packages=()))
        yield Group(name, kind, [(row.text, row.language) for row in rows if row.drop_reason is None])


def counted(reasons: Iterable[str | None]) -> Counter[str]:
    return Counter((reason or "kept").partition(": ")[0] for reason in reasons)


def timed(work: Callable[[], list[str | None]]) -> tuple[list[str | None], float]:
    before = sum(os.times()[:2])
    result = work()
    return result, sum(os.times()[:2]) - before


def ours(group: Group, rules: CleanRules) -> tuple[list[str | None], float]:
    return timed(lambda: [clean(text, said, group.kind, rules).reason for text, said in group.documents])


def their_filters() -> list[Any]:
    from datatrove.pipeline.filters import C4QualityFilter, GopherQualityFilter, GopherRepetitionFilter

    return [GopherRepetitionFilter(), GopherQualityFilter(), C4QualityFilter()]


def theirs(group: Group, filters: list[Any]) -> tuple[list[str | None], float]:
    """The filter that drops each document, the first of them."""
    from datatrove.data import Document

    def reason(text: str) -> str | None:
        document = Document(text=text, id="")
        for each in filters:
            # A filter answers True, or False with its reason.
            if each.filter(document) is not True:
                return type(each).__name__.removesuffix("Filter")
        return None

    return timed(lambda: [reason(text) for text, _ in group.documents])


def shown(reasons: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in reasons.most_common() if name != "kept") or "none"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--ours", action="store_true", help="leave datatrove out")
    options = parser.parse_args()
    data = os.environ.get("MATHCODER_DATA")
    if not data:
        print("set MATHCODER_DATA to the folder of real inputs", file=sys.stderr)
        return 2
    with_theirs = not options.ours and importlib.util.find_spec("datatrove") is not None
    filters = their_filters() if with_theirs else []
    if not with_theirs and not options.ours:
        print(_MISSING)
    # What is loaded once is not timed.
    clean("Une phrase en français, pour que le modèle des langues soit chargé. " * 5)
    columns = ["documents", "MB", "kept", "dropped", "MB a CPU-second", "without language"]
    if with_theirs:
        columns += ["datatrove keeps", "dropped by", "MB a CPU-second"]
    rows: list[list[str]] = []
    for group in groups(Path(data)):
        total = len(group.documents)
        reasons, seconds = ours(group, CleanRules())
        _, shorter = ours(group, CleanRules(languages=()))
        found = counted(reasons)
        row = [f"{group.name} ({total:,})", f"{group.megabytes:.1f}", f"{found['kept'] / total:.1%}", shown(found)]
        row += [f"{group.megabytes / seconds:.1f}", f"{group.megabytes / shorter:.1f}"]
        if with_theirs:
            reasons, seconds = theirs(group, filters)
            found = counted(reasons)
            row += [f"{found['kept'] / total:.1%}", shown(found), f"{group.megabytes / seconds:.2f}"]
        rows.append(row)
    print(heading("one run each, start-up and reading not counted"))
    show(columns, rows)
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
