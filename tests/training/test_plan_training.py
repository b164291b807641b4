"""Plans of training: every recipe that is here, without the network, and what they say of wrong ones."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from mathcoder.models import ModelError
from mathcoder.models.weights import find_weights
from mathcoder.training.recipe import (
    PretrainRecipe,
    SftRecipe,
    load_pretrain_recipe,
    load_sft_recipe,
)

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytestmark = pytest.mark.heavy

from mathcoder.training.plan import plan  # noqa: E402

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "recipes"
# Parameters as published, by what their weights hold.
PUBLISHED = {
    "mathcoder-l-7b": 6_738_415_616,
    "mathcoder-l-13b": 13_015_864_320,
    "mathcoder-l-70b": 68_976_648_192,
    "mathcoder-cl-7b": 6_738_546_688,
    "mathcoder-cl-13b": 13_016_028_160,
    "mathcoder-cl-34b": 33_743_970_304,
    "mathcoder2-llama-3-8b": 8_030_261_248,
    "mathcoder2-deepseekmath-7b": 6_910_365_696,
    "mathcoder2-mistral-7b": 7_241_732_096,
    "mathcoder2-code-llama-7b": 6_738_546_688,
}
BLOCK_TOKENS = 8
TINY: dict[str, Any] = {
    "model_type": "llama",
    "vocab_size": 300,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
}


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """No network: nobody may even ask for an address."""
    hosts: list[object] = []

    def refuse(*arguments: object, **_: object) -> Any:
        hosts.append(arguments)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    yield hosts
    assert hosts == []


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of a small tokenizer."""
    library: Any = pytest.importorskip("tokenizers")
    made = library.Tokenizer(library.models.BPE())
    made.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = library.decoders.ByteLevel()
    trainer = library.trainers.BpeTrainer(
        vocab_size=280,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=library.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(["two and two are four"], trainer)
    folder = tmp_path_factory.mktemp("tokenizer")
    made.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>"})
    )
    return str(folder)


