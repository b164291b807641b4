"""Token shards: what was written comes back, and what is damaged is said in one line."""

from __future__ import annotations

import json
import pickle
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.training.shards import ShardWriter, TokenShards

Document = tuple[str, list[int], list[bool]]


def written(folder: Path, documents: list[Document], *, masked: bool = True, **options: int) -> TokenShards:
    with ShardWriter(folder, **{"vocabulary": 70_000, **options}, masked=masked) as writer:
        for name, tokens, loss in documents:
            writer.add(name, tokens, loss if masked else None)
    return TokenShards(folder)


def read(shards: TokenShards) -> list[Document]:
    return [
        (name, shards.tokens(at).tolist(), [] if (loss := shards.loss(at)) is None else loss.tolist())
        for at, name in enumerate(shards.ids)
    ]


DOCUMENTS: list[Document] = [
    ("one", [1, 2, 69_999], [False, True, True]),
    ("π/😀\n", [], []),
    ("", [5], [True]),
    ("four", [7] * 9, [True] * 8 + [False]),
]


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 69_999), st.booleans()), max_size=20).flatmap(
            lambda pairs: st.tuples(
                st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
                st.just([token for token, _ in pairs]),
                st.just([learned for _, learned in pairs]),
            )
        ),
        max_size=12,
    ),
    st.booleans(),
    st.sampled_from([1, 24, 64, 1 << 30]),
)
def test_what_was_written_comes_back(documents: list[Document], masked: bool, file_bytes: int):
    with tempfile.TemporaryDirectory() as folder:
        shards = written(Path(folder, "train"), documents, masked=masked, file_bytes=file_bytes)
        kept = [(name, tokens, loss if masked else []) for name, tokens, loss in documents]
        assert read(shards) == kept
        assert read(pickle.loads(pickle.dumps(shards))) == kept
        assert shards.lengths.tolist() == [len(tokens) for _, tokens, _ in documents]
        assert (len(shards), shards.total) == (len(documents), int(shards.lengths.sum()))
        assert len(pickle.dumps(shards)) < 1000


@pytest.mark.parametrize(("vocabulary", "width"), [(1 << 16, 2), ((1 << 16) + 1, 4)])
def test_width_of_a_token(tmp_path: Path, vocabulary: int, width: int):
    shards = written(tmp_path / "train", [("a", [vocabulary - 1, 1], [True, True])], vocabulary=vocabulary)
    data = (tmp_path / "train" / "tokens-00000.bin").read_bytes()
    assert data == (vocabulary - 1).to_bytes(width, "little") + (1).to_bytes(width, "little")
    assert shards.tokens(0).tolist() == [vocabulary - 1, 1]


def test_files_are_bounded_and_a_document_is_whole(tmp_path: Path):
    written(tmp_path / "train", [(str(at), [at] * 5, [True] * 5) for at in range(9)], file_bytes=48)
    sizes = [path.stat().st_size for path in sorted((tmp_path / "train").glob("tokens-*.bin"))]
    assert sizes == [40, 40, 40, 40, 20]


def test_parts_of_a_document(tmp_path: Path):
    shards = written(tmp_path / "train", DOCUMENTS, file_bytes=16)
    assert shards.tokens(0, 1).tolist() == [2, 69_999]
    assert shards.tokens(3, 2, 4).tolist() == [7, 7]
    loss = shards.loss(3, 7, 9)
    assert loss is not None
    assert loss.tolist() == [True, False]
    with pytest.raises(ValueError, match="read-only"):
        shards.tokens(0)[0] = 1
    for at in (-1, 4):
        with pytest.raises(IndexError):
            shards.tokens(at)
    assert shards.ids[-1] == "four"
    assert shards.ids[1:3] == ["π/😀\n", ""]
    with pytest.raises(IndexError):
        shards.ids[4]


@pytest.mark.parametrize(
    ("tokens", "loss", "message"),
    [
        ([70_000], [True], "not in the vocabulary of 70,000"),
        ([-1], [True], "not in the vocabulary"),
        ([1, 2], [True], "2 tokens and a loss mask of 1"),
        ([1], None, "loss mask is missing"),
    ],
)
def test_what_is_wrong_is_not_written(tmp_path: Path, tokens: list[int], loss: list[bool] | None, message: str):
    with ShardWriter(tmp_path / "train", vocabulary=70_000, masked=True) as writer:
        with pytest.raises(ValueError, match=f"document 'x': .*{message}"):
            writer.add("x", tokens, loss)
        writer.add("y", [3], [True])
    assert read(TokenShards(tmp_path / "train")) == [("y", [3], [True])]


def test_what_was_there_stays_until_the_end(tmp_path: Path):
    written(tmp_path / "train", DOCUMENTS)
    with pytest.raises(ValueError, match="not in the vocabulary"):
        written(tmp_path / "train", [("new", [1], [True]), ("wrong", [70_000], [True])])
    assert read(TokenShards(tmp_path / "train")) == DOCUMENTS
    assert [path.name for path in tmp_path.iterdir()] == ["train"]
    assert read(written(tmp_path / "train", DOCUMENTS[:1])) == DOCUMENTS[:1]


FILES = ["shards.json", "tokens-00000.bin", "loss-00001.bin", "offsets.bin", "ids.bin", "id-offsets.bin"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_cut_off(tmp_path: Path, name: str, damage: str):
    written(tmp_path / "train", DOCUMENTS, file_bytes=16)
    path = tmp_path / "train" / name
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-3])
    else:
        path.unlink()
    with pytest.raises(
        ValueError, match=r"train: not whole token shards .*; remove it and prepare again"
    ) as error:
        TokenShards(tmp_path / "train")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changed", "message"),
    [({"format": 2}, "of format 2"), ({"tokens": 14}, "do not add up"), ({"vocabulary": "many"}, "many")],
)
def test_facts_that_are_not_right(tmp_path: Path, changed: dict[str, object], message: str):
    written(tmp_path / "train", DOCUMENTS)
    path = tmp_path / "train" / "shards.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))
    with pytest.raises(ValueError, match=message):
        TokenShards(tmp_path / "train")


def test_offsets_that_go_back(tmp_path: Path):
    written(tmp_path / "train", DOCUMENTS)
    path = tmp_path / "train" / "offsets.bin"
    path.write_bytes(np.array([0, 9, 3, 4, 13], "<i8").tobytes())
    with pytest.raises(ValueError, match="not whole token shards"):
        TokenShards(tmp_path / "train")
