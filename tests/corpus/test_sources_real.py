"""Real crawls, books, programs and worked questions: how many documents come out of each, and what is dropped."""

from __future__ import annotations

import gzip
import itertools
import json
from collections import Counter
from pathlib import Path

import pytest

from mathcoder.corpus.sources import Kind, Row, SourceSpec, read_source

# The source, its files, and of its rows how many are kept and how many dropped.
SOURCES: list[tuple[Kind, str, int, int]] = [
    ("web", "warc/*arc*", 44, 5),
    ("textbook", "pdf/*.pdf", 3, 0),
    ("textbook", "textbooks/aata-judson.tar.gz", 2, 2),
    ("textbook", "textbooks/openstax-calculus-cnxml-a.tar.gz", 30, 1),
    ("textbook", "textbooks/planetmath-11-tex.tar.gz", 1_071, 1),
    ("code", "code/*.jsonl.gz", 0, 0),
    ("text", "qa/*.jsonl.gz", 4_436, 0),
]


@pytest.mark.parametrize(("kind", "files", "kept", "dropped"), SOURCES)
def test_counts(kind: Kind, files: str, kept: int, dropped: int, data_dir: Path) -> None:
    rows = list(read_source(SourceSpec("real", kind, (str(data_dir / files),))))
    found = Counter(row.drop_reason is None for row in rows)
    if kind == "code":
        _check_programs(rows)
    else:
        assert (found[True], found[False]) == (kept, dropped)
    for row in rows:
        assert row.text.strip() if row.drop_reason is None else row.drop_reason.strip()
        assert "\n" not in (row.drop_reason or "")
        assert row.path.startswith(str(data_dir))
        assert "mathcoder-book-" not in row.meta + (row.drop_reason or "")


def _check_programs(rows: list[Row]) -> None:
    """The packages found are those that were recorded with the programs, which were found by other means."""
    assert len(rows) == 250 + 99 + 170
    metas = [json.loads(row.meta) for row in rows]
    assert sum({*meta["imports"]} == {*meta["packages"]} for meta in metas) >= len(rows) - 10
    reasons = Counter((row.drop_reason or "kept").partition(":")[0] for row in rows)
    assert set(reasons) == {"kept", "no wanted package", "generated", "data only"}
    assert reasons["kept"] >= 170


def test_pages_in_a_table(data_dir: Path, tmp_path: Path) -> None:
    few = tmp_path / "pages.jsonl"
    with gzip.open(data_dir / "html" / "math_pages.jsonl.gz", "rt", encoding="utf-8") as file:
        few.write_text("".join(itertools.islice(file, 100)), encoding="utf-8")
    rows = list(read_source(SourceSpec("real", "web", (str(few),))))
    assert len(rows) == 100
    assert all(row.drop_reason is None and row.licence for row in rows)
    assert sum("$" in row.text for row in rows) >= 90
    assert sum(row.title is not None for row in rows) >= 90


def test_formulas_that_a_pdf_lost(data_dir: Path) -> None:
    rows = read_source(SourceSpec("real", "textbook", (str(data_dir / "pdf" / "*.pdf"),)))
    lost = {Path(row.path).name.partition("__")[0]: json.loads(row.meta).get("formulas") for row in rows}
    assert lost == {"LaTeXML": None, "aata": "lost", "scientific-python-lectures": "lost"}
