"""The rules on a frame: what they set, and what they leave alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import daft
import pytest

from mathcoder.corpus.clean import CleanRules, clean
from mathcoder.corpus.clean.frames import clean_frame
from mathcoder.corpus.sources import SourceSpec, read_source

GOOD = "Let $n$ be even. Then $n^2$ is even as well, since $n = 2k$ gives $n^2 = 2(2k^2)$, which is even."
ROWS: list[dict[str, Any]] = [
    {
        "id": "1",
        "text": f"Skip to content\n\n{GOOD}",
        "source": "pages",
        "language": "en",
        "meta": '{"a": [1, "é"]}',
    },
    {"id": "2", "text": f"Skip to content\n\n{GOOD}", "source": "books", "language": None, "meta": None},
    {"id": "3", "text": "404", "source": "pages", "language": None, "meta": "{}"},
    {
        "id": "4",
        "text": "404",
        "source": "pages",
        "language": None,
        "meta": None,
        "drop_reason": "no licence: none",
    },
    {"id": "5", "text": None, "source": "books", "language": None, "meta": None},
    {"id": "6", "text": f"{GOOD}\n\nBack to top", "source": "pages", "language": None, "meta": None},
]


def frame_of(rows: list[dict[str, Any]], *, reasons: bool = True) -> daft.DataFrame:
    names = ["id", "text", "source", "language", "meta", *(["drop_reason"] if reasons else [])]
    return daft.from_pydict({name: [row.get(name) for row in rows] for name in names})


def test_rows() -> None:
    cleaned = clean_frame(frame_of(ROWS), CleanRules(), {"pages": "web", "books": "textbook"}).sort("id")
    assert cleaned.column_names == ["id", "text", "source", "language", "meta", "drop_reason"]
    found = cleaned.to_pydict()
    assert found["text"] == [GOOD, ROWS[1]["text"], "404", "404", "", f"{GOOD}\n"]
    assert found["drop_reason"] == [
        None,
        None,
        "too short: 3 characters",
        "no licence: none",
        "too short: 0 characters",
        None,
    ]
    assert json.loads(found["meta"][0]) == {"a": [1, "é"], "removed_lines": ["Skip to content"]}
    assert found["meta"][1:5] == [None, "{}", None, None]
    assert json.loads(found["meta"][5]) == {"removed_lines": ["Back to top"]}
    assert [found[name] for name in ("id", "source", "language")] == [
        [row[name] for row in ROWS] for name in ("id", "source", "language")
    ]


def test_workers_change_nothing(data_dir: Path) -> None:
    """Real pages get the same rows from one process and from two, those that `clean` gives."""
    pages = list(read_source(SourceSpec("pages", "web", (str(data_dir / "html" / "nonmath_pages.jsonl.gz"),))))[
        :150
    ]
    rows = [{name: getattr(page, name) for name in ("id", "text", "source", "language", "meta")} for page in pages]
    frame = frame_of(rows, reasons=False)
    one, two = (
        clean_frame(frame, CleanRules(), {"pages": "web"}, workers).sort(["id", "text"]).to_pydict()
        for workers in (1, 2)
    )
    assert one == two
    expected = {page.id: clean(page.text, page.language) for page in pages}
    assert dict(zip(one["id"], one["drop_reason"], strict=True)) == {
        i: each.reason for i, each in expected.items()
    }
    assert dict(zip(one["id"], one["text"], strict=True)) == {i: each.text for i, each in expected.items()}


def test_what_is_wrong_is_said_before_work() -> None:
    frame = frame_of(ROWS)
    with pytest.raises(ValueError, match="no column language, meta; the frame has id, text, source"):
        clean_frame(frame.select("id", "text", "source"), CleanRules(), {})
    with pytest.raises(ValueError, match="source 'pages': the kind 'page' is none of web"):
        clean_frame(frame, CleanRules(), {"pages": "page"})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="'xx' cannot be told"):
        clean_frame(frame, CleanRules(languages=("xx",)), {})
    with pytest.raises(ValueError, match="1 worker or more"):
        clean_frame(frame, CleanRules(), {}, workers=0)


def test_source_without_kind() -> None:
    with pytest.raises(Exception, match="the source 'books' has no kind; there are pages"):
        clean_frame(frame_of(ROWS), CleanRules(), {"pages": "web"}).collect()
