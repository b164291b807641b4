"""What a recipe of training says: whose weights, which rows, and how they are trained on.

Two recipes share all but their data: fine-tuning on solutions (MathCoder, section 2.2) and continued pretraining
on a corpus (MathCoder2, section 3). Paths are relative to the recipe's folder. Lengths are in tokens of the
model's tokenizer, and a batch is counted in sequences, each packed to `context` tokens.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from mathcoder.runs.recipe import RecipePart, load_recipe

__all__ = [
    "BasePart",
    "HeldOutPart",
    "LoraPart",
    "OptimPart",
    "PretrainRecipe",
    "SftRecipe",
    "SolutionsPart",
    "SolvePart",
    "SourcePart",
    "TrackPart",
    "TrainRecipe",
    "load_pretrain_recipe",
    "load_sft_recipe",
]

Positive = Annotated[int, Field(gt=0)]
Natural = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(gt=0)]
Number = Literal["float32", "bfloat16"]


class BasePart(RecipePart):
    """The model that training starts from.

    Attributes:
        weights: `embedded` (SmolLM2-135M-Instruct, as it is installed), a GGUF file, a folder of safetensors, or a
            name on the Hugging Face Hub. None: new weights, drawn with the recipe's seed; then `config` is needed.
        revision: of a name on the Hub.
        config: a configuration as transformers has it, `model_type` and the rest; for new weights, and for a plan
            (`--dry-run`) of weights that cannot be had where it is made.
        tokenizer: a `tokenizer.json`, the folder of one, `embedded`, or a name on the Hub; default: that of
            `weights`.
        held_as: how weights are held; gradients and moments likewise.
        compute: how products are taken (autocast); `bfloat16` is twice as fast where the processor has it.
        attention: `packed` (one product for each document; the default), or one of transformers': `sdpa`,
            `flash_attention_2`, `flex_attention`, `eager`.
        gradient_checkpointing: compute activations again in the backward pass, for less memory.
    """

    weights: str | None = "embedded"
    revision: str | None = None
    config: Mapping[str, Any] | None = None
    tokenizer: str | None = None
    held_as: Number = "float32"
    compute: Number = "float32"
    attention: Literal["packed", "sdpa", "flash_attention_2", "flex_attention", "eager"] = "packed"
    gradient_checkpointing: bool = False

    @model_validator(mode="after")
    def _right(self) -> BasePart:
        if self.weights is None and (self.config is None or self.tokenizer is None):
            raise ValueError("without weights, config and tokenizer are needed")
        return self


class LoraPart(RecipePart):
    """Low-rank adapters instead of all weights (arXiv 2106.09685).

    Attributes:
        rank: of the adapters.
        alpha: their scale is alpha / rank.
        dropout: of their inputs.
        targets: names of the modules that get one; `all-linear`: every linear layer but the head.
    """

    rank: Positive = 16
    alpha: Positive = 32
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    targets: Literal["all-linear"] | tuple[str, ...] = "all-linear"


class OptimPart(RecipePart):
    """How weights are changed.

    Attributes:
        learning_rate: the highest.
        schedule: after the warm-up: `cosine` to `final`, `stable` and then a linear decay to `final`
            (warm-up-stable-decay), or `constant`.
        warmup_steps: steps in which the rate rises from 0. Give either this or `warmup_tokens`.
        warmup_tokens: likewise, in tokens.
        decay_tokens: of `stable`: the last so many tokens are the decay; default: a tenth of all.
        final: the last rate, as a share of the highest.
        weight_decay: of matrices, not of norms and biases.
        betas: of AdamW.
        epsilon: of AdamW.
        clip: norm that gradients are cut to.
        batch: sequences of a step, over all processes.
        micro_batch: sequences at a time on a device; halved by itself when memory runs out.
        epochs: passes over the data.
        tokens: tokens to train on, whatever `epochs` says.
    """

    learning_rate: Rate = 2e-5
    schedule: Literal["cosine", "stable", "constant"] = "cosine"
    warmup_steps: Natural | None = None
    warmup_tokens: Natural | None = None
    decay_tokens: Positive | None = None
    final: Share = 0.0
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    betas: tuple[float, float] = (0.9, 0.999)
    epsilon: Rate = 1e-8
    clip: Rate = 1.0
    batch: Positive = 128
    micro_batch: Positive = 1
    epochs: Rate = 1.0
    tokens: Positive | None = None

    @model_validator(mode="after")
    def _right(self) -> OptimPart:
        if self.warmup_steps is not None and self.warmup_tokens is not None:
            raise ValueError("give either warmup_steps or warmup_tokens")
        if self.decay_tokens is not None and self.schedule != "stable":
            raise ValueError("decay_tokens needs schedule: stable")
        return self


class HeldOutPart(RecipePart):
    """When the loss on rows that are not trained on is taken.

    Attributes:
        every_steps: between two times; it is also taken before the first step and after the last.
        tokens: of each source, at most.
    """

    every_steps: Positive = 100
    tokens: Positive = 100_000


class SolvePart(RecipePart):
    """Problems that are solved while it trains, with code that is executed.

    Attributes:
        every_steps: between two times; they are also solved after the last step.
        benchmark: a name that `mathcoder benchmarks` lists.
        file: or a file of problems, JSON Lines with id, question and answer.
        split: of the benchmark; `train` by default, so that no test question decides anything.
        problems: the first so many.
        max_tokens: of a solution.
        rounds: generations of a solution, at most.
        dialect: how they are asked; fine-tuning takes that of its data.
    """

    every_steps: Positive = 100
    benchmark: str | None = None
    file: str | None = None
    split: str = "train"
    problems: Positive = 4
    max_tokens: Positive = 384
    rounds: Positive = 4
    dialect: Literal["mathcoder", "markdown"] | None = None

    @model_validator(mode="after")
    def _right(self) -> SolvePart:
        if (self.benchmark is None) == (self.file is None):
            raise ValueError("give either a benchmark or a file")
        return self


class TrackPart(RecipePart):
    """What is kept, and who is told.

    Attributes:
        log_steps: between two lines of `metrics.jsonl`.
        checkpoint_steps: between two checkpoints; there is also one after the last step.
        keep: the newest so many checkpoints.
        trackers: besides `metrics.jsonl`: `tensorboard` (in the run's folder), `trackio` (on this machine).
    """

    log_steps: Positive = 10
    checkpoint_steps: Positive = 200
    keep: Positive = 2
    trackers: tuple[Literal["tensorboard", "trackio"], ...] = ("tensorboard",)


class TrainRecipe(RecipePart):
    """What both kinds of training have.

    Attributes:
        name: of the model that comes out.
        about: what it is, for its card.
        base: see `BasePart`.
        lora: adapters; None: all weights are trained.
        context: tokens of a packed sequence.
        optim: see `OptimPart`.
        held_out: see `HeldOutPart`; None: it is not taken.
        solve: see `SolvePart`; None: nothing is solved.
        track: see `TrackPart`.
        loader_workers: processes that read rows ahead; nothing that comes out depends on it.
        seed: of the order of rows, of new weights, of dropout.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    about: str = ""
    base: BasePart = BasePart()
    lora: LoraPart | None = None
    context: Positive = 2048
    optim: OptimPart = OptimPart()
    held_out: HeldOutPart | None = HeldOutPart()
    solve: SolvePart | None = None
    track: TrackPart = TrackPart()
    loader_workers: Natural = 0
    seed: int = 0


class SolutionsPart(RecipePart):
    """Solutions to train on.

    Attributes:
        train: files of solutions, globs too: Parquet that `mathcoder instruct build` wrote, or JSON Lines in any
            layout that `mathcoder replay` reads.
        held_out: files of solutions whose loss is only looked at.
        dialect: how a solution is written: `mathcoder` (its special tokens are added to the vocabulary),
            `markdown`, or `tools` (through the tokenizer's chat template).
        system: the system prompt; default: the dialect's.
        loss_on_execution: also learn to write what code prints (the paper's ablation).
        code: `interleaved`; `none` leaves code and its output out of the solutions, so that only text is learned.
        limit: the first so many solutions.
        assumed_tokens: for a plan (`--dry-run`) where the files are not there.
    """

    train: Annotated[tuple[str, ...], Field(min_length=1)]
    held_out: tuple[str, ...] = ()
    dialect: Literal["mathcoder", "markdown", "tools"] = "mathcoder"
    system: str | None = None
    loss_on_execution: bool = False
    code: Literal["interleaved", "none"] = "interleaved"
    limit: Positive | None = None
    assumed_tokens: Positive | None = None


class SftRecipe(TrainRecipe):
    """Fine-tuning on solutions.

    Attributes:
        data: see `SolutionsPart`.
    """

    data: SolutionsPart


class SourcePart(RecipePart):
    """A source of texts.

    Attributes:
        files: Parquet or JSON Lines with the column `text`, globs too, as `mathcoder corpus build` writes them.
        text: the column, if it has another name.
        where: only rows whose columns have these values, such as `form: interleaved`.
        weight: its share of the tokens is its weight over the sum of all weights. None in all sources: as many
            tokens as each has.
        held_out: share of its documents that is only looked at.
        assumed_tokens: for a plan (`--dry-run`) where the files are not there.
    """

    files: Annotated[tuple[str, ...], Field(min_length=1)]
    text: str = "text"
    where: Mapping[str, str] = {}
    weight: Rate | None = None
    held_out: Annotated[float, Field(ge=0, lt=1)] = 0.01
    assumed_tokens: Positive | None = None


class PretrainRecipe(TrainRecipe):
    """Continued pretraining on texts.

    Attributes:
        sources: by name; see `SourcePart`.
        packing: `best-fit` (arXiv 2404.10830), or `next-fit`, the rule of MathCoder2's public code, which closes a
            sequence at the first text that does not fit. Where best fit would leave more than 0.9% of padding, the
            emptiest sequences are cut up to fill the others.
        end: the token that a document ends with; default: the tokenizer's end-of-sequence token.
    """

    sources: Annotated[Mapping[str, SourcePart], Field(min_length=1)]
    packing: Literal["best-fit", "next-fit"] = "best-fit"
    end: str | None = None

    @model_validator(mode="after")
    def _right(self) -> PretrainRecipe:
        weights = [source.weight for source in self.sources.values()]
        if None in weights and any(weight is not None for weight in weights):
            raise ValueError("give a weight to every source or to none")
        return self


def load_sft_recipe(path: str | Path) -> SftRecipe:
    """Read a recipe of fine-tuning; its paths come out relative to the working directory.

    Raises:
        RecipeError: it cannot be read, or something in it is not known or not right; every fault has its line.
    """
    recipe = load_recipe(path, SftRecipe)
    folder = Path(path).parent
    files = {name: _all_beside(folder, getattr(recipe.data, name)) for name in ("train", "held_out")}
    return recipe.model_copy(
        update={**_shared_paths(recipe, folder), "data": recipe.data.model_copy(update=files)}
    )


def load_pretrain_recipe(path: str | Path) -> PretrainRecipe:
    """Read a recipe of continued pretraining; likewise.

    Raises:
        RecipeError: it cannot be read, or something in it is not known or not right; every fault has its line.
    """
    recipe = load_recipe(path, PretrainRecipe)
    folder = Path(path).parent
    sources = {
        name: source.model_copy(update={"files": _all_beside(folder, source.files)})
        for name, source in recipe.sources.items()
    }
    return recipe.model_copy(update={**_shared_paths(recipe, folder), "sources": sources})


def _shared_paths(recipe: TrainRecipe, folder: Path) -> dict[str, Any]:
    """The parts of a recipe that name files, with those beside it."""
    named = {name: getattr(recipe.base, name) for name in ("weights", "tokenizer")}
    base = {name: _beside(folder, value) for name, value in named.items() if value and _is_path(value)}
    changed: dict[str, Any] = {"base": recipe.base.model_copy(update=base)}
    if recipe.solve and recipe.solve.file:
        changed["solve"] = recipe.solve.model_copy(update={"file": _beside(folder, recipe.solve.file)})
    return changed


def _is_path(name: str) -> bool:
    """Whether a name is a path rather than a name on the Hub: it says so, or ends in a file's suffix."""
    return name.startswith((".", "/", "~")) or Path(name).suffix in (".gguf", ".json")


def _all_beside(folder: Path, paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_beside(folder, path) for path in paths)


def _beside(folder: Path, path: str) -> str:
    if "://" in path:
        return path
    return os.path.normpath(folder / Path(path).expanduser())
