"""A training, from a recipe to a model: `train`.

run.json recipe.yaml log.jsonl lock      the run (`mathcoder.runs.run`); its inputs are the files of the recipe
data/                                    token shards
checkpoints/checkpoint-STEP/             to go on from; `complete.json` is written last
memory.json                              tokens at a time, once memory ran out
nan/step-STEP/                           the batch of a step whose loss or gradient was no number
model/                                   what came out: safetensors or adapter, tokenizer, training.json

The same command goes on where a run was stopped or killed. It does not go on from checkpoints whose weights were
made by something else: where base, adapters, data, optimisation or seed have changed, it says so.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from mathcoder.runs.recipe import resolved
from mathcoder.runs.run import Run
from mathcoder.training import checkpoints
from mathcoder.training.kept import named_files
from mathcoder.training.model import load_model, save_model, with_lora
from mathcoder.training.prepared import Prepared, held_out_rows, train_rows
from mathcoder.training.recipe import PretrainRecipe, SftRecipe, TrainRecipe
from mathcoder.training.rows import PackedRows
from mathcoder.training.tokenizers import add_block_tokens, block_tokens, end_messages_with, open_tokenizer

__all__ = ["Stopped", "Trained", "train"]

Progress = Callable[[str, int], None]

_NO_MATTER = {  # what the weights do not depend on, by part of the recipe
    "base": {"attention", "gradient_checkpointing"},
    "optim": {"micro_batch"},
}


class Stopped(Exception):
    """The training was asked to stop, and can go on; the message is one line."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training made.

    Attributes:
        run: its folder.
        model: what came out, in it.
        steps: done in all.
        tokens: trained on in all.
        loss: the last that was logged; None where none was.
        held_out: the last loss on rows that were not trained on, by source.
    """

    run: Path
    model: Path
    steps: int
    tokens: int
    loss: float | None
    held_out: dict[str, float] = field(default_factory=dict[str, float])


def train(
    recipe: TrainRecipe,
    output: str | Path,
    *,
    steps: int | None = None,
    callbacks: Sequence[Any] = (),
    progress: Progress | None = None,
) -> Trained:
    """Train a model; a run that is there goes on.

    Under `accelerate launch` every process calls this, and the main one writes the run.

    Args:
        recipe: an `SftRecipe` or a `PretrainRecipe`.
        output: folder of the run.
        steps: end after so many, with the learning rates of the whole training. Without it the run goes on later.
        callbacks: of transformers.
        progress: told what is being tokenised and how much of it is done.

    Raises:
        Stopped: by Ctrl-C or SIGTERM, with a checkpoint.
        TrainingError: it cannot go on.
        ValueError: recipe, data or weights cannot be used, or the run is another's; one line.
        OSError: the folder cannot be written.
    """
    output = Path(output)
    _keep_quiet()
    process: Any = import_module("accelerate").PartialState(**_device())
    with contextlib.ExitStack() as open_things:
        run = open_things.enter_context(_opened(recipe, output)) if process.is_main_process else None
        process.wait_for_everyone()
        tokenizer: Any = open_tokenizer(recipe.base)
        tokens = block_tokens(recipe.data.dialect) if isinstance(recipe, SftRecipe) else ()
        model = load_model(recipe.base, seed=recipe.seed, tokenizer=tokenizer)
        new = add_block_tokens(tokenizer, model, tokens)
        if isinstance(recipe, SftRecipe):
            end_messages_with(tokenizer, model, recipe.data.dialect)
        with process.main_process_first():
            prepared = _prepared(recipe, tokenizer, output / "data", progress)
        rows, held_out = train_rows(recipe, prepared), held_out_rows(recipe, prepared)
        if recipe.lora is not None:
            import_module("transformers").set_seed(recipe.seed)
            model = with_lora(model, recipe.lora, new)
        return _trained(recipe, output, run, tokenizer, model, rows, held_out, steps, callbacks)


def _trained(
    recipe: TrainRecipe,
    output: Path,
    run: Run | None,
    tokenizer: Any,
    model: Any,
    rows: PackedRows,
    held_out: dict[str, PackedRows],
    steps: int | None,
    callbacks: Sequence[Any],
) -> Trained:
    from mathcoder.training.trainer import PackedTrainer

    folder, key = output / "checkpoints", _key(recipe, rows)
    found = checkpoints.fitting(folder, key)
    cut_off = checkpoints.remove_cut_off(folder) if run else []
    trainer = PackedTrainer(
        model, recipe, output, rows, held_out, key=key, last_step=steps, tokenizer=tokenizer, callbacks=callbacks
    )
    if run:
        run.log("training", steps=trainer.schedule.steps, **dict(rows.facts))
        if found or cut_off:
            run.log("going_on", step=found.step if found else 0, removed=cut_off)
    with _stopped_by_signals(trainer):
        trainer.run(found.folder if found else None)
    done = trainer.state.global_step
    if trainer.stop_asked and done < trainer.last_step:
        if run:
            run.log("stopped", step=done)
        raise Stopped(f"{output}: stopped after step {done} of {trainer.schedule.steps}; the same command goes on")
    trained = Trained(output, output / "model", done, trainer.state.num_input_tokens_seen, *trainer.last_losses())
    state = trainer.whole_state()
    if run:
        _write_model(recipe, trained, trainer.bare_model(), state, tokenizer)
        run.log("trained", step=done, tokens=trained.tokens, loss=trained.loss, held_out=trained.held_out)
    return trained


def _keep_quiet() -> None:
    """No bars, no telemetry, no threads of the tokenizer that forked loaders would trip over."""
    os.environ.update(
        HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_PROGRESS_BARS="1", TOKENIZERS_PARALLELISM="false"
    )
    import_module("transformers").utils.logging.set_verbosity_error()


def _device() -> dict[str, Any]:
    return {} if import_module("torch").cuda.is_available() else {"cpu": True}


def _opened(recipe: TrainRecipe, output: Path) -> Run:
    kind = "sft" if isinstance(recipe, SftRecipe) else "pretrain"
    return Run(output, kind=kind, recipe=resolved(recipe), inputs=_inputs(recipe), seeds={"seed": recipe.seed})


def _inputs(recipe: TrainRecipe) -> list[str]:
    """The files that are trained on, and those whose loss is only looked at, each once."""
    named: dict[str, Sequence[str]] = {}
    if isinstance(recipe, SftRecipe):
        named = {"data.train": recipe.data.train, "data.held_out": recipe.data.held_out}
    elif isinstance(recipe, PretrainRecipe):
        named = {f"source '{name}'": source.files for name, source in recipe.sources.items()}
    return list(dict.fromkeys(path for what, patterns in named.items() for path in named_files(patterns, what)))


def _prepared(recipe: TrainRecipe, tokenizer: Any, folder: Path, progress: Progress | None) -> Prepared:
    if isinstance(recipe, SftRecipe):
        from mathcoder.training.solutions import prepare_solutions

        return prepare_solutions(recipe, tokenizer, folder, progress)
    if isinstance(recipe, PretrainRecipe):
        from mathcoder.training.texts import prepare_texts

        return prepare_texts(recipe, tokenizer, folder, progress)
    raise ValueError(f"{type(recipe).__name__}: neither a recipe of fine-tuning nor one of pretraining")


def _key(recipe: TrainRecipe, rows: PackedRows) -> dict[str, Any]:
    """What the weights depend on, by name."""
    parts: dict[str, Any] = recipe.model_dump(mode="json", include={"base", "lora", "context", "optim", "seed"})
    for name, without in _NO_MATTER.items():
        parts[name] = {key: value for key, value in parts[name].items() if key not in without}
    key = {name: _hash(json.dumps(part, sort_keys=True).encode()) for name, part in parts.items()}
    packing = rows.packing
    arrays = (packing.source, packing.document, packing.start, packing.stop, packing.offsets)
    key["data"] = _hash(*(array.tobytes() for array in arrays), *(_shard_key(shards) for shards in rows.shards))
    return key


def _shard_key(shards: Any) -> bytes:
    """The folder of shards is named by a hash of what they were made of."""
    return "/".join(shards.folder.parts[-2:]).encode()


def _hash(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]


def _write_model(recipe: TrainRecipe, trained: Trained, model: Any, state: Any, tokenizer: Any) -> None:
    """Put what came out into its place, whole."""
    aside = trained.run / ".model.partial"
    shutil.rmtree(aside, ignore_errors=True)
    model.config.use_cache = True
    save_model(model, aside, state)
    tokenizer.save_pretrained(aside)
    about = _about(recipe, trained)
    (aside / "training.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.rmtree(trained.model, ignore_errors=True)
    aside.rename(trained.model)


def _about(recipe: TrainRecipe, trained: Trained) -> dict[str, Any]:
    about: dict[str, Any] = {
        "kind": "pretrain",
        "name": recipe.name,
        "about": recipe.about,
        "base": _base(recipe),
        "adapter": recipe.lora is not None,
        "context": recipe.context,
        "seed": recipe.seed,
        "steps": trained.steps,
        "tokens": trained.tokens,
        "loss": trained.loss,
        "held_out": trained.held_out,
    }
    if isinstance(recipe, SftRecipe):
        from mathcoder.training.solutions import dialect_of

        dialect: Any = dialect_of(recipe.data)
        about |= {"kind": "sft", "dialect": recipe.data.dialect, "system": dialect.system}
    return about


def _base(recipe: TrainRecipe) -> dict[str, Any]:
    """The base model, also for who reads it in another working directory."""
    base: dict[str, Any] = recipe.base.model_dump(mode="json")
    for name in ("weights", "tokenizer"):
        if base[name] not in (None, "embedded") and (path := Path(base[name]).expanduser()).exists():
            base[name] = str(path.absolute())
    return base


@contextmanager
def _stopped_by_signals(trainer: Any) -> Generator[None]:
    """Ctrl-C and SIGTERM ask for a stop after the step that is at work; a second one ends the process at once."""
    before: dict[int, Any] = {}

    def ask(number: int, _: Any) -> None:
        trainer.stop_asked = True
        signal.signal(number, before[number])

    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, ask)
    except ValueError:  # not the main thread: whoever has it decides
        pass
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
