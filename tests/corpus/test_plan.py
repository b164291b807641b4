"""What a recipe would take is said before anything is done, and what stands in its way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from corpus_built import EXAMPLES, RECIPES, small_recipe

from mathcoder.corpus.plan import plan
from mathcoder.corpus.recall import RecallModel
from mathcoder.corpus.recipe import load_corpus_recipe, with_paths
from mathcoder.extraction import html_to_text

STAND_INS = {
    "commoncrawl": "pages.jsonl.gz",
    "openwebmath": "pages.jsonl.gz",
    "synthetic": "worked.jsonl",
    "python": "programs.jsonl.gz",
    "notebooks": "programs.jsonl.gz",
    "textbooks": "sequences.ptx",
}


def pile(folder: Path) -> Path:
    """The recipe of the paper, with a small classifier beside it."""
    import gzip

    recipe = folder / "mathcode-pile.yaml"
    shutil.copy(RECIPES / "mathcode-pile.yaml", recipe)
    with gzip.open(EXAMPLES / "pages.jsonl.gz", "rt") as file:
        pages = [json.loads(line) for line in file]
    texts = {True: [], False: []}
    for page in pages:
        texts["rust" not in page["repository"]].append(html_to_text(page["html"]).text)
    RecallModel.train(texts[True], texts[False]).save(folder / "recall.model")
    return recipe


def test_the_papers_recipe_with_small_stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    recipe = load_corpus_recipe(pile(tmp_path))
    assert sum(source.expected_tokens or 0 for source in recipe.sources.values()) == 16_600_000_000
    planned = plan(with_paths(recipe, {name: str(EXAMPLES / file) for name, file in STAND_INS.items()}))
    missing = [line for line in planned.problems if not line.startswith("contamination: ")]
    assert missing == []
    by_name = {source.name: source for source in planned.sources}
    assert list(by_name) == list(STAND_INS)
    assert all(source.exact and source.tokens and source.documents for source in planned.sources)
    assert by_name["python"].calls == 0  # code is not translated
    assert by_name["openwebmath"].calls > 40
    assert planned.facts["model calls"].endswith(
        " to meta-llama/Meta-Llama-3.1-70B-Instruct@http://localhost:8000/v1"
    )


def test_what_is_not_here_is_said_with_the_recipes_own_figures(tmp_path: Path):
    path = tmp_path / "recipe.yaml"
    path.write_text(
        "name: x\nsources:\n"
        "  far: {kind: web, paths: ['http://127.0.0.1:9/none.jsonl'], expected_tokens: 1_000_000}\n"
        f"  near: {{kind: text, paths: ['{EXAMPLES}/worked.jsonl']}}\n"
        "  gone: {kind: text, paths: [none.jsonl], expected_tokens: 5}\n"
        "write: {tokenizer: bytes}\n"
    )
    planned = plan(load_corpus_recipe(path))
    far, near, gone = planned.sources
    assert (far.tokens, far.note) == (1_000_000, "not reached; the recipe's own figure")
    assert near.exact
    assert near.note == ""
    assert gone.tokens == 5
    assert planned.problems == [f"source 'gone': there is nothing at {tmp_path}/none.jsonl; check its paths"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("recall: {model: none.model}", "none.model"),
        ("write: {tokenizer: ./none.json}", "tokenizer '"),
        ("contamination: {benchmarks: [gsm9k]}", "contamination: unknown benchmark 'gsm9k'"),
        ("translate: {model: {name: nobody}}", "'nobody' names no model"),
        ("translate: {model: {name: 'openai:gpt', key_env: NO_SUCH_KEY}}", "NO_SUCH_KEY is not set"),
        ("clean: {rules: {min_words: 3}}", "clean.rules has 'min_words'"),
    ],
)
def test_each_problem_is_told(tmp_path: Path, text: str, problem: str):
    path = tmp_path / "recipe.yaml"
    path.write_text(f"name: x\nsources: {{a: {{kind: text, paths: ['{EXAMPLES}/worked.jsonl']}}}}\n{text}\n")
    planned = plan(load_corpus_recipe(path))
    assert len(planned.problems) == 1
    assert problem in planned.problems[0]
    assert "\n" not in planned.problems[0]


def test_a_source_whose_columns_are_not_known(tmp_path: Path):
    (tmp_path / "odd.jsonl").write_text('{"a": 1}\n{"b": 2}\n')
    path = tmp_path / "recipe.yaml"
    path.write_text("name: x\nsources: {a: {kind: text, paths: [odd.jsonl]}}\nwrite: {tokenizer: bytes}\n")
    (problem,) = plan(load_corpus_recipe(path)).problems
    assert problem.startswith(
        "source 'a': nothing of what was looked at can be used; 2 of 2 cannot be used, the first"
    )


def test_more_of_a_source_is_told_from_its_size(tmp_path: Path):
    rows = [json.loads(line) for line in (EXAMPLES / "worked.jsonl").read_text().splitlines()]
    with (tmp_path / "many.jsonl").open("w") as file:
        for number in range(2_000):
            row = rows[number % len(rows)]
            file.write(json.dumps({"text": f"{number}. {row['question']} {row['solution']}"}) + "\n")
    path = tmp_path / "recipe.yaml"
    path.write_text("name: x\nsources: {a: {kind: text, paths: [many.jsonl]}}\nwrite: {tokenizer: bytes}\n")
    (source,) = plan(load_corpus_recipe(path)).sources
    assert not source.exact
    assert 1_500 < source.documents < 2_500
    (limited,) = plan(load_corpus_recipe(path), limit=100).sources
    assert limited.documents == 100


def test_a_budget_that_will_not_do(tmp_path: Path):
    model = "{model: {name: 'small@http://127.0.0.1:9/v1', price: [10, 30], max_cost: 0.01, max_tokens: 500}}"
    planned = plan(load_corpus_recipe(small_recipe(tmp_path, model)))
    assert planned.problems == []
    assert float(planned.facts["cost"].removeprefix("about ")) > 0.5
    assert [note.partition(" ")[0] for note in planned.notes] == ["max_cost", "max_tokens"]
