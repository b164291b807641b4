"""The report of a corpus, and the reading of a run: what stands in it, and that no text becomes markup."""

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
from corpus_run_made import HOSTILE, make_corpus_run
from hypothesis import given, settings
from hypothesis import strategies as st

from mathcoder.assets import katex_head, render_script, script_hashes
from mathcoder.corpus.report import write_report

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
        assert len(dict(attrs)) == len(attrs)
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


def check_harmless(page: Parsed) -> None:
    """The page has only the elements, attributes and values that are the report's own."""
    assert {tag for tag, _ in page.elements} <= ELEMENTS
    assert {name for _, attributes in page.elements for name in attributes} <= ATTRIBUTES
    ours = script_hashes([katex_head(), render_script()])
    assert script_hashes(f"<script>{script}</script>" for script in page.scripts) == ours
    for tag, attributes in page.elements:
        assert "style" not in attributes or LENGTHS.fullmatch(attributes["style"])
        assert ("href" in attributes) == (tag == "a")
        assert re.match("https?://", attributes.get("href", "https://"))
        assert tag != "a" or attributes["rel"] == "noopener noreferrer"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_corpus_run(tmp_path_factory.mktemp("corpus") / "run")


@pytest.fixture(scope="module")
def page(run: Path) -> Parsed:
    return parsed(run)


def table_of(files: list[Path]) -> list[dict[str, Any]]:
    return [row for file in files for row in pq.read_table(file).to_pylist()]


# The report.


def test_hostile_text_stays_text(page: Parsed):
    check_harmless(page)
    for text in HOSTILE:
        start = text.partition("\u2028")[0][:50]
        assert start in page.text


def test_the_policy_lets_only_these_scripts_run(page: Parsed):
    (policy,) = (a["content"] for tag, a in page.elements if tag == "meta" and a.get("http-equiv"))
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == script_hashes([katex_head(), render_script()])
    assert rules["font-src"] == rules["img-src"] == "data:"


def test_the_figures_are_those_of_the_rows(run: Path, page: Parsed):
    dataset = table_of(sorted((run / "dataset/data").iterdir()))
    text = flat(page.text)
    assert f"{len({row['document'] for row in dataset})} documents" in text
    assert f"{sum(row['tokens'] for row in dataset):,} tokens" in text
    verified = table_of([*run.glob("stages/*-verify/data/*")])
    verdicts = Counter(one["verdict"] for row in verified for one in row["computations"])
    assert f"{verdicts['verified']} of {verdicts.total()} computations verified" in text
    for verdict, number in verdicts.items():
        assert verdict in text
        assert number
    assert "cc-by-sa-4.0 licence of the whole" in text
    for source in {row["source"] for row in dataset}:
        tokens = sum(row["tokens"] for row in dataset if row["source"] == source)
        assert re.search(rf"{re.escape(source)} \d+ rows {tokens:,} ", text)


def test_the_funnel_names_every_stage_and_reason(run: Path, page: Parsed):
    text = flat(page.text)
    for path in sorted(run.glob("stages/*/stage.json")):
        facts = json.loads(path.read_text())
        dropped = sum(facts["dropped"].values())
        rows_in = f" {facts['rows_in']} rows in" if facts["rows_in"] else ""
        assert f"{facts['stage']}{rows_in} " in text
        assert f"{facts['kept']} kept {dropped} dropped" in text
        for reason, number in facts["dropped"].items():
            share = f"{100 * number / (facts['kept'] + dropped):.1f}%"
            assert re.search(rf"{re.escape(flat(reason)[:60])}.* {number} \({share}\)", text)


def test_skipped_formulas_are_counted(run: Path, page: Parsed):
    skipped = Counter[str]()
    for row in table_of([*run.glob("stages/*-verify/data/*")]):
        for one in row["skipped"]:
            skipped[one["reason"]] += one["count"]
    assert f"no result is stated {skipped['no result is stated']} " in flat(page.text)


