"""Reads sources as a frame; also as a program that says how much memory it took: python source_frames.py NAP PLAN.

PLAN is JSON: a list of [name, kind, paths]. The program prints one JSON object: the rows, with the lengths of
their texts, and the greatest memory, in MB, of this process and of the largest that it started.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from mathcoder.corpus.sources import SourceSpec, read_source
from mathcoder.corpus.sources.frames import COLUMNS, read_frame

__all__ = ["frame_rows", "measured", "source_rows"]

Rows = list[dict[str, Any]]


def frame_rows(*specs: SourceSpec, workers: int | None = 2, limit: int | None = None) -> Rows:
    """The rows of `read_frame`."""
    frame: Any = read_frame(specs, workers=workers, limit=limit)
    return frame.to_arrow().to_pylist()


def source_rows(*specs: SourceSpec) -> Rows:
    """The rows of `read_source`, in the columns of the frame."""
    rows = [row for spec in specs for row in read_source(spec)]
    return [{name: getattr(row, "drop_reason" if name == "problem" else name) for name in COLUMNS} for row in rows]


def measured(*specs: SourceSpec, nap: float = 0.0) -> dict[str, Any]:
    """What the program prints, run in a process of its own."""
    plan = [[spec.name, spec.kind, spec.paths] for spec in specs]
    command = [sys.executable, str(Path(__file__)), str(nap), json.dumps(plan)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    plan = json.loads(sys.argv[2])
    sources = [SourceSpec(name, kind, tuple(paths)) for name, kind, paths in plan]
    rows: Rows = []
    batches: Any = read_frame(sources, workers=2).to_arrow_iter(results_buffer_size=1)
    for batch in batches:
        rows += [{**row, "text": len(row["text"])} for row in batch.to_pylist()]
        time.sleep(float(sys.argv[1]))
    # Not `ru_maxrss` of this process, which begins with that of the process that started it.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    parent = int(status["VmHWM"].split()[0]) // 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(json.dumps({"rows": rows, "parent": parent, "child": child}))
