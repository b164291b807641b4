"""The attention `packed`: documents in one sequence are attended to as if each stood alone."""

from __future__ import annotations

from typing import Any

import pytest

torch: Any = pytest.importorskip("torch")
pytest.importorskip("transformers")

from packed_training import BASE, CONFIG, VOCABULARY, small_model  # noqa: E402

from mathcoder.training.attention import bounds_of  # noqa: E402

pytestmark = pytest.mark.heavy

SIZES = (7, 1, 30, 7, 64, 2)


def sequence() -> tuple[Any, Any]:
    generator = torch.Generator().manual_seed(0)
    tokens = torch.randint(0, VOCABULARY, (1, sum(SIZES)), generator=generator)
    return tokens, torch.cat([torch.arange(size) for size in SIZES]).unsqueeze(0)


def logits(model: Any, tokens: Any, positions: Any, told: bool = True) -> Any:
    bounds = bounds_of(positions) if told else {}
    return model(input_ids=tokens, position_ids=positions, use_cache=False, **bounds).logits


def test_bounds():
    _, positions = sequence()
    told = bounds_of(positions)
    assert told["bounds"] == (0, 7, 8, 38, 45, 109, 111)
    assert told["cu_seq_lens_q"].tolist() == list(told["bounds"])
    assert told["max_length_k"] == 64
    for wrong in (positions[:, 1:], positions.expand(2, -1), positions[0]):
        with pytest.raises(ValueError, match="packed sequence"):
            bounds_of(wrong)


@pytest.mark.parametrize("kind", ["llama", "qwen2", "mistral", "gemma3_text", "phi3"])
def test_as_documents_alone_and_as_sdpa(kind: str):
    config = {**CONFIG, "model_type": kind, "pad_token_id": 0, "head_dim": 16}
    if kind in ("mistral", "gemma3_text"):
        config["sliding_window"] = 16  # shorter than some documents
    model = small_model(BASE.model_copy(update={"config": config})).eval()
    tokens, positions = sequence()
    with torch.no_grad():
        together = logits(model, tokens, positions)
        derived = logits(model, tokens, positions, told=False)
        model.set_attn_implementation("sdpa")
        masked = logits(model, tokens, positions)
        parts = zip(tokens.split(SIZES, 1), positions.split(SIZES, 1), strict=True)
        alone = torch.cat([logits(model, *part) for part in parts], dim=1)
    assert (together - alone).abs().max() < 1e-5
    assert (together - masked).abs().max() < 1e-5
    assert torch.equal(together, derived)


def test_a_document_knows_nothing_of_others():
    model = small_model().eval()
    tokens, positions = sequence()
    changed = tokens.clone()
    changed[0, :8] = (changed[0, :8] + 1) % VOCABULARY
    with torch.no_grad():
        before, after = logits(model, tokens, positions), logits(model, changed, positions)
    assert torch.equal(before[:, 8:], after[:, 8:])
    assert not torch.allclose(before[:, :8], after[:, :8])


@pytest.mark.parametrize("checkpointing", [False, True])
def test_gradients_as_those_of_sdpa(checkpointing: bool):
    found: list[dict[str, Any]] = []
    for attention in ("packed", "sdpa"):
        base = BASE.model_copy(update={"attention": attention, "gradient_checkpointing": checkpointing})
        model = small_model(base)
        tokens, positions = sequence()
        logits(model, tokens, positions).pow(2).mean().backward()
        found.append({name: parameter.grad for name, parameter in model.named_parameters()})
    packed, sdpa = found
    for name in packed:
        assert torch.allclose(packed[name], sdpa[name], atol=1e-6), name


def test_no_mask_is_built(monkeypatch: pytest.MonkeyPatch):
    import transformers.masking_utils as masks

    def fail(**_: Any) -> None:
        raise AssertionError("a mask was asked for")

    monkeypatch.setattr(masks, "sdpa_mask", fail)
    tokens, positions = sequence()
    logits(small_model(), tokens, positions)


def test_generation_is_that_of_sdpa():
    model = small_model().eval()
    tokens = torch.randint(0, VOCABULARY, (2, 12), generator=torch.Generator().manual_seed(1))
    padded = torch.ones_like(tokens)
    padded[0, :5] = 0
    found = []
    for attention in ("packed", "sdpa"):
        model.set_attn_implementation(attention)
        asked = {"max_new_tokens": 8, "do_sample": False, "use_cache": True, "pad_token_id": 0}
        found.append((model.generate(tokens, attention_mask=padded, **asked), model.generate(tokens[:1], **asked)))
    assert torch.equal(found[0][0], found[1][0])
    assert torch.equal(found[0][1], found[1][1])
