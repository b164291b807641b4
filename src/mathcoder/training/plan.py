"""What a recipe of training would take, and what stands in its way: memory, steps, hours. Nothing is trained.

The model is built without weights (`plan_model`), so a plan for 70 billion parameters takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

import numpy as np

from mathcoder.models import ModelError
from mathcoder.problems import BenchmarkError, find_benchmark
from mathcoder.problems.loading import rows_here
from mathcoder.training.memory import Memory, Numbers, Sizes, activation_bytes, memory_of
from mathcoder.training.mixing import budgets
from mathcoder.training.plan_data import Data, look_at_data
from mathcoder.training.plan_model import here, model_of
from mathcoder.training.recipe import PretrainRecipe, SftRecipe, SolvePart
from mathcoder.training.schedule import Schedule, plan_schedule
from mathcoder.training.solving_watch import problems_to_solve
from mathcoder.training.throughput import flops_per_token, on_data_sheet

__all__ = ["DEVICES", "Planned", "plan"]

T = TypeVar("T")

_MFU = 0.4
_BYTES = {"float32": 4, "bfloat16": 2}
_NAMES = {"copies": "copies of weights", "again": "a layer computed again"}


DEVICES = {"A100-80GB": 80e9, "H100": 80e9}
"""Bytes of memory of devices that one may train on; `on_data_sheet` has their speed."""


@dataclass(slots=True)
class Planned:
    """What a recipe would take.

    Attributes:
        facts: figures to show, in order.
        notes: what should be known.
        problems: what has to be put right first; the recipe would fail.
        parameters: of the model, with new tokens and adapters.
        trained: of these.
        tokens: of the whole training.
        steps: likewise.
        memory: bytes on each device, by parallelism; see `Memory`.
        hours: by device and number of devices, where a step has rows for all of them.
    """

    facts: dict[str, str] = field(default_factory=dict[str, str])
    notes: list[str] = field(default_factory=list[str])
    problems: list[str] = field(default_factory=list[str])
    parameters: int = 0
    trained: int = 0
    tokens: int = 0
    steps: int = 0
    memory: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    hours: dict[str, dict[int, float]] = field(default_factory=dict[str, dict[int, float]])


def plan(
    recipe: SftRecipe | PretrainRecipe,
    *,
    devices: Sequence[str] = ("A100-80GB", "H100"),
    counts: Sequence[int] = (1, 8, 64),
) -> Planned:
    """Check what a recipe names, and estimate what it takes. Nothing is raised: `problems` has what is wrong.

    Args:
        devices: keys of `DEVICES`.
        counts: how many of them there may be.
    """
    found = Planned()

    def tried(step: Callable[[], T]) -> T | None:
        try:
            return step()
        except (OSError, ValueError, ImportError, ModelError, BenchmarkError) as error:
            found.problems.append(" ".join(str(error).split()))
            return None

    known = {name: peak for name in devices if name in DEVICES and (peak := on_data_sheet(name))}
    found.problems += [
        f"no device is known as {name}; there are {', '.join(DEVICES)}" for name in devices if name not in known
    ]
    tokenizer = tried(lambda: here(recipe.base, found.notes))
    model = tried(lambda: model_of(recipe, tokenizer, found.notes))
    if model is not None:
        _parameters(recipe, model, found)
    data = tried(lambda: look_at_data(recipe, tokenizer))
    if data is not None:
        tried(lambda: _training(recipe, data, found))
    if recipe.solve:
        tried(lambda part=recipe.solve: _solvable(part, found))
    if model is None:
        return found
    there = [count for count in counts if count <= recipe.optim.batch]
    if there != list(counts):
        found.notes.append(f"optim.batch is {recipe.optim.batch}: more devices than that have nothing to do")
    tried(lambda: _memory(recipe, model, there, min((DEVICES[name] for name in known), default=0.0), found))
    if data is not None and found.steps:
        length = min(data.length or recipe.context, recipe.context)
        _hours(recipe, flops_per_token(model, length), known, there, found)
    return found


# What it names.


def _solvable(part: SolvePart, found: Planned) -> None:
    """That there are problems to solve; what has to be fetched is not."""
    if part.benchmark:
        which = find_benchmark(part.benchmark)
        if part.split not in rows_here(which) and which.hub and part.split in which.hub.splits:
            found.notes.append(f"solve: the split {part.split} of {which.name} is fetched when training begins")
            return
    count = len(problems_to_solve(part))
    found.facts["problems"] = f"{count} solved every {part.every_steps} steps"


# What it takes.


def _parameters(recipe: SftRecipe | PretrainRecipe, model: Any, found: Planned) -> None:
    parameters = list(model.parameters())
    found.parameters = sum(parameter.numel() for parameter in parameters)
    found.trained = sum(parameter.numel() for parameter in parameters if parameter.requires_grad)
    trained = f"{found.trained:,} of them trained, in adapters" if recipe.lora else "all trained"
    found.facts["model"] = f"{model.config.model_type}, {found.parameters:,} parameters, {trained}"


def _training(recipe: SftRecipe | PretrainRecipe, data: Data, found: Planned) -> None:
    """Tokens, rows and steps."""
    optim, context = recipe.optim, recipe.context
    weights = None
    if isinstance(recipe, PretrainRecipe):
        weights = {name: source.weight for name, source in recipe.sources.items() if source.weight} or None
    budget = budgets(data.tokens, weights=weights, tokens=optim.tokens, epochs=optim.epochs)
    found.tokens = sum(budget.values())
    rows = data.rows or -(-found.tokens // context)
    lengths = np.full(rows, context)
    lengths[-1] = max(1, found.tokens - context * (rows - 1))
    schedule: Schedule = plan_schedule(optim, lengths)
    found.steps = schedule.steps
    found.notes += data.notes
    found.facts["data"] = f"{sum(data.tokens.values()):,} tokens, {data.counted}"
    for name, count in data.tokens.items():
        if len(data.tokens) > 1:
            found.facts[f"  {name}"] = f"{count:,}, seen {budget[name] / max(1, count):.1f} times"
    found.facts["training"] = (
        f"{found.tokens:,} tokens ({found.tokens / max(1, sum(data.tokens.values())):.1f} times the data) "
        f"in {rows:,} sequences of {context:,}"
    )
    found.facts["steps"] = (
        f"{found.steps:,} of {optim.batch:,} sequences, {optim.batch * context:,} tokens; "
        f"{schedule.warmup:,} of warm-up, {schedule.kind}"
    )
    if schedule.warmup >= schedule.steps:
        found.notes.append(f"the warm-up is as long as the training: {schedule.steps:,} steps")


def _memory(
    recipe: SftRecipe | PretrainRecipe,
    model: Any,
    counts: Sequence[int],
    smallest: float,
    found: Planned,
) -> None:
    """Bytes on each device, by parallelism, and whether they fit the smallest of them."""
    base = recipe.base
    sizes = Sizes.of(model, recipe.lora.rank if recipe.lora else 0)
    numbers = Numbers(_BYTES[base.held_as], _BYTES[base.compute])
    tokens = min(recipe.optim.micro_batch, recipe.optim.batch) * recipe.context
    kept, again = (sum(activation_bytes(sizes, tokens, numbers, recomputed=choice)) for choice in (False, True))
    found.facts["activations"] = (
        f"{_size(kept)} of {tokens:,} tokens kept, {_size(again)} with gradient checkpointing "
        f"({'on' if base.gradient_checkpointing else 'off'})"
    )
    several = memory_of(sizes, numbers, tokens, recomputed=base.gradient_checkpointing, devices=counts)
    for memory in several:
        found.memory[memory.parallelism] = asdict(memory) | {"total": memory.total}
        del found.memory[memory.parallelism]["parallelism"]
        found.facts[f"memory, {memory.parallelism}"] = _said(memory, smallest)
    if several and smallest and all(memory.total > smallest for memory in several):
        found.notes.append(f"it fits {_size(smallest)} on none of these; take more devices, or lora")


def _said(memory: Memory, there: float) -> str:
    """The total, and what it is made of at the time when most is there."""
    parts = ["weights", "gradients", "moments", "activations"]
    parts += ["again"] if memory.again > memory.copies + memory.logits else ["copies", "logits"]
    sizes = {name: getattr(memory, name) for name in parts}
    shown = ", ".join(f"{_NAMES.get(name, name)} {_size(size)}" for name, size in sizes.items() if size)
    fits = "" if not there or memory.total <= there else f", more than {_size(there)}"
    return f"{_size(memory.total)}{fits}: {shown}"


def _hours(
    recipe: SftRecipe | PretrainRecipe,
    flops: float,
    devices: Mapping[str, float],
    counts: Sequence[int],
    found: Planned,
) -> None:
    """Hours at 40% of what devices can do, without what is computed twice (gradient checkpointing).

    Args:
        flops: of a token.
        devices: what each can do in a second.
    """
    found.facts["computation"] = f"{flops:.3g} operations a token, {flops * found.tokens:.3g} in all"
    for name, peak in devices.items():
        hours = flops * found.tokens / (peak * _MFU) / 3600
        found.hours[name] = {count: hours / count for count in counts}
        said = ", ".join(f"{_time(hours)} on {count}" for count, hours in found.hours[name].items())
        found.facts[f"time, {name}"] = f"{said} (at {_MFU:.0%} of {peak / 1e12:,.0f} TFLOP/s)"
    if recipe.base.compute != "bfloat16":
        found.notes.append("products are taken in float32: it takes longer than the times, which are for bfloat16")


def _time(hours: float) -> str:
    return f"{hours:,.1f} h" if hours >= 1 else f"{hours * 60:.1f} min"


def _size(count: float) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e8 else f"{count / 1e6:,.1f} MB"
