"""The card of a dataset: what the Hub reads of it, what it says, and that texts of sources are only text."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from corpus_run_made import HOSTILE, make_corpus_run
from huggingface_hub import DatasetCard, DatasetCardData
from markdown_it import MarkdownIt

from mathcoder.corpus.card import card_facts, write_card
from mathcoder.corpus.recipe import CorpusRecipe
from mathcoder.corpus.schema import COLUMNS, dataset_schema, schema_json
from mathcoder.publishing.licences import LicenceConflict
from mathcoder.publishing.look import StagedRun

SOURCES = {name: {"kind": "text", "paths": ["x"]} for name in ("web", "textbooks", "code")}


def recipe(**parts: Any) -> CorpusRecipe:
    return CorpusRecipe.model_validate({"name": "Small", "sources": SOURCES} | parts)


def written(run: Path, **parts: Any) -> str:
    facts = card_facts(StagedRun(run, "corpus"), recipe(**parts))
    return write_card(run / "dataset", facts).read_text(encoding="utf-8")


def front_matter(card: str) -> dict[str, Any]:
    empty, front, _ = card.split("---\n", 2)
    assert empty == ""
    return yaml.safe_load(front)


def relicensed(run: Path, licences: dict[str, str | None]) -> None:
    """State other licences, by source, in the rows that the mix kept."""
    (path,) = StagedRun(run, "corpus").stage("mix").data  # type: ignore[union-attr]
    table = pq.read_table(path)
    stated = [licences.get(source) for source in table["source"].to_pylist()]
    at = table.column_names.index("licence")
    pq.write_table(table.set_column(at, "licence", pa.array(stated, pa.string())), path)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    made = make_corpus_run(tmp_path / "run", hostile=False)
    relicensed(made, {"web": "CC-BY-4.0", "textbooks": "CC-BY-SA-4.0", "code": "MIT"})
    return made


def test_the_hub_reads_it(run: Path) -> None:
    card = written(run, name="# Not a heading: 'quoted' \x1b", about="About it.")
    front = front_matter(card)
    assert front["license"] == "cc-by-sa-4.0"
    assert front["language"] == ["de", "en"]
    assert front["task_categories"] == ["text-generation"]
    assert front["size_categories"] == ["n<1K"]
    assert front["configs"][0]["data_files"] == [{"split": "train", "path": "data/*.parquet"}]
    assert front["pretty_name"] == "# Not a heading: 'quoted' \x1b"
    data = DatasetCard.load(run / "dataset" / "README.md").data
    assert isinstance(data, DatasetCardData)
    assert data.to_dict() == front
    assert not (run / "dataset" / "LICENSE.md").exists()


@pytest.mark.parametrize(
    ("licences", "licence", "name"),
    [
        ({"web": "GFDL-1.3"}, "other", "gfdl-1.3-only-in-part"),
        ({"web": "public domain", "textbooks": "CC0", "code": "LAL-1.3"}, "other", "lal-1.3"),
        ({}, "unknown", None),
        ({"web": "MIT", "textbooks": "MIT", "code": "MIT"}, "mit", None),
    ],
)
def test_licence_that_the_hub_does_not_name(
    run: Path, licences: dict[str, str | None], licence: str, name: str | None
) -> None:
    beside = run / "dataset" / "LICENSE.md"
    beside.write_text("of an earlier card", encoding="utf-8")
    relicensed(run, licences)
    front = front_matter(written(run))
    assert (front["license"], front.get("license_name")) == (licence, name)
    assert beside.exists() == (front.get("license_link") == "LICENSE.md") == (licence == "other")


def test_no_card_where_licences_exclude_each_other(run: Path) -> None:
    (run / "dataset" / "README.md").unlink()
    relicensed(run, {"web": "CC-BY-NC-SA-4.0", "textbooks": "CC-BY-SA-4.0", "code": "MIT"})
    with pytest.raises(LicenceConflict, match=r"CC-BY-SA-4\.0 .* and CC-BY-NC-SA-4\.0 .* leave out"):
        written(run)
    assert not (run / "dataset" / "README.md").exists()


def test_it_says_how_it_was_made(run: Path) -> None:
    found = StagedRun(run, "corpus")
    card = written(run, contamination={"benchmarks": ["gsm8k", "math"], "files": ["own/problems.jsonl"], "n": 9})
    for stage in found.stages:
        (line,) = [line for line in card.splitlines() if line.startswith(f"| {stage.name} |")]
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[2:4] == [f"{stage.rows_in:,}", f"{stage.kept:,}"]
        assert cells[1]
        for reason, count in stage.dropped.items():
            assert f"{reason} {count}" in cells[4]
    dropped = sum(found.stage("contamination").dropped.values())  # type: ignore[union-attr]
    assert (
        "gsm8k, math, problems.jsonl. Documents with a passage that has at least 80% of the 9-grams of an item: "
        f"{dropped};" in card
    )
    assert "arXiv:2410.08196" in card
    for column in COLUMNS:
        assert f"| `{column.name}` |" in card
    rows = pq.read_table(found.dataset[0], columns=["tokens"])
    assert f"{sum(rows['tokens'].to_pylist()):,} tokens" in card


def test_what_was_left_out_is_said(tmp_path: Path) -> None:
    run = make_corpus_run(tmp_path / "run", leave_out=("contamination", "duplicates", "translate", "verify"))
    card = written(run)
    assert "No benchmark was looked for" in card
    assert "The stage duplicates was left out." in card
    assert "The stage recall was left out." not in card
    assert "computation that is verified" not in card


def test_passages_that_were_cut_are_counted_by_document(run: Path) -> None:
    card = written(run, contamination={"benchmarks": ["gsm8k"], "action": "cut"})
    table = pq.read_table(StagedRun(run, "corpus").stage("contamination").table("evidence"))  # type: ignore[union-attr]
    documents = len(set(table["id"].to_pylist()))
    assert f"of an item: {documents}; these passages were cut out of their documents." in card


def test_unfinished_run(tmp_path: Path) -> None:
    run = make_corpus_run(tmp_path / "run", finished=False)
    with pytest.raises(ValueError, match="the stage mix is not finished"):
        card_facts(StagedRun(run, "corpus"), recipe())


class Tags(HTMLParser):
    """The tags of a page, with the attributes that are not ours."""

    def __init__(self, page: str):
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert all(name in ("class", "style") for name, _ in attrs), (tag, attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


OURS = {"h1", "h2", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "pre"}
MORE = (
    "[x](https://example.org)",
    "![x](https://example.org/x.png)",
    "https://example.org www.example.org ",
    "| a | b |",
    "`code` **bold** ~~gone~~ $x$",
    "1. list",
    "+ list",
    "===",
    "---",
    "# heading",
    "> quote",
    "&lt;b&gt;",
    "\\",
    "```\nx\n```",
    "<!-- comment",
)


@pytest.mark.parametrize("text", [*HOSTILE, *MORE])
def test_texts_of_sources_are_only_text(run: Path, text: str) -> None:
    """As names of sources, licences and reasons."""
    (path,) = StagedRun(run, "corpus").stage("mix").data  # type: ignore[union-attr]
    table = pq.read_table(path)
    for name in ("source", "licence"):
        changed = pa.array([text] * table.num_rows, pa.string())
        table = table.set_column(table.column_names.index(name), name, changed)
    pq.write_table(table, path)
    facts = run / "stages" / "01-read" / "stage.json"
    stage = json.loads(facts.read_text(encoding="utf-8"))
    facts.write_text(json.dumps(stage | {"dropped": {text: 3}}), encoding="utf-8")
    card = written(run, about=text, sources={text: {"kind": "text", "paths": ["x"], "about": text}})
    front_matter(card)
    _, _, body = card.split("---\n", 2)
    assert all(char.isprintable() or char == "\n" for char in body)
    page = Tags(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(body))
    assert page.tags <= OURS
    assert "https://example.org" not in body  # would be made a link
    assert "www.example.org" not in body
    start = " ".join(text.split())[:20]
    if start.isprintable():
        assert page.text.count(start) >= 4
    # A table has as many cells in each row as in its head.
    for line in body.splitlines():
        if line.startswith("| read |"):
            assert len([cell for cell in line.replace("\\|", "").split("|") if cell]) == 5


def test_written_schema_is_that_of_the_rows(run: Path) -> None:
    assert pq.read_schema(StagedRun(run, "corpus").dataset[0]).equals(dataset_schema())
    described = json.loads(schema_json())["columns"]
    schema = dataset_schema()
    assert [column["name"] for column in described] == schema.names
    assert all(column["description"].endswith(".") for column in described)
    fields = described[-1]["fields"]
    assert [(field["name"], field["type"].replace("list<string>", "list<item: string>")) for field in fields] == [
        (field.name, str(field.type)) for field in schema.field("computations").type.value_type
    ]
