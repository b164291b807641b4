"""`facts.json`: what of a training does not change while it goes on: sizes, costs, hardware, versions, data.

The facts of its data are `rows` (those of `PackedRows`), `prepared` (`sources`, what was kept and dropped of each)
and `inputs` (the files, with their hashes).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from mathcoder.files import written_aside
from mathcoder.runs.run import versions
from mathcoder.training.throughput import Peak, flops_per_token, mean_length, peak_flops

__all__ = ["FACTS", "read_facts", "write_facts"]

FACTS = "facts.json"


def read_facts(folder: str | Path) -> dict[str, Any]:
    """Those of the run in a folder; empty where there are none.

    Raises:
        ValueError: the file is damaged; one line.
    """
    path = Path(folder) / FACTS
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ValueError(f"{path}: not readable; remove it and train on")
    return cast("dict[str, Any]", found)


def write_facts(
    folder: Path, model: Any, rows: Any, *, steps: int, device: Any, devices: int, compute: str
) -> dict[str, Any]:
    """Collect those of a run that begins or goes on; write and return them.

    Args:
        folder: of the run.
        model: of transformers, or peft around one.
        rows: what it is trained on, `PackedRows`. Of another data set nothing is known, not even how long its
            documents are: they count as having as many tokens as the model takes.
        steps: of the whole training.
        device: a `torch.device`.
        devices: how many there are like it.
        compute: the type of numbers that products are taken in.
    """
    packing = getattr(rows, "packing", None)
    length = (
        float(model.config.max_position_embeddings)
        if packing is None
        else mean_length(packing.stop - packing.start)
    )
    parameters = list(model.parameters())
    torch: Any = import_module("torch")
    facts = {
        "steps": steps,
        "architecture": model.config.model_type,
        "parameters": sum(parameter.numel() for parameter in parameters),
        "trained": sum(parameter.numel() for parameter in parameters if parameter.requires_grad),
        "document_length": round(length, 1),
        "flops_per_token": flops_per_token(model, length),
        "compute": compute,
        "devices": devices,
        "peak": asdict(_peak(device, compute, read_facts(folder))),
        "threads": torch.get_num_threads() if device.type == "cpu" else None,
        "versions": versions(),
        "data": {"rows": dict(getattr(rows, "facts", {})), **_prepared(folder / "data")},
    }
    with written_aside(folder / FACTS) as aside:
        aside.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return facts


def _peak(device: Any, compute: str, before: Mapping[str, Any]) -> Peak:
    """What a device can do. What was measured when the run began is kept, so that MFU stays one curve."""
    peak = peak_flops(device, compute)
    known: Mapping[str, Any] = before.get("peak", {})
    same = known.get("device") == peak.device and before.get("compute") == compute
    return Peak(**known) if same and known.get("source") == peak.source else peak


def _prepared(folder: Path) -> dict[str, Any]:
    """What is known of the data that was prepared in a folder, by source, and its files."""
    sources: dict[str, Any] = {}
    inputs: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*/source.json")):
        about = dict[str, Any](json.loads(path.read_text(encoding="utf-8")))
        sources[path.parent.name.rpartition("-")[0]] = about["facts"]
        inputs |= {item["path"]: item for item in about["inputs"]}
    return {"prepared": {"sources": sources}, "inputs": list(inputs.values())}