def test_copies_and_benchmark_items_are_shown(run: Path, page: Parsed):
    text = flat(page.text)
    members = pq.read_table(next(run.glob("stages/*-duplicates/clusters.parquet"))).to_pylist()
    kept = sum(row["kept"] for row in members)
    assert f"Clusters of copies: 1. Documents in them: {len(members)}, of which {kept} stayed." in text
    evidence = pq.read_table(next(run.glob("stages/*-contamination/evidence.parquet"))).to_pylist()
    assert f"Documents that they are in: {len(evidence)}." in text
    marked = [tag for tag, _ in page.elements if tag == "mark"]
    assert len(marked) == len(evidence)
    assert "Those with no others, which were not looked for: 1." in text


def test_samples_are_of_every_form_with_their_origin(run: Path, page: Parsed):
    text = flat(page.text)
    dataset = table_of([run / "dataset/data/part-00000.parquet"])
    for form in ("document", "steps", "interleaved"):
        assert f"Form “{form}”" in text
        shown = [
            row
            for row in dataset
            if row["form"] == form and f"id {flat(row['id'])} source {row['source']}" in text
        ]
        assert len(shown) == 6
    links = {attributes["href"] for tag, attributes in page.elements if tag == "a"}
    assert links <= {row["url"] for row in dataset}
    assert links
    classes = Counter(attributes.get("class", "") for _, attributes in page.elements)
    assert classes["text tex-text"] > 12
    assert classes["code"] > 12
    assert classes["word"] > classes["code"]  # keywords


def test_dropped_rows_are_of_every_stage_and_reason(run: Path, page: Parsed):
    text = flat(page.text)
    for path in run.glob("stages/*/stage.json"):
        facts = json.loads(path.read_text())
        dropped = sum(facts["dropped"].values())
        assert (f"{facts['stage']}: {dropped} dropped" in text) == bool(dropped)
    rejected = table_of([*run.glob("stages/*-clean/rejected/*")])
    for row in rejected:
        assert row["id"][:9] in text


def test_the_same_run_gives_the_same_report(run: Path, tmp_path: Path):
    before = write_report(run).read_bytes()
    assert write_report(run).read_bytes() == before
    again = make_corpus_run(tmp_path / "run")
    assert write_report(again).read_bytes() == before
    assert sorted(path.name for path in run.iterdir()) == sorted(
        ["dataset", "lock", "log.jsonl", "recipe.yaml", "report.html", "run.json", "stages"]
    )


@pytest.mark.parametrize(
    "leave_out", [("recall", "duplicates", "contamination", "translate", "verify"), ("recall",), ("verify",)]
)
def test_a_recipe_may_leave_stages_out(tmp_path: Path, leave_out: tuple[str, ...]):
    page = parsed(make_corpus_run(tmp_path / "run", leave_out=leave_out, hostile=False))
    check_harmless(page)
    titles = {"recall": "Recall score", "duplicates": "Duplicates", "contamination": "Contamination"}
    titles |= {"translate": "What the translator left out"}
    for stage, title in titles.items():
        assert (title in page.text) == (stage not in leave_out)
    assert ("not verified" in page.text) == (leave_out == ("verify",))


def test_scores_are_shown_where_there_are_some(tmp_path: Path):
    """A recall stage of rules gives none."""
    run = make_corpus_run(tmp_path / "run", hostile=False)
    assert "Recall score" in parsed(run).text
    for file in run.glob("stages/*-recall/*/*.parquet"):
        table = pq.read_table(file)
        none = pa.nulls(table.num_rows, pa.float64())
        pq.write_table(table.set_column(table.column_names.index("recall_score"), "recall_score", none), file)
    assert "Recall score" not in parsed(run).text


def test_a_run_that_is_not_finished_says_so(tmp_path: Path):
    page = parsed(make_corpus_run(tmp_path / "run", finished=False))
    check_harmless(page)
    assert "This run is not finished: 8 of its stages are done." in flat(page.text)
    assert "Verdicts" in page.text
    assert "Tokens by source" not in page.text


def test_an_empty_corpus_has_a_report(tmp_path: Path):
    page = parsed(make_corpus_run(tmp_path / "run", documents=1, hostile=False))
    check_harmless(page)
    empty = make_corpus_run(tmp_path / "empty", documents=0, leave_out=("duplicates", "contamination"))
    assert "0 documents" in flat(parsed(empty).text)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.text(max_size=200), min_size=1, max_size=6))
