"""What a token costs a model, against what torch counts; what a device does, measured."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from watched_training import small_model  # noqa: E402

from mathcoder.training.throughput import flops_per_token, peak_flops  # noqa: E402

pytestmark = pytest.mark.heavy

LENGTH = 64


def counted(model: Any) -> float:
    """Operations of a forward and a backward pass for one token, as torch's own counter has them."""
    from torch.utils.flop_counter import FlopCounterMode

    ids = torch.arange(LENGTH)[None]
    with FlopCounterMode(display=False) as counter:
        model(input_ids=ids, labels=ids).loss.backward()
    return counter.get_total_flops() / LENGTH


@pytest.mark.parametrize("tied", [False, True])
def test_all_weights_are_counted_as_torch_counts_them(tied: bool) -> None:
    model = small_model(tie_word_embeddings=tied, attn_implementation="eager")
    # Nobody asks for the gradient of the embeddings' lookup; the formula has all of attention, causal or not.
    assert flops_per_token(model, LENGTH) == pytest.approx(counted(model), rel=0.01)


def test_adapters_leave_out_the_gradients_of_frozen_weights() -> None:
    peft = pytest.importorskip("peft")
    model = small_model(attn_implementation="eager")
    whole = flops_per_token(model, LENGTH)
    adapted = peft.get_peft_model(model, peft.LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"))
    asked = flops_per_token(adapted, LENGTH)
    assert 0.6 * whole < asked < 0.85 * whole
    # Layers below the first adapter need no gradient of their input, which the formula does not leave out.
    assert asked == pytest.approx(counted(adapted), rel=0.15)


def test_longer_documents_cost_more_in_attention_only() -> None:
    model = small_model()
    assert flops_per_token(model, 200) - flops_per_token(model, 100) == 12 * 2 * 64 * 100


def test_a_processor_is_measured() -> None:
    state = torch.get_rng_state()
    peak = peak_flops(torch.device("cpu"), "float32")
    assert (peak.device, peak.source) == ("cpu", "measured")
    assert peak.flops > 1e8
    assert torch.equal(torch.get_rng_state(), state)
