"""What a plan says of memory, beside what tensors of a real step take."""

from __future__ import annotations

import weakref
from contextlib import nullcontext
from typing import Any

import pytest

from mathcoder.training.memory import Numbers, Sizes, activation_bytes, memory_of

torch: Any = pytest.importorskip("torch")
pytestmark = pytest.mark.heavy

from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402
from torch.utils._pytree import tree_leaves  # noqa: E402

from mathcoder.training.losses import summed_loss  # noqa: E402
from mathcoder.training.model import load_model, with_lora  # noqa: E402
from mathcoder.training.recipe import BasePart, LoraPart  # noqa: E402

CONFIGS: dict[str, dict[str, Any]] = {
    "llama": {
        "model_type": "llama",
        "vocab_size": 600,
        "hidden_size": 192,
        "intermediate_size": 512,
        "num_hidden_layers": 4,
        "num_attention_heads": 6,
        "num_key_value_heads": 2,
    },
    "mistral": {
        "model_type": "mistral",
        "vocab_size": 300,
        "hidden_size": 128,
        "intermediate_size": 448,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 1,
        "sliding_window": None,
    },
    "tied": {
        "model_type": "llama",
        "vocab_size": 1000,
        "hidden_size": 96,
        "intermediate_size": 256,
        "num_hidden_layers": 5,
        "num_attention_heads": 4,
        "tie_word_embeddings": True,
    },
}
BYTES = {"float32": 4, "bfloat16": 2}
RANK = 8


class Living(TorchDispatchMode):
    """Counts the bytes of tensors that live, and the most there were."""

    def __init__(self):
        super().__init__()
        self.now = self.most = 0
        self._known: dict[int, int] = {}

    def see(self, tensor: Any) -> None:
        storage = tensor.untyped_storage()
        if storage._cdata not in self._known:
            self._known[storage._cdata] = storage.nbytes()
            self.now += storage.nbytes()
            self.most = max(self.most, self.now)
            weakref.finalize(storage, self._gone, storage._cdata)

    def _gone(self, key: int) -> None:
        self.now -= self._known.pop(key)

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = function(*args, **(kwargs or {}))
        for tensor in tree_leaves(made):
            if isinstance(tensor, torch.Tensor):
                self.see(tensor)
        return made


def model_of(config: str, held: str, compute: str, recomputed: bool, lora: bool) -> Any:
    base = BasePart.model_validate(
        {
            "weights": None,
            "config": CONFIGS[config],
            "tokenizer": "none",
            "held_as": held,
            "compute": compute,
            "gradient_checkpointing": recomputed,
        }
    )
    model = load_model(base, seed=0)
    return with_lora(model, LoraPart(rank=RANK)) if lora else model


def sequence(vocabulary: int, *lengths: int) -> dict[str, Any]:
    ids = torch.randint(0, vocabulary, (1, sum(lengths)), generator=torch.Generator().manual_seed(0))
    positions = torch.cat([torch.arange(length) for length in lengths])[None]
    return {"input_ids": ids, "labels": ids, "position_ids": positions}


@pytest.mark.parametrize("lora", [False, True], ids=["full", "lora"])
@pytest.mark.parametrize("recomputed", [False, True], ids=["kept", "again"])
@pytest.mark.parametrize(
    ("held", "compute"), [("float32", "float32"), ("float32", "bfloat16"), ("bfloat16", "bfloat16")]
)
@pytest.mark.parametrize("config", ["llama", "tied"])
def test_a_step_takes_what_is_planned(config: str, held: str, compute: str, recomputed: bool, lora: bool):
    torch.set_num_threads(1)
    model = model_of(config, held, compute, recomputed, lora)
    rows = sequence(CONFIGS[config]["vocab_size"], 120, 60, 60)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], foreach=False)
    living = Living()
    for parameter in model.parameters():
        living.see(parameter.data)
    with living:
        for _ in range(2):  # the second has the moments
            living.most = living.now
            with torch.autocast("cpu", torch.bfloat16) if held != compute else nullcontext():
                loss = summed_loss(model, rows)
            loss.backward()
            del loss
            most = living.most
            optimizer.step()  # gradients stay, as those of an earlier micro batch do
    sizes = Sizes.of(model, RANK if lora else 0)
    numbers = Numbers(BYTES[held], BYTES[compute])
    (planned,) = memory_of(sizes, numbers, 240, recomputed=recomputed, devices=(1,))
    assert planned.total == pytest.approx(most, rel=0.15)
    parameters = list(model.parameters())
    assert planned.weights == pytest.approx(sum(p.nbytes for p in parameters), rel=0.1)
    if not lora:
        assert planned.weights == sum(p.nbytes for p in parameters)
        assert planned.gradients == sum(p.grad.nbytes for p in parameters)
        moments = (state[name] for state in optimizer.state.values() for name in ("exp_avg", "exp_avg_sq"))
        assert planned.moments == sum(moment.nbytes for moment in moments)


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize(
    ("held", "compute"), [("float32", "float32"), ("float32", "bfloat16"), ("bfloat16", "bfloat16")]
)
def test_activations_are_what_autograd_saves(config: str, held: str, compute: str):
    torch.set_num_threads(1)
    model = model_of(config, held, compute, False, False)
    model.set_attn_implementation("sdpa")  # which keeps its result once, as the kernel of `packed` on a GPU does
    own = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    saved: dict[int, Any] = {}

    def pack(tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own and 250 in tensor.shape:  # copies of weights are counted apart
            saved[storage.data_ptr()] = storage
        return tensor

    rows = sequence(CONFIGS[config]["vocab_size"], 250)
    saving = torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor)
    with saving, torch.autocast("cpu", torch.bfloat16) if held != compute else nullcontext():
        output = model.model(input_ids=rows["input_ids"], position_ids=rows["position_ids"], use_cache=False)
    measured = sum(storage.nbytes() for storage in saved.values())
    assert output.last_hidden_state.requires_grad
    kept, again = activation_bytes(Sizes.of(model), 250, Numbers(BYTES[held], BYTES[compute]), recomputed=False)
    assert again == 0
    assert kept == pytest.approx(measured, rel=0.03)


def test_devices_share_what_they_hold():
    model = model_of("llama", "float32", "bfloat16", True, False)
    sizes = Sizes.of(model)
    assert sizes.parameters == sizes.trained == sum(parameter.numel() for parameter in model.parameters())
    assert sizes.layer * sizes.layers + sizes.rest == sizes.parameters
    planned = memory_of(sizes, Numbers(4, 2), 512, recomputed=True, devices=(1, 8, 64))
    one, data, eight, many = planned
    assert [memory.parallelism for memory in planned] == [
        "one device",
        "data parallel",
        "FSDP2 on 8",
        "FSDP2 on 64",
    ]
    assert data.total - one.total == one.gradients
    assert (eight.weights, eight.moments) == (one.weights // 8, one.moments // 8)
    assert eight.copies == many.copies == 2 * (2 * sizes.layer + sizes.rest)
    assert eight.activations == one.activations
    assert many.total < eight.total < one.total


def test_a_model_of_other_widths_is_refused():
    transformers = pytest.importorskip("transformers")
    with torch.device("meta"):
        model = transformers.AutoModelForCausalLM.from_config(transformers.MambaConfig(num_hidden_layers=1))
    with pytest.raises(ValueError, match=r"configuration of the kind 'mamba' has no num_attention_heads"):
        Sizes.of(model)
