"""Steps of the trainer: losses, gradients, micro batches, memory, numbers that are none, rates."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

torch: Any = pytest.importorskip("torch")
pytest.importorskip("transformers")

from packed_training import BASE, CONTEXT, all_rows, losses, made_rows, small_model, small_recipe, weights  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

from mathcoder.training.losses import summed_loss  # noqa: E402
from mathcoder.training.recipe import HeldOutPart, LoraPart, TrainRecipe  # noqa: E402
from mathcoder.training.rows import NO_LOSS, PackedRows, collate  # noqa: E402
from mathcoder.training.shards import ShardWriter  # noqa: E402
from mathcoder.training.trainer import PackedTrainer, TrainingError  # noqa: E402

pytestmark = pytest.mark.heavy


@pytest.fixture
def rows(tmp_path: Path) -> PackedRows:
    return made_rows(tmp_path / "rows")


def trained(recipe: TrainRecipe, folder: Path, rows: PackedRows, model: Any = None, **asked: Any) -> PackedTrainer:
    trainer = PackedTrainer(
        model or small_model(recipe.base), recipe, folder, rows, asked.pop("held_out", {}), **asked
    )
    trainer.run()
    return trainer


def alone(model: Any, rows: PackedRows, which: range) -> tuple[Any, int]:
    """The loss of rows as transformers takes it of each document alone: its sum, and how many are learned."""
    total, count = 0, 0
    for row in which:
        item = rows[row]
        starts = [*(item["position_ids"] == 0).nonzero().flatten().tolist(), len(item["input_ids"])]
        for start, stop in pairwise(starts):
            tokens, labels = (item[name][None, start:stop] for name in ("input_ids", "labels"))
            learned = int((labels[:, 1:] != NO_LOSS).sum())
            if learned:
                loss = model(input_ids=tokens, labels=labels, use_cache=False).loss
                total, count = total + loss * learned, count + learned
    return total, count


@pytest.mark.parametrize("checkpointing", [False, True])
def test_loss_and_gradients_as_of_documents_alone(rows: PackedRows, checkpointing: bool):
    model = small_model(BASE.model_copy(update={"gradient_checkpointing": checkpointing}))
    expected, count = alone(model, rows, range(6))
    (expected / count).backward()
    wanted = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
    model.zero_grad()
    found = summed_loss(model, collate([rows[row] for row in range(6)]))
    (found / count).backward()
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)
    for name, parameter in model.named_parameters():
        assert torch.allclose(parameter.grad, wanted[name], atol=1e-6), name


def test_nothing_learned_gives_a_gradient_of_zero():
    model = small_model()
    sequence = {"input_ids": torch.zeros(1, 3, dtype=torch.long), "position_ids": torch.arange(3)[None]}
    loss = summed_loss(model, {**sequence, "labels": torch.full((1, 3), NO_LOSS)})
    loss.backward()
    assert float(loss) == 0
    assert all(not parameter.grad.any() for parameter in model.parameters() if parameter.grad is not None)


@pytest.mark.parametrize("lora", [None, LoraPart(rank=4)])
def test_micro_batches_change_nothing(tmp_path: Path, rows: PackedRows, lora: LoraPart | None):
    from mathcoder.training.model import with_lora

    found = []
    for size in (4, 1, 3):
        model = small_model()
        if lora:
            torch.manual_seed(0)
            model = with_lora(model, lora, [3])
        trainer = trained(small_recipe(optim={"micro_batch": size}, lora=lora), tmp_path / str(size), rows, model)
        found.append((losses(trainer), weights(model)))
    for other, changed in found[1:]:
        assert other == pytest.approx(found[0][0], rel=1e-5)
        for name, tensor in changed.items():
            assert torch.allclose(tensor, found[0][1][name], atol=2e-4), name
    assert found[0][0][-1] != found[0][0][0]


def test_the_first_logged_loss_is_that_of_the_first_rows(tmp_path: Path, rows: PackedRows):
    expected, count = alone(small_model(), rows, range(4))
    trainer = trained(small_recipe(), tmp_path, rows, last_step=1)
    assert losses(trainer)[0] == pytest.approx(float(expected / count), rel=1e-5)


def test_every_row_is_seen_once_and_tokens_are_counted(tmp_path: Path, rows: PackedRows):
    assert len(rows) % 4  # the last step is a smaller one
    trainer = trained(small_recipe(), tmp_path, rows)
    assert trainer.state.global_step == -(-len(rows) // 4)
    assert trainer.state.num_input_tokens_seen == rows.packing.tokens
    seen = [line["tokens"] for line in trainer.state.log_history if "loss" in line]
    assert seen == [int(rows.packing.lengths[: 4 * step].sum()) for step in range(1, len(seen) + 1)]


def test_workers_of_the_loader_change_nothing(tmp_path: Path, rows: PackedRows):
    found = [
        weights(trained(small_recipe(loader_workers=count), tmp_path / str(count), rows).model) for count in (0, 2)
    ]
    assert all(torch.equal(tensor, found[1][name]) for name, tensor in found[0].items())


def test_bfloat16_is_close(tmp_path: Path, rows: PackedRows):
    half = small_recipe(BASE.model_copy(update={"compute": "bfloat16"}))
    found = [losses(trained(recipe, tmp_path / str(at), rows)) for at, recipe in enumerate((small_recipe(), half))]
    assert found[1] == pytest.approx(found[0], rel=2e-2)
    assert found[1] != found[0]


def limited(model: Any, most: int, error: Exception) -> list[int]:
    """Have a model run out of memory with more than `most` tokens; returns the sizes that it was given."""
    forward, sizes = model.forward, list[int]()

    def checked(*args: Any, **asked: Any) -> Any:
        sizes.append(asked["input_ids"].shape[1])
        if sizes[-1] > most:
            raise error
        return forward(*args, **asked)

    model.forward = checked
    return sizes


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("no"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried"),
    ],
)
def test_memory_that_runs_out(tmp_path: Path, rows: PackedRows, error: Exception):
    recipe = small_recipe(optim={"micro_batch": 4})
    plain = trained(recipe, tmp_path / "plain", rows)
    model = small_model()
    sizes = limited(model, 100, error)
    tight = trained(recipe, tmp_path / "tight", rows, model)
    assert losses(tight) == pytest.approx(losses(plain), rel=1e-5)
    for name, tensor in weights(plain.model).items():
        assert torch.allclose(weights(tight.model)[name], tensor, atol=2e-4), name
    assert tight.state.num_input_tokens_seen == rows.packing.tokens
    failed = [size for size in sizes if size > 100]
    assert 1 <= len(failed) <= 3  # halved, and smaller from then on
    kept = json.loads((tmp_path / "tight" / "memory.json").read_text())["tokens"]
    assert [line["micro_batch_tokens"] for line in tight.state.log_history if "micro_batch_tokens" in line][
        -1
    ] == kept

    again = small_model()
    sizes = limited(again, 100, error)
    trained(recipe, tmp_path / "tight", rows, again)
    assert max(sizes) <= 100


def test_a_document_that_does_not_fit(tmp_path: Path, rows: PackedRows):
    model = small_model()
    limited(model, 20, torch.OutOfMemoryError("no"))
    with pytest.raises(TrainingError, match=r"a document of \d+ tokens does not fit"):
        trained(small_recipe(), tmp_path, rows, model)


def test_other_errors_are_not_taken_for_memory(tmp_path: Path, rows: PackedRows):
    model = small_model()
    limited(model, 0, RuntimeError("shapes"))
    with pytest.raises(RuntimeError, match="shapes"):
        trained(small_recipe(), tmp_path, rows, model)


def test_a_loss_that_is_no_number(tmp_path: Path, rows: PackedRows):
    model = small_model()
    trainer = trained(small_recipe(), tmp_path / "plain", rows, last_step=2)
    expected = weights(trainer.model)
    forward, calls = model.forward, []

    def broken(*args: Any, **asked: Any) -> Any:
        output = forward(*args, **asked)
        calls.append(1)
        if len(calls) == 6:  # two micro batches a step: the second of the third step
            output = output * float("nan")
        return output

    model.forward = broken
    with pytest.raises(TrainingError, match=r"step 3: loss is nan; .*step-3"):
        trained(small_recipe(), tmp_path / "run", rows, model)
    assert all(torch.equal(tensor, expected[name]) for name, tensor in weights(model).items())
    folder = tmp_path / "run" / "nan" / "step-3"
    kept, facts = load_file(folder / "batch-0.safetensors"), json.loads((folder / "batch-0.json").read_text())
    assert facts["rows"] == [8, 9, 10, 11]
    assert facts["step"] == 3
    for number in (0, 1):
        batch = collate([rows[row] for row in facts["rows"][2 * number : 2 * number + 2]])
        for name, tensor in batch.items():
            assert torch.equal(kept[f"{number}.{name}"], tensor)
    assert sum(map(len, facts["documents"])) == sum(
        int((tensor == 0).sum()) for name, tensor in kept.items() if name.endswith("position_ids")
    )


def test_a_gradient_that_is_no_number(tmp_path: Path, rows: PackedRows):
    model = small_model()
    before = weights(model)
    model.model.norm.weight.register_hook(lambda gradient: gradient * float("inf"))
    with pytest.raises(TrainingError, match=r"step 1: grad_norm is (nan|inf)"):
        trained(small_recipe(), tmp_path, rows, model)
    assert all(torch.equal(tensor, before[name]) for name, tensor in weights(model).items())
    assert (tmp_path / "nan" / "step-1" / "batch-0.safetensors").is_file()


def test_rows_without_anything_to_learn(tmp_path: Path):
    with ShardWriter(tmp_path / "rows", vocabulary=200, masked=True) as writer:
        for number in range(4):
            writer.add(f"document-{number}", list(range(CONTEXT)), [number != 2] * CONTEXT)
    rows = all_rows(tmp_path / "rows")
    with pytest.raises(TrainingError, match=r"rows \d \(document-2\): nothing in them is learned"):
        trained(small_recipe(optim={"micro_batch": 1}), tmp_path, rows)


def test_held_out_losses(tmp_path: Path, rows: PackedRows):
    held_out = {
        "web": made_rows(tmp_path / "web", seed=1),
        "books": made_rows(tmp_path / "books", seed=2, masked=False),
    }
    recipe = small_recipe(held_out=HeldOutPart(every_steps=3))
    model = small_model()
    with torch.no_grad():
        expected = {name: alone(model, rows, range(len(rows))) for name, rows in held_out.items()}
    trainer = trained(recipe, tmp_path, rows, model, held_out=held_out)
    lines = [line for line in trainer.state.log_history if "eval_web_loss" in line]
    steps = trainer.state.global_step
    assert [line["step"] for line in lines] == [0, *range(3, steps, 3), steps]
    for name, (total, count) in expected.items():
        assert lines[0][f"eval_{name}_loss"] == pytest.approx(float(total / count), rel=1e-5)
        with torch.no_grad():
            total, count = alone(model.eval(), held_out[name], range(len(held_out[name])))
        assert trainer.last_losses()[1][name] == pytest.approx(float(total / count), rel=1e-5)


def test_rates_and_decay(tmp_path: Path, rows: PackedRows):
    recipe = small_recipe(optim={"weight_decay": 0.1, "betas": (0.8, 0.95), "epsilon": 1e-6, "clip": 0.5})
    trainer = trained(recipe, tmp_path, rows)
    rates = [line["learning_rate"] for line in trainer.state.log_history if "learning_rate" in line]
    factors = [trainer.schedule.factor(step) for step in range(len(rates))]
    assert rates == pytest.approx([1e-2 * factor for factor in factors])
    decayed, other = trainer.optimizer.param_groups
    assert {parameter.ndim for parameter in decayed["params"]} == {2}
    assert {parameter.ndim for parameter in other["params"]} == {1}
    assert (decayed["weight_decay"], other["weight_decay"]) == (0.1, 0)
    assert (decayed["betas"], decayed["eps"]) == ((0.8, 0.95), 1e-6)
    assert trainer.args.max_grad_norm == 0.5


def test_the_last_step_of_a_trial_keeps_the_schedule(tmp_path: Path, rows: PackedRows):
    whole = trained(small_recipe(), tmp_path / "whole", rows)
    trial = trained(small_recipe(), tmp_path / "trial", rows, last_step=3)
    assert trial.state.global_step == 3
    assert losses(trial) == losses(whole)[:3]
    rates = [
        [line["learning_rate"] for line in one.state.log_history if "learning_rate" in line]
        for one in (trial, whole)
    ]
    assert rates[0] == rates[1][:3]
    assert (tmp_path / "trial" / "checkpoints" / "checkpoint-3" / "complete.json").is_file()
