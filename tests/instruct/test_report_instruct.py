"""The report of instruction data: what stands in it, and that no text of a problem or a model becomes markup."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruct_run_made import HOSTILE, instruct_recipe, make_instruct_run

from mathcoder.assets import katex_head, render_script, script_hashes
from mathcoder.instruct.build import build
from mathcoder.instruct.report import write_report
from mathcoder.problems import load
from mathcoder.publishing.dataset import Built

WORKED = Path(__file__).parents[2] / "examples/data/worked.jsonl"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ELEMENTS = set(
    "html head meta title style script body main section h1 h2 h3 p ul li b i small span div pre figure "
    "figcaption dl dt dd details summary table thead tbody tr th td a mark svg rect line text".split()
)
ATTRIBUTES = set(
    "lang charset http-equiv content name class style role aria-label tabindex scope href rel viewbox x y x1 x2 "
    "y1 y2 width height".split()
)
LENGTHS = re.compile(r"(?:width:\d+\.\d\d%|flex-grow:\d+)")
METHODS = ("seed", "derive", "vary", "distil")


class Parsed(HTMLParser):
    """A page taken apart; an element that is not closed, or closed in the wrong place, fails."""

    def __init__(self, text: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" in self._open:
            self.scripts.append(data)
        elif "style" not in self._open:
            self.text += data + "\n"

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")


def parsed(run: Path) -> Parsed:
    return Parsed(write_report(run).read_text(encoding="utf-8"))


def flat(text: str) -> str:
    return " ".join(text.split())


def tight(text: str) -> str:
    """Without spaces: the colours of a program are elements of their own."""
    return "".join(text.split())


def check_harmless(page: Parsed) -> None:
    """The page has only the elements, attributes and values that are the report's own."""
    assert {tag for tag, _ in page.elements} <= ELEMENTS
    assert {name for _, attributes in page.elements for name in attributes} <= ATTRIBUTES
    ours = script_hashes([katex_head(), render_script()])
    assert script_hashes(f"<script>{script}</script>" for script in page.scripts) == ours
    for tag, attributes in page.elements:
        assert "style" not in attributes or LENGTHS.fullmatch(attributes["style"])
        assert re.match("https?://", attributes.get("href", "https://"))
        assert tag != "a" or attributes["rel"] == "noopener noreferrer"


def rows_of(run: Path) -> list[dict[str, Any]]:
    return [row for path in (run / "dataset/data").iterdir() for row in pq.read_table(path).to_pylist()]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_instruct_run(tmp_path_factory.mktemp("report") / "run")


@pytest.fixture(scope="module")
def page(run: Path) -> Parsed:
    return parsed(run)


# A run that was built.


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    parts = {
        "problems": {"worked": {"file": str(WORKED), "derive": "gsm8k", "vary": 1}},
        "check": {"tokenizer": "bytes", "max_tokens": 4000},
        "write": {"validation": 0.3},
        **dict.fromkeys(("seed", "interpolate", "distil")),
    }
    return build(instruct_recipe(**parts), tmp_path_factory.mktemp("built") / "run", limit=12, workers=1)


def test_what_was_built_has_its_report_and_its_card(built: Built):
    page, rows = Parsed(built.report.read_text(encoding="utf-8")), rows_of(built.run)
    check_harmless(page)
    text = flat(page.text)
    assert len(rows) > 12
    assert "This run is not finished" not in text
    for split, name in (("train", "to train on"), ("validation", "held out for validation")):
        assert f" {sum(row['split'] == split for row in rows)} rows {name}" in text
    assert "mit licence of the whole" in text
    assert "No question has 80% of those of any item: nothing was dropped." in text
    assert f"searched for {len(load('svamp')):,} test items" in text
    card = (built.dataset / "README.md").read_text(encoding="utf-8")
    assert f"{len(rows)} rows" in card
    assert "| worked | worked.jsonl | derive |" in card


def test_a_box_is_rendered_though_it_stands_in_no_formula(built: Built):
    text = Parsed(built.report.read_text(encoding="utf-8")).text
    shown = re.findall(r"\S*\\boxed\{[^}]*\}\S*", text)
    assert shown
    assert all(one.startswith(r"\(\boxed{") for one in shown)


# What stands in it.


