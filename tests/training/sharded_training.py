"""Trains as a recipe says, in one of the processes that `accelerate launch --use_fsdp` started, on the CPU.

Arguments: kind (sft or pretrain), recipe, folder of the run, steps (0: all), and the most tokens that the last
process has memory for (0: no limit).
"""

from __future__ import annotations

import sys
from typing import Any

import torch
from accelerate import PartialState
from accelerate.utils import DistributedType
from torch.distributed.tensor import DTensor
from transformers import TrainerCallback

from mathcoder.training.failures import TrainingError
from mathcoder.training.recipe import load_pretrain_recipe, load_sft_recipe
from mathcoder.training.train import train
from mathcoder.training.watching import Watch


def shard_on_cpu() -> None:
    """Have accelerate shard on the CPU as it does on GPUs.

    It looks at what the launcher set only where processes have devices of their own, though nothing that it does
    then needs one. So the state of processes on CPUs is made to say what that of processes on GPUs does.
    """
    begin = PartialState.__init__

    def begun(self: Any, *arguments: Any, **asked: Any) -> None:
        begin(self, *arguments, **asked)
        if self.distributed_type == DistributedType.MULTI_CPU:
            self.distributed_type = DistributedType.MULTI_GPU

    PartialState.__init__ = begun


class Checks(TrainerCallback):
    """Every parameter is in parts; one process has little memory, if so asked."""

    def __init__(self, most: int):
        self._most = most

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        parameters = list(given["model"].parameters())
        assert parameters
        assert all(isinstance(parameter, DTensor) for parameter in parameters)
        assert sum(parameter.to_local().numel() for parameter in parameters) < 0.6 * sum(
            parameter.numel() for parameter in parameters
        )
        if self._most and args.process_index == args.world_size - 1:
            given["model"].register_forward_pre_hook(self._check, with_kwargs=True)

    def _check(self, model: Any, arguments: Any, asked: Any) -> None:
        if asked["input_ids"].shape[1] > self._most:
            raise torch.OutOfMemoryError("no")


def main(kind: str, path: str, folder: str, steps: str, most: str) -> None:
    torch.set_num_threads(1)
    shard_on_cpu()
    recipe = load_sft_recipe(path) if kind == "sft" else load_pretrain_recipe(path)
    try:
        with Watch(folder, recipe) as watch:
            train(recipe, folder, steps=int(steps) or None, callbacks=[watch, Checks(int(most))])
    except TrainingError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
