"""Watches a training: writes what it measures into the run's folder, shows it, and tells the trackers.

What does not change while it trains is in `facts.json`, the rest in `metrics.jsonl`. Problems are solved in
between (`solving_watch`). Only the main process writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console

from mathcoder.training.facts import write_facts
from mathcoder.training.metrics import METRICS, MetricsLog
from mathcoder.training.progress_line import ProgressLine
from mathcoder.training.recipe import TrainRecipe
from mathcoder.training.solving_watch import Solving
from mathcoder.training.throughput import Meter, mfu
from mathcoder.training.trackers import Tracker, open_trackers

__all__ = ["Watch"]

_Callback: Any = import_module("transformers").TrainerCallback
_HELD_OUT = re.compile(r"eval_(?:(.+)_)?loss")


class Watch(_Callback):
    """A callback of transformers' Trainer, and a context manager around it.

    The Trainer has to count tokens (`state.num_input_tokens_seen`) and to show nothing itself (`disable_tqdm`,
    `report_to="none"`, no PrinterCallback). It calls nobody when a training fails: hence the context manager.

    Args:
        folder: of the run.
        recipe: what is asked.
        console: where progress is shown.
        solving: the problems that are solved; None: none are.
        last_step: where it is to end; None: at the end of the schedule.

    Raises:
        ValueError: when training begins, the folder holds a `metrics.jsonl` of something else.
        TrackerError: when training begins, a tracker cannot be had.
    """

    def __init__(
        self,
        folder: str | Path,
        recipe: TrainRecipe,
        *,
        console: Console | None = None,
        solving: Solving | None = None,
        last_step: int | None = None,
    ):
        self._folder = Path(folder)
        self._recipe = recipe
        self._console = console or Console(stderr=True)
        self._solving = solving
        self._last_step = last_step
        self._log: MetricsLog | None = None
        self._trackers: list[Tracker] = []

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if not state.is_world_process_zero:
            return
        self.close()  # of a training that failed before this one
        self._meter = Meter()
        self._step, self._tokens = state.global_step, state.num_input_tokens_seen
        facts = write_facts(
            self._folder,
            kwargs["model"],
            kwargs["train_dataloader"].dataset,
            steps=state.max_steps,
            device=args.device,
            devices=args.world_size,
            compute=self._recipe.base.compute,
        )
        self._cost, self._peak = facts["flops_per_token"], facts["peak"]["flops"] * facts["devices"]
        self._log = MetricsLog(self._folder / METRICS, step=self._step)
        self._before = self._log.seconds
        name = self._recipe.name
        self._trackers = open_trackers(self._recipe.track.trackers, self._folder, name, self._log.lines)
        self._steps = min(self._last_step or state.max_steps, state.max_steps)
        self._line = ProgressLine(self._console, self._steps)
        self._line.start()
        self._line.update(self._step, self._tokens)
        if self._solving and (why := self._solving.begin(self._step, kwargs["model"])):
            self._line.say(why)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._log is None:
            return
        self._meter.step(state.global_step, state.num_input_tokens_seen - self._tokens)
        self._step, self._tokens = state.global_step, state.num_input_tokens_seen
        self._line.update(self._step, self._tokens, self._meter.left(self._steps))
        if self._solving and self._solving.due(self._step):
            self._solve(kwargs)

    def on_log(
        self, args: Any, state: Any, control: Any, logs: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        if self._log is None or not logs:
            return
        if (most := logs.get("micro_batch_tokens")) is not None:
            self._line.say(f"memory ran out; {most:,} tokens at a time from now on")
        if "loss" not in logs:
            return
        values = {name: logs[name] for name in ("loss", "learning_rate", "grad_norm") if name in logs}
        if (rate := self._meter.rate()) is not None:
            share = mfu(rate, self._cost, self._peak)
            values |= {"tokens_per_second": round(rate, 1), "mfu": round(share, 5)}
        self._record(values)

    def on_evaluate(
        self, args: Any, state: Any, control: Any, metrics: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        if self._log is None:
            return
        self._meter.pause()
        found = {name: match[1] or "all" for name in metrics or {} if (match := _HELD_OUT.fullmatch(name))}
        if metrics and found:
            self._record({"held_out": {source: metrics[name] for name, source in found.items()}})

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._log is not None:
            self._meter.pause()

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._log is not None and self._step >= self._steps:  # it was not stopped
            self._solve(kwargs)
        self.close()

    def _solve(self, given: Mapping[str, Any]) -> None:
        if self._solving and self._solving.todo(self._step):
            found = self._solving.solve(self._step, given["model"], given["processing_class"])
            if isinstance(found, str):
                self._line.say(found)
            else:
                self._record({"solved": found})

    def _record(self, values: Mapping[str, Any]) -> None:
        """Write and show what was measured after the step that was done last; the time it took is a pause."""
        if self._log is None:
            return
        self._meter.pause()
        seconds = self._before + self._meter.seconds
        line = self._log.append(self._step, self._tokens, seconds, values)
        if line is not None:
            self._line.measured({name: line[name] for name in values})
            for tracker in self._trackers:
                tracker.show(line)

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of files and terminal. Calling it twice is fine."""
        if self._log is None:
            return
        log, self._log = self._log, None
        self._line.close()
        log.close()
        while self._trackers:
            self._trackers.pop().close()
