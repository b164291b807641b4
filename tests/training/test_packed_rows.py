"""Rows as the model gets them: what is learned, where documents begin, and the same for any number of workers."""

from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mathcoder.training.prepared import Prepared, held_out_rows, train_rows
from mathcoder.training.recipe import PretrainRecipe, SftRecipe
from mathcoder.training.rows import NO_LOSS, PackedRows, collate
from mathcoder.training.shards import ShardWriter, TokenShards

pytestmark = pytest.mark.heavy
torch: Any = pytest.importorskip("torch")


def pretrain(context: int = 64, **more: Any) -> PretrainRecipe:
    sources = {name: {"files": [f"{name}.jsonl"]} for name in ("books", "code")}
    return PretrainRecipe.model_validate({"name": "x", "sources": sources, "context": context, **more})


def made(folder: Path, documents: int, *, masked: bool, seed: int = 0) -> TokenShards:
    """Documents whose tokens say which they are: the document's number and then the places."""
    with ShardWriter(folder, vocabulary=100_000, masked=masked, file_bytes=4000) as writer:
        for at in range(documents):
            length = int(np.random.default_rng([seed, at]).integers(2, 150))
            tokens = [50_000 + at, *range(1, length)]
            writer.add(
                f"{folder.name}/{at}", tokens, [place % 3 != 0 for place in range(length)] if masked else None
            )
    return TokenShards(folder)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("data")
    train = {name: made(folder / name, 60, masked=False, seed=at) for at, name in enumerate(("books", "code"))}
    held_out = {"books": made(folder / "held", 9, masked=False), "code": made(folder / "none", 0, masked=False)}
    return Prepared(train, held_out, {})


def learned(row: dict[str, Any]) -> list[list[int]]:
    """The labels of each document in a row."""
    starts = [*np.flatnonzero(row["position_ids"].numpy() == 0).tolist(), len(row["labels"])]
    return [row["labels"][first:end].tolist() for first, end in pairwise(starts)]


def digest(rows: PackedRows) -> str:
    whole = hashlib.sha256()
    for at in range(len(rows)):
        for tensor in rows[at].values():
            whole.update(tensor.numpy().tobytes())
    return whole.hexdigest()


def test_rows_hold_every_token_once(prepared: Prepared):
    rows = train_rows(pretrain(), prepared)
    seen: dict[int, list[int]] = {}
    for at in range(len(rows)):
        row = rows[at]
        assert {name: tensor.dtype for name, tensor in row.items()} == dict.fromkeys(
            ("input_ids", "labels", "position_ids"), torch.int64
        )
        assert 0 < len(row["input_ids"]) <= 64
        for labels in learned(row):
            assert labels[0] == NO_LOSS
            assert NO_LOSS not in labels[1:]
        same = row["labels"] != NO_LOSS
        assert torch.equal(row["labels"][same], row["input_ids"][same])
        for token in row["input_ids"].tolist():
            seen.setdefault(token, []).append(at)
    total = sum(shards.total for shards in prepared.train.values())
    assert sum(map(len, seen.values())) == rows.facts["tokens"] == total
    assert sum(len(seen[50_000 + at]) for at in range(60)) == 120
    assert rows.facts["rows"] == len(rows)
    assert rows.facts["sources"]["code"] == {"tokens": prepared.train["code"].total, "epochs": 1.0}
    assert rows.facts["padding_share"] < rows.facts["padding_share_of_next_fit"]


def test_positions_begin_with_each_document(prepared: Prepared):
    row = train_rows(pretrain(1000), prepared)[0]
    starts = np.flatnonzero(row["input_ids"].numpy() >= 50_000).tolist()
    assert starts == np.flatnonzero(row["position_ids"].numpy() == 0).tolist()
    assert len(starts) > 3
    for first, end in zip(starts, [*starts[1:], len(row["input_ids"])], strict=True):
        assert row["position_ids"][first:end].tolist() == list(range(end - first))