def test_the_figures_are_those_of_the_rows(run: Path, page: Parsed):
    rows, text = rows_of(run), flat(page.text)
    assert f" {len(rows)} rows {len({(row['source'], row['problem']) for row in rows})} problems" in text
    assert f" {sum(row['tokens'] for row in rows):,} tokens of solutions" in text
    for source in {row["source"] for row in rows}:
        here = [row for row in rows if row["source"] == source]
        share = f"{100 * len(here) / len(rows):.1f}%"
        assert f" {source} {len({row['problem'] for row in here})} problems {len(here)} {share} " in text
        for method in {row["method"] for row in here}:
            made = [row for row in here if row["method"] == method]
            numbers = len({row["problem"] for row in made}), len(made), sum(row["tokens"] for row in made)
            assert f" {source}, {method} " + " ".join(f"{number:,}" for number in numbers) in text
    written = sum(bool(row["model"]) for row in rows)
    assert f"model-7b {written} 100.0%" in text


def test_the_histograms_count_every_row_and_problem(run: Path, page: Parsed):
    rows, text = rows_of(run), flat(page.text)
    blocks = Counter(
        sum(block["type"] == "code" for message in row["messages"] for block in message["content"]) for row in rows
    )
    problems = Counter(Counter((row["source"], row["problem"]) for row in rows).values())
    for title, counts in (("Blocks of code of a row", blocks), ("Rows of a problem", problems)):
        assert len(counts) > 1
        numbers = " ".join(f"{size} {counts[size]}" for size in range(min(counts), max(counts) + 1))
        assert re.search(rf"{title} [\d ]+numbers count {numbers} ", text)
    assert all(f"Tokens of a row, method “{method}”" in text for method in METHODS)


def test_many_blocks_are_put_together(tmp_path: Path):
    run = make_instruct_run(tmp_path / "run")
    path = run / "dataset/data/train-00000.parquet"
    table = pq.read_table(path)
    rows = table.to_pylist()
    for row in rows[:2]:
        row["messages"][-1]["content"] *= 60
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)
    assert " 16 or more 2 " in flat(parsed(run).text)


def test_the_funnel_and_what_was_dropped_name_every_stage_and_reason(run: Path, page: Parsed):
    text = flat(page.text)
    for path in sorted(run.glob("stages/*/stage.json")):
        facts = json.loads(path.read_text())
        dropped = sum(facts["dropped"].values())
        assert f" {facts['stage']} {facts['rows_in']} rows in " in text
        assert f"{facts['kept']} kept {dropped} dropped" in text
        assert (f"{facts['stage']}: {dropped} dropped" in text) == bool(dropped)
        for row in pq.read_table(next(path.parent.glob("rejected/*"))).to_pylist()[:3]:
            assert row["drop_reason"] in text
    gone = pq.read_table(next(run.glob("stages/*-solve/rejected/*"))).num_rows
    assert f"not derived: {gone} reason count share no calculation in the solution {gone} 100.0%" in text


def test_the_difficulty_stands_beside_that_of_the_paper(page: Parsed, built: Built):
    text = flat(page.text)
    assert "harder than their easy parent 75.0% 83.2%" in text
    assert "easier than their hard parent not judged 95.6%" in text
    assert "Difficulty" not in built.report.read_text(encoding="utf-8")


def test_benchmark_items_are_shown_where_they_were_found(run: Path, page: Parsed):
    text = flat(page.text)
    evidence = pq.read_table(next(run.glob("stages/*/evidence.parquet"))).to_pylist()
    assert f"that were dropped: {len(evidence)}. Items found: 1." in text
    assert "svamp 1,000 1 " in text
    assert Counter(tag for tag, _ in page.elements)["mark"] == len(evidence)
    assert "Those with no others, which were not looked for: 1." in text


def test_without_the_table_of_items_none_are_counted(tmp_path: Path):
    run = make_instruct_run(tmp_path / "run", contaminated=False)
    text = flat(parsed(run).text)
    assert "searched for 1,000 test items" in text
    assert "nothing was dropped" in text
    (run / "stages/04-decontaminate/items.parquet").unlink()
    text = flat(parsed(run).text)
    assert "1,000 test items" not in text
    assert "How many were looked for cannot be said" in text


