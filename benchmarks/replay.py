"""Recorded solutions executed again: how many blocks a second, and what came out the same.

    python benchmarks/replay.py [FILE] [--jupyter 12]

FILE defaults to the traces in MATHCODER_DATA, else to examples/data/mathcoder_l70b.jsonl. Solutions with a
recorded time-out are left out of the speed, not of the table. Beside it, a Jupyter kernel for each solution
(jupyter_client), on the same cores, for a sample of the same solutions, taking turns with ours.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jupyter_client.manager import start_new_kernel

from mathcoder.sandbox import Sandbox
from mathcoder.solving.formats import Record, read_records
from mathcoder.solving.replay import CONSISTENT, OUTCOMES, replay
from table import heading, show

CORES = len(os.sched_getaffinity(0))
RECORDED_LIMIT = 6.0  # seconds that the public MathCoder code waits for a block
DATA = os.environ.get("MATHCODER_DATA")
DEFAULT = Path(DATA, "traces/lce_traces.jsonl.gz") if DATA else Path("examples/data/mathcoder_l70b.jsonl")


def codes(record: Record) -> list[str]:
    return [block.content for block in record.solution.blocks if block.type == "code"]


def timed_out(record: Record) -> bool:
    return any("Timeout waiting for reply" in block.content for block in record.solution.blocks)


def in_kernel(record: Record) -> int:
    """Run a solution in a kernel of its own; how many blocks."""
    manager, client = start_new_kernel(kernel_name="python3", stderr=subprocess.DEVNULL)
    try:
        for code in codes(record):
            client.execute_interactive(code, timeout=60, output_hook=lambda _: None)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return len(codes(record))


def kernel_rate(sample: list[Record]) -> float:
    start = time.perf_counter()
    with ThreadPoolExecutor(CORES) as pool:
        blocks = sum(pool.map(in_kernel, sample))
    return blocks / (time.perf_counter() - start)


def our_rate(sandbox: Sandbox, records: list[Record]) -> float:
    start = time.perf_counter()
    blocks = sum(len(replayed.comparisons) for replayed in replay(records, sandbox))
    return blocks / (time.perf_counter() - start)


def speed(sandbox: Sandbox, records: list[Record], solutions: int) -> None:
    records = [record for record in records if codes(record) and not timed_out(record)]
    step = max(1, len(records) // (3 * solutions))
    ours, theirs, all_ours = [], [], []
    for turn in range(3):
        sample = records[turn * step :: 3 * step][:solutions]
        theirs.append(kernel_rate(sample))
        ours.append(our_rate(sandbox, sample * 5))
        all_ours.append(our_rate(sandbox, records[turn::3]))
    us, them, everything = (statistics.median(rates) for rates in (ours, theirs, all_ours))
    print(heading(f"blocks a second on {CORES} cores, median of 3, recorded time-outs left out"))
    rows = [
        (f"a session for each, {3 * solutions} sampled solutions", f"{us:,.0f}", "1"),
        ("a Jupyter kernel for each, the same solutions", f"{them:.2f}", f"{us / them:.0f}"),
        (f"a session for each, all {len(records):,} solutions", f"{everything:,.0f}", ""),
    ]
    show(["", "blocks/s", "sessions : this"], rows)


def consistency(sandbox: Sandbox, records: list[Record]) -> None:
    again = replay(records, sandbox, timeout=RECORDED_LIMIT)
    outcomes = Counter(comparison.outcome for replayed in again for comparison in replayed.comparisons)
    total = sum(outcomes.values()) - outcomes["not recorded"]
    good = sum(outcomes[outcome] for outcome in CONSISTENT)
    print(f"{len(records):,} solutions, {total:,} recorded executions; consistent: {good:,}, {good / total:.2%}\n")
    kinds = [(outcome, f"{outcomes[outcome]:,}", "yes" if outcome in CONSISTENT else "") for outcome in OUTCOMES]
    show(["what came out", "blocks", "consistent"], [row for row in kinds if row[1] != "0"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=DEFAULT, help="recorded solutions")
    parser.add_argument(
        "--jupyter", type=int, default=12, help="solutions for Jupyter in each of 3 turns (default 12)"
    )
    arguments = parser.parse_args()
    records = [row for row in read_records(arguments.file) if isinstance(row, Record)]
    with Sandbox() as sandbox:
        speed(sandbox, records, arguments.jupyter)
        consistency(sandbox, records)


if __name__ == "__main__":
    main()
