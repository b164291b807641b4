"""Trains as a recipe says in forked processes that are killed at random moments, and then once to the end.

Arguments: kind (sft or pretrain), recipe, folder of the run, kills, seed. Prints at which steps it was killed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import torch

# All that a training imports, so that a fork begins at once.
import mathcoder.training.solutions
import mathcoder.training.texts
import mathcoder.training.trainer  # noqa: F401
from mathcoder.training.checkpoints import checkpoints
from mathcoder.training.recipe import load_pretrain_recipe, load_sft_recipe
from mathcoder.training.train import train


def newest(folder: Path) -> int:
    """The step of the newest checkpoint that is whole; 0 where there is none."""
    found = checkpoints(folder)
    return found[-1].step if found else 0


def main(kind: str, path: str, folder: str, kills: str, seed: str) -> None:
    torch.set_num_threads(1)
    recipe = load_sft_recipe(path) if kind == "sft" else load_pretrain_recipe(path)
    moments, killed = random.Random(int(seed)), list[int]()
    begun = Path(folder) / "checkpoints"
    while len(killed) < int(kills):
        child = os.fork()
        if child == 0:
            train(recipe, folder)
            os._exit(0)
        before, ended = newest(begun), 0
        while newest(begun) == before and not ended:  # however fast the machine is, it comes further each time
            time.sleep(0.01)
            ended, _ = os.waitpid(child, os.WNOHANG)
        time.sleep(moments.uniform(0, 0.5))
        ended = ended or os.waitpid(child, os.WNOHANG)[0]
        if ended:
            break
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        killed.append(newest(begun))
    print(json.dumps({"killed": killed, "steps": train(recipe, folder).steps}))


if __name__ == "__main__":
    main(*sys.argv[1:])
