"""Tables of texts, of worked questions and of pages: which columns are read, and what is said without one."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.corpus.sources import Fields, Kind, Row, SourceSpec, document_id, read_source
from mathcoder.corpus.sources.row import Facts, kept


def write(path: Path, *rows: Any) -> Path:
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    if path.suffix == ".zst":
        with arrow.CompressedOutputStream(str(path), "zstd") as file:
            file.write(data)
    else:
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def rows(kind: Kind, *paths: Path, **more: Any) -> list[Row]:
    return list(read_source(SourceSpec("made", kind, tuple(map(str, paths)), **more)))


# A row of a table, and the text that comes of it.
TEXTS = [
    ({"text": "Let $x=1$."}, "Let $x=1$."),
    ({"content": " a b \n"}, "a b"),
    ({"question": "1+1?", "answer": "2"}, "**Problem.** 1+1?\n\n**Solution.** 2"),
    ({"question": "1+1?", "answer": 2}, "**Problem.** 1+1?\n\n**Solution.** 2"),
    ({"problem": "P", "solution": "so 2", "answer": "2"}, "**Problem.** P\n\n**Solution.** so 2"),
    ({"problem": "P", "solution": "so", "answer": "2"}, "**Problem.** P\n\n**Solution.** so\n\n**Answer.** 2"),
    ({"instruction": "I", "output": "O"}, "**Problem.** I\n\n**Solution.** O"),
]


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "jsonl.zst", "json"])
@pytest.mark.parametrize(("record", "text"), TEXTS)
def test_texts(record: dict[str, Any], text: str, suffix: str, tmp_path: Path) -> None:
    [row] = rows("text", write(tmp_path / f"a.{suffix}", record))
    assert (row.text, row.drop_reason) == (text, None)
    assert row.id == document_id("text", text, "made", row.path, None)
    assert row.path.endswith(f"a.{suffix}:1")


# A row that no text can be made of, and what the reason says.
NO_TEXTS = [
    ({"a": 1, "b": "x"}, "the columns are: a, b"),
    ({"question": "1+1?"}, "no column holds a solution or an answer"),
    ({"question": "1+1?", "answer": ["2"]}, "'answer' holds a list"),
    ({"text": {"x": 1}}, "'text' holds a dict"),
    ({"text": "  "}, "no text"),
    ("a string", "the row is a str"),
]


@pytest.mark.parametrize(("record", "reason"), NO_TEXTS)
def test_rows_without_a_text(record: Any, reason: str, tmp_path: Path) -> None:
    bad, good = rows("text", write(tmp_path / "a.jsonl.gz", record, {"text": "good"}))
    assert (bad.text, good.text) == ("", "good")
    assert bad.drop_reason is not None
    assert reason in bad.drop_reason


def test_columns_that_the_recipe_names(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"text": "not this", "q": "Q", "a": "A", "where": "w"})
    [row] = rows("text", path, fields=Fields(question="q", answer="a", url="where"), licence="MIT")
    assert (row.text, row.url, row.licence) == ("**Problem.** Q\n\n**Solution.** A", "w", "MIT")
    [row] = rows("text", path, fields=Fields(text="body"))
    assert row.drop_reason == "no column 'body'; the columns are: a, q, text, where"


# A row of a published set of pages, and its text, url, language, and what is in its meta.
PAGES = [
    (
        {"url": "http://a.org/", "text": "$1$", "date": "2020", "metadata": '{"title": "T"}'},
        ("$1$", "http://a.org/", "T", None),
    ),
    (
        {"text": "t", "id": "<urn>", "url": "http://b.org", "language": "EN", "language_score": 0.9},
        ("t", "http://b.org", None, "en"),
    ),
    ({"text": "t", "meta": {"url": "http://c.org", "language": "de"}}, ("t", "http://c.org", None, "de")),
    (
        {"html": "<html lang='fr-FR'><title>F</title><p>\\(x\\)</p>", "text": "not this"},
        ("$x$", None, "F", "fr"),
    ),
    ({"content": "<!DOCTYPE html><body><p>b</p>"}, ("b", None, None, None)),
]


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
@pytest.mark.parametrize(("record", "expected"), PAGES)
def test_pages(record: dict[str, Any], expected: tuple[str | None, ...], form: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{form}"
    if form == "parquet":
        parquet.write_table(arrow.Table.from_pylist([record]), path)
    else:
        write(path, record)
    [row] = rows("web", path)
    assert (row.text, row.url, row.title, row.language) == expected
    assert "not this" not in row.text


def test_the_rest_of_a_row_is_its_meta(tmp_path: Path) -> None:
    [row] = rows("text", write(tmp_path / "a.jsonl", {"text": "t", "url": "u", "score": 0.5, "of": {"x": None}}))
    assert json.loads(row.meta) == {"score": 0.5, "of": {"x": None}}


def test_copies_lie_side_by_side_and_every_row_has_an_id_of_its_own(tmp_path: Path) -> None:
    records = ({"text": "t"}, {"x": 1}, {"x": 1}, {"text": "t"}, {"text": "t", "url": "u"})
    found = rows("text", write(tmp_path / "a.jsonl", *records), write(tmp_path / "b.jsonl", *records))
    assert len({row.id for row in found}) == 10
    copies = {row.id.partition("-")[0] for row in found if row.text}
    assert len(copies) == 1
    assert {row.id.partition("-")[0] for row in found if not row.text}.isdisjoint(copies)


@given(
    st.text(st.characters(codec=None), max_size=30),
    st.dictionaries(st.text(max_size=5), st.floats() | st.binary()),
)
def test_any_text_makes_a_row_that_a_file_can_hold(text: str, meta: dict[str, Any]) -> None:
    row = kept(SourceSpec("s", "text", ("x",)), text, "p", Facts(title=text, meta=meta))
    for value in (row.text, row.title or "", row.meta):
        value.encode()
    json.loads(row.meta)
    assert bool(row.text) == (row.drop_reason is None)


def test_what_is_wrong_with_a_source_is_said_first(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"'made': there is nothing at .*missing"):
        rows("text", tmp_path / "missing*.jsonl")
    with pytest.raises(ValueError, match="'pdf' is none of web, textbook, code, text"):
        SourceSpec("made", "pdf", ("x",))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="give its paths"):
        SourceSpec("made", "web", ())


def test_globs_and_folders(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / ".git").mkdir()
    write(tmp_path / ".git" / "c.jsonl", {"text": "hidden"})
    write(tmp_path / "b.jsonl", {"text": "b"})
    write(tmp_path / "deep" / "a.jsonl", {"text": "a"})
    (tmp_path / "x.css").write_text("p {}")
    assert [row.text for row in rows("text", tmp_path / "**" / "*.jsonl")] == ["b", "a"]
    found = rows("text", tmp_path, tmp_path / "b.jsonl")
    assert [row.text for row in found] == ["b", "a", ""]
    assert found[-1].drop_reason == "1 files in the folder are not tables or texts (.css: 1)"
