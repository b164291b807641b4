"""The tokens that a dialect adds: what they are worth at first, and that they are split out exactly."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from made_tokenizers import SPECIAL, byte_level, opened

from mathcoder.training.tokenizers import add_block_tokens, block_tokens, end_messages_with

pytestmark = pytest.mark.heavy
torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

TOKENS = block_tokens("mathcoder")


@pytest.fixture
def tokenizer() -> Any:
    return deepcopy(byte_level(greedy=False))


def model_of(rows: int, *, tied: bool) -> Any:
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=rows,
        hidden_size=64,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        tie_word_embeddings=tied,
    )
    return transformers.LlamaForCausalLM(config)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("spare", [0, 3, 100])
def test_a_new_token_is_the_mean_of_those_that_spelled_it(tokenizer: Any, tied: bool, spare: int) -> None:
    model = model_of(len(tokenizer) + spare, tied=tied)
    old = {
        "in": model.get_input_embeddings().weight.detach().clone(),
        "out": model.get_output_embeddings().weight.detach().clone(),
    }
    count = len(tokenizer)
    spelled = [tokenizer.encode(token) for token in TOKENS]
    ids = add_block_tokens(tokenizer, model, TOKENS)
    assert ids == list(range(count, count + len(TOKENS)))
    assert model.config.vocab_size == max(count + spare, count + len(TOKENS))
    now = {"in": model.get_input_embeddings().weight, "out": model.get_output_embeddings().weight}
    assert (now["in"] is now["out"]) is tied
    for name, table in now.items():
        assert torch.equal(table[:count], old[name][:count])
        for number, parts in zip(ids, spelled, strict=True):
            assert len(parts) > 1
            torch.testing.assert_close(table[number], old[name][parts].mean(0))
    logits = model(torch.tensor([ids])).logits
    assert logits.shape[-1] == model.config.vocab_size
    assert torch.isfinite(logits).all()


def test_tokens_that_are_there_are_left_as_they_are(tokenizer: Any) -> None:
    model = model_of(len(tokenizer), tied=True)
    assert len(add_block_tokens(tokenizer, model, TOKENS)) == len(TOKENS)
    before = model.get_input_embeddings().weight.detach().clone()
    assert add_block_tokens(tokenizer, model, TOKENS) == []
    assert torch.equal(model.get_input_embeddings().weight, before)


def test_a_head_with_a_bias_has_its_mean_too(tokenizer: Any) -> None:
    model = model_of(len(tokenizer), tied=False)
    model.lm_head = torch.nn.Linear(64, len(tokenizer))
    spelled = tokenizer.encode(TOKENS[0])
    (number, *_) = add_block_tokens(tokenizer, model, TOKENS)
    torch.testing.assert_close(model.lm_head.bias[number], model.lm_head.bias[spelled].mean())


@pytest.mark.parametrize("kind", ["smollm2", "bytes", "sentencepiece"])
def test_they_are_split_out_exactly_and_survive_saving(kind: str, tmp_path: Path) -> None:
    tokenizer = opened(kind, "mathcoder", tmp_path)
    tokenizer.save_pretrained(tmp_path / "saved")
    for each in (tokenizer, transformers.AutoTokenizer.from_pretrained(tmp_path / "saved")):
        for token in TOKENS:
            (number,) = each.encode(token, add_special_tokens=False)
            assert each.decode([number]) == token
            for text in (f"x{token}y", f" {token} ", f"\n\n{token}\n", f"<{token}>", token * 3):
                assert each.encode(text).count(number) == text.count(token)
            assert number not in each.encode(token.replace("<|", "<\\|").lower() + token.upper())


def test_the_end_of_a_message_ends_a_generation(tokenizer: Any) -> None:
    model = model_of(len(tokenizer), tied=True)
    add_block_tokens(tokenizer, model, TOKENS)
    end = end_messages_with(tokenizer, model, "mathcoder")
    assert tokenizer.eos_token == "<|endofmessage|>"
    assert end == tokenizer.eos_token_id == model.config.eos_token_id == model.generation_config.eos_token_id
    assert end_messages_with(deepcopy(byte_level(greedy=False)), None, "tools") == 0


def test_dialects_have_their_tokens() -> None:
    assert block_tokens("markdown") == SPECIAL[1:]
    assert block_tokens("tools") == ()
    assert len(set(TOKENS)) == len(TOKENS) == 8
