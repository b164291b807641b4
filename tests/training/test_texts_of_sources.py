"""Texts to token shards, from files as they lie about: real ones, hostile ones, damaged ones."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest

from mathcoder.training.prepared import train_rows
from mathcoder.training.recipe import PretrainRecipe
from mathcoder.training.texts import prepare_texts

pytestmark = pytest.mark.heavy
transformers: Any = pytest.importorskip("transformers")
tokenizers: Any = pytest.importorskip("tokenizers")

EXAMPLES = Path(__file__).parents[2] / "examples" / "data"
END = "<|end|>"


def examples() -> list[dict[str, Any]]:
    """Worked questions and programs as rows of a corpus: two forms of each question, one of each program."""
    rows: list[dict[str, Any]] = []
    for line in (EXAMPLES / "worked.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        whole = f"{row['question']}\n\n{row['solution']}"
        for form, text in (("document", whole), ("steps", row["solution"])):
            rows.append({"id": f"{row['id']}.{form}", "document": row["id"], "form": form, "text": text})
    with gzip.open(EXAMPLES / "programs.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            rows.append({"id": row["path"], "document": row["path"], "form": "code", "text": row["content"]})
    return rows


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    backend = tokenizers.Tokenizer(tokenizers.models.BPE())
    backend.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=[END, "<|begin|>"],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator([row["text"] for row in examples()], trainer)
    return transformers.PreTrainedTokenizerFast(tokenizer_object=backend, eos_token=END, bos_token="<|begin|>")


def lines(path: Path, rows: Sequence[object]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def table(path: Path, rows: list[dict[str, Any]]) -> str:
    parquet.write_table(arrow.Table.from_pylist(rows), path)
    return str(path)


def recipe(sources: Mapping[str, Any], **more: Any) -> PretrainRecipe:
    return PretrainRecipe.model_validate({"name": "x", "sources": sources, "context": 256, **more})


def test_a_corpus_of_real_texts(tmp_path: Path, tokenizer: Any):
    rows = examples()
    table(tmp_path / "part-00000.parquet", rows[:100])
    table(tmp_path / "part-00001.parquet", rows[100:])
    said: list[tuple[str, int]] = []
    asked = recipe({"all": {"files": [str(tmp_path / "part-*.parquet")], "held_out": 0.2}})
    prepared = prepare_texts(asked, tokenizer, tmp_path / "data", lambda what, done: said.append((what, done)))
    train, held_out = prepared.train["all"], prepared.held_out["all"]
    texts = {row["id"]: row["text"] for row in rows}
    assert sorted([*train.ids, *held_out.ids]) == sorted(texts)
    for shards in (train, held_out):
        for at, name in enumerate(shards.ids):
            tokens = shards.tokens(at).tolist()
            assert tokens[-1] == tokenizer.eos_token_id
            assert tokenizer.decode(tokens[:-1], clean_up_tokenization_spaces=False) == texts[name]
            assert shards.loss(at) is None
    # Both forms of a question are on the same side.
    document = {row["id"]: row["document"] for row in rows}
    assert not {document[name] for name in train.ids} & {document[name] for name in held_out.ids}
    assert 0.1 < len(held_out) / len(rows) < 0.3
    facts = prepared.facts["sources"]["all"]
    assert facts == {
        "rows": len(rows),
        "passed_over": 0,
        "dropped": {},
        "examples": {},
        "train": {"documents": len(train), "tokens": train.total},
        "held_out": {"documents": len(held_out), "tokens": held_out.total},
    }
    assert said[-1] == ("tokens of all", train.total + held_out.total)
    assert train_rows(asked, prepared).facts["tokens"] == train.total


def test_the_same_is_made_once(tmp_path: Path, tokenizer: Any):
    books, code = lines(tmp_path / "b.jsonl", examples()[:40]), lines(tmp_path / "c.jsonl", examples()[160:])
    work: list[str] = []

    def again(**changed: Any) -> list[str]:
        work.clear()
        sources = {"books": {"files": [books]}, "code": {"files": [code], **changed.pop("code", {})}}
        asked = recipe(sources, **changed)
        prepared = prepare_texts(asked, tokenizer, tmp_path / "data", lambda what, _: work.append(what))
        assert set(prepared.train) == set(prepared.facts["sources"]) == {"books", "code"}
        assert len(list((tmp_path / "data").iterdir())) == 2
        return sorted(set(work))

    assert again() == ["tokens of books", "tokens of code"]
    before = {path: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    assert again(context=512, optim={"epochs": 3}) == []
    assert {path: path.read_bytes() for path in before} == before
    assert again(code={"held_out": 0.5}) == ["tokens of code"]
    assert again(code={"held_out": 0.5}, seed=1) == ["tokens of books", "tokens of code"]
    lines(Path(books), examples()[:41])
    assert again(code={"held_out": 0.5}, seed=1) == ["tokens of books"]
    cut_off = next((tmp_path / "data").glob("code-*/train/tokens-00000.bin"))
    cut_off.write_bytes(cut_off.read_bytes()[:-1])
    assert again(code={"held_out": 0.5}, seed=1) == ["tokens of code"]
    tokenizer_changed = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer.backend_tokenizer, eos_token="<|begin|>"
    )
    prepare_texts(
        recipe({"books": {"files": [books]}}),
        tokenizer_changed,
        tmp_path / "data",
        lambda what, _: work.append(what),
    )
    assert work[-1] == "tokens of books"


def test_what_the_run_has_hashed_is_not_hashed_again(tmp_path: Path, tokenizer: Any):
    file = Path(lines(tmp_path / "a.jsonl", examples()))
    read = {"path": str(file), "size": file.stat().st_size, "sha256": "of the run"}
    asked = {"inputs": [read | {"modified": file.stat().st_mtime_ns}]}
    (tmp_path / "run.json").write_text(json.dumps(asked))
    prepare_texts(recipe({"s": {"files": [str(file)]}}), tokenizer, tmp_path / "data")
    (source,) = tmp_path.glob("data/*/source.json")
    assert json.loads(source.read_text())["inputs"] == asked["inputs"]


def test_a_kill_leaves_nothing_that_counts(tmp_path: Path, tokenizer: Any):
    lines(tmp_path / "a.jsonl", examples())
    tokenizer.save_pretrained(str(tmp_path / "tokenizer"))
    asked = recipe({"s": {"files": [str(tmp_path / "a.jsonl")], "held_out": 0.2}})
    (tmp_path / "recipe.json").write_text(asked.model_dump_json())
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)])
    assert done.returncode == -signal.SIGKILL
    assert not list(tmp_path.glob("data/*/source.json"))
    assert list(tmp_path.glob("data/*/.train.partial"))
    again = prepare_texts(asked, tokenizer, tmp_path / "data")
    alone = prepare_texts(asked, tokenizer, tmp_path / "other")
    assert not list(tmp_path.glob("data/*/.*"))
    for ours, theirs in zip(*(sorted(one.train["s"].folder.iterdir()) for one in (again, alone)), strict=True):
        assert (ours.name, ours.read_bytes()) == (theirs.name, theirs.read_bytes())


KILLED = """
import os, signal, sys
from pathlib import Path
from transformers import PreTrainedTokenizerFast
from mathcoder.training.recipe import PretrainRecipe
from mathcoder.training.texts import prepare_texts
folder = Path(sys.argv[1])
recipe = PretrainRecipe.model_validate_json((folder / "recipe.json").read_text())
tokenizer = PreTrainedTokenizerFast.from_pretrained(str(folder / "tokenizer"))
prepare_texts(recipe, tokenizer, folder / "data", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_rows_that_cannot_be_used_are_counted(tmp_path: Path, tokenizer: Any):
    path = tmp_path / "rows.jsonl.gz"
    good = {"id": 7, "text": "one and two", "form": "steps", "checked": True}
    rows = [
        json.dumps(good),
        json.dumps({**good, "form": "document"}),
        json.dumps({**good, "checked": False}),
        json.dumps({**good, "text": None}),
        json.dumps({"form": "steps", "checked": True}),
        json.dumps({**good, "text": " \n"}),
        json.dumps({**good, "text": ["a"]}),
        '{"text": "cut o',
        "[1]",
        json.dumps({"text": "no id", "form": "steps", "checked": True}),
    ]
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    where = {"form": "steps", "checked": "true"}
    source = {"files": [str(path)], "where": where, "held_out": 0.0}
    prepared = prepare_texts(recipe({"s": source}), tokenizer, tmp_path / "data")
    facts = prepared.facts["sources"]["s"]
    assert (facts["rows"], facts["passed_over"]) == (10, 2)
    assert facts["dropped"] == {"empty text": 1, "no text": 3, "not readable": 2}
    assert facts["examples"]["no text"] == f"{path}:4"
    assert facts["examples"]["not readable"].startswith(f"{path}:8: not JSON")
    assert list(prepared.train["s"].ids) == ["7", "rows.jsonl.gz:10"]
    assert len(prepared.held_out["s"]) == 0


def test_a_text_cannot_spell_a_special_token(tmp_path: Path, tokenizer: Any):
    text = f"before {END} after <|begin|> all"
    file = lines(tmp_path / "a.jsonl", [{"id": "a", "text": text}])
    prepared = prepare_texts(recipe({"s": {"files": [file], "held_out": 0.0}}), tokenizer, tmp_path / "data")
    tokens = prepared.train["s"].tokens(0).tolist()
    assert tokens.count(tokenizer.eos_token_id) == 1
    assert tokenizer.bos_token_id not in tokens
    assert tokenizer.decode(tokens[:-1], clean_up_tokenization_spaces=False) == text
    assert tokenizer.encode(END) == [tokenizer.eos_token_id]  # the caller's is as it was


def test_a_beginning_only_where_the_tokenizer_sets_one(tmp_path: Path, tokenizer: Any):
    backend = tokenizers.Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    backend.post_processor = tokenizers.processors.TemplateProcessing(
        single="<|begin|> $A", special_tokens=[("<|begin|>", 1)]
    )
    begins = transformers.PreTrainedTokenizerFast(tokenizer_object=backend, eos_token=END, bos_token="<|begin|>")
    asked = recipe(
        {"s": {"files": [lines(tmp_path / "a.jsonl", [{"id": "a", "text": "some text"}])], "held_out": 0.0}}
    )
    with_it = prepare_texts(asked, begins, tmp_path / "one").train["s"].tokens(0).tolist()
    without = prepare_texts(asked, tokenizer, tmp_path / "two").train["s"].tokens(0).tolist()
    assert with_it == [1, *without]


def test_another_column(tmp_path: Path, tokenizer: Any):
    file = table(tmp_path / "a.parquet", [{"content": "a program", "n": 1}, {"content": "another", "n": 2}])
    source = {"files": [file], "text": "content", "where": {"n": "2"}, "held_out": 0.0}
    prepared = prepare_texts(recipe({"s": source}), tokenizer, tmp_path / "data")
    assert list(prepared.train["s"].ids) == ["a.parquet:2"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"files": ["gone.jsonl"]}, "source 's': there is no file .*gone.jsonl"),
        ({"files": ["."]}, r"it is a folder, add /\*\.parquet"),
        ({"files": ["*.nothing"]}, "there is no file"),
        ({"files": ["a.txt"]}, "a.txt: neither Parquet nor JSON Lines"),
        ({"files": ["a.parquet"], "text": "body"}, "a.parquet: no column 'body'; it has text"),
        ({"files": ["a.parquet"], "where": {"form": "x"}}, "no column 'form'"),
        ({"files": ["cut.parquet"]}, "cut.parquet: row 1 is not readable"),
        ({"files": ["empty.jsonl"]}, r"source 's': no document to train on \(.*\"empty text\": 1"),
        ({"files": ["a.parquet"], "held_out": 0.999999}, "no document to train on"),
        ({"files": ["s3://bucket/a.parquet"]}, "is an address"),
    ],
)
def test_what_is_wrong_is_one_line(
    tmp_path: Path, tokenizer: Any, monkeypatch: pytest.MonkeyPatch, source: dict[str, Any], message: str
):
    monkeypatch.chdir(tmp_path)
    whole = Path(table(tmp_path / "a.parquet", [{"text": "one"}])).read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[:-20])
    (tmp_path / "a.txt").write_text("text")
    lines(tmp_path / "empty.jsonl", [{"text": ""}])
    with pytest.raises(ValueError, match=message) as error:
        prepare_texts(recipe({"s": source}), tokenizer, tmp_path / "data")
    assert "\n" not in str(error.value)


