"""Trains a causal language model on packed rows: transformers' Trainer, with steps of our own.

What is different from its Trainer:

- A batch of the loader is a whole step. Here it is put into micro batches, each one sequence without padding, and
  the loss is the sum over all learned tokens of the step by their number, over all processes.
- When memory runs out, the step is done again from its beginning in sequences of half the size.
- A loss or a gradient that is no number ends the training before the weights change, and the batch is kept.
- The loss on rows that are held out is a mean over their tokens.
- A checkpoint is complete or not there (`mathcoder.training.checkpoints`).

Callbacks are told of `loss`, `grad_norm` and `learning_rate` by `on_log`, and of held-out losses, each named
`eval_SOURCE_loss`, by `on_evaluate` too. `state.num_input_tokens_seen` is what all processes trained on.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

from mathcoder.training import checkpoints
from mathcoder.training.arguments import training_arguments
from mathcoder.training.batches import StepRows, blank, count_labels, cut_sequence, documents, micro_batches
from mathcoder.training.failures import TrainingError, is_memory, keep_batch, named, read_most, write_most
from mathcoder.training.losses import summed_loss
from mathcoder.training.model import save_model
from mathcoder.training.recipe import TrainRecipe
from mathcoder.training.rows import PackedRows
from mathcoder.training.schedule import Schedule, plan_schedule
from mathcoder.training.sharding import check_sharding, whole_state

__all__ = ["PackedTrainer", "TrainingError"]

torch: Any = import_module("torch")
transformers: Any = import_module("transformers")
_Trainer: Any = transformers.Trainer
_Callback: Any = transformers.TrainerCallback


class PackedTrainer(_Trainer):
    """Trains a model as a recipe says.

    Args:
        model: from `load_model`, or `with_lora`.
        recipe: how.
        folder: of the run: `checkpoints/`, `nan/` and `memory.json` are written in it.
        rows: to train on, in this order.
        held_out: rows whose loss is only looked at, by source.
        key: what the weights depend on, by name; kept with each checkpoint.
        last_step: end there, on the same schedule; None: at its end.
        tokenizer: handed to callbacks.
        callbacks: of transformers.

    Attributes:
        schedule: steps and learning rates.
        stop_asked: set it, and training ends after this step with a checkpoint.
    """

    def __init__(
        self,
        model: Any,
        recipe: TrainRecipe,
        folder: Path,
        rows: PackedRows,
        held_out: Mapping[str, PackedRows],
        *,
        key: Mapping[str, Any] | None = None,
        last_step: int | None = None,
        tokenizer: Any = None,
        callbacks: Sequence[Any] = (),
    ):
        self.recipe, self.folder, self.rows, self.held_out = recipe, folder, rows, dict(held_out)
        self.key = dict(key or {})
        self.schedule: Schedule = plan_schedule(recipe.optim, rows.packing.lengths)
        self.last_step = min(last_step or self.schedule.steps, self.schedule.steps)
        self.stop_asked = False
        self._most = read_most(folder)
        self._step_batches: list[dict[str, Any]] = []
        _Trainer.__init__(
            self,
            model=model,
            args=training_arguments(recipe, folder, self.schedule.steps, held_out=bool(self.held_out)),
            train_dataset=rows,
            eval_dataset=self.held_out or None,
            data_collator=list,
            processing_class=tokenizer,
            callbacks=[_Ends(self), *callbacks],
        )
        self.remove_callback(transformers.PrinterCallback)
        check_sharding(self.accelerator, self.model)
        world = self.accelerator.num_processes
        self._sampler = StepRows(len(rows), recipe.optim.batch, self.accelerator.process_index, world)

    def run(self, checkpoint: Path | None = None) -> None:
        """Train, from a checkpoint or from the beginning."""
        self.args.eval_on_start = bool(self.held_out) and checkpoint is None
        self.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))

    def last_losses(self) -> tuple[float | None, dict[str, float]]:
        """The last loss that was logged, and the last of each held-out source."""
        found: dict[str, float] = {name: value for line in self.state.log_history for name, value in line.items()}
        return found.get("loss"), {
            source: found[name] for source in self.held_out if (name := _held_out_name(source)) in found
        }

    def to_stop(self) -> bool:
        """Whether any process was asked to stop; all processes call it."""
        return any(asked for (asked,) in self._gathered([int(self.stop_asked)]))

    def bare_model(self) -> Any:
        """The model without what it was wrapped in to train it."""
        return self.accelerator.unwrap_model(self.model, keep_torch_compile=False)

    def whole_state(self) -> dict[str, Any] | None:
        """The weights, where each process holds a part of them; all processes call it. None: the model has all."""
        return whole_state(self.accelerator, self.model)

    # What transformers' Trainer asks for.

    def get_train_dataloader(self) -> Any:
        """Loads the rows of one step after another."""
        return torch.utils.data.DataLoader(
            self.rows,
            batch_sampler=self._sampler,
            collate_fn=list,
            num_workers=self.recipe.loader_workers,
            # Of its own: otherwise the number of workers would change what dropout draws.
            generator=torch.Generator().manual_seed(self.recipe.seed),
        )

    def get_decay_parameter_names(self, model: Any) -> list[str]:
        """Matrices decay; norms and biases do not."""
        return [name for name, parameter in model.named_parameters() if parameter.ndim >= 2]

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        if self.lr_scheduler is None:
            of = optimizer or self.optimizer
            self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(of, self.schedule.factor)
            self._created_lr_scheduler = True
        return self.lr_scheduler

    def floating_point_ops(self, inputs: Any) -> int:
        return 0  # counted by who watches

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        _Trainer.log(self, {**logs, "tokens": self.state.num_input_tokens_seen}, None)

    # A step.

    def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> Any:
        """Gradients of one step: `inputs` are its rows; returns its loss, that of all processes."""
        model.train()
        self._step_batches = micro_batches(inputs, self.recipe.optim.micro_batch)
        labels = [count_labels(batch) for batch in self._step_batches]
        if 0 in labels:
            raise TrainingError(f"{self._row_names(labels.index(0))}: nothing in them is learned; leave them out")
        tokens = sum(batch["input_ids"].shape[1] for batch in self._step_batches)
        while (loss := self._tried(model, sum(labels), tokens)) is None:
            model.zero_grad()
            gc.collect()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
        if not math.isfinite(loss):
            raise self._not_a_number(loss=loss)
        return torch.tensor(loss, device=self.args.device)

    def _tried(self, model: Any, labels: int, tokens: int) -> float | None:
        """The loss of the step, its gradients summed up; None when memory ran out and it is to be done again."""
        parts = [part for batch in self._step_batches for part in cut_sequence(batch, self._most)]
        told = self._gathered([labels, tokens, len(parts)])
        all_labels, all_tokens, _ = (sum(column) for column in zip(*told, strict=True))
        rounds = max(count for _, _, count in told)
        parts += [blank()] * (rounds - len(parts))
        loss = torch.zeros((), dtype=torch.float64, device=self.args.device)
        # FSDP2 sums up each time: to put it off it would keep the gradients of the whole model.
        sums = self.accelerator.is_fsdp2
        for number, part in enumerate(parts):
            sequence = {name: tensor.to(self.args.device) for name, tensor in part.items()}
            try:
                with nullcontext() if sums or number == rounds - 1 else self.accelerator.no_sync(model):
                    summed = summed_loss(model, sequence)
                    # Processes take the mean of their gradients: it is to be their sum.
                    self.accelerator.backward(summed * (len(told) / all_labels))
                loss += summed.detach()
            except RuntimeError as error:
                if not is_memory(error):
                    raise
                self._halve(part, error)
                return None
        self.state.num_input_tokens_seen += all_tokens
        return float(self.accelerator.reduce(loss, "sum")) / all_labels

    def _halve(self, part: Mapping[str, Any], error: Exception) -> None:
        """Take sequences of half the size from now on."""
        tokens, count = part["input_ids"].shape[1], documents(part)
        if count == 1:
            raise TrainingError(
                f"a document of {tokens} tokens does not fit into memory; use gradient_checkpointing, a smaller"
                " context or more devices"
            ) from error
        self._most = tokens // 2
        write_most(self.folder, self._most)
        if self.accelerator.num_processes > 1:
            raise TrainingError(
                f"memory ran out with {tokens} tokens at a time; start the same command again: it takes"
                f" {self._most} from now on"
            ) from error
        self.log({"micro_batch_tokens": self._most})

    def _clip_grad_norm(self, model: Any) -> Any:
        norm: Any = _Trainer._clip_grad_norm(self, model)
        norm = norm.full_tensor() if hasattr(norm, "full_tensor") else norm
        if not math.isfinite(float(norm)):
            raise self._not_a_number(grad_norm=float(norm))
        return norm

    def _not_a_number(self, **found: float) -> TrainingError:
        """Keep the batch of this step; the error says where."""
        step, process = self.state.global_step, self.accelerator.process_index
        return keep_batch(
            self.folder, step + 1, process, self._step_batches, self.rows, self._sampler.of(step), **found
        )

    def _row_names(self, number: int) -> str:
        """The rows of a micro batch of this step, in words."""
        size = self.recipe.optim.micro_batch
        return named(self.rows, self._sampler.of(self.state.global_step)[number * size : (number + 1) * size])

    def _gathered(self, values: list[int]) -> list[list[int]]:
        """Those of every process."""
        if self.accelerator.num_processes == 1:
            return [values]
        mine = torch.tensor([values], device=self.args.device)
        return self.accelerator.gather(mine).tolist()

    # What is looked at.

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """The loss on held-out rows by source, a mean over all learned tokens."""
        found = {_held_out_name(source): self._held_out_loss(rows) for source, rows in self.held_out.items()}
        self.log(dict(found))
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, found)
        return found

    @torch.no_grad()
    def _held_out_loss(self, rows: PackedRows) -> float:
        model, world = self.model_wrapped, self.accelerator.num_processes
        model.eval()
        summed = torch.zeros(2, dtype=torch.float64, device=self.args.device)
        for first in range(0, len(rows), world):
            mine = first + self.accelerator.process_index
            parts: list[Any] = []
            if mine < len(rows):
                batch = micro_batches([rows[mine]], 1)[0]
                parts = cut_sequence(batch, self._most)
                summed[1] += count_labels(batch)
            rounds = max(count for (count,) in self._gathered([len(parts)]))
            for part in parts + [blank()] * (rounds - len(parts)):
                summed[0] += summed_loss(
                    model, {name: tensor.to(self.args.device) for name, tensor in part.items()}
                )
        model.train()
        loss, count = self.accelerator.reduce(summed, "sum").tolist()
        return loss / count if count else math.nan

    # What is kept.

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        if self.args.should_save:
            save_model(self.bare_model(), Path(output_dir or self.args.output_dir), state_dict)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        _Trainer._save_checkpoint(self, model, trial)
        self.accelerator.wait_for_everyone()
        if self.accelerator.is_main_process:
            folder = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
            facts = {"step": self.state.global_step, "tokens": self.state.num_input_tokens_seen, "key": self.key}
            checkpoints.complete(folder, facts)
            checkpoints.keep_newest(folder.parent, self.recipe.track.keep)


class _Ends(_Callback):
    """Ends the training early, with a checkpoint: at the last step that was asked for, or when it is to stop."""

    def __init__(self, trainer: PackedTrainer):
        self._trainer = trainer

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        last = state.global_step >= self._trainer.last_step
        if self._trainer.to_stop() or last:
            control.should_log = control.should_save = control.should_training_stop = True
            control.should_evaluate = control.should_evaluate or (last and bool(self._trainer.held_out))
        return control


def _held_out_name(source: str) -> str:
    return f"eval_{source}_loss"
