"""Speed of training: packed rows against trl's SFTTrainer and transformers' Trainer, on the same documents.

    python benchmarks/training.py [--quick] [--runs 3] [--steps 1]

Fine-tuning: at each step every side has the same 8 solutions, trl's default batch; where trl packs, it packs those
of all steps. Its settings are its defaults but for what a line names. Pretraining: for transformers' Trainer texts
are joined and cut, as in its examples, so that documents see one another; here they are packed best-fit, apart.
All weights of the embedded model are trained, on a GPU where there is one. Nothing is kept.

Tokens are real ones, without padding; the time is that of whole steps, without the first of a turn. The sides take
turns, so that other work on the machine hits all of them alike, and a ratio is the median of those of the runs. On
two cores all of it takes half an hour or more, with --quick (the main sides, once) a few minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import glob
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import torch
import transformers
import trl

from mathcoder.training.model import load_model, quiet, save_model
from mathcoder.training.packing import Packing, Pieces, best_fit, next_fit, permutation
from mathcoder.training.prepared import train_rows
from mathcoder.training.recipe import (
    BasePart,
    OptimPart,
    PretrainRecipe,
    SftRecipe,
    SolutionsPart,
    SourcePart,
    TrackPart,
    TrainRecipe,
)
from mathcoder.training.rows import NO_LOSS, PackedRows
from mathcoder.training.shards import TokenShards
from mathcoder.training.solutions import prepare_solutions
from mathcoder.training.texts import prepare_texts
from mathcoder.training.throughput import flops_per_token, mean_length, mfu, peak_flops
from mathcoder.training.tokenizers import add_block_tokens, block_tokens, open_tokenizer
from mathcoder.training.trainer import PackedTrainer
from table import heading, show

SOLUTIONS = "runs/instruct-gsm8k/dataset/data/train-*.parquet"
RECORDED = str(Path(__file__).parents[1] / "examples/data/mathcoder_l70b.jsonl")
TEXTS = "runs/quickstart/dataset/data/*.parquet"
CONTEXT = 1024  # trl's default
BATCH = 8  # the default of trl and transformers
SHARED: dict[str, Any] = {
    "name": "benchmark",
    "context": CONTEXT,
    "held_out": None,
    "track": TrackPart(log_steps=1),
}
GPU = torch.cuda.is_available()
DEVICE = torch.device("cuda" if GPU else "cpu")

Sizes = Sequence[tuple[int, int]]  # of each step: its tokens, and what is computed with padding


class Clock(transformers.TrainerCallback):
    """The time at the end of each step, and the loss of the first; ends the training after `steps`."""

    def __init__(self, steps: int):
        self.steps, self.times, self.loss = steps, list[float](), float("nan")

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        if GPU:
            torch.cuda.synchronize()
        self.times.append(time.perf_counter())
        control.should_training_stop = state.global_step == self.steps
        return control

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        if state.global_step == 1 and "loss" in logs:
            self.loss = logs["loss"]


@dataclass(frozen=True)
class Turn:
    """What was measured: tokens a second, share of padding, loss of the first step, FLOPs of a token, bytes."""

    rate: float
    padding: float
    loss: float
    cost: float
    memory: int


@dataclass(frozen=True)
class Side:
    """A way to train.

    Attributes:
        make: from a clock to its trainer and its steps.
        compute: the type of its products.
        length: tokens that a token's document, or what stands for it, has in the mean.
    """

    name: str
    make: Callable[[Clock], tuple[Any, Sizes]]
    compute: str
    length: float

    def turn(self, steps: int) -> Turn:
        """Train so many steps and one before them."""
        clock = Clock(steps + 1)
        trainer, sizes = self.make(clock)
        trainer.remove_callback(transformers.PrinterCallback)
        if GPU:
            torch.cuda.reset_peak_memory_stats()
        trainer.train()
        # Where rows are used up, the next pass begins.
        timed = [sizes[number % len(sizes)] for number in range(1, steps + 1)]
        tokens, computed = (sum(column) for column in zip(*timed, strict=True))
        cost = flops_per_token(trainer.model, self.length)
        memory = torch.cuda.max_memory_allocated() if GPU else 0
        del trainer
        gc.collect()
        return Turn(tokens / (clock.times[-1] - clock.times[0]), 1 - tokens / computed, clock.loss, cost, memory)


def measure(what: str, sides: Sequence[Side], runs: int, steps: int) -> None:
    """Print a table; what is compared with is the first side of the same type of products."""
    turns: dict[str, list[Turn]] = {side.name: [] for side in sides}
    peaks: dict[str, list[Any]] = {side.compute: [] for side in sides}
    first = {side.compute: side.name for side in reversed(sides)}
    for run in range(runs):
        for compute, taken in peaks.items():
            taken.append(peak_flops(DEVICE, compute))
        for side in sides:
            turns[side.name].append(side.turn(steps))
            rate = turns[side.name][-1].rate
            print(
                f"{what}, run {run + 1} of {runs}, {side.name}: {rate:,.0f} tokens/s", file=sys.stderr, flush=True
            )
    most = {compute: max(taken, key=lambda peak: peak.flops) for compute, taken in peaks.items()}
    rows: list[tuple[object, ...]] = []
    for side in sides:
        own = turns[side.name]
        pairs = zip(own, turns[first[side.compute]], strict=True)
        rate, ratio = (
            statistics.median(values)
            for values in ([turn.rate for turn in own], [a.rate / b.rate for a, b in pairs])
        )
        share = mfu(rate, own[0].cost, most[side.compute].flops)
        memory = [f"{max(turn.memory for turn in own) / 2**30:.1f}"] if GPU else []
        figures = [
            f"{rate:,.0f}",
            f"{ratio:.2f}",
            f"{share:.0%}",
            f"{own[0].padding:.0%}",
            *memory,
            f"{own[0].loss:.4f}",
        ]
        rows.append((side.name, side.compute, *figures))
    device = torch.cuda.get_device_name() if GPU else f"no GPU, {torch.get_num_threads()} threads"
    told = [f"{peak.flops / 1e12:.2f} TFLOP/s in {kind} ({peak.source})" for kind, peak in sorted(most.items())]
    note = f"{device}; median of {runs}, {steps} steps each; MFU of {', '.join(told)}"
    print(heading(f"{what}, {note}; load {os.getloadavg()[2]:.1f}"))
    columns = ["tokens/s", "ratio", "MFU", "padding", *(["GiB"] if GPU else []), "loss of step 1"]
    show([what, "products", *columns], rows)


@dataclass(frozen=True)
class Bench:
    """What all sides share.

    Attributes:
        folder: for all that is written.
        weights: the embedded model with the block tokens, as safetensors.
        steps: one more than a turn has: the last of a training is followed by a checkpoint.
    """

    folder: Path
    tokenizer: Any
    weights: str
    steps: int

    @classmethod
    def at(cls, folder: Path, steps: int) -> Bench:
        base = BasePart()
        tokenizer = open_tokenizer(base)
        model = load_model(base, seed=0)
        add_block_tokens(tokenizer, model, block_tokens("mathcoder"))
        save_model(model, folder / "model")
        tokenizer.save_pretrained(folder / "model")
        return cls(folder, tokenizer, str(folder / "model"), steps)

    def base(self, compute: Any, checkpointing: bool = False) -> BasePart:
        return BasePart(weights=self.weights, compute=compute, gradient_checkpointing=checkpointing)

    def ours(self, recipe: TrainRecipe, rows: PackedRows, clock: Clock) -> tuple[Any, Sizes]:
        model = load_model(recipe.base, seed=0)
        trainer = PackedTrainer(model, recipe, self.folder / "ours", rows, {}, callbacks=[clock])
        return trainer, [(sum(row), sum(row)) for row in batched(rows.packing.lengths, recipe.optim.batch)]

    def asked(self) -> dict[str, Any]:
        """Of the other trainers: the order of rows, how long to train, and to keep quiet."""
        return {
            "output_dir": str(self.folder / "theirs"),
            "train_sampling_strategy": "sequential",
            "max_steps": self.steps,
            "logging_first_step": True,
            "save_strategy": "no",
            "use_cpu": not GPU,
            "report_to": "none",
            "disable_tqdm": True,
        }


@dataclass(frozen=True)
class Solutions:
    """Fine-tuning on the solutions of a file, or several."""

    bench: Bench
    files: str

    def recipe(self, compute: str, checkpointing: bool = False) -> SftRecipe:
        data, optim = SolutionsPart(train=(self.files,)), OptimPart(batch=1)
        return SftRecipe(base=self.bench.base(compute, checkpointing), optim=optim, data=data, **SHARED)

    @cached_property
    def shards(self) -> TokenShards:
        folder = self.bench.folder / "solutions"
        return prepare_solutions(self.recipe("bfloat16"), self.bench.tokenizer, folder).train["solutions"]

    @cached_property
    def rows(self) -> PackedRows:
        """Those of a step are one row."""
        document = permutation(len(self.shards), "benchmark")[: BATCH * self.bench.steps]
        zeros, offsets = np.zeros_like(document), np.arange(0, len(document) + 1, BATCH)
        return PackedRows(Packing(zeros, document, zeros, self.shards.lengths[document], offsets), (self.shards,))

    def by_trl(self, clock: Clock, **asked: Any) -> tuple[Any, Sizes]:
        chosen = self.rows.packing.document.tolist()
        tokens = [self.shards.tokens(number).astype(np.int64) for number in chosen]
        learned: list[Any] = [self.shards.loss(number) for number in chosen]
        labels = [np.where(each, row, NO_LOSS) for each, row in zip(learned, tokens, strict=True)]
        trainer: Any = trl.SFTTrainer(
            model=self.bench.weights,
            args=trl.SFTConfig(**self.bench.asked(), **asked),
            train_dataset=datasets.Dataset.from_dict({"input_ids": tokens, "labels": labels}),
            processing_class=self.bench.tokenizer,
            callbacks=[clock],
        )
        lengths = [len(row) for row in trainer.train_dataset["input_ids"]]
        steps = list(batched(lengths, trainer.args.per_device_train_batch_size))
        # What it has packed it puts one after another, otherwise it pads.
        return trainer, [(sum(row), sum(row) if asked.get("packing") else len(row) * max(row)) for row in steps]

    def sides(self, quick: bool) -> list[Side]:
        lengths = self.rows.packing.stop
        rows = max(1, round(int(lengths.sum()) / self.bench.steps / CONTEXT))
        packed: dict[str, Any] = {"packing": True, "per_device_train_batch_size": rows}
        kept: dict[str, Any] = {"gradient_checkpointing": False}

        def theirs(name: str, compute: str = "bfloat16", **asked: Any) -> Side:
            return Side(f"trl, {name}", partial(self.by_trl, **asked), compute, mean_length(lengths))

        def ours(name: str, compute: str = "bfloat16", checkpointing: bool = False) -> Side:
            make = partial(self.bench.ours, self.recipe(compute, checkpointing), self.rows)
            return Side(f"mathcoder{name}", make, compute, mean_length(lengths))

        sides = [theirs("its defaults"), ours("")]
        more = [
            ours(", gradient checkpointing", checkpointing=True),
            theirs("no gradient checkpointing", **kept),
            theirs("packing=True", **packed),
            theirs("packing=True, no gradient checkpointing", **packed, **kept),
            theirs("bf16=False", "float32", bf16=False),
            ours(", float32", "float32"),
        ]
        return sides if quick else sides + more


@dataclass(frozen=True)
class Texts:
    """Pretraining on the texts of a file, or several."""

    bench: Bench
    files: str
    batch: int = BATCH if GPU else 2

    def recipe(self, compute: str) -> PretrainRecipe:
        tokens = self.batch * CONTEXT * self.bench.steps
        optim = OptimPart(batch=self.batch, micro_batch=self.batch, tokens=tokens)
        sources = {"texts": SourcePart(files=(self.files,), held_out=0)}
        return PretrainRecipe(base=self.bench.base(compute), sources=sources, optim=optim, **SHARED)

    @cached_property
    def prepared(self) -> Any:
        return prepare_texts(self.recipe("bfloat16"), self.bench.tokenizer, self.bench.folder / "texts")

    @property
    def shards(self) -> TokenShards:
        return self.prepared.train["texts"]

    def packed(self, compute: str, clock: Clock) -> tuple[Any, Sizes]:
        recipe = self.recipe(compute)
        return self.bench.ours(recipe, train_rows(recipe, self.prepared), clock)

    def joined(self, compute: str, clock: Clock) -> tuple[Any, Sizes]:
        tokens = np.concatenate([self.shards.tokens(number) for number in range(len(self.shards))])
        rows = list(tokens[: len(tokens) // CONTEXT * CONTEXT].astype(np.int64).reshape(-1, CONTEXT))
        trainer = transformers.Trainer(
            model=transformers.AutoModelForCausalLM.from_pretrained(self.bench.weights, dtype="float32"),
            args=transformers.TrainingArguments(
                **self.bench.asked(), per_device_train_batch_size=self.batch, bf16=compute == "bfloat16"
            ),
            train_dataset=datasets.Dataset.from_dict({"input_ids": rows, "labels": rows}),
            callbacks=[clock],
        )
        return trainer, [(self.batch * CONTEXT, self.batch * CONTEXT)]

    def sides(self, quick: bool) -> list[Side]:
        length = mean_length(np.minimum(self.shards.lengths, CONTEXT))
        sides: list[Side] = []
        for compute, name in {"bfloat16": "", "float32": ", float32"}.items():
            sides.append(Side(f"transformers{name}", partial(self.joined, compute), compute, CONTEXT))
            sides.append(Side(f"mathcoder{name}", partial(self.packed, compute), compute, length))
        return sides[:2] if quick else sides


def batched(lengths: Any, size: int) -> Iterator[list[int]]:
    return ([int(length) for length in lengths[at : at + size]] for at in range(0, len(lengths), size))


def padding(shards: TokenShards, context: int) -> dict[str, str]:
    """By way of making rows, in percent: padding, tokens that are lost, documents that are cut."""
    lengths = shards.lengths[permutation(len(shards), "benchmark")]
    total, ends = int(lengths.sum()), np.cumsum(lengths)
    short, longer = np.minimum(lengths, context), float((lengths > context).mean())
    zeros = np.zeros_like(lengths)
    pieces = Pieces(zeros, np.arange(len(lengths)), zeros, lengths)
    best, following = best_fit(pieces, context, seed=0), next_fit(pieces, context)
    table = datasets.Dataset.from_dict({"input_ids": [np.zeros(length, np.int32) for length in lengths]})
    packed = trl.pack_dataset(table, context)["seq_lengths"]
    padded = sum(len(row) * max(row) for row in batched(short, BATCH))
    crossing = float(((ends - lengths) // context != (ends - 1) // context).mean())
    whole = total // context * context
    ways = {
        "mathcoder, best-fit": (best.tokens, len(best) * context, longer),
        "mathcoder, next-fit": (following.tokens, len(following) * context, longer),
        "trl, packing=True": (sum(map(sum, packed)), len(packed) * context, longer),
        f"trl, its defaults: batches of {BATCH}": (int(short.sum()), padded, longer),
        "transformers: joined and cut": (whole, whole, crossing),
    }
    return {
        name: " / ".join(f"{100 * share:.1f}" for share in (1 - tokens / room, 1 - tokens / total, cut))
        for name, (tokens, room, cut) in ways.items()
    }


def show_padding(what: str, shards: TokenShards) -> None:
    columns = {context: padding(shards, context) for context in (1024, 2048, 8192)}
    shown = "% padding / tokens lost / documents cut, by context"
    print(heading(f"{what}: {len(shards):,} documents, {shards.total:,} tokens; {shown}"))
    rows = [(name, *(column[name] for column in columns.values())) for name in columns[CONTEXT]]
    show([what, *(f"{context:,}" for context in columns)], rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, help="turns of each side (default 3, with --quick 1)")
    parser.add_argument("--steps", type=int, default=1, help="timed steps of a turn (default 1)")
    parser.add_argument("--quick", action="store_true", help="the main sides only")
    parser.add_argument("--solutions", default=SOLUTIONS, help="files; where there are none, the recorded ones")
    parser.add_argument("--texts", default=TEXTS, help="files; where there are none, pretraining is left out")
    arguments = parser.parse_args()
    runs, steps = arguments.runs or (1 if arguments.quick else 3), arguments.steps
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    warnings.simplefilter("ignore", FutureWarning)
    datasets.disable_progress_bars()
    transformers.logging.set_verbosity_error()
    with tempfile.TemporaryDirectory() as folder, quiet():
        bench = Bench.at(Path(folder), steps + 2)
        parts: dict[str, Solutions | Texts] = {}
        parts["fine-tuning"] = Solutions(
            bench, arguments.solutions if glob.glob(arguments.solutions) else RECORDED
        )
        if glob.glob(arguments.texts):
            parts["pretraining"] = Texts(bench, arguments.texts)
        else:
            print(f"no pretraining: there is no file {arguments.texts}; name texts with --texts", file=sys.stderr)
        for what, part in parts.items():
            show_padding(f"{what}, {Path(part.files).name}", part.shards)
            measure(what, part.sides(arguments.quick), runs, steps)
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