def test_a_tokenizer_without_an_end(tmp_path: Path, tokenizer: Any):
    without = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer.backend_tokenizer)
    with pytest.raises(ValueError, match="no end-of-sequence token"):
        prepare_texts(recipe({"s": {"files": ["a.jsonl"]}}), without, tmp_path / "data")
    asked = recipe({"s": {"files": ["a.jsonl"]}}, end="<|nothing|>")
    with pytest.raises(ValueError, match=r"no token '<\|nothing\|>'"):
        prepare_texts(asked, tokenizer, tmp_path / "data")


def test_a_document_ends_as_asked(tmp_path: Path, tokenizer: Any):
    asked = recipe({"s": {"files": [lines(tmp_path / "a.jsonl", [{"text": "one"}])], "held_out": 0}}, end="one")
    tokens = prepare_texts(asked, tokenizer, tmp_path / "data").train["s"].tokens(0).tolist()
    assert tokens == [tokenizer.get_vocab()["one"]] * 2


def test_real_texts_are_packed_with_little_padding(data_dir: Path, tmp_path: Path, tokenizer: Any):
    """Under 1% on 25 MB of LaTeX, code and Markdown, many of them about half a row long; next fit over 5%."""
    source = {"files": [str(data_dir / "bench" / "corpus.jsonl.gz")]}
    prepared = prepare_texts(recipe({"bench": source}), tokenizer, tmp_path / "data")
    for context in (1024, 2048, 4096, 8192):
        facts = train_rows(recipe({"bench": source}, context=context), prepared).facts
        assert facts["padding_share"] < 0.01
        assert facts["padding_share_of_next_fit"] > 0.05