def load(name: str) -> SftRecipe | PretrainRecipe:
    path = RECIPES / f"{name}.yaml"
    pretrain = name.startswith(("papers/mathcoder2", "pretrain"))
    return load_pretrain_recipe(path) if pretrain else load_sft_recipe(path)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_run_of_the_papers(name: str):
    recipe = load(f"papers/{name}")
    planned = plan(recipe)
    assert planned.problems == []
    sft = isinstance(recipe, SftRecipe)
    hidden = dict(recipe.base.config or {})["hidden_size"]
    assert planned.parameters - (2 * hidden * BLOCK_TOKENS if sft else 0) == PUBLISHED[name]
    assert planned.trained == planned.parameters
    passes = 3 * (49_100_000 if sft else 19_300_000_000 * 0.9995)
    assert planned.tokens == pytest.approx(passes, rel=1e-6)
    assert planned.steps == -(-planned.tokens // (recipe.context * recipe.optim.batch))
    assert "50 of warm-up" in planned.facts["steps"]
    # Nothing of this fits one GPU; in eight parts, all but the largest do.
    assert planned.memory["one device"]["total"] > 80e9
    assert (planned.memory["FSDP2 on 8"]["total"] < 80e9) == (PUBLISHED[name] < 30e9)
    assert planned.memory["FSDP2 on 64"]["total"] < 80e9
    assert planned.memory["one device"]["weights"] == 4 * planned.parameters
    assert planned.memory["one device"]["moments"] == 8 * planned.parameters
    # 6 operations for each parameter and token, and some for attention.
    for device, peak in (("A100-80GB", 312e12), ("H100", 989e12)):
        hours = planned.hours[device]
        least = 6 * planned.parameters * planned.tokens / (0.4 * peak) / 3600
        assert 0.95 * least < hours[1] < 1.4 * least
        assert hours[64] == pytest.approx(hours[1] / 64)
    assert planned.hours["A100-80GB"][8] > 3 * planned.hours["H100"][8]
    beyond = [note for note in planned.notes if "beyond" in note]
    assert bool(beyond) == (name == "mathcoder2-deepseekmath-7b")
    json.dumps(asdict(planned))


@pytest.mark.parametrize("name", ["sft-smollm2", "pretrain-smollm2"])
def test_a_small_recipe(name: str):
    try:
        find_weights()
    except ModelError as error:
        pytest.skip(str(error))
    recipe = load(name)
    planned = plan(recipe)
    assert planned.problems == []
    assert planned.steps == -(-(recipe.optim.tokens or 0) // recipe.context)
    if recipe.lora:
        # Two matrices of rank 16 around each of seven layers' matrices, and rows of the new tokens.
        widths = [(576, 576), (576, 192), (576, 192), (576, 576), (576, 1536), (576, 1536), (1536, 576)]
        adapters = 30 * sum(16 * (into + out) for into, out in widths)
        assert planned.trained == adapters + BLOCK_TOKENS * 576
        assert planned.facts["problems"] == "4 solved every 100 steps"
    else:
        assert planned.parameters == planned.trained == 134_515_008
    assert planned.memory["one device"]["total"] < 6e9
    assert list(planned.hours["H100"]) == [1]  # a step is one sequence


def small(kind: type[Any], tokenizer: str, base: dict[str, Any] | None = None, **more: Any) -> Any:
    model = {"weights": None, "config": TINY, "tokenizer": tokenizer, **(base or {})}
    return kind.model_validate({"name": "x", "base": model, "context": 64, "optim": {"batch": 2}, **more})


def solutions(path: Path, count: int) -> str:
    rows = [
        {
            "id": f"{number}",
            "messages": [
                {"role": "user", "content": [{"type": "text", "content": f"What is {number} + 1?"}]},
                {
                    "role": "assistant",
                    "content": [
                        {"type": "code", "content": f"print({number} + 1)"},
                        {"type": "execution", "content": f"{number + 1}"},
                        {"type": "text", "content": f"\\boxed{{{number + 1}}}"},
                    ],
                },
            ],
        }
        for number in range(count)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_solutions_that_are_here_are_counted(tmp_path: Path, tokenizer: str):
    from mathcoder.training.model import load_model
    from mathcoder.training.prepared import train_rows
    from mathcoder.training.solutions import prepare_solutions
    from mathcoder.training.tokenizers import add_block_tokens, block_tokens, open_tokenizer

    recipe = small(SftRecipe, tokenizer, data={"train": [solutions(tmp_path / "some.jsonl", 40)]}, context=512)
    planned = plan(recipe)
    assert planned.problems == []
    opened = open_tokenizer(recipe.base)
    model = load_model(recipe.base, seed=0, tokenizer=opened)
    add_block_tokens(opened, model, block_tokens("mathcoder"))
    rows = train_rows(recipe, prepare_solutions(recipe, opened, tmp_path / "data"))
    assert planned.tokens == rows.packing.tokens
    assert planned.steps == -(-len(rows) // 2)
    assert planned.parameters == sum(parameter.numel() for parameter in model.parameters())
    assert planned.facts["data"] == f"{planned.tokens:,} tokens, counted"


def test_many_solutions_are_counted_from_the_first(tmp_path: Path, tokenizer: str):
    file = solutions(tmp_path / "many.jsonl", 2500)
    planned = plan(small(SftRecipe, tokenizer, data={"train": [file]}, context=512))
    assert planned.problems == []
    assert "from the first 1,000 of 2,500 solutions" in planned.facts["data"]
    fewer = plan(small(SftRecipe, tokenizer, data={"train": [file], "limit": 1000}, context=512))
    assert planned.tokens == pytest.approx(2.5 * fewer.tokens, rel=0.001)


def test_texts_that_are_here_are_counted(tmp_path: Path, tokenizer: str):
    from mathcoder.training.prepared import train_rows
    from mathcoder.training.texts import prepare_texts
    from mathcoder.training.tokenizers import open_tokenizer

    rows = [{"id": str(n), "text": f"The square of {n} is {n * n}.", "form": "ab"[n % 2]} for n in range(200)]
    file = tmp_path / "texts.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    sources = {
        "a": {"files": [str(file)], "where": {"form": "a"}, "weight": 3},
        "b": {"files": [str(file)], "where": {"form": "b"}, "weight": 1},
    }
    recipe = small(PretrainRecipe, tokenizer, sources=sources)
    planned = plan(recipe)
    assert planned.problems == []
    prepared = prepare_texts(recipe, open_tokenizer(recipe.base), tmp_path / "data")
    made = train_rows(recipe, prepared)
    assert planned.tokens == made.packing.tokens
    assert planned.steps == -(-len(made) // 2)
    assert planned.facts["  a"].startswith(f"{prepared.train['a'].total:,}, seen 1.0 times")


def test_columns_of_a_corpus_are_summed_where_the_tokenizer_is_not_here(tmp_path: Path):
    arrow: Any = pytest.importorskip("pyarrow")
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    rows = [{"text": "x", "tokens": 1000 + n, "form": "ab"[n % 2]} for n in range(100)]
    parquet.write_table(arrow.Table.from_pylist(rows), tmp_path / "part-00000.parquet")
    sources = {
        "a": {"files": [str(tmp_path / "*.parquet")], "where": {"form": "a"}, "held_out": 0},
        "gone": {"files": [str(tmp_path / "*.jsonl")], "assumed_tokens": 5_000, "held_out": 0.1},
    }
    recipe = small(PretrainRecipe, "nobody/has-this", {"weights": "nobody/has-this"}, sources=sources)
    planned = plan(recipe)
    assert planned.problems == []
    assert planned.tokens == sum(row["tokens"] for row in rows[::2]) + 4_500
    assert planned.facts["data"].endswith("tokens, assumed and by their column tokens")
    assert any("tokenizer of nobody/has-this is not here" in note for note in planned.notes)


@pytest.mark.parametrize(
    ("base", "more", "problem"),
    [
        ({}, {"data": {"train": ["gone-*.jsonl"]}}, "gone-*.jsonl: there is no such file"),
        ({"config": {**TINY, "num_key_value_heads": 3}}, {}, "4 heads are not a multiple of 3"),
        ({"config": {**TINY, "hidden_size": 66}}, {}, "not a multiple of the number of attention heads"),
        ({"config": {**TINY, "model_type": "lama"}}, {}, "lama"),
        ({"tokenizer": "gone/tokenizer.json"}, {}, "tokenizer 'gone/tokenizer.json'"),
        ({"weights": "./gone"}, {}, "base.weights: there is no ./gone"),
        ({}, {"lora": {"targets": ["nothing"]}}, "lora.targets"),
        ({}, {"solve": {"benchmark": "gsm9k"}}, "unknown benchmark 'gsm9k'; did you mean gsm8k?"),
        ({}, {"solve": {"benchmark": "svamp", "split": "dev"}}, "svamp"),
        ({}, {"solve": {"file": "gone.jsonl"}}, "gone.jsonl"),
    ],
)
def test_what_stands_in_the_way_is_said(
    base: dict[str, Any], more: dict[str, Any], problem: str, tokenizer: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("MATHCODER_DATA", raising=False)
    data = {"train": ["gone.jsonl"], "assumed_tokens": 10_000}
    planned = plan(small(SftRecipe, tokenizer, base, **{"data": data, **more}))
    assert len(planned.problems) == 1, planned.problems
    assert problem in planned.problems[0]
    assert "\n" not in planned.problems[0]


def test_what_should_be_known_is_said(tokenizer: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("MATHCODER_DATA", raising=False)
    recipe = small(
        SftRecipe,
        tokenizer,
        data={"train": ["gone.jsonl"], "assumed_tokens": 10_000},
        context=256,
        optim={"batch": 4, "warmup_steps": 500},
        solve={"benchmark": "gsm8k"},
    )
    planned = plan(recipe, devices=("H100", "Z80"), counts=(1, 4, 8))
    assert planned.problems == ["no device is known as Z80; there are A100-80GB, H100"]
    for note in (
        "context 256 is beyond the 128 positions",
        "the warm-up is as long as the training: 10 steps",
        "the split train of gsm8k is fetched when training begins",
        "optim.batch is 4: more devices than that have nothing to do",
        "products are taken in float32",
    ):
        assert any(note in said for said in planned.notes), note
    assert list(planned.hours["H100"]) == [1, 4]
