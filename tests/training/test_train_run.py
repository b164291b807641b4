"""A run of training, from a recipe to a model: what goes on, what is refused, what is left."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

torch: Any = pytest.importorskip("torch")
transformers: Any = pytest.importorskip("transformers")
pytest.importorskip("peft")

from made_recipes import EXAMPLES, write_recipe  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

from mathcoder.solving.dialects import MathCoderDialect  # noqa: E402
from mathcoder.training.checkpoints import CheckpointError, checkpoints  # noqa: E402
from mathcoder.training.recipe import load_pretrain_recipe, load_sft_recipe  # noqa: E402
from mathcoder.training.train import Trained, train  # noqa: E402

pytestmark = pytest.mark.heavy

TEMPLATE = "{% for message in messages %}<|im_start|>{{ message.content }}<|im_end|>{% endfor %}"

# Trains, and in the midst of the third step of a first time waits for Ctrl-C.
PROGRAM = """
import signal, sys, time
import torch, transformers
from mathcoder.training import trainer
from mathcoder.training.recipe import load_pretrain_recipe
from mathcoder.training.train import Stopped, train

torch.set_num_threads(1)

class Waits(transformers.TrainerCallback):
    def on_step_begin(self, args, state, control, **_):
        if state.global_step == 2 and sys.argv[3] == "wait":
            own = trainer.summed_loss

            def waits(*given):
                trainer.summed_loss = own
                asking = signal.getsignal(signal.SIGINT)
                print("ready", flush=True)
                while signal.getsignal(signal.SIGINT) is asking:
                    time.sleep(0.01)
                return own(*given)

            trainer.summed_loss = waits

try:
    print("done", train(load_pretrain_recipe(sys.argv[1]), sys.argv[2], callbacks=[Waits()]).steps)
except Stopped as stopped:
    print("stopped", stopped)