def test_the_mask_of_a_solution(tmp_path: Path):
    shards = made(tmp_path / "solutions", 30, masked=True)
    recipe = SftRecipe.model_validate(
        {"name": "x", "data": {"train": ["a.jsonl"]}, "context": 200, "optim": {"epochs": 2}}
    )
    rows = train_rows(recipe, Prepared({"solutions": shards}, {}, {}))
    count = 0
    for at in range(len(rows)):
        for labels in learned(rows[at]):
            places = range(len(labels))
            assert labels == [place if place % 3 else NO_LOSS for place in places]
            count += len(labels)
    assert count == 2 * shards.total
    assert rows.facts["documents"] == 60


def test_held_out_rows_are_of_each_source_and_bounded(prepared: Prepared):
    recipe = pretrain(held_out={"tokens": 150})
    rows = held_out_rows(recipe, prepared)
    assert list(rows) == ["books"]
    assert rows["books"].facts["tokens"] == 150
    every = held_out_rows(pretrain(), prepared)["books"]
    assert every.facts["tokens"] == prepared.held_out["books"].total
    assert held_out_rows(pretrain(held_out=None), prepared) == {}


def test_weights_and_tokens(prepared: Prepared):
    sources = {"books": {"files": ["a"], "weight": 3}, "code": {"files": ["b"], "weight": 1}}
    rows = train_rows(pretrain(sources=sources, optim={"tokens": 20_001}), prepared)
    assert rows.facts["tokens"] == 20_001
    assert rows.facts["sources"]["books"]["tokens"] == 15_001
    tokens = np.bincount(rows.packing.source, weights=rows.packing.stop - rows.packing.start)
    assert tokens.tolist() == [15_001, 5_000]


def test_next_fit_is_the_recipes_choice(prepared: Prepared):
    rows = train_rows(pretrain(packing="next-fit"), prepared)
    best = train_rows(pretrain(), prepared)
    assert rows.facts["padding_share"] == best.facts["padding_share_of_next_fit"]
    assert len(rows) > len(best)
    assert rows.facts["tokens"] == best.facts["tokens"]


def test_collate_makes_one_sequence(prepared: Prepared):
    rows = train_rows(pretrain(), prepared)
    batch = collate([rows[0], rows[1]])
    for name, tensor in batch.items():
        assert tensor.shape == (1, len(rows[0][name]) + len(rows[1][name]))
        assert torch.equal(tensor[0], torch.cat([rows[0][name], rows[1][name]]))


@pytest.mark.parametrize("workers", [1, 2])
def test_batches_are_the_same_for_any_number_of_workers(prepared: Prepared, workers: int):
    rows = train_rows(pretrain(), prepared)

    def batches(workers: int, skip: int = 0) -> list[dict[str, Any]]:
        loader = torch.utils.data.DataLoader(
            torch.utils.data.Subset(rows, range(skip * 4, len(rows))),
            batch_size=4,
            collate_fn=collate,
            num_workers=workers,
        )
        return list(loader)

    alone, other, later = batches(0), batches(workers), batches(workers, skip=5)
    assert len(alone) > 10
    for ours, theirs in zip([*alone, *alone[5:]], [*other, *later], strict=True):
        assert all(torch.equal(ours[name], theirs[name]) for name in ("input_ids", "labels", "position_ids"))


def test_a_copy_in_another_process_reads_the_same(prepared: Prepared, tmp_path: Path):
    rows = train_rows(pretrain(), prepared)
    (tmp_path / "rows").write_bytes(pickle.dumps(rows))
    program = (
        "import pickle, sys; from test_packed_rows import digest;"
        "print(digest(pickle.loads(open(sys.argv[1], 'rb').read())))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "rows")],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == digest(rows) == digest(train_rows(pretrain(), prepared))
    assert digest(rows) != digest(train_rows(pretrain(seed=1), prepared))


def test_a_row_that_is_not_there(prepared: Prepared):
    rows = train_rows(pretrain(), prepared)
    for at in (-1, len(rows)):
        with pytest.raises(IndexError):
            rows[at]
