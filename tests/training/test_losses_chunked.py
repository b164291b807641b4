"""The loss whose logits are taken of some positions at a time is the loss of all at once."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch: Any = pytest.importorskip("torch")
pytest.importorskip("peft")

from packed_training import BASE, CONFIG, VOCABULARY, small_model  # noqa: E402
from test_memory_training import Living  # noqa: E402
from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402

from mathcoder.training import losses  # noqa: E402
from mathcoder.training.losses import summed_loss  # noqa: E402
from mathcoder.training.model import load_model, with_lora  # noqa: E402
from mathcoder.training.recipe import BasePart, LoraPart  # noqa: E402
from mathcoder.training.rows import NO_LOSS  # noqa: E402

pytestmark = pytest.mark.heavy

PACKED = (70, 3, 90)


def sequence(*lengths: int, words: int = VOCABULARY, seed: int = 0) -> dict[str, Any]:
    """Documents of which some tokens are learned."""
    random = torch.Generator().manual_seed(seed)
    ids = torch.randint(0, words, (1, sum(lengths)), generator=random)
    labels = torch.where(torch.rand(ids.shape, generator=random) < 0.7, ids, NO_LOSS)
    positions = torch.cat([torch.arange(length) for length in lengths])[None]
    return {"input_ids": ids, "labels": labels.masked_fill(positions == 0, NO_LOSS), "position_ids": positions}


def stepped(model: Any, rows: dict[str, Any], scale: float = 1.0) -> tuple[float, dict[str, Any]]:
    model.zero_grad()
    loss = summed_loss(model, rows)
    (loss * scale).backward()
    return float(loss.detach()), {
        name: parameter.grad.clone() for name, parameter in model.named_parameters() if parameter.grad is not None
    }


def compare(model: Any, monkeypatch: pytest.MonkeyPatch, *, near: float = 1e-6) -> None:
    rows = sequence(*PACKED)
    whole, expected = stepped(model, rows, 0.01)
    monkeypatch.setattr(losses, "POSITIONS", 16)
    found, gradients = stepped(model, rows, 0.01)
    assert found == pytest.approx(whole, rel=near)
    assert gradients.keys() == expected.keys()
    for name, gradient in gradients.items():
        torch.testing.assert_close(gradient, expected[name], rtol=near * 10, atol=near, msg=name)


@pytest.mark.parametrize(
    "changes",
    [
        {"tie_word_embeddings": True},
        {"tie_word_embeddings": False},
        # Their logits are scaled, or cut off, behind the head.
        {"model_type": "gemma2", "head_dim": 16, "final_logit_softcapping": 0.5, "attn_logit_softcapping": None},
        {"model_type": "granite", "logits_scaling": 5.0},
    ],
    ids=["tied", "untied", "gemma2", "granite"],
)
@pytest.mark.parametrize("recomputed", [False, True], ids=["kept", "again"])
def test_loss_and_gradients_of_a_bare_model(changes: Any, recomputed: bool, monkeypatch: pytest.MonkeyPatch):
    base = BASE.model_copy(update={"config": {**CONFIG, **changes}, "gradient_checkpointing": recomputed})
    model = small_model(base)
    with torch.no_grad():
        model.get_output_embeddings().weight.mul_(30)  # so that what is behind the head matters
    compare(model, monkeypatch)


@pytest.mark.parametrize(
    ("targets", "tied"),
    [("all-linear", True), ("all-linear", False), (("q_proj", "lm_head"), False)],
    ids=["tied", "untied", "head"],
)
def test_adapters_and_trained_rows(targets: Any, tied: bool, monkeypatch: pytest.MonkeyPatch):
    base = BASE.model_copy(update={"config": {**CONFIG, "tie_word_embeddings": tied}})
    torch.manual_seed(0)
    model = with_lora(small_model(base), LoraPart(rank=4, targets=targets), [5, 9])
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name or "trainable_tokens" in name:
                parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)) * 0.05)
    compare(model, monkeypatch)


def test_products_in_bfloat16(monkeypatch: pytest.MonkeyPatch):
    model = small_model()
    with torch.autocast("cpu", torch.bfloat16):
        compare(model, monkeypatch, near=1e-3)


def test_nothing_and_little_to_learn(monkeypatch: pytest.MonkeyPatch):
    model = small_model()
    monkeypatch.setattr(losses, "POSITIONS", 4)
    rows = sequence(9)
    nothing = {**rows, "labels": torch.full((1, 9), NO_LOSS)}
    loss, gradients = stepped(model, nothing)
    assert loss == 0
    assert gradients
    assert not any(gradient.any() for gradient in gradients.values())
    for learned in (1, 4, 5, 8):
        labels = torch.full((1, 9), NO_LOSS)
        labels[0, -learned:] = rows["input_ids"][0, -learned:]
        with torch.no_grad():
            logits = model(input_ids=rows["input_ids"], use_cache=False).logits[0, -learned - 1 : -1]
            expected = torch.nn.functional.cross_entropy(logits, labels[0, -learned:], reduction="sum")
            assert float(summed_loss(model, {**rows, "labels": labels})) == pytest.approx(
                float(expected), rel=1e-6
            )


def test_the_models_own_forward_stays():
    model = small_model()
    ids = sequence(20)["input_ids"]
    plain = type(model).forward(model, input_ids=ids, use_cache=False).logits
    assert torch.equal(model(input_ids=ids, use_cache=False).logits, plain)
    twin = copy.deepcopy(model)
    with torch.no_grad():
        next(iter(model.parameters())).zero_()
    assert torch.equal(twin(input_ids=ids, use_cache=False).logits, plain)
    assert twin.generate(ids, max_new_tokens=2, do_sample=False).shape == (1, 22)


@pytest.fixture
def one_process(tmp_path: Path) -> Iterator[Any]:
    distributed: Any = torch.distributed
    if distributed.is_initialized():
        pytest.skip("there is a process group already")
    distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/group", rank=0, world_size=1)
    yield distributed
    distributed.destroy_process_group()


def test_data_parallel(one_process: Any, monkeypatch: pytest.MonkeyPatch):
    from torch.nn.parallel import DistributedDataParallel

    model = small_model()
    whole, expected = stepped(model, sequence(*PACKED))
    monkeypatch.setattr(losses, "POSITIONS", 16)
    found, gradients = stepped(DistributedDataParallel(model), sequence(*PACKED))
    assert found == pytest.approx(whole, rel=1e-6)
    for name, gradient in expected.items():
        torch.testing.assert_close(gradients[f"module.{name}"], gradient, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("tied", [True, False], ids=["tied", "untied"])
@pytest.mark.parametrize("recomputed", [False, True], ids=["kept", "again"])
def test_sharded(one_process: Any, tied: bool, recomputed: bool, monkeypatch: pytest.MonkeyPatch):
    from torch.distributed.fsdp import fully_shard

    base = BASE.model_copy(
        update={"config": {**CONFIG, "tie_word_embeddings": tied}, "gradient_checkpointing": recomputed}
    )
    model = small_model(base)
    whole, expected = stepped(model, sequence(*PACKED))
    mesh = torch.distributed.init_device_mesh("cpu", (1,))
    for layer in model.model.layers:
        fully_shard(layer, mesh=mesh, reshard_after_forward=True)
    fully_shard(model, mesh=mesh, reshard_after_forward=True)
    monkeypatch.setattr(losses, "POSITIONS", 16)
    for _ in range(2):
        found, gradients = stepped(model, sequence(*PACKED))
        assert found == pytest.approx(whole, rel=1e-6)
        for name, gradient in expected.items():
            torch.testing.assert_close(gradients[name].full_tensor(), gradient, rtol=1e-5, atol=1e-5)


class Largest(TorchDispatchMode):
    """Notes the numbers of the largest tensor that is made."""

    numbers = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = function(*args, **(kwargs or {}))
        if isinstance(made, torch.Tensor):
            self.numbers = max(self.numbers, made.numel())
        return made


def test_logits_of_no_more_positions_are_held():
    words, hidden = 3000, 32
    config = {**CONFIG, "vocab_size": words, "hidden_size": hidden, "intermediate_size": 48}
    model = load_model(BasePart(weights=None, config=config, tokenizer="none"), seed=0)
    rows = sequence(losses.POSITIONS * 3, words=words)
    taken = int((rows["labels"][0, 1:] != NO_LOSS).sum())
    assert taken > 2 * losses.POSITIONS
    living, largest = Living(), Largest()
    with living, largest:
        summed_loss(model, rows).backward()
    assert largest.numbers == losses.POSITIONS * words
    whole = taken * words * 4
    assert living.most < 2.5 * whole  # all at once, logits, their logarithms and their gradients are three of it
