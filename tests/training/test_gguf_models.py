"""GGUF files of small models of every architecture: the runtime computes what transformers computes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gguf_checks import (
    by_regex,
    byte_level,
    check,
    deepseek,
    digits,
    drawn,
    llama3,
    made,
    qwen2,
    run,
    sentencepiece,
)

from mathcoder.training.gguf_model import write_model
from mathcoder.training.tokenizers import add_block_tokens, block_tokens, end_messages_with

torch: Any = pytest.importorskip("torch")
pytest.importorskip("transformers")
gguf: Any = pytest.importorskip("gguf")
pytest.importorskip("xllamacpp")

pytestmark = pytest.mark.heavy


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


LLAMA3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 10000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}
LINEAR_ROPE = {"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0}
MODELS: dict[str, tuple[str, Callable[[], Any], dict[str, Any]]] = {
    "llama": ("llama", digits, {}),
    "llama, one matrix for embedding and head": ("llama", digits, {"tie_word_embeddings": True}),
    "llama, GPT-2's rule": ("llama", lambda: byte_level([]), {"rope_theta": 1e5}),
    "llama 3": ("llama", llama3, {"rope_parameters": LLAMA3_ROPE, "head_dim": 32}),
    "llama, one rule with and without merges": ("llama", lambda: by_regex("{1,3}"), {}),
    "llama, positions closer": ("llama", digits, {"rope_parameters": LINEAR_ROPE}),
    "llama, biases": ("llama", digits, {"attention_bias": True, "mlp_bias": True}),
    "llama, more rows than tokens": ("llama", digits, {"vocab_size": 512}),
    "llama 2": ("llama", lambda: sentencepiece(legacy=True), {}),
    "deepseek": ("llama", deepseek, {}),
    "mistral": ("mistral", sentencepiece, {"sliding_window": None, "head_dim": 8}),
    "qwen2": ("qwen2", qwen2, {}),
    "qwen3": ("qwen3", qwen2, {"head_dim": 32}),
}


@pytest.mark.parametrize("name", MODELS)
def test_an_architecture(name: str, tmp_path: Path):
    kind, tokenizer_of, changes = MODELS[name]
    tokenizer = tokenizer_of()
    model = made(kind, tokenizer, **changes)
    for quantise in ("f32", "f16"):
        write_model(tmp_path / f"{quantise}.gguf", model, tokenizer, name="tiny", quantise=quantise)
        check(tmp_path / f"{quantise}.gguf", model, tokenizer)


def says_next(model: Any, tokenizer: Any, token: int, path: Path) -> str:
    """What the runtime shows of a reply that begins with a token."""
    prompt = "<|assistant|><|text|>The sum<|endofblock|>"
    with torch.no_grad():
        last = model.model(tokenizer(prompt, return_tensors="pt").input_ids).last_hidden_state[0, -1]
        kept = model.lm_head.weight[token].clone()
        model.lm_head.weight[token] = last
        write_model(path, model, tokenizer, name="tiny", quantise="f32", begins_with_token=True)
        model.lm_head.weight[token] = kept
    return asyncio.run(run(path, prompt, 4))[0]


@pytest.mark.parametrize("tokenizer_of", [digits, qwen2, sentencepiece])
def test_block_tokens_are_single_tokens_and_end_messages(tokenizer_of: Callable[[], Any], tmp_path: Path):
    tokenizer = tokenizer_of()
    model = made("llama", tokenizer)
    new = add_block_tokens(tokenizer, model, block_tokens("mathcoder"))
    end = end_messages_with(tokenizer, None, "mathcoder")
    path = tmp_path / "a.gguf"
    write_model(path, model, tokenizer, name="tiny", quantise="f32", begins_with_token=True)
    assert len(new) == 8
    check(
        path, model, tokenizer, before="<|user|><|text|>Add 17!<|endofblock|><|endofmessage|><|assistant|><|code|>"
    )
    fields = gguf.GGUFReader(path).fields
    assert fields["tokenizer.ggml.eos_token_id"].contents() == end
    assert says_next(model, tokenizer, end, path) == ""
    code = tokenizer.convert_tokens_to_ids("<|code|>")
    assert says_next(model, tokenizer, code, path).startswith("<|code|>")
    assert {fields["tokenizer.ggml.token_type"].contents()[number] for number in new} == {gguf.TokenType.CONTROL}


def test_what_is_quantised_stays_close(tmp_path: Path):
    tokenizer = digits()
    model = made("llama", tokenizer, tie_word_embeddings=True)
    sizes: dict[str, int] = {}
    for quantise, close in (("bf16", 0.1), ("q8_0", 0.2), ("q4_0", 4.0)):
        path = tmp_path / f"{quantise}.gguf"
        write_model(path, model, tokenizer, name="tiny", quantise=quantise)
        check(path, model, tokenizer, close=close)
        sizes[quantise] = path.stat().st_size
        kinds = {tensor.name: tensor.tensor_type.name for tensor in gguf.GGUFReader(path).tensors}
        assert kinds["blk.0.attn_q.weight"] == quantise.upper()
        assert kinds["token_embd.weight"] == {"q4_0": "Q8_0"}.get(quantise, quantise.upper())
        assert kinds["blk.1.ffn_norm.weight"] == "F32"
    assert sizes["bf16"] > sizes["q8_0"] > sizes["q4_0"]


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("gpt2", {"n_embd": 64, "n_layer": 1, "n_head": 4}, "type 'gpt2': only of llama, mistral, qwen2, qwen3"),
    ("llama", {"hidden_act": "gelu"}, "computes this model with silu, it has gelu"),
    (
        "llama",
        {"rope_parameters": {"rope_type": "dynamic", "rope_theta": 1e4, "factor": 2.0}},
        "rope_type 'dynamic'",
    ),
    ("llama", {"vocab_size": 100}, "the tokenizer has 376 tokens, the model 100"),
]


@pytest.mark.parametrize(("kind", "changes", "message"), REFUSED)
def test_a_model_that_would_be_computed_otherwise_is_refused(
    kind: str, changes: dict[str, Any], message: str, tmp_path: Path
):
    tokenizer = digits()
    with pytest.raises(ValueError, match=message):
        write_model(tmp_path / "a.gguf", drawn(kind, tokenizer, **changes), tokenizer, name="tiny", quantise="f32")


@pytest.mark.parametrize(
    ("value", "message"), [(float("nan"), "not finite: the training"), (7e4, "too large for f16: take bf16")]
)
def test_numbers_that_would_be_lost_are_refused(value: float, message: str, tmp_path: Path):
    tokenizer = digits()
    model = drawn("llama", tokenizer)
    with torch.no_grad():
        model.model.layers[1].mlp.up_proj.weight[3, 4] = value
    with pytest.raises(ValueError, match=f"blk.1.ffn_up.weight holds numbers that are {message}"):
        write_model(tmp_path / "a.gguf", model, tokenizer, name="tiny", quantise="f16")
