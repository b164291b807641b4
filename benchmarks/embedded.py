"""Speed of the embedded model on this CPU: the weights as shipped (Q4_1) and re-quantised (Q4_0).

    python benchmarks/embedded.py [--runs 3] [--threads 1 2]

Prints tokens per second of prompt and of generated text, each the median of the runs, through the public
interface: prompt speed is taken up to the first piece of the reply, generated speed from there to the end.
The configurations take turns, so that other work on the machine hits all of them alike.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from pathlib import Path

from mathcoder.models import Chunk, EmbeddedModel, Request
from mathcoder.models.weights import find_weights, requantise
from table import heading, show

PROMPT_NUMBERS, NEW_TOKENS = 100, 96


async def measure(path: Path, threads: int, run: int) -> tuple[float, float]:
    """Tokens per second: prompt, generated. A fresh model each time, so nothing is cached."""
    model = EmbeddedModel(path, threads=threads, slots=1, context=1024)
    prompt = f"Run {run}. The whole numbers are 0, " + ", ".join(map(str, range(1, PROMPT_NUMBERS))) + ","
    times = [time.perf_counter()]
    chunks: list[Chunk] = []
    async for chunk in model.stream(Request(prompt, max_tokens=NEW_TOKENS)):
        times.append(time.perf_counter())
        chunks.append(chunk)
    await model.aclose()
    last = chunks[-1]
    return last.prompt_tokens / (times[1] - times[0]), (last.completion_tokens - 1) / (times[-1] - times[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="runs of each configuration (default 3)")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="thread counts (default 1 2)")
    arguments = parser.parse_args()

    shipped = find_weights()
    files = {"Q4_1 as shipped": shipped, "Q4_0 re-quantised": requantise(shipped)}
    speeds: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for run in range(arguments.runs):
        for threads in arguments.threads:
            for name, path in files.items():
                speeds.setdefault((name, threads), []).append(asyncio.run(measure(path, threads, run)))

    print(heading(f"median of {arguments.runs}"))
    rows: list[tuple[object, ...]] = []
    for (name, threads), runs in speeds.items():
        prompt, generated = (statistics.median(column) for column in zip(*runs, strict=True))
        size = files[name].stat().st_size / 1e6
        rows.append((name, threads, f"{prompt:.0f}", f"{generated:.0f}", f"{size:.0f}"))
    show(["weights", "threads", "prompt tokens/s", "generated tokens/s", "MB"], rows)


if __name__ == "__main__":
    main()