"""


def small(folder: Path, kind: str, **changes: Any) -> Path:
    """A recipe of few steps, whose tokenizer has a chat template."""
    changes["optim"] = {"tokens": 15_000 if kind == "sft" else 4000, **changes.get("optim", {})}
    path = write_recipe(folder, kind, **changes)
    tokenizer = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**tokenizer, "chat_template": TEMPLATE}))
    return path


def trained(kind: str, path: Path, folder: Path, **asked: Any) -> Trained:
    torch.set_num_threads(1)
    return train((load_sft_recipe if kind == "sft" else load_pretrain_recipe)(path), folder, **asked)


def history(folder: Path) -> list[dict[str, Any]]:
    """What was logged, without what the clock says."""
    newest = checkpoints(folder / "checkpoints")[-1].folder
    lines = json.loads((newest / "trainer_state.json").read_text())["log_history"]
    return [{name: value for name, value in line.items() if "runtime" not in name} for line in lines]


def weights_of(folder: Path) -> bytes:
    (path,) = (folder / "model").glob("*.safetensors")
    return path.read_bytes()


@pytest.fixture(scope="module", params=["sft", "pretrain"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Trained]:
    folder = tmp_path_factory.mktemp(request.param)
    recipe = small(folder / "recipe", request.param)
    return request.param, recipe, trained(request.param, recipe, folder / "run")


def test_a_trial_and_then_the_rest_is_the_whole(whole: tuple[str, Path, Trained], tmp_path: Path):
    kind, recipe, expected = whole
    trial = trained(kind, recipe, tmp_path / "run", steps=3)
    assert trial.steps == 3 < expected.steps
    assert weights_of(tmp_path / "run") != weights_of(expected.run)
    assert checkpoints(tmp_path / "run" / "checkpoints")[-1].step == 3
    rest = trained(kind, recipe, tmp_path / "run")
    assert weights_of(rest.run) == weights_of(expected.run)
    assert (rest.steps, rest.tokens, rest.loss) == (expected.steps, expected.tokens, expected.loss)
    after = {line["step"]: line for line in history(expected.run) if "loss" in line}
    assert {line["step"]: line for line in history(rest.run) if "loss" in line} == after


def test_what_is_left(whole: tuple[str, Path, Trained]):
    kind, path, made = whole
    assert made.model == made.run / "model"
    assert not [path.name for path in made.run.iterdir() if "partial" in path.name]
    recipe = (load_sft_recipe if kind == "sft" else load_pretrain_recipe)(path)
    about = json.loads((made.model / "training.json").read_text())
    assert about["kind"] == kind
    assert about["name"] == recipe.name
    assert about["base"] == recipe.base.model_dump(mode="json")
    assert about["adapter"] is (kind == "sft")
    assert (about["steps"], about["tokens"], about["loss"]) == (made.steps, made.tokens, made.loss)
    assert made.loss is not None
    assert made.loss > 0
    tokenizer = transformers.AutoTokenizer.from_pretrained(made.model)
    assert tokenizer.decode(tokenizer("2 + 3 = 5").input_ids) == "2 + 3 = 5"
    assert tokenizer.chat_template == TEMPLATE
    if kind == "sft":
        assert about["dialect"] == "mathcoder"
        assert about["system"] == MathCoderDialect().system
        assert (made.model / "adapter_config.json").is_file()
        tensors = load_file(made.model / "adapter_model.safetensors")
        assert any("lora_A" in name for name in tensors)
        assert all("lora_" in name or "trainable_tokens" in name or "token_adapter" in name for name in tensors)
    else:
        assert "dialect" not in about
        assert about["held_out"].keys() == made.held_out.keys() == {"sums"}
        model = transformers.AutoModelForCausalLM.from_pretrained(made.model)
        assert model.config.use_cache is True
        assert model.get_input_embeddings().weight.shape[0] == len(tokenizer)
    assert [one.step for one in checkpoints(made.run / "checkpoints")][-1] == made.steps


def test_what_was_read_is_in_the_run_with_its_hash(whole: tuple[str, Path, Trained]):
    kind, path, made = whole
    asked = json.loads((made.run / "run.json").read_text())
    assert asked["kind"] == kind
    (read,) = asked["inputs"]
    file = EXAMPLES / "mathcoder_l70b.jsonl" if kind == "sft" else path.parent / "texts.jsonl"
    assert Path(read["path"]).samefile(file)
    assert read["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    (source,) = (made.run / "data").glob("*/source.json")
    assert json.loads(source.read_text())["inputs"] == asked["inputs"]


def test_a_finished_run_is_left_as_it_is(whole: tuple[str, Path, Trained]):
    kind, recipe, made = whole
    before = weights_of(made.run)
    again = trained(kind, recipe, made.run)
    assert (again.steps, again.tokens, again.loss) == (made.steps, made.tokens, made.loss)
    assert weights_of(made.run) == before


def test_another_recipe_is_refused_and_names_the_part(tmp_path: Path):
    base = {"weights": None, "tokenizer": "./tokenizer.json"}
    trained("pretrain", small(tmp_path / "recipe", "pretrain"), tmp_path / "run", steps=2)
    before = weights_of(tmp_path / "run")
    cases: list[tuple[dict[str, Any], str]] = [
        ({"optim": {"learning_rate": 0.002}}, "optim"),
        ({"seed": 1}, "data, seed"),  # rows are in another order
        ({"lora": {"rank": 2}}, "lora"),
        ({"base": {**base, "held_as": "bfloat16"}}, "base"),
        ({"context": 128}, "context, data"),
        ({"sources": {"sums": {"files": ["texts.jsonl"], "held_out": 0.3}}}, "data"),
    ]
    for number, (changes, parts) in enumerate(cases):
        other = small(tmp_path / f"other-{number}", "pretrain", **changes)
        (tmp_path / f"other-{number}" / "tokenizer.json").unlink()
        other.write_text(
            other.read_text().replace("./tokenizer.json", str(tmp_path / "recipe" / "tokenizer.json"))
        )
        with pytest.raises(CheckpointError, match=f"another {parts}; name a new folder") as caught:
            trained("pretrain", other, tmp_path / "run")
        assert "\n" not in str(caught.value)
    assert weights_of(tmp_path / "run") == before
    assert checkpoints(tmp_path / "run" / "checkpoints")[-1].step == 2


def test_what_weights_do_not_depend_on_may_change(tmp_path: Path):
    changes = {
        "track": {"log_steps": 3, "checkpoint_steps": 50, "trackers": []},
        "held_out": {"every_steps": 100, "tokens": 500},
        "optim": {"micro_batch": 2},
    }
    recipe = small(tmp_path / "recipe", "pretrain")
    trained("pretrain", recipe, tmp_path / "run", steps=2)
    recipe = small(tmp_path / "recipe", "pretrain", **changes)
    assert trained("pretrain", recipe, tmp_path / "run", steps=4).steps == 4


def test_a_folder_of_another_kind_is_refused(tmp_path: Path):
    trained("pretrain", small(tmp_path / "pretrain", "pretrain"), tmp_path / "run", steps=1)
    with pytest.raises(ValueError, match="holds a run of 'pretrain', not of 'sft'") as caught:
        trained("sft", small(tmp_path / "sft", "sft"), tmp_path / "run")
    assert "\n" not in str(caught.value)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.tex").write_text("years of work")
    with pytest.raises(ValueError, match="holds other files and no run"):
        trained("pretrain", tmp_path / "pretrain" / "pretrain.yaml", tmp_path / "other")
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["thesis.tex"]


def test_ctrl_c_leaves_a_checkpoint_and_the_same_command_goes_on(tmp_path: Path):
    recipe = small(tmp_path / "recipe", "pretrain", track={"checkpoint_steps": 1000}, held_out=None)
    expected = trained("pretrain", recipe, tmp_path / "whole")

    def command(how: str) -> subprocess.Popen[str]:
        run = [sys.executable, "-c", PROGRAM, str(recipe), str(tmp_path / "run"), how]
        return subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    with command("wait") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=60)
    assert process.returncode == 0, error
    assert out.startswith("stopped ")
    step = checkpoints(tmp_path / "run" / "checkpoints")[-1].step
    assert step == 3  # the step at work was ended
    assert f"stopped after step {step} of {expected.steps}" in out
    assert not (tmp_path / "run" / "model").exists()
    with command("go on") as process:
        out, error = process.communicate(timeout=100)
    assert out == f"done {expected.steps}\n", error
    assert weights_of(tmp_path / "run") == weights_of(expected.run)