def test_any_text_stays_text(texts: list[str]):
    with tempfile.TemporaryDirectory() as folder:
        check_harmless(parsed(make_corpus_run(Path(folder) / "run", documents=24, texts=texts)))


# Runs that are damaged.


def broken_kind(run: Path) -> None:
    (run / "run.json").write_text('{"kind": "instruct", "inputs": []}')


def broken_json(run: Path) -> None:
    (run / "run.json").write_text("{")


def broken_stage(run: Path) -> None:
    (run / "stages/03-recall/stage.json").write_text('{"stage": "recall"}')


def broken_path(run: Path) -> None:
    path = run / "stages/03-recall/stage.json"
    path.write_text(path.read_text().replace("part-00000", "../../04-clean/data/part-00000"))


def broken_parquet(run: Path) -> None:
    (run / "stages/08-verify/data/part-00000.parquet").write_bytes(b"PAR1 is not all it takes")


def broken_table(run: Path) -> None:
    (run / "stages/05-duplicates/clusters.parquet").write_bytes(b"")


def broken_card(run: Path) -> None:
    (run / "dataset/README.md").write_text("---\nlicense: [\n---\n")


def broken_recipe(run: Path) -> None:
    (run / "recipe.yaml").write_text("name: [")


def gone_shard(run: Path) -> None:
    (run / "stages/04-clean/rejected/part-00000.parquet").unlink()


def gone_head(run: Path) -> None:
    (run / "run.json").unlink()


BROKEN = {
    broken_kind: "holds a run of 'instruct', no corpus",
    broken_json: "run.json: cannot be read",
    broken_stage: "03-recall/stage.json: cannot be read",
    broken_path: "names a file outside its folder",
    broken_parquet: "08-verify/data/part-00000.parquet: not readable as Parquet",
    broken_table: "clusters.parquet: not readable as Parquet",
    broken_recipe: "recipe.yaml: not readable as YAML",
    broken_card: "README.md: not readable as YAML",
    gone_shard: "04-clean/rejected/part-00000.parquet: is missing",
    gone_head: "holds no run",
}


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_damaged_run_is_named_in_one_line(tmp_path: Path, broken: Any):
    run = make_corpus_run(tmp_path / "run", documents=24, hostile=False)
    broken(run)
    with pytest.raises(ValueError, match=re.escape(BROKEN[broken])) as fault:
        write_report(run)
    assert str(fault.value).startswith(str(run))
    assert "\n" not in str(fault.value)
    assert not (run / "report.html").exists()


# In a browser.


@pytest.mark.heavy
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
@pytest.mark.parametrize(
    "more", ["", "<script>document.title = 'ran'</script>", "<img src=x onerror='document.title=1'>"]
)
def test_it_opens_in_a_browser_with_its_formulas_and_runs_no_script_of_others(
    run: Path, tmp_path: Path, more: str
):
    path = tmp_path / "report.html"
    path.write_text(
        write_report(run).read_text(encoding="utf-8").replace("<main>", f"<main>{more}"), encoding="utf-8"
    )
    command = [
        CHROMIUM,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    command += ["--virtual-time-budget=20000", "--dump-dom", path.as_uri()]
    dom = subprocess.run(command, capture_output=True, timeout=200, check=True).stdout.decode()
    assert "<title>Corpus: A small corpus</title>" in dom
    assert dom.count('<span class="katex">') > 50
    assert dom.count('class="katex-display"') > 10
    assert r'<annotation encoding="application/x-tex">\pi r^2</annotation>' in dom
    if not more:
        page = Parsed(dom)
        assert len(page.scripts) == 2
        names = {name for _, attributes in page.elements for name in attributes}
        assert not {name for name in names if name.startswith("on") or name == "src"}
        assert {tag for tag, _ in page.elements}.isdisjoint({"img", "iframe", "object", "embed", "form"})
        assert all(a["href"].startswith("https://example.org/") for _, a in page.elements if "href" in a)
