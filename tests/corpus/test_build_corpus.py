"""A corpus from real inputs: what comes out, and that it is the same however it came about."""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest
import yaml
from corpus_built import EXAMPLES, RECIPES, built, files, small_recipe

from mathcoder.corpus.recipe import load_corpus_recipe
from mathcoder.corpus.schema import dataset_schema
from mathcoder.publishing.dataset import Built
from mathcoder.runs.recipe import RecipeError

sys.path.append(str(Path(__file__).parents[1] / "models"))  # the faulty server stands there
from faulty import FaultyServer, delta, stream, usage

PROGRAM = Path(__file__).with_name("corpus_built.py")


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built(RECIPES / "quickstart.yaml", tmp_path_factory.mktemp("corpus") / "run")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("small")
    return built(small_recipe(folder), folder / "run", workers=1)


def rows_in(paths: Any) -> list[dict[str, Any]]:
    return [row for path in paths for row in parquet.read_table(path).to_pylist()]


def stage(run: Built, name: str) -> Any:
    return next(one for one in run.stages if one.name == name)


def test_the_rows_are_those_of_the_schema_in_order(quickstart: Built):
    shards = sorted((quickstart.dataset / "data").iterdir())
    rows = rows_in(shards)
    ids = [row["id"] for row in rows]
    assert ids == sorted(ids)
    assert parquet.read_schema(shards[0]).names == dataset_schema().names
    written = json.loads((quickstart.dataset / "schema.json").read_text())
    assert [column["name"] for column in written["columns"]] == dataset_schema().names
    for row in rows:
        assert row["id"] == f"{row['document']}.{row['form']}"
        assert row["tokens"] > 0
        assert row["licence"]
        assert json.loads(row["meta"]) is not None
        assert (row["verdict"], row["translator"]) == (
            (None, None) if row["form"] == "document" else ("verified", "symbolic")
        )
        assert all(one["code"].strip() in row["text"] for one in row["computations"])
        assert {one["verdict"] for one in row["computations"]} <= {"verified"}


def test_each_source_gives_its_forms(quickstart: Built):
    rows = rows_in((quickstart.dataset / "data").iterdir())
    forms = Counter((row["source"], row["form"]) for row in rows)
    assert {form for source, form in forms if source == "textbook"} == {"interleaved", "steps"}
    assert {form for source, form in forms if source == "programs"} == {"document"}
    assert forms["worked", "document"] == 80
    assert forms["worked", "steps"] > 50
    assert forms["pages", "steps"] > 10
    assert sum(len(row["computations"]) for row in rows if row["form"] == "steps") > 250


def test_solutions_to_test_questions_do_not_come_through(quickstart: Built):
    rows = rows_in((quickstart.dataset / "data").iterdir())
    assert "recorded" not in {row["source"] for row in rows}
    result = stage(quickstart, "contamination")
    dropped = rows_in(result.rejected)
    read = [row["id"] for row in rows_in(stage(quickstart, "read").files) if row["source"] == "recorded"]
    assert len(read) == 80
    unclean = {row["id"] for row in rows_in(stage(quickstart, "clean").rejected)}
    assert {row["source"] for row in dropped} == {"recorded"}
    assert {row["id"] for row in dropped} == {*read} - unclean
    assert len(dropped) >= 78
    evidence = parquet.read_table(result.folder / "evidence.parquet").to_pylist()
    assert {row["id"] for row in evidence} == {row["id"] for row in dropped}
    assert {row["item"].split("/")[0] for row in evidence} == {"gsm8k", "svamp"}


def test_of_a_section_and_its_web_page_the_section_stays(quickstart: Built):
    result = stage(quickstart, "duplicates")
    (page,) = rows_in(result.rejected)
    assert (page["source"], page["title"]) == ("pages", "Arithmetic and Geometric Sequences")
    clusters = parquet.read_table(result.folder / "clusters.parquet").to_pylist()
    sources = {row["id"]: row["source"] for row in [page, *rows_in(result.files)]}
    assert {(sources[row["id"]], row["kept"]) for row in clusters} == {("pages", False), ("textbook", True)}


def test_nothing_is_lost_on_the_way(quickstart: Built):
    before = None
    for result in quickstart.stages:
        if before is not None:
            assert result.rows_in == before.kept
        if result.name not in ("read", "write"):
            assert result.rows_in == result.kept + sum(result.dropped.values())
        assert [*result.dropped] == sorted(
            {row["drop_reason"].partition(": ")[0] for row in rows_in(result.rejected)}
        )
        before = result
    recall = stage(quickstart, "recall")
    # What is not mathematics is not: the pages of a book on a programming language go.
    assert sum("rust" in (row["url"] or row["meta"]) for row in rows_in(recall.rejected)) >= 8
    assert {row["source"] for row in rows_in(recall.rejected)} == {"pages"}


def test_the_card_and_the_report_are_there(quickstart: Built):
    card = (quickstart.dataset / "README.md").read_text()
    front = yaml.safe_load(card.split("---")[1])
    assert front["license"] == "cc-by-sa-4.0"
    assert "gsm8k" in card
    page = quickstart.report.read_text()
    assert "quickstart" in page
    assert re.search(r"(src|href)=[\"']?https?:", page.partition("<body")[0]) is None