def test_samples_are_of_every_method_with_question_blocks_and_origin(run: Path, page: Parsed):
    rows, text = rows_of(run), flat(page.text)
    for method in METHODS:
        (part,) = re.findall(rf"Method “{method}” (.*?)(?= Method “| What was dropped )", text)
        found = [row for row in rows if f" id {row['id']} source {row['source']} problem {row['problem']}" in part]
        assert [row["method"] for row in found] == [method] * 6
        for row in found:
            assert row["parent"] is None or f" parent {row['parent']} answer" in part
            first, code, execution, *_ = row["messages"][-1]["content"]
            shown = [
                "Question",
                row["question"],
                "Solution",
                first["content"],
                "python",
                code["content"],
                "execution",
            ]
            assert tight(" ".join([*shown, execution["content"]])) in tight(part)


def test_the_same_run_gives_the_same_report(run: Path, tmp_path: Path):
    before = write_report(run).read_bytes()
    assert write_report(run).read_bytes() == before
    assert write_report(make_instruct_run(tmp_path / "run")).read_bytes() == before


def test_a_run_that_is_not_finished_says_so(tmp_path: Path):
    page = parsed(make_instruct_run(tmp_path / "run", finished=False))
    check_harmless(page)
    assert "This run is not finished: 5 of its stages are done." in flat(page.text)
    assert "Rows by source" not in page.text


def test_an_empty_data_set_has_a_report(tmp_path: Path):
    page = parsed(make_instruct_run(tmp_path / "run", rows=0))
    check_harmless(page)
    assert " 0 rows 0 problems" in flat(page.text)


# Hostile text.


def test_hostile_text_stays_text(tmp_path: Path):
    page = parsed(make_instruct_run(tmp_path / "run", rows=8 * len(HOSTILE), texts=HOSTILE))
    check_harmless(page)
    for text in HOSTILE:
        start = text.partition("\u2028")[0][:30]
        assert start in page.text


@settings(max_examples=10)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), min_size=1, max_size=6))
def test_any_text_stays_text(texts: list[str]):
    with tempfile.TemporaryDirectory() as folder:
        check_harmless(parsed(make_instruct_run(Path(folder) / "run", rows=24, texts=texts)))


# Runs that are damaged.


def broken_kind(run: Path) -> None:
    (run / "run.json").write_text('{"kind": "corpus", "inputs": []}')


def broken_recipe(run: Path) -> None:
    (run / "recipe.yaml").write_text("name: Small\nproblems: {}\n")


def gone_recipe(run: Path) -> None:
    (run / "recipe.yaml").unlink()


def broken_rows(run: Path) -> None:
    path = run / "dataset/data/train-00000.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["tokens"]), path)


def broken_parquet(run: Path) -> None:
    (run / "stages/01-interpolate/difficulty.parquet").write_bytes(b"PAR1 is not all it takes")


BROKEN = {
    broken_kind: "holds a run of 'corpus', no instruction data",
    broken_recipe: "recipe.yaml: no recipe of instruction data (problems: ",
    gone_recipe: "recipe.yaml: no recipe of instruction data (",
    broken_rows: "train-00000.parquet: no file of instruction data ('tokens')",
    broken_parquet: "difficulty.parquet: not readable as Parquet",
}


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_damaged_run_is_named_in_one_line(tmp_path: Path, broken: Any):
    run = make_instruct_run(tmp_path / "run", rows=24)
    broken(run)
    with pytest.raises(ValueError, match=re.escape(BROKEN[broken])) as fault:
        write_report(run)
    assert str(fault.value).startswith(str(run))
    assert "\n" not in str(fault.value)
    assert not (run / "report.html").exists()


# In a browser.


@pytest.mark.heavy
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
@pytest.mark.parametrize("texts", [(), HOSTILE], ids=["plain", "hostile"])
def test_it_opens_in_a_browser_with_its_formulas_and_runs_no_script_of_others(tmp_path: Path, texts: Any):
    run = make_instruct_run(tmp_path / "run", texts=texts)
    command = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=20000", "--dump-dom"]
    page = write_report(run).absolute().as_uri()
    dom = subprocess.run([*command, page], capture_output=True, timeout=200, check=True).stdout.decode()
    assert "<title>Instruction data: Small</title>" in dom
    assert dom.count('<span class="katex">') >= 24
    found = Parsed(dom)
    assert len(found.scripts) == 2
    names = {name for _, attributes in found.elements for name in attributes}
    assert not {name for name in names if name.startswith("on") or name == "src"}
    assert {tag for tag, _ in found.elements}.isdisjoint({"img", "iframe", "object", "embed", "form", "a"})
