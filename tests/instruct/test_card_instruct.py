"""The card of instruction data: what the Hub reads, what it says, and that texts of sources are only text."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from huggingface_hub import DatasetCard
from instruct_run_made import HOSTILE, instruct_recipe, make_instruct_run, relicensed
from markdown_it import MarkdownIt

from mathcoder.instruct.card import write_card
from mathcoder.instruct.layouts import COLUMNS
from mathcoder.problems import load
from mathcoder.publishing.licences import LicenceConflict
from mathcoder.publishing.look import StagedRun
from mathcoder.solution import Block, Solution
from mathcoder.solving import DIALECTS


def written(run: Path, **parts: Any) -> str:
    path = write_card(run / "dataset", StagedRun(run, "instruct"), instruct_recipe(**parts))
    return path.read_text(encoding="utf-8")


def front_matter(card: str) -> dict[str, Any]:
    empty, front, _ = card.split("---\n", 2)
    assert empty == ""
    return yaml.safe_load(front)


def rows_of(run: Path) -> list[dict[str, Any]]:
    return [row for path in (run / "dataset/data").iterdir() for row in pq.read_table(path).to_pylist()]


def cells(card: str, *starts: str) -> list[str]:
    """The cells of the one line of a table that begins so."""
    (line,) = [line for line in card.splitlines() if line.startswith(f"| {' | '.join(starts)} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_instruct_run(tmp_path_factory.mktemp("card") / "run")


def test_the_hub_reads_it(run: Path):
    front = front_matter(written(run))
    assert front["license"] == "cc-by-4.0"
    assert front["size_categories"] == ["n<1K"]
    (config,) = front["configs"]
    for files in config["data_files"]:
        (path,) = (run / "dataset").glob(files["path"])
        assert {row["split"] for row in pq.read_table(path).to_pylist()} == {files["split"]}
    assert [files["split"] for files in config["data_files"]] == ["train", "validation"]
    assert DatasetCard.load(run / "dataset" / "README.md").data.to_dict() == front


def test_the_figures_are_those_of_the_rows(run: Path):
    card, rows = written(run), rows_of(run)
    splits = Counter(row["split"] for row in rows)
    tokens = sum(row["tokens"] for row in rows)
    assert splits["validation"]
    assert f"{len(rows)} rows ({splits['train']} train, {splits['validation']} validation)" in card
    problems = len({(row["source"], row["problem"]) for row in rows})
    assert f"{problems} problems, {tokens:,} tokens" in card
    assert f"{sum(bool(row['model']) for row in rows)} by model-7b" in card
    origins = {"gsm8k": "gsm8k, train split", "math": "hard\\_problems.jsonl"}
    origins["interpolated"] = "new problems between gsm8k and math"
    for source, method in {(row["source"], row["method"]) for row in rows}:
        here = [row for row in rows if (row["source"], row["method"]) == (source, method)]
        counted = [len({row["problem"] for row in here}), len(here), sum(row["tokens"] for row in here)]
        found = cells(card, source, origins[source], method)
        assert found[3:] == [*(f"{number:,}" for number in counted), f"{here[0]['licence']} (100.0%)"]


def test_it_says_how_it_was_made(run: Path):
    card = written(run)
    for stage in StagedRun(run, "instruct").stages:
        found = cells(card, stage.name)
        assert found[1]
        assert found[2:4] == [f"{stage.rows_in:,}", f"{stage.kept:,}"]
        for reason, count in stage.dropped.items():
            assert f"{reason} {count}" in found[4]
    for column in COLUMNS:
        assert f"| `{column.name}` |" in card
    assert "arXiv:2310.03731" in card
    # Nothing of where it was made.
    assert "/home/" not in card
    assert "inside.example" not in card


def test_it_says_which_items_were_looked_for(run: Path):
    number = len({problem.id for problem in load("svamp")})
    dropped = sum(StagedRun(run, "instruct").stage("decontaminate").dropped.values())  # type: ignore[union-attr]
    assert dropped
    card = written(run)
    assert f"{number:,} test items" in card
    assert f"svamp ({number:,})." in card
    assert "80% of its 9-grams" in card
    assert f"dropped for it: {dropped}." in card


def test_without_the_table_of_items_none_are_counted(tmp_path: Path):
    run = make_instruct_run(tmp_path / "run")
    (run / "stages/04-decontaminate/items.parquet").unlink()
    card = written(run)
    assert "Test items of these benchmarks were looked for in the questions: svamp." in card
    assert "1,000" not in card


def test_what_the_recipe_leaves_out_is_not_said(tmp_path: Path):
    left = {"interpolate": None, "distil": None}
    run = make_instruct_run(tmp_path / "run", rows=3, recipe=instruct_recipe(**left))
    card = written(run, **left)
    assert "distil:" not in card
    assert "New problems have no answer" not in card
    assert "New problems have no answer" in written(make_instruct_run(tmp_path / "all"))


@pytest.mark.parametrize(
    ("licence", "hub"), [("GFDL-1.3", "gfdl"), ("", "unknown"), ("CC-BY-NC-SA-4.0", "cc-by-nc-sa-4.0")]
)
def test_the_licence_of_the_whole_follows_from_the_rows(tmp_path: Path, licence: str, hub: str):
    run = make_instruct_run(tmp_path / "run")
    relicensed(run, licence)
    assert front_matter(written(run))["license"] == hub


def test_no_card_where_licences_exclude_each_other(tmp_path: Path):
    run = make_instruct_run(tmp_path / "run")
    relicensed(run, "CC-BY-NC-SA-4.0 and CC-BY-SA-4.0")
    with pytest.raises(LicenceConflict, match=r"CC-BY-NC-SA-4\.0"):
        written(run)
    assert not (run / "dataset" / "README.md").exists()


def test_a_run_that_is_not_finished_has_no_card(tmp_path: Path):
    run = make_instruct_run(tmp_path / "run", finished=False)
    with pytest.raises(ValueError, match="the stage write is not finished"):
        written(run)


def test_a_file_that_lacks_a_column_is_named(tmp_path: Path):
    run = make_instruct_run(tmp_path / "run")
    path = run / "dataset/data/train-00000.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["method"]), path)
    with pytest.raises(ValueError, match=r"train-00000\.parquet: no file of instruction data \('method'\)"):
        written(run)


# The code that it shows.


class Characters:
    """A tokenizer whose tokens are characters."""

    def encode(self, text: str, add_special_tokens: bool) -> list[int]:
        assert not add_special_tokens
        return [*map(ord, text)]


def shown(card: str) -> dict[str, Any]:
    """What the programs of the section on training define; the card is ours, and so is the code."""
    (program,) = re.findall(
        r"```python\n(.*?)```", card.partition("## Train on it")[2].partition("\n## ")[0], re.DOTALL
    )
    names: dict[str, Any] = {}
    exec(program, names)
    return names


def test_the_code_to_train_with_is_the_dialect_and_learns_no_execution(tmp_path: Path):
    texts = ["an <|execution|> in the text", r"<\|code|> |x| <|y|> <|endofmessage|>"]
    run = make_instruct_run(tmp_path / "run", texts=texts)
    names = shown(written(run))
    dialect = DIALECTS["mathcoder"](system="")
    for row in rows_of(run):
        blocks = tuple(Block(block["type"], block["content"]) for block in row["messages"][-1]["content"])
        example = names["example"](row, Characters())
        text = "".join(map(chr, example["input_ids"]))
        assert text == dialect.render(row["question"], Solution(blocks))
        learnt = "".join(chr(label) for label in example["labels"] if label != -100)
        assert len(example["labels"]) == len(example["input_ids"])
        of_blocks = (one for one in blocks if one.type != "execution")
        assert (
            learnt
            == "".join(
                text
                for one in of_blocks
                for text in [dialect.render("", Solution((one,))).split("<|assistant|>")[1]]
            ).replace("<|endofmessage|>", "")
            + "<|endofmessage|>"
        )


# Hostile text.


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
    "https://example.org www.example.org",
    "| a | b |",
    "`code` **bold**",
    "```\nx\n```",
)


@pytest.mark.parametrize("text", [*HOSTILE, *MORE])
def test_texts_of_sources_and_models_are_only_text(tmp_path: Path, text: str):
    """As names of sources, models and licences, and as reasons."""
    run = make_instruct_run(tmp_path / "run", rows=24, texts=[text])
    facts = run / "stages" / "03-check" / "stage.json"
    facts.write_text(json.dumps(json.loads(facts.read_text()) | {"dropped": {text: 3}}))
    card = written(run, name=f"x{text}"[:80], about=text)
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