def test_again_nothing_is_done(small: Built, tmp_path: Path):
    before = files(small.run)
    times = {path: path.stat().st_mtime_ns for path in small.run.glob("stages/**/*")}
    again = built(small_recipe(tmp_path), small.run)
    assert all(result.reused for result in again.stages)
    assert files(small.run) == before
    assert {path: path.stat().st_mtime_ns for path in small.run.glob("stages/**/*")} == times


def test_a_changed_recipe_runs_from_the_first_changed_stage(small: Built, tmp_path: Path):
    shutil.copytree(small.run, tmp_path / "run")
    recipe = small_recipe(tmp_path, "{verify: {keep: [verified, trivial]}}")
    again = built(recipe, tmp_path / "run")
    assert [result.name for result in again.stages if not result.reused] == ["write", "mix"]


def test_workers_make_no_difference(small: Built, tmp_path: Path):
    assert files(built(small_recipe(tmp_path), tmp_path / "run", workers=3).run) == files(small.run)


def test_the_mix_is_kept(small: Built):
    rows = rows_in((small.dataset / "data").iterdir())
    assert 40_000 < sum(row["tokens"] for row in rows) <= 60_000
    assert [*stage(small, "mix").dropped] == ["mix"]
    halves = {row["document"] for row in rows} & {row["document"] for row in rows_in(stage(small, "mix").rejected)}
    assert not halves


def test_a_limit_takes_the_first_documents(tmp_path: Path):
    from mathcoder.corpus.build import build

    run = build(load_corpus_recipe(small_recipe(tmp_path)), tmp_path / "run", limit=3)
    read = stage(run, "read")
    sources = Counter(row["source"] for row in rows_in([*read.files, *read.rejected]))
    assert sources == {"textbook": 1, "worked": 3, "programs": 3}


STEPS = """### Computation 1
**Conditions Needed:**
1. {count} of one and {count} of another
**Computation Expression:** ${count} + {count}$
**Computation Result:** {total}
**Python Code Snippet:**
```python
one = {count}
print(one + {count})
```
"""


def replies(body: dict[str, Any]) -> list[Any]:
    """A model that finds one computation in each passage, with a number of the passage's own."""
    text = body["messages"][-1]["content"]
    count = 100 + len(text)
    reply = STEPS.format(count=count, total=2 * count)
    return stream(0.01, delta(content=reply), delta("stop"), usage(100, 50))


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_killed_at_any_moment_it_ends_with_the_same_files(tmp_path: Path):
    with FaultyServer() as server:
        server.reply = replies
        recipe = small_recipe(tmp_path, f"{{model: {{name: 'small@{server.url}', concurrency: 2}}}}")
        program = [sys.executable, str(PROGRAM), str(recipe), str(tmp_path / "whole")]
        started = time.monotonic()
        subprocess.run(program, check=True, timeout=300)
        seconds, requests = time.monotonic() - started, len(server.bodies)
        assert requests > 5
        server.bodies.clear()
        program[-1] = str(tmp_path / "killed")
        moments, kills = random.Random(6), 0
        while kills < 20:
            process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(moments.uniform(0.5, 1.0) * seconds * 0.7)
            process.kill()
            kills += process.wait() == -signal.SIGKILL
            if process.returncode == 0:  # it came to its end first
                assert files(tmp_path / "killed") == files(tmp_path / "whole")
                assert len(server.bodies) <= requests + 2 * kills
                shutil.rmtree(tmp_path / "killed")
                server.bodies.clear()
        subprocess.run(program, check=True, timeout=300)
    assert files(tmp_path / "killed") == files(tmp_path / "whole")


def test_keys_of_a_recipe(tmp_path: Path):
    path = tmp_path / "bad.yaml"
    path.write_text("name: x\nsources:\n  a:\n    kind: web\n    pahts: [x]\nduplicate: {}\n")
    with pytest.raises(RecipeError) as caught:
        load_corpus_recipe(path)
    assert caught.value.lines == (
        f"{path}:3: 'paths' is missing in 'sources.a'; add it",
        f"{path}:5: 'pahts' is not known in 'sources.a'; did you mean 'paths'?",
        f"{path}:6: 'duplicate' is not known; did you mean 'duplicates'?",
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("clean: {rules: {min_charactres: 3}}", "clean.rules has 'min_charactres'; it can name "),
        ("contamination: {benchmarks: [gsm9k]}", "contamination: unknown benchmark 'gsm9k'; did you mean gsm8k?"),
        ("write: {tokenizer: ./none.json}", "tokenizer '"),
    ],
)
def test_what_a_recipe_names_and_is_not_there_stops_it_before_any_work(tmp_path: Path, text: str, line: str):
    path = tmp_path / "bad.yaml"
    source = f"{{kind: text, paths: ['{EXAMPLES}/worked.jsonl']}}"
    path.write_text(f"name: x\nsources: {{a: {source}}}\n{text}\n")
    with pytest.raises(ValueError, match=re.escape(line)):
        built(path, tmp_path / "run")
    assert not (tmp_path / "run" / "stages").exists()
