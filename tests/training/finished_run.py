"""The folder of a run of training as one leaves it, small, for the tests of its report and its card."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mathcoder.runs.recipe import resolved
from mathcoder.solution import Block, Cost, Solution
from mathcoder.solving.formats import Record, write_row
from mathcoder.training.metrics import MetricsLog
from mathcoder.training.recipe import PretrainRecipe, SftRecipe

HOSTILE = '"><script>alert(1)</script>`|*'

SOLVED = Solution(
    (
        Block("text", f"We take $\\frac{{1}}{{2}}$ {HOSTILE}"),
        Block("code", "print(3 + 4)"),
        Block("execution", "7"),
        Block("text", "\\boxed{7}"),
    ),
    "7",
    "answer",
    Cost(10, 20, 2, 1.0, 0.1),
)


def sft(folder: Path, **changes: Any) -> SftRecipe:
    asked = {
        "name": "Small solver",
        "about": "It solves.",
        "lora": {"rank": 8},
        "data": {"train": [str(folder / "dataset" / "data" / "train-00000.parquet")]},
        "solve": {"benchmark": "gsm8k", "problems": 2},
    }
    return SftRecipe.model_validate(asked | changes)


def pretrain(folder: Path, **changes: Any) -> PretrainRecipe:
    file = str(folder / "dataset" / "data" / "part-00000.parquet")
    return PretrainRecipe.model_validate({"name": "Small reader", "sources": {"web": {"files": [file]}}} | changes)


def finished(folder: Path, recipe: SftRecipe | PretrainRecipe, *, name: str = "web") -> Path:
    """A run in `folder`/run.

    Args:
        name: of a source, of a reason, of a file.
    """
    run = folder / "run"
    (run / "model").mkdir(parents=True)
    (run / "solved").mkdir()
    kind = "sft" if isinstance(recipe, SftRecipe) else "pretrain"
    write(run / "run.json", {"kind": kind, "versions": {"mathcoder": "0.1.0"}, "seeds": {"seed": 0}, "inputs": []})
    (run / "recipe.yaml").write_text(resolved(recipe), encoding="utf-8")
    (run / "log.jsonl").write_text('{"time": 1790000000.5, "event": "started"}\n{"time": 17', encoding="utf-8")
    with MetricsLog(run / "metrics.jsonl") as log:
        log.append(0, 0, 1.0, {"held_out": {name: 3.5, "code": 2.5}})
        for step in (10, 20):
            values = {"loss": 4.0 - step / 10, "learning_rate": 2e-5, "grad_norm": 1.5}
            log.append(step, 1000 * step, 6.0 * step, values | {"tokens_per_second": 166.7, "mfu": 0.31})
            log.append(step, 1000 * step, 6.0 * step, {"held_out": {name: 3.5 - step / 20, "code": 2.25}})
            solved = {"right": step // 20, "of": 2, "executed": 1, "errors": 0}
            log.append(step, 1000 * step, 6.0 * step, {"solved": solved})
            rows = [
                Record(
                    "gsm8k/0", f"What is 3 + 4? {HOSTILE}", SOLVED, "7", {"correct": step == 20, "extracted": "7"}
                ),
                Record("gsm8k/1", "What is 5?", Solution((), None, "empty"), "5", {"correct": None}),
            ]
            lines = (json.dumps(write_row(row)) + "\n" for row in rows)
            (run / "solved" / f"step-{step:06}.jsonl").write_text("".join(lines), encoding="utf-8")
    facts = {
        "steps": 20,
        "architecture": "llama",
        "parameters": 134_515_008,
        "trained": 2_442_240,
        "document_length": 120.5,
        "flops_per_token": 5.4e8,
        "compute": "bfloat16",
        "devices": 1,
        "peak": {"device": "cpu", "flops": 4e11, "source": "measured"},
        "threads": 2,
        "versions": {"mathcoder": "0.1.0", "torch": "2.13.0"},
        "data": {
            "rows": {
                "rows": 10,
                "tokens": 20_000,
                "padding_share": 0.0123,
                "padding_share_of_next_fit": 0.2,
                "sources": {name: {"tokens": 15_000, "epochs": 2.5}, "code": {"tokens": 5_000, "epochs": 0.5}},
            },
            "prepared": {
                "sources": {name: {"rows": 90, "train": {"dropped": {f"too long {name}": 7}, "documents": 83}}}
            },
            "inputs": [{"path": str(folder / f"{name}.parquet"), "size": 12_345, "sha256": "ab" * 32}],
        },
    }
    write(run / "facts.json", facts)
    return run


def write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")
