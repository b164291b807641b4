"""From files of solutions to the labels that reach the model."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_tokenizers import EXAMPLES, opened, recorded, spelled

pytest.importorskip("transformers")

from mathcoder.solution import Block, Solution
from mathcoder.solving.dialects import DIALECTS
from mathcoder.solving.formats import Record, read_records, write_records
from mathcoder.training.prepared import Prepared, train_rows
from mathcoder.training.recipe import SftRecipe
from mathcoder.training.solutions import prepare_solutions
from mathcoder.training.transcripts import transcribe

MATHCODER = str(EXAMPLES / "mathcoder_l70b.jsonl")
GOOD = (Block("text", "Add."), Block("code", "1 + 1"), Block("execution", "2"), Block("text", "It is 2."))


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return opened("bytes", "mathcoder", tmp_path_factory.mktemp("tokenizer"))


def recipe_of(*train: str, context: int = 40_000, **data: Any) -> SftRecipe:
    return SftRecipe.model_validate({"name": "x", "context": context, "data": {"train": list(train), **data}})


def of(prepared: Prepared, split: str = "train") -> dict[str, Any]:
    return prepared.facts["sources"]["solutions"][split]


def written(path: Path, *records: Record) -> str:
    write_records(path, records)
    return str(path)


def test_recorded_solutions_come_out_as_they_went_in(tokenizer: Any, tmp_path: Path) -> None:
    prepared = prepare_solutions(recipe_of(MATHCODER), tokenizer, tmp_path)
    shards = prepared.train["solutions"]
    rows = [row for row in read_records(MATHCODER) if isinstance(row, Record)]
    records = [row for row in rows if row.solution.blocks[-1].type == "text"]
    assert list(shards.ids) == [record.id for record in records]
    facts = of(prepared)
    assert (facts["rows"], facts["documents"]) == (len(rows), len(records)) == (80, 78)
    assert facts["dropped"] == {"no answer text": 2}
    assert facts["tokens"] == shards.total
    learned = 0
    for i, record in enumerate(records):
        loss = shards.loss(i)
        assert loss is not None
        learned += int(loss.sum())
        assert spelled(tokenizer, shards.tokens(i)) == DIALECTS["mathcoder"]().render(
            record.problem, record.solution
        )
    assert facts["learned"] == learned
    assert prepared.held_out["solutions"].total == 0


def test_what_is_not_used_is_counted_by_reason(tokenizer: Any, tmp_path: Path) -> None:
    long = Block("text", "many words " * 4000)
    records = [
        Record("good", "How much is 1 + 1?", Solution(GOOD, "2", "answer")),
        Record("empty", "Q", Solution(())),
        Record("blank", "Q", Solution((Block("text", "  \n"),))),
        Record("no-question", " ", Solution(GOOD)),
        Record("code-last", "Q", Solution(GOOD[:2])),
        Record("output-last", "Q", Solution(GOOD[:3])),
        Record("cut-off", "Q", Solution(GOOD, "2", "tokens")),
        Record("long", "Q", Solution((long,))),
        Record("cut", "Q", Solution((*GOOD, long))),
        Record("mute", "Q", Solution((Block("execution", "1"), long))),
    ]
    path = tmp_path / "mixed.jsonl.gz"
    write_records(path, records)
    with gzip.open(path, "ab") as file:
        file.write(b'{"no": "solution"}\nnot json\n')
    prepared = prepare_solutions(recipe_of(str(path), context=4000), tokenizer, tmp_path / "out")
    facts = of(prepared)
    assert facts["dropped"] == {
        "empty": 3,
        "no answer text": 2,
        "no label: the model writes nothing in it": 1,
        "not finished: tokens": 1,
        "not readable": 2,
        "too long: its first block does not fit into context": 1,
    }
    assert facts["rows"] == 12
    assert (facts["documents"], facts["cut"]) == (2, 1)
    assert facts["examples"]["no answer text"] == "mixed.jsonl.gz: code-last"
    assert facts["examples"]["not readable"].startswith("mixed.jsonl.gz: line 11: unknown layout")
    assert list(prepared.train["solutions"].ids) == ["good", "cut"]
    cut = DIALECTS["mathcoder"]().request("Q", GOOD).prompt
    assert spelled(tokenizer, prepared.train["solutions"].tokens(1)) == cut


@pytest.mark.parametrize("split", ["train", "held_out"])
def test_rows_of_a_test_split_are_refused(split: str, tokenizer: Any, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    messages = [
        {"role": "user", "content": [{"type": "text", "content": "Q"}]},
        {"role": "assistant", "content": [{"type": block.type, "content": block.content} for block in GOOD]},
    ]
    rows = [{"id": str(i), "messages": messages, "split": "test" if i == 7 else "train"} for i in range(9)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    recipe = recipe_of(MATHCODER, held_out=[str(path)]) if split == "held_out" else recipe_of(str(path), limit=2)
    with pytest.raises(ValueError, match=r"rows\.jsonl: row '7' is of the split test"):
        prepare_solutions(recipe, tokenizer, tmp_path / "out")
    assert not list(tmp_path.glob("out/*/source.json"))


def test_a_problem_that_is_trained_on_is_not_held_out(tokenizer: Any, tmp_path: Path) -> None:
    train = written(tmp_path / "train.jsonl", Record("a", "How much is it?", Solution(GOOD)))
    others = [Record("b", "How  much is it?\n", Solution(GOOD)), Record("c", "How many?", Solution(GOOD))]
    held_out = written(tmp_path / "held.parquet", *others)
    prepared = prepare_solutions(recipe_of(train, held_out=[held_out]), tokenizer, tmp_path / "out")
    assert of(prepared, "held_out")["dropped"] == {"its problem is trained on": 1}
    assert list(prepared.held_out["solutions"].ids) == ["c"]


def test_the_same_recipe_is_prepared_once(tokenizer: Any, tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", Record("a", "Q", Solution(GOOD)))
    told: list[tuple[str, int]] = []

    def prepare(recipe: SftRecipe) -> Prepared:
        told.clear()
        return prepare_solutions(recipe, tokenizer, tmp_path / "out", lambda what, done: told.append((what, done)))

    first = prepare(recipe_of(path))
    assert told == [("solutions, train", 1)]
    again = prepare(recipe_of(path))
    assert not told
    assert again.facts == first.facts
    assert again.train["solutions"].folder == first.train["solutions"].folder
    changes = [{"context": 300}, {"system": "Solve."}, {"loss_on_execution": True}, {"code": "none"}, {"limit": 1}]
    for change in changes:
        other = prepare(recipe_of(path, **change))
        assert told, change
        assert [place.parent for place in (tmp_path / "out").glob("*/source.json")] == [
            other.train["solutions"].folder.parent
        ]
    written(tmp_path / "a.jsonl", Record("a", "Another", Solution(GOOD)))
    prepare(recipe_of(path, **changes[-1]))
    assert told
    next((tmp_path / "out").glob("*/train/tokens-*.bin")).write_bytes(b"")  # damaged
    assert len(prepare(recipe_of(path, **changes[-1])).train["solutions"]) == 1


def test_limit_and_code_none(tokenizer: Any, tmp_path: Path) -> None:
    prepared = prepare_solutions(recipe_of(MATHCODER, limit=5, code="none"), tokenizer, tmp_path)
    facts = of(prepared)
    assert (facts["rows"], facts["documents"], facts["limited"]) == (80, 5, 75)
    for i in range(5):
        text = spelled(tokenizer, prepared.train["solutions"].tokens(i))
        assert "<|code|>" not in text
        assert "<|execution|>" not in text
        assert text.count("<|text|>") == 3


@pytest.mark.parametrize(
    ("train", "says"),
    [
        ("{}/none.jsonl", "data.train: there is no file .*none.jsonl"),
        ("{}", "it is a folder, add /"),
        ("s3://x/y", "is an address"),
        ("{}/only.jsonl", "no solution to train on"),
        ("{}/words.txt", "unknown format"),
    ],
)
def test_what_cannot_be_trained_on_is_told(train: str, says: str, tokenizer: Any, tmp_path: Path) -> None:
    written(tmp_path / "only.jsonl", Record("a", "Q", Solution(GOOD[:2])))
    (tmp_path / "words.txt").write_text("words")
    with pytest.raises(ValueError, match=says):
        prepare_solutions(recipe_of(train.format(tmp_path)), tokenizer, tmp_path / "out")


@pytest.mark.heavy
@pytest.mark.parametrize("dialect", ["mathcoder", "markdown", "tools"])
@pytest.mark.parametrize("kind", ["smollm2", "bytes", "greedy", "sentencepiece"])
def test_the_labels_that_reach_the_model(kind: str, dialect: str, tmp_path: Path) -> None:
    """Packed rows, collated, hold each solution once, and their labels are the model's own words alone."""
    pytest.importorskip("torch")
    from mathcoder.training.rows import collate

    tokenizer = opened(kind, dialect, tmp_path)
    path = written(tmp_path / "solutions.parquet", *recorded())
    recipe = recipe_of(path, dialect=dialect)
    prepared = prepare_solutions(recipe, tokenizer, tmp_path / "out")
    assert of(prepared)["documents"] == len(recorded())
    rows = train_rows(recipe, prepared)
    batch = {name: value[0].numpy() for name, value in collate([rows[i] for i in range(len(rows))]).items()}
    begins = np.flatnonzero(batch["position_ids"] == 0).tolist()
    seen: set[int] = set()
    shards = prepared.train["solutions"]
    for first, last in zip(begins, [*begins[1:], len(batch["labels"])], strict=True):
        ids, labels = batch["input_ids"][first:last], batch["labels"][first:last]
        number = next(i for i in range(len(shards)) if np.array_equal(shards.tokens(i), ids))
        seen.add(number)
        record = recorded()[number]
        words = transcribe(DIALECTS[dialect](), record.problem, record.solution.blocks, tokenizer)
        own = "".join(words.text[a:b] for a, b in words.own)
        assert np.array_equal(labels[labels != -100], ids[labels != -100])
        learned = spelled(tokenizer, labels[labels != -100])
        if kind == "sentencepiece":  # which puts spaces before text
            assert learned.replace(" ", "") == own.replace(" ", "")
        else:
            assert learned == own
    assert len(seen) == len(begins) == len(recorded())
