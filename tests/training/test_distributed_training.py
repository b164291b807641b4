"""Two processes train as one does: with a copy of the model each (DDP), and with a part of it each (FSDP2)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

torch: Any = pytest.importorskip("torch")
pytest.importorskip("accelerate")
pytest.importorskip("peft")

from made_recipes import write_recipe  # noqa: E402
from packed_training import CONFIG  # noqa: E402

from mathcoder.training.recipe import load_pretrain_recipe, load_sft_recipe  # noqa: E402
from mathcoder.training.train import train  # noqa: E402

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(600)]

PROGRAM = Path(__file__).with_name("sharded_training.py")
STEPS = 6
OPTIM = {"batch": 4, "micro_batch": 1}
FSDP2 = (
    *("--use_fsdp", "--fsdp_version", "2", "--fsdp_auto_wrap_policy", "TRANSFORMER_BASED_WRAP"),
    *("--fsdp_state_dict_type", "SHARDED_STATE_DICT"),
)
# With --cpu, accelerate starts one process however many are asked for. Without a GPU these take the CPU anyway.
DDP = ("--multi_gpu",)
BOTH = ("--num_processes", "2", "--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no")
PORT = ("--main_process_ip", "127.0.0.1", "--main_process_port", "0")  # any that is free
ENVIRONMENT = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}


def launched(*command: str) -> tuple[int, str]:
    """Run `accelerate launch`, whose processes end with it; returns its exit status and all that was said."""
    arguments = [sys.executable, "-m", "accelerate.commands.launch", *BOTH, *PORT, *command]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT
    ) as process:
        try:
            said, _ = process.communicate(timeout=200)
        except BaseException:
            process.terminate()  # it ends what it started
            process.wait(60)
            raise
    return process.returncode, said


def sharded(kind: str, recipe: Path, folder: Path, *, steps: int = STEPS, most: int = 0) -> tuple[int, str]:
    return launched(*FSDP2, str(PROGRAM), kind, str(recipe), str(folder), str(steps), str(most))


def alone(kind: str, recipe: Path, folder: Path, steps: int = STEPS) -> None:
    torch.set_num_threads(1)
    train(load_sft_recipe(recipe) if kind == "sft" else load_pretrain_recipe(recipe), folder, steps=steps)


def logged(folder: Path, name: str) -> list[float]:
    (last,) = folder.glob(f"checkpoints/checkpoint-{STEPS}")
    lines = json.loads((last / "trainer_state.json").read_text())["log_history"]
    return [line[name] for line in lines if "loss" in line]


def the_same(one: Path, two: Path) -> None:
    """What was logged, and what came out."""
    for name in ("loss", "grad_norm", "learning_rate", "tokens"):
        assert len(logged(one, name)) == STEPS
        assert logged(two, name) == pytest.approx(logged(one, name), rel=1e-5), name
    processes = len(list((two / "checkpoints" / f"checkpoint-{STEPS}").glob("rng_state_*.pth")))
    assert processes == 2
    wanted, found = (read_weights(folder / "model") for folder in (one, two))
    assert found.keys() == wanted.keys()
    for name, tensor in wanted.items():
        assert torch.allclose(found[name], tensor, atol=1e-5), name


def read_weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    (path,) = folder.glob("*.safetensors")
    return load_file(path)


def test_a_copy_each(tmp_path: Path):
    recipe = write_recipe(tmp_path, "pretrain", optim=OPTIM, context=64)
    alone("pretrain", recipe, tmp_path / "one")
    ask = ("pretrain", str(recipe), "--output", str(tmp_path / "two"), "--steps", str(STEPS))
    status, said = launched(*DDP, "-m", "mathcoder", "train", *ask)
    assert status == 0, said
    the_same(tmp_path / "one", tmp_path / "two")
    assert (tmp_path / "two" / "report.html").is_file()


def test_a_part_each_also_from_a_checkpoint(tmp_path: Path):
    drawn = write_recipe(tmp_path / "base", "pretrain")
    alone("pretrain", drawn, tmp_path / "base" / "run", steps=1)
    base = {"weights": str(tmp_path / "base" / "run" / "model"), "config": None}
    recipe = write_recipe(tmp_path, "pretrain", base=base, optim=OPTIM, context=64)
    alone("pretrain", recipe, tmp_path / "one")
    for steps in (3, STEPS):
        status, said = sharded("pretrain", recipe, tmp_path / "two", steps=steps)
        assert status == 0, said
    the_same(tmp_path / "one", tmp_path / "two")
    assert '"going_on", "step": 3' in (tmp_path / "two" / "log.jsonl").read_text()

    from transformers import AutoModelForCausalLM

    tokens = torch.arange(40)[None]
    wanted, found = (
        AutoModelForCausalLM.from_pretrained(tmp_path / name / "model")(tokens).logits for name in ("one", "two")
    )
    assert torch.allclose(found, wanted, atol=1e-4)


@pytest.mark.parametrize("lora", [None, {"dropout": 0.0}], ids=["all weights", "adapters and new tokens"])
def test_solutions_with_a_part_each(tmp_path: Path, lora: dict[str, Any] | None):
    config = {name: value for name, value in CONFIG.items() if name != "vocab_size"}
    config |= {"max_position_embeddings": 4096, "tie_word_embeddings": False}
    recipe = write_recipe(
        tmp_path,
        "sft",
        base={"config": config, "gradient_checkpointing": lora is None},
        lora=lora,
        optim=OPTIM,
        context=2048,
    )
    alone("sft", recipe, tmp_path / "one")
    status, said = sharded("sft", recipe, tmp_path / "two")
    assert status == 0, said
    the_same(tmp_path / "one", tmp_path / "two")


def test_new_tokens_of_one_matrix_are_refused(tmp_path: Path):
    status, said = sharded("sft", write_recipe(tmp_path, "sft"), tmp_path / "run")
    assert status != 0
    assert "LoRA with new tokens is not supported under FSDP2" in said
    assert f'File "{PROGRAM}"' not in said  # a line, and no traceback but the launcher's own


def test_memory_that_runs_out_in_one_process(tmp_path: Path):
    recipe = write_recipe(tmp_path, "pretrain", optim={"batch": 4, "micro_batch": 2}, context=64)
    alone("pretrain", recipe, tmp_path / "one")
    status, said = sharded("pretrain", recipe, tmp_path / "two", most=100)
    assert status != 0
    assert "tokens at a time; start the same command again: it takes" in said
    assert json.loads((tmp_path / "two" / "memory.json").read_text())["tokens"] <= 100
    status, said = sharded("pretrain", recipe, tmp_path / "two", most=100)
    assert status == 0, said
    the_same(tmp_path / "one", tmp_path / "two")
