"""What is known of a run of training besides its curves, as JSON values: recipe, data, schedule, hardware."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any, cast

from mathcoder.solving.text import shorten_middle
from mathcoder.training.checkpoints import checkpoints
from mathcoder.training.report_data import counted, dropped
from mathcoder.training.run_folder import TrainingRun
from mathcoder.training.schedule import Schedule

__all__ = ["about_run"]

_RECIPE_CHARS = 20_000
_MOST_INPUTS, _MOST_COUNTED, _MOST_EVENTS = 200, 60, 50
_RATES = 200  # points of the learning rate that is planned
_OPTIM = (
    *("schedule", "learning_rate", "warmup_steps", "warmup_tokens", "decay_tokens", "final"),
    *("batch", "micro_batch", "epochs", "tokens", "weight_decay", "clip"),
)
_HARDWARE = ("architecture", "parameters", "trained", "flops_per_token", "compute", "devices", "threads")


def about_run(run: TrainingRun) -> dict[str, Any]:
    """What a page on a run says.

    Args:
        run: finished or not.
    """
    recipe = run.recipe
    optim = recipe.optim.model_dump(mode="json")
    return {
        "kind": run.kind,
        "title": recipe.name,
        "about": recipe.about,
        "base": run.base,
        "adapters": f"LoRA, rank {recipe.lora.rank}" if recipe.lora else "all weights",
        "context": recipe.context,
        "ended": run.ended,
        "has_model": run.finished,
        "steps": run.steps,
        "recipe": shorten_middle(run.recipe_text, _RECIPE_CHARS),
        "schedule": {name: optim[name] for name in _OPTIM if optim[name] is not None},
        "planned_rates": _planned_rates(run),
        "data": _data(run),
        "inputs": [
            {name: one.get(name) for name in ("path", "size", "sha256")} for one in run.inputs[:_MOST_INPUTS]
        ],
        "inputs_left_out": max(len(run.inputs) - _MOST_INPUTS, 0),
        "seeds": run.asked.get("seeds", {}),
        "versions": run.facts.get("versions") or run.asked.get("versions", {}),
        "hardware": _hardware(run.facts),
        "checkpoints": [
            {"step": one.step, "bytes": sum(path.stat().st_size for path in _files(one.folder))}
            for one in checkpoints(run.folder / "checkpoints")
        ],
        "exports": [
            {"name": path.name, "bytes": path.stat().st_size} for path in sorted(_files(run.folder / "export"))
        ],
        "no_numbers": sorted(path.name for path in run.folder.glob("nan/step-*")),
        "solves": _solves(run),
        "events": list(_events(run.folder / "log.jsonl"))[-_MOST_EVENTS:],
    }


def _planned_rates(run: TrainingRun) -> dict[str, list[float]] | None:
    """The learning rate of each step or of some evenly; None where it depends on how tokens fall into steps."""
    optim, steps = run.recipe.optim, run.steps
    if not steps or optim.warmup_tokens is not None or optim.schedule == "stable":
        return None
    warmup = min(optim.warmup_steps or 0, steps)
    schedule = Schedule(optim.schedule, steps, warmup, warmup, optim.final)
    evenly = (1 + place * (steps - 1) // _RATES for place in range(_RATES))
    shown = sorted({*evenly, min(warmup + 1, steps), steps})
    return {"step": [*shown], "value": [optim.learning_rate * schedule.factor(step - 1) for step in shown]}


def _data(run: TrainingRun) -> dict[str, Any]:
    packed, lines = run.packed, counted(run.prepared)
    sources = [
        {"name": name, "tokens": tokens, "epochs": one.get("epochs", 1)}
        for name, one in ((name, _mapping(one)) for name, one in _mapping(packed.get("sources")).items())
        if isinstance(tokens := one.get("tokens"), int)
    ]
    return {
        "packed": {
            name: packed[name]
            for name in ("rows", "tokens", "documents", "pieces", "padding_share", "padding_share_of_next_fit")
            if isinstance(packed.get(name), (int, float))
        },
        "sources": sorted(sources, key=itemgetter("tokens"), reverse=True),
        "dropped": [{"of": of, "reasons": counts.most_common()} for of, counts in dropped(run.prepared)],
        "counted": lines[:_MOST_COUNTED],
        "counted_left_out": max(len(lines) - _MOST_COUNTED, 0),
    }


def _hardware(facts: Mapping[str, Any]) -> dict[str, Any]:
    if not facts:
        return {}
    return {name: facts.get(name) for name in _HARDWARE} | {"peak": _mapping(facts.get("peak"))}


def _solves(run: TrainingRun) -> dict[str, Any] | None:
    """What is solved while it trains; None: nothing."""
    part = run.recipe.solve
    if part is None:
        return None
    return {"of": part.benchmark or part.file, "split": part.split if part.benchmark else None} | {
        name: getattr(part, name) for name in ("every_steps", "problems", "max_tokens")
    }


def _events(path: Path) -> Iterator[dict[str, Any]]:
    """What happened when; a line that was cut off by a kill is none."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            event = json.loads(line)
            yield {"time": float(event["time"]), "event": str(event["event"]), "step": event.get("step")}
        except (ValueError, KeyError, TypeError):
            continue


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("*") if path.is_file() and not path.is_symlink())


def _mapping(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
